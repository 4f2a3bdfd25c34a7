package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of notifications: built-ins and events notify core code of the progress of its calls and copies.

// A notification is what an event, or the result of a built-in, says of a waitable of the running instance.
type notification struct {
	code        spec.EventCode // of the event, or of the one that would say the same
	index       uint64         // of the waitable
	payload     uint64
	elementType string // of the stream or future, if a built-in names it; an event does not
}

// callbackNotification is the event that a callback is called with; false: at is no callback.
func callbackNotification(at *model.Activation) (notification, bool) {
	if at.Kind != model.KindCallback {
		return notification{}, false
	}
	return notification{spec.EventCode(at.Args[0].Uint64()), at.Args[1].Uint64(), at.Args[2].Uint64(), ""}, true
}

// setNotification is the event that waitable-set.wait or poll has returned; false: at is calling neither.
func setNotification(r *model.Run, at *model.Activation, results []spec.CoreValue) (notification, bool) {
	if at.Pending == nil || at.Pending.Op != "waitable-set.wait" && at.Pending.Op != "waitable-set.poll" {
		return notification{}, false
	}
	memory, ptr := r.Memory(at.Actor), at.Pending.Args[1].Uint64()
	return notification{spec.EventCode(results[0].Uint64()), wordAt(memory, ptr), wordAt(memory, ptr+4), ""}, true
}

// element is the waitable that a notification is of; nil: there is none. Under a variant with a table for each type of streams,
// several waitables may have its index: then the element type tells which.
func (n notification) element(r *model.Run, at *model.Activation) spec.Element {
	var first spec.Element
	for _, slot := range r.Elements() {
		if slot.Owner.Name != at.Actor || slot.Index != n.index || spec.ClassOf(slot.Element) != codeClass[n.code] {
			continue
		}
		if shared := spec.SharedOf(slot.Element); shared != nil && spec.TypeName(shared.T()) == n.elementType {
			return slot.Element
		}
		if first == nil {
			first = slot.Element
		}
	}
	return first
}

var subtaskTold = &model.Property{
	Name: "subtask-told",
	Statement: "A call counts as starting, or as cancelled before it started, exactly if no core code of its callee has begun, as returned exactly if the " +
		"callee returned, and as cancelled exactly if it said so or never began; and that is what its caller is told, by the call, by events and by subtask.cancel, which blocks for none that is resolved; what it was not told yet, an event is there to tell.",
	Kind: "step",
	Origin: `CanonicalABI.md: "CANCELLED_BEFORE_STARTED, if the subtask was cancelled before receiving its arguments; CANCELLED_BEFORE_RETURNED, ` +
		`if the subtask called task.cancel instead of task.return"`,
	BlindSpots: "What has become of calls of the host's functions: only that the caller is told what the subtask says, or that an event is there to tell.",
	New: func() model.Checker {
		return &subtaskNotificationChecker{BaseChecker: model.BaseChecker{Name: "subtask-told"}}
	},
}

// A subtaskNotificationChecker checks that the state of a call is what its callee did, and that its caller is notified of that state.
// It remembers what each callee did, and the last state that each caller was notified of. Without a violation the states of
// the calls say what the callees did: there is no ghost. What became of a call of the host's function it cannot see.
type subtaskNotificationChecker struct {
	model.BaseChecker
	begun, returned, cancelled []*spec.Subtask               // the calls whose callees did that
	lastNotification           record[*spec.Subtask, uint64] // the state in the last notification of each call's caller
}

func (c *subtaskNotificationChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind == model.KindFunc {
		c.begun = append(c.begun, at.Thread().Task().Caller())
	}
	if n, ok := callbackNotification(at); ok {
		c.recordNotification(r, at, n)
	}
}

// Left notes that a function returns that is lifted sync. Others call task.return.
func (c *subtaskNotificationChecker) Left(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc {
		return
	}
	if lift := r.World.Func(at.Name).Lift; lift == "" || lift == "sync" {
		c.returned = append(c.returned, at.Thread().Task().Caller())
	}
}

