package model

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"cabi/spec"
)

// A Dialogue is a log that is still being made: an implementation is told an action, and answers what happened by it. Each answer is
// compared as soon as it is there, so the next action is chosen knowing a run that explains all answers before it. Nothing may be left out
// of an answer.
type Dialogue struct {
	Answers []*Answer // the first is to the world, the others to the actions
	// Next chooses an action, has the implementation take it, and returns its answer. io.EOF ends the dialogue, any other error the
	// search too.
	Next func(Now) (Action, *Answer, error)

	worlds *DialogueWorld
	log    *Log
	calls  []int // of the actions
	ended  bool
}

// A DialogueWorld makes the dialogues of a world.
type DialogueWorld struct {
	world    *World
	compiled *compiledWorld
	pool     spec.Pool
	trial    *Run // used again for each that looks ahead; nil: none was made
	trialOf  *spec.Variant
	ahead    spec.Pool // of that run
}

// NewDialogueWorld prepares a world for dialogues. Close it when all are done.
func NewDialogueWorld(w *World) *DialogueWorld {
	c := compileWorld(w)
	c.readsMemory = true // events are compared, and lie there
	return &DialogueWorld{world: w, compiled: c}
}

// Close ends the coroutines of all runs.
func (w *DialogueWorld) Close() {
	w.pool.Close()
	w.ahead.Close()
}

// Dialogue begins a dialogue with the answer to the world.
func (w *DialogueWorld) Dialogue(first *Answer, next func(Now) (Action, *Answer, error)) *Dialogue {
	return &Dialogue{Answers: []*Answer{first}, Next: next, worlds: w, log: &Log{Trace: &Trace{World: w.world, Variant: spec.SingleTable}}}
}

// An Answer is what an implementation says of an action: what happened until somebody can act again, and who that is.
type Answer struct {
	Events []AnswerEvent
	Next   int // the call that acts next: 0 is the host at rest, the others are numbered from 1 in the order in which they were entered; -1: none, the run was stopped
	// Tables are what is in the handle tables of each instance, each as "INDEX CLASS", sorted; nil: the answer does not say.
	Tables map[string][]string
}

// An AnswerEvent is something that happened.
type AnswerEvent struct {
	Kind  LineKind // LineEnter, LineDone or LineStop
	Call  int
	Func  string   // that is entered
	Words []string // the arguments of what is entered, the results of what is done, or the kind of stop
	Site  string   // where the specification stops; an implementation does not say
}

// Equal reports whether an answer is what another one says, as far as that says it.
func (a *Answer) Equal(said *Answer) bool {
	if !a.SameEvents(said) || a.Next < 0 {
		return a.SameEvents(said) // after a stop, nothing can be done with the tables any more
	}
	for inst, slots := range said.Tables {
		if !slices.Equal(a.Tables[inst], slots) {
			return false
		}
	}
	return true
}

// SameEvents reports whether two answers agree in everything but the tables.
func (a *Answer) SameEvents(b *Answer) bool {
	return a.SameButWords(b) && slices.EqualFunc(a.Events, b.Events, func(x, y AnswerEvent) bool { return slices.Equal(x.Words, y.Words) })
}

// SameButWords reports whether in two answers the same happens, perhaps with other arguments and results.
func (a *Answer) SameButWords(b *Answer) bool {
	return a.Next == b.Next && slices.EqualFunc(a.Events, b.Events, func(x, y AnswerEvent) bool {
		return x.Kind == y.Kind && x.Call == y.Call && x.Func == y.Func
	})
}

// Now is a run that explains a dialogue so far, and who acts next in it.
type Now struct {
	Run *Run
	At  *Activation
	// Call is the number of the activation.
	Call int
	run  *admitRun
	node *admitNode
}

// Stops is how and where the specification stops an action, if it chooses the first candidates during it; empty: it does not stop it.
func (n Now) Stops(a Action) (kind, site string) {
	p := n.node.path()
	p.actions = append(p.actions, a)
	r := n.run.dialogue.worlds.lookAhead(n.run.admitSearch, p.follow())
	defer r.Close()
	r.Main()
	if r.Stopped == nil {
		return "", ""
	}
	kind, site, _ = stopOf(r.Stopped)
	return kind, site
}

