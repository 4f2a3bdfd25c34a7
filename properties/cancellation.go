package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

var cancelDelivered = &model.Property{
	Name: "cancel-delivered",
	Statement: "When nothing goes on, no task whose cancellation is pending has a thread that is blocked cancellably, unless that is its implicit " +
		"thread, which needs the exclusive lock, and another thread that can still run holds that; and where neither that nor an instance that cannot be " +
		"entered is in the way, a task that has a thread in a built-in that was called cancellably, ready or not, is told at once.",
	Kind: "quiescent",
	Origin: `CanonicalABI.md, request_cancellation: "If cancellation cannot be immediately delivered […], the request is remembered in Task.state ` +
		`and delivered at the next opportunity"`,
	BlindSpots: "Whether a task that never blocks cancellably again, or does not react to its cancellation, ever ends. That some continuation delivers " +
		"a cancellation that is pending, TestCancellationCanBeDelivered shows.",
	New: func() model.Checker {
		return &deliveryChecker{BaseChecker: model.BaseChecker{Name: "cancel-delivered"}}
	},
}

// A deliveryChecker checks in quiescent states that no thread is to be told of a cancellation and is blocked so that it could be. It remembers
// of each task whose cancellation is pending what was in the way when that was asked for.
type deliveryChecker struct {
	model.BaseChecker
	run     *model.Run
	asked   obstacle // of the task whose subtask was looked up last since the last menu
	pending []obstacle
	early   string // the violation by a task that was to be told at once; empty: there is none
}

// An obstacle is what was in the way of a task's cancellation.
type obstacle struct {
	task *spec.Task
	what string
}

func (c *deliveryChecker) Begin(r *model.Run) { c.run = r }

// Found notes what is in the way of cancelling a call: it is looked up before it is cancelled.
func (c *deliveryChecker) Found(caller *spec.ComponentInstance, _ spec.Expected, _ uint64, e spec.Element) {
	if t, ok := e.(*spec.Subtask); ok && t.Callee() != nil && t.Callee().State() != spec.TaskPendingCancel {
		c.asked = obstacle{t.Callee(), inTheWay(c.run, t.Callee(), caller)}
	}
}

// inTheWay is what is in the way of cancelling a task at once, for an instance that asks, or the host.
func inTheWay(r *model.Run, task *spec.Task, caller *spec.ComponentInstance) string {
	asks := func(t *spec.Thread) bool { return blockedCancellably(r, t) }
	locked := func(t *spec.Thread) bool { // by any other thread, be it one whose call this is part of
		holder := t.Instance().Exclusive()
		return task.NeedsLock() && t == task.Implicit() && holder != nil && holder != t
	}
	switch {
	case !slices.ContainsFunc(task.Threads(), asks):
		return "when the cancellation was asked for, no thread was blocked cancellably"
	case !slices.ContainsFunc(task.Threads(), func(t *spec.Thread) bool { return asks(t) && !locked(t) }):
		return "when the cancellation was asked for, another thread held the lock"
	case !mayEnter(task.Instance(), caller):
		return "when the cancellation was asked for, the instance could not be entered"
	}
	return nothingInTheWay
}

// mayEnter reports whether an instance and what it is inside of, but for what the caller is or is inside of, may be entered.
func mayEnter(inst, caller *spec.ComponentInstance) bool {
	within := map[*spec.ComponentInstance]bool{}
	for ; caller != nil; caller = caller.Parent() {
		within[caller] = true
	}
	for ; inst != nil; inst = inst.Parent() {
		if !within[inst] && !inst.MayEnter() {
			return false
		}
	}
	return true
}

const nothingInTheWay = "when the cancellation was asked for, nothing was in the way"

// blockedCancellably reports whether a thread is blocked where core code asked to be told of a cancellation: in a built-in that was called
// cancellably, or in the loop of a callback. It does not ask the specification.
func blockedCancellably(r *model.Run, t *spec.Thread) bool {
	if t.Running() {
		return false
	}
	for _, at := range slices.Backward(r.Activations) {
		if at.Thread() == t && at.Pending != nil {
			return cancellable(at.Pending)
		}
	}
	return strings.HasPrefix(blockedIn(r, t), "callback ")
}

// Done notes what is in the way of a call that the host cancels.
func (c *deliveryChecker) Done(r *model.Run, at *model.Activation, _ []spec.CoreValue) {
	if at.Pending == nil || at.Actor != model.Host || at.Pending.Op != "cancel" {
		return
	}
	for _, task := range r.Tasks() {
		if task.State() == spec.TaskPendingCancel && c.of(task) == "" {
			c.add(obstacle{task, inTheWay(r, task, nil)})
		}
	}
}

