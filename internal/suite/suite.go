// Package suite makes the reference suite: short traces that together show every trap that can be taken, every built-in
// with every kind of outcome, and every step of the specification's state machines that can be taken, for a runtime to be
// tested against. Each trace is as short as the search finds it, and no trace is there whose goals the others cover, but where only the longer
// of two that detect that a trap is missing can be exported.
package suite

import (
	"cmp"
	"slices"

	"cabi/internal/export"
	"cabi/model"
	"cabi/spec"
)

// Options say how to make a suite. The same options give the same suite.
type Options struct {
	States   int          // how many states to explore of each world
	Runs     int          // how many random walks to make in each world that is too big to be explored
	Tries    int          // how often to run a trace that a walk finds, to make it smaller
	Sites    []Site       // the traps of the specification
	Progress func(string) // is called with what is done next; optional
}

// Default are the options of the suite in suite/traces.
var Default = Options{States: 3000, Runs: 8000, Tries: 800}

// A Trace is one trace of the suite.
type Trace struct {
	Name        string // of its file, without the extension
	Trace       *model.Trace
	Actions     int
	Covers      []Goal      // all, sorted
	CoversAlone []Goal      // the goals that no other trace covers
	Detects     []spec.Site // the traps without which the trace does not happen again, even for a runtime that reports traps without names
}

// A Suite is a reference suite.
type Suite struct {
	Traces []*Trace // sorted by name
	Sites  []Site
}

// Generate makes a suite.
func Generate(o Options) *Suite {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	all := gather(o)
	o.Progress("switching traps off")
	for _, c := range all {
		if site := trapOf(c.trace); site != "" && departs(unnamed(c.trace), site) {
			c.detects = []spec.Site{site}
			_, err := export.WAST(c.trace)
			c.exported = err == nil
		}
	}
	o.Progress("choosing")
	s := &Suite{Sites: o.Sites}
	for _, c := range cover(all) {
		s.Traces = append(s.Traces, &Trace{Trace: c.trace, Actions: c.actions, Covers: c.covers, Detects: c.detects})
	}
	s.nameTraces()
	return s
}

// Of is the suite of traces that were read, by name.
func Of(sites []Site, traces map[string]*model.Trace) *Suite {
	s := &Suite{Sites: sites}
	for name, t := range traces {
		of := &Trace{Name: name, Trace: t, Actions: actionsOf(t), Covers: goalsOf(t)}
		if site := trapOf(t); site != "" && departs(unnamed(t), site) {
			of.Detects = []spec.Site{site}
		}
		s.Traces = append(s.Traces, of)
	}
	s.sort()
	s.noteAlone()
	return s
}

func (s *Suite) sort() {
	slices.SortFunc(s.Traces, func(a, b *Trace) int { return cmp.Compare(a.Name, b.Name) })
}

// noteAlone notes the goals that each trace alone covers.
func (s *Suite) noteAlone() {
	count := map[Goal]int{}
	for _, t := range s.Traces {
		for _, goal := range t.Covers {
			count[goal]++
		}
	}
	for _, t := range s.Traces {
		t.CoversAlone = slices.DeleteFunc(slices.Clone(t.Covers), func(goal Goal) bool { return count[goal] > 1 })
	}
}

// actionsOf is how many actions a trace has.
func actionsOf(t *model.Trace) int {
	n := 0
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			n++
		}
	}
	return n
}
