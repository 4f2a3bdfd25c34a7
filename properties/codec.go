package properties

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"cabi/spec"
)

// The reading half of a second codec of values, written from the prose of CanonicalABI.md and not from the port: the layout of values in
// memory, and the numbers that they are passed as. Promises compare what the specification passes with it: a mistake that it makes
// alike in storing and in loading would survive every round trip. Tests have the writing half.

// A decoder reads values from a memory, with text in an encoding. Handles are no values to it.
type decoder struct {
	mem                *spec.MemInst
	encoding           spec.StringEncoding
	mostText, mostList uint64 // how many bytes text and lists have at most
	strict             bool   // numbers are those that a value is passed as, and no others that stand for it as well
}

var errInvalid = errors.New("no value")

// word is the size of an address.
func (c *decoder) word() uint64 {
	if c.mem.AddrType == spec.I64 {
		return 8
	}
	return 4
}

func roundUp(n, to uint64) uint64 { return (n + to - 1) / to * to }

// scalars are the sizes of the types that are one number; those of handles count too.
var scalars = map[spec.ValType]uint64{spec.BoolType{}: 1, spec.U8Type{}: 1, spec.S8Type{}: 1, spec.U16Type{}: 2, spec.S16Type{}: 2,
	spec.U32Type{}: 4, spec.S32Type{}: 4, spec.CharType{}: 4, spec.F32Type{}: 4, spec.U64Type{}: 8, spec.S64Type{}: 8, spec.F64Type{}: 8}

// parts are the types of the fields of a record, tuple or list of fixed length, with their labels; false: t is another type.
func parts(t spec.ValType) (labels []string, ts []spec.ValType, ok bool) {
	switch t := t.(type) {
	case *spec.RecordType:
		for _, f := range t.Fields {
			labels, ts = append(labels, f.Label), append(ts, f.T)
		}
		return labels, ts, true
	case *spec.TupleType:
		for i := range t.Ts {
			labels = append(labels, strconv.Itoa(i))
		}
		return labels, t.Ts, true
	case *spec.ListType:
		if t.L == nil {
			return nil, nil, false
		}
		for range *t.L {
			ts = append(ts, t.T)
		}
		return nil, ts, true
	}
	return nil, nil, false
}

// casesOf are the cases of a type whose values are one of several; nil: t has none.
func casesOf(t spec.ValType) []spec.CaseType {
	switch t := t.(type) {
	case *spec.VariantType:
		return t.Cases
	case *spec.OptionType:
		return []spec.CaseType{{Label: "none"}, {Label: "some", T: t.T}}
	case *spec.ResultType:
		return []spec.CaseType{{Label: "ok", T: t.Ok}, {Label: "error", T: t.Error}}
	case *spec.EnumType:
		var cases []spec.CaseType
		for _, l := range t.Labels {
			cases = append(cases, spec.CaseType{Label: l})
		}
		return cases
	}
	return nil
}

// bytesFor is how many bytes n bits take: one, two or four.
func bytesFor(bits int) uint64 {
	switch {
	case bits <= 8:
		return 1
	case bits <= 16:
		return 2
	}
	return 4
}

// discriminantSize is the size of the number that stands for one of n cases.
func discriminantSize(n int) uint64 {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	}
	return 4
}

// shape is the size and the alignment of a type.
func (c *decoder) shape(t spec.ValType) (size, align uint64) {
	if n, ok := scalars[t]; ok {
		return n, n
	}
	if flags, ok := t.(*spec.FlagsType); ok {
		n := bytesFor(len(flags.Labels))
		return n, n
	}
	if _, ts, ok := parts(t); ok {
		align = 1
		for _, t := range ts {
			s, a := c.shape(t)
			size, align = roundUp(size, a)+s, max(align, a)
		}
		return roundUp(size, align), align
	}
	if cases := casesOf(t); cases != nil {
		payload, align, most := c.payload(cases)
		align = max(align, discriminantSize(len(cases)))
		return roundUp(payload+most, align), align
	}
	return 2 * c.word(), c.word() // text and lists
}