func (c *deliveryChecker) Settled(*model.Run) {
	if c.asked.task != nil && c.asked.task.State() == spec.TaskPendingCancel {
		c.add(c.asked)
	}
	c.asked = obstacle{}
}

func (c *deliveryChecker) add(o obstacle) {
	if c.of(o.task) == "" {
		c.pending = append(c.pending, o)
		if o.what == nothingInTheWay {
			c.early = fmt.Sprintf("%s is to be cancelled, nothing is in the way, and it is not told", o.task.Func())
		}
	}
}

// of is what was in the way of a task's cancellation; "": that is not known.
func (c *deliveryChecker) of(task *spec.Task) string {
	if i := slices.IndexFunc(c.pending, func(o obstacle) bool { return o.task == task }); i >= 0 {
		return c.pending[i].what
	}
	return ""
}

func (c *deliveryChecker) State(r *model.Run) {
	c.Message, c.ViolationKind, c.Cause = "", "", ""
	if c.early != "" {
		c.Message, c.ViolationKind, c.Cause = c.early, "at once", nothingInTheWay
		return
	}
	if !quiescent(r) {
		return
	}
	for _, task := range r.Tasks() {
		if task.State() != spec.TaskPendingCancel {
			continue
		}
		c.NonVacuous = true
		for _, t := range task.Threads() {
			if !t.Running() && t.Cancellable() && !(task.NeedsLock() && t == task.Implicit() && lockedOut(t)) && c.Message == "" {
				in := blockedIn(r, t)
				c.Message = fmt.Sprintf("nothing goes on, %s is to be cancelled, and %s is blocked in %s, cancellably, and is not told", task.Func(), threadName(t), in)
				c.ViolationKind, c.Cause = in, c.of(task)
			}
		}
	}
}

func (c *deliveryChecker) Shape(*model.Run) string { return c.Cause }

// Ghost writes what was in the way of cancellations that are still pending.
func (c *deliveryChecker) Ghost(w *spec.StateWriter) {
	if len(c.pending) == 0 {
		return
	}
	for _, task := range c.run.Tasks() {
		if what := c.of(task); what != "" && task.State() == spec.TaskPendingCancel {
			w.Put("in the way of ", task, ": ", what, "\n")
		}
	}
}

var cancelTold = &model.Property{
	Name: "cancel-told",
	Statement: "A task hears that it is cancelled exactly once from when its cancellation counts as delivered: in a callback, or as the result of a " +
		"built-in that it called cancellably; and it resolves as cancelled only once it has heard. Who asks to cancel a call that is not resolved has its task hear " +
		"at once, or sees its cancellation pending.",
	Kind: "step",
	Origin: `Explainer.md: "If cancellable is not set, task-cancelled is never returned"; "task-cancelled is returned at most once for a given ` +
		`task"; CanonicalABI.md: "the request is remembered in Task.state and delivered at the next opportunity"`,
	New: func() model.Checker {
		return &cancelNotificationChecker{BaseChecker: model.BaseChecker{Name: "cancel-told"}}
	},
}

// A cancelNotificationChecker checks that core code is notified of the cancellation of its task once, exactly if it counts as
// delivered, and only where it asked for it. It remembers the tasks that were notified.
type cancelNotificationChecker struct {
	model.BaseChecker
	run      *model.Run
	notified []*spec.Task
}

func (c *cancelNotificationChecker) Begin(r *model.Run) { c.run = r }

// Ghost writes the tasks that were notified and are not at their end: another notification would be a violation.
func (c *cancelNotificationChecker) Ghost(w *spec.StateWriter) {
	if len(c.notified) == 0 {
		return
	}
	w.Put("told")
	for _, task := range c.run.Tasks() {
		if slices.Contains(c.notified, task) {
			w.Put(" ", task)
		}
	}
	w.Put("\n")
}

// checkRequests checks that no request to cancel a call is forgotten.
func (c *cancelNotificationChecker) checkRequests(r *model.Run) {
	for _, slot := range r.Elements() {
		t, ok := slot.Element.(*spec.Subtask)
		if ok && t.Callee() != nil && t.CancellationRequested() && t.Callee().State() == spec.TaskStarted && c.Message == "" {
			c.Message, c.ViolationKind = fmt.Sprintf("%s was to be cancelled, and its cancellation is neither delivered nor pending", t.Callee().Func()), "forgotten"
		}
	}
	c.checkHostsRequests(r)
	for _, call := range r.Invocations() {
		if !call.CancelRequested || call.Resolved || c.Message != "" {
			continue
		}
		hears := func(t *spec.Task) bool {
			return t.Func() == call.Func && t.Caller() == nil && (t.State() == spec.TaskPendingCancel || t.State() == spec.TaskCancelDelivered)
		}
		if !slices.ContainsFunc(r.Tasks(), hears) {
			c.Message, c.ViolationKind = fmt.Sprintf("the host's call of %s was to be cancelled, and its cancellation is neither delivered nor pending", call.Func), "forgotten by host"
		}
	}
}

