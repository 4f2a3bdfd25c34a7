// definitions.py, "Embedding API"

package spec

// A Store is everything that component instances share: the threads that wait, and what the port adds to run them.
//
//cabi:py Store deda6487
type Store struct {
	waiting      []*Thread
	nestingDepth int

	options    Options
	pool       *Pool
	handler    *Handler // what runs; nil: the host (Python: thread_local_handler.value)
	coroutines []*coroutine
	instances  []*ComponentInstance
	shared     []*Table // the tables of all instances, under a variant that shares tables
	aborted    bool     // the store was aborted or closed: its stacks are being unwound
	machine    *Machine // that runs the frames; nil: threads are coroutines
	types      int      // how many resource types were made
	threads    int      // how many were made
	chosen     int      // how many choices were made
}

// Options configure a store. The zero Options is upstream's behaviour with every choice the first.
type Options struct {
	Choices       Choices                     // nil: First
	Variant       *Variant                    // nil: SingleTable, the pin's
	Limits        Limits                      // zero fields: upstream's
	Deterministic bool                        // DETERMINISTIC_PROFILE; false, as upstream: not
	Without       map[Site]bool               // the traps and asserts that are switched off; nil: none
	Observe       func(site Site, fires bool) // called for each trap and assert that is evaluated; nil: not called
	Watcher       Watcher                     // notified of what happens to the tables; nil: none
	Pool          *Pool                       // where coroutines come from; nil: a pool of the store's own
	Frames        bool                        // stacks are frames, so data (Machine), and not coroutines: guests and the host must be frames too
}

// NewStore makes an empty store. Close it when done.
//
//cabi:py Store.__init__ 12202049
func NewStore(options Options) *Store {
	s := &Store{options: options.withDefaults(), pool: options.Pool}
	if s.pool == nil {
		s.pool = &Pool{}
	}
	if options.Frames {
		s.machine = &Machine{}
		s.machine.reset(s.pool)
	}
	s.waiting = nil
	s.nestingDepth = 0
	return s
}

func (o Options) withDefaults() Options {
	if o.Choices == nil {
		o.Choices = First{}
	}
	if o.Variant == nil {
		o.Variant = SingleTable
	}
	o.Limits = o.Limits.withDefaults()
	return o
}

func (s *Store) nextSerial() int {
	s.threads++
	return s.threads
}

// Invoke has the host call f. The error is the trap, assertion failure or crash that stopped the call, after which the
// store must not run again.
//
//cabi:py Store.invoke 9f3b93e3
func (s *Store) Invoke(f FuncInst, onStart OnStart, onResolve OnResolve) (onCancel OnCancel, err error) {
	defer s.recoverStop(&err)
	s.nestingDepth++
	onCancel = f.Call(onStart, onResolve, nil)
	s.nestingDepth--
	return onCancel, nil
}

// Cancel has the host cancel a call that Invoke returned onCancel for. The error is as for Invoke.
func (s *Store) Cancel(onCancel OnCancel) (err error) {
	defer s.recoverStop(&err)
	onCancel.OnCancel(nil)
	return nil
}

// Lift makes a component function of the core function f.
//
//cabi:py Store.lift 9893e17c
func (s *Store) Lift(f CoreFunc, ft *FuncType, opts *CanonicalOptions, inst *ComponentInstance) FuncInst {
	return &liftedFunc{f, ft, opts, inst}
}

// liftedFunc is Store.lift's inner function func_inst with what it captures.
type liftedFunc struct {
	f    CoreFunc
	ft   *FuncType
	opts *CanonicalOptions
	inst *ComponentInstance
}

// Call calls the lifted function.
//
//cabi:py Store.lift.func_inst 2411da36
func (l *liftedFunc) Call(onStart OnStart, onResolve OnResolve, caller *ComponentInstance) OnCancel {
	s := l.inst.store
	s.assert(caller == nil || caller == currentInstance(s), "Store.lift.func_inst/caller", "the caller is the instance that is running")
	s.trapIf(!l.inst.mayEnterFrom(caller), "Store.lift.func_inst/reentrance", "the instance may not be entered: a call into it is still under way")
	l.inst.enterFrom(caller)
	onCancel := canonLift(l.f, l.ft, l.opts, l.inst, onStart, onResolve)
	l.inst.leaveTo(caller)
	return onCancel
}

// Lower makes a core function, for inst to import, of the component function f.
//
//cabi:py Store.lower 7e8ac22c
func (s *Store) Lower(f FuncInst, ft *FuncType, opts *CanonicalOptions, inst *ComponentInstance) CoreFunc {
	return s.callable(&loweredFunc{f, ft, opts, inst})
}

// loweredFunc is Store.lower's inner function core_func_inst with what it captures.
type loweredFunc struct {
	f    FuncInst
	ft   *FuncType
	opts *CanonicalOptions
	inst *ComponentInstance
}

//cabi:py Store.lower.core_func_inst 01b64204
func (l *loweredFunc) call(args []CoreValue) []CoreValue {
	s := l.inst.store
	s.assert(l.inst == currentInstance(s), "Store.lower.core_func_inst/current", "an instance calls its own imports")
	s.assert(noneMayEnter(l.inst.selfAndAncestors()), "Store.lower.core_func_inst/entered", "the caller and its ancestors are entered")
	results := canonLower(s, l.f, l.ft, l.opts, args)
	s.assert(noneMayEnter(l.inst.selfAndAncestors()), "Store.lower.core_func_inst/still-entered", "the caller and its ancestors are still entered")
	return results
}

func noneMayEnter(instances []*ComponentInstance) bool {
	for _, i := range instances {
		if i.mayEnter {
			return false
		}
	}
	return true
}

// Tick has the host resume one waiting thread that is ready, if there is one. The error is as for Invoke.
//
//cabi:py Store.tick fb7903aa
func (s *Store) Tick() (err error) {
	defer s.recoverStop(&err)
	s.assert(s.nestingDepth == 0, "Store.tick/depth", "the host ticks outside of every call")
	s.assert(s.allMayBeEntered(), "Store.tick/may-enter", "the instances of all waiting threads may be entered")
	s.nestingDepth++
	var candidates []*Thread
	for _, thread := range s.waiting {
		if thread.ready() {
			candidates = append(candidates, thread)
		}
	}
	if len(candidates) > 0 {
		thread := s.chooseThread("Store.tick/thread", candidates)
		thread.task.inst.enterFrom(nil)
		thread.Resume(false)
		thread.task.inst.leaveTo(nil)
	}
	s.nestingDepth--
	return nil
}

func (s *Store) allMayBeEntered() bool {
	for _, thread := range s.waiting {
		if !thread.task.inst.mayEnterFrom(nil) {
			return false
		}
	}
	return true
}

// Waiting is how many threads wait: as long as there are any, the host has a reason to Tick.
func (s *Store) Waiting() int { return len(s.waiting) }

// Variant is the way in which the store numbers handles.
func (s *Store) Variant() *Variant { return s.options.Variant }
