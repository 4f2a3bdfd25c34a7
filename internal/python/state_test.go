package python

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// stateProgram has threads, closures, generators, handlers and objects under way when a guest asks what to do.
const stateProgram = `
import threading
from dataclasses import dataclass
@dataclass
class Node:
  name: str
  next: object = None
class Shared:
  total = 0
  log = []
lock = threading.Lock()
local = threading.local()
seen = set()
counter = 0
def numbers(limit):
  for i in range(limit):
    got = ask('gen', i)
    yield (i, got)
def through(what, x):
  return ask(what, x)
def worker(name, depth):
  global counter
  local.name = name
  node = Node(name)
  node.next = node
  total = 0
  def add(n):
    nonlocal total
    total += n
    return total
  try:
    for i, got in numbers(3):
      with lock:
        counter += 1
        seen.add(i * 7)
        x = through('loop', [i, got, add(i)])
        Shared.total = Shared.total + x
      node.extra = (x, name)
      Shared.log.append(node.extra)
    if depth > 0:
      t = threading.Thread(target = worker, args = (name + '+', depth - 1))
      t.start()
      ask('started', {'k': bytearray(b'ab'), 'n': 2 ** 70, 'f': 1.5, 's': {1, 'a'}})
      t.join()
    raise ValueError(name)
  except ValueError as e:
    ask('caught', str(e), e)
  finally:
    final = [node is node.next, total, local.name, sorted(seen)]
    ask('finally', final)
  return final
`

// askingMachine is a frozen machine with stateProgram, two workers started.
func askingMachine(t testing.TB) *Machine {
	m := New(Options{Random: NewTwister(1)})
	m.builtins["ask"] = m.Callable("ask", func(*Machine, []Value) (Value, error) { return nil, ErrSuspend })
	mod, err := m.LoadSource("program", "program.py", stateProgram)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Freeze(); err != nil {
		t.Fatal(err)
	}
	worker, _ := mod.Get("worker")
	for _, name := range []string{"a", "b"} {
		if _, err := m.Start(worker, name, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Run(); err != nil {
		t.Fatal(err)
	}
	return m
}

// step answers one of the questions and says which.
func step(t *testing.T, m *Machine, choice, answer int) string {
	f := m.Suspended()[choice%len(m.Suspended())]
	what := fmt.Sprint(f.Suspension().Args()[0], plainRepr(f.Suspension().args))
	if err := m.Resume(f, answer); err != nil {
		t.Fatal(err)
	}
	if err := m.Run(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return what
}

func encode(t *testing.T, m *Machine) []byte {
	t.Helper()
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestStates walks at random, once straight and once restored before each step, on one machine and on another: the questions and the
// states are the same.
func TestStates(t *testing.T) {
	other := askingMachine(t)
	for seed := range uint64(20) {
		straight, restored := askingMachine(t), askingMachine(t)
		rng := rand.New(rand.NewPCG(seed, 1))
		steps := 0
		for ; len(straight.Suspended()) > 0; steps++ {
			state := encode(t, straight)
			for _, m := range []*Machine{restored, other} {
				if _, err := m.Restore(state); err != nil {
					t.Fatalf("seed %d, step %d: %v", seed, steps, err)
				}
				if again := encode(t, m); !bytes.Equal(again, state) {
					t.Fatalf("seed %d, step %d: a restored state is written otherwise", seed, steps)
				}
			}
			choice, answer := rng.IntN(5), rng.IntN(3)
			if a, b := step(t, straight, choice, answer), step(t, restored, choice, answer); a != b {
				t.Fatalf("seed %d, step %d: %s; restored, %s", seed, steps, a, b)
			}
			if !bytes.Equal(encode(t, straight), encode(t, restored)) {
				t.Fatalf("seed %d, step %d: the states after it differ", seed, steps)
			}
		}
		if steps < 30 {
			t.Errorf("seed %d: only %d steps", seed, steps)
		}
	}
}

// TestStatesDiffer checks that states that differ in one place are written differently.
func TestStatesDiffer(t *testing.T) {
	m := askingMachine(t)
	first := encode(t, m)
	mod := m.modules["program"]
	for _, change := range []func(){
		func() { mod.Set("counter", 1) },
		func() { v, _ := mod.Get("seen"); _ = m.add(v.(*Set), 5) },
		func() { v, _ := mod.Get("lock"); v.(*lock).held = true },
		func() { v, _ := mod.Get("Shared"); m.setClassAttr(v.(*Class), "total", 7) },
		func() { v, _ := mod.Get("Shared"); l, _ := v.(*Class).Attr("log"); l.(*List).items = []Value{1} },
		func() { slices.Reverse(m.suspended) },
	} {
		change()
		state := encode(t, m)
		if bytes.Equal(first, state) {
			t.Error("a change does not show in the state")
		}
		if _, err := m.Restore(first); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encode(t, m), first) {
			t.Fatal("a change is left after the state was restored")
		}
	}
}

// FuzzRestore restores anything: it is an error or a state, and no panic.
func FuzzRestore(f *testing.F) {
	m := askingMachine(f)
	state, err := m.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{0, 1, 2})
	f.Add(state)
	f.Fuzz(func(t *testing.T, state []byte) {
		m := askingMachine(t)
		if _, err := m.Restore(state); err == nil {
			_, _ = m.Encode()
		}
	})
}
