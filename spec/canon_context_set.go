// definitions.py, "canon context.set"

package spec

// CanonContextSet is context.set: it sets slot i of the thread's storage.
//
//cabi:py canon_context_set be0b0152
func CanonContextSet(s *Store, t CoreType, i uint64, v uint64) []CoreValue {
	thread := currentThread(s)
	s.assert(t == I32 || t == I64, "canon_context_set/type", "the storage holds i32s or i64s")
	s.assert(i < uint64(len(thread.storage)), "canon_context_set/slot", "the slot exists")
	s.assert(v <= maxOf(t), "canon_context_set/fits", "what is set fits the type")
	*storageSlot(thread, i, "canon_context_set") = v
	return []CoreValue{}
}
