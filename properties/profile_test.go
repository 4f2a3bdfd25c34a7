package properties

import (
	"testing"

	"cabi/model"
	"cabi/spec"
)

// TestResidualBackpressure checks that under the deterministic profile no call overtakes those that wait to enter: residual-backpressure
// is violated only where the specification chooses that a thread whose condition holds goes on at once, which the profile
// rules out (docs/findings.md).
func TestResidualBackpressure(t *testing.T) {
	t.Parallel()
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
