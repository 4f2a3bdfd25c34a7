// definitions.py, "Loading"

package spec

import (
	"math"
	"unicode/utf8"
)

// load lifts a value of type t from memory.
//
//cabi:py load 8e4876cc
func load(cx *LiftLowerContext, ptr uint64, t ValType) Value {
	mem := cx.opts.Memory
	cx.assert(aligned(ptr, alignment(t, mem.ptrType())), "load/aligned", "what is loaded is aligned")
	cx.assert(add(ptr, elemSize(t, mem.ptrType())) <= mem.length(), "load/bounds", "what is loaded is within the memory")
	switch t := despecialize(t).(type) {
	case BoolType:
		return convertIntToBool(cx, loadInt(cx, ptr, 1, unsigned))
	case U8Type:
		return loadInt(cx, ptr, 1, unsigned)
	case U16Type:
		return loadInt(cx, ptr, 2, unsigned)
	case U32Type:
		return loadInt(cx, ptr, 4, unsigned)
	case U64Type:
		return loadInt(cx, ptr, 8, unsigned)
	case S8Type:
		return loadInt(cx, ptr, 1, signed)
	case S16Type:
		return loadInt(cx, ptr, 2, signed)
	case S32Type:
		return loadInt(cx, ptr, 4, signed)
	case S64Type:
		return loadInt(cx, ptr, 8, signed)
	case F32Type:
		return decodeI32AsFloat(cx, loadInt(cx, ptr, 4, unsigned).magnitude)
	case F64Type:
		return decodeI64AsFloat(cx, loadInt(cx, ptr, 8, unsigned).magnitude)
	case CharType:
		return convertI32ToChar(cx, loadInt(cx, ptr, 4, unsigned))
	case StringType:
		return loadString(cx, ptr)
	case *ErrorContextType:
		return liftErrorContext(cx, loadInt(cx, ptr, 4, unsigned).magnitude)
	case *ListType:
		return loadList(cx, ptr, t.T, t.L)
	case *RecordType:
		return loadRecord(cx, ptr, t.Fields)
	case *VariantType:
		return loadVariant(cx, ptr, t.Cases)
	case *FlagsType:
		return loadFlags(cx, ptr, t.Labels)
	case *OwnType:
		return liftOwn(cx, loadInt(cx, ptr, 4, unsigned).magnitude, t)
	case *BorrowType:
		return liftBorrow(cx, loadInt(cx, ptr, 4, unsigned).magnitude, t)
	case *StreamType:
		return liftStream(cx, loadInt(cx, ptr, 4, unsigned).magnitude, t.T)
	case *FutureType:
		return liftFuture(cx, loadInt(cx, ptr, 4, unsigned).magnitude, t.T)
	}
	return nil
}

// The keyword argument signed of load_int and store_int.
const (
	unsigned = false
	signed   = true
)

//cabi:py load_int 20e133b2
func loadInt(cx *LiftLowerContext, ptr, nbytes uint64, signed bool) Int {
	bytes := cx.opts.Memory.slice(ptr, add(ptr, nbytes))
	v := uint64(0)
	for i, b := range bytes {
		v |= uint64(b) << (8 * i)
	}
	if n := len(bytes); signed && n > 0 && bytes[n-1] >= 0x80 {
		return Int{true, (^v + 1) << (64 - 8*n) >> (64 - 8*n)}
	}
	return UintOf(v)
}

//cabi:py convert_int_to_bool 6e28ded3
func convertIntToBool(cx *LiftLowerContext, i Int) bool {
	cx.assert(!i.negative, "convert_int_to_bool/negative", "a bool is not lifted from a negative number")
	return i != Int{}
}

//cabi:notported DETERMINISTIC_PROFILE 31ece0ab is Options.Deterministic

const (
	//cabi:py CANONICAL_FLOAT32_NAN f7ac5c64
	canonicalFloat32NaN = 0x7fc00000
	//cabi:py CANONICAL_FLOAT64_NAN f2ccae81
	canonicalFloat64NaN = 0x7ff8000000000000
)

