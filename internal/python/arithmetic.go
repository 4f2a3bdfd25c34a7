package python

import (
	"math"
	"math/big"
	"math/bits"
	"strings"
)

type binaryOp uint8

const (
	opAdd binaryOp = iota
	opSub
	opMul
	opDiv
	opMod
	opPow
	opShl
	opShr
	opAnd
	opOr
	opXor
	opFloorDiv
)

var binaryOps = map[string]binaryOp{"+": opAdd, "-": opSub, "*": opMul, "/": opDiv, "%": opMod, "**": opPow, "<<": opShl, ">>": opShr,
	"&": opAnd, "|": opOr, "^": opXor, "//": opFloorDiv}

var operatorNames = [...]string{"+", "-", "*", "/", "%", "** or pow()", "<<", ">>", "&", "|", "^", "//"}

var operatorMethods = [...]string{"add", "sub", "mul", "truediv", "mod", "pow", "lshift", "rshift", "and", "or", "xor", "floordiv"}

// smallBinary calculates with ints, unless the result may be no int, or an error.
func smallBinary(op binaryOp, x, y int) (Value, bool) {
	switch op {
	case opAdd:
		z := x + y
		return z, (z > x) == (y > 0)
	case opSub:
		z := x - y
		return z, (z < x) == (y > 0)
	case opMul:
		return smallMul(x, y)
	case opAnd:
		return x & y, true
	case opOr:
		return x | y, true
	case opXor:
		return x ^ y, true
	case opShl:
		if y >= 0 && y < 63 && x >= 0 && bits.Len64(uint64(x))+y < 63 {
			return x << y, true
		}
	case opShr:
		if y >= 0 {
			return x >> min(uint(y), 63), true
		}
	case opMod:
		if y != 0 {
			z := x % y
			if z != 0 && (z < 0) != (y < 0) {
				z += y
			}
			return z, true
		}
	case opFloorDiv:
		if y != 0 && y != -1 {
			z := x / y
			if x%y != 0 && (x < 0) != (y < 0) {
				z--
			}
			return z, true
		}
	case opDiv:
		if y != 0 && exactFloat(x) && exactFloat(y) {
			return float64(x) / float64(y), true
		}
	case opPow:
		if x == 2 && y >= 0 && y < 62 {
			return 1 << y, true
		}
	}
	return nil, false
}

func smallMul(x, y int) (Value, bool) {
	hi, lo := bits.Mul64(uint64(max(x, -x)), uint64(max(y, -y)))
	if hi != 0 || lo >= 1<<63 || x == math.MinInt64 || y == math.MinInt64 {
		return nil, false
	}
	return x * y, true
}

func exactFloat(i int) bool { return i <= 1<<53 && i >= -1<<53 }

// binary is a binary operator.
func (m *Machine) binary(op binaryOp, a, b Value) (Value, error) {
	if isInteger(a) && isInteger(b) {
		x, ok1 := a.(bool)
		y, ok2 := b.(bool)
		if ok1 && ok2 && (op == opAnd || op == opOr || op == opXor) {
			return boolBinary(op, x, y), nil
		}
		return m.integerBinary(op, plainInt(a), plainInt(b))
	}
	v, err := m.otherBinary(op, a, b)
	if err != nil || v != NotImplemented {
		return v, err
	}
	if v, err = m.instanceBinary(op, a, b); err != nil || v != NotImplemented {
		return v, err
	}
	return nil, m.raise(m.errors.Type, "unsupported operand type(s) for %s: '%s' and '%s'", operatorNames[op], typeName(a), typeName(b))
}

func boolBinary(op binaryOp, x, y bool) Value {
	switch op {
	case opAnd:
		return x && y
	case opOr:
		return x || y
	}
	return x != y
}

