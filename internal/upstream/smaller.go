package upstream

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// smallerTries is how many runs are made at most to make one that differs smaller.
const smallerTries = 2000

// A smaller makes a case in which the port and definitions.py differ smaller: fewer actions, choices of the first candidate, and a world
// of fewer parts.
type smaller struct {
	python func(Case) ([]string, error) // runs a case on definitions.py
	best   Case
	takers []string // the activation that takes each action of the best case
	sharp  bool     // the two differ in something that guests or the host can observe, and go on doing so
	tries  int
}

// smallerCase returns a smaller case that differs as well, or the case itself.
func smallerCase(python func(Case) ([]string, error), c Case) (Case, error) {
	s := &smaller{python: python, best: c}
	c.States = ""
	lines, err := python(c)
	if err != nil {
		return c, err
	}
	port := Trace(c)
	s.takers, s.sharp = takersIn(port), observably(port, lines) >= 0
	for before := -1; before != len(s.best.Actions) && err == nil; {
		before = len(s.best.Actions)
		err = s.pass()
	}
	return s.best, err
}

// pass tries to leave out actions, many at once first, then choices, then parts of the world.
func (s *smaller) pass() error {
	for n := len(s.best.Actions); n >= 1; n /= 2 {
		for at := 0; at < len(s.best.Actions); {
			smaller, err := s.try(s.without(at, min(at+n, len(s.best.Actions))))
			if err != nil {
				return err
			}
			if !smaller {
				at += n
			}
		}
	}
	for i, got := range s.best.Choices {
		if got == 0 || i >= len(s.best.Choices) {
			continue
		}
		c := s.best
		c.Choices = slices.Clone(c.Choices)
		c.Choices[i] = 0
		if _, err := s.try(c, s.takers); err != nil {
			return err
		}
	}
	return s.trimWorld()
}

// without is the best case without some of its actions, with those that take them.
func (s *smaller) without(from, to int) (Case, []string) {
	c := s.best
	c.Actions = slices.Delete(slices.Clone(c.Actions), from, to)
	return c, slices.Delete(slices.Clone(s.takers), from, to)
}

// trimWorld tries to leave out each import, function, resource and instance.
func (s *smaller) trimWorld() error {
	cut := func(n int, without func(w *model.World, i int)) error {
		for i := n - 1; i >= 0; i-- {
			c, w := s.best, *s.best.World
			without(&w, i)
			c.World = &w
			if w.Validate() != nil {
				continue
			}
			if _, err := s.try(c, s.takers); err != nil {
				return err
			}
		}
		return nil
	}
	w := s.best.World
	if err := cut(len(w.Imports), func(w *model.World, i int) { w.Imports = leftOut(w.Imports, i) }); err != nil {
		return err
	}
	if err := cut(len(w.Funcs), func(w *model.World, i int) { w.Funcs = leftOut(w.Funcs, i) }); err != nil {
		return err
	}
	if err := cut(len(w.Resources), func(w *model.World, i int) { w.Resources = leftOut(w.Resources, i) }); err != nil {
		return err
	}
	return cut(len(w.Instances), func(w *model.World, i int) { w.Instances = leftOut(w.Instances, i) })
}

// leftOut is a list without one element.
func leftOut[E any](list []E, i int) []E { return slices.Delete(slices.Clone(list), i, i+1) }

// try runs a case on both sides, and keeps what was taken of it, up to where the two differ, if they differ as before.
func (s *smaller) try(c Case, takers []string) (bool, error) {
	if s.tries == smallerTries {
		return false, nil
	}
	s.tries++
	rec := (&smallerActor{Case: c, takers: takers, Tape: spec.Tape{Numbers: c.Choices}}).record()
	lines, err := s.python(rec.recorded)
	if err != nil {
		return false, err
	}
	at := firstDifference(rec.lines, lines)
	if s.sharp {
		at = observably(rec.lines, lines)
	}
	if at < 0 {
		return false, nil
	}
	kept := rec.recorded
	taken := takersIn(rec.lines)
	n := len(takersIn(rec.lines[:min(at, len(rec.lines))]))
	kept.Actions = kept.Actions[:min(n, len(kept.Actions))]
	if !lessThan(kept, s.best) {
		return false, nil
	}
	s.best, s.takers = kept, taken[:len(kept.Actions)]
	return true, nil
}

