package model

import (
	"slices"

	"cabi/spec"
)

// This file makes the store that a world describes: its instances, resource types, functions and imports.

// An instance is a component instance of a run.
type instance struct {
	spec        *spec.ComponentInstance
	run         *Run
	memory      *spec.MemInst            // nil: it has none
	encoding    string                   // of its strings
	size        int                      // of the memory when the run begins
	sync, async *spec.CanonicalOptions   // of its built-ins and imports
	imports     map[string]spec.CoreFunc // by the names of the functions
	lowersAsync map[string]bool          // the imports that are lowered async
	funcs       *spec.FuncTable          // for thread.new-indirect
	heap        uint64                   // where realloc allocates next
	known       []uint64                 // the handle indices that the instance was ever given, sorted
	contextType spec.CoreType            // that the last context.get or context.set named; 0: there was none
}

// A function is one of a world's functions in a run.
type function struct {
	ft   *spec.FuncType
	lift spec.FuncInst
}

// NewRun makes the store that a world describes, and a run in it. Close the run when it is done.
func NewRun(world *World, options spec.Options, actor Actor, checkers ...Checker) *Run {
	return newRun(compileWorld(world), world, options, actor, checkers)
}

func newRun(c *compiledWorld, world *World, options spec.Options, actor Actor, checkers []Checker) *Run {
	r := &Run{World: world, actor: actor, mayFault: len(options.Without) > 0, compiled: c, vocabulary: newVocabulary(world), instances: map[string]*instance{}, resources: resourceTypes{}, funcs: map[string]*function{}, observers: &observers{}, listed: &listed{}}
	r.assign(checkers)
	options.Limits = world.Limits.apply(options.Limits)
	options.Watcher = (*watcher)(r)
	r.Store = spec.NewStore(options)
	for _, i := range world.Instances {
		r.addInstance(i)
	}
	for _, d := range world.Resources {
		r.addResource(d)
	}
	for _, f := range world.Funcs {
		r.addFunc(f)
	}
	for _, i := range world.Imports {
		r.addImport(i)
	}
	for _, c := range checkers {
		c.Begin(r)
	}
	return r
}

// reuse makes a closed run a new one, in the same world, with the same checkers and, choices aside, the same options. That is
// faster than newRun, because most of what newRun makes does not change in a run.
func (r *Run) reuse(actor Actor, choices spec.Choices) {
	if r.source != nil {
		r.reuseOnSource(actor, choices)
		return
	}
	clear(r.ages) // so that the elements can be collected
	*r = Run{World: r.World, Store: r.Store, actor: actor, mayFault: r.mayFault, observers: r.observers, listed: r.listed, instances: r.instances, ordered: r.ordered,
		resources: r.resources, funcs: r.funcs, compiled: r.compiled, vocabulary: r.vocabulary, ages: r.ages[:0],
		shaping: r.shaping, transition: r.transition[:0], resumers: r.resumers[:0], waited: r.waited[:0], before: r.before[:0]}
	r.Store.Reset(choices)
	for _, in := range r.ordered {
		in.heap, in.known, in.contextType = 0, in.known[:0], 0
		if in.memory != nil {
			in.memory.Bytes.B = slices.Grow(in.memory.Bytes.B[:0], in.size)[:in.size]
			clear(in.memory.Bytes.B)
		}
	}
	for _, c := range r.checkers {
		c.Begin(r)
	}
}

// Close unwinds the threads that are suspended in the run's store.
func (r *Run) Close() { r.Store.Close() }

// Memory is an instance's memory; nil: it has none.
func (r *Run) Memory(instance string) *spec.MemInst { return r.instances[instance].memory }

// Encoding is the encoding of an instance's strings.
func (r *Run) Encoding(instance string) spec.StringEncoding {
	return encodings[r.instances[instance].encoding]
}

// FuncType is the type of a function of the world.
func (r *Run) FuncType(name string) *spec.FuncType { return r.funcs[name].ft }

func (r *Run) instanceOf(inst *spec.ComponentInstance) *instance {
	return r.ordered[slices.IndexFunc(r.ordered, func(in *instance) bool { return in.spec == inst })]
}

// parseType reads a type of the run's world.
func (r *Run) parseType(text string) (spec.ValType, error) {
	if t, ok := r.compiled.types[text]; ok {
		return t, nil
	}
	return parseType(text, r.resources)
}

// ParseTypes reads a list of types of the run's world, "(t,u)" or "()".
func (r *Run) ParseTypes(text string) ([]spec.ValType, error) {
	return parseTypes(text, r.parseType)
}

func (r *Run) addInstance(d Instance) {
	var parent *spec.ComponentInstance
	if p := r.instances[d.Parent]; p != nil {
		parent = p.spec
	}
	in := &instance{spec: spec.NewComponentInstance(r.Store, parent), run: r, imports: map[string]spec.CoreFunc{}, lowersAsync: map[string]bool{}}
	in.spec.Name, in.encoding = d.Name, d.Encoding
	if d.Memory > 0 {
		in.memory, in.size = spec.NewMemInst(d.Memory), d.Memory
		if d.Memory64 {
			in.memory.AddrType = spec.I64
		}
	}
	in.sync, in.async = in.newOpts(d), in.newOpts(d)
	in.async.Async = true
	in.funcs = spec.NewFuncTable(r.Store, in.threadFunc(spec.I32), in.threadFunc(spec.I64))
	r.instances[d.Name], r.ordered = in, append(r.ordered, in)
}

