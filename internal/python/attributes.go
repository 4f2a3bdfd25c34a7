package python

import "slices"

// Attr is an attribute of an object, as getattr finds it.
func (m *Machine) Attr(v Value, name string) (Value, error) {
	switch x := v.(type) {
	case *Instance:
		return m.instanceAttr(x, name)
	case *Class:
		return m.typeAttr(x, name)
	case *Module:
		return m.moduleAttr(x, name)
	case *EnumMember:
		return m.memberAttr(x, name)
	case *superObject:
		return m.superAttr(x, name)
	case *Function:
		switch name {
		case "__name__":
			return x.code.name, nil
		case "__qualname__":
			return x.code.qualified, nil
		}
	case *localObject:
		if v, ok := m.local(x).Get(name); ok {
			return v, nil
		}
	case *property:
		if name == "setter" {
			return &Method{self: x, fn: m.natives["property.setter"]}, nil
		}
	case *rangeType:
		if v, ok := map[string]int{"start": x.start, "stop": x.stop, "step": x.step}[name]; ok {
			return v, nil
		}
	}
	return m.nativeAttr(v, name)
}

func (m *Machine) noAttr(v Value, name string) error {
	return m.raise(m.errors.Attribute, "'%s' object has no attribute '%s'", typeName(v), name)
}

// nativeAttr is a method of a built-in type.
func (m *Machine) nativeAttr(v Value, name string) (Value, error) {
	if name == "__class__" {
		return m.typeOf(v), nil
	}
	t := m.typeOf(v)
	for _, k := range t.mro {
		if n, ok := m.methods[k][name]; ok {
			return &Method{self: v, fn: n}, nil
		}
	}
	if err := m.otherAttr(t, name); err != nil {
		return nil, err
	}
	return nil, m.noAttr(v, name)
}

// otherAttr refuses attributes that CPython has and the subset has not.
func (m *Machine) otherAttr(t *Class, name string) error {
	if len(name) > 4 && name[:2] == "__" && name[len(name)-2:] == "__" {
		return m.refusal("the attribute %s is outside of the subset", name)
	}
	for _, k := range t.mro {
		if k.code == nil && otherMethods[k.name][name] {
			return m.refusal("%s.%s is outside of the subset", k.name, name)
		}
	}
	return nil
}

func (m *Machine) instanceAttr(x *Instance, name string) (Value, error) {
	of, inClass := m.lookup(x.class, name)
	if p, ok := of.(*property); ok {
		return m.callNow(p.get, x)
	}
	if v, ok := x.Get(name); ok {
		return v, nil
	}
	if inClass {
		return bindTo(x, x.class, of), nil
	}
	if x.exc != nil {
		return m.exceptionAttr(x, name)
	}
	switch name {
	case "__class__":
		return x.class, nil
	case "__dict__":
		return nil, m.refusal("__dict__ is outside of the subset")
	}
	if err := m.otherAttr(x.class, name); err != nil {
		return nil, err
	}
	return nil, m.noAttr(x, name)
}

// bindTo is what an attribute of a class is as an attribute of an object of it.
func bindTo(self Value, c *Class, v Value) Value {
	switch v := v.(type) {
	case *Function:
		return &Method{self: self, fn: v}
	case *wrapped:
		if v.class {
			return &Method{self: c, fn: v.fn}
		}
		return v.fn
	case *Native:
		if v.onObject {
			return &Method{self: self, fn: v}
		}
	}
	return v
}

func (m *Machine) exceptionAttr(x *Instance, name string) (Value, error) {
	switch name {
	case "args":
		return x.exc.args, nil
	case "__cause__":
		return x.exc.cause, nil
	case "__class__":
		return x.class, nil
	case "__context__", "__traceback__", "with_traceback", "add_note", "__notes__", "__suppress_context__":
		return nil, m.refusal("%s of an exception is outside of the subset", name)
	}
	if x.class.IsSubclass(m.errors.Unicode) && len(x.exc.args.items) == 5 {
		for i, n := range []string{"encoding", "object", "start", "end", "reason"} {
			if n == name {
				return x.exc.args.items[i], nil
			}
		}
	}
	if x.class.IsSubclass(m.errors.StopIteration) && name == "value" {
		if len(x.exc.args.items) > 0 {
			return x.exc.args.items[0], nil
		}
		return nil, nil
	}
	if name == "name" || name == "obj" || name == "msg" || name == "code" {
		return nil, m.refusal("%s of an exception is outside of the subset", name)
	}
	return nil, m.noAttr(x, name)
}

