package python

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// rollbackWalk takes steps at random, marks states now and then, and goes back to marks: the state is the one that was marked. It returns
// how often it went back.
func rollbackWalk(t *testing.T, m *Machine, rng *rand.Rand, steps int, step func() (more bool)) (rollbacks int) {
	t.Helper()
	type marked struct {
		mark  Mark
		state []byte
	}
	marks := []marked{{m.Mark(), encode(t, m)}}
	back := func() {
		marks = marks[:1+rng.IntN(len(marks))]
		last := marks[len(marks)-1]
		m.Rollback(last.mark)
		rollbacks++
		if got := encode(t, m); !bytes.Equal(got, last.state) {
			t.Fatalf("after %d rollbacks, mark %d of the state: a state is not what it was:\n%q\n%q", rollbacks, len(marks), got, last.state)
		}
	}
	for range steps {
		switch {
		case !step() || rng.IntN(4) == 0:
			back()
		case rng.IntN(2) == 0:
			marks = append(marks, marked{m.Mark(), encode(t, m)})
		}
	}
	return rollbacks
}

// TestRollback walks through a program with threads, generators, handlers and objects of all kinds.
func TestRollback(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 5))
		m := askingMachine(t)
		n := rollbackWalk(t, m, rng, 300, func() bool {
			if len(m.Suspended()) == 0 {
				return false
			}
			step(t, m, rng.IntN(5), rng.IntN(3))
			return true
		})
		if n < 50 {
			t.Errorf("only %d rollbacks", n)
		}
	}
}

// TestUpstreamRollback walks through two components, and goes back after traps too.
func TestUpstreamRollback(t *testing.T) {
	m, world := worldMachine(t, checkout(t), firstOfAll{})
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 6))
		first := m.Mark()
		rollbackWalk(t, m, rng, 200, func() bool { return act(m, world, rng.IntN(12), rng.IntN(5)) == nil })
		m.Rollback(first)
	}
}

// A changing program changes objects in each way that Python has, after a mark.
const changingProgram = `
class C:
  pass
class D:
  shared = 1
x = C()
x.a, x.gone = 1, 2
numbers, words, flags, data = [3, 1, 2], {'k': 1, 'l': 2}, {1, 2, 300}, bytearray(b'abcd')
names = {'a', 'b'}
variable = 1
def counter():
  n = 0
  def next_():
    nonlocal n
    n += 1
    return n
  return next_
count = counter()
iterators = [iter([1, 2]), iter((1, 2)), iter({'a': 1}), iter({1, 2}), iter(range(3)), iter('ab'), iter(b'ab'), enumerate([1, 2]),
  zip([1], [2]), map(str, [1, 2]), (i for i in [1, 2])]
error = ValueError('e')
def set_variable():
  global variable
  variable = 2
def del_variable():
  global variable
  del variable
def raises():
  try:
    raise error from KeyError('k')
  except ValueError:
    pass
def attribute(): x.a = 2
def new_attribute(): x.late = [1]
def del_attribute(): del x.gone
def class_attribute(): D.shared = 2
def new_class_attribute(): D.other = 2
def item(): numbers[0] = 9
def slice_(): numbers[1:] = [7, 7, 7]
def step_slice(): numbers[::2] = [7, 7]
def append(): numbers.append(4)
def extend(): numbers.extend([4, 5])
def inplace():
  global numbers
  numbers += [6]
def times():
  global numbers
  numbers *= 2
def insert(): numbers.insert(0, 5)
def pop(): numbers.pop()
def pop_append():
  numbers.pop()
  numbers.append(8)
def pop_first(): numbers.pop(0)
def remove(): numbers.remove(1)
def clear(): numbers.clear()
def reverse(): numbers.reverse()
def sort(): numbers.sort()
def del_item(): del numbers[0]
def del_slice(): del numbers[:2]
def key(): words['k'] = 2
def new_key(): words['m'] = 3
def del_key(): del words['k']
def pop_key(): words.pop('k')
def default(): words.setdefault('z', 1)
def update(): words.update({'k': 5, 'q': 6})
def clear_dict(): words.clear()
def inplace_dict():
  global words
  words |= {'k': 7}
def add(): flags.add(5)
def add_word(): flags.add('w')
def discard(): flags.discard(1)
def remove_flag(): flags.remove(300)
def update_flags(): flags.update({8, 9, 10, 11, 12})
def clear_flags(): flags.clear()
def or_flags():
  global flags
  flags |= {77}
def and_flags():
  global flags
  flags &= {1}
def sub_flags():
  global flags
  flags -= {1}
def add_name(): names.add('c')
def byte(): data[0] = 1
def bytes_(): data[0:2] = b'xy'
def more_bytes(): data[0:1] = b'xyz'
def append_byte(): data.append(1)
def extend_bytes(): data.extend(b'xy')
def inplace_bytes():
  global data
  data += b'z'
def clear_bytes(): data.clear()
def del_bytes(): del data[0:2]
def cell(): count()
def iterate():
  for it in iterators:
    next(it)
actions = [set_variable, del_variable, raises, attribute, new_attribute, del_attribute, class_attribute, new_class_attribute, item, slice_, step_slice,
  append, extend, inplace, times, insert, pop, pop_append, pop_first, remove, clear, reverse, sort, del_item, del_slice, key, new_key, del_key, pop_key,
  default, update, clear_dict, inplace_dict, add, add_word, discard, remove_flag, update_flags, clear_flags, or_flags, and_flags, sub_flags, add_name,
  byte, bytes_, more_bytes, append_byte, extend_bytes, inplace_bytes, clear_bytes, del_bytes, cell, iterate]
`

