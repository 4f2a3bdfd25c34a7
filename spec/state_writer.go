// Not upstream's: the whole state of a store as text, or as bytes, by which states are compared.

package spec

import (
	"cmp"
	"encoding/binary"
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
	for kind := range w.met {
		w.met[kind] = w.met[kind][:0]
	}
	w.b, w.queue, w.kept = b, w.queue[:0], false
	if w.Compact {
		w.b = append(w.b, bit(w.full))
	}
}

func (w *StateWriter) store(s *Store, more func(w *StateWriter)) {
	putNumber(w, "store depth=", s.nestingDepth)
	putObject(w, " running=", StateThread, s.runningThread())
	if w.full {
		w.Label(" waiting=")
		putList(w, s.waiting)
	}
	w.Label("\n")
	for _, inst := range s.instances {
		w.instance(inst)
	}
	if !w.full {
		w.Label("waiting=")
		putSet(w, s.waiting)
		w.Label("\n")
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
		if number := w.numberOf(objectOf(e)); number > 0 {
			return number
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

// objectOf is the object that has the number of an element of a list, and its kind.
func objectOf(e any) (StateKind, any) {
	switch e := e.(type) {
	case *Thread:
		return StateThread, e
	case *ResourceHandle:
		return StateHandle, e
	case *Waitable:
		if self, isEnd := e.self.(end); isEnd {
			return StateEnd, self.base()
		}
		return StateSubtask, e.self
	default:
		panic(fmt.Sprintf("spec: a set of %T", e))
	}
}

// Put writes each part: text, numbers and flags as they are, the specification's objects as references to their lines.
func (w *StateWriter) Put(parts ...any) { w.put(parts...) }

// Text writes text, without making a copy as Put does.
func (w *StateWriter) Text(text string) {
	if w.Compact {
		w.b = binary.AppendUvarint(w.b, uint64(len(text))) // says where it ends
	}
	w.b = append(w.b, text...)
}

// Label writes text that says what is written next, and is the same in all states where that is.
func (w *StateWriter) Label(text string) {
	if !w.Compact {
		w.b = append(w.b, text...)
	}
}

// Mark writes text that says which of several things is written next, or that none is. The mark stands for it if the state is Compact.
func (w *StateWriter) Mark(text string, mark byte) {
	if w.Compact {
		w.b = append(w.b, mark)
	} else {
		w.b = append(w.b, text...)
	}
}

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

	// Compact has bytes written in place of text, which are faster to write: the same in the same order, without labels. Two states have equal
	// bytes exactly if they have equal texts. All that is written says itself where it ends.
	Compact bool

	b      []byte
	full   bool // Age is nil, or not to be used
	kept   bool // the state keeps an index that may outlive its element
	live   []int
	queue  []queued          // the objects written so far; lines are written of one after the other
	met    [StateKinds][]any // the same objects by kind, in the order of their numbers
	places map[any]int       // the numbers of the same objects, once there are many; before that met is searched
}

type queued struct {
	kind   StateKind
	number int
	object any
}

// manyObjects is how many objects are searched for one by one.
const manyObjects = 32

// put writes each part: text and numbers as they are, objects as references.
func (w *StateWriter) put(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.Text(p)
		case int:
			putNumber(w, "", p)
		case int64:
			putNumber(w, "", p)
		case uint64:
			putNumber(w, "", p)
		case bool:
			w.Flag("", p)
		case fmt.Stringer:
			w.Text(p.String())
		default:
			w.reference(p)
		}
	}
}

// reference writes an object, or a list of them, as its kind and number.
func (w *StateWriter) reference(p any) {
	switch p := p.(type) {
	case nil:
		w.none()
	case *ComponentInstance:
		w.instanceName(p)
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
		w.Mark("error-context ", markErrorContext)
		w.Text(strconv.Quote(p.DebugMessage.S))
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
		w.numbers(p)
	case []CoreValue:
		w.Values(p)
	default:
		w.host()
	}
}

// The bytes that references begin with, after those of the kinds.
const (
	markNone byte = iota + byte(StateKinds)
	markHost
	markInstance
	markErrorContext
)

