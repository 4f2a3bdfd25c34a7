package model

import (
	"slices"

	"cabi/spec"
)

// Menu is what the most general guest, or the host, may do in an activation: every action that the world's menus offer
// there, with every relevant number, in a fixed order. Handles bounds how many handles may live in the store before
// actions that make new ones are no longer offered; 0: any number.
func (r *Run) Menu(at *Activation, handles int) []Action {
	var menu []Action
	for _, words := range r.templates(at.Actor) {
		if makesHandle[words[0]] && handles > 0 && r.liveHandles() >= handles {
			continue
		}
		menu = append(menu, r.expand(at, Action{Op: words[0], Imm: words[1:]})...)
	}
	if at.Kind != KindHost {
		menu = append(menu, r.expand(at, Action{Op: opReturn})...)
	}
	return menu
}

// makesHandle are the actions that make a handle where there was none.
var makesHandle = map[string]bool{
	"resource.new": true, "waitable-set.new": true, "stream.new": true, "future.new": true, "error-context.new": true,
}

// liveHandles is how many elements live in the handle tables of all instances.
func (r *Run) liveHandles() int {
	n := 0
	for _, inst := range r.Store.Instances() {
		for _, t := range inst.Handles() {
			for _, slot := range t.Live {
				if slot.Owner == inst { // an element of a shared table is seen in every instance
					n++
				}
			}
		}
	}
	return n
}

// expand gives an action each combination of relevant numbers.
func (r *Run) expand(at *Activation, a Action) []Action {
	expanded := []Action{a}
	for _, candidates := range r.operands(at, a) {
		var longer []Action
		for _, e := range expanded {
			for _, v := range candidates {
				longer = append(longer, Action{a.Op, a.Imm, append(slices.Clip(e.Args), spec.CoreInt(v))})
			}
		}
		expanded = longer
	}
	return expanded
}

// operands are the relevant numbers for each of an action's operands.
func (r *Run) operands(at *Activation, a Action) [][]uint64 {
	switch a.Op {
	case "resource.new":
		return [][]uint64{{r.rep(a.Imm[0])}}
	case "resource.rep", "resource.drop", "waitable-set.drop", "subtask.drop", "subtask.cancel",
		"stream.drop-readable", "stream.drop-writable", "stream.cancel-read", "stream.cancel-write",
		"future.drop-readable", "future.drop-writable", "future.cancel-read", "future.cancel-write", "error-context.drop":
		return [][]uint64{r.indices(at)}
	case "waitable-set.wait", "waitable-set.poll", "future.read", "future.write":
		return [][]uint64{r.indices(at), {0}} // a pointer
	case "stream.read", "stream.write":
		return [][]uint64{r.indices(at), {0}, {1}} // a pointer and a length
	case "waitable.join":
		return [][]uint64{r.indices(at), r.indices(at)}
	case opCall:
		return r.operandsOf(at, r.funcs[a.Imm[0]].ft.Params)
	case opReturn:
		return r.operandsOf(at, at.Results)
	default:
		return nil
	}
}

func (r *Run) operandsOf(at *Activation, ts []spec.ValType) [][]uint64 {
	var operands [][]uint64
	for _, t := range ts {
		switch t.(type) {
		case *spec.OwnType, *spec.BorrowType:
			operands = append(operands, r.indices(at))
		default:
			operands = append(operands, []uint64{0})
		}
	}
	return operands
}

// rep is the representation of every resource of a type: the types are told apart by it, resources of one type are not.
func (r *Run) rep(resource string) uint64 {
	i := slices.IndexFunc(r.World.Resources, func(d Resource) bool { return d.Name == resource })
	return uint64(i+1) * 100
}

// indices are those an instance was ever handed, 0, and one that it never was: right ones, stale ones, wrong ones.
func (r *Run) indices(at *Activation) []uint64 {
	known := r.known[at.Actor]
	beyond := uint64(1)
	if len(known) > 0 {
		beyond = known[len(known)-1] + 1
	}
	return slices.Concat([]uint64{0}, known, []uint64{beyond})
}
