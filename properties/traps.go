package properties

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A property of what the specification traps on: it must be neither stricter than its prose nor less strict.

var trapsJustified = &model.Property{
	Name: "traps-justified",
	Statement: "A trap that says how far a task, call or copy has come, what a set has or what waits, says what was so: a task has returned before it " +
		"cannot return again, an end is copying or done before nothing is copied, and so on; where that is so, the built-in does not go on; and a sync function " +
		"that blocks traps only if no thread of its instance, but for the one that holds the exclusive lock, is ready; and the end of a thread traps only if its task, " +
		"which has not returned, has no other. Of what does not block, resource.rep, " +
		"waitable.join, waitable-set.poll, thread.resume-later, thread.index and context.get and set trap only if an index is wrong or core code may not call them; and an " +
		"instance copies only numbers to itself.",
	Kind: "step",
	Origin: `CanonicalABI.md and Explainer.md say of each built-in when it traps; CanonicalABI.md: "traps if the task has already returned a value"; "the ` +
		`DONE state (in which case the only valid operation is {stream,future}.drop-{readable,writable})"`,
	BlindSpots: "Traps on values, indices, types, lends and reentrance, on other limits than that of backpressure, and of threads.",
	New: func() model.Checker {
		return &trapsChecker{suspecter: suspecter{BaseChecker: model.BaseChecker{Name: "traps-justified"}}}
	},
}

// A trapsChecker checks traps by what core code has done and was told before. It remembers which tasks have returned or were told that
// they are cancelled, how far copies and cancellations have come, and which waitables are in sets. Without a violation the state has the
// same: there is no ghost.
type trapsChecker struct {
	suspecter
	run       *model.Run
	acting    *spec.Thread   // at the last menu
	waited    []spec.Element // then, those that a thread was in a copy or in a cancellation of
	blocked   []spec.Element // those of them for which it was blocked
	found     []spec.Element // by lookups since then
	resolved  []*spec.Task
	told      []*spec.Task
	copies    record[spec.Element, copyProgress]
	asked     []spec.Element                     // the subtasks whose cancellation was asked for
	delivered []spec.Element                     // those whose end was told
	sets      record[spec.Element, spec.Element] // the set that a waitable is in
	before    record[*spec.Thread, lookedUp]     // the waitable that the built-in of a thread has looked up
}

// A lookedUp is a waitable that a built-in has looked up, as it was then.
type lookedUp struct {
	progress                copyProgress
	inSet, asked, delivered bool
}

// A copyProgress is how far the copies of an end have come, as its owner was told.
type copyProgress uint8

const (
	notCopying copyProgress = iota
	copyBlocked
	copyBeingCancelled
	copiesOver
)

func (c *trapsChecker) Begin(r *model.Run) { c.run = r }

func (c *trapsChecker) Settled(r *model.Run) {
	c.confirm()
	c.acting, c.waited, c.found = r.Store.Running(), c.waited[:0], c.found[:0]
	c.blocked = c.blocked[:0]
	for _, at := range r.Activations {
		if a := at.Pending; a != nil && at.Thread() != nil && (copyCode(a.Op) != spec.EventNone || a.Op == "subtask.cancel") {
			e := slotAt(r, at).Element
			if c.waited = append(c.waited, e); !at.Thread().Running() {
				c.blocked = append(c.blocked, e)
			}
		}
	}
}

func (c *trapsChecker) Found(_ *spec.ComponentInstance, _ spec.Expected, index uint64, e spec.Element) {
	c.found = append(c.found, e)
	for _, at := range c.run.Activations {
		if a := at.Pending; a != nil && at.Thread() == c.acting && len(a.Args) > 0 && a.Args[0].Uint64() == index && kindOf(a.Op) == kindOfElement(e) {
			_, in := c.sets.get(e)
			c.before.put(c.acting, lookedUp{c.copies.of(e), in, slices.Contains(c.asked, e), slices.Contains(c.delivered, e)})
		}
	}
	if slices.Contains(c.blocked, e) {
		c.suspect("the specification goes on with " + describe(e) + ", for which a thread waits by itself, and should have trapped")
	}
}

