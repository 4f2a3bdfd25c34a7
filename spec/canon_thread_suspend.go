// definitions.py, "canon thread.suspend"

package spec

// CanonThreadSuspend is thread.suspend: it blocks until another thread resumes this one.
//
//cabi:py canon_thread_suspend c2ed68e8
func CanonThreadSuspend(s *Store, cancellable bool) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_thread_suspend/may-leave", "the instance may not be left")
	cancelled := thread.suspend(cancellable)
	return []CoreValue{cancelled.core()}
}
