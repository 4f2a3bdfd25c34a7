// definitions.py, "Tasks"

package spec

import "slices"

// An OnStart hands over a call's arguments when its callee starts.
//
//cabi:py OnStart 2e3a6cfc
type OnStart interface{ OnStart() []Value }

// An OnResolve takes a call's results, or nil if the call was cancelled. No results are an empty slice that is not nil.
//
//cabi:py OnResolve 96fa6cd1
type OnResolve interface{ OnResolve(result []Value) }

// An OnCancel asks a callee to cancel a call. The host calls it through Store.Cancel.
//
//cabi:py OnCancel 6087198c
type OnCancel interface {
	OnCancel(caller *ComponentInstance)
}

// A FuncInst is a component function: one that Store.Lift made of core code, or a host's. Caller is nil for the host.
//
//cabi:py FuncInst f77ff84a
type FuncInst interface {
	Call(onStart OnStart, onResolve OnResolve, caller *ComponentInstance) OnCancel
}

// The host gives these four as plain functions. A printed state says no more of them than that they are the host's.
type (
	// HostOnStart is an OnStart of the host's.
	HostOnStart func() []Value
	// HostOnResolve is an OnResolve of the host's.
	HostOnResolve func(result []Value)
	// HostOnCancel is an OnCancel of the host's.
	HostOnCancel func(caller *ComponentInstance)
	// HostFunc is a FuncInst of the host's.
	HostFunc func(onStart OnStart, onResolve OnResolve, caller *ComponentInstance) OnCancel
)

// OnStart calls f.
func (f HostOnStart) OnStart() []Value { return f() }

// OnResolve calls f.
func (f HostOnResolve) OnResolve(result []Value) { f(result) }

// OnCancel calls f.
func (f HostOnCancel) OnCancel(caller *ComponentInstance) { f(caller) }

// Call calls f.
func (f HostFunc) Call(onStart OnStart, onResolve OnResolve, caller *ComponentInstance) OnCancel {
	return f(onStart, onResolve, caller)
}

// A Task is one call of a lifted function, from its callee's side.
//
//cabi:py Task bdccab38
type Task struct {
	ft             *FuncType
	opts           *CanonicalOptions
	inst           *ComponentInstance
	onStart        OnStart
	onResolve      OnResolve
	state          TaskState
	numBorrows     int
	implicitThread *Thread
	threads        []*Thread
}

// A TaskState is how far a task has come.
//
//cabi:py Task.State 0ed0b625
type TaskState uint8

// The states of a task, as Python numbers them.
const (
	TaskInitial TaskState = iota + 1
	TaskStarted
	TaskPendingCancel
	TaskCancelDelivered
	TaskResolved
)

func (s TaskState) String() string {
	return [...]string{"", "INITIAL", "STARTED", "PENDING_CANCEL", "CANCEL_DELIVERED", "RESOLVED"}[s]
}

// NewTask makes a task that has not started. The host makes one for each call of its own functions.
//
//cabi:py Task.__init__ 9b8bc72a
func NewTask(ft *FuncType, opts *CanonicalOptions, inst *ComponentInstance, onStart OnStart, onResolve OnResolve) *Task {
	t := &Task{}
	t.ft = ft
	t.opts = opts
	t.inst = inst
	t.onStart = onStart
	t.onResolve = onResolve
	t.state = TaskInitial
	t.numBorrows = 0
	t.implicitThread = nil
	t.threads = nil
	return t
}

func (t *Task) assert(cond bool, site Site, sentence string) {
	t.inst.store.assert(cond, site, sentence)
}

func (t *Task) trapIf(cond bool, site Site, sentence string) {
	t.inst.store.trapIf(cond, site, sentence)
}

//cabi:py Task.needs_exclusive 41a1fbf6
func (t *Task) needsExclusive() bool {
	t.assert(t.ft.Async, "Task.needs_exclusive/async-type", "only tasks of async functions need the exclusive lock")
	return !t.opts.Async || t.opts.Callback != nil
}

//cabi:py Task.enter_implicit_thread e58e6b5d
func (t *Task) enterImplicitThread() bool {
	t.assert(t.state == TaskInitial, "Task.enter_implicit_thread/initial", "a task is entered once, before it starts")
	t.implicitThread = currentThread(t.inst.store)
	if t.ft.Async {
		if t.hasBackpressure() || t.inst.numWaitingToEnter > 0 {
			t.inst.numWaitingToEnter++
			cancelled := t.implicitThread.WaitUntil(noBackpressure{t}, true)
			t.inst.numWaitingToEnter--
			if cancelled {
				t.cancel()
				return false
			}
		}
		if t.needsExclusive() {
			t.assert(t.inst.exclusiveThread == nil, "Task.enter_implicit_thread/lock-free", "a task takes the exclusive lock when it is free")
			t.inst.exclusiveThread = t.implicitThread
		}
	}
	t.registerThread(t.implicitThread)
	return true
}

// hasBackpressure reports whether the instance makes t wait: it asked for backpressure, or t needs the exclusive lock and
// another thread holds it.
//
//cabi:py Task.enter_implicit_thread.has_backpressure 42bc7b0d
func (t *Task) hasBackpressure() bool {
	return t.inst.backpressure > 0 ||
		(t.needsExclusive() && t.inst.exclusiveThread != nil)
}

