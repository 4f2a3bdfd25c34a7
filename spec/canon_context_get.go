// definitions.py, "canon context.get"

package spec

// CanonContextGet is context.get: slot i of the thread's storage.
//
//cabi:py canon_context_get cdbb7222
func CanonContextGet(s *Store, t CoreType, i uint64) []CoreValue {
	thread := currentThread(s)
	s.assert(t == I32 || t == I64, "canon_context_get/type", "the storage holds i32s or i64s")
	s.assert(i < uint64(len(thread.storage)), "canon_context_get/slot", "the slot exists")
	result := storageSlot(thread, i, "canon_context_get")
	s.assert(*result <= maxOf(t), "canon_context_get/fits", "what is in the slot fits the type")
	return ints(*result)
}

// storageSlot is thread.storage[i] in the Python function named.
func storageSlot(thread *Thread, i uint64, function string) *uint64 {
	if i >= uint64(len(thread.storage)) {
		crash(function, "IndexError", "list index out of range")
	}
	return &thread.storage[i]
}

// maxOf is 2 ** (ptr_size(t) * 8) - 1.
func maxOf(t CoreType) uint64 { return 1<<(ptrSize(t)*8) - 1 }
