package properties

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of instances and tasks: locks, flags and counts, and the order in which core code runs.

var oneExclusive = &model.Property{
	Name: "one-exclusive",
	Statement: "Of the tasks of one instance whose functions are async and lifted sync or with a callback, at most one has core code on a stack, " +
		"and its implicit thread holds the exclusive lock; when control is with the host, the lock is held only by such a thread.",
	Kind: "state",
	Origin: `CanonicalABI.md: "the exclusive_thread lock is held throughout each core wasm invocation from the event loop to maintain ` +
		`[Component Invariant] #3"`,
	BlindSpots: "Threads that such tasks make: they opt out of the invariant.",
	New:        func() model.Checker { return &exclusiveChecker{BaseChecker: model.BaseChecker{Name: "one-exclusive"}} },
}

// An exclusiveChecker checks that of the core code that needs an instance's exclusive lock, at most one piece is on a stack, and that
// its thread has the lock. It remembers nothing. It cannot see the threads that such core code makes, which need no lock.
type exclusiveChecker struct{ model.BaseChecker }

// needsLock reports whether core code needs the exclusive lock: it is an async function that is not lifted stackful, or the callback
// or post-return of one.
func needsLock(w *model.World, at *model.Activation) bool {
	name := at.Name
	switch at.Kind {
	case model.KindFunc:
	case model.KindCallback:
		name = strings.TrimSuffix(name, ".callback")
	case model.KindPostReturn:
		name = strings.TrimSuffix(name, ".post-return")
	default:
		return false
	}
	f := w.Func(name)
	return f.Async && f.Lift != "stackful"
}

func (c *exclusiveChecker) State(r *model.Run) {
	c.Message, c.ViolationKind = "", ""
	for _, inst := range r.Store.Instances() {
		if message, kind := c.check(r, inst); message != "" {
			c.Message, c.ViolationKind = message, kind
		}
	}
}

// check describes how an instance violates the property.
func (c *exclusiveChecker) check(r *model.Run, inst *spec.ComponentInstance) (message, kind string) {
	var frame *model.Activation
	holder := inst.Exclusive()
	for _, at := range r.Activations {
		if at.Actor != inst.Name || !needsLock(r.World, at) {
			continue
		}
		if frame = at; holder != at.Thread() {
			return fmt.Sprintf("core code of %s is on a stack, and its thread does not hold the exclusive lock", at.Name), "without"
		}
	}
	c.NonVacuous = c.NonVacuous || frame != nil
	switch {
	case frame == nil && holder != nil && atHost(r):
		return fmt.Sprintf("%s holds the exclusive lock of %s, and none of its core code is on a stack", threadName(holder), inst.Name), "held"
	}
	return "", ""
}

var flagsRestored = runProperty(&model.Property{
	Name: "flags-restored",
	Statement: "An instance may not be left exactly while its realloc or post-return runs; and when control is with the host, every instance may " +
		"be entered.",
	Kind:       "quiescent",
	Origin:     "ComponentInstance.may_enter and may_leave; Store.tick asserts that the instances of all waiting threads may be entered",
	BlindSpots: "A realloc that is no guest code.",
}, func(r *model.Run, exercised *bool) (message, kind string) {
	for _, inst := range r.Store.Instances() {
		mayLeave := !inHelper(r, inst)
		*exercised = *exercised || !mayLeave
		if inst.MayLeave() != mayLeave {
			return fmt.Sprintf("%s may be left: %v, must be %v", inst.Name, inst.MayLeave(), mayLeave), "may-leave"
		}
		if atHost(r) && !inst.MayEnter() {
			return fmt.Sprintf("control is with the host, and %s may not be entered", inst.Name), "may-enter"
		}
	}
	return "", ""
})

// inHelper reports whether realloc or post-return of inst runs.
func inHelper(r *model.Run, inst *spec.ComponentInstance) bool {
	return slices.ContainsFunc(r.Activations, func(at *model.Activation) bool {
		return at.Actor == inst.Name && (at.Kind == model.KindRealloc || at.Kind == model.KindPostReturn)
	})
}

