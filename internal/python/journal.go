package python

import (
	"cmp"
	"math"
	"slices"
)

// A journal keeps what objects were before they changed, so that a machine can be put back as it was at a mark. An object is kept once
// between two marks. Time is counted: it moves on at marks, and whenever somebody asks what has changed since.
type journal struct {
	now     uint32
	since   uint32 // when the last mark was made; 0: there is none
	entries []entry
	values  []Value // what entries refer to
	frames  []frame
	tries   []handlerAt
	fibers  []Fiber
	rebound []rebound
	old     int      // how many classes there were at the first mark
	begun   []*frame // of all calls since the first mark, which a rollback makes the frames of no call
}

// An entry is what an object was.
type entry struct {
	object any     // nil: undo says what to do
	items  []Value // the slice that the object had
	from   int     // where its elements are in the journal's values, or the object in its frames
	tries  int     // of a frame: where its handlers are in the journal's
	first  int     // of a frame: where its variables are in the journal's values
	rest   any     // what else the object had
	undo   func()
}

// A Mark is a state of a machine that it can be put back to.
type Mark struct {
	entries, values, frames, tries, fibers, begun, classes int
	ready, suspended                                       []*Fiber
	steps                                                  int64
}

// Mark marks the state of the machine, in which no fiber runs.
func (m *Machine) Mark() Mark {
	if m.since == 0 {
		m.old = len(m.classes)
	}
	m.now++
	m.since = m.now
	return Mark{len(m.entries), len(m.values), len(m.frames), len(m.tries), len(m.fibers), len(m.begun), len(m.classes), m.ready, m.suspended, m.steps}
}

// Rollback puts the machine back to a mark. Marks made after it are void.
func (m *Machine) Rollback(to Mark) {
	m.now++
	for i := len(m.entries) - 1; i >= to.entries; i-- {
		m.putBack(&m.entries[i])
	}
	clear(m.entries[to.entries:])
	m.entries, m.values = m.entries[:to.entries], m.values[:to.values]
	m.frames, m.tries, m.fibers = m.frames[:to.frames], m.tries[:to.tries], m.fibers[:to.fibers]
	m.reclaim(m.begun[to.begun:])
	m.begun = m.begun[:to.begun]
	m.forgetClasses(to.classes)
	m.fiber, m.frame, m.call, m.nested, m.recursion = nil, nil, nil, 0, 0
	m.ready, m.suspended, m.steps = to.ready, to.suspended, to.steps
	m.now++
	m.since = m.now
}

// reclaim has the frames of calls that never were be used again.
func (m *Machine) reclaim(frames []*frame) {
	for _, f := range frames {
		if f.gen == nil && f.body == nil && !f.inPool && len(m.pool) <= 200 {
			*f = frame{regs: f.regs, tries: f.tries[:0], inPool: true}
			m.pool = append(m.pool, f)
		}
	}
}

// IsWorn reports whether little is left of the time that the machine can count.
func (m *Machine) IsWorn() bool { return m.now > math.MaxUint32/2 }

// Now is the time of the machine. What changes later has a later one.
func (m *Machine) Now() uint32 {
	m.now++
	return m.now - 1
}

// A Stamp says when an object changed.
type Stamp struct{ time uint32 }

// Time is when the object changed last, as Machine.Now says it; 0: it has not since it was made.
func (s *Stamp) Time() uint32 { return s.time }

// Changes is the stamp of an object that can change: a List, a Dict, a Set, an Instance or a Bytearray; nil: it is none.
func Changes(v Value) *Stamp {
	switch v := v.(type) {
	case *List:
		return &v.changed
	case *Instance:
		return &v.changed
	case *Bytearray:
		return &v.changed
	case *Dict:
		return &v.changed
	case *Set:
		return &v.changed
	}
	return nil
}

// EachCell calls f with the stamps of the variables of outer functions that a function uses.
func (f *Function) EachCell(do func(*Stamp)) {
	for _, c := range f.cells {
		do(&c.changed)
	}
}

