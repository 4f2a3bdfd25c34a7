package python

import "slices"

// indexOf is an index of a sequence of n elements.
func (m *Machine) indexOf(i Value, n int, what string) (int, error) {
	k, err := m.intIndex(i, what)
	if err != nil {
		return 0, err
	}
	if k < 0 {
		k += n
	}
	if k < 0 || k >= n {
		return 0, m.raise(m.errors.Index, "%s index out of range", what)
	}
	return k, nil
}

func (m *Machine) intIndex(i Value, what string) (int, error) {
	if !isInteger(i) {
		if what == "string" {
			return 0, m.raise(m.errors.Type, "string indices must be integers, not '%s'", typeName(i))
		}
		return 0, m.raise(m.errors.Type, "%s indices must be integers or slices, not %s", what, typeName(i))
	}
	k, ok := plainInt(i).(int)
	if !ok {
		return 0, m.raise(m.errors.Index, "cannot fit 'int' into an index-sized integer")
	}
	return k, nil
}

// A span is what a slice selects of a sequence.
type span struct{ start, stop, step, n int }

// spanOf is what a slice selects of n elements.
func (m *Machine) spanOf(s *slice, n int) (span, error) {
	step, err := m.sliceIndex(s.step, 1)
	if err != nil {
		return span{}, err
	}
	if step == 0 {
		return span{}, m.raise(m.errors.Value, "slice step cannot be zero")
	}
	low, high := 0, n
	first, last := 0, n
	if step < 0 {
		low, high = -1, n-1
		first, last = n-1, -1
	}
	bound := func(v Value, fallback int) (int, error) {
		if v == nil {
			return fallback, nil
		}
		i, err := m.sliceIndex(v, 0)
		if i < 0 {
			i += n
		}
		return min(max(i, low), high), err
	}
	start, err := bound(s.lower, first)
	if err != nil {
		return span{}, err
	}
	stop, err := bound(s.upper, last)
	r := &rangeType{start: start, stop: stop, step: step}
	return span{start, stop, step, r.len()}, err
}

func (m *Machine) sliceIndex(v Value, fallback int) (int, error) {
	if v == nil {
		return fallback, nil
	}
	if !isInteger(v) {
		return 0, m.raise(m.errors.Type, "slice indices must be integers or None or have an __index__ method")
	}
	if i, ok := plainInt(v).(int); ok {
		return max(min(i, 1<<62), -1<<62), nil
	}
	return toBig(v).Sign() * 1 << 62, nil
}

// pick selects elements.
func pick[T any](items []T, s span) []T {
	if s.step == 1 {
		return slices.Clone(items[s.start:max(s.start, s.stop)])
	}
	out := make([]T, 0, s.n)
	for k := range s.n {
		out = append(out, items[s.start+k*s.step])
	}
	return out
}

// getItem is o[i].
func (m *Machine) getItem(o, i Value) (Value, error) {
	if s, ok := i.(*slice); ok {
		return m.getSlice(o, s)
	}
	switch o := o.(type) {
	case *List:
		k, err := m.indexOf(i, len(o.items), "list")
		if err != nil {
			return nil, err
		}
		return o.items[k], nil
	case *Tuple:
		k, err := m.indexOf(i, len(o.items), "tuple")
		if err != nil {
			return nil, err
		}
		return o.items[k], nil
	case *Dict:
		k, err := m.find(o, i)
		if err != nil {
			return nil, err
		}
		if k < 0 {
			return nil, &Exception{Value: m.newException(m.errors.Key, i)}
		}
		return o.vals[k], nil
	case *Bytearray:
		k, err := m.indexOf(i, len(o.data), "bytearray")
		if err != nil {
			return nil, err
		}
		return int(o.data[k]), nil
	case Bytes:
		k, err := m.indexOf(i, len(o), "index")
		if err != nil {
			return nil, err
		}
		return int(o[k]), nil
	case string:
		k, err := m.indexOf(i, runeCount(o), "string")
		if err != nil {
			return nil, err
		}
		return charAt(o, k), nil
	}
	return m.getOther(o, i)
}

