package model

import (
	"fmt"
	"strconv"

	"cabi/spec"
)

// hostState is the state of the host in a run.
type hostState struct {
	calls  []*HostCall   // of its functions
	shared []*HostShared // that it knows
}

// A HostCall is a call of a function of the host, by a guest.
type HostCall struct {
	Func            string // its name
	Started         bool   // the host has taken the arguments
	Resolved        bool   // the host has given a result, or has resolved the call as cancelled
	CancelRequested bool   // by the guest

	ft        *spec.FuncType
	onStart   spec.OnStart
	onResolve spec.OnResolve
}

// HostCalls are the calls of the host's functions so far.
func (r *Run) HostCalls() []*HostCall { return r.host.calls }

// An Invocation is a call of an export, by the host.
type Invocation struct {
	Func            string // its name
	Resolved        bool
	TimesResolved   int  // the specification is to resolve it once
	CancelRequested bool // by the host

	args     []spec.CoreValue
	literals []string // in their places
	onCancel spec.OnCancel
}

// resolve notes that the specification has resolved the call.
func (call *Invocation) resolve() {
	call.Resolved = true
	call.TimesResolved++
}

// Invocations are the calls of exports that the host has made so far.
func (r *Run) Invocations() []*Invocation { return r.invocations }

// HostShared is a stream or future that the host knows. Upstream calls the object that both ends have in common "shared".
type HostShared struct {
	Stream bool // false: a future
	Own    bool // the host implements it; false: it is one of the specification's
	Made   bool // the host made it, and has the writable end; false: the host was given the readable end
	Closed bool // the host can do nothing more with its end
	// CancelRequested says that a guest has asked to cancel its copy, if the host implements it.
	CancelRequested bool
	Copying         bool // a copy is pending: the guest's if the host implements it, otherwise the host's
	CanReclaim      bool // a copy of the host's has made progress, so its buffer can be reclaimed
	Pending         spec.Buffer

	shared     spec.SharedBase
	onCopy     spec.OnCopy
	onCopyDone spec.OnCopyDone
	reclaim    spec.ReclaimBuffer
}

// Type is the type of the elements; nil: they have none.
func (s *HostShared) Type() spec.ValType { return s.shared.T() }

// HostShared are the streams and futures that the host knows.
func (r *Run) HostShared() []*HostShared { return r.host.shared }

// appendUnresolved appends the numbers of the calls that are not resolved, by which lines name them. The text of a state leaves them out.
func (r *Run) appendUnresolved(b []byte) []byte {
	for k, c := range r.invocations {
		if !c.Resolved {
			b = strconv.AppendInt(append(b, " call "...), int64(k), 10)
		}
	}
	for k, c := range r.host.calls {
		if !c.Resolved {
			b = strconv.AppendInt(append(b, " host call "...), int64(k), 10)
		}
	}
	return b
}

// A hostOp is a kind of action that the host takes.
type hostOp struct {
	op
	do func(r *Run, a Action)
}

// hostOps are the kinds of actions of the host, but for stop and return: at rest, and while it is called.
var hostOps = map[string]hostOp{
	opInvoke:                 {op{[]immediate{immFunc}, -1}, (*Run).invoke},
	opTick:                   {op{nil, 0}, func(r *Run, _ Action) { r.tick() }},
	opCancel:                 {op{nil, 1}, (*Run).cancel},
	"host.start":             {op{nil, 1}, (*Run).hostStart},
	"host.resolve":           {op{nil, -1}, (*Run).hostResolve},
	"host.resolve-cancelled": {op{nil, 1}, (*Run).hostResolveCancelled},
	"shared.read":            {op{nil, 2}, (*Run).sharedRead},
	"shared.write":           {op{nil, 3}, (*Run).sharedWrite},
	"shared.cancel":          {op{nil, 1}, func(r *Run, a Action) { r.sharedAt(a).shared.Cancel() }},
	"shared.drop":            {op{nil, 1}, (*Run).sharedDrop},
	"shared.reclaim":         {op{nil, 1}, (*Run).sharedReclaim},
	"shared.copy":            {op{nil, 3}, (*Run).sharedCopy},
	"shared.done":            {op{nil, 2}, (*Run).sharedDone},
}

// doHostAction does an action of the host. It panics as the specification does.
func (r *Run) doHostAction(a Action) { hostOps[a.Op].do(r, a) }

func (r *Run) tick() { rethrow(r.Store.Tick()) }

