package upstream

import (
	"encoding/binary"
	"math"

	"cabi/model"
	"cabi/spec"
)

// A coreValueMaker makes core values for a guest to pass or return. As a rule lifting them does not trap.
type coreValueMaker struct {
	chooser
	memory   uint64 // how many bytes the guest's memory has
	ptr      spec.CoreType
	encoding spec.StringEncoding
	handle   func(t spec.ValType) (uint64, bool) // the index of a handle for a type; false: the guest has none
	missing  func(t spec.ValType)                // called with a type that the guest has no handle for
	failed   bool                                // missing was called
	writes   []model.Action                      // the memory.stores that the core values need first
	heap     uint64                              // how many bytes of the upper half of memory these take
}

// values makes the core values of types, or if there are more than most, a pointer to values in memory.
func (m *coreValueMaker) values(ts []spec.ValType, most int) []spec.CoreValue {
	if len(flattenAll(ts, m.ptr)) > most {
		return []spec.CoreValue{spec.CoreInt(m.place(&spec.TupleType{Ts: ts}, 1))}
	}
	var flat []spec.CoreValue
	for _, t := range ts {
		flat = append(flat, m.value(t)...)
	}
	return flat
}

// pointer is an address in the lower half of memory, as a rule an aligned one.
func (m *coreValueMaker) pointer(alignment uint64) uint64 {
	if m.memory == 0 {
		return 0
	}
	if m.oneIn(150) {
		return m.extreme(m.ptr)
	}
	return m.Uint64N(m.memory/2) / alignment * alignment
}

// extreme is a number near the end of a range, or one that is no index, length or address, as a rule.
func (m *coreValueMaker) extreme(t spec.CoreType) uint64 {
	n := pick(m.chooser, []uint64{m.memory, m.memory - 1, 1, 3, math.MaxUint32, 1 << 31, 1<<28 - 1, 1 << 28, 1 << 27, math.MaxUint64, 1 << 63, 1<<32 - 8})
	if t == spec.I32 {
		n &= math.MaxUint32
	}
	return n
}

// value makes the core values of a type.
func (m *coreValueMaker) value(t spec.ValType) []spec.CoreValue {
	switch t := t.(type) {
	case spec.StringType:
		return m.string()
	case *spec.ListType:
		if t.L == nil {
			return m.list(t.T)
		}
		var flat []spec.CoreValue
		for range *t.L {
			flat = append(flat, m.value(t.T)...)
		}
		return flat
	case *spec.MapType:
		return m.list(&spec.TupleType{Ts: []spec.ValType{t.K, t.V}})
	case *spec.TupleType:
		return m.values(t.Ts, math.MaxInt)
	case *spec.RecordType:
		var flat []spec.CoreValue
		for _, f := range t.Fields {
			flat = append(flat, m.value(f.T)...)
		}
		return flat
	case *spec.OwnType, *spec.BorrowType, *spec.StreamType, *spec.FutureType, *spec.ErrorContextType:
		return []spec.CoreValue{spec.CoreInt(m.index(t))}
	}
	if payloads := payloadsOf(t); payloads != nil {
		return m.variant(t, payloads)
	}
	return []spec.CoreValue{m.primitive(t)}
}

// index is the index of a handle for a type, or 0 if the guest has none.
func (m *coreValueMaker) index(t spec.ValType) uint64 {
	i, ok := m.handle(t)
	if !ok {
		m.failed = true
		m.missing(t)
	}
	return i
}

// string writes a short string to memory, and makes its address and its length in code units.
func (m *coreValueMaker) string() []spec.CoreValue {
	if m.oneIn(150) {
		return []spec.CoreValue{spec.CoreInt(m.pointer(2)), spec.CoreInt(m.extreme(m.ptr))}
	}
	b, units := m.encodedString()
	if m.oneIn(60) {
		at := m.write(append([]byte{0}, b...)) + 1 // not aligned, in some encodings
		return []spec.CoreValue{spec.CoreInt(at), spec.CoreInt(units)}
	}
	return []spec.CoreValue{spec.CoreInt(m.write(b)), spec.CoreInt(units)}
}

