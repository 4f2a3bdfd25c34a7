package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// indentedBlock is the block of a page that begins with a line, indented by four spaces, without the indentation.
func indentedBlock(t *testing.T, page, first string) string {
	t.Helper()
	at := strings.Index(page, "\n    "+first)
	if at < 0 {
		t.Fatalf("the page has no block that begins with %q", first)
	}
	var b strings.Builder
	for _, line := range strings.Split(page[at+1:], "\n") {
		if line != "" && !strings.HasPrefix(line, "    ") {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "    ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// The example of docs/source.md prints what the page says, on upstream's branch.
func TestSourcePage(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("set CABI_UPSTREAM_GIT to a git directory of WebAssembly/component-model to run the branch task-switch")
	}
	page := string(must(os.ReadFile("../../docs/source.md")))
	file := filepath.Join(t.TempDir(), "switch.litmus")
	if err := os.WriteFile(file, []byte(indentedBlock(t, page, "world switch")), 0o644); err != nil {
		t.Fatal(err)
	}
	out, code, err := execute(newRootCommand(), "litmus", file, "--spec", "task-switch", "--git", git)
	if want := indentedBlock(t, page, "2 outcomes"); code != 0 || err != nil || out != want {
		t.Errorf("exit %d, %v, got\n%s\nwant\n%s", code, err, out, want)
	}
	if _, code, err := execute(newRootCommand(), "litmus", file); code != 2 || !strings.Contains(err.Error(), "the port has no thread.set-task") {
		t.Errorf("on the port: exit %d, %v", code, err)
	}
}

// The branch task-switch, explored: its built-in is taken and moves threads, and every promise holds that came up, but for what is known.
func TestTaskSwitch(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("set CABI_UPSTREAM_GIT to a git directory of WebAssembly/component-model to run the branch task-switch")
	}
	file := filepath.Join(t.TempDir(), "switch.world")
	if err := os.WriteFile(file, []byte(switches), 0o644); err != nil {
		t.Fatal(err)
	}
	out, code, err := execute(newRootCommand(), "check", file, "--spec", "task-switch", "--git", git, "--verbose")
	if code != 0 || strings.Contains(out, "A.thread: thread.set-task") || !strings.Contains(out, "1427 states, 3190 transitions") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}

// With --spec, CPython is compared with that definitions.py, and not with the port; both may be revisions.
func TestReplayOnCPython(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("set CABI_UPSTREAM_GIT to a git directory of WebAssembly/component-model to run the branch simplify")
	}
	trace := "../../suite/traces/call-trap-store.lift.func_inst-reentrance.cabi" // departs on that branch
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--spec", "simplify", "--upstream", "simplify"}, "definitions.py agrees with what happened"},
		{[]string{"--upstream", "simplify"}, "definitions.py departs"},
	} {
		out, code, err := execute(newRootCommand(), append([]string{"replay", trace, "--git", git}, c.args...)...)
		if code != 1 || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit %d, %v:\n%s", c.args, code, err, out)
		}
	}
	if _, code, err := execute(newRootCommand(), "replay", trace, "--git", git); code != 2 || !strings.Contains(err.Error(), "--git has no effect without --spec or --upstream") {
		t.Errorf("exit %d, %v", code, err)
	}
}

const switches = `world switch
doc Threads of two tasks of an instance, of which one moves from one task to the other.
instance A
func async A.run()  stackful
builtin thread.set-task(thread) -> () = canon_thread_set_task
menu host: invoke A.run | tick
menu A.run: task.return () | thread.new-indirect i32 | thread.resume-later | thread.suspend uncancellable
menu A.thread: thread.set-task | task.return () | thread.yield uncancellable
bound 9 actions  3 threads  2 tasks
right-class
`
