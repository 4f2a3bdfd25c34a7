package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/internal/upstream"
)

// checkoutDir returns the directory of a definitions.py to compare with, which the environment names. Without one it skips the test.
func checkoutDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(upstream.DirVariable)
	if dir == "" {
		t.Skip("set " + upstream.DirVariable + " to the directory design/mvp/canonical-abi of a checkout of WebAssembly/component-model")
	}
	return dir
}

// replayText runs cabi replay on a trace.
func replayText(t *testing.T, text string, args ...string) (out string, code int, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace.cabi")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return execute(newRootCommand(), append([]string{"replay", file}, args...)...)
}

// The traces of the repository, and one that cabi check finds, do the same on definitions.py as on the port.
func TestReplayUpstream(t *testing.T) {
	dir := checkoutDir(t)
	files, err := filepath.Glob("../../model/testdata/handle-table/*.cabi")
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces: %v", err)
	}
	found := filepath.Join(t.TempDir(), "found.cabi")
	execute(newRootCommand(), "check", "futures", "--save", found)
	for _, file := range append(files, found) {
		out, code, err := execute(newRootCommand(), "replay", file, "--upstream", dir)
		if code != 0 || strings.Contains(out, "departs") || !strings.Contains(out, "definitions.py agrees with everything") {
			t.Errorf("%s: exit %d, %v:\n%s", file, code, err, out)
		}
	}
}

// Python takes the choices of a trace as the port does: here one of them keeps the message of an error context, which crashes.
func TestReplayUpstreamChoices(t *testing.T) {
	const trace = `world one
define {"name":"one","instances":[{"name":"A","memory":64}],"funcs":[{"name":"A.run"}]}
choices 0
host: invoke A.run
A: error-context.new 0 0
`
	out, code, err := replayText(t, trace, "--upstream", checkoutDir(t))
	if code != 0 || !strings.Contains(out, "agrees   crash canon_error_context_new/NameError") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	out, code, err = replayText(t, strings.Replace(trace, "choices 0", "choices 1", 1), "--upstream", checkoutDir(t))
	if code != 0 || !strings.Contains(out, "error-context.new 0 0 -> 1") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}

// A trace departs if it states what does not happen, and if definitions.py does something else than the port.
func TestReplayUpstreamDeparts(t *testing.T) {
	dir := checkoutDir(t)
	const text = "world handles\nA: resource.new R 100 -> 1\nA: resource.rep R 1 -> 100\n"
	out, code, _ := replayText(t, strings.Replace(text, "-> 100", "-> 7", 1), "--upstream", dir)
	if code != 1 || !strings.Contains(out, "departs at line 3") || !strings.Contains(out, "definitions.py agrees with what happened") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	out, code, _ = replayText(t, text, "--upstream", otherDefinitions(t, dir))
	if code != 1 || !strings.Contains(out, "departs  A: resource.rep R 1 -> 100") || !strings.Contains(out, "- = 100\n+ = 101") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// otherDefinitions writes a definitions.py that returns a wrong rep of a resource.
func otherDefinitions(t *testing.T, dir string) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(dir, "definitions.py"))
	if err != nil { // the directory is a checkout
		source, err = os.ReadFile(filepath.Join(dir, "design/mvp/canonical-abi/definitions.py"))
	}
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(source), "return [h.rep]", "return [h.rep + 1]", 1)
	if changed == string(source) {
		t.Fatal("definitions.py has no return of h.rep")
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "definitions.py"), []byte(changed), 0o666); err != nil {
		t.Fatal(err)
	}
	return other
}

func TestReplayUpstreamBadInput(t *testing.T) {
	const text = "world handles\nA: resource.new R 100\n"
	for _, c := range []struct{ text, dir, want string }{
		{text, t.TempDir(), "holds no definitions.py"},
		{text, "/nowhere", "holds no definitions.py"},
		{strings.Replace(text, "handles", "handles variant per-type", 1), t.TempDir(), "knows no variant per-type"},
	} {
		if _, code, err := replayText(t, c.text, "--upstream", c.dir); code != 2 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("exit %d, %v; want 2, …%s…", code, err, c.want)
		}
	}
}

