package upstream

import (
	"encoding/binary"
	"math"

	"cabi/spec"
)

// The layout of values in memory, for the generator. It has its own rules for the same reason as it flattens with its own.

// alignmentOf is the alignment of a type, with pointers of type ptr.
func alignmentOf(t spec.ValType, ptr spec.CoreType) int {
	switch t := t.(type) {
	case spec.BoolType, spec.U8Type, spec.S8Type:
		return 1
	case spec.U16Type, spec.S16Type:
		return 2
	case spec.U64Type, spec.S64Type, spec.F64Type:
		return 8
	case spec.StringType, *spec.MapType:
		return widthOf(ptr)
	case *spec.ListType:
		if t.L == nil {
			return widthOf(ptr)
		}
		return alignmentOf(t.T, ptr)
	case *spec.FlagsType:
		return flagsSize(len(t.Labels))
	}
	most := 1
	if payloads := payloadsOf(t); payloads != nil {
		most = discriminantSize(len(payloads))
	} else if partsOf(t) == nil {
		return 4
	}
	for _, part := range append(partsOf(t), payloadsOf(t)...) {
		if part != nil {
			most = max(most, alignmentOf(part, ptr))
		}
	}
	return most
}

// widthOf is how many bytes a pointer has.
func widthOf(ptr spec.CoreType) int {
	if ptr == spec.I64 {
		return 8
	}
	return 4
}

// flagsSize is how many bytes flags with n labels take.
func flagsSize(n int) int {
	switch {
	case n <= 8:
		return 1
	case n <= 16:
		return 2
	default:
		return 4
	}
}

// discriminantSize is how many bytes the number of one of n cases takes.
func discriminantSize(n int) int {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	default:
		return 4
	}
}

// partsOf are the types of a tuple's or record's fields, nil for other types.
func partsOf(t spec.ValType) []spec.ValType {
	switch t := t.(type) {
	case *spec.TupleType:
		return t.Ts
	case *spec.RecordType:
		var parts []spec.ValType
		for _, f := range t.Fields {
			parts = append(parts, f.T)
		}
		return parts
	}
	return nil
}

// encode appends a value of a type to b, which begins at an address aligned to eight, with the padding before and after it.
func (m *coreValueMaker) encode(b []byte, t spec.ValType) []byte {
	a := alignmentOf(t, m.ptr)
	b = padded(b, a)
	if parts := partsOf(t); parts != nil {
		for _, part := range parts {
			b = m.encode(b, part)
		}
		return padded(b, a)
	}
	if payloads := payloadsOf(t); payloads != nil {
		return m.encodeCase(b, t, payloads)
	}
	if l, ok := t.(*spec.ListType); ok && l.L != nil {
		for range *l.L {
			b = m.encode(b, l.T)
		}
		return b
	}
	return m.encodeFlat(b, t)
}

// encodeCase appends one of the cases of a variant, with as much padding as the longest has.
func (m *coreValueMaker) encodeCase(b []byte, t spec.ValType, payloads []spec.ValType) []byte {
	start, k := len(b), m.IntN(len(payloads))
	disc := uint64(k)
	if m.oneIn(150) {
		disc = m.Uint64()
	}
	b = appendInt(b, disc, discriminantSize(len(payloads)))
	offset := discriminantSize(len(payloads))
	for _, p := range payloads {
		if p != nil {
			offset = max(offset, alignmentOf(p, m.ptr))
		}
	}
	b = append(b, make([]byte, start+offset-len(b))...)
	if payloads[k] != nil {
		b = m.encode(b, payloads[k])
	}
	return append(b, make([]byte, max(0, start+sizeOf(t, m.ptr)-len(b)))...)
}

// encodeFlat appends a value whose parts in memory are its core values, one after the other.
func (m *coreValueMaker) encodeFlat(b []byte, t spec.ValType) []byte {
	for i, v := range m.value(t) {
		size := alignmentOf(t, m.ptr)
		if i > 0 {
			size = widthOf(m.ptr)
		}
		bits := v.Uint64()
		if v.IsFloat() && size == 4 {
			bits = uint64(math.Float32bits(float32(v.Float64())))
		} else if v.IsFloat() {
			bits = math.Float64bits(v.Float64())
		}
		b = appendInt(b, bits, size)
	}
	return b
}

// sizeOf is how many bytes a value of a type takes.
func sizeOf(t spec.ValType, ptr spec.CoreType) int {
	if parts := partsOf(t); parts != nil {
		n := 0
		for _, part := range parts {
			n += padding(n, alignmentOf(part, ptr)) + sizeOf(part, ptr)
		}
		return n + padding(n, alignmentOf(t, ptr))
	}
	if payloads := payloadsOf(t); payloads != nil {
		n, offset := 0, discriminantSize(len(payloads))
		for _, p := range payloads {
			if p != nil {
				n, offset = max(n, sizeOf(p, ptr)), max(offset, alignmentOf(p, ptr))
			}
		}
		return offset + n + padding(offset+n, alignmentOf(t, ptr))
	}
	switch t := t.(type) {
	case *spec.ListType:
		if t.L != nil {
			return int(*t.L) * sizeOf(t.T, ptr)
		}
		return 2 * widthOf(ptr)
	case spec.StringType, *spec.MapType:
		return 2 * widthOf(ptr)
	}
	return alignmentOf(t, ptr)
}

// padding is how many bytes are missing from n to the next multiple of an alignment.
func padding(n, alignment int) int { return (alignment - n%alignment) % alignment }

// padded appends zeros up to an alignment.
func padded(b []byte, alignment int) []byte {
	return append(b, make([]byte, padding(len(b), alignment))...)
}

// appendInt appends an int of so many bytes.
func appendInt(b []byte, v uint64, size int) []byte {
	return append(b, binary.LittleEndian.AppendUint64(nil, v)[:size]...)
}