//cabi:py canonicalize_nan32 7984bfbe
func canonicalizeNaN32(cx *LiftLowerContext, f Float) Float {
	if f.isNaN() {
		f = coreF32ReinterpretI32(canonicalFloat32NaN)
		cx.assert(f.isNaN(), "canonicalize_nan32/nan", "the canonical NaN is a NaN")
	}
	return f
}

//cabi:py canonicalize_nan64 0c3e1894
func canonicalizeNaN64(cx *LiftLowerContext, f Float) Float {
	if f.isNaN() {
		f = coreF64ReinterpretI64(canonicalFloat64NaN)
		cx.assert(f.isNaN(), "canonicalize_nan64/nan", "the canonical NaN is a NaN")
	}
	return f
}

//cabi:py decode_i32_as_float 3656c407
func decodeI32AsFloat(cx *LiftLowerContext, i uint64) Float {
	return canonicalizeNaN32(cx, coreF32ReinterpretI32(uint32(i)))
}

//cabi:py decode_i64_as_float 0b9924ef
func decodeI64AsFloat(cx *LiftLowerContext, i uint64) Float {
	return canonicalizeNaN64(cx, coreF64ReinterpretI64(i))
}

// coreF32ReinterpretI32 widens the f32 of bits i to a double.
//
// quirk: Python's floats are doubles, and widening makes a signalling NaN quiet.
//
//cabi:py core_f32_reinterpret_i32 e92ae16e
func coreF32ReinterpretI32(i uint32) Float {
	if i&0x7f800000 == 0x7f800000 && i&0x007fffff != 0 {
		sign, fraction := uint64(i>>31)<<63, uint64(i&0x007fffff)<<29
		return Float(sign | 0x7ff8000000000000 | fraction)
	}
	return FloatOf(float64(math.Float32frombits(i)))
}

//cabi:py core_f64_reinterpret_i64 5635bf7d
func coreF64ReinterpretI64(i uint64) Float { return Float(i) }

//cabi:py convert_i32_to_char 2d151906
func convertI32ToChar(cx *LiftLowerContext, i Int) Char {
	cx.assert(!i.negative, "convert_i32_to_char/negative", "a char is not lifted from a negative number")
	cx.trapIf(i.magnitude >= 0x110000, "convert_i32_to_char/range", "the char is beyond U+10FFFF")
	cx.trapIf(0xD800 <= i.magnitude && i.magnitude <= 0xDFFF, "convert_i32_to_char/surrogate", "the char is a surrogate")
	if i.magnitude >= 0x110000 {
		crash("convert_i32_to_char", "ValueError", "chr() arg not in range(0x110000)")
	}
	return Char(i.magnitude)
}

// A String is a string, with the encoding and the tagged number of code units that it was lifted from.
//
//cabi:py String 7855620f
type String struct {
	S               string
	Encoding        StringEncoding
	TaggedCodeUnits uint64
}

// UTF8String is the string s in UTF-8.
func UTF8String(s string) String { return String{s, UTF8, uint64(len(s))} }

//cabi:py load_string a34363fc
func loadString(cx *LiftLowerContext, ptr uint64) String {
	begin := loadInt(cx, ptr, cx.opts.Memory.ptrSize(), unsigned)
	taggedCodeUnits := loadInt(cx, add(ptr, cx.opts.Memory.ptrSize()), cx.opts.Memory.ptrSize(), unsigned)
	return loadStringFromRange(cx, begin.magnitude, taggedCodeUnits.magnitude)
}

//cabi:py utf16_tag b6fc0b7f
func utf16Tag(ptrType CoreType) uint64 {
	return 1 << (ptrSize(ptrType)*8 - 1)
}

const (
	//cabi:py REALLOC_I32_MAX 03d92dbf
	reallocI32Max = 1<<32 - 1
	//cabi:py MAX_STRING_BYTE_LENGTH ac174aa9
	maxStringByteLength = (1 << 28) - 1
)

//cabi:py <module> d5a2a1a8
func init() {
	assertStatic(reallocI32Max > 2*maxStringByteLength, "<module>/string-byte-length", "twice the longest string can be reallocated")
	assertStatic(reallocI32Max > 2*maxListByteLength, "<module>/list-byte-length", "twice the longest list can be reallocated")
}