// payload is the offset of the payload of a type with cases, the type's alignment, and the most bytes that a payload takes.
func (c *decoder) payload(cases []spec.CaseType) (offset, align, most uint64) {
	align = 1
	for _, k := range cases {
		if k.T != nil {
			s, a := c.shape(k.T)
			align, most = max(align, a), max(most, s)
		}
	}
	return roundUp(discriminantSize(len(cases)), align), align, most
}

func (c *decoder) getInt(ptr, size uint64) uint64 {
	v := uint64(0)
	for i := range size {
		v |= uint64(c.mem.Bytes.B[ptr+i]) << (8 * i)
	}
	return v
}

// bitsOf are the widths of the integer types, as negative numbers for the signed ones.
var bitsOf = map[spec.ValType]int{spec.U8Type{}: 8, spec.U16Type{}: 16, spec.U32Type{}: 32, spec.U64Type{}: 64,
	spec.S8Type{}: -8, spec.S16Type{}: -16, spec.S32Type{}: -32, spec.S64Type{}: -64}

// number is the value of a type that is one number, from its bits. There may be more bits than the type has.
func number(t spec.ValType, bits uint64) (spec.Value, error) {
	switch t.(type) {
	case spec.BoolType:
		return bits != 0, nil
	case spec.CharType:
		if bits = bits & math.MaxUint32; bits > 0x10ffff || bits >= 0xd800 && bits <= 0xdfff {
			return nil, errInvalid
		}
		return spec.Char(bits), nil
	case spec.F32Type:
		return canonical(float64(math.Float32frombits(uint32(bits)))), nil
	case spec.F64Type:
		return canonical(math.Float64frombits(bits)), nil
	}
	width := bitsOf[t]
	if width < 0 {
		return spec.IntOf(int64(bits<<(64+width)) >> (64 + width)), nil
	}
	return spec.UintOf(bits << (64 - width) >> (64 - width)), nil
}

// exact reports whether a number is the one that a value is passed as: extended by zeros, or by its sign.
func exact(t spec.ValType, n uint64, v spec.Value) bool {
	switch width := bitsOf[t]; {
	case t == spec.BoolType{}:
		return n <= 1
	case width > 0 && width < 32:
		return n>>width == 0
	case width < 0 && width > -32:
		signed, _ := v.(spec.Int).Int64()
		return n == uint64(uint32(signed))
	}
	return true
}

// canonical is a float; for a NaN, the canonical one.
func canonical(f float64) spec.Float {
	if f != f {
		return spec.Float(0x7ff8000000000000)
	}
	return spec.FloatOf(f)
}

// get reads a value. The bytes may be none: then there is an error.
func (c *decoder) get(ptr uint64, t spec.ValType) (spec.Value, error) {
	if size, ok := scalars[t]; ok {
		return number(t, c.getInt(ptr, size))
	}
	if flags, ok := t.(*spec.FlagsType); ok {
		return flagsOf(flags, c.getInt(ptr, bytesFor(len(flags.Labels)))), nil
	}
	if labels, ts, ok := parts(t); ok {
		return collect(labels, ts, func(t spec.ValType) (spec.Value, error) {
			size, align := c.shape(t)
			ptr = roundUp(ptr, align) + size
			return c.get(ptr-size, t)
		})
	}
	if cases := casesOf(t); cases != nil {
		offset, _, _ := c.payload(cases)
		return oneCase(cases, c.getInt(ptr, discriminantSize(len(cases))), func(t spec.ValType) (spec.Value, error) {
			return c.get(ptr+offset, t)
		})
	}
	return c.getApart(t, c.getInt(ptr, c.word()), c.getInt(ptr+c.word(), c.word()))
}

// getApart reads text, a list or a map, which is a list of pairs.
func (c *decoder) getApart(t spec.ValType, ptr, n uint64) (spec.Value, error) {
	switch t := t.(type) {
	case *spec.ListType:
		return c.getElements(t.T, ptr, n)
	case *spec.MapType:
		return c.getElements(&spec.TupleType{Ts: []spec.ValType{t.K, t.V}}, ptr, n)
	}
	return c.getText(ptr, n)
}

