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

// A smaller makes a case that differs smaller: fewer actions, choices of the first candidate, and a world of fewer parts.
type smaller struct {
	// kept is how many actions of a run are taken up to where it differs, if it differs as before; -1: it does not.
	kept   func(rec *recorder) (actions int, err error)
	record func(rec *recorder) // prepares the record of a run; nil: there is nothing to prepare
	best   Case
	takers []string // the activation that takes each action of the best case
	tries  int      // how many runs may still be made
}

// smallerCase returns a smaller case in which the port and definitions.py, run by python, differ as well, or the case itself.
func smallerCase(python func(Case) ([]string, error), c Case) (Case, error) {
	plain := c
	plain.States = ""
	lines, err := python(plain)
	if err != nil {
		return c, err
	}
	port := Trace(plain)
	where := firstDifference
	if observably(port, lines) >= 0 { // and it goes on doing so
		where = observably
	}
	s := &smaller{best: c, takers: takersIn(port), tries: smallerTries}
	s.kept = func(rec *recorder) (int, error) {
		lines, err := python(rec.recorded)
		at := where(rec.lines, lines)
		if err != nil || at < 0 {
			return -1, err
		}
		return min(len(takersIn(rec.lines[:min(at, len(rec.lines))])), len(rec.recorded.Actions)), nil
	}
	return s.best, s.run()
}

// run makes the case smaller for as long as that goes.
func (s *smaller) run() (err error) {
	for before := -1; before != len(s.best.Actions) && err == nil; {
		before = len(s.best.Actions)
		err = s.pass()
	}
	return err
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

// try runs a case, and keeps what was taken of it, up to where it differs, if it differs as before.
func (s *smaller) try(c Case, takers []string) (bool, error) {
	if s.tries == 0 {
		return false, nil
	}
	s.tries--
	actor := &smallerActor{Case: c, takers: takers, Tape: spec.Tape{Numbers: c.Choices}}
	rec := &recorder{actor: actor, choices: actor, frames: c.Frames}
	if s.record != nil {
		s.record(rec)
	}
	rec.run(c.World, c.Deterministic, nil)
	n, err := s.kept(rec)
	if err != nil || n < 0 {
		return false, err
	}
	kept := rec.recorded
	kept.Actions = kept.Actions[:n]
	if !lessThan(kept, s.best) {
		return false, nil
	}
	s.best, s.takers = kept, takersIn(rec.lines)[:n]
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
