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

	number    int // among the calls of the host's functions
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

// hostOps are the kinds of actions of the host, but for stop and return: at rest, and while it is called.
var hostOps = map[string]op{
	opInvoke:                 {[]immediate{immFunc}, -1},
	opTick:                   {nil, 0},
	opCancel:                 {nil, 1},
	"host.start":             {nil, 1},
	"host.resolve":           {nil, -1},
	"host.resolve-cancelled": {nil, 1},
	"shared.read":            {nil, 2},
	"shared.write":           {nil, 3},
	"shared.cancel":          {nil, 1},
	"shared.drop":            {nil, 1},
	"shared.reclaim":         {nil, 1},
	"shared.copy":            {nil, 3},
	"shared.done":            {nil, 2},
}

// doHostAction does an action of the host. It panics as the specification does.
func (r *Run) doHostAction(a Action) {
	switch a.Op {
	case opInvoke:
		r.invoke(a)
	case opTick:
		rethrow(r.Store.Tick())
	case opCancel:
		call := r.invocations[n(a, 0)]
		call.CancelRequested = true
		rethrow(r.Store.Cancel(call.onCancel))
	case "host.start":
		r.hostStart(a)
	case "host.resolve":
		r.hostResolve(a)
	case "host.resolve-cancelled":
		r.hostResolveCancelled(a)
	case "shared.read":
		r.sharedRead(a)
	case "shared.write":
		r.sharedWrite(a)
	case "shared.cancel":
		r.sharedAt(a).shared.Cancel()
	case "shared.drop":
		r.sharedDrop(a)
	case "shared.reclaim":
		r.sharedReclaim(a)
	case "shared.copy":
		r.sharedCopy(a)
	case "shared.done":
		r.sharedDone(a)
	default:
		panic("model: the host has no action " + a.Op)
	}
}

// rethrow panics with an error as the specification did: whoever called the host is stopped, too.
func rethrow(err error) {
	if err != nil {
		panic(err)
	}
}

func (r *Run) invoke(a Action) {
	f, k := r.funcs[a.Imm[0]], len(r.invocations)
	call := &Invocation{Func: a.Imm[0], args: a.Args, literals: a.Literals}
	r.invocations = append(r.invocations, call)
	onCancel, err := r.Store.Invoke(f.lift, r.onStart(f, k, a), r.onResolve(f, k, call))
	rethrow(err)
	call.onCancel = onCancel
}

// onStart gives the specification the arguments of the host's kth call.
func (r *Run) onStart(f *function, k int, a Action) spec.OnStart {
	return spec.HostOnStart(func() []spec.Value {
		args := make([]spec.Value, len(f.ft.Params))
		for i, t := range f.ft.Params {
			args[i] = r.argument(t, a, i)
		}
		r.hostPassed(HostStarts, k, f.ft.Params, args)
		r.hostReceives("start %d %s", k, spec.List(args))
		return args
	})
}

// onResolve takes the results of the host's kth call.
func (r *Run) onResolve(f *function, k int, call *Invocation) spec.OnResolve {
	return spec.HostOnResolve(func(result []spec.Value) {
		call.resolve()
		r.hostPassed(HostResolved, k, f.ft.Result, result)
		r.hostReceives("resolve %d %s", k, listOrNil(result))
	})
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

// callHost has the host act in a call of a function of its own, and returns how a guest asks to cancel the call.
func (r *Run) callHost(call *HostCall) spec.OnCancel {
	call.number = len(r.host.calls)
	r.host.calls = append(r.host.calls, call)
	r.hostActs(KindHostFunc, call.Func, call.number)
	return r.hostOnCancel(call)
}

// askToCancel has the host act when a guest asks to cancel a call.
func (r *Run) askToCancel(call *HostCall) {
	call.CancelRequested = true
	r.hostActs(KindHostCancel, call.Func+".cancel", call.number)
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
