package model

import (
	"errors"
	"slices"

	"cabi/spec"
)

// hostMenu are, for each kind of action of the host, its actions at an activation. The host keeps to the preconditions of upstream:
//
//   - "on_cancel" is called at most once, and not after the call has been resolved (CanonicalABI.md, Embedding:
//     a host may request cancellation of a call that has not returned; Task.request_cancellation asserts it);
//   - Store.tick is called while nothing runs (Store.tick asserts it): it is only on the host's own menu;
//   - a host function calls on_start before on_resolve, each at most once, and resolves with no value only after it was
//     asked to cancel (canon_lower's on_start and on_resolve assert it); one of sync type has resolved when it returns;
//   - a stream or future is not used after it was dropped, nor copied while a copy is pending.
var hostMenu map[string]func(r *Run, at *Activation, a Action) []Action

func init() {
	hostMenu = map[string]func(r *Run, at *Activation, a Action) []Action{
		opInvoke:                 (*Run).invokeActions,
		opTick:                   (*Run).tickActions,
		opCancel:                 (*Run).cancelActions,
		"host.start":             (*Run).startActions,
		"host.resolve":           (*Run).resolveActions,
		"host.resolve-cancelled": (*Run).resolveCancelledActions,
		"shared.read":            (*Run).sharedReadActions,
		"shared.write":           (*Run).sharedWriteActions,
		"shared.cancel":          (*Run).sharedCancelActions,
		"shared.drop":            (*Run).sharedDropActions,
		"shared.reclaim":         (*Run).sharedReclaimActions,
		"shared.copy":            (*Run).sharedCopyActions,
		"shared.done":            (*Run).sharedDoneActions,
	}
}

// onlyAtRest reports whether the host takes actions of a kind only while it is not called.
func onlyAtRest(op string) bool { return op == opInvoke || op == opTick || op == opCancel }

// mayReturn reports whether an activation may return. Core code always may; the host may return from a sync function once it has
// resolved the call.
func (r *Run) mayReturn(at *Activation) bool {
	if at.Kind != KindHostFunc {
		return true
	}
	call := r.host.calls[at.Args[0].Uint64()]
	return call.ft.Async || call.Resolved
}

// with is the action with these numbers.
func (a Action) with(numbers ...uint64) Action {
	args := make([]spec.CoreValue, len(numbers))
	for i, v := range numbers {
		args[i] = spec.CoreInt(v)
	}
	return Action{Op: a.Op, Imm: a.Imm, Args: args}
}

// invokeActions are calls of an export with the first of the host's values of each type; hostValues are how many of them.
func (r *Run) invokeActions(_ *Activation, a Action) []Action {
	actions := []Action{a.with()}
	for _, t := range r.funcs[a.Imm[0]].ft.Params {
		var longer []Action
		for _, before := range actions {
			for v := range hostValues(t) {
				longer = append(longer, Action{Op: before.Op, Imm: before.Imm, Args: append(slices.Clip(before.Args), spec.CoreInt(uint64(v)))})
			}
		}
		actions = longer
	}
	return actions
}

// hostValues is how many values of a type the host's menu has: two streams or futures, one of the specification's and one that the
// host implements; as many variants and results as there are cases; two options, none and some; two strings and lists, empty and of
// one element; as many records as their fields have at most; otherwise one.
func hostValues(t spec.ValType) int {
	switch t := t.(type) {
	case *spec.StreamType, *spec.FutureType, spec.StringType, *spec.MapType:
		return 2
	case *spec.ListType:
		if t.L == nil {
			return 2
		}
		return hostValues(t.T)
	case *spec.TupleType, *spec.RecordType:
		most := 1
		for _, part := range partsOf(t) {
			most = max(most, hostValues(part))
		}
		return most
	}
	return max(1, min(len(casesOf(t)), mostCases))
}

// tickActions are none if no thread is ready, because a tick then changes nothing.
func (r *Run) tickActions(_ *Activation, a Action) []Action {
	if !r.SomeReady() {
		return nil
	}
	return []Action{a}
}

func (r *Run) cancelActions(_ *Activation, a Action) []Action {
	var actions []Action
	for k, c := range r.invocations {
		if !c.Resolved && !c.CancelRequested {
			actions = append(actions, a.with(uint64(k)))
		}
	}
	return actions
}

// hostCallsOf are the calls of the host's functions that it may start or resolve in an activation: while it is called, only that call;
// at rest, all of async functions.
func (r *Run) hostCallsOf(at *Activation, where func(*HostCall) bool) []uint64 {
	var ks []uint64
	for k, c := range r.host.calls {
		mine := at.Kind == KindHost && c.ft.Async || at.Kind != KindHostShared && at.Kind != KindHost && at.Args[0].Uint64() == uint64(k)
		if mine && !c.Resolved && where(c) {
			ks = append(ks, uint64(k))
		}
	}
	return ks
}

func (r *Run) startActions(at *Activation, a Action) []Action {
	var actions []Action
	for _, k := range r.hostCallsOf(at, func(c *HostCall) bool { return !c.Started }) {
		actions = append(actions, a.with(k))
	}
	return actions
}

func (r *Run) resolveActions(at *Activation, a Action) []Action {
	var actions []Action
	for _, k := range r.hostCallsOf(at, func(c *HostCall) bool { return c.Started }) {
		result := r.host.calls[k].ft.Result
		if len(result) == 0 {
			actions = append(actions, a.with(k))
			continue
		}
		for v := range hostResults(result[0]) {
			actions = append(actions, a.with(k, uint64(v)))
		}
	}
	return actions
}

