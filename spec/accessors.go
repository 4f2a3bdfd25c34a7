// Not upstream's: reading a store: its instances, tables, threads, tasks, handles and ends.

package spec

import (
	"iter"
	"slices"
)

// A TableView is one table of an instance as it is.
type TableView struct {
	Key    TableKey
	Live   []Slot   // in the order of their places
	Free   []uint64 // the free list, of places
	Length uint64   // of the array, with the place 0 that is never used
}

// A Slot is a live element, its place in the array and its index.
type Slot struct {
	Place   uint64
	Index   uint64
	Element Element
	Owner   *ComponentInstance // the instance that the element belongs to
}

// Instances are the instances of s in the order they were made.
func (s *Store) Instances() []*ComponentInstance { return s.instances }

// HandleTables are the tables that inst keeps its handles in, in the order in which they were made.
func (inst *ComponentInstance) HandleTables() []TableView {
	var views []TableView
	for _, t := range *inst.handles.tables {
		views = append(views, t.view(inst))
	}
	return views
}

// TableLengths yields, of each of HandleTables, which it is and how many places its array has.
func (inst *ComponentInstance) TableLengths(yield func(TableKey, uint64) bool) {
	for _, t := range *inst.handles.tables {
		if !yield(t.key, uint64(len(t.array))) {
			return
		}
	}
}

func (t *Table) view(inst *ComponentInstance) TableView {
	v := TableView{Key: t.key, Free: t.free, Length: uint64(len(t.array))}
	for place, e := range t.array {
		if e != nil {
			v.Live = append(v.Live, t.slot(uint64(place), e, inst))
		}
	}
	return v
}

// LiveHandles yields the live elements of the tables that inst keeps its handles in.
func (inst *ComponentInstance) LiveHandles() iter.Seq[Slot] { return inst.handles.live(inst) }

// LiveThreads yields the live elements of the tables that inst keeps its threads in. Under a variant that keeps threads with
// the handles, these are among them.
func (inst *ComponentInstance) LiveThreads() iter.Seq[Slot] { return inst.threads.live(inst) }

func (ts *Tables) live(inst *ComponentInstance) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		for _, t := range *ts.tables {
			for place, e := range t.array {
				if e != nil && !yield(t.slot(uint64(place), e, inst)) {
					return
				}
			}
		}
	}
}

func (t *Table) slot(place uint64, e Element, inst *ComponentInstance) Slot {
	if t.owners != nil {
		inst = t.owners[place]
	}
	return Slot{place, t.numbering.Index(place), e, inst}
}

// SomeReady reports whether some thread waits and can go on.
func (s *Store) SomeReady() bool {
	return slices.ContainsFunc(s.waiting, (*Thread).ready)
}

// Running is the thread that runs; nil: the host runs.
func (s *Store) Running() *Thread { return s.runningThread() }

// RunningThreads appends the thread that runs, the thread that resumed it, and so on to the one that the host resumed.
func (s *Store) RunningThreads(threads []*Thread) []*Thread {
	for h := s.handler; h != nil; h = h.resumer {
		threads = append(threads, h.currentThread)
	}
	return threads
}

// Running reports whether t runs, has resumed a thread that runs, or has ended. Any other thread can still run: it has not
// begun, waits or was suspended.
func (t *Thread) Running() bool { return t.running() }

// Ready reports whether t waits and can go on.
func (t *Thread) Ready() bool { return t.ready() }

// Instance is the instance whose task t belongs to.
func (t *Thread) Instance() *ComponentInstance { return t.task.inst }

func (s *Store) liveThreads() []*Thread {
	return s.AppendThreads(make([]*Thread, 0, len(s.waiting)+4))
}

// AppendThreads appends AllThreads.
func (s *Store) AppendThreads(threads []*Thread) []*Thread {
	add := func(t *Thread) {
		if !slices.Contains(threads, t) {
			threads = append(threads, t)
		}
	}
	for h := s.handler; h != nil; h = h.resumer {
		add(h.currentThread)
	}
	for _, t := range s.waiting {
		add(t)
	}
	for _, inst := range s.instances {
		for _, table := range *inst.threads.tables {
			for _, e := range table.array {
				if t, ok := e.(*Thread); ok {
					add(t)
				}
			}
		}
	}
	return threads
}

