package spec

import (
	"errors"
	"fmt"
	"testing"
)

// The tests of the sites_*_test.go files make every trap stop a guest, and every assert that can fail fail. They need
// no Python: deleting a trap or an assert, negating one, or taking two in the other order fails one of them.

// A scenario makes one site stop the store.
type scenario struct {
	site    Site
	run     func(g *scene) error
	options Options // Deterministic is set for all
}

// runScenarios runs each scenario in a store of its own and compares the error that stopped it with the one that stop makes.
func runScenarios(t *testing.T, scenarios []scenario, stop func(Site, string) error) {
	for _, sc := range scenarios {
		t.Run(string(sc.site), func(t *testing.T) {
			options := sc.options
			options.Deterministic = true
			err := sc.run(newScene(t, newTestStoreWith(t, options)))
			reached.note(siteOf(err), true) // asserts about types alone have no store to observe them
			wantStop(t, err, stop(sc.site, ""))
		})
	}
}

// wantStop compares the kind and the site of two stops.
func wantStop(t *testing.T, got, want error) {
	t.Helper()
	if fmt.Sprintf("%T", got) != fmt.Sprintf("%T", want) || siteOf(got) != siteOf(want) {
		t.Fatalf("got %T %v, want %T %v", got, got, want, want)
	}
}

// siteOf is the site of a trap or an assertion failure, and for a crash the Python function.
func siteOf(err error) Site {
	switch err := err.(type) {
	case *Trap:
		return err.Site
	case *AssertionFailure:
		return err.Site
	case *Crash:
		return Site(err.Function)
	}
	return ""
}

// A scene is two component instances side by side, for guests to run in, and what scenarios need besides.
type scene struct {
	t        *testing.T
	s        *Store
	a, b     *ComponentInstance
	heap     *heap
	mem      *MemInst          // heap's, with 32-bit addresses
	sync     *CanonicalOptions // over mem, with a realloc
	async    *CanonicalOptions
	r, other *ResourceType // both implemented by B
}

func newScene(t *testing.T, s *Store) *scene {
	g := &scene{t: t, s: s, a: NewComponentInstance(s, nil), b: NewComponentInstance(s, nil), heap: newHeap(256)}
	g.mem = g.heap.mem(I32)
	g.sync = mkOpts(optsWith{memory: g.mem, realloc: g.heap.realloc})
	g.async = mkOpts(optsWith{memory: g.mem, realloc: g.heap.realloc, async: true})
	g.r, g.other = NewResourceType("R", g.b, nil), NewResourceType("Other", g.b, nil)
	return g
}

// syncFt and asyncFt are the types of functions without parameters and results.
var syncFt, asyncFt = &FuncType{}, &FuncType{Async: true}

// core is a core function without parameters and results.
func core(body func()) CoreFunc {
	return func([]CoreValue) []CoreValue {
		body()
		return ints()
	}
}

// call has the host call a function and tick for as long as a thread waits, though not forever.
func (g *scene) call(f FuncInst, args ...Value) error {
	return g.callFrom(f, func() []Value { return args })
}

func (g *scene) callFrom(f FuncInst, onStart HostOnStart) error {
	_, err := g.s.Invoke(f, onStart, HostOnResolve(noResults))
	return g.tickOn(err)
}

func (g *scene) tickOn(err error) error {
	for range 20 {
		if err != nil || g.s.Waiting() == 0 {
			return err
		}
		err = g.s.Tick()
	}
	return errors.Join(err, errors.New("threads still wait"))
}

// guest runs body as an async function of A without a callback. It must not end by itself: its task is not resolved.
func guest(body func(g *scene)) func(*scene) error {
	return func(g *scene) error { return g.call(g.lift(g.async, asyncFt, func() { body(g) })) }
}

// lift is a function of A whose core function takes and returns nothing.
func (g *scene) lift(opts *CanonicalOptions, ft *FuncType, body func()) FuncInst {
	return g.s.Lift(core(body), ft, opts, g.a)
}