func (m *Machine) integerBinary(op binaryOp, a, b Value) (Value, error) {
	x, ok1 := a.(int)
	y, ok2 := b.(int)
	if ok1 && ok2 {
		if v, ok := smallBinary(op, x, y); ok {
			return v, nil
		}
	}
	p, q := toBig(a), toBig(b)
	if err := m.charge((p.BitLen() + 64) / 64 * (q.BitLen() + 64) / 64); err != nil {
		return nil, err
	}
	z := new(big.Int)
	switch op {
	case opAdd:
		return normal(z.Add(p, q)), nil
	case opSub:
		return normal(z.Sub(p, q)), nil
	case opMul:
		return normal(z.Mul(p, q)), nil
	case opAnd:
		return normal(z.And(p, q)), nil
	case opOr:
		return normal(z.Or(p, q)), nil
	case opXor:
		return normal(z.Xor(p, q)), nil
	case opShl, opShr:
		return m.shift(op, p, q)
	case opPow:
		return m.integerPower(p, q)
	}
	return m.divide(op, p, q)
}

func (m *Machine) shift(op binaryOp, p, q *big.Int) (Value, error) {
	switch {
	case q.Sign() < 0:
		return nil, m.raise(m.errors.Value, "negative shift count")
	case op == opShr && !q.IsInt64():
		return normal(new(big.Int).Rsh(p, maxBits)), nil
	case op == opShr:
		return normal(new(big.Int).Rsh(p, uint(min(q.Int64(), maxBits)))), nil
	case p.Sign() == 0:
		return 0, nil
	case !q.IsInt64() || q.Int64() > maxBits:
		return nil, m.refusal("an integer of more than %d bits is outside of the subset", maxBits)
	}
	if err := m.charge(int(q.Int64()) / 8); err != nil {
		return nil, err
	}
	return normal(new(big.Int).Lsh(p, uint(q.Int64()))), nil
}

const maxBits = 1 << 24 // of an integer

func (m *Machine) integerPower(p, q *big.Int) (Value, error) {
	if q.Sign() < 0 {
		if p.Sign() == 0 {
			return nil, m.raise(m.errors.ZeroDivision, "0.0 cannot be raised to a negative power")
		}
		x, err := m.toFloat(p)
		if err != nil {
			return nil, err
		}
		y, err := m.toFloat(q)
		if err != nil {
			return nil, err
		}
		return m.floatPower(x, y)
	}
	if p.BitLen() > 1 && (!q.IsInt64() || q.Int64() > maxBits/int64(p.BitLen())) {
		return nil, m.refusal("an integer of more than %d bits is outside of the subset", maxBits)
	}
	if p.BitLen() <= 1 {
		if p.Sign() < 0 && q.Bit(0) == 0 || q.Sign() == 0 {
			return 1, nil
		}
		return normal(p), nil
	}
	words := int(q.Int64()) * p.BitLen() / 64
	if err := m.charge(words * (words/64 + 1)); err != nil {
		return nil, err
	}
	return normal(new(big.Int).Exp(p, q, nil)), nil
}

func (m *Machine) divide(op binaryOp, p, q *big.Int) (Value, error) {
	if q.Sign() == 0 {
		if op == opDiv {
			return nil, m.raise(m.errors.ZeroDivision, "division by zero")
		}
		if op == opMod {
			return nil, m.raise(m.errors.ZeroDivision, "integer modulo by zero")
		}
		return nil, m.raise(m.errors.ZeroDivision, "integer division or modulo by zero")
	}
	if op == opDiv {
		f, _ := new(big.Rat).SetFrac(p, q).Float64()
		if f == 0 && (p.Sign() < 0) != (q.Sign() < 0) {
			return math.Copysign(0, -1), nil
		}
		if math.IsInf(f, 0) {
			return nil, m.raise(m.errors.Overflow, "integer division result too large for a float")
		}
		return f, nil
	}
	quotient, rest := new(big.Int).QuoRem(p, q, new(big.Int))
	if rest.Sign() != 0 && rest.Sign() != q.Sign() {
		quotient.Sub(quotient, big.NewInt(1))
		rest.Add(rest, q)
	}
	if op == opMod {
		return normal(rest), nil
	}
	return normal(quotient), nil
}

