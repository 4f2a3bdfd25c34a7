package component

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"cabi/spec"
)

func shortly() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 100*time.Millisecond)
}

// resources exports the resource type r, made by the component, with make: func() -> own<r>, and rep: func(a: borrow<r>) -> u32. The
// destructor adds what the resource stands for to what dropped: func() -> u32 returns.
func resources() *builder {
	c := newBuilder()
	dtor := &coreBuilder{}
	dtor.globals = append(dtor.globals, cat([]byte{0x7f, 1}, i32(0), []byte{0x0b}))
	dtor.fn("dtor", "i", "", 0, cat([]byte{0x23, 0}, get(0), add32, []byte{0x24, 0})...)
	dtor.fn("dropped", "", "i", 0, 0x23, 0)
	di := c.instantiate(c.module(dtor))
	rt := c.typ(cat([]byte{0x3f, 0x7f, 1}, idx(c.coreAlias(0, di, "dtor"))))
	c.export("r", 3, rt)
	r := c.types - 1
	own, borrow := c.typ(cat([]byte{0x69}, idx(r))), c.typ(cat([]byte{0x68}, idx(r)))
	newR := c.builtin(cat([]byte{0x02}, idx(rt))...)

	m := &coreBuilder{}
	n := m.imp("", "new", "i", "i")
	m.globals = append(m.globals, cat([]byte{0x7f, 1}, i32(100), []byte{0x0b}))
	m.fn("make", "", "i", 0, cat([]byte{0x23, 0}, i32(1), add32, []byte{0x24, 0, 0x23, 0}, call(n))...)
	m.fn("rep", "i", "i", 0, get(0)...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"new", 0, newR})})
	c.export("make", 1, c.lift(c.coreAlias(0, i, "make"), c.typ(fnType(false, idx(own)))))
	c.export("rep", 1, c.lift(c.coreAlias(0, i, "rep"), c.typ(fnType(false, vU32, idx(borrow)))))
	c.export("dropped", 1, c.lift(c.coreAlias(0, di, "dropped"), c.typ(fnType(false, vU32))))
	return c
}

func TestResources(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		r, inst := instantiate(t, e, resources(), nil)
		wantCall(t, r, inst, uint32(101), "make") // the host gets what the resource stands for
		wantCall(t, r, inst, uint32(102), "make")
		wantCall(t, r, inst, uint32(102), "rep", 102)
		rt, err := inst.Resource("r")
		if err != nil {
			t.Fatal(err)
		}
		wantCall(t, r, inst, uint32(0), "dropped")
		if err := r.Drop(rt, 101); err != nil {
			t.Fatal(err)
		}
		wantCall(t, r, inst, uint32(101), "dropped")
	})
}

// user imports the resource type r and make, takes a resource and drops it, in use: func() -> u32, which returns the handle.
func user() *builder {
	c := newBuilder()
	rt := c.importResource("r")
	own := c.typ(cat([]byte{0x69}, idx(rt)))
	mk := c.importFunc("make", c.typ(fnType(false, idx(own))))
	lowered, dropR := c.lower(mk), c.builtin(cat([]byte{0x03}, idx(rt))...)
	m := &coreBuilder{}
	f, d := m.imp("", "make", "", "i"), m.imp("", "drop", "i", "")
	m.fn("use", "", "i", 1, cat(call(f), set(0), get(0), call(d), get(0))...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"make", 0, lowered}, item{"drop", 0, dropR})})
	c.export("use", 1, c.lift(c.coreAlias(0, i, "use"), c.typ(fnType(false, vU32))))
	return c
}

// nested has resources and user as components inside it, two instances of the first and one of the second.
func nested() *builder {
	c := newBuilder()
	rc, uc := c.component(resources()), c.component(user())
	first, second := c.instance(rc), c.instance(rc)
	for _, i := range []uint32{first, second} {
		c.alias(3, i, "r")
		c.alias(1, i, "make")
		c.alias(1, i, "dropped")
	}
	u := c.instance(uc, item{"r", 3, 0}, item{"make", 1, 0})
	c.export("use", 1, c.alias(1, u, "use"))
	c.export("first", 1, 1)
	c.export("second", 1, 3)
	return c
}

func TestNested(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		r, inst := instantiate(t, e, nested(), nil)
		wantCall(t, r, inst, uint32(1), "use")
		wantCall(t, r, inst, uint32(101), "first")
		wantCall(t, r, inst, uint32(0), "second")
		var names []string
		for _, i := range r.Store().Instances() {
			names = append(names, i.Name)
		}
		if !slices.Equal(names, []string{"A", "B", "C", "D"}) {
			t.Errorf("instances %q", names)
		}
	})
}

