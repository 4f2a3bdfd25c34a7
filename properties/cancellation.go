package properties

import (
	"fmt"

	"cabi/model"
	"cabi/spec"
)

var cancelDelivered = quiescentProperty(&model.Property{
	Name: "cancel-delivered",
	Statement: "When nothing goes on, no task whose cancellation is pending has a thread that is blocked cancellably, unless that is its implicit " +
		"thread, which needs the exclusive lock, and another thread that can still run holds that.",
	Kind: "quiescent",
	Origin: `CanonicalABI.md, request_cancellation: "If cancellation cannot be immediately delivered […], the request is remembered in Task.state ` +
		`and delivered at the next opportunity"`,
	Blind: "Whether a task that never blocks cancellably again, or does not react to its cancellation, ever ends.",
}, func(r *model.Run) (what, kind string) {
	for _, task := range r.Store.AllTasks() {
		if task.State() != spec.TaskPendingCancel {
			continue
		}
		for _, t := range task.Threads() {
			if t.Suspended() && t.Cancellable() && !(task.NeedsLock() && t == task.Implicit() && lockedOut(t)) {
				in := blockedIn(r, t)
				return fmt.Sprintf("nothing goes on, %s is to be cancelled, and %s is blocked in %s, cancellably, and is not told",
					task.Func(), threadName(t), in), in
			}
		}
	}
	return "", ""
})
