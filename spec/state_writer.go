// Not upstream's: the whole state of a store as text, by which states are compared.

package spec

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// AppendState appends the whole state of s to b as text, a line an object: the instances with their tables, and every
// thread, task, waitable, set, shared stream or future and buffer that can be reached from them. Objects are numbered
// in the order in which they are first written, so that two states are equal texts exactly if they differ in nothing but the
// identity of their objects. The local variables of suspended stacks and the contents of memories are not part of it.
func (s *Store) AppendState(b []byte) []byte { return new(StateWriter).Append(b, s, nil) }

// Append appends the state of s to b as Store.AppendState does. After the instances it calls more, which is optional and may
// write further state; the objects that more refers to get lines like all others.
func (w *StateWriter) Append(b []byte, s *Store, more func(w *StateWriter)) []byte {
	w.full = w.Age == nil
	w.reset(b)
	w.store(s, more)
	if w.kept && !w.full {
		w.full = true
		w.reset(b)
		w.store(s, more)
	}
	return w.b
}

// Full reports whether the text that is being written has the indices in it.
func (w *StateWriter) Full() bool { return w.full }

func (w *StateWriter) reset(b []byte) {
	clear(w.places)
	w.b, w.queue, w.numbers, w.counts, w.kept = b, w.queue[:0], w.numbers[:0], [StateKinds]int{}, false
}

func (w *StateWriter) store(s *Store, more func(w *StateWriter)) {
	putNumber(w, "store depth=", s.nestingDepth)
	putObject(w, " running=", StateThread, s.runningThread())
	if w.full {
		w.put(" waiting=", s.waiting)
	}
	w.put("\n")
	for _, inst := range s.instances {
		w.instance(inst)
	}
	if !w.full {
		w.put("waiting=")
		putSet(w, s.waiting)
		w.put("\n")
	}
	if more != nil {
		more(w)
	}
	for i := 0; i < len(w.queue); i++ { // it grows
		w.object(w.queue[i])
	}
}

// putSet writes a list of definitions.py whose order does not matter. Unless the state is written in full, the elements that
// have a number come first, in the order of their numbers.
func putSet[T comparable](w *StateWriter, list []T) {
	if w.full || len(list) < 2 {
		putList(w, list)
		return
	}
	number := func(e T) int {
		if place := w.placeOf(objectOf(e)); place >= 0 {
			return w.numbers[place]
		}
		return math.MaxInt
	}
	less := func(a, b T) int { return cmp.Compare(number(a), number(b)) }
	if !slices.IsSortedFunc(list, less) {
		list = slices.Clone(list)
		slices.SortStableFunc(list, less)
	}
	putList(w, list)
}

// objectOf is the object that has the number of an element of a list.
func objectOf(e any) any {
	if wb, ok := e.(*Waitable); ok {
		if self, isEnd := wb.self.(end); isEnd {
			return self.base()
		}
		return wb.self
	}
	return e
}

// Put writes each part: text, numbers and flags as they are, the specification's objects as references to their lines.
func (w *StateWriter) Put(parts ...any) { w.put(parts...) }

// Text writes text, without making a copy as Put does.
func (w *StateWriter) Text(text string) { w.b = append(w.b, text...) }

// State is AppendState as a string.
func (s *Store) State() string { return string(s.AppendState(nil)) }

func (s *Store) runningThread() *Thread {
	if s.handler == nil {
		return nil
	}
	return s.handler.currentThread
}

// A StateWriter writes states. The zero StateWriter is ready; using one again and again saves allocations.
type StateWriter struct {
	// Age, if it is not nil, has indices left out: tables are written as their live elements, ordered by class, type and
	// age (when each was added), and lists whose order does not matter as putSet does. States that are then equal behave
	// alike as long as core code does not use an index as a number. A state that keeps an index which may outlive its
	// element is written in full.
	Age func(Element) int

	b       []byte
	full    bool // Age is nil, or not to be used
	kept    bool // the state keeps an index that may outlive its element
	live    []int
	queue   []any       // the objects written so far; lines are written of one after the other
	numbers []int       // of the same objects
	places  map[any]int // of the objects in the queue, once there are many; before that it is searched
	counts  [StateKinds]int
}

