package model

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// An admitRun is the actor, the choices and the observer of a run of an admitSearch. The run is a series of segments: an action, and
// everything until somebody can act again. Those that lead to the state of the first edge were made before, and are repeated.
type admitRun struct {
	*admitSearch
	Branching                     // the choices of the segment under way
	repeat    []*admitNode        // the states on the way to the first edge, from now on
	edge      *admitEdge          // of the segment under way, or of the first that is new
	names     bindings            // those of the log that have a value
	bound     []boundName         // by the segment under way
	awaited   map[*Activation]int // lines that bind names, and whose actions are under way
	lines     *recorder           // of the segment under way
	violated  []string            // so far
	happened  []AnswerEvent       // in the segment under way, for a dialogue
	open      bool                // a segment that is new is under way
	dead      bool                // a line of the log cannot be what happened in the segment
	err       error               // ends the search
}

func newAdmitRun(s *admitSearch, e *admitEdge) *admitRun {
	a := &admitRun{admitSearch: s, edge: e, names: bindings{}, awaited: map[*Activation]int{}}
	for n := e.from; n != nil; n = n.by.from {
		a.repeat = append(a.repeat, n)
	}
	slices.Reverse(a.repeat)
	a.begin(e.tape)
	return a
}

// begin begins the choices of the first segment.
func (a *admitRun) begin(tape []uint32) {
	if len(a.repeat) > 0 {
		tape = a.repeat[0].tape
	}
	a.Branching = Branching{Tape: tape}
}

// record begins to record lines: what follows is new.
func (a *admitRun) record(r *Run) {
	a.lines = &recorder{}
	r.recorder = a.lines
	r.repeating, a.open = false, true
}

// Next takes the action of the next state on the way, or at its end, of what is pending.
func (a *admitRun) Next(r *Run, at *Activation) Action {
	switch {
	case a.err != nil:
		return Action{}
	case len(a.repeat) > 0:
		return a.again(r, at)
	}
	next := a.endSegment(r, at)
	if next == nil {
		return Action{}
	}
	a.edge, a.open = next, true
	return a.take(r, at, next, next.tape)
}

// again repeats the way to the first edge.
func (a *admitRun) again(r *Run, at *Activation) Action {
	n := a.repeat[0]
	a.repeat = a.repeat[1:]
	a.assign(n.bound)
	a.violated = n.violated
	if len(a.repeat) > 0 {
		next := a.repeat[0]
		return a.take(r, at, next.by, next.tape)
	}
	a.expire(n.pos)
	a.record(r)
	return a.take(r, at, a.edge, a.edge.tape)
}

// take takes the action of an edge, with its choices.
func (a *admitRun) take(r *Run, at *Activation, e *admitEdge, tape []uint32) Action {
	a.steps++
	a.Branching = Branching{Tape: tape}
	a.bound, a.happened = a.bound[:0], nil
	if !e.inGap {
		a.await(r, at, e)
	} else {
		delete(a.awaited, at)
	}
	return e.action
}

// await notes that the names of a line are to be bound when its action is done. Those for the host's calls are bound at once: their
// numbers are known.
func (a *admitRun) await(r *Run, at *Activation, e *admitEdge) {
	delete(a.awaited, at)
	binds := a.log.Lines[e.line].Binds
	switch {
	case len(binds) == 0:
	case e.action.Op == opInvoke:
		a.bind([]boundName{{binds[0], strconv.Itoa(len(r.invocations))}})
	default:
		a.awaited[at] = e.line
	}
}

// bind gives names of the segment under way their values.
func (a *admitRun) bind(names []boundName) {
	a.bound = append(a.bound, names...)
	a.assign(names)
}

func (a *admitRun) assign(names []boundName) {
	for _, b := range names {
		a.names[b.name] = b.value
	}
}

// expire forgets the names that no line from a position on uses.
func (a *admitRun) expire(pos int) {
	if a.log.lastUse == nil {
		return
	}
	for name := range a.names {
		if last, used := a.log.lastUse[name]; !used || last < pos {
			delete(a.names, name)
		}
	}
}

// Entered notes it for a dialogue. Names for arguments are bound when the line is compared.
func (a *admitRun) Entered(at *Activation) {
	if a.dialogue != nil {
		a.noteEntered(at)
	}
}

