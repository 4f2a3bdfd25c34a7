package python

import (
	"errors"
	"slices"
)

// A base is what a machine was when Freeze was called. States are written as what differs from it: an object of the base is written
// as its number, and its content only if it may change.
type base struct {
	objects []any    // by their number
	mutable []any    // of these, those whose content may change
	content [][]byte // their content in the base
	classes int      // how many classes there were
}

// Freeze makes what the modules hold now, and what the roots are, the base of states: Encode writes what differs, and Restore restores
// it in place, so that pointers to these objects stay good. Machines that loaded the same sources, in the same order, and made the
// same objects, exchange states. It fails while a fiber is under way.
func (m *Machine) Freeze(roots ...Value) error {
	if m.base != nil {
		return errors.New("the machine is frozen already")
	}
	if len(m.suspended)+len(m.ready) > 0 || m.fiber != nil {
		return errors.New("a fiber is under way")
	}
	m.base = &base{classes: len(m.classes)}
	w := &baseWalk{m}
	for _, mod := range m.allModules() {
		mod.base = slices.Clone(mod.vals)
		mod.dirty = nil
		for _, v := range mod.vals {
			w.value(v)
		}
	}
	for _, c := range m.classes {
		w.class(c)
	}
	for _, code := range m.codes {
		for _, v := range code.consts {
			w.value(v)
		}
	}
	for _, v := range roots {
		w.value(v)
	}
	return m.saveContent()
}

// saveContent writes the content of the objects of the base.
func (m *Machine) saveContent() error {
	for _, v := range m.base.mutable {
		m.encodeEpoch++
		c := &codec{m: m}
		c.content(v)
		if c.err != nil {
			return c.err
		}
		m.base.content = append(m.base.content, c.buf)
	}
	return nil
}

// allModules are the modules that Python code may change, in an order that does not depend on what ran.
func (m *Machine) allModules() []*Module {
	return append([]*Module{m.modules["threading"]}, m.loaded...)
}

// Immutable declares that objects of a class, and of those derived from it, do not change once the machine is frozen. Their content
// is then no part of a state, and a change is refused. Classes of types are such.
func (m *Machine) Immutable(c *Class) {
	for _, k := range m.classes {
		if k.IsSubclass(c) {
			k.immutable = true
		}
	}
	m.classEpoch++
}

func (m *Module) markDirty(slot int) {
	if !slices.Contains(m.dirty, slot) {
		m.dirty = append(m.dirty, slot)
	}
}

// A baseWalk numbers the objects of the base.
type baseWalk struct{ m *Machine }

func (w *baseWalk) class(c *Class) {
	c.baseAttrs = map[string]Value{}
	for _, name := range c.order {
		if v, ok := c.attrs[name]; ok {
			c.baseAttrs[name] = v
			w.value(v)
		}
	}
	if c.data != nil {
		for _, f := range c.data.fields {
			w.value(f.fallback)
			w.value(f.factory)
		}
	}
}

func (w *baseWalk) value(v Value) {
	h := headOf(v)
	if h == nil || h.base != 0 {
		return
	}
	b := w.m.base
	b.objects = append(b.objects, v)
	h.base = int32(len(b.objects))
	if mutable(v) {
		b.mutable = append(b.mutable, v)
	}
	w.parts(v)
}

// parts walks what an object holds.
func (w *baseWalk) parts(v any) {
	for _, p := range partsOf(v) {
		w.value(p)
	}
}

// mutable tells whether the content of an object of the base may change.
func mutable(v any) bool {
	switch v := v.(type) {
	case *Instance:
		return !v.class.immutable
	case *List, *Dict, *Set, *Bytearray, *cell, *lock, *threadObject, *generator, *listIterator, *itemsIterator, *dictIterator, *setIterator,
		*rangeIterator, *textIterator, *bytesIterator, *enumerateIterator, *zipIterator, *mapIterator, *getitemIterator, *Fiber:
		return true
	}
	return false
}

// partsOf are the objects that an object holds.
func partsOf(v any) []Value {
	switch v := v.(type) {
	case *List:
		return v.items
	case *Tuple:
		return v.items
	case *Dict:
		return append(slices.Clone(v.keys), v.vals...)
	case *Set:
		return v.keys
	case *Instance:
		if v.exc != nil {
			return append(slices.Clone(v.fields), v.exc.args, v.exc.cause)
		}
		return v.fields
	case *cell:
		return []Value{v.value}
	case *Function:
		parts := slices.Clone(v.defaults)
		for _, c := range v.cells {
			parts = append(parts, c)
		}
		return parts
	case *Method:
		return []Value{v.self, v.fn}
	case *Partial:
		return append(slices.Clone(v.args), v.fn)
	case *property:
		return []Value{v.get, v.set}
	case *wrapped:
		return []Value{v.fn}
	case *TypeForm:
		return append(slices.Clone(v.args), v.of)
	case *threadObject:
		return []Value{v.target, v.args}
	case *dictView:
		return []Value{v.dict}
	}
	return nil
}

// An object is a value that a state refers to by number. Values, classes, modules and the like are none: they have names.
type object interface{ headOf() *head }

func (h *head) headOf() *head { return h }

// headOf is the head of an object, or nothing.
func headOf(v any) *head {
	if o, ok := v.(object); ok && v != Value(emptyTuple) {
		return o.headOf()
	}
	return nil
}
