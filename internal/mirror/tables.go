package mirror

import (
	"fmt"

	"cabi/internal/python"
	"cabi/spec"
)

// fillTable fills a table of an instance. The places of the array are read from a list, a tuple or a dict, and those that are free from
// anything that has elements. Menus take indices from tables: one that cannot be read would leave out actions, and is refused.
func (m *Mirror) fillTable(inst *spec.ComponentInstance, x *python.Instance, name string, threads bool) {
	v, has := x.Get(name)
	table, ok := v.(*python.Instance)
	if !ok {
		if has {
			m.refuse(x, "ComponentInstance."+name+" holds no table")
		}
		return
	}
	if table.Tag() == nil {
		table.SetTag(&TableOf{inst, threads})
	}
	m.readsFrom(python.Changes(table))
	a, has := table.Get("array")
	array, ok := m.places(a)
	if !ok {
		if has {
			m.refuse(table, "Table.array holds no list, tuple or dict of elements")
		} else {
			m.refuse(table, "Table.array is gone")
		}
		return
	}
	m.elements = m.elements[:0]
	for _, v := range array {
		m.elements = append(m.elements, m.element(inst, table, name, v))
	}
	if m.fillFree(table); m.free == nil {
		m.unknownTable(name, nil)
	}
	inst.MirrorTable(threads, m.elements, m.free)
}

// refuse notes what is of no use in any way, and where its class is.
func (m *Mirror) refuse(x *python.Instance, why string) {
	m.Refused = fmt.Sprintf("%s (class %s, %s)", why, x.Class().QualifiedName(), x.Class().Place())
}

// places are what the places of an array hold, by their indices.
func (m *Mirror) places(v python.Value) ([]python.Value, bool) {
	d, isDict := v.(*python.Dict)
	if !isDict {
		items, ok := m.items(v)
		return items, ok && v != nil
	}
	m.readsFrom(python.Changes(d))
	var places []python.Value
	for i, k := range d.Keys() {
		index, ok := k.(int)
		if !ok || index < 0 || index > mostPlaces {
			return nil, false
		}
		for len(places) <= index {
			places = append(places, nil)
		}
		places[index] = d.Values()[i]
	}
	return places, true
}

// mostPlaces is how many places a table has that is a dict.
const mostPlaces = 1 << 16

// element is the element that a place holds; nil: the place is empty, or holds what the port has nothing for.
func (m *Mirror) element(inst *spec.ComponentInstance, table *python.Instance, name string, v python.Value) spec.Element {
	e, _ := m.Value(v).(spec.Element)
	if v == nil || e != nil {
		return e
	}
	m.noteUnknown(Unknown{inst, name, v})
	m.unknownTable(name, v)
	if _, ok := v.(*python.Instance); !ok {
		m.refuse(table, "Table.array holds something else than elements and None")
	}
	return nil
}

// unknownTable notes that promises cannot go by a table, for what it holds.
func (m *Mirror) unknownTable(name string, holds python.Value) {
	if m.OnUnknown != nil {
		m.OnUnknown("ComponentInstance", name, holds)
	}
}

// fillFree reads which places are free; nil: that cannot be told.
func (m *Mirror) fillFree(table *python.Instance) {
	v, _ := table.Get("free")
	free, ok := m.items(v)
	if set, isSet := v.(*python.Set); isSet {
		m.readsFrom(python.Changes(set))
		free, ok = set.Items(), true
	}
	if !ok || v == nil {
		m.free = nil
		return
	}
	if m.free = m.free[:0]; m.free == nil {
		m.free = []uint64{}
	}
	for _, v := range free {
		i, isInt := v.(int)
		if !isInt {
			m.free = nil
			return
		}
		m.free = append(m.free, uint64(i))
	}
}