// manyObjects is how many objects are searched for one by one.
const manyObjects = 32

// put writes each part: text and numbers as they are, objects as references.
func (w *StateWriter) put(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.b = append(w.b, p...)
		case int:
			w.b = appendNumber(w.b, p)
		case int64:
			w.b = appendNumber(w.b, p)
		case uint64:
			w.b = appendNumber(w.b, p)
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
func (w *StateWriter) reference(p any) {
	switch p := p.(type) {
	case nil:
		w.put("-")
	case *ComponentInstance:
		if p == nil {
			w.put("-")
		} else {
			w.Text(p.Name)
		}
	case *Thread:
		w.number(StateThread, p, p == nil)
	case *Task:
		w.number(StateTask, p, p == nil)
	case *ResourceHandle:
		w.number(StateHandle, p, p == nil)
	case *Subtask:
		w.number(StateSubtask, p, p == nil)
	case *CopyEnd:
		w.number(StateEnd, p, p == nil)
	case *WaitableSet:
		w.number(StateSet, p, p == nil)
	case *SharedStreamImpl:
		w.number(StateStream, p, p == nil)
	case *SharedFutureImpl:
		w.number(StateFuture, p, p == nil)
	case *MemInst:
		w.number(StateMemory, p, p == nil)
	case *Waitable:
		w.waitableReference(p)
	case *bufferGuestImpl:
		w.number(StateBuffer, p, p == nil)
	case guestBuffer:
		w.reference(p.base())
	case *ErrorContext:
		w.put("error-context ", strconv.Quote(p.DebugMessage.S))
	case end:
		w.reference(p.base())
	case *lowerOnResolve:
		w.reference(p.subtask)
	case *streamCopying:
		w.reference(p.e)
	case *futureCopying:
		w.reference(p.e)
	case SharedBase:
		w.number(StateHostShared, p, false)
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

func putList[T any](w *StateWriter, list []T) {
	w.Text("[")
	for i, e := range list {
		if i > 0 {
			w.Text(" ")
		}
		w.put(e)
	}
	w.Text("]")
}

func (w *StateWriter) waitableReference(p *Waitable) {
	switch self := p.self.(type) {
	case *Subtask:
		w.reference(self)
	case end:
		w.reference(self.base())
	}
}

func (w *StateWriter) number(kind StateKind, object any, isNil bool) {
	if isNil {
		w.Text("-")
		return
	}
	place := w.placeOf(object)
	if place < 0 {
		place = w.add(kind, object)
	}
	w.b = appendNumber(append(w.b, stateKindNames[kind]...), w.numbers[place])
}

// placeOf is where an object is in the queue; -1: it is not.
func (w *StateWriter) placeOf(object any) int {
	if len(w.queue) <= manyObjects {
		return slices.Index(w.queue, object)
	}
	if place, known := w.places[object]; known {
		return place
	}
	return -1
}

// add gives an object the next number of its kind, and its place in the queue.
func (w *StateWriter) add(kind StateKind, object any) (place int) {
	place = len(w.queue)
	w.counts[kind]++
	w.queue, w.numbers = append(w.queue, object), append(w.numbers, w.counts[kind])
	switch {
	case len(w.queue) == manyObjects+1:
		if w.places == nil {
			w.places = map[any]int{}
		}
		for i, o := range w.queue {
			w.places[o] = i
		}
	case len(w.queue) > manyObjects:
		w.places[object] = place
	}
	return place
}

// appendNumber is strconv.AppendInt, faster for the numbers that most are.
func appendNumber[N int | int64 | uint64](b []byte, n N) []byte {
	if 0 <= n && n < 10 {
		return append(b, '0'+byte(n))
	}
	if n < 0 {
		return strconv.AppendInt(b, int64(n), 10)
	}
	return strconv.AppendUint(b, uint64(n), 10)
}

// These write what Put writes, after a text. They are faster, because they are told the type.

func putNumber[N int | int64 | uint64](w *StateWriter, text string, n N) {
	w.b = appendNumber(append(w.b, text...), n)
}

func (w *StateWriter) flag(text string, is bool) {
	w.b = append(append(w.b, text...), "01"[intOfBool(is).magnitude])
}

// putObject writes an object that has a kind of its own.
func putObject[T any](w *StateWriter, text string, kind StateKind, object *T) {
	w.Text(text)
	w.number(kind, object, object == nil)
}

func (w *StateWriter) instance(inst *ComponentInstance) {
	w.Text("instance ")
	w.Text(inst.Name)
	w.Text(" parent=")
	w.reference(inst.parent)
	w.flag(" may_enter=", inst.mayEnter)
	w.flag(" may_leave=", inst.mayLeave)
	putNumber(w, " backpressure=", inst.backpressure)
	putNumber(w, " num_waiting_to_enter=", inst.numWaitingToEnter)
	putObject(w, " exclusive_thread=", StateThread, inst.exclusiveThread)
	w.Text("\n")
	w.tables("handles", inst.handles)
	if inst.threads != inst.handles {
		w.tables("threads", inst.threads)
	}
}

func (w *StateWriter) tables(name string, ts *Tables) {
	for _, t := range *ts.tables {
		if !w.full {
			w.liveElements(name, t)
			continue
		}
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

// liveElements writes a table without its free places.
func (w *StateWriter) liveElements(name string, t *Table) {
	w.live = w.live[:0]
	for place, e := range t.array {
		if e != nil {
			w.live = append(w.live, place)
		}
	}
	slices.SortFunc(w.live, func(a, b int) int { return w.compareElements(t.array[a], t.array[b]) })
	w.Text("  ")
	w.Text(name)
	w.Text(t.key.suffix())
	w.Text(" live=[")
	for _, place := range w.live {
		w.reference(t.array[place])
		w.Text(" ")
		if t.owners != nil {
			w.put("of ", t.owners[uint64(place)], " ")
		}
	}
	w.Text("]\n")
}

// compareElements orders the elements of a table by class and type, which never change, and then by age: the order in which
// elements of different types were made does not matter.
func (w *StateWriter) compareElements(a, b Element) int {
	wantA, wantB := wantOf(a), wantOf(b)
	order := cmp.Compare(wantA.Class, wantB.Class)
	if order == 0 && wantA.Resource != wantB.Resource {
		order = cmp.Compare(wantA.Resource.Name, wantB.Resource.Name)
	}
	if order == 0 && wantA.Typed && wantA.Payload != wantB.Payload {
		order = cmp.Compare(typeName(wantA.Payload), typeName(wantB.Payload))
	}
	return cmp.Or(order, w.Age(a)-w.Age(b))
}

// owners writes which instance each element of a shared table belongs to.
func (w *StateWriter) owners(t *Table) {
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

// suffix tells tables apart: it is empty for the only one, and "[R]" for the table of the type R.
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

// object writes the line of an object.
func (w *StateWriter) object(o any) {
	w.reference(o)
	switch o := o.(type) {
	case *Thread:
		w.thread(o)
	case *Task:
		w.Text(" inst=")
		w.reference(o.inst)
		w.Text(" ")
		w.funcType(o.ft)
		w.Text(" ")
		w.Text(o.opts.kind())
		w.Text(" state=")
		w.Text(o.state.String())
		putNumber(w, " num_borrows=", o.numBorrows)
		putObject(w, " implicit_thread=", StateThread, o.implicitThread)
		w.Text(" threads=")
		putSet(w, o.threads)
		w.callbacks(o)
	case *ResourceHandle:
		w.flag(" own=", o.own)
		w.Text(" rt=")
		w.Text(o.rt.Name)
		w.put(" rep=", o.rep)
		putNumber(w, " num_lends=", o.numLends)
		putObject(w, " borrow_scope=", StateTask, o.borrowScope)
	case *Subtask:
		w.subtask(o)
	case *CopyEnd:
		w.put(" ", o.self.class(), " state=", o.state, " shared=", o.shared)
		w.waitable(&o.Waitable)
	case *WaitableSet:
		w.Text(" elems=")
		putSet(w, o.elems)
		putNumber(w, " num_waiting=", o.numWaiting)
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
	w.Text("\n")
}

// onCopyDone writes which end a pending copy is of.
func (w *StateWriter) onCopyDone(f OnCopyDone) {
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

func (w *StateWriter) thread(t *Thread) {
	putObject(w, " task=", StateTask, t.task)
	w.Text(" ")
	w.Text(t.status())
	w.flag(" cancellable=", t.cancellable)
	w.Text(" index=")
	switch {
	case t.index == nil:
		w.Text("-")
	case w.full:
		putNumber(w, "", *t.index)
	}
	putNumber(w, " storage=[", t.storage[0])
	putNumber(w, " ", t.storage[1])
	w.Text("] ready_func=")
	w.readyFunc(t.readyFunc)
	w.Text(" begins=")
	w.begins(t.cont)
}

// begins writes what a thread that has not run yet will run.
func (w *StateWriter) begins(cont *Continuation) {
	if cont == nil || cont.co != nil {
		w.Text("-")
		return
	}
	f, _ := cont.f.(*contFuncOfThread)
	switch f := f.threadFunc.(type) {
	case *liftThreadFunc:
		w.Text("lift")
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

func (w *StateWriter) readyFunc(r ReadyFunc) {
	switch r := r.(type) {
	case nil:
		w.Text("-")
	case alwaysReady:
		w.Text("always")
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

func (w *StateWriter) callbacks(t *Task) {
	switch r := t.onResolve.(type) {
	case *lowerOnResolve:
		w.kept = w.kept || r.subtask.state == SubtaskStarting && r.flatArgs.i < len(r.flatArgs.values)
		putObject(w, " on_resolve=lower(", StateSubtask, r.subtask)
		w.flag(", progress=", r.onProgress != nil)
		w.Text(", args=")
		putList(w, r.flatArgs.values[min(r.flatArgs.i, len(r.flatArgs.values)):])
		w.Text(")")
	case *reallocOnResolve:
		w.Text(" on_resolve=realloc")
	default:
		w.Text(" on_resolve=host")
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

func (w *StateWriter) subtask(t *Subtask) {
	w.Text(" state=")
	w.Text(t.state.String())
	w.Text(" on_cancel=")
	if task, ok := t.onCancel.(*Task); ok {
		putObject(w, "", StateTask, task)
	} else {
		w.Text(orDash(t.onCancel == nil, func() string { return "host" }))
	}
	if t.delivered {
		w.Text(" lenders=-")
	} else {
		w.Text(" lenders=")
		putSet(w, t.lenders)
	}
	w.flag(" cancellation_requested=", t.cancellationRequested)
	w.Text(" flat_results=")
	putList(w, t.flatResults)
	w.waitable(&t.Waitable)
}

func (w *StateWriter) waitable(wb *Waitable) {
	putObject(w, " wset=", StateSet, wb.wset)
	w.flag(" has_sync_waiter=", wb.hasSyncWaiter)
	w.Text(" pending_event=")
	switch e := wb.pendingEvent.(type) {
	case nil:
		w.Text("-")
	case *subtaskEvent:
		w.Text("subtask(")
		w.eventIndex(e.subtaski)
		w.Text(")")
	case *streamEvent:
		w.put("stream(", e.result, ", reclaim=", e.reclaimBuffer != nil, ", ", e.eventCode, ", ")
		w.eventIndex(e.i)
		w.put(", ", e.buffer, ")")
	case *futureEvent:
		w.put("future(", e.result, ", ", e.eventCode, ", ")
		w.eventIndex(e.i)
		w.put(", ", e.buffer, ")")
	}
}

// eventIndex writes the index in an event: that of the waitable whose event it is, for as long as it is in its table.
func (w *StateWriter) eventIndex(i uint64) {
	if w.full {
		w.put(i)
	}
}

// funcType writes a function type.
func (w *StateWriter) funcType(ft *FuncType) {
	w.Text(ft.Name)
	if ft.Async {
		w.Text(":async-func(")
	} else {
		w.Text(":func(")
	}
	w.types(ft.Params)
	w.Text(")->(")
	w.types(ft.Result)
	w.Text(")")
}

func (w *StateWriter) types(ts []ValType) {
	for i, t := range ts {
		if i > 0 {
			w.put(", ")
		}
		w.Text(typeName(t))
	}
}
