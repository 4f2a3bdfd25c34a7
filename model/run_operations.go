package model

import (
	"encoding/binary"
	"maps"

	"cabi/spec"
)

// guestOps are the kinds of actions of guests, but for return and throw, which end an activation: the canonical built-ins, by the names
// that they have in component text; the call of an import; and loads and stores of memory, for worlds that copy more than numbers.
var guestOps = map[string]op{
	opStore:                       {nil, -1},
	opLoad:                        {nil, 2},
	"i32.load":                    {nil, 1},
	"i64.load":                    {nil, 1},
	opCall:                        {[]immediate{immFunc}, -1},
	"resource.new":                {[]immediate{immResource}, 1},
	"resource.drop":               {[]immediate{immResource}, 1},
	"resource.rep":                {[]immediate{immResource}, 1},
	"context.get":                 {[]immediate{immCore}, 1},
	"context.set":                 {[]immediate{immCore}, 2},
	"backpressure.inc":            {nil, 0},
	"backpressure.dec":            {nil, 0},
	"task.return":                 {[]immediate{immTypes}, -1},
	"task.return-other":           {[]immediate{immTypes}, -1},
	"task.cancel":                 {nil, 0},
	"waitable-set.new":            {nil, 0},
	"waitable-set.wait":           {[]immediate{immCancellable}, 2},
	"waitable-set.poll":           {[]immediate{immCancellable}, 2},
	"waitable-set.drop":           {nil, 1},
	"waitable.join":               {nil, 2},
	"subtask.cancel":              {[]immediate{immAsync}, 1},
	"subtask.drop":                {nil, 1},
	"stream.new":                  {[]immediate{immType}, 0},
	"stream.read":                 {[]immediate{immType, immAsync}, 3},
	"stream.write":                {[]immediate{immType, immAsync}, 3},
	"stream.cancel-read":          {[]immediate{immType, immAsync}, 1},
	"stream.cancel-write":         {[]immediate{immType, immAsync}, 1},
	"stream.drop-readable":        {[]immediate{immType}, 1},
	"stream.drop-writable":        {[]immediate{immType}, 1},
	"future.new":                  {[]immediate{immType}, 0},
	"future.read":                 {[]immediate{immType, immAsync}, 2},
	"future.write":                {[]immediate{immType, immAsync}, 2},
	"future.cancel-read":          {[]immediate{immType, immAsync}, 1},
	"future.cancel-write":         {[]immediate{immType, immAsync}, 1},
	"future.drop-readable":        {[]immediate{immType}, 1},
	"future.drop-writable":        {[]immediate{immType}, 1},
	"thread.index":                {nil, 0},
	"thread.new-indirect":         {[]immediate{immCore}, 2},
	"thread.resume-later":         {nil, 1},
	"thread.suspend":              {[]immediate{immCancellable}, 0},
	"thread.yield":                {[]immediate{immCancellable}, 0},
	"thread.suspend-then-resume":  {[]immediate{immCancellable}, 1},
	"thread.yield-then-resume":    {[]immediate{immCancellable}, 1},
	"thread.suspend-then-promote": {[]immediate{immCancellable}, 1},
	"thread.yield-then-promote":   {[]immediate{immCancellable}, 1},
	"error-context.new":           {nil, 2},
	"error-context.debug-message": {nil, 2},
	"error-context.drop":          {nil, 1},
}

func init() {
	ops = map[string]op{opReturn: {nil, -1}, opThrow: {nil, 0}, opStop: {nil, 0}}
	maps.Copy(ops, guestOps)
	maps.Copy(ops, hostOps)
}

