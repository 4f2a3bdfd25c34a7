package model

import (
	"fmt"

	"cabi/spec"
)

// check returns an error if an action cannot be taken in an activation: it is for others to take, or an operand names something that
// the world does not have or the host does not hold. Whether the specification would trap does not matter here.
func (a Action) check(r *Run, at *Activation) error {
	if !a.isFor(at) {
		return fmt.Errorf("%s is not for %s", a.Op, at.Actor)
	}
	if err := r.vocabulary.check(at.Actor, a); err != nil {
		return err
	}
	if err := a.checkTypes(r, at); err != nil {
		return err
	}
	if check := checks[a.Op]; check != nil {
		return check(a, r, at)
	}
	return a.checkInts()
}

// isFor reports whether an action is for the actor of an activation. The host may do while it is called all that it may do at rest,
// but for the tick, which upstream allows only while nothing runs; and instead of stopping, it returns.
func (a Action) isFor(at *Activation) bool {
	_, hosts := hostOps[a.Op]
	switch {
	case at.Actor != Host:
		return !hosts && a.Op != opStop
	case at.Kind == KindHost:
		return hosts || a.Op == opStop
	default:
		return hosts && a.Op != opTick || a.Op == opReturn
	}
}

// mayBeOf reports whether an action is for an actor in some activation.
func (a Action) mayBeOf(actor string) bool {
	return a.isFor(&Activation{Actor: actor, Kind: KindHost}) || actor == Host && a.Op == opReturn
}

// checks are the checks of the operands of actions. Of an action that has none here, all numbers must be ints.
var checks = map[string]func(a Action, r *Run, at *Activation) error{
	opCall:                   acceptAny,
	"task.return":            acceptAny,
	opReturn:                 checkReturn,
	opStore:                  checkStore,
	opLoad:                   checkLoad(0),
	"i32.load":               checkLoad(4),
	"i64.load":               checkLoad(8),
	opInvoke:                 checkInvoke,
	opCancel:                 checkCancel,
	"host.start":             checkStart,
	"host.resolve":           checkResolve,
	"shared.read":            checkEnd("read"),
	"shared.write":           checkEnd("write"),
	"shared.copy":            checkPending,
	"shared.done":            checkPending,
	"shared.reclaim":         checkReclaim,
	"shared.cancel":          checkCopying,
	"shared.drop":            checkShared,
	"host.resolve-cancelled": checkResolve,
}

// acceptAny is for actions whose numbers the specification checks.
func acceptAny(Action, *Run, *Activation) error { return nil }

// checkInts wants ints for all numbers.
func (a Action) checkInts() error {
	for _, v := range a.Args {
		if v.IsFloat() {
			return fmt.Errorf("%s takes ints, got %s", a.Op, FormatCore(v))
		}
	}
	return nil
}

// badOperands is the error for operands that are wrong wherever the action is taken.
type badOperands struct{ error }

// checkCount wants so many numbers.
func (a Action) checkCount(want int) error {
	if len(a.Args) != want {
		return &badOperands{fmt.Errorf("%s takes %s, got %d", a.template(), Counted(want, "value"), len(a.Args))}
	}
	return nil
}

// checkReturn wants no numbers of the host, and that it has resolved a call of a function of sync type.
func checkReturn(a Action, r *Run, at *Activation) error {
	if at.Actor != Host {
		return nil
	}
	if !r.mayReturn(at) {
		return fmt.Errorf("%s returns before the host has resolved the call, and its type is sync", at.Name)
	}
	return a.checkCount(0)
}

// checkStore wants an address and values that fit into the memory.
func checkStore(a Action, _ *Run, at *Activation) error {
	if err := a.checkInts(); err != nil {
		return err
	}
	if len(a.Args) < 2 {
		return &badOperands{fmt.Errorf("%s takes an address and values", a.Op)}
	}
	return a.checkMemory(at, uint64(len(a.Stored(at.inst.encoding))))
}

// checkLoad wants an address, and as many bytes from there on as the action loads: a number of them, or as many as the action says.
func checkLoad(bytes uint64) func(a Action, _ *Run, at *Activation) error {
	return func(a Action, _ *Run, at *Activation) error {
		if err := a.checkInts(); err != nil {
			return err
		}
		length := bytes
		if length == 0 {
			length = n(a, 1)
		}
		return a.checkMemory(at, length)
	}
}

// checkMemory wants so many bytes in the memory, from the address on that is the first number.
func (a Action) checkMemory(at *Activation, need uint64) error {
	if at.inst.memory == nil {
		return fmt.Errorf("instance %s has no memory", at.Actor)
	}
	length := uint64(len(at.inst.memory.Bytes.B))
	if length < need || n(a, 0) > length-need {
		return fmt.Errorf("%s at %d is out of the %d bytes of instance %s", a.Op, n(a, 0), length, at.Actor)
	}
	return nil
}

// checkInvoke wants a number for each parameter, from which its value is made.
func checkInvoke(a Action, r *Run, _ *Activation) error {
	if err := a.checkInts(); err != nil {
		return err
	}
	params := r.funcs[a.Imm[0]].ft.Params
	if err := a.checkCount(len(params)); err != nil {
		return err
	}
	return a.checkLiterals(0, params)
}

// checkLiterals wants literals of some types in the places from one on, where literals stand.
func (a Action) checkLiterals(from int, ts []spec.ValType) error {
	for i, t := range ts {
		if err := a.checkLiteral(from+i, t); err != nil {
			return err
		}
	}
	return nil
}

