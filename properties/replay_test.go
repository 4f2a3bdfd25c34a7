package properties

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cabi/model"
	"cabi/spec"
)

// TestReplay checks that a search that goes on from states that it has put back, checkers included, finds the same as one that
// replays every path from the start.
func TestReplay(t *testing.T) {
	for _, w := range model.Worlds {
		if w.Random {
			continue
		}
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			bounds := w.Bounds
			bounds.Steps = max(4, bounds.Steps-5)
			if testing.Short() {
				bounds.Steps = max(4, bounds.Steps-2)
			}
			search := model.Search{World: w, Variant: spec.SingleTable, Properties: For(w), Bounds: bounds, KeepGoing: true}
			used := search.Run()
			search.Replay = true
			if diff := cmp.Diff(printed(search.Run()), printed(used), cmp.AllowUnexported(printedReport{})); diff != "" {
				t.Errorf("all made anew, and used again:\n%s", diff)
			}
		})
	}
}

// A printedReport is a report with its traces as texts.
type printedReport struct {
	*model.Report
	traces []string
}

func printed(r *model.Report) printedReport {
	all := printedReport{Report: r}
	for _, v := range r.Violations {
		all.traces = append(all.traces, v.Key()+"\n"+v.Trace.String())
	}
	r.Violations = nil
	return all
}

// TestKnownStates plants bugs: it switches off each trap that fires in a world, one at a time. Checkers that skip states that they are known to
// find nothing in find what checkers find that are told of everything, with the same shapes.
func TestKnownStates(t *testing.T) {
	for name, steps := range map[string]int{"handles": 3, "cancel": 4, "threads": 5, "subtasks": 5, "host-calls": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := model.WorldByName(name)
			search := model.Search{World: w, Variant: spec.SingleTable, Properties: For(w), Bounds: w.Bounds, KeepGoing: true, ByShape: true}
			search.Bounds.Steps = steps
			found := 0
			for _, site := range search.Run().Fired {
				search.Without, search.Replay = map[spec.Site]bool{site: true}, false
				skipped := search.Run()
				found += len(skipped.Violations)
				search.Replay = true
				if diff := cmp.Diff(printed(search.Run()), printed(skipped), cmp.AllowUnexported(printedReport{})); diff != "" {
					t.Errorf("without %s, told of everything, and of states that are not known:\n%s", site, diff)
				}
			}
			if found == 0 {
				t.Error("no planted bug violates anything")
			}
		})
	}
}
