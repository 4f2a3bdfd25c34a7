package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of threads: the conditions that they wait for, the core code on them, and their storage.

var waitsAsAsked = &model.Property{
	Name: "waits-as-asked",
	Statement: "A thread that is blocked waits for what it asked for: one that yielded, for its turn; one that suspended itself, to be resumed, or once it " +
		"was, for its turn; one that waits for a set, a copy or a call, for that. A thread that thread.resume-later names waits for its turn; and when " +
		"the host ticks while a thread is ready, one goes on.",
	Kind: "state",
	Origin: `Explainer.md: "since thread.yield always leaves the calling thread in a "ready to run" state"; "leaves the calling thread in the "suspended" ` +
		`state"; "The thread.resume-later built-in changes the state of thread t from "suspended" to "ready""; "so that the runtime can nondeterministically ` +
		`resume t at some point in the future"`,
	BlindSpots: "Threads that are blocked in a destructor.",
	New: func() model.Checker {
		return &askedChecker{runChecker: runChecker{model.BaseChecker{Name: "waits-as-asked"}, waitsOtherwise}}
	},
}

// An askedChecker checks what threads wait for, and that ticks let them go on. It remembers whether a thread was ready at the last menu, which the state
// has, too, and none has gone on since: there is no ghost.
type askedChecker struct {
	runChecker
	idle bool
}

func (c *askedChecker) Settled(r *model.Run) { c.idle = atHost(r) && r.SomeReady() }

func (c *askedChecker) Entered(*model.Run, *model.Activation) { c.idle = false }

func (c *askedChecker) Retired(*spec.ComponentInstance, spec.TableKey, uint64, spec.Element) {
	c.idle = false
}

func (c *askedChecker) Done(_ *model.Run, at *model.Activation, _ []spec.CoreValue) {
	if at.Pending == nil {
		return
	}
	if c.idle && at.Pending.Op == "tick" {
		c.Message, c.ViolationKind = "the host ticks, and no thread goes on, although one was ready", "tick"
	}
	if c.idle = false; at.Pending.Op != "thread.resume-later" {
		return
	}
	for slot := range at.Thread().Instance().LiveThreads() {
		t, ok := slot.Element.(*spec.Thread)
		if ok && slot.Owner == at.Thread().Instance() && slot.Index == at.Pending.Args[0].Uint64() && t.WaitsFor().Kind == spec.WaitsForResumption {
			c.Message, c.ViolationKind = fmt.Sprintf("%s was to be resumed by %s, and still waits for that", threadName(t), at.Pending), "resume-later"
		}
	}
}

func (c *askedChecker) State(r *model.Run) {
	if c.Message == "" {
		c.runChecker.State(r)
	}
}

func waitsOtherwise(r *model.Run, exercised *bool) (message, kind string) {
	for _, t := range r.Threads() {
		if t.Running() {
			continue
		}
		in := blockedIn(r, t)
		kinds := allowedConditions(in)
		if kinds == nil {
			continue
		}
		*exercised = true
		if k := t.WaitsFor().Kind; !slices.Contains(kinds, k) {
			return fmt.Sprintf("%s is blocked in %s and waits for %s", threadName(t), in, k), in
		}
	}
	return "", ""
}

// Kinds of conditions that threads wait for.
var (
	waitsForTurn  = []spec.ConditionKind{spec.WaitsNoMore}
	suspended     = []spec.ConditionKind{spec.WaitsForResumption, spec.WaitsNoMore}
	waitsForSet   = []spec.ConditionKind{spec.WaitsForSet}
	waitsForEvent = []spec.ConditionKind{spec.WaitsForEvent}
	waitsForCall  = []spec.ConditionKind{spec.WaitsForCall}
)

// allowedConditions are the kinds of conditions that a thread may wait for while it is blocked in a built-in; nil: that is not known.
func allowedConditions(in string) []spec.ConditionKind {
	switch in {
	case "thread.yield", "thread.yield-then-resume", "thread.yield-then-promote":
		return waitsForTurn
	case "thread.suspend", "thread.suspend-then-resume", "thread.suspend-then-promote":
		return suspended
	case "waitable-set.wait":
		return waitsForSet
	case "stream.read", "stream.write", "stream.cancel-read", "stream.cancel-write",
		"future.read", "future.write", "future.cancel-read", "future.cancel-write", "subtask.cancel":
		return waitsForEvent
	case "call":
		return waitsForCall
	}
	return nil
}

