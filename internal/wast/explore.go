package wast

import (
	"fmt"
	"slices"

	"cabi/component"
	"cabi/spec"
)

// Bounds bound what is explored of each case.
type Bounds struct {
	Departures int // from the policy in one run
	Runs       int // of one case
}

// A Seen is an outcome of a directive that some run had.
type Seen struct {
	Outcome
	Runs       int         // how many had it
	Departures []Departure // of the first of them
}

// An Exploration is what came of a program under every choice within bounds.
type Exploration struct {
	Seen  [][]Seen // by directive, the policy's outcome first
	Runs  int
	Cases int // those that run something
	// CutOff is how many cases had more runs than the bound, choices among too many candidates, or a run out of its budget, from
	// which none departs further. Of the others every run with as many departures was made.
	CutOff int
}

// Explore runs each case of a program under the policy and under everything that departs from it as often as the bounds say. Exploring is
// running again: a stack of core code cannot be copied. Runs with fewer departures come first, since deep in a loop that yields there is
// always one more choice.
func (r *Runner) Explore(p *Program, variant *spec.Variant, bounds Bounds) *Exploration {
	e := &Exploration{Seen: make([][]Seen, len(p.Script.Directives))}
	for i, o := range r.Run(p, Policy, variant) {
		if p.inCase[i] == nil {
			e.Seen[i] = []Seen{{Outcome: o, Runs: 1}}
		}
	}
	for _, c := range p.cases {
		e.Cases++
		r.exploreCase(p, c, variant, bounds, e)
	}
	return e
}

func (r *Runner) exploreCase(p *Program, c *testCase, variant *spec.Variant, bounds Bounds, e *Exploration) {
	pending, all := [][]Departure{nil}, true
	for runs := 0; len(pending) > 0 && r.ctx.Err() == nil; runs++ {
		if runs == bounds.Runs {
			e.CutOff++
			return
		}
		departures := pending[0]
		pending = pending[1:]
		choices := &component.Departing{Departures: departures}
		outcomes := r.runCase(p, c, spec.Options{Choices: choices, Variant: variant})
		if r.ctx.Err() != nil {
			return // a run that was broken off is no evidence
		}
		e.Runs++
		endless := false // then there is always one more choice
		for i, o := range outcomes {
			e.add(i, o, departures)
			endless = endless || o.Status == Budget
		}
		all = all && !endless
		if !endless && len(departures) < bounds.Departures && len(pending) <= bounds.Runs {
			further, complete := choices.Further()
			pending, all = append(pending, further...), all && complete
		}
	}
	if !all {
		e.CutOff++
	}
}

// PassesUnder returns choices under which all directives of a program pass, which depart from the policy as seldom as can be; nil: none within
// the bounds are such.
func (r *Runner) PassesUnder(p *Program, variant *spec.Variant, bounds Bounds) func() spec.Choices {
	tried := map[string]bool{}
	for _, seen := range r.Explore(p, variant, bounds).Seen {
		for _, s := range seen {
			departing := func() spec.Choices { return &component.Departing{Departures: s.Departures} }
			text := fmt.Sprint(s.Departures)
			if s.Status != Passed || tried[text] {
				continue
			}
			tried[text] = true
			if !slices.ContainsFunc(r.Run(p, departing, variant), func(o Outcome) bool { return o.Status != Passed && o.Status != Skipped }) {
				return departing
			}
		}
	}
	return nil
}

// add notes an outcome of a directive.
func (e *Exploration) add(i int, o Outcome, departures []Departure) {
	for j := range e.Seen[i] {
		if e.Seen[i][j].Outcome == o {
			e.Seen[i][j].Runs++
			return
		}
	}
	e.Seen[i] = append(e.Seen[i], Seen{o, 1, departures})
}

// Depends reports whether a directive passes under some choices only.
func (e *Exploration) Depends(i int) bool {
	passes := 0
	for _, s := range e.Seen[i] {
		if s.Status == Passed {
			passes++
		}
	}
	return passes > 0 && passes < len(e.Seen[i])
}
