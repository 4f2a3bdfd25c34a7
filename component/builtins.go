package component

import "cabi/spec"

type coreValues = []spec.CoreValue

// builtinTypes are the types of the built-ins whose types do not depend on what they are defined with, as letters: i for i32, l for i64.
var builtinTypes = map[builtin][2]string{
	resourceNew: {"i", "i"}, resourceDrop: {"i", ""}, resourceRep: {"i", "i"},
	taskCancel: {"", ""}, subtaskCancel: {"i", "i"}, subtaskDrop: {"i", ""}, backpressureInc: {"", ""}, backpressureDec: {"", ""},
	streamNew: {"", "l"}, streamRead: {"iii", "i"}, streamWrite: {"iii", "i"}, streamCancelRead: {"i", "i"},
	streamCancelWrite: {"i", "i"}, streamDropReadable: {"i", ""}, streamDropWritable: {"i", ""},
	futureNew: {"", "l"}, futureRead: {"ii", "i"}, futureWrite: {"ii", "i"}, futureCancelRead: {"i", "i"},
	futureCancelWrite: {"i", "i"}, futureDropReadable: {"i", ""}, futureDropWritable: {"i", ""},
	errorContextNew: {"ii", "i"}, errorContextDebugMessage: {"ii", ""}, errorContextDrop: {"i", ""},
	waitableSetNew: {"", "i"}, waitableSetWait: {"ii", "i"}, waitableSetPoll: {"ii", "i"}, waitableSetDrop: {"i", ""}, waitableJoin: {"ii", ""},
	threadIndex: {"", "i"}, threadResumeLater: {"i", ""}, threadSuspend: {"", "i"}, threadYield: {"", "i"},
	threadSuspendThenResume: {"i", "i"}, threadYieldThenResume: {"i", "i"}, threadSuspendThenPromote: {"i", "i"}, threadYieldThenPromote: {"i", "i"},
}

func letters(s string) []coreVal {
	vals := make([]coreVal, len(s))
	for i := range s {
		vals[i] = map[byte]coreVal{'i': coreI32, 'l': coreI64}[s[i]]
	}
	return vals
}

// builtin is the built-in that d defines, and its type.
func (l *linker) builtin(d *canonDef) (spec.CoreFunc, *coreFunc) {
	l.noLiftOptions(d.opts)
	t := &coreFunc{letters(builtinTypes[d.op][0]), letters(builtinTypes[d.op][1])}
	switch d.op {
	case resourceNew, resourceDrop, resourceRep:
		return l.resourceBuiltin(d), t
	case streamNew, streamRead, streamWrite, streamCancelRead, streamCancelWrite, streamDropReadable, streamDropWritable:
		return l.streamBuiltin(d), t
	case futureNew, futureRead, futureWrite, futureCancelRead, futureCancelWrite, futureDropReadable, futureDropWritable:
		return l.futureBuiltin(d), t
	case errorContextNew, errorContextDebugMessage, errorContextDrop:
		return l.errorContextBuiltin(d), t
	case contextGet, contextSet:
		return l.contextBuiltin(d)
	case taskReturn:
		return l.taskReturn(d)
	case threadNewIndirect:
		return l.threadNewIndirect(d)
	case threadIndex, threadResumeLater, threadSuspend, threadYield, threadSuspendThenResume, threadYieldThenResume,
		threadSuspendThenPromote, threadYieldThenPromote:
		return l.threadBuiltin(d), t
	default:
		return l.waitingBuiltin(d), t
	}
}

func (l *linker) resourceBuiltin(d *canonDef) spec.CoreFunc {
	s, rt := l.run.store, l.resource(l.enclosed, d.index)
	if d.op != resourceDrop && l.run.definers[rt] != l.inst {
		l.fail("type index %d is not a local resource: %s is for resource types that the component defines", d.index, d.op)
	}
	switch d.op {
	case resourceNew:
		return func(a coreValues) coreValues { return spec.CanonResourceNew(s, rt, a[0].Uint64()) }
	case resourceDrop:
		return func(a coreValues) coreValues { return spec.CanonResourceDrop(s, rt, a[0].Uint64()) }
	default:
		return func(a coreValues) coreValues { return spec.CanonResourceRep(s, rt, a[0].Uint64()) }
	}
}

