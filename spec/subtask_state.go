// definitions.py, "Subtask State"

package spec

import "fmt"

// A Subtask is one call of an import, from its caller's side.
//
//cabi:py Subtask e950c1b8
type Subtask struct {
	Waitable
	state                 SubtaskState
	onCancel              OnCancel
	lenders               []*ResourceHandle
	delivered             bool // Python: lenders is None
	cancellationRequested bool
	flatResults           []CoreValue
}

// A SubtaskState is how far a subtask has come, as core code gets it.
//
//cabi:py Subtask.State 3468b23b
type SubtaskState uint8

// The states of a subtask, as core code gets them.
const (
	SubtaskStarting SubtaskState = iota
	SubtaskStarted
	SubtaskReturned
	SubtaskCancelledBeforeStarted
	SubtaskCancelledBeforeReturned
)

func (s SubtaskState) String() string {
	return [...]string{"STARTING", "STARTED", "RETURNED", "CANCELLED_BEFORE_STARTED", "CANCELLED_BEFORE_RETURNED"}[s]
}

//cabi:py Subtask.__init__ edc8e455
func newSubtask(s *Store) *Subtask {
	t := &Subtask{}
	t.Waitable.init(s, t)
	t.state = SubtaskStarting
	t.onCancel = nil
	t.lenders, t.delivered = nil, false
	t.cancellationRequested = false
	t.flatResults = nil
	return t
}

func (t *Subtask) class() Class { return ClassSubtask }

func (t *Subtask) describe() string { return fmt.Sprintf("subtask in state %s", t.state) }

//cabi:py Subtask.resolved 7185d1e7
func (t *Subtask) resolved() bool {
	switch t.state {
	case SubtaskStarting,
		SubtaskStarted:
		return false
	default: // SubtaskReturned, SubtaskCancelledBeforeStarted, SubtaskCancelledBeforeReturned
		return true
	}
}

// subtaskResolved is the bound method resolved.
type subtaskResolved struct{ t *Subtask }

func (r subtaskResolved) Ready() bool { return r.t.resolved() }

//cabi:py Subtask.add_lender ed15800d
func (t *Subtask) addLender(lendingHandle *ResourceHandle) {
	t.store.assert(!t.resolveDelivered() && !t.resolved(), "Subtask.add_lender/unresolved", "handles are lent to a subtask before it is resolved")
	lendingHandle.numLends++
	t.lenders = append(t.lenders, lendingHandle)
}

//cabi:py Subtask.resolve 453f06e2
func (t *Subtask) resolve(state SubtaskState, flatResults []CoreValue) {
	t.store.assert(state == SubtaskReturned || len(flatResults) == 0, "Subtask.resolve/no-results", "a cancelled subtask has no results")
	t.store.assert(!t.resolved(), "Subtask.resolve/once", "a subtask is resolved once")
	t.state = state
	t.flatResults = flatResults
	t.store.assert(t.resolved(), "Subtask.resolve/resolved", "a subtask is resolved to a final state")
}

//cabi:py Subtask.deliver_resolve d84b2788
func (t *Subtask) deliverResolve() {
	t.store.assert(!t.resolveDelivered() && t.resolved(), "Subtask.deliver_resolve/once", "a subtask's resolution is delivered once")
	for _, h := range t.lenders {
		h.numLends--
	}
	t.lenders, t.delivered = nil, true
}

//cabi:py Subtask.resolve_delivered 2f1d3cfa
func (t *Subtask) resolveDelivered() bool {
	t.store.assert(!t.delivered || t.resolved(), "Subtask.resolve_delivered/resolved", "only a resolved subtask has its resolution delivered")
	return t.delivered
}

//cabi:py Subtask.drop de592aba
func (t *Subtask) drop() {
	t.store.trapIf(!t.resolveDelivered(), "Subtask.drop/undelivered", "the subtask's resolution was not delivered")
	t.Waitable.drop()
}