// encodedString makes a string in the guest's encoding, and its length in code units.
func (m *coreValueMaker) encodedString() (b []byte, units uint64) {
	units = m.Uint64N(6)
	if m.encoding == spec.UTF8 {
		b = m.utf8(int(units))
		return b, uint64(len(b))
	}
	wide := m.encoding == spec.UTF16 || m.oneIn(2)
	if b, units = m.codeUnits(units, wide); wide && m.encoding == spec.Latin1UTF16 {
		units |= tagOf(m.ptr)
	}
	return b, units
}

// utf8 is a string of at least so many bytes, seldom with some at its end that no UTF-8 has.
func (m *coreValueMaker) utf8(least int) []byte {
	var b []byte
	for len(b) < least {
		b = append(b, pick(m.chooser, []string{"a", "b", "é", "π", "😀", "\x7f", "\u0080", "ÿ", "Ā", "\u07ff", "\u0800", "\uffff"})...)
	}
	if m.oneIn(40) {
		b = append(b, pick(m.chooser, badUTF8)...)
	}
	return b
}

// codeUnits is a string in Latin-1, or if it is wide in UTF-16, in which surrogates come after n other code units.
func (m *coreValueMaker) codeUnits(n uint64, wide bool) (b []byte, units uint64) {
	units = n
	for range n {
		c := pick(m.chooser, []uint16{'a', 'b', 0xE9, 0xFF, 0x7F, 0x80})
		if wide && m.oneIn(3) {
			c = pick(m.chooser, []uint16{0x3C0, 0x100, 0xFFFD})
		}
		if b = append(b, byte(c)); wide {
			b = append(b, byte(c>>8))
		}
	}
	if wide && m.oneIn(3) {
		b, units = append(b, 0x3D, 0xD8, 0x00, 0xDE), units+2
	}
	if wide && m.oneIn(40) {
		b, units = append(b, 0x3D, pick(m.chooser, []byte{0xD8, 0xDE})), units+1 // half of a pair
	}
	return b, units
}

// badUTF8 are bytes that no UTF-8 has: ones that stand for no character, overlong forms, a code point that is too large, a
// surrogate, the beginning of a character.
var badUTF8 = []string{"\xff", "\x80", "\xc0\x80", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}

// tagOf is the bit of a length that says, in the encoding latin1+utf16, that the string is UTF-16.
func tagOf(ptr spec.CoreType) uint64 {
	if ptr == spec.I64 {
		return 1 << 63
	}
	return 1 << 31
}

// list writes a short list to memory, and makes its address and its length.
func (m *coreValueMaker) list(t spec.ValType) []spec.CoreValue {
	if m.oneIn(150) {
		return []spec.CoreValue{spec.CoreInt(m.pointer(8)), spec.CoreInt(m.extreme(m.ptr))}
	}
	n := m.Uint64N(4)
	return []spec.CoreValue{spec.CoreInt(m.place(t, int(n))), spec.CoreInt(n)}
}

// place writes n values of a type to memory, and returns their address. Seldom it returns another.
func (m *coreValueMaker) place(t spec.ValType, n int) uint64 {
	if m.oneIn(100) {
		return m.pointer(8)
	}
	if m.oneIn(200) {
		return m.memory - 8
	}
	var b []byte
	for range n {
		b = m.encode(b, t)
	}
	if m.oneIn(100) {
		b = append([]byte{0, 0, 0, 0}, b...)
		return m.write(b) + 4 // not aligned, for some types
	}
	return m.write(b)
}

// write has bytes written to memory, and returns their address. As a rule it is aligned to eight.
func (m *coreValueMaker) write(b []byte) uint64 {
	words := (len(b) + 7) / 8
	if m.oneIn(20) && words > 0 && uint64(8*words) < m.memory {
		return m.writeAtEnd(b, words)
	}
	at := m.memory/2 + m.heap
	if at+uint64(8*words) > m.memory {
		return m.pointer(8)
	}
	if words == 0 {
		return at
	}
	m.heap += uint64(8 * words)
	m.store(at, append(b, make([]byte, 8*words-len(b))...))
	return at
}

