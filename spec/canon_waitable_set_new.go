// definitions.py, "canon waitable-set.new"

package spec

// CanonWaitableSetNew is waitable-set.new: an empty waitable set.
//
//cabi:py canon_waitable_set_new 40c86abc
func CanonWaitableSetNew(s *Store) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_waitable_set_new/may-leave", "the instance may not be left")
	i := inst.handles.add(newWaitableSet(s))
	return ints(i)
}
