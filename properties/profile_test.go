package properties

import (
	"testing"

	"cabi/model"
	"cabi/spec"
)

// Where a thread that waits for what is there already never goes on at once, which the deterministic profile rules out, calls do
// not overtake those that wait to enter: that choice is all that breaks the promise (docs/findings.md).
func TestResidualBackpressure(t *testing.T) {
	for _, d := range KnownDefects {
		if d.Property != residualBackpressure {
			continue
		}
		w := model.WorldByName(d.World)
		report := model.Search{World: w, Variant: spec.SingleTable, Properties: []*model.Property{residualBackpressure},
			Bounds: model.Bounds{Steps: d.Actions + 1}.Or(w.Bounds), Deterministic: true}.Run()
		if v := report.Violation(); v != nil {
			t.Errorf("%s:\n%s", d.World, v.Trace)
		}
	}
}
