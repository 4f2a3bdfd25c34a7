package python

import (
	"encoding/binary"
	"math"
	"math/big"
)

func (m *Machine) structModule() map[string]Value {
	return map[string]Value{
		"error":  m.errors.Struct,
		"pack":   native("pack", "format *", pack),
		"unpack": native("unpack", "format buffer", unpack),
		"calcsize": native("calcsize", "format", func(m *Machine, a []Value) (Value, error) {
			f, err := m.structFormat(a[0])
			if err != nil {
				return nil, err
			}
			return f.size(), nil
		}),
	}
}

// A structFormat is a format of struct with a byte order, which has no padding between fields.
type structFormat struct {
	order binary.ByteOrder
	codes []byte
}

var structSizes = map[byte]int{'b': 1, 'B': 1, '?': 1, 'h': 2, 'H': 2, 'i': 4, 'I': 4, 'l': 4, 'L': 4, 'q': 8, 'Q': 8, 'f': 4, 'd': 8, 'x': 1}

func (m *Machine) structFormat(v Value) (*structFormat, error) {
	text, ok := v.(string)
	if b, isBytes := v.(Bytes); isBytes {
		text, ok = string(b), true
	}
	if !ok {
		return nil, m.raise(m.errors.Type, "Struct() argument 1 must be a str or bytes object, not %s", typeName(v))
	}
	f := &structFormat{order: binary.LittleEndian}
	if text == "" || text[0] != '<' && text[0] != '>' && text[0] != '!' {
		return nil, m.refusal("a format of struct without <, > or ! at its start is outside of the subset")
	}
	if text[0] != '<' {
		f.order = binary.BigEndian
	}
	count := -1
	for _, c := range []byte(text[1:]) {
		switch {
		case isDigit(c):
			count = max(count, 0)*10 + int(c-'0')
			if count > 1<<16 {
				return nil, m.refusal("a large count in a format of struct is outside of the subset")
			}
		case c == ' ' && count < 0:
		case structSizes[c] == 0:
			if c < 0x80 && (c == 'c' || c == 's' || c == 'p' || c == 'e' || c == 'n' || c == 'N' || c == 'P') {
				return nil, m.refusal("the code %c of struct is outside of the subset", c)
			}
			return nil, m.raise(m.errors.Struct, "bad char in struct format")
		default:
			if count < 0 {
				count = 1
			}
			for range count {
				f.codes = append(f.codes, c)
			}
			count = -1
		}
	}
	if count >= 0 {
		return nil, m.raise(m.errors.Struct, "repeat count given without format specifier")
	}
	return f, nil
}

func (f *structFormat) size() int {
	n := 0
	for _, c := range f.codes {
		n += structSizes[c]
	}
	return n
}

func (f *structFormat) values() int {
	n := 0
	for _, c := range f.codes {
		if c != 'x' {
			n++
		}
	}
	return n
}

func pack(m *Machine, a []Value) (Value, error) {
	f, err := m.structFormat(a[0])
	if err != nil {
		return nil, err
	}
	if len(a)-1 != f.values() {
		return nil, m.raise(m.errors.Struct, "pack expected %d items for packing (got %d)", f.values(), len(a)-1)
	}
	var b []byte
	i := 1
	for _, c := range f.codes {
		if c == 'x' {
			b = append(b, 0)
			continue
		}
		if b, err = m.packOne(f, b, c, a[i]); err != nil {
			return nil, err
		}
		i++
	}
	return Bytes(b), nil
}

func (m *Machine) packOne(f *structFormat, b []byte, c byte, v Value) ([]byte, error) {
	switch c {
	case '?':
		yes, err := m.truth(v)
		if yes {
			return append(b, 1), err
		}
		return append(b, 0), err
	case 'f', 'd':
		return m.packFloat(f, b, c, v)
	}
	n := toBig(v)
	if n == nil {
		return nil, m.raise(m.errors.Struct, "required argument is not an integer")
	}
	size := structSizes[c]
	low, high := big.NewInt(0), new(big.Int).Lsh(big.NewInt(1), uint(8*size))
	if c >= 'a' {
		high.Rsh(high, 1)
		low.Neg(high)
	}
	if n.Cmp(low) < 0 || n.Cmp(high) >= 0 {
		return nil, m.structRange(f, n, c, low, high)
	}
	little := f.order == binary.ByteOrder(binary.LittleEndian)
	data, err := m.fixedBytes(n, size, little, c >= 'a')
	if err != nil {
		return nil, err
	}
	return append(b, data.(Bytes)...), nil
}