// A false claim is written in no other form, and nothing is left of the output.
func TestConvertFalseClaim(t *testing.T) {
	for _, form := range formNames() {
		to := filepath.Join(t.TempDir(), "out")
		_, code, err := execute(newRootCommand(), "trace", "convert", "testdata/answers/claim-of-nothing.cabi", "--to", form, "-o", to)
		if code != 1 || err == nil || !strings.Contains(err.Error(), "unique-in-instance is not violated") {
			t.Errorf("--to %s: exit %d, %v", form, code, err)
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("--to %s writes a file", form)
		}
		_, code, err = execute(newRootCommand(), "trace", "convert", "testdata/answers/claim.cabi", "--to", form, "-o", to)
		if code != 0 && !strings.HasPrefix(form, "wast") { // no runtime numbers handles as the claim says
			t.Errorf("--to %s of a true claim: exit %d, %v", form, code, err)
		}
	}
}

// The claim is checked with --upstream too, and choices are found.
func TestReplayUpstreamClaim(t *testing.T) {
	dir := checkoutDir(t)
	for file, want := range map[string]struct {
		code int
		text string
	}{
		"claim-of-nothing.cabi": {1, "what happened is that unique-in-instance is not violated"},
		"choices-found.cabi":    {0, "allowed, with `choices 1`"},
	} {
		out, code, err := execute(newRootCommand(), "replay", "testdata/answers/"+file, "--upstream", dir)
		if code != want.code || !strings.Contains(out, want.text) || !strings.Contains(out, "definitions.py agrees") {
			t.Errorf("%s: exit %d, %v:\n%s", file, code, err, out)
		}
	}
}

// Of several traces those that depart are printed, with how, and how many do not; a file that is no trace is bad input.
func TestReplayMany(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := write("good.cabi", "world handles\nA: resource.new R 100 -> 1\n")
	more := write("more.cabi", "world handles\nA: waitable-set.new -> 1\n")
	wrong := write("wrong.cabi", "world handles\nA: resource.new R 100 -> 7\n")
	none := write("none.cabi", "world handels\n")
	for _, test := range []struct {
		files []string
		code  int
		want  string
	}{
		{[]string{good, more}, 0, "all 2 traces happen again\n"},
		{[]string{good, wrong, more}, 1, wrong + " departs at line 2:\n    the trace says   A: resource.new R 100 -> 7\n    what happened is A: resource.new R 100 -> 1 ; A.handles 1=own handle of R rep=100\ndepart: 1 of 3 traces\n"},
		{[]string{good, none}, 2, ""},
	} {
		out, code, err := execute(newRootCommand(), append([]string{"replay"}, test.files...)...)
		if code != test.code || out != test.want {
			t.Errorf("%v: exit %d, %v, want %d:\n%s\nwant:\n%s", test.files, code, err, test.code, out, test.want)
		}
	}
	checkout := checkoutDir(t)
	out, code, err := execute(newRootCommand(), "replay", good, more, "--upstream", checkout)
	if code != 0 || out != "all 2 traces happen again, and definitions.py agrees\n" {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	out, code, err = execute(newRootCommand(), "replay", good, more, "--upstream", otherDefinitions(t, checkout))
	if code != 0 || !strings.Contains(out, "all 2") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	rep := write("rep.cabi", "world handles\nA: resource.new R 100 -> 1\nA: resource.rep R 1 -> 100\n")
	out, code, err = execute(newRootCommand(), "replay", good, rep, "--upstream", otherDefinitions(t, checkout))
	if code != 1 || !strings.Contains(out, rep+" departs on definitions.py after 2 lines (- here, + definitions.py):\n  - = 100\n  + = 101\ndepart: 1 of 2 traces") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	out, code, err = execute(newRootCommand(), "replay", good, rep, "--spec", otherDefinitions(t, checkout))
	if code != 1 || !strings.Contains(out, rep+" departs at line 3") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}
