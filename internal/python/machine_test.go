package python

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// newTestMachine loads a program in which guest(…) waits for Go.
func newTestMachine(t *testing.T, source string) (*Machine, *Module) {
	t.Helper()
	m := New(Options{})
	m.builtins["guest"] = m.Callable("guest", func(*Machine, []Value) (Value, error) { return nil, ErrSuspend })
	mod, err := m.LoadSource("program", "program.py", source)
	if err != nil {
		t.Fatal(err)
	}
	return m, mod
}

func get(t *testing.T, mod *Module, name string) Value {
	t.Helper()
	v, ok := mod.Get(name)
	if !ok {
		t.Fatalf("%s has no value", name)
	}
	return v
}

func run(t *testing.T, m *Machine) {
	t.Helper()
	if err := m.Run(); err != nil {
		t.Fatal(err)
	}
}

const guestProgram = `
class Stop(Exception): pass
def double(x):
  return guest('double', x) * 2
def raises(x):
  raise Stop(x)
def outer(x):
  try:
    return [guest('first'), guest('second', x)]
  except Stop as e:
    return 'stopped ' + str(e)
`

// TestGuests suspends a call in a function of Go, calls from there, and resumes it.
func TestGuests(t *testing.T) {
	m, mod := newTestMachine(t, guestProgram)
	f, err := m.Start(get(t, mod, "outer"), 7)
	if err != nil {
		t.Fatal(err)
	}
	run(t, m)
	if s := f.Suspension(); s == nil || s.Callable().Name() != "guest" || !slices.Equal(s.Args(), []Value{"first"}) {
		t.Fatalf("%v is no call of guest", s)
	}
	if err := m.CallOn(f, get(t, mod, "double"), 5); err != nil {
		t.Fatal(err)
	}
	run(t, m)
	if s := f.Suspension(); !slices.Equal(s.Args(), []Value{"double", 5}) || f.Stack()[0].Function != "double" {
		t.Fatalf("%v: it is not in double", f.Stack())
	}
	for _, v := range []Value{21, "one", "two"} {
		if err := m.Resume(f, v); err != nil {
			t.Fatal(err)
		}
		run(t, m)
		if s := f.Suspension(); v == 21 && s.Result() != 42 {
			t.Fatalf("the call on the fiber gave %v", s.Result())
		}
	}
	if v, done := f.Done(); !done || plainRepr(v) != "['one', 'two']" {
		t.Errorf("it gave %v, %v", plainRepr(v), done)
	}
	if err := m.Resume(f, nil); err == nil {
		t.Error("a fiber that has ended was resumed")
	}
}

// TestThrow raises in a guest: by Throw, and by a call on the fiber.
func TestThrow(t *testing.T) {
	for _, throw := range []bool{true, false} {
		m, mod := newTestMachine(t, guestProgram)
		f, _ := m.Start(get(t, mod, "outer"), 7)
		run(t, m)
		var err error
		if throw {
			var stop Value
			if stop, err = m.Call(get(t, mod, "Stop"), "now"); err == nil {
				err = m.Throw(f, stop.(*Instance))
			}
		} else {
			err = m.CallOn(f, get(t, mod, "raises"), "now")
		}
		if err != nil {
			t.Fatal(err)
		}
		run(t, m)
		if v, _ := f.Done(); v != "stopped now" {
			t.Errorf("it gave %v", v)
		}
	}
}

// TestUncaught sees an exception that leaves a thread, with its lines.
func TestUncaught(t *testing.T) {
	m, mod := newTestMachine(t, guestProgram)
	_, err := m.Call(get(t, mod, "raises"), 3)
	var e *Exception
	if !errors.As(err, &e) || !e.IsA("Exception") || e.Text() != "3" || e.Trace[0] != (Place{"program.py", 6, "raises"}) {
		t.Errorf("%v", err)
	}
	_, err = m.Call(get(t, mod, "double"), 3)
	var d *Deadlock
	if !errors.As(err, &d) || d.Waiting[0].Line != 4 {
		t.Errorf("%v", err)
	}
}

// TestObservers hears of calls by qualified name.
func TestObservers(t *testing.T) {
	m, mod := newTestMachine(t, `
class Table:
  def add(self, e, at = 1):
    if e == 'bad': raise ValueError(e)
    return [e, at]
def outer():
  def inner(x): return x
  return inner(3)
def all_():
  Table().add('a')
  Table.add(Table(), 'b', at = 2)
  outer()
  try: Table().add('bad')
  except ValueError: pass
`)
	var heard []string
	o := &Observer{
		Enter: func(m *Machine, c *Call) error {
			e, _ := c.Arg("e")
			at, _ := c.Arg("at")
			heard = append(heard, fmt.Sprint("enter ", c.Function().Name(), " ", e, " ", at))
			return nil
		},
		Leave: func(m *Machine, c *Call, v Value, e *Exception) error {
			heard = append(heard, fmt.Sprint("leave ", plainRepr(v), " ", e != nil))
			return nil
		},
	}
	if n := m.Observe("Table.add", o) + m.Observe("outer.<locals>.inner", o); n != 2 {
		t.Fatalf("%d functions are observed", n)
	}
	if _, err := m.Call(get(t, mod, "all_")); err != nil {
		t.Fatal(err)
	}
	want := "enter add a 1; leave ['a', 1] false; enter add b 2; leave ['b', 2] false; enter inner <nil> <nil>; leave 3 false; " +
		"enter add bad 1; leave None true"
	if got := strings.Join(heard, "; "); got != want {
		t.Errorf("heard %s\nexpected %s", got, want)
	}
}

