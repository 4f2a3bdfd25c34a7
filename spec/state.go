package spec

import (
	"fmt"
	"strconv"
)

// AppendState appends the whole state of s to b as text, a line an object: the instances with their tables, and every
// thread, task, waitable, set, shared stream or future and buffer that can be reached from them. Objects are numbered
// as they are met, so that two states are equal texts exactly if they differ in no more than the identity of their
// objects. What stands on suspended stacks is not part of it, nor are the contents of memories.
func (s *Store) AppendState(b []byte) []byte {
	w := &stateWriter{b: b, numbers: map[any]int{}}
	w.put("store depth=", s.nestingDepth, " running=", s.runningThread(), " waiting=", s.waiting, "\n")
	for _, inst := range s.instances {
		w.instance(inst)
	}
	for len(w.queue) > 0 {
		o := w.queue[0]
		w.queue = w.queue[1:]
		w.object(o)
	}
	return w.b
}

// State is AppendState as a string.
func (s *Store) State() string { return string(s.AppendState(nil)) }

func (s *Store) runningThread() *Thread {
	if s.handler == nil {
		return nil
	}
	return s.handler.currentThread
}

type stateWriter struct {
	b       []byte
	numbers map[any]int // of the objects met so far
	counts  [objectKinds]int
	queue   []any // the objects met whose lines are still to be written
}

// The kinds of objects that are numbered, each from 1.
const (
	kindThread = iota
	kindTask
	kindHandle
	kindSubtask
	kindEnd
	kindSet
	kindStream
	kindFuture
	kindHostShared
	kindBuffer
	kindMemory
	objectKinds
)

var kindNames = [objectKinds]string{"thread", "task", "h", "subtask", "end", "set", "stream", "future", "host-shared", "buffer", "memory"}

// put writes each part: text and numbers as they are, objects as references.
func (w *stateWriter) put(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.b = append(w.b, p...)
		case int:
			w.b = strconv.AppendInt(w.b, int64(p), 10)
		case int64:
			w.b = strconv.AppendInt(w.b, p, 10)
		case uint64:
			w.b = strconv.AppendUint(w.b, p, 10)
		case bool:
			w.b = append(w.b, "01"[intOfBool(p).magnitude])
		case fmt.Stringer:
			w.b = append(w.b, p.String()...)
		default:
			w.reference(p)
		}
	}
}

// reference writes an object, or a list of them, as its kind and number.
func (w *stateWriter) reference(p any) {
	switch p := p.(type) {
	case nil:
		w.put("-")
	case *ComponentInstance:
		w.put(orDash(p == nil, func() string { return p.Name }))
	case *Thread:
		w.number(kindThread, p, p == nil)
	case *Task:
		w.number(kindTask, p, p == nil)
	case *ResourceHandle:
		w.number(kindHandle, p, p == nil)
	case *Subtask:
		w.number(kindSubtask, p, p == nil)
	case *CopyEnd:
		w.number(kindEnd, p, p == nil)
	case *WaitableSet:
		w.number(kindSet, p, p == nil)
	case *SharedStreamImpl:
		w.number(kindStream, p, p == nil)
	case *SharedFutureImpl:
		w.number(kindFuture, p, p == nil)
	case *MemInst:
		w.number(kindMemory, p, p == nil)
	case *Waitable:
		w.waitableReference(p)
	case *bufferGuestImpl:
		w.number(kindBuffer, p, p == nil)
	case guestBuffer:
		w.reference(p.base())
	case *ErrorContext:
		w.put("error-context ", strconv.Quote(p.DebugMessage.S))
	case end:
		w.reference(p.base())
	case SharedBase:
		w.number(kindHostShared, p, false)
	case []*Thread:
		putList(w, p)
	case []*ResourceHandle:
		putList(w, p)
	case []*Waitable:
		putList(w, p)
	case []uint64:
		putList(w, p)
	case []CoreValue:
		putList(w, p)
	default:
		w.put("host")
	}
}

func orDash(isNil bool, name func() string) string {
	if isNil {
		return "-"
	}
	return name()
}

func putList[T any](w *stateWriter, list []T) {
	w.put("[")
	for i, e := range list {
		if i > 0 {
			w.put(" ")
		}
		w.put(e)
	}
	w.put("]")
}

