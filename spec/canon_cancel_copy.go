// definitions.py, "canon {stream,future}.cancel-{read,write}"

package spec

// CanonStreamCancelRead is stream.cancel-read.
//
//cabi:py canon_stream_cancel_read 13444e3c
func CanonStreamCancelRead(s *Store, streamT *StreamType, async bool, i uint64) []CoreValue {
	return cancelCopy(s, ClassReadableStreamEnd, EventStreamRead, streamT.T, async, i)
}

// CanonStreamCancelWrite is stream.cancel-write.
//
//cabi:py canon_stream_cancel_write 6882653a
func CanonStreamCancelWrite(s *Store, streamT *StreamType, async bool, i uint64) []CoreValue {
	return cancelCopy(s, ClassWritableStreamEnd, EventStreamWrite, streamT.T, async, i)
}

// CanonFutureCancelRead is future.cancel-read.
//
//cabi:py canon_future_cancel_read c5167487
func CanonFutureCancelRead(s *Store, futureT *FutureType, async bool, i uint64) []CoreValue {
	return cancelCopy(s, ClassReadableFutureEnd, EventFutureRead, futureT.T, async, i)
}

// CanonFutureCancelWrite is future.cancel-write.
//
//cabi:py canon_future_cancel_write f71d0305
func CanonFutureCancelWrite(s *Store, futureT *FutureType, async bool, i uint64) []CoreValue {
	return cancelCopy(s, ClassWritableFutureEnd, EventFutureWrite, futureT.T, async, i)
}

// cancelCopy takes the payload type, stream_or_future_t.t, instead of the type itself.
//
//cabi:py cancel_copy 74065500
func cancelCopy(s *Store, endT Class, eventCode EventCode, payloadT ValType, async bool, i uint64) []CoreValue {
	thread := currentThread(s)
	inst := thread.task.inst
	s.trapIf(!inst.mayLeave, "cancel_copy/may-leave", "the instance may not be left")
	at := inst.handles.get(i, wantEnd(endT, payloadT))
	e := isAnEnd(at, "cancel_copy/class", "the handle is no end of that kind").base()
	at.trapIf(!typesEqual(e.shared.T(), payloadT), "cancel_copy/type", "the end is of another type")
	s.trapIf(e.state != CopyStateCopying || e.hasSyncWaiter, "cancel_copy/copying", "the end is not copying, or a thread waits for it by itself")
	s.trapIf(e.inWaitableSet() && !async, "cancel_copy/in-set", "the end is in a waitable set and the call is sync")
	e.state = CopyStateCancellingCopy
	if !e.hasPendingEvent() {
		e.shared.Cancel()
		if !e.hasPendingEvent() {
			if !async {
				e.waitForPendingEvent()
			} else {
				return ints(Blocked)
			}
		}
	}
	code, index, payload := e.getPendingEvent().unpack()
	s.assert(!e.copying() && code == eventCode && index == i, "cancel_copy/event", "the event is the end's own and ends its copy")
	return ints(payload)
}
