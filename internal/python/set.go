package python

import (
	"math"
	"math/big"
)

// A Set is a set object. The elements are kept in the order in which they were put there. In CPython the order of strings and of
// objects depends on the process, so this order is one that CPython may have. The order of numbers is always the same in CPython, so
// a set of numbers only has a table as CPython has, which tells their order.
type Set struct {
	Dict            // the values are not used
	table *setTable // nil: an element is no number
}

// A setTable is the hash table of CPython's set, of indices of keys.
type setTable struct {
	slots []int32 // 0: empty, -1: removed, else 1 + index
	fill  int     // slots that are not empty
}

const (
	leastTable   = 8
	linearProbes = 9
	hashModulus  = 1<<61 - 1
)

func newSet() *Set {
	s := &struct { // one piece of memory
		set   Set
		table setTable
		slots [leastTable]int32
	}{}
	s.set.table, s.table.slots = &s.table, s.slots[:]
	return &s.set
}

// newSet is a set that the journal need not keep.
func (m *Machine) newSet() *Set {
	s := newSet()
	s.head = m.made()
	return s
}

// numberHash is the hash of an element whose place CPython fixes.
func numberHash(v Value) (int64, bool) {
	switch v := v.(type) {
	case int:
		return intHash(big.NewInt(int64(v))), true
	case bool:
		i, _ := toInt(v)
		return int64(i), true
	case *big.Int:
		return intHash(v), true
	case *EnumMember:
		if v.class.intEnum {
			return numberHash(v.value)
		}
	case float64:
		return floatHash(v)
	}
	return 0, false
}

func intHash(b *big.Int) int64 {
	h := new(big.Int).Mod(new(big.Int).Abs(b), big.NewInt(hashModulus)).Int64()
	if b.Sign() < 0 {
		h = -h
	}
	if h == -1 {
		h = -2
	}
	return h
}

func floatHash(f float64) (int64, bool) {
	if math.IsInf(f, 0) {
		return int64(math.Copysign(314159, f)), true
	}
	if math.IsNaN(f) {
		return 0, false
	}
	r := new(big.Rat)
	r.SetFloat64(f)
	modulus := big.NewInt(hashModulus)
	inverse := new(big.Int).ModInverse(new(big.Int).Mod(r.Denom(), modulus), modulus)
	if inverse == nil {
		return 0, false
	}
	h := inverse.Mul(inverse, new(big.Int).Mod(new(big.Int).Abs(r.Num()), modulus))
	h.Mod(h, modulus)
	if f < 0 {
		h.Neg(h)
	}
	if n := h.Int64(); n != -1 {
		return n, true
	}
	return -2, true
}

// probe finds the slot of a hash: one that accept takes, or an empty one.
func (t *setTable) probe(hash int64, accept func(slot int32) bool) int {
	mask := len(t.slots) - 1
	perturb := uint64(hash)
	i := int(uint64(hash) & uint64(mask))
	for {
		last := i
		if i+linearProbes <= mask {
			last += linearProbes
		}
		for j := i; j <= last; j++ {
			if s := t.slots[j]; s == 0 || accept(s) {
				return j
			}
		}
		perturb >>= 5
		i = int((uint64(i)*5 + 1 + perturb) & uint64(mask))
	}
}

// add puts in the key of index k, which is not there.
func (s *Set) tableAdd(k int, hash int64) {
	t := s.table
	j := t.probe(hash, func(int32) bool { return false })
	t.slots[j] = int32(k + 1)
	t.fill++
	if t.fill*5 < (len(t.slots)-1)*3 {
		return
	}
	used := len(s.keys)
	if used > 50000 {
		s.resize(used * 2)
	} else {
		s.resize(used * 4)
	}
}

// resize makes the table larger than least and puts the keys in again, in their order.
func (s *Set) resize(least int) {
	size := leastTable
	for size <= least {
		size *= 2
	}
	old := s.table.slots
	s.table = &setTable{slots: make([]int32, size)}
	for _, slot := range old {
		if slot > 0 {
			h, _ := numberHash(s.keys[slot-1])
			s.table.slots[s.table.probe(h, func(int32) bool { return false })] = slot
			s.table.fill++
		}
	}
}

// add puts an element into a set.
func (m *Machine) add(s *Set, v Value) error {
	i, err := m.find(&s.Dict, v)
	if err != nil || i >= 0 {
		return err
	}
	m.changeSet(s)
	if err := m.put(&s.Dict, v, nil); err != nil {
		return err
	}
	if s.table == nil {
		return nil
	}
	h, ok := numberHash(v)
	if !ok {
		s.table = nil
		return nil
	}
	s.tableAdd(len(s.keys)-1, h)
	return nil
}

