package pertype

//cabi:pin per-type

// canonSubtaskDrop is subtask.drop: it drops a subtask that is done.
//
//cabi:py canon_subtask_drop d653d939
func canonSubtaskDrop(task *Task, i uint64) []uint64 {
	trapIf(!task.inst.mayLeave, "canon_subtask_drop/may-leave", "the instance may not be left")
	h, ok := task.inst.waitables.remove(i).(*Subtask)
	trapIf(!ok, "canon_subtask_drop/class", "the element is no subtask")
	h.drop()
	return []uint64{}
}
