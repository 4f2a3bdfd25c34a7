package component

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"cabi/spec"
)

// threads has threads that core code makes out of a table. It exports
//
//	sum      makes two threads that yield and then add 5 and 7, waits for both, and returns 12
//	parked   makes a thread that suspends itself for good, inside a catch_all, and returns 1
//	crash    the same, and then a thread that traps
//	throw    the same, and then a thread that throws
//	null     makes a thread of an element of the table that is null
//	beyond   makes a thread of an element beyond the table
//	other    makes a thread of a function of another type
//	builtin  makes a thread of the built-in resume-later itself, which traps as there is no thread 77
func threads() *builder {
	c := newBuilder()
	table := &coreBuilder{}
	table.table(8)
	ti := c.instantiate(c.module(table))
	tbl := c.coreAlias(1, ti, "table")
	ft := c.coreType(coreSig("i", ""))
	u32 := c.typ([]byte{0x79})
	_ = u32
	builtins := c.bag(
		item{"new", 0, c.builtin(cat([]byte{0x27}, idx(ft), idx(tbl))...)},
		item{"later", 0, c.builtin(0x28)},
		item{"suspend", 0, c.builtin(0x29, 0)},
		item{"yield", 0, c.builtin(0x0c, 0)},
		item{"return", 0, c.builtin(cat([]byte{0x09, 0}, vU32, []byte{0})...)},
	)

	m := &coreBuilder{}
	newThread := m.imp("b", "new", "ii", "i")
	later := m.imp("b", "later", "i", "")
	suspend := m.imp("b", "suspend", "", "i")
	yield := m.imp("b", "yield", "", "i")
	taskReturn := m.imp("b", "return", "i", "")
	m.impTable("t", "table", 8)
	m.tags = append(m.tags, cat([]byte{0}, num(m.typ("", ""))))
	m.globals = append(m.globals, cat([]byte{0x7f, 1}, i32(0), []byte{0x0b}))
	adder := m.fn("", "i", "", 0, cat(call(yield), drop, []byte{0x23, 0}, get(0), add32, []byte{0x24, 0})...)
	parked := m.fn("", "i", "", 0, cat([]byte{0x02, 0x40, 0x1f, 0x40, 1, 2, 0}, call(suspend), drop, []byte{0x0b, 0x0b}, unreachable)...)
	crasher := m.fn("", "i", "", 0, unreachable...)
	thrower := m.fn("", "i", "", 0, 0x08, 0)
	other := m.fn("", "ii", "", 0)
	m.element(adder, parked, crasher, thrower, other, later)
	start := func(f, arg int) []byte { return cat(i32(f), i32(arg), call(newThread), call(later)) }
	m.fn("sum", "", "", 0, cat(start(0, 5), start(0, 7),
		[]byte{0x03, 0x40}, call(yield), drop, []byte{0x23, 0}, i32(12), []byte{0x47, 0x0d, 0, 0x0b}, // until the global is 12
		[]byte{0x23, 0}, call(taskReturn))...)
	rest := cat(call(yield), drop, call(yield), drop, i32(1), call(taskReturn))
	m.fn("parked", "", "", 0, cat(start(1, 0), rest)...)
	m.fn("crash", "", "", 0, cat(start(1, 0), start(2, 0), rest)...)
	m.fn("throw", "", "", 0, cat(start(1, 0), start(3, 0), rest)...)
	m.fn("null", "", "", 0, cat(start(7, 0), rest)...)
	m.fn("beyond", "", "", 0, cat(start(8, 0), rest)...)
	m.fn("other", "", "", 0, cat(start(4, 0), rest)...)
	m.fn("builtin", "", "", 0, cat(start(5, 77), rest)...)

	i := c.instantiate(c.module(m), arg{"b", builtins}, arg{"t", ti})
	t := c.typ(fnType(true, vU32))
	for _, name := range []string{"sum", "parked", "crash", "throw", "null", "beyond", "other", "builtin"} {
		c.export(name, 1, c.lift(c.coreAlias(0, i, name), t, optAsync))
	}
	return c
}

func TestThreads(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		for _, choices := range []spec.Choices{Fair{}, spec.NewRandom(1), spec.NewRandom(2), spec.NewRandom(3)} {
			r := e.NewRun(RunOptions{Spec: spec.Options{Choices: choices}})
			inst, err := r.Instantiate(decode(t, threads()), nil)
			if err != nil {
				t.Fatal(err)
			}
			wantCall(t, r, inst, uint32(12), "sum")
			r.Close()
		}
	})
}