// TestGenerative gives the resource type of one instance with the function of another: each instance has a type of its own.
func TestGenerative(t *testing.T) {
	c := newBuilder()
	rc, uc := c.component(resources()), c.component(user())
	r := c.alias(3, c.instance(rc), "r")
	mk := c.alias(1, c.instance(rc), "make")
	c.instance(uc, item{"r", 3, r}, item{"make", 1, mk})
	e := NewEngine(EngineOptions{})
	defer e.Close()
	run := e.NewRun(RunOptions{})
	defer run.Close()
	_, err := run.Instantiate(decode(t, c), nil)
	if err == nil || !strings.Contains(err.Error(), `type mismatch for import "make"`) {
		t.Fatalf("got %v, want a mismatch of the type of make", err)
	}
}

// TestOuterAliases has a component whose inner component uses a type and a component of the outer one.
func TestOuterAliases(t *testing.T) {
	c := newBuilder()
	sum := c.component(adder())
	pair := c.typ(cat([]byte{0x6f}, list(vU32, vU32)))
	inner := newBuilder()
	innerSum := inner.outer(4, 1, sum)
	inner.export("add", 1, inner.alias(1, inner.instance(innerSum), "add"))
	m := &coreBuilder{}
	m.fn("first", "ii", "i", 0, get(0)...)
	i := inner.instantiate(inner.module(m))
	inner.export("first", 1, inner.lift(inner.coreAlias(0, i, "first"), inner.typ(fnType(false, vU32, idx(inner.outer(3, 1, pair))))))
	in := c.instance(c.component(inner))
	c.export("add", 1, c.alias(1, in, "add"))
	c.export("first", 1, c.alias(1, in, "first"))
	e := NewEngine(EngineOptions{})
	defer e.Close()
	r, inst := instantiate(t, e, c, nil)
	wantCall(t, r, inst, uint32(5), "add", 2, 3)
	wantCall(t, r, inst, uint32(7), "first", []int{7, 8})
}

// TestHostInstance gives a component an instance of the host's with a resource type, a function that makes resources and one of the
// interface's own types.
func TestHostInstance(t *testing.T) {
	c := newBuilder()
	decls := list(
		cat([]byte{4, 0}, str("res"), []byte{3, 1}),       // type 0: resource
		[]byte{1, 0x69, 0},                                // type 1: own<0>
		cat([]byte{1}, fnType(false, []byte{1})),          // type 2: func() -> own
		cat([]byte{4, 0}, str("make"), []byte{1, 2}),      // make
		cat([]byte{1}, cat([]byte{0x6d}, list(str("x")))), // type 3: enum
		cat([]byte{4, 0}, str("e"), []byte{3, 0, 3}),      // type 4: eq 3
	)
	it := c.typ(cat([]byte{0x42}, decls))
	api := c.importInstance("api", it)
	rt := c.alias(3, api, "res")
	mk := c.alias(1, api, "make")
	lowered, dropR := c.lower(mk), c.builtin(cat([]byte{0x03}, idx(rt))...)
	m := &coreBuilder{}
	f, d := m.imp("", "make", "", "i"), m.imp("", "drop", "i", "")
	m.fn("use", "", "", 0, cat(call(f), call(d))...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"make", 0, lowered}, item{"drop", 0, dropR})})
	c.export("use", 1, c.lift(c.coreAlias(0, i, "use"), c.typ(fnType(false, nil))))

	e := NewEngine(EngineOptions{})
	defer e.Close()
	r := e.NewRun(RunOptions{})
	defer r.Close()
	var dropped []uint32
	res := r.NewResource("res", func(rep uint32) { dropped = append(dropped, rep) })
	mkHost := HostFunc(func([]spec.Value) ([]spec.Value, error) { return []spec.Value{spec.UintOf(42)}, nil })
	inst, err := r.Instantiate(decode(t, c), Imports{"api": Imports{"res": res, "make": mkHost}})
	if err != nil {
		t.Fatal(err)
	}
	wantCall(t, r, inst, nil, "use")
	if !slices.Equal(dropped, []uint32{42}) {
		t.Errorf("dropped %v, want 42", dropped)
	}
	_, err = r.Instantiate(decode(t, c), Imports{"api": Imports{"res": res}})
	if err == nil || !strings.Contains(err.Error(), `the instance "api" exports a func named "make"`) {
		t.Errorf("without make: %v", err)
	}
}

