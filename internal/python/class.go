package python

import (
	"fmt"
	"slices"
	"strings"
)

// A Class is a class, of Python code or built in.
type Class struct {
	id        int // among all of the machine
	name      string
	qualified string
	bases     []*Class
	mro       []*Class
	attrs     map[string]Value
	order     []string // the names of attrs as they were set
	code      *Code    // of the body; nil: built in

	// The fields of instances. The first so many slots are known from the body of the class, the others are found when the program
	// runs; which they are depends on what ran before.
	slots     map[string]int
	slotNames []string
	early     int
	generic   bool     // derived from typing.Generic
	closed    []string // the only fields that instances take, by __slots__; nil: any
	inBody    bool     // nothing else knows it yet

	exception  bool
	enum       bool
	intEnum    bool
	members    []*EnumMember
	construct  *Native // of a built-in type
	data       *dataclass
	matchArgs  []string
	matchSelf  bool // a class pattern of one argument matches the object itself
	immutable  bool // see Machine.Immutable
	cached     map[string]Value
	cacheEpoch int64
	special    *specials
	baseAttrs  map[string]Value // see Machine.Freeze
	dirty      bool

	frozenFields []string // of a dataclass whose instances are hashed by their fields
}

// specials are the special methods that the machine looks for most often.
type specials struct {
	eq, length, truth, getitem, init Value
	properties                       bool // some attribute is a property
	hashedByIdentity                 bool
	// plainFields are the slots of the fields of a dataclass, if all of them are arguments by position and nothing runs after they are set.
	plainFields []int
}

// Name is the name of the class.
func (c *Class) Name() string { return c.name }

// QualifiedName is its name with those of the classes and functions around it.
func (c *Class) QualifiedName() string { return c.qualified }

// Line is the line that the class begins in; 0: it is built in.
func (c *Class) Line() int {
	if c.code == nil {
		return 0
	}
	return c.code.line
}

// Place is where the class is, as "definitions.py:12"; "": it is built in.
func (c *Class) Place() string {
	if c.code == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d", c.code.file, c.code.line)
}

// NoneIn are the fields of the object that are None, and that the class declares to be something else.
func (x *Instance) NoneIn() (fields []string) {
	for _, c := range x.class.mro {
		if c.code == nil {
			continue
		}
		for _, a := range c.code.annotations {
			if v, has := x.Get(a.name); has && v == nil && !a.mayBeNone && !a.classVar {
				fields = append(fields, a.name)
			}
		}
	}
	return fields
}

// Bases are the classes it is derived from.
func (c *Class) Bases() []*Class { return c.bases }

// Ancestors are the class and all that it is derived from, in the order in which attributes are looked up.
func (c *Class) Ancestors() []*Class { return c.mro }

// Members are the members of an enumeration.
func (c *Class) Members() []*EnumMember { return c.members }

// IsSubclass tells whether the class is d or derived from it.
func (c *Class) IsSubclass(d *Class) bool {
	return c == d || slices.Contains(c.mro, d)
}

