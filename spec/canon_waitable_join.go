package spec

// CanonWaitableJoin is waitable.join: it puts a waitable into a set, or into none if si is 0.
//
//cabi:py canon_waitable_join ad83b7c5
func CanonWaitableJoin(s *Store, wi, si uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_waitable_join/may-leave", "the instance may not be left")
	we := inst.handles.get(wi, wantWaitable)
	w, ok := waitableOf(we)
	s.trapIndexIf(!ok, "canon_waitable_join/waitable-class", "the handle is no waitable", lookup{inst, wi, wantWaitable, we})
	w = waitable(w, ok, "canon_waitable_join")
	s.trapIf(w.hasSyncWaiter, "canon_waitable_join/sync-waiter", "a thread waits for the waitable by itself")
	if si == 0 {
		w.join(nil)
	} else {
		e := inst.handles.get(si, wantWaitableSet)
		wset, ok := e.(*WaitableSet)
		s.trapIndexIf(!ok, "canon_waitable_join/set-class", "the handle is no waitable set", lookup{inst, si, wantWaitableSet, e})
		w.join(waitableSet(wset, ok, "canon_waitable_join"))
	}
	return []CoreValue{}
}

// waitable is w where the Python function named takes an attribute that only waitables have. What is none gets there
// only with the trap before it switched off.
func waitable(w *Waitable, ok bool, function string) *Waitable {
	if !ok {
		crash(function, "AttributeError", "the element is no waitable")
	}
	return w
}