func (w *stateWriter) waitableReference(p *Waitable) {
	switch self := p.self.(type) {
	case *Subtask:
		w.reference(self)
	case end:
		w.reference(self.base())
	}
}

func (w *stateWriter) number(kind int, object any, isNil bool) {
	if isNil {
		w.put("-")
		return
	}
	n, met := w.numbers[object]
	if !met {
		w.counts[kind]++
		n = w.counts[kind]
		w.numbers[object] = n
		w.queue = append(w.queue, object)
	}
	w.put(kindNames[kind], n)
}

func (w *stateWriter) instance(inst *ComponentInstance) {
	w.put("instance ", inst.Name, " parent=", inst.parent, " may_enter=", inst.mayEnter, " may_leave=", inst.mayLeave,
		" backpressure=", inst.backpressure, " num_waiting_to_enter=", inst.numWaitingToEnter,
		" exclusive_thread=", inst.exclusiveThread, "\n")
	w.tables("handles", inst.handles)
	if inst.threads != inst.handles {
		w.tables("threads", inst.threads)
	}
}

func (w *stateWriter) tables(name string, ts *Tables) {
	for _, t := range *ts.tables {
		w.put("  ", name, t.key.suffix(), " array=[")
		for place, e := range t.array {
			if place > 0 {
				w.put(" ")
			}
			w.put(e)
		}
		w.put("] free=", t.free, t.numbering)
		w.owners(t)
		w.put("\n")
	}
}

// owners writes whose the elements of a shared table are.
func (w *stateWriter) owners(t *Table) {
	if t.owners == nil {
		return
	}
	w.put(" owners=[")
	for place, e := range t.array {
		if e != nil {
			w.put(" ", t.owners[uint64(place)])
		}
	}
	w.put("]")
}

// suffix says which of several tables a key means: nothing for the one that holds all, "[R]" for that of a type.
func (k TableKey) suffix() string {
	switch {
	case k.Resource != nil:
		return "[" + k.Resource.Name + "]"
	case k.Typed:
		return fmt.Sprintf("[%s of %s]", k.Class, typeName(k.Payload))
	case k.Class == ClassNone || k.Class == ClassThread:
		return ""
	default:
		return fmt.Sprintf("[%s]", k.Class)
	}
}

// String is empty: the array and the free list say everything.
func (LIFO) String() string { return "" }

// object writes the line of an object that was met.
func (w *stateWriter) object(o any) {
	w.reference(o)
	switch o := o.(type) {
	case *Thread:
		w.thread(o)
	case *Task:
		w.put(" inst=", o.inst, " ", funcTypeName(o.ft), " ", o.opts.kind(), " state=", o.state, " num_borrows=", o.numBorrows,
			" implicit_thread=", o.implicitThread, " threads=", o.threads)
		w.callbacks(o)
	case *ResourceHandle:
		w.put(" own=", o.own, " rt=", o.rt.Name, " rep=", o.rep, " num_lends=", o.numLends, " borrow_scope=", o.borrowScope)
	case *Subtask:
		w.subtask(o)
	case *CopyEnd:
		w.put(" ", o.self.class(), " state=", o.state, " shared=", o.shared)
		w.waitable(&o.Waitable)
	case *WaitableSet:
		w.put(" elems=", o.elems, " num_waiting=", o.numWaiting)
	case *SharedStreamImpl:
		w.put(" t=", typeName(o.t), " dropped=", o.dropped, " pending_inst=", o.pendingInst, " pending_buffer=", o.pendingBuffer)
		w.onCopyDone(o.pendingOnCopyDone)
	case *SharedFutureImpl:
		w.put(" t=", typeName(o.t), " dropped=", o.dropped, " pending_inst=", o.pendingInst, " pending_buffer=", o.pendingBuffer)
		w.onCopyDone(o.pendingOnCopyDone)
	case *bufferGuestImpl:
		w.put(" t=", typeName(o.t), " ptr=", o.ptr, " progress=", o.progress, " length=", o.length, " inst=", o.cx.inst,
			" memory=", o.cx.opts.Memory, " ", o.cx.opts.StringEncoding)
	case *MemInst:
		w.put(" ", o.AddrType, " length=", o.length())
	}
	w.put("\n")
}

