package upstream

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A caseActor takes the actions of a case one after the other, and makes its choices.
type caseActor struct {
	Case
	taken int // how many of its actions
	spec.Tape
}

// Next takes the next action.
func (a *caseActor) Next(*model.Run, *model.Activation) model.Action {
	if a.taken == len(a.Actions) {
		panic(errEnd)
	}
	a.taken++
	return model.Action(a.Actions[a.taken-1])
}

// Trace runs a case on the port and returns its trace.
func Trace(c Case) []string { return trace(c, nil) }

// trace is Trace, which counts in seen what the run reaches; nil: it does not.
func trace(c Case, seen *Coverage) []string {
	actor := &caseActor{Case: c, Tape: spec.Tape{Numbers: c.Choices}}
	rec := &recorder{actor: actor, choices: actor, frames: c.Frames, full: c.States == statesFull, seen: seen}
	rec.run(c.World, c.Deterministic, nil)
	return rec.lines
}

// A Replayed is a trace that was run again, here and by CPython.
type Replayed struct {
	*model.Replay        // the run here
	Agree         int    // how many lines of its trace definitions.py agrees with
	Departs       bool   // definitions.py does not agree with the next line
	Difference    string // how that line differs: what happens here after -, there after +
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

// Replay runs a trace on the port, under a variant, and on definitions.py, with the same actions and choices, and returns how far the two
// agree, in each line and in the whole state after it. The error is a *BadInput if the trace or the variant cannot be used; after another
// the process has ended.
func (r *Replayer) Replay(t *model.Trace, variant *spec.Variant) (*Replayed, error) {
	if err := CanReplay(t, variant); err != nil {
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
	python, err := r.driver.run(port.recorded)
	if err != nil {
		return nil, err
	}
	python, _ = cutUnwound(python)
	return replayed(again, port, python), nil
}

// CanReplay returns a *BadInput if a trace needs something that definitions.py does not have.
func CanReplay(t *model.Trace, variant *spec.Variant) error {
	if variant != spec.SingleTable {
		return &BadInput{fmt.Sprintf("definitions.py knows no variant %s, only %s", variant.Name, spec.SingleTable.Name)}
	}
	return checkRun(t)
}

// checkRun returns an error if the world of a trace, or what it switches off, cannot be had on CPython.
func checkRun(t *model.Trace) error {
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

// linesUpTo is how many lines a model.Trace has for the first n lines of the recorder's.
func (r *recorder) linesUpTo(n int) int {
	begun, _ := slices.BinarySearch(r.traceLines, n)
	return begun
}

// caseOf runs the actions of a trace on the port and records them as a case.
func caseOf(t *model.Trace) (*recorder, error) {
	actor := &traceActor{choices: t.Choices}
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			actor.lines = append(actor.lines, l)
		}
	}
	rec := &recorder{actor: actor, choices: actor, full: true}
	rec.run(t.World, false, nil)
	rec.recorded.States = statesFull
	return rec, actor.err
}

// A traceActor takes the actions in the lines of a trace, and makes its choices. It knows no names: the lines must have numbers. The
// actor of model.RunTrace learns the names from the results, of which here the recorder is notified.
type traceActor struct {
	lines   []model.Line // the actions that are still to be taken
	choices []uint32     // the choices that are still to be made
	err     error        // which line cannot be done
}

// Next takes the action of the next line. After the last it ends the run.
func (a *traceActor) Next(r *model.Run, at *model.Activation) model.Action {
	if len(a.lines) == 0 {
		panic(errEnd)
	}
	l := a.lines[0]
	a.lines = a.lines[1:]
	action, err := model.ParseAction(r, at, strings.Fields(l.Text))
	if err == nil && l.Actor != at.Actor {
		err = fmt.Errorf("it is %s's turn, in %s, not %s's", at.Actor, at.Name, l.Actor)
	}
	if err != nil {
		a.err = &BadInput{fmt.Sprintf("line %d: %v", l.Number, err)}
		panic(errEnd)
	}
	return action
}

// Choose makes the next choice of the trace. Beyond the last it chooses the first candidate.
func (a *traceActor) Choose(_ spec.Site, n int) int {
	if len(a.choices) == 0 {
		return 0
	}
	got := int(a.choices[0]) % n
	a.choices = a.choices[1:]
	return got
}
