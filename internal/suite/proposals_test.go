package suite

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"cabi/internal/port"
	"cabi/internal/upstream"
)

// gitVariable is the environment variable for the tests that need history: a git directory of WebAssembly/component-model. Where it is
// empty they are skipped.
const gitVariable = "CABI_UPSTREAM_GIT"

// proposals are upstream's branches that were open when the suite was made, and the traces that depart on each, among others.
var proposals = []struct {
	name, revision string
	departs        []string // empty: all traces happen again
}{
	{"fix-cancel-bug", "d834f63", []string{"callback-none-with-a-cancellation-pending"}},
	{"fix-donut-wrap", "903e48b", []string{"entry-sync-inside-a-sync-call", "callback-none-by-thread.suspend-then-promote", "callback-task_cancelled"}},
	{"fix-exclusive-bug", "a8d87b2", []string{"callback-none-by-thread.suspend-then-promote", "thread.yield-trap-canon_lift-blocked"}},
	{"simplify", "c9504df", []string{"call-trap-store.lift.func_inst-reentrance", "thread.yield-cancellable-resumed-with-a-cancellation-pending"}},
	{"task-switch", "0c769d0", nil}, // nothing changes but by its new built-in
}

// definitionsAt is a directory with the definitions.py of a revision.
func definitionsAt(t *testing.T, revision string) string {
	t.Helper()
	text, err := exec.Command("git", "--git-dir="+os.Getenv(gitVariable), "show", revision+":"+port.DefinitionsPath).Output()
	if err != nil {
		t.Fatalf("%s: %v", revision, err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "definitions.py"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The suite notices what each proposal changes: traces depart on its Python.
func TestNoticesProposals(t *testing.T) {
	if os.Getenv(gitVariable) == "" {
		t.Skip("set " + gitVariable + " to a git directory of WebAssembly/component-model")
	}
	s := read(t)
	for _, p := range proposals {
		python, err := upstream.NewReplayer(definitionsAt(t, p.revision))
		if err != nil {
			t.Fatal(err)
		}
		departed := map[string]bool{}
		for _, of := range s.Traces {
			r, err := python.Replay(of.Trace, of.Trace.Variant)
			if err != nil {
				t.Fatalf("%s: %s: %v", p.name, of.Name, err)
			}
			departed[of.Name] = r.Departs
			if r.Departs && p.departs == nil {
				t.Errorf("%s: %s departs:\n%s", p.name, of.Name, r.Difference)
			}
		}
		python.Close()
		for _, name := range p.departs {
			if !departed[name] {
				t.Errorf("%s: %s does not depart", p.name, name)
			}
		}
	}
}

// The suite shows the situations in which proposals do something else.
func TestSituations(t *testing.T) {
	by := read(t).Coverage().By
	for _, goal := range []Goal{
		"callback: NONE, " + pending, "callback: NONE, " + insideSync, "callback: NONE, by thread.suspend-then-promote",
		"callback: NONE, by thread.yield-then-promote", "entry: sync, " + insideSync, "entry: callback, " + insideSync, "entry: stackful, " + insideSync,
	} {
		if by[goal] == nil {
			t.Errorf("no trace shows %q", goal)
		}
	}
}
