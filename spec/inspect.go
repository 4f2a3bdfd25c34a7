package spec

import (
	"iter"
	"slices"
)

// What the outside may see of a store: the tables as they are, and what happens to them.

// A Watcher is told what happens to the tables of a store, so that properties need not trust the store's own books.
type Watcher interface {
	// Issued tells that e got an index in the table key of inst.
	Issued(inst *ComponentInstance, key TableKey, index uint64, e Element)
	// Retired tells that the index of e was freed.
	Retired(inst *ComponentInstance, key TableKey, index uint64, e Element)
	// Sought tells that a built-in that wants want is about to look an index up.
	Sought(inst *ComponentInstance, want Want, index uint64)
	// Found tells that a built-in that wants want found e at an index. It has not checked yet that e is what it wants.
	Found(inst *ComponentInstance, want Want, index uint64, e Element)
	// Delivered tells that inst is handed an event of e, an element of a set, under an index.
	Delivered(inst *ComponentInstance, code EventCode, index uint64, e Element)
}

// A TableView is one table of an instance as it is.
type TableView struct {
	Key    TableKey
	Live   []Slot   // in the order of their places
	Free   []uint64 // the free list, of places
	Length uint64   // of the array, with the place 0 that is never used
}

// A Slot is a live element, its place in the array and its index.
type Slot struct {
	Place   uint64
	Index   uint64
	Element Element
	Owner   *ComponentInstance // whose the element is
}

// Instances are the instances of s in the order they were made.
func (s *Store) Instances() []*ComponentInstance { return s.instances }

// Handles are the tables that inst keeps its handles in, in the order they came to be.
func (inst *ComponentInstance) Handles() []TableView {
	var views []TableView
	for _, t := range *inst.handles.tables {
		views = append(views, t.view(inst))
	}
	return views
}

func (t *Table) view(inst *ComponentInstance) TableView {
	v := TableView{Key: t.key, Free: t.free, Length: uint64(len(t.array))}
	for place, e := range t.array {
		if e != nil {
			v.Live = append(v.Live, t.slot(uint64(place), e, inst))
		}
	}
	return v
}

// Live yields the live elements of the tables that inst keeps its handles in.
func (inst *ComponentInstance) Live() iter.Seq[Slot] { return inst.handles.live(inst) }

// LiveThreads yields the live elements of the tables that inst keeps its threads in. Under a variant that keeps them with
// the handles, there are others among them.
func (inst *ComponentInstance) LiveThreads() iter.Seq[Slot] { return inst.threads.live(inst) }

func (ts *Tables) live(inst *ComponentInstance) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		for _, t := range *ts.tables {
			for place, e := range t.array {
				if e != nil && !yield(t.slot(uint64(place), e, inst)) {
					return
				}
			}
		}
	}
}

func (t *Table) slot(place uint64, e Element, inst *ComponentInstance) Slot {
	if t.owners != nil {
		inst = t.owners[place]
	}
	return Slot{place, t.numbering.Index(place), e, inst}
}

// SomeReady reports whether a thread waits that can go on.
func (s *Store) SomeReady() bool {
	return slices.ContainsFunc(s.waiting, (*Thread).ready)
}

// Threads are the tables that inst keeps its threads in. Under a variant that keeps them with the handles, they are the
// same tables, with everything that is in them.
func (inst *ComponentInstance) Threads() []TableView {
	var views []TableView
	for _, t := range *inst.threads.tables {
		views = append(views, t.view(inst))
	}
	return views
}

// Running is the thread that runs; nil: the host.
func (s *Store) Running() *Thread { return s.runningThread() }

// RunningThreads appends the threads that run, each resumed by the next, the last by the host.
func (s *Store) RunningThreads(threads []*Thread) []*Thread {
	for h := s.handler; h != nil; h = h.resumer {
		threads = append(threads, h.currentThread)
	}
	return threads
}

// Suspended reports whether t waits, was suspended or has not begun: it can still run, but does not.
func (t *Thread) Suspended() bool { return !t.running() }

// Ready reports whether t waits and can go on.
func (t *Thread) Ready() bool { return t.ready() }

// Instance is the instance whose task t belongs to.
func (t *Thread) Instance() *ComponentInstance { return t.task.inst }

