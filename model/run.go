package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// An Actor decides what guests and the host do.
type Actor interface {
	// Next returns what to do in the activation at. The zero Action ends the run there.
	Next(r *Run, at *Activation) Action
}

// An Activation is one call of core code that has not returned, or the host.
type Activation struct {
	Actor   string           // the instance's name, or "host"
	Kind    ActivationKind   // what calls it
	Name    string           // of the function: "B.take"
	Args    []spec.CoreValue // what it was called with
	Pending *Action          // what it is doing; nil: it is at its menu. Each action is another pointer
	Results []spec.ValType   // what a function's core results stand for
	Packed  bool             // its core result is a packed callback code instead

	inst     *instance
	stack    *stack
	observed []observation // what the specification met on the stack for what it is doing
}

// An ActivationKind is why core code runs.
type ActivationKind uint8

const (
	KindHost ActivationKind = iota
	KindFunc
	KindCallback
	KindPostReturn
	KindDtor
	KindThread
	KindRealloc
	KindHostFunc   // the host, called: a function of its own
	KindHostCancel // the host, asked to cancel such a call
	KindHostShared // the host, asked to read, cancel or drop a stream or future of its own
)

func (k ActivationKind) String() string {
	return [...]string{"the host", "a function", "a callback", "post-return", "a destructor", "a thread", "realloc", "a function of the host",
		"its cancellation", "a stream or future of the host"}[k]
}

// Host is the host's actor name.
const Host = "host"

// A Run is one execution of a world: a store, and what guests and the host did in it so far.
type Run struct {
	World       *World
	Store       *spec.Store
	Actions     int           // how many were begun, those of the start not counted
	Activations []*Activation // those that have not returned, the oldest first
	Stopped     error         // how the specification stopped the run; nil: it has not

	// Listener is told what happens; nil: nobody is.
	Observer Observer

	actor Actor
	observers
	recorder      *recorder // nil: nothing is recorded
	starting      bool
	undoer        *expansion // takes back what is stopped; nil: nothing does
	atSameMenu    bool       // the run is at the menu that it was at before
	repeating     bool       // what happens has happened before, in another run: states need not be looked at again
	instances     map[string]*instance
	ordered       []*instance // the same, as the world lists them
	resources     resourceTypes
	funcs         map[string]*function
	invocations   []*Invocation
	host          hostState
	stacks        []*stack
	stackByThread map[*spec.Thread]*stack // the same, once there are many; nil: there are few
	ages          ages
	issued        int
	neverWritten  bool        // what only the text of the state needs is not kept: nobody asks for it
	notifying     bool        // the checkers are told of a menu
	elements      []spec.Slot // what was asked for last
	compiled      *compiledWorld
}

// ages are when elements were given their indices: after how many others.
type ages []aged

type aged struct {
	element spec.Element
	age     int
}

func (a ages) of(e spec.Element) int {
	for i := range a {
		if a[i].element == e {
			return a[i].age
		}
	}
	return 0
}

func (a ages) without(e spec.Element) ages {
	return slices.DeleteFunc(a, func(other aged) bool { return other.element == e })
}

type instance struct {
	spec    *spec.ComponentInstance
	run     *Run
	memory  *spec.MemInst
	size    int // of the memory at first
	sync    *spec.CanonicalOptions
	async   *spec.CanonicalOptions
	imports map[string]spec.CoreFunc
	// lowersAsync are the imports that are lowered async.
	lowersAsync map[string]bool
	funcs       *spec.FuncTable
	heap        uint64   // where realloc allocates next
	known       []uint64 // the handle indices that it was ever handed, sorted
}

type function struct {
	decl Func
	inst *instance
	ft   *spec.FuncType
	lift spec.FuncInst
}

// A guest is an instance in which an action is taken.
type guest struct {
	inst *instance
}

func (g *guest) store() *spec.Store { return g.inst.run.Store }

func (g *guest) resource(a Action) *spec.ResourceType { return g.inst.run.resources[a.Imm[0]] }

func (g *guest) types(a Action) []spec.ValType { return must(g.inst.run.parseTypes(a.Imm[0])) }

func (g *guest) stream(a Action) *spec.StreamType {
	return &spec.StreamType{T: must(g.inst.run.parseType(a.Imm[0]))}
}

func (g *guest) future(a Action) *spec.FutureType {
	return &spec.FutureType{T: must(g.inst.run.parseType(a.Imm[0]))}
}

