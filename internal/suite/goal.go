package suite

import (
	"cmp"
	"maps"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A Goal is something that a trace can cover: "trap lift_own/num_lends", "stream.read async: blocked", "subtask.drop: trap
// Subtask.drop/undelivered", "task: STARTED -> RESOLVED".
type Goal string

// goalsOf are all goals that a trace covers, sorted. There are none if an assert of the specification fails in the trace or the
// Python crashes, since a runtime cannot be tested against that.
func goalsOf(t *model.Trace) []Goal {
	c := newCoverageRecorder()
	c.all, c.steps.withEnds = map[Goal]bool{}, true
	observe := func(r *model.Run, _ spec.Site, _ bool) {
		if r != nil {
			c.steps.update(r, c.record)
		}
	}
	again, err := model.ReplayOptions{Checkers: []model.Checker{c}, Observe: observe}.Run(t)
	if err != nil || again.Departs != nil || c.failed {
		return nil
	}
	return sortedGoals(c.all)
}

func sortedGoals[V any](m map[Goal]V) []Goal {
	return slices.SortedFunc(maps.Keys(m), func(a, b Goal) int { return cmp.Compare(a, b) })
}

func texts(goals []Goal) []string {
	lines := make([]string, len(goals))
	for i, g := range goals {
		lines[i] = string(g)
	}
	return lines
}
