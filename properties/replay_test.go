package properties

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cabi/model"
	"cabi/spec"
)

// With everything checked, searches that use runs and checkers again find what those find that make all anew.
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
			if diff := cmp.Diff(said(search.Run()), said(used), cmp.AllowUnexported(told{})); diff != "" {
				t.Errorf("all made anew, and used again:\n%s", diff)
			}
		})
	}
}

// told is a report with its traces as texts.
type told struct {
	*model.Report
	traces []string
}

func said(r *model.Report) told {
	all := told{Report: r}
	for _, v := range r.Violations {
		all.traces = append(all.traces, v.Key()+"\n"+v.Trace.String())
	}
	r.Violations = nil
	return all
}
