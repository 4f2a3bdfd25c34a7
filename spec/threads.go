// definitions.py, "Threads"

package spec

import "slices"

// A Thread is one stack of core code, or of the host's, that belongs to a task. A thread is running (it has no
// continuation), suspended (until somebody resumes it by its index) or waiting (until its ready function holds).
//
//cabi:py Thread d0418566
type Thread struct {
	serial      int // the order of creation in the store
	cont        *Continuation
	readyFunc   ReadyFunc
	task        *Task
	cancellable bool
	index       *uint64 // nil: not in a table
	storage     [2]uint64
}

// A ReadyFunc says whether a waiting thread can go on. Those of the specification are small types named after the
// Python function or lambda; a host may use HostReady.
type ReadyFunc interface{ Ready() bool }

// HostReady is a host's ready function. A printed state says no more of it than that.
type HostReady func() bool

// Ready calls f.
func (f HostReady) Ready() bool { return f() }

// A threadFunc is what a thread runs.
type threadFunc interface{ run() }

// HostThread is what a thread of the host runs.
type HostThread func()

func (f HostThread) run() { f() }

// alwaysReady is lambda: True.
type alwaysReady struct{}

func (alwaysReady) Ready() bool { return true }

//cabi:py Thread.running 34e8aa74
func (t *Thread) running() bool { return t.cont == nil }

//cabi:py Thread.suspended 040fd76c
func (t *Thread) suspended() bool { return !t.running() && t.readyFunc == nil }

//cabi:py Thread.waiting a9f00184
func (t *Thread) waiting() bool { return !t.running() && t.readyFunc != nil }

//cabi:py Thread.ready d8eb1256
func (t *Thread) ready() bool { return t.waiting() && t.readyFunc.Ready() }

// NewThread makes a suspended thread of task. The host uses it with a HostThread for its own functions.
//
//cabi:py Thread.__init__ 696ca7d9
func NewThread(task *Task, f threadFunc) *Thread {
	t := &Thread{serial: task.inst.store.nextSerial()}
	t.cont = contNew(&contFuncOfThread{t, f})
	t.readyFunc = nil
	t.task = task
	t.cancellable = false
	t.index = nil
	t.storage = [2]uint64{0, 0}
	t.assert(t.suspended(), "Thread.__init__/suspended", "a new thread is suspended")
	return t
}

// contFuncOfThread is Thread.__init__'s inner function cont_func with what it captures.
type contFuncOfThread struct {
	self       *Thread
	threadFunc threadFunc
}

//cabi:py Thread.__init__.cont_func e3da0ea0
func (c *contFuncOfThread) run(cancelled Cancelled) *Thread {
	c.self.assert(c.self.running() && !bool(cancelled), "Thread.__init__.cont_func/first-resume",
		"a thread's first resumption finds it running and is no cancellation")
	c.threadFunc.run()
	return nil
}

func (t *Thread) store() *Store { return t.task.inst.store }

func (t *Thread) assert(cond bool, site Site, sentence string) {
	t.store().assert(cond, site, sentence)
}

//cabi:py Thread.start_waiting_internal 313d2794
func (t *Thread) startWaitingInternal(readyFunc ReadyFunc) {
	t.assert(!t.waiting() && t.readyFunc == nil, "Thread.start_waiting_internal/not-waiting",
		"a thread that starts waiting is not waiting yet")
	t.readyFunc = readyFunc
	t.store().waiting = append(t.store().waiting, t)
}

//cabi:py Thread.stop_waiting_internal 5bdbd63b
func (t *Thread) stopWaitingInternal(cancelled Cancelled) {
	t.assert(t.waiting() && t.readyFunc != nil, "Thread.stop_waiting_internal/waiting", "a thread that stops waiting is waiting")
	t.assert(bool(cancelled) || t.ready(), "Thread.stop_waiting_internal/ready", "a thread stops waiting when it is ready or cancelled")
	t.readyFunc = nil
	t.store().waiting = removeFirst(t.store().waiting, t, "Thread.stop_waiting_internal")
}

// removeFirst is list.remove in the Python function named.
func removeFirst[T comparable](list []T, e T, function string) []T {
	i := slices.Index(list, e)
	if i < 0 {
		crash(function, "ValueError", "list.remove(x): x not in list")
	}
	return slices.Delete(list, i, i+1)
}

//cabi:py Thread.resume_later dd1245ac
func (t *Thread) resumeLater() {
	t.assert(t.suspended(), "Thread.resume_later/suspended", "a thread to be resumed later is suspended")
	t.startWaitingInternal(alwaysReady{})
	t.assert(t.ready(), "Thread.resume_later/ready", "a thread to be resumed later is ready")
}