func (c *trapsChecker) Entered(r *model.Run, at *model.Activation) {
	c.confirm()
	if n, ok := callbackNotification(at); ok {
		c.notify(r, at, n)
	}
}

// Left notes that a function returns that is lifted sync, for others call task.return, and suspects that what core code throws does not stop the run.
func (c *trapsChecker) Left(r *model.Run, at *model.Activation) {
	if at.Pending.Op == "throw" && at.Actor != model.Host {
		c.suspectMissing("call_and_trap_on_throw/throw")
	}
	if at.Kind != model.KindFunc || at.Thread() == nil {
		return
	}
	if lift := r.World.Func(at.Name).Lift; lift == "" || lift == "sync" {
		c.resolved = append(c.resolved, at.Thread().Task())
	}
}

func (c *trapsChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	c.confirm()
	a := at.Pending
	if a == nil || at.Thread() == nil {
		return
	}
	if site := c.missing(r, at, results); site != "" && c.Message == "" {
		c.Message, c.ViolationKind = fmt.Sprintf("%s goes on, and should have stopped with the trap %s", a, site), site
	}
	if n, ok := setNotification(r, at, results); ok {
		c.notify(r, at, n)
	}
	switch {
	case strings.HasPrefix(a.Op, "task."):
		c.resolved = append(c.resolved, at.Thread().Task())
	case strings.HasPrefix(a.Op, "thread.") && cancellable(a) && results[0].Uint64() == cancelledCode(a.Op):
		c.told = append(c.told, at.Thread().Task())
	case copyCode(a.Op) != spec.EventNone:
		n := notification{copyCode(a.Op), a.Args[0].Uint64(), results[0].Uint64(), a.Imm[0]}
		switch e := n.element(r, at); {
		case n.payload != spec.Blocked:
			c.notify(r, at, n)
		case strings.Contains(a.Op, "cancel"):
			c.copies.put(e, copyBeingCancelled)
		default:
			c.copies.put(e, copyBlocked)
		}
	case a.Op == "subtask.cancel":
		n := notification{spec.EventSubtask, a.Args[0].Uint64(), results[0].Uint64(), ""}
		c.asked = append(c.asked, n.element(r, at))
		if n.payload != spec.Blocked {
			c.notify(r, at, n)
		}
	case a.Op == "waitable.join":
		c.join(r, at.Actor, a.Args[0].Uint64(), a.Args[1].Uint64())
	}
}

// notify is for core code that is told something of a waitable, or that its task is cancelled.
func (c *trapsChecker) notify(r *model.Run, at *model.Activation, n notification) {
	if n.code == spec.EventTaskCancelled {
		c.told = append(c.told, at.Thread().Task())
		return
	}
	e := n.element(r, at)
	switch result := spec.CopyResult(n.payload & 0xf); {
	case e == nil:
	case n.code == spec.EventSubtask:
		if n.payload >= uint64(spec.SubtaskReturned) {
			c.delivered = append(c.delivered, e)
		}
	case result == spec.CopyDropped || result == spec.CopyCompleted && isFuture(n.code):
		c.copies.put(e, copiesOver)
	default:
		c.copies.put(e, notCopying)
	}
}

// join notes which set a waitable is in from now on.
func (c *trapsChecker) join(r *model.Run, actor string, waitable, set uint64) {
	var into spec.Element
	for _, slot := range r.Elements() {
		if slot.Owner.Name == actor && slot.Index == set && spec.ClassOf(slot.Element) == spec.ClassWaitableSet {
			into = slot.Element
		}
	}
	for _, slot := range r.Elements() {
		if slot.Owner.Name != actor || slot.Index != waitable || !spec.ClassOf(slot.Element).Waitable() || slot.Element != c.found[0] {
			continue
		}
		if c.sets.remove(slot.Element); into != nil {
			c.sets.put(slot.Element, into)
		}
	}
}