// noBackpressure is lambda: not has_backpressure().
type noBackpressure struct{ task *Task }

func (r noBackpressure) Ready() bool { return !r.task.hasBackpressure() }

//cabi:py Task.register_thread 60497b21
func (t *Task) registerThread(thread *Thread) {
	t.assert(!slices.Contains(t.threads, thread) && thread.task == t, "Task.register_thread/own-new-thread",
		"a task registers each of its own threads once")
	t.threads = append(t.threads, thread)
	t.assert(thread.index == nil, "Task.register_thread/no-index", "a thread that is registered has no index yet")
	index := t.inst.threads.add(thread)
	thread.index = &index
}

//cabi:py Task.exit_implicit_thread 5a30e6d4
func (t *Task) exitImplicitThread() {
	t.assert(currentThread(t.inst.store) == t.implicitThread, "Task.exit_implicit_thread/implicit", "the implicit thread ends itself")
	t.unregisterThread(t.implicitThread)
	if t.ft.Async && t.needsExclusive() {
		t.assert(t.inst.exclusiveThread == t.implicitThread, "Task.exit_implicit_thread/holds-lock",
			"an implicit thread that ends holds the exclusive lock that it needs")
		t.inst.exclusiveThread = nil
	}
}

//cabi:py Task.unregister_thread 463ed0c8
func (t *Task) unregisterThread(thread *Thread) {
	t.assert(slices.Contains(t.threads, thread) && thread.task == t, "Task.unregister_thread/own-thread",
		"a task unregisters its own threads")
	t.threads = removeFirst(t.threads, thread, "Task.unregister_thread")
	if len(t.threads) == 0 {
		t.trapIf(t.state != TaskResolved, "Task.unregister_thread/unresolved", "the task's last thread ended before the task was resolved")
		t.assert(t.numBorrows == 0, "Task.unregister_thread/borrows", "a task that is resolved has dropped its borrow handles")
	}
	t.assert(thread.index != nil, "Task.unregister_thread/index", "a registered thread has an index")
	t.inst.threads.remove(*thread.index, wantThread)
}

//cabi:py Task.request_cancellation 39e469a6
func (t *Task) requestCancellation(caller *ComponentInstance) {
	if t.state == TaskInitial {
		t.state = TaskCancelDelivered
		t.implicitThread.Resume(true)
	} else {
		t.assert(t.state == TaskStarted, "Task.request_cancellation/started", "cancellation is requested once, before the task is resolved")
		candidates := cancellableThreads(t.threads)
		if t.needsExclusive() && t.inst.exclusiveThread != nil && t.inst.exclusiveThread != t.implicitThread {
			candidates = slices.DeleteFunc(candidates, func(c *Thread) bool { return c == t.implicitThread })
		}
		if len(candidates) > 0 && t.inst.mayEnterFrom(caller) {
			t.state = TaskCancelDelivered
			t.inst.enterFrom(caller)
			t.inst.store.chooseThread("Task.request_cancellation/thread", candidates).Resume(true)
			t.inst.leaveTo(caller)
		} else {
			t.state = TaskPendingCancel
		}
	}
}

// cancellableThreads is { t for t in threads if t.cancellable }. A thread sets cancellable when it blocks: of one that is
// running it says how the thread blocked last.
func cancellableThreads(threads []*Thread) []*Thread {
	var candidates []*Thread
	for _, t := range threads {
		if t.cancellable {
			candidates = append(candidates, t)
		}
	}
	return candidates
}

// OnCancel is task.request_cancellation as canon_lift hands it out.
func (t *Task) OnCancel(caller *ComponentInstance) { t.requestCancellation(caller) }

//cabi:py Task.deliver_pending_cancel 7c0e262b
func (t *Task) deliverPendingCancel(cancellable bool) bool {
	if cancellable && t.state == TaskPendingCancel {
		t.state = TaskCancelDelivered
		return true
	}
	return false
}

//cabi:py Task.start 9d4bc9a9
func (t *Task) start() []Value {
	t.assert(t.state == TaskInitial, "Task.start/initial", "a task starts once")
	t.state = TaskStarted
	return t.onStart.OnStart()
}

//cabi:py Task.return_ b28fb019
func (t *Task) return_(result []Value) {
	t.trapIf(t.state == TaskResolved, "Task.return_/resolved", "the task is already resolved")
	t.trapIf(t.numBorrows > 0, "Task.return_/borrows", "the task still has borrow handles")
	t.assert(result != nil, "Task.return_/result", "a task returns with a result")
	t.onResolve.OnResolve(result)
	t.state = TaskResolved
}

//cabi:py Task.cancel f5c2fe8c
func (t *Task) cancel() {
	t.trapIf(t.state != TaskCancelDelivered, "Task.cancel/not-delivered", "no cancellation was delivered to the task")
	t.trapIf(t.numBorrows > 0, "Task.cancel/borrows", "the task still has borrow handles")
	t.onResolve.OnResolve(nil)
	t.state = TaskResolved
}
