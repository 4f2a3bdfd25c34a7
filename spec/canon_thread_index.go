// definitions.py, "canon thread.index"

package spec

// CanonThreadIndex is thread.index: the running thread's own index.
//
//cabi:py canon_thread_index ad757bb1
func CanonThreadIndex(s *Store) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_thread_index/may-leave", "the instance may not be left")
	s.assert(thread.index != nil, "canon_thread_index/index", "a running thread has an index")
	return ints(*thread.index)
}
