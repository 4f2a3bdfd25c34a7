package suite

import (
	"cabi/internal/traps"
	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
)

// A candidate is a trace that may become a trace of the suite.
type candidate struct {
	trace   *model.Trace
	actions int
	text    string
	covers  []Goal // sorted
	// detects are the traps without which the trace does not happen again, even for a runtime that reports traps without names.
	detects []spec.Site
	// exported says that a .wast can say the trace.
	exported bool
}

// A gatherer collects candidates.
type gatherer struct {
	Options
	candidates []*candidate
	covered    map[Goal]bool
	texts      map[string]bool
}

// gather explores the scenarios of package traps and the worlds breadth first; then it walks at random in the worlds that are too
// big for that, and looks for goals that no candidate covers so far.
func gather(o Options) []*candidate {
	g := &gatherer{Options: o, covered: map[Goal]bool{}, texts: map[string]bool{}}
	g.scenarios()
	for _, t := range seeds() {
		g.take(t, actionsOf(t))
	}
	for _, w := range model.Worlds {
		if !w.Random {
			g.Progress("exploring " + w.Name)
			g.search(w).Run()
		}
	}
	for _, w := range model.Worlds {
		if w.Random {
			g.Progress("walking in " + w.Name)
			g.walk(w)
		}
	}
	return g.candidates
}

// take makes a trace a candidate, if it covers any goal.
func (g *gatherer) take(t *model.Trace, actions int) {
	t.Violates = ""
	c := &candidate{trace: t, actions: actions, text: t.String(), covers: goalsOf(t)}
	if c.covers == nil || g.texts[c.text] {
		return
	}
	g.texts[c.text] = true
	for _, goal := range c.covers {
		g.covered[goal] = true
	}
	g.candidates = append(g.candidates, c)
}

// scenarios takes, from each scenario, the first trace of each combination of goals that a last action covers; and the witnesses,
// which detect that a trap is missing where shorter traces do not.
func (g *gatherer) scenarios() {
	g.Progress("exploring the scenarios of traps")
	for _, s := range traps.Scenarios(covers) {
		s.OnViolation = func(v *model.Violation) { g.take(v.Trace, v.Actions) }
		s.Run()
	}
	for _, t := range traps.Witnesses() {
		g.take(t, actionsOf(t))
	}
}

// search is a search through a world that takes the first trace of each combination of goals that a last action covers.
func (g *gatherer) search(w *model.World) *model.Search {
	return &model.Search{World: w, Variant: spec.SingleTable, Properties: []*model.Property{covers}, Bounds: w.Bounds, KeepGoing: true,
		MaxStates: g.States, OnViolation: func(v *model.Violation) { g.take(v.Trace, v.Actions) }}
}

// walk walks at random in a world, and takes a shrunk trace of each goal that no candidate covers.
func (g *gatherer) walk(w *model.World) {
	s := g.search(w)
	s.MaxStates, s.Random = 0, &model.Random{Seed: 1, Runs: g.Runs}
	var order []Goal
	shortest := map[Goal]*model.Violation{}
	s.OnViolation = func(v *model.Violation) {
		for _, goal := range goalsOf(v.Trace) {
			before, known := shortest[goal]
			if g.covered[goal] || known && before.Actions <= v.Actions {
				continue
			}
			if !known {
				order = append(order, goal)
			}
			shortest[goal] = v
		}
	}
	s.Run()
	for _, goal := range order {
		if !g.covered[goal] {
			g.shrink(*s, goal, *shortest[goal])
		}
	}
}

// shrink takes a small trace that covers a goal, made from one that a search found.
func (g *gatherer) shrink(s model.Search, goal Goal, found model.Violation) {
	g.Progress("shrinking what shows " + string(goal))
	found.Kind = string(goal)
	s.Properties = []*model.Property{covering(goal)}
	small := shrink.Minimize(&s, &found, shrink.Limits{Runs: g.Tries})
	small.Violation, _ = shrink.TrimWorld(&s, small)
	g.take(small.Violation.Trace, small.Violation.Actions)
}
