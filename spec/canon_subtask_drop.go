// definitions.py, "canon subtask.drop"

package spec

// CanonSubtaskDrop is subtask.drop: it drops a subtask whose resolution was delivered.
//
//cabi:py canon_subtask_drop 07115f97
func CanonSubtaskDrop(s *Store, i uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_subtask_drop/may-leave", "the instance may not be left")
	at := inst.handles.remove(i, wantSubtask)
	t := isA[*Subtask](at, "canon_subtask_drop/class", "the handle is no subtask")
	t.drop()
	return []CoreValue{}
}
