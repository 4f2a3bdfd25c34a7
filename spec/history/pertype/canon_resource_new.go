package pertype

//cabi:pin per-type

// canonResourceNew is resource.new: an own handle for a new resource with representation rep.
//
//cabi:py canon_resource_new bcccbd83
func canonResourceNew(rt *ResourceType, task *Task, rep uint64) []uint64 {
	trapIf(!task.inst.mayLeave, "canon_resource_new/may-leave", "the instance may not be left")
	h := newResourceHandle(rep, true, nil)
	i := task.inst.resources.add(rt, h)
	return []uint64{i}
}