// Attr is an attribute of the class or of one it is derived from.
func (c *Class) Attr(name string) (Value, bool) {
	for _, k := range c.mro {
		if v, ok := k.attrs[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func (m *Machine) newClass(name string, bases ...*Class) (*Class, error) {
	if len(bases) == 0 && m.types.Object != nil {
		bases = []*Class{m.types.Object}
	}
	c := &Class{id: len(m.classes), name: name, qualified: name, bases: bases, attrs: map[string]Value{}, slots: map[string]int{}}
	if err := m.linearize(c); err != nil {
		return nil, err
	}
	m.classes = append(m.classes, c)
	for _, b := range c.mro[1:] {
		c.exception = c.exception || b.exception
		c.enum = c.enum || b.enum
		c.intEnum = c.intEnum || b.intEnum
		c.generic = c.generic || b.generic
		if c.matchArgs == nil {
			c.matchArgs = b.matchArgs
		}
		for _, name := range b.slotNames[:b.early] {
			c.slot(name)
		}
	}
	if len(bases) > 0 {
		c.frozenFields = bases[0].frozenFields
	}
	c.early = len(c.slotNames)
	return c, nil
}

// linearize orders the ancestors of a class as Python does.
func (m *Machine) linearize(c *Class) error {
	var seqs [][]*Class
	for _, b := range c.bases {
		seqs = append(seqs, b.mro)
	}
	seqs = append(seqs, c.bases)
	c.mro = []*Class{c}
	for {
		seqs = slices.DeleteFunc(slices.Clone(seqs), func(s []*Class) bool { return len(s) == 0 })
		if len(seqs) == 0 {
			return nil
		}
		pick := nextAncestor(seqs)
		if pick == nil {
			return m.raise(m.errors.Type, "Cannot create a consistent method resolution\norder (MRO) for bases %s", classNames(c.bases))
		}
		c.mro = append(c.mro, pick)
		for i, s := range seqs {
			if s[0] == pick {
				seqs[i] = s[1:]
			}
		}
	}
}

func nextAncestor(seqs [][]*Class) *Class {
	for _, s := range seqs {
		if !slices.ContainsFunc(seqs, func(t []*Class) bool { return slices.Contains(t[1:], s[0]) }) {
			return s[0]
		}
	}
	return nil
}

func classNames(cs []*Class) string {
	s := ""
	for i, c := range cs {
		if i > 0 {
			s += ", "
		}
		s += c.name
	}
	return s
}

// lookup finds an attribute of the class, with a cache that lasts until an attribute of some class changes.
func (m *Machine) lookup(c *Class, name string) (Value, bool) {
	if c.cacheEpoch != m.classEpoch {
		c.cached, c.special, c.cacheEpoch = map[string]Value{}, nil, m.classEpoch
	}
	v, ok := c.cached[name]
	if !ok {
		if v, ok = c.Attr(name); !ok {
			v = unset
		}
		c.cached[name] = v
	}
	return v, !isUnset(v)
}

func (m *Machine) specials(c *Class) *specials {
	if c.special != nil && c.cacheEpoch == m.classEpoch {
		return c.special
	}
	s := &specials{}
	s.eq, _ = m.lookup(c, "__eq__")
	s.length, _ = m.lookup(c, "__len__")
	s.truth, _ = m.lookup(c, "__bool__")
	s.getitem, _ = m.lookup(c, "__getitem__")
	s.init, _ = m.lookup(c, "__init__")
	for _, k := range c.mro {
		for _, v := range k.attrs {
			if _, ok := v.(*property); ok {
				s.properties = true
			}
		}
	}
	s.hashedByIdentity = c.frozenFields == nil && !c.unhashable()
	for _, p := range []*Value{&s.eq, &s.length, &s.truth, &s.getitem, &s.init} {
		if isUnset(*p) {
			*p = nil
		}
	}
	if d, ok := s.init.(*dataclass); ok {
		s.plainFields = d.plainFields(c)
	}
	c.special = s
	return s
}

// setAttr sets an attribute of the class.
func (m *Machine) setClassAttr(c *Class, name string, v Value) {
	old, had := c.attrs[name]
	if _, isFloat := v.(float64); had && old == v && !isFloat { // 0.0 == -0.0
		return // the limits of a world are set for each run, and the caches of attributes stay good if none of them changes
	}
	m.keepClassAttr(c, name)
	if !had {
		c.order = append(c.order, name)
	}
	c.attrs[name] = v
	switch {
	case c.inBody:
	case had && isPlainNumber(old) && isPlainNumber(v):
		m.numberChanged(name)
	default:
		m.classEpoch++
	}
	if c.baseAttrs != nil && !c.dirty {
		c.dirty = true
		m.dirtyClasses = append(m.dirtyClasses, c)
	}
}

func isPlainNumber(v Value) bool { _, ok := v.(int); return ok }

// numberChanged has the caches forget an attribute of a class that was a number and is another. What else they know stays good: which
// attributes there are, where fields are, and which functions are called. Worlds lower limits, which are such numbers, run by run.
func (m *Machine) numberChanged(name string) {
	m.valueEpoch++
	for _, c := range m.classes {
		delete(c.cached, name)
	}
}

func (c *Class) slot(name string) int {
	i, ok := c.slots[name]
	if !ok {
		i = len(c.slotNames)
		c.slots[name] = i
		c.slotNames = append(c.slotNames, name)
	}
	return i
}

// unhashable tells whether instances cannot be keys, because the class defines equality and no hash.
func (c *Class) unhashable() bool {
	for _, k := range c.mro {
		if k.frozenFields != nil {
			return false
		}
		if _, ok := k.attrs["__eq__"]; ok && k.code != nil {
			return true
		}
	}
	return false
}

// Class is the class of the object.
func (x *Instance) Class() *Class { return x.class }

// Get is a field of the object; attributes of its class are not looked for.
func (x *Instance) Get(name string) (Value, bool) {
	if i, ok := x.class.slots[name]; ok && i < len(x.fields) && !isUnset(x.fields[i]) {
		return x.fields[i], true
	}
	return nil, false
}

func (x *Instance) set(name string, v Value) { x.setSlot(x.class.slot(name), v) }

// Fields are the names of the fields that have values, in the order of the slots of its class.
func (x *Instance) Fields() (names []string) {
	for i, v := range x.fields {
		if !isUnset(v) {
			names = append(names, x.class.slotNames[i])
		}
	}
	return names
}

func (x *Instance) setSlot(i int, v Value) {
	for len(x.fields) <= i {
		if cap(x.fields) == 0 {
			x.fields = make([]Value, 0, max(len(x.class.slotNames), i+1))
		}
		x.fields = append(x.fields, unset)
	}
	x.fields[i] = v
}

// buildClass makes the class whose body ran in a frame.
func (m *Machine) buildClass(code *Code, body *classBody, bases []Value) (*Class, error) {
	cs, generic, err := m.baseClasses(bases)
	if err != nil {
		return nil, err
	}
	c, err := m.newClass(code.name, cs...)
	if err != nil {
		return nil, err
	}
	c.generic = c.generic || generic
	c.qualified, c.code, c.inBody = code.qualified, code, true
	for _, a := range code.annotations {
		if !a.classVar {
			c.slot(a.name)
		}
	}
	for _, name := range body.names {
		v := body.vals[name]
		m.ownSlots(c, v)
		if err := m.classAttr(c, name, v); err != nil {
			return nil, err
		}
	}
	c.early = len(c.slotNames)
	if err := m.explicitMatchArgs(c); err != nil {
		return nil, err
	}
	if err := m.ownFieldsOnly(c); err != nil {
		return nil, err
	}
	c.inBody = false
	return c, m.finishEnum(c)
}

// ownFieldsOnly reads __slots__. It has an effect only if all classes that the class is derived from have it too.
func (m *Machine) ownFieldsOnly(c *Class) error {
	v, ok := c.attrs["__slots__"]
	if !ok {
		return nil
	}
	names, err := m.list(v)
	if s, is := v.(string); is {
		names, err = []Value{s}, nil
	}
	if err != nil {
		return err
	}
	for _, b := range c.bases {
		if b.closed == nil && b != m.types.Object {
			return nil
		}
		c.closed = append(c.closed, b.closed...)
	}
	c.closed = append([]string{}, c.closed...)
	for _, x := range names {
		name, ok := x.(string)
		if !ok || strings.HasPrefix(name, "__") {
			return m.refusal("__slots__ with other than names of fields is outside of the subset")
		}
		if _, ok := c.attrs[name]; ok {
			return m.raise(m.errors.Value, "'%s' in __slots__ conflicts with class variable", name)
		}
		c.closed = append(c.closed, name)
	}
	return nil
}

// explicitMatchArgs reads __match_args__.
func (m *Machine) explicitMatchArgs(c *Class) error {
	v, ok := c.attrs["__match_args__"]
	if !ok {
		return nil
	}
	t, ok := v.(*Tuple)
	if !ok {
		return m.raise(m.errors.Type, "%s.__match_args__ must be a tuple (got %s)", c.name, typeName(v))
	}
	c.matchArgs = []string{}
	for _, x := range t.items {
		name, ok := x.(string)
		if !ok {
			return m.refusal("__match_args__ that are no strings are outside of the subset")
		}
		c.matchArgs = append(c.matchArgs, name)
	}
	return nil
}

// baseClasses are the classes that the bases of a class stand for: Generic[T] stands for Generic.
func (m *Machine) baseClasses(bases []Value) (cs []*Class, generic bool, err error) {
	for _, b := range bases {
		if f, ok := b.(*TypeForm); ok && !f.union && f.of != nil {
			b = f.of
		}
		if f, ok := b.(*TypeForm); ok && (f.name == "Generic" || f.name == "Protocol") {
			generic = true
			continue
		}
		c, ok := b.(*Class)
		if !ok {
			return nil, false, m.refusal("a class derived from %s is outside of the subset", m.reprOrType(b))
		}
		if c.code == nil && !c.exception && !c.enum && c != m.types.Object {
			return nil, false, m.refusal("a class derived from the built-in %s is outside of the subset", c.name)
		}
		if c.enum && len(c.members) > 0 {
			return nil, false, m.raise(m.errors.Type, "<enum '%s'> cannot extend <enum '%s'>", c.name, c.name)
		}
		cs = append(cs, c)
	}
	return cs, generic, nil
}

// ownSlots takes note of the functions of a class: which class super() is of, and which fields they assign.
func (m *Machine) ownSlots(c *Class, v Value) {
	switch v := v.(type) {
	case *Function:
		if v.owner == nil {
			v.owner = c
		}
		for _, name := range v.code.selfStores {
			c.slot(name)
		}
	case *property:
		m.ownSlots(c, v.get)
		m.ownSlots(c, v.set)
	case *wrapped:
		m.ownSlots(c, v.fn)
	}
}

// classAttr sets an attribute from the body of a class.
func (m *Machine) classAttr(c *Class, name string, v Value) error {
	if c.enum && isMember(name, v) {
		return m.addMember(c, name, v)
	}
	m.setClassAttr(c, name, v)
	return nil
}
