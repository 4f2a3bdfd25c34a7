package upstream

import (
	"fmt"
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
func Trace(c Case) []string {
	s := &script{Case: c, Tape: spec.Tape{Numbers: c.Choices}}
	rec := &recorder{actor: s, choices: s, full: c.States == statesFull}
	rec.run(c.World, c.Deterministic, nil)
	return rec.lines
}

// A Replayed trace was run on the port and on definitions.py.
type Replayed struct {
	Lines   []string // of both, as far as they agree
	Departs bool     // they do not agree further
	Port    string   // the next line of each, if they do not
	Python  string
}

// Replay runs a trace on the port and on the definitions.py in dir, and says how far they agree. The error is a
// *BadInput if the trace or the directory cannot be used.
func Replay(dir string, t *model.Trace) (*Replayed, error) {
	if t.Variant != nil && t.Variant != spec.SingleTable {
		return nil, &BadInput{fmt.Sprintf("definitions.py knows no variant %s, only %s", t.Variant.Name, spec.SingleTable.Name)}
	}
	if err := checkInput(dir); err != nil {
		return nil, err
	}
	c, port, err := caseOf(t)
	if err != nil {
		return nil, err
	}
	d, err := startDriver(dir)
	if err != nil {
		return nil, err
	}
	defer d.close()
	python, err := d.run(c)
	if err != nil {
		return nil, err
	}
	python, _ = cutUnwound(python)
	at := firstDifference(port, python)
	if at < 0 {
		return &Replayed{Lines: port}, nil
	}
	return &Replayed{Lines: port[:min(at, len(port))], Departs: true, Port: lineAt(port, at), Python: lineAt(python, at)}, nil
}

// caseOf runs the actions of a trace on the port, and returns them as a case with the trace of that run.
func caseOf(t *model.Trace) (c Case, lines []string, err error) {
	defer func() {
		if got := recover(); got != nil {
			bad, ok := got.(*BadInput)
			if !ok {
				panic(got)
			}
			err = bad
		}
	}()
	f := &traceFollower{choices: t.Choices}
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			f.lines = append(f.lines, l)
		}
	}
	rec := &recorder{actor: f, choices: f, full: true}
	rec.run(t.World, false, nil)
	rec.made.States = statesFull
	return rec.made, rec.lines, nil
}

// A traceFollower does what the lines of a trace say, and chooses as it says.
type traceFollower struct {
	lines   []model.Line
	choices []uint32
}

// Next does the next line, and beyond the last one nothing.
func (f *traceFollower) Next(r *model.Run, at *model.Activation) model.Action {
	if len(f.lines) == 0 {
		panic(errEnd)
	}
	l := f.lines[0]
	f.lines = f.lines[1:]
	if l.Actor != at.Actor {
		panic(&BadInput{fmt.Sprintf("line %d: it is %s's turn, in %s, not %s's", l.Number, at.Actor, at.Name, l.Actor)})
	}
	a, err := model.ParseAction(r, at, strings.Fields(l.Text))
	if err != nil {
		panic(&BadInput{fmt.Sprintf("line %d: %v", l.Number, err)})
	}
	return a
}

// Choose takes the next choice of the trace, or the first candidate.
func (f *traceFollower) Choose(_ spec.Site, n int) int {
	if len(f.choices) == 0 {
		return 0
	}
	got := int(f.choices[0]) % n
	f.choices = f.choices[1:]
	return got
}

// Bits is a choice between no bits and all, as everywhere in traces.
func (f *traceFollower) Bits(site spec.Site, k int) uint64 {
	return -uint64(f.Choose(site, 2)) >> (64 - k)
}

// Shuffle draws as CPython does.
func (f *traceFollower) Shuffle(site spec.Site, n int, swap func(i, j int)) {
	spec.ShuffleByChoice(f, site, n, swap)
}