// call does an action that core code takes by a call.
func (in *instance) call(a Action) []spec.CoreValue {
	g := guest{in}
	switch a.Op {
	case opStore:
		copy(g.inst.memory.Bytes.B[n(a, 0):], a.Stored(g.inst.encoding))
		return nil
	case opLoad:
		var bytes []spec.CoreValue
		for _, b := range g.inst.memory.Bytes.B[n(a, 0):][:n(a, 1)] {
			bytes = append(bytes, spec.CoreInt(uint64(b)))
		}
		return bytes
	case "i32.load":
		return []spec.CoreValue{spec.CoreInt(uint64(g.inst.load32(n(a, 0))))}
	case "i64.load":
		return []spec.CoreValue{spec.CoreInt(binary.LittleEndian.Uint64(g.inst.memory.Bytes.B[n(a, 0):]))}
	case opCall:
		return g.inst.imports[a.Imm[0]](a.Args)
	case "resource.new":
		return spec.CanonResourceNew(g.store(), g.resource(a), n(a, 0))
	case "resource.drop":
		return spec.CanonResourceDrop(g.store(), g.resource(a), n(a, 0))
	case "resource.rep":
		return spec.CanonResourceRep(g.store(), g.resource(a), n(a, 0))
	case "context.get":
		g.inst.contextType = coreType(a)
		return spec.CanonContextGet(g.store(), coreType(a), n(a, 0))
	case "context.set":
		g.inst.contextType = coreType(a)
		return spec.CanonContextSet(g.store(), coreType(a), n(a, 0), n(a, 1))
	case "backpressure.inc":
		return spec.CanonBackpressureInc(g.store())
	case "backpressure.dec":
		return spec.CanonBackpressureDec(g.store())
	case "task.return":
		return spec.CanonTaskReturn(g.store(), g.types(a), &g.inst.opts(false).LiftOptions, a.Args)
	case "task.return-other":
		other := &spec.LiftOptions{StringEncoding: g.inst.sync.StringEncoding} // as those of the function, but for the memory
		if g.inst.memory == nil {                                              // or else for the encoding
			other.StringEncoding = spec.UTF16
			if g.inst.sync.StringEncoding == spec.UTF16 {
				other.StringEncoding = spec.UTF8
			}
		}
		return spec.CanonTaskReturn(g.store(), g.types(a), other, a.Args)
	case "task.cancel":
		return spec.CanonTaskCancel(g.store())
	case "waitable-set.new":
		return spec.CanonWaitableSetNew(g.store())
	case "waitable-set.wait":
		return spec.CanonWaitableSetWait(g.store(), cancellable(a), g.inst.memory, n(a, 0), n(a, 1))
	case "waitable-set.poll":
		return spec.CanonWaitableSetPoll(g.store(), cancellable(a), g.inst.memory, n(a, 0), n(a, 1))
	case "waitable-set.drop":
		return spec.CanonWaitableSetDrop(g.store(), n(a, 0))
	case "waitable.join":
		return spec.CanonWaitableJoin(g.store(), n(a, 0), n(a, 1))
	case "subtask.cancel":
		return spec.CanonSubtaskCancel(g.store(), isAsync(a), n(a, 0))
	case "subtask.drop":
		return spec.CanonSubtaskDrop(g.store(), n(a, 0))
	case "stream.new":
		return spec.CanonStreamNew(g.store(), g.stream(a))
	case "stream.read":
		return spec.CanonStreamRead(g.store(), g.stream(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1), n(a, 2))
	case "stream.write":
		return spec.CanonStreamWrite(g.store(), g.stream(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1), n(a, 2))
	case "stream.cancel-read":
		return spec.CanonStreamCancelRead(g.store(), g.stream(a), isAsync(a), n(a, 0))
	case "stream.cancel-write":
		return spec.CanonStreamCancelWrite(g.store(), g.stream(a), isAsync(a), n(a, 0))
	case "stream.drop-readable":
		return spec.CanonStreamDropReadable(g.store(), g.stream(a), n(a, 0))
	case "stream.drop-writable":
		return spec.CanonStreamDropWritable(g.store(), g.stream(a), n(a, 0))
	case "future.new":
		return spec.CanonFutureNew(g.store(), g.future(a))
	case "future.read":
		return spec.CanonFutureRead(g.store(), g.future(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1))
	case "future.write":
		return spec.CanonFutureWrite(g.store(), g.future(a), g.inst.opts(isAsync(a)), n(a, 0), n(a, 1))
	case "future.cancel-read":
		return spec.CanonFutureCancelRead(g.store(), g.future(a), isAsync(a), n(a, 0))
	case "future.cancel-write":
		return spec.CanonFutureCancelWrite(g.store(), g.future(a), isAsync(a), n(a, 0))
	case "future.drop-readable":
		return spec.CanonFutureDropReadable(g.store(), g.future(a), n(a, 0))
	case "future.drop-writable":
		return spec.CanonFutureDropWritable(g.store(), g.future(a), n(a, 0))
	case "thread.index":
		return spec.CanonThreadIndex(g.store())
	case "thread.new-indirect":
		return spec.CanonThreadNewIndirect(g.store(), &spec.CoreFuncType{Params: []spec.CoreType{coreType(a)}}, g.inst.funcs, n(a, 0), n(a, 1))
	case "thread.resume-later":
		return spec.CanonThreadResumeLater(g.store(), n(a, 0))
	case "thread.suspend":
		return spec.CanonThreadSuspend(g.store(), cancellable(a))
	case "thread.yield":
		return spec.CanonThreadYield(g.store(), cancellable(a))
	case "thread.suspend-then-resume":
		return spec.CanonThreadSuspendThenResume(g.store(), cancellable(a), n(a, 0))
	case "thread.yield-then-resume":
		return spec.CanonThreadYieldThenResume(g.store(), cancellable(a), n(a, 0))
	case "thread.suspend-then-promote":
		return spec.CanonThreadSuspendThenPromote(g.store(), cancellable(a), n(a, 0))
	case "thread.yield-then-promote":
		return spec.CanonThreadYieldThenPromote(g.store(), cancellable(a), n(a, 0))
	case "error-context.new":
		return spec.CanonErrorContextNew(g.store(), &g.inst.opts(false).LiftLowerOptions, n(a, 0), n(a, 1))
	case "error-context.debug-message":
		return spec.CanonErrorContextDebugMessage(g.store(), &g.inst.opts(false).LiftLowerOptions, n(a, 0), n(a, 1))
	case "error-context.drop":
		return spec.CanonErrorContextDrop(g.store(), n(a, 0))
	}
	panic("model: guests have no action " + a.Op)
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

func (g guest) store() *spec.Store { return g.inst.run.Store }

func (g guest) resource(a Action) *spec.ResourceType { return g.inst.run.resources[a.Imm[0]] }

func (g guest) types(a Action) []spec.ValType { return must(g.inst.run.ParseTypes(a.Imm[0])) }

func (g guest) stream(a Action) *spec.StreamType {
	return &spec.StreamType{T: must(g.inst.run.parseType(a.Imm[0]))}
}

func (g guest) future(a Action) *spec.FutureType {
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