// writeAtEnd has bytes written so that they end where memory does.
func (m *coreValueMaker) writeAtEnd(b []byte, words int) uint64 {
	m.store(m.memory-uint64(8*words), append(make([]byte, 8*words-len(b)), b...))
	return m.memory - uint64(len(b))
}

// store has words of eight bytes written.
func (m *coreValueMaker) store(at uint64, b []byte) {
	a := action("memory.store", nil, at)
	for i := 0; i < len(b); i += 8 {
		a.Args = append(a.Args, spec.CoreInt(binary.LittleEndian.Uint64(b[i:])))
	}
	m.writes = append(m.writes, a)
}

// variant makes one of a type's cases, with values beyond its payload for the core types that only other cases need.
func (m *coreValueMaker) variant(t spec.ValType, payloads []spec.ValType) []spec.CoreValue {
	k := m.IntN(len(payloads))
	flat := []spec.CoreValue{spec.CoreInt(uint64(k))}
	if m.oneIn(150) {
		flat[0] = spec.CoreInt(m.Uint64N(1 << 32))
	}
	if payloads[k] != nil {
		flat = append(flat, m.value(payloads[k])...)
	}
	types := flatten(t, m.ptr)
	for i := range flat {
		flat[i] = coerced(flat[i], types[i])
	}
	if payloads[k] != nil {
		for i, own := range flatten(payloads[k], m.ptr) { // of an i64 that another case needs, one of 32 bits has the lower half
			if (own == spec.I32 || own == spec.F32) && types[1+i] == spec.I64 && m.oneIn(4) {
				flat[1+i] = spec.CoreInt(flat[1+i].Uint64() | uint64(m.Uint32())<<32)
			}
		}
	}
	for _, ft := range types[len(flat):] {
		flat = append(flat, m.core(ft))
	}
	return flat
}

// coerced is the bits of a float where join has made its type an int.
func coerced(v spec.CoreValue, t spec.CoreType) spec.CoreValue {
	if v.IsFloat() && (t == spec.I32 || t == spec.I64) {
		f := v.Float64()
		if float64(float32(f)) == f || f != f {
			return spec.CoreInt(uint64(math.Float32bits(float32(f))))
		}
		return spec.CoreInt(math.Float64bits(f) & math.MaxUint32)
	}
	return v
}

// core is any value of a core type.
func (m *coreValueMaker) core(t spec.CoreType) spec.CoreValue {
	switch t {
	case spec.I32:
		return spec.CoreInt(uint64(m.Uint32()))
	case spec.I64:
		return spec.CoreInt(m.Uint64())
	case spec.F32:
		return spec.CoreFloat(float64(math.Float32frombits(m.Uint32())))
	default:
		return spec.CoreFloat(math.Float64frombits(m.Uint64()))
	}
}

// primitive makes a core value of a type that becomes one: as a rule one near the ends of its range, or a small one.
func (m *coreValueMaker) primitive(t spec.ValType) spec.CoreValue {
	switch t.(type) {
	case spec.F32Type:
		return spec.CoreFloat(pick(m.chooser, []float64{0, 1.5, math.NaN(), math.Inf(1), -2}))
	case spec.F64Type:
		return spec.CoreFloat(pick(m.chooser, []float64{0, 1.25, math.NaN(), math.Inf(-1), 1e300}))
	case spec.U64Type, spec.S64Type:
		if m.oneIn(4) {
			return spec.CoreInt(1<<pick(m.chooser, []int{31, 32, 63}) - m.Uint64N(2))
		}
		return spec.CoreInt(m.Uint64() >> m.IntN(64))
	case spec.CharType:
		return spec.CoreInt(pick(m.chooser, []uint64{'a', 0xE9, 0x1F600, 0x10FFFF, 0xD7FF, 0xE000, 'z', 'b', pick(m.chooser, []uint64{'c', 'd', 'e', 'f', uint64(m.IntN(0x110000)), 0xD800, 0xDFFF, 0x110000})}))
	default:
		if m.oneIn(4) {
			edge := uint64(1) << pick(m.chooser, []int{7, 8, 15, 16, 31, 32})
			return spec.CoreInt((edge - m.Uint64N(2)) & math.MaxUint32)
		}
		return spec.CoreInt(uint64(m.Uint32() >> m.IntN(32)))
	}
}
