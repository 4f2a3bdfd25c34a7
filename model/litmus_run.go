package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// A litmusRun is the actor, the choices and the observer of a run of a litmus, in one way.
type litmusRun struct {
	*Litmus
	replayActor // has the words that names stand for
	litmusNames
	choosing   *ProgramLine // an alternative of which is chosen; nil: none is
	graph      *litmusGraph
	isOf       *Run
	tape       []uint32   // the choices that lead to what is new
	next       int        // in the tape
	at         litmusEdge // where the run adds to the graph
	calls      map[string]int
	sharedNext map[string]int // by actor: the next line of its shared program
	cursors    map[*Activation]*cursor
	violated   []string // the properties that were violated so far
	how        string   // the outcome of a run that ends before it is at its end; empty: it goes on
	open       bool     // there is no outcome: the file does not say how to go on
	merged     bool     // the run is in a state that another one has explored, or the host cannot go on
	err        error    // bad input
	actions    int
}

// A cursor is the position of an activation in its program.
type cursor struct {
	program *Program // nil: the activation has none
	next    int      // line
}

func newLitmusRun(g *litmusGraph, at litmusEdge) *litmusRun {
	return &litmusRun{Litmus: g.litmus, graph: g, at: at, tape: at.tape(), violated: at.node.violated, calls: map[string]int{}, sharedNext: map[string]int{},
		cursors: map[*Activation]*cursor{}, replayActor: replayActor{names: bindings{}, awaited: map[*Activation]Line{}},
		litmusNames: litmusNames{kinds: map[string]valueKind{}, results: map[int]string{}, made: map[int][]string{}, copies: map[int]*hostCopy{}, took: map[string]bool{}}}
}

// run makes the run and adds it to the graph.
func (l *litmusRun) run(properties []*Property) error {
	options := spec.Options{Choices: l, Variant: l.Variant, Without: map[spec.Site]bool{}}
	for _, s := range l.Without {
		options.Without[s] = true
	}
	options.Limits.RandomIndices = randomIndices(l.World.Handles)
	r, err := l.graph.newRun(options, l, newCheckers(properties))
	if err != nil {
		return err
	}
	defer r.Close()
	r.recorder, r.Observer, l.isOf = &recorder{}, l, r
	r.repeating = len(l.tape) > 0 // the checkers need not check again the states on the way to what is new
	r.Main()
	l.noteError(r.sourceError())
	r.recorder.flush()
	for _, c := range r.checkers {
		l.graph.exercised[c.Property()] = l.graph.exercised[c.Property()] || c.Exercised()
	}
	if l.err == nil && !l.merged {
		l.graph.end(l.at, l.outcome(r))
	}
	return l.err
}

// outcome is the outcome of the run.
func (l *litmusRun) outcome(r *Run) *Outcome {
	l.noteViolated(r)
	o := &Outcome{How: l.how, Open: l.open, Violates: l.violated, names: map[string]litmusValue{}}
	switch {
	case r.Stopped != nil:
		o.How = stopLine(r.Stopped).Text
	case o.How == "":
		o.How, o.Blocked = r.howItEnds()
	}
	for _, name := range l.registers {
		if value, bound := l.value(name); bound {
			o.names[name], o.Values = value, append(o.Values, name+" = "+value.String())
		}
	}
	o.Trace = &Trace{World: l.World, Variant: l.Variant, Source: l.graph.source(), Without: l.Without, Choices: l.chosen, Lines: r.recorder.lines}
	return o
}

// noteViolated notes the properties that the run violates. It remembers them, since some checkers do not.
func (l *litmusRun) noteViolated(r *Run) {
	for _, c := range r.Violated() {
		if !slices.Contains(l.violated, c.Property()) {
			l.violated = append(slices.Clip(l.violated), c.Property())
			slices.Sort(l.violated)
		}
	}
}