// getElements reads n values of a type that lie one after the other.
func (c *decoder) getElements(t spec.ValType, ptr, n uint64) (spec.Value, error) {
	size, align := c.shape(t)
	if err := c.within(ptr, n, size, align, limit(c.mostList, spec.UpstreamLimits.ListByteLength)); err != nil {
		return nil, err
	}
	elems := spec.List{}
	for i := range n {
		e, err := c.get(ptr+size*i, t)
		if err != nil {
			return nil, err
		}
		elems = append(elems, e)
	}
	return elems, nil
}

// within checks that n elements are aligned, in the memory, and of so many bytes at most.
func (c *decoder) within(ptr, n, size, align, most uint64) error {
	if length := uint64(len(c.mem.Bytes.B)); ptr%align != 0 || n > length || ptr > length || ptr+n*size > length || n*size > most {
		return errInvalid
	}
	return nil
}

func (c *decoder) getText(ptr, n uint64) (spec.Value, error) {
	size, align := uint64(1), uint64(1)
	if tag := uint64(1) << (8*c.word() - 1); c.encoding == spec.UTF16 || c.encoding == spec.Latin1UTF16 && n&tag != 0 {
		size, align = 2, 2
		if c.encoding == spec.Latin1UTF16 {
			n ^= tag
		}
	} else if c.encoding == spec.Latin1UTF16 {
		align = 2
	}
	if err := c.within(ptr, n, size, align, limit(c.mostText, spec.UpstreamLimits.StringByteLength)); err != nil {
		return nil, err
	}
	return c.decode(ptr, n, size)
}

// decode reads n code units of a size.
func (c *decoder) decode(ptr, n, size uint64) (spec.Value, error) {
	if c.encoding == spec.UTF8 {
		b := c.mem.Bytes.B[ptr : ptr+n]
		if !utf8.Valid(b) {
			return nil, errInvalid
		}
		return spec.UTF8String(string(b)), nil
	}
	var units []uint16
	for i := range n {
		units = append(units, uint16(c.getInt(ptr+size*i, size)))
	}
	runes := utf16.Decode(units)
	for i, u := range utf16.Encode(runes) {
		if u != units[i] { // half of a pair was replaced
			return nil, errInvalid
		}
	}
	return spec.UTF8String(string(runes)), nil
}

// coreTypes are the core types of the numbers that a value of type t is passed as.
func (c *decoder) coreTypes(t spec.ValType) []spec.CoreType {
	switch t.(type) {
	case spec.F32Type:
		return []spec.CoreType{spec.F32}
	case spec.F64Type:
		return []spec.CoreType{spec.F64}
	case spec.U64Type, spec.S64Type:
		return []spec.CoreType{spec.I64}
	}
	if _, ok := scalars[t]; ok {
		return []spec.CoreType{spec.I32}
	}
	if _, ok := t.(*spec.FlagsType); ok {
		return []spec.CoreType{spec.I32}
	}
	if _, ts, ok := parts(t); ok {
		var types []spec.CoreType
		for _, t := range ts {
			types = append(types, c.coreTypes(t)...)
		}
		return types
	}
	if cases := casesOf(t); cases != nil {
		return append([]spec.CoreType{spec.I32}, c.joined(cases)...)
	}
	return []spec.CoreType{c.mem.AddrType, c.mem.AddrType}
}

// joined are core types that hold the numbers of any of the cases: where two differ, one that has room for both.
func (c *decoder) joined(cases []spec.CaseType) []spec.CoreType {
	var types []spec.CoreType
	for _, k := range cases {
		if k.T == nil {
			continue
		}
		for i, t := range c.coreTypes(k.T) {
			switch {
			case i == len(types):
				types = append(types, t)
			case types[i] != t && narrow(types[i]) && narrow(t):
				types[i] = spec.I32
			case types[i] != t:
				types[i] = spec.I64
			}
		}
	}
	return types
}

func narrow(t spec.CoreType) bool { return t == spec.I32 || t == spec.F32 }