func (r *Run) cancel(a Action) {
	call := r.invocations[n(a, 0)]
	call.CancelRequested = true
	rethrow(r.Store.Cancel(call.onCancel))
}

func (r *Run) invoke(a Action) {
	f := r.funcs[a.Imm[0]]
	k := len(r.invocations)
	call := &Invocation{Func: a.Imm[0], args: a.Args, literals: a.Literals}
	r.invocations = append(r.invocations, call)
	onStart := spec.HostOnStart(func() []spec.Value {
		args := make([]spec.Value, len(f.ft.Params))
		for i, t := range f.ft.Params {
			args[i] = r.argument(t, a, i)
		}
		r.hostPassed(HostStarts, k, f.ft.Params, args)
		r.hostReceives("start %d %s", k, spec.List(args))
		return args
	})
	onResolve := spec.HostOnResolve(func(result []spec.Value) {
		call.resolve()
		r.hostPassed(HostResolved, k, f.ft.Result, result)
		r.hostReceives("resolve %d %s", k, listOrNil(result))
	})
	onCancel, err := r.Store.Invoke(f.lift, onStart, onResolve)
	rethrow(err)
	call.onCancel = onCancel
}

// listOrNil is the values as one; nil: there are none, because the call was cancelled.
func listOrNil(vs []spec.Value) spec.Value {
	if vs == nil {
		return nil
	}
	return spec.List(vs)
}

// A HostPass is a moment at which component-level values go to or from the host.
type HostPass uint8

const (
	HostStarts   HostPass = iota // a guest takes the arguments of a call that the host made
	HostResolved                 // such a call is resolved; no values: as cancelled
	HostStarted                  // the host takes the arguments of a call of its function
	HostGot                      // the host's read takes elements
	HostGave                     // the host's write gives elements
	HostCopied                   // a copy of the host's ends; the value is how
)

// A valueObserver is an observer that is told of component-level values that go to or from the host: in which call, stream or future, and of
// which types.
type valueObserver interface {
	hostPassed(r *Run, what HostPass, k int, ts []spec.ValType, vs []spec.Value)
}

// hostPassed tells the checkers and the observer of values, if they want to know.
func (r *Run) hostPassed(what HostPass, k int, ts []spec.ValType, vs []spec.Value) {
	for _, c := range r.passes.all {
		c.Passed(r, what, k, ts, vs)
	}
	if o, is := r.Observer.(valueObserver); is {
		o.hostPassed(r, what, k, ts, vs)
	}
}

// hostReceives tells the observer what the host receives, with the values among args as text. It also makes the streams and futures
// among the values known to the host, so it is called even if nothing observes the run.
func (r *Run) hostReceives(format string, args ...any) {
	for i, arg := range args {
		switch arg := arg.(type) {
		case int, uint64, string, fmt.Stringer:
			continue
		default:
			args[i] = string(r.appendValue(nil, arg))
		}
	}
	if r.Observer != nil {
		r.Observer.HostReceived(fmt.Sprintf(format, args...))
	}
}

// hostFunc is a function of the host. The actor decides what the host does when it is called, and when it is asked to cancel a call.
func (r *Run) hostFunc(name string, ft *spec.FuncType) spec.FuncInst {
	return spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		k := len(r.host.calls)
		call := &HostCall{Func: name, ft: ft, onStart: onStart, onResolve: onResolve}
		r.host.calls = append(r.host.calls, call)
		r.hostActs(KindHostFunc, name, k)
		return spec.HostOnCancel(func(*spec.ComponentInstance) {
			call.CancelRequested = true
			r.hostActs(KindHostCancel, name+".cancel", k)
		})
	})
}

func (r *Run) hostCall(a Action) *HostCall { return r.host.calls[n(a, 0)] }

func (r *Run) hostStart(a Action) {
	call := r.hostCall(a)
	call.Started = true
	args := call.onStart.OnStart()
	r.hostPassed(HostStarted, int(n(a, 0)), call.ft.Params, args)
	r.hostReceives("started %d %s", int(n(a, 0)), spec.List(args))
}

func (r *Run) hostResolve(a Action) {
	call := r.hostCall(a)
	call.Resolved = true
	result := []spec.Value{}
	for i, t := range call.ft.Result {
		result = append(result, r.argument(t, a, i+1))
	}
	call.onResolve.OnResolve(result)
}

func (r *Run) hostResolveCancelled(a Action) {
	call := r.hostCall(a)
	call.Resolved = true
	call.onResolve.OnResolve(nil)
}
