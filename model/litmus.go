package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// A Litmus is a few lines of what guests and the host do, and what is claimed about everything that may come of it.
type Litmus struct {
	World     *World
	Variant   *spec.Variant
	Programs  map[string]*Program // by the function, callback, destructor … or by the actor
	Claims    []Claim
	registers []string // the names, in the order in which they are first bound
}

// A Program is what core code, or the host, does in each call, or of an actor without functions of its own: in all.
type Program struct {
	Args   []string // names for what it is called with
	Lines  []ProgramLine
	shared bool // all activations of the actor go on with the same lines
}

// A Choice is a line of a program: one of several actions.
type ProgramLine struct {
	Number  int // of the line
	Actions []Line
}

// An End is what came of a litmus in some of its ways.
type Outcome struct {
	How      string   // "ends", "trap SITE" …, or why it cannot go on
	Violates []string // properties
	Values   []string // "$r = 1"
	Ways     int
	Trace    *Trace // of the first way that led to it
}

func (e *Outcome) String() string {
	parts := append([]string{e.How}, e.Values...)
	for _, v := range e.Violates {
		parts = append(parts, "violates "+v)
	}
	return strings.Join(parts, "; ")
}

// A Verdict is everything that may come of a litmus.
type LitmusReport struct {
	Outcomes   []*Outcome // the most frequent first
	Ways       int
	Incomplete bool // there are more ways than were looked at
}

// mostActions bounds a run of a litmus.
const mostActions = 10000

// Explore runs a litmus in every way that its lines and the specification's choices allow, up to so many.
func (l *Litmus) Explore(properties []*Property, most int) *LitmusReport {
	v := &LitmusReport{}
	known := map[string]*Outcome{}
	pending := [][]uint32{nil}
	for len(pending) > 0 {
		if v.Ways == most {
			v.Incomplete = true
			break
		}
		run := &litmusRun{Litmus: l, tape: pending[len(pending)-1], sharedNext: map[string]int{}, cursors: map[*Activation]*cursor{}}
		pending = pending[:len(pending)-1]
		end := run.run(properties)
		pending = append(pending, run.alternatives...)
		v.Ways++
		if known[end.String()] == nil {
			known[end.String()] = end
			v.Outcomes = append(v.Outcomes, end)
		}
		known[end.String()].Ways++
	}
	slices.SortStableFunc(v.Outcomes, func(a, b *Outcome) int { return b.Ways - a.Ways })
	return v
}

// A litmusRun is one way: the actor, the choices and the listener.
type litmusRun struct {
	*Litmus
	replayActor  // for names
	tape         []uint32
	nextChoice   int
	alternatives [][]uint32 // the tapes of the ways that go off
	recorded     []uint32   // the specification's choices, as traces have them
	calls        map[string]int
	sharedNext   map[string]int // how far the shared programs are
	cursors      map[*Activation]*cursor
	stopped      string
	actions      int
}

// A cursor is how far an activation is in its program.
type cursor struct {
	program *Program
	next    int
}

func (l *litmusRun) run(properties []*Property) *Outcome {
	l.names, l.awaited, l.calls = bindings{}, map[*Activation]Line{}, map[string]int{}
	var checkers []Checker
	for _, p := range properties {
		checkers = append(checkers, p.New())
	}
	options := spec.Options{Choices: l, Variant: l.Variant}
	options.Limits.RandomIndices = randomIndices(l.World.Handles)
	r := NewRun(l.World, options, l, checkers...)
	defer r.Close()
	r.recorder, r.Observer = &recorder{}, l
	r.Main()
	r.recorder.flush()
	return l.end(r)
}

// end is what came of the run.
func (l *litmusRun) end(r *Run) *Outcome {
	e := &Outcome{How: "ends", Trace: &Trace{World: l.World, Variant: l.Variant, Choices: l.recorded, Lines: r.recorder.lines}}
	switch {
	case r.Stopped != nil:
		e.How = stopLine(r.Stopped).Text
	case l.stopped != "":
		e.How = l.stopped
	}
	for _, name := range l.registers {
		if value, bound := l.names[name]; bound {
			e.Values = append(e.Values, name+" = "+value)
		}
	}
	for _, c := range r.Violated() {
		if !slices.Contains(e.Violates, c.Property()) {
			e.Violates = append(e.Violates, c.Property())
		}
	}
	return e
}

// Next does the next line of the activation's program.
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

func (l *litmusRun) stop(format string, args ...any) Action {
	l.stopped = fmt.Sprintf(format, args...)
	return Action{}
}

// returns is how core code returns whose program has ended.
func (l *litmusRun) returns(at *Activation) string {
	if at.Packed {
		return "return exit"
	}
	return opReturn
}

// nextLine picks an action of the next line of an activation's program; false: it has ended.
func (l *litmusRun) nextLine(r *Run, at *Activation) (Line, bool) {
	c := l.cursorOf(at)
	for c.program != nil && c.next < len(c.program.Lines) {
		choice := c.program.Lines[c.next]
		line := choice.Actions[l.choose(len(choice.Actions))]
		if line.Text == "ticks" { // again until nothing is ready
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

// cursorOf is how far an activation is. The lines of an actor are for all of its activations that have no program of their
// own, in the order in which they come to act.
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

func (l *litmusRun) programOf(at *Activation) *Program {
	for _, key := range []string{fmt.Sprintf("%s#%d", at.Name, l.calls[at.Name]), at.Name, at.Actor} {
		if p := l.Programs[key]; p != nil && (key != at.Actor || p.shared || at.Kind == KindHost) {
			return p
		}
	}
	return nil
}

// Entered names what core code is called with, and counts the calls.
func (l *litmusRun) Entered(at *Activation) {
	l.calls[at.Name]++
	if c := l.cursorOf(at); c.program != nil {
		l.names.bindAll(c.program.Args, strings.Fields(formatCores(at.Args)))
	}
}

// pick takes one of n, which all are taken in some way.
func (l *litmusRun) choose(n int) int {
	if n == 1 {
		return 0
	}
	if l.nextChoice == len(l.tape) {
		for other := n - 1; other > 0; other-- {
			l.alternatives = append(l.alternatives, append(slices.Clone(l.tape), uint32(other)))
		}
		l.tape = append(l.tape, 0)
	}
	l.nextChoice++
	return int(l.tape[l.nextChoice-1])
}

// Choose takes one of n.
func (l *litmusRun) Choose(_ spec.Site, n int) int {
	k := l.choose(n)
	l.recorded = append(l.recorded, uint32(k))
	return k
}

// Shuffle chooses what comes first: nothing looks at the rest.
func (l *litmusRun) Shuffle(_ spec.Site, n int, swap func(i, j int)) {
	k := l.choose(n)
	l.recorded = append(l.recorded, comesFirst(n, k)...)
	if k > 0 {
		swap(k, 0)
	}
}