func (s *Store) liveTasks() []*Task {
	threads := s.liveThreads()
	return AppendTasks(make([]*Task, 0, len(threads)), threads)
}

// AppendTasks appends the tasks of threads, each once.
func AppendTasks(tasks []*Task, threads []*Thread) []*Task {
	for _, t := range threads {
		if !slices.Contains(tasks, t.task) {
			tasks = append(tasks, t.task)
		}
	}
	return tasks
}

// String names the table: nothing for the only one, "[R]" for that of a type.
func (k TableKey) String() string { return k.suffix() }

// Describe says what an element is, for people: "own handle of R".
func Describe(e Element) string { return e.describe() }

// TypeName writes a type as WIT does; nil is "_".
func TypeName(t ValType) string { return typeName(t) }

// ClassOf is the class of an element.
func ClassOf(e Element) Class { return e.class() }

// Rep is the resource that a handle refers to.
func (h *ResourceHandle) Rep() Int { return h.rep }

// Type is the handle's resource type.
func (h *ResourceHandle) Type() *ResourceType { return h.rt }

// Answers reports whether e is of the class and type wanted.
func (w Expected) Answers(e Element) bool {
	of := wantOf(e)
	switch {
	case w.Class == ClassWaitable:
		return of.Class.Waitable()
	case w.Typed:
		return of.Class == w.Class && typesEqual(of.Payload, w.Payload)
	default:
		return of.Class == w.Class && of.Resource == w.Resource
	}
}

// SetOf is the waitable set that a subtask or end is in; nil: none, or e is no waitable.
func SetOf(e Element) *WaitableSet {
	if w, ok := waitableOf(e); ok {
		return w.wset
	}
	return nil
}

// Elements are the waitables in the set.
func (wset *WaitableSet) Elements() []Element {
	var elems []Element
	for _, w := range wset.elems {
		elems = append(elems, w.self)
	}
	return elems
}

// NumWaiting is num_waiting: the set's own count of the threads that wait on it.
func (wset *WaitableSet) NumWaiting() int { return wset.numWaiting }

// ThreadsWaiting counts the threads of the store that wait on the set.
func (s *Store) ThreadsWaiting(wset *WaitableSet) int {
	n := 0
	for _, t := range s.waiting {
		if r, ok := t.readyFunc.(*readyAndHasEvent); ok && r.wset == wset {
			n++
		}
	}
	return n
}

// MayEnter reports whether calls may enter inst.
func (inst *ComponentInstance) MayEnter() bool { return inst.mayEnter }

// MayLeave reports whether calls may leave inst.
func (inst *ComponentInstance) MayLeave() bool { return inst.mayLeave }

// Parent is the instance that inst is inside; nil: none.
func (inst *ComponentInstance) Parent() *ComponentInstance { return inst.parent }

// Exclusive is the thread that holds the exclusive lock of inst; nil: it is free.
func (inst *ComponentInstance) Exclusive() *Thread { return inst.exclusiveThread }

// Backpressure is how often inst has called backpressure.inc more than backpressure.dec.
func (inst *ComponentInstance) Backpressure() int64 { return inst.backpressure }

// WaitingToEnter is num_waiting_to_enter: inst's own count of the tasks that wait to enter it.
func (inst *ComponentInstance) WaitingToEnter() int { return inst.numWaitingToEnter }

// WaitingThreads are the threads of s that are in its list of waiting ones. The caller must not change them.
func (s *Store) WaitingThreads() []*Thread { return s.waiting }

// AllThreads are the threads that have not ended: those that run, wait or are in a table.
func (s *Store) AllThreads() []*Thread { return s.liveThreads() }

// AllTasks are the tasks of AllThreads.
func (s *Store) AllTasks() []*Task { return s.liveTasks() }

// A Condition is what a blocked thread waits for.
type Condition struct {
	Kind     ConditionKind
	Lock     bool         // the thread waits for the exclusive lock of its instance too
	Waitable Element      // the waitable whose event or resolution the thread waits for; nil: none
	Set      *WaitableSet // the set of whose events the thread waits for one; nil: none
}