var runningNotWaiting = runProperty(&model.Property{
	Name: "running-not-waiting",
	Statement: "A thread is in the store's list of waiting threads exactly if it is blocked and waits for something, and then once; a thread that " +
		"runs is not in it, and every thread in a table is one of its task's.",
	Kind:   "state",
	Origin: "Thread.running, Thread.suspended, Thread.waiting; Store.waiting",
}, func(r *model.Run, exercised *bool) (message, kind string) {
	waiting := r.Store.WaitingThreads()
	*exercised = *exercised || len(waiting) > 0
	for i, t := range waiting {
		if k := t.WaitsFor().Kind; k == spec.WaitsNot || k == spec.WaitsForResumption {
			return fmt.Sprintf("%s is in the list of waiting threads, and waits for %s", threadName(t), k), k.String()
		}
		if slices.Contains(waiting[:i], t) {
			return fmt.Sprintf("%s is in the list of waiting threads twice", threadName(t)), "twice"
		}
	}
	for _, inst := range r.Store.Instances() {
		for slot := range inst.LiveThreads() {
			t, isThread := slot.Element.(*spec.Thread)
			if !isThread || slot.Owner != inst {
				continue
			}
			if k := t.WaitsFor().Kind; k > spec.WaitsForResumption && !slices.Contains(waiting, t) {
				return fmt.Sprintf("%s waits for %s, and is not in the list of waiting threads", threadName(t), k), "unlisted"
			}
			if !slices.Contains(t.Task().Threads(), t) {
				return fmt.Sprintf("%s is in the table of %s, and not among its task's", threadName(t), inst.Name), "foreign"
			}
		}
	}
	return "", ""
})

var callsResolved = runProperty(&model.Property{
	Name:      "calls-resolved",
	Statement: "A call none of whose threads is left has been resolved.",
	Kind:      "state",
	Origin: `CanonicalABI.md: "Task.unregister_thread […] traps if the task's last thread is unregistered and the task has not yet returned a value ` +
		`to its caller"`,
	BlindSpots: "The host's calls, as long as anything goes on: which threads are theirs is not known.",
}, func(r *model.Run, exercised *bool) (message, kind string) {
	if !atHost(r) {
		return "", ""
	}
	for _, slot := range r.Elements() {
		if t, ok := slot.Element.(*spec.Subtask); ok {
			if why := whyNeverResolved(r, t); why != "" {
				return fmt.Sprintf("%s of a guest is not resolved, and %s", describe(t), why), "subtask"
			}
		}
	}
	if len(r.Tasks()) > 0 {
		return "", ""
	}
	for k, call := range r.Invocations() {
		if *exercised = true; !call.Resolved {
			return fmt.Sprintf("the host's call %d of %s is over and was never resolved", k, call.Func), "host"
		}
	}
	return "", ""
})

var resultsDeclared = &model.Property{
	Name:      "results-declared",
	Statement: "task.return goes on only with the results that its function's type says, lifted with its function's options.",
	Kind:      "step",
	Origin: `CanonicalABI.md: "The trap_if(result_type != task.ft.result) guard ensures that, in a component with multiple exported functions of ` +
		`different types, task.return is not called with a mismatched result type"; "return value is lifted the same way as the canon lift"`,
	New: func() model.Checker { return &resultChecker{model.BaseChecker{Name: "results-declared"}} },
}

// A resultChecker checks that task.return was called with the results and options of its function. It remembers nothing.
type resultChecker struct{ model.BaseChecker }

func (c *resultChecker) Done(r *model.Run, at *model.Activation, _ []spec.CoreValue) {
	switch {
	case at.Pending == nil || at.Thread() == nil || !strings.HasPrefix(at.Pending.Op, "task.return"):
		return
	case at.Pending.Op == "task.return-other":
		c.Message, c.ViolationKind = "a result was taken that was lifted with other options than its function's", "options"
	}
	c.NonVacuous = true
	name := at.Thread().Task().Func()
	if want := "(" + strings.Join(r.World.Func(name).Results, ",") + ")"; at.Pending.Imm[0] != want {
		c.Message, c.ViolationKind = fmt.Sprintf("%s returned %s, its type says %s", name, at.Pending.Imm[0], want), "type"
	}
}

