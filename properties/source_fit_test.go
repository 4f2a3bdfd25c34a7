package properties_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// editedSource is a definitions.py with some of its text replaced, or why it cannot be run.
func editedSource(t *testing.T, replacements ...string) (*model.Source, error) {
	t.Helper()
	text := definitions(t)
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			t.Fatalf("definitions.py has no %q", replacements[i])
		}
	}
	file := filepath.Join(t.TempDir(), "definitions.py")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(replacements...).Replace(text)), 0o644); err != nil {
		t.Fatal(err)
	}
	return model.OpenSource(file)
}

// searchEdited searches a named world on an edited definitions.py.
func searchEdited(t *testing.T, world string, actions int, replacements ...string) *model.Report {
	t.Helper()
	source, err := editedSource(t, replacements...)
	if err != nil {
		t.Fatal(err)
	}
	w := model.WorldByName(world)
	bounds := w.Bounds
	bounds.Steps = actions
	return model.Search{World: w, Source: source, Bounds: bounds, Properties: properties.For(w), KeepGoing: true, Variant: spec.SingleTable}.Run()
}

// What the host calls is called as it was, or the file is refused, with its line: a difference is no finding.
func TestMethodsThatDoNotFit(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"def invoke(self, f: FuncInst, on_start: OnStart, on_resolve: OnResolve)", "def invoke(self, f, on_start, on_resolve, extra)",
			"Store.invoke(self, f, on_start, on_resolve, extra) cannot be called as the host does: invoke(f, on_start, on_resolve)"},
		{"def tick(self):", "def step(self):", "Store.tick is gone"},
		{"def tick(self):", "def tick(self, *, n):", "Store.tick(self, n) cannot be called"},
	} {
		if _, err := editedSource(t, c.old, c.new); err == nil || !strings.Contains(err.Error(), c.want) || !model.IsRefusal(err) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
	if _, err := editedSource(t, "def tick(self):", "def tick(self, n = 1):"); err != nil {
		t.Error(err)
	}
}

// A call of the host's that comes to nothing in a run ends the search, and is no finding.
func TestMismatchIsNoFinding(t *testing.T) {
	report := searchEdited(t, "handles", 2,
		"def canon_resource_new(rt, rep):", "canon_resource_new = 7\ndef canon_resource_new_(rt, rep):")
	if len(report.Violations) > 0 || !model.IsRefusal(report.Err) || !strings.Contains(report.Err.Error(), "is not as cabi calls it: `'resource.new'") {
		t.Errorf("%v, %v", report.Err, report.Violations)
	}
}

// A built-in that is gone, or takes other arguments, is left out of the menus, and named.
func TestBuiltinsThatAreGone(t *testing.T) {
	for edit, want := range map[string]string{
		"def canon_resource_rep_(rt, i):":   "resource.rep: canon_resource_rep is gone",
		"def canon_resource_rep(rt, i, x):": "resource.rep: canon_resource_rep does not take 2 arguments any more",
	} {
		report := searchEdited(t, "handles", 2, "def canon_resource_rep(rt, i):", edit)
		if len(report.Violations) > 0 || report.Err != nil || len(report.NotTaken) != 1 || !strings.HasPrefix(report.NotTaken[0], want) {
			t.Errorf("%s: %v, %v, %q", edit, report.Err, report.Violations, report.NotTaken)
		}
		if !slices.Contains(report.NeverTaken, "A: resource.rep R") {
			t.Errorf("never taken: %q", report.NeverTaken)
		}
	}
}
