package model

import (
	"slices"

	"cabi/spec"
)

// hostOffers are the numbers with which the host may do each of its actions. The host keeps to what upstream asks of it:
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

// atTop are the actions that the host takes while nothing runs.
var onlyAtRest = map[string]bool{opInvoke: true, opTick: true, opCancel: true}

// mayReturn reports whether core code may return, which it always may, or the host: from a sync function once it has
// resolved the call.
func (r *Run) mayReturn(at *Activation) bool {
	if at.Kind != KindHostFunc {
		return true
	}
	call := r.host.calls[at.Args[0].Uint64()]
	return call.ft.Async || call.Resolved
}

// with is a with these numbers.
func (a Action) with(numbers ...uint64) Action {
	args := make([]spec.CoreValue, len(numbers))
	for i, v := range numbers {
		args[i] = spec.CoreInt(v)
	}
	return Action{a.Op, a.Imm, args}
}

// offerInvoke offers a call with the host's first values; of streams and futures, with one of each kind.
func (r *Run) invokeActions(_ *Activation, a Action) []Action {
	offers := []Action{a.with()}
	for _, t := range r.funcs[a.Imm[0]].ft.Params {
		var longer []Action
		for _, o := range offers {
			for v := range hostValues(t) {
				longer = append(longer, Action{o.Op, o.Imm, append(o.Args[:len(o.Args):len(o.Args)], spec.CoreInt(uint64(v)))})
			}
		}
		offers = longer
	}
	return offers
}

// hostValues is how many values of a type the host offers: a stream or future that is the specification's, and one that
// the host implements; none and some; otherwise one.
func hostValues(t spec.ValType) int {
	switch t.(type) {
	case *spec.StreamType, *spec.FutureType, *spec.OptionType:
		return 2
	}
	return 1
}

// offerTick leaves out ticks that find no thread that is ready: they change nothing.
func (r *Run) tickActions(_ *Activation, a Action) []Action {
	if !r.Store.SomeReady() {
		return nil
	}
	return []Action{a}
}

func (r *Run) cancelActions(_ *Activation, a Action) []Action {
	var offers []Action
	for k, c := range r.invocations {
		if !c.Resolved && !c.CancelRequested {
			offers = append(offers, a.with(uint64(k)))
		}
	}
	return offers
}

// hostCallsOf are the calls that the host may go on with in an activation: while it is called, that one; otherwise all
// of async functions.
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
	var offers []Action
	for _, k := range r.hostCallsOf(at, func(c *HostCall) bool { return !c.Started }) {
		offers = append(offers, a.with(k))
	}
	return offers
}

func (r *Run) resolveActions(at *Activation, a Action) []Action {
	var offers []Action
	for _, k := range r.hostCallsOf(at, func(c *HostCall) bool { return c.Started }) {
		numbers := []uint64{k}
		for range r.host.calls[k].ft.Result {
			numbers = append(numbers, 0)
		}
		offers = append(offers, a.with(numbers...))
	}
	return offers
}

func (r *Run) resolveCancelledActions(at *Activation, a Action) []Action {
	var offers []Action
	for _, k := range r.hostCallsOf(at, func(c *HostCall) bool { return c.CancelRequested }) {
		offers = append(offers, a.with(k))
	}
	return offers
}

// sharedOf are the streams and futures that the host may act on in an activation: while it is asked about one of its own,
// that one; otherwise all.
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

// free reports whether the host may use its end of one of the specification's streams or futures.
func (s *HostShared) free() bool { return !s.Own && !s.Copying && !s.Closed }

func (r *Run) sharedReadActions(at *Activation, a Action) []Action {
	var offers []Action
	for _, k := range r.sharedOf(at, func(s *HostShared) bool { return s.free() && !s.Made }) {
		for _, n := range r.hostLengths(k) {
			offers = append(offers, a.with(k, n))
		}
	}
	return offers
}

func (r *Run) sharedWriteActions(at *Activation, a Action) []Action {
	var offers []Action
	for _, k := range r.sharedOf(at, func(s *HostShared) bool { return s.free() && s.Made }) {
		for _, n := range r.hostLengths(k) {
			offers = append(offers, a.with(k, n, 0))
		}
	}
	return offers
}

func (r *Run) hostLengths(k uint64) []uint64 {
	if !r.host.shared[k].Stream || len(r.World.Lengths) == 0 {
		return []uint64{1}
	}
	return r.World.Lengths
}

func (r *Run) sharedCancelActions(at *Activation, a Action) []Action {
	return r.sharedActions(at, a, func(s *HostShared) bool { return !s.Own && s.Copying && !s.CanReclaim })
}

// offerSharedDrop leaves out the writable end of a future that was not written: it must be.
func (r *Run) sharedDropActions(at *Activation, a Action) []Action {
	return r.sharedActions(at, a, func(s *HostShared) bool { return s.free() && (s.Stream || !s.Made) })
}

func (r *Run) sharedReclaimActions(at *Activation, a Action) []Action {
	return r.sharedActions(at, a, func(s *HostShared) bool { return s.CanReclaim && s.Copying })
}

func (r *Run) sharedActions(at *Activation, a Action, where func(*HostShared) bool) []Action {
	var offers []Action
	for _, k := range r.sharedOf(at, where) {
		offers = append(offers, a.with(k))
	}
	return offers
}

// pending reports whether a guest's copy is pending in one of the host's own.
func (s *HostShared) pending() bool { return s.Own && s.Copying && s.Pending != nil }

func (r *Run) sharedCopyActions(at *Activation, a Action) []Action {
	var offers []Action
	for _, k := range r.sharedOf(at, func(s *HostShared) bool { return s.pending() && s.Pending.Remain() > 0 }) {
		offers = append(offers, a.with(k, 1, 0))
	}
	return offers
}

// offerSharedDone offers the results of a copy: of a future, completed exactly if the value was written; cancelled only if
// a guest asked for it.
func (r *Run) sharedDoneActions(at *Activation, a Action) []Action {
	var offers []Action
	for _, k := range r.sharedOf(at, (*HostShared).pending) {
		s := r.host.shared[k]
		written := s.Pending.Remain() == 0
		if s.Stream || written {
			offers = append(offers, a.with(k, uint64(spec.CopyCompleted)))
		}
		if s.Stream {
			offers = append(offers, a.with(k, uint64(spec.CopyDropped)))
		}
		if s.CancelRequested && (s.Stream || !written) {
			offers = append(offers, a.with(k, uint64(spec.CopyCancelled)))
		}
	}
	return offers
}

// hostMay reports whether the host keeps to what upstream asks of it: an action on the same call, stream or future is offered.
func (r *Run) hostMay(at *Activation, a Action) bool {
	offers := hostMenu[a.Op]
	if offers == nil || a.Op == opTick || a.Op == opInvoke {
		return true
	}
	return slices.ContainsFunc(offers(r, at, a.with()), func(o Action) bool { return o.Args[0] == a.Args[0] })
}
