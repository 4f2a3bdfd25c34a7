package mirror

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cabi/internal/python"
	"cabi/spec"
)

// definitions are classes with the names that the mirror knows, and no more of them than the tests need.
const definitions = `
class Store:
  def __init__(self):
    self.waiting = []
    self.nesting_depth = 3

class Table:
  def __init__(self):
    self.array = [None]
    self.free = []

class ComponentInstance:
  def __init__(self, store):
    self.store = store
    self.parent = None
    self.handles = Table()
    self.threads = Table()
    self.may_enter = False
    self.may_leave = True
    self.backpressure = 7
    self.num_waiting_to_enter = 2
    self.exclusive_thread = None

class WaitableSet:
  def __init__(self):
    self.elems = []
    self.num_waiting = 0

class Subtask:
  def __init__(self):
    self.lenders = []
    self.flat_results = [1, 2.5]
    self.cancellation_requested = True
  def resolved(self):
    return False

begins = []

class Continuation:
  pass

class Thread:
  def __init__(self):
    self.cont = Continuation()
    self.ready_func = None
    self.task = None
    self.cancellable = True
    self.index = 4
    self.storage = [5, 6]
    def cont_func(cancelled):
      thread_func()
    def thread_func():
      pass
    begins.append(cont_func)
  def resume_later(self):
    self.ready_func = lambda: True
  def wait_for(self, t):
    self.ready_func = t.resolved
  def wait_otherwise(self):
    self.ready_func = lambda: False

store = Store()
inst = ComponentInstance(store)
`

// A world is a store of Python and its mirror.
type world struct {
	t       *testing.T
	machine *python.Machine
	module  *python.Module
	inst    *spec.ComponentInstance
	*Mirror
}

// newWorld runs the definitions, with changes, old and new in turn, and mirrors them.
func newWorld(t *testing.T, changes ...string) *world {
	t.Helper()
	text := strings.NewReplacer(changes...).Replace(definitions)
	if len(changes) > 0 && text == definitions {
		t.Fatalf("nothing is changed by %q", changes)
	}
	w := &world{t: t, machine: python.New(python.Options{})}
	var err error
	if w.module, err = w.machine.LoadSource("definitions", "definitions.py", text); err != nil {
		t.Fatal(err)
	}
	store := spec.NewStore(spec.Options{})
	w.inst = spec.NewComponentInstance(store, nil)
	w.inst.Name = "A"
	w.Mirror = &Mirror{Plans: NewPlans("host.py"), Store: store, Machine: w.machine}
	for name, value := range map[string]any{"store": store, "inst": w.inst} {
		x := w.get(name).(*python.Instance)
		w.Pair(x, value)
		w.Roots = append(w.Roots, x)
	}
	return w
}

// do runs statements of Python, in a module of the file.
func (w *world) do(file, statements string) {
	w.t.Helper()
	w.machine.Load("definitions")
	if _, err := w.machine.LoadSource(fmt.Sprintf("m%p", &statements), file, "from definitions import *\n"+statements); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) get(name string) python.Value {
	w.t.Helper()
	v, ok := w.module.Get(name)
	if !ok {
		w.t.Fatalf("there is no %s", name)
	}
	return v
}

// has fills the store and checks that its state has these parts.
func (w *world) has(parts ...string) {
	w.t.Helper()
	w.Sync()
	state := w.Store.State()
	for _, part := range parts {
		if !strings.Contains(state, part) {
			w.t.Errorf("the state has no %q:\n%s", part, state)
		}
	}
}

