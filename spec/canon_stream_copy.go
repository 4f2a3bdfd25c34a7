// definitions.py, "canon stream.{read,write}"

package spec

// CanonStreamRead is stream.read: it copies up to n elements to ptr.
//
//cabi:py canon_stream_read 0c5846e3
func CanonStreamRead(s *Store, streamT *StreamType, opts *CanonicalOptions, i, ptr, n uint64) []CoreValue {
	return streamCopy(s, ClassReadableStreamEnd, newWritableBufferGuestImpl, EventStreamRead,
		streamT, opts, i, ptr, n)
}

// CanonStreamWrite is stream.write: it copies up to n elements from ptr.
//
//cabi:py canon_stream_write 296e31e6
func CanonStreamWrite(s *Store, streamT *StreamType, opts *CanonicalOptions, i, ptr, n uint64) []CoreValue {
	return streamCopy(s, ClassWritableStreamEnd, newReadableBufferGuestImpl, EventStreamWrite,
		streamT, opts, i, ptr, n)
}

// A guestBuffer is one of the two kinds of buffers in a guest's memory.
type guestBuffer interface {
	Buffer
	base() *bufferGuestImpl
}

func (b *bufferGuestImpl) base() *bufferGuestImpl { return b }

func newWritableBufferGuestImpl(t ValType, cx *LiftLowerContext, ptr, length uint64) guestBuffer {
	b := &writableBufferGuestImpl{}
	b.init(t, cx, ptr, length)
	return b
}

func newReadableBufferGuestImpl(t ValType, cx *LiftLowerContext, ptr, length uint64) guestBuffer {
	b := &readableBufferGuestImpl{}
	b.init(t, cx, ptr, length)
	return b
}

// A newBuffer is a class of buffers, as a constructor.
type newBuffer func(t ValType, cx *LiftLowerContext, ptr, length uint64) guestBuffer

//cabi:py stream_copy ace58672
func streamCopy(s *Store, endT Class, bufferT newBuffer, eventCode EventCode, streamT *StreamType, opts *CanonicalOptions, i, ptr, n uint64) []CoreValue {
	thread := currentThread(s)
	inst := thread.task.inst
	s.trapIf(!inst.mayLeave, "stream_copy/may-leave", "the instance may not be left")
	at := inst.handles.get(i, wantEnd(endT, streamT.T))
	en := isAnEnd(at, "stream_copy/class", "the handle is no end of that kind")
	e := en.base()
	at.trapIf(!typesEqual(e.shared.T(), streamT.T), "stream_copy/type", "the end is of another type")
	s.trapIf(e.state != CopyStateIdle, "stream_copy/idle", "the end is copying or done")
	s.trapIf(e.inWaitableSet() && !opts.Async, "stream_copy/in-set", "the end is in a waitable set and the call is sync")

	s.assertByType("stream_copy/no-char", "a stream type is no char type")
	assertStatic(!containsBorrow(streamT), "stream_copy/no-borrow", "streams carry no borrows")
	cx := newLiftLowerContext(&opts.LiftLowerOptions, inst, nil)
	buffer := bufferT(streamT.T, cx, ptr, n)

	copying := &streamCopying{e, buffer.base(), eventCode, i}

	e.state = CopyStateCopying
	copyStream(en, inst, buffer, copying)

	if !e.hasPendingEvent() {
		if !opts.Async {
			e.waitForPendingEvent()
		} else {
			return ints(Blocked)
		}
	}
	code, index, payload := e.getPendingEvent().unpack()
	s.assert(code == eventCode && index == i && payload != Blocked, "stream_copy/event", "the event is the end's own")
	return ints(payload)
}

// copyStream is e.copy(inst, buffer, on_copy, on_copy_done).
func copyStream(e end, inst *ComponentInstance, buffer Buffer, copying *streamCopying) {
	switch e := e.(type) {
	case *ReadableStreamEnd:
		e.copy(inst, buffer, copying, copying)
	case *WritableStreamEnd:
		e.copy(inst, buffer, copying, copying)
	}
}

// streamCopying is what stream_copy's inner functions capture. It is on_copy and on_copy_done.
type streamCopying struct {
	e         *CopyEnd
	buffer    *bufferGuestImpl
	eventCode EventCode
	i         uint64
}

// streamEvent is stream_copy's inner function stream_event, applied to a result and to what reclaims the buffer.
type streamEvent struct {
	*streamCopying
	result        CopyResult
	reclaimBuffer ReclaimBuffer // nil: lambda:()
}

//cabi:py stream_copy.stream_event 5ba2b8fc
func (ev *streamEvent) deliver() eventTuple {
	s := ev.e.store
	if ev.reclaimBuffer != nil {
		ev.reclaimBuffer.ReclaimBuffer()
	}
	s.assert(ev.e.copying(), "stream_copy.stream_event/copying", "an end whose copy ends is copying")
	if ev.result == CopyDropped {
		ev.e.state = CopyStateDone
	} else {
		ev.e.state = CopyStateIdle
	}
	s.assert(ev.result < 1<<4, "stream_copy.stream_event/result", "a copy's result fits into four bits")
	s.assert(ev.buffer.progress <= s.options.Limits.BufferLength && s.options.Limits.BufferLength < 1<<28, "stream_copy.stream_event/progress", "a copy's progress fits into 28 bits")
	packedResult := uint64(ev.result) | ev.buffer.progress<<4
	return eventTuple{ev.eventCode, ev.i, packedResult}
}

// OnCopy makes an event pending that takes the buffer back when it is delivered.
//
//cabi:py stream_copy.on_copy f6fe465a
func (c *streamCopying) OnCopy(reclaimBuffer ReclaimBuffer) {
	c.e.setPendingEvent(&streamEvent{c, CopyCompleted, reclaimBuffer})
}

// OnCopyDone makes the last event of the copy pending.
//
//cabi:py stream_copy.on_copy_done bf1c8523
func (c *streamCopying) OnCopyDone(result CopyResult) {
	c.e.setPendingEvent(&streamEvent{c, result, nil})
}
