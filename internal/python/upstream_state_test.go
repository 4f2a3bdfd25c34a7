package python

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// world is two components, whose code asks Go what to do.
const world = `
from definitions import *
store = Store()
root = ComponentInstance(store)
callee_inst, caller_inst = ComponentInstance(store, root), ComponentInstance(store, root)
ft = FuncType([], [], async_ = True)
memory = MemInst(bytearray(32), 'i32')
opts = CanonicalOptions(memory = memory, async_ = True)
stream = StreamType(U8Type())
callee = store.lift(lambda args: guest('callee'), ft, opts, callee_inst)
lowered = store.lower(callee, ft, opts, caller_inst)
caller = store.lift(lambda args: guest('caller'), ft, opts, caller_inst)
def start(): store.invoke(caller, lambda: [], lambda result: None)
def tick(): store.tick()
def call():
  if current_instance() is caller_inst: return lowered([])
def returns(): return canon_task_return([], opts, [])
def yields(): return canon_thread_yield(False)
def new_set(): return canon_waitable_set_new()
def new_stream(): return canon_stream_new(stream)
def write(): return canon_stream_write(stream, opts, 2, 0, 4)
def read(): return canon_stream_read(stream, opts, 1, 8, 2)
def backpressure(): return canon_backpressure_inc()
actions = [call, returns, yields, new_set, new_stream, write, read, backpressure]
`

// worldMachine is a frozen machine with the world.
func worldMachine(t testing.TB, dir string, random Random) (*Machine, *Module) {
	m := New(Options{Source: inDir(dir), Random: random})
	m.builtins["guest"] = m.Callable("guest", func(*Machine, []Value) (Value, error) { return nil, ErrSuspend })
	definitions, err := m.Load("definitions")
	if err != nil {
		t.Fatal(err)
	}
	types, _ := definitions.Get("Type")
	m.Immutable(types.(*Class))
	mod, err := m.LoadSource("world", "world.py", world)
	if err == nil {
		err = m.Freeze()
	}
	if err == nil {
		err = act(m, mod, 0, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m, mod
}

// act does one thing in the world: the host begins a call or ticks, or a guest returns or calls a built-in.
func act(m *Machine, mod *Module, choice, guest int) error {
	value := func(name string) Value { v, _ := mod.Get(name); return v }
	actions := value("actions").(*List).items
	switch n := len(m.suspended); {
	case choice == 0 || n == 0:
		_, err := m.Start(value("start"))
		if err != nil {
			return err
		}
	case choice == 1:
		_, err := m.Start(value("tick"))
		if err != nil {
			return err
		}
	case choice == 2:
		if err := m.Resume(m.suspended[guest%n], NewList()); err != nil {
			return err
		}
	default:
		if err := m.CallOn(m.suspended[guest%n], actions[(choice-3)%len(actions)]); err != nil {
			return err
		}
	}
	return m.Run()
}

// firstOfAll draws the first of all.
type firstOfAll struct{ Random }

func (firstOfAll) Below(string, int) (int, error) { return 0, nil }

// TestUpstreamStates walks through the world at random, once straight and once restored before each step: the states are the same, and so
// are the exceptions.
func TestUpstreamStates(t *testing.T) {
	dir := checkout(t)
	walks, largest := 0, 0
	restored, restoredWorld := worldMachine(t, dir, firstOfAll{})
	first := encode(t, restored)
	straight, straightWorld := worldMachine(t, dir, firstOfAll{})
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 3))
		if _, err := straight.Restore(first); err != nil {
			t.Fatal(err)
		}
		for step := range 25 {
			state := encode(t, straight)
			largest = max(largest, len(state))
			if _, err := restored.Restore(state); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(encode(t, restored), state) {
				t.Fatalf("seed %d, step %d: a restored state is written otherwise", seed, step)
			}
			choice, guest := rng.IntN(12), rng.IntN(5)
			a, b := act(straight, straightWorld, choice, guest), act(restored, restoredWorld, choice, guest)
			if (a == nil) != (b == nil) || a != nil && a.Error() != b.Error() {
				t.Fatalf("seed %d, step %d: %v; restored, %v", seed, step, a, b)
			}
			if a != nil { // a trap ends the state, not the walk
				for _, m := range []*Machine{straight, restored} {
					if _, err := m.Restore(state); err != nil {
						t.Fatal(err)
					}
				}
				continue
			}
			if !bytes.Equal(encode(t, straight), encode(t, restored)) {
				t.Fatalf("seed %d, step %d: the states after it differ", seed, step)
			}
			walks++
		}
	}
	t.Logf("%d steps; the largest state has %d bytes", walks, largest)
	if walks < 400 {
		t.Errorf("only %d steps", walks)
	}
}
