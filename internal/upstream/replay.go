package upstream

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A script is the actions of a case, as an actor, and its choices.
type script struct {
	Case
	action int
	spec.Tape
}

// Next takes the next action.
func (s *script) Next(*model.Run, *model.Activation) model.Action {
	if s.action == len(s.Actions) {
		panic(errEnd)
	}
	s.action++
	return model.Action(s.Actions[s.action-1])
}

// Trace runs a case on the port and returns its trace.
func Trace(c Case) []string { return trace(c, nil) }

// trace is Trace that books what it sees.
func trace(c Case, seen *Coverage) []string {
	s := &script{Case: c, Tape: spec.Tape{Numbers: c.Choices}}
	rec := &recorder{actor: s, choices: s, full: c.States == statesFull, seen: seen}
	rec.run(c.World, c.Deterministic, nil)
	return rec.lines
}

// A Replayed trace was run on the port and on definitions.py.
type Replayed struct {
	*model.Replay        // on the port
	Agree         int    // how many lines of its trace definitions.py agrees with
	Departs       bool   // it does not agree with the next
	Difference    string // in what not: what the port does after -, what definitions.py does after +
}

// Replay runs a trace on the port, under a variant, and on the definitions.py in dir, with the same actions and choices,
// and says how far they agree in what happens and in the whole state after each line. The error is a *BadInput if the
// trace, the variant or the directory cannot be used.
func Replay(dir string, t *model.Trace, variant *spec.Variant) (*Replayed, error) {
	if err := checkTrace(t, variant); err != nil {
		return nil, err
	}
	r, err := NewReplayer(dir)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Replay(t, variant)
}

// A Replayer replays many traces, in one Python process.
type Replayer struct{ driver *driver }

// NewReplayer starts a Python process with the definitions.py in dir. Close it when done.
func NewReplayer(dir string) (*Replayer, error) {
	if err := checkInput(dir); err != nil {
		return nil, err
	}
	d, err := startDriver(dir, Options{}.patience())
	return &Replayer{d}, err
}

// Close ends the process.
func (r *Replayer) Close() { r.driver.close() }

// Replay is as the function Replay. After an error that is no *BadInput the process is gone.
func (r *Replayer) Replay(t *model.Trace, variant *spec.Variant) (*Replayed, error) {
	if err := checkTrace(t, variant); err != nil {
		return nil, err
	}
	again, err := model.RunTrace(t, variant)
	if err != nil {
		return nil, &BadInput{err.Error()}
	}
	port, err := caseOf(t)
	if err != nil {
		return nil, err
	}
	python, err := r.driver.run(port.made)
	if err != nil {
		return nil, err
	}
	python, _ = cutUnwound(python)
	return replayed(again, port, python), nil
}

// checkTrace says what definitions.py does not have that a trace is about.
func checkTrace(t *model.Trace, variant *spec.Variant) error {
	if variant != spec.SingleTable {
		return &BadInput{fmt.Sprintf("definitions.py knows no variant %s, only %s", variant.Name, spec.SingleTable.Name)}
	}
	if len(t.Without) > 0 {
		return &BadInput{fmt.Sprintf("%s is switched off, which definitions.py cannot", t.Without[0])}
	}
	if t.World.Limits.Backpressure != 0 {
		return &BadInput{"definitions.py has the limit of backpressure as a number in its text, which a world cannot lower"}
	}
	return nil
}

// replayed compares two traces of the same run.
func replayed(again *model.Replay, port *recorder, python []string) *Replayed {
	r := &Replayed{Replay: again, Agree: len(again.Trace.Lines)}
	at := firstDifference(port.lines, python)
	if at < 0 {
		return r
	}
	var b strings.Builder
	writeDifference(&b, lineAt(port.lines, at), lineAt(python, at))
	r.Departs, r.Difference = true, b.String()
	r.Agree = max(0, port.linesUpTo(at+1)-1)
	return r
}

// linesUpTo is how many lines a trace for people has for the first n lines of this one.
func (r *recorder) linesUpTo(n int) int {
	opened, _ := slices.BinarySearch(r.opens, n)
	return opened
}

// caseOf runs the actions of a trace on the port and records them as a case.
func caseOf(t *model.Trace) (*recorder, error) {
	f := &traceActor{choices: t.Choices}
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			f.lines = append(f.lines, l)
		}
	}
	rec := &recorder{actor: f, choices: f, full: true}
	rec.run(t.World, false, nil)
	rec.made.States = statesFull
	return rec, f.err
}

// A traceFollower does what the lines of a trace say, and chooses as it says.
type traceActor struct {
	lines   []model.Line
	choices []uint32
	err     error // which line cannot be done
}

// Next does the next line, and beyond the last one nothing.
func (f *traceActor) Next(r *model.Run, at *model.Activation) model.Action {
	if len(f.lines) == 0 {
		panic(errEnd)
	}
	l := f.lines[0]
	f.lines = f.lines[1:]
	a, err := model.ParseAction(r, at, strings.Fields(l.Text))
	if err == nil && l.Actor != at.Actor {
		err = fmt.Errorf("it is %s's turn, in %s, not %s's", at.Actor, at.Name, l.Actor)
	}
	if err != nil {
		f.err = &BadInput{fmt.Sprintf("line %d: %v", l.Number, err)}
		panic(errEnd)
	}
	return a
}

// Choose takes the next choice of the trace, or the first candidate.
func (f *traceActor) Choose(_ spec.Site, n int) int {
	if len(f.choices) == 0 {
		return 0
	}
	got := int(f.choices[0]) % n
	f.choices = f.choices[1:]
	return got
}