// syncGuest runs body as a sync function of A.
func syncGuest(body func(g *scene)) func(*scene) error {
	return func(g *scene) error { return g.call(g.lift(g.sync, syncFt, func() { body(g) })) }
}

// postReturn runs body as the post-return of a function of A, which may not leave its instance.
func postReturn(body func(g *scene)) func(*scene) error {
	return func(g *scene) error {
		opts := *g.sync
		opts.PostReturn = core(func() { body(g) })
		return g.call(g.s.Lift(core(func() {}), syncFt, &opts, g.a))
	}
}

// callbackGuest runs a function of A that first returns packed to its event loop, whose callback then returns 0, EXIT.
func callbackGuest(first func(g *scene) (packed uint64)) func(*scene) error {
	return func(g *scene) error {
		opts := *g.async
		opts.Callback = func([]CoreValue) []CoreValue { return ints(0) }
		return g.call(g.s.Lift(func([]CoreValue) []CoreValue { return ints(first(g)) }, asyncFt, &opts, g.a))
	}
}

// host runs body outside of every guest.
func host(body func(g *scene)) func(*scene) error {
	return func(g *scene) error { return Try(func() { body(g) }) }
}

func (g *scene) lower(f FuncInst, ft *FuncType, opts *CanonicalOptions, args ...uint64) []CoreValue {
	return g.s.Lower(f, ft, opts, g.a)(ints(args...))
}

func (g *scene) set() uint64 { return one(g.t, CanonWaitableSetNew(g.s)) }

func (g *scene) errorContext() uint64 {
	return one(g.t, CanonErrorContextNew(g.s, &g.sync.LiftLowerOptions, 0, 0))
}

func (g *scene) stream(t ValType) (ri, wi uint64) {
	return unpackNewEnds(g.t, CanonStreamNew(g.s, streamOf(t)))
}

func (g *scene) future(t ValType) (ri, wi uint64) {
	return unpackNewEnds(g.t, CanonFutureNew(g.s, futureOf(t)))
}

func (g *scene) resource(rt *ResourceType) uint64 { return one(g.t, CanonResourceNew(g.s, rt, 7)) }

// blockedRead begins a read of a new stream of bytes that nobody writes to.
func (g *scene) blockedRead() (ri, wi uint64) {
	ri, wi = g.stream(U8Type{})
	returns(g.t, CanonStreamRead(g.s, u8Stream(), g.async, ri, 0, 1), Blocked)
	return ri, wi
}

// thread makes a suspended thread of the running task.
func (g *scene) thread(body func()) uint64 {
	threads := newThreadTable(g.s)
	return threads.newThread(g.t, g.s, threads.add(core(body)), 0)
}

// started calls an async function of B that resolves when *done is set, and gives the subtask.
func (g *scene) started(done *bool) (subi uint64) {
	callee := g.s.Lift(core(func() {
		currentThread(g.s).WaitUntil(isSet(done), true)
		CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil)
	}), asyncFt, g.async, g.b)
	return subtaskIn(g.t, g.lower(callee, asyncFt, g.async), SubtaskStarted)
}

// taker is a host function of type ft that takes its arguments and returns none.
func taker(onStart OnStart, onResolve OnResolve, _ *ComponentInstance) OnCancel {
	onStart.OnStart()
	onResolve.OnResolve([]Value{})
	return HostOnCancel(func(*ComponentInstance) {})
}

// giver is a host function that takes its arguments and returns results.
func giver(results ...Value) HostFunc {
	return func(onStart OnStart, onResolve OnResolve, _ *ComponentInstance) OnCancel {
		onStart.OnStart()
		onResolve.OnResolve(append([]Value{}, results...)) // nil would be a cancellation
		return HostOnCancel(func(*ComponentInstance) {})
	}
}

// params is a sync function type with parameters alone, results one with results alone.
func params(ts ...ValType) *FuncType { return &FuncType{Params: ts} }

func results(ts ...ValType) *FuncType { return &FuncType{Result: ts} }
