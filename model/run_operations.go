package model

import (
	"encoding/binary"

	"cabi/spec"
)

// A guestOp is a kind of action that core code takes by a call: of a canonical built-in, or of an import.
type guestOp struct {
	op
	do func(g *guest, a Action) []spec.CoreValue
}

// guestOps are the kinds of actions of guests, but for return and throw, which end an activation: the canonical built-ins, by the names
// that they have in component text; the call of an import; and a store to memory, for worlds that copy more than numbers.
var guestOps map[string]guestOp

func init() {
	guestOps = map[string]guestOp{
		opStore: {op{nil, -1}, func(g *guest, a Action) []spec.CoreValue {
			copy(g.inst.memory.Bytes.B[n(a, 0):], a.Stored(g.inst.encoding))
			return nil
		}},
		opLoad: {op{nil, 2}, func(g *guest, a Action) []spec.CoreValue {
			var bytes []spec.CoreValue
			for _, b := range g.inst.memory.Bytes.B[n(a, 0):][:n(a, 1)] {
				bytes = append(bytes, spec.CoreInt(uint64(b)))
			}
			return bytes
		}},
		"i32.load": {op{nil, 1}, func(g *guest, a Action) []spec.CoreValue {
			return []spec.CoreValue{spec.CoreInt(uint64(g.inst.load32(n(a, 0))))}
		}},
		"i64.load": {op{nil, 1}, func(g *guest, a Action) []spec.CoreValue {
			return []spec.CoreValue{spec.CoreInt(binary.LittleEndian.Uint64(g.inst.memory.Bytes.B[n(a, 0):]))}
		}},

		opCall: {op{[]immediate{immFunc}, -1}, func(g *guest, a Action) []spec.CoreValue { return g.inst.imports[a.Imm[0]](a.Args) }},

		"resource.new": {op{[]immediate{immResource}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonResourceNew(g.store(), g.resource(a), n(a, 0))
		}},
		"resource.drop": {op{[]immediate{immResource}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonResourceDrop(g.store(), g.resource(a), n(a, 0))
		}},
		"resource.rep": {op{[]immediate{immResource}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonResourceRep(g.store(), g.resource(a), n(a, 0))
		}},

		"context.get": {op{[]immediate{immCore}, 1}, func(g *guest, a Action) []spec.CoreValue {
			g.inst.contextType = coreType(a)
			return spec.CanonContextGet(g.store(), coreType(a), n(a, 0))
		}},
		"context.set": {op{[]immediate{immCore}, 2}, func(g *guest, a Action) []spec.CoreValue {
			g.inst.contextType = coreType(a)
			return spec.CanonContextSet(g.store(), coreType(a), n(a, 0), n(a, 1))
		}},

		"backpressure.inc": {op{nil, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonBackpressureInc(g.store()) }},
		"backpressure.dec": {op{nil, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonBackpressureDec(g.store()) }},

		"task.return": {op{[]immediate{immTypes}, -1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonTaskReturn(g.store(), g.types(a), &g.inst.opts(false).LiftOptions, a.Args)
		}},
		"task.return-other": {op{[]immediate{immTypes}, -1}, func(g *guest, a Action) []spec.CoreValue {
			other := &spec.LiftOptions{StringEncoding: g.inst.sync.StringEncoding} // as those of the function, but for the memory
			return spec.CanonTaskReturn(g.store(), g.types(a), other, a.Args)
		}},
		"task.cancel": {op{nil, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonTaskCancel(g.store()) }},

		"waitable-set.new": {op{nil, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonWaitableSetNew(g.store()) }},
		"waitable-set.wait": {op{[]immediate{immCancellable}, 2}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonWaitableSetWait(g.store(), cancellable(a), g.inst.memory, n(a, 0), n(a, 1))
		}},
		"waitable-set.poll": {op{[]immediate{immCancellable}, 2}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonWaitableSetPoll(g.store(), cancellable(a), g.inst.memory, n(a, 0), n(a, 1))
		}},
		"waitable-set.drop": {op{nil, 1}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonWaitableSetDrop(g.store(), n(a, 0)) }},
		"waitable.join":     {op{nil, 2}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonWaitableJoin(g.store(), n(a, 0), n(a, 1)) }},

		"subtask.cancel": {op{[]immediate{immAsync}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonSubtaskCancel(g.store(), isAsync(a), n(a, 0))
		}},
		"subtask.drop": {op{nil, 1}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonSubtaskDrop(g.store(), n(a, 0)) }},

		"stream.new": {op{[]immediate{immType}, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonStreamNew(g.store(), g.stream(a)) }},
		"stream.read": {op{[]immediate{immType, immAsync}, 3}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamRead(g.store(), g.stream(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1), n(a, 2))
		}},
		"stream.write": {op{[]immediate{immType, immAsync}, 3}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamWrite(g.store(), g.stream(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1), n(a, 2))
		}},
		"stream.cancel-read": {op{[]immediate{immType, immAsync}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamCancelRead(g.store(), g.stream(a), isAsync(a), n(a, 0))
		}},
		"stream.cancel-write": {op{[]immediate{immType, immAsync}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamCancelWrite(g.store(), g.stream(a), isAsync(a), n(a, 0))
		}},
		"stream.drop-readable": {op{[]immediate{immType}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamDropReadable(g.store(), g.stream(a), n(a, 0))
		}},
		"stream.drop-writable": {op{[]immediate{immType}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonStreamDropWritable(g.store(), g.stream(a), n(a, 0))
		}},

		"future.new": {op{[]immediate{immType}, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonFutureNew(g.store(), g.future(a)) }},
		"future.read": {op{[]immediate{immType, immAsync}, 2}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureRead(g.store(), g.future(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1))
		}},
		"future.write": {op{[]immediate{immType, immAsync}, 2}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureWrite(g.store(), g.future(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1))
		}},
		"future.cancel-read": {op{[]immediate{immType, immAsync}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureCancelRead(g.store(), g.future(a), isAsync(a), n(a, 0))
		}},
		"future.cancel-write": {op{[]immediate{immType, immAsync}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureCancelWrite(g.store(), g.future(a), isAsync(a), n(a, 0))
		}},
		"future.drop-readable": {op{[]immediate{immType}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureDropReadable(g.store(), g.future(a), n(a, 0))
		}},
		"future.drop-writable": {op{[]immediate{immType}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonFutureDropWritable(g.store(), g.future(a), n(a, 0))
		}},

		"thread.index": {op{nil, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadIndex(g.store()) }},
		"thread.new-indirect": {op{[]immediate{immCore}, 2}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadNewIndirect(g.store(), &spec.CoreFuncType{Params: []spec.CoreType{coreType(a)}}, g.inst.funcs, n(a, 0), n(a, 1))
		}},
		"thread.resume-later": {op{nil, 1}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadResumeLater(g.store(), n(a, 0)) }},
		"thread.suspend":      {op{[]immediate{immCancellable}, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadSuspend(g.store(), cancellable(a)) }},
		"thread.yield":        {op{[]immediate{immCancellable}, 0}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonThreadYield(g.store(), cancellable(a)) }},
		"thread.suspend-then-resume": {op{[]immediate{immCancellable}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadSuspendThenResume(g.store(), cancellable(a), n(a, 0))
		}},
		"thread.yield-then-resume": {op{[]immediate{immCancellable}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadYieldThenResume(g.store(), cancellable(a), n(a, 0))
		}},
		"thread.suspend-then-promote": {op{[]immediate{immCancellable}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadSuspendThenPromote(g.store(), cancellable(a), n(a, 0))
		}},
		"thread.yield-then-promote": {op{[]immediate{immCancellable}, 1}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonThreadYieldThenPromote(g.store(), cancellable(a), n(a, 0))
		}},

		"error-context.new": {op{nil, 2}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonErrorContextNew(g.store(), &g.inst.opts(false).LiftLowerOptions, n(a, 0), n(a, 1))
		}},
		"error-context.debug-message": {op{nil, 2}, func(g *guest, a Action) []spec.CoreValue {
			return spec.CanonErrorContextDebugMessage(g.store(), &g.inst.opts(false).LiftLowerOptions, n(a, 0), n(a, 1))
		}},
		"error-context.drop": {op{nil, 1}, func(g *guest, a Action) []spec.CoreValue { return spec.CanonErrorContextDrop(g.store(), n(a, 0)) }},
	}
	ops = map[string]op{opReturn: {nil, -1}, opThrow: {nil, 0}, opStop: {nil, 0}}
	for name, op := range guestOps {
		ops[name] = op.op
	}
	for name, op := range hostOps {
		ops[name] = op.op
	}
}