func (m *Machine) getOther(o, i Value) (Value, error) {
	switch o := o.(type) {
	case *rangeType:
		k, err := m.indexOf(i, o.len(), "range object")
		if err != nil {
			return nil, err
		}
		return o.start + k*o.step, nil
	case *Class:
		if o.enum {
			return m.memberNamed(o, i)
		}
		return m.subscriptType(o, i)
	case *TypeForm:
		return m.subscriptType(o, i)
	case *Instance:
		if get := m.specials(o.class).getitem; get != nil {
			return m.callNow(get, o, i)
		}
	}
	return nil, m.raise(m.errors.Type, "'%s' object is not subscriptable", typeName(o))
}

func (m *Machine) memberNamed(c *Class, name Value) (Value, error) {
	if s, ok := name.(string); ok {
		if e, ok := c.attrs[s].(*EnumMember); ok {
			return e, nil
		}
	}
	return nil, &Exception{Value: m.newException(m.errors.Key, name)}
}

func (m *Machine) getSlice(o Value, s *slice) (Value, error) {
	if x, ok := o.(*Instance); ok {
		return m.getOther(x, s)
	}
	n, err := m.length(o)
	if err != nil {
		return nil, m.raise(m.errors.Type, "'%s' object is not subscriptable", typeName(o))
	}
	at, err := m.spanOf(s, n)
	if err != nil {
		return nil, err
	}
	if err := m.charge(at.n); err != nil {
		return nil, err
	}
	switch o := o.(type) {
	case *List:
		return &List{items: pick(o.items, at)}, nil
	case *Tuple:
		return NewTuple(pick(o.items, at)...), nil
	case *Bytearray:
		return &Bytearray{data: pick(o.data, at)}, nil
	case Bytes:
		return Bytes(pick([]byte(o), at)), nil
	case string:
		if isASCII(o) {
			return string(pick([]byte(o), at)), nil
		}
		return fromRunes(pick(runes(o), at)), nil
	case *rangeType:
		return &rangeType{start: o.start + at.start*o.step, stop: o.start + at.stop*o.step, step: o.step * at.step}, nil
	case *Dict:
		return nil, m.raise(m.errors.Type, "unhashable type: 'slice'")
	}
	return nil, m.raise(m.errors.Type, "'%s' object is not subscriptable", typeName(o))
}

// setItem is o[i] = v.
func (m *Machine) setItem(o, i, v Value) error {
	switch o := o.(type) {
	case *List:
		if s, ok := i.(*slice); ok {
			return m.setListSlice(o, s, v)
		}
		k, err := m.indexOf(i, len(o.items), "list assignment")
		if err != nil {
			return m.assignmentIndex(err, i, "list")
		}
		m.changeList(o)
		o.items[k] = v
		return nil
	case *Dict:
		return m.put(o, i, v)
	case *Bytearray:
		if s, ok := i.(*slice); ok {
			return m.setBytesSlice(o, s, v)
		}
		k, err := m.indexOf(i, len(o.data), "bytearray")
		if err != nil {
			return err
		}
		b, err := m.byteOf(v)
		if err == nil {
			m.changeBytes(o)
			o.data[k] = b
		}
		return err
	case *Instance:
		if f, ok := m.lookup(o.class, "__setitem__"); ok {
			_, err := m.callNow(f, o, i, v)
			return err
		}
	}
	return m.raise(m.errors.Type, "'%s' object does not support item assignment", typeName(o))
}

func (m *Machine) assignmentIndex(err error, i Value, what string) error {
	if isInteger(i) {
		return err
	}
	return m.raise(m.errors.Type, "%s indices must be integers or slices, not %s", what, typeName(i))
}

func (m *Machine) setListSlice(l *List, s *slice, v Value) error {
	items, err := m.list(v)
	if err != nil {
		if e, ok := err.(*Exception); ok && e.Value.class == m.errors.Type {
			return m.raise(m.errors.Type, "can only assign an iterable")
		}
		return err
	}
	at, err := m.spanOf(s, len(l.items))
	if err != nil {
		return err
	}
	m.changeList(l)
	l.items, err = setSpan(m, l.items, at, items)
	return err
}

func setSpan[T any](m *Machine, into []T, at span, items []T) ([]T, error) {
	if at.step == 1 {
		return slices.Concat(into[:at.start], items, into[max(at.start, at.stop):]), nil
	}
	if len(items) != at.n {
		return into, m.raise(m.errors.Value, "attempt to assign sequence of size %d to extended slice of size %d", len(items), at.n)
	}
	for k, x := range items {
		into[at.start+k*at.step] = x
	}
	return into, nil
}

