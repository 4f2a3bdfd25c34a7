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
			bounds.Steps = min(max(4, bounds.Steps-5), 8)
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