var backpressureCount = &model.Property{
	Name: "backpressure-count",
	Statement: "An instance counts the tasks that wait to enter it, and how often it asked for backpressure more than it took it back; while it " +
		"has backpressure, no core code of an async function begins in it.",
	Kind: "state",
	Origin: `CanonicalABI.md: "When backpressure is enabled, enter_implicit_thread will block new async-typed calls until backpressure is ` +
		`disabled"`,
	New: func() model.Checker {
		return &backpressureChecker{BaseChecker: model.BaseChecker{Name: "backpressure-count"}}
	},
}

// A backpressureChecker checks the counts of backpressure and of waiting tasks. It counts itself how often each instance asked for
// backpressure; without a violation the state has the same counts: there is no ghost.
type backpressureChecker struct {
	model.BaseChecker
	asked []int64 // of each instance: how often it asked for backpressure more than it took that back
}

func (c *backpressureChecker) Begin(r *model.Run) {
	for _, inst := range r.Store.Instances() {
		c.asked = append(c.asked, inst.Backpressure())
	}
}

// of is the count of an instance.
func (c *backpressureChecker) of(r *model.Run, name string) *int64 {
	return &c.asked[slices.IndexFunc(r.World.Instances, func(i model.Instance) bool { return i.Name == name })]
}

func (c *backpressureChecker) Done(r *model.Run, at *model.Activation, _ []spec.CoreValue) {
	if at.Pending == nil {
		return
	}
	switch at.Pending.Op {
	case "backpressure.inc":
		*c.of(r, at.Actor)++
	case "backpressure.dec":
		*c.of(r, at.Actor)--
	}
}

func (c *backpressureChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind == model.KindFunc && r.World.Func(at.Name).Async && *c.of(r, at.Actor) > 0 && !halfDone(r) {
		c.Message, c.ViolationKind = fmt.Sprintf("core code of %s begins, and %s has backpressure", at.Name, at.Actor), "let in"
	}
}

func (c *backpressureChecker) State(r *model.Run) {
	for i, inst := range r.Store.Instances() {
		waiting := 0
		for _, t := range r.Store.WaitingThreads() {
			if t.Instance() == inst && t.WaitsFor().Kind == spec.WaitsToEnter {
				waiting++
			}
		}
		c.NonVacuous = c.NonVacuous || waiting > 0
		switch {
		case inst.WaitingToEnter() != waiting:
			c.Message, c.ViolationKind = fmt.Sprintf("%s counts %d tasks that wait to enter, there are %d", inst.Name, inst.WaitingToEnter(), waiting), "waiting"
		case inst.Backpressure() != c.asked[i]:
			c.Message, c.ViolationKind = fmt.Sprintf("%s counts backpressure %d, it asked for %d", inst.Name, inst.Backpressure(), c.asked[i]), "count"
		}
	}
}

var stackDiscipline = &model.Property{
	Name: "stack-discipline",
	Statement: "An instance may be entered exactly if no thread runs in it or in what is inside it; and in an instance that has run no stackful " +
		"function, made no thread and named none, core code ends in the reverse of the order in which it began.",
	Kind: "step",
	Origin: "Explainer.md, Component Invariants 2 and 3: \"unless a component opts in (via \"stackful\" lift or cooperative threads), all core wasm " +
		"execution inside a component instance is locally serialized […] so that producer toolchains can continue to use a single global " +
		"linear memory shadow stack that is pushed and popped in LIFO order\"",
	BlindSpots: "Instances that are entered by realloc, of which may_enter says nothing.",
	New:        func() model.Checker { return &stackChecker{BaseChecker: model.BaseChecker{Name: "stack-discipline"}} },
}