func (c *subtaskNotificationChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if n, ok := setNotification(r, at, results); ok {
		c.recordNotification(r, at, n)
	}
	if at.Pending == nil || at.Thread() == nil {
		return
	}
	switch a := at.Pending; {
	case a.Op == "task.return":
		c.returned = append(c.returned, at.Thread().Task().Caller())
	case a.Op == "task.cancel":
		c.cancelled = append(c.cancelled, at.Thread().Task().Caller())
	case a.Op == "subtask.cancel" && results[0].Uint64() == blocked:
		if t, ok := slotAt(r, at).Element.(*spec.Subtask); ok && t.Resolved() {
			c.Message, c.ViolationKind = fmt.Sprintf("%s is told by %s that it has blocked, and the subtask is resolved", at.Name, a), "blocked"
		}
	case a.Op == "subtask.cancel":
		c.recordNotification(r, at, notification{spec.EventSubtask, a.Args[0].Uint64(), results[0].Uint64(), ""})
	case a.Op == "call" && lowersAsync(r.World, at.Actor, a.Imm[0]):
		c.checkCallResult(r, at, results[0].Uint64())
	}
}

// lowersAsync reports whether an instance's import of a function is lowered async.
func lowersAsync(w *model.World, instance, name string) bool {
	return slices.ContainsFunc(w.Imports, func(i model.Import) bool { return i.Instance == instance && i.Func == name && i.Async })
}

// checkCallResult checks what an async call returns: a state and the index of a subtask, or that the callee has returned already.
func (c *subtaskNotificationChecker) checkCallResult(r *model.Run, at *model.Activation, packed uint64) {
	state, index := packed&0xf, packed>>4
	if index != 0 {
		c.recordNotification(r, at, notification{spec.EventSubtask, index, state, ""})
	} else if state != uint64(spec.SubtaskReturned) {
		c.Message, c.ViolationKind = fmt.Sprintf("%s is told that its call of %s, which has returned, is in state %d", at.Name, at.Pending.Imm[0], state), "call"
	}
}

// recordNotification remembers a notification of the state of a call. Whether it has that state is seen at the next menu, where no event says more.
func (c *subtaskNotificationChecker) recordNotification(r *model.Run, at *model.Activation, n notification) {
	if t, ok := n.element(r, at).(*spec.Subtask); ok {
		c.NonVacuous = true
		c.lastNotification.put(t, n.payload)
	}
}

func (c *subtaskNotificationChecker) State(r *model.Run) {
	if halfDone(r) {
		return
	}
	for _, slot := range r.Elements() {
		if t, ok := slot.Element.(*spec.Subtask); ok {
			if t.Callee() != nil {
				c.NonVacuous = true
				c.checkState(t)
			}
			c.checkEventComes(t)
		}
	}
}

// checkState compares the state of a call with what its callee did.
func (c *subtaskNotificationChecker) checkState(t *spec.Subtask) {
	begun, returned, cancelled := slices.Contains(c.begun, t), slices.Contains(c.returned, t), slices.Contains(c.cancelled, t)
	want := spec.SubtaskStarting
	switch {
	case cancelled:
		want = spec.SubtaskCancelledBeforeReturned
	case returned:
		want = spec.SubtaskReturned
	case begun:
		want = spec.SubtaskStarted
	case t.Callee().State() == spec.TaskResolved:
		want = spec.SubtaskCancelledBeforeStarted
	}
	if t.State() != want {
		c.Message, c.ViolationKind = fmt.Sprintf("the call of %s is in state %s, must be in %s", t.Callee().Func(), t.State(), want), "state"
	}
}

// checkEventComes checks that a call whose state has changed since the last notification has an event.
func (c *subtaskNotificationChecker) checkEventComes(t *spec.Subtask) {
	last, told := c.lastNotification.get(t)
	if _, has := spec.PendingEvent(t); told && last != uint64(t.State()) && !has {
		of := "a function of the host's"
		if t.Callee() != nil {
			of = t.Callee().Func()
		}
		c.Message, c.ViolationKind = fmt.Sprintf("the call of %s is in state %s, its caller was last told state %d, and no event says more", of, t.State(), last), "unheard"
	}
}

var copyTold = &model.Property{
	Name: "copy-told",
	Statement: "Of a stream as many elements are told to have been read as to have been written, or an event is there to tell the other end; no more than a buffer has room " +
		"for; none only of a buffer that has none, or a copy that ended early; that the other end was dropped, only if it was; no call that reads or " +
		"writes is told that it was cancelled, or that it blocks when its copy is over; a copy that has an event when it is cancelled ends as that says; a write of no elements completes where a read of none is pending, and no other copy " +
		"at once where the other end's has all its elements; and after the end of a stream, or of a future's value, nothing more is told.",
	Kind: "step",
	Origin: `CanonicalABI.md: "stream_event packs the CopyResult and number of elements copied up until this point"; Concurrency.md: "the read or write ` +
		`completes with […] how many elements were copied"`,
	BlindSpots: "Streams and futures that the host has had a part in; which elements they are.",
	New: func() model.Checker {
		return &copyNotificationChecker{BaseChecker: model.BaseChecker{Name: "copy-told"}}
	},
}

