// definitions.py, "canon thread.yield-then-promote"

package spec

// CanonThreadYieldThenPromote is thread.yield-then-promote: it makes this thread ready again and runs another if that is ready.
//
//cabi:py canon_thread_yield_then_promote 19dffb0e
func CanonThreadYieldThenPromote(s *Store, cancellable bool, i uint64) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_thread_yield_then_promote/may-leave", "the instance may not be left")
	otherThread := threadAt(thread.task.inst, i)
	cancelled := thread.yieldThenPromote(cancellable, otherThread)
	return []CoreValue{cancelled.core()}
}
