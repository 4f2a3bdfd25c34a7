package properties

import (
	"fmt"
	"math"
	"unicode/utf16"

	"cabi/spec"
)

// The writing half of the second codec of values (codec.go).

// A codec stores values in a memory, with text in an encoding, and reads them back.
type codec struct {
	decoder
	next    uint64  // the address of the next block that it allocates
	nan     uint64  // bits that are mixed into those of NaNs
	touched []block // the blocks that it has stored in
}

// alloc allocates a block.
func (c *codec) alloc(size, align uint64) uint64 {
	ptr := roundUp(c.next, align)
	c.next = ptr + size
	c.touched = append(c.touched, block{ptr, size})
	return ptr
}

// putInt stores the lowest bytes of a number.
func (c *codec) putInt(ptr, size, v uint64) {
	for i := range size {
		c.mem.Bytes.B[ptr+i] = byte(v >> (8 * i))
	}
}

// bits is a value of a type that is one number, as its bits.
func (c *codec) bits(t spec.ValType, v spec.Value) uint64 {
	switch v := v.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case spec.Char:
		return uint64(v)
	case spec.Int:
		if n, ok := v.Uint64(); ok {
			return n
		}
		n, _ := v.Int64()
		return uint64(n)
	}
	f := v.(spec.Float).Float64()
	switch _, narrow := t.(spec.F32Type); {
	case narrow && f != f:
		return 0x7fc00000 | c.nan&0x803fffff
	case narrow:
		return uint64(math.Float32bits(float32(f)))
	case f != f:
		return 0x7ff8000000000000 | c.nan&0x8007ffffffffffff
	}
	return math.Float64bits(f)
}

// put stores a value.
func (c *codec) put(ptr uint64, t spec.ValType, v spec.Value) {
	if size, ok := scalars[t]; ok {
		c.putInt(ptr, size, c.bits(t, v))
	} else if flags, ok := t.(*spec.FlagsType); ok {
		c.putInt(ptr, bytesFor(len(flags.Labels)), flagBits(v.(spec.Dict)))
	} else if _, ts, ok := parts(t); ok {
		for i, e := range partsOf(v) {
			s, a := c.shape(ts[i])
			ptr = roundUp(ptr, a)
			c.put(ptr, ts[i], e)
			ptr += s
		}
	} else if cases := casesOf(t); cases != nil {
		i, payload := chosen(cases, v.(spec.Dict))
		offset, _, _ := c.payload(cases)
		c.putInt(ptr, discriminantSize(len(cases)), uint64(i))
		if cases[i].T != nil {
			c.put(ptr+offset, cases[i].T, payload)
		}
	} else {
		begin, n := c.putApart(t, v)
		c.putInt(ptr, c.word(), begin)
		c.putInt(ptr+c.word(), c.word(), n)
	}
}

// putApart stores text or a list in a block of its own, and returns its address and its length.
func (c *codec) putApart(t spec.ValType, v spec.Value) (ptr, n uint64) {
	list, ok := t.(*spec.ListType)
	if !ok {
		return c.putText(v.(spec.String).S)
	}
	size, align := c.shape(list.T)
	elems := v.(spec.List)
	ptr = c.alloc(size*uint64(len(elems)), align)
	for i, e := range elems {
		c.put(ptr+size*uint64(i), list.T, e)
	}
	return ptr, uint64(len(elems))
}

// putText stores text, in Latin-1 where the encoding has that and the text can be written in it.
func (c *codec) putText(s string) (ptr, n uint64) {
	units, size, tag := utf16.Encode([]rune(s)), uint64(2), uint64(0)
	switch {
	case c.encoding == spec.UTF8:
		ptr = c.alloc(uint64(len(s)), 1)
		copy(c.mem.Bytes.B[ptr:], s)
		return ptr, uint64(len(s))
	case c.encoding == spec.Latin1UTF16 && isLatin1(s):
		size = 1
	case c.encoding == spec.Latin1UTF16:
		tag = 1 << (8*c.word() - 1)
	}
	ptr = c.alloc(size*uint64(len(units)), 2)
	for i, u := range units {
		c.putInt(ptr+size*uint64(i), size, uint64(u))
	}
	return ptr, uint64(len(units)) | tag
}

func isLatin1(s string) bool {
	for _, r := range s {
		if r > 0xff {
			return false
		}
	}
	return true
}

// lower appends the bits of the numbers that a value is passed as. Converting the numbers of a case to the joined types keeps the
// bits.
func (c *codec) lower(bits []uint64, t spec.ValType, v spec.Value) []uint64 {
	if _, ok := scalars[t]; ok {
		n := c.bits(t, v)
		if types := c.coreTypes(t); narrow(types[0]) {
			n &= math.MaxUint32
		}
		return append(bits, n)
	}
	if _, ok := t.(*spec.FlagsType); ok {
		return append(bits, flagBits(v.(spec.Dict)))
	}
	if _, ts, ok := parts(t); ok {
		for i, e := range partsOf(v) {
			bits = c.lower(bits, ts[i], e)
		}
		return bits
	}
	if cases := casesOf(t); cases != nil {
		end := len(bits) + len(c.coreTypes(t))
		i, payload := chosen(cases, v.(spec.Dict))
		bits = append(bits, uint64(i))
		if cases[i].T != nil {
			bits = c.lower(bits, cases[i].T, payload)
		}
		return append(bits, make([]uint64, end-len(bits))...)
	}
	ptr, n := c.putApart(t, v)
	return append(bits, ptr, n)
}

// coreOfBits is the core value of a type that has these bits.
func coreOfBits(bits uint64, t spec.CoreType) spec.CoreValue {
	switch t {
	case spec.F32:
		return spec.CoreFloat(float64(math.Float32frombits(uint32(bits))))
	case spec.F64:
		return spec.CoreFloat(math.Float64frombits(bits))
	}
	return spec.CoreInt(bits & mask(t))
}

// partsOf are the parts of a value that has parts.
func partsOf(v spec.Value) []spec.Value {
	if list, ok := v.(spec.List); ok {
		return list
	}
	var vs []spec.Value
	for _, e := range v.(spec.Dict) {
		vs = append(vs, e.Value)
	}
	return vs
}

// chosen is the number of the case that a value is of, and its payload.
func chosen(cases []spec.CaseType, v spec.Dict) (int, spec.Value) {
	for i, c := range cases {
		if c.Label == v[0].Label {
			return i, v[0].Value
		}
	}
	panic(fmt.Sprintf("no case %s", v[0].Label))
}

// flagBits has a bit for each flag, the first is the lowest.
func flagBits(v spec.Dict) uint64 {
	bits := uint64(0)
	for i, e := range v {
		if e.Value.(bool) {
			bits |= 1 << i
		}
	}
	return bits
}