// discard removes an element and tells whether it was there.
func (m *Machine) discard(s *Set, v Value) (bool, error) {
	i, err := m.find(&s.Dict, v)
	if err != nil || i < 0 {
		return false, err
	}
	m.changeSet(s)
	s.removeAt(i)
	if s.table == nil {
		return true, nil
	}
	for j, slot := range s.table.slots {
		switch {
		case slot == int32(i+1):
			s.table.slots[j] = -1
		case slot > int32(i+1):
			s.table.slots[j]--
		}
	}
	return true, nil
}

// replaceSet gives a set the elements of another, which is not used any more.
func (m *Machine) replaceSet(s, o *Set) {
	m.changeSet(s)
	s.keys, s.vals, s.index, s.table = o.keys, o.vals, o.index, o.table
}

// ordered are the elements in the order of iteration.
func (s *Set) ordered() []Value {
	if s.table == nil {
		return append([]Value(nil), s.keys...)
	}
	vs := make([]Value, 0, len(s.keys))
	for _, slot := range s.table.slots {
		if slot > 0 {
			vs = append(vs, s.keys[slot-1])
		}
	}
	return vs
}

// Items are the elements of the set in the order of iteration.
func (s *Set) Items() []Value { return s.ordered() }

// update puts the elements of another set in, as CPython merges sets.
func (m *Machine) update(s, o *Set) error {
	if s == o {
		return nil
	}
	m.changeSet(s)
	if s.table != nil && o.table != nil {
		if (s.table.fill+len(o.keys))*5 >= (len(s.table.slots)-1)*3 {
			s.resize((len(s.keys) + len(o.keys)) * 2)
		}
		if s.table.fill == 0 && len(s.table.slots) == len(o.table.slots) && o.table.fill == len(o.keys) {
			s.keys = append([]Value(nil), o.keys...)
			s.vals = make([]Value, len(s.keys))
			s.index = nil
			s.table = &setTable{slots: append([]int32(nil), o.table.slots...), fill: o.table.fill}
			return nil
		}
		if s.table.fill == 0 {
			return m.merge(s, o)
		}
	}
	return m.addAll(s, o.ordered())
}

// merge puts the elements of o into the empty table of s, which is large enough.
func (m *Machine) merge(s, o *Set) error {
	for _, v := range o.ordered() {
		h, _ := numberHash(v)
		if err := m.put(&s.Dict, v, nil); err != nil {
			return err
		}
		s.table.slots[s.table.probe(h, func(int32) bool { return false })] = int32(len(s.keys))
		s.table.fill++
	}
	return nil
}

func (m *Machine) addAll(s *Set, vs []Value) error {
	for _, v := range vs {
		if err := m.add(s, v); err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) copySet(s *Set) (*Set, error) {
	c := m.newSet()
	return c, m.update(c, s)
}

// setBinary is |, &, - and ^ of sets.
func (m *Machine) setBinary(op binaryOp, a, b *Set) (Value, error) {
	switch op {
	case opOr:
		r, err := m.copySet(a)
		if err != nil {
			return nil, err
		}
		return r, m.update(r, b)
	case opAnd:
		if len(b.keys) > len(a.keys) {
			a, b = b, a
		}
		return m.selected(b, a, true)
	case opSub:
		return m.difference(a, b)
	case opXor:
		return m.symmetric(a, b)
	}
	return NotImplemented, nil
}

// selected are the elements of a that are in b, or that are not.
func (m *Machine) selected(a, b *Set, in bool) (Value, error) {
	r := m.newSet()
	for _, v := range a.ordered() {
		i, err := m.find(&b.Dict, v)
		if err != nil {
			return nil, err
		}
		if (i >= 0) == in {
			if err := m.add(r, v); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func (m *Machine) difference(a, b *Set) (Value, error) {
	if len(a.keys)>>2 <= len(b.keys) {
		return m.selected(a, b, false)
	}
	r, err := m.copySet(a)
	if err != nil {
		return nil, err
	}
	for _, v := range b.ordered() {
		if _, err := m.discard(r, v); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (m *Machine) symmetric(a, b *Set) (Value, error) {
	r, err := m.copySet(b)
	if err != nil {
		return nil, err
	}
	for _, v := range a.ordered() {
		there, err := m.discard(r, v)
		if err == nil && !there {
			err = m.add(r, v)
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}