func (c *trapsChecker) Stopped(r *model.Run, err error) {
	c.suspecter.Stopped(r, err)
	trap, is := errors.AsType[*spec.Trap](err)
	if !is {
		return
	}
	site := string(trap.Site)
	so, about := c.justified(r, site)
	if at, _ := trapped(r, c.acting, err); !about && at != nil {
		so, about = c.grounds(r, at, site)
	}
	if c.NonVacuous = c.NonVacuous || about; about && !so {
		c.Message, c.ViolationKind = fmt.Sprintf("the trap %s says: %s; it is not so", site, trap.Detail), site
	}
}

// trapped is the activation of a thread that has acted, and the site of the trap that stopped the run then; nil: it is stopped otherwise.
func trapped(r *model.Run, acting *spec.Thread, err error) (at *model.Activation, site string) {
	trap, is := errors.AsType[*spec.Trap](err)
	if !is || acting == nil {
		return nil, ""
	}
	for _, at := range slices.Backward(r.Activations) {
		if at.Pending != nil && at.Thread() == acting {
			return at, string(trap.Site)
		}
	}
	return nil, ""
}

// justified says whether what a trap says is so; about: whether this property is about the trap.
func (c *trapsChecker) justified(r *model.Run, site string) (so, about bool) {
	var task *spec.Task
	if c.acting != nil {
		task = c.acting.Task()
	}
	var e spec.Element // the last that was looked up
	if n := len(c.found); n > 0 {
		e = c.found[n-1]
	}
	progress, waited := c.copies.of(e), slices.Contains(c.waited, e)
	switch site {
	case "Task.return_/resolved":
		return slices.Contains(c.resolved, task), true
	case "Task.cancel/not-delivered": // a call that is cancelled while it waits to enter does not ask for it
		asks := slices.ContainsFunc(r.Activations, func(at *model.Activation) bool {
			return at.Pending != nil && at.Pending.Op == "task.cancel" && at.Thread() == c.acting
		})
		return asks && (slices.Contains(c.resolved, task) || !slices.Contains(c.told, task)), true
	case "Task.return_/borrows", "Task.cancel/borrows":
		return slices.ContainsFunc(r.Elements(), func(slot spec.Slot) bool {
			h, ok := slot.Element.(*spec.ResourceHandle)
			return ok && !h.Own() && h.Scope() == task
		}), true
	case "stream_copy/idle", "future_copy/idle":
		return progress != notCopying || waited, true
	case "cancel_copy/copying":
		return progress != copyBlocked || waited, true
	case "CopyEnd.drop/copying":
		return progress == copyBlocked || progress == copyBeingCancelled || waited, true
	case "WritableFutureEnd.drop/unwritten":
		return progress != copiesOver, true
	case "stream_copy/in-set", "future_copy/in-set", "cancel_copy/in-set", "canon_subtask_cancel/in-set", "lift_async_value/in-set":
		_, in := c.sets.get(e)
		return in, true
	case "canon_waitable_join/sync-waiter":
		return waited, true
	case "WaitableSet.drop/elements":
		return slices.ContainsFunc(r.Elements(), func(slot spec.Slot) bool { return c.sets.of(slot.Element) == e }), true
	case "WaitableSet.drop/waiting":
		set, ok := e.(*spec.WaitableSet)
		return ok && r.Store.ThreadsWaiting(set) > 0, true
	case "Table.get/bounds", "Table.get/empty":
		calls := func(at *model.Activation) bool {
			return at.Pending != nil && at.Pending.Op == "thread.new-indirect" && at.Thread() == c.acting && (at.Pending.Args[0].Uint64() == 1 || at.Pending.Args[0].Uint64() == 2)
		}
		return !slices.ContainsFunc(r.Activations, calls), true
	case "canon_backpressure_inc/overflow":
		return c.acting.Instance().Backpressure() >= cmp.Or(r.World.Limits.Backpressure, spec.UpstreamLimits.Backpressure), true
	case "canon_backpressure_dec/underflow":
		return c.acting.Instance().Backpressure() < 0, true
	case "canon_subtask_cancel/requested":
		return slices.Contains(c.asked, e) || waited, true
	case "canon_subtask_cancel/delivered":
		return slices.Contains(c.delivered, e), true
	case "Subtask.drop/undelivered":
		return !slices.Contains(c.delivered, e), true
	case "canon_lift/blocked":
		return c.nothingReady(r), true
	case "Task.unregister_thread/unresolved":
		others := slices.ContainsFunc(r.Store.AllThreads(), func(t *spec.Thread) bool { return t != c.acting && t.Task() == task })
		return !slices.Contains(c.resolved, task) && !others, true
	}
	return true, false
}