// TestRollbackOfChanges makes each change of the program alone, and twice with a mark between, and takes it back.
func TestRollbackOfChanges(t *testing.T) {
	m := New(Options{})
	mod, err := m.LoadSource("changing", "changing.py", changingProgram)
	if err == nil {
		err = m.Freeze()
	}
	if err != nil {
		t.Fatal(err)
	}
	call := func(f Value) { // an exception, as of a second deletion, is a change too
		_, _ = m.Call(f)
	}
	actions, _ := mod.Get("actions")
	before := encode(t, m)
	outer := m.Mark()
	for _, f := range actions.(*List).items {
		name := f.(*Function).code.name
		call(f)
		once := encode(t, m)
		if bytes.Equal(once, before) {
			t.Errorf("%s changes nothing that shows in a state", name)
		}
		inner := m.Mark()
		call(f)
		for _, g := range []string{"append", "key", "add", "byte", "cell"} {
			other, _ := mod.Get(g)
			call(other)
		}
		m.Rollback(inner)
		if !bytes.Equal(encode(t, m), once) {
			t.Errorf("%s: the second is not taken back", name)
		}
		m.Rollback(outer)
		if !bytes.Equal(encode(t, m), before) {
			t.Errorf("%s is not taken back", name)
		}
	}
}

// TestStamps changes objects twice between two marks: whoever asked what changed between hears of the second change, too.
func TestStamps(t *testing.T) {
	m := New(Options{})
	mod, err := m.LoadSource("stamped", "stamped.py", `
class C:
  pass
objects = [C(), [1], {1: 1}, {1}, bytearray(b'a')]
def change(n):
  x, items, words, flags, data = objects
  x.n, words[n] = n, n
  items.append(n)
  flags.add(n)
  data.append(n)
def change_back(n):
  objects[2].pop(n)
  objects[3].discard(n)
`)
	if err != nil {
		t.Fatal(err)
	}
	objects, _ := mod.Get("objects")
	changes := func(name string, n int) {
		f, _ := mod.Get(name)
		if _, err := m.Call(f, n); err != nil {
			t.Fatal(err)
		}
	}
	m.Mark()
	for n := range 3 {
		asked := m.Now()
		changes("change", 10+n)
		for _, x := range objects.(*List).items {
			if Changes(x).Time() <= asked {
				t.Errorf("change %d of a %s does not show", n+1, typeName(x))
			}
		}
	}
	for n := range 2 {
		asked := m.Now()
		changes("change_back", 10+n)
		for _, x := range objects.(*List).items[2:4] {
			if Changes(x).Time() <= asked {
				t.Errorf("removal %d from a %s does not show", n+1, typeName(x))
			}
		}
	}
}

// TestClassesOfFunctions checks that a class which a function makes is nothing that is bound anew, that what the function makes of the next such class is
// not that of the last, and that going back forgets such classes.
func TestClassesOfFunctions(t *testing.T) {
	m, mod := newTestMachine(t, `
def made(n):
  class C:
    def get(self): return n
  c = C()
  before = c.get()
  C.get = lambda self: n + 10
  return before, c.get()
class D:
  x = 0
def bind(): D.x = 1
`)
	bound := func() (names []string) {
		m.Rebound(func(name string, _ Value) { names = append(names, name) })
		return names
	}
	call := func(name string, args ...Value) Value {
		t.Helper()
		v, err := m.Call(get(t, mod, name), args...)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := len(m.classes)
	mark := m.Mark()
	for n := range 3 {
		if got := call("made", n).(*Tuple).items; !slices.Equal(got, []Value{n, n + 10}) {
			t.Errorf("made(%d) is %v", n, got)
		}
	}
	if names := bound(); len(names) > 0 {
		t.Errorf("%q are bound anew by a function that makes a class of its own", names)
	}
	call("bind")
	if names := bound(); !slices.Equal(names, []string{"D.x"}) {
		t.Errorf("%q are bound anew, and D.x is", names)
	}
	m.Rollback(mark)
	if names := bound(); len(names) > 0 || len(m.classes) != before {
		t.Errorf("after going back, %q are bound anew, and there are %d classes instead of %d", names, len(m.classes), before)
	}
}
