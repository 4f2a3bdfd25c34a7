package model

import (
	"slices"

	"cabi/spec"
)

// A Breadth says which indices a menu offers.
type MenuIndices uint8

const (
	// Everything is every index the instance was ever handed, 0, and one that it never was, for every operand.
	AnyIndex MenuIndices = iota
	// RightClass is the indices that name an element of the operand's class.
	RightClassIndex
)

// An offer is an action on a menu.
type menuAction struct {
	Action
	template *template
}

// Menu is what the most general guest, or the host, may do in an activation: every action that the world's menus offer
// there, with every relevant number, in a fixed order. It filters by class and bounds only, and for the host by the
// preconditions that upstream states.
func (r *Run) Menu(at *Activation, bounds Bounds, breadth MenuIndices) []Action {
	var actions []Action
	for _, o := range r.appendMenu(nil, at, bounds, breadth) {
		actions = append(actions, o.Action)
	}
	return actions
}

// menu appends the menu to offers.
func (r *Run) appendMenu(offers []menuAction, at *Activation, bounds Bounds, breadth MenuIndices) []menuAction {
	if r.World.RightClass {
		breadth = RightClassIndex
	}
	m := menu{r, at, breadth}
	for _, t := range r.appendTemplates(nil, at, bounds) {
		offers = m.appendActions(offers, t)
	}
	return offers
}

// templates appends the templates of an activation's menu that are within the bounds.
func (r *Run) appendTemplates(templates []*template, at *Activation, bounds Bounds) []*template {
	full := r.atBounds(bounds)
	for _, t := range r.compiled.menu(at.Name, at.Actor) {
		if !full[makes[t.action.Op]] && (at.Kind == KindHost || !onlyAtRest[t.action.Op]) {
			templates = append(templates, t)
		}
	}
	if at.Kind != KindHost && r.mayReturn(at) {
		templates = append(templates, r.compiled.returns[at.Actor])
	}
	return templates
}

// A made is something that the bounds bound.
type boundedKind uint8

const (
	boundedNothing boundedKind = iota
	boundedHandle
	boundedThread
	boundedTask
)

// makes are the actions that make something where there was nothing, and what.
var makes = map[string]boundedKind{
	"resource.new": boundedHandle, "waitable-set.new": boundedHandle, "stream.new": boundedHandle, "future.new": boundedHandle,
	"error-context.new": boundedHandle, "thread.new-indirect": boundedThread, opInvoke: boundedTask, opCall: boundedTask,
}

// full says of what there is as much as the bounds allow.
func (r *Run) atBounds(b Bounds) [boundedTask + 1]bool {
	return [...]bool{
		boundedNothing: false,
		boundedHandle:  b.Handles > 0 && r.liveHandles() >= b.Handles,
		boundedThread:  b.Threads > 0 && r.Store.LiveThreads() >= b.Threads,
		boundedTask:    b.Tasks > 0 && r.Store.Tasks() >= b.Tasks,
	}
}

// liveHandles is how many elements live in the handle tables of all instances.
func (r *Run) liveHandles() int {
	n := 0
	for _, inst := range r.Store.Instances() {
		for slot := range inst.Live() {
			if slot.Owner == inst && spec.ClassOf(slot.Element) != spec.ClassThread { // an element of a shared table is seen in every instance
				n++
			}
		}
	}
	return n
}

// A menu is being made.
type menu struct {
	*Run
	at      *Activation
	allowed MenuIndices
}

