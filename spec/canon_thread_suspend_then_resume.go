// definitions.py, "canon thread.suspend-then-resume"

package spec

// CanonThreadSuspendThenResume is thread.suspend-then-resume: it suspends this thread and runs another that is suspended.
//
//cabi:py canon_thread_suspend_then_resume 22436d47
func CanonThreadSuspendThenResume(s *Store, cancellable bool, i uint64) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_thread_suspend_then_resume/may-leave", "the instance may not be left")
	otherThread := threadAt(thread.task.inst, i)
	s.trapIf(!otherThread.suspended(), "canon_thread_suspend_then_resume/suspended", "the thread is not suspended")
	cancelled := thread.suspendThenResume(cancellable, otherThread)
	return []CoreValue{cancelled.core()}
}