var promotesReady = &model.Property{
	Name:      "promotes-ready",
	Statement: "thread.suspend-then-promote and thread.yield-then-promote resume only a thread that is ready.",
	Kind:      "step",
	Origin:    `Explainer.md: "immediately resumes execution of the thread t if t is in a "ready" state"`,
	New:       func() model.Checker { return &promoteChecker{BaseChecker: model.BaseChecker{Name: "promotes-ready"}} },
}

// A promoteChecker checks that a thread that was blocked and not ready when another one promoted it does not run when core code does
// next. It remembers the thread that ran at the last menu, and those that were blocked and not ready. The state has them, too: there is no ghost.
type promoteChecker struct {
	model.BaseChecker
	running *spec.Thread
	unready []*spec.Thread
}

func (c *promoteChecker) Settled(r *model.Run) {
	for _, at := range r.Activations {
		if c.running == nil || at.Thread() != c.running || at.Pending == nil || !strings.HasSuffix(at.Pending.Op, "-then-promote") {
			continue
		}
		for slot := range c.running.Instance().LiveThreads() {
			t, ok := slot.Element.(*spec.Thread)
			if !ok || slot.Owner != c.running.Instance() || slot.Index != at.Pending.Args[0].Uint64() || !slices.Contains(c.unready, t) {
				continue
			}
			if c.NonVacuous = true; t.Running() {
				c.Message, c.ViolationKind = fmt.Sprintf("%s runs after %s, and was not ready", threadName(t), at.Pending), at.Pending.Op
			}
		}
	}
	if c.running, c.unready = r.Store.Running(), c.unready[:0]; c.running == nil {
		return // the host promotes no thread
	}
	for _, t := range r.Threads() {
		if !t.Running() && !r.Ready(t) {
			c.unready = append(c.unready, t)
		}
	}
}

var ownThread = &model.Property{
	Name: "own-thread",
	Statement: "Functions, destructors, realloc and what thread.new-indirect begins run each on a thread of its own, below which there is no other core code; " +
		"thread.index returns the index of the thread that calls it, and so no other's; and a thread that thread.new-indirect makes calls its function with what it was given, and leaves " +
		"its table when that returns, and not before.",
	Kind: "step",
	Origin: `CanonicalABI.md: "calls to realloc semantically execute in a new Thread with zero-initialized Thread.storage"; Concurrency.md: "each call to ` +
		`an export logically creates a fresh thread"; Concurrency.md: "thread.new-indirect takes a Core WebAssembly function […] and a "closure" ` +
		`parameter to pass to the function when called on the new thread"`,
	New: func() model.Checker { return &ownThreadChecker{BaseChecker: model.BaseChecker{Name: "own-thread"}} },
}

// An ownThreadChecker checks, when core code begins, that no other core code is on its thread, what thread.index returns, and that threads call their
// functions and end. It remembers what threads were given, those whose core code has begun, and those whose function has returned since the last menu. The
// state has all that, too: there is no ghost.
type ownThreadChecker struct {
	model.BaseChecker
	given record[*spec.Thread, spec.CoreValue]
	begun []*spec.Thread
	left  []*spec.Thread
}

func (c *ownThreadChecker) Left(_ *model.Run, at *model.Activation) {
	if at.Kind == model.KindThread && at.Pending.Op == "return" {
		c.left = append(c.left, at.Thread())
	}
}

// Retired checks that a thread that ends has called its function. An implicit thread may end before, when its call is cancelled.
func (c *ownThreadChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	if t, ok := e.(*spec.Thread); ok && t != t.Task().Implicit() && t.Task().Implicit() != nil && !slices.Contains(c.begun, t) {
		c.Message, c.ViolationKind = fmt.Sprintf("thread %d of %s ends, and has not called its function", index, t.Task().Func()), "not called"
	}
}

func (c *ownThreadChecker) Settled(r *model.Run) {
	if len(c.left) == 0 {
		return
	}
	for _, inst := range r.Store.Instances() {
		for slot := range inst.LiveThreads() {
			if t, ok := slot.Element.(*spec.Thread); ok && slices.Contains(c.left, t) {
				c.Message, c.ViolationKind = fmt.Sprintf("the function of thread %d of %s has returned, and it is still in its table", slot.Index, t.Task().Func()), "stays"
			}
		}
	}
	c.left = c.left[:0]
}

