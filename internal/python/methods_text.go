package python

import (
	"math"
	"math/big"
	"slices"
	"strings"
)

func (m *Machine) textMethods() {
	def := methodsOf[string](m, m.types.Str)
	def("encode", "? encoding errors", func(m *Machine, s string, a []Value) (Value, error) { return m.encode(s, a[1:]) })
	def("join", "iterable", textJoin)
	def("split", "? sep", textSplit)
	def("replace", "old new", func(m *Machine, s string, a []Value) (Value, error) {
		old, ok1 := a[1].(string)
		with, ok2 := a[2].(string)
		if !ok1 || !ok2 {
			return nil, m.raise(m.errors.Type, "replace() argument must be str")
		}
		if err := m.room(len(s) + (strings.Count(s, old)+1)*len(with)); err != nil {
			return nil, err
		}
		if old == "" && !isASCII(s) {
			return nil, m.refusal("replace of an empty text is outside of the subset")
		}
		return strings.ReplaceAll(s, old, with), nil
	})
	for name, f := range map[string]func(s, t string) bool{"startswith": strings.HasPrefix, "endswith": strings.HasSuffix} {
		def(name, "prefix", func(m *Machine, s string, a []Value) (Value, error) { return m.affix(name, f, s, a[1]) })
	}
	for name, f := range map[string]func(s string) string{"upper": strings.ToUpper, "lower": strings.ToLower} {
		def(name, "", func(m *Machine, s string, a []Value) (Value, error) {
			if !isASCII(s) {
				return nil, m.refusal("str.%s of a text that is not ASCII is outside of the subset", name)
			}
			return f(s), nil
		})
	}
	def("strip", "? chars", func(m *Machine, s string, a []Value) (Value, error) {
		if chars, ok := arg(a, 1); ok && chars != nil {
			return nil, m.refusal("str.strip of characters is outside of the subset")
		}
		return trimSpace(s), nil
	})
	def("find", "sub", func(m *Machine, s string, a []Value) (Value, error) {
		sub, ok := a[1].(string)
		if !ok {
			return nil, m.raise(m.errors.Type, "must be str, not %s", typeName(a[1]))
		}
		i := strings.Index(s, sub)
		if i > 0 {
			i = runeCount(s[:i])
		}
		return i, nil
	})
	n := m.defineMethod(m.types.Str, "format", "*", nil)
	n.raw = func(m *Machine, args []Value, names []string) (Value, error) {
		s, ok := args[0].(string)
		if !ok {
			return nil, m.notOf(m.types.Str, "format", args[0])
		}
		k := len(args) - len(names)
		return m.formatText(s, args[1:k], args[k:], names)
	}
}

func textJoin(m *Machine, s string, a []Value) (Value, error) {
	var parts []string
	size := 0
	err := m.each(a[1], func(v Value) error {
		t, ok := v.(string)
		if !ok {
			return m.raise(m.errors.Type, "sequence item %d: expected str instance, %s found", len(parts), typeName(v))
		}
		parts = append(parts, t)
		size += len(t) + len(s)
		return m.charge(len(t) + len(s))
	})
	if err != nil {
		return nil, err
	}
	return strings.Join(parts, s), m.room(size)
}

func textSplit(m *Machine, s string, a []Value) (Value, error) {
	var parts []string
	sep, ok := arg(a, 1)
	if !ok || sep == nil {
		parts = strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(whitespace, r) })
	} else if t, ok := sep.(string); !ok {
		return nil, m.raise(m.errors.Type, "must be str or None, not %s", typeName(sep))
	} else if t == "" {
		return nil, m.raise(m.errors.Value, "empty separator")
	} else {
		parts = strings.Split(s, t)
	}
	l := &List{}
	for _, p := range parts {
		l.items = append(l.items, p)
	}
	return l, nil
}

func (m *Machine) affix(name string, f func(s, t string) bool, s string, v Value) (Value, error) {
	options := []Value{v}
	if t, ok := v.(*Tuple); ok {
		options = t.items
	}
	yes := false
	for _, o := range options {
		t, ok := o.(string)
		if !ok {
			return nil, m.raise(m.errors.Type, "%s first arg must be str or a tuple of str, not %s", name, typeName(o))
		}
		yes = yes || f(s, t)
	}
	return yes, nil
}

