package model

import (
	"slices"

	"cabi/spec"
)

// MenuIndices says which indices the actions of a menu have for operands.
type MenuIndices uint8

const (
	// AnyIndex is, for every operand, every index that the instance was ever given, 0, and one that it never was.
	AnyIndex MenuIndices = iota
	// RightClassIndex is the indices of elements of the operand's class.
	RightClassIndex
)

// A menuAction is an action of a menu.
type menuAction struct {
	Action
	template *template
}

// Menu is the menu at an activation, in a fixed order: each template that the world has for it, with every relevant number. It has
// also actions that trap; it leaves out those beyond the bounds, those with indices that are not allowed, and those of the host for
// which upstream states a precondition that does not hold.
func (r *Run) Menu(at *Activation, bounds Bounds, allowed MenuIndices) []Action {
	var actions []Action
	for _, a := range r.appendMenu(nil, at, bounds, allowed) {
		actions = append(actions, a.Action)
	}
	return actions
}

// appendMenu appends the menu at an activation.
func (r *Run) appendMenu(actions []menuAction, at *Activation, bounds Bounds, allowed MenuIndices) []menuAction {
	if r.World.RightClass {
		allowed = RightClassIndex
	}
	m := menu{r, at, allowed}
	r.templates = r.appendTemplates(r.templates[:0], at, bounds)
	for _, t := range r.templates {
		actions = m.appendActions(actions, t)
	}
	return actions
}

// appendTemplates appends the templates for an activation that are within the bounds.
func (r *Run) appendTemplates(templates []*template, at *Activation, bounds Bounds) []*template {
	atBound := r.atBounds(bounds)
	for _, t := range r.compiled.menu(at.Name, at.Actor) {
		if !r.isGone(t.action.Op) && !atBound[makes(t.action.Op)] && (at.Kind == KindHost || !onlyAtRest(t.action.Op)) {
			templates = append(templates, t)
		}
	}
	if at.Kind != KindHost && r.mayReturn(at) {
		templates = append(templates, r.compiled.returns[at.Actor])
	}
	return templates
}

// A boundedKind is a kind of object whose number is bounded.
type boundedKind uint8

const (
	boundedNothing boundedKind = iota
	boundedHandle
	boundedThread
	boundedTask
)

// makes is the kind of object whose number is bounded that an action makes.
func makes(op string) boundedKind {
	switch op {
	case "resource.new", "waitable-set.new", "stream.new", "future.new", "error-context.new":
		return boundedHandle
	case "thread.new-indirect":
		return boundedThread
	case opInvoke, opCall:
		return boundedTask
	}
	return boundedNothing
}

// atBounds says of which kinds there are as many objects as the bounds allow.
func (r *Run) atBounds(b Bounds) [boundedTask + 1]bool {
	return [...]bool{
		boundedNothing: false,
		boundedHandle:  b.Handles > 0 && r.liveHandles() >= b.Handles,
		boundedThread:  b.Threads > 0 && len(r.Threads()) >= b.Threads,
		boundedTask:    b.Tasks > 0 && len(r.Tasks()) >= b.Tasks,
	}
}

// liveHandles is how many elements live in the handle tables of all instances.
func (r *Run) liveHandles() int {
	n := 0
	for _, inst := range r.Store.Instances() {
		for slot := range inst.LiveHandles() {
			if slot.Owner == inst && spec.ClassOf(slot.Element) != spec.ClassThread { // an element of a table that instances share is live in all of them
				n++
			}
		}
	}
	return n
}

// A menu is the menu at an activation, while it is made.
type menu struct {
	*Run
	at      *Activation
	allowed MenuIndices
}

// appendActions appends the actions of a template: one for each combination of relevant numbers.
func (m menu) appendActions(actions []menuAction, t *template) []menuAction {
	if host, ok := hostMenu[t.action.Op]; ok {
		for _, a := range host(m.Run, m.at, t.action) {
			actions = append(actions, menuAction{a, t})
		}
		return actions
	}
	return t.appendCombinations(actions, m.args[:0], m.operands(t.action))
}

// appendCombinations appends an action for each combination of candidates, behind arguments that are chosen.
func (t *template) appendCombinations(actions []menuAction, args []spec.CoreValue, all []operands) []menuAction {
	if len(all) == 0 {
		return append(actions, menuAction{Action{Op: t.action.Op, Imm: t.action.Imm, Args: slices.Clone(args)}, t})
	}
	o := &all[0]
	for rest := o.numbers; len(rest) > 0; rest = rest[o.width:] {
		actions = t.appendCombinations(actions, o.appendCandidate(args, rest), all[1:])
	}
	return actions
}

// indexOf is the class of elements whose index the first operand of an action is.
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

// pointers are the addresses at which events are stored.
func (m menu) pointers() []uint64 {
	if len(m.World.Pointers) > 0 {
		return m.World.Pointers
	}
	return []uint64{0}
}

// addresses are the world's addresses of buffers, or if it has none, the usual one.
func (m menu) addresses(usual uint64) []uint64 {
	if len(m.World.Addresses) > 0 {
		return m.World.Addresses
	}
	return []uint64{usual}
}

