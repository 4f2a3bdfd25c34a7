package resourcetable

//cabi:pin resource-table

// canonResourceNew is resource.new: an own handle for a new resource with representation rep.
//
//cabi:py canon_resource_new f977d8e0
func canonResourceNew(rt *ResourceType, task *Task, rep uint64) []uint64 {
	trapIf(!task.inst.mayLeave, "canon_resource_new/may-leave", "the instance may not be left")
	h := newResourceHandle(rt, rep, true, nil)
	i := task.inst.resources.add(h)
	return []uint64{i}
}