// numbers are the types of elements that may be copied within an instance.
var numbers = []string{"_", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64"}

// grounds says whether there are any for a trap of a built-in that does not block, whatever the trap says, or for one that says that an instance may not copy
// to itself; about: that is known of the built-in.
func (c *trapsChecker) grounds(r *model.Run, at *model.Activation, site string) (so, about bool) {
	a := at.Pending
	helper := at.Kind == model.KindRealloc || at.Kind == model.KindPostReturn
	names := func(operand int, is func(spec.Element) bool) bool {
		return slices.ContainsFunc(r.Elements(), func(slot spec.Slot) bool {
			return slot.Owner.Name == at.Actor && slot.Index == a.Args[operand].Uint64() && is(slot.Element)
		})
	}
	of := func(class spec.Class) func(spec.Element) bool {
		return func(e spec.Element) bool { return spec.ClassOf(e) == class }
	}
	switch a.Op {
	case "thread.index", "context.get", "context.set":
	case "backpressure.inc":
		so = at.Thread().Instance().Backpressure() >= cmp.Or(r.World.Limits.Backpressure, spec.UpstreamLimits.Backpressure)
	case "backpressure.dec": // which counts before it looks
		so = at.Thread().Instance().Backpressure() < 0
	case "resource.rep":
		so = !names(0, func(e spec.Element) bool {
			h, is := e.(*spec.ResourceHandle)
			return is && h.Type().Name == a.Imm[0]
		})
	case "waitable-set.poll":
		so = !names(0, of(spec.ClassWaitableSet))
	case "waitable.join":
		so = a.Args[1].Uint64() != 0 && !names(1, of(spec.ClassWaitableSet)) ||
			!names(0, func(e spec.Element) bool { return spec.ClassOf(e).Waitable() }) || names(0, func(e spec.Element) bool { return slices.Contains(c.waited, e) })
	case "thread.resume-later":
		so = true
		for slot := range at.Thread().Instance().LiveThreads() {
			if t, is := slot.Element.(*spec.Thread); is && slot.Owner == at.Thread().Instance() && slot.Index == a.Args[0].Uint64() {
				so = so && (t.Running() || t.WaitsFor().Kind != spec.WaitsForResumption)
			}
		}
	default:
		if strings.HasSuffix(site, "/same-instance") && copyCode(a.Op) != spec.EventNone {
			return !slices.Contains(numbers, a.Imm[0]), true
		}
		return true, false
	}
	return so || helper && !slices.Contains(allowedInHelper, a.Op), true
}

// Retired suspects that an end, a subtask or a set is dropped or passed on that may not be.
func (c *trapsChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	class, progress := spec.ClassOf(e), c.copies.of(e)
	_, in := c.sets.get(e)
	drops := doing(c.run, dropsEnd)
	if drops || class == spec.ClassSubtask {
		c.sets.remove(e) // what is dropped leaves its set
	}
	switch {
	case class == spec.ClassSubtask && !slices.Contains(c.delivered, e):
		c.suspectMissing("Subtask.drop/undelivered")
	case class == spec.ClassWaitableSet && slices.ContainsFunc(c.sets, func(of recorded[spec.Element, spec.Element]) bool { return of.value == e }):
		c.suspectMissing("WaitableSet.drop/elements")
	case class == spec.ClassWaitableSet && c.run.Store.ThreadsWaiting(e.(*spec.WaitableSet)) > 0:
		c.suspectMissing("WaitableSet.drop/waiting")
	case spec.SharedOf(e) == nil:
	case drops && (progress == copyBlocked || progress == copyBeingCancelled):
		c.suspectMissing("CopyEnd.drop/copying")
	case drops && class == spec.ClassWritableFutureEnd && progress != copiesOver:
		c.suspectMissing("WritableFutureEnd.drop/unwritten")
	case !drops && progress != notCopying:
		c.suspectMissing("lift_async_value/idle")
	case !drops && in:
		c.suspectMissing("lift_async_value/in-set")
	}
}

// suspectMissing suspects that the specification goes on where it should have stopped with a trap.
func (c *trapsChecker) suspectMissing(site string) {
	c.suspect("the specification goes on, and should have stopped with the trap " + site)
}

// missing is the trap with which a built-in that is done should have stopped instead, by what was so before it; empty: none.
func (c *trapsChecker) missing(r *model.Run, at *model.Activation, results []spec.CoreValue) string {
	a, task := at.Pending, at.Thread().Task()
	before, known := c.before.get(at.Thread())
	sync := slices.Contains(a.Imm, "sync")
	switch {
	case a.Op == "task.return" || a.Op == "task.cancel":
		switch f := r.World.Func(task.Func()); {
		case f == nil || f.Lift == "" || f.Lift == "sync": // destructors and realloc are lifted sync, too
			return functionOf(a.Op) + "/async"
		case slices.Contains(c.resolved, task):
			return "Task.return_/resolved"
		case a.Op == "task.cancel" && !slices.Contains(c.told, task):
			return "Task.cancel/not-delivered"
		}
	case copyCode(a.Op) != spec.EventNone:
		copier, wanted, what := kindOf(a.Op)+"_copy", notCopying, "/idle"
		if strings.Contains(a.Op, ".cancel-") {
			copier, wanted, what = "cancel_copy", copyBlocked, "/copying"
		}
		switch {
		case !sync && wanted == notCopying && results[0].Uint64() != blocked && !slices.Contains(numbers, a.Imm[0]) && withinInstance(r, at, results[0].Uint64()):
			return "SharedStreamImpl.read/same-instance"
		case known && before.inSet && sync:
			return copier + "/in-set"
		case known && before.progress != wanted:
			return copier + what
		}
	case a.Op == "subtask.cancel" && known:
		switch {
		case before.delivered:
			return functionOf(a.Op) + "/delivered"
		case before.asked:
			return functionOf(a.Op) + "/requested"
		case before.inSet && sync:
			return functionOf(a.Op) + "/in-set"
		}
	}
	return ""
}

// functionOf is the name of the function of definitions.py that a built-in is, with which the names of its traps begin.
func functionOf(op string) string { return "canon_" + strings.ReplaceAll(op, ".", "_") }

// withinInstance reports whether a copy that is done has copied something to or from the other end, and that is in the table of the same instance.
func withinInstance(r *model.Run, at *model.Activation, payload uint64) bool {
	code := copyCode(at.Pending.Op)
	e := notification{code, at.Pending.Args[0].Uint64(), payload, at.Pending.Imm[0]}.element(r, at)
	return e != nil && (payload>>4 > 0 || isFuture(code) && spec.CopyResult(payload) == spec.CopyCompleted) &&
		slices.ContainsFunc(r.Elements(), func(slot spec.Slot) bool {
			return slot.Element != e && slot.Owner.Name == at.Actor && spec.SharedOf(slot.Element) == spec.SharedOf(e)
		})
}

// nothingReady reports whether no thread could go on while the sync function blocks that began last.
func (c *trapsChecker) nothingReady(r *model.Run) bool {
	for _, at := range slices.Backward(r.Activations) {
		if at.Kind != model.KindFunc && at.Kind != model.KindDtor || at.Thread() == nil || at.Thread().Running() || asyncType(r.World, at.Name) || slices.Contains(c.resolved, at.Thread().Task()) {
			continue
		}
		inst := at.Thread().Instance()
		for slot := range inst.LiveThreads() {
			if t, ok := slot.Element.(*spec.Thread); ok && slot.Owner == inst && t != inst.Exclusive() && r.Ready(t) {
				return false
			}
		}
		return true
	}
	return true
}
