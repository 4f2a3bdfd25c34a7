package model

import (
	"reflect"
	"slices"

	"cabi/internal/engine"
	"cabi/internal/mirror"
	"cabi/internal/python"
	"cabi/spec"
)

func typeFor[T any]() reflect.Type { return reflect.TypeFor[T]() }

// kindsOnSource are the kinds of activations by the words that engine.py has for them.
var kindsOnSource = map[string]ActivationKind{
	"function": KindFunc, "callback": KindCallback, "post-return": KindPostReturn, "destructor": KindDtor, "thread": KindThread, "realloc": KindRealloc,
	"host function": KindHostFunc, "host cancel": KindHostCancel, "host shared": KindHostShared,
}

type native = func(m *python.Machine, args []python.Value) (python.Value, error)

// natives are the functions that engine.py calls and does not define.
func (r *Run) natives() map[string]native {
	do := func(f func(args []python.Value)) native {
		return func(_ *python.Machine, args []python.Value) (python.Value, error) {
			f(args)
			return nil, nil
		}
	}
	get := func(f func(args []python.Value) python.Value) native {
		return func(_ *python.Machine, args []python.Value) (python.Value, error) { return f(args), nil }
	}
	natives := map[string]native{
		"ask":    func(*python.Machine, []python.Value) (python.Value, error) { return nil, python.ErrSuspend },
		"enter":  do(r.enterOnSource),
		"choose": get(func(args []python.Value) python.Value { return r.Store.Choose(r.choiceSite(), args[0].(int)) }),
		"draw_bits": get(func(args []python.Value) python.Value {
			return python.Integer(r.Store.DrawBits(r.choiceSite(), args[0].(int)))
		}),
		"shuffle":      do(r.shuffleOnSource),
		"in_order":     get(r.inOrder),
		"allocate":     get(r.allocate),
		"arity":        get(func(args []python.Value) python.Value { return python.Arity(args[0]) }),
		"resolved":     do(func(args []python.Value) { r.invocations[args[0].(int)].resolve() }),
		"came_back":    do(r.cameBack),
		"host_called":  do(r.hostCalled),
		"cancel_asked": do(func(args []python.Value) { r.host.calls[args[0].(int)].CancelRequested = true }),
		"shared_index": get(r.sharedIndexOnSource),
		"shared_at":    get(func(args []python.Value) python.Value { return r.source.shared[args[0].(int)] }),
		"made":         do(func(args []python.Value) { r.host.shared[args[0].(int)].Made = true }),
		"pending":      do(r.pendOnSource),
		"cancelling":   do(func(args []python.Value) { r.host.shared[args[0].(int)].CancelRequested = true }),
		"copying":      do(r.copyingOnSource),
		"copied":       do(func(args []python.Value) { r.host.shared[args[0].(int)].CanReclaim = true }),
		"copy_done":    do(r.copyDoneOnSource),
		"word_value":   r.wordValue,
		"passed":       r.passedOnSource,
		"reclaimed":    do(func(args []python.Value) { r.host.shared[args[0].(int)].Copying = false }),
	}
	for name, f := range natives {
		natives[name] = func(m *python.Machine, args []python.Value) (python.Value, error) {
			if r.source.probing {
				return nil, errProbing
			}
			return f(m, args)
		}
	}
	return natives
}

// enterOnSource is told that core code, or the host, is called.
func (r *Run) enterOnSource(args []python.Value) {
	kind, place, name := kindsOnSource[args[0].(string)], args[1].(int), args[2].(string)
	list := args[3].(*python.List).Items()
	at := &Activation{Actor: Host, Kind: kind, Name: name}
	at.Args, _ = coresOf(list)
	if place >= 0 {
		at.inst = r.ordered[place]
		at.Actor = at.inst.spec.Name
	}
	if f := r.World.Func(name); f != nil && kind == KindFunc {
		at.Packed = f.Lift == "callback"
		if f.isSync() {
			at.Results = r.funcs[name].ft.Result
		}
	}
	at.Packed = at.Packed || kind == KindCallback
	r.sync()
	r.enter(at)
}

