package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// howItEnds says how a run ends that nothing has stopped: whether each call has returned, and otherwise, for people, who waits for what.
func (r *Run) howItEnds() (how string, waiting []string) {
	for _, t := range r.Store.AllThreads() {
		waiting = append(waiting, r.whoWaits(t))
	}
	slices.Sort(waiting)
	waiting = slices.Compact(waiting)
	switch {
	case len(waiting) == 0:
		return endReturns, nil
	case r.Store.SomeReady():
		return endUnfinished, waiting
	}
	return endDeadlocks, waiting
}

// whoWaits says of a thread in which function and built-in it is, and what it waits for.
func (r *Run) whoWaits(t *spec.Thread) string {
	who := t.Task().Func()
	if s := r.knownStack(t); s != nil && len(s.activations) > 0 {
		at := s.activations[len(s.activations)-1]
		who = at.Name
		if at.Pending != nil {
			who += " in " + strings.TrimSpace(at.Pending.Op+" "+importOf(*at.Pending))
		}
	}
	if t.Ready() {
		return who + " is ready"
	}
	return who + " waits " + r.waitsFor(t)
}

// importOf is the import that an action calls; empty: it calls none.
func importOf(a Action) string {
	if a.Op == opCall {
		return a.Imm[0]
	}
	return ""
}

// waitsFor says what a thread that is blocked waits for.
func (r *Run) waitsFor(t *spec.Thread) string {
	c := t.WaitsFor()
	switch c.Kind {
	case spec.WaitsForResumption:
		return "to be resumed"
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