var structNames = map[byte]string{'b': "byte", 'B': "ubyte", 'h': "short", 'H': "ushort"}

// structRange is the error of a number that does not fit, of which CPython has several texts.
func (m *Machine) structRange(f *structFormat, n *big.Int, c byte, low, high *big.Int) error {
	little := f.order == binary.ByteOrder(binary.LittleEndian)
	high = new(big.Int).Sub(high, big.NewInt(1))
	switch {
	case !little && structSizes[c] == 8:
		return m.raise(m.errors.Struct, "int too large to convert")
	case c < 'a' && structSizes[c] >= 4 && (n.Sign() < 0 || !n.IsUint64() ||
		structSizes[c] == 8),
		!n.IsInt64() && (c >= 'a' || structSizes[c] < 4), structSizes[c] == 8:
		return m.raise(m.errors.Struct, "argument out of range")
	case little && structNames[c] != "":
		return m.raise(m.errors.Struct, "%s format requires %v <= number <= %v", structNames[c], low, high)
	}
	return m.raise(m.errors.Struct, "'%c' format requires %v <= number <= %v", c, low, high)
}

func (m *Machine) packFloat(f *structFormat, b []byte, c byte, v Value) ([]byte, error) {
	if !isNumber(v) {
		return nil, m.raise(m.errors.Struct, "required argument is not a float")
	}
	x, err := m.toFloat(v)
	if err != nil {
		return nil, err
	}
	if c == 'd' {
		return appendUint(f.order, b, 8, math.Float64bits(x)), nil
	}
	y := float32(x)
	if math.IsInf(float64(y), 0) && !math.IsInf(x, 0) {
		return nil, m.raise(m.errors.Overflow, "float too large to pack with f format")
	}
	return appendUint(f.order, b, 4, uint64(math.Float32bits(y))), nil
}

func appendUint(order binary.ByteOrder, b []byte, size int, v uint64) []byte {
	var buf [8]byte
	if size == 8 {
		order.PutUint64(buf[:], v)
	} else {
		order.PutUint32(buf[:], uint32(v))
	}
	return append(b, buf[:size]...)
}

func unpack(m *Machine, a []Value) (Value, error) {
	f, err := m.structFormat(a[0])
	if err != nil {
		return nil, err
	}
	b, ok := bytesOf(a[1])
	if !ok {
		return nil, m.raise(m.errors.Type, "a bytes-like object is required, not '%s'", typeName(a[1]))
	}
	if len(b) != f.size() {
		return nil, m.raise(m.errors.Struct, "unpack requires a buffer of %d bytes", f.size())
	}
	var items []Value
	for _, c := range f.codes {
		n := structSizes[c]
		if c != 'x' {
			items = append(items, unpackOne(f.order, c, b[:n]))
		}
		b = b[n:]
	}
	return NewTuple(items...), nil
}

func unpackOne(order binary.ByteOrder, c byte, b []byte) Value {
	switch c {
	case 'b':
		return int(int8(b[0]))
	case 'B':
		return int(b[0])
	case '?':
		return b[0] != 0
	case 'h':
		return int(int16(order.Uint16(b)))
	case 'H':
		return int(order.Uint16(b))
	case 'i', 'l':
		return int(int32(order.Uint32(b)))
	case 'I', 'L':
		return int(order.Uint32(b))
	case 'q':
		return int(int64(order.Uint64(b)))
	case 'Q':
		return normal(new(big.Int).SetUint64(order.Uint64(b)))
	case 'f':
		return float64(math.Float32frombits(order.Uint32(b)))
	}
	return math.Float64frombits(order.Uint64(b))
}
