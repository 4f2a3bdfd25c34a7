package python

import "slices"

// A dataclass is what the decorator makes of a class; as the attribute __init__ it makes objects.
type dataclass struct {
	fields                     []*dataField
	init, repr, eq, order      bool
	frozen, matchArgs, kwOnly  bool
	slots, unsafeHash, hasPost bool
}

// A dataField is a field of a dataclass.
type dataField struct {
	name       string
	fallback   Value
	hasDefault bool
	factory    Value
	init, repr bool
	compare    bool
	kwOnly     bool
}

type (
	dataclassEq    struct{ fields []string }
	dataclassOrder struct{ fields []string }
	dataclassRepr  struct{ fields []string }
	// A fieldMarker is what dataclasses.field gives, until the decorator takes it away.
	fieldMarker struct {
		dataField
	}
)

func (m *Machine) dataclassModule() map[string]Value {
	mod := map[string]Value{}
	mod["dataclass"] = &Native{name: "dataclass", raw: makeDataclass}
	mod["field"] = &Native{name: "field", raw: makeField}
	mod["FrozenInstanceError"] = m.errors.FrozenInstance
	return mod
}

func makeField(m *Machine, args []Value, names []string) (Value, error) {
	f := &fieldMarker{dataField: dataField{init: true, repr: true, compare: true}}
	if len(args) > len(names) {
		return nil, m.raise(m.errors.Type, "field() takes 0 positional arguments but %d were given", len(args)-len(names))
	}
	for i, name := range names {
		v := args[i]
		b, isBool := v.(bool)
		switch {
		case name == "default":
			f.fallback, f.hasDefault = v, true
		case name == "default_factory":
			f.factory = v
		case name == "init" && isBool:
			f.init = b
		case name == "repr" && isBool:
			f.repr = b
		case name == "compare" && isBool:
			f.compare = b
		case name == "kw_only" && isBool:
			f.kwOnly = b
		default:
			return nil, m.refusal("field(%s = …) is outside of the subset", name)
		}
	}
	if f.hasDefault && f.factory != nil {
		return nil, m.raise(m.errors.Value, "cannot specify both default and default_factory")
	}
	return f, nil
}

// makeDataclass is the decorator, with options or without.
func makeDataclass(m *Machine, args []Value, names []string) (Value, error) {
	d := dataclass{init: true, repr: true, eq: true, matchArgs: true}
	options := map[string]*bool{"init": &d.init, "repr": &d.repr, "eq": &d.eq, "order": &d.order, "frozen": &d.frozen,
		"match_args": &d.matchArgs, "kw_only": &d.kwOnly, "slots": &d.slots, "unsafe_hash": &d.unsafeHash}
	positional := len(args) - len(names)
	for i, name := range names {
		b, ok := args[positional+i].(bool)
		o := options[name]
		if o == nil || !ok {
			return nil, m.refusal("dataclass(%s = …) is outside of the subset", name)
		}
		*o = b
	}
	if d.slots || d.unsafeHash {
		return nil, m.refusal("dataclass with slots or unsafe_hash is outside of the subset: leave them out")
	}
	decorate := func(m *Machine, a []Value) (Value, error) {
		c, ok := a[0].(*Class)
		if !ok || c.code == nil {
			return nil, m.refusal("dataclass of what is no class of Python code is outside of the subset")
		}
		own := d
		return c, m.decorateDataclass(c, &own)
	}
	if positional == 1 {
		return decorate(m, args[:1])
	}
	return &Native{name: "dataclass", least: 1, most: 1, fn: decorate}, nil
}

