package pertype

//cabi:pin per-type

import (
	"slices"

	"cabi/spec/history"
)

// A CallState is how far a subtask has come.
//
//cabi:py CallState fa72be80
type CallState uint8

const (
	callStarting CallState = iota
	callStarted
	callReturned
	callDone
)

func (s CallState) String() string {
	return [...]string{"STARTING", "STARTED", "RETURNED", "DONE"}[s]
}

//cabi:notported EventCode 707d981c the only events here are a subtask's, whose codes are its states

// An eventTuple is what core code gets to know of an event: here, of a subtask.
type eventTuple struct {
	code CallState
	i    uint64
}

// An eventCallback takes an event when it is delivered, if it finds that there still is one.
type eventCallback interface {
	event() (e eventTuple, ok bool)
}

// A Task is one call of a lifted function, from its callee's side.
//
//cabi:py Task 00cfad86
type Task struct {
	opts      CanonicalOptions
	inst      *ComponentInstance
	ft        *funcType
	caller    *Task                  // nil: the host
	onReturn  func(results []uint64) // nil: the task has returned
	events    []eventCallback
	hasEvents bool
	todo      int // borrow handles and subtasks that it must drop before it exits
}

//cabi:py Task.__init__ 44db00ee
func newTask(opts CanonicalOptions, inst *ComponentInstance, ft *funcType, caller *Task, onReturn func(results []uint64)) *Task {
	t := &Task{}
	t.opts = opts
	t.inst = inst
	t.ft = ft
	t.caller = caller
	t.onReturn = onReturn
	t.events = nil
	t.hasEvents = false
	t.todo = 0
	return t
}

//cabi:py Task.task 5b4b607d
func (t *Task) task() *Task { return t }

// trapIfOnTheStack traps if inst is that of a task that called this one, however long ago that returned to its caller.
//
//cabi:py Task.trap_if_on_the_stack 0acff5c0
func (t *Task) trapIfOnTheStack(inst *ComponentInstance) {
	c := t.caller
	for c != nil {
		trapIf(c.inst == inst, "Task.trap_if_on_the_stack/caller", "the instance is that of a caller of the task")
		c = c.caller
	}
}

// enter returns the task's flat arguments.
//
//cabi:py Task.enter b4226948
func (t *Task) enter(onStart func() []uint64) []uint64 {
	assertLocked("Task.enter/locked", "whoever enters holds the lock")
	t.trapIfOnTheStack(t.inst)
	if !t.mayEnter(t) { // nothing is pending: a task that would be stops the run
		history.Wait()
		assertLocked("Task.enter/starting", "a task that waited is started by another")
	}
	if t.opts.sync {
		assert(t.inst.interruptible, "Task.enter/interruptible", "a sync task enters an instance that may be interrupted")
		t.inst.interruptible = false
	}
	t.inst.numTasks++
	cx := newLiftLowerContext(t.opts, t.inst, t)
	return lowerFlatValues(cx, onStart(), t.ft.params)
}

//cabi:py Task.may_enter 46b17675
func (t *Task) mayEnter(pendingTask *Task) bool {
	return t.inst.interruptible &&
		!(pendingTask.opts.sync && t.inst.numTasks > 0) &&
		!t.inst.backpressure
}

//cabi:notported Task.maybe_start_pending_task 9c14f001 no task is ever pending
//cabi:notported Task.wait_on d18e1c93 nothing waits
//cabi:notported Task.call_sync ceb039f7 what it guards is entry into the caller's instance while the call lasts, and that traps
//cabi:notported Task.wait 2c0cdd04 nothing waits

//cabi:py Task.maybe_next_event 4fa42497
func (t *Task) maybeNextEvent() (eventTuple, bool) {
	for len(t.events) > 0 {
		assert(t.hasEvents, "Task.maybe_next_event/has-events", "a task with events is told that it has some")
		event := t.events[0]
		t.events = t.events[1:]
		if len(t.events) == 0 {
			t.hasEvents = false
		}
		if e, ok := event.event(); ok {
			return e, true
		}
	}
	return eventTuple{}, false
}

//cabi:py Task.notify 567adfd1
func (t *Task) notify(event eventCallback) {
	t.events = append(t.events, event)
	t.hasEvents = true
}

//cabi:notported Task.yield_ 975018e5 nothing waits
//cabi:notported Task.poll c33ae4dc is maybe_next_event after a yield

//cabi:py Task.return_ 7f2be2d0
func (t *Task) return_(flatResults []uint64) {
	trapIf(t.onReturn == nil, "Task.return_/on_return", "the task has already returned")
	ts := t.ft.results
	cx := newLiftLowerContext(t.opts, t.inst, t)
	vs := liftFlatValues(cx, flatResults, ts)
	t.onReturn(vs)
	t.onReturn = nil
}

