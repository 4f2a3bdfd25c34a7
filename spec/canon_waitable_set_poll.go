// definitions.py, "canon waitable-set.poll"

package spec

// CanonWaitableSetPoll is waitable-set.poll: waitable-set.wait that does not block.
//
//cabi:py canon_waitable_set_poll 1887e13b
func CanonWaitableSetPoll(s *Store, cancellable bool, mem *MemInst, si, ptr uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_waitable_set_poll/may-leave", "the instance may not be left")
	at := inst.handles.get(si, wantWaitableSet)
	wset := isA[*WaitableSet](at, "canon_waitable_set_poll/class", "the handle is no waitable set")
	event := wset.poll(cancellable)
	return unpackEvent(mem, inst, ptr, event)
}
