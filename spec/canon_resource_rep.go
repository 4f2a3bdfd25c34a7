// definitions.py, "canon resource.rep"

package spec

// CanonResourceRep is resource.rep: the representation of the resource that a handle refers to.
//
//cabi:py canon_resource_rep b0dd7c5c
func CanonResourceRep(s *Store, rt *ResourceType, i uint64) []CoreValue {
	at := currentInstance(s).handles.get(i, wantResource(rt))
	h := isA[*ResourceHandle](at, "canon_resource_rep/class", "the handle is no resource handle")
	at.trapIf(h.rt != rt, "canon_resource_rep/type", "the handle is of another resource type")
	return []CoreValue{h.rep.core()}
}
