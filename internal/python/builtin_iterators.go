package python

import (
	"math"
	"slices"
)

func roundEven(f float64) float64 { return math.RoundToEven(f) }

func (m *Machine) makeIterators(b map[string]Value) {
	m.define(b, "any", "iterable", func(m *Machine, a []Value) (Value, error) { return m.anyIs(a[0], true) })
	m.define(b, "all", "iterable", func(m *Machine, a []Value) (Value, error) {
		found, err := m.anyIs(a[0], false)
		return !found, err
	})
	b["min"] = &Native{name: "min", raw: extreme(compareLt)}
	b["max"] = &Native{name: "max", raw: extreme(compareGt)}
	b["zip"] = &Native{name: "zip", raw: zip}
	for _, name := range []string{"min", "max", "zip"} {
		m.register(name, b[name].(*Native))
	}
	m.define(b, "sum", "iterable ? start", sum)
	m.define(b, "sorted", "iterable ? key reverse", func(m *Machine, a []Value) (Value, error) {
		items, err := m.list(a[0])
		if err != nil {
			return nil, err
		}
		return m.sorted(items, a)
	})
	m.natives["sorted"].params = []string{"iterable", "key", "reverse"}
	m.define(b, "enumerate", "iterable ? start", func(m *Machine, a []Value) (Value, error) {
		it, err := m.iter(a[0])
		e := &enumerateIterator{head: m.made(), of: it}
		if start, ok := arg(a, 1); ok && err == nil {
			e.n, err = m.index(start)
		}
		return e, err
	})
	m.define(b, "map", "func iterable *", func(m *Machine, a []Value) (Value, error) { return m.mapOf(a, false) })
	m.define(b, "filter", "func iterable", func(m *Machine, a []Value) (Value, error) { return m.mapOf(a, true) })
	m.define(b, "iter", "object", func(m *Machine, a []Value) (Value, error) { return m.iter(a[0]) })
	m.define(b, "next", "iterator ? default", nextOf)
	m.define(b, "reversed", "sequence", reversed)
}

// anyIs tells whether some element has this truth.
func (m *Machine) anyIs(v Value, want bool) (bool, error) {
	it, err := m.iter(v)
	if err != nil {
		return false, err
	}
	for {
		x, ok, err := m.next(it)
		if !ok || err != nil {
			return false, err
		}
		if yes, err := m.truth(x); err != nil || yes == want {
			return err == nil, err
		}
		if m.steps++; m.options.Steps > 0 && m.steps > m.options.Steps {
			return false, m.limit()
		}
	}
}

// extreme is min or max.
func extreme(op compareOp) func(m *Machine, args []Value, names []string) (Value, error) {
	return func(m *Machine, args []Value, names []string) (Value, error) {
		items := args[:len(args)-len(names)]
		var key, fallback Value
		hasFallback := false
		for i, name := range names {
			switch v := args[len(items)+i]; name {
			case "key":
				key = v
			case "default":
				fallback, hasFallback = v, true
			default:
				return nil, m.raise(m.errors.Type, "min() or max() got an unexpected keyword argument '%s'", name)
			}
		}
		if len(items) == 0 {
			return nil, m.raise(m.errors.Type, "min or max expected at least 1 argument, got 0")
		}
		if len(items) == 1 {
			var err error
			if items, err = m.list(items[0]); err != nil {
				return nil, err
			}
		}
		if len(items) == 0 {
			if hasFallback {
				return fallback, nil
			}
			return nil, m.raise(m.errors.Value, "%s() arg is an empty sequence", map[compareOp]string{compareLt: "min", compareGt: "max"}[op])
		}
		return m.extremeOf(op, items, key)
	}
}

func (m *Machine) extremeOf(op compareOp, items []Value, key Value) (Value, error) {
	keys, err := m.keysOf(items, key)
	if err != nil {
		return nil, err
	}
	best := 0
	for i := 1; i < len(items); i++ {
		better, err := m.holds(op, keys[i], keys[best])
		if err != nil {
			return nil, err
		}
		if better {
			best = i
		}
	}
	return items[best], nil
}