// asyncCaller imports wait: async func() -> u32, and exports sync, which calls it sync, as an async function.
func asyncCaller() *builder {
	c := newBuilder()
	t := c.typ(fnType(true, vU32))
	wait := c.importFunc("wait", t)
	lowered := c.lower(wait)
	m := &coreBuilder{}
	f := m.imp("", "wait", "", "i")
	m.fn("sync", "", "i", 0, cat(call(f), i32(1), add32)...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"wait", 0, lowered})})
	c.export("sync", 1, c.lift(c.coreAlias(0, i, "sync"), t))
	return c
}

func TestAsyncHostFunc(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		var pending []*HostCall
		later := AsyncHostFunc(func(c *HostCall) error { pending = append(pending, c); return nil })
		r := e.NewRun(RunOptions{Idle: func() bool {
			if len(pending) == 0 {
				return false
			}
			pending[0].Return(spec.UintOf(41))
			pending = pending[1:]
			return true
		}})
		defer r.Close()
		inst, err := r.Instantiate(decode(t, asyncCaller()), Imports{"wait": later})
		if err != nil {
			t.Fatal(err)
		}
		wantCall(t, r, inst, uint32(42), "sync")

		at := AsyncHostFunc(func(c *HostCall) error { c.Return(spec.UintOf(1)); return nil })
		inst, err = r.Instantiate(decode(t, asyncCaller()), Imports{"wait": at})
		if err != nil {
			t.Fatal(err)
		}
		wantCall(t, r, inst, uint32(2), "sync")

		never := AsyncHostFunc(func(c *HostCall) error { return nil })
		inst, err = r.Instantiate(decode(t, asyncCaller()), Imports{"wait": never})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := callFunc(r, inst, "sync"); err != ErrDeadlock {
			t.Errorf("a call that waits for a function that never returns: %v", err)
		}
	})
}

// canceller imports wait: async func() -> u32, and exports cancel, an async function, which calls it async, cancels the subtask and returns
// the state that the subtask ends in.
func canceller() *builder {
	c := newBuilder()
	t := c.typ(fnType(true, vU32))
	wait := c.importFunc("wait", t)
	memory := &coreBuilder{}
	memory.memory(1)
	mem := c.coreAlias(2, c.instantiate(c.module(memory)), "memory")
	lowered, cancel := c.lower(wait, optAsync, optMemory(mem)), c.builtin(0x06, 0)
	m := &coreBuilder{}
	f, k := m.imp("", "wait", "i", "i"), m.imp("", "cancel", "i", "i")
	m.fn("cancel", "", "i", 0, cat(i32(16), call(f), i32(4), []byte{0x76}, call(k))...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"wait", 0, lowered}, item{"cancel", 0, cancel})})
	c.export("cancel", 1, c.lift(c.coreAlias(0, i, "cancel"), t))
	return c
}

func TestCancelHostCall(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		for want, onCancel := range map[uint32]func(c *HostCall){
			uint32(spec.SubtaskCancelledBeforeReturned): (*HostCall).Cancel,
			uint32(spec.SubtaskReturned):                func(c *HostCall) { c.Return(spec.UintOf(7)) },
		} {
			wait := AsyncHostFunc(func(c *HostCall) error {
				if c.Cancel(); c.Cancelling() || c.done {
					t.Error("a call is cancelled before its caller asks for it")
				}
				c.OnCancel(func() { onCancel(c) })
				return nil
			})
			r, inst := instantiate(t, e, canceller(), Imports{"wait": wait})
			wantCall(t, r, inst, want, "cancel")
		}
	})
}

// TestCancelCall has the host cancel a call of its own, which waits for the host and goes on.
func TestCancelCall(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	var pending *HostCall
	wait := AsyncHostFunc(func(c *HostCall) error { pending = c; return nil })
	r, inst := instantiate(t, e, asyncCaller(), Imports{"wait": wait})
	f, err := inst.Func("sync")
	if err != nil {
		t.Fatal(err)
	}
	call, err := r.Start(f)
	if err != nil || call.Done() {
		t.Fatalf("the call is done: %v", err)
	}
	if err := call.Cancel(); err != nil || call.Done() {
		t.Fatalf("a call that cannot be cancelled is: %v", err)
	}
	pending.Return(spec.UintOf(1))
	if err := call.Wait(); err != nil || ToGo(spec.U32Type{}, call.Results()[0]) != uint32(2) {
		t.Errorf("the call returns %v, %v", call.Results(), err)
	}
	if went, err := r.Tick(); went || err != nil {
		t.Errorf("something is left to go on: %v", err)
	}
}
