package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"cabi/spec"
)

// A Litmus is a litmus test: short programs of guests and the host, and claims about all outcomes that they can have.
type Litmus struct {
	World     *World
	Variant   *spec.Variant
	Without   []spec.Site         // the traps and asserts that are switched off, sorted; nil: none
	HeaderAt  int                 // the number of the line of the header
	Programs  map[string]*Program // by the name of a function, callback, destructor …, or by actor
	Claims    []Claim
	registers []string        // the names of results, in the order in which lines bind them
	valued    map[string]bool // the names that may stand for a component-level value

	tracked map[string]bool // the alternatives that ifs speak of

	separately bool // equal states are not noticed, in tests
}

// A Program is the actions of a function, callback … in each of its calls, or of an actor in all of its calls together.
type Program struct {
	Name   string   // the key in Litmus.Programs: "B.work", "B.work#2", "host"
	Number int      // of the line that begins it
	Args   []string // names for the arguments
	Lines  []ProgramLine
	shared bool // it is an instance's: activations of the instance without a program of their own take its lines in turn
}

// A ProgramLine is a line of a program: one action, or several of which one is taken; or the condition of an if; or, with neither, the end of
// the first branch of an if, which goes on behind the second.
type ProgramLine struct {
	Number  int // of the line in the file
	Actions []Line
	If      []Term // all of them hold: the next line follows
	Else    int    // the place in the program of the line that follows otherwise
}

// An Outcome is a result that a litmus can have.
type Outcome struct {
	How      string   // "returns", "deadlocks", "unfinished", "never ends", "trap SITE" …, or why a run was not followed further
	Blocked  []string // who waits in which built-in for what, if it deadlocks or is unfinished
	Open     bool     // the run was not followed to its end, so that it has no outcome yet
	Violates []string // properties
	Values   []string // of names: "$r = 1"
	Took     []string // which alternatives lead to it, of lines not all of whose alternatives do
	Ways     uint64   // how many ways lead to it; math.MaxUint64: so many or more
	Trace    *Trace   // of the first of them

	names map[string]litmusValue
}

// The ways in which a run ends that the specification does not stop.
const (
	endReturns    = "returns"    // every call has returned
	endDeadlocks  = "deadlocks"  // a thread is blocked, none is ready, and the host's program is over
	endUnfinished = "unfinished" // a thread is ready, and the host's program is over
	endNever      = "never ends" // the run comes back to a state that it was in
	endOpen       = "cannot go on"
)

// String is the outcome on a line, without the alternatives that lead to it. Different outcomes differ in it.
func (o *Outcome) String() string {
	how := o.How
	if len(o.Blocked) > 0 {
		how += ": " + strings.Join(o.Blocked, ", ")
	}
	parts := append([]string{how}, o.Values...)
	for _, v := range o.Violates {
		parts = append(parts, "violates "+v)
	}
	return strings.Join(parts, "; ")
}

// A LitmusReport is the outcomes of a litmus.
type LitmusReport struct {
	Outcomes   []*Outcome // those with the most ways first
	Ways       uint64     // to take the actions and choices, of all outcomes; math.MaxUint64: so many or more
	States     int        // that are different
	Tries      int        // runs that were made
	Depth      int        // how many actions the last one took
	Pending    int        // choices that are still to be made in another way
	Incomplete bool       // there are more ways than were tried
	TooLong    bool       // a way takes more actions than are followed

	NeverCalled []*Program       // that no way calls; of an incomplete exploration, none is known
	Impossible  []ImpossibleLine // actions of the host that no way allows
	// NotChecked are the properties that cannot be checked on the definitions.py, and why.
	NotChecked map[string]string

	exercised map[string]bool // by property: some way exercises it
	graph     *litmusGraph
}

// An ImpossibleLine is an action that the host cannot take on any way that comes to it, since a precondition of upstream does not hold.
type ImpossibleLine struct {
	Number int
	Text   string
	Why    string
	Only   bool // the line has no other action that some way takes, so that no way goes on after it
}

// LitmusOptions say how a litmus is explored.
type LitmusOptions struct {
	Source     *Source // the definitions.py that runs are made on; nil: they are made on the port
	Properties []*Property
	Tries      int                             // how many runs to make, at most
	Progress   func(r *LitmusReport) (on bool) // is called now and then, and may stop the exploration; nil: nothing is
}

