// Package suite makes the reference suite: short traces that together show every trap that can be taken, every built-in
// with every kind of outcome, and every step of the specification's state machines that can be taken, for a runtime to be
// tested against. Each trace is as short as search finds it, and none is there whose things the others show.
package suite

import (
	"cmp"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// Options say how to make a suite. The same options give the same suite.
type Options struct {
	States   int          // how many states to explore of each world
	Runs     int          // how many random walks to make in each world that is too big for that
	Tries    int          // how often to run a trace that they find, to make it smaller
	Sites    []Site       // the traps of the specification
	Progress func(string) // hears what is done next; nil: nobody does
}

// Default are the options of the suite in traces/.
var Default = Options{States: 3000, Runs: 2000, Tries: 800}

// A Trace is one trace of the suite.
type Trace struct {
	Name    string // of its file, without the extension
	Trace   *model.Trace
	Actions int
	Shows   []Goal      // all, sorted
	Alone   []Goal      // those that no other trace shows
	Tells   []spec.Site // the traps without which it goes on otherwise although traps are not told apart
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
		if site := trapOf(c.trace); site != "" && departs(blind(c.trace), site) {
			c.tells = []spec.Site{site}
		}
	}
	o.Progress("choosing")
	s := &Suite{Sites: o.Sites}
	for _, c := range cover(all) {
		s.Traces = append(s.Traces, &Trace{Trace: c.trace, Actions: c.actions, Shows: c.shows, Tells: c.tells})
	}
	s.name()
	return s
}

// Of is the suite of traces that were read, by name.
func Of(sites []Site, traces map[string]*model.Trace) *Suite {
	s := &Suite{Sites: sites}
	for name, t := range traces {
		of := &Trace{Name: name, Trace: t, Actions: actionsOf(t), Shows: thingsOf(t)}
		if site := trapOf(t); site != "" && departs(blind(t), site) {
			of.Tells = []spec.Site{site}
		}
		s.Traces = append(s.Traces, of)
	}
	s.sort()
	s.alone()
	return s
}

func (s *Suite) sort() {
	slices.SortFunc(s.Traces, func(a, b *Trace) int { return cmp.Compare(a.Name, b.Name) })
}

// alone notes what each trace alone shows.
func (s *Suite) alone() {
	count := map[Goal]int{}
	for _, t := range s.Traces {
		for _, thing := range t.Shows {
			count[thing]++
		}
	}
	for _, t := range s.Traces {
		t.Alone = slices.DeleteFunc(slices.Clone(t.Shows), func(thing Goal) bool { return count[thing] > 1 })
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
