package suite

import (
	"cmp"
	"maps"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// thingsOf is all that a trace shows, sorted; nil if an assert of the specification fails in it or the Python crashes.
func thingsOf(t *model.Trace) []Goal {
	s := newShower()
	s.all, s.steps.ends = map[Goal]bool{}, true
	look := func(r *model.Run, _ spec.Site, _ bool) {
		if r != nil {
			s.steps.look(r, s.show)
		}
	}
	if again, err := (model.ReplayOptions{Checkers: []model.Checker{s}, Observe: look}).Run(t); err != nil || again.Departs != nil || s.failed {
		return nil
	}
	return sortedThings(s.all)
}

func sortedThings[V any](m map[Goal]V) []Goal {
	return slices.SortedFunc(maps.Keys(m), func(a, b Goal) int { return cmp.Compare(a, b) })
}

func texts(things []Goal) []string {
	lines := make([]string, len(things))
	for i, t := range things {
		lines[i] = string(t)
	}
	return lines
}