// A stackChecker checks that core code in an instance ends in the reverse of the order in which it began, unless the instance has
// opted in to more than one stack: by running a stackful function, or by making or naming a thread. It remembers the
// instances that have opted in. It cannot see whether realloc enters an instance, of which may_enter says nothing.
type stackChecker struct {
	model.BaseChecker
	opted   []string            // the names of instances, sorted
	begun   []*model.Activation // of core code of guests that has not ended, in the order in which it began
	caused  []*model.Activation // those of them that a cancellation had begin
	running []*spec.Thread      // room for the running threads, which State lists each time
}

// Entered notes that a thread or a stackful function begins in an instance.
func (c *stackChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Actor == model.Host {
		return
	}
	c.begun = append(c.begun, at)
	if c.underCancel(r) {
		c.caused = append(c.caused, at)
	}
	if at.Kind == model.KindThread || at.Kind == model.KindFunc && r.World.Func(at.Name).Lift == "stackful" {
		c.opt(at.Actor)
	}
}

// Found notes that an instance has named a thread.
func (c *stackChecker) Found(inst *spec.ComponentInstance, want spec.Expected, _ uint64, _ spec.Element) {
	if want.Class == spec.ClassThread {
		c.opt(inst.Name)
	}
}

// opt adds an instance to those that have opted in.
func (c *stackChecker) opt(name string) {
	if i, found := slices.BinarySearch(c.opted, name); !found {
		c.opted = slices.Insert(c.opted, i, name)
	}
}

// Left checks that no core code that began later is still on a stack.
func (c *stackChecker) Left(r *model.Run, at *model.Activation) {
	i := slices.Index(c.begun, at)
	if i < 0 {
		return
	}
	after := c.begun[i+1:]
	defer func() {
		c.begun = slices.Delete(c.begun, i, i+1)
		c.caused = slices.DeleteFunc(c.caused, func(o *model.Activation) bool { return o == at })
	}()
	if !c.serial(at) {
		return
	}
	c.NonVacuous = true
	for _, later := range after {
		if later.Actor == at.Actor && c.serial(later) && c.Message == "" {
			c.Message = fmt.Sprintf("core code of %s ends, and that of %s, which began later, is still on a stack, blocked in %s",
				at.Name, later.Name, later.Pending.Op)
			c.ViolationKind, c.Cause = "order", c.orderCause(r, at, later)
		}
	}
}

// underCancel reports whether the thread that runs was resumed by one that cancels a call.
func (c *stackChecker) underCancel(r *model.Run) bool {
	c.running = r.Store.RunningThreads(c.running[:0])
	return len(c.running) > 1 && slices.ContainsFunc(r.Activations, func(at *model.Activation) bool {
		return at.Thread() == c.running[1] && at.Pending != nil && at.Pending.Op == "subtask.cancel"
	})
}

// orderCause says how core code comes to end before some that began later: whether it was resumed by that, and whether
// a cancellation brought it there.
func (c *stackChecker) orderCause(r *model.Run, at, later *model.Activation) string {
	cause := fmt.Sprintf("%s ends before %s", codeOf(r, at), codeOf(r, later))
	cancelled := slices.Contains(c.caused, later)
	if c.running = r.Store.RunningThreads(c.running[:0]); slices.Contains(c.running, later.Thread()) {
		cause, cancelled = fmt.Sprintf("%s, resumed, ends above %s", codeOf(r, at), codeOf(r, later)), c.underCancel(r)
	}
	if cancelled {
		cause += ", by a cancellation"
	}
	return cause
}

// codeOf says what core code is of.
func codeOf(r *model.Run, at *model.Activation) string {
	if at.Kind != model.KindFunc {
		return at.Kind.String()
	}
	f := r.World.Func(at.Name)
	if !f.Async {
		return "a function that is not async"
	}
	return "an async function lifted " + cmp.Or(f.Lift, "sync")
}