// made is the head of a new object, which nobody needs to keep.
func (m *Machine) made() head { return head{changed: Stamp{m.now}} }

// isKept reports whether an object is in the journal since the last mark, or need not be.
func (m *Machine) isKept(s *Stamp) bool { return s.time >= m.since }

// keep adds an entry for an object, which has a slice of values; other may be nil.
func (m *Machine) keep(object any, items []Value, rest any) {
	m.entries = append(m.entries, entry{object: object, items: items, from: len(m.values), rest: rest})
	m.values = append(m.values, items...)
}

// onRollback has a rollback call undo.
func (m *Machine) onRollback(undo func()) {
	if m.since > 0 {
		m.entries = append(m.entries, entry{undo: undo})
	}
}

// The following are called before an object changes, by its type.

func (m *Machine) changeInstance(x *Instance) {
	if x.changed.time != m.now {
		m.keepInstance(x)
	}
}

func (m *Machine) keepInstance(x *Instance) {
	if !m.isKept(&x.changed) {
		var rest any
		if x.exc != nil {
			rest = *x.exc
		}
		m.keep(x, x.fields, rest)
	}
	x.changed.time = m.now
}

func (m *Machine) changeList(x *List) {
	if x.changed.time != m.now {
		m.keepList(x)
	}
}

func (m *Machine) keepList(x *List) {
	if !m.isKept(&x.changed) {
		m.keep(x, x.items, nil)
	}
	x.changed.time = m.now
}

func (m *Machine) changeCell(x *cell) {
	if x.changed.time != m.now {
		m.keepCell(x)
	}
}

func (m *Machine) keepCell(x *cell) {
	if !m.isKept(&x.changed) {
		m.keep(x, nil, x.value)
	}
	x.changed.time = m.now
}

func (m *Machine) changeBytes(x *Bytearray) {
	if x.changed.time == m.now {
		return
	}
	if !m.isKept(&x.changed) {
		m.keep(x, nil, keptBytes{x.data, slices.Clone(x.data)})
	}
	x.changed.time = m.now
}

// keptBytes are the slice of a bytearray, and its elements.
type keptBytes struct{ data, elements []byte }

func (m *Machine) changeDict(x *Dict) {
	if !m.isKept(&x.changed) {
		m.keep(x, x.keys, keptValues{x.vals, slices.Clone(x.vals)})
	}
	x.changed.time = m.now
}

// keptValues are the slice of the values of a dict, and its elements.
type keptValues struct{ vals, elements []Value }

func (m *Machine) changeSet(x *Set) {
	if !m.isKept(&x.changed) {
		var table *setTable
		if x.table != nil {
			table = &setTable{slots: slices.Clone(x.table.slots), fill: x.table.fill}
		}
		m.onRollback(func() { x.table = table })
	}
	m.changeDict(&x.Dict)
}

// own is called before a frame goes on that has been left.
func (m *Machine) own(f *frame) {
	if f.changed.time < m.since {
		m.keepFrame(f)
	}
}

func (m *Machine) keepFrame(f *frame) {
	m.entries = append(m.entries, entry{object: f, from: len(m.frames), items: f.regs, first: len(m.values), tries: len(m.tries)})
	m.frames = append(m.frames, *f)
	m.values = append(m.values, f.regs...)
	m.tries = append(m.tries, f.tries...)
	f.changed.time = m.now
}

func (m *Machine) changeFiber(f *Fiber) {
	if m.isKept(&f.changed) {
		return
	}
	m.entries = append(m.entries, entry{object: f, from: len(m.fibers)})
	m.fibers = append(m.fibers, *f)
	f.changed.time = m.now
}

// changeWhole keeps an object by a copy of its struct. What that refers to does not change, or is kept by itself.
func changeWhole[T any](m *Machine, x *T, s *Stamp) {
	if m.isKept(s) {
		return
	}
	old := *x
	m.onRollback(func() { *x = old })
	s.time = m.now
}

