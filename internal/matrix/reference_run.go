package matrix

import (
	"fmt"

	"cabi/model"
	"cabi/spec"
)

// A follower makes a run of the reference variant: it takes the actions of a lockstep on the same names.
type referenceRun struct {
	transcript transcript
	lockstep      *lockstep
	meant  []int      // the names of the last action's operands
	tape   []uint32   // the specification's choices; beyond them, the first candidate
	other  [][]uint32 // the tapes that choose otherwise
	step   int
	draw   int
}

// run makes the run, and returns the tapes of those that choose otherwise.
func (f *referenceRun) run() [][]uint32 {
	r := model.NewRun(f.lockstep.run.World, spec.Options{Choices: f, Variant: f.lockstep.variantOfReference}, f, &f.transcript)
	defer r.Close()
	r.Main()
	for _, inst := range r.Store.Instances() {
		for _, t := range inst.Handles() {
			f.transcript.free = append(f.transcript.free, fmt.Sprintf("%s%s %d %v\n", inst.Name, t.Key, t.Length, t.Free))
		}
	}
	return f.other
}

// Next takes the next action, if it is the same actor's turn.
func (f *referenceRun) Next(_ *model.Run, at *model.Activation) model.Action {
	if f.step == len(f.lockstep.moves) || f.lockstep.moves[f.step].actor != at.Actor {
		return model.Action{}
	}
	m := f.lockstep.moves[f.step]
	f.step++
	a := m.action
	a.Args = nil
	for i, v := range m.action.Args {
		if m.operands[i].names != nil {
			n := f.name(m.operands[i], i)
			if n >= len(f.transcript.handles) {
				return model.Action{} // the runs have parted before
			}
			v = spec.CoreInt(f.transcript.handles[n].index)
		}
		a.Args = append(a.Args, v)
	}
	return a
}

// name is the name that an operand stands for.
func (f *referenceRun) name(o operand, i int) int {
	if f.step == len(f.lockstep.moves) {
		return f.meant[i]
	}
	return o.took
}

// Choose takes the next choice of the tape.
func (f *referenceRun) Choose(_ spec.Site, n int) int {
	if f.draw == len(f.tape) {
		for other := n - 1; other > 0; other-- {
			f.other = append(f.other, append(f.tape[:f.draw:f.draw], uint32(other)))
		}
		f.tape = append(f.tape[:f.draw:f.draw], 0)
	}
	f.draw++
	return int(f.tape[f.draw-1])
}