// hostResults is how many values of a type the host's menu has for the result of a function of the host: as many as hostValues, but one
// stream or future, of the specification's.
func hostResults(t spec.ValType) int {
	switch t.(type) {
	case *spec.StreamType, *spec.FutureType:
		return 1
	}
	return hostValues(t)
}

func (r *Run) resolveCancelledActions(at *Activation, a Action) []Action {
	var actions []Action
	for _, k := range r.hostCallsOf(at, func(c *HostCall) bool { return c.CancelRequested }) {
		actions = append(actions, a.with(k))
	}
	return actions
}

// sharedOf are the streams and futures that the host may act on in an activation: while it is called as the implementation of one,
// only that; at rest, all.
func (r *Run) sharedOf(at *Activation, where func(*HostShared) bool) []uint64 {
	var ks []uint64
	for k, s := range r.host.shared {
		mine := at.Kind == KindHost || at.Kind == KindHostShared && at.Args[0].Uint64() == uint64(k)
		if mine && where(s) {
			ks = append(ks, uint64(k))
		}
	}
	return ks
}

// free reports whether the host may use its end of a stream or future of the specification.
func (s *HostShared) free() bool { return !s.Own && !s.Copying && !s.Closed }

func (r *Run) sharedReadActions(at *Activation, a Action) []Action {
	var actions []Action
	for _, k := range r.sharedOf(at, func(s *HostShared) bool { return s.free() && !s.Made }) {
		for _, n := range r.hostLengths(k) {
			actions = append(actions, a.with(k, n))
		}
	}
	return actions
}

func (r *Run) sharedWriteActions(at *Activation, a Action) []Action {
	var actions []Action
	for _, k := range r.sharedOf(at, func(s *HostShared) bool { return s.free() && s.Made }) {
		for _, n := range r.hostLengths(k) {
			actions = append(actions, a.with(k, n, 0))
		}
	}
	return actions
}

// hostLengths are the lengths of the host's buffers.
func (r *Run) hostLengths(k uint64) []uint64 {
	if !r.host.shared[k].Stream || len(r.World.Lengths) == 0 {
		return []uint64{1}
	}
	return r.World.Lengths
}

func (r *Run) sharedCancelActions(at *Activation, a Action) []Action {
	return r.sharedActions(at, a, func(s *HostShared) bool { return !s.Own && s.Copying && !s.CanReclaim })
}

// sharedDropActions leave out the writable end of a future that was not written, which upstream requires first.
func (r *Run) sharedDropActions(at *Activation, a Action) []Action {
	return r.sharedActions(at, a, func(s *HostShared) bool { return s.free() && (s.Stream || !s.Made) })
}

func (r *Run) sharedReclaimActions(at *Activation, a Action) []Action {
	return r.sharedActions(at, a, func(s *HostShared) bool { return s.CanReclaim && s.Copying })
}

// sharedActions are an action on each of some streams and futures.
func (r *Run) sharedActions(at *Activation, a Action, where func(*HostShared) bool) []Action {
	var actions []Action
	for _, k := range r.sharedOf(at, where) {
		actions = append(actions, a.with(k))
	}
	return actions
}

// pending reports whether a guest's copy is pending, and the host implements the stream or future.
func (s *HostShared) pending() bool { return s.Own && s.Copying && s.Pending != nil }

func (r *Run) sharedCopyActions(at *Activation, a Action) []Action {
	var actions []Action
	for _, k := range r.sharedOf(at, func(s *HostShared) bool { return s.pending() && s.Pending.Remain() > 0 }) {
		actions = append(actions, a.with(k, 1, 0))
	}
	return actions
}

// sharedDoneActions are the ways in which a copy can end: a future's completes if and only if the value was written; a copy ends as
// cancelled only if a guest has asked for that.
func (r *Run) sharedDoneActions(at *Activation, a Action) []Action {
	var actions []Action
	for _, k := range r.sharedOf(at, (*HostShared).pending) {
		s := r.host.shared[k]
		written := s.Pending.Remain() == 0
		if s.Stream || written {
			actions = append(actions, a.with(k, uint64(spec.CopyCompleted)))
		}
		if s.Stream {
			actions = append(actions, a.with(k, uint64(spec.CopyDropped)))
		}
		if s.CancelRequested && (s.Stream || !written) {
			actions = append(actions, a.with(k, uint64(spec.CopyCancelled)))
		}
	}
	return actions
}

// hostMay reports whether an action keeps to the preconditions of upstream: the host's menu has one of its kind on the same call, stream
// or future.
func (r *Run) hostMay(at *Activation, a Action) bool {
	actions := hostMenu[a.Op]
	if actions == nil || a.Op == opTick || a.Op == opInvoke {
		return true
	}
	return slices.ContainsFunc(actions(r, at, a.with()), func(o Action) bool { return o.Args[0] == a.Args[0] })
}

// HostMay reports whether an action of the host keeps to the preconditions of upstream.
func (r *Run) HostMay(at *Activation, a Action) bool {
	return hostMenu[a.Op] == nil || r.hostMay(at, a)
}

// whyNot says why upstream does not allow an action to the host.
func (r *Run) whyNot(a Action) error {
	switch {
	case a.Op != opCancel:
		return errors.New("upstream does not allow it there")
	case r.invocations[n(a, 0)].Resolved:
		return errors.New("the call is resolved")
	}
	return errors.New("its cancellation was requested already")
}
