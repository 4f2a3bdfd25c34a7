package upstream

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edited is a directory with the definitions.py of the pin in which texts are replaced: old, new, old, new, …
func edited(t *testing.T, texts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(upstreamDir(t), "definitions.py"))
	if err != nil {
		t.Fatal(err)
	}
	source := string(text)
	for i := 0; i < len(texts); i += 2 {
		if !strings.Contains(source, texts[i]) {
			t.Fatalf("definitions.py has no %q", texts[i])
		}
		source = strings.ReplaceAll(source, texts[i], texts[i+1])
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "definitions.py"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What versions of definitions.py have done, and the driver must survive: a field of another kind, a field that is gone, a function that has
// moved, callbacks with other parameters. None of these edits changes what guests or the host can observe.
var harmless = []struct {
	name, unread string
	texts        []string
}{
	{"a callable in the place of a boolean", "function in the place of a boolean", []string{
		"self.cancellable = False", "self.cancellable = lambda: False",
		"self.cancellable = cancellable\n", "self.cancellable = lambda: cancellable\n",
		"(self.cancellable or not cancelled)", "(self.cancellable() or not cancelled)", "if t.cancellable }", "if t.cancellable() }"}},
	{"a field that is gone", "no attribute 'parent'", []string{"self.parent", "self.outer", "ancestor.parent", "ancestor.outer"}},
	{"a lambda that has moved", "Thread.yield_.always", []string{
		"    return self.wait_until(lambda: True, cancellable)",
		"    def always():\n      return True\n    return self.wait_until(always, cancellable)"}},
	{"another name of what a closure captures", "does not capture c", []string{
		"def canon_thread_new_indirect(ft, ftbl: Table[CoreFuncRef], fi, c):", "def canon_thread_new_indirect(ft, ftbl: Table[CoreFuncRef], fi, arg):",
		"call_and_trap_on_throw(f.callee, [c])", "call_and_trap_on_throw(f.callee, [arg])"}},
	{"callbacks without a caller", "", []string{
		"caller = thread.task.inst)", "thread.task.inst)", "f(on_start, on_resolve, caller = None)", "f(on_start, on_resolve, None)"}},
	{"a cancellation without a caller", "", []string{
		"    self.nesting_depth -= 1\n    return on_cancel", "    self.nesting_depth -= 1\n    return lambda: on_cancel(None)"}},
}

func TestHarmlessVersions(t *testing.T) {
	for _, version := range harmless {
		report, err := Compare(Options{Dir: edited(t, version.texts...), Runs: 60, Seed: 1, Workers: 1, By: Both})
		if err != nil {
			t.Errorf("%s: %v", version.name, err)
			continue
		}
		if report.Difference != nil {
			t.Errorf("%s: %v", version.name, report.Difference)
		}
		found := version.unread == ""
		for why := range report.Unread {
			found = found || strings.Contains(why, version.unread)
		}
		if !found {
			t.Errorf("%s: states that could not be written: %v, want one that says %q", version.name, report.Unread, version.unread)
		}
	}
}

// The difference of a version that does something else is made smaller, and is a trace that departs on that version as well.
func TestDifferenceIsMadeSmaller(t *testing.T) {
	dir := edited(t, "trap_if(self.num_waiting > 0)", "pass", "trap_if(h.num_lends != 0)", "pass")
	report, err := Compare(Options{Dir: dir, Runs: 3000, Seed: 1, Workers: 1, By: CPython})
	if err != nil {
		t.Fatal(err)
	}
	d := report.Difference
	if d == nil {
		t.Fatal("no run differs")
	}
	if n := len(d.Case.Actions); n >= d.Before || n > 12 {
		t.Errorf("%d actions, from %d:\n%s", n, d.Before, d)
	}
	if d.Trace == nil {
		t.Fatalf("no trace:\n%s", d)
	}
	again, err := Replay(dir, d.Trace, d.Trace.Variant)
	if err != nil || !again.Departs {
		t.Errorf("the trace does not depart: %v\n%s", err, d.Trace)
	}
}
