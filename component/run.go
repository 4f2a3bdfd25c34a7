package component

import (
	"context"
	"errors"

	"cabi/spec"

	"github.com/tetratelabs/wazero/api"
)

// RunOptions configure a run. The zero RunOptions is upstream's behaviour with every choice the first.
type RunOptions struct {
	Spec     spec.Options
	Context  context.Context // ends core code if the engine is Interruptible; nil: it never does
	MaxCalls int             // how many built-ins and imports core code may call before the run is given up; 0: any number
	MaxTicks int             // how often a call may let threads go on before it is given up; 0: 1,000,000

	// MaxInstances is how many component instances and core instances may be made; 0: 10,000.
	MaxInstances int

	// Idle is called where a call waits and no thread is ready. The host lets its own functions return there, and reports whether it did
	// anything; nil: it does nothing.
	Idle func() bool

	Observer Observer // notified of calls between core code and what is around it; nil: none
}

// A Run is one execution: a store, the component instances in it and their core code. It must be closed.
type Run struct {
	engine    *Engine
	store     *spec.Store
	options   RunOptions
	ctx       context.Context
	dry       bool // nothing runs: a component is validated
	stopped   error
	gaveUp    error // why the store was aborted
	calls     int
	last      *Builtin // that core code called last; nil: none yet
	instances int
	memories  []*coreMemory
	modules   []api.Module
	hosts     []*hostModule
	context   *spec.ErrorContextType
	host      *spec.ComponentInstance              // of the host's functions and resources; nil: not needed yet
	dtors     map[*spec.ResourceType]spec.FuncInst // destructors as functions, for what the host drops
	definers  map[*spec.ResourceType]*spec.ComponentInstance
	named     map[*spec.ResourceType]string // those of guests, by the names that components have for them; empty: none yet
	weights   map[spec.ValType]int          // how many parts the types have
	weight    int                           // of all types together
}

// NewRun makes a run without instances.
func (e *Engine) NewRun(options RunOptions) *Run {
	if options.MaxTicks == 0 {
		options.MaxTicks = 1_000_000
	}
	if options.MaxInstances == 0 {
		options.MaxInstances = 10_000
	}
	ctx := options.Context
	if ctx == nil {
		ctx = e.ctx
	}
	return &Run{engine: e, store: spec.NewStore(options.Spec), options: options, ctx: ctx, context: &spec.ErrorContextType{},
		dtors: map[*spec.ResourceType]spec.FuncInst{}, named: map[*spec.ResourceType]string{}, weights: map[spec.ValType]int{},
		definers: map[*spec.ResourceType]*spec.ComponentInstance{}}
}

// Store is the run's store, to look at.
func (r *Run) Store() *spec.Store { return r.store }

// Stopped is what stopped the run; nil: it goes on. Nothing may run in a store that was stopped.
func (r *Run) Stopped() error { return r.stopped }

// Calls is how many built-ins and lowered functions core code has called.
func (r *Run) Calls() int { return r.calls }

// LastCall is the built-in or lowered function that core code called last; nil: it has called none.
func (r *Run) LastCall() *Builtin { return r.last }

// Close unwinds the stacks that are parked in the run and frees its core instances.
func (r *Run) Close() {
	r.store.Close()
	for i := len(r.modules) - 1; i >= 0; i-- {
		r.modules[i].Close(r.engine.ctx)
	}
	for _, h := range r.hosts {
		r.engine.giveBack(h)
	}
	r.modules, r.hosts, r.memories = nil, nil, nil
	if r.stopped == nil {
		r.stopped = errClosed
	}
}

var errClosed = errors.New("the run is closed")

// Errors that give a run up, although the specification would go on.
var (
	// ErrDeadlock is returned by Call if the call cannot end: no thread is ready.
	ErrDeadlock = errors.New("deadlock detected: event loop cannot make further progress")
	// ErrTicks is returned by Call after MaxTicks ticks.
	ErrTicks = errors.New("the call has not ended after as many ticks as it may take")
	// ErrCalls is returned if core code has made MaxCalls calls.
	ErrCalls = errors.New("core code has made as many calls as it may")
)

// A StoppedError is returned by whatever is asked of a run that was stopped before.
type StoppedError struct{ Cause error }

func (e *StoppedError) Error() string { return "the run was stopped earlier: " + e.Cause.Error() }

func (e *StoppedError) Unwrap() error { return e.Cause }

// enter runs f, in which core code may run, unless the run is stopped. An error stops it.
func (r *Run) enter(f func() error) (err error) {
	if r.stopped != nil {
		return &StoppedError{r.stopped}
	}
	defer func() {
		switch x := recover().(type) {
		case nil:
		case spec.Aborted:
			err = r.gaveUp
		default:
			panic(x)
		}
		if err != nil {
			r.stopped = err
		}
	}()
	return f()
}

// Tick lets one thread go on that waits and is ready, as the choices choose, and reports whether there was one.
func (r *Run) Tick() (bool, error) {
	if r.stopped == nil && !r.store.SomeReady() {
		return false, nil
	}
	if r.options.Observer != nil && r.stopped == nil {
		r.options.Observer.Ticks()
	}
	return true, r.enter(r.store.Tick)
}
