// definitions.py, "canon resource.new"

package spec

// CanonResourceNew is resource.new: an own handle for a new resource with representation rep.
//
//cabi:py canon_resource_new 7eca7751
func CanonResourceNew(s *Store, rt *ResourceType, rep uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_resource_new/may-leave", "the instance may not be left")
	h := newResourceHandle(rt, UintOf(rep), true, nil)
	i := inst.handles.add(h)
	return ints(i)
}
