package matrix

import (
	"fmt"

	"cabi/model"
	"cabi/spec"
)

// A referenceRun makes a run of the reference variant, in which the moves of a lockstep are taken with the same handles.
type referenceRun struct {
	model.Branching // the choices of the specification
	transcript      transcript
	lockstep        *lockstep
	meant           []int // the handles that the last action's operands are meant for
	nextMove        int
}

// run makes the run, and returns the alternatives.
func (f *referenceRun) run() [][]uint32 {
	r := model.NewRun(f.lockstep.run.World, spec.Options{Choices: f, Variant: f.lockstep.reference}, f, &f.transcript)
	defer r.Close()
	r.Main()
	for _, inst := range r.Store.Instances() {
		for _, t := range inst.HandleTables() {
			f.transcript.free = append(f.transcript.free, fmt.Sprintf("%s%s %d %v\n", inst.Name, t.Key, t.Length, t.Free))
		}
	}
	return f.Alternatives
}

// Next takes the next move, if it is the same actor's turn.
func (f *referenceRun) Next(_ *model.Run, at *model.Activation) model.Action {
	if f.nextMove == len(f.lockstep.moves) || f.lockstep.moves[f.nextMove].actor != at.Actor {
		return model.Action{}
	}
	m := f.lockstep.moves[f.nextMove]
	f.nextMove++
	a := m.action
	a.Args = nil
	for i, v := range m.action.Args {
		if m.operands[i].ordinals != nil {
			n := f.ordinal(m.operands[i], i)
			if n >= len(f.transcript.handles) {
				return model.Action{} // this run already differs: it has fewer handles
			}
			v = spec.CoreInt(f.transcript.handles[n].index)
		}
		a.Args = append(a.Args, v)
	}
	return a
}

// ordinal is the handle that an operand is meant for.
func (f *referenceRun) ordinal(o operand, i int) int {
	if f.nextMove == len(f.lockstep.moves) {
		return f.meant[i]
	}
	return o.reached
}
