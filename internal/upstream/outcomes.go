package upstream

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// The outcomes that are not particular to some built-ins.
const (
	outcomeDone  = "done"
	outcomeLater = "later" // it returned after other actions were taken
	outcomeTrap  = "trap"
)

// outcomesOf are the outcomes that a built-in of its kind may have at first sight. Those that nothing leads to are in
// unreachedOutcomes, with the reasons.
func outcomesOf(op string) []string {
	own := []string{outcomeDone}
	what, verb, _ := strings.Cut(op, ".")
	switch {
	case what == "call":
		own = []string{outcomeDone, "STARTING", "STARTED", "RETURNED", outcomeLater}
	case (what == "stream" || what == "future") && verb != "new" && !strings.HasPrefix(verb, "drop"):
		own = []string{"blocked", "COMPLETED", "DROPPED", "CANCELLED", outcomeLater}
	case op == "waitable-set.wait" || op == "waitable-set.poll":
		own = []string{"NONE", "SUBTASK", "STREAM_READ", "STREAM_WRITE", "FUTURE_READ", "FUTURE_WRITE", "TASK_CANCELLED", outcomeLater}
	case what == "thread" && (strings.HasPrefix(verb, "suspend") || strings.HasPrefix(verb, "yield")):
		own = []string{"completed", "cancelled", outcomeLater}
	case op == "subtask.cancel":
		own = []string{"blocked", "RETURNED", "CANCELLED_BEFORE_STARTED", "CANCELLED_BEFORE_RETURNED", outcomeLater}
	}
	return append(own, outcomeTrap)
}

// outcomeOf is the outcome of a built-in that did not stop the run.
func outcomeOf(w *model.World, actor string, a *model.Action, results []spec.CoreValue) string {
	if len(results) != 1 || results[0].IsFloat() {
		return outcomeDone
	}
	v := results[0].Uint64()
	what, verb, _ := strings.Cut(a.Op, ".")
	switch {
	case a.Op == "call" && isAsyncImport(w, actor, a.Imm[0]):
		return spec.SubtaskState(v & 0xf).String()
	case a.Op == "waitable-set.wait" || a.Op == "waitable-set.poll":
		return spec.EventCode(v).String()
	case what == "thread" && (strings.HasPrefix(verb, "suspend") || strings.HasPrefix(verb, "yield")):
		return []string{"completed", "cancelled"}[v&1]
	case (what == "stream" || what == "future") && verb != "new":
		if v == spec.Blocked {
			return "blocked"
		}
		return spec.CopyResult(v & 0xf).String()
	case a.Op == "subtask.cancel":
		if v == spec.Blocked {
			return "blocked"
		}
		return spec.SubtaskState(v).String()
	}
	return outcomeDone
}

// isAsyncImport reports whether an instance's import of a function is lowered async.
func isAsyncImport(w *model.World, instance, name string) bool {
	return slices.ContainsFunc(w.Imports, func(i model.Import) bool { return i.Instance == instance && i.Func == name && i.Async })
}

// isBuiltin reports whether an action is a built-in of the Canonical ABI, or a call of an import.
func isBuiltin(op string) bool {
	switch op {
	case "return", "throw", "invoke", "tick", "cancel", "stop", "memory.store":
		return false
	}
	return !model.IsLoad(op) && !strings.HasPrefix(op, "host.") && !strings.HasPrefix(op, "shared.")
}

// builtins are the names of all actions that are built-ins.
func builtins() []string {
	return slices.DeleteFunc(model.Ops(), func(op string) bool { return !isBuiltin(op) })
}
