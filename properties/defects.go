package properties

import "cabi/model"

// A Defect is one of the specification's at the pin, as a search shows it.
type Defect struct {
	World    string
	Property *model.Property
	Kind     string // of the violation, as Checker.Kind says it: a site, or what is stuck
	Actions  int    // how many it takes
}

// KnownDefects are those that searches find. docs/findings.md has their traces. When one is repaired upstream, when another comes
// before it, or when there is one more, a test turns red.
var KnownDefects = []Defect{
	{"backpressure", noAssertionFailure, "canon_subtask_cancel/resolve-delivered", 12},
	{"children", noAssertionFailure, "Thread.resume/resumable", 8},
	{"children", cancelDelivered, "thread.suspend", 8},
	{"children", noAssertionFailure, "Waitable.wait_for_pending_event/alone", 8},
	{"children", noCrash, "Waitable.get_pending_event/TypeError", 10},
	{"futures", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 3},
	{"host-streams", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 6},
	{"host-reads", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 6},
	{"host-calls", noAssertionFailure, "canon_subtask_cancel/resolve-delivered", 5},
	{"transfers", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 8},
	{"tasks", stackDiscipline, "order", 6},
	{"reentrance", noAssertionFailure, "Store.lower.core_func_inst/entered", 7},
	{"cancel", cancelDelivered, "callback wait", 8},
	{"subtasks", residualBackpressure, "", 8},
	{"backpressure", residualBackpressure, "", 8},
	{"tasks", residualBackpressure, "", 4},
	{"cancel", residualBackpressure, "", 6},
	{"helpers", noCrash, "canon_error_context_new/NameError", 2},
	{"error-contexts", noCrash, "canon_error_context_new/NameError", 1},
}
