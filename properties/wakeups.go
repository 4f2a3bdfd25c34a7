package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of wakeups: a thread whose condition holds goes on, an event reaches core code, and no thread waits in vain.

var noLostWakeup = &model.Property{
	Name: "no-lost-wakeup",
	Statement: "When nothing goes on, no thread is blocked that waits for what is there already, unless it waits for the exclusive lock as " +
		"well and another thread holds it; and no event that nobody has taken is overwritten by one that says less.",
	Kind:       "quiescent",
	Origin:     `Concurrency.md: "waitable-set.wait: wait until one of the waitables in the given set has a pending event and then return that event"`,
	BlindSpots: "Events that two threads wait for on one set: either may get them.",
	New:        func() model.Checker { return &wakeupChecker{BaseChecker: model.BaseChecker{Name: "no-lost-wakeup"}} },
}

// A wakeupChecker checks that no pending event is overwritten by one that says less, and in quiescent states, that no thread is blocked
// whose condition holds. It remembers the events that were pending at the last menu. The state has them, too: there is no
// ghost. When two threads wait on one set, it cannot know which is to get an event.
type wakeupChecker struct {
	model.BaseChecker
	pending []pendingEvent // at the last menu
}

// A pendingEvent is an event of an element that core code has not taken.
type pendingEvent struct {
	e     spec.Element
	event spec.Event
}

func (c *wakeupChecker) Settled(r *model.Run) { c.Message, c.ViolationKind = c.overwritten(r) }

// Shape is empty: what the last action was says nothing of what caused a violation in a quiescent state.
func (c *wakeupChecker) Shape(*model.Run) string { return "" }

func (c *wakeupChecker) State(r *model.Run) {
	if c.Message == "" && quiescent(r) {
		c.Message, c.ViolationKind = c.lostWakeup(r)
	}
}

// overwritten describes an event that was replaced by one that says less.
func (c *wakeupChecker) overwritten(r *model.Run) (message, kind string) {
	for _, old := range c.pending {
		now, has := spec.PendingEvent(old.e)
		if has && message == "" && ownerOf(r, old.e) != nil && !subsumes(now, old.event) {
			message, kind = fmt.Sprintf("the event of %s that its copy ended as %s was overwritten by %s before anyone took it",
				describe(old.e), old.event.Result, now.Result), "overwritten"
		}
	}
	c.pending = appendPending(r, c.pending[:0])
	return message, kind
}

// appendPending appends the pending events of a run to a list.
func appendPending(r *model.Run, list []pendingEvent) []pendingEvent {
	for _, slot := range r.Elements() {
		if ev, has := spec.PendingEvent(slot.Element); has {
			list = append(list, pendingEvent{slot.Element, ev})
		}
	}
	return list
}

// subsumes reports whether an event says everything that an older one of the same element would have said. Each event of a subtask
// has its state, and each of a copy how many elements were copied, but only the final one how the copy ended.
func subsumes(ev, old spec.Event) bool {
	if old.Final {
		return ev == old
	}
	return ev.Code == old.Code && ev.Buffer == old.Buffer
}

// lostWakeup describes a thread that is blocked although its condition holds.
func (c *wakeupChecker) lostWakeup(r *model.Run) (message, kind string) {
	for _, t := range r.Threads() {
		w := t.WaitsFor()
		c.NonVacuous = c.NonVacuous || w.Kind == spec.WaitsForSet
		if holdsNow(r, t, w) && !(w.Lock && lockedOut(t)) {
			in := blockedIn(r, t)
			return fmt.Sprintf("nothing goes on, %s is blocked in %s, and what it waits for is there: %s", threadName(t), in, w.Kind), in
		}
	}
	return "", ""
}

// holdsNow reports whether the condition that t waits for holds, apart from the exclusive lock.
func holdsNow(r *model.Run, t *spec.Thread, c spec.Condition) bool {
	switch c.Kind {
	case spec.WaitsNoMore, spec.WaitsForLock:
		return true
	case spec.WaitsToEnter:
		return t.Instance().Backpressure() == 0
	case spec.WaitsForEvent:
		_, has := spec.PendingEvent(c.Waitable)
		return has
	case spec.WaitsForCall:
		return c.Waitable.(*spec.Subtask).Resolved()
	case spec.WaitsForSet:
		for _, slot := range r.Elements() {
			if _, has := spec.PendingEvent(slot.Element); has && spec.SetOf(slot.Element) == c.Set {
				return true
			}
		}
	}
	return false
}

var noStolenEvent = &model.Property{
	Name: "no-stolen-event",
	Statement: "An event that is taken is told: the caller of waitable-set.wait or poll, or the callback, gets the very event that was taken from " +
		"the set; the caller of any other built-in, one of the waitable that it names. With none, the index and the payload are 0.",
	Kind:       "step",
	Origin:     `Concurrency.md: "waitable-set.wait: wait until one of the waitables in the given set has a pending event and then return that event"`,
	BlindSpots: "The payload of an event; whether the guest looks at what it is told.",
	New:        func() model.Checker { return &stolenChecker{BaseChecker: model.BaseChecker{Name: "no-stolen-event"}} },
}

