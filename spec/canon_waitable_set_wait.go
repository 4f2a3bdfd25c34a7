// definitions.py, "canon waitable-set.wait"

package spec

// CanonWaitableSetWait is waitable-set.wait: it blocks until an element of the set has an event, stores the event's
// payload at ptr and returns its code.
//
//cabi:py canon_waitable_set_wait 3951b1a6
func CanonWaitableSetWait(s *Store, cancellable bool, mem *MemInst, si, ptr uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_waitable_set_wait/may-leave", "the instance may not be left")
	at := inst.handles.get(si, wantWaitableSet)
	wset := isA[*WaitableSet](at, "canon_waitable_set_wait/class", "the handle is no waitable set")
	event := wset.waitForEvent(cancellable)
	return unpackEvent(mem, inst, ptr, event)
}

//cabi:py unpack_event fac8bdd6
func unpackEvent(mem *MemInst, inst *ComponentInstance, ptr uint64, e eventTuple) []CoreValue {
	event, p1, p2 := e.unpack()
	cx := newLiftLowerContext(&LiftLowerOptions{LiftOptions: LiftOptions{Memory: mem}}, inst, nil)
	store(cx, UintOf(p1), U32Type{}, ptr)
	store(cx, UintOf(p2), U32Type{}, add(ptr, 4))
	return ints(uint64(event))
}