func (w *StateWriter) none() { w.Mark("-", markNone) }

// host writes what is the host's, of which a state says no more.
func (w *StateWriter) host() { w.Mark("host", markHost) }

// noneOrHost writes what is nil or the host's.
func (w *StateWriter) noneOrHost(isNil bool) {
	if isNil {
		w.none()
	} else {
		w.host()
	}
}

func (w *StateWriter) instanceName(inst *ComponentInstance) {
	if inst == nil {
		w.none()
		return
	}
	w.Mark("", markInstance)
	w.Text(inst.Name)
}

// putList writes a list of objects.
func putList[T any](w *StateWriter, list []T) {
	putEach(w, list, func(w *StateWriter, e T) { w.reference(e) })
}

// putEach writes a list, each element as a function writes it.
func putEach[T any](w *StateWriter, list []T, put func(*StateWriter, T)) {
	w.beginList(len(list))
	for i, e := range list {
		if i > 0 {
			w.Label(" ")
		}
		put(w, e)
	}
	w.Label("]")
}

func (w *StateWriter) beginList(n int) {
	w.Label("[")
	w.Count(n)
}

func (w *StateWriter) numbers(list []uint64) {
	putEach(w, list, func(w *StateWriter, n uint64) { putNumber(w, "", n) })
}

// Values writes a list of core values.
func (w *StateWriter) Values(list []CoreValue) { putEach(w, list, (*StateWriter).value) }

func (w *StateWriter) value(v CoreValue) {
	w.Mark("", byte(v.kind))
	if v.kind == coreInt {
		putNumber(w, "", v.bits)
	} else {
		w.Text(v.String())
	}
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
		w.none()
		return
	}
	number := w.numberOf(kind, object)
	if number == 0 {
		number = w.add(kind, object)
	}
	w.objectName(kind, number)
}

func (w *StateWriter) objectName(kind StateKind, number int) {
	if w.Compact && number < 0x80 {
		w.b = append(w.b, byte(kind), byte(number))
		return
	}
	w.Mark(stateKindNames[kind], byte(kind))
	putNumber(w, "", number)
}

// numberOf is the number of an object of a kind; 0: it was not written yet.
func (w *StateWriter) numberOf(kind StateKind, object any) int {
	if len(w.queue) > manyObjects {
		return w.places[object]
	}
	for i, o := range w.met[kind] {
		if o == object {
			return i + 1
		}
	}
	return 0
}