// mostActions is how many actions a run takes at most, beside one for each line. If one takes more, only choices that lie near
// its beginning are made in another way: the states of what grows do not come again.
const (
	mostActions   = 500
	fewestActions = 20
)

// Explore runs a litmus in every way that its lines and the specification's choices allow. States that are equal are explored once. The
// error is of bad input: a line does what nobody can do there, or validation refuses it.
func (l *Litmus) Explore(options LitmusOptions) (*LitmusReport, error) {
	if err := l.checkLines(); err != nil {
		return nil, err
	}
	if options.Source != nil {
		return l.exploreOnSource(options)
	}
	if err := l.World.OnPort(); err != nil {
		return nil, err
	}
	return newLitmusGraph(l, nil).exploreAll(options)
}

// exploreOnSource explores on a definitions.py, and again without the properties that turn out not to be checkable there.
func (l *Litmus) exploreOnSource(options LitmusOptions) (*LitmusReport, error) {
	all, runs := options.Properties, newSourceRuns(options.Source)
	for {
		known := runs.changed.size()
		can, _ := runs.changed.checkable(all)
		options.Properties = can
		report, err := newLitmusGraph(l, runs).exploreAll(options)
		if err != nil || runs.changed.size() == known {
			if report != nil {
				_, report.NotChecked = runs.changed.checkable(all)
			}
			return report, err
		}
	}
}

// exploreAll explores every way.
func (g *litmusGraph) exploreAll(options LitmusOptions) (*LitmusReport, error) {
	report := &LitmusReport{exercised: g.exercised, graph: g}
	for len(g.pending) > 0 {
		report.States, report.Pending = len(g.states), len(g.pending)
		if report.Tries == options.Tries || options.Progress != nil && !options.Progress(report) {
			report.Incomplete = true
			break
		}
		report.Tries++
		depth, err := g.explore(options.Properties)
		if err != nil {
			return nil, err
		}
		if report.Depth = depth; depth > g.most {
			report.TooLong, report.Incomplete = true, true
			g.pending = slices.DeleteFunc(g.pending, func(e litmusEdge) bool { return e.node.actions > fewestActions })
		}
	}
	g.count()
	g.noteTook()
	g.finish(report)
	return report, nil
}

// finish completes a report.
func (g *litmusGraph) finish(report *LitmusReport) {
	report.States, report.Pending = len(g.states), len(g.pending)
	for _, end := range g.ends {
		end.outcome.Ways = end.ways
		report.Ways = saturating(report.Ways, end.ways)
		report.Outcomes = append(report.Outcomes, end.outcome)
	}
	slices.SortStableFunc(report.Outcomes, func(a, b *Outcome) int { return cmp.Compare(b.Ways, a.Ways) })
	if report.Incomplete {
		return
	}
	for _, name := range sortedKeys(g.litmus.Programs) {
		if p := g.litmus.Programs[name]; !g.called[p] {
			report.NeverCalled = append(report.NeverCalled, p)
		}
		for _, line := range g.litmus.Programs[name].Lines {
			report.Impossible = append(report.Impossible, g.impossibleOf(line)...)
		}
	}
	slices.SortFunc(report.NeverCalled, func(a, b *Program) int { return a.Number - b.Number })
	slices.SortFunc(report.Impossible, func(a, b ImpossibleLine) int { return a.Number - b.Number })
}

// impossibleOf are the actions of a line that the host cannot take on any way.
func (g *litmusGraph) impossibleOf(line ProgramLine) (impossible []ImpossibleLine) {
	only := true
	for i := range line.Actions {
		a := &line.Actions[i]
		if why := g.impossible[a]; why != "" && !g.possible[a] {
			impossible = append(impossible, ImpossibleLine{Number: line.Number, Text: forPeople(a.Text), Why: why})
		} else {
			only = false
		}
	}
	for i := range impossible {
		impossible[i].Only = only
	}
	return impossible
}

// WaysText is a number of ways with its noun.
func WaysText(ways uint64) string {
	switch ways {
	case math.MaxUint64:
		return "2^64 or more ways"
	case 1:
		return "1 way"
	}
	return fmt.Sprintf("%d ways", ways)
}

// saturating is a sum, or the greatest number if that is too small for it.
func saturating(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}
