// definitions.py, "canon thread.yield"

package spec

// CanonThreadYield is thread.yield: it lets other threads run.
//
//cabi:py canon_thread_yield d7b12c70
func CanonThreadYield(s *Store, cancellable bool) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_thread_yield/may-leave", "the instance may not be left")
	cancelled := thread.yield(cancellable)
	return []CoreValue{cancelled.core()}
}