// Next takes an action of the next line of the activation's program. A program that has ended returns.
func (l *litmusRun) Next(r *Run, at *Activation) Action {
	l.noteViolated(r)
	if l.err != nil || l.arrive(r) {
		return Action{}
	}
	if l.actions++; l.actions > l.graph.most {
		return l.leaveOpen("goes on after %d actions", l.graph.most)
	}
	line := l.nextLine(r, at)
	switch c := l.cursorOf(at); {
	case l.open:
		return Action{}
	case line != nil:
	case at.Kind == KindHost:
		return Action{}
	case c.program == nil && (at.Kind == KindHostCancel || at.Kind == KindHostShared):
		return Action{Op: opReturn} // the host is told, and does nothing at once
	case c.program == nil:
		return l.leaveOpen(endOpen+": %s is called for the %d. time, and no lines stand under \"in %s\"", at.Name, l.calls[at.Name], at.Name)
	default:
		line = &Line{Text: l.returns(at), Number: c.program.last()}
	}
	return l.take(r, at, line)
}

// take takes the action of a line.
func (l *litmusRun) take(r *Run, at *Activation, line *Line) Action {
	written := strings.Fields(line.Text)
	words, err := l.names.resolve(withoutMade(written))
	if err != nil {
		return l.leaveOpen(endOpen+" at line %d: %v", line.Number, err)
	}
	a, err := ParseAction(r, at, words)
	if err == nil {
		if wrong := a.checkHostInts(r); wrong != nil {
			l.fail(line.Number, at, wrong)
			return Action{}
		}
	}
	var bad *badOperands
	if op := words[0]; hostMenu[op] != nil && op != opInvoke && op != opTick && !errors.As(err, &bad) {
		if err == nil && !r.hostMay(at, a) {
			err = r.whyNot(a)
		}
		if l.noteHost(line, err); err != nil {
			l.merged = true
			return Action{}
		}
	}
	if err == nil {
		err = l.await(r, at, a, *line, written)
	}
	if err != nil {
		l.fail(line.Number, at, err)
		return Action{}
	}
	return a
}

// noteHost notes whether the host can take the action of a line.
func (l *litmusRun) noteHost(line *Line, err error) {
	if err == nil {
		l.graph.possible[line] = true
	} else if l.graph.impossible[line] == "" {
		l.graph.impossible[line] = err.Error()
	}
}

// fail notes that a line is bad input.
func (l *litmusRun) fail(number int, at *Activation, err error) {
	if l.err == nil {
		l.err = fmt.Errorf("line %d, in %s: %w", number, at.Name, err)
	}
}

// leaveOpen ends the run without an outcome, for a reason.
func (l *litmusRun) leaveOpen(format string, args ...any) Action {
	l.how, l.open = fmt.Sprintf(format, args...), true
	return Action{}
}

// arrive adds the state that the run is in to the graph, and reports whether the run is to end there, since it was there before, or
// another run was. A run that is still on the way to what is new adds nothing.
func (l *litmusRun) arrive(r *Run) bool {
	if l.next < len(l.tape) {
		return false
	}
	key, known := l.fingerprint(r)
	known = known && !l.separately
	if n := l.graph.states[key]; known && n != nil {
		if l.at.comesFrom(n) {
			l.how = endNever
			return true
		}
		l.at.node.next[l.at.branch], l.merged = n, true
		return true
	}
	n := l.at.lead(1, l)
	if known {
		l.graph.states[key] = n
	}
	l.at = litmusEdge{n, 0}
	return false
}

// fingerprint is that of everything that can influence what happens next and the outcome; false: the state is one that cannot be written,
// since traps are switched off that keep the tables in order.
func (l *litmusRun) fingerprint(r *Run) (key xxh3.Uint128, known bool) {
	defer func() {
		if len(l.Without) > 0 && recover() != nil {
			known = false
		}
	}()
	w := &l.graph.writer
	w.position = l.writePosition
	b := w.append(l.graph.buffer[:0], r)
	b = l.appendNames(fmt.Append(b, "violated ", l.violated, "\n"))
	b = fmt.Append(b, "\nshared ", l.sharedNext, " made ", len(r.invocations), "\ncalls")
	for _, name := range sortedKeys(l.calls) {
		if most := l.numbered(name); most > 0 {
			b = fmt.Append(b, " ", name, "=", min(l.calls[name], most+1))
		}
	}
	b = r.appendUnresolved(b)
	l.graph.buffer = b
	return xxh3.Hash128(b), true
}

