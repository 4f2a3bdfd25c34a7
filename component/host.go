package component

import (
	"fmt"
	"reflect"

	"cabi/spec"
)

// Imports are what the host gives to a component, by the names of its imports. Each is one of
//
//   - a *Func, *Instance, *spec.ResourceType, *Module or another export of an instance in the same run;
//   - a HostFunc or AsyncHostFunc, for a function of the type that the component declares;
//   - another Go function, such as func(s string) string: its parameters have the Go types that ToGo makes, or []T for lists, or any;
//     its result is what FromGo takes, and it may return an error besides;
//   - Imports, for an instance whose exports they are;
//   - a Supplier, for all functions and resource types of an import.
//
// A resource type of the host's is made by Run.NewResource.
type Imports map[string]any

// A Supplier gives the host's part of an import: it is asked for each function and each resource type that the component declares there.
// What it gives is as in Imports; nil: there is none, and linking fails.
type Supplier func(Import) any

// An Import is a function or resource type that a component imports.
type Import struct {
	Name   string         // its name; of an export of an imported instance, the instance's name, "#" and its own
	Type   *spec.FuncType // nil: it is a resource type
	Params []string       // the names of the function's parameters
}

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

// Definer is the instance that defines a resource type.
func (r *Run) Definer(rt *spec.ResourceType) *spec.ComponentInstance { return r.definers[rt] }

// Drop drops a resource that the host owns: the one that rep stands for.
func (r *Run) Drop(rt *spec.ResourceType, rep uint32) error {
	f, ok := r.dtors[rt]
	if !ok {
		return nil
	}
	if r.options.Observer != nil && r.stopped == nil {
		r.options.Observer.Drops(rt, rep)
	}
	c, err := r.start(&Func{Type: dropType, f: f, run: r}, []spec.Value{spec.UintOf(uint64(rep))})
	if err != nil {
		return err
	}
	return c.Wait()
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
		l.fail("missing import: the component imports the %s %q", d.t.sort, d.name)
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
		return l.hostFunc(name, t, s, func(f *Func) spec.FuncInst { return l.run.syncHost(f, item) })
	case AsyncHostFunc:
		return l.hostFunc(name, t, s, func(f *Func) spec.FuncInst { return l.run.asyncHost(f.Type, item) })
	case Imports:
		return l.hostInstance(name, func(n string) any { return item[n] }, t, s)
	case Supplier:
		return l.supplied(name, item, t, s)
	case *Component:
		return &closure{component: item}
	case *Func, *closure, *Instance, *Module, spec.ValType, *spec.ResourceType, *funcType, *instanceType, *componentType,
		*coreItem, coreType, *coreInstance:
		return item
	default:
		if f := reflect.ValueOf(item); f.Kind() == reflect.Func {
			return l.hostFunc(name, t, s, func(of *Func) spec.FuncInst {
				given, err := goFunc(of.Type, f)
				if err != nil {
					l.fail("type mismatch for import %q: %v", name, err)
				}
				return l.run.syncHost(of, given)
			})
		}
		l.fail("the import %q is given as a %T, which is none of the kinds of Imports", name, item)
		return nil
	}
}

// supplied asks a supplier for an import, or if that is an instance, for each export of it.
func (l *linker) supplied(name string, from Supplier, t externType, s *scope) any {
	wanted := Import{Name: name}
	switch {
	case t.sort == sortInstance:
		return l.hostInstance(name, func(string) any { return from }, t, s)
	case t.sort == sortType && !t.sub:
		return pick(l, s.types, t.index, sortType)
	case t.sort == sortFunc:
		ft := l.declaredFunc(t, s)
		wanted.Type, wanted.Params = ft.spec, ft.params
	case t.sort != sortType:
		l.fail("the import %q is a %s, which no supplier gives", name, t.sort)
	}
	item := from(wanted)
	if item == nil {
		l.fail("missing import: the component imports the %s %q", t.sort, name)
	}
	return l.supply(name, item, t, s)
}

func (l *linker) declaredFunc(t externType, s *scope) *funcType {
	ft, ok := pick(l, s.types, t.index, sortType).(*funcType)
	if !ok {
		l.fail("type index %d is not a function type", t.index)
	}
	return ft
}

func (l *linker) hostFunc(name string, t externType, s *scope, make func(*Func) spec.FuncInst) *Func {
	if t.sort != sortFunc {
		l.fail("the import %q is a %s, and is given as a function", name, t.sort)
	}
	ft := l.declaredFunc(t, s)
	named := *ft.spec
	named.Name = name
	f := &Func{Name: name, Type: &named, Params: ft.params, run: l.run}
	f.f = make(f)
	return f
}

// hostInstance makes an instance of what the host gives for the exports that an instance type declares.
func (l *linker) hostInstance(name string, given func(string) any, t externType, s *scope) *Instance {
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
func (r *Run) syncHost(of *Func, f HostFunc) spec.FuncInst {
	return spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		results, err := f(onStart.OnStart())
		r.trapOnError(err)
		r.answer(of, results, func() { onResolve.OnResolve(append([]spec.Value{}, results...)) })
		return spec.HostOnCancel(func(*spec.ComponentInstance) {})
	})
}

// answer has a function of the host's return, which the observer is notified of.
func (r *Run) answer(f *Func, results []spec.Value, resolve func()) {
	o := r.options.Observer
	if o != nil {
		o.Answers(f, results)
	}
	resolve()
	if o != nil {
		o.Answered(f)
	}
}

// asyncHost is a function of the host's that may resolve later: until then, a thread of the host waits.
func (r *Run) asyncHost(ft *spec.FuncType, f AsyncHostFunc) spec.FuncInst {
	return spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		call := &HostCall{Args: onStart.OnStart()}
		r.trapOnError(f(call))
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