// toFloat is a number as a float.
func (m *Machine) toFloat(v Value) (float64, error) {
	if f, ok := v.(float64); ok {
		return f, nil
	}
	f, _ := new(big.Float).SetInt(toBig(v)).Float64()
	if math.IsInf(f, 0) {
		return 0, m.raise(m.errors.Overflow, "int too large to convert to float")
	}
	return f, nil
}

func isNumber(v Value) bool {
	_, ok := v.(float64)
	return ok || isInteger(v)
}

// otherBinary is a binary operator of built-in types that are no integers.
func (m *Machine) otherBinary(op binaryOp, a, b Value) (Value, error) {
	if isNumber(a) && isNumber(b) {
		x, err := m.toFloat(a)
		if err != nil {
			return nil, err
		}
		y, err := m.toFloat(b)
		if err != nil {
			return nil, err
		}
		return m.floatBinary(op, x, y)
	}
	switch x := a.(type) {
	case *Set:
		if y, ok := b.(*Set); ok {
			return m.setBinary(op, x, y)
		}
	case *Dict:
		if y, ok := b.(*Dict); ok && op == opOr {
			return m.mergedDict(x, y)
		}
	case *dictView:
		return nil, m.refusal("operators of views of a dict are outside of the subset")
	case string, Bytes, *Bytearray:
		if op == opMod {
			return nil, m.refusal("formatting with %% is outside of the subset")
		}
	}
	switch op {
	case opAdd:
		return m.concatenate(a, b)
	case opMul:
		return m.repeat(a, b)
	case opOr:
		if isType(a) && isType(b) {
			return unionOf(a, b), nil
		}
	}
	return NotImplemented, nil
}

