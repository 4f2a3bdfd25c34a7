package component

// A canonDef is a canonical definition.
type canonDef struct {
	place
	op     builtin
	index  uint32 // of the function, resource type, stream, future or core function type
	t      uint32 // of canon lift: the function's type
	opts   canonOpts
	flag   bool // async or cancellable
	result *valType
	core   coreVal // of context.get and context.set
	n      uint32  // their slot; of thread.new-indirect: the table
	memory uint32  // of waitable-set.wait and poll
}

// canonOpts are canonical options. A nil index is an option that is not there.
type canonOpts struct {
	encoding                              byte
	memory, realloc, postReturn, callback *uint32
	async                                 bool
}

// A builtin is a canonical definition's opcode.
type builtin byte

const (
	canonLift                  builtin = 0x00
	canonLower                 builtin = 0x01
	resourceNew                builtin = 0x02
	resourceDrop               builtin = 0x03
	resourceRep                builtin = 0x04
	taskCancel                 builtin = 0x05
	subtaskCancel              builtin = 0x06
	taskReturn                 builtin = 0x09
	contextGet                 builtin = 0x0a
	contextSet                 builtin = 0x0b
	threadYield                builtin = 0x0c
	subtaskDrop                builtin = 0x0d
	streamNew                  builtin = 0x0e
	streamRead                 builtin = 0x0f
	streamWrite                builtin = 0x10
	streamCancelRead           builtin = 0x11
	streamCancelWrite          builtin = 0x12
	streamDropReadable         builtin = 0x13
	streamDropWritable         builtin = 0x14
	futureNew                  builtin = 0x15
	futureRead                 builtin = 0x16
	futureWrite                builtin = 0x17
	futureCancelRead           builtin = 0x18
	futureCancelWrite          builtin = 0x19
	futureDropReadable         builtin = 0x1a
	futureDropWritable         builtin = 0x1b
	errorContextNew            builtin = 0x1c
	errorContextDebugMessage   builtin = 0x1d
	errorContextDrop           builtin = 0x1e
	waitableSetNew             builtin = 0x1f
	waitableSetWait            builtin = 0x20
	waitableSetPoll            builtin = 0x21
	waitableSetDrop            builtin = 0x22
	waitableJoin               builtin = 0x23
	backpressureInc            builtin = 0x24
	backpressureDec            builtin = 0x25
	threadIndex                builtin = 0x26
	threadNewIndirect          builtin = 0x27
	threadResumeLater          builtin = 0x28
	threadSuspend              builtin = 0x29
	threadSuspendThenResume    builtin = 0x2a
	threadYieldThenResume      builtin = 0x2b
	threadSuspendThenPromote   builtin = 0x2c
	threadYieldThenPromote     builtin = 0x2d
	threadSpawnRef             builtin = 0x40
	threadSpawnIndirect        builtin = 0x41
	threadAvailableParallelism builtin = 0x42
)

var builtinNames = map[builtin]string{
	canonLift: "lift", canonLower: "lower",
	resourceNew: "resource.new", resourceDrop: "resource.drop", resourceRep: "resource.rep",
	taskCancel: "task.cancel", taskReturn: "task.return", subtaskCancel: "subtask.cancel", subtaskDrop: "subtask.drop",
	contextGet: "context.get", contextSet: "context.set", backpressureInc: "backpressure.inc", backpressureDec: "backpressure.dec",
	streamNew: "stream.new", streamRead: "stream.read", streamWrite: "stream.write", streamCancelRead: "stream.cancel-read",
	streamCancelWrite: "stream.cancel-write", streamDropReadable: "stream.drop-readable", streamDropWritable: "stream.drop-writable",
	futureNew: "future.new", futureRead: "future.read", futureWrite: "future.write", futureCancelRead: "future.cancel-read",
	futureCancelWrite: "future.cancel-write", futureDropReadable: "future.drop-readable", futureDropWritable: "future.drop-writable",
	errorContextNew: "error-context.new", errorContextDebugMessage: "error-context.debug-message", errorContextDrop: "error-context.drop",
	waitableSetNew: "waitable-set.new", waitableSetWait: "waitable-set.wait", waitableSetPoll: "waitable-set.poll",
	waitableSetDrop: "waitable-set.drop", waitableJoin: "waitable.join",
	threadIndex: "thread.index", threadNewIndirect: "thread.new-indirect", threadResumeLater: "thread.resume-later",
	threadSuspend: "thread.suspend", threadYield: "thread.yield", threadSuspendThenResume: "thread.suspend-then-resume",
	threadYieldThenResume: "thread.yield-then-resume", threadSuspendThenPromote: "thread.suspend-then-promote",
	threadYieldThenPromote: "thread.yield-then-promote", threadSpawnRef: "thread.spawn-ref",
	threadSpawnIndirect: "thread.spawn-indirect", threadAvailableParallelism: "thread.available-parallelism",
}

