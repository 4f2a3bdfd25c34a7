package upstream

import (
	"encoding/binary"
	"math"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// flatten is the core types that a type becomes. The generator has its own, so that a mistake in the port's does not
// hide itself.
func flatten(t spec.ValType, ptr spec.CoreType) []spec.CoreType {
	switch t := t.(type) {
	case spec.U64Type, spec.S64Type:
		return []spec.CoreType{spec.I64}
	case spec.F32Type:
		return []spec.CoreType{spec.F32}
	case spec.F64Type:
		return []spec.CoreType{spec.F64}
	case spec.StringType, *spec.MapType:
		return []spec.CoreType{ptr, ptr}
	case *spec.ListType:
		if t.L == nil {
			return []spec.CoreType{ptr, ptr}
		}
		return repeated(flatten(t.T, ptr), int(*t.L))
	case *spec.TupleType:
		return flattenAll(t.Ts, ptr)
	case *spec.RecordType:
		var flat []spec.CoreType
		for _, f := range t.Fields {
			flat = append(flat, flatten(f.T, ptr)...)
		}
		return flat
	}
	if payloads := payloadsOf(t); payloads != nil {
		return flattenCases(payloads, ptr)
	}
	return []spec.CoreType{spec.I32}
}

func repeated(flat []spec.CoreType, n int) []spec.CoreType {
	var all []spec.CoreType
	for range n {
		all = append(all, flat...)
	}
	return all
}

func flattenAll(ts []spec.ValType, ptr spec.CoreType) []spec.CoreType {
	var flat []spec.CoreType
	for _, t := range ts {
		flat = append(flat, flatten(t, ptr)...)
	}
	return flat
}

func flattenCases(payloads []spec.ValType, ptr spec.CoreType) []spec.CoreType {
	flat := []spec.CoreType{spec.I32}
	for _, t := range payloads {
		if t == nil {
			continue
		}
		for i, ft := range flatten(t, ptr) {
			if i+1 == len(flat) {
				flat = append(flat, ft)
			} else {
				flat[i+1] = join(flat[i+1], ft)
			}
		}
	}
	return flat
}

func join(a, b spec.CoreType) spec.CoreType {
	switch {
	case a == b:
		return a
	case a == spec.I32 && b == spec.F32, a == spec.F32 && b == spec.I32:
		return spec.I32
	default:
		return spec.I64
	}
}

// payloadsOf are the payloads of a type's cases, nil for a type that has none.
func payloadsOf(t spec.ValType) []spec.ValType {
	switch t := t.(type) {
	case *spec.VariantType:
		payloads := []spec.ValType{}
		for _, c := range t.Cases {
			payloads = append(payloads, c.T)
		}
		return payloads
	case *spec.EnumType:
		return make([]spec.ValType, len(t.Labels))
	case *spec.OptionType:
		return []spec.ValType{nil, t.T}
	case *spec.ResultType:
		return []spec.ValType{t.Ok, t.Error}
	}
	return nil
}

// A flatMaker makes core values for a guest to pass: as a rule such as lifting takes.
type flatMaker struct {
	chooser
	memory   uint64 // its length
	ptr      spec.CoreType
	encoding spec.StringEncoding
	// handle is the index of a handle for a type, and whether there is one.
	handle func(t spec.ValType) (uint64, bool)
	needs  func(t spec.ValType) // told what type there was no handle for
	failed bool                 // there was no handle for a type
	writes []model.Action       // what has to be in memory
	heap   uint64               // where the next of it goes, from the middle of memory
}

// values makes the core values of types, or a pointer if there are more than most.
func (m *flatMaker) values(ts []spec.ValType, most int) []spec.CoreValue {
	if len(flattenAll(ts, m.ptr)) > most {
		return []spec.CoreValue{spec.CoreInt(m.place(&spec.TupleType{Ts: ts}, 1))}
	}
	var flat []spec.CoreValue
	for _, t := range ts {
		flat = append(flat, m.value(t)...)
	}
	return flat
}

// pointer is a place in memory, as a rule an aligned one.
func (m *flatMaker) pointer(alignment uint64) uint64 {
	if m.memory == 0 {
		return 0
	}
	if m.one(150) {
		return m.weird(m.ptr)
	}
	return m.Uint64N(m.memory/2) / alignment * alignment
}

// weird is a number that is rarely right.
func (m *flatMaker) weird(t spec.CoreType) uint64 {
	n := pick(m.chooser, []uint64{m.memory, m.memory - 1, 1, 3, math.MaxUint32, 1 << 31, 1<<28 - 1, 1 << 28, 1 << 27, math.MaxUint64, 1 << 63, 1<<32 - 8})
	if t == spec.I32 {
		n &= math.MaxUint32
	}
	return n
}

func (m *flatMaker) value(t spec.ValType) []spec.CoreValue {
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

func (m *flatMaker) index(t spec.ValType) uint64 {
	i, ok := m.handle(t)
	if !ok {
		m.failed = true
		m.needs(t)
	}
	return i
}

// string is where a short string is; one in UTF-16 may say so.
func (m *flatMaker) string() []spec.CoreValue {
	if m.one(150) {
		return []spec.CoreValue{spec.CoreInt(m.pointer(2)), spec.CoreInt(m.weird(m.ptr))}
	}
	var b []byte
	units := m.Uint64N(6)
	switch m.encoding {
	case spec.UTF8:
		for len(b) < int(units) {
			b = append(b, pick(m.chooser, []string{"a", "b", "é", "π", "😀", "\x7f", "\u0080", "ÿ", "Ā", "\u07ff", "\u0800", "\uffff"})...)
		}
		units = uint64(len(b))
		if m.one(40) {
			b = append(b, pick(m.chooser, badUTF8)...)
			units = uint64(len(b))
		}
	default:
		wide := m.encoding == spec.UTF16 || m.one(2)
		for range units {
			c := pick(m.chooser, []uint16{'a', 'b', 0xE9, 0xFF, 0x7F, 0x80})
			if wide && m.one(3) {
				c = pick(m.chooser, []uint16{0x3C0, 0x100, 0xFFFD})
			}
			if b = append(b, byte(c)); wide {
				b = append(b, byte(c>>8))
			}
		}
		if wide && m.one(3) {
			b, units = append(b, 0x3D, 0xD8, 0x00, 0xDE), units+2
		}
		if wide && m.one(40) {
			b, units = append(b, 0x3D, pick(m.chooser, []byte{0xD8, 0xDE})), units+1 // half of a pair
		}
		if wide && m.encoding == spec.Latin1UTF16 {
			units |= tagOf(m.ptr)
		}
	}
	if m.one(60) {
		return []spec.CoreValue{spec.CoreInt(m.write(append([]byte{0}, b...)) + 1), spec.CoreInt(units)} // misaligned for some
	}
	return []spec.CoreValue{spec.CoreInt(m.write(b)), spec.CoreInt(units)}
}

// badUTF8 is bytes that no UTF-8 has: one by itself, overlong forms, a surrogate, too large a code point, half of one.
var badUTF8 = []string{"\xff", "\x80", "\xc0\x80", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}

func tagOf(ptr spec.CoreType) uint64 {
	if ptr == spec.I64 {
		return 1 << 63
	}
	return 1 << 31
}

func (m *flatMaker) list(t spec.ValType) []spec.CoreValue {
	if m.one(150) {
		return []spec.CoreValue{spec.CoreInt(m.pointer(8)), spec.CoreInt(m.weird(m.ptr))}
	}
	n := m.Uint64N(4)
	return []spec.CoreValue{spec.CoreInt(m.place(t, int(n))), spec.CoreInt(n)}
}

// place writes n values of a type to memory and returns where.
func (m *flatMaker) place(t spec.ValType, n int) uint64 {
	if m.one(100) {
		return m.pointer(8)
	}
	if m.one(200) {
		return m.memory - 8
	}
	var b []byte
	for range n {
		b = m.encode(b, t)
	}
	if m.one(100) {
		b = append([]byte{0, 0, 0, 0}, b...)
		return m.write(b) + 4 // misaligned for some
	}
	return m.write(b)
}

// write has bytes written to memory and returns where, aligned to eight.
func (m *flatMaker) write(b []byte) uint64 {
	words := (len(b) + 7) / 8
	if m.one(20) && words > 0 && uint64(8*words) < m.memory {
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
func (m *flatMaker) writeAtEnd(b []byte, words int) uint64 {
	m.store(m.memory-uint64(8*words), append(make([]byte, 8*words-len(b)), b...))
	return m.memory - uint64(len(b))
}

// store has whole words written.
func (m *flatMaker) store(at uint64, b []byte) {
	a := action("memory.store", nil, at)
	for i := 0; i < len(b); i += 8 {
		a.Args = append(a.Args, spec.CoreInt(binary.LittleEndian.Uint64(b[i:])))
	}
	m.writes = append(m.writes, a)
}

// variant is one of the cases, padded to what all have in common.
func (m *flatMaker) variant(t spec.ValType, payloads []spec.ValType) []spec.CoreValue {
	k := m.IntN(len(payloads))
	flat := []spec.CoreValue{spec.CoreInt(uint64(k))}
	if m.one(150) {
		flat[0] = spec.CoreInt(m.Uint64N(1 << 32))
	}
	if payloads[k] != nil {
		flat = append(flat, m.value(payloads[k])...)
	}
	types := flatten(t, m.ptr)
	for i := range flat {
		flat[i] = coerced(flat[i], types[i])
	}
	for _, ft := range types[len(flat):] {
		flat = append(flat, m.core(ft))
	}
	return flat
}

// coerced is the bits of a float where an int is wanted.
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
func (m *flatMaker) core(t spec.CoreType) spec.CoreValue {
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

func (m *flatMaker) primitive(t spec.ValType) spec.CoreValue {
	switch t.(type) {
	case spec.F32Type:
		return spec.CoreFloat(pick(m.chooser, []float64{0, 1.5, math.NaN(), math.Inf(1), -2}))
	case spec.F64Type:
		return spec.CoreFloat(pick(m.chooser, []float64{0, 1.25, math.NaN(), math.Inf(-1), 1e300}))
	case spec.U64Type, spec.S64Type:
		if m.one(4) {
			return spec.CoreInt(1<<pick(m.chooser, []int{31, 32, 63}) - m.Uint64N(2))
		}
		return spec.CoreInt(m.Uint64() >> m.IntN(64))
	case spec.CharType:
		return spec.CoreInt(pick(m.chooser, []uint64{'a', 0xE9, 0x1F600, 0x10FFFF, 0xD7FF, 0xE000, 'z', 'b', pick(m.chooser, []uint64{'c', 'd', 'e', 'f', uint64(m.IntN(0x110000)), 0xD800, 0xDFFF, 0x110000})}))
	default:
		if m.one(4) {
			edge := uint64(1) << pick(m.chooser, []int{7, 8, 15, 16, 31, 32})
			return spec.CoreInt((edge - m.Uint64N(2)) & math.MaxUint32)
		}
		return spec.CoreInt(uint64(m.Uint32() >> m.IntN(32)))
	}
}

// ptrType is the type of an instance's pointers.
func ptrType(w *model.World, name string) spec.CoreType {
	for _, i := range w.Instances {
		if i.Name == name && i.Memory64 {
			return spec.I64
		}
	}
	return spec.I32
}

// memoryOf is the size of an instance's memory.
func memoryOf(w *model.World, name string) uint64 {
	for _, i := range w.Instances {
		if i.Name == name {
			return uint64(i.Memory)
		}
	}
	return 0
}

// parseTypes reads types that are known to be right.
func parseTypes(run *model.Run, texts []string) []spec.ValType {
	ts, err := run.ParseTypes("(" + strings.Join(texts, ",") + ")")
	if err != nil {
		panic(err)
	}
	return ts
}

// encodingOf is how an instance represents strings.
func encodingOf(w *model.World, name string) spec.StringEncoding {
	for _, i := range w.Instances {
		if i.Name == name {
			switch i.Encoding {
			case "utf16":
				return spec.UTF16
			case "latin1+utf16":
				return spec.Latin1UTF16
			}
		}
	}
	return spec.UTF8
}
