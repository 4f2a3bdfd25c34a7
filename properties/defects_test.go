package properties

import (
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cabi/model"
	"cabi/spec"
)

// The known defects of the pin that searches find: in which world, the property that shows each, the kind of violation, and
// after how many actions. docs/findings.md has their traces. When one is repaired upstream, when another comes before it, or
// when there is one more, this turns red.
var knownDefects = []defect{
	{"backpressure", noAssertionFailure, "canon_subtask_cancel/resolve-delivered", 12},
	{"children", noAssertionFailure, "Thread.resume/resumable", 8},
	{"children", cancelDelivered, "thread.suspend", 8},
	{"children", noAssertionFailure, "Waitable.wait_for_pending_event/alone", 8},
	{"children", noCrash, "Waitable.get_pending_event/TypeError", 10},
	{"futures", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 3},
	{"host-streams", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 6},
	{"host-reads", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 6},
	{"host-calls", noAssertionFailure, "canon_subtask_cancel/resolve-delivered", 5},
	{"transfers", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 8},
	{"tasks", stackDiscipline, "order", 6},
	{"reentrance", noAssertionFailure, "Store.lower.core_func_inst/entered", 7},
	{"cancel", cancelDelivered, "callback wait", 8},
	{"subtasks", residualBackpressure, "", 8},
	{"backpressure", residualBackpressure, "", 8},
	{"tasks", residualBackpressure, "", 4},
	{"cancel", residualBackpressure, "", 6},
	{"helpers", noCrash, "canon_error_context_new/NameError", 2},
	{"error-contexts", noCrash, "canon_error_context_new/NameError", 1},
}

type defect struct {
	world    string
	property *model.Property
	kind     string
	actions  int
}

// knownIn are the known defects of a world.
func knownIn(world string) []defect {
	return slices.DeleteFunc(slices.Clone(knownDefects), func(d defect) bool { return d.world != world })
}

// shorter is how many actions less than a world's own bound are explored here, unless a known defect takes more, the bound is small
// or CABI_LONG is set.
const shorter, small = 3, 7

func steps(w *model.World) int {
	n := w.Bounds.Steps - shorter
	if os.Getenv("CABI_LONG") != "" || w.Bounds.Steps <= small {
		n = w.Bounds.Steps
	}
	for _, d := range knownIn(w.Name) {
		n = max(n, d.actions)
	}
	return n
}

// In every world that can be exhausted, what is promised holds but for the known defects; and all worlds together reach what
// there is to reach.
func TestPromises(t *testing.T) {
	var all coverage
	t.Run("worlds", func(t *testing.T) {
		for _, w := range model.Worlds {
			if w.Random {
				continue
			}
			t.Run(w.Name, func(t *testing.T) {
				t.Parallel()
				seen := &coverage{}
				bounds := w.Bounds
				bounds.Steps = steps(w)
				report := model.Search{World: w, Variant: spec.SingleTable, Properties: append(For(w), seen.property()), Bounds: bounds, KeepGoing: true}.Run()
				mustBeKnown(t, w.Name, report.Violations)
				seen.report(report)
				all.merge(seen)
			})
		}
	})
	all.check(t)
}

// mustBeKnown checks that what was found is exactly what is known.
func mustBeKnown(t *testing.T, world string, found []*model.Violation) {
	t.Helper()
	known := knownIn(world)
	for _, v := range found {
		i := slices.IndexFunc(known, func(d defect) bool {
			return d.property.Name == v.Property && d.kind == v.Kind && d.actions == v.Actions
		})
		if i < 0 {
			t.Errorf("not known, after %d actions, of kind %q: %s\nsave this trace and run it again with: cabi replay FILE", v.Actions, v.Kind, v.Trace)
			continue
		}
		known = slices.Delete(known, i, i+1)
	}
	for _, d := range known {
		t.Errorf("%s/%s is not violated after %d actions: is it repaired?", d.property.Name, d.kind, d.actions)
	}
}

// A promise that is known to be broken somewhere may be broken elsewhere too, further than is explored.
func unbroken() []*model.Property {
	return slices.DeleteFunc(Promises(), func(p *model.Property) bool {
		return slices.ContainsFunc(knownDefects, func(d defect) bool { return d.property == p })
	})
}

// Random runs of every world, longer than what is exhausted, keep every promise that is not known to be broken.
func TestRandomPromises(t *testing.T) {
	for _, w := range model.Worlds {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			walk := model.TapeRunner{World: w, Variant: spec.SingleTable, Properties: unbroken(), Bounds: w.Bounds}
			long := rapid.SliceOfN(rapid.Uint32Range(0, 1<<16), 2, 120)
			rapid.Check(t, func(t *rapid.T) {
				if violation := walk.Run(long.Draw(t, "tape")).Violation; violation != nil {
					t.Fatalf("%s\nsave this trace and run it again with: cabi replay FILE", violation.Trace)
				}
			})
		})
	}
}

// What waits on sets, all variants do alike.
func TestWaits(t *testing.T) {
	waits := scope{"waits", 7, model.WorldByName("waits").Bounds.Handles}
	for _, v := range spec.Variants {
		mustHold(t, waits, v, []*model.Property{joinSymmetric, eventIdentifies, waitingCount, resolvedOnce, noLostWakeup, noStolenEvent})
	}
}
