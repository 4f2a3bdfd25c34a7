// definitions.py, "canon thread.resume-later"

package spec

// CanonThreadResumeLater is thread.resume-later: it makes a suspended thread ready.
//
//cabi:py canon_thread_resume_later 3565f8e1
func CanonThreadResumeLater(s *Store, i uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_thread_resume_later/may-leave", "the instance may not be left")
	otherThread := threadAt(inst, i)
	s.trapIf(!otherThread.suspended(), "canon_thread_resume_later/suspended", "the thread is not suspended")
	otherThread.resumeLater()
	return []CoreValue{}
}

// threadAt is inst.threads.get(i). Where a variant keeps threads among the handles, the index may name something else.
func threadAt(inst *ComponentInstance, i uint64) *Thread {
	at := inst.threads.get(i, wantThread)
	thread, ok := at.found.(*Thread)
	at.trapIf(!ok, "variant/thread-class", "the handle is no thread")
	if !ok {
		crash("Table.get", "AttributeError", "the element is no thread")
	}
	return thread
}