// choiceSites are the words that the port has for the choices of functions.
var choiceSites = map[string]spec.Site{
	"Store.tick": "Store.tick/thread", "canon_lift": "canon_lift/thread", "Task.request_cancellation": "Task.request_cancellation/thread",
	"Thread.wait_until": "Thread.wait_until/go-on", "WaitableSet.get_pending_event": "WaitableSet.get_pending_event/order",
	"canon_error_context_new": "canon_error_context_new/discard", "random_nan_bits": "random_nan_bits/fraction",
}

// choiceSite names the choice that the Python asks for, by the function of definitions.py that asks.
func (r *Run) choiceSite() spec.Site {
	for c := r.source.machine.Caller(); c != nil; c = c.Caller() {
		if c.Code().File() == r.source.mirror.OwnFile {
			continue
		}
		function := engine.Plain(c.Code().QualifiedName())
		if site, ok := choiceSites[function]; ok {
			return site
		}
		return spec.Site(function + "/choice")
	}
	return "engine/choice"
}

func (r *Run) shuffleOnSource(args []python.Value) {
	list := args[0].(*python.List)
	r.Store.ShuffleList(r.choiceSite(), len(list.Items()), func(i, j int) { r.source.machine.Swap(list, i, j) })
}

// inOrder are threads in the order in which they were made.
func (r *Run) inOrder(args []python.Value) python.Value {
	threads := slices.Clone(args[0].(*python.List).Items())
	serial := func(v python.Value) int {
		if t, ok := r.source.mirror.Value(v).(*spec.Thread); ok {
			return t.Serial()
		}
		return 0
	}
	slices.SortStableFunc(threads, func(a, b python.Value) int { return serial(a) - serial(b) })
	return python.NewList(threads...)
}

// allocate is the address of a new block of an instance, for its realloc.
func (r *Run) allocate(args []python.Value) python.Value {
	return python.Integer(r.ordered[args[0].(int)].allocate(uint64(args[1].(int)), uint64(args[2].(int))))
}

func (r *Run) cameBack(args []python.Value) {
	k := args[0].(int)
	r.source.onCancel[k] = args[1]
	r.invocations[k].onCancel = mirror.As[spec.OnCancel](r.source.mirror, args[1])
}

func (r *Run) hostCalled(args []python.Value) {
	name := args[0].(string)
	r.host.calls = append(r.host.calls, &HostCall{Func: name, ft: r.funcs[name].ft, onResolve: mirror.As[spec.OnResolve](r.source.mirror, args[1])})
	r.source.onResolve = append(r.source.onResolve, args[1])
}

func (r *Run) sharedIndexOnSource(args []python.Value) python.Value {
	shared := mirror.As[spec.SharedBase](r.source.mirror, args[0])
	r.source.mirror.Flush()
	k := r.sharedIndex(shared)
	if k == len(r.source.shared) {
		r.source.shared = append(r.source.shared, args[0])
		r.source.pending = append(r.source.pending, pendingCopy{})
	}
	return k
}

func (r *Run) pendOnSource(args []python.Value) {
	k := args[0].(int)
	r.source.pending[k] = pendingCopy{args[1], args[2], args[3]}
	m := r.source.mirror
	r.host.shared[k].setPending(mirror.As[spec.Buffer](m, args[1]), mirror.As[spec.OnCopy](m, args[2]), mirror.As[spec.OnCopyDone](m, args[3]))
	m.Flush()
}

func (r *Run) copyingOnSource(args []python.Value) {
	k := args[0].(int)
	s := r.host.shared[k]
	r.source.pending[k] = pendingCopy{buffer: args[1]} // the host can still see it when no copy is under way any more
	s.Copying, s.Pending = true, mirror.As[spec.Buffer](r.source.mirror, args[1])
	r.source.mirror.Flush()
}

func (r *Run) copyDoneOnSource(args []python.Value) {
	k := args[0].(int)
	result, ok := mirror.Enum[spec.CopyResult](args[1])
	if !ok {
		r.isNotKnown(needsCodes, "a copy ends with a CopyResult that is not known here")
	}
	r.host.shared[k].endCopy(result)
	r.hostPassed(HostCopied, k, nil, []spec.Value{result})
}