// checkCancel wants a call that the host has made and that has come back to it.
func checkCancel(a Action, r *Run, _ *Activation) error {
	if n(a, 0) >= uint64(len(r.invocations)) {
		return fmt.Errorf("the host has made only %d calls", len(r.invocations))
	}
	if r.invocations[n(a, 0)].onCancel == nil {
		return fmt.Errorf("the host's call %d has not come back yet", n(a, 0))
	}
	return nil
}

// checkStart wants a call of a function of the host that has not started.
func checkStart(a Action, r *Run, _ *Activation) error {
	call, err := a.knownHostCall(r)
	if err == nil && call.Started {
		err = fmt.Errorf("call %d of the host's functions has started already", n(a, 0))
	}
	return err
}

// checkResolve wants a call that has started and is not resolved, and a number for each result; or, to resolve it as cancelled, a call
// of which that was asked.
func checkResolve(a Action, r *Run, _ *Activation) error {
	call, err := a.knownHostCall(r)
	switch cancelled := a.Op == "host.resolve-cancelled"; {
	case err != nil:
		return err
	case call.Resolved:
		return fmt.Errorf("call %d of the host's functions is resolved already", n(a, 0))
	case cancelled && !call.CancelRequested:
		return fmt.Errorf("nobody has asked to cancel call %d of the host's functions", n(a, 0))
	case !cancelled && !call.Started:
		return fmt.Errorf("call %d of the host's functions has not started", n(a, 0))
	case cancelled:
		return nil
	}
	if err := a.checkCount(1 + len(call.ft.Result)); err != nil {
		return err
	}
	return a.checkLiterals(1, call.ft.Result)
}

// knownHostCall is the call of a function of the host that the first number names.
func (a Action) knownHostCall(r *Run) (*HostCall, error) {
	if err := a.checkInts(); err != nil {
		return nil, err
	}
	if len(a.Args) == 0 || n(a, 0) >= uint64(len(r.host.calls)) {
		return nil, fmt.Errorf("%s: only %d calls of the host's functions were made", a.Op, len(r.host.calls))
	}
	return r.host.calls[n(a, 0)], nil
}

// maxHostCopy bounds how many elements the host copies at a time, so that a hostile trace cannot exhaust the memory.
const maxHostCopy = 1 << 16

// checkEnd wants the host's end of a stream or future of the specification, to read or to write, with no copy under way.
func checkEnd(verb string) func(a Action, r *Run, _ *Activation) error {
	return func(a Action, r *Run, _ *Activation) error {
		s, err := a.knownShared(r)
		switch {
		case err != nil:
			return err
		case s.Own || s.Made != (verb == "write"):
			return fmt.Errorf("the host has no end of %d to %s", n(a, 0), verb)
		case s.Copying || s.Closed:
			return fmt.Errorf("the host's end %d is copying already, or is done with", n(a, 0))
		case n(a, 1) > maxHostCopy:
			return fmt.Errorf("the host copies at most %d elements at a time", maxHostCopy)
		}
		return a.checkLiteral(2, &spec.ListType{T: s.Type()})
	}
}

// checkPending wants a guest's copy that is pending in a stream or future of the host's own.
func checkPending(a Action, r *Run, _ *Activation) error {
	s, err := a.knownShared(r)
	switch {
	case err != nil:
		return err
	case !s.Own || !s.Copying || s.Pending == nil:
		return fmt.Errorf("no copy is pending in %d", n(a, 0))
	case a.Op == "shared.copy" && n(a, 1) > s.Pending.Remain():
		return fmt.Errorf("%d elements are too many, the copy pending in %d takes %d more", n(a, 1), n(a, 0), s.Pending.Remain())
	case a.Op == "shared.done" && n(a, 1) > uint64(spec.CopyCancelled):
		return fmt.Errorf("a copy does not end with %d", n(a, 1))
	}
	return a.checkLiteral(2, &spec.ListType{T: s.Type()})
}

// checkReclaim wants a copy of the host's that has made progress.
func checkReclaim(a Action, r *Run, _ *Activation) error {
	s, err := a.knownShared(r)
	if err == nil && !s.CanReclaim {
		err = fmt.Errorf("no copy in %d has made progress", n(a, 0))
	}
	return err
}

// checkCopying wants a copy of the host's that is under way.
func checkCopying(a Action, r *Run, _ *Activation) error {
	s, err := a.knownShared(r)
	if err == nil && (s.Own || !s.Copying) {
		err = fmt.Errorf("no copy of the host's is under way in %d", n(a, 0))
	}
	return err
}

// checkShared wants an end of the host's that is not dropped.
func checkShared(a Action, r *Run, _ *Activation) error {
	s, err := a.knownShared(r)
	if err == nil && (s.Own || s.Closed) {
		err = fmt.Errorf("the host has no end of %d", n(a, 0))
	}
	return err
}

// knownShared is the stream or future that the first number names.
func (a Action) knownShared(r *Run) (*HostShared, error) {
	if err := a.checkInts(); err != nil {
		return nil, err
	}
	if n(a, 0) >= uint64(len(r.host.shared)) {
		return nil, fmt.Errorf("%s: the host knows only %d streams and futures", a.Op, len(r.host.shared))
	}
	return r.host.shared[n(a, 0)], nil
}
