// definitions.py, "canon {stream,future}.new"

package spec

// CanonStreamNew is stream.new: both ends of a new stream, the writable one's index in the upper half.
//
//cabi:py canon_stream_new c84fa201
func CanonStreamNew(s *Store, streamT *StreamType) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_stream_new/may-leave", "the instance may not be left")
	shared := NewSharedStreamImpl(s, streamT.T)
	ri := inst.handles.add(newReadableStreamEnd(s, shared))
	wi := inst.handles.add(newWritableStreamEnd(s, shared))
	return ints(ri | wi<<32)
}

// CanonFutureNew is future.new: both ends of a new future, the writable one's index in the upper half.
//
//cabi:py canon_future_new 3361c8ac
func CanonFutureNew(s *Store, futureT *FutureType) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_future_new/may-leave", "the instance may not be left")
	shared := NewSharedFutureImpl(s, futureT.T)
	ri := inst.handles.add(newReadableFutureEnd(s, shared))
	wi := inst.handles.add(newWritableFutureEnd(s, shared))
	return ints(ri | wi<<32)
}
