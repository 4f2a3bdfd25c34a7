package properties

import (
	"slices"

	"cabi/model"
	"cabi/spec"
)

// Predicates of states that several checkers need.

// atHost reports whether control is with the host: every core function that it called has returned or is blocked.
func atHost(r *model.Run) bool { return r.Store.Running() == nil }

// quiescent reports whether control is with the host and no thread is ready: nothing happens until the host acts.
func quiescent(r *model.Run) bool { return atHost(r) && !r.SomeReady() }

// halfDone reports whether the run is in the middle of a step that the specification takes as one: realloc runs while values are
// lowered, or the host while a stream or future that it implements is used. Between the parts of such a step, counts and
// tables need not agree.
func halfDone(r *model.Run) bool {
	for _, at := range r.Activations {
		if at.Kind == model.KindRealloc || at.Kind == model.KindHostShared {
			return true
		}
	}
	return false
}

// blockedIn names the place at which a thread is blocked: the built-in that its core code is calling, or if it has none on the
// stack, the step at which the specification blocked it.
func blockedIn(r *model.Run, t *spec.Thread) string {
	for _, at := range slices.Backward(r.Activations) {
		if at.Thread() == t && at.Pending != nil {
			return at.Pending.Op
		}
	}
	switch t.WaitsFor().Kind {
	case spec.WaitsToEnter:
		return "entry"
	case spec.WaitsForLock:
		return "callback yield"
	case spec.WaitsForSet:
		return "callback wait"
	default:
		return "thread.new-indirect"
	}
}

// threadName describes a thread for people.
func threadName(t *spec.Thread) string {
	if t == t.Task().Implicit() || t.Task().Implicit() == nil {
		return "the implicit thread of " + t.Task().Func()
	}
	return "a thread of " + t.Task().Func()
}

// lockedOut reports whether the exclusive lock of t's instance is held by another thread that can still run.
func lockedOut(t *spec.Thread) bool {
	holder := t.Instance().Exclusive()
	return holder != nil && holder != t && !holder.Running()
}