// HostReceived does nothing: names are not for values of the host.
func (a *admitRun) HostReceived(string) {}

// Done binds the names of the results.
func (a *admitRun) Done(at *Activation, results []spec.CoreValue) {
	if a.dialogue != nil {
		a.noteDone(at, results)
	}
	i, is := a.awaited[at]
	if !is {
		return
	}
	delete(a.awaited, at)
	if len(a.repeat) > 0 {
		return // the state after the segment has them
	}
	l, values := a.log.Lines[i], bindings{}
	if err := values.bindAll(l.Binds, resultWords(at, results)); err != nil {
		a.refusal.note(i, failure{text: err.Error()})
		a.dead = true
		return
	}
	for _, name := range l.Binds {
		a.bind([]boundName{{name, values[name]}})
	}
}

// Bits draws the bits of a NaN: none or all. A trace can say no others.
func (a *admitRun) Bits(site spec.Site, k int) uint64 {
	a.Bitwise = true
	return -uint64(a.Choose(site, 2)) >> (64 - k)
}

// Shuffle branches by which element comes first.
func (a *admitRun) Shuffle(site spec.Site, n int, swap func(i, j int)) { a.pickFirst(a, site, n, swap) }

// endSegment compares the segment that has ended with the log, adds the states that the run may be in, and what follows them, and returns
// the edge that the run goes on with; nil: it ends. at is who can act; nil: nobody, since the specification or the host stopped the run.
func (a *admitRun) endSegment(r *Run, at *Activation) *admitEdge {
	a.lines.flush()
	a.open = false
	a.Taken++
	a.branchOff()
	if !a.mayGoOn() || a.dead {
		return nil
	}
	a.noteViolated(r)
	nodes := a.compare(r, at)
	for _, n := range slices.Backward(nodes) {
		if a.isNew(r, n) {
			a.expand(r, at, n)
		}
	}
	return a.goOn(nodes)
}

// compare compares the segment with the log, or with the answer of a dialogue, and returns the states that the run may be in.
func (a *admitRun) compare(r *Run, at *Activation) []*admitNode {
	if a.dialogue != nil {
		return a.matchAnswer(r, at)
	}
	return a.match(r, at)
}

// branchOff adds the edges with the other choices that the specification had in the segment.
func (a *admitRun) branchOff() {
	for _, tape := range a.Alternatives {
		other := *a.edge
		other.tape = tape
		a.push(&other)
	}
}

// goOn is the pending edge that is next, if it leads on from one of the states that the run is in.
func (a *admitRun) goOn(nodes []*admitNode) *admitEdge {
	next := a.pop()
	if next == nil {
		return nil
	}
	if next.end != nil || !slices.Contains(nodes, next.from) {
		a.push(next)
		return nil
	}
	a.assign(next.from.bound)
	a.expire(next.from.pos)
	a.lines.lines = a.lines.lines[:0]
	return next
}

// mayGoOn reports progress, and whether the search goes on.
func (a *admitRun) mayGoOn() bool {
	if a.MaxStates > 0 && a.States >= a.MaxStates || a.maxSteps > 0 && a.steps >= a.maxSteps || a.Taken%64 == 0 && a.Progress != nil && !a.Progress(&a.Admission) {
		a.err = errStopped
	}
	return a.err == nil
}

// noteViolated notes the properties that the run violates. It remembers them, since some checkers do not.
func (a *admitRun) noteViolated(r *Run) {
	for _, c := range r.Violated() {
		if text := c.Property() + ": " + c.Violation(); !slices.Contains(a.violated, text) {
			a.violated = append(slices.Clip(a.violated), text)
			slices.Sort(a.violated)
		}
	}
}

// isNew reports whether the run has not been in a state before.
func (a *admitRun) isNew(r *Run, n *admitNode) bool {
	key, known := a.key(r, n)
	if known && a.visited[key] {
		return false
	}
	if known {
		a.visited[key] = true
	}
	a.States++
	a.Line = max(a.Line, n.pos)
	if a.repairs != nil {
		a.repairs.furthest[n.repair] = max(a.repairs.furthest[n.repair], n.pos)
	}
	return true
}

// writePosition writes of an activation which names wait for the results of its action.
func (a *admitRun) writePosition(w *stateWriter, at *Activation) {
	if i, is := a.awaited[at]; is {
		w.Put(" for ", i)
	}
}

