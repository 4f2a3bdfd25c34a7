package component

import (
	"cabi/spec"
)

// canon defines what a canonical definition defines: a component function, or a core function.
func (l *linker) canon(d *canonDef) {
	s := l.enclosed
	switch d.op {
	case canonLift:
		s.funcs = append(s.funcs, l.lift(d))
	case canonLower:
		s.coreFuncs = append(s.coreFuncs, l.lower(d))
	case threadSpawnRef, threadSpawnIndirect, threadAvailableParallelism:
		l.failWith(&UnsupportedError{d.op.String() + ": definitions.py has none"})
	default:
		f, t := l.builtin(d)
		s.coreFuncs = append(s.coreFuncs, l.hostItem(l.describe(d), t, f))
	}
}

// hostItem is the core function f, of whose calls the run and its observer know.
func (l *linker) hostItem(b *Builtin, t *coreFunc, f spec.CoreFunc) *coreItem {
	r, observer := l.run, l.run.options.Observer
	b.Instance = l.inst
	return &coreItem{sort: sortCoreFunc, fn: t, host: func(args []spec.CoreValue) []spec.CoreValue {
		r.last = b
		if observer == nil {
			return f(args)
		}
		call := &CoreCall{Builtin: b, Args: args}
		observer.Begins(call)
		call.Results = f(args)
		r.refresh()
		observer.Ends(call)
		return call.Results
	}}
}

var reallocType = &coreFunc{[]coreVal{coreI32, coreI32, coreI32, coreI32}, []coreVal{coreI32}}

// options are the options of a canonical definition. Those of post-return and callback depend on the function's type.
func (l *linker) options(o canonOpts) *spec.CanonicalOptions {
	c := &spec.CanonicalOptions{Async: o.async}
	c.StringEncoding = spec.StringEncoding(o.encoding)
	if o.memory != nil {
		c.Memory = l.memory(*o.memory)
	}
	if o.realloc != nil && o.memory == nil {
		l.fail("canonical option `realloc` requires `memory` to also be specified")
	}
	c.Realloc = l.entered(&Entry{Instance: l.inst, Role: "realloc"}, l.optFunc(o.realloc, reallocType, "canonical option `realloc`"))
	return c
}

func (l *linker) noLiftOptions(o canonOpts) {
	if o.postReturn != nil {
		l.fail("canonical option `post-return` cannot be specified for this definition")
	}
	if o.callback != nil {
		l.fail("canonical option `callback` cannot be specified for this definition")
	}
}

func (l *linker) lift(d *canonDef) *Func {
	t, ok := pick(l, l.enclosed.types, d.t, sortType).(*funcType)
	if !ok {
		l.fail("type index %d is not a function type", d.t)
	}
	item := pick(l, l.enclosed.coreFuncs, d.index, sortCoreFunc)
	o := l.options(d.opts)
	l.checkLift(d.opts, t)
	f := &Func{Type: t.spec, Params: t.params, Instance: l.inst, Options: o, run: l.run}
	o.Callback = l.entered(&Entry{Instance: l.inst, Func: f, Role: "callback"}, l.optFunc(d.opts.callback, callbackType, "canonical option `callback`"))
	core := l.coreTypeOf(o, t.spec, spec.LiftedType)
	if anyInMemory(t.spec.Params) || len(spec.FlatTypes(t.spec.Params)) > spec.UpstreamLimits.FlatParams {
		l.needsRealloc(o)
	}
	l.checkCoreFunc(item, core, "the function that is lifted")
	o.PostReturn = l.entered(&Entry{Instance: l.inst, Func: f, Role: "post-return"},
		l.optFunc(d.opts.postReturn, &coreFunc{params: core.results}, "canonical option `post-return`"))
	f.f = l.run.store.Lift(l.entered(&Entry{Instance: l.inst, Func: f}, l.coreCall(item)), t.spec, o, l.inst)
	return f
}

var callbackType = &coreFunc{[]coreVal{coreI32, coreI32, coreI32}, []coreVal{coreI32}}

func (l *linker) checkLift(o canonOpts, t *funcType) {
	switch {
	case o.async && !t.spec.Async:
		l.fail("the `async` canonical option requires an async function type")
	case o.callback != nil && !o.async:
		l.fail("canonical option `callback` requires `async` to also be specified")
	case o.postReturn != nil && o.async:
		l.fail("canonical option `post-return` cannot be specified with `async`")
	}
}

func (l *linker) lower(d *canonDef) *coreItem {
	f := pick(l, l.enclosed.funcs, d.index, sortFunc)
	if d.opts.async && !f.Type.Async {
		l.fail("the `async` canonical option requires an async function type")
	}
	l.noLiftOptions(d.opts)
	o := l.options(d.opts)
	core := l.coreTypeOf(o, f.Type, spec.LoweredType)
	if anyInMemory(f.Type.Result) {
		l.needsRealloc(o)
	}
	return l.hostItem(&Builtin{Name: d.op.String(), Func: f, Async: o.Async, Options: o}, core, l.run.store.Lower(f.f, f.Type, o, l.inst))
}

// coreTypeOf is the core type of a function, where typeOf is spec.LiftedType or spec.LoweredType. The specification crashes where it
// needs the memory option and does not find it.
func (l *linker) coreTypeOf(o *spec.CanonicalOptions, ft *spec.FuncType,
	typeOf func(*spec.CanonicalOptions, *spec.FuncType, spec.Limits) *spec.CoreFuncType) *coreFunc {
	l.weighFlat(ft.Params)
	l.weighFlat(ft.Result)
	var core *spec.CoreFuncType
	if spec.Try(func() { core = typeOf(o, ft, spec.Limits{}) }) != nil {
		l.fail("canonical option `memory` is required")
	}
	return coreFuncOf(core)
}

func (l *linker) needsRealloc(o *spec.CanonicalOptions) {
	if o.Realloc == nil {
		l.fail("canonical option `realloc` is required")
	}
}

func anyInMemory(ts []spec.ValType) bool {
	for _, t := range ts {
		if inMemory(t) {
			return true
		}
	}
	return false
}

// inMemory reports whether values of the type are of dynamic size, and so in memory.
func inMemory(t spec.ValType) bool {
	switch t := t.(type) {
	case spec.StringType, *spec.MapType:
		return true
	case *spec.ListType:
		return t.L == nil || inMemory(t.T)
	case *spec.StreamType, *spec.FutureType, nil:
		return false
	default:
		return anyInMemory(partsOf(t))
	}
}

// maxFlat bounds how many core values a function's parameters or results may be made of where they are passed flat.
const maxFlat = 1_000_000

func (l *linker) weighFlat(ts []spec.ValType) {
	n := uint64(0)
	for _, t := range ts {
		n += flatWeight(t)
	}
	if n > maxFlat {
		l.fail("the function's values are made of more than %d core values", maxFlat)
	}
}

// flatWeight bounds how many core values a value of type t is made of.
func flatWeight(t spec.ValType) uint64 {
	n := uint64(2)
	for _, part := range partsOf(t) {
		n = min(n+flatWeight(part), 1<<32)
	}
	if list, ok := t.(*spec.ListType); ok && list.L != nil {
		n = min(n**list.L, 1<<32)
	}
	return n
}
