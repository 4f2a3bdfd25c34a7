package suite

import (
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Situations are when core code is called or goes on, where that decides what the specification lets it do: while a sync call into its
// instance is under way, which has the instance to itself; while its task is to be cancelled and was not told; and by whom it goes on.
const (
	insideSync = "inside a sync call"
	pending    = "with a cancellation pending"
)

// situationsOf are the situations of the task of an activation.
func situationsOf(r *model.Run, at *model.Activation) []string {
	if at.Thread() == nil {
		return nil
	}
	task := at.Thread().Task()
	var all []string
	if underSyncCall(r.Store, task) {
		all = append(all, insideSync)
	}
	if task.State() == spec.TaskPendingCancel {
		all = append(all, pending)
	}
	return all
}

// underSyncCall reports whether a sync call into the instance of a task is under way, other than the task.
func underSyncCall(s *spec.Store, task *spec.Task) bool {
	for _, t := range s.AllTasks() {
		if t != task && t.Instance() == task.Instance() && isSync(t) && t.State() == spec.TaskStarted && len(t.Threads()) > 0 {
			return true
		}
	}
	return false
}

// isSync reports whether a task is a call of a function whose type is sync.
func isSync(t *spec.Task) bool { return t.Lift() == "sync" && !t.NeedsLock() }

// recordSituations records a goal in each of the situations that it is reached in.
func (c *coverageRecorder) recordSituations(r *model.Run, at *model.Activation, goal string) {
	for _, s := range situationsOf(r, at) {
		c.record(Goal(goal + ", " + s))
	}
}

// recordEntry records in which situations a function is called, or a callback, and which switch of another thread had the callback called.
func (c *coverageRecorder) recordEntry(r *model.Run, at *model.Activation) {
	switch at.Kind {
	case model.KindFunc:
		c.recordSituations(r, at, "entry: "+at.Thread().Task().Lift())
	case model.KindCallback:
		goal := "callback: " + event(at.Args[0].Uint64(), at.Args[2].Uint64())
		c.record(Goal(goal))
		c.recordSituations(r, at, goal)
		if op := c.lastOp(r); strings.HasSuffix(op, "-promote") {
			c.record(Goal(goal + ", by " + op))
		}
	}
}