// writePosition writes where an activation is in its program, and which names wait for the results of its action.
func (l *litmusRun) writePosition(w *stateWriter, at *Activation) {
	if c := l.cursors[at]; c != nil && c.program != nil {
		w.Text(" at " + c.program.Name)
		if !c.program.shared {
			w.Put(" ", c.next)
		}
	}
	if awaited, is := l.awaited[at]; is {
		w.Text(" for " + strings.Join(awaited.Binds, " "))
	}
}

// numbered is the greatest number of a call of a function that has a program of its own; 0: none has.
func (l *Litmus) numbered(name string) int {
	most := 0
	for key := range l.Programs {
		if of, number, is := cutCall(key); is && of == name {
			most = max(most, number)
		}
	}
	return most
}

// returns is the action by which core code returns when its program has ended.
func (l *litmusRun) returns(at *Activation) string {
	if at.Packed {
		return "return exit"
	}
	return opReturn
}

// last is the last line of a program.
func (p *Program) last() int {
	if n := len(p.Lines); n > 0 {
		return p.Lines[n-1].Number
	}
	return p.Number
}

// nextLine is an action of the next line of an activation's program; nil: the program has ended.
func (l *litmusRun) nextLine(r *Run, at *Activation) *Line {
	c := l.cursorOf(at)
	if c.program != nil {
		l.graph.called[c.program] = true
	}
	for c.program != nil && c.next < len(c.program.Lines) {
		line := &c.program.Lines[c.next]
		if line.Actions == nil {
			if name := l.unboundIn(line.If); name != "" {
				l.leaveOpen(endOpen+" at line %d: %s has no value yet: what it names has not come back", line.Number, name)
				return nil
			}
			l.branch(c, line)
			continue
		}
		one := l.alternativeOf(line)
		text := one.Text
		if text == wordTicks { // the line is taken again until no thread is ready
			if at.Kind == KindHost && r.SomeReady() {
				return &Line{Text: opTick, Number: one.Number}
			}
			text = wordSkip
		}
		l.advance(at, c)
		if text != wordSkip {
			return one
		}
	}
	return nil
}

// branch goes on behind the condition of an if, or behind the end of its first branch.
func (l *litmusRun) branch(c *cursor, line *ProgramLine) {
	if line.isJump() || !l.all(line.If) {
		c.next = line.Else
	} else {
		c.next++
	}
}

// alternativeOf chooses one of a line's actions.
func (l *litmusRun) alternativeOf(line *ProgramLine) *Line {
	l.choosing = line
	defer func() { l.choosing = nil }()
	one := &line.Actions[l.choose(len(line.Actions))]
	if l.tracked[one.Text] && len(line.Actions) > 1 {
		l.took[one.Text] = true
	}
	return one
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

// choose is a number below n, another in each way. One that is new is added to the graph.
func (l *litmusRun) choose(n int) int {
	switch {
	case n == 1:
		return 0
	case l.next < len(l.tape):
		l.next++
		l.isOf.repeating = l.next < len(l.tape)
		return int(l.tape[l.next-1])
	}
	choice := l.at.lead(n, l)
	for other := n - 1; other > 0; other-- {
		l.graph.pending = append(l.graph.pending, litmusEdge{choice, other})
	}
	l.at = litmusEdge{choice, 0}
	return 0
}

// Choose makes a choice of the specification.
func (l *litmusRun) Choose(_ spec.Site, n int) int {
	k := l.choose(n)
	l.chosen = append(l.chosen, uint32(k))
	return k
}

// Shuffle chooses which element comes first. The order of the others does not matter (pathActor.Shuffle).
func (l *litmusRun) Shuffle(_ spec.Site, n int, swap func(i, j int)) {
	k := l.choose(n)
	l.chosen = append(l.chosen, comesFirst(n, k)...)
	if k > 0 {
		swap(k, 0)
	}
}