// lessThan reports whether a case is smaller than another: in actions, then in choices, then in its world.
func lessThan(a, b Case) bool {
	size := func(c Case) []int {
		chosen := 0
		for _, n := range c.Choices {
			if n != 0 {
				chosen++
			}
		}
		w := c.World
		return []int{len(c.Actions), chosen, len(w.Imports) + len(w.Funcs) + len(w.Resources) + len(w.Instances)}
	}
	return slices.Compare(size(a), size(b)) < 0
}

// takersIn are the activations that take the actions in the lines of a trace: "A A.f0".
func takersIn(lines []string) []string {
	var takers []string
	for _, l := range lines {
		if action, is := strings.CutPrefix(l, "> "); is {
			taker, _, _ := strings.Cut(action, ": ")
			takers = append(takers, taker)
		}
	}
	return takers
}

// observably is the first line of the port's in which two traces differ in what guests or the host can observe: results, calls,
// notifications of the host, stops; -1: they do not.
func observably(port, python []string) int {
	seen := func(lines []string) (at []int) {
		for i, l := range lines {
			if !strings.HasPrefix(l, "s ") && !strings.HasPrefix(l, "c ") && !strings.HasPrefix(l, "b ") {
				at = append(at, i)
			}
		}
		return at
	}
	a, b := seen(port), seen(python)
	for i := range max(len(a), len(b)) {
		switch {
		case i == len(a):
			return len(port)
		case i == len(b) || port[a[i]] != python[b[i]]:
			return a[i]
		}
	}
	return -1
}

// A smallerActor takes the actions of a case, but for those that are not for the activation whose turn it is, or cannot be taken.
type smallerActor struct {
	Case
	takers []string
	spec.Tape
	at int
}

// record runs the case on the port.
func (a *smallerActor) record() *recorder {
	rec := &recorder{actor: a, choices: a, frames: a.Frames}
	rec.run(a.World, a.Deterministic, nil)
	return rec
}

// Next takes the next action that can be taken.
func (a *smallerActor) Next(r *model.Run, at *model.Activation) model.Action {
	for a.at < len(a.Actions) {
		step, taker := model.Action(a.Actions[a.at]), a.takers[a.at]
		a.at++
		if taker != at.Actor+" "+at.Name {
			continue
		}
		if action, err := model.ParseAction(r, at, strings.Fields(step.String())); err == nil {
			return action
		}
	}
	panic(errEnd)
}

// traceOf is a case as a trace of the port, which cabi replay reads; nil: a trace cannot say it.
func traceOf(c Case) *model.Trace {
	t := &model.Trace{World: c.World, Variant: spec.SingleTable, Format: 1}
	takers := takersIn(Trace(c))
	if c.Deterministic || len(takers) < len(c.Actions) {
		return nil
	}
	for i, a := range c.Actions {
		actor, _, _ := strings.Cut(takers[i], " ")
		t.Lines = append(t.Lines, model.Line{Kind: model.LineAction, Actor: actor, Text: model.Action(a).String(), Number: i + 1})
	}
	for _, got := range c.Choices {
		if got != uint64(uint32(got)) {
			return nil
		}
		t.Choices = append(t.Choices, uint32(got))
	}
	again, err := model.RunTrace(t, t.Variant)
	if err != nil {
		return nil
	}
	again.Trace.Comments, again.Trace.Format = []string{fmt.Sprintf("definitions.py differs after %s.", model.Counted(len(c.Actions), "action"))}, 1
	return again.Trace
}
