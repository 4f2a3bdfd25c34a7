package properties

import (
	"slices"
	"testing"

	"cabi/internal/upstream"
	"cabi/model"
	"cabi/spec"
)

// TestValueRuns checks the promises in random runs in which guests pass values of random types to each other, as cabi check all does first.
func TestValueRuns(t *testing.T) {
	t.Parallel()
	states, exercised := 0, false
	for i, run := range slices.Concat(upstream.LayoutRuns(1, 0, 100), upstream.ValueRuns(1, 0, 300)) {
		r := run.Search(model.Search{Variant: spec.SingleTable, Properties: For(run.World), KeepGoing: true, ByShape: true}).Run()
		for _, v := range r.Violations {
			if CauseOf(v) == nil {
				t.Fatalf("run %d: %s, shape %q:\n%s", i, v.Name(), v.Shape, v.Trace)
			}
		}
		states += r.States
		for _, name := range r.Exercised {
			exercised = exercised || name == valuesKept.Name
		}
	}
	if states < 5000 || !exercised {
		t.Errorf("%d states, values passed: %v", states, exercised)
	}
}