func (m *Machine) setBytesSlice(b *Bytearray, s *slice, v Value) error {
	data, ok := bytesOf(v)
	if !ok {
		if isInteger(v) {
			return m.raise(m.errors.Type, "can assign only bytes, buffers, or iterables of ints in range(0, 256)")
		}
		var err error
		if data, err = m.bytesFrom(v); err != nil {
			return err
		}
	}
	at, err := m.spanOf(s, len(b.data))
	if err != nil {
		return err
	}
	if err := m.charge(len(data)); err != nil {
		return err
	}
	m.changeBytes(b)
	if at.step == 1 && len(data) == at.n && at.stop >= at.start {
		copy(b.data[at.start:at.stop], data)
		return nil
	}
	b.data, err = setSpan(m, b.data, at, data)
	return err
}

// byteOf is an element of bytes.
func (m *Machine) byteOf(v Value) (byte, error) {
	if !isInteger(v) {
		return 0, m.raise(m.errors.Type, "'%s' object cannot be interpreted as an integer", typeName(v))
	}
	n, ok := plainInt(v).(int)
	if !ok || n < 0 || n > 255 {
		return 0, m.raise(m.errors.Value, "byte must be in range(0, 256)")
	}
	return byte(n), nil
}

// deleteItem is del o[i].
func (m *Machine) deleteItem(o, i Value) error {
	switch o := o.(type) {
	case *List:
		if s, ok := i.(*slice); ok {
			return m.deleteListSlice(o, s)
		}
		k, err := m.indexOf(i, len(o.items), "list assignment")
		if err != nil {
			return m.assignmentIndex(err, i, "list")
		}
		m.changeList(o)
		o.items = slices.Concat(o.items[:k], o.items[k+1:])
		return nil
	case *Dict:
		there, err := m.remove(o, i)
		if !there && err == nil {
			err = &Exception{Value: m.newException(m.errors.Key, i)}
		}
		return err
	case *Bytearray:
		if s, ok := i.(*slice); ok && s.step == nil {
			at, err := m.spanOf(s, len(o.data))
			if err == nil {
				m.changeBytes(o)
				o.data = slices.Concat(o.data[:at.start], o.data[max(at.start, at.stop):])
			}
			return err
		}
		return m.refusal("deleting a byte of a bytearray is outside of the subset")
	case *Instance:
		if f, ok := m.lookup(o.class, "__delitem__"); ok {
			_, err := m.callNow(f, o, i)
			return err
		}
	}
	return m.raise(m.errors.Type, "'%s' object doesn't support item deletion", typeName(o))
}

func (m *Machine) deleteListSlice(l *List, s *slice) error {
	at, err := m.spanOf(s, len(l.items))
	if err != nil {
		return err
	}
	if at.step != 1 {
		return m.refusal("deleting a slice with a step is outside of the subset")
	}
	m.changeList(l)
	l.items = slices.Concat(l.items[:at.start], l.items[max(at.start, at.stop):])
	return nil
}

// length is len(v).
func (m *Machine) length(v Value) (int, error) {
	switch v := v.(type) {
	case *List:
		return len(v.items), nil
	case *Tuple:
		return len(v.items), nil
	case *Dict:
		return len(v.keys), nil
	case *Set:
		return len(v.keys), nil
	case string:
		return runeCount(v), nil
	case Bytes:
		return len(v), nil
	case *Bytearray:
		return len(v.data), nil
	case *rangeType:
		return v.len(), nil
	case *dictView:
		return len(v.dict.keys), nil
	case *Class:
		if v.enum {
			return len(v.members), nil
		}
	case *Instance:
		if f := m.specials(v.class).length; f != nil {
			n, err := m.callNow(f, v)
			if err != nil {
				return 0, err
			}
			return m.checkLength(n)
		}
	}
	return 0, m.raise(m.errors.Type, "object of type '%s' has no len()", typeName(v))
}

func (m *Machine) checkLength(v Value) (int, error) {
	if !isInteger(v) {
		return 0, m.raise(m.errors.Type, "'%s' object cannot be interpreted as an integer", typeName(v))
	}
	n, ok := plainInt(v).(int)
	if !ok {
		return 0, m.raise(m.errors.Overflow, "cannot fit 'int' into an index-sized integer")
	}
	if n < 0 {
		return 0, m.raise(m.errors.Value, "__len__() should return >= 0")
	}
	return n, nil
}