// lift reads a value from the bits of numbers, and returns the bits that are left.
func (c *decoder) lift(bits []uint64, t spec.ValType) (spec.Value, []uint64, error) {
	if _, ok := scalars[t]; ok {
		n := bits[0] & mask(c.coreTypes(t)[0])
		v, err := number(t, n)
		if c.strict && !exact(t, n, v) {
			err = errInvalid
		}
		return v, bits[1:], err
	}
	if flags, ok := t.(*spec.FlagsType); ok {
		return flagsOf(flags, bits[0]), bits[1:], nil
	}
	if labels, ts, ok := parts(t); ok {
		v, err := collect(labels, ts, func(t spec.ValType) (v spec.Value, err error) {
			v, bits, err = c.lift(bits, t)
			return v, err
		})
		return v, bits, err
	}
	if cases := casesOf(t); cases != nil {
		v, err := oneCase(cases, bits[0]&math.MaxUint32, func(t spec.ValType) (spec.Value, error) {
			v, _, err := c.lift(bits[1:], t)
			return v, err
		})
		return v, bits[len(c.coreTypes(t)):], err
	}
	width := mask(c.mem.AddrType)
	v, err := c.getApart(t, bits[0]&width, bits[1]&width)
	return v, bits[2:], err
}

// mask has the bits set that a number of a core type has.
func mask(t spec.CoreType) uint64 {
	if narrow(t) {
		return math.MaxUint32
	}
	return math.MaxUint64
}

// bitsOfCore are the bits of a core value that is passed as one of a type.
func bitsOfCore(v spec.CoreValue, t spec.CoreType) uint64 {
	switch {
	case !v.IsFloat():
		return v.Uint64()
	case t == spec.F32 && v.Float64() != v.Float64():
		return 0x7fc00000
	case t == spec.F32:
		return uint64(math.Float32bits(float32(v.Float64())))
	}
	return math.Float64bits(v.Float64())
}

// collect reads the parts of a value in order. Without labels it is a list.
func collect(labels []string, ts []spec.ValType, read func(spec.ValType) (spec.Value, error)) (spec.Value, error) {
	list, dict := spec.List{}, spec.Dict{}
	for i, t := range ts {
		v, err := read(t)
		if err != nil {
			return nil, err
		}
		if labels == nil {
			list = append(list, v)
		} else {
			dict = append(dict, spec.Entry{Label: labels[i], Value: v})
		}
	}
	if labels == nil {
		return list, nil
	}
	return dict, nil
}

// oneCase reads the value of a case.
func oneCase(cases []spec.CaseType, i uint64, read func(spec.ValType) (spec.Value, error)) (spec.Value, error) {
	if i >= uint64(len(cases)) {
		return nil, errInvalid
	}
	c := cases[i]
	if c.T == nil {
		return spec.Dict{{Label: c.Label}}, nil
	}
	v, err := read(c.T)
	return spec.Dict{{Label: c.Label, Value: v}}, err
}

func flagsOf(t *spec.FlagsType, bits uint64) spec.Dict {
	var d spec.Dict
	for i, l := range t.Labels {
		d = append(d, spec.Entry{Label: l, Value: bits>>i&1 != 0})
	}
	return d
}

// receive reads values that are passed as numbers, or in memory if there are more numbers than most.
func (c *decoder) receive(ts []spec.ValType, core []spec.CoreValue, most int) (spec.Value, error) {
	tuple := &spec.TupleType{Ts: ts}
	types := c.coreTypes(tuple)
	if len(types) > most && len(core) > 0 {
		size, align := c.shape(tuple)
		if err := c.within(core[0].Uint64(), 1, size, align, math.MaxUint64); err != nil {
			return nil, err
		}
		return c.get(core[0].Uint64(), tuple)
	}
	if len(core) != len(types) {
		return nil, fmt.Errorf("flat-types: %d numbers were passed, %s is passed as %d", len(core), spec.TypeName(tuple), len(types))
	}
	var bits []uint64
	for i, v := range core {
		if (types[i] == spec.F32 || types[i] == spec.F64) != v.IsFloat() {
			return nil, fmt.Errorf("flat-types: number %d is %s, of %s it must be an %s", i, v, spec.TypeName(tuple), types[i])
		}
		bits = append(bits, bitsOfCore(v, types[i]))
	}
	v, _, err := c.lift(bits, tuple)
	return v, err
}