// lookAhead is a run of its own that follows a path.
func (w *DialogueWorld) lookAhead(s *admitSearch, p *pathActor) *Run {
	options := s.specOptions(p)
	if w.trial != nil && w.trialOf == s.variant {
		w.trial.reuse(p, p)
		return w.trial
	}
	options.Pool = &w.ahead
	w.trial, w.trialOf = newRun(w.compiled, w.world, options, p, nil), s.variant
	return w.trial
}

// Shapes are the shapes of the objects of the run's state, and of the whole.
func (n Now) Shapes() []uint64 {
	var all []uint64
	n.run.buffer = n.run.writer.append(n.run.buffer[:0], n.Run)
	sum := shapesOf(n.run.buffer, func(h uint64) { all = append(all, h) })
	return append(all, sum)
}

// Admit looks for a run that explains the dialogue, under a variant, and leads the dialogue on with it to its end.
func (d *Dialogue) Admit(v *spec.Variant, options AdmitOptions) (*Admission, error) {
	d.log.Variant, options.Variant = v, v
	options.anyHost, options.dialogue = true, d
	return d.log.Admit(options)
}

// CheckNumber returns a number or bytes of an answer as the specification's answers have them.
func CheckNumber(text string) (string, error) {
	if strings.HasPrefix(text, "bytes:") {
		return text, nil
	}
	v, err := parseCore(text)
	return FormatCore(v), err
}

// converse adds what follows a state: the next action of the dialogue, or its end.
func (a *admitRun) converse(r *Run, at *Activation, n *admitNode) {
	d := a.dialogue
	if n.pos == len(d.log.Lines) && !d.ended {
		action, answer, err := d.Next(Now{r, at, at.began, a, n})
		switch {
		case errors.Is(err, io.EOF):
			d.ended = true
		case err != nil:
			a.err = err
			return
		default:
			d.log.Lines = append(d.log.Lines, Line{Kind: LineAction, Actor: at.Actor, Text: action.String(), Number: len(d.log.Lines) + 1})
			d.Answers, d.calls = append(d.Answers, answer), append(d.calls, at.began)
		}
	}
	if n.pos == len(d.log.Lines) {
		a.push(&admitEdge{from: n.by.from, end: n, cost: n.by.cost})
	} else if e := a.edgeOf(r, at, n, n.pos, &d.log.Lines[n.pos]); e != nil {
		a.push(e)
	}
}

// matchAnswer compares a segment with its answer, and returns the state that the run is in if they agree. Where the specification fails
// an assert, or crashes, an implementation may do anything.
func (a *admitRun) matchAnswer(r *Run, at *Activation) []*admitNode {
	pos := 0
	if a.edge.from != nil {
		pos = a.edge.line + 1
	}
	by := *a.edge
	n := &admitNode{by: &by, tape: a.Tape, pos: pos}
	expected, said := a.answerOf(r, at), a.dialogue.Answers[pos]
	switch {
	case expected.stops(anyStop):
		a.push(&admitEdge{from: by.from, end: n, cost: by.cost})
	case !expected.Equal(said):
		a.expected = append(a.expected, expectedAt{pos, expected})
	case at == nil:
		a.push(&admitEdge{from: by.from, end: n, cost: by.cost})
	default:
		return []*admitNode{n}
	}
	return nil
}

// An expectedAt is what the specification allows as an answer, where another one was given.
type expectedAt struct {
	pos    int // of the answer
	answer *Answer
}

// Expected is which answer of a dialogue is the first that no run explains, from 0, and what the specification allows in its place.
func (d *Admission) Expected() (at int, allowed []*Answer) {
	for _, e := range d.expected {
		at = max(at, e.pos)
	}
	for _, e := range d.expected {
		if e.pos == at && !slices.ContainsFunc(allowed, func(other *Answer) bool { return other.Equal(e.answer) && e.answer.Equal(other) }) {
			allowed = append(allowed, e.answer)
		}
	}
	return at, allowed
}

// Traps reports whether an answer ends with a trap.
func (a *Answer) Traps() bool { return a.stops(TrapStop) }