func (in *instance) newOpts(d Instance) *spec.CanonicalOptions {
	opts := &spec.CanonicalOptions{}
	opts.Memory = in.memory
	opts.StringEncoding = encodings[d.Encoding]
	opts.Realloc = in.realloc
	if d.Realloc == "guest" {
		opts.Realloc = in.coreFunc(KindRealloc, d.Name+".realloc", nil)
	}
	return opts
}

// threadFunc is a function for thread.new-indirect.
func (in *instance) threadFunc(param spec.CoreType) *spec.CoreFuncRef {
	return &spec.CoreFuncRef{
		T:      &spec.CoreFuncType{Params: []spec.CoreType{param}},
		Callee: in.coreFunc(KindThread, in.spec.Name+".thread", nil),
	}
}

// opts are the canonical options of the instance's built-ins and imports.
func (in *instance) opts(async bool) *spec.CanonicalOptions {
	if async {
		return in.async
	}
	return in.sync
}

// realloc is a bump allocator: it never frees. A block that it resizes moves behind all others, with its content, as far as the
// new block has room and is inside the memory.
func (in *instance) realloc(args []spec.CoreValue) []spec.CoreValue {
	old, oldSize, alignment, size := args[0].Uint64(), args[1].Uint64(), args[2].Uint64(), args[3].Uint64()
	ptr := in.allocate(alignment, size)
	if kept := min(oldSize, size); kept > 0 && ptr+kept <= uint64(in.size) {
		copy(in.memory.Bytes.B[ptr:ptr+kept], in.memory.Bytes.B[old:old+kept])
	}
	return []spec.CoreValue{spec.CoreInt(ptr)}
}

// allocate is the address of a new block, behind all others.
func (in *instance) allocate(alignment, size uint64) (ptr uint64) {
	ptr = (in.heap + alignment - 1) / alignment * alignment
	in.heap = ptr + size
	return ptr
}

func (r *Run) addResource(d Resource) {
	in := r.instances[d.Impl]
	var dtor spec.CoreFunc
	if d.Dtor {
		dtor = in.coreFunc(KindDtor, d.Name+".dtor", nil)
	}
	r.resources[d.Name] = spec.NewResourceType(d.Name, in.spec, dtor)
}

func (r *Run) addFunc(d Func) {
	ft := &spec.FuncType{Name: d.Name, Async: d.Async}
	for _, t := range d.Params {
		ft.Params = append(ft.Params, must(r.parseType(t)))
	}
	for _, t := range d.Results {
		ft.Result = append(ft.Result, must(r.parseType(t)))
	}
	if d.Instance() == Host {
		r.funcs[d.Name] = &function{ft, r.hostFunc(d.Name, ft)}
		return
	}
	r.funcs[d.Name] = &function{ft, r.instances[d.Instance()].liftFunc(d, ft)}
}

// liftFunc lifts core code of an instance as a function of the world.
func (in *instance) liftFunc(d Func, ft *spec.FuncType) spec.FuncInst {
	opts := *in.sync
	opts.Async = d.Lift == "stackful" || d.Lift == "callback"
	if d.Lift == "callback" {
		opts.Callback = in.packedFunc(KindCallback, d.Name+".callback")
	}
	if d.PostReturn {
		opts.PostReturn = in.coreFunc(KindPostReturn, d.Name+".post-return", nil)
	}
	f := in.coreFunc(KindFunc, d.Name, ft.Result)
	switch d.Lift {
	case "stackful":
		f = in.coreFunc(KindFunc, d.Name, nil)
	case "callback":
		f = in.packedFunc(KindFunc, d.Name)
	}
	return in.run.Store.Lift(f, ft, &opts, in.spec)
}

func (r *Run) addImport(d Import) {
	in, f := r.instances[d.Instance], r.funcs[d.Func]
	in.lowersAsync[d.Func] = d.Async
	in.imports[d.Func] = r.Store.Lower(f.lift, f.ft, in.opts(d.Async), in.spec)
}

// coreFunc is core code that takes the actions that the actor chooses.
func (in *instance) coreFunc(kind ActivationKind, name string, results []spec.ValType) spec.CoreFunc {
	return in.callable(func(args []spec.CoreValue) *Activation {
		return &Activation{Actor: in.spec.Name, Kind: kind, Name: name, Args: args, Results: results, inst: in}
	})
}

// packedFunc is such code that returns a packed callback code.
func (in *instance) packedFunc(kind ActivationKind, name string) spec.CoreFunc {
	return in.callable(func(args []spec.CoreValue) *Activation {
		return &Activation{Actor: in.spec.Name, Kind: kind, Name: name, Args: args, Packed: true, inst: in}
	})
}