// Resume runs t, and every thread that it switches to, until one of them blocks or ends.
//
//cabi:py Thread.resume c8bf94bb
func (t *Thread) Resume(cancelled Cancelled) {
	t.assert(!t.running() && (t.cancellable || !bool(cancelled)), "Thread.resume/resumable",
		"a thread that is resumed is not running, and is cancellable if it is cancelled")
	if t.waiting() {
		t.stopWaitingInternal(cancelled)
	}
	thread := t
	for thread != nil {
		cont := thread.cont
		thread.cont = nil
		var switchTo *Thread
		thread.cont, switchTo = resume(t.store(), cont, cancelled, thread)
		thread = switchTo
		cancelled = false
	}
}

//cabi:py Thread.block_internal 8a125694
func (t *Thread) blockInternal(cancellable bool) Cancelled {
	t.cancellable = cancellable
	cancelled := block(t.store(), nil)
	t.assert(t.running() && (cancellable || !bool(cancelled)), "Thread.block_internal/resumed",
		"a thread that goes on is running, and cancelled only if it was cancellable")
	return cancelled
}

//cabi:py Thread.switch_to_internal 51c651fd
func (t *Thread) switchToInternal(cancellable bool, other *Thread) Cancelled {
	t.cancellable = cancellable
	cancelled := block(t.store(), other)
	t.assert(t.running() && (cancellable || !bool(cancelled)), "Thread.switch_to_internal/resumed",
		"a thread that goes on is running, and cancelled only if it was cancellable")
	return cancelled
}

//cabi:py Thread.suspend 588c22dd
func (t *Thread) suspend(cancellable bool) Cancelled {
	t.assert(t.running(), "Thread.suspend/running", "a thread that suspends itself is running")
	if t.task.deliverPendingCancel(cancellable) {
		return true
	}
	return t.blockInternal(cancellable)
}

// WaitUntil blocks t, which must be the running thread, until readyFunc holds or, if cancellable, its task is
// cancelled.
//
//cabi:py Thread.wait_until c289218f
func (t *Thread) WaitUntil(readyFunc ReadyFunc, cancellable bool) Cancelled {
	t.assert(t.running(), "Thread.wait_until/running", "a thread that waits is running")
	if t.task.deliverPendingCancel(cancellable) {
		return true
	}
	if readyFunc.Ready() && !t.store().options.Deterministic && t.store().goesOn(t, readyFunc) == 1 {
		return false
	}
	t.startWaitingInternal(readyFunc)
	return t.blockInternal(cancellable)
}

//cabi:py Thread.yield_ 1cec0ffb
func (t *Thread) yield(cancellable bool) Cancelled {
	return t.WaitUntil(alwaysReady{}, cancellable)
}

//cabi:py Thread.suspend_then_resume 2ef92fa5
func (t *Thread) suspendThenResume(cancellable bool, other *Thread) Cancelled {
	t.assert(t.running() && other.suspended(), "Thread.suspend_then_resume/states",
		"a running thread switches to a suspended one")
	if t.task.deliverPendingCancel(cancellable) {
		return true
	}
	return t.switchToInternal(cancellable, other)
}

//cabi:py Thread.yield_then_resume 1ca7125f
func (t *Thread) yieldThenResume(cancellable bool, other *Thread) Cancelled {
	t.assert(t.running() && other.suspended(), "Thread.yield_then_resume/states",
		"a running thread switches to a suspended one")
	if t.task.deliverPendingCancel(cancellable) {
		return true
	}
	t.startWaitingInternal(alwaysReady{})
	return t.switchToInternal(cancellable, other)
}

//cabi:py Thread.suspend_then_promote 2c877e6f
func (t *Thread) suspendThenPromote(cancellable bool, other *Thread) Cancelled {
	t.assert(t.running(), "Thread.suspend_then_promote/running", "a thread that switches is running")
	if t.task.deliverPendingCancel(cancellable) {
		return true
	}
	if other.ready() {
		other.stopWaitingInternal(false)
		return t.suspendThenResume(cancellable, other)
	}
	return t.suspend(cancellable)
}

//cabi:py Thread.yield_then_promote e635763e
func (t *Thread) yieldThenPromote(cancellable bool, other *Thread) Cancelled {
	t.assert(t.running(), "Thread.yield_then_promote/running", "a thread that switches is running")
	if t.task.deliverPendingCancel(cancellable) {
		return true
	}
	if other.ready() {
		other.stopWaitingInternal(false)
		return t.yieldThenResume(cancellable, other)
	}
	return t.yield(cancellable)
}

func (t *Thread) class() Class { return ClassThread }

func (t *Thread) describe() string { return "thread" }