//cabi:py load_string_from_range 33c3827e
func loadStringFromRange(cx *LiftLowerContext, ptr, taggedCodeUnits uint64) String {
	mem := cx.memory("load_string_from_range")
	tag := utf16Tag(mem.ptrType())
	var alignment, byteLength uint64
	var decode func([]byte) (string, bool)
	switch cx.opts.StringEncoding {
	case UTF8:
		alignment = 1
		byteLength = taggedCodeUnits
		decode = decodeUTF8
	case UTF16:
		alignment = 2
		byteLength = mul(2, taggedCodeUnits)
		decode = decodeUTF16
	case Latin1UTF16:
		alignment = 2
		if taggedCodeUnits&tag != 0 {
			byteLength = mul(2, taggedCodeUnits^tag)
			decode = decodeUTF16
		} else {
			byteLength = taggedCodeUnits
			decode = decodeLatin1
		}
	}

	cx.trapIf(byteLength > cx.limits().StringByteLength, "load_string_from_range/length", "the string is too long")
	cx.trapIf(!aligned(ptr, alignment), "load_string_from_range/aligned", "the string is not aligned")
	cx.trapIf(add(ptr, byteLength) > mem.length(), "load_string_from_range/bounds", "the string is out of the memory's bounds")
	s, ok := decode(mem.slice(ptr, add(ptr, byteLength)))
	if !ok {
		cx.store().trap("load_string_from_range/encoding", "the string is not well-formed in its encoding")
		crash("load_string_from_range", "UnboundLocalError", "cannot access local variable 's'")
	}

	return String{s, cx.opts.StringEncoding, taggedCodeUnits}
}

func decodeUTF8(b []byte) (string, bool) { return string(b), utf8.Valid(b) }

//cabi:py lift_error_context 4f99a522
func liftErrorContext(cx *LiftLowerContext, i uint64) *ErrorContext {
	at := cx.inst.handles.get(i, wantErrorContext)
	errctx, ok := at.found.(*ErrorContext)
	at.trapIf(!ok, "lift_error_context/class", "the handle is no error context")
	return errctx
}

//cabi:py MAX_LIST_BYTE_LENGTH 5ba68bfb
const maxListByteLength = (1 << 28) - 1

//cabi:py load_list aefb9727
func loadList(cx *LiftLowerContext, ptr uint64, elemType ValType, maybeLength *uint64) List {
	if maybeLength != nil {
		return loadListFromValidRange(cx, ptr, *maybeLength, elemType)
	}
	begin := loadInt(cx, ptr, cx.opts.Memory.ptrSize(), unsigned)
	length := loadInt(cx, add(ptr, cx.opts.Memory.ptrSize()), cx.opts.Memory.ptrSize(), unsigned)
	return loadListFromRange(cx, begin.magnitude, length.magnitude, elemType)
}

//cabi:py load_list_from_range 8df19b2e
func loadListFromRange(cx *LiftLowerContext, ptr, length uint64, elemType ValType) List {
	mem := cx.opts.Memory
	cx.trapIf(mul(length, elemSize(elemType, mem.ptrType())) > cx.limits().ListByteLength, "load_list_from_range/length", "the list is too long")
	cx.trapIf(!aligned(ptr, alignment(elemType, mem.ptrType())), "load_list_from_range/aligned", "the list is not aligned")
	cx.trapIf(add(ptr, mul(length, elemSize(elemType, mem.ptrType()))) > mem.length(), "load_list_from_range/bounds", "the list is out of the memory's bounds")
	return loadListFromValidRange(cx, ptr, length, elemType)
}

//cabi:py load_list_from_valid_range 9d04ea39
func loadListFromValidRange(cx *LiftLowerContext, ptr, length uint64, elemType ValType) List {
	a := List{}
	for i := range length {
		a = append(a, load(cx, add(ptr, mul(i, elemSize(elemType, cx.opts.Memory.ptrType()))), elemType))
	}
	return a
}

//cabi:py load_record ebe9e27f
func loadRecord(cx *LiftLowerContext, ptr uint64, fields []FieldType) Dict {
	record := make(Dict, 0, len(fields))
	for _, field := range fields {
		ptr = alignTo(ptr, alignment(field.T, cx.opts.Memory.ptrType()))
		record.set(field.Label, load(cx, ptr, field.T))
		ptr = add(ptr, elemSize(field.T, cx.opts.Memory.ptrType()))
	}
	return record
}