// A stolenChecker checks that an event that is taken from a waitable reaches core code. It remembers the events that were pending at
// the last menu, which the state has, too, and the events that were taken and the waitables whose events reached core code since; and which instances have an event
// where one was stored last, which the state need not have. It does not check the payload of an event, and cannot see whether the guest reads it.
type stolenChecker struct {
	model.BaseChecker
	pendingBefore []pendingEvent
	taken         []takenEvent   // from sets, and core code was not notified yet
	notified      []spec.Element // the waitables whose events reached core code since the last menu
	stored        []string       // the instances in whose memories an event stands
}

// AppendGhost appends where an event stands that a built-in may have to overwrite with none.
func (c *stolenChecker) AppendGhost(b []byte) []byte {
	for _, name := range c.stored {
		b = append(append(b, name...), ' ')
	}
	return b
}

// store notes whether an event is stored for an instance, or none.
func (c *stolenChecker) store(name string, event bool) {
	switch i, has := slices.BinarySearch(c.stored, name); {
	case event && !has:
		c.stored = slices.Insert(c.stored, i, name)
	case !event && has:
		c.stored = slices.Delete(c.stored, i, i+1)
	}
}

// A takenEvent is an event that was taken from a set of an instance.
type takenEvent struct {
	inst  *spec.ComponentInstance
	code  spec.EventCode
	index uint64
	e     spec.Element
}

func (c *stolenChecker) Delivered(inst *spec.ComponentInstance, code spec.EventCode, index uint64, e spec.Element) {
	c.taken = append(c.taken, takenEvent{inst, code, index, e})
}

// Entered checks the event that a callback is called with.
func (c *stolenChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind == model.KindCallback {
		c.checkNotification(at, at.Args[0].Uint64(), at.Args[1].Uint64(), at.Args[2].Uint64())
	}
}

// Done checks the event that a built-in returns.
func (c *stolenChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending == nil || len(results) != 1 {
		return
	}
	a := at.Pending
	switch {
	case a.Op == "waitable-set.wait" || a.Op == "waitable-set.poll":
		memory, ptr := r.Memory(at.Actor), a.Args[1].Uint64()
		c.checkNotification(at, results[0].Uint64(), wordAt(memory, ptr), wordAt(memory, ptr+4))
		c.store(at.Actor, results[0].Uint64() != uint64(spec.EventNone) && results[0].Uint64() != uint64(spec.EventTaskCancelled))
	case takesEvent(a.Op) && results[0].Uint64() != spec.Blocked:
		if slot := slotAt(r, at); slot.Element != nil {
			c.notified = append(c.notified, slot.Element)
		}
	}
}

// takes reports whether a built-in takes the event of the waitable that it names.
func takesEvent(op string) bool {
	return op == "subtask.cancel" || strings.HasPrefix(op, "stream.read") || strings.HasPrefix(op, "stream.write") ||
		strings.HasPrefix(op, "future.read") || strings.HasPrefix(op, "future.write") || strings.Contains(op, ".cancel-")
}

// checkNotification compares the event that core code is notified of with those that were taken in its instance.
func (c *stolenChecker) checkNotification(at *model.Activation, code, index, payload uint64) {
	event := code != uint64(spec.EventNone) && code != uint64(spec.EventTaskCancelled)
	i := slices.IndexFunc(c.taken, func(t takenEvent) bool {
		return t.inst.Name == at.Actor && (!event || uint64(t.code) == code && t.index == index)
	})
	switch {
	case !event && at.Kind != model.KindCallback && at.Pending.Op == "waitable-set.wait" && code == uint64(spec.EventNone):
		c.Message, c.ViolationKind = at.Name+" waited for an event, and is told that there is none", "none"
	case !event && (index != 0 || payload != 0):
		c.Message, c.ViolationKind = fmt.Sprintf("%s is told %s, with %d and %d", at.Name, spec.EventCode(code), index, payload), "of nothing"
	case i < 0 && event && c.Message == "":
		c.Message = fmt.Sprintf("%s is told the event %s %d, which was taken from nobody", at.Name, spec.EventCode(code), index)
		c.ViolationKind = "made up"
	case i >= 0 && !event && c.Message == "":
		t := c.taken[i]
		c.Message = fmt.Sprintf("%s is told %s, and the event %s %d of %s, which was taken for it, nobody",
			at.Name, spec.EventCode(code), t.code, t.index, describe(t.e))
		c.ViolationKind = "untold"
	case i >= 0:
		c.NonVacuous = true
		c.notified = append(c.notified, c.taken[i].e)
		c.taken = slices.Delete(c.taken, i, i+1)
	}
}

func (c *stolenChecker) Settled(r *model.Run) {
	for _, old := range c.pendingBefore {
		_, has := spec.PendingEvent(old.e)
		waiting := slices.ContainsFunc(c.taken, func(t takenEvent) bool { return t.e == old.e })
		if !has && !waiting && !slices.Contains(c.notified, old.e) && c.Message == "" {
			c.Message = fmt.Sprintf("the event of %s is gone, and nobody was told", describe(old.e))
			c.ViolationKind = "gone"
		}
	}
	c.pendingBefore, c.notified = appendPending(r, c.pendingBefore[:0]), c.notified[:0]
}