func (m *Machine) numberMethods() {
	t := m.types.Int
	n := m.defineMethod(t, "from_bytes", "", nil)
	n.onObject = false
	n.raw = func(m *Machine, args []Value, names []string) (Value, error) {
		if len(args) > len(names) {
			if _, ok := args[0].(*Class); ok {
				args = args[1:]
			} else if isInteger(args[0]) {
				args = args[1:]
			}
		}
		return m.callNative(intFromBytes, args, names)
	}
	m.defineMethod(t, "to_bytes", "? length byteorder signed", intToBytes)
	m.defineMethod(t, "bit_length", "", func(m *Machine, a []Value) (Value, error) {
		b := toBig(a[0])
		if b == nil {
			return nil, m.notOf(m.types.Int, "bit_length", a[0])
		}
		return b.BitLen(), nil
	})
	m.defineMethod(m.types.Float, "is_integer", "", func(m *Machine, a []Value) (Value, error) {
		f, ok := a[0].(float64)
		if !ok {
			return nil, m.notOf(m.types.Float, "is_integer", a[0])
		}
		return !math.IsInf(f, 0) && f == math.Trunc(f), nil
	})
}

var intFromBytes = native("from_bytes", "bytes ? byteorder signed", func(m *Machine, a []Value) (Value, error) {
	b, err := m.bytesFrom(a[0])
	if isInteger(a[0]) {
		return nil, m.raise(m.errors.Type, "cannot convert 'int' object to bytes")
	}
	if _, ok := a[0].(string); ok {
		return nil, m.raise(m.errors.Type, "cannot convert 'str' object to bytes")
	}
	if err != nil {
		return nil, err
	}
	little, signed, err := m.orderAt(a, 1)
	if err != nil {
		return nil, err
	}
	b = slices.Clone(b)
	if little {
		slices.Reverse(b)
	}
	v := new(big.Int).SetBytes(b)
	if signed && len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return normal(v), nil
})

// orderAt reads byteorder, which is argument i, and signed after it.
func (m *Machine) orderAt(a []Value, i int) (little, signed bool, err error) {
	if v, ok := arg(a, i); ok {
		s, isText := v.(string)
		switch {
		case !isText:
			return false, false, m.raise(m.errors.Type, "byteorder must be str, not %s", typeName(v))
		case s == "little":
			little = true
		case s != "big":
			return false, false, m.raise(m.errors.Value, "byteorder must be either 'little' or 'big'")
		}
	}
	if v, ok := arg(a, i+1); ok {
		signed, err = m.truth(v)
	}
	return little, signed, err
}

func intToBytes(m *Machine, a []Value) (Value, error) {
	v := toBig(a[0])
	if v == nil {
		return nil, m.notOf(m.types.Int, "to_bytes", a[0])
	}
	length := 1
	if l, ok := arg(a, 1); ok {
		var err error
		if length, err = m.index(l); err != nil {
			return nil, err
		}
	}
	little, signed, err := m.orderAt(a, 2)
	if err != nil {
		return nil, err
	}
	if length < 0 {
		return nil, m.raise(m.errors.Value, "length argument must be non-negative")
	}
	if err := m.room(length); err != nil {
		return nil, err
	}
	return m.fixedBytes(v, length, little, signed)
}

func (m *Machine) fixedBytes(v *big.Int, length int, little, signed bool) (Value, error) {
	bits := 8 * length
	switch {
	case v.Sign() < 0 && !signed:
		return nil, m.raise(m.errors.Overflow, "can't convert negative int to unsigned")
	case v.Sign() < 0 && new(big.Int).Not(v).BitLen() >= max(bits, 1) || v.Sign() >= 0 && v.BitLen() > bits,
		v.Sign() > 0 && signed && v.BitLen() >= bits:
		return nil, m.raise(m.errors.Overflow, "int too big to convert")
	}
	if v.Sign() < 0 {
		v = new(big.Int).Add(v, new(big.Int).Lsh(big.NewInt(1), uint(bits)))
	}
	b := v.FillBytes(make([]byte, length))
	if little {
		slices.Reverse(b)
	}
	return Bytes(b), nil
}