// Tasks counts the tasks that are not at their end: those of the threads that run, wait or are in a table.
func (s *Store) Tasks() int { return len(s.liveTasks()) }

// LiveThreads counts the threads that are not at their end.
func (s *Store) LiveThreads() int { return len(s.liveThreads()) }

func (s *Store) liveThreads() []*Thread {
	var threads []*Thread
	add := func(t *Thread) {
		if !slices.Contains(threads, t) {
			threads = append(threads, t)
		}
	}
	for h := s.handler; h != nil; h = h.resumer {
		add(h.currentThread)
	}
	for _, t := range s.waiting {
		add(t)
	}
	for _, inst := range s.instances {
		for _, table := range *inst.threads.tables {
			for _, e := range table.array {
				if t, ok := e.(*Thread); ok {
					add(t)
				}
			}
		}
	}
	return threads
}

func (s *Store) liveTasks() []*Task {
	var tasks []*Task
	for _, t := range s.liveThreads() {
		if !slices.Contains(tasks, t.task) {
			tasks = append(tasks, t.task)
		}
	}
	return tasks
}

// String names the table: nothing for the only one, "[R]" for that of a type.
func (k TableKey) String() string { return k.suffix() }

// Describe says what an element is, for people: "own handle of R".
func Describe(e Element) string { return e.describe() }

// TypeName writes a type as WIT does; nil is "_".
func TypeName(t ValType) string { return typeName(t) }

// ClassOf is the class of an element.
func ClassOf(e Element) Class { return e.class() }

// Rep is the resource that a handle refers to.
func (h *ResourceHandle) Rep() Int { return h.rep }

// Type is the handle's resource type.
func (h *ResourceHandle) Type() *ResourceType { return h.rt }

// Answers reports whether e is of the class and type wanted.
func (w Want) Answers(e Element) bool {
	of := wantOf(e)
	switch {
	case w.Class == ClassWaitable:
		return of.Class.Waitable()
	case w.Typed:
		return of.Class == w.Class && typesEqual(of.Payload, w.Payload)
	default:
		return of.Class == w.Class && of.Resource == w.Resource
	}
}

// A ShadowTable is a table of a variant's own numbering that belongs to no instance: what the index would be if only
// the operations on it counted.
type ShadowTable struct {
	table *Table
	elem  Element
}

// NewShadowTable makes a shadow of an instance's table key, every choice the first.
func NewShadowTable(inst *ComponentInstance, key TableKey) *ShadowTable {
	s := NewStore(Options{Variant: inst.store.options.Variant, Limits: inst.store.options.Limits})
	ts := newTables(NewComponentInstance(s, nil))
	t := newTable(s, key, ts.numbering(key))
	*ts.tables = append(*ts.tables, t)
	return &ShadowTable{t, &WaitableSet{}}
}

// Add returns the index of a new element.
func (t *ShadowTable) Add() uint64 { return t.table.add(t.elem) }

// Remove frees an index.
func (t *ShadowTable) Remove(i uint64) { t.table.remove(i, lookup{}) }

// Draws reports whether the table's numbering draws indices through the choices.
func (t *ShadowTable) Draws() bool {
	_, draws := t.table.numbering.(*random)
	return draws
}

// Holds reports whether a layout looks for elements that want asks for in the table k.
func (v *Variant) Holds(k TableKey, want Want) bool { return v.Layout.Holds(k, want) }

// Set is the waitable set that a subtask or end is in; nil: none, or e is no waitable.
func Set(e Element) *WaitableSet {
	if w, ok := waitableOf(e); ok {
		return w.wset
	}
	return nil
}

// Elements are the waitables in the set.
func (wset *WaitableSet) Elements() []Element {
	var elems []Element
	for _, w := range wset.elems {
		elems = append(elems, w.self)
	}
	return elems
}

// NumWaiting is the set's own count of the threads that wait on it.
func (wset *WaitableSet) NumWaiting() int { return wset.numWaiting }

// ThreadsWaiting counts the threads of the store that wait on the set.
func (s *Store) ThreadsWaiting(wset *WaitableSet) int {
	n := 0
	for _, t := range s.waiting {
		if r, ok := t.readyFunc.(*readyAndHasEvent); ok && r.wset == wset {
			n++
		}
	}
	return n
}