// A copyNotificationChecker checks that the two ends of a stream or future are notified of the same copies. It counts the elements
// that each end was notified of, and remembers how many elements each copy has a buffer for, in which streams a read of no
// elements is pending, or a copy that has all its elements, and the ends that were notified of their last copy. Without a violation the state has all of it but
// the last, which is the ghost. Streams and futures that the host takes part in it leaves out, and it does not know which
// elements are copied, only how many.
type copyNotificationChecker struct {
	model.BaseChecker
	copied     record[spec.SharedBase, copiedCount]
	lengths    record[spec.Element, uint64]
	emptyReads []spec.SharedBase
	spent      []spec.SharedBase                     // a copy of a guest's is pending, and all its elements are copied
	events     record[spec.Element, spec.CopyResult] // of the events that were there at the last menu, what they say
	finished   []spec.Element
}

// A copiedCount is how many elements of a stream its ends were notified of.
type copiedCount struct{ read, written uint64 }

func (c *copyNotificationChecker) Entered(r *model.Run, at *model.Activation) {
	if n, ok := callbackNotification(at); ok {
		c.checkNotification(r, at, n, "")
	}
}

// blocked is what upstream's text says that a built-in returns that has blocked.
const blocked = 1<<32 - 1

// copyCode is the code of the events that say what a built-in that copies, or cancels a copy, returns if it does not block; EventNone: it does neither.
func copyCode(op string) spec.EventCode {
	switch op {
	case "stream.read", "stream.cancel-read":
		return spec.EventStreamRead
	case "stream.write", "stream.cancel-write":
		return spec.EventStreamWrite
	case "future.read", "future.cancel-read":
		return spec.EventFutureRead
	case "future.write", "future.cancel-write":
		return spec.EventFutureWrite
	}
	return spec.EventNone
}

func (c *copyNotificationChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if n, ok := setNotification(r, at, results); ok {
		c.checkNotification(r, at, n, "")
		return
	}
	if at.Pending == nil || copyCode(at.Pending.Op) == spec.EventNone {
		return
	}
	a := at.Pending
	n := notification{copyCode(a.Op), a.Args[0].Uint64(), results[0].Uint64(), a.Imm[0]}
	if e := n.element(r, at); !strings.Contains(a.Op, "cancel") {
		c.recordLength(e, lengthOf(a))
		c.checkEmptyWrite(e, a.Op, n.payload)
		if a.Imm[1] == "async" { // or it may have waited until the other end came again
			c.checkSpent(e, a.Op, n.payload)
		}
	}
	if n.payload != blocked {
		c.checkNotification(r, at, n, a.Op)
	} else if _, has := spec.PendingEvent(n.element(r, at)); has {
		c.violate("blocked", "%s is told by %s that it has blocked, and its event is there", at.Name, a)
	}
}

// recordLength remembers how many elements the copy of an end has a buffer for.
func (c *copyNotificationChecker) recordLength(e spec.Element, length uint64) {
	c.lengths.put(e, length)
}

// hostTakesPart reports whether the host may have an end of a stream or future of the type of e's.
func hostTakesPart(r *model.Run, e spec.Element) bool {
	kind, t := kindOfElement(e), spec.SharedOf(e).T()
	if t != nil {
		return hostPasses(r, kind+"<"+spec.TypeName(t)+">")
	}
	return hostPassesTypes(r, func(types string) bool { return strings.Contains(strings.ReplaceAll(types, kind+"<", ""), kind) })
}

// checkEmptyWrite checks that a write of no elements completes where a read of none is pending.
func (c *copyNotificationChecker) checkEmptyWrite(e spec.Element, op string, payload uint64) {
	view, known := spec.ViewShared(spec.SharedOf(e))
	if op == "stream.write" && known && c.lengths.of(e) == 0 && slices.Contains(c.emptyReads, spec.SharedOf(e)) && payload == spec.Blocked && !view.Host {
		c.violate("empty", "%s writes nothing, a read of nothing is pending, and the write blocks", describe(e))
	}
}

