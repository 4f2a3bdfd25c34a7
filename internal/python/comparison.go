package python

import (
	"bytes"
	"math"
	"math/big"
	"strings"
)

type compareOp uint8

const (
	compareEq compareOp = iota
	compareNe
	compareLt
	compareLe
	compareGt
	compareGe
	compareIs
	compareIsNot
	compareIn
	compareNotIn
)

var compareOps = map[string]compareOp{"==": compareEq, "!=": compareNe, "<": compareLt, "<=": compareLe, ">": compareGt, ">=": compareGe,
	"is": compareIs, "in": compareIn}

var (
	orderNames   = [...]string{compareLt: "<", compareLe: "<=", compareGt: ">", compareGe: ">="}
	orderMethods = [...]string{compareEq: "__eq__", compareNe: "__ne__", compareLt: "__lt__", compareLe: "__le__", compareGt: "__gt__", compareGe: "__ge__"}
	swapped      = [...]compareOp{compareEq: compareEq, compareNe: compareNe, compareLt: compareGt, compareLe: compareGe, compareGt: compareLt, compareGe: compareLe}
)

// compare is a comparison as a value: methods of Python code may give anything.
func (m *Machine) compare(op compareOp, a, b Value) (Value, error) {
	if op <= compareGe {
		if x, ok := a.(*Instance); ok {
			if v, done, err := m.compareMethod(op, x, b); done {
				return v, err
			}
		}
	}
	return m.holds(op, a, b)
}

// compareMethod calls the method of a comparison, if Python code defines it.
func (m *Machine) compareMethod(op compareOp, x *Instance, b Value) (Value, bool, error) {
	f, ok := m.lookup(x.class, orderMethods[op])
	if _, python := f.(*Function); !ok || !python {
		return nil, false, nil
	}
	v, err := m.callNow(f, x, b)
	if err != nil || v != NotImplemented {
		return v, true, err
	}
	return nil, false, nil
}

// holds is the truth of a comparison.
func (m *Machine) holds(op compareOp, a, b Value) (bool, error) {
	if x, ok := a.(int); ok {
		if y, ok := b.(int); ok && op <= compareGe {
			return smallCompare(op, x, y), nil
		}
	}
	switch op {
	case compareEq:
		return m.equal(a, b)
	case compareNe:
		return m.notEqual(a, b)
	case compareIs, compareIsNot:
		same, err := m.identical(a, b)
		return same == (op == compareIs), err
	case compareIn, compareNotIn:
		in, err := m.contains(b, a)
		return in == (op == compareIn), err
	}
	return m.ordered(op, a, b)
}

func smallCompare(op compareOp, x, y int) bool {
	switch op {
	case compareEq:
		return x == y
	case compareNe:
		return x != y
	case compareLt:
		return x < y
	case compareLe:
		return x <= y
	case compareGt:
		return x > y
	}
	return x >= y
}

// identical is a is b. It refuses to say so of equal numbers and strings that CPython may or may not keep once only.
func (m *Machine) identical(a, b Value) (bool, error) {
	switch x := a.(type) {
	case nil:
		return b == nil, nil
	case bool:
		return a == b, nil
	case int:
		if y, ok := b.(int); ok && x == y && (x < -5 || x > 256) {
			return false, m.refusal("whether equal integers outside of -5…256 are the same object is outside of the subset")
		}
		return a == b, nil
	case *big.Int, float64:
		if isNumber(b) && typeName(a) == typeName(b) {
			if eq, _ := m.equalNumbers(a, b); eq || isNaN(a) && isNaN(b) {
				return false, m.refusal("whether equal numbers are the same object is outside of the subset")
			}
		}
		return false, nil
	case string, Bytes:
		if a == b {
			return false, m.refusal("whether equal strings are the same object is outside of the subset")
		}
		return false, nil
	case *Tuple:
		y, ok := b.(*Tuple)
		return ok && (x == y || len(x.items) == 0 && len(y.items) == 0), nil
	}
	return a == b, nil
}

func isNaN(v Value) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// same tells whether two values are surely the same object; a container takes such elements as equal.
func (m *Machine) sameElement(a, b Value) (bool, error) {
	switch a.(type) {
	case int, bool, string, Bytes, *big.Int:
		return false, nil
	case float64:
		if isNaN(a) && isNaN(b) {
			return false, m.refusal("a comparison of containers of NaN depends on identity, which is outside of the subset")
		}
		return false, nil
	}
	return m.identical(a, b)
}

