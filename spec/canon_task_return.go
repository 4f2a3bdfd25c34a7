// definitions.py, "canon task.return"

package spec

// CanonTaskReturn is task.return: it resolves the running task with a result.
//
//cabi:py canon_task_return ff2a301b
func CanonTaskReturn(s *Store, resultType []ValType, opts *LiftOptions, flatArgs []CoreValue) []CoreValue {
	task := currentTask(s)
	s.trapIf(!task.inst.mayLeave, "canon_task_return/may-leave", "the instance may not be left")
	s.trapIf(!task.opts.Async, "canon_task_return/async", "the task's function is lifted sync")
	s.trapIf(!typeListsEqual(resultType, task.ft.Result), "canon_task_return/type", "the result is of another type than the task's function returns")
	s.trapIf(!opts.equal(&task.opts.LiftOptions), "canon_task_return/options", "the options are others than the task's function is lifted with")
	cx := newLiftLowerContext(&LiftLowerOptions{LiftOptions: *opts}, task.inst, task)
	result := liftFlatValues(cx, s.options.Limits.FlatParams, newCoreValueIter(s, flatArgs), task.ft.resultType())
	task.return_(result)
	return []CoreValue{}
}