// checkSpent checks that a copy does not complete at once where the other end's copy has all its elements: only a write of no elements may, where a read of
// none is pending.
func (c *copyNotificationChecker) checkSpent(e spec.Element, op string, payload uint64) {
	shared := spec.SharedOf(e)
	if !strings.HasPrefix(op, "stream.") || payload == spec.Blocked || !slices.Contains(c.spent, shared) {
		return
	}
	if op != "stream.write" || c.lengths.of(e) > 0 || !slices.Contains(c.emptyReads, shared) {
		c.violate("at once", "%s completes at once, and the other end's buffer has all its elements", describe(e))
	}
}

// Settled remembers how many elements the copies have a buffer for that threads are blocked in, and in which streams a read of no
// elements is pending, or a copy that has all its elements.
func (c *copyNotificationChecker) Settled(r *model.Run) {
	for _, at := range r.Activations {
		if a := at.Pending; a != nil && copyCode(a.Op) != spec.EventNone && !strings.Contains(a.Op, "cancel") {
			c.recordLength(notification{code: copyCode(a.Op), index: a.Args[0].Uint64(), elementType: a.Imm[0]}.element(r, at), lengthOf(a))
		}
	}
	c.emptyReads, c.spent, c.events = c.emptyReads[:0], c.spent[:0], c.events[:0]
	if len(c.lengths) == 0 {
		return
	}
	for _, slot := range r.Elements() {
		shared := spec.SharedOf(slot.Element)
		view, known := spec.ViewShared(shared)
		if ev, has := spec.PendingEvent(slot.Element); has && shared != nil {
			c.events.put(slot.Element, ev.Result)
		}
		if known && view.Pending == slot.Element && spec.ClassOf(slot.Element) == spec.ClassReadableStreamEnd && c.lengths.of(slot.Element) == 0 {
			c.emptyReads = append(c.emptyReads, shared)
		}
		if known && view.Pending == slot.Element && view.Buffer != nil && view.Buffer.Progress == c.lengths.of(slot.Element) {
			c.spent = append(c.spent, shared)
		}
	}
}

// lengthOf is how many elements the buffer of a read or write is for.
func lengthOf(a *model.Action) uint64 {
	if len(a.Args) == 3 {
		return a.Args[2].Uint64()
	}
	return 1
}

// checkNotification checks a notification of a copy, by the built-in op, or by an event if that is empty.
func (c *copyNotificationChecker) checkNotification(r *model.Run, at *model.Activation, n notification, op string) {
	e := n.element(r, at)
	view, known := spec.ViewShared(spec.SharedOf(e))
	if e == nil || !known || hostTakesPart(r, e) {
		return
	}
	c.NonVacuous = true
	result, count := spec.CopyResult(n.payload&0xf), c.countCopied(e, n)
	switch length := c.lengths.of(e); {
	case slices.Contains(c.finished, e):
		c.violate("again", "%s is told of another copy after its last", describe(e))
	case count > length:
		c.violate("more", "%s is told that %d elements were copied, its buffer is for %d", describe(e), count, length)
	case result == spec.CopyCompleted && count == 0 && length > 0:
		c.violate("none", "%s is told that its copy is complete, and nothing was copied", describe(e))
	case result == spec.CopyDropped && !view.Dropped:
		c.violate("dropped", "%s is told that the other end was dropped, it was not", describe(e))
	case strings.Contains(op, "cancel") && c.saidOtherwise(e, result):
		c.violate("renamed", "%s is told %s by %s, and the event that was there said %s", describe(e), result, op, c.events.of(e))
	case result == spec.CopyCancelled && op != "" && !strings.Contains(op, "cancel"):
		c.violate("cancelled", "%s is told that its copy was cancelled, and it did not ask for it", describe(e))
	}
	if result == spec.CopyDropped || result == spec.CopyCompleted && isFuture(n.code) {
		c.finished = append(c.finished, e)
	}
}

// saidOtherwise reports whether an end had an event at the last menu that said something else.
func (c *copyNotificationChecker) saidOtherwise(e spec.Element, result spec.CopyResult) bool {
	said, had := c.events.get(e)
	return had && said != result
}

// Ghost writes the ends that may not be notified of another copy.
func (c *copyNotificationChecker) Ghost(w *spec.StateWriter) {
	for _, e := range c.finished {
		w.Put("over ", e, "\n")
	}
}

// isFuture reports whether events of a code are of futures.
func isFuture(code spec.EventCode) bool {
	return code == spec.EventFutureRead || code == spec.EventFutureWrite
}

