package model

import (
	"slices"

	"cabi/spec"
)

// A Breadth says which indices a menu offers.
type Breadth uint8

const (
	// Everything is every index the instance was ever handed, 0, and one that it never was, for every operand.
	Everything Breadth = iota
	// RightClass is the indices that name an element of the operand's class.
	RightClass
)

// Menu is what the most general guest, or the host, may do in an activation: every action that the world's menus offer
// there, with every relevant number, in a fixed order. Handles bounds how many handles may live in the store before
// actions that make new ones are no longer offered; 0: any number.
func (r *Run) Menu(at *Activation, handles int, breadth Breadth) []Action {
	if r.World.RightClass {
		breadth = RightClass
	}
	m := menu{r, at, breadth}
	var actions []Action
	for _, words := range r.templates(at.Actor) {
		if makesHandle[words[0]] && handles > 0 && r.liveHandles() >= handles {
			continue
		}
		actions = append(actions, m.expand(Action{Op: words[0], Imm: words[1:]})...)
	}
	if at.Kind != KindHost {
		actions = append(actions, m.expand(Action{Op: opReturn})...)
	}
	return actions
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

// A menu is being made.
type menu struct {
	*Run
	at      *Activation
	breadth Breadth
}

// expand gives an action each combination of relevant numbers.
func (m menu) expand(a Action) []Action {
	expanded := []Action{a}
	for _, candidates := range m.operands(a) {
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

// indexOf is the class of the element that an action's first operand names.
var indexOf = map[string]spec.Class{
	"resource.rep": spec.ClassResourceHandle, "resource.drop": spec.ClassResourceHandle,
	"waitable-set.wait": spec.ClassWaitableSet, "waitable-set.poll": spec.ClassWaitableSet, "waitable-set.drop": spec.ClassWaitableSet,
	"waitable.join": spec.ClassWaitable, "subtask.drop": spec.ClassSubtask, "subtask.cancel": spec.ClassSubtask,
	"stream.read": spec.ClassReadableStreamEnd, "stream.cancel-read": spec.ClassReadableStreamEnd,
	"stream.write": spec.ClassWritableStreamEnd, "stream.cancel-write": spec.ClassWritableStreamEnd,
	"stream.drop-readable": spec.ClassReadableStreamEnd, "stream.drop-writable": spec.ClassWritableStreamEnd,
	"future.read": spec.ClassReadableFutureEnd, "future.cancel-read": spec.ClassReadableFutureEnd,
	"future.write": spec.ClassWritableFutureEnd, "future.cancel-write": spec.ClassWritableFutureEnd,
	"future.drop-readable": spec.ClassReadableFutureEnd, "future.drop-writable": spec.ClassWritableFutureEnd,
	"error-context.drop": spec.ClassErrorContext,
}

// moreOperands are the relevant numbers for an action's operands after the first.
func (m menu) moreOperands(a Action) [][]uint64 {
	switch a.Op {
	case "waitable-set.wait", "waitable-set.poll", "future.read", "future.write":
		return [][]uint64{{0}} // a pointer
	case "stream.read", "stream.write":
		return [][]uint64{{0}, {1}} // a pointer and a length
	case "waitable.join":
		return [][]uint64{m.indices(spec.ClassWaitableSet)}
	}
	return nil
}

// operands are the relevant numbers for each of an action's operands.
func (m menu) operands(a Action) [][]uint64 {
	switch a.Op {
	case "resource.new":
		return [][]uint64{{m.rep(a.Imm[0])}}
	case opCall:
		return m.operandsOf(m.funcs[a.Imm[0]].ft.Params)
	case opReturn:
		return m.operandsOf(m.at.Results)
	}
	if class, ok := indexOf[a.Op]; ok {
		return append([][]uint64{m.indices(class)}, m.moreOperands(a)...)
	}
	return nil
}

func (m menu) operandsOf(ts []spec.ValType) [][]uint64 {
	var operands [][]uint64
	for _, t := range ts {
		switch t.(type) {
		case *spec.OwnType, *spec.BorrowType:
			operands = append(operands, m.indices(spec.ClassResourceHandle))
		default:
			operands = append(operands, []uint64{0})
		}
	}
	return operands
}

// rep is the representation of every resource of a type: the types are told apart by it, resources of one type are not.
func (m menu) rep(resource string) uint64 {
	i := slices.IndexFunc(m.World.Resources, func(d Resource) bool { return d.Name == resource })
	return uint64(i+1) * 100
}

// indices are those that the breadth allows for an element of a class.
func (m menu) indices(class spec.Class) []uint64 {
	if m.breadth == RightClass {
		return m.liveIndices(class)
	}
	known := m.known[m.at.Actor]
	beyond := uint64(1)
	if len(known) > 0 {
		beyond = known[len(known)-1] + 1
	}
	return slices.Concat([]uint64{0}, known, []uint64{beyond})
}

// liveIndices are the indices of the instance's live elements of a class.
func (m menu) liveIndices(class spec.Class) []uint64 {
	var indices []uint64
	for _, t := range m.at.inst.spec.Handles() {
		for _, slot := range t.Live {
			of := spec.ClassOf(slot.Element)
			if slot.Owner == m.at.inst.spec && (of == class || class == spec.ClassWaitable && of.Waitable()) {
				indices = append(indices, slot.Index)
			}
		}
	}
	return indices
}