func TestThreadFunctions(t *testing.T) {
	sites := map[string]spec.Site{"null": "Table.get/empty", "beyond": "Table.get/empty", "other": "canon_thread_new_indirect/type"}
	engines(t, func(t *testing.T, e *Engine) {
		for name, site := range sites {
			r, inst := instantiate(t, e, threads(), nil)
			_, err := callFunc(r, inst, name)
			wantTrap(t, err, site, "")
		}
	})
}

// TestThreadOfABuiltin begins a thread in a built-in, which wazero finds in a table only as an interpreter.
func TestThreadOfABuiltin(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		r := e.NewRun(RunOptions{Spec: spec.Options{Choices: Fair{}}})
		defer r.Close()
		inst, err := r.Instantiate(decode(t, threads()), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = callFunc(r, inst, "builtin")
		var unsupported *UnsupportedError
		if !e.options.Compiler {
			wantTrap(t, err, "Table.get/bounds", "77")
		} else if !errors.As(err, &unsupported) {
			t.Errorf("got %v, want an UnsupportedError", err)
		}
	})
}

// TestParkedStacks closes runs in which stacks of core code are parked, after each way in which a call can end.
func TestParkedStacks(t *testing.T) {
	want := map[string]func(*testing.T, error){
		"parked": func(t *testing.T, err error) {
			if err != nil {
				t.Fatal(err)
			}
		},
		"crash": func(t *testing.T, err error) { wantTrap(t, err, spec.CoreTrapSite, "unreachable") },
		"throw": func(t *testing.T, err error) { wantTrap(t, err, "call_and_trap_on_throw/throw", "") },
	}
	engines(t, func(t *testing.T, e *Engine) {
		c, before := decode(t, threads()), runtime.NumGoroutine()
		for range 20 {
			for name, check := range want {
				r := e.NewRun(RunOptions{Spec: spec.Options{Choices: Fair{}}})
				inst, err := r.Instantiate(c, nil)
				if err != nil {
					t.Fatal(err)
				}
				_, err = callFunc(r, inst, name)
				check(t, err)
				if n := runtime.NumGoroutine(); n <= before {
					t.Fatalf("%s: %d goroutines, no stack is parked", name, n)
				}
				r.Close()
				if _, err := callFunc(r, inst, name); r.Stopped() == nil || !errors.Is(err, r.Stopped()) {
					t.Fatalf("a call in a closed run: %v", err)
				}
			}
		}
		goroutines(t, before)
	})
}

// TestNothingLeaks runs a component again and again with parked stacks, and looks at what is left.
func TestNothingLeaks(t *testing.T) {
	runs := 2_000
	if os.Getenv("CABI_LONG") != "" {
		runs = 100_000
	} else if testing.Short() {
		runs = 200
	}
	engines(t, func(t *testing.T, e *Engine) {
		c := decode(t, threads())
		once := func() {
			r := e.NewRun(RunOptions{Spec: spec.Options{Choices: Fair{}}})
			defer r.Close()
			inst, err := r.Instantiate(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			wantCall(t, r, inst, uint32(12), "sum")
			wantCall(t, r, inst, uint32(1), "parked")
		}
		for range 100 {
			once()
		}
		heap, n := heapInUse(), runtime.NumGoroutine()
		for range runs {
			once()
		}
		goroutines(t, n)
		grown := int64(heapInUse()) - int64(heap)
		t.Logf("%d runs: %d goroutines as before, %d bytes more in use", runs, n, grown)
		if grown > 1<<20 {
			t.Errorf("%d runs left %d bytes in use", runs, grown)
		}
	})
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestBudgets(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	for _, options := range []RunOptions{{MaxCalls: 3}, {MaxTicks: 1}} {
		before := runtime.NumGoroutine()
		r := e.NewRun(options)
		inst, err := r.Instantiate(decode(t, threads()), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = callFunc(r, inst, "sum")
		if want := map[bool]error{true: ErrCalls, false: ErrTicks}[options.MaxCalls > 0]; !errors.Is(err, want) {
			t.Errorf("%+v: got %v, want %v", options, err, want)
		}
		if !strings.Contains(r.Stopped().Error(), "as many") {
			t.Errorf("the run goes on: %v", r.Stopped())
		}
		r.Close()
		goroutines(t, before)
	}
}