func (b builtin) String() string { return builtinNames[b] }

func (r *reader) canon() definition {
	d := &canonDef{place: r.place(), op: builtin(r.byte())}
	switch d.op {
	case canonLift:
		r.expect(0, "the sort of a lifted function")
		d.index, d.opts, d.t = r.u32(), r.canonOpts(), r.u32()
	case canonLower:
		r.expect(0, "the sort of a lowered function")
		d.index, d.opts = r.u32(), r.canonOpts()
	case resourceNew, resourceDrop, resourceRep, streamNew, streamDropReadable, streamDropWritable,
		futureNew, futureDropReadable, futureDropWritable:
		d.index = r.u32()
	case backpressureInc, backpressureDec, taskCancel, subtaskDrop, errorContextDrop, waitableSetNew, waitableSetDrop,
		waitableJoin, threadIndex, threadResumeLater:
	case taskReturn:
		d.result, d.opts = r.resultList(), r.canonOpts()
	case contextGet, contextSet:
		d.core, d.n = r.coreVal(), r.u32()
	case subtaskCancel:
		d.flag = r.flag("async?")
	case streamRead, streamWrite, futureRead, futureWrite:
		d.index, d.opts = r.u32(), r.canonOpts()
	case streamCancelRead, streamCancelWrite, futureCancelRead, futureCancelWrite:
		d.index, d.flag = r.u32(), r.flag("async?")
	case errorContextNew, errorContextDebugMessage:
		d.opts = r.canonOpts()
	case waitableSetWait, waitableSetPoll:
		d.flag, d.memory = r.flag("cancel?"), r.u32()
	case threadNewIndirect:
		d.index, d.n = r.u32(), r.u32()
	case threadSuspend, threadYield, threadSuspendThenResume, threadYieldThenResume, threadSuspendThenPromote, threadYieldThenPromote:
		d.flag = r.flag("cancel?")
	case threadSpawnRef:
		d.flag, d.index = r.flag("shared?"), r.u32()
	case threadSpawnIndirect:
		d.flag, d.index, d.n = r.flag("shared?"), r.u32(), r.u32()
	case threadAvailableParallelism:
		d.flag = r.flag("shared?")
	default:
		r.failAt(r.i-1, "no canonical definition has the opcode %#02x", byte(d.op))
	}
	return d
}

func (r *reader) canonOpts() canonOpts {
	var o canonOpts
	seen := map[string]bool{}
	once := func(what string, at int) {
		if seen[what] {
			r.failAt(at, "canonical option `%s` is specified more than once", what)
		}
		seen[what] = true
	}
	vec(r, func() struct{} {
		at := r.i
		switch c := r.byte(); c {
		case 0, 1, 2:
			once("string-encoding", at)
			o.encoding = c
		case 3:
			once("memory", at)
			o.memory = r.index()
		case 4:
			once("realloc", at)
			o.realloc = r.index()
		case 5:
			once("post-return", at)
			o.postReturn = r.index()
		case 6:
			once("async", at)
			o.async = true
		case 7:
			once("callback", at)
			o.callback = r.index()
		default:
			r.failAt(at, "no canonical option has the opcode %#02x", c)
		}
		return struct{}{}
	})
	return o
}

func (r *reader) index() *uint32 {
	i := r.u32()
	return &i
}
