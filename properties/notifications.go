package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// What core code is told of its calls and copies, by built-ins and by events.

// A report is what core code is told of a waitable of its own.
type notification struct {
	code        spec.EventCode
	index       uint64
	payload     uint64
	elementType string // what the stream or future is of, as the built-in says; empty: it does not say
}

// callbackReport is the event that a callback is called with.
func callbackNotification(at *model.Activation) (notification, bool) {
	if at.Kind != model.KindCallback {
		return notification{}, false
	}
	return notification{spec.EventCode(at.Args[0].Uint64()), at.Args[1].Uint64(), at.Args[2].Uint64(), ""}, true
}

// setReport is the event that waitable-set.wait or poll returned.
func setNotification(r *model.Run, at *model.Activation, results []spec.CoreValue) (notification, bool) {
	if at.Pending == nil || at.Pending.Op != "waitable-set.wait" && at.Pending.Op != "waitable-set.poll" {
		return notification{}, false
	}
	memory, ptr := r.Memory(at.Actor), at.Pending.Args[1].Uint64()
	return notification{spec.EventCode(results[0].Uint64()), wordAt(memory, ptr), wordAt(memory, ptr+4), ""}, true
}

// named is the element of the running instance that a report is of; nil: none.
func (s notification) element(r *model.Run, at *model.Activation) spec.Element {
	var first spec.Element
	for _, slot := range r.Elements() {
		if slot.Owner.Name != at.Actor || slot.Index != s.index || spec.ClassOf(slot.Element) != codeClass[s.code] {
			continue
		}
		if shared := spec.SharedOf(slot.Element); shared != nil && spec.TypeName(shared.T()) == s.elementType {
			return slot.Element // where streams of each type have a table, others have the index too
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
		"callee returned, and as cancelled exactly if it said so or never began; and that is what its caller is told, by the call, by events and by subtask.cancel; what it was not told yet, an event is there to tell.",
	Kind: "step",
	Origin: `CanonicalABI.md: "CANCELLED_BEFORE_STARTED, if the subtask was cancelled before receiving its arguments; CANCELLED_BEFORE_RETURNED, ` +
		`if the subtask called task.cancel instead of task.return"`,
	BlindSpots: "What has become of calls of the host's functions: only that the caller is told what the subtask says.",
	New: func() model.Checker {
		return &subtaskNotificationChecker{BaseChecker: model.BaseChecker{Name: "subtask-told"}}
	},
}

// subtaskToldChecker keeps the calls whose callees did something. Where nothing is wrong, their states say the same.
type subtaskNotificationChecker struct {
	model.BaseChecker
	begun, returned, cancelled []*spec.Subtask
	lastNotification           map[*spec.Subtask]uint64 // what callers were told last
}

func (c *subtaskNotificationChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind == model.KindFunc {
		c.begun = append(c.begun, at.Thread().Task().Caller())
	}
	if s, ok := callbackNotification(at); ok {
		c.checkNotification(r, at, s)
	}
}

// Left hears of functions that are lifted sync and return.
func (c *subtaskNotificationChecker) Left(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc {
		return
	}
	if lift := r.World.Func(at.Name).Lift; lift == "" || lift == "sync" {
		c.returned = append(c.returned, at.Thread().Task().Caller())
	}
}

func (c *subtaskNotificationChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if s, ok := setNotification(r, at, results); ok {
		c.checkNotification(r, at, s)
	}
	if at.Pending == nil || at.Thread() == nil {
		return
	}
	switch a := at.Pending; {
	case a.Op == "task.return":
		c.returned = append(c.returned, at.Thread().Task().Caller())
	case a.Op == "task.cancel":
		c.cancelled = append(c.cancelled, at.Thread().Task().Caller())
	case a.Op == "subtask.cancel" && results[0].Uint64() != spec.Blocked:
		c.checkNotification(r, at, notification{spec.EventSubtask, a.Args[0].Uint64(), results[0].Uint64(), ""})
	case a.Op == "call" && lowersAsync(r.World, at.Actor, a.Imm[0]):
		c.checkCallResult(r, at, results[0].Uint64())
	}
}

// lowersAsync reports whether an instance's import of a function is lowered async.
func lowersAsync(w *model.World, instance, name string) bool {
	return slices.ContainsFunc(w.Imports, func(i model.Import) bool { return i.Instance == instance && i.Func == name && i.Async })
}

// called checks what an async call returns: a state and the index of a subtask, or that it has returned already.
func (c *subtaskNotificationChecker) checkCallResult(r *model.Run, at *model.Activation, packed uint64) {
	state, index := packed&0xf, packed>>4
	if index != 0 {
		c.checkNotification(r, at, notification{spec.EventSubtask, index, state, ""})
	} else if state != uint64(spec.SubtaskReturned) {
		c.Message, c.ViolationKind = fmt.Sprintf("%s is told that its call of %s, which has returned, is in state %d", at.Name, at.Pending.Imm[0], state), "call"
	}
}

func (c *subtaskNotificationChecker) checkNotification(r *model.Run, at *model.Activation, s notification) {
	t, ok := s.element(r, at).(*spec.Subtask)
	if !ok {
		return
	}
	if c.lastNotification == nil {
		c.lastNotification = map[*spec.Subtask]uint64{}
	}
	c.lastNotification[t] = s.payload
	if c.NonVacuous = true; s.payload != uint64(t.State()) {
		c.Message, c.ViolationKind = fmt.Sprintf("%s is told that its subtask %d is in state %d, it is in %s", at.Name, s.index, s.payload, t.State()), "told"
	}
}

func (c *subtaskNotificationChecker) State(r *model.Run) {
	if halfDone(r) {
		return
	}
	for _, slot := range r.Elements() {
		if t, ok := slot.Element.(*spec.Subtask); ok && t.Callee() != nil {
			c.NonVacuous = true
			c.checkState(t)
			c.checkEventComes(t)
		}
	}
}

// compare compares a call's state with what its callee did.
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

// unheard checks that an event says what a caller was not told yet.
func (c *subtaskNotificationChecker) checkEventComes(t *spec.Subtask) {
	last, told := c.lastNotification[t]
	if _, has := spec.PendingEvent(t); told && last != uint64(t.State()) && !has {
		c.Message, c.ViolationKind = fmt.Sprintf("the call of %s is in state %s, its caller was last told state %d, and no event says more", t.Callee().Func(), t.State(), last), "unheard"
	}
}

var copyTold = &model.Property{
	Name: "copy-told",
	Statement: "Of a stream as many elements are told to have been read as to have been written, or an event is there to tell the other end; no more than a buffer has room " +
		"for; none only of a buffer that has none, or a copy that ended early; that the other end was dropped, only if it was; no call that reads or " +
		"writes is told that it was cancelled; a write of no elements completes where a read of none is pending; and after the end of a stream, or of a future's value, nothing more is told.",
	Kind: "step",
	Origin: `CanonicalABI.md: "stream_event packs the CopyResult and number of elements copied up until this point"; Concurrency.md: "the read or write ` +
		`completes with […] how many elements were copied"`,
	BlindSpots: "Streams and futures that the host has had a part in; which elements they are.",
	New: func() model.Checker {
		return &copyNotificationChecker{BaseChecker: model.BaseChecker{Name: "copy-told"}}
	},
}

// copyToldChecker counts what was told of each stream, and keeps how long the buffers of copies are that have blocked. Where
// nothing is wrong, the pending copies say what is still to be told.
type copyNotificationChecker struct {
	model.BaseChecker
	copied     map[spec.SharedBase]*copiedCount
	lengths    map[spec.Element]uint64
	emptyReads []spec.SharedBase // those in which a read of no elements is pending
	finished   []spec.Element    // the ends that were told that there is no more to copy
}

// moved is how many elements were told to have been read and written.
type copiedCount struct{ read, written uint64 }

func (c *copyNotificationChecker) Entered(r *model.Run, at *model.Activation) {
	if s, ok := callbackNotification(at); ok {
		c.checkNotification(r, at, s, "")
	}
}

// copyCodes are the events that say what the built-ins say at once if they do not block.
var copyCodes = map[string]spec.EventCode{
	"stream.read": spec.EventStreamRead, "stream.cancel-read": spec.EventStreamRead,
	"stream.write": spec.EventStreamWrite, "stream.cancel-write": spec.EventStreamWrite,
	"future.read": spec.EventFutureRead, "future.cancel-read": spec.EventFutureRead,
	"future.write": spec.EventFutureWrite, "future.cancel-write": spec.EventFutureWrite,
}

func (c *copyNotificationChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if s, ok := setNotification(r, at, results); ok {
		c.checkNotification(r, at, s, "")
		return
	}
	if at.Pending == nil || copyCodes[at.Pending.Op] == spec.EventNone {
		return
	}
	a := at.Pending
	s := notification{copyCodes[a.Op], a.Args[0].Uint64(), results[0].Uint64(), a.Imm[0]}
	if e := s.element(r, at); !strings.Contains(a.Op, "cancel") {
		c.recordLength(e, lengthOf(a))
		c.checkEmptyWrite(e, a.Op, s.payload)
	}
	if s.payload != spec.Blocked {
		c.checkNotification(r, at, s, a.Op)
	}
}

// note keeps the length of the copy of an end.
func (c *copyNotificationChecker) recordLength(e spec.Element, length uint64) {
	if c.lengths == nil {
		c.lengths = map[spec.Element]uint64{}
	}
	c.lengths[e] = length
}

// hostTakesPart reports whether the host takes part in streams or futures: then nothing is checked.
func hostTakesPart(r *model.Run) bool {
	return hostPasses(r.World, "stream<") || hostPasses(r.World, "future<")
}

// meet checks that a write of no elements that has met a read of none has completed.
func (c *copyNotificationChecker) checkEmptyWrite(e spec.Element, op string, payload uint64) {
	view, known := spec.ViewShared(spec.SharedOf(e))
	if op == "stream.write" && known && c.lengths[e] == 0 && slices.Contains(c.emptyReads, spec.SharedOf(e)) && payload == spec.Blocked && !view.Host {
		c.violate("empty", "%s writes nothing, a read of nothing is pending, and the write blocks", describe(e))
	}
}

// Settled keeps the lengths of the copies that threads are blocked in, and the streams in which a read of no elements is pending.
func (c *copyNotificationChecker) Settled(r *model.Run) {
	for _, at := range r.Activations {
		if a := at.Pending; a != nil && copyCodes[a.Op] != spec.EventNone && !strings.Contains(a.Op, "cancel") {
			c.recordLength(notification{code: copyCodes[a.Op], index: a.Args[0].Uint64(), elementType: a.Imm[0]}.element(r, at), lengthOf(a))
		}
	}
	c.emptyReads = c.emptyReads[:0]
	if len(c.lengths) == 0 {
		return
	}
	for _, slot := range r.Elements() {
		shared := spec.SharedOf(slot.Element)
		view, known := spec.ViewShared(shared)
		if known && view.Pending == slot.Element && spec.ClassOf(slot.Element) == spec.ClassReadableStreamEnd && c.lengths[slot.Element] == 0 {
			c.emptyReads = append(c.emptyReads, shared)
		}
	}
}

// lengthOf is the length of the buffer that a read or write is given.
func lengthOf(a *model.Action) uint64 {
	if len(a.Args) == 3 {
		return a.Args[2].Uint64()
	}
	return 1
}

// told checks what core code is told of a copy, by the built-in op, or by an event if that is empty.
func (c *copyNotificationChecker) checkNotification(r *model.Run, at *model.Activation, s notification, op string) {
	e := s.element(r, at)
	view, known := spec.ViewShared(spec.SharedOf(e))
	if e == nil || !known || hostTakesPart(r) {
		return
	}
	c.NonVacuous = true
	result, n := spec.CopyResult(s.payload&0xf), c.countCopied(e, s)
	switch length := c.lengths[e]; {
	case slices.Contains(c.finished, e):
		c.violate("again", "%s is told of another copy after its last", describe(e))
	case n > length:
		c.violate("more", "%s is told that %d elements were copied, its buffer is for %d", describe(e), n, length)
	case result == spec.CopyCompleted && n == 0 && length > 0:
		c.violate("none", "%s is told that its copy is complete, and nothing was copied", describe(e))
	case result == spec.CopyDropped && !view.Dropped:
		c.violate("dropped", "%s is told that the other end was dropped, it was not", describe(e))
	case result == spec.CopyCancelled && op != "" && !strings.Contains(op, "cancel"):
		c.violate("cancelled", "%s is told that its copy was cancelled, and it did not ask for it", describe(e))
	}
	if result == spec.CopyDropped || result == spec.CopyCompleted && isFuture(s.code) {
		c.finished = append(c.finished, e)
	}
}

// Ghost writes the ends that may be told nothing more. The specification says the same by the state of each.
func (c *copyNotificationChecker) Ghost(w *spec.StateWriter) {
	for _, e := range c.finished {
		w.Put("over ", e, "\n")
	}
}

func isFuture(code spec.EventCode) bool {
	return code == spec.EventFutureRead || code == spec.EventFutureWrite
}

func (c *copyNotificationChecker) violate(kind, format string, args ...any) {
	c.Message, c.ViolationKind = fmt.Sprintf(format, args...), kind
}

// count counts the elements that a report says were copied, and returns how many these are.
func (c *copyNotificationChecker) countCopied(e spec.Element, s notification) uint64 {
	n := s.payload >> 4
	if isFuture(s.code) {
		if s.payload == uint64(spec.CopyCompleted) {
			return 1
		}
		return 0
	}
	if c.copied == nil {
		c.copied = map[spec.SharedBase]*copiedCount{}
	}
	if c.copied[spec.SharedOf(e)] == nil {
		c.copied[spec.SharedOf(e)] = &copiedCount{}
	}
	if s.code == spec.EventStreamRead {
		c.copied[spec.SharedOf(e)].read += n
	} else {
		c.copied[spec.SharedOf(e)].written += n
	}
	return n
}

// State compares the counts of each stream: to the end that is behind, an event is there to tell it.
func (c *copyNotificationChecker) State(r *model.Run) {
	if len(c.copied) == 0 || halfDone(r) {
		return
	}
	for _, slot := range r.Elements() {
		m := c.copied[spec.SharedOf(slot.Element)]
		if _, has := spec.PendingEvent(slot.Element); m != nil && !has && m.isBehind(spec.ClassOf(slot.Element)) {
			c.violate("count", "of the stream of %s, %d elements are told to have been read, and %d to have been written", describe(slot.Element), m.read, m.written)
		}
	}
}

// behind reports whether an end of a class was told of fewer elements than the other.
func (m *copiedCount) isBehind(class spec.Class) bool {
	return class == spec.ClassWritableStreamEnd && m.written < m.read || class == spec.ClassReadableStreamEnd && m.read < m.written
}

// hostDeals reports whether the host gets or gives values of types that a text names the beginning of.
func hostPasses(w *model.World, text string) bool {
	return slices.ContainsFunc(w.Funcs, func(f model.Func) bool {
		ofHost := f.Instance() == model.Host || slices.Contains(w.Start, f.Name) || slices.Contains(w.Menus[model.Host], "invoke "+f.Name)
		return ofHost && strings.Contains(strings.Join(slices.Concat(f.Params, f.Results), " "), text)
	})
}

var cancelOnce = &model.Property{
	Name:       "cancel-once",
	Statement:  "Who implements a stream or future, or a function, is asked at most once to cancel a copy or call.",
	Kind:       "step",
	Origin:     `CanonicalABI.md: "the caller may invoke the returned OnCancel callback at most once"; "attempting to cancel […] in the process of being cancelled traps"`,
	BlindSpots: "What guests implement: there the second time fails an assert or crashes.",
	New:        func() model.Checker { return &cancelOnceChecker{BaseChecker: model.BaseChecker{Name: "cancel-once"}} },
}

// onceChecker keeps the calls and copies of the host that it was asked to cancel; the host's own books say the same.
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
