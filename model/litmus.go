package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// A Litmus is a litmus test: short programs of guests and the host, and claims about all outcomes that they can have.
type Litmus struct {
	World     *World
	Variant   *spec.Variant
	Programs  map[string]*Program // by the name of a function, callback, destructor …, or by actor
	Claims    []Claim
	registers []string // the names of results, in the order in which lines bind them
}

// A Program is the actions of a function, callback … in each of its calls, or of an actor in all of its calls together.
type Program struct {
	Args   []string // names for the arguments
	Lines  []ProgramLine
	shared bool // it is an instance's: activations of the instance without a program of their own take its lines in turn
}

// A ProgramLine is a line of a program: one action, or several of which one is taken.
type ProgramLine struct {
	Number  int // of the line in the file
	Actions []Line
}

// An Outcome is a result that a litmus can have.
type Outcome struct {
	How      string   // "ends", "trap SITE" …, or why a run cannot go on
	Violates []string // properties
	Values   []string // of names: "$r = 1"
	Ways     int      // how many ways lead to it
	Trace    *Trace   // of the first of them
}

// String is the outcome on a line. Different outcomes differ in it.
func (o *Outcome) String() string {
	parts := append([]string{o.How}, o.Values...)
	for _, v := range o.Violates {
		parts = append(parts, "violates "+v)
	}
	return strings.Join(parts, "; ")
}

// A LitmusReport is the outcomes of a litmus.
type LitmusReport struct {
	Outcomes   []*Outcome // those with the most ways first
	Ways       int        // to take the actions and choices
	Incomplete bool       // there are more ways than were tried
}

// mostActions is how many actions a run takes at most.
const mostActions = 10000

// Explore runs a litmus in every way that its lines and the specification's choices allow, up to so many ways.
func (l *Litmus) Explore(properties []*Property, most int) *LitmusReport {
	report := &LitmusReport{}
	known := map[string]*Outcome{}
	pending := [][]uint32{nil}
	for len(pending) > 0 {
		if report.Ways == most {
			report.Incomplete = true
			break
		}
		run := &litmusRun{Litmus: l, ways: Branching{Tape: pending[len(pending)-1]}, sharedNext: map[string]int{}, cursors: map[*Activation]*cursor{}}
		pending = pending[:len(pending)-1]
		outcome := run.run(properties)
		pending = append(pending, run.ways.Alternatives...)
		report.Ways++
		if known[outcome.String()] == nil {
			known[outcome.String()] = outcome
			report.Outcomes = append(report.Outcomes, outcome)
		}
		known[outcome.String()].Ways++
	}
	slices.SortStableFunc(report.Outcomes, func(a, b *Outcome) int { return b.Ways - a.Ways })
	return report
}

// A litmusRun is the actor, the choices and the observer of a run of a litmus, in one way.
type litmusRun struct {
	*Litmus
	replayActor // binds names
	ways        Branching
	recorded    []uint32 // the specification's choices, as traces have them
	calls       map[string]int
	sharedNext  map[string]int // by actor: the next line of its shared program
	cursors     map[*Activation]*cursor
	stopped     string
	actions     int
}

// A cursor is the position of an activation in its program.
type cursor struct {
	program *Program // nil: the activation has none
	next    int      // line
}

func (l *litmusRun) run(properties []*Property) *Outcome {
	l.names, l.awaited, l.calls = bindings{}, map[*Activation]Line{}, map[string]int{}
	options := spec.Options{Choices: l, Variant: l.Variant}
	options.Limits.RandomIndices = randomIndices(l.World.Handles)
	r := NewRun(l.World, options, l, newCheckers(properties)...)
	defer r.Close()
	r.recorder, r.Observer = &recorder{}, l
	r.Main()
	r.recorder.flush()
	return l.outcome(r)
}

// outcome is the outcome of the run.
func (l *litmusRun) outcome(r *Run) *Outcome {
	o := &Outcome{How: "ends", Trace: &Trace{World: l.World, Variant: l.Variant, Choices: l.recorded, Lines: r.recorder.lines}}
	switch {
	case r.Stopped != nil:
		o.How = stopLine(r.Stopped).Text
	case l.stopped != "":
		o.How = l.stopped
	}
	for _, name := range l.registers {
		if value, bound := l.names[name]; bound {
			o.Values = append(o.Values, name+" = "+value)
		}
	}
	for _, c := range r.Violated() {
		if !slices.Contains(o.Violates, c.Property()) {
			o.Violates = append(o.Violates, c.Property())
		}
	}
	return o
}

