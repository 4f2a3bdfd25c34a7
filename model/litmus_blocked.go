package model

import (
	"slices"
	"strings"

	"cabi/spec"
)

// howItEnds says how a run ends that nothing has stopped: whether each call has returned, and otherwise, for people, who waits for what.
func (r *Run) howItEnds() (how string, waiting []string) {
	for _, t := range r.Store.AllThreads() {
		waiting = append(waiting, r.WhoWaits(t))
	}
	slices.Sort(waiting)
	waiting = slices.Compact(waiting)
	switch {
	case len(waiting) == 0:
		return endReturns, nil
	case r.SomeReady():
		return endUnfinished, waiting
	}
	return endDeadlocks, waiting
}

// WhoWaits says of a thread in which function and built-in it is, and what it waits for.
func (r *Run) WhoWaits(t *spec.Thread) string {
	who := t.Task().Func()
	if s := r.knownStack(t); s != nil && len(s.activations) > 0 {
		at := s.activations[len(s.activations)-1]
		who = at.Name
		if at.Pending != nil {
			who += " in " + strings.TrimSpace(at.Pending.Op+" "+importOf(*at.Pending))
		}
	}
	if r.Ready(t) {
		return who + " is ready"
	}
	return who + " waits " + r.WaitsFor(t)
}

// importOf is the import that an action calls; empty: it calls none.
func importOf(a Action) string {
	if a.Op == opCall {
		return a.Imm[0]
	}
	return ""
}
