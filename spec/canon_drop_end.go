// definitions.py, "canon {stream,future}.drop-{readable,writable}"

package spec

// CanonStreamDropReadable is stream.drop-readable.
//
//cabi:py canon_stream_drop_readable e8606199
func CanonStreamDropReadable(s *Store, streamT *StreamType, i uint64) []CoreValue {
	return drop(s, ClassReadableStreamEnd, streamT.T, i)
}

// CanonStreamDropWritable is stream.drop-writable.
//
//cabi:py canon_stream_drop_writable f35ad277
func CanonStreamDropWritable(s *Store, streamT *StreamType, hi uint64) []CoreValue {
	return drop(s, ClassWritableStreamEnd, streamT.T, hi)
}

// CanonFutureDropReadable is future.drop-readable.
//
//cabi:py canon_future_drop_readable f4c0e1c3
func CanonFutureDropReadable(s *Store, futureT *FutureType, i uint64) []CoreValue {
	return drop(s, ClassReadableFutureEnd, futureT.T, i)
}

// CanonFutureDropWritable is future.drop-writable.
//
//cabi:py canon_future_drop_writable be405ad9
func CanonFutureDropWritable(s *Store, futureT *FutureType, hi uint64) []CoreValue {
	return drop(s, ClassWritableFutureEnd, futureT.T, hi)
}

// drop takes the payload type, stream_or_future_t.t, instead of the type itself.
//
//cabi:py drop f24f445f
func drop(s *Store, endT Class, payloadT ValType, hi uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "drop/may-leave", "the instance may not be left")
	at := inst.handles.remove(hi, wantEnd(endT, payloadT))
	e := isAnEnd(at, "drop/class", "the handle is no end of that kind")
	at.trapIf(!typesEqual(e.base().shared.T(), payloadT), "drop/type", "the end is of another type")
	e.drop()
	return []CoreValue{}
}
