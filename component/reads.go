package component

import (
	"encoding/binary"

	"cabi/spec"
)

// A Range is a part of a core memory.
type Range struct{ From, To uint64 }

// A Reader finds the parts of a core memory that the specification reads when values are lifted from it.
type Reader struct {
	Memory   []byte
	Encoding spec.StringEncoding
	Ranges   []Range // those that were found; none is beyond the memory
}

// Flat looks at values of some types that core code passes, as core values if these are at most most, and otherwise in memory.
func (r *Reader) Flat(ts []spec.ValType, values []spec.CoreValue, most int) {
	if len(spec.FlatTypes(ts)) > most {
		r.Stored(&spec.TupleType{Ts: ts}, values[0].Uint64(), 1)
		return
	}
	for _, t := range ts {
		r.flat(t, values)
		values = values[len(spec.FlatTypes([]spec.ValType{t})):]
	}
}

// Stored looks at n values of a type that lie one behind the other.
func (r *Reader) Stored(t spec.ValType, at, n uint64) {
	size := sizeOf(t)
	r.add(at, n*size)
	if inMemory(t) {
		for i := range min(n, uint64(len(r.Memory))) {
			r.stored(t, at+i*size)
		}
	}
}

func (r *Reader) add(at, length uint64) {
	end := min(at+length, uint64(len(r.Memory)))
	if at < end {
		r.Ranges = append(r.Ranges, Range{at, end})
	}
}

func sizeOf(t spec.ValType) uint64 {
	if t == nil {
		return 0
	}
	return spec.ElementSize(t, spec.I32)
}

// alignmentOf is how far a value of the type lies behind a byte.
func alignmentOf(t spec.ValType) uint64 {
	return sizeOf(&spec.TupleType{Ts: []spec.ValType{spec.U8Type{}, t}}) - sizeOf(t)
}

func aligned(at uint64, t spec.ValType) uint64 {
	a := alignmentOf(t)
	return (at + a - 1) / a * a
}

// flat looks at a value that is passed as core values.
func (r *Reader) flat(t spec.ValType, values []spec.CoreValue) {
	if !inMemory(t) {
		return
	}
	if cases := casesOf(t); cases != nil {
		if i := values[0].Uint64(); i < uint64(len(cases)) && cases[i].T != nil {
			r.flat(cases[i].T, values[1:])
		}
		return
	}
	if list, ok := t.(*spec.ListType); ok && list.L != nil {
		r.flatParts(*list.L, func(int) spec.ValType { return list.T }, values)
		return
	}
	if fields, ok := fieldsOf(t); ok {
		r.flatParts(uint64(len(fields)), func(i int) spec.ValType { return fields[i].T }, values)
		return
	}
	r.pointed(t, values[0].Uint64(), values[1].Uint64())
}

func (r *Reader) flatParts(n uint64, part func(int) spec.ValType, values []spec.CoreValue) {
	for i := range n {
		t := part(int(i))
		r.flat(t, values)
		values = values[len(spec.FlatTypes([]spec.ValType{t})):]
	}
}

// stored looks at a value in memory, the bytes of which were added.
func (r *Reader) stored(t spec.ValType, at uint64) {
	if !inMemory(t) {
		return
	}
	if cases := casesOf(t); cases != nil {
		r.storedCase(t, cases, at)
		return
	}
	if list, ok := t.(*spec.ListType); ok && list.L != nil {
		for i := range *list.L {
			r.stored(list.T, at+i*sizeOf(list.T))
		}
		return
	}
	if fields, ok := fieldsOf(t); ok {
		for _, f := range fields {
			at = aligned(at, f.T)
			r.stored(f.T, at)
			at += sizeOf(f.T)
		}
		return
	}
	r.pointed(t, r.word(at, 4), r.word(at+4, 4))
}

func (r *Reader) storedCase(t spec.ValType, cases []spec.CaseType, at uint64) {
	size := uint64(1)
	switch n := len(cases); {
	case n > 1<<16:
		size = 4
	case n > 1<<8:
		size = 2
	}
	i := r.word(at, size)
	if i >= uint64(len(cases)) || cases[i].T == nil {
		return
	}
	largest := uint64(1)
	for _, c := range cases {
		if c.T != nil {
			largest = max(largest, alignmentOf(c.T))
		}
	}
	r.stored(cases[i].T, at+(size+largest-1)/largest*largest)
}

// pointed looks at a string or list of some length.
func (r *Reader) pointed(t spec.ValType, at, n uint64) {
	if element, ok := elementOf(t); ok {
		r.Stored(element, at, n)
		return
	}
	switch {
	case r.Encoding == spec.UTF16:
		n *= 2
	case r.Encoding == spec.Latin1UTF16 && n>>31 == 1:
		n = (n &^ (1 << 31)) * 2
	}
	r.add(at, n)
}

// word is a number in memory; 0 beyond it.
func (r *Reader) word(at, size uint64) uint64 {
	var b [8]byte
	if at < uint64(len(r.Memory)) {
		copy(b[:size], r.Memory[at:])
	}
	return binary.LittleEndian.Uint64(b[:])
}
