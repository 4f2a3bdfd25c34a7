package wast

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"cabi/internal/wasmtools"
	"cabi/spec"
)

// Of every cause but the lack of a core feature, a command shows on the Python that it is one.
func TestCausesAreShown(t *testing.T) {
	for _, c := range causes {
		if (c.class == classCore) != (c.shown == "") || len(c.at) == 0 {
			t.Errorf("%s: class %s, shown by %q, at %v", c.title, c.class, c.shown, c.at)
		}
	}
}

// Each directive of upstream's four folders that does not pass, and follows no other, has one cause in the table, and the table has no
// others.
func TestUpstreamCauses(t *testing.T) {
	upstream := os.Getenv("CABI_UPSTREAM")
	tools, err := wasmtools.Find()
	if errors.Is(err, wasmtools.ErrMissing) || upstream == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model, and run make wasm-tools")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer tools.Close()
	open := map[string]bool{}
	for _, c := range causes {
		for _, at := range c.at {
			if open[at] {
				t.Errorf("%s has two causes", at)
			}
			open[at] = true
		}
	}
	var files []File
	for _, folder := range []string{"async", "resources", "values", "linking"} {
		names, err := filepath.Glob(filepath.Join(upstream, "test", folder, "*.wast"))
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			files = append(files, File{name, Prepare(parseFile(t, name), tools)})
		}
	}
	report := &Report{Variant: spec.SingleTable}
	report.Make(t.Context(), files, func(string) {})
	named, all := 0, 0
	for _, f := range report.Files {
		for i, o := range f.Outcomes {
			all++
			switch {
			case o.Status == Passed:
				named++
			case o.Status != Follows && !open[f.key(i)]:
				t.Errorf("%s has no cause: %s", f.key(i), o)
			}
			if o.Status != Passed {
				delete(open, f.key(i))
			}
		}
	}
	for at := range open {
		t.Errorf("%s passes, and has a cause", at)
	}
	t.Logf("%d of %d directives pass", named, all)
}

func parseFile(t *testing.T, name string) *Script {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(string(text))
	if err != nil {
		t.Fatal(name, err)
	}
	return s
}