func (c *ownThreadChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Actor == model.Host {
		return
	}
	c.NonVacuous, c.begun = true, append(c.begun, at.Thread())
	if given, known := c.given.get(at.Thread()); known && at.Kind == model.KindThread && at.Args[0] != given {
		c.Message, c.ViolationKind = fmt.Sprintf("%s begins with %s, and was given %s", at.Name, at.Args[0], given), "given"
	}
	for _, below := range r.Activations {
		if below != at && below.Thread() == at.Thread() && below.Actor != model.Host {
			c.Message = fmt.Sprintf("core code of %s begins on the thread on which that of %s runs", at.Name, below.Name)
		}
	}
}

func (c *ownThreadChecker) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending == nil {
		return
	}
	switch at.Pending.Op {
	case "thread.new-indirect":
		for slot := range at.Thread().Instance().LiveThreads() {
			if t, ok := slot.Element.(*spec.Thread); ok && slot.Owner == at.Thread().Instance() && slot.Index == results[0].Uint64() {
				c.given.put(t, at.Pending.Args[1])
			}
		}
		return
	case "thread.index":
	default:
		return
	}
	c.NonVacuous = true
	for slot := range at.Thread().Instance().LiveThreads() {
		if slot.Element == spec.Element(at.Thread()) && slot.Index == results[0].Uint64() {
			return
		}
	}
	c.Message, c.ViolationKind = fmt.Sprintf("%s is told that its thread is %s, which it is not", at.Name, results[0]), "index"
}

var storageKept = &model.Property{
	Name:      "storage-kept",
	Statement: "context.get returns what the running thread itself has set last, and 0 if it has set nothing.",
	Kind:      "step",
	Origin:    `Concurrency.md: "Each thread contains a distinct mutable thread-local storage array"`,
	New:       func() model.Checker { return &storageChecker{BaseChecker: model.BaseChecker{Name: "storage-kept"}} },
}

// A storageChecker checks that context.get returns the value that the thread has set last. It remembers these values.
type storageChecker struct {
	model.BaseChecker
	run *model.Run
	set record[storagePlace, uint64]
}

func (c *storageChecker) Begin(r *model.Run) { c.run = r }

// Ghost writes what is remembered of live threads: if their storage does not have it, a context.get will show that.
func (c *storageChecker) Ghost(w *spec.StateWriter) {
	if len(c.set) == 0 {
		return
	}
	for _, t := range c.run.Threads() {
		for slot := range uint64(2) {
			if v := c.set.of(storagePlace{t, slot}); v != 0 {
				w.Put("set ", t, " ", int(slot), "=", int(v), "\n")
			}
		}
	}
}

// A storagePlace is a slot of a thread's storage.
type storagePlace struct {
	thread *spec.Thread
	slot   uint64
}

func (c *storageChecker) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending == nil || !strings.HasPrefix(at.Pending.Op, "context.") {
		return
	}
	place := storagePlace{at.Thread(), at.Pending.Args[0].Uint64()}
	if at.Pending.Op == "context.set" {
		c.set.put(place, at.Pending.Args[1].Uint64())
		return
	}
	if c.NonVacuous = true; results[0].Uint64() != c.set.of(place) {
		c.Message = fmt.Sprintf("%s gets %s from slot %d, it has set %d", at.Name, results[0], place.slot, c.set.of(place))
	}
}

var residualBackpressure = &model.Property{
	Name:      "residual-backpressure",
	Statement: "While calls of async functions wait to enter an instance, no later one begins without having waited.",
	Kind:      "step",
	Origin: `CanonicalABI.md: "Residual backpressure triggered by explicit or implicit backpressure having been enabled then disabled, but there still ` +
		`being tasks waiting to enter that need to be given the chance to start without getting starved by new tasks"`,
	New: func() model.Checker {
		return &residualChecker{BaseChecker: model.BaseChecker{Name: "residual-backpressure"}}
	},
}