// lengths are the world's lengths of buffers, or if it has none, 1.
func (m menu) lengths() []uint64 {
	if len(m.World.Lengths) > 0 {
		return m.World.Lengths
	}
	return []uint64{1}
}

// operands are the relevant numbers for an action's operands.
func (m menu) operands(a Action) []operands {
	if types, others := m.otherCoreTypes(a, m.at); others {
		return m.ofCoreTypes(types)
	}
	switch a.Op {
	case "resource.new":
		return singly([]uint64{m.rep(a.Imm[0])})
	case "context.get":
		return singly([]uint64{0})
	case "context.set":
		return singly([]uint64{0}, []uint64{1})
	case "thread.new-indirect":
		return singly(m.functions(), []uint64{0})
	case "error-context.new":
		return singly(m.addresses(0), []uint64{0}) // an empty message
	case "memory.store":
		return singly([]uint64{0}, slices.Concat(m.World.Contents, m.indices(spec.ClassResourceHandle)))
	case "task.return":
		return m.flat(must(m.ParseTypes(a.Imm[0])), m.limits().FlatParams)
	case opCall:
		return m.call(a)
	case "waitable-set.wait", "waitable-set.poll":
		return singly(m.indices(spec.ClassWaitableSet), m.pointers())
	case opReturn:
		return m.returns()
	}
	if b := m.World.builtin(a.Op); b != nil {
		return m.builtinOperands(b)
	}
	if class, ok := indexOf[a.Op]; ok {
		return singly(append([][]uint64{m.indices(class)}, m.moreOperands(a)...)...)
	}
	return nil
}

// builtinOperands are the relevant numbers for the operands of a built-in that the world declares: indices of their classes, addresses and
// lengths of buffers, and otherwise 0 and 1.
func (m menu) builtinOperands(b *Builtin) []operands {
	var numbers [][]uint64
	for _, p := range b.Params {
		switch kind := builtinParams[p]; {
		case !kind.isNumber():
		case kind.class != spec.ClassNone:
			numbers = append(numbers, m.indices(kind.class))
		case p == "pointer":
			numbers = append(numbers, m.addresses(0))
		case p == "length":
			numbers = append(numbers, m.lengths())
		default:
			numbers = append(numbers, []uint64{0, 1})
		}
	}
	return singly(numbers...)
}

// limits are those of the run.
func (m menu) limits() spec.Limits { return m.World.Limits.apply(spec.UpstreamLimits) }

// functions are the indices of functions for a thread: that of the only one that takes an i32, and, if any index is allowed, that of
// the one that takes an i64, and one that no function has.
func (m menu) functions() []uint64 {
	if m.allowed == RightClassIndex {
		return []uint64{1}
	}
	return []uint64{1, 2, 3}
}

// call are the numbers for the parameters of an import, and if its result is not flat, for the address of the result.
func (m menu) call(a Action) []operands {
	ft := m.funcs[a.Imm[0]].ft
	params, results := m.limits().FlatParams, m.limits().FlatResults
	if m.at.inst.lowersAsync[a.Imm[0]] {
		params, results = m.limits().FlatAsyncParams, 0
	}
	flat := m.flat(ft.Params, params)
	if len(spec.FlatTypes(ft.Result)) > results {
		flat = append(flat, singly([]uint64{16})...)
	}
	return flat
}

// returns are the numbers for the results of the core code that runs.
func (m menu) returns() []operands {
	switch {
	case m.at.Packed:
		codes := []uint64{0, 1} // exit, yield
		for _, i := range m.indices(spec.ClassWaitableSet) {
			codes = append(codes, 2|i<<4) // wait
		}
		if m.allowed == AnyIndex {
			codes = append(codes, 3) // not a callback code
		}
		return singly(codes)
	case m.at.Kind == KindRealloc:
		return singly(m.addresses(32))
	}
	if len(spec.FlatTypes(m.at.Results)) <= m.limits().FlatResults {
		return m.values(m.at.Results)
	}
	return singly([]uint64{0}) // the address of the results
}

// stringLengths are the lengths of a string, tagged with each encoding that it can have in the instance. It has one code unit, if the
// world does not say what memory contains.
func (m menu) stringLengths() []uint64 {
	lengths := []uint64{1}
	if len(m.World.Contents) > 0 {
		lengths = m.lengths()
	}
	i := slices.IndexFunc(m.World.Instances, func(i Instance) bool { return i.Name == m.at.Actor })
	d := m.World.Instances[i]
	if d.Encoding != "latin1+utf16" {
		return lengths
	}
	tag := uint64(1) << 31
	if d.Memory64 {
		tag = 1 << 63
	}
	var tagged []uint64
	for _, n := range lengths {
		tagged = append(tagged, n, n|tag)
	}
	return tagged
}

// rep is the representation of every resource of a type. It differs from type to type.
func (m menu) rep(resource string) uint64 {
	i := slices.IndexFunc(m.World.Resources, func(d Resource) bool { return d.Name == resource })
	return uint64(i+1) * 100
}

// indices are those that are allowed for an element of a class.
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
	slots := m.at.inst.spec.LiveHandles()
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

// Indices is how many of an action's numbers, from the first on, may be indices.
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