// TestWalk walks objects.
func TestWalk(t *testing.T) {
	m, mod := newTestMachine(t, `
class Base:
  def __init__(self): self.b = 1
class Thing(Base):
  kind = 'k'
  def __init__(self, x):
    super().__init__()
    self.x = x
def make(n):
  def closure(): return n
  return closure
thing, closure = Thing([1, {2: 'two'}]), make(5)
`)
	x := get(t, mod, "thing").(*Instance)
	if x.Class().QualifiedName() != "Thing" || !slices.Equal(x.Fields(), []string{"b", "x"}) || x.Class().Ancestors()[1].Name() != "Base" {
		t.Errorf("%v %v", x.Class().Name(), x.Fields())
	}
	v, _ := x.Get("x")
	if d := v.(*List).Items()[1].(*Dict); d.Keys()[0] != 2 || d.Values()[0] != "two" {
		t.Error(plainRepr(d))
	}
	if kind, err := m.Attr(x, "kind"); kind != "k" || err != nil {
		t.Error(kind, err)
	}
	f := get(t, mod, "closure").(*Function)
	if n, ok := f.Variable("n"); n != 5 || !ok || f.Code().QualifiedName() != "make.<locals>.closure" {
		t.Error(n, f.Code().QualifiedName())
	}
}

// TestImmutable refuses a change of an object that was declared not to change.
func TestImmutable(t *testing.T) {
	m, mod := newTestMachine(t, `
class Type:
  def __init__(self): self.n = 0
t = Type()
def change(): t.n = 1
def other():
  x = Type()
  x.n = 2
  return x.n
`)
	m.Immutable(get(t, mod, "Type").(*Class))
	if err := m.Freeze(); err != nil {
		t.Fatal(err)
	}
	if v, err := m.Call(get(t, mod, "other")); v != 2 || err != nil {
		t.Error(v, err)
	}
	_, err := m.Call(get(t, mod, "change"))
	var r *Refusal
	if !errors.As(err, &r) || r.Line != 5 {
		t.Errorf("%v", err)
	}
}

// TestAPI uses operators and built-ins from Go.
func TestAPI(t *testing.T) {
	m, mod := newTestMachine(t, `
class Box:
  def __init__(self, *items): self.items = list(items)
  def __getitem__(self, i): return self.items[i]
  def __setitem__(self, i, v): self.items[i] = v
  def __iter__(self): return iter(self.items)
  def __eq__(self, other): return self.items == other.items
def f(a, b = 2, *, c = 3): return [a, b, c]
box, other = Box(1, 2), Box(1, 5)
`)
	box, other := get(t, mod, "box"), get(t, mod, "other")
	if v, err := m.Item(box, -1); v != 2 || err != nil {
		t.Error(v, err)
	}
	if err := m.SetItem(box, 1, 5); err != nil {
		t.Error(err)
	}
	if eq, err := m.Equal(box, other); !eq || err != nil {
		t.Error(eq, err)
	}
	if items, err := m.Elements(box); !slices.Equal(items, []Value{1, 5}) || err != nil {
		t.Error(items, err)
	}
	f := get(t, mod, "f").(*Function)
	if v, err := m.CallNamed(f, []string{"c"}, 1, 9); plainRepr(v) != "[1, 2, 9]" || err != nil {
		t.Error(plainRepr(v), err)
	}
	if !slices.Equal(f.Code().Params(), []string{"a", "b", "c"}) || f.Code().Defaults() != 1 {
		t.Error(f.Code().Params())
	}
	d := &Dict{}
	if err := m.SetItem(d, "k", Bytes("v")); err != nil || plainRepr(d) != "{'k': b'v'}" || typeName(d) != "dict" {
		t.Error(plainRepr(d), err)
	}
}

// TestLimit stops a loop, and lets the machine go on after that.
func TestLimit(t *testing.T) {
	m, mod := newTestMachine(t, `
def forever():
  while True: pass
def often(n):
  for i in range(n): pass
  return n
`)
	m.Limit(10_000)
	_, err := m.Call(get(t, mod, "forever"))
	var e *Exhausted
	if !errors.As(err, &e) || e.Line != 3 {
		t.Errorf("%v", err)
	}
	if _, err := m.Call(get(t, mod, "often"), 1_000_000); !errors.As(err, &e) {
		t.Errorf("the limit is forgotten: %v", err)
	}
	m.Limit(2_000_000)
	if v, err := m.Call(get(t, mod, "often"), 1_000_000); v != 1_000_000 || err != nil {
		t.Error(v, err)
	}
}
