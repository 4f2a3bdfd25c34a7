package python

import "strings"

func isMember(name string, v Value) bool {
	if strings.HasPrefix(name, "_") {
		return false
	}
	switch v.(type) {
	case *Function, *property, *wrapped, *Class:
		return false
	}
	return true
}

// addMember makes a member of an enumeration, or another name of one.
func (m *Machine) addMember(c *Class, name string, v Value) error {
	if v == enumAuto {
		n, err := m.nextAuto(c)
		if err != nil {
			return err
		}
		v = n
	}
	if c.intEnum && !isInteger(v) {
		return m.refusal("a member of an IntEnum that is no int is outside of the subset")
	}
	for _, e := range c.members {
		eq, err := m.equal(e.value, v)
		if err != nil {
			return err
		}
		if eq {
			m.setClassAttr(c, name, e)
			return nil
		}
	}
	e := &EnumMember{class: c, name: name, value: v}
	if c.intEnum {
		e.value = plainInt(v)
	}
	c.members = append(c.members, e)
	m.setClassAttr(c, name, e)
	return nil
}

var enumAuto = &singleton{"auto"}

// nextAuto is the value of auto(): one more than the largest before it.
func (m *Machine) nextAuto(c *Class) (Value, error) {
	largest := 0
	for i, e := range c.members {
		n, ok := toInt(e.value)
		if !ok {
			return nil, m.refusal("auto() beside a value that is no int is outside of the subset")
		}
		if i == 0 || n > largest {
			largest = n
		}
	}
	return largest + 1, nil
}

// finishEnum refuses what enumerations of the subset have not.
func (m *Machine) finishEnum(c *Class) error {
	if !c.enum {
		return nil
	}
	for _, name := range []string{"__init__", "__eq__", "__call__", "__iter__", "__len__", "__getitem__", "__contains__"} {
		if v, ok := c.Attr(name); ok {
			if _, fn := v.(*Function); fn {
				return m.refusal("an enumeration with %s is outside of the subset", name)
			}
		}
	}
	return nil
}

// memberOf finds the member of a value.
func (m *Machine) memberOf(c *Class, v Value) (Value, error) {
	for _, e := range c.members {
		if e == v {
			return e, nil
		}
		eq, err := m.equal(e.value, v)
		if err != nil {
			return nil, err
		}
		if eq {
			return e, nil
		}
	}
	text, err := m.repr(v)
	if err != nil {
		return nil, err
	}
	return nil, m.raise(m.errors.Value, "%s is not a valid %s", text, c.qualified)
}