// A ConditionKind is a kind of ready function.
type ConditionKind uint8

// The kinds of conditions.
const (
	WaitsNot           ConditionKind = iota // the thread is not blocked
	WaitsForResumption                      // it was suspended, or has not begun
	WaitsNoMore                             // it can go on at once
	WaitsToEnter                            // it waits to enter its instance
	WaitsForEvent                           // for the event of one waitable
	WaitsForSet                             // for an event of a waitable set
	WaitsForLock                            // for the exclusive lock, to return to its event loop
	WaitsForCall                            // for the resolution of a subtask
	WaitsForHost                            // for a ready function of the host's
)

func (k ConditionKind) String() string {
	return [...]string{"nothing", "being resumed", "its turn", "entry", "the event of a waitable", "an event of a set",
		"the exclusive lock", "the end of a call", "the host"}[k]
}

// WaitsFor is what t waits for.
func (t *Thread) WaitsFor() Condition {
	switch {
	case t.running():
		return Condition{}
	case t.suspended():
		return Condition{Kind: WaitsForResumption}
	}
	return conditionOf(t.readyFunc)
}

func conditionOf(readyFunc ReadyFunc) Condition {
	switch r := readyFunc.(type) {
	case alwaysReady:
		return Condition{Kind: WaitsNoMore}
	case noBackpressure:
		return Condition{Kind: WaitsToEnter, Lock: r.task.needsExclusive()}
	case waitableReady:
		return Condition{Kind: WaitsForEvent, Waitable: r.w.self}
	case *readyAndHasEvent:
		_, lock := r.readyFunc.(exclusiveFree)
		return Condition{Kind: WaitsForSet, Set: r.wset, Lock: lock}
	case exclusiveFree:
		return Condition{Kind: WaitsForLock, Lock: true}
	case subtaskResolved:
		return Condition{Kind: WaitsForCall, Waitable: r.t}
	}
	return Condition{Kind: WaitsForHost}
}

// Task is the task that t belongs to.
func (t *Thread) Task() *Task { return t.task }

// Cancellable reports whether t said, when it blocked last, that it may be resumed by cancellation.
func (t *Thread) Cancellable() bool { return t.cancellable }

// Instance is the instance that t runs in.
func (t *Task) Instance() *ComponentInstance { return t.inst }

// State is how far t has come.
func (t *Task) State() TaskState { return t.state }

// Threads are the threads of t. The caller must not change them.
func (t *Task) Threads() []*Thread { return t.threads }

// Implicit is the implicit thread of t; nil: t has not begun.
func (t *Task) Implicit() *Thread { return t.implicitThread }

// NeedsLock reports whether t runs under the exclusive lock of its instance: its function's type is async, and it is lifted
// sync or with a callback.
func (t *Task) NeedsLock() bool { return t.ft.Async && (!t.opts.Async || t.opts.Callback != nil) }

// Lift says how t's function is lifted: sync, stackful or callback.
func (t *Task) Lift() string { return t.opts.kind() }

// NumBorrows is num_borrows: t's own count of the borrow handles in its scope.
func (t *Task) NumBorrows() int { return t.numBorrows }

// Caller is the subtask that stands for t at its caller; nil: the host is the caller.
func (t *Task) Caller() *Subtask {
	if r, ok := t.onResolve.(*lowerOnResolve); ok {
		return r.subtask
	}
	return nil
}

// State is how far t has come.
func (t *Subtask) State() SubtaskState { return t.state }

// Resolved reports whether t is resolved.
func (t *Subtask) Resolved() bool { return t.resolved() }

// Lenders are the handles that are lent to t. A handle that is lent twice is there twice.
func (t *Subtask) Lenders() []*ResourceHandle { return t.lenders }

// Callee is the task that stands for t at its callee; nil: the host is the callee.
func (t *Subtask) Callee() *Task {
	task, _ := t.onCancel.(*Task)
	return task
}

// An Event is an event of a waitable that was not delivered yet.
type Event struct {
	Code   EventCode
	Result CopyResult // of a copy
	Final  bool       // the copy has ended; false: its buffer is still pending, or the event is of a subtask
	Buffer any        // of the copy; nil: the event is of a subtask
}

