package model

import (
	"fmt"

	"cabi/spec"
)

// WaitsFor says what a thread that is blocked waits for, to stand behind "waits": "to be resumed", "for its call to be resolved".
func (r *Run) WaitsFor(t *spec.Thread) string {
	c := t.WaitsFor()
	switch c.Kind {
	case spec.WaitsForResumption:
		return "to be resumed"
	case spec.WaitsNoMore:
		return "for its turn"
	case spec.WaitsToEnter:
		if t.Instance().Backpressure() > 0 {
			return "for the end of backpressure of " + t.Instance().Name
		}
		return "to enter " + t.Instance().Name
	case spec.WaitsForEvent:
		return fmt.Sprintf("for its %s", spec.Describe(c.Waitable))
	case spec.WaitsForSet:
		return fmt.Sprintf("for an event of a set of %s", Counted(len(c.Set.Elements()), "waitable"))
	case spec.WaitsForLock:
		return "for the exclusive lock of " + t.Instance().Name
	case spec.WaitsForCall:
		return "for its call to be resolved"
	}
	return "for the host"
}
