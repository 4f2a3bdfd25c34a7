package component

import (
	"slices"

	"cabi/spec"
)

// Fair is choices that are fair: of the threads that are ready, the one that has waited longest goes on, and a thread that need not
// wait waits. Everything else is the first candidate's.
type Fair struct{ spec.First }

// ChooseThread returns the candidate that has waited longest. One that waits for nothing, as a thread to cancel may, comes last.
func (Fair) ChooseThread(_ spec.Site, candidates []*spec.Thread) int {
	waiting := candidates[0].Instance().Store().WaitingThreads()
	longest := 0
	for i, t := range candidates {
		if since(waiting, t) < since(waiting, candidates[longest]) {
			longest = i
		}
	}
	return longest
}

func since(waiting []*spec.Thread, t *spec.Thread) int {
	if i := slices.Index(waiting, t); i >= 0 {
		return i
	}
	return len(waiting)
}
