package properties_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
)

// knownUpTo is to how many actions the known defects of worlds are compared. With CABI_LONG set, worlds are compared further.
var knownUpTo = map[string]int{"futures": 3, "host-streams": 6, "host-calls": 5, "tasks": 6, "reentrance": 7, "donuts": 8, "helpers": 2, "error-contexts": 2, "encodings": 4, "streams": 8}

// A search on the definitions.py of the pin tells violations apart as one on the port: the known defects have the same shapes, and traces.
func TestSourceShapes(t *testing.T) {
	source := sourceOf(t, definitions(t))
	upTo := knownUpTo
	if os.Getenv("CABI_LONG") != "" {
		upTo = map[string]int{}
		for _, d := range properties.KnownDefects {
			upTo[d.World] = max(upTo[d.World], min(d.Actions, 10))
		}
	}
	for world, steps := range upTo {
		search := searchOf(world, steps)
		search.ByShape = true
		port := search.Run()
		search.Source, search.Workers = source, 2
		python := search.Run()
		if python.Err != nil || len(port.Violations) == 0 || summary(port) != summary(python) {
			t.Errorf("%s: error %v\nthe port:\n%s\ndefinitions.py:\n%s", world, python.Err, summary(port), summary(python))
		}
		for _, v := range python.Violations {
			if v.Shape == "" || properties.CauseOf(v) == nil {
				t.Errorf("%s: %s is not known", world, v.Key())
			}
		}
	}
}

// lookalikesOnSource are the bugs of testdata/causes as edits of definitions.py.
var lookalikesOnSource = map[string][]string{
	"backpressure-for-the-lock-alone": {"        return (self.inst.backpressure > 0 or\n                (self.needs_exclusive() and self.inst.exclusive_thread is not None))",
		"        return (self.needs_exclusive() and self.inst.backpressure > 0 or\n                (self.needs_exclusive() and self.inst.exclusive_thread is not None))"},
	"cancel-resumes-what-blocks-for-good": {"{ t for t in self.threads if t.cancellable }", "{ t for t in self.threads if t.cancellable or not t.running() }"},
	"cancelled-write-stays": {"    pending_on_copy_done(result)\n\n  def cancel(self):\n    self.reset_and_notify_pending(CopyResult.CANCELLED)\n\n  def drop(self):\n    if not self.dropped:\n      self.dropped = True\n      if self.pending_buffer:\n        assert(",
		"    pending_on_copy_done(result)\n\n  def cancel(self):\n    self.pending_on_copy_done(CopyResult.CANCELLED)\n\n  def drop(self):\n    if not self.dropped:\n      self.dropped = True\n      if self.pending_buffer:\n        assert("},
	"drop-completes": {"        self.reset_and_notify_pending(CopyResult.DROPPED)\n\n  def read(self, inst, dst_buffer, on_copy, on_copy_done):", "        self.reset_and_notify_pending(CopyResult.COMPLETED)\n\n  def read(self, inst, dst_buffer, on_copy, on_copy_done):"},
	"latin1-not-aligned": {"    ptr = cx.reallocate(ptr, src_code_units, 2, dst_byte_length)\n    trap_if(ptr != align_to(ptr, 2))\n",
		"    ptr = cx.reallocate(ptr, src_code_units, 1, dst_byte_length)\n    trap_if(ptr != align_to(ptr, 1))\n"},
	"lock-holder-resumed": {"if t.ready() and t is not inst.exclusive_thread }", "if t.ready() }"},
}

// longLookalikes are the bugs for which a search takes long.
var longLookalikes = []string{"latin1-not-aligned"}

// TestLookalikesOnSource makes each bug in definitions.py, and checks that a search of that file tells of it beside the known defect, or in its
// place.
func TestLookalikesOnSource(t *testing.T) {
	text := definitions(t)
	files, err := filepath.Glob("testdata/causes/*.patch")
	if err != nil || len(files) != len(lookalikesOnSource) {
		t.Fatalf("%d patches in testdata/causes and %d edits, %v", len(files), len(lookalikesOnSource), err)
	}
	for _, l := range properties.Lookalikes(t) {
		t.Run(l.Name, func(t *testing.T) {
			if slices.Contains(longLookalikes, l.Name) && os.Getenv("CABI_LONG") == "" {
				t.Skip("explores a changed definitions.py for half a minute: set CABI_LONG=1 to run it")
			}
			edit := lookalikesOnSource[l.Name]
			if edit == nil {
				t.Fatal("there is no edit of definitions.py")
			}
			search := searchOf(l.World, l.Steps)
			property, _, _ := strings.Cut(l.Finding, "/")
			search.Properties, search.ByShape, search.Source = []*model.Property{properties.ByName(property)}, true, sourceOf(t, text, edit...)
			told, shapes := false, []string(nil)
			search.OnViolation = func(v *model.Violation) {
				told, shapes = told || l.Told(v), append(shapes, v.Key())
			}
			search.Progress = func(*model.Report) bool { return !told }
			report := search.Run()
			if report.Err != nil {
				t.Fatal(report.Err)
			}
			if !told {
				t.Errorf("not told apart, not checked %v; these are told:\n%s", report.NotChecked, strings.Join(shapes, "\n"))
			}
		})
	}
}