func (m *Machine) decorateDataclass(c *Class, d *dataclass) error {
	if err := m.collectFields(c, d); err != nil {
		return err
	}
	if err := m.orderOfFields(c, d); err != nil {
		return err
	}
	_, d.hasPost = c.Attr("__post_init__")
	c.data = d
	set := func(name string, v Value) {
		if _, own := c.attrs[name]; !own {
			m.setClassAttr(c, name, v)
		}
	}
	compared := d.names(func(f *dataField) bool { return f.compare })
	if d.init {
		set("__init__", d)
	}
	if d.repr {
		set("__repr__", &dataclassRepr{d.names(func(f *dataField) bool { return f.repr })})
	}
	_, ownEq := c.attrs["__eq__"]
	if d.eq {
		set("__eq__", &dataclassEq{compared})
	}
	if d.eq && d.frozen && !ownEq {
		c.frozenFields = append([]string{}, compared...)
	} else if d.eq {
		c.frozenFields = nil
	}
	if d.order {
		for _, name := range []string{"__lt__", "__le__", "__gt__", "__ge__"} {
			set(name, &dataclassOrder{compared})
		}
	}
	if _, own := c.attrs["__match_args__"]; d.matchArgs && !own {
		c.matchArgs = d.names(func(f *dataField) bool { return f.init && !f.kwOnly })
	}
	m.classEpoch++
	return nil
}

func (d *dataclass) names(keep func(f *dataField) bool) []string {
	names := []string{}
	for _, f := range d.fields {
		if keep(f) {
			names = append(names, f.name)
		}
	}
	return names
}

// collectFields finds the fields: those of the dataclasses it is derived from, then its own.
func (m *Machine) collectFields(c *Class, d *dataclass) error {
	add := func(f *dataField) {
		if i := slices.IndexFunc(d.fields, func(g *dataField) bool { return g.name == f.name }); i >= 0 {
			d.fields[i] = f
			return
		}
		d.fields = append(d.fields, f)
	}
	for _, k := range slices.Backward(c.mro[1:]) {
		if k.data == nil {
			continue
		}
		if k.data.frozen != d.frozen {
			return m.raise(m.errors.Type, "cannot inherit frozen dataclass from a non-frozen one, or the reverse")
		}
		for _, f := range k.data.fields {
			add(f)
		}
	}
	for _, a := range c.code.annotations {
		if a.classVar {
			continue
		}
		f, err := m.fieldOf(c, a.name, d)
		if err != nil {
			return err
		}
		add(f)
	}
	return nil
}

func (m *Machine) fieldOf(c *Class, name string, d *dataclass) (*dataField, error) {
	f := &dataField{name: name, init: true, repr: true, compare: true}
	v, ok := c.attrs[name]
	if marker, is := v.(*fieldMarker); is {
		*f = marker.dataField
		f.name = name
		if f.hasDefault {
			m.setClassAttr(c, name, f.fallback)
		} else {
			delete(c.attrs, name)
			c.order = slices.DeleteFunc(c.order, func(n string) bool { return n == name })
			m.classEpoch++
		}
	} else if ok {
		f.fallback, f.hasDefault = v, true
	}
	f.kwOnly = f.kwOnly || d.kwOnly
	switch x := f.fallback.(type) {
	case *List, *Dict, *Set, *Bytearray:
		return nil, m.raise(m.errors.Value, "mutable default %s for field %s is not allowed: use default_factory", m.classRepr(m.typeOf(x)), name)
	case *Instance:
		if x.class.unhashable() {
			return nil, m.raise(m.errors.Value, "mutable default %s for field %s is not allowed: use default_factory", m.classRepr(x.class), name)
		}
	}
	return f, nil
}

func (m *Machine) orderOfFields(c *Class, d *dataclass) error {
	seen := ""
	for _, f := range d.fields {
		if !f.init || f.kwOnly {
			continue
		}
		if f.hasDefault || f.factory != nil {
			seen = f.name
		} else if seen != "" {
			return m.raise(m.errors.Type, "non-default argument '%s' follows default argument", f.name)
		}
	}
	return nil
}

