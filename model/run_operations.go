package model

import (
	"encoding/binary"
	"sort"

	"cabi/spec"
)

// An immediate is the kind of an action's immediate operand, as a person would name it.
type immediate string

const (
	immResource    immediate = "resource"
	immType        immediate = "type"    // a payload or result type; _ is none
	immTypes       immediate = "(types)" // result types: (), (u32) …
	immFunc        immediate = "function"
	immAsync       immediate = "async|sync"
	immCancellable immediate = "cancellable|uncancellable"
	immCore        immediate = "i32|i64"
	immAnything    immediate = "word"
)

// An op is a kind of action.
type op struct {
	imm  []immediate
	args int // how many numbers; -1: any
	do   func(g *guest, a Action) []spec.CoreValue
}

// Ops are the names of all actions of guests, sorted.
func Ops() []string {
	var names []string
	for name := range ops {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// The actions that are not built-ins.
const (
	opCall   = "call"   // an import
	opReturn = "return" // from the core function that runs
	opThrow  = "throw"  // a core exception
	opInvoke = "invoke" // the host calls an export
	opTick   = "tick"   // the host resumes a thread
	opCancel = "cancel" // the host cancels a call
	opStop   = "stop"   // the host does nothing more
)

// ops are all actions: the canonical built-ins under the names of their text format, and the guest's and host's own.
var ops map[string]op

func init() {
	ops = map[string]op{
		opReturn: {nil, -1, nil},
		opThrow:  {nil, 0, nil},
		opInvoke: {[]immediate{immFunc}, -1, nil},
		opTick:   {nil, 0, nil},
		opCancel: {nil, 1, nil},
		opStop:   {nil, 0, nil},

		"memory.store": {nil, -1, func(g *guest, a Action) []spec.CoreValue {
			for i := range a.Args[1:] {
				binary.LittleEndian.PutUint64(g.inst.memory.Bytes.B[n(a, 0)+8*uint64(i):], n(a, i+1))
			}
			return nil
		}},

		opCall: {[]immediate{immFunc}, -1, func(g *guest, a Action) []spec.CoreValue { return g.inst.imports[a.Imm[0]](a.Args) }},

		"resource.new": {[]immediate{immResource}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonResourceNew(g.store(), g.resource(a), n(a, 0))
		}},
		"resource.drop": {[]immediate{immResource}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonResourceDrop(g.store(), g.resource(a), n(a, 0))
		}},
		"resource.rep": {[]immediate{immResource}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonResourceRep(g.store(), g.resource(a), n(a, 0))
		}},

		"context.get": {[]immediate{immCore}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonContextGet(g.store(), coreType(a), n(a, 0))
		}},
		"context.set": {[]immediate{immCore}, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonContextSet(g.store(), coreType(a), n(a, 0), n(a, 1))
		}},

		"backpressure.inc": {nil, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonBackpressureInc(g.store()) }},
		"backpressure.dec": {nil, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonBackpressureDec(g.store()) }},

		"task.return": {[]immediate{immTypes}, -1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonTaskReturn(g.store(), g.types(a), &g.inst.opts(false).LiftOptions, a.Args)
		}},
		"task.return-other": {[]immediate{immTypes}, -1, func(g *guest, a Action) []spec.CoreValue {
			other := &spec.LiftOptions{StringEncoding: g.inst.sync.StringEncoding} // without the memory
			return spec.CanonTaskReturn(g.store(), g.types(a), other, a.Args)
		}},
		"task.cancel": {nil, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonTaskCancel(g.store()) }},

		"waitable-set.new": {nil, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonWaitableSetNew(g.store()) }},
		"waitable-set.wait": {[]immediate{immCancellable}, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonWaitableSetWait(g.store(), cancellable(a), g.inst.memory, n(a, 0), n(a, 1))
		}},
		"waitable-set.poll": {[]immediate{immCancellable}, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonWaitableSetPoll(g.store(), cancellable(a), g.inst.memory, n(a, 0), n(a, 1))
		}},
		"waitable-set.drop": {nil, 1, func(g *guest, a Action) []spec.CoreValue { return spec.CanonWaitableSetDrop(g.store(), n(a, 0)) }},
		"waitable.join":     {nil, 2, func(g *guest, a Action) []spec.CoreValue { return spec.CanonWaitableJoin(g.store(), n(a, 0), n(a, 1)) }},

		"subtask.cancel": {[]immediate{immAsync}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonSubtaskCancel(g.store(), isAsync(a), n(a, 0))
		}},
		"subtask.drop": {nil, 1, func(g *guest, a Action) []spec.CoreValue { return spec.CanonSubtaskDrop(g.store(), n(a, 0)) }},

		"stream.new": {[]immediate{immType}, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonStreamNew(g.store(), g.stream(a)) }},
		"stream.read": {[]immediate{immType, immAsync}, 3, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamRead(g.store(), g.stream(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1), n(a, 2))
		}},
		"stream.write": {[]immediate{immType, immAsync}, 3, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamWrite(g.store(), g.stream(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1), n(a, 2))
		}},
		"stream.cancel-read": {[]immediate{immType, immAsync}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamCancelRead(g.store(), g.stream(a), isAsync(a), n(a, 0))
		}},
		"stream.cancel-write": {[]immediate{immType, immAsync}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamCancelWrite(g.store(), g.stream(a), isAsync(a), n(a, 0))
		}},
		"stream.drop-readable": {[]immediate{immType}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamDropReadable(g.store(), g.stream(a), n(a, 0))
		}},
		"stream.drop-writable": {[]immediate{immType}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamDropWritable(g.store(), g.stream(a), n(a, 0))
		}},

		"future.new": {[]immediate{immType}, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonFutureNew(g.store(), g.future(a)) }},
		"future.read": {[]immediate{immType, immAsync}, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureRead(g.store(), g.future(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1))
		}},
		"future.write": {[]immediate{immType, immAsync}, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureWrite(g.store(), g.future(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1))
		}},
		"future.cancel-read": {[]immediate{immType, immAsync}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureCancelRead(g.store(), g.future(a), isAsync(a), n(a, 0))
		}},
		"future.cancel-write": {[]immediate{immType, immAsync}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureCancelWrite(g.store(), g.future(a), isAsync(a), n(a, 0))
		}},
		"future.drop-readable": {[]immediate{immType}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureDropReadable(g.store(), g.future(a), n(a, 0))
		}},
		"future.drop-writable": {[]immediate{immType}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureDropWritable(g.store(), g.future(a), n(a, 0))
		}},

		"thread.index": {nil, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadIndex(g.store()) }},
		"thread.new-indirect": {[]immediate{immCore}, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadNewIndirect(g.store(), &spec.CoreFuncType{Params: []spec.CoreType{coreType(a)}}, g.inst.funcs, n(a, 0), n(a, 1))
		}},
		"thread.resume-later": {nil, 1, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadResumeLater(g.store(), n(a, 0)) }},
		"thread.suspend":      {[]immediate{immCancellable}, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadSuspend(g.store(), cancellable(a)) }},
		"thread.yield":        {[]immediate{immCancellable}, 0, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadYield(g.store(), cancellable(a)) }},
		"thread.suspend-then-resume": {[]immediate{immCancellable}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadSuspendThenResume(g.store(), cancellable(a), n(a, 0))
		}},
		"thread.yield-then-resume": {[]immediate{immCancellable}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadYieldThenResume(g.store(), cancellable(a), n(a, 0))
		}},
		"thread.suspend-then-promote": {[]immediate{immCancellable}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadSuspendThenPromote(g.store(), cancellable(a), n(a, 0))
		}},
		"thread.yield-then-promote": {[]immediate{immCancellable}, 1, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadYieldThenPromote(g.store(), cancellable(a), n(a, 0))
		}},

		"error-context.new": {nil, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonErrorContextNew(g.store(), &g.inst.opts(false).LiftLowerOptions, n(a, 0), n(a, 1))
		}},
		"error-context.debug-message": {nil, 2, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonErrorContextDebugMessage(g.store(), &g.inst.opts(false).LiftLowerOptions, n(a, 0), n(a, 1))
		}},
		"error-context.drop": {nil, 1, func(g *guest, a Action) []spec.CoreValue { return spec.CanonErrorContextDrop(g.store(), n(a, 0)) }},
	}
	for name, op := range hostOps {
		ops[name] = op.op
	}
}

// ParseAction reads an action from its words. The error says what keeps it from being done in the activation.
func ParseAction(r *Run, at *Activation, words []string) (Action, error) {
	a, err := parseAction(words)
	if err == nil {
		err = a.check(r, at)
	}
	return a, err
}

func n(a Action, i int) uint64 { return a.Args[i].Uint64() }

func isAsync(a Action) bool { return a.Imm[len(a.Imm)-1] == "async" }

func cancellable(a Action) bool { return a.Imm[0] == "cancellable" }

func coreType(a Action) spec.CoreType {
	if a.Imm[0] == "i64" {
		return spec.I64
	}
	return spec.I32
}
