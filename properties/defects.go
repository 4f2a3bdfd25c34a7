package properties

import "cabi/model"

// A Defect is a violation that the specification has at the pin, as a search of a world finds it.
type Defect struct {
	World    string
	Property *model.Property
	Kind     string // of the violation, as Checker.Kind returns it: a site, or the place at which a thread is stuck
	Actions  int    // how many actions the counterexample has
	Cause    string // Cause.What, where the world has several defects of the kind; empty: it has one
}

// KnownDefects are the defects that searches find. docs/findings.md has their traces. TestPromises fails when one is repaired
// upstream, when another is found before it, or when there is a new one.
var KnownDefects = []Defect{
	{"backpressure", noAssertionFailure, "canon_subtask_cancel/resolve-delivered", 12, ""},
	{"children", noAssertionFailure, "Thread.resume/resumable", 8, ""},
	{"children", cancelDelivered, "thread.suspend", 8, ""},
	{"children", noAssertionFailure, "Waitable.wait_for_pending_event/alone", 8, ""},
	{"children", noCrash, "Waitable.get_pending_event/TypeError", 10, ""},
	{"futures", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 3, ""},
	{"host-streams", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 6, ""},
	{"host-reads", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 6, ""},
	{"host-calls", noAssertionFailure, "canon_subtask_cancel/resolve-delivered", 5, ""},
	{"transfers", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 8, ""},
	{"tasks", stackDiscipline, "order", 6, ""},
	{"reentrance", noAssertionFailure, "Store.lower.core_func_inst/entered", 7, ""},
	{"cancel", cancelDelivered, "callback wait", 8, ""},
	{"subtasks", residualBackpressure, "", 8, ""},
	{"backpressure", residualBackpressure, "", 8, ""},
	{"tasks", residualBackpressure, "", 4, ""},
	{"cancel", residualBackpressure, "", 6, ""},
	{"loops", residualBackpressure, "", 10, ""},
	{"donuts", residualBackpressure, "", 4, ""},
	{"donuts", stackDiscipline, "order", 6, "core code that a sync function resumes goes on above it"},
	{"donuts", stackDiscipline, "order", 11, "core code that is cancelled goes on above a sync function"},
	{"donuts", noAssertionFailure, "Thread.resume/resumable", 8, ""},
	{"handovers", residualBackpressure, "", 4, ""},
	{"handovers", cancelDelivered, "callback wait", 8, ""},
	{"helpers", noCrash, "canon_error_context_new/NameError", 2, ""},
	{"error-contexts", noCrash, "canon_error_context_new/NameError", 1, ""},
	{"error-contexts", memoryFixed, "", 2, ""},
	{"encodings", noAssertionFailure, "store_string_copy/realloc-max", 2, ""},
	{"encodings", noAssertionFailure, "store_string_to_utf8/realloc-max", 2, ""},
	{"encodings", textLiftable, "", 4, ""},
	{"streams", dropTold, "", 8, ""},
	{"host-streams", dropTold, "", 6, ""},
	{"host-reads", dropTold, "", 8, ""},
	{"units", dropTold, "", 10, ""},
	{"units", noAssertionFailure, "SharedFutureImpl.drop/pending-read", 8, ""},
	{"targets", residualBackpressure, "", 4, ""},
	{"threads", residualBackpressure, "", 6, ""},
	{"targets", cancelDelivered, "callback wait", 8, ""},
}
