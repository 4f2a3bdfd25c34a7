package spec

// CanonSubtaskDrop is subtask.drop: it drops a subtask whose resolution was delivered.
//
//cabi:py canon_subtask_drop 07115f97
func CanonSubtaskDrop(s *Store, i uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_subtask_drop/may-leave", "the instance may not be left")
	e := inst.handles.remove(i, wantSubtask)
	t, ok := e.(*Subtask)
	s.trapIndexIf(!ok, "canon_subtask_drop/class", "the handle is no subtask", lookup{inst, i, wantSubtask, e})
	subtaskOf(t, ok, "canon_subtask_drop").drop()
	return []CoreValue{}
}