func (l *linker) streamBuiltin(d *canonDef) spec.CoreFunc {
	s := l.run.store
	t, ok := pick(l, l.enclosed.types, d.index, sortType).(*spec.StreamType)
	if !ok {
		l.fail("type index %d is not a stream type", d.index)
	}
	switch d.op {
	case streamNew:
		return func(coreValues) coreValues { return spec.CanonStreamNew(s, t) }
	case streamRead:
		o := l.copyOptions(d, t.T, true)
		return func(a coreValues) coreValues {
			return spec.CanonStreamRead(s, t, o, a[0].Uint64(), a[1].Uint64(), a[2].Uint64())
		}
	case streamWrite:
		o := l.copyOptions(d, t.T, false)
		return func(a coreValues) coreValues {
			return spec.CanonStreamWrite(s, t, o, a[0].Uint64(), a[1].Uint64(), a[2].Uint64())
		}
	case streamCancelRead:
		return func(a coreValues) coreValues { return spec.CanonStreamCancelRead(s, t, d.flag, a[0].Uint64()) }
	case streamCancelWrite:
		return func(a coreValues) coreValues { return spec.CanonStreamCancelWrite(s, t, d.flag, a[0].Uint64()) }
	case streamDropReadable:
		return func(a coreValues) coreValues { return spec.CanonStreamDropReadable(s, t, a[0].Uint64()) }
	default:
		return func(a coreValues) coreValues { return spec.CanonStreamDropWritable(s, t, a[0].Uint64()) }
	}
}

func (l *linker) futureBuiltin(d *canonDef) spec.CoreFunc {
	s := l.run.store
	t, ok := pick(l, l.enclosed.types, d.index, sortType).(*spec.FutureType)
	if !ok {
		l.fail("type index %d is not a future type", d.index)
	}
	switch d.op {
	case futureNew:
		return func(coreValues) coreValues { return spec.CanonFutureNew(s, t) }
	case futureRead:
		o := l.copyOptions(d, t.T, true)
		return func(a coreValues) coreValues { return spec.CanonFutureRead(s, t, o, a[0].Uint64(), a[1].Uint64()) }
	case futureWrite:
		o := l.copyOptions(d, t.T, false)
		return func(a coreValues) coreValues { return spec.CanonFutureWrite(s, t, o, a[0].Uint64(), a[1].Uint64()) }
	case futureCancelRead:
		return func(a coreValues) coreValues { return spec.CanonFutureCancelRead(s, t, d.flag, a[0].Uint64()) }
	case futureCancelWrite:
		return func(a coreValues) coreValues { return spec.CanonFutureCancelWrite(s, t, d.flag, a[0].Uint64()) }
	case futureDropReadable:
		return func(a coreValues) coreValues { return spec.CanonFutureDropReadable(s, t, a[0].Uint64()) }
	default:
		return func(a coreValues) coreValues { return spec.CanonFutureDropWritable(s, t, a[0].Uint64()) }
	}
}

// copyOptions are the options of a copy of elements of type t, which may be nil.
func (l *linker) copyOptions(d *canonDef, t spec.ValType, reads bool) *spec.CanonicalOptions {
	o := l.options(d.opts)
	if t == nil {
		return o
	}
	if d.opts.memory == nil {
		l.fail("canonical option `memory` is required")
	}
	if reads && inMemory(t) && d.opts.realloc == nil {
		l.fail("canonical option `realloc` is required")
	}
	return o
}

func (l *linker) errorContextBuiltin(d *canonDef) spec.CoreFunc {
	s := l.run.store
	if d.op == errorContextDrop {
		return func(a coreValues) coreValues { return spec.CanonErrorContextDrop(s, a[0].Uint64()) }
	}
	o := l.options(d.opts)
	if o.Memory == nil {
		l.fail("canonical option `memory` is required")
	}
	if d.op == errorContextNew {
		return func(a coreValues) coreValues {
			return spec.CanonErrorContextNew(s, &o.LiftLowerOptions, a[0].Uint64(), a[1].Uint64())
		}
	}
	if o.Realloc == nil {
		l.fail("canonical option `realloc` is required")
	}
	return func(a coreValues) coreValues {
		return spec.CanonErrorContextDebugMessage(s, &o.LiftLowerOptions, a[0].Uint64(), a[1].Uint64())
	}
}

// contextSlots is how many slots of storage a thread has.
const contextSlots = 2

func (l *linker) contextBuiltin(d *canonDef) (spec.CoreFunc, *coreFunc) {
	s, slot := l.run.store, uint64(d.n)
	t, ok := d.core.number()
	if !ok || t != spec.I32 && t != spec.I64 {
		l.fail("the storage of a thread holds i32 or i64, not %s", d.core)
	}
	if slot >= contextSlots {
		l.fail("immediate must be zero or one: a thread has %d slots of storage", contextSlots)
	}
	if d.op == contextGet {
		return func(coreValues) coreValues { return spec.CanonContextGet(s, t, slot) }, &coreFunc{results: []coreVal{d.core}}
	}
	return func(a coreValues) coreValues { return spec.CanonContextSet(s, t, slot, a[0].Uint64()) }, &coreFunc{params: []coreVal{d.core}}
}