// add gives an object the next number of its kind, and a place in the queue.
func (w *StateWriter) add(kind StateKind, object any) (number int) {
	w.met[kind] = append(w.met[kind], object)
	number = len(w.met[kind])
	w.queue = append(w.queue, queued{kind, number, object})
	switch {
	case len(w.queue) == manyObjects+1:
		if w.places == nil {
			w.places = map[any]int{}
		}
		for _, q := range w.queue {
			w.places[q.object] = q.number
		}
	case len(w.queue) > manyObjects:
		w.places[object] = number
	}
	return number
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

// These write what Put writes, after a label. They are faster, because they are told the type.

// Number writes a number after a label.
func (w *StateWriter) Number(label string, n uint64) { putNumber(w, label, n) }

// Count writes how many things are written next, which text says by where it goes on.
func (w *StateWriter) Count(n int) {
	if w.Compact {
		w.b = binary.AppendUvarint(w.b, uint64(n))
	}
}

// Thread writes a thread.
func (w *StateWriter) Thread(t *Thread) { w.number(StateThread, t, t == nil) }

// Threads writes a list of threads.
func (w *StateWriter) Threads(list []*Thread) { putList(w, list) }

func putNumber[N int | int64 | uint64](w *StateWriter, label string, n N) {
	switch {
	case !w.Compact:
		w.b = appendNumber(append(w.b, label...), n)
	case 0 <= n && n < 0x80:
		w.b = append(w.b, byte(n))
	default:
		w.b = binary.AppendUvarint(w.b, uint64(n))
	}
}

// Flag writes a flag after a label.
func (w *StateWriter) Flag(label string, is bool) {
	if w.Compact {
		w.b = append(w.b, bit(is))
	} else {
		w.b = append(append(w.b, label...), '0'+bit(is))
	}
}

func bit(is bool) byte {
	if is {
		return 1
	}
	return 0
}

// putObject writes an object that has a kind of its own.
func putObject[T any](w *StateWriter, label string, kind StateKind, object *T) {
	w.Label(label)
	w.number(kind, object, object == nil)
}

func (w *StateWriter) instance(inst *ComponentInstance) {
	w.Label("instance ")
	w.Text(inst.Name)
	w.Label(" parent=")
	w.instanceName(inst.parent)
	w.Flag(" may_enter=", inst.mayEnter)
	w.Flag(" may_leave=", inst.mayLeave)
	putNumber(w, " backpressure=", inst.backpressure)
	putNumber(w, " num_waiting_to_enter=", inst.numWaitingToEnter)
	putObject(w, " exclusive_thread=", StateThread, inst.exclusiveThread)
	w.Label("\n")
	w.tables("handles", inst.handles)
	if inst.threads != inst.handles {
		w.tables("threads", inst.threads)
	}
}

func (w *StateWriter) tables(name string, ts *Tables) {
	w.Count(len(*ts.tables))
	for _, t := range *ts.tables {
		if !w.full {
			w.liveElements(name, t)
			continue
		}
		w.tableName(name, t)
		w.Label(" array=")
		putList(w, t.array)
		w.Label(" free=")
		w.numbers(t.free)
		w.put(t.numbering)
		w.owners(t)
		w.Label("\n")
	}
}

func (w *StateWriter) tableName(name string, t *Table) {
	w.Label("  ")
	w.Label(name)
	w.Text(t.key.suffix())
}

// liveElements writes a table without its free places.
func (w *StateWriter) liveElements(name string, t *Table) {
	w.live = w.live[:0]
	for place, e := range t.array {
		if e != nil {
			w.live = append(w.live, place)
		}
	}
	w.sortLive(t.array)
	w.tableName(name, t)
	w.Label(" live=")
	w.beginList(len(w.live))
	for _, place := range w.live {
		w.reference(t.array[place])
		w.Label(" ")
		w.owner(t, place)
	}
	w.Label("]\n")
}

// sortLive sorts the places of live elements. In a search they are few, and inserting each where it belongs is faster than a general sort.
func (w *StateWriter) sortLive(array []Element) {
	if len(w.live) > 16 {
		slices.SortFunc(w.live, func(a, b int) int { return w.compareElements(array[a], array[b]) })
		return
	}
	for i := range w.live {
		for ; i > 0 && w.compareElements(array[w.live[i]], array[w.live[i-1]]) < 0; i-- {
			w.live[i], w.live[i-1] = w.live[i-1], w.live[i]
		}
	}
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
		w.Mark("", 0)
		return
	}
	w.Mark(" owners=[", 1)
	for place, e := range t.array {
		if e != nil {
			w.Label(" ")
			w.instanceName(t.owners[uint64(place)])
		}
	}
	w.Label("]")
}