// PendingEvent is the pending event of a waitable; false: it has none.
func PendingEvent(e Element) (Event, bool) {
	w, ok := waitableOf(e)
	if !ok || w.pendingEvent == nil {
		return Event{}, false
	}
	switch ev := w.pendingEvent.(type) {
	case *streamEvent:
		return Event{ev.eventCode, ev.result, ev.reclaimBuffer == nil, ev.buffer}, true
	case *futureEvent:
		return Event{ev.eventCode, ev.result, true, ev.buffer}, true
	}
	return Event{Code: EventSubtask}, true
}

// CopyStateOf is the state of e, an end; false: e is no end.
func CopyStateOf(e Element) (CopyState, bool) {
	if en, ok := e.(end); ok {
		return en.base().state, true
	}
	return 0, false
}

// Copying reports whether e is an end with a copy under way, perhaps being cancelled.
func Copying(e Element) bool {
	en, ok := e.(end)
	return ok && (en.base().state == CopyStateCopying || en.base().state == CopyStateCancellingCopy)
}

// A SharedView is the state of a stream or future that its two ends share.
type SharedView struct {
	Dropped bool
	Pending Element // the end whose copy is pending; nil: none is, or it is the host's
	Host    bool    // the host's copy is pending
	Buffer  *BufferView
}

// A BufferView is a guest's buffer whose copy is pending.
type BufferView struct {
	Instance *ComponentInstance
	Ptr      uint64 // behind what was copied
	Progress uint64 // how many elements were
}

// viewBuffer is a view of a buffer; nil: it is none of a guest's.
func viewBuffer(b Buffer) *BufferView {
	switch b := b.(type) {
	case *readableBufferGuestImpl:
		return &BufferView{b.cx.inst, b.ptr, b.progress}
	case *writableBufferGuestImpl:
		return &BufferView{b.cx.inst, b.ptr, b.progress}
	}
	return nil
}

// SharedOf is the stream or future of e, an end; nil: e is no end.
func SharedOf(e Element) SharedBase {
	if en, ok := e.(end); ok {
		return en.base().shared
	}
	return nil
}

// ViewShared is the state of a stream or future; false: the host implements it.
func ViewShared(s SharedBase) (SharedView, bool) {
	switch s := s.(type) {
	case *SharedStreamImpl:
		return viewPending(s.dropped, s.pendingOnCopyDone, s.pendingBuffer), true
	case *SharedFutureImpl:
		return viewPending(s.dropped, s.pendingOnCopyDone, s.pendingBuffer), true
	}
	return SharedView{}, false
}

func viewPending(dropped bool, f OnCopyDone, b Buffer) SharedView {
	switch f := f.(type) {
	case nil:
		return SharedView{Dropped: dropped}
	case *streamCopying:
		return SharedView{Dropped: dropped, Pending: f.e.self, Buffer: viewBuffer(b)}
	case *futureCopying:
		return SharedView{Dropped: dropped, Pending: f.e.self, Buffer: viewBuffer(b)}
	}
	return SharedView{Dropped: dropped, Host: true}
}

// Own reports whether h owns its resource; otherwise it borrows it.
func (h *ResourceHandle) Own() bool { return h.own }

// NumLends is num_lends: h's own count of how often it is lent.
func (h *ResourceHandle) NumLends() int { return h.numLends }

// Scope is the task that must drop h, a borrow handle, before it returns; nil: h owns.
func (h *ResourceHandle) Scope() *Task { return h.borrowScope }

// HasDtor reports whether core code runs when a resource of the type is destroyed.
func (rt *ResourceType) HasDtor() bool { return rt.dtor != nil }

// Func is the name of the function that was called.
func (t *Task) Func() string { return t.ft.Name }

// CancellationRequested reports whether t's caller has asked to cancel it.
func (t *Subtask) CancellationRequested() bool { return t.cancellationRequested }

// SameType reports whether two value types are equal, as the specification compares them.
func SameType(a, b ValType) bool { return typesEqual(a, b) }
