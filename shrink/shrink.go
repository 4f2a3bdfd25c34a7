// Package shrink makes the traces of violations smaller.
//
// A smaller trace must have a violation with the same key: the property, the kind that tells its violations apart, such as
// the site of an assert, and if the search tells them apart, the shape. Effort is counted and never timed, so that a trace always shrinks to the same one.
//
// shrink.go has Minimize, which makes one pass after the other over a trace; moves.go the ways in which a pass makes it
// smaller; attempt.go the run of a trace that may be smaller; world.go and seeds.go the worlds around it.
package shrink

import (
	"fmt"
	"slices"

	"cabi/model"
)

// Limits bound how much a shrinker tries.
type Limits struct {
	Runs    int // how many traces it runs that may be smaller
	Actions int // how many actions these have in all; 0: any number
	States  int // how many states it explores at a time, to find a shorter trace of the actions that are left; 0: it does not

	Progress func(Progress) // is told how far it is, at each action and now and then while states are explored; optional
}

// Progress is how far a shrinker is.
type Progress struct {
	Left   int // actions of the smallest trace so far; 0: the trace as it is given runs
	Runs   int // traces that were run
	Taken  int // actions that the current one has taken
	States int // that were explored to find a shorter trace; 0: none are explored now
}

// Thorough is for one trace, Quick for the many traces that a random search finds.
var (
	Thorough = Limits{Runs: 60000, Actions: 20000000, States: 60000}
	Quick    = Limits{Runs: 15000, Actions: 5000000, States: 20000}
)

// Shrink returns a violation of the same kind with a smaller trace, in the world of the search.
func Shrink(s *model.Search, v *model.Violation) *model.Violation {
	return Minimize(s, v, Quick).Violation
}

// A Result is a smaller trace, and how Minimize made it.
type Result struct {
	Violation *model.Violation
	Before    int      // how many actions the trace had
	Changes   []string // what made it smaller, in order, for people
	Runs      int      // how many traces were run
	// Shortest says that no shorter trace of the actions that are left, in the same functions, violates the same: all were
	// explored.
	Shortest bool
	// Steps are the actions of the trace, each with the function that takes it.
	Steps []Taken
}

// Minimize returns a violation of the same kind with a smaller trace, in the world of the search. Within the limits, no one or two
// actions can be removed from it, no several replaced by one, and no choice by the first candidate.
func Minimize(s *model.Search, v *model.Violation, limits Limits) *Result {
	sh := &shrinker{search: s, goal: v.Key(), limits: limits, result: &Result{Violation: v, Before: v.Actions}}
	if p := propertyOf(s, v); p != nil {
		narrow := *s
		narrow.Properties = []*model.Property{p}
		sh.search = &narrow
	}
	steps := sh.read(v)
	if steps == nil || !sh.tryEnds(steps) && !sh.try(steps) {
		return sh.result
	}
	sh.result.Before = len(steps)
	sh.next = len(steps)
	for before := -1; before != len(sh.best.steps); {
		before = len(sh.best.steps)
		sh.pass()
	}
	sh.simplify()
	sh.result.Violation, sh.result.Steps = sh.violation(), sh.actionsOf()
	return sh.result
}

// Shorten makes steps fewer that are taken elsewhere, such as by an implementation. A function takes steps, leaves out those that it cannot
// take, and reports which it took and whether the same happens by them as by all. Within so many runs, no one or two of the steps that Shorten
// returns can be removed.
func Shorten(steps []Step, runs int, take func([]Step) (taken []Step, same bool)) []Step {
	sh := &shrinker{limits: Limits{Runs: runs}, result: &Result{}, elsewhere: take}
	if !sh.try(steps) {
		return steps
	}
	for before := -1; before != len(sh.best.steps); {
		before = len(sh.best.steps)
		sh.removeRuns()
		sh.hoistAll()
		sh.removePairs()
	}
	return sh.best.steps
}

// StepsOf are the actions of a trace as steps, as far as they happen.
func StepsOf(t *model.Trace) []Step {
	sh := &shrinker{search: &model.Search{World: t.World, Variant: t.Variant}, result: &Result{}}
	a := &attempt{shrinker: sh, trace: t, tape: t.Choices}
	a.run()
	return a.steps
}

// fewSteps is how many steps at each end of a trace are tried alone first.
const fewSteps = 128