// owner writes which instance the element at a place of a shared table belongs to.
func (w *StateWriter) owner(t *Table, place int) {
	if t.owners == nil {
		w.Mark("", 0)
		return
	}
	w.Mark("of ", 1)
	w.instanceName(t.owners[uint64(place)])
	w.Label(" ")
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
func (w *StateWriter) object(q queued) {
	if !w.Compact { // its place in the queue says which it is
		w.objectName(q.kind, q.number)
	}
	switch o := q.object.(type) {
	case *Thread:
		w.thread(o)
	case *Task:
		w.Label(" inst=")
		w.instanceName(o.inst)
		w.Label(" ")
		w.funcType(o.ft)
		w.Label(" ")
		w.Text(o.opts.kind())
		w.Mark(" state=", byte(o.state))
		w.Label(o.state.String())
		putNumber(w, " num_borrows=", o.numBorrows)
		putObject(w, " implicit_thread=", StateThread, o.implicitThread)
		w.Label(" threads=")
		putSet(w, o.threads)
		w.callbacks(o)
	case *ResourceHandle:
		w.Flag(" own=", o.own)
		w.Label(" rt=")
		w.Text(o.rt.Name)
		w.Label(" rep=")
		w.value(o.rep.core())
		putNumber(w, " num_lends=", o.numLends)
		putObject(w, " borrow_scope=", StateTask, o.borrowScope)
	case *Subtask:
		w.subtask(o)
	case *CopyEnd:
		w.Mark(" ", byte(o.self.class()))
		w.Label(o.self.class().String())
		w.Mark(" state=", byte(o.state))
		w.Label(o.state.String())
		w.Label(" shared=")
		w.reference(o.shared)
		w.waitable(&o.Waitable)
	case *WaitableSet:
		w.Label(" elems=")
		putSet(w, o.elems)
		putNumber(w, " num_waiting=", o.numWaiting)
	case *SharedStreamImpl:
		w.Label(" t=")
		w.Text(typeName(o.t))
		w.Flag(" dropped=", o.dropped)
		w.Label(" pending_inst=")
		w.instanceName(o.pendingInst)
		w.Label(" pending_buffer=")
		w.reference(o.pendingBuffer)
		w.onCopyDone(o.pendingOnCopyDone)
	case *SharedFutureImpl:
		w.Label(" t=")
		w.Text(typeName(o.t))
		w.Flag(" dropped=", o.dropped)
		w.Label(" pending_inst=")
		w.instanceName(o.pendingInst)
		w.Label(" pending_buffer=")
		w.reference(o.pendingBuffer)
		w.onCopyDone(o.pendingOnCopyDone)
	case *bufferGuestImpl:
		w.Label(" t=")
		w.Text(typeName(o.t))
		putNumber(w, " ptr=", o.ptr)
		putNumber(w, " progress=", o.progress)
		putNumber(w, " length=", o.length)
		w.Label(" inst=")
		w.instanceName(o.cx.inst)
		putObject(w, " memory=", StateMemory, o.cx.opts.Memory)
		w.Label(" ")
		w.put(o.cx.opts.StringEncoding)
	case *MemInst:
		w.Label(" ")
		w.put(o.AddrType)
		putNumber(w, " length=", o.length())
	}
	w.Label("\n")
}

// onCopyDone writes which end a pending copy is of.
func (w *StateWriter) onCopyDone(f OnCopyDone) {
	w.Label(" pending_on_copy_done=")
	switch f := f.(type) {
	case *streamCopying:
		w.reference(f.e)
	case *futureCopying:
		w.reference(f.e)
	default:
		w.noneOrHost(f == nil)
	}
}

func (w *StateWriter) thread(t *Thread) {
	putObject(w, " task=", StateTask, t.task)
	w.Label(" ")
	w.status(t)
	w.Flag(" cancellable=", t.cancellable)
	w.Label(" index=")
	switch {
	case t.index == nil:
		w.none()
	case w.full:
		w.Mark("", 1)
		putNumber(w, "", *t.index)
	default:
		w.Mark("", 1)
	}
	putNumber(w, " storage=[", t.storage[0])
	putNumber(w, " ", t.storage[1])
	w.Label("] ready_func=")
	w.readyFunc(t.readyFunc)
	w.Label(" begins=")
	w.begins(t.cont)
}

// begins writes what a thread that has not run yet will run.
func (w *StateWriter) begins(cont *Continuation) {
	if cont == nil || cont.co != nil {
		w.none()
		return
	}
	f, _ := cont.f.(*contFuncOfThread)
	switch f := f.threadFunc.(type) {
	case *liftThreadFunc:
		w.Mark("lift", 1)
	case *newIndirectThreadFunc:
		w.Mark("indirect(", 2)
		putNumber(w, "", f.c)
		w.Label(")")
	default:
		w.host()
	}
}

func (w *StateWriter) status(t *Thread) {
	switch {
	case t.running():
		w.Mark("running", 0)
	case t.suspended():
		w.Mark("suspended", 1)
	default:
		w.Mark("waiting", 2)
	}
}

func (w *StateWriter) readyFunc(r ReadyFunc) {
	switch r := r.(type) {
	case nil:
		w.none()
	case alwaysReady:
		w.Mark("always", 1)
	case noBackpressure:
		w.Mark("no-backpressure(", 2)
		w.reference(r.task)
		w.Label(")")
	case waitableReady:
		w.Mark("has-pending-event(", 3)
		w.reference(r.w)
		w.Label(")")
	case *readyAndHasEvent:
		w.Mark("has-event(", 4)
		w.reference(r.wset)
		w.Label(", ")
		w.readyFunc(r.readyFunc)
		w.Label(")")
	case exclusiveFree:
		w.Mark("exclusive-free(", 5)
		w.instanceName(r.inst)
		w.Label(")")
	case subtaskResolved:
		w.Mark("resolved(", 6)
		w.reference(r.t)
		w.Label(")")
	default:
		w.host()
	}
}

func (w *StateWriter) callbacks(t *Task) {
	switch r := t.onResolve.(type) {
	case *lowerOnResolve:
		w.kept = w.kept || r.subtask.state == SubtaskStarting && r.flatArgs.i < len(r.flatArgs.values)
		w.Mark(" on_resolve=lower(", 1)
		w.reference(r.subtask)
		w.Flag(", progress=", r.onProgress != nil)
		w.Label(", args=")
		w.Values(r.flatArgs.values[min(r.flatArgs.i, len(r.flatArgs.values)):])
		w.Label(")")
	case *reallocOnResolve:
		w.Mark(" on_resolve=realloc", 2)
	default:
		w.Mark(" on_resolve=host", 3)
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
	w.Mark(" state=", byte(t.state))
	w.Label(t.state.String())
	w.Label(" on_cancel=")
	if task, ok := t.onCancel.(*Task); ok {
		w.reference(task)
	} else {
		w.noneOrHost(t.onCancel == nil)
	}
	if t.delivered {
		w.Mark(" lenders=-", 0)
	} else {
		w.Mark(" lenders=", 1)
		putSet(w, t.lenders)
	}
	w.Flag(" cancellation_requested=", t.cancellationRequested)
	w.Label(" flat_results=")
	w.Values(t.flatResults)
	w.waitable(&t.Waitable)
}

func (w *StateWriter) waitable(wb *Waitable) {
	putObject(w, " wset=", StateSet, wb.wset)
	w.Flag(" has_sync_waiter=", wb.hasSyncWaiter)
	w.Label(" pending_event=")
	switch e := wb.pendingEvent.(type) {
	case nil:
		w.none()
	case *subtaskEvent:
		w.Mark("subtask(", 1)
		w.eventIndex(e.subtaski)
		w.Label(")")
	case *streamEvent:
		w.Mark("stream(", 2)
		w.Mark("", byte(e.result))
		w.Label(e.result.String())
		w.Flag(", reclaim=", e.reclaimBuffer != nil)
		w.Label(", ")
		w.copyEvent(e.eventCode, e.i, e.buffer)
	case *futureEvent:
		w.Mark("future(", 3)
		w.Mark("", byte(e.result))
		w.Label(e.result.String())
		w.Label(", ")
		w.copyEvent(e.eventCode, e.i, e.buffer)
	}
}

// copyEvent writes what events of streams and of futures have in common.
func (w *StateWriter) copyEvent(code EventCode, i uint64, buffer any) {
	w.Mark("", byte(code))
	w.Label(code.String())
	w.Label(", ")
	w.eventIndex(i)
	w.Label(", ")
	w.reference(buffer)
	w.Label(")")
}

// eventIndex writes the index in an event: that of the waitable whose event it is, for as long as it is in its table.
func (w *StateWriter) eventIndex(i uint64) {
	if w.full {
		putNumber(w, "", i)
	}
}

// funcType writes a function type.
func (w *StateWriter) funcType(ft *FuncType) {
	w.Text(ft.Name)
	if ft.Async {
		w.Mark(":async-func(", 1)
	} else {
		w.Mark(":func(", 0)
	}
	w.types(ft.Params)
	w.Label(")->(")
	w.types(ft.Result)
	w.Label(")")
}

func (w *StateWriter) types(ts []ValType) {
	w.Count(len(ts))
	for i, t := range ts {
		if i > 0 {
			w.Label(", ")
		}
		w.Text(typeName(t))
	}
}