// checkHostsRequests checks that the host was asked to cancel as many calls of its functions as subtasks say.
func (c *cancelNotificationChecker) checkHostsRequests(r *model.Run) {
	asked := 0
	for _, call := range r.HostCalls() {
		if call.CancelRequested && !call.Resolved {
			asked++
		}
	}
	for _, slot := range r.Elements() {
		if t, ok := slot.Element.(*spec.Subtask); ok && t.Callee() == nil && t.CancellationRequested() && t.State() <= spec.SubtaskStarted {
			asked--
		}
	}
	if asked < 0 && c.Message == "" {
		c.Message, c.ViolationKind = "a call of the host's was to be cancelled, and the host was not asked to", "forgotten for host"
	}
}

func (c *cancelNotificationChecker) Entered(_ *model.Run, at *model.Activation) {
	if at.Kind == model.KindCallback && at.Args[0].Uint64() == uint64(spec.EventTaskCancelled) {
		c.notify(at, true)
	}
}

func (c *cancelNotificationChecker) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending != nil && at.Pending.Op == "task.cancel" && at.Thread() != nil && !slices.Contains(c.notified, at.Thread().Task()) {
		c.Message, c.ViolationKind = fmt.Sprintf("%s says that it is cancelled, and was not told", at.Name), "early"
	}
	if at.Pending == nil || len(results) != 1 || len(at.Pending.Imm) == 0 || !strings.HasSuffix(at.Pending.Imm[0], "cancellable") {
		return
	}
	cancelled := uint64(1) // thread.*
	if strings.HasPrefix(at.Pending.Op, "waitable-set.") {
		cancelled = uint64(spec.EventTaskCancelled)
	}
	if results[0].Uint64() == cancelled {
		c.notify(at, at.Pending.Imm[0] == "cancellable")
	}
}

// notify is for core code that is notified of the cancellation of its task, by a callback or a built-in that was called
// cancellably or not.
func (c *cancelNotificationChecker) notify(at *model.Activation, cancellable bool) {
	c.NonVacuous = true
	task := at.Thread().Task()
	switch {
	case !cancellable:
		c.Message, c.ViolationKind = fmt.Sprintf("%s is told by %s that it is cancelled, which it did not call cancellably", at.Name, at.Pending.Op), "uncancellable"
	case slices.Contains(c.notified, task):
		c.Message, c.ViolationKind = fmt.Sprintf("%s is told twice that it is cancelled", task.Func()), "twice"
	}
	c.notified = append(c.notified, task)
}

func (c *cancelNotificationChecker) State(r *model.Run) {
	for _, t := range r.Store.WaitingThreads() {
		c.checkNotified(t.Task())
	}
	if t := r.Store.Running(); t != nil {
		c.checkNotified(t.Task())
	}
	c.checkRequests(r)
}

// checkNotified checks that a task whose cancellation counts as delivered was notified.
func (c *cancelNotificationChecker) checkNotified(task *spec.Task) {
	if task.State() == spec.TaskCancelDelivered && !slices.Contains(c.notified, task) {
		c.Message, c.ViolationKind = fmt.Sprintf("the cancellation of %s counts as delivered, and it was not told", task.Func()), "untold"
	}
}

var cancelledAtOnce = runProperty(&model.Property{
	Name:       "cancelled-at-once",
	Statement:  "A call that waits to enter is cancelled as soon as its caller asks for it.",
	Kind:       "state",
	Origin:     `CanonicalABI.md: "While a callee is waiting to enter, if the caller requests cancellation, the callee is immediately cancelled"`,
	BlindSpots: "Calls that the host makes.",
}, func(r *model.Run, exercised *bool) (message, kind string) {
	for _, slot := range r.Elements() {
		t, ok := slot.Element.(*spec.Subtask)
		if !ok || t.Callee() == nil {
			continue
		}
		*exercised = *exercised || t.State() == spec.SubtaskCancelledBeforeStarted
		if t.CancellationRequested() && t.Callee().State() == spec.TaskInitial {
			return fmt.Sprintf("%s was to be cancelled, and still waits to enter", t.Callee().Func()), ""
		}
	}
	return "", ""
})