// tryEnds tries the first and the last few steps of a long trace without those between, then four times as many, and so on. Most
// violations need few steps, and to find these by halves takes several runs of nearly the whole trace.
func (sh *shrinker) tryEnds(steps []Step) bool {
	for few := fewSteps; 2*few < len(steps); few *= 4 {
		if sh.try(slices.Concat(steps[:few], steps[len(steps)-few:])) {
			sh.summarize(len(steps)-len(sh.best.steps), "removed, most of them from the middle,", "action")
			return true
		}
	}
	return false
}

// progress says how far the shrinker is.
func (sh *shrinker) progress(taken, states int) {
	if sh.limits.Progress == nil {
		return
	}
	p := Progress{Runs: sh.result.Runs, Taken: taken, States: states}
	if sh.best != nil {
		p.Left = len(sh.best.steps)
	}
	sh.limits.Progress(p)
}

// propertyOf is the property that v violates.
func propertyOf(s *model.Search, v *model.Violation) *model.Property {
	for _, p := range s.Properties {
		if p.Name == v.Property {
			return p
		}
	}
	return nil
}

// pass tries every way to make the trace shorter, the cheap ones first.
func (sh *shrinker) pass() {
	for _, way := range []struct {
		change string
		try    func()
	}{
		{"removed", sh.removeRuns},
		{"removed, with an enclosing call,", sh.hoistAll},
		{"removed, two at a time,", sh.removePairs},
		{"replaced several by one other, which saved", sh.replaceWindows},
		{"searched with the actions that were left, which saved", sh.explore},
	} {
		before := len(sh.best.steps)
		way.try()
		if n := before - len(sh.best.steps); n > 0 {
			sh.result.Changes = append(sh.result.Changes, fmt.Sprintf("%s %s", way.change, model.Counted(n, "action")))
		}
	}
}

// violation is the best attempt as a violation, with its trace.
func (sh *shrinker) violation() *model.Violation {
	a := sh.best
	small := &model.Violation{Property: a.found.Property, Kind: a.found.Kind, Shape: a.found.Shape, Message: a.found.Message, Unsure: a.found.Unsure, Actions: len(a.actions)}
	small.Trace = sh.search.Record(a.actions, a.choices, small)
	return small
}

// A shrinker is a Minimize under way.
type shrinker struct {
	search *model.Search
	runs   *model.Runs // of the search; nil: none was made
	goal   string      // the key of the violation
	limits Limits
	best   *attempt // the smallest run so far that violates the same
	next   int      // the number of the next new step
	result *Result
	// elsewhere takes steps in a run that is not of the search; nil: runs are of the search.
	elsewhere func([]Step) (taken []Step, same bool)

	actions int // of all attempts so far
}

// try runs steps, and keeps those that were taken if they violate the same and are not more. A step that refers to something that
// is not made is left out, or if that does not help, replaced by another action of its kind.
func (sh *shrinker) try(steps []Step) bool {
	return sh.attempt(&attempt{shrinker: sh, todo: steps}) ||
		sh.elsewhere == nil && sh.attempt(&attempt{shrinker: sh, todo: steps, substitutes: true})
}

// attempt makes an attempt, and keeps it if it is the best.
func (sh *shrinker) attempt(a *attempt) bool {
	if sh.exhausted() {
		return false
	}
	sh.result.Runs++
	sh.actions += len(a.todo)
	sh.make(a)
	if a.found == nil || sh.best != nil && len(a.steps) > len(sh.best.steps) {
		return false
	}
	sh.best = a
	return true
}

// make makes the run of an attempt, or has it made.
func (sh *shrinker) make(a *attempt) {
	if sh.elsewhere == nil {
		a.run()
		return
	}
	taken, same := sh.elsewhere(a.todo)
	a.steps = taken
	if same {
		a.found = &model.Violation{}
	}
}

// exhausted reports whether the limits are reached.
func (sh *shrinker) exhausted() bool {
	return sh.result.Runs >= sh.limits.Runs || sh.limits.Actions > 0 && sh.actions >= sh.limits.Actions
}

// shorter tries steps, and reports whether those that were taken are fewer than before.
func (sh *shrinker) shorter(steps []Step) bool {
	before := len(sh.best.steps)
	return sh.try(steps) && len(sh.best.steps) < before
}

// steps are a copy of those of the best attempt.
func (sh *shrinker) steps() []Step { return slices.Clone(sh.best.steps) }
