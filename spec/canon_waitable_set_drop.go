// definitions.py, "canon waitable-set.drop"

package spec

// CanonWaitableSetDrop is waitable-set.drop: it drops an empty set that no thread waits on.
//
//cabi:py canon_waitable_set_drop 5da83e69
func CanonWaitableSetDrop(s *Store, i uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_waitable_set_drop/may-leave", "the instance may not be left")
	at := inst.handles.remove(i, wantWaitableSet)
	wset := isA[*WaitableSet](at, "canon_waitable_set_drop/class", "the handle is no waitable set")
	wset.drop()
	return []CoreValue{}
}