func (m *Machine) mergedDict(x, y *Dict) (Value, error) {
	d := &Dict{keys: append([]Value(nil), x.keys...), vals: append([]Value(nil), x.vals...)}
	for i, k := range y.keys {
		if err := m.put(d, k, y.vals[i]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (m *Machine) floatBinary(op binaryOp, x, y float64) (Value, error) {
	switch op {
	case opAdd:
		return x + y, nil
	case opSub:
		return x - y, nil
	case opMul:
		return x * y, nil
	case opDiv:
		if y == 0 {
			return nil, m.raise(m.errors.ZeroDivision, "float division by zero")
		}
		return x / y, nil
	case opPow:
		return m.floatPower(x, y)
	case opMod, opFloorDiv:
		if y == 0 && op == opMod {
			return nil, m.raise(m.errors.ZeroDivision, "float modulo")
		}
		if y == 0 {
			return nil, m.raise(m.errors.ZeroDivision, "float floor division by zero")
		}
		quotient, rest := floatDivMod(x, y)
		if op == opMod {
			return rest, nil
		}
		return quotient, nil
	}
	return NotImplemented, nil
}

// floatDivMod is divmod of floats, as CPython calculates it.
func floatDivMod(x, y float64) (quotient, rest float64) {
	rest = math.Mod(x, y)
	div := (x - rest) / y
	if rest != 0 {
		if (y < 0) != (rest < 0) {
			rest += y
			div--
		}
	} else {
		rest = math.Copysign(0, y)
	}
	if div == 0 {
		return math.Copysign(0, x/y), rest
	}
	quotient = math.Floor(div)
	if div-quotient > 0.5 {
		quotient++
	}
	return quotient, rest
}

// floatPower is a power whose value is exact; others depend on the C library.
func (m *Machine) floatPower(x, y float64) (Value, error) {
	switch {
	case y == 0 || x == 1:
		return 1.0, nil
	case y == 1:
		return x, nil
	case x == 0 && y < 0:
		return nil, m.raise(m.errors.ZeroDivision, "0.0 cannot be raised to a negative power")
	case x == 0 || math.IsInf(x, 0) || math.IsNaN(x) || math.IsNaN(y):
		return math.Pow(x, y), nil
	}
	if y == math.Trunc(y) && math.Abs(y) <= 1100 {
		r := new(big.Rat).SetFloat64(x)
		n := big.NewInt(int64(math.Abs(y)))
		p := new(big.Rat).SetFrac(new(big.Int).Exp(r.Num(), n, nil), new(big.Int).Exp(r.Denom(), n, nil))
		if y < 0 {
			p.Inv(p)
		}
		if f, exact := p.Float64(); exact {
			return f, nil
		}
	}
	return nil, m.refusal("a power of floats that is not exact is outside of the subset")
}

func (m *Machine) concatenate(a, b Value) (Value, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return x + y, m.room(len(x) + len(y))
		}
		return nil, m.raise(m.errors.Type, `can only concatenate str (not "%s") to str`, typeName(b))
	case *List:
		if y, ok := b.(*List); ok {
			items := make([]Value, 0, len(x.items)+len(y.items))
			return &List{items: append(append(items, x.items...), y.items...)}, m.room(len(x.items) + len(y.items))
		}
		if classOf(b) == nil {
			return nil, m.raise(m.errors.Type, `can only concatenate list (not "%s") to list`, typeName(b))
		}
	case *Tuple:
		if y, ok := b.(*Tuple); ok {
			items := make([]Value, 0, len(x.items)+len(y.items))
			return NewTuple(append(append(items, x.items...), y.items...)...), m.room(len(x.items) + len(y.items))
		}
		if classOf(b) == nil {
			return nil, m.raise(m.errors.Type, `can only concatenate tuple (not "%s") to tuple`, typeName(b))
		}
	case Bytes:
		if y, ok := bytesOf(b); ok {
			return x + Bytes(y), m.room(len(x) + len(y))
		}
		return nil, m.raise(m.errors.Type, "can't concat %s to bytes", typeName(b))
	case *Bytearray:
		if y, ok := bytesOf(b); ok {
			return &Bytearray{data: append(append([]byte(nil), x.data...), y...)}, m.room(len(x.data) + len(y))
		}
	}
	return NotImplemented, nil
}

// repeat is the product of a sequence and an integer, in either order.
func (m *Machine) repeat(a, b Value) (Value, error) {
	if isInteger(a) {
		a, b = b, a
	}
	size := 0
	switch x := a.(type) {
	case string:
		size = len(x)
	case Bytes:
		size = len(x)
	case *Bytearray:
		size = len(x.data)
	case *List:
		size = len(x.items)
	case *Tuple:
		size = len(x.items)
	default:
		return NotImplemented, nil
	}
	if !isInteger(b) {
		return nil, m.raise(m.errors.Type, "can't multiply sequence by non-int of type '%s'", typeName(b))
	}
	n, ok := plainInt(b).(int)
	if !ok {
		return nil, m.raise(m.errors.Overflow, "cannot fit 'int' into an index-sized integer")
	}
	n = max(n, 0)
	if n > 0 && size > maxSize/n {
		return nil, m.refusal("an object of more than %d bytes or elements is outside of the subset", maxSize)
	}
	if err := m.room(n * size); err != nil {
		return nil, err
	}
	return repeated(a, n), nil
}

func repeated(a Value, n int) Value {
	switch x := a.(type) {
	case string:
		return strings.Repeat(x, n)
	case Bytes:
		return Bytes(strings.Repeat(string(x), n))
	case *Bytearray:
		return &Bytearray{data: []byte(strings.Repeat(string(x.data), n))}
	case *List:
		return &List{items: repeatItems(x.items, n)}
	case *Tuple:
		return NewTuple(repeatItems(x.items, n)...)
	}
	return nil
}

func repeatItems(items []Value, n int) []Value {
	all := make([]Value, 0, n*len(items))
	if len(items) == 0 {
		return all
	}
	for range n {
		all = append(all, items...)
	}
	return all
}

// instanceBinary calls __add__ and the like.
func (m *Machine) instanceBinary(op binaryOp, a, b Value) (Value, error) {
	name := operatorMethods[op]
	left, right := classOf(a), classOf(b)
	if left != nil && right != nil && left != right && right.IsSubclass(left) {
		if _, ok := m.lookup(right, "__r"+name+"__"); ok {
			return nil, m.refusal("operators of a class and one derived from it are outside of the subset")
		}
	}
	if left != nil {
		if f, ok := m.lookup(left, "__"+name+"__"); ok {
			if v, err := m.callNow(f, a, b); err != nil || v != NotImplemented {
				return v, err
			}
		}
	}
	if right != nil && left != right {
		if f, ok := m.lookup(right, "__r"+name+"__"); ok {
			return m.callNow(f, b, a)
		}
	}
	return NotImplemented, nil
}

// classOf is the class of an object that may have methods for operators.
func classOf(v Value) *Class {
	switch v := v.(type) {
	case *Instance:
		return v.class
	case *EnumMember:
		return v.class
	}
	return nil
}

// inplace is an augmented assignment.
func (m *Machine) inplace(op binaryOp, a, b Value) (Value, error) {
	switch x := a.(type) {
	case *List:
		if op == opAdd {
			items, err := m.list(b)
			if err != nil {
				return nil, err
			}
			m.changeList(x)
			x.items = append(x.items, items...)
			return x, nil
		}
		if n, ok := toInt(b); ok && op == opMul {
			if n > 0 && len(x.items) > maxSize/n {
				return nil, m.refusal("a list of more than %d elements is outside of the subset", maxSize)
			}
			m.changeList(x)
			x.items = repeatItems(x.items, max(n, 0))
			return x, m.room(len(x.items))
		}
	case *Bytearray:
		if y, ok := bytesOf(b); ok && op == opAdd {
			m.changeBytes(x)
			x.data = append(x.data, y...)
			return x, m.room(len(x.data))
		}
		return nil, m.refusal("an augmented assignment to a bytearray is outside of the subset")
	case *Set:
		return m.inplaceSet(op, x, b)
	case *Dict:
		if y, ok := b.(*Dict); ok && op == opOr {
			for i, k := range y.keys {
				if err := m.put(x, k, y.vals[i]); err != nil {
					return nil, err
				}
			}
			return x, nil
		}
	}
	v, err := m.binary(op, a, b)
	if e, ok := err.(*Exception); ok && strings.HasPrefix(e.Text(), "unsupported operand") {
		return nil, m.raise(m.errors.Type, "unsupported operand type(s) for %s=: '%s' and '%s'", strings.TrimSuffix(operatorNames[op], " or pow()"), typeName(a), typeName(b))
	}
	return v, err
}

func (m *Machine) inplaceSet(op binaryOp, x *Set, b Value) (Value, error) {
	y, ok := b.(*Set)
	if !ok {
		return m.binary(op, x, b)
	}
	switch op {
	case opOr:
		return x, m.update(x, y)
	case opSub:
		for _, v := range y.ordered() {
			if _, err := m.discard(x, v); err != nil {
				return nil, err
			}
		}
		return x, nil
	}
	v, err := m.setBinary(op, x, y)
	if s, ok := v.(*Set); ok && err == nil {
		m.replaceSet(x, s)
		return x, nil
	}
	return v, err
}

// unary is - + ~.
func (m *Machine) unary(op byte, v Value) (Value, error) {
	if f, ok := v.(float64); ok && op != '~' {
		if op == '-' {
			return -f, nil
		}
		return f, nil
	}
	if isInteger(v) {
		b := toBig(v)
		switch op {
		case '-':
			return normal(new(big.Int).Neg(b)), nil
		case '+':
			return normal(b), nil
		}
		return normal(new(big.Int).Not(b)), nil
	}
	name := map[byte]string{'-': "neg", '+': "pos", '~': "invert"}[op]
	if c := classOf(v); c != nil {
		if f, ok := m.lookup(c, "__"+name+"__"); ok {
			return m.callNow(f, v)
		}
	}
	return nil, m.raise(m.errors.Type, "bad operand type for unary %c: '%s'", op, typeName(v))
}
