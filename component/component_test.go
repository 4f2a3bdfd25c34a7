package component

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"cabi/spec"
)

// engines runs a test in both modes of wazero.
func engines(t *testing.T, test func(t *testing.T, e *Engine)) {
	t.Helper()
	for _, compiler := range []bool{false, true} {
		name := map[bool]string{false: "interpreter", true: "compiler"}[compiler]
		t.Run(name, func(t *testing.T) {
			e := NewEngine(EngineOptions{Compiler: compiler})
			defer e.Close()
			test(t, e)
		})
	}
}

func decode(t testing.TB, c *builder) *Component {
	t.Helper()
	decoded, err := Decode(c.b)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// instantiate makes a run with an instance of c. Both are closed with the test.
func instantiate(t testing.TB, e *Engine, c *builder, imports Imports) (*Run, *Instance) {
	t.Helper()
	r := e.NewRun(RunOptions{})
	t.Cleanup(r.Close)
	inst, err := r.Instantiate(decode(t, c), imports)
	if err != nil {
		t.Fatal(err)
	}
	return r, inst
}

// callFunc calls an export and returns its results as Go values.
func callFunc(r *Run, inst *Instance, name string, args ...any) (any, error) {
	f, err := inst.Func(name)
	if err != nil {
		return nil, err
	}
	return f.Call(args...)
}

func wantCall(t *testing.T, r *Run, inst *Instance, want any, name string, args ...any) {
	t.Helper()
	got, err := callFunc(r, inst, name, args...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got != want {
		t.Errorf("%s%v = %v, want %v", name, args, got, want)
	}
}

func wantTrap(t *testing.T, err error, site spec.Site, detail string) {
	t.Helper()
	var trap *spec.Trap
	if !errors.As(err, &trap) || trap.Site != site || !strings.Contains(trap.Detail, detail) {
		t.Fatalf("got %v, want a trap at %s with %q", err, site, detail)
	}
}

// adder exports add: func(a: u32, b: u32) -> u32.
func adder() *builder {
	m := &coreBuilder{}
	m.fn("add", "ii", "i", 0, cat(get(0), get(1), add32)...)
	c := newBuilder()
	i := c.instantiate(c.module(m))
	f := c.lift(c.coreAlias(0, i, "add"), c.typ(fnType(false, vU32, vU32, vU32)))
	c.export("add", 1, f)
	return c
}

func TestCall(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		r, inst := instantiate(t, e, adder(), nil)
		wantCall(t, r, inst, uint32(42), "add", 40, 2)
		wantCall(t, r, inst, uint32(0), "add", uint32(1<<32-1), 1)
		if _, err := callFunc(r, inst, "add", 1); err == nil || !strings.Contains(err.Error(), "takes 2 arguments, not 1") {
			t.Errorf("one argument: %v", err)
		}
		if _, err := inst.Func("sub"); err == nil || !strings.Contains(err.Error(), `["add"]`) {
			t.Errorf("no such export: %v", err)
		}
		if r.Stopped() != nil {
			t.Errorf("bad arguments stopped the run: %v", r.Stopped())
		}
	})
}

// strings exports greet: func(a: string) -> string, which the import hello answers, through memory both ways. Its realloc grows the
// memory at each call, so that the view that the specification has of it moves.
func greeter() *builder {
	c := newBuilder()
	t := c.typ(fnType(false, vString, vString))
	hello := c.importFunc("hello", t)

	memory := &coreBuilder{}
	memory.memory(1)
	memory.globals = append(memory.globals, cat([]byte{0x7f, 1}, i32(1024), []byte{0x0b}))
	memory.fn("realloc", "iiii", "i", 1, cat(i32(1), []byte{0x40, 0}, drop, // memory.grow
		[]byte{0x23, 0}, set(4), []byte{0x23, 0}, get(3), add32, i32(7), add32, i32(-8), []byte{0x71, 0x24, 0}, get(4))...)
	mi := c.instantiate(c.module(memory))
	mem, realloc := c.coreAlias(2, mi, "memory"), c.coreAlias(0, mi, "realloc")
	lowered := c.lower(hello, optMemory(mem), optRealloc(realloc))

	m := &coreBuilder{}
	f := m.imp("", "hello", "iii", "")
	m.fn("greet", "ii", "i", 0, cat(get(0), get(1), i32(64), call(f), i32(64))...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"hello", 0, lowered})})
	lifted := c.lift(c.coreAlias(0, i, "greet"), t, optMemory(mem), optRealloc(realloc))
	c.export("greet", 1, lifted)
	return c
}