// unknown are the names of what the last Sync found and the port does not know.
func (w *world) unknown() (names []string) {
	for _, u := range w.Unknown {
		names = append(names, u.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (w *world) knowsAllBut(names ...string) {
	w.t.Helper()
	if got := w.unknown(); !slices.Equal(got, names) {
		w.t.Errorf("unknown are %q, want %q", got, names)
	}
}

// Fields are filled by name, whatever their spelling: numbers, flags, None.
func TestFields(t *testing.T) {
	w := newWorld(t)
	w.has("store depth=3", "instance A parent=- may_enter=0 may_leave=1 backpressure=7 num_waiting_to_enter=2 exclusive_thread=-")
	w.knowsAllBut()
	w.do("more.py", "inst.backpressure = 8\ninst.may_enter = True")
	w.has("may_enter=1", "backpressure=8")
}

// A table is written element by element, with its free places, and follows what happens to it.
func TestTables(t *testing.T) {
	w := newWorld(t)
	w.do("more.py", "s = WaitableSet()\ns.num_waiting = 2\ninst.handles.array = [None, s, None, s]\ninst.handles.free = [2]")
	w.has("  handles array=[- set1 - set1] free=[2]", "set1 elems=[] num_waiting=2")
	w.do("more.py", "inst.handles.array = [None, None]\ninst.handles.free = [1]\ninst.threads.array = [None, Thread()]")
	w.has("  handles array=[- -] free=[1]", "  threads array=[- thread1] free=[]")
	w.knowsAllBut()
}

// Something in a table that the port has nothing for is reported.
func TestUnknownElement(t *testing.T) {
	w := newWorld(t)
	w.do("more.py", "class Novelty:\n  pass\ninst.handles.array = [None, Novelty()]")
	w.Sync()
	w.knowsAllBut("handles")
	if u := w.Unknown[0]; u.Owner != w.inst {
		t.Errorf("the owner of what is unknown is %v, want the instance", u.Owner)
	}
}

// An object of Python has the same object of the port for as long as it lives, and two have two.
func TestIdentity(t *testing.T) {
	w := newWorld(t)
	w.do("more.py", "s, t = WaitableSet(), WaitableSet()\ninst.handles.array = [None, s, t]")
	w.Sync()
	element := func(i int) python.Value {
		handles, _ := w.get("inst").(*python.Instance).Get("handles")
		array, _ := handles.(*python.Instance).Get("array")
		return array.(*python.List).Items()[i]
	}
	s, other := w.Value(element(1)), w.Value(element(2))
	if s == nil || s == other {
		t.Fatalf("the sets are %v and %v, want two", s, other)
	}
	w.do("more.py", "inst.handles.array[1].num_waiting = 5\ninst.handles.array.reverse()")
	w.Sync()
	if again := w.Value(element(1)); again != s {
		t.Errorf("the set is another object after a change")
	}
	if set := As[*spec.WaitableSet](w.Mirror, element(1)); set != s {
		t.Errorf("As gives %v, want %v", set, s)
	}
	w.has("num_waiting=5")
}

// A field that the port does not have is reported with its owner and value, each time.
func TestUnknownField(t *testing.T) {
	w := newWorld(t, "self.num_waiting = 0", "self.num_waiting = 0\n    self.mood = 'blue'")
	w.do("more.py", "inst.handles.array = [None, WaitableSet()]")
	for range 2 {
		w.Sync()
		w.knowsAllBut("mood")
	}
	if u := w.Unknown[0]; len(w.Unknown) != 1 || u.Value != "blue" {
		t.Errorf("unknown are %v, want one, blue", w.Unknown)
	} else if _, ok := u.Owner.(*spec.WaitableSet); !ok {
		t.Errorf("the owner is %T, want a set", u.Owner)
	}
}

// A field that is only set later than its plan was made is seen as well.
func TestLateField(t *testing.T) {
	w := newWorld(t)
	w.Sync()
	w.knowsAllBut()
	w.do("more.py", "inst.later = 1")
	w.Sync()
	w.knowsAllBut("later")
}

// The new name of a field that was renamed is unknown.
func TestRenamedField(t *testing.T) {
	w := newWorld(t, "self.backpressure = 7", "self.pressure = 7")
	w.has("backpressure=0")
	w.knowsAllBut("pressure")
}

// A field that holds something of another type is reported by its class and name.
func TestFieldOfAnotherType(t *testing.T) {
	w := newWorld(t, "self.backpressure = 7", "self.backpressure = 'high'")
	var reported []string
	w.OnUnknown = func(class, field string, _ python.Value) { reported = append(reported, class+"."+field) }
	w.Sync()
	if want := []string{"ComponentInstance.backpressure"}; !slices.Equal(reported, want) {
		t.Errorf("reported are %q, want %q", reported, want)
	}
}

// Closures and bound methods are told apart by the names of their functions.
func TestClosures(t *testing.T) {
	for _, c := range []struct{ file, do, want string }{
		{"more.py", "t.resume_later()", "ready_func=always"},
		{"more.py", "s = Subtask()\nt.wait_for(s)\ninst.handles.array = [None, s]", "ready_func=resolved(subtask1)"},
		{"host.py", "t.ready_func = lambda: True", "ready_func=host"},
		{"host.py", "class Thread:\n  def resume_later(self):\n    return lambda: True\nt.ready_func = Thread().resume_later()", "ready_func=host"},
		{"more.py", "t.ready_func = None", "ready_func=-"},
	} {
		w := newWorld(t)
		w.do(c.file, "t = Thread()\ninst.threads.array = [None, t]\n"+c.do)
		w.has("thread1 task=- ", "cancellable=1 index=4 storage=[5 6] "+c.want)
		w.knowsAllBut()
	}
}

// A closure that the port does not know, in the place of one that it knows, is unknown.
func TestUnknownClosure(t *testing.T) {
	w := newWorld(t)
	w.do("more.py", "t = Thread()\nt.wait_otherwise()\ninst.threads.array = [None, t]")
	w.Sync()
	if got := w.unknown(); !slices.Contains(got, "readyFunc") {
		t.Errorf("unknown are %q, want readyFunc among them", got)
	}
}

// A continuation has begun unless it is said what it begins with.
func TestContinuations(t *testing.T) {
	w := newWorld(t)
	w.do("more.py", "inst.threads.array = [None, Thread()]")
	w.has("thread1 task=- suspended", "begins=-")
	threads, _ := w.get("inst").(*python.Instance).Get("threads")
	array, _ := threads.(*python.Instance).Get("array")
	thread := array.(*python.List).Items()[1].(*python.Instance)
	cont, _ := thread.Get("cont")
	w.Begins(cont.(*python.Instance), w.get("begins").(*python.List).Items()[0])
	w.has("begins=host")
	w.Begins(cont.(*python.Instance), nil)
	w.has("begins=-")
	w.do("more.py", "inst.threads.array[1].cont = None")
	w.has("thread1 task=- running")
}

// Lists of core values, and None where there was a list.
func TestSubtask(t *testing.T) {
	w := newWorld(t)
	w.do("more.py", "inst.handles.array = [None, Subtask()]")
	w.has("lenders=[] cancellation_requested=1 flat_results=[1 2.5]")
	w.do("more.py", "inst.handles.array[1].lenders = None")
	w.has("lenders=- ")
}