// expand offers an action with each combination of relevant numbers.
func (m menu) appendActions(offers []menuAction, t *template) []menuAction {
	if host, ok := hostMenu[t.action.Op]; ok {
		for _, a := range host(m.Run, m.at, t.action) {
			offers = append(offers, menuAction{a, t})
		}
		return offers
	}
	operands := m.operands(t.action)
	expanded := []Action{t.action}
	for _, candidates := range operands {
		var longer []Action
		for _, e := range expanded {
			for _, v := range candidates {
				longer = append(longer, Action{e.Op, e.Imm, append(slices.Clip(e.Args), spec.CoreInt(v))})
			}
		}
		expanded = longer
	}
	for _, a := range expanded {
		offers = append(offers, menuAction{a, t})
	}
	return offers
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
	"error-context.drop": spec.ClassErrorContext, "error-context.debug-message": spec.ClassErrorContext,
	"thread.resume-later": spec.ClassThread, "thread.suspend-then-resume": spec.ClassThread, "thread.yield-then-resume": spec.ClassThread,
	"thread.suspend-then-promote": spec.ClassThread, "thread.yield-then-promote": spec.ClassThread,
}

// moreOperands are the relevant numbers for an action's operands after the first.
func (m menu) moreOperands(a Action) [][]uint64 {
	switch a.Op {
	case "future.read", "future.write", "error-context.debug-message":
		return [][]uint64{m.addresses(0)}
	case "stream.read", "stream.write":
		return [][]uint64{m.addresses(0), m.lengths()}
	case "waitable.join":
		sets := m.indices(spec.ClassWaitableSet)
		if m.allowed == RightClassIndex {
			sets = append([]uint64{0}, sets...) // 0: none
		}
		return [][]uint64{sets}
	}
	return nil
}

// pointers are where events are stored.
func (m menu) pointers() []uint64 {
	if len(m.World.Pointers) > 0 {
		return m.World.Pointers
	}
	return []uint64{0}
}

// addresses are those of the world, or the given one.
func (m menu) addresses(usual uint64) []uint64 {
	if len(m.World.Addresses) > 0 {
		return m.World.Addresses
	}
	return []uint64{usual}
}

// lengths are those of the buffers of streams.
func (m menu) lengths() []uint64 {
	if len(m.World.Lengths) > 0 {
		return m.World.Lengths
	}
	return []uint64{1}
}

// operands are the relevant numbers for each of an action's operands.
func (m menu) operands(a Action) [][]uint64 {
	switch a.Op {
	case "resource.new":
		return [][]uint64{{m.rep(a.Imm[0])}}
	case "context.get":
		return [][]uint64{{0}}
	case "context.set":
		return [][]uint64{{0}, {1}}
	case "thread.new-indirect":
		return [][]uint64{m.functions(), {0}}
	case "error-context.new":
		return [][]uint64{{0}, {0}} // an empty message
	case "memory.store":
		return [][]uint64{{0}, m.indices(spec.ClassResourceHandle)}
	case "task.return":
		return m.operandsOf(must(m.ParseTypes(a.Imm[0])))
	case opCall:
		return m.call(a)
	case "waitable-set.wait", "waitable-set.poll":
		return [][]uint64{m.indices(spec.ClassWaitableSet), m.pointers()}
	case opReturn:
		return m.returns()
	}
	if class, ok := indexOf[a.Op]; ok {
		return append([][]uint64{m.indices(class)}, m.moreOperands(a)...)
	}
	return nil
}

// functions are the elements of the instance's table of functions: its only thread function that takes an i32, and, if
// wrong ones are asked for, the one that takes an i64, and none.
func (m menu) functions() []uint64 {
	if m.allowed == RightClassIndex {
		return []uint64{1}
	}
	return []uint64{1, 2, 3}
}

// call is for the parameters of an import, and for where to put its result if it is not flat.
func (m menu) call(a Action) [][]uint64 {
	ft := m.funcs[a.Imm[0]].ft
	operands := m.operandsOf(ft.Params)
	most := 1
	if m.at.inst.lowersAsync[a.Imm[0]] {
		most = 0
	}
	if len(m.operandsOf(ft.Result)) > most {
		operands = append(operands, []uint64{16})
	}
	return operands
}

