package properties

import (
	"testing"

	"cabi/model"
	"cabi/spec"
)

// The known defects of the pin that searches find: the property that shows each, after how many actions, and how. When
// one is repaired upstream, or another comes before it, this turns red.
var knownDefects = []struct {
	world    string
	property *model.Property
	actions  int
	what     string
}{
	{"futures", noAssertionFailure, 3, "assertion failed at SharedFutureImpl.drop/pending-read: what is pending in a dropped future is a read"},
}

func TestKnownDefects(t *testing.T) {
	for _, d := range knownDefects {
		t.Run(d.world+"/"+d.property.Name, func(t *testing.T) {
			w := model.WorldByName(d.world)
			report := scope{d.world, w.Bounds.Steps, w.Bounds.Handles}.check(spec.SingleTable, d.property)
			v := report.Violation()
			if v == nil || v.Actions != d.actions || v.What != d.what {
				t.Fatalf("got %+v, want %q after %d actions", v, d.what, d.actions)
			}
		})
	}
}

// Everything else holds where the defects are.
func TestDefectsAreAll(t *testing.T) {
	mustHold(t, scope{"futures", 5, 4}, spec.SingleTable, []*model.Property{
		deterministic, uniqueInTable, uniqueInInstance, nonzero, bounded, dense, freeList, noConfusion, diagnosable,
		isolation, unforgeable, joinSymmetric, waitingCount, resolvedOnce, noCrash,
	})
}

// Where calls wait on sets, everything that is promised holds.
func TestWaits(t *testing.T) {
	w := model.WorldByName("waits")
	waits := scope{"waits", w.Bounds.Steps, w.Bounds.Handles}
	mustHold(t, waits, spec.SingleTable, Promises())
	for _, v := range spec.Variants {
		mustHold(t, waits, v, []*model.Property{joinSymmetric, eventIdentifies, waitingCount, resolvedOnce})
	}
}