func (m *Machine) equalElements(a, b Value) (bool, error) {
	if same, err := m.sameElement(a, b); same || err != nil {
		return same, err
	}
	return m.equal(a, b)
}

func (m *Machine) notEqual(a, b Value) (bool, error) {
	if c := classOf(a); c != nil {
		if f, ok := m.lookup(c, "__ne__"); ok {
			v, err := m.callNow(f, a, b)
			if err != nil {
				return false, err
			}
			if v != NotImplemented {
				return m.truth(v)
			}
		}
	}
	eq, err := m.equal(a, b)
	return !eq, err
}

// equal is the truth of a == b.
func (m *Machine) equal(a, b Value) (bool, error) {
	switch x := a.(type) {
	case nil:
		if y, ok := b.(*Instance); ok {
			return m.equalInstance(y, a)
		}
		return b == nil, nil
	case string:
		if y, ok := b.(string); ok {
			return x == y, nil
		}
	case int, bool, float64, *big.Int:
		if isNumber(b) {
			return m.equalNumbers(a, b)
		}
	case *EnumMember:
		if x.class.intEnum && isNumber(b) {
			return m.equalNumbers(a, b)
		}
	case Bytes, *Bytearray:
		p, _ := bytesOf(a)
		if q, ok := bytesOf(b); ok {
			return bytes.Equal(p, q), nil
		}
	case *Instance:
		return m.equalInstance(x, b)
	case *Method:
		y, ok := b.(*Method)
		if !ok {
			return false, nil
		}
		same, err := m.identical(x.self, y.self)
		return same && x.fn == y.fn, err
	case *List, *Tuple, *Dict, *Set, *dictView, *rangeType, *TypeForm:
		return m.equalContainers(a, b)
	}
	if y, ok := b.(*Instance); ok {
		return m.equalInstance(y, a)
	}
	return a == b, nil
}

func (m *Machine) equalNumbers(a, b Value) (bool, error) {
	x, fa := a.(float64)
	y, fb := b.(float64)
	switch {
	case fa && fb:
		return x == y, nil
	case fa:
		return floatEqualsInt(x, b), nil
	case fb:
		return floatEqualsInt(y, a), nil
	}
	i, ok1 := toInt(a)
	j, ok2 := toInt(b)
	if ok1 && ok2 {
		return i == j, nil
	}
	return toBig(a).Cmp(toBig(b)) == 0, nil
}

func floatEqualsInt(f float64, i Value) bool {
	if math.IsNaN(f) || math.IsInf(f, 0) || f != math.Trunc(f) {
		return false
	}
	b, _ := big.NewFloat(f).Int(nil)
	return b.Cmp(toBig(i)) == 0
}

// equalInstance is x == b or b == x.
func (m *Machine) equalInstance(x *Instance, b Value) (bool, error) {
	y, _ := b.(*Instance)
	if y != nil && y.class != x.class && y.class.IsSubclass(x.class) && m.specials(y.class).eq != m.specials(x.class).eq {
		x, y, b = y, x, x
	}
	v, err := m.eqMethod(x, b)
	if err == nil && v == NotImplemented && y != nil {
		v, err = m.eqMethod(y, x)
	}
	if err != nil {
		return false, err
	}
	if v == NotImplemented {
		return y == x, nil
	}
	return m.truth(v)
}

func (m *Machine) eqMethod(x *Instance, b Value) (Value, error) {
	switch eq := m.specials(x.class).eq.(type) {
	case nil:
		return NotImplemented, nil
	case *dataclassEq:
		y, ok := b.(*Instance)
		if !ok || x.class != y.class {
			return NotImplemented, nil
		}
		return m.equalFields(x, y, eq.fields)
	default:
		return m.callNow(eq, x, b)
	}
}

