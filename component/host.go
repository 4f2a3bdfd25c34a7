package component

import (
	"fmt"

	"cabi/spec"
)

// Imports are what the host gives to a component, by the names of its imports. Each is one of
//
//   - a *Func, *Instance, *spec.ResourceType, *Module or another export of an instance in the same run;
//   - a HostFunc or AsyncHostFunc, for a function of the type that the component declares;
//   - Imports, for an instance whose exports they are;
//   - an ImportFunc, for an instance of whose exports each is asked for.
//
// A resource type of the host's is made by Run.NewResource.
type Imports map[string]any

// An ImportFunc gives the import or export of that name; nil: there is none. What it gives is as in Imports.
type ImportFunc func(name string) any

// A HostFunc is a function of the host's that returns before its caller goes on. An error traps.
type HostFunc func(args []spec.Value) ([]spec.Value, error)

// An AsyncHostFunc is a function of the host's that may return later: at Return, which the host calls before it returns, or between
// ticks. An error traps. The function's type must be async.
type AsyncHostFunc func(call *HostCall) error

// HostTrapSite is the site of a trap because a function of the host's returned an error.
const HostTrapSite spec.Site = "host/error"

// A HostCall is a call of an AsyncHostFunc.
type HostCall struct {
	Args     []spec.Value
	results  []spec.Value
	done     bool
	resolved bool // its caller knows
	wants    bool // its caller asked to cancel it
	onCancel func()
}

// Return ends the call with results. Its caller sees them at once if the function itself calls Return, and otherwise when a
// tick lets the call go on.
func (c *HostCall) Return(results ...spec.Value) {
	if !c.done {
		c.done, c.results = true, append([]spec.Value{}, results...)
	}
}

// Cancel ends the call without results. Only a call that is to be cancelled can be.
func (c *HostCall) Cancel() {
	if c.wants && !c.done {
		c.done, c.results = true, nil
	}
}

// Cancelling reports whether the caller has asked to cancel the call.
func (c *HostCall) Cancelling() bool { return c.wants }

// OnCancel has f called when the caller asks to cancel the call: f may call Cancel or Return.
func (c *HostCall) OnCancel(f func()) { c.onCancel = f }

func (c *HostCall) resolve(onResolve spec.OnResolve) {
	if !c.resolved {
		c.resolved = true
		onResolve.OnResolve(c.results)
	}
}

// hostInstance is the instance that the host's functions and resources belong to.
func (r *Run) hostInstance() *spec.ComponentInstance {
	if r.host == nil {
		r.host = spec.NewComponentInstance(r.store, nil)
		r.host.Name = "host"
	}
	return r.host
}

// NewResource makes a resource type of the host's. Drop is called with what a resource stands for when it is dropped; it may be nil.
func (r *Run) NewResource(name string, drop func(rep uint32)) *spec.ResourceType {
	return r.newResource(name, r.hostInstance(), func(args []spec.CoreValue) []spec.CoreValue {
		if drop != nil {
			drop(uint32(args[0].Uint64()))
		}
		return []spec.CoreValue{}
	})
}

func (r *Run) newResource(name string, inst *spec.ComponentInstance, dtor spec.CoreFunc) *spec.ResourceType {
	rt := spec.NewResourceType(name, inst, dtor)
	r.definers[rt] = inst
	if dtor != nil {
		r.dtors[rt] = r.store.Lift(dtor, dropType, &spec.CanonicalOptions{}, inst)
	}
	return rt
}

var dropType = &spec.FuncType{Name: "dtor", Params: []spec.ValType{spec.U32Type{}}}

// Drop drops a resource that the host owns: the one that rep stands for.
func (r *Run) Drop(rt *spec.ResourceType, rep uint32) error {
	f, ok := r.dtors[rt]
	if !ok {
		return nil
	}
	_, err := r.Call(&Func{Type: dropType, f: f, run: r}, spec.UintOf(uint64(rep)))
	return err
}

// importDef adds an import of the component: what it was given, if that is of the declared type.
func (l *linker) importDef(d *importDef) {
	l.imports.add(l, d.name)
	item, ok := l.args[d.name]
	switch {
	case l.run.dry && l.args == nil:
		item = l.makeUp(d.name, d.t, l.enclosed)
	case ok:
		item = l.supply(d.name, item, d.t, l.enclosed)
	case d.t.sort == sortType && !d.t.sub:
		item = pick(l, l.enclosed.types, d.t.index, sortType)
	default:
		l.fail("missing import: the component imports a %s named %q", d.t.sort, d.name)
	}
	if reason := l.matches(item, d.t, l.enclosed); reason != "" {
		l.fail("type mismatch for import %q: %s", d.name, reason)
	}
	l.imports.define(l, d.name, item)
	l.add(d.t.sort, item)
}

