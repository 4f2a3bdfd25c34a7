package python

import (
	"fmt"
	"math"
	"math/big"
	"strings"
)

// A Dict is a dict object: its keys and values in the order in which they were put there.
type Dict struct {
	head
	keys, vals []Value
	index      map[any]int // made when the dict is large
}

const smallDict = 8

// Keys are the keys, which are not to be changed.
func (d *Dict) Keys() []Value { return d.keys }

// Values are the values, in the order of the keys.
func (d *Dict) Values() []Value { return d.vals }

type (
	bigKey   string
	tupleKey string
)

// hashKey makes something that Go compares of a key, or fails if it cannot be hashed.
func (m *Machine) hashKey(v Value) (any, error) {
	switch v := v.(type) {
	case nil, int, string, Bytes:
		return v, nil
	case bool:
		i, _ := toInt(v)
		return i, nil
	case float64:
		return m.floatKey(v)
	case *big.Int:
		return bigKey(v.String()), nil
	case *EnumMember:
		if v.class.intEnum {
			return m.hashKey(v.value)
		}
		return v, nil
	case *Tuple:
		return m.itemsKey("", v.items)
	case *List, *Dict, *Set, *Bytearray, *slice, *dictView:
		return nil, m.raise(m.errors.Type, "unhashable type: '%s'", typeName(v))
	case *Instance:
		return m.instanceKey(v)
	case *rangeType, *superObject, *property, *wrapped:
		return nil, m.refusal("a %s as a key of a dict or an element of a set is outside of the subset", typeName(v))
	case *Method:
		return [2]any{v.self, v.fn}, m.comparableSelf(v)
	}
	return v, nil
}

func (m *Machine) comparableSelf(v *Method) error {
	if _, ok := v.self.(*Instance); !ok {
		return m.refusal("a method of a built-in type as a key of a dict is outside of the subset")
	}
	return nil
}

func (m *Machine) floatKey(f float64) (any, error) {
	switch {
	case math.IsNaN(f):
		return nil, m.refusal("NaN as a key of a dict or an element of a set is outside of the subset")
	case f == math.Trunc(f) && !math.IsInf(f, 0):
		b, _ := big.NewFloat(f).Int(nil)
		return m.hashKey(normal(b))
	}
	return f, nil
}

func (m *Machine) instanceKey(x *Instance) (any, error) {
	c := x.class
	switch {
	case c.frozenFields != nil:
		var items []Value
		for _, name := range c.frozenFields {
			v, _ := x.Get(name)
			items = append(items, v)
		}
		return m.itemsKey(fmt.Sprintf("%p", c), items)
	case c.unhashable():
		return nil, m.raise(m.errors.Type, "unhashable type: '%s'", c.name)
	}
	return x, nil
}

func (m *Machine) itemsKey(prefix string, items []Value) (any, error) {
	if err := m.deeper(); err != nil {
		return nil, err
	}
	defer m.shallower()
	var b strings.Builder
	b.WriteString(prefix + "(")
	for _, v := range items {
		k, err := m.hashKey(v)
		if err != nil {
			return nil, err
		}
		switch k := k.(type) {
		case string, Bytes, bigKey, tupleKey:
			fmt.Fprintf(&b, "%T%q,", k, k)
		case nil, int, float64:
			fmt.Fprintf(&b, "%T%v,", k, k)
		default:
			fmt.Fprintf(&b, "%T%p,", k, k)
		}
	}
	return tupleKey(b.String() + ")"), nil
}

// find is the place of a key, or -1.
func (m *Machine) find(d *Dict, k Value) (int, error) {
	if s, ok := k.(string); ok && d.index == nil && len(d.keys) <= smallDict {
		for i, x := range d.keys {
			if t, ok := x.(string); ok && t == s {
				return i, nil
			}
		}
		return -1, nil
	}
	if x, ok := k.(*Instance); ok && d.index == nil && len(d.keys) <= smallDict && m.specials(x.class).hashedByIdentity {
		return indexOfInstance(d.keys, x), nil
	}
	h, err := m.hashKey(k)
	if err != nil {
		return -1, err
	}
	if d.index == nil && len(d.keys) <= smallDict {
		for i, x := range d.keys {
			if g, _ := m.hashKey(x); g == h {
				return i, nil
			}
		}
		return -1, nil
	}
	m.makeIndex(d)
	if i, ok := d.index[h]; ok {
		return i, nil
	}
	return -1, nil
}

// indexOfInstance is the place of an object that is equal to itself only, or -1.
func indexOfInstance(keys []Value, x *Instance) int {
	for i, k := range keys {
		if y, ok := k.(*Instance); ok && x == y {
			return i
		}
	}
	return -1
}

func (m *Machine) makeIndex(d *Dict) {
	if d.index != nil {
		return
	}
	d.index = make(map[any]int, len(d.keys))
	for i, x := range d.keys {
		g, _ := m.hashKey(x)
		d.index[g] = i
	}
}

func (m *Machine) put(d *Dict, k, v Value) error {
	i, err := m.find(d, k)
	if err != nil {
		return err
	}
	m.changeDict(d)
	if i >= 0 {
		d.vals[i] = v
		return nil
	}
	if d.index != nil {
		h, _ := m.hashKey(k)
		d.index[h] = len(d.keys)
	}
	d.keys = append(d.keys, k)
	d.vals = append(d.vals, v)
	return nil
}

// remove tells whether the key was there.
func (m *Machine) remove(d *Dict, k Value) (bool, error) {
	i, err := m.find(d, k)
	if err != nil || i < 0 {
		return false, err
	}
	m.changeDict(d)
	d.removeAt(i)
	return true, nil
}

func (d *Dict) removeAt(i int) {
	d.keys = append(append(make([]Value, 0, len(d.keys)), d.keys[:i]...), d.keys[i+1:]...)
	d.vals = append(append(make([]Value, 0, len(d.vals)), d.vals[:i]...), d.vals[i+1:]...)
	d.index = nil
}
