// definitions.py, "Waitable State"

package spec

import "slices"

// An EventCode says what happened to a waitable, that nothing happened, or that the task is being cancelled.
//
//cabi:py EventCode 646eee4c
type EventCode uint8

// The codes of events.
const (
	EventNone EventCode = iota
	EventSubtask
	EventStreamRead
	EventStreamWrite
	EventFutureRead
	EventFutureWrite
	EventTaskCancelled
)

func (c EventCode) String() string {
	return [...]string{"NONE", "SUBTASK", "STREAM_READ", "STREAM_WRITE", "FUTURE_READ", "FUTURE_WRITE", "TASK_CANCELLED"}[c]
}

// An eventTuple is an event as core code gets it.
//
//cabi:py EventTuple 6ed37b21
type eventTuple struct {
	code   EventCode
	p1, p2 uint64
}

// unpack is code, p1, p2 = event.
func (e eventTuple) unpack() (code EventCode, p1, p2 uint64) { return e.code, e.p1, e.p2 }

// A pendingEvent is an event that is not delivered yet. What the event says is made when it is delivered.
type pendingEvent interface{ deliver() eventTuple }

// A Waitable is the part of an element that has events: of a subtask, or of an end of a stream or future.
//
//cabi:py Waitable 3863271d
type Waitable struct {
	self          Element // the subtask or end that this is a part of
	store         *Store
	pendingEvent  pendingEvent
	wset          *WaitableSet
	hasSyncWaiter bool
}

//cabi:py Waitable.__init__ 3597cf71
func (w *Waitable) init(s *Store, self Element) {
	w.self, w.store = self, s
	w.pendingEvent = nil
	w.wset = nil
	w.hasSyncWaiter = false
}

//cabi:py Waitable.set_pending_event 91f911b2
func (w *Waitable) setPendingEvent(e pendingEvent) { w.pendingEvent = e }

//cabi:py Waitable.has_pending_event 1cd14956
func (w *Waitable) hasPendingEvent() bool { return w.pendingEvent != nil }

//cabi:py Waitable.in_waitable_set 33bb9af9
func (w *Waitable) inWaitableSet() bool { return w.wset != nil }

// waitableReady is the bound method has_pending_event.
type waitableReady struct{ w *Waitable }

func (r waitableReady) Ready() bool { return r.w.hasPendingEvent() }

//cabi:py Waitable.wait_for_pending_event 6e2242e2
func (w *Waitable) waitForPendingEvent() {
	w.store.assert(!w.inWaitableSet() && !w.hasSyncWaiter, "Waitable.wait_for_pending_event/alone",
		"a waitable that is waited for by itself is in no set and has no other waiter")
	w.hasSyncWaiter = true
	currentThread(w.store).WaitUntil(waitableReady{w}, false)
	w.hasSyncWaiter = false
}

//cabi:py Waitable.get_pending_event 5f03506b
func (w *Waitable) getPendingEvent() eventTuple {
	pendingEvent := w.pendingEvent
	w.pendingEvent = nil
	if pendingEvent == nil {
		crash("Waitable.get_pending_event", "TypeError", "'NoneType' object is not callable")
	}
	return pendingEvent.deliver()
}

// watched reports an event of a set, delivered to the running instance, to the watcher.
func (w *Waitable) watched(event eventTuple) eventTuple {
	if watcher := w.store.options.Watcher; watcher != nil {
		watcher.Delivered(currentInstance(w.store), event.code, event.p1, w.self)
	}
	return event
}

//cabi:py Waitable.join a4a31e4b
func (w *Waitable) join(wset *WaitableSet) {
	w.store.assert(!w.hasSyncWaiter, "Waitable.join/sync-waiter", "a waitable that joins or leaves a set has no waiter of its own")
	if w.wset != nil {
		w.wset.elems = removeFirst(w.wset.elems, w, "Waitable.join")
	}
	w.wset = wset
	if wset != nil {
		wset.elems = append(wset.elems, w)
	}
}

//cabi:py Waitable.drop 9d57455d
func (w *Waitable) drop() {
	w.store.assert(!w.hasPendingEvent(), "Waitable.drop/pending-event", "a waitable that is dropped has no pending event")
	w.store.assert(!w.hasSyncWaiter, "Waitable.drop/sync-waiter", "a waitable that is dropped has no waiter")
	w.join(nil)
}