func TestImportsAndMemory(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		hello := HostFunc(func(args []spec.Value) ([]spec.Value, error) {
			s := args[0].(spec.String).S
			if s == "" {
				return nil, errors.New("nobody is there")
			}
			return []spec.Value{spec.UTF8String("Hello, " + s + "!")}, nil
		})
		r, inst := instantiate(t, e, greeter(), Imports{"hello": hello})
		for _, name := range []string{"Ada", "Łukasz", strings.Repeat("x", 100_000)} {
			wantCall(t, r, inst, "Hello, "+name+"!", "greet", name)
		}
		_, err := callFunc(r, inst, "greet", "")
		wantTrap(t, err, HostTrapSite, "nobody is there")
		_, err = callFunc(r, inst, "greet", "Ada")
		var stopped *StoppedError
		if !errors.As(err, &stopped) {
			t.Errorf("after a trap: %v, want a StoppedError", err)
		}
		wantTrap(t, err, HostTrapSite, "nobody")
	})
}

func TestMissingImport(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	r := e.NewRun(RunOptions{})
	defer r.Close()
	_, err := r.Instantiate(decode(t, greeter()), nil)
	var link *LinkError
	if !errors.As(err, &link) || link.Section != "import section" || !strings.Contains(link.Rule, `"hello"`) {
		t.Fatalf("got %v, want a LinkError of the import section about hello", err)
	}
	if _, err := r.Instantiate(decode(t, greeter()), Imports{"hello": 7}); err == nil || !strings.Contains(err.Error(), "int") {
		t.Errorf("an import that is an int: %v", err)
	}
	wrong, err := r.Instantiate(decode(t, adder()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Instantiate(decode(t, greeter()), Imports{"hello": wrong.Export("add")}); err == nil ||
		!strings.Contains(err.Error(), `type mismatch for import "hello": expected 1 parameters, found 2`) {
		t.Errorf("an import of another type: %v", err)
	}
}

// crasher exports functions without parameters that trap, throw, loop or exhaust the stack.
func crasher() *builder {
	m := &coreBuilder{}
	m.tags = append(m.tags, cat([]byte{0}, num(m.typ("", ""))))
	m.memory(1)
	m.fn("trap", "", "", 0, unreachable...)
	m.fn("divide", "", "", 0, cat(i32(1), i32(0), []byte{0x6d}, drop)...)
	m.fn("load", "", "", 0, cat(i32(-4), load(0), drop)...)
	m.fn("throw", "", "", 0, 0x08, 0)
	m.fn("recurse", "", "", 0, call(4)...)
	m.fn("loop", "", "", 0, 0x03, 0x40, 0x0c, 0, 0x0b)
	m.fn("fine", "", "", 0)
	c := newBuilder()
	i := c.instantiate(c.module(m))
	t := c.typ(fnType(false, nil))
	for _, name := range []string{"trap", "divide", "load", "throw", "recurse", "loop", "fine"} {
		c.export(name, 1, c.lift(c.coreAlias(0, i, name), t))
	}
	return c
}

func TestCoreTraps(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		for name, want := range map[string]string{"trap": "unreachable", "divide": "integer divide by zero",
			"load": "out of bounds memory access", "recurse": "stack overflow"} {
			r, inst := instantiate(t, e, crasher(), nil)
			_, err := callFunc(r, inst, name)
			wantTrap(t, err, spec.CoreTrapSite, want)
		}
		r, inst := instantiate(t, e, crasher(), nil)
		_, err := callFunc(r, inst, "throw")
		wantTrap(t, err, "call_and_trap_on_throw/throw", "")
	})
}

func TestUnsupported(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	two := &coreBuilder{memories: [][]byte{{0, 1}, {0, 1}}}
	wide := &coreBuilder{memories: [][]byte{{4, 1}}}
	huge := &coreBuilder{tables: [][]byte{cat([]byte{0x70, 0}, num(1<<27))}}
	for want, m := range map[string]*coreBuilder{"multiple memories": two, "64-bit memories": wide, "134217728 elements": huge} {
		c := newBuilder()
		c.instantiate(c.module(m))
		r := e.NewRun(RunOptions{})
		_, err := r.Instantiate(decode(t, c), nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "core instance section, offset") {
			t.Errorf("got %v, want an error about %s", err, want)
		}
		var unsupported *UnsupportedError
		if m != huge && !errors.As(err, &unsupported) {
			t.Errorf("%v is no UnsupportedError", err)
		}
		r.Close()
	}
}

// goroutines counts them when those that end have ended.
func goroutines(t *testing.T, want int) {
	t.Helper()
	n := 0
	for range 1000 {
		if n = runtime.NumGoroutine(); n <= want {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d goroutines are left, there were %d", n, want)
}