func (m *Machine) equalFields(x, y *Instance, fields []string) (Value, error) {
	if err := m.deeper(); err != nil {
		return nil, err
	}
	defer m.shallower()
	for _, name := range fields {
		p, err := m.Attr(x, name)
		if err != nil {
			return nil, err
		}
		q, err := m.Attr(y, name)
		if err != nil {
			return nil, err
		}
		if eq, err := m.equalElements(p, q); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (m *Machine) equalContainers(a, b Value) (bool, error) {
	if err := m.deeper(); err != nil {
		return false, err
	}
	defer m.shallower()
	switch x := a.(type) {
	case *List:
		if y, ok := b.(*List); ok {
			return m.equalItems(x.items, y.items)
		}
	case *Tuple:
		if y, ok := b.(*Tuple); ok {
			return m.equalItems(x.items, y.items)
		}
	case *Dict:
		if y, ok := b.(*Dict); ok {
			return m.equalDicts(x, y)
		}
	case *Set:
		if y, ok := b.(*Set); ok && len(x.keys) == len(y.keys) {
			return m.subset(x, y)
		}
	case *rangeType:
		if y, ok := b.(*rangeType); ok {
			n := x.len()
			return n == y.len() && (n == 0 || x.start == y.start && (n == 1 || x.step == y.step)), nil
		}
	case *TypeForm:
		if y, ok := b.(*TypeForm); ok {
			return m.equalForms(x, y)
		}
	case *dictView:
		if _, ok := b.(*dictView); ok {
			return false, m.refusal("a comparison of views of a dict is outside of the subset")
		}
	}
	if y, ok := b.(*Instance); ok {
		return m.equalInstance(y, a)
	}
	return false, nil
}

func (m *Machine) equalForms(x, y *TypeForm) (bool, error) {
	if x.of == nil || x.union || y.union {
		if x != y && x.union && y.union {
			return false, m.refusal("a comparison of unions of types is outside of the subset")
		}
		return x == y, nil
	}
	if x.of != y.of {
		return false, nil
	}
	return m.equalItems(x.args, y.args)
}

func (m *Machine) equalItems(a, b []Value) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	for i := range a {
		if i >= len(b) {
			return false, nil
		}
		if eq, err := m.equalElements(a[i], b[i]); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (m *Machine) equalDicts(x, y *Dict) (bool, error) {
	if len(x.keys) != len(y.keys) {
		return false, nil
	}
	for i, k := range x.keys {
		j, err := m.find(y, k)
		if j < 0 || err != nil {
			return false, err
		}
		if eq, err := m.equalElements(x.vals[i], y.vals[j]); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (m *Machine) subset(x, y *Set) (bool, error) {
	for _, k := range x.keys {
		if j, err := m.find(&y.Dict, k); j < 0 || err != nil {
			return false, err
		}
	}
	return true, nil
}

// ordered is < <= > >=.
func (m *Machine) ordered(op compareOp, a, b Value) (bool, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return smallCompare(op, strings.Compare(x, y), 0), nil
		}
	case Bytes, *Bytearray:
		p, _ := bytesOf(a)
		if q, ok := bytesOf(b); ok {
			return smallCompare(op, bytes.Compare(p, q), 0), nil
		}
	case *List:
		if y, ok := b.(*List); ok {
			return m.orderedItems(op, x.items, y.items)
		}
	case *Tuple:
		if y, ok := b.(*Tuple); ok {
			return m.orderedItems(op, x.items, y.items)
		}
	case *Set:
		if y, ok := b.(*Set); ok {
			return m.orderedSets(op, x, y)
		}
	}
	if isNumber(a) && isNumber(b) {
		return orderedNumbers(op, a, b), nil
	}
	return m.orderedObjects(op, a, b)
}

func orderedNumbers(op compareOp, a, b Value) bool {
	if isNaN(a) || isNaN(b) {
		return false
	}
	return smallCompare(op, bigFloat(a).Cmp(bigFloat(b)), 0)
}

// bigFloat is a number exactly.
func bigFloat(v Value) *big.Float {
	if f, ok := v.(float64); ok {
		return big.NewFloat(f)
	}
	return new(big.Float).SetInt(toBig(v))
}

func (m *Machine) orderedItems(op compareOp, a, b []Value) (bool, error) {
	if err := m.deeper(); err != nil {
		return false, err
	}
	defer m.shallower()
	for i := range min(len(a), len(b)) {
		eq, err := m.equalElements(a[i], b[i])
		if err != nil {
			return false, err
		}
		if !eq {
			return m.holds(op, a[i], b[i])
		}
	}
	return smallCompare(op, len(a), len(b)), nil
}

func (m *Machine) orderedSets(op compareOp, x, y *Set) (bool, error) {
	if op == compareGt || op == compareGe {
		x, y = y, x
	}
	if len(x.keys) > len(y.keys) || (op == compareLt || op == compareGt) && len(x.keys) == len(y.keys) {
		return false, nil
	}
	return m.subset(x, y)
}

// orderedObjects calls __lt__ and the like.
func (m *Machine) orderedObjects(op compareOp, a, b Value) (bool, error) {
	for _, try := range []struct {
		op   compareOp
		a, b Value
	}{{op, a, b}, {swapped[op], b, a}} {
		c := classOf(try.a)
		if c == nil {
			continue
		}
		f, ok := m.lookup(c, orderMethods[try.op])
		if !ok {
			continue
		}
		var v Value
		var err error
		if order, ok := f.(*dataclassOrder); ok {
			v, err = m.orderedFields(order, try.op, try.a.(*Instance), try.b)
		} else {
			v, err = m.callNow(f, try.a, try.b)
		}
		if err != nil {
			return false, err
		}
		if v != NotImplemented {
			return m.truth(v)
		}
	}
	return false, m.raise(m.errors.Type, "'%s' not supported between instances of '%s' and '%s'", orderNames[op], typeName(a), typeName(b))
}

// contains is x in container.
func (m *Machine) contains(container, x Value) (bool, error) {
	switch c := container.(type) {
	case *List:
		return m.inItems(func() []Value { return c.items }, x)
	case *Tuple:
		return m.inItems(func() []Value { return c.items }, x)
	case *Dict:
		i, err := m.find(c, x)
		return i >= 0, err
	case *Set:
		i, err := m.find(&c.Dict, x)
		return i >= 0, err
	case string:
		s, ok := x.(string)
		if !ok {
			return false, m.raise(m.errors.Type, "'in <string>' requires string as left operand, not %s", typeName(x))
		}
		return strings.Contains(c, s), nil
	case Bytes, *Bytearray:
		return m.inBytes(container, x)
	case *Instance:
		if f, ok := m.lookup(c.class, "__contains__"); ok {
			v, err := m.callNow(f, c, x)
			if err != nil {
				return false, err
			}
			return m.truth(v)
		}
	case *Class:
		if c.enum {
			e, ok := x.(*EnumMember)
			if !ok {
				return false, m.refusal("a test whether what is no member is in an enumeration is outside of the subset")
			}
			return e.class == c, nil
		}
	}
	return m.inIterable(container, x)
}

func (m *Machine) inItems(items func() []Value, x Value) (bool, error) {
	for i := 0; i < len(items()); i++ {
		if eq, err := m.equalElements(items()[i], x); eq || err != nil {
			return eq, err
		}
	}
	return false, nil
}

func (m *Machine) inBytes(container, x Value) (bool, error) {
	b, _ := bytesOf(container)
	if sub, ok := bytesOf(x); ok {
		return bytes.Contains(b, sub), nil
	}
	n, err := m.byteOf(x)
	return err == nil && bytes.IndexByte(b, n) >= 0, err
}

func (m *Machine) inIterable(container, x Value) (bool, error) {
	it, err := m.iter(container)
	if err != nil {
		if _, ok := err.(*Exception); ok && !isIterator(container) {
			return false, m.raise(m.errors.Type, "argument of type '%s' is not iterable", typeName(container))
		}
		return false, err
	}
	for {
		v, ok, err := m.next(it)
		if !ok || err != nil {
			return false, err
		}
		if eq, err := m.equalElements(v, x); eq || err != nil {
			return eq, err
		}
		if m.steps++; m.limit() != nil {
			return false, m.limit()
		}
	}
}

// truth is bool(v).
func (m *Machine) truth(v Value) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case int:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case string:
		return v != "", nil
	case Bytes:
		return v != "", nil
	case *Bytearray:
		return len(v.data) > 0, nil
	case *List:
		return len(v.items) > 0, nil
	case *Tuple:
		return len(v.items) > 0, nil
	case *Dict:
		return len(v.keys) > 0, nil
	case *Set:
		return len(v.keys) > 0, nil
	case *dictView:
		return len(v.dict.keys) > 0, nil
	case *rangeType:
		return v.len() > 0, nil
	case *Instance:
		return m.truthInstance(v)
	case *EnumMember:
		if v.class.intEnum {
			return m.truth(v.value)
		}
	}
	return true, nil
}

func (m *Machine) truthInstance(x *Instance) (bool, error) {
	s := m.specials(x.class)
	switch {
	case s.truth != nil:
		v, err := m.callNow(s.truth, x)
		if err != nil {
			return false, err
		}
		b, ok := v.(bool)
		if !ok {
			return false, m.raise(m.errors.Type, "__bool__ should return bool, returned %s", typeName(v))
		}
		return b, nil
	case s.length != nil:
		n, err := m.length(x)
		return n > 0, err
	}
	return true, nil
}