// returns is for the results of the core code that runs.
func (m menu) returns() [][]uint64 {
	switch {
	case m.at.Packed:
		codes := []uint64{0, 1} // exit, yield
		for _, i := range m.indices(spec.ClassWaitableSet) {
			codes = append(codes, 2|i<<4) // wait
		}
		if m.allowed == AnyIndex {
			codes = append(codes, 3) // no code
		}
		return [][]uint64{codes}
	case m.at.Kind == KindRealloc:
		return [][]uint64{m.addresses(32)}
	}
	if operands := m.operandsOf(m.at.Results); len(operands) < 2 {
		return operands
	}
	return [][]uint64{{0}} // a pointer to the results
}

func (m menu) operandsOf(ts []spec.ValType) [][]uint64 {
	var operands [][]uint64
	for _, t := range ts {
		operands = append(operands, m.operandsOfType(t)...)
	}
	return operands
}

func (m menu) operandsOfType(t spec.ValType) [][]uint64 {
	switch t.(type) {
	case *spec.OwnType, *spec.BorrowType:
		return [][]uint64{m.indices(spec.ClassResourceHandle)}
	case *spec.StreamType:
		return [][]uint64{m.indices(spec.ClassReadableStreamEnd)}
	case *spec.FutureType:
		return [][]uint64{m.indices(spec.ClassReadableFutureEnd)}
	case *spec.ErrorContextType:
		return [][]uint64{m.indices(spec.ClassErrorContext)}
	case spec.StringType:
		return [][]uint64{m.addresses(0), m.stringLengths()}
	case *spec.ListType:
		return [][]uint64{m.addresses(0), {1}}
	default:
		return [][]uint64{{0}}
	}
}

// stringLengths are those of a string of one code unit, in each encoding that the instance's can be.
func (m menu) stringLengths() []uint64 {
	i := slices.IndexFunc(m.World.Instances, func(i Instance) bool { return i.Name == m.at.Actor })
	switch d := m.World.Instances[i]; {
	case d.Encoding != "latin1+utf16":
		return []uint64{1}
	case d.Memory64:
		return []uint64{1, 1 | 1<<63}
	default:
		return []uint64{1, 1 | 1<<31}
	}
}

// rep is the representation of every resource of a type: the types are told apart by it, resources of one type are not.
func (m menu) rep(resource string) uint64 {
	i := slices.IndexFunc(m.World.Resources, func(d Resource) bool { return d.Name == resource })
	return uint64(i+1) * 100
}

// indices are those that the breadth allows for an element of a class.
func (m menu) indices(class spec.Class) []uint64 {
	if m.allowed == RightClassIndex {
		return m.liveIndices(class)
	}
	var known []uint64
	if m.at.inst != nil {
		known = m.at.inst.known
	}
	if class == spec.ClassThread {
		known = m.liveIndices(class)
	}
	beyond := uint64(1)
	if len(known) > 0 {
		beyond = known[len(known)-1] + 1
	}
	return slices.Concat([]uint64{0}, known, []uint64{beyond})
}

// liveIndices are the indices of the instance's live elements of a class.
func (m menu) liveIndices(class spec.Class) []uint64 {
	var indices []uint64
	slots := m.at.inst.spec.Live()
	if class == spec.ClassThread {
		slots = m.at.inst.spec.LiveThreads()
	}
	for slot := range slots {
		of := spec.ClassOf(slot.Element)
		if slot.Owner == m.at.inst.spec && (of == class || class == spec.ClassWaitable && of.Waitable()) {
			indices = append(indices, slot.Index)
		}
	}
	return indices
}

// Indices is how many of an action's numbers, from the first, are indices.
func (a Action) Indices() int {
	switch a.Op {
	case opCall, opReturn, "task.return", "waitable.join":
		return len(a.Args)
	case "thread.resume-later", "thread.suspend-then-resume", "thread.yield-then-resume", "thread.suspend-then-promote",
		"thread.yield-then-promote":
		return 1
	}
	if _, ok := indexOf[a.Op]; ok {
		return 1
	}
	return 0
}