// waitableOf is the waitable that e is, if it is one.
func waitableOf(e Element) (*Waitable, bool) {
	switch e := e.(type) {
	case *Subtask:
		return &e.Waitable, true
	case end:
		return &e.base().Waitable, true
	}
	return nil, false
}

// A WaitableSet is a set of waitables whose events can be waited for together.
//
//cabi:py WaitableSet b67f8f12
type WaitableSet struct {
	store      *Store
	elems      []*Waitable
	numWaiting int
}

//cabi:py WaitableSet.__init__ 6f7fffaa
func newWaitableSet(s *Store) *WaitableSet {
	wset := &WaitableSet{store: s}
	wset.elems = nil
	wset.numWaiting = 0
	return wset
}

func (wset *WaitableSet) class() Class { return ClassWaitableSet }

func (wset *WaitableSet) describe() string { return "waitable set" }

//cabi:py WaitableSet.has_pending_event 4a02b992
func (wset *WaitableSet) hasPendingEvent() bool {
	return slices.ContainsFunc(wset.elems, (*Waitable).hasPendingEvent)
}

// quirk: where no element has a pending event Python returns None, which its callers then fail to unpack. Only the assert
// keeps that from happening.
//
//cabi:py WaitableSet.get_pending_event 0c68347f
func (wset *WaitableSet) getPendingEvent() eventTuple {
	wset.store.assert(wset.hasPendingEvent(), "WaitableSet.get_pending_event/has-event", "an event is taken from a set that has one")
	wset.store.shuffle("WaitableSet.get_pending_event/order", len(wset.elems), func(i, j int) {
		wset.elems[i], wset.elems[j] = wset.elems[j], wset.elems[i]
	})
	for _, w := range wset.elems {
		wset.store.assert(wset == w.wset, "WaitableSet.get_pending_event/member", "an element of a set knows its set")
		if w.hasPendingEvent() {
			return w.watched(w.getPendingEvent())
		}
	}
	crash("unpack_event", "TypeError", "cannot unpack non-iterable NoneType object")
	return eventTuple{}
}

//cabi:py WaitableSet.wait_for_event_and c4d50c7d
func (wset *WaitableSet) waitForEventAnd(readyFunc ReadyFunc, cancellable bool) eventTuple {
	wset.numWaiting++
	cancelled := currentThread(wset.store).WaitUntil(&readyAndHasEvent{readyFunc, wset}, cancellable)
	var event eventTuple
	if cancelled {
		event = eventTuple{EventTaskCancelled, 0, 0}
	} else {
		event = wset.getPendingEvent()
	}
	wset.numWaiting--
	return event
}

// readyAndHasEvent is WaitableSet.wait_for_event_and's inner function ready_and_has_event with what it captures.
type readyAndHasEvent struct {
	readyFunc ReadyFunc
	wset      *WaitableSet
}

// Ready says whether an event can be taken.
//
//cabi:py WaitableSet.wait_for_event_and.ready_and_has_event 23fd0326
func (r *readyAndHasEvent) Ready() bool {
	return r.readyFunc.Ready() && r.wset.hasPendingEvent()
}

//cabi:py WaitableSet.wait_for_event 027321b4
func (wset *WaitableSet) waitForEvent(cancellable bool) eventTuple {
	return wset.waitForEventAnd(alwaysReady{}, cancellable)
}

//cabi:py WaitableSet.poll 3662d4bd
func (wset *WaitableSet) poll(cancellable bool) eventTuple {
	if currentTask(wset.store).deliverPendingCancel(cancellable) {
		return eventTuple{EventTaskCancelled, 0, 0}
	} else if !wset.hasPendingEvent() {
		return eventTuple{EventNone, 0, 0}
	}
	return wset.getPendingEvent()
}

//cabi:py WaitableSet.drop 5be75012
func (wset *WaitableSet) drop() {
	wset.store.trapIf(len(wset.elems) > 0, "WaitableSet.drop/elements", "the waitable set still has elements")
	wset.store.trapIf(wset.numWaiting > 0, "WaitableSet.drop/waiting", "a thread still waits on the waitable set")
}