// must is for what was checked before.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (r *Run) parseType(text string) (spec.ValType, error) {
	if t, ok := r.compiled.types[text]; ok {
		return t, nil
	}
	return parseType(text, r.resources)
}

// ParseTypes reads "(t,u)" or "()".
func (r *Run) ParseTypes(text string) ([]spec.ValType, error) { return r.parseTypes(text) }

// parseTypes reads "(t,u)" or "()".
func (r *Run) parseTypes(text string) ([]spec.ValType, error) {
	inner, ok := strings.CutPrefix(text, "(")
	inner, ok2 := strings.CutSuffix(inner, ")")
	if !ok || !ok2 {
		return nil, fmt.Errorf("types %q: they stand in parentheses", text)
	}
	if inner == "" {
		return nil, nil
	}
	t, err := r.parseType("tuple<" + inner + ">")
	if err != nil {
		return nil, err
	}
	return t.(*spec.TupleType).Ts, nil
}

// NewRun makes the store that world describes. Close it when done.
func NewRun(world *World, options spec.Options, actor Actor, checkers ...Checker) *Run {
	return newRun(compileWorld(world), world, options, actor, checkers)
}

func newRun(p *compiledWorld, world *World, options spec.Options, actor Actor, checkers []Checker) *Run {
	r := &Run{World: world, actor: actor}
	r.assign(checkers)
	r.instances, r.resources = map[string]*instance{}, resourceTypes{}
	r.funcs, r.compiled = map[string]*function{}, p
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

// again makes a closed run a new one, in the same world with the same options but for the choices, and with its checkers: most
// of what newRun makes does not change.
func (r *Run) reuse(actor Actor, choices spec.Choices) {
	clear(r.ages) // so that nothing is kept alive
	*r = Run{World: r.World, Store: r.Store, actor: actor, observers: r.observers, instances: r.instances, ordered: r.ordered,
		resources: r.resources, funcs: r.funcs, compiled: r.compiled, ages: r.ages[:0]}
	r.Store.Reset(choices)
	for _, in := range r.ordered {
		in.heap, in.known = 0, in.known[:0]
		if in.memory != nil {
			in.memory.Bytes.B = slices.Grow(in.memory.Bytes.B[:0], in.size)[:in.size]
			clear(in.memory.Bytes.B)
		}
	}
	for _, c := range r.checkers {
		c.Begin(r)
	}
}

func (r *Run) instanceOf(inst *spec.ComponentInstance) *instance {
	return r.ordered[slices.IndexFunc(r.ordered, func(in *instance) bool { return in.spec == inst })]
}

// Memory is an instance's memory; nil: it has none.
func (r *Run) Memory(instance string) *spec.MemInst { return r.instances[instance].memory }

// Close unwinds what is suspended in the run's store.
func (r *Run) Close() { r.Store.Close() }

func (l Limits) apply(to spec.Limits) spec.Limits {
	to.TableLength = max(to.TableLength, l.TableLength)
	to.BufferLength = max(to.BufferLength, l.BufferLength)
	to.Backpressure = max(to.Backpressure, l.Backpressure)
	to.InitialBackpressure = max(to.InitialBackpressure, l.InitialBackpressure)
	to.StringByteLength = max(to.StringByteLength, l.StringByteLength)
	to.ListByteLength = max(to.ListByteLength, l.ListByteLength)
	to.ReallocI32 = max(to.ReallocI32, l.ReallocI32)
	to.FlatParams = max(to.FlatParams, l.FlatParams)
	to.FlatAsyncParams = max(to.FlatAsyncParams, l.FlatAsyncParams)
	to.FlatResults = max(to.FlatResults, l.FlatResults)
	return to
}

func (r *Run) addInstance(d Instance) {
	var parent *spec.ComponentInstance
	if p := r.instances[d.Parent]; p != nil {
		parent = p.spec
	}
	in := &instance{spec: spec.NewComponentInstance(r.Store, parent), run: r, imports: map[string]spec.CoreFunc{}, lowersAsync: map[string]bool{}}
	in.spec.Name = d.Name
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

var encodings = map[string]spec.StringEncoding{
	"": spec.UTF8, "utf8": spec.UTF8, "utf16": spec.UTF16, "latin1+utf16": spec.Latin1UTF16,
}

// opts are the canonical options of the instance's own built-ins.
func (in *instance) opts(async bool) *spec.CanonicalOptions {
	if async {
		return in.async
	}
	return in.sync
}

// realloc is a bump allocator: it never frees, and copies nothing.
func (in *instance) realloc(args []spec.CoreValue) []spec.CoreValue {
	alignment, size := args[2].Uint64(), args[3].Uint64()
	ptr := (in.heap + alignment - 1) / alignment * alignment
	in.heap = ptr + size
	return []spec.CoreValue{spec.CoreInt(ptr)}
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
		r.funcs[d.Name] = &function{d, nil, ft, r.hostFunc(d.Name, ft)}
		return
	}
	in := r.instances[d.Instance()]
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
	r.funcs[d.Name] = &function{d, in, ft, r.Store.Lift(f, ft, &opts, in.spec)}
}

func (r *Run) addImport(d Import) {
	in, f := r.instances[d.Instance], r.funcs[d.Func]
	in.lowersAsync[d.Func] = d.Async
	in.imports[d.Func] = r.Store.Lower(f.lift, f.ft, in.opts(d.Async), in.spec)
}

// coreFunc is core code that does what the actor decides.
func (in *instance) coreFunc(kind ActivationKind, name string, results []spec.ValType) spec.CoreFunc {
	return func(args []spec.CoreValue) []spec.CoreValue {
		return in.act(&Activation{Actor: in.spec.Name, Kind: kind, Name: name, Args: args, Results: results, inst: in})
	}
}

// packedFunc is core code that returns a packed callback code.
func (in *instance) packedFunc(kind ActivationKind, name string) spec.CoreFunc {
	return func(args []spec.CoreValue) []spec.CoreValue {
		return in.act(&Activation{Actor: in.spec.Name, Kind: kind, Name: name, Args: args, Packed: true, inst: in})
	}
}

// act does what the actor decides until it says return or throw.
func (in *instance) act(at *Activation) []spec.CoreValue {
	r := in.run
	r.enter(at)
	for {
		a := r.nextAction(at)
		switch a.Op {
		case opReturn:
			r.leave(at, a)
			return slices.Clip(a.Args)
		case opThrow:
			r.leave(at, a)
			panic(&spec.CoreException{Payload: at.Name})
		}
		if results, back := r.do(at, a); !back {
			r.done(at, results)
		}
	}
}

// try does an action of the host. It returns how that was stopped; if it was taken back, the run is at its menu again.
func (r *Run) try(at *Activation, do func()) (err error, back bool) {
	if r.undoer == nil {
		return r.Store.Try(do), false
	}
	return r.undoer.try(r, at, do)
}

// do does an action of a guest, and reports whether it was taken back.
func (r *Run) do(at *Activation, a Action) (results []spec.CoreValue, back bool) {
	do := ops[a.Op].do
	if r.undoer == nil || !r.undoer.mayUndo() {
		return do(&guest{at.inst}, a), false
	}
	err, back := r.undoer.try(r, at, func() { results = do(&guest{at.inst}, a) })
	if err != nil {
		panic(err)
	}
	return results, back
}

// Main lets the host act until the actor ends the run or the specification stops it.
func (r *Run) Main() {
	defer func() {
		if got := recover(); got != nil && got != any(spec.Aborted{}) {
			panic(got)
		}
	}()
	host := &Activation{Actor: Host, Kind: KindHost, Name: Host, stack: r.stackOf(nil)}
	host.stack.activations = append(host.stack.activations, host)
	r.Activations = append(r.Activations, host)
	r.starting = true
	for _, name := range r.World.Start {
		a := Action{Op: opInvoke, Imm: []string{name}}
		host.Pending = &a
		r.takeHostAction(host, a)
	}
	r.starting = false
	for r.Stopped == nil {
		a := r.nextAction(host)
		if a.Op == opStop {
			return
		}
		r.takeHostAction(host, a)
	}
}

func (r *Run) takeHostAction(host *Activation, a Action) {
	if err, back := r.try(host, func() { r.doHostAction(a) }); !back {
		r.finishHostAction(host, err)
	}
}

// next asks the actor what to do in at, and checks what it says against the world.
func (r *Run) nextAction(at *Activation) Action {
	if !r.atSameMenu {
		r.settled()
	}
	r.atSameMenu = false
	a := r.actor.Next(r, at)
	if a.Op == "" {
		if at.Kind == KindHost {
			return Action{Op: opStop}
		}
		r.Store.Abort()
	}
	at.Pending = &a
	if !r.starting {
		r.Actions++
	}
	r.recorder.step(at, a)
	return a
}

func (r *Run) enter(at *Activation) {
	r.Activations = append(r.Activations, at)
	at.stack = r.stackOf(r.Store.Running())
	at.stack.enter(at)
	r.recorder.enter(at)
	if r.Observer != nil {
		r.Observer.Entered(at)
	}
	for _, c := range r.entered.all {
		c.Entered(r, at)
	}
}

// leave takes an activation off its stack.
func (r *Run) leave(at *Activation, a Action) {
	for _, c := range r.left.all {
		c.Left(r, at)
	}
	at.Pending = nil
	at.stack.leave(at, a)
	if r.neverWritten {
		r.dropStack(at.stack)
	}
	r.Activations = slices.DeleteFunc(r.Activations, func(a *Activation) bool { return a == at })
}

// done ends the action that at is doing.
func (r *Run) done(at *Activation, results []spec.CoreValue) {
	r.recorder.done(at, results)
	if r.Observer != nil {
		r.Observer.Done(at, results)
	}
	for _, c := range r.observers.done.all {
		c.Done(r, at, results)
	}
	at.Pending, at.observed = nil, at.observed[:0]
}

// finish ends an action of the host.
func (r *Run) finishHostAction(host *Activation, err error) {
	if err != nil {
		r.Stopped = err
		r.recorder.stop(err)
		for _, c := range r.stopped.all {
			c.Stopped(r, err)
		}
		return
	}
	r.done(host, nil)
}

// settled tells the checkers that the run is at a menu.
func (r *Run) settled() {
	r.notifying, r.elements = true, r.elements[:0]
	r.tell()
	r.notifying, r.elements = false, r.elements[:0]
}

// Elements are the live elements of all instances, each once, until something changes.
func (r *Run) Elements() []spec.Slot {
	if r.notifying && len(r.elements) > 0 {
		return r.elements // every checker asks for the same
	}
	r.elements = r.elements[:0]
	for _, inst := range r.Store.Instances() {
		for slot := range inst.Live() {
			if slot.Owner == inst {
				r.elements = append(r.elements, slot)
			}
		}
	}
	return r.elements
}

// tell tells each checker what it hears of menus.
func (r *Run) tell() {
	for _, c := range r.observers.settled.all {
		c.Settled(r)
	}
	if r.repeating {
		return
	}
	for _, c := range r.state.all {
		c.State(r)
	}
}

// Violated are the checkers that have seen a violation.
func (r *Run) Violated() []Checker {
	var violated []Checker
	for _, c := range r.checkers {
		if c.Violation() != "" {
			violated = append(violated, c)
		}
	}
	return violated
}

// Violation is the first violation that a checker has seen, or "".
func (r *Run) Violation() (property, what string) {
	for _, c := range r.checkers {
		if what := c.Violation(); what != "" {
			return c.Property(), what
		}
	}
	return "", ""
}

// A watcher is a run as the store's watcher: it passes on to the checkers and the log.
type watcher Run

func (w *watcher) Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if spec.ClassOf(e) != spec.ClassThread {
		in := (*Run)(w).instanceOf(inst)
		if i, found := slices.BinarySearch(in.known, index); !found {
			in.known = slices.Insert(in.known, i, index)
		}
		w.recorder.change(inst, key, index, e)
	}
	w.issued++
	if !w.neverWritten {
		w.ages = append(w.ages, aged{e, w.issued})
	}
	(*Run)(w).addObservation(observation{kind: observedIssued, index: index, element: e})
	for _, c := range w.observers.issued.all {
		c.Issued(inst, key, index, e)
	}
}

func (w *watcher) Retired(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if e == nil {
		return // only where the trap is switched off that keeps it from being looked up
	}
	if spec.ClassOf(e) != spec.ClassThread {
		w.recorder.change(inst, key, index, nil)
	}
	w.ages = w.ages.without(e)
	(*Run)(w).addObservation(observation{kind: observedRetired, index: index, element: e})
	for _, c := range w.observers.retired.all {
		c.Retired(inst, key, index, e)
	}
}

func (w *watcher) Found(inst *spec.ComponentInstance, want spec.Expected, index uint64, e spec.Element) {
	if e == nil {
		return // as above
	}
	(*Run)(w).addObservation(observation{kind: observedFound, index: index, element: e})
	for _, c := range w.observers.found.all {
		c.Found(inst, want, index, e)
	}
}

func (w *watcher) Sought(inst *spec.ComponentInstance, want spec.Expected, index uint64) {
	for _, c := range w.observers.sought.all {
		c.Sought(inst, want, index)
	}
}

func (w *watcher) Delivered(inst *spec.ComponentInstance, code spec.EventCode, index uint64, e spec.Element) {
	for _, c := range w.observers.delivered.all {
		c.Delivered(inst, code, index, e)
	}
}