// serial reports whether core code is of an instance that has one stack.
func (c *stackChecker) serial(at *model.Activation) bool { return !slices.Contains(c.opted, at.Actor) }

func (c *stackChecker) State(r *model.Run) {
	if halfDone(r) {
		return
	}
	c.running = r.Store.RunningThreads(c.running[:0])
	for _, inst := range r.Store.Instances() {
		if entered := c.entered(inst); entered == inst.MayEnter() && c.Message == "" {
			c.Message, c.ViolationKind = fmt.Sprintf("a thread runs in %s: %v, and it may be entered: %v", inst.Name, entered, inst.MayEnter()), "may-enter"
		}
	}
}

// entered reports whether a thread runs in inst or in what is inside it.
func (c *stackChecker) entered(inst *spec.ComponentInstance) bool {
	return slices.ContainsFunc(c.running, func(t *spec.Thread) bool {
		for in := t.Instance(); in != nil; in = in.Parent() {
			if in == inst {
				return true
			}
		}
		return false
	})
}

// Ghost writes the instances that have opted in, and of others those whose core code is on several stacks: in which order it began there. The
// order in which core code may end depends on both.
func (c *stackChecker) Ghost(w *spec.StateWriter) {
	w.Label("opted in: ")
	w.Text(strings.Join(c.opted, " "))
	w.Label("\n")
	for i, at := range c.begun {
		first := slices.IndexFunc(c.begun, func(o *model.Activation) bool { return o.Actor == at.Actor })
		if first < i || !c.serial(at) || !c.onSeveralStacks(at) {
			continue
		}
		w.Put("began in ")
		w.Text(at.Actor)
		for _, o := range c.begun[i:] {
			if o.Actor == at.Actor {
				w.Put(" ", o.Thread())
				if slices.Contains(c.caused, o) {
					w.Put(" cancelled")
				}
			}
		}
		w.Put("\n")
	}
}

// onSeveralStacks reports whether core code of the instance of an activation is on other stacks too.
func (c *stackChecker) onSeveralStacks(at *model.Activation) bool {
	return slices.ContainsFunc(c.begun, func(o *model.Activation) bool { return o.Actor == at.Actor && o.Thread() != at.Thread() })
}

var noReentrance = &model.Property{
	Name: "no-reentrance",
	Statement: "No call, callback or thread begins core code in an instance one of whose threads is in the middle of calling out, unless it called " +
		"what is inside it.",
	Kind: "step",
	Origin: `Explainer.md, Component Invariant 2: "Components can only be reentered (via component export or thread resumption) when they ` +
		`explicitly block or call a donut wrapped child component"`,
	BlindSpots: "What an instance's own destructors do when it drops its own resource, realloc and post-return: the invariant is not about them.",
	New:        func() model.Checker { return &reentranceChecker{BaseChecker: model.BaseChecker{Name: "no-reentrance"}} },
}

// A reentranceChecker checks, when core code begins, that its instance is not in the middle of a call to an instance outside. It
// remembers nothing: the threads that run are the chain of calls. It does not check destructors, realloc and post-return,
// which the invariant is not about.
type reentranceChecker struct{ model.BaseChecker }

func (c *reentranceChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc && at.Kind != model.KindCallback && at.Kind != model.KindThread {
		return
	}
	var room [8]*spec.Thread
	running := r.Store.RunningThreads(room[:0])
	for i := 1; i < len(running); i++ {
		c.NonVacuous = true
		caller, callee := running[i].Instance(), running[i-1].Instance()
		if caller == running[0].Instance() && callee != caller && !inside(callee, caller) && c.Message == "" {
			c.Message = fmt.Sprintf("core code of %s begins while %s is in the middle of a call out of %s", at.Name, threadName(running[i]), caller.Name)
		}
	}
}

// inside reports whether inst is a child of outer, or of a child of it, and so on.
func inside(inst, outer *spec.ComponentInstance) bool {
	for in := inst.Parent(); in != nil; in = in.Parent() {
		if in == outer {
			return true
		}
	}
	return false
}