// appendNames appends the sum of the hashes of the names that have a value: it does not depend on an order.
func (a *admitRun) appendNames(b []byte, n *admitNode) []byte {
	sum := uint64(0)
	add := func(name, value string) {
		if last, used := a.log.lastUse[name]; a.log.lastUse == nil || used && last >= n.pos {
			sum += xxh3.HashString(name + "=" + value)
		}
	}
	for name, value := range a.names {
		add(name, value)
	}
	for _, bound := range n.bound {
		if _, has := a.names[bound.name]; !has {
			add(bound.name, bound.value)
		}
	}
	return binary.LittleEndian.AppendUint64(append(b, "names "...), sum)
}

func appendNumber(b []byte, before string, n int) []byte {
	return strconv.AppendInt(append(b, before...), int64(n), 10)
}

// expand adds the actions that may follow a state: of the next line, and if the run is in a gap, of the menu.
func (a *admitRun) expand(r *Run, at *Activation, n *admitNode) {
	if a.dialogue != nil {
		a.converse(r, at, n)
		return
	}
	var edges []*admitEdge
	pos := n.pos
	for {
		l := a.line(pos)
		if l == nil || l.Kind != LineGap {
			if e := a.edgeOf(r, at, n, pos, l); e != nil {
				edges = append(edges, e)
			}
			break
		}
		pos++
	}
	if pos > n.pos && a.err == nil {
		edges = append(edges, a.gapEdges(r, at, n)...)
	}
	for _, e := range slices.Backward(edges) {
		a.push(e)
	}
}

// edgeOf is the action of a line at a state; nil: it cannot be taken there.
func (a *admitRun) edgeOf(r *Run, at *Activation, n *admitNode, pos int, l *Line) *admitEdge {
	if l == nil || l.Kind != LineAction {
		return nil // the line belongs to an action of the gap
	}
	action, err := a.actionOf(r, at, n, l)
	if err != nil && a.repairs == nil && isNeverValid(l, err) {
		a.err = fmt.Errorf("line %d: %w", l.Number, err)
		return nil
	}
	if err != nil {
		a.refusal.note(pos, failure{text: err.Error()})
		return nil
	}
	return &admitEdge{from: n, action: action, line: pos, cost: n.by.cost}
}

// isNeverValid reports whether an error is about the operands of a line wherever that is taken: there are too few or too many, or they are of
// another type. A number that a name stands for may be another in another run, and core code may return from another function.
func isNeverValid(l *Line, err error) bool {
	var invalid *Invalid
	var bad *badOperands
	return !strings.Contains(l.Text, "$") && !strings.HasPrefix(l.Text, opReturn) && (errors.As(err, &bad) || errors.As(err, &invalid) && invalid.Rule == ruleCoreType)
}

// actionOf is the action of a line. The error says why it cannot be taken.
func (a *admitRun) actionOf(r *Run, at *Activation, n *admitNode, l *Line) (Action, error) {
	if l.Actor != at.Actor {
		return Action{}, fmt.Errorf("%s acts next, %s, not %s", at.Actor, at.where(), l.Actor)
	}
	names := a.names
	if len(n.bound) > 0 {
		names = a.names.with(n.bound)
	}
	words, err := names.resolve(strings.Fields(l.Text))
	if err != nil {
		return Action{}, err
	}
	action, err := ParseAction(r, at, words)
	if err == nil && !a.anyHost && hostMenu[action.Op] != nil && !r.hostMay(at, action) {
		err = fmt.Errorf("upstream does not allow the host to do it there: %w", r.whyNot(action))
	}
	if err == nil && len(l.Binds) > 0 && (action.Op == opInvoke && len(l.Binds) > 1 || action.Op != opInvoke && at.Actor == Host) {
		err = fmt.Errorf("nothing comes back for %s", l.Binds[len(l.Binds)-1])
	}
	return action, err
}

// with is the names with more of them.
func (b bindings) with(more []boundName) bindings {
	all := bindings{}
	for name, value := range b {
		all[name] = value
	}
	for _, m := range more {
		all[m.name] = m.value
	}
	return all
}

// where says where an activation acts.
func (at *Activation) where() string {
	if at.Kind == KindHost {
		return "at rest"
	}
	return "in " + at.Name
}