// violate sets the violation.
func (c *copyNotificationChecker) violate(kind, format string, args ...any) {
	c.Message, c.ViolationKind = fmt.Sprintf(format, args...), kind
}

// countCopied counts the elements that a notification says were copied, and returns how many these are.
func (c *copyNotificationChecker) countCopied(e spec.Element, n notification) uint64 {
	count := n.payload >> 4
	if isFuture(n.code) {
		if n.payload == uint64(spec.CopyCompleted) {
			return 1
		}
		return 0
	}
	copied := c.copied.of(spec.SharedOf(e))
	if n.code == spec.EventStreamRead {
		copied.read += count
	} else {
		copied.written += count
	}
	c.copied.put(spec.SharedOf(e), copied)
	return count
}

// State compares the counts of each stream: an end that was notified of fewer elements than the other must have an event.
func (c *copyNotificationChecker) State(r *model.Run) {
	if len(c.copied) == 0 || halfDone(r) {
		return
	}
	for _, slot := range r.Elements() {
		m, known := c.copied.get(spec.SharedOf(slot.Element))
		if _, has := spec.PendingEvent(slot.Element); known && !has && m.isBehind(spec.ClassOf(slot.Element)) {
			c.violate("count", "of the stream of %s, %d elements are told to have been read, and %d to have been written", describe(slot.Element), m.read, m.written)
		}
	}
}

// isBehind reports whether an end of a class was notified of fewer elements than the other end.
func (m *copiedCount) isBehind(class spec.Class) bool {
	return class == spec.ClassWritableStreamEnd && m.written < m.read || class == spec.ClassReadableStreamEnd && m.read < m.written
}

// hostPasses reports whether the host passes or receives values of a type whose name begins with a text: through its own functions,
// or those that it calls, according to the world or in this run.
func hostPasses(r *model.Run, text string) bool {
	return hostPassesTypes(r, func(types string) bool { return strings.Contains(types, text) })
}

// hostPassesTypes is hostPasses for functions whose types, one after the other, are as wanted.
func hostPassesTypes(r *model.Run, wanted func(types string) bool) bool {
	return slices.ContainsFunc(r.World.Funcs, func(f model.Func) bool {
		return wanted(strings.Join(slices.Concat(f.Params, f.Results), " ")) && ofHost(r, f.Name)
	})
}

// ofHost reports whether a function is one of the host's, or one that it calls.
func ofHost(r *model.Run, name string) bool {
	return strings.HasPrefix(name, model.Host+".") || slices.Contains(r.World.Start, name) ||
		slices.Contains(r.World.Menus[model.Host], "invoke "+name) ||
		slices.ContainsFunc(r.Invocations(), func(c *model.Invocation) bool { return c.Func == name })
}

var cancelOnce = &model.Property{
	Name:       "cancel-once",
	Statement:  "Who implements a stream or future, or a function, is asked at most once to cancel a copy or call.",
	Kind:       "step",
	Origin:     `CanonicalABI.md: "the caller may invoke the returned OnCancel callback at most once"; "attempting to cancel […] in the process of being cancelled traps"`,
	BlindSpots: "What guests implement: there the second time fails an assert or crashes.",
	New:        func() model.Checker { return &cancelOnceChecker{BaseChecker: model.BaseChecker{Name: "cancel-once"}} },
}

// A cancelOnceChecker checks that the host is asked at most once to cancel a call or copy. It remembers those that it was asked to
// cancel. The host's own record in the state has them, too: there is no ghost. It cannot see how guests are asked.
type cancelOnceChecker struct {
	model.BaseChecker
	asked []string
}

func (c *cancelOnceChecker) Entered(_ *model.Run, at *model.Activation) {
	if at.Actor != model.Host || at.Kind == model.KindHost {
		return
	}
	key := fmt.Sprint(at.Kind == model.KindHostShared, at.Args[0])
	switch {
	case at.Name == "stream.read" || at.Name == "future.read":
		c.asked = slices.DeleteFunc(c.asked, func(asked string) bool { return asked == key })
	case at.Kind == model.KindHostCancel || at.Name == "shared.cancel":
		if c.NonVacuous = true; slices.Contains(c.asked, key) {
			c.Message = fmt.Sprintf("the host is asked again by %s to cancel, number %s", at.Name, at.Args[0])
		}
		c.asked = append(c.asked, key)
	}
}