// taskReturn has the core type of a function, lowered, that takes the result.
func (l *linker) taskReturn(d *canonDef) (spec.CoreFunc, *coreFunc) {
	s, o := l.run.store, l.options(d.opts)
	result := l.resultType(l.enclosed, d.result)
	switch {
	case d.opts.realloc != nil:
		l.fail("canonical option `realloc` cannot be specified for task.return")
	case d.opts.async:
		l.fail("canonical option `async` cannot be specified for task.return")
	}
	core := l.coreTypeOf(o, &spec.FuncType{Params: result}, spec.LoweredType)
	return func(a coreValues) coreValues { return spec.CanonTaskReturn(s, result, &o.LiftOptions, a) }, core
}

func (l *linker) threadNewIndirect(d *canonDef) (spec.CoreFunc, *coreFunc) {
	s, fn := l.run.store, pick(l, l.enclosed.coreTypes, d.index, sortCoreType).fn
	if fn == nil || len(fn.results) != 0 || len(fn.params) != 1 || fn.params[0] != coreI32 && fn.params[0] != coreI64 {
		l.fail("start function must take a single `i32` or `i64` argument and return nothing")
	}
	ft, _ := fn.numbers()
	tbl := l.funcTable(d.n, fn)
	return func(a coreValues) coreValues {
			return spec.CanonThreadNewIndirect(s, ft, tbl, a[0].Uint64(), a[1].Uint64())
		},
		&coreFunc{[]coreVal{coreI32, fn.params[0]}, []coreVal{coreI32}}
}

func (l *linker) threadBuiltin(d *canonDef) spec.CoreFunc {
	s := l.run.store
	switch d.op {
	case threadIndex:
		return func(coreValues) coreValues { return spec.CanonThreadIndex(s) }
	case threadResumeLater:
		return func(a coreValues) coreValues { return spec.CanonThreadResumeLater(s, a[0].Uint64()) }
	case threadSuspend:
		return func(coreValues) coreValues { return spec.CanonThreadSuspend(s, d.flag) }
	case threadYield:
		return func(coreValues) coreValues { return spec.CanonThreadYield(s, d.flag) }
	case threadSuspendThenResume:
		return func(a coreValues) coreValues { return spec.CanonThreadSuspendThenResume(s, d.flag, a[0].Uint64()) }
	case threadYieldThenResume:
		return func(a coreValues) coreValues { return spec.CanonThreadYieldThenResume(s, d.flag, a[0].Uint64()) }
	case threadSuspendThenPromote:
		return func(a coreValues) coreValues { return spec.CanonThreadSuspendThenPromote(s, d.flag, a[0].Uint64()) }
	default:
		return func(a coreValues) coreValues { return spec.CanonThreadYieldThenPromote(s, d.flag, a[0].Uint64()) }
	}
}

// waitingBuiltin is a built-in of tasks, subtasks, waitable sets or backpressure.
func (l *linker) waitingBuiltin(d *canonDef) spec.CoreFunc {
	s := l.run.store
	switch d.op {
	case taskCancel:
		return func(coreValues) coreValues { return spec.CanonTaskCancel(s) }
	case subtaskCancel:
		return func(a coreValues) coreValues { return spec.CanonSubtaskCancel(s, d.flag, a[0].Uint64()) }
	case subtaskDrop:
		return func(a coreValues) coreValues { return spec.CanonSubtaskDrop(s, a[0].Uint64()) }
	case backpressureInc:
		return func(coreValues) coreValues { return spec.CanonBackpressureInc(s) }
	case backpressureDec:
		return func(coreValues) coreValues { return spec.CanonBackpressureDec(s) }
	case waitableSetNew:
		return func(coreValues) coreValues { return spec.CanonWaitableSetNew(s) }
	case waitableSetWait:
		m := l.memory(d.memory)
		return func(a coreValues) coreValues {
			return spec.CanonWaitableSetWait(s, d.flag, m, a[0].Uint64(), a[1].Uint64())
		}
	case waitableSetPoll:
		m := l.memory(d.memory)
		return func(a coreValues) coreValues {
			return spec.CanonWaitableSetPoll(s, d.flag, m, a[0].Uint64(), a[1].Uint64())
		}
	case waitableSetDrop:
		return func(a coreValues) coreValues { return spec.CanonWaitableSetDrop(s, a[0].Uint64()) }
	default: // waitableJoin
		return func(a coreValues) coreValues { return spec.CanonWaitableJoin(s, a[0].Uint64(), a[1].Uint64()) }
	}
}
