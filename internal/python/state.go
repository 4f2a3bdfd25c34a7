package python

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// A state is written by a codec, which goes through it: in one direction it appends to a buffer, in the other it reads from one and
// fills objects in. One walk serves both, so that they cannot disagree.
type codec struct {
	m       *Machine
	buf     []byte
	at      int
	reading bool
	objects []any // as they are met
	err     error
}

// Encode writes the state of the machine: what differs from the base, the fibers that are suspended, and the roots, in a form that is
// the same for the same state. Variables that are not read again are left out. It fails while a fiber is ready to run, and if
// something is under way that has no form: the body of a class, a class or module made since the base.
func (m *Machine) Encode(roots ...Value) ([]byte, error) { return m.AppendState(nil, roots...) }

// AppendState is Encode, into a buffer.
func (m *Machine) AppendState(buf []byte, roots ...Value) ([]byte, error) {
	switch {
	case m.base == nil:
		return nil, errors.New("the machine is not frozen")
	case len(m.ready) > 0 || m.fiber != nil:
		return nil, errors.New("a fiber is ready to run")
	}
	m.encodeEpoch++
	c := &codec{m: m, buf: buf}
	c.state(&roots)
	return c.buf, c.err
}

// Restore makes the machine what it was when Encode wrote the state, and returns the roots.
func (m *Machine) Restore(state []byte) (roots []Value, err error) {
	if m.base == nil {
		return nil, errors.New("the machine is not frozen")
	}
	if m.fiber != nil {
		return nil, errors.New("a fiber runs")
	}
	m.ready, m.suspended, m.frame, m.nested, m.recursion, m.call = nil, nil, nil, 0, 0, nil
	m.resetBase()
	c := &codec{m: m, buf: state, reading: true}
	c.state(&roots)
	if c.err == nil && c.at != len(c.buf) {
		c.fail("bytes are left over")
	}
	return roots, c.err
}

// resetBase gives modules and classes back what they had in the base, and forgets the classes made since.
func (m *Machine) resetBase() {
	for _, mod := range m.allModules() {
		for _, i := range mod.dirty {
			if i < len(mod.base) {
				mod.vals[i] = mod.base[i]
			} else {
				mod.vals[i] = unset
			}
		}
		mod.dirty = nil
	}
	for _, c := range m.dirtyClasses {
		for _, name := range c.order {
			if _, ok := c.baseAttrs[name]; !ok {
				delete(c.attrs, name)
			}
		}
		for name, v := range c.baseAttrs {
			c.attrs[name] = v
		}
		c.order = slices.DeleteFunc(c.order, func(name string) bool { _, ok := c.attrs[name]; return !ok })
		c.dirty = false
		m.classEpoch++
	}
	m.dirtyClasses = nil
	m.forgetClasses(m.base.classes)
}

func (c *codec) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("state: "+format, args...)
	}
}

// state goes through all of a state.
func (c *codec) state(roots *[]Value) {
	c.modules()
	c.classes()
	c.changes()
	fiberList(c, &c.m.suspended)
	c.values(roots)
}

// changes goes through the content of those objects of the base that have another content than in the base. Bits tell which they are.
func (c *codec) changes() {
	b := c.m.base
	at, n := c.at, (len(b.mutable)+7)/8
	if !c.reading {
		at = len(c.buf)
		c.buf = append(c.buf, make([]byte, n)...)
	} else if c.err != nil || n > len(c.buf)-c.at {
		c.fail("it ends early")
		return
	} else {
		c.at += n
	}
	for i, v := range b.mutable {
		mask := byte(1) << (i % 8)
		switch {
		case c.err != nil:
			return
		case !c.reading:
			if c.writeChange(v, b.content[i]) {
				c.buf[at+i/8] |= mask
			}
		case c.buf[at+i/8]&mask != 0:
			c.content(v)
		default:
			old := &codec{m: c.m, buf: b.content[i], reading: true}
			old.content(v)
		}
	}
}

// writeChange writes the content of an object, if it is not the old one.
func (c *codec) writeChange(v any, old []byte) bool {
	start, met := len(c.buf), len(c.objects)
	c.content(v)
	if len(c.objects) == met && bytes.Equal(c.buf[start:], old) {
		c.buf = c.buf[:start]
		return false
	}
	return true
}