// keysOf are what elements are compared by.
func (m *Machine) keysOf(items []Value, key Value) ([]Value, error) {
	if key == nil {
		return items, nil
	}
	keys := make([]Value, len(items))
	for i, v := range items {
		k, err := m.callNow(key, v)
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	return keys, nil
}

// sorted sorts as CPython does: stable, and with < only. The number of comparisons may differ, which a method could see.
func (m *Machine) sorted(items []Value, a []Value) (Value, error) {
	key, _ := arg(a, 1)
	keys, err := m.keysOf(items, key)
	if err != nil {
		return nil, err
	}
	reverse := false
	if r, ok := arg(a, 2); ok {
		if reverse, err = m.truth(r); err != nil {
			return nil, err
		}
	}
	for _, k := range keys {
		if _, object := k.(*Instance); object {
			return nil, m.refusal("sorting objects with methods is outside of the subset")
		}
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	if reverse {
		slices.Reverse(order)
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if err != nil {
			return 0
		}
		var less, more bool
		if less, err = m.holds(compareLt, keys[i], keys[j]); less || err != nil {
			return -1
		}
		if more, err = m.holds(compareLt, keys[j], keys[i]); more {
			return 1
		}
		return 0
	})
	if reverse {
		slices.Reverse(order)
	}
	out := make([]Value, len(items))
	for i, k := range order {
		out[i] = items[k]
	}
	return &List{items: out}, err
}

func sum(m *Machine, a []Value) (Value, error) {
	total := Value(0)
	if start, ok := arg(a, 1); ok {
		total = start
	}
	if _, ok := total.(string); ok {
		return nil, m.raise(m.errors.Type, "sum() can't sum strings [use ''.join(seq) instead]")
	}
	err := m.each(a[0], func(v Value) (err error) {
		if _, float := v.(float64); float {
			return m.refusal("a sum of floats, whose rounding depends on the version of Python, is outside of the subset")
		}
		total, err = m.binary(opAdd, total, v)
		return err
	})
	return total, err
}

func zip(m *Machine, args []Value, names []string) (Value, error) {
	z := &zipIterator{}
	for i, name := range names {
		if name != "strict" {
			return nil, m.raise(m.errors.Type, "zip() got an unexpected keyword argument '%s'", name)
		}
		strict, err := m.truth(args[len(args)-len(names)+i])
		if err != nil {
			return nil, err
		}
		z.strict = strict
	}
	for _, v := range args[:len(args)-len(names)] {
		it, err := m.iter(v)
		if err != nil {
			return nil, err
		}
		z.of = append(z.of, it)
	}
	return z, nil
}

func (m *Machine) mapOf(a []Value, filter bool) (Value, error) {
	it := &mapIterator{fn: a[0], filter: filter}
	for _, v := range a[1:] {
		x, err := m.iter(v)
		if err != nil {
			return nil, err
		}
		it.of = append(it.of, x)
	}
	return it, nil
}

func nextOf(m *Machine, a []Value) (Value, error) {
	if !isIterator(a[0]) {
		if _, ok := a[0].(*Instance); !ok {
			return nil, m.raise(m.errors.Type, "'%s' object is not an iterator", typeName(a[0]))
		}
	}
	v, ok, err := m.next(a[0])
	switch {
	case err != nil || ok:
		return v, err
	case len(a) > 1:
		return a[1], nil
	}
	return nil, m.stopIteration(a[0])
}

// stopIteration ends an iterator; the value that a generator returned goes with it, once.
func (m *Machine) stopIteration(it Value) error {
	g, ok := it.(*generator)
	if !ok || g.value == nil {
		return &Exception{Value: m.newException(m.errors.StopIteration)}
	}
	v := g.value
	changeWhole(m, g, &g.changed)
	g.value = nil
	return &Exception{Value: m.newException(m.errors.StopIteration, v)}
}

func reversed(m *Machine, a []Value) (Value, error) {
	switch v := a[0].(type) {
	case *rangeType:
		n := v.len()
		return &rangeIterator{next: v.start + (n-1)*v.step, stop: v.start - v.step, step: -v.step}, nil
	case *List, *Tuple, string, Bytes, *Bytearray, *Dict:
		items, err := m.list(v)
		slices.Reverse(items)
		return &itemsIterator{items: items}, err
	}
	return nil, m.refusal("reversed of a %s is outside of the subset", typeName(a[0]))
}
