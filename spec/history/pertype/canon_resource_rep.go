package pertype

//cabi:pin per-type

// canonResourceRep is resource.rep: the representation of the resource that a handle refers to.
//
//cabi:py canon_resource_rep 7d71d002
func canonResourceRep(rt *ResourceType, task *Task, i uint64) []uint64 {
	h := task.inst.resources.get(rt, i)
	return []uint64{h.rep}
}