// Stored are the bytes that an action stores in the memory of an instance whose strings have an encoding.
func (a Action) Stored(encoding string) []byte {
	var b []byte
	for i := 1; i < len(a.Args); i++ {
		if word := a.literal(i); word != "" {
			b = append(b, must(memoryBytes(word, encoding))...)
		} else {
			b = binary.LittleEndian.AppendUint64(b, n(a, i))
		}
	}
	return b
}

// Stored are the bytes that an action of an activation stores.
func (r *Run) Stored(at *Activation, a Action) []byte { return a.Stored(at.inst.encoding) }

// load32 is the i32 at an address of the instance's memory.
func (in *instance) load32(ptr uint64) uint32 {
	return binary.LittleEndian.Uint32(in.memory.Bytes.B[ptr:])
}

// ParseAction reads an action from its words. It returns an error if the action cannot be taken in the activation.
func ParseAction(r *Run, at *Activation, words []string) (Action, error) {
	a, err := r.World.parseAction(words)
	if err == nil {
		err = a.check(r, at)
	}
	return a, err
}

// A guest is an instance in which an action is taken.
type guest struct {
	inst *instance
}

func (g *guest) store() *spec.Store { return g.inst.run.Store }

func (g *guest) resource(a Action) *spec.ResourceType { return g.inst.run.resources[a.Imm[0]] }

func (g *guest) types(a Action) []spec.ValType { return must(g.inst.run.ParseTypes(a.Imm[0])) }

func (g *guest) stream(a Action) *spec.StreamType {
	return &spec.StreamType{T: must(g.inst.run.parseType(a.Imm[0]))}
}

func (g *guest) future(a Action) *spec.FutureType {
	return &spec.FutureType{T: must(g.inst.run.parseType(a.Imm[0]))}
}

func isAsync(a Action) bool { return a.Imm[len(a.Imm)-1] == "async" }

func cancellable(a Action) bool { return a.Imm[0] == "cancellable" }

func coreType(a Action) spec.CoreType {
	if a.Imm[0] == "i64" {
		return spec.I64
	}
	return spec.I32
}
