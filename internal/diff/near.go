package diff

import (
	"cmp"
	"slices"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// This file checks promises near the text that changed: the reference traces that run it lead deeper than a search from the start.

// A ranTrace is a reference trace, and the lines that changed and that the new version runs on it.
type ranTrace struct {
	trace *model.Trace
	lines []int
}

const (
	tracesForLine = 3 // how many reference traces are gone on from for each line, the shortest
	mostTraces    = 60
	stepsNear     = 6 // actions from there
)

// checkNear goes on from the reference traces that run what changed, on the new version, and checks all promises there.
func (c *comparison) checkNear() error {
	traces := nearTraces(c.ran)
	for i, t := range traces {
		if !c.step("promises near what changed", i, len(traces)) {
			return nil
		}
		c.checkOn(t)
		for cut := range placesNear + 1 {
			if actions := actionsIn(t) - cut; actions > 0 {
				c.checkFrom(t, actions)
			}
		}
	}
	return nil
}

// nearTraces are the shortest traces that run each line.
func nearTraces(ran []ranTrace) (chosen []*model.Trace) {
	ran = slices.Clone(ran)
	slices.SortStableFunc(ran, func(a, b ranTrace) int { return cmp.Compare(actionsIn(a.trace), actionsIn(b.trace)) })
	count := map[int]int{}
	for _, r := range ran {
		rare := slices.ContainsFunc(r.lines, func(line int) bool { return count[line] < tracesForLine })
		if !rare || len(chosen) == mostTraces {
			continue
		}
		chosen = append(chosen, r.trace)
		for _, line := range r.lines {
			count[line]++
		}
	}
	return chosen
}

// checkOn checks the promises on a trace itself.
func (c *comparison) checkOn(t *model.Trace) {
	all := properties.For(t.World)
	var checkers []model.Checker
	for _, p := range all {
		checkers = append(checkers, p.New())
	}
	plain := observable(t)
	r, err := runOn(c.New, plain, checkers...)
	if err != nil || r.Departs != nil {
		return
	}
	not := r.CannotCheck(all)
	c.notNew.add(not)
	for _, v := range r.Found {
		if v.Trace = r.Trace; not[v.Property] == "" {
			if v.Actions < actionsIn(t) { // the trace is that of the violation
				v.Trace = cutTrace(r.Trace, v.Actions)
			}
			c.addNear(v, t.World)
		}
	}
}

// checkFrom checks the promises behind a trace that is cut to so many actions.
func (c *comparison) checkFrom(t *model.Trace, actions int) {
	from, err := runOn(c.New, cutTrace(t, actions))
	if err != nil || from.Departs != nil || from.Stopped != nil {
		return
	}
	w, _ := t.World.Complete() // it may be part of another, without menus
	s := model.Search{World: w, Variant: cmp.Or(c.New.Variant, spec.SingleTable), Source: c.New.Source, Properties: properties.For(w), Bounds: w.Bounds,
		MaxStates: max(1, c.Behind/4), Workers: c.Workers, KeepGoing: true, ByShape: true, From: from}
	s.Bounds.Steps = stepsNear
	r := s.Run()
	c.noteExercised(r)
	if r.Err != nil {
		return
	}
	c.notNew.add(r.NotChecked)
	for _, v := range r.Violations {
		c.addNear(v, w)
	}
}

// addNear adds a violation, unless the old version has it, too.
func (c *comparison) addNear(v *model.Violation, w *model.World) {
	if c.onlyNew(v, w) {
		c.addBroken(v, w, New)
	}
}

// onlyNew reports whether only the new version has a violation: on the old one the same trace does not violate the promise, or if it does not
// happen there, no trace is known that does.
func (c *comparison) onlyNew(v *model.Violation, w *model.World) bool {
	before, err := replayOn(c.Old, claimed(v))
	if err != nil {
		return !c.knownOfOld(v, w)
	}
	c.notOld.add(before.not)
	return before.like(c.Old, c.New, v) == nil && len(before.not) == 0 && !(before.departs && c.knownOfOld(v, w))
}

// violates reports whether the trace of a violation violates the same promise on another version.
func (v *Version) violates(there *Version, x *model.Violation) bool {
	again, err := replayOn(there, claimed(x))
	return err == nil && again.like(there, v, x) != nil
}

// claimed is the trace of a violation, with the claim that it violates the promise.
func claimed(v *model.Violation) *model.Trace {
	t := *v.Trace
	t.Violates = v.Property + ": " + v.Message
	return &t
}
