package python

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	dirVariable = "CABI_UPSTREAM"     // a checkout of WebAssembly/component-model
	gitVariable = "CABI_UPSTREAM_GIT" // a git directory of it, for history and branches
	abiPath     = "design/mvp/canonical-abi"
)

// checkout is the directory of definitions.py, or the test is skipped.
func checkout(t testing.TB) string {
	dir := os.Getenv(dirVariable)
	if dir == "" {
		t.Skipf("set %s to a checkout of WebAssembly/component-model", dirVariable)
	}
	if inner := filepath.Join(dir, filepath.FromSlash(abiPath)); exists(inner) {
		return inner
	}
	return dir
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// inDir finds the source of modules in a directory.
func inDir(dir string) func(module string) (file, source string, err error) {
	return func(module string) (string, string, error) {
		b, err := os.ReadFile(filepath.Join(dir, module+".py"))
		return module + ".py", string(b), err
	}
}

// loadTests runs run_tests.py, as far as it is all calls of tests, and tells what it printed.
func loadTests(source func(string) (string, string, error), random Random) (string, error) {
	var out strings.Builder
	m := New(Options{Source: source, Random: random, Output: &out, Steps: 5_000_000})
	_, err := m.Load("run_tests")
	if e, ok := err.(*Exception); ok {
		err = fmt.Errorf("%w\n%s", err, e.Stack())
	}
	return out.String(), err
}

// TestUpstreamTests runs upstream's own tests, with several draws.
func TestUpstreamTests(t *testing.T) {
	dir := checkout(t)
	for seed := range int64(5) {
		out, err := loadTests(inDir(dir), NewTwister(seed))
		if err != nil || !strings.HasSuffix(out, "All tests passed\n") {
			t.Errorf("seed %d: %v; it printed %q", seed, err, out)
		}
	}
}

func git(t testing.TB, args ...string) string {
	dir := os.Getenv(gitVariable)
	if dir == "" {
		t.Skipf("set %s to a git directory of WebAssembly/component-model, and have git", gitVariable)
	}
	out, err := exec.Command("git", append([]string{"--git-dir=" + dir}, args...)...).Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return string(out)
}

// TestUpstreamHistory runs the tests of every commit of main since 2025-08-20 and of every branch that has threads.
func TestUpstreamHistory(t *testing.T) {
	revisions := strings.Fields(git(t, "log", "--format=%H", "--since=2025-08-20", "main", "--", abiPath))
	for _, branch := range strings.Fields(git(t, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes")) {
		if strings.Contains(git(t, "show", branch+":"+abiPath+"/definitions.py"), "import threading") {
			revisions = append(revisions, branch)
		}
	}
	if len(revisions) < 40 {
		t.Fatalf("only %d revisions", len(revisions))
	}
	for _, revision := range revisions {
		t.Run(strings.ReplaceAll(revision, "/", "_"), func(t *testing.T) {
			t.Parallel()
			source := func(module string) (string, string, error) {
				b, err := exec.Command("git", "--git-dir="+os.Getenv(gitVariable), "show", revision+":"+abiPath+"/"+module+".py").Output()
				return module + ".py", string(b), err
			}
			out, err := loadTests(source, NewTwister(1))
			if err != nil || !strings.Contains(out, "All tests passed") {
				t.Errorf("%v; it printed %q", err, out)
			}
		})
	}
}
