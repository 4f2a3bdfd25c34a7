// definitions.py, "canon thread.yield-then-resume"

package spec

// CanonThreadYieldThenResume is thread.yield-then-resume: it makes this thread ready again and runs another that is suspended.
//
//cabi:py canon_thread_yield_then_resume d976416e
func CanonThreadYieldThenResume(s *Store, cancellable bool, i uint64) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_thread_yield_then_resume/may-leave", "the instance may not be left")
	otherThread := threadAt(thread.task.inst, i)
	s.trapIf(!otherThread.suspended(), "canon_thread_yield_then_resume/suspended", "the thread is not suspended")
	cancelled := thread.yieldThenResume(cancellable, otherThread)
	return []CoreValue{cancelled.core()}
}