// onCopyDone writes which end a pending copy is of.
func (w *stateWriter) onCopyDone(f OnCopyDone) {
	w.put(" pending_on_copy_done=")
	switch f := f.(type) {
	case *streamCopying:
		w.put(f.e)
	case *futureCopying:
		w.put(f.e)
	default:
		w.put(orDash(f == nil, func() string { return "host" }))
	}
}

func (w *stateWriter) thread(t *Thread) {
	w.put(" task=", t.task, " ", t.status(), " cancellable=", t.cancellable, " index=")
	if t.index == nil {
		w.put("-")
	} else {
		w.put(*t.index)
	}
	w.put(" storage=", t.storage[:], " ready_func=")
	w.readyFunc(t.readyFunc)
	w.put(" begins=")
	w.begins(t.cont)
}

// begins writes what a thread that has not run yet will run.
func (w *stateWriter) begins(cont *Continuation) {
	if cont == nil || cont.co != nil {
		w.put("-")
		return
	}
	f, _ := cont.f.(*contFuncOfThread)
	switch f := f.threadFunc.(type) {
	case *liftThreadFunc:
		w.put("lift")
	case *newIndirectThreadFunc:
		w.put("indirect(", f.c, ")")
	default:
		w.put("host")
	}
}

func (t *Thread) status() string {
	switch {
	case t.running():
		return "running"
	case t.suspended():
		return "suspended"
	default:
		return "waiting"
	}
}

func (w *stateWriter) readyFunc(r ReadyFunc) {
	switch r := r.(type) {
	case nil:
		w.put("-")
	case alwaysReady:
		w.put("always")
	case noBackpressure:
		w.put("no-backpressure(", r.task, ")")
	case waitableReady:
		w.put("has-pending-event(", r.w, ")")
	case *readyAndHasEvent:
		w.put("has-event(", r.wset, ", ")
		w.readyFunc(r.readyFunc)
		w.put(")")
	case exclusiveFree:
		w.put("exclusive-free(", r.inst, ")")
	case subtaskResolved:
		w.put("resolved(", r.t, ")")
	default:
		w.put("host")
	}
}

func (w *stateWriter) callbacks(t *Task) {
	switch r := t.onResolve.(type) {
	case *lowerOnResolve:
		w.put(" on_resolve=lower(", r.subtask, ", progress=", r.onProgress != nil, ", args=", r.flatArgs.values[min(r.flatArgs.i, len(r.flatArgs.values)):], ")")
	case *reallocOnResolve:
		w.put(" on_resolve=realloc")
	default:
		w.put(" on_resolve=host")
	}
}

// kind says how a function is lifted.
func (opts *CanonicalOptions) kind() string {
	switch {
	case !opts.Async:
		return "sync"
	case opts.Callback == nil:
		return "stackful"
	default:
		return "callback"
	}
}

func (w *stateWriter) subtask(t *Subtask) {
	w.put(" state=", t.state, " on_cancel=")
	if task, ok := t.onCancel.(*Task); ok {
		w.put(task)
	} else {
		w.put(orDash(t.onCancel == nil, func() string { return "host" }))
	}
	if t.delivered {
		w.put(" lenders=-")
	} else {
		w.put(" lenders=", t.lenders)
	}
	w.put(" cancellation_requested=", t.cancellationRequested, " flat_results=", t.flatResults)
	w.waitable(&t.Waitable)
}

func (w *stateWriter) waitable(wb *Waitable) {
	w.put(" wset=", wb.wset, " has_sync_waiter=", wb.hasSyncWaiter, " pending_event=")
	switch e := wb.pendingEvent.(type) {
	case nil:
		w.put("-")
	case *subtaskEvent:
		w.put("subtask(", e.subtaski, ")")
	case *streamEvent:
		w.put("stream(", e.result, ", reclaim=", e.reclaimBuffer != nil, ", ", e.eventCode, ", ", e.i, ", ", e.buffer, ")")
	case *futureEvent:
		w.put("future(", e.result, ", ", e.eventCode, ", ", e.i, ", ", e.buffer, ")")
	}
}

// funcTypeName writes a function type.
func funcTypeName(ft *FuncType) string {
	async := ":"
	if ft.Async {
		async = ":async-"
	}
	return fmt.Sprintf("%s%sfunc(%s)->(%s)", ft.Name, async,
		joined(len(ft.Params), func(i int) string { return typeName(ft.Params[i]) }),
		joined(len(ft.Result), func(i int) string { return typeName(ft.Result[i]) }))
}
