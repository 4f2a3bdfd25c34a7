// Not upstream's: the tables of an instance, and in which of them a variant keeps an element.

package spec

import "fmt"

// A Class is the class of an element, as isinstance asks for it.
type Class uint8

// The classes of elements.
const (
	ClassNone Class = iota
	ClassResourceHandle
	ClassWaitable // any of the next five
	ClassSubtask
	ClassReadableStreamEnd
	ClassWritableStreamEnd
	ClassReadableFutureEnd
	ClassWritableFutureEnd
	ClassWaitableSet
	ClassErrorContext
	ClassThread
	ClassCoreFuncRef
)

func (c Class) String() string {
	return [...]string{"nothing", "resource handle", "waitable", "subtask", "readable stream end", "writable stream end",
		"readable future end", "writable future end", "waitable set", "error context", "thread", "function"}[c]
}

// Waitable reports whether elements of class c are waitables.
func (c Class) Waitable() bool { return ClassWaitable <= c && c <= ClassWritableFutureEnd }

// Expected is the element that a built-in expects an index to name: its class and, where the built-in knows it, its type.
// Typed stands beside Class so that the struct has no more than the four words that Go keeps in registers: copies of larger ones are slow.
type Expected struct {
	Class    Class
	Typed    bool          // the payload type is known; it may be nil
	Resource *ResourceType // of a resource handle
	Payload  ValType       // of a stream or future end, where Typed
}

var (
	wantWaitable     = Expected{Class: ClassWaitable}
	wantWaitableSet  = Expected{Class: ClassWaitableSet}
	wantSubtask      = Expected{Class: ClassSubtask}
	wantErrorContext = Expected{Class: ClassErrorContext}
	wantThread       = Expected{Class: ClassThread}
	wantCoreFuncRef  = Expected{Class: ClassCoreFuncRef}
)

func wantResource(rt *ResourceType) Expected {
	return Expected{Class: ClassResourceHandle, Resource: rt}
}

func wantEnd(c Class, t ValType) Expected { return Expected{Class: c, Payload: t, Typed: true} }

func (w Expected) String() string {
	switch {
	case w.Resource != nil:
		return fmt.Sprintf("%s of %s", w.Class, w.Resource.Name)
	case w.Typed:
		return fmt.Sprintf("%s of %s", w.Class, typeName(w.Payload))
	default:
		return w.Class.String()
	}
}

// Tables are the tables of one instance. The variant's layout says which of them an element lives in; under the pin's layout
// there is one, upstream's inst.handles. A table is made when its first element is added.
type Tables struct {
	inst   *ComponentInstance
	tables *[]*Table // in the order they were made; the store's if the variant shares them
}

func newTables(inst *ComponentInstance) *Tables {
	if inst.store.options.Variant.Shared {
		return &Tables{inst, &inst.store.shared}
	}
	return &Tables{inst, new([]*Table)}
}

// newThreadTables are inst.threads: tables apart from those of the handles, unless the layout keeps threads with the handles.
func newThreadTables(inst *ComponentInstance) *Tables {
	if key := inst.store.options.Variant.Layout.Key(wantThread); key.Class == ClassThread {
		return &Tables{inst, new([]*Table)}
	}
	return inst.handles
}

// add puts e into the table it belongs to.
func (ts *Tables) add(e Element) uint64 {
	key := ts.variant().Layout.Key(wantOf(e))
	t := ts.find(key)
	if t == nil {
		t = newTable(ts.inst.store, key, ts.numbering(key))
		*ts.tables = append(*ts.tables, t)
	}
	i := t.add(e)
	if ts.shared() {
		t.setOwner(i, ts.inst)
	}
	if w := ts.inst.store.options.Watcher; w != nil {
		w.Issued(ts.inst, key, i, e)
	}
	return i
}

// get looks an index up in the table that the layout keeps the elements wanted in. What it finds may be of another class
// or type, where the layout keeps them together: the caller checks.
func (ts *Tables) get(i uint64, want Expected) (at lookup) {
	at = lookup{inst: ts.inst, index: i, want: want}
	t := ts.seek(&at)
	at.found = t.get(i, &at)
	if w := ts.inst.store.options.Watcher; w != nil {
		w.Found(ts.inst, want, i, at.found)
	}
	return at
}

// remove is get, and frees the index.
func (ts *Tables) remove(i uint64, want Expected) (at lookup) {
	at = lookup{inst: ts.inst, index: i, want: want}
	t := ts.seek(&at)
	at.found = t.remove(i, &at)
	if w := ts.inst.store.options.Watcher; w != nil {
		w.Found(ts.inst, want, i, at.found)
		w.Retired(ts.inst, t.key, i, at.found)
	}
	return at
}

// seek begins a lookup: it finds the table to look in.
func (ts *Tables) seek(at *lookup) *Table {
	if w := ts.inst.store.options.Watcher; w != nil {
		w.Sought(ts.inst, at.want, at.index)
	}
	return ts.table(at)
}

// table is the table to look an index up in. Where the layout allows several, it is the first of them in which the index is
// live, in the order in which they were made.
func (ts *Tables) table(at *lookup) *Table {
	var first *Table
	for _, t := range *ts.tables {
		if !ts.variant().Layout.Holds(t.key, at.want) {
			continue
		}
		if t.live(at.index) {
			ts.checkOwner(t, at)
			return t
		}
		if first == nil {
			first = t
		}
	}
	if first == nil {
		return newTable(ts.inst.store, TableKey{}, LIFO{})
	}
	return first
}

func (t *Table) live(i uint64) bool {
	place := t.numbering.Place(i)
	return place < uint64(len(t.array)) && t.array[place] != nil
}

func (ts *Tables) find(key TableKey) *Table {
	for _, t := range *ts.tables {
		if t.key.equal(key) {
			return t
		}
	}
	return nil
}

// numbering is the variant's numbering of a table. A table of threads alone has upstream's.
func (ts *Tables) numbering(key TableKey) Numbering {
	if key.Class == ClassThread {
		return LIFO{}
	}
	return ts.variant().Numbering(ts, key)
}

// shared reports whether other instances have elements in these tables.
func (ts *Tables) shared() bool { return ts.tables == &ts.inst.store.shared }

// checkOwner traps if the element of an index belongs to another instance.
func (ts *Tables) checkOwner(t *Table, at *lookup) {
	if ts.shared() {
		at.trapIf(t.owner(at.index) != ts.inst, "variant/owner", "the index is another instance's")
	}
}

func (t *Table) setOwner(i uint64, inst *ComponentInstance) {
	if t.owners == nil {
		t.owners = map[uint64]*ComponentInstance{}
	}
	t.owners[t.numbering.Place(i)] = inst
}

// owner is the instance that the element of an index belongs to; nil: the one whose table it is.
func (t *Table) owner(i uint64) *ComponentInstance { return t.owners[t.numbering.Place(i)] }

func (ts *Tables) variant() *Variant { return ts.inst.store.options.Variant }

// allThreads yields the threads in the order of their indices.
func (ts *Tables) allThreads(yield func(*Thread) bool) {
	for _, t := range *ts.tables {
		for e := range t.all {
			if thread, ok := e.(*Thread); ok && !yield(thread) {
				return
			}
		}
	}
}

// wantOf is what a built-in expects that e, and nothing else, is.
func wantOf(e Element) Expected {
	switch e := e.(type) {
	case *ResourceHandle:
		return wantResource(e.rt)
	case end:
		return wantEnd(e.class(), e.base().shared.T())
	default:
		return Expected{Class: e.class()}
	}
}
