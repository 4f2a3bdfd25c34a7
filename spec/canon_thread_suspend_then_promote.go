// definitions.py, "canon thread.suspend-then-promote"

package spec

// CanonThreadSuspendThenPromote is thread.suspend-then-promote: it suspends this thread and runs another if that is ready.
//
//cabi:py canon_thread_suspend_then_promote 277b59d8
func CanonThreadSuspendThenPromote(s *Store, cancellable bool, i uint64) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_thread_suspend_then_promote/may-leave", "the instance may not be left")
	otherThread := threadAt(thread.task.inst, i)
	cancelled := thread.suspendThenPromote(cancellable, otherThread)
	return []CoreValue{cancelled.core()}
}