func (m *Machine) typeAttr(c *Class, name string) (Value, error) {
	if v, ok := m.lookup(c, name); ok {
		switch w := v.(type) {
		case *wrapped:
			if w.class {
				return &Method{self: c, fn: w.fn}, nil
			}
			return w.fn, nil
		case *dataclass, *dataclassEq:
			return nil, m.refusal("%s of a dataclass as a value is outside of the subset", name)
		}
		return v, nil
	}
	switch name {
	case "__name__":
		return c.name, nil
	case "__qualname__":
		return c.qualified, nil
	case "__init__", "__eq__", "__module__", "__doc__", "__dict__", "__bases__", "__mro__", "__annotations__", "mro":
		return nil, m.refusal("%s of a class is outside of the subset", name)
	case "__members__":
		if c.enum {
			return m.membersOf(c)
		}
	}
	for _, k := range c.mro {
		if n, ok := m.methods[k][name]; ok {
			return n, nil
		}
	}
	if err := m.otherAttr(c, name); err != nil {
		return nil, err
	}
	if c.enum {
		return nil, m.raise(m.errors.Attribute, "%s", name)
	}
	return nil, m.raise(m.errors.Attribute, "type object '%s' has no attribute '%s'", c.name, name)
}

func (m *Machine) membersOf(c *Class) (Value, error) {
	d := &Dict{}
	for _, name := range c.order {
		if e, ok := c.attrs[name].(*EnumMember); ok {
			if err := m.put(d, name, e); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

func (m *Machine) moduleAttr(x *Module, name string) (Value, error) {
	if v, ok := x.Get(name); ok {
		return v, nil
	}
	if x.builtIn() {
		return nil, m.refusal("%s.%s is outside of the subset", x.name, name)
	}
	return nil, m.raise(m.errors.Attribute, "module '%s' has no attribute '%s'", x.name, name)
}

func (m *Machine) memberAttr(x *EnumMember, name string) (Value, error) {
	if v, ok := m.lookup(x.class, name); ok {
		if p, ok := v.(*property); ok {
			return m.callNow(p.get, x)
		}
		return bindTo(x, x.class, v), nil
	}
	switch name {
	case "value", "_value_":
		return x.value, nil
	case "name", "_name_":
		return x.name, nil
	}
	if x.class.intEnum {
		return m.nativeAttr(x, name)
	}
	if err := m.otherAttr(x.class, name); err != nil {
		return nil, err
	}
	return nil, m.noAttr(x, name)
}

// superAttr looks in the classes after the one that super stands in.
func (m *Machine) superAttr(s *superObject, name string) (Value, error) {
	class, self := m.typeOf(s.self), s.self
	if c, ok := s.self.(*Class); ok {
		class = c
	}
	after := false
	for _, k := range class.mro {
		if v, ok := k.attrs[name]; ok && after {
			if p, ok := v.(*property); ok {
				return m.callNow(p.get, self)
			}
			if d, ok := v.(*dataclass); ok {
				return &Method{self: self, fn: d.native(m)}, nil
			}
			return bindTo(self, class, v), nil
		}
		after = after || k == s.class
	}
	if name == "__init__" {
		return &Method{self: self, fn: m.natives["object.__init__"]}, nil
	}
	return nil, m.superMissing(name)
}

func (m *Machine) superMissing(name string) error {
	if specialMethods[name] {
		return m.refusal("super().%s of a built-in type is outside of the subset", name)
	}
	return m.raise(m.errors.Attribute, "'super' object has no attribute '%s'", name)
}

// attrCached is Attr, and notes where fields are.
func (m *Machine) attrCached(v Value, code *Code, in *instruction) (Value, error) {
	name := code.names[in.a]
	c := &code.caches[in.c]
	switch x := v.(type) {
	case *Instance:
		if i, ok := x.class.slots[name]; ok && i < len(x.fields) && !isUnset(x.fields[i]) {
			of, _ := m.lookup(x.class, name)
			if _, ok := of.(*property); !ok {
				c.class, c.epoch, c.slot, c.module = x.class, -1, i, nil
				return x.fields[i], nil
			}
		}
	case *Class:
		if c.class == x && c.epoch == m.classEpoch && c.slot == m.valueEpoch {
			return c.value, nil
		}
		value, err := m.typeAttr(x, name)
		if err == nil {
			c.class, c.epoch, c.slot, c.value, c.module = x, m.classEpoch, m.valueEpoch, value, nil
		}
		return value, err
	case *Module:
		if c.module != x {
			i, ok := x.slots[name]
			if !ok {
				break
			}
			c.module, c.slot, c.class = x, i, nil
		}
		if v := x.vals[c.slot]; !isUnset(v) {
			return v, nil
		}
	}
	return m.Attr(v, name)
}

// method puts a function and its object at sp-1 and sp, or noSelf and what to call.
func (m *Machine) method(regs []Value, sp int, code *Code, in *instruction) error {
	o := regs[sp-1]
	name := code.names[in.a]
	c := &code.caches[in.c]
	switch x := o.(type) {
	case *Instance:
		if i, ok := x.class.slots[name]; ok && i < len(x.fields) && !isUnset(x.fields[i]) {
			break
		}
		if of, ok := m.lookup(x.class, name); ok {
			fn, ok := of.(*Function)
			if !ok {
				break
			}
			if _, own := x.class.slots[name]; !own {
				c.class, c.epoch, c.value = x.class, m.classEpoch, fn
			}
			regs[sp-1], regs[sp] = fn, o
			return nil
		}
	case *Class, *Module, *EnumMember, *superObject, *localObject:
	default:
		t := m.typeOf(o)
		if c.class == t && c.epoch == m.classEpoch {
			regs[sp-1], regs[sp] = c.value, o
			return nil
		}
		if n, ok := m.methods[t][name]; ok {
			c.class, c.epoch, c.value = t, m.classEpoch, n
			regs[sp-1], regs[sp] = n, o
			return nil
		}
	}
	v, err := m.Attr(o, name)
	regs[sp-1], regs[sp] = noSelf, v
	return err
}

// storeAttrCached sets an attribute, and notes where fields are.
func (m *Machine) storeAttrCached(o, v Value, code *Code, in *instruction) error {
	name := code.names[in.a]
	x, ok := o.(*Instance)
	if !ok {
		return m.SetAttr(o, name, v)
	}
	if err := m.SetAttr(o, name, v); err != nil {
		return err
	}
	of, _ := m.lookup(x.class, name)
	if _, special := of.(*property); !special && x.class.closed == nil && !x.class.immutable {
		if i, ok := x.class.slots[name]; ok {
			c := &code.caches[in.c]
			c.class, c.epoch, c.slot = x.class, m.classEpoch, i
		}
	}
	return nil
}

// SetAttr sets an attribute of an object, as setattr does.
func (m *Machine) SetAttr(o Value, name string, v Value) error {
	switch x := o.(type) {
	case *Instance:
		return m.setField(x, name, v)
	case *Module:
		if x.builtIn() {
			return m.refusal("setting %s.%s is outside of the subset", x.name, name)
		}
		m.changeVariable(x, x.slot(name))
		x.set(name, v)
	case *Class:
		if x.code == nil || x.enum {
			return m.refusal("setting an attribute of the class %s is outside of the subset", x.name)
		}
		if len(name) > 4 && name[:2] == "__" {
			return m.refusal("setting %s of a class is outside of the subset", name)
		}
		if _, ok := v.(*property); ok {
			return m.refusal("a property that is set after its class is outside of the subset")
		}
		m.setClassAttr(x, name, v)
	case *localObject:
		fields := m.local(x)
		m.changeInstance(fields)
		fields.set(name, v)
	case *Function:
		return m.refusal("attributes of functions are outside of the subset")
	case *EnumMember:
		return m.refusal("setting an attribute of a member of an enumeration is outside of the subset")
	default:
		return m.noAttr(o, name)
	}
	return nil
}

func (m *Machine) setField(x *Instance, name string, v Value) error {
	of, inClass := m.lookup(x.class, name)
	if p, ok := of.(*property); ok {
		if p.set == nil {
			return m.raise(m.errors.Attribute, "property '%s' of '%s' object has no setter", name, x.class.name)
		}
		_, err := m.callNow(p.set, x, v)
		return err
	}
	switch {
	case x.class.data != nil && x.class.data.frozen:
		return m.raise(m.errors.FrozenInstance, "cannot assign to field '%s'", name)
	case x.class.closed != nil && !slices.Contains(x.class.closed, name) && inClass:
		return m.raise(m.errors.Attribute, "'%s' object attribute '%s' is read-only", x.class.name, name)
	case x.class.closed != nil && !slices.Contains(x.class.closed, name):
		return m.noAttr(x, name)
	case x.class.immutable && x.base != 0:
		return m.refusal("an object of %s, which was declared immutable, changes", x.class.name)
	case len(name) > 4 && name[:2] == "__" && (name == "__class__" || name == "__dict__") || x.exc != nil && isExceptionField(name):
		return m.refusal("setting %s is outside of the subset", name)
	}
	if !x.class.hasSlot(name) {
		m.classEpoch++ // a method of this name is no longer the first to be found
	}
	m.changeInstance(x)
	x.set(name, v)
	return nil
}

func isExceptionField(name string) bool {
	switch name {
	case "args", "__cause__", "__context__", "__traceback__", "__notes__":
		return true
	}
	return false
}

func (c *Class) hasSlot(name string) bool { _, ok := c.slots[name]; return ok }

func (m *Machine) deleteAttr(o Value, name string) error {
	x, ok := o.(*Instance)
	if !ok {
		return m.refusal("deleting an attribute of a %s is outside of the subset", typeName(o))
	}
	if of, _ := m.lookup(x.class, name); of != nil {
		if _, ok := of.(*property); ok {
			return m.refusal("deleting a property is outside of the subset")
		}
	}
	if x.class.data != nil && x.class.data.frozen {
		return m.raise(m.errors.FrozenInstance, "cannot delete field '%s'", name)
	}
	if x.class.immutable && x.base != 0 {
		return m.refusal("an object of %s, which was declared immutable, changes", x.class.name)
	}
	if _, ok := x.Get(name); !ok {
		return m.noAttr(x, name)
	}
	m.changeInstance(x)
	x.fields[x.class.slots[name]] = unset
	return nil
}
