package properties

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A property of what the specification traps on: it must not be stricter than its prose.

var trapsJustified = &model.Property{
	Name: "traps-justified",
	Statement: "A trap that says how far a task, call or copy has come, what a set has or what waits, says what was so: a task has returned before it " +
		"cannot return again, an end is copying or done before nothing is copied, and so on; and a sync function that blocks traps only if no thread of its " +
		"instance, but for the one that holds the exclusive lock, is ready.",
	Kind: "step",
	Origin: `CanonicalABI.md and Explainer.md say of each built-in when it traps; CanonicalABI.md: "traps if the task has already returned a value"; "the ` +
		`DONE state (in which case the only valid operation is {stream,future}.drop-{readable,writable})"`,
	BlindSpots: "Traps on values, indices, types, limits, lends and reentrance, and of threads; traps that are missing, which other properties see.",
	New: func() model.Checker {
		return &trapsChecker{BaseChecker: model.BaseChecker{Name: "traps-justified"}}
	},
}

// A trapsChecker checks traps by what core code has done and was told before. It remembers which tasks have returned or were told that
// they are cancelled, how far copies and cancellations have come, and which waitables are in sets. Without a violation the state has the
// same: there is no ghost.
type trapsChecker struct {
	model.BaseChecker
	acting    *spec.Thread   // at the last menu
	waited    []spec.Element // then, those that a thread was blocked for in a copy or in a cancellation
	found     []spec.Element // by lookups since then
	resolved  []*spec.Task
	told      []*spec.Task
	copies    record[spec.Element, copyProgress]
	asked     []spec.Element                     // the subtasks whose cancellation was asked for
	delivered []spec.Element                     // those whose end was told
	sets      record[spec.Element, spec.Element] // the set that a waitable is in
}

// A copyProgress is how far the copies of an end have come, as its owner was told.
type copyProgress uint8

const (
	notCopying copyProgress = iota
	copyBlocked
	copyBeingCancelled
	copiesOver
)

func (c *trapsChecker) Settled(r *model.Run) {
	c.acting, c.waited, c.found = r.Store.Running(), c.waited[:0], c.found[:0]
	for _, at := range r.Activations {
		if a := at.Pending; a != nil && at.Thread() != nil && (copyCodes[a.Op] != spec.EventNone || a.Op == "subtask.cancel") {
			c.waited = append(c.waited, slotAt(r, at.Actor, a.Args[0].Uint64(), a.Op).Element)
		}
	}
}

func (c *trapsChecker) Found(_ *spec.ComponentInstance, _ spec.Expected, _ uint64, e spec.Element) {
	c.found = append(c.found, e)
}

func (c *trapsChecker) Entered(r *model.Run, at *model.Activation) {
	if n, ok := callbackNotification(at); ok {
		c.notify(r, at, n)
	}
}

// Left notes that a function returns that is lifted sync. Others call task.return.
func (c *trapsChecker) Left(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc || at.Thread() == nil {
		return
	}
	if lift := r.World.Func(at.Name).Lift; lift == "" || lift == "sync" {
		c.resolved = append(c.resolved, at.Thread().Task())
	}
}

func (c *trapsChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	a := at.Pending
	if a == nil || at.Thread() == nil {
		return
	}
	if n, ok := setNotification(r, at, results); ok {
		c.notify(r, at, n)
	}
	switch {
	case strings.HasPrefix(a.Op, "task."):
		c.resolved = append(c.resolved, at.Thread().Task())
	case strings.HasPrefix(a.Op, "thread.") && cancellable(a) && results[0].Uint64() == cancelledCode(a.Op):
		c.told = append(c.told, at.Thread().Task())
	case copyCodes[a.Op] != spec.EventNone:
		n := notification{copyCodes[a.Op], a.Args[0].Uint64(), results[0].Uint64(), a.Imm[0]}
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
	trap, is := errors.AsType[*spec.Trap](err)
	if !is {
		return
	}
	site := string(trap.Site)
	so, about := c.justified(r, site)
	if c.NonVacuous = c.NonVacuous || about; about && !so {
		c.Message, c.ViolationKind = fmt.Sprintf("the trap %s says: %s; it is not so", site, trap.Detail), site
	}
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
	case "Task.cancel/not-delivered":
		return slices.Contains(c.resolved, task) || !slices.Contains(c.told, task), true
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
	case "canon_subtask_cancel/requested":
		return slices.Contains(c.asked, e) || waited, true
	case "canon_subtask_cancel/delivered":
		return slices.Contains(c.delivered, e), true
	case "Subtask.drop/undelivered":
		return !slices.Contains(c.delivered, e), true
	case "canon_lift/blocked":
		return c.nothingReady(r), true
	}
	return true, false
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