// modules goes through the names of modules that have other values than in the base.
func (c *codec) modules() {
	for _, mod := range c.m.allModules() {
		var names []string
		if !c.reading {
			for _, i := range mod.dirty {
				if i >= len(mod.base) || mod.vals[i] != mod.base[i] {
					names = append(names, mod.names[i])
				}
			}
			slices.Sort(names)
		}
		c.named(names, func(name string) Value { return mod.vals[mod.slots[name]] }, func(name string, v Value) { mod.set(name, v) })
	}
}

// named goes through values that have names.
func (c *codec) named(names []string, get func(string) Value, set func(string, Value)) {
	n := c.int(len(names))
	for i := range n {
		if c.err != nil {
			return
		}
		name := ""
		var v Value
		if !c.reading {
			name = names[i]
			v = get(name)
		}
		c.text(&name)
		c.value(&v)
		if c.reading && c.err == nil {
			set(name, v)
		}
	}
}

// classes goes through the classes that have other attributes than in the base.
func (c *codec) classes() {
	var dirty []*Class
	for _, k := range c.m.dirtyClasses {
		if !c.reading && len(k.changed()) > 0 {
			dirty = append(dirty, k)
		}
	}
	slices.SortFunc(dirty, func(a, b *Class) int { return a.id - b.id })
	n := c.int(len(dirty))
	for i := range n {
		var k *Class
		var names []string
		if !c.reading {
			k = dirty[i]
			names = k.changed()
		}
		if c.classRef(&k); c.err != nil {
			return
		}
		c.named(names, func(name string) Value { return k.attrs[name] }, func(name string, v Value) { c.m.setClassAttr(k, name, v) })
	}
}

// changed are the names of the attributes that are not as in the base.
func (c *Class) changed() (names []string) {
	for name, v := range c.attrs {
		if old, ok := c.baseAttrs[name]; !ok || old != v {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// int goes through an int, and returns it.
func (c *codec) int(i int) int {
	if !c.reading {
		c.buf = binary.AppendVarint(c.buf, int64(i))
		return i
	}
	if c.err != nil {
		return 0
	}
	v, n := binary.Varint(c.buf[c.at:])
	if n <= 0 {
		c.fail("it ends early")
		return 0
	}
	c.at += n
	return int(v)
}

// size goes through a length; one that the bytes that are left cannot hold is an error.
func (c *codec) size(n int) int {
	n = c.int(n)
	if c.reading && (n < 0 || n > len(c.buf)-c.at) {
		c.fail("a length of %d", n)
		return 0
	}
	return n
}

func (c *codec) byte(b byte) byte {
	if !c.reading {
		c.buf = append(c.buf, b)
		return b
	}
	if c.at >= len(c.buf) {
		c.fail("it ends early")
		return 0
	}
	c.at++
	return c.buf[c.at-1]
}

func (c *codec) bool(b *bool) {
	var x byte
	if *b {
		x = 1
	}
	*b = c.byte(x) != 0
}

func (c *codec) text(s *string) {
	n := c.size(len(*s))
	if !c.reading {
		c.buf = append(c.buf, *s...)
		return
	}
	*s = string(c.buf[c.at : c.at+n])
	c.at += n
}

func (c *codec) values(vs *[]Value) {
	n := c.size(len(*vs))
	if c.reading {
		*vs = make([]Value, n)
	}
	for i := range n {
		if c.err != nil {
			return
		}
		c.value(&(*vs)[i])
	}
}

func fiberList(c *codec, fs *[]*Fiber) {
	n := c.size(len(*fs))
	if c.reading {
		*fs = make([]*Fiber, n)
	}
	for i := range n {
		fiberRef(c, &(*fs)[i])
	}
}

func fiberRef(c *codec, f **Fiber) { typed(c, f) }

// typed goes through an object of a known type, or nothing.
func typed[T any](c *codec, p **T) {
	var v Value
	if !c.reading && *p != nil {
		v = any(*p)
	}
	c.value(&v)
	if !c.reading || c.err != nil || v == nil {
		return
	}
	x, ok := v.(*T)
	if !ok {
		c.fail("a %T stands where another object is expected", v)
		return
	}
	*p = x
}

func (c *codec) big(b *big.Int) *big.Int {
	var s string
	if !c.reading {
		g, _ := b.GobEncode()
		s = string(g)
	}
	c.text(&s)
	if c.reading {
		b = new(big.Int)
		if err := b.GobDecode([]byte(s)); err != nil {
			c.fail("%v", err)
		}
	}
	return b
}
