// definitions.py, "canon subtask.cancel"

package spec

// Blocked is what an async built-in returns when it has blocked.
//
//cabi:py BLOCKED 757f91ea
const Blocked = 0xffff_ffff

// CanonSubtaskCancel is subtask.cancel: it asks a subtask's callee to cancel.
//
//cabi:py canon_subtask_cancel ea8f038b
func CanonSubtaskCancel(s *Store, async bool, i uint64) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_subtask_cancel/may-leave", "the instance may not be left")
	at := thread.task.inst.handles.get(i, wantSubtask)
	subtask := isA[*Subtask](at, "canon_subtask_cancel/class", "the handle is no subtask")
	s.trapIf(subtask.resolveDelivered(), "canon_subtask_cancel/delivered", "the subtask's resolution was already delivered")
	s.trapIf(subtask.cancellationRequested, "canon_subtask_cancel/requested", "cancellation was already requested")
	s.trapIf(subtask.inWaitableSet() && !async, "canon_subtask_cancel/in-set", "the subtask is in a waitable set and the call is sync")
	if subtask.resolved() {
		s.assert(subtask.hasPendingEvent(), "canon_subtask_cancel/has-event", "a resolution that was not delivered is pending")
	} else {
		subtask.cancellationRequested = true
		subtask.requestCancel(thread.task.inst)
		if !subtask.resolved() {
			if !async {
				subtask.waitForPendingEvent()
			} else {
				return ints(Blocked)
			}
		}
	}
	code, index, payload := subtask.getPendingEvent().unpack()
	s.assert(code == EventSubtask && index == i && payload == uint64(subtask.state), "canon_subtask_cancel/event", "the event is the subtask's resolution")
	s.assert(subtask.resolveDelivered(), "canon_subtask_cancel/resolve-delivered", "the subtask's resolution is delivered")
	return ints(uint64(subtask.state))
}

// requestCancel is subtask.on_cancel(caller).
func (t *Subtask) requestCancel(caller *ComponentInstance) {
	if t.onCancel == nil {
		crash("canon_subtask_cancel", "TypeError", "'NoneType' object is not callable")
	}
	t.onCancel.OnCancel(caller)
}