// supply turns what the host gives into an item of type t.
func (l *linker) supply(name string, item any, t externType, s *scope) any {
	switch item := item.(type) {
	case HostFunc:
		return l.hostFunc(name, t, s, func(*funcType) spec.FuncInst { return l.run.syncHost(item) })
	case AsyncHostFunc:
		return l.hostFunc(name, t, s, func(ft *funcType) spec.FuncInst { return l.run.asyncHost(ft.spec, item) })
	case Imports:
		return l.hostInstance(name, func(n string) any { return item[n] }, t, s)
	case ImportFunc:
		return l.hostInstance(name, item, t, s)
	case *Component:
		return &closure{component: item}
	case *Func, *closure, *Instance, *Module, spec.ValType, *spec.ResourceType, *funcType, *instanceType, *componentType,
		*coreItem, coreType, *coreInstance:
		return item
	default:
		l.fail("the import %q is given as a %T, which is none of the kinds of Imports", name, item)
		return nil
	}
}

func (l *linker) hostFunc(name string, t externType, s *scope, f func(*funcType) spec.FuncInst) *Func {
	if t.sort != sortFunc {
		l.fail("the import %q is a %s, and is given as a function", name, t.sort)
	}
	ft, ok := pick(l, s.types, t.index, sortType).(*funcType)
	if !ok {
		l.fail("type index %d is not a function type", t.index)
	}
	named := *ft.spec
	named.Name = name
	return &Func{Type: &named, Params: ft.params, run: l.run, f: f(ft)}
}

// hostInstance makes an instance of what the host gives for the exports that an instance type declares.
func (l *linker) hostInstance(name string, given ImportFunc, t externType, s *scope) *Instance {
	if t.sort != sortInstance {
		l.fail("the import %q is a %s, and is given as an instance", name, t.sort)
	}
	it, ok := pick(l, s.types, t.index, sortType).(*instanceType)
	if !ok {
		l.fail("type index %d is not an instance type", t.index)
	}
	inst, inner := newInstance(l.run), &scope{outer: it.outer}
	for _, d := range it.decls {
		e, ok := d.(*exportDecl)
		if !ok {
			l.declare(inner, d)
			continue
		}
		item := l.supplyExport(name, given(e.name), e, inner)
		l.addExport(inst, e.name, item)
		l.addTo(inner, e.t.sort, item)
	}
	return inst
}

func (l *linker) supplyExport(name string, given any, e *exportDecl, s *scope) any {
	switch {
	case given != nil:
		return l.supply(name+"#"+e.name, given, e.t, s)
	case e.t.sort == sortType && !e.t.sub:
		return pick(l, s.types, e.t.index, sortType)
	}
	l.fail("missing import: the instance %q exports a %s named %q", name, e.t.sort, e.name)
	return nil
}

// syncHost is a function of the host's that resolves at once.
func (r *Run) syncHost(f HostFunc) spec.FuncInst {
	return spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		results, err := f(onStart.OnStart())
		trapOnError(err)
		onResolve.OnResolve(append([]spec.Value{}, results...))
		return spec.HostOnCancel(func(*spec.ComponentInstance) {})
	})
}

func trapOnError(err error) {
	if err != nil {
		panic(&spec.Trap{Site: HostTrapSite, Detail: err.Error()})
	}
}

// asyncHost is a function of the host's that may resolve later: until then, a thread of the host waits.
func (r *Run) asyncHost(ft *spec.FuncType, f AsyncHostFunc) spec.FuncInst {
	return spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		call := &HostCall{Args: onStart.OnStart()}
		trapOnError(f(call))
		if call.done {
			call.resolve(onResolve)
			return spec.HostOnCancel(func(*spec.ComponentInstance) {})
		}
		if !ft.Async {
			panic(&spec.Trap{Site: HostTrapSite, Detail: fmt.Sprintf("the function of the host %s is not async and has not returned", ft.Name)})
		}
		r.hostThread(ft, call, onStart, onResolve)
		return spec.HostOnCancel(func(*spec.ComponentInstance) {
			call.wants = true
			if call.onCancel != nil {
				call.onCancel()
			}
			if call.done {
				call.resolve(onResolve)
			}
		})
	})
}

// hostThread starts a thread that waits until the call is done.
func (r *Run) hostThread(ft *spec.FuncType, call *HostCall, onStart spec.OnStart, onResolve spec.OnResolve) {
	task := spec.NewTask(ft, &spec.CanonicalOptions{Async: true}, r.hostInstance(), onStart, onResolve)
	var thread *spec.Thread
	thread = spec.NewThread(task, spec.HostThread(func() {
		thread.WaitUntil(spec.HostReady(func() bool { return call.done }), false)
		call.resolve(onResolve)
	}))
	thread.Resume(false)
}
