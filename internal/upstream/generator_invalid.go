package upstream

import (
	"math"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Actions that a run with invalid actions takes now and then: most of them trap, and some fail an assert or crash.

// anyAction is an action with operands that may mean nothing, whatever the state.
func (g *generator) anyAction() model.Action {
	o := g.randomOperands()
	row := anyActions[g.IntN(len(anyActions))]
	if row.take != nil {
		return row.take(g)
	}
	imm := row.imm(o)
	return action(row.op, imm, row.args(o)...)
}

// An anyRow is one of the actions that anyAction chooses among: a built-in with random operands, or take.
type anyRow struct {
	op   string
	imm  func(*anyOperands) []string
	args func(*anyOperands) []uint64
	take func(*generator) model.Action
}

// anyActions are equally likely. Their order is part of what a seed means: another order makes other runs.
var anyActions = [46]anyRow{
	{op: "resource.drop", imm: anyResource, args: oneIndex},
	{op: "resource.rep", imm: anyResource, args: oneIndex},
	{op: "waitable-set.wait", imm: anyCancellable, args: indexAndPointer},
	{op: "waitable-set.poll", imm: anyCancellable, args: indexAndPointer},
	{op: "waitable-set.drop", imm: noImm, args: oneIndex},
	{op: "waitable.join", imm: noImm, args: twoIndices},
	{op: "waitable.join", imm: noImm, args: twoIndices},
	{op: "subtask.cancel", imm: anyAsync, args: oneIndex},
	{op: "subtask.drop", imm: noImm, args: oneIndex},
	{op: "stream.read", imm: anyCopy, args: endAndBuffer},
	{op: "stream.write", imm: anyCopy, args: endAndBuffer},
	{op: "stream.cancel-read", imm: anyCopy, args: oneIndex},
	{op: "stream.cancel-write", imm: anyCopy, args: oneIndex},
	{op: "stream.drop-readable", imm: anyPayload, args: oneIndex},
	{op: "stream.drop-writable", imm: anyPayload, args: oneIndex},
	{op: "future.read", imm: anyCopy, args: endAndPointer},
	{op: "future.write", imm: anyCopy, args: endAndPointer},
	{op: "future.cancel-read", imm: anyCopy, args: oneIndex},
	{op: "future.cancel-write", imm: anyCopy, args: oneIndex},
	{op: "future.drop-readable", imm: anyPayload, args: oneIndex},
	{op: "future.drop-writable", imm: anyPayload, args: oneIndex},
	{op: "thread.new-indirect", imm: anyCoreType, args: anyThreadFunc},
	{op: "thread.resume-later", imm: noImm, args: oneIndex},
	{op: "thread.suspend", imm: anyCancellable, args: noArgs},
	{op: "thread.suspend-then-resume", imm: anyCancellable, args: oneIndex},
	{op: "thread.yield-then-resume", imm: anyCancellable, args: oneIndex},
	{op: "thread.suspend-then-promote", imm: anyCancellable, args: oneIndex},
	{op: "thread.yield-then-promote", imm: anyCancellable, args: oneIndex},
	{op: "error-context.new", imm: noImm, args: anyText},
	{op: "error-context.debug-message", imm: noImm, args: indexAndPointer},
	{op: "error-context.drop", imm: noImm, args: oneIndex},
	{op: "task.cancel", imm: noImm, args: noArgs},
	{take: (*generator).decOrReturnNothing},
	{take: (*generator).wrongReturn},
	{op: "resource.new", imm: anyResource, args: always[uint64](1)},
	{op: "waitable-set.new", imm: noImm, args: noArgs},
	{op: "stream.new", imm: anyPayload, args: noArgs},
	{op: "future.new", imm: anyPayload, args: noArgs},
	{op: "thread.index", imm: noImm, args: noArgs},
	{op: "thread.yield", imm: anyCancellable, args: noArgs},
	{take: (*generator).anyTaskReturn},
	{take: (*generator).anyTaskReturn},
	{op: "context.get", imm: itsContext, args: always[uint64](0)},
	{op: "backpressure.inc", imm: noImm, args: noArgs},
	{take: (*generator).anyCallOrCancel},
	{op: "task.cancel", imm: noImm, args: noArgs},
}

// anyOperands are operands for any of anyActions. Those that are fields are drawn before the action is chosen.
type anyOperands struct {
	*generator
	payload, async, cancellable, resource string

	buffer []uint64 // an end's index, a pointer, a length
}

func (g *generator) randomOperands() *anyOperands {
	o := &anyOperands{generator: g}
	o.payload = payload(g.chooser)
	o.async = pick(g.chooser, []string{"async", "sync"})
	o.cancellable = cancellable(g.chooser)
	o.resource = pick(g.chooser, []string{"R", "S"})
	if g.oneIn(2) {
		o.buffer = []uint64{o.index(), o.pointer(), pick(g.chooser, []uint64{0, 1, 2, 1 << 28, 1<<28 - 1, math.MaxUint32, 255, 300})}
	} else {
		o.buffer = []uint64{o.index(), o.pointer(), 1}
	}
	return o
}

func (o *anyOperands) index() uint64 {
	return pick(o.chooser, []uint64{0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 1 << 28, math.MaxUint32})
}

func (o *anyOperands) pointer() uint64 {
	if o.oneIn(2) {
		m := o.coreValues()
		return m.extreme(m.ptr)
	}
	return o.Uint64N(128)
}

var (
	noImm  = always[string]()
	noArgs = always[uint64]()
)

// always is operands that are not random.
func always[T any](list ...T) func(*anyOperands) []T {
	return func(*anyOperands) []T { return list }
}

func anyResource(o *anyOperands) []string    { return []string{o.resource} }
func itsContext(o *anyOperands) []string     { return []string{o.contextType()} }
func anyPayload(o *anyOperands) []string     { return []string{o.payload} }
func anyAsync(o *anyOperands) []string       { return []string{o.async} }
func anyCopy(o *anyOperands) []string        { return []string{o.payload, o.async} }
func anyCancellable(o *anyOperands) []string { return []string{o.cancellable} }
func anyCoreType(o *anyOperands) []string    { return []string{pick(o.chooser, []string{"i32", "i64"})} }

func oneIndex(o *anyOperands) []uint64        { return []uint64{o.index()} }
func twoIndices(o *anyOperands) []uint64      { return []uint64{o.index(), o.index()} }
func indexAndPointer(o *anyOperands) []uint64 { return []uint64{o.index(), o.pointer()} }
func endAndBuffer(o *anyOperands) []uint64    { return o.buffer }
func endAndPointer(o *anyOperands) []uint64   { return o.buffer[:2] }
func anyThreadFunc(o *anyOperands) []uint64   { return []uint64{o.Uint64N(4), 7} }
func anyText(o *anyOperands) []uint64         { return []uint64{o.pointer(), o.Uint64N(300)} }

func (g *generator) decOrReturnNothing() model.Action {
	if g.oneIn(2) {
		return action("backpressure.dec", nil)
	}
	return action("task.return", []string{"()"})
}

func (g *generator) anyTaskReturn() model.Action {
	if a, ok := g.taskReturn(); ok && !g.oneIn(3) {
		return a
	}
	a, _ := g.taskReturnOther()
	return a
}

func (g *generator) anyCallOrCancel() model.Action {
	if a, ok := g.anyCall(); ok {
		return a
	}
	return action("task.cancel", nil)
}

// wrongReturn ends the activation in a way that may not be right.
func (g *generator) wrongReturn() model.Action {
	if g.oneIn(3) {
		return action("throw", nil)
	}
	isCode := g.at.Kind == model.KindFunc || g.at.Kind == model.KindCallback
	if isCode && g.funcOf(g.at.Name).Lift == "callback" {
		return action("return", nil, pick(g.chooser, []uint64{0, 1, 2, 3, 18, 34, 50, 15, math.MaxUint32}))
	}
	return g.anyReturn()
}

// nearMiss uses a handle or thread that is there for what such are for, whatever its state, and now and then with another
// type.
func (g *generator) nearMiss() (model.Action, bool) {
	inst := g.state.insts[g.at.Actor]
	if len(inst.threads) > 0 && g.oneIn(5) {
		op := pick(g.chooser, []string{"thread.suspend-then-resume", "thread.yield-then-resume"})
		return action(op, []string{cancellable(g.chooser)}, pick(g.chooser, inst.threads).index), true
	}
	if len(inst.handles) == 0 {
		return model.Action{}, false
	}
	h := pick(g.chooser, inst.handles)
	for _, other := range inst.handles {
		if g.state.field(other.ref, "has_sync_waiter") == "1" && g.oneIn(2) {
			if g.oneIn(2) {
				return action("waitable.join", nil, other.index, 0), true
			}
			h = other
		}
	}
	return g.nearMissOf(h), true
}

func (g *generator) nearMissOf(h slot) model.Action {
	a, c := pick(g.chooser, []string{"async", "sync"}), cancellable(g.chooser)
	switch {
	case strings.HasPrefix(h.ref, "h"):
		r := g.state.field(h.ref, "rt")
		if g.oneIn(3) {
			r = pick(g.chooser, []string{"R", "S"})
		}
		return action(pick(g.chooser, []string{"resource.drop", "resource.rep"}), []string{r}, h.index)
	case strings.HasPrefix(h.ref, "subtask"):
		if g.oneIn(2) {
			return action("subtask.drop", nil, h.index)
		}
		return action("subtask.cancel", []string{a}, h.index)
	case strings.HasPrefix(h.ref, "set"):
		if g.oneIn(2) {
			return action("waitable-set.drop", nil, h.index)
		}
		return action(pick(g.chooser, []string{"waitable-set.wait", "waitable-set.poll"}), []string{c}, h.index, g.pointer(4))
	case strings.HasPrefix(h.ref, "end"):
		return g.nearMissEnd(h, a)
	case g.oneIn(2):
		return action("error-context.drop", nil, h.index)
	}
	return g.joinAny(h)
}

// joinAny joins a handle to any, whether or not it is a set.
func (g *generator) joinAny(h slot) model.Action {
	return action("waitable.join", nil, h.index, pick(g.chooser, g.state.insts[g.at.Actor].handles).index)
}

// nearMissEnd uses an end for any of the built-ins that take it.
func (g *generator) nearMissEnd(h slot, async string) model.Action {
	w := wordsOf(h)
	if g.oneIn(4) {
		w.payload = pick(g.chooser, payloads)
	}
	switch g.IntN(4) {
	case 0:
		return action(w.of+".drop-"+w.direction, []string{w.payload}, h.index)
	case 1:
		return action(w.of+".cancel-"+w.copy, []string{w.payload, async}, h.index)
	case 2:
		return g.joinAny(h)
	}
	args := []uint64{h.index, g.pointer(8)}
	if w.of == "stream" {
		args = append(args, g.Uint64N(4))
	}
	return action(w.of+"."+w.copy, []string{w.payload, async}, args...)
}

// misuse is half of the time a nearMiss, and else any built-in that takes an index, with the index of a handle that is there.
func (g *generator) misuse() (model.Action, bool) {
	handles := g.state.insts[g.at.Actor].handles
	if len(handles) == 0 || g.oneIn(2) {
		return g.nearMiss()
	}
	h := pick(g.chooser, handles)
	payload := payload(g.chooser)
	if _, t, ok := strings.Cut(h.description, " end of "); ok {
		payload = compact(t)
	}
	a := action(pick(g.chooser, indexed), nil, h.index)
	a.Imm = g.misusedImm(a.Op, payload)
	for len(a.Args) < operands(a.Op) {
		a.Args = append(a.Args, spec.CoreInt(g.Uint64N(4)*4))
	}
	if a.Op == "waitable.join" {
		a.Args[1] = spec.CoreInt(pick(g.chooser, handles).index)
	}
	return a, true
}

// misusedImm are the words that a built-in takes, of which the payload is given.
func (g *generator) misusedImm(op, payload string) []string {
	what, verb, _ := strings.Cut(op, ".")
	switch {
	case what == "resource":
		return []string{pick(g.chooser, []string{"R", "S"})}
	case what == "waitable-set" && verb != "drop":
		return []string{cancellable(g.chooser)}
	case op == "subtask.cancel":
		return []string{async(g.chooser, 2)}
	case (what == "stream" || what == "future") && strings.HasPrefix(verb, "drop"):
		return []string{payload}
	case what == "stream" || what == "future":
		return []string{payload, async(g.chooser, 2)}
	}
	return nil
}

// indexed are the built-ins that take a handle's index first.
var indexed = []string{"resource.drop", "resource.rep", "waitable-set.wait", "waitable-set.poll", "waitable-set.drop", "waitable.join",
	"subtask.cancel", "subtask.drop", "stream.read", "stream.write", "stream.cancel-read", "stream.cancel-write", "stream.drop-readable",
	"stream.drop-writable", "future.read", "future.write", "future.cancel-read", "future.cancel-write", "future.drop-readable",
	"future.drop-writable", "error-context.debug-message", "error-context.drop"}

// operands are how many numbers a built-in takes, the index among them.
func operands(op string) int {
	switch op {
	case "stream.read", "stream.write":
		return 3
	case "future.read", "future.write", "waitable-set.wait", "waitable-set.poll", "waitable.join", "error-context.debug-message":
		return 2
	}
	return 1
}