// Stops is the site of the trap that an answer of the specification ends with; empty: it ends with none.
func (a *Answer) Stops() string {
	if !a.Traps() {
		return ""
	}
	return a.Events[len(a.Events)-1].Site
}

// stops reports whether an answer ends with a kind of stop.
func (a *Answer) stops(kind string) bool {
	n := len(a.Events)
	return n > 0 && a.Events[n-1].Kind == LineStop && a.Events[n-1].Words[0] == kind
}

// The kinds of stops that an answer tells apart. Where the specification fails an assert, or crashes, it says nothing of what happens.
const (
	TrapStop = "trap"
	anyStop  = "anything"
)

// answerOf is the answer that the specification gives in a run.
func (a *admitRun) answerOf(r *Run, at *Activation) *Answer {
	answer := &Answer{Events: slices.Clip(a.happened), Next: -1, Tables: TablesOf(r)}
	if at != nil {
		answer.Next = at.began
	}
	if r.Stopped != nil {
		kind, site, _ := stopOf(r.Stopped)
		stop := AnswerEvent{Kind: LineStop, Words: []string{anyStop}, Site: site}
		if kind == "trap" || kind == "exception" {
			stop.Words[0] = TrapStop
		}
		answer.Events = append(answer.Events, stop)
	}
	return answer
}

// TablesOf are the handle tables of a run as an answer states them.
func TablesOf(r *Run) map[string][]string {
	tables := map[string][]string{}
	for _, inst := range r.Store.Instances() {
		slots := []string{}
		for slot := range inst.LiveHandles() {
			if slot.Owner == inst && spec.ClassOf(slot.Element) != spec.ClassThread {
				slots = append(slots, fmt.Sprintf("%d %s", slot.Index, spec.ClassOf(slot.Element)))
			}
		}
		slices.Sort(slots)
		tables[inst.Name] = slots
	}
	return tables
}

// noteEntered notes that core code, or the host, was called.
func (a *admitRun) noteEntered(at *Activation) {
	a.happened = append(a.happened, AnswerEvent{Kind: LineEnter, Call: at.began, Func: at.Name, Words: NumberWords(at.Args)})
}

// noteDone notes that an action is done.
func (a *admitRun) noteDone(at *Activation, results []spec.CoreValue) {
	a.happened = append(a.happened, AnswerEvent{Kind: LineDone, Call: at.began, Words: AnswerWords(at, results)})
}

// NumberWords are numbers as words.
func NumberWords(vs []spec.CoreValue) []string { return strings.Fields(formatCores(vs)) }

// AnswerWords are the results of the pending action of an activation as an answer states them. Those of waiting and polling are the event with
// its payload.
func AnswerWords(at *Activation, results []spec.CoreValue) []string {
	if op := at.Pending.Op; op == "waitable-set.wait" || op == "waitable-set.poll" {
		return resultWords(at, results)
	}
	return strings.Fields(resultsText(*at.Pending, results))
}

// Text is the answer for people. Tables are in it only where another answer has others.
func (a *Answer) Text(beside *Answer) string {
	var parts []string
	for _, e := range a.Events {
		switch e.Kind {
		case LineEnter:
			parts = append(parts, strings.TrimSpace("enter "+e.Func+" "+strings.Join(e.Words, " ")))
		case LineStop:
			parts = append(parts, e.Words[0])
		default:
			parts = append(parts, doneText(e))
		}
	}
	if a.Next >= 0 {
		parts = append(parts, fmt.Sprintf("call %d acts next", a.Next))
	}
	for _, inst := range sortedKeys(a.Tables) {
		if beside != nil && beside.Tables[inst] != nil && !slices.Equal(a.Tables[inst], beside.Tables[inst]) {
			parts = append(parts, fmt.Sprintf("handles of %s: %s", inst, strings.Join(a.Tables[inst], ", ")))
		}
	}
	return strings.Join(parts, "; ")
}

func doneText(e AnswerEvent) string {
	text := fmt.Sprintf("call %d is done", e.Call)
	if len(e.Words) > 0 {
		text += " -> " + strings.Join(e.Words, " ")
	}
	return text
}
