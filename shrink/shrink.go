// Package shrink makes the traces of violations smaller.
//
// What it keeps is the violation's key: the property and what tells its violations apart, such as the site of an assert. A
// trace that violates something else is never taken for a smaller one. Everything is counted and nothing is timed, so
// that the same trace always shrinks to the same one.
package shrink

import (
	"fmt"
	"slices"

	"cabi/model"
)

// Limits bound how much a shrinker tries.
type Limits struct {
	Runs    int // how often it runs a trace that may be smaller
	Actions int // how many actions these have, all in all; 0: any number
	States  int // how many states it explores at a time, to find a shorter way with the actions that are left
}

// Thorough is for one trace that somebody waits for, Quick for the many that a random search finds.
var (
	Thorough = Limits{Runs: 60000, Actions: 20000000, States: 60000}
	Quick    = Limits{Runs: 15000, Actions: 5000000, States: 20000}
)

// Shrink returns a violation of the same kind with a smaller trace, in the world of the search.
func Shrink(s *model.Search, v *model.Violation) *model.Violation {
	return Minimize(s, v, Quick).Violation
}

// A Result is a smaller trace and how it came to be.
type Result struct {
	Violation *model.Violation
	Before    int      // actions
	Did       []string // what made it smaller, in order, for people
	Runs      int      // how many were made
	// Shortest says that no shorter trace of the actions that are left, in the same functions, violates the same: all were
	// explored.
	Shortest bool
	// Steps are what the actions of the trace are, each with the function that takes it.
	Steps []Taken
}

// Minimize returns a violation of the same kind with a smaller trace, in the world of the search. Neither an action nor two
// actions can be removed from it, none can be taken for several, and every choice that can be the first candidate is.
func Minimize(s *model.Search, v *model.Violation, limits Limits) *Result {
	sh := &shrinker{search: s, goal: v.Key(), limits: limits, result: &Result{Violation: v, Before: v.Actions}}
	if p := propertyOf(s, v); p != nil {
		narrow := *s
		narrow.Properties = []*model.Property{p}
		sh.search = &narrow
	}
	steps := sh.read(v)
	if steps == nil || !sh.try(steps) {
		return sh.result
	}
	sh.result.Before = len(steps)
	sh.result.Did = nil
	sh.next = len(steps)
	for before := -1; before != len(sh.best.steps); {
		before = len(sh.best.steps)
		sh.pass()
	}
	sh.simplify()
	sh.result.Violation, sh.result.Steps = sh.violation(), sh.actionsOf()
	return sh.result
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

// pass tries everything that makes a trace shorter, what is cheap first.
func (sh *shrinker) pass() {
	for _, way := range []struct {
		says string
		do   func()
	}{
		{"removed", sh.removeRuns},
		{"removed, with an enclosing call,", sh.hoistAll},
		{"removed, two at a time,", sh.removePairs},
		{"replaced several by one other, which saved", sh.replaceWindows},
		{"searched with the actions that were left, which saved", sh.explore},
	} {
		before := len(sh.best.steps)
		way.do()
		if n := before - len(sh.best.steps); n > 0 {
			sh.result.Did = append(sh.result.Did, fmt.Sprintf("%s %s", way.says, model.Counted(n, "action")))
		}
	}
}

// violation is the best attempt as a violation, with its trace.
func (sh *shrinker) violation() *model.Violation {
	a := sh.best
	small := &model.Violation{Property: a.found.Property, Kind: a.found.Kind, Message: a.found.Message, Actions: len(a.actions)}
	small.Trace = sh.search.Record(a.actions, a.choices, small)
	return small
}

type shrinker struct {
	search *model.Search
	goal   string // the key of the violation
	limits Limits
	best   *attempt // the smallest run so far that violates the same
	next   int      // the number of the next new step
	result *Result

	actions int // of all attempts
}

// try runs steps, and keeps what was done if it violates the same and is not more. Steps that refer to what is not there
// are left out; if that does not help, they refer to something else instead.
func (sh *shrinker) try(steps []step) bool {
	return sh.attempt(&attempt{shrinker: sh, todo: steps}) ||
		sh.attempt(&attempt{shrinker: sh, todo: steps, adapts: true})
}

func (sh *shrinker) attempt(a *attempt) bool {
	if sh.spent() {
		return false
	}
	sh.result.Runs++
	sh.actions += len(a.todo)
	a.run()
	if a.found == nil || sh.best != nil && len(a.steps) > len(sh.best.steps) {
		return false
	}
	sh.best = a
	return true
}

// spent reports whether the limits are reached.
func (sh *shrinker) spent() bool {
	return sh.result.Runs >= sh.limits.Runs || sh.limits.Actions > 0 && sh.actions >= sh.limits.Actions
}

// shorter tries steps, and reports whether what was done is shorter than what was known.
func (sh *shrinker) shorter(steps []step) bool {
	before := len(sh.best.steps)
	return sh.try(steps) && len(sh.best.steps) < before
}

// steps are those of the best attempt, to be changed.
func (sh *shrinker) steps() []step { return slices.Clone(sh.best.steps) }