// wordAt is the i32 at ptr in a memory, or 0 beyond its end.
func wordAt(memory *spec.MemInst, ptr uint64) uint64 {
	if memory == nil || ptr+4 > uint64(len(memory.Bytes.B)) {
		return 0
	}
	b := memory.Bytes.B[ptr:]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
}

// slotAt is the slot of the waitable that an activation has named to the built-in that it has called; empty: there is none. A variant with a table for
// each type of payload may have several of that index.
func slotAt(r *model.Run, at *model.Activation) (named spec.Slot) {
	a := at.Pending
	for _, slot := range r.Elements() {
		if slot.Owner.Name != at.Actor || slot.Index != a.Args[0].Uint64() || !spec.ClassOf(slot.Element).Waitable() || kindOf(a.Op) != kindOfElement(slot.Element) {
			continue
		}
		if named.Element == nil || strings.HasSuffix(strings.ReplaceAll(spec.Describe(slot.Element), ", ", ","), " of "+a.Imm[0]) {
			named = slot
		}
	}
	return named
}

// kindOf is the kind of waitable that a built-in takes: subtask, stream or future.
func kindOf(op string) string {
	kind, _, _ := strings.Cut(op, ".")
	return kind
}

// kindOfElement is the kind of a waitable, in the same words.
func kindOfElement(e spec.Element) string {
	switch spec.ClassOf(e) {
	case spec.ClassSubtask:
		return "subtask"
	case spec.ClassReadableStreamEnd, spec.ClassWritableStreamEnd:
		return "stream"
	default:
		return "future"
	}
}

var noStuckThread = quiescentProperty(&model.Property{
	Name: "no-stuck-thread",
	Statement: "When nothing goes on, every blocked thread waits for something that a live party can still cause: the end of a call, for one " +
		"whose callee still has threads; a copy's event, for a peer that is still there.",
	Kind:   "quiescent",
	Origin: `Concurrency.md: "if the callee task blocks, control flow is immediately returned back to the caller's thread"; who was left waiting must not be forgotten`,
	BlindSpots: "What the guest brings about itself: waiting on a set in which nothing is pending, being suspended with nobody to resume it, " +
		"a partner that never reads or writes, backpressure that is never taken back; the exclusive lock, of which one-exclusive says that no thread keeps it that " +
		"has ended; events that another thread has taken.",
}, stuck)

// stuck describes a thread whose condition can never hold any more.
func stuck(r *model.Run, exercised *bool) (message, kind string) {
	for _, t := range r.Threads() {
		c := t.WaitsFor()
		*exercised = *exercised || c.Kind == spec.WaitsForEvent || c.Kind == spec.WaitsForCall || c.Kind == spec.WaitsForSet
		if why := whyNeverHolds(r, c); why != "" {
			in := blockedIn(r, t)
			return fmt.Sprintf("nothing goes on, and %s is blocked in %s for good: %s", threadName(t), in, why), in
		}
	}
	return "", ""
}

// whyNeverHolds says why a condition that a thread waits for can never hold any more; empty: it can.
func whyNeverHolds(r *model.Run, c spec.Condition) (message string) {
	switch c.Kind {
	case spec.WaitsForEvent, spec.WaitsForCall:
		return whyNoEvent(r, c.Waitable)
	case spec.WaitsForSet:
		for _, slot := range r.Elements() {
			if spec.SetOf(slot.Element) == c.Set && expectsEvent(slot.Element) {
				if why := whyNoEvent(r, slot.Element); why != "" {
					return why
				}
			}
		}
	}
	return ""
}

// expectsEvent reports whether a waitable is in the middle of a call or copy, which ends with an event.
func expectsEvent(e spec.Element) bool {
	if t, ok := e.(*spec.Subtask); ok {
		return !t.Resolved()
	}
	return spec.Copying(e)
}

// whyNoEvent says why a waitable without an event can never have one any more; empty: it has one, or can, or its call is resolved.
func whyNoEvent(r *model.Run, e spec.Element) (message string) {
	if _, has := spec.PendingEvent(e); has {
		return ""
	}
	if t, ok := e.(*spec.Subtask); ok {
		return whyNeverResolved(r, t)
	}
	view, known := spec.ViewShared(spec.SharedOf(e))
	switch {
	case !known:
		return "" // the host's own
	case view.Dropped:
		return fmt.Sprintf("the peer of %s was dropped", describe(e))
	case view.Pending != e:
		return fmt.Sprintf("%s has no copy pending", describe(e))
	}
	return ""
}

// whyNeverResolved says why a call will not be resolved any more; empty: it can be, or is.
func whyNeverResolved(r *model.Run, t *spec.Subtask) (message string) {
	callee := t.Callee()
	if t.Resolved() || callee == nil || slices.Contains(r.Tasks(), callee) {
		return ""
	}
	return fmt.Sprintf("no thread of %s is left", callee.Func())
}