// Next takes an action of the next line of the activation's program. A program that has ended returns.
func (l *litmusRun) Next(r *Run, at *Activation) Action {
	if l.actions++; l.actions > mostActions {
		return l.stop("goes on after %d actions", mostActions)
	}
	line, more := l.nextLine(r, at)
	switch {
	case !more && l.cursorOf(at).program == nil && at.Kind != KindHost:
		return l.stop("cannot go on: %s is called for the %d. time, and no lines stand under \"in %s\"", at.Name, l.calls[at.Name], at.Name)
	case !more && at.Actor == Host && at.Kind == KindHost:
		return Action{}
	case !more:
		line = Line{Text: l.returns(at)}
	}
	words, err := l.names.resolve(strings.Fields(line.Text))
	if err != nil {
		return l.stop("cannot go on at line %d: %v", line.Number, err)
	}
	a, err := ParseAction(r, at, words)
	if err != nil {
		return l.stop("cannot go on at line %d, in %s: %v", line.Number, at.Name, err)
	}
	if at.Actor == Host && !r.hostMay(at, a) {
		return l.stop("cannot go on at line %d: the host may not %s there", line.Number, a)
	}
	l.begin(r, at, line)
	return a
}

// stop ends the run, for a reason.
func (l *litmusRun) stop(format string, args ...any) Action {
	l.stopped = fmt.Sprintf(format, args...)
	return Action{}
}

// returns is the action by which core code returns when its program has ended.
func (l *litmusRun) returns(at *Activation) string {
	if at.Packed {
		return "return exit"
	}
	return opReturn
}

// nextLine is an action of the next line of an activation's program; false: the program has ended.
func (l *litmusRun) nextLine(r *Run, at *Activation) (Line, bool) {
	c := l.cursorOf(at)
	for c.program != nil && c.next < len(c.program.Lines) {
		choice := c.program.Lines[c.next]
		line := choice.Actions[l.choose(len(choice.Actions))]
		if line.Text == "ticks" { // the line is taken again until no thread is ready
			if at.Kind == KindHost && r.Store.SomeReady() {
				line.Text = opTick
				return line, true
			}
			line.Text = "skip"
		}
		l.advance(at, c)
		if line.Text != "skip" {
			return line, true
		}
	}
	return Line{}, false
}

// advance goes to the next line.
func (l *litmusRun) advance(at *Activation, c *cursor) {
	c.next++
	if c.program.shared {
		l.sharedNext[at.Actor] = c.next
	}
}

// cursorOf is the cursor of an activation.
func (l *litmusRun) cursorOf(at *Activation) *cursor {
	c := l.cursors[at]
	if c == nil {
		c = &cursor{program: l.programOf(at)}
		l.cursors[at] = c
	}
	if c.program != nil && c.program.shared {
		c.next = l.sharedNext[at.Actor]
	}
	return c
}

// programOf is the program of an activation: that of this call of the function, of all its calls, or of the actor; nil: there is none.
func (l *litmusRun) programOf(at *Activation) *Program {
	for _, key := range []string{fmt.Sprintf("%s#%d", at.Name, l.calls[at.Name]), at.Name, at.Actor} {
		if p := l.Programs[key]; p != nil && (key != at.Actor || p.shared || at.Kind == KindHost) {
			return p
		}
	}
	return nil
}

// Entered counts the calls, and binds the names of the arguments.
func (l *litmusRun) Entered(at *Activation) {
	l.calls[at.Name]++
	if c := l.cursorOf(at); c.program != nil {
		l.names.bindAll(c.program.Args, strings.Fields(formatCores(at.Args)))
	}
}

// choose is a number below n, another in each way.
func (l *litmusRun) choose(n int) int {
	if n == 1 {
		return 0
	}
	return l.ways.Choose("", n)
}

// Choose makes a choice of the specification.
func (l *litmusRun) Choose(_ spec.Site, n int) int {
	k := l.choose(n)
	l.recorded = append(l.recorded, uint32(k))
	return k
}

// Shuffle chooses which element comes first. The order of the others does not matter (pathActor.Shuffle).
func (l *litmusRun) Shuffle(_ spec.Site, n int, swap func(i, j int)) {
	k := l.choose(n)
	l.recorded = append(l.recorded, comesFirst(n, k)...)
	if k > 0 {
		swap(k, 0)
	}
}
