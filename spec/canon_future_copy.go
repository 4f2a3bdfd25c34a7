// definitions.py, "canon future.{read,write}"

package spec

// CanonFutureRead is future.read: it copies the value to ptr.
//
//cabi:py canon_future_read 3d3ae9c6
func CanonFutureRead(s *Store, futureT *FutureType, opts *CanonicalOptions, i, ptr uint64) []CoreValue {
	return futureCopy(s, ClassReadableFutureEnd, newWritableBufferGuestImpl, EventFutureRead,
		futureT, opts, i, ptr)
}

// CanonFutureWrite is future.write: it copies the value from ptr.
//
//cabi:py canon_future_write 22a220ac
func CanonFutureWrite(s *Store, futureT *FutureType, opts *CanonicalOptions, i, ptr uint64) []CoreValue {
	return futureCopy(s, ClassWritableFutureEnd, newReadableBufferGuestImpl, EventFutureWrite,
		futureT, opts, i, ptr)
}

//cabi:py future_copy 4193aeb4
func futureCopy(s *Store, endT Class, bufferT newBuffer, eventCode EventCode, futureT *FutureType, opts *CanonicalOptions, i, ptr uint64) []CoreValue {
	thread := currentThread(s)
	inst := thread.task.inst
	s.trapIf(!inst.mayLeave, "future_copy/may-leave", "the instance may not be left")
	at := inst.handles.get(i, wantEnd(endT, futureT.T))
	en := isAnEnd(at, "future_copy/class", "the handle is no end of that kind")
	e := en.base()
	at.trapIf(!typesEqual(e.shared.T(), futureT.T), "future_copy/type", "the end is of another type")
	s.trapIf(e.state != CopyStateIdle, "future_copy/idle", "the end is copying or done")
	s.trapIf(e.inWaitableSet() && !opts.Async, "future_copy/in-set", "the end is in a waitable set and the call is sync")

	assertStatic(!containsBorrow(futureT), "future_copy/no-borrow", "futures carry no borrows")
	cx := newLiftLowerContext(&opts.LiftLowerOptions, inst, nil)
	buffer := bufferT(futureT.T, cx, ptr, 1)

	copying := &futureCopying{e, buffer.base(), eventCode, i}

	e.state = CopyStateCopying
	copyFuture(en, inst, buffer, copying)

	if !e.hasPendingEvent() {
		if !opts.Async {
			e.waitForPendingEvent()
		} else {
			return ints(Blocked)
		}
	}
	code, index, payload := e.getPendingEvent().unpack()
	s.assert(code == eventCode && index == i, "future_copy/event", "the event is the end's own")
	return ints(payload)
}

// copyFuture is e.copy(inst, buffer, on_copy_done).
func copyFuture(e end, inst *ComponentInstance, buffer Buffer, copying *futureCopying) {
	switch e := e.(type) {
	case *ReadableFutureEnd:
		e.copy(inst, buffer, copying)
	case *WritableFutureEnd:
		e.copy(inst, buffer, copying)
	}
}

// futureCopying is what future_copy's inner functions capture. It is on_copy_done.
type futureCopying struct {
	e         *CopyEnd
	buffer    *bufferGuestImpl
	eventCode EventCode
	i         uint64
}

// futureEvent is future_copy's inner function future_event, applied to a result.
type futureEvent struct {
	*futureCopying
	result CopyResult
}

//cabi:py future_copy.future_event 9a0effe4
func (ev *futureEvent) deliver() eventTuple {
	s := ev.e.store
	s.assert((ev.buffer.Remain() == 0) == (ev.result == CopyCompleted), "future_copy.future_event/remain", "the value was copied exactly if the copy completed")
	s.assert(ev.e.copying(), "future_copy.future_event/copying", "an end whose copy ends is copying")
	if ev.result == CopyDropped || ev.result == CopyCompleted {
		ev.e.state = CopyStateDone
	} else {
		ev.e.state = CopyStateIdle
	}
	return eventTuple{ev.eventCode, ev.i, uint64(ev.result)}
}

// OnCopyDone makes the event of the copy pending.
//
//cabi:py future_copy.on_copy_done 8bb9ab90
func (c *futureCopying) OnCopyDone(result CopyResult) {
	c.e.store.assert(result != CopyDropped || c.eventCode == EventFutureWrite, "future_copy.on_copy_done/dropped", "only a write learns that the other end was dropped")
	c.e.setPendingEvent(&futureEvent{c, result})
}
