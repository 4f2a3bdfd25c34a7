// definitions.py, "canon task.cancel"

package spec

// CanonTaskCancel is task.cancel: it resolves the running task as cancelled.
//
//cabi:py canon_task_cancel a9a791f4
func CanonTaskCancel(s *Store) []CoreValue {
	task := currentTask(s)
	s.trapIf(!task.inst.mayLeave, "canon_task_cancel/may-leave", "the instance may not be left")
	s.trapIf(!task.opts.Async, "canon_task_cancel/async", "the task's function is lifted sync")
	task.cancel()
	return []CoreValue{}
}