// A residualChecker checks, when core code of an async function begins, that no call waits to enter its instance since before it. It
// remembers the threads that waited to enter at the last menu, which the state has, too, and how many choices were made before it, which matters
// until the next: there is no ghost.
type residualChecker struct {
	model.BaseChecker
	waiting []*spec.Thread
	chosen  int
}

func (c *residualChecker) Settled(r *model.Run) {
	c.waiting, c.chosen = c.waiting[:0], r.Store.Chosen()
	for _, t := range r.Store.WaitingThreads() {
		if t.WaitsFor().Kind == spec.WaitsToEnter {
			c.waiting = append(c.waiting, t)
		}
	}
}

func (c *residualChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc || !r.World.Func(at.Name).Async {
		return
	}
	c.NonVacuous = c.NonVacuous || len(c.waiting) > 0
	for _, t := range c.waiting {
		waits := t.Instance() == at.Thread().Instance() && t.WaitsFor().Kind == spec.WaitsToEnter
		if waits && !slices.Contains(c.waiting, at.Thread()) {
			c.Message = fmt.Sprintf("%s begins at once, and %s still waits to enter", at.Name, threadName(t))
			c.Cause = c.overtakes(r, at.Thread())
			if r.Store.Chosen() == c.chosen {
				c.ViolationKind = "not queued" // the specification has not chosen it: the call could not have waited
			}
		}
	}
}

// overtakes says what would hold back a call that begins at once.
func (c *residualChecker) overtakes(r *model.Run, t *spec.Thread) string {
	inst, cause := t.Instance(), "a call begins at once"
	if inst.Backpressure() > 0 {
		cause += ", under backpressure"
	}
	if t.Task().NeedsLock() && inst.Exclusive() != t {
		cause += ", without the lock that it needs"
	}
	waiting := 0
	for _, o := range r.Store.WaitingThreads() {
		if o.Instance() == inst && o.WaitsFor().Kind == spec.WaitsToEnter {
			waiting++
		}
	}
	if inst.WaitingToEnter() != waiting {
		cause += ", and those that wait are not counted"
	}
	return cause
}

var cancelNextTold = &model.Property{
	Name:      "cancel-next-told",
	Statement: "A built-in that is called cancellably while the cancellation of its task is pending says so at once.",
	Kind:      "step",
	Origin: `CanonicalABI.md: "the request is remembered in Task.state and delivered at the next opportunity"; Explainer.md: "If cancellable is set, ` +
		`waitable-set.poll may return […] task-cancelled"`,
	New: func() model.Checker {
		return &promptNotificationChecker{BaseChecker: model.BaseChecker{Name: "cancel-next-told"}}
	},
}

// A promptNotificationChecker checks that the next cancellable built-in notifies a task of its cancellation. It remembers the thread
// that runs at the menu, if the cancellation of its task is pending. The state has it, too: there is no ghost.
type promptNotificationChecker struct {
	model.BaseChecker
	pending *spec.Thread // nil: no cancellation is pending
}

func (c *promptNotificationChecker) Settled(r *model.Run) {
	for _, at := range r.Activations {
		if c.pending != nil && at.Thread() == c.pending && cancellable(at.Pending) {
			c.Message, c.ViolationKind = fmt.Sprintf("%s blocks in %s, and the cancellation of its task was pending", at.Name, at.Pending.Op), "blocks"
		}
	}
	if c.pending = r.Store.Running(); c.pending != nil && c.pending.Task().State() != spec.TaskPendingCancel {
		c.pending = nil
	}
}

func (c *promptNotificationChecker) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	if c.pending == nil || at.Thread() != c.pending || !cancellable(at.Pending) {
		return
	}
	if c.NonVacuous = true; results[0].Uint64() != cancelledCode(at.Pending.Op) {
		c.Message, c.ViolationKind = fmt.Sprintf("%s returns %s to %s, and the cancellation of its task was pending", at.Pending.Op, results[0], at.Name), "silent"
	}
	c.pending = nil
}

// cancellable reports whether an action is a built-in that was called cancellably.
func cancellable(a *model.Action) bool {
	return a != nil && len(a.Imm) > 0 && a.Imm[0] == "cancellable"
}

// cancelledCode is what a built-in returns to say that the task is cancelled.
func cancelledCode(op string) uint64 {
	if strings.HasPrefix(op, "waitable-set.") {
		return uint64(spec.EventTaskCancelled)
	}
	return 1
}