// native is __init__ as a function, for super().__init__.
func (d *dataclass) native(m *Machine) *Native {
	return &Native{name: "__init__", raw: func(m *Machine, args []Value, names []string) (Value, error) {
		x, ok := args[0].(*Instance)
		if !ok {
			return nil, m.refusal("__init__ of a dataclass on what is no object is outside of the subset")
		}
		return nil, m.initDataclass(d, x, args[1:], names)
	}}
}

// initDataclass sets the fields of an object.
func (m *Machine) initDataclass(d *dataclass, x *Instance, args []Value, names []string) error {
	if slots := m.specials(x.class).plainFields; len(slots) > 0 && len(slots) == len(args) && len(names) == 0 {
		for i, slot := range slots {
			x.setSlot(slot, args[i])
		}
		return nil
	}
	positional := len(args) - len(names)
	used, next := 0, 0
	var missing []string
	for _, f := range d.fields {
		v, given := Value(nil), false
		if f.init && !f.kwOnly && next < positional {
			v, given = args[next], true
			next++
			if slices.Contains(names, f.name) {
				return m.raise(m.errors.Type, "%s.__init__() got multiple values for argument '%s'", x.class.qualified, f.name)
			}
		} else if i := slices.Index(names, f.name); f.init && i >= 0 {
			v, given = args[positional+i], true
			used++
		}
		if !given {
			var err error
			if v, given, err = m.defaultField(f); err != nil {
				return err
			}
			if !given {
				if f.init {
					missing = append(missing, f.name)
				}
				continue
			}
		}
		m.changeInstance(x)
		x.setSlot(x.class.slot(f.name), v)
	}
	if err := m.checkInit(d, x, positional, next, names, used); err != nil {
		return err
	}
	if len(missing) > 0 {
		return m.missing(&Code{qualified: x.class.qualified + ".__init__"}, "positional", missing)
	}
	return m.postInit(d, x)
}

func (m *Machine) defaultField(f *dataField) (Value, bool, error) {
	if f.factory != nil {
		v, err := m.callNow(f.factory)
		return v, true, err
	}
	return f.fallback, f.hasDefault, nil
}

// plainFields are the slots of the fields in objects of a class, see specials; nil: the fields are not so.
func (d *dataclass) plainFields(c *Class) []int {
	var slots []int
	for _, f := range d.fields {
		slot, known := c.slots[f.name]
		if d.hasPost || !f.init || f.kwOnly || !known {
			return nil
		}
		slots = append(slots, slot)
	}
	return slots
}

func (m *Machine) checkInit(d *dataclass, x *Instance, positional, next int, names []string, used int) error {
	if next >= positional && used == len(names) {
		return nil
	}
	name := x.class.qualified + ".__init__"
	if next < positional {
		code := &Code{qualified: name, positional: next + 1}
		for _, f := range d.fields {
			if f.init && !f.kwOnly && (f.hasDefault || f.factory != nil) {
				code.defaults++
			}
		}
		return m.tooMany(code, positional+1)
	}
	for _, n := range names {
		if !slices.ContainsFunc(d.fields, func(f *dataField) bool { return f.init && f.name == n }) {
			return m.raise(m.errors.Type, "%s() got an unexpected keyword argument '%s'", name, n)
		}
	}
	return nil
}

func (m *Machine) postInit(d *dataclass, x *Instance) error {
	if !d.hasPost {
		return nil
	}
	f, _ := m.lookup(x.class, "__post_init__")
	_, err := m.callNow(f, x)
	return err
}

// orderedFields compares objects of one dataclass as the tuples of their fields.
func (m *Machine) orderedFields(d *dataclassOrder, op compareOp, x *Instance, b Value) (Value, error) {
	y, ok := b.(*Instance)
	if !ok || y.class != x.class {
		return NotImplemented, nil
	}
	var p, q []Value
	for _, name := range d.fields {
		v, _ := x.Get(name)
		w, _ := y.Get(name)
		p, q = append(p, v), append(q, w)
	}
	return wrap(m.orderedItems(op, p, q))
}