// exit ends the task.
//
// quirk: the assert on events delivers one as it looks.
//
//cabi:py Task.exit 878f399f
func (t *Task) exit() {
	assertLocked("Task.exit/locked", "whoever exits holds the lock")
	_, event := t.maybeNextEvent()
	assert(!event, "Task.exit/events", "a task that exits has taken all its events")
	assert(t.inst.numTasks >= 1, "Task.exit/num_tasks", "a task that exits has entered")
	trapIf(t.todo != 0, "Task.exit/todo", "the task still has borrow handles or subtasks")
	trapIf(t.onReturn != nil, "Task.exit/on_return", "the task has not returned")
	trapIf(t.inst.numTasks == 1 && t.inst.backpressure, "Task.exit/backpressure", "the last task of an instance exits under backpressure")
	t.inst.numTasks--
	if t.opts.sync {
		assert(!t.inst.interruptible, "Task.exit/interruptible", "an instance is not interrupted while a sync task runs")
		t.inst.interruptible = true
	}
}

// A Subtask is one call of an import, from its caller's side.
//
//cabi:py Subtask ade4c543
type Subtask struct {
	opts            CanonicalOptions
	inst            *ComponentInstance
	supertask       *Task
	ft              *funcType
	flatArgs        []uint64
	flatResults     []uint64
	state           CallState
	lenders         []*ResourceHandle
	notifySupertask bool
	enqueued        bool
}

//cabi:py Subtask.__init__ 8b90e2f5
func newSubtask(opts CanonicalOptions, ft *funcType, task *Task, flatArgs []uint64) *Subtask {
	s := &Subtask{}
	s.opts = opts
	s.inst = task.inst
	s.supertask = task
	s.ft = ft
	s.flatArgs = flatArgs
	s.flatResults = nil
	s.state = callStarting
	s.lenders = nil
	s.notifySupertask = false
	s.enqueued = false
	return s
}

//cabi:py Subtask.task 21a8c45e
func (s *Subtask) task() *Task { return s.supertask }

//cabi:py Subtask.add_lender 38dc8e0d
func (s *Subtask) addLender(lendingHandle *ResourceHandle) {
	assert(lendingHandle.own, "Subtask.add_lender/own", "only own handles are counted as lent")
	lendingHandle.lendCount++
	s.lenders = append(s.lenders, lendingHandle)
}

//cabi:py Subtask.release_lenders 5c4ffacd
func (s *Subtask) releaseLenders() {
	for _, h := range s.lenders {
		h.lendCount--
	}
}

//cabi:py Subtask.maybe_notify_supertask 919512a0
func (s *Subtask) maybeNotifySupertask() {
	if s.notifySupertask && !s.enqueued {
		s.enqueued = true
		s.supertask.notify((*subtaskEvent)(s))
	}
}

// subtaskEvent is maybe_notify_supertask's inner function subtask_event. It always has an event.
type subtaskEvent Subtask

//cabi:py Subtask.maybe_notify_supertask.subtask_event d44511c1
func (e *subtaskEvent) event() (eventTuple, bool) {
	s := (*Subtask)(e)
	s.enqueued = false
	i := slices.Index(s.inst.waitables.array, any(s))
	if s.state == callDone {
		s.releaseLenders()
	}
	return eventTuple{s.state, uint64(i)}, true
}

//cabi:py Subtask.on_start ba19aa3a
func (s *Subtask) onStart() []uint64 {
	assert(s.state == callStarting, "Subtask.on_start/starting", "a subtask starts once")
	s.state = callStarted
	s.maybeNotifySupertask()
	ts := s.ft.params
	cx := newLiftLowerContext(s.opts, s.inst, s)
	return liftFlatValues(cx, s.flatArgs, ts)
}

//cabi:py Subtask.on_return d1779225
func (s *Subtask) onReturn(vs []uint64) {
	assert(s.state == callStarted, "Subtask.on_return/started", "a subtask that returns has started")
	s.state = callReturned
	s.maybeNotifySupertask()
	ts := s.ft.results
	cx := newLiftLowerContext(s.opts, s.inst, s)
	s.flatResults = lowerFlatValues(cx, vs, ts)
}

//cabi:py Subtask.finish f06edb03
func (s *Subtask) finish() []uint64 {
	assert(s.state == callReturned, "Subtask.finish/returned", "a subtask that is done has returned")
	s.state = callDone
	if s.notifySupertask {
		s.maybeNotifySupertask()
	} else {
		s.releaseLenders()
	}
	return s.flatResults
}

//cabi:py Subtask.drop 10b2b767
func (s *Subtask) drop() {
	trapIf(s.state != callDone, "Subtask.drop/done", "the subtask is not done")
	assert(!s.enqueued, "Subtask.drop/enqueued", "a subtask that is done has no event under way")
	s.supertask.todo--
}
