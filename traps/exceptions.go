package traps

import "cabi/spec"

// exceptions say of the traps that nothing was found to need, and of the one that nothing takes, why.
var exceptions = map[spec.Site]string{
	"canon_lift.thread_func/code": "Redundant: unpack_callback_result/code traps before it, and CallbackCode has no other members. Nothing gets there.",
	"Table.get/empty": "Redundant for handles: every caller asks isinstance of what it got, and None is no instance. For threads it is needed: " +
		"without it canon_thread_resume_later would ask None whether it is suspended, an AttributeError of the Python. The port stops there at a check " +
		"of its own, which is for variants that keep threads with handles.",
	"SharedStreamImpl.read/same-instance":  sameInstance,
	"SharedStreamImpl.write/same-instance": sameInstance,
	"SharedFutureImpl.read/same-instance":  sameInstance,
	"SharedFutureImpl.write/same-instance": sameInstance,
	"canon_task_return/may-leave":          "Redundant: " + syncTasks + " canon_task_return/async traps.",
	"canon_task_cancel/may-leave":          "Redundant: " + syncTasks + " canon_task_cancel/async traps.",
	"canon_task_cancel/async":              "Redundant in its effect: without it, a task that is lifted sync is cancelled and then returns, as it must, and Task.return_/resolved traps; if no cancellation was delivered, Task.cancel/not-delivered traps at once.",
}

const (
	sameInstance = "A restriction, not a safeguard: definitions.py itself marks it as temporary. Nothing else was found to depend on it."
	syncTasks    = "realloc and post-return run in tasks that are lifted sync, for which"
)

// unevaluated say of asserts that no exploration evaluates, why.
var unevaluated = map[spec.Site]string{}

// why says why an assert was not evaluated.
func (a *Assert) why() string { return unevaluated[a.Site] }