// putBack makes an object what it was. It has changed now, as all that look at it must see.
func (m *Machine) putBack(e *entry) {
	elements := func(n int) []Value { return m.values[e.from : e.from+n] }
	switch x := e.object.(type) {
	case nil:
		e.undo()
	case *Instance:
		x.fields, x.changed.time = e.items, m.now
		copy(x.fields, elements(len(e.items)))
		if exc, ok := e.rest.(exceptionData); ok {
			*x.exc = exc
		}
	case *List:
		x.items, x.changed.time = e.items, m.now
		copy(x.items, elements(len(e.items)))
	case *cell:
		x.value, x.changed.time = e.rest, m.now
	case *Bytearray:
		kept := e.rest.(keptBytes)
		x.data, x.changed.time = kept.data, m.now
		copy(x.data, kept.elements)
	case *Dict:
		kept := e.rest.(keptValues)
		x.keys, x.vals, x.index, x.changed.time = e.items, kept.vals, nil, m.now
		copy(x.keys, elements(len(e.items)))
		copy(x.vals, kept.elements)
	case *frame:
		*x = m.frames[e.from]
		copy(x.regs, m.values[e.first:])
		copy(x.tries, m.tries[e.tries:])
	case *Fiber:
		*x = m.fibers[e.from]
	}
}

// changeVariable is called before a variable of a module changes.
func (m *Machine) changeVariable(mod *Module, slot int) {
	old := mod.vals[slot]
	m.onRollback(func() { mod.setSlot(slot, old) })
	m.noteRebound(rebound{module: mod, slot: slot, was: old})
}

// forgetClasses forgets the classes that functions have made since there were so many: nothing refers to them any more.
func (m *Machine) forgetClasses(many int) {
	clear(m.classes[many:])
	m.classes = m.classes[:many]
}

// keepClassAttr is called before an attribute of a class changes.
func (m *Machine) keepClassAttr(c *Class, name string) {
	old, had := c.attrs[name]
	order := c.order
	was := old
	if !had {
		was = unset
	}
	m.noteRebound(rebound{class: c, name: name, was: was})
	m.onRollback(func() {
		if c.attrs[name] = old; !had {
			delete(c.attrs, name)
		}
		c.order = order
		m.classEpoch++
	})
}

// Swap exchanges two elements of a list.
func (m *Machine) Swap(l *List, i, j int) {
	m.changeList(l)
	l.items[i], l.items[j] = l.items[j], l.items[i]
}

// A rebound is a variable of a module, or an attribute of a class, that functions have bound to something else since the first mark.
type rebound struct {
	class  *Class // nil: it is a variable of a module
	name   string
	module *Module
	slot   int
	was    Value // at the first mark
}

// noteRebound notes the first time that something is bound anew. What a function binds in a class that it makes itself is not.
func (m *Machine) noteRebound(r rebound) {
	if r.class != nil && r.class.id >= m.old {
		return
	}
	same := func(o rebound) bool {
		return o.class == r.class && o.name == r.name && o.module == r.module && o.slot == r.slot
	}
	if m.since > 0 && !slices.ContainsFunc(m.rebound, same) {
		m.rebound = append(m.rebound, r)
		slices.SortFunc(m.rebound, func(a, b rebound) int { return cmp.Compare(a.text(), b.text()) })
	}
}

// text is the name of the variable or attribute.
func (r *rebound) text() string {
	if r.class != nil {
		return r.class.qualified + "." + r.name
	}
	return r.module.name + "." + r.module.names[r.slot]
}

// value is what the variable or attribute is now.
func (r *rebound) value() Value {
	if r.class == nil {
		return r.module.vals[r.slot]
	}
	if v, ok := r.class.attrs[r.name]; ok {
		return v
	}
	return unset
}

// Rebound calls do with the variables of modules and the attributes of classes that are not what they were at the first mark, by their
// names.
func (m *Machine) Rebound(do func(name string, v Value)) {
	for i := range m.rebound {
		if r := &m.rebound[i]; r.value() != r.was {
			do(r.text(), r.value())
		}
	}
}
