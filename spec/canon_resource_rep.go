package spec

// CanonResourceRep is resource.rep: the representation of the resource that a handle refers to.
//
//cabi:py canon_resource_rep b0dd7c5c
func CanonResourceRep(s *Store, rt *ResourceType, i uint64) []CoreValue {
	inst, want := currentInstance(s), wantResource(rt)
	e := inst.handles.get(i, want)
	h, ok := e.(*ResourceHandle)
	s.trapIndexIf(!ok, "canon_resource_rep/class", "the handle is no resource handle", lookup{inst, i, want, e})
	h = resourceHandle(h, ok, "canon_resource_rep")
	s.trapIndexIf(h.rt != rt, "canon_resource_rep/type", "the handle is of another resource type", lookup{inst, i, want, e})
	return []CoreValue{h.rep.core()}
}
