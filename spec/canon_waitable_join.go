// definitions.py, "canon waitable.join"

package spec

// CanonWaitableJoin is waitable.join: it puts a waitable into a set, or into none if si is 0.
//
//cabi:py canon_waitable_join ad83b7c5
func CanonWaitableJoin(s *Store, wi, si uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_waitable_join/may-leave", "the instance may not be left")
	at := inst.handles.get(wi, wantWaitable)
	w := isAWaitable(at, "canon_waitable_join/waitable-class", "the handle is no waitable")
	s.trapIf(w.hasSyncWaiter, "canon_waitable_join/sync-waiter", "a thread waits for the waitable by itself")
	if si == 0 {
		w.join(nil)
	} else {
		at := inst.handles.get(si, wantWaitableSet)
		wset := isA[*WaitableSet](at, "canon_waitable_join/set-class", "the handle is no waitable set")
		w.join(wset)
	}
	return []CoreValue{}
}
