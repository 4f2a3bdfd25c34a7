package resourcetable

//cabi:pin resource-table

// canonResourceRep is resource.rep: the representation of the resource that a handle refers to.
//
//cabi:py canon_resource_rep 23b8c09c
func canonResourceRep(rt *ResourceType, task *Task, i uint64) []uint64 {
	h := task.inst.resources.get(i)
	trapIf(h.rt != rt, "canon_resource_rep/type", "the handle is of another resource type")
	return []uint64{h.rep}
}