//cabi:py load_variant e1fe6c97
func loadVariant(cx *LiftLowerContext, ptr uint64, cases []CaseType) Dict {
	discSize := elemSize(discriminant(cases, "load_int"), cx.opts.Memory.ptrType())
	caseIndex := loadInt(cx, ptr, discSize, unsigned).magnitude
	ptr = add(ptr, discSize)
	cx.trapIf(caseIndex >= uint64(len(cases)), "load_variant/case", "the discriminant names no case")
	c := caseAt(cases, caseIndex, "load_variant")
	ptr = alignTo(ptr, maxCaseAlignment(cases, cx.opts.Memory.ptrType()))
	if c.T == nil {
		return Dict{{c.Label, nil}}
	}
	return Dict{{c.Label, load(cx, ptr, c.T)}}
}

// caseAt is cases[i] in the Python function named.
func caseAt(cases []CaseType, i uint64, function string) CaseType {
	if i >= uint64(len(cases)) {
		crash(function, "IndexError", "list index out of range")
	}
	return cases[i]
}

//cabi:py load_flags d48b0e51
func loadFlags(cx *LiftLowerContext, ptr uint64, labels []string) Dict {
	i := loadInt(cx, ptr, elemSizeFlags(labels), unsigned)
	return unpackFlagsFromInt(i.magnitude, labels)
}

//cabi:py unpack_flags_from_int 5c0f4a05
func unpackFlagsFromInt(i uint64, labels []string) Dict {
	record := make(Dict, 0, len(labels))
	for _, l := range labels {
		record.set(l, i&1 != 0)
		i >>= 1
	}
	return record
}

//cabi:py lift_own ffee4a03
func liftOwn(cx *LiftLowerContext, i uint64, t *OwnType) Int {
	at := cx.inst.handles.remove(i, wantResource(t.Rt))
	h := isA[*ResourceHandle](at, "lift_own/class", "the handle is no resource handle")
	at.trapIf(h.rt != t.Rt, "lift_own/type", "the handle is of another resource type")
	cx.trapIf(h.numLends != 0, "lift_own/num_lends", "the handle is lent")
	cx.trapIf(!h.own, "lift_own/own", "the handle owns nothing")
	return h.rep
}

//cabi:py lift_borrow 2a5455a7
func liftBorrow(cx *LiftLowerContext, i uint64, t *BorrowType) Int {
	subtask, ok := cx.borrowScope.(*Subtask)
	cx.assert(ok, "lift_borrow/scope", "a borrow is lifted in the scope of a subtask")
	at := cx.inst.handles.get(i, wantResource(t.Rt))
	h := isA[*ResourceHandle](at, "lift_borrow/class", "the handle is no resource handle")
	at.trapIf(h.rt != t.Rt, "lift_borrow/type", "the handle is of another resource type")
	subtask.addLender(h)
	return h.rep
}

//cabi:py lift_stream 30e6250e
func liftStream(cx *LiftLowerContext, i uint64, t ValType) SharedBase {
	return liftAsyncValue(ClassReadableStreamEnd, cx, i, t)
}

//cabi:py lift_future a4ac9573
func liftFuture(cx *LiftLowerContext, i uint64, t ValType) SharedBase {
	return liftAsyncValue(ClassReadableFutureEnd, cx, i, t)
}

//cabi:py lift_async_value 9a9f5958
func liftAsyncValue(readableEndT Class, cx *LiftLowerContext, i uint64, t ValType) SharedBase {
	cx.assert(!containsBorrow(t), "lift_async_value/no-borrow", "streams and futures carry no borrows")
	at := cx.inst.handles.remove(i, wantEnd(readableEndT, t))
	e := isAnEnd(at, "lift_async_value/class", "the handle is no readable end of that kind").base()
	at.trapIf(!typesEqual(e.shared.T(), t), "lift_async_value/type", "the end is of another type")
	cx.trapIf(e.state != CopyStateIdle, "lift_async_value/idle", "the end is copying or done")
	cx.trapIf(e.inWaitableSet(), "lift_async_value/in-set", "the end is in a waitable set")
	return e.shared
}
