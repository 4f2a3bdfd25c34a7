package suite

import (
	"cabi/internal/traps"
	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
)

// A candidate is a trace that may become one of the suite.
type candidate struct {
	trace   *model.Trace
	actions int
	text    string
	shows   []Goal // sorted
	// tells are the traps without which it goes on otherwise, for a runtime that cannot tell one trap from another.
	tells []spec.Site
}

// A gatherer collects candidates.
type gatherer struct {
	Options
	found []*candidate
	known map[Goal]bool
	texts map[string]bool
}

// gather explores the scenarios of package traps and the worlds breadth first, then walks at random in the worlds that
// are too big for that, for what nothing has shown so far.
func gather(o Options) []*candidate {
	g := &gatherer{Options: o, known: map[Goal]bool{}, texts: map[string]bool{}}
	g.scenarios()
	for _, t := range given() {
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
	return g.found
}

// take makes a trace a candidate, if it shows anything.
func (g *gatherer) take(t *model.Trace, actions int) {
	t.Violates = ""
	c := &candidate{trace: t, actions: actions, text: t.String(), shows: thingsOf(t)}
	if c.shows == nil || g.texts[c.text] {
		return
	}
	g.texts[c.text] = true
	for _, thing := range c.shows {
		g.known[thing] = true
	}
	g.found = append(g.found, c)
}

// scenarios takes the first trace of each combination of things that a last action shows in a scenario, and the witnesses, which
// show more once their trap is off.
func (g *gatherer) scenarios() {
	g.Progress("exploring the scenarios of traps")
	for _, s := range traps.Scenarios(shows) {
		s.OnViolation = func(v *model.Violation) { g.take(v.Trace, v.Actions) }
		s.Run()
	}
	for _, t := range traps.Witnesses() {
		g.take(t, actionsOf(t))
	}
}

// search takes the same in a world.
func (g *gatherer) search(w *model.World) *model.Search {
	return &model.Search{World: w, Variant: spec.SingleTable, Properties: []*model.Property{shows}, Bounds: w.Bounds, KeepGoing: true,
		MaxStates: g.States, OnViolation: func(v *model.Violation) { g.take(v.Trace, v.Actions) }}
}

// walk walks at random in a world, and takes a trace, made small, of each thing that no candidate shows.
func (g *gatherer) walk(w *model.World) {
	s := g.search(w)
	s.MaxStates, s.Random = 0, &model.Random{Seed: 1, Runs: g.Runs}
	var order []Goal
	shortest := map[Goal]*model.Violation{}
	s.OnViolation = func(v *model.Violation) {
		for _, thing := range thingsOf(v.Trace) {
			before, met := shortest[thing]
			if g.known[thing] || met && before.Actions <= v.Actions {
				continue
			}
			if !met {
				order = append(order, thing)
			}
			shortest[thing] = v
		}
	}
	s.Run()
	for _, thing := range order {
		if !g.known[thing] {
			g.Progress("shrinking what shows " + string(thing))
			v := *shortest[thing]
			v.Kind = string(thing)
			goal := *s
			goal.Properties = []*model.Property{showing(thing)}
			small := shrink.Minimize(&goal, &v, shrink.Limits{Runs: g.Tries})
			small.Violation, _ = shrink.Part(&goal, small)
			g.take(small.Violation.Trace, small.Violation.Actions)
		}
	}
}
