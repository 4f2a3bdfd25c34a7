// definitions.py, "Storing"

package spec

import "math"

// store lowers v, a value of type t, into memory.
//
//cabi:py store 57db7871
func store(cx *LiftLowerContext, v Value, t ValType, ptr uint64) {
	mem := cx.memory("store")
	cx.assert(aligned(ptr, alignment(t, mem.ptrType())), "store/aligned", "what is stored is aligned")
	cx.assert(add(ptr, elemSize(t, mem.ptrType())) <= mem.length(), "store/bounds", "what is stored is within the memory")
	switch t := despecialize(t).(type) {
	case BoolType:
		storeInt(cx, intOfBool(as[bool](v, "store")), ptr, 1, unsigned)
	case U8Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 1, unsigned)
	case U16Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 2, unsigned)
	case U32Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 4, unsigned)
	case U64Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 8, unsigned)
	case S8Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 1, signed)
	case S16Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 2, signed)
	case S32Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 4, signed)
	case S64Type:
		storeInt(cx, as[Int](v, "store_int"), ptr, 8, signed)
	case F32Type:
		storeInt(cx, UintOf(encodeFloatAsI32(cx, as[Float](v, "maybe_scramble_nan32"))), ptr, 4, unsigned)
	case F64Type:
		storeInt(cx, UintOf(encodeFloatAsI64(cx, as[Float](v, "maybe_scramble_nan64"))), ptr, 8, unsigned)
	case CharType:
		storeInt(cx, UintOf(charToI32(cx, as[Char](v, "char_to_i32"))), ptr, 4, unsigned)
	case StringType:
		storeString(cx, as[String](v, "store_string_into_range"), ptr)
	case *ErrorContextType:
		storeInt(cx, UintOf(lowerErrorContext(cx, as[*ErrorContext](v, "lower_error_context"))), ptr, 4, unsigned)
	case *ListType:
		storeList(cx, as[List](v, "store_list"), ptr, t.T, t.L)
	case *RecordType:
		storeRecord(cx, as[Dict](v, "store_record"), ptr, t.Fields)
	case *VariantType:
		storeVariant(cx, as[Dict](v, "match_case"), ptr, t.Cases)
	case *FlagsType:
		storeFlags(cx, as[Dict](v, "pack_flags_into_int"), ptr, t.Labels)
	case *OwnType:
		storeInt(cx, UintOf(lowerOwn(cx, as[Int](v, "lower_own"), t)), ptr, 4, unsigned)
	case *BorrowType:
		storeInt(cx, lowerBorrow(cx, as[Int](v, "lower_borrow"), t), ptr, 4, unsigned)
	case *StreamType:
		storeInt(cx, UintOf(lowerStream(cx, v, t.T)), ptr, 4, unsigned)
	case *FutureType:
		storeInt(cx, UintOf(lowerFuture(cx, v, t.T)), ptr, 4, unsigned)
	}
}

// intOfBool is int(b).
func intOfBool(b bool) Int {
	if b {
		return IntOf(1)
	}
	return IntOf(0)
}

//cabi:py store_int 15804d57
func storeInt(cx *LiftLowerContext, v Int, ptr, nbytes uint64, signed bool) {
	cx.opts.Memory.setSlice(ptr, add(ptr, nbytes), toBytes(v, nbytes, signed, "store_int"))
}

// toBytes is int.to_bytes(v, nbytes, 'little', signed) in the Python function named.
func toBytes(v Int, nbytes uint64, signed bool, function string) []byte {
	if !fits(v, nbytes, signed) {
		crash(function, "OverflowError", "%s does not fit in %d bytes", v, nbytes)
	}
	bits := v.magnitude
	if v.negative {
		bits = -bits
	}
	b := make([]byte, nbytes)
	for i := range b {
		b[i] = byte(bits >> (8 * i))
	}
	return b
}

func fits(v Int, nbytes uint64, signed bool) bool {
	if !signed {
		return !v.negative && v.magnitude <= math.MaxUint64>>(64-8*nbytes)
	}
	limit := uint64(1) << (8*nbytes - 1)
	return v.magnitude < limit || v.negative && v.magnitude == limit
}

//cabi:py maybe_scramble_nan32 16f94092
func maybeScrambleNaN32(cx *LiftLowerContext, f Float) Float {
	if f.isNaN() {
		if cx.store().options.Deterministic {
			f = coreF32ReinterpretI32(canonicalFloat32NaN)
		} else {
			f = coreF32ReinterpretI32(uint32(randomNaNBits(cx, 32, 8)))
		}
		cx.assert(f.isNaN(), "maybe_scramble_nan32/nan", "a scrambled NaN is a NaN")
	}
	return f
}

//cabi:py maybe_scramble_nan64 8c81e99c
func maybeScrambleNaN64(cx *LiftLowerContext, f Float) Float {
	if f.isNaN() {
		if cx.store().options.Deterministic {
			f = coreF64ReinterpretI64(canonicalFloat64NaN)
		} else {
			f = coreF64ReinterpretI64(randomNaNBits(cx, 64, 11))
		}
		cx.assert(f.isNaN(), "maybe_scramble_nan64/nan", "a scrambled NaN is a NaN")
	}
	return f
}

//cabi:py random_nan_bits bd95541d
func randomNaNBits(cx *LiftLowerContext, totalBits, exponentBits int) uint64 {
	fractionBits := totalBits - exponentBits - 1
	bits := DrawBits(cx.store().options.Choices, "random_nan_bits/bits", totalBits)
	bits |= ((1 << exponentBits) - 1) << fractionBits
	bits |= 1 << cx.store().choose("random_nan_bits/fraction", fractionBits-1)
	return bits
}

//cabi:py encode_float_as_i32 14cc2b77
func encodeFloatAsI32(cx *LiftLowerContext, f Float) uint64 {
	return coreI32ReinterpretF32(maybeScrambleNaN32(cx, f))
}

//cabi:py encode_float_as_i64 edce110b
func encodeFloatAsI64(cx *LiftLowerContext, f Float) uint64 {
	return coreI64ReinterpretF64(maybeScrambleNaN64(cx, f))
}

// coreI32ReinterpretF32 is the bits of f as an f32.
//
// quirk: Python's floats are doubles, and narrowing one makes a signalling NaN quiet and raises OverflowError for what
// is beyond an f32.
//
//cabi:py core_i32_reinterpret_f32 e53d8de4
func coreI32ReinterpretF32(f Float) uint64 {
	if f.isNaN() {
		sign, fraction := uint64(f)>>63<<31, uint64(f)>>29&0x003fffff
		return sign | 0x7fc00000 | fraction
	}
	narrow := float32(f.Float64())
	if math.IsInf(float64(narrow), 0) && !math.IsInf(f.Float64(), 0) {
		crash("core_i32_reinterpret_f32", "OverflowError", "float too large to pack with f format")
	}
	return uint64(math.Float32bits(narrow))
}

//cabi:py core_i64_reinterpret_f64 080b47a0
func coreI64ReinterpretF64(f Float) uint64 { return uint64(f) }

//cabi:py char_to_i32 27959f98
func charToI32(cx *LiftLowerContext, c Char) uint64 {
	i := int64(c)
	cx.assert(0 <= i && i <= 0xD7FF || 0xE000 <= i && i <= 0x10FFFF, "char_to_i32/scalar-value", "a char is a Unicode scalar value")
	return uint64(i)
}

//cabi:py store_string 52b17859
func storeString(cx *LiftLowerContext, v String, ptr uint64) {
	begin, taggedCodeUnits := storeStringIntoRange(cx, v)
	storeInt(cx, UintOf(begin), ptr, cx.opts.Memory.ptrSize(), unsigned)
	storeInt(cx, UintOf(taggedCodeUnits), add(ptr, cx.opts.Memory.ptrSize()), cx.opts.Memory.ptrSize(), unsigned)
}

// latin1 is 'latin1', one of the values of src_simple_encoding, beside UTF8 and UTF16.
const latin1 = Latin1UTF16

//cabi:py store_string_into_range a443dea5
func storeStringIntoRange(cx *LiftLowerContext, v String) (uint64, uint64) {
	src, srcEncoding, srcTaggedCodeUnits := v.S, v.Encoding, v.TaggedCodeUnits
	tag := utf16Tag(cx.memory("store_string_into_range").ptrType())

	var srcSimpleEncoding StringEncoding
	var srcCodeUnits uint64
	if srcEncoding == Latin1UTF16 {
		if srcTaggedCodeUnits&tag != 0 {
			srcSimpleEncoding = UTF16
			srcCodeUnits = srcTaggedCodeUnits ^ tag
		} else {
			srcSimpleEncoding = latin1
			srcCodeUnits = srcTaggedCodeUnits
		}
	} else {
		srcSimpleEncoding = srcEncoding
		srcCodeUnits = srcTaggedCodeUnits
	}

	switch cx.opts.StringEncoding {
	case UTF8:
		switch srcSimpleEncoding {
		case UTF8:
			return storeStringCopy(cx, src, srcCodeUnits, 1, 1, encodeUTF8)
		case UTF16:
			return storeUTF16ToUTF8(cx, src, srcCodeUnits)
		case latin1:
			return storeLatin1ToUTF8(cx, src, srcCodeUnits)
		}
	case UTF16:
		switch srcSimpleEncoding {
		case UTF8:
			return storeUTF8ToUTF16(cx, src, srcCodeUnits)
		case UTF16:
			return storeStringCopy(cx, src, srcCodeUnits, 2, 2, encodeUTF16)
		case latin1:
			return storeStringCopy(cx, src, srcCodeUnits, 2, 2, encodeUTF16)
		}
	case Latin1UTF16:
		switch srcEncoding {
		case UTF8:
			return storeStringToLatin1OrUTF16(cx, src, srcCodeUnits)
		case UTF16:
			return storeStringToLatin1OrUTF16(cx, src, srcCodeUnits)
		case Latin1UTF16:
			switch srcSimpleEncoding {
			case latin1:
				return storeStringCopy(cx, src, srcCodeUnits, 1, 2, encodeLatin1)
			case UTF16:
				return storeProbablyUTF16ToLatin1OrUTF16(cx, src, srcCodeUnits)
			}
		}
	}
	crash("store_string", "TypeError", "cannot unpack non-iterable NoneType object")
	return 0, 0
}

//cabi:py store_string_copy cb98bb65
func storeStringCopy(cx *LiftLowerContext, src string, srcCodeUnits, dstCodeUnitSize, dstAlignment uint64, encode encoder) (uint64, uint64) {
	dstByteLength := mul(dstCodeUnitSize, srcCodeUnits)
	cx.assert(dstByteLength <= cx.limits().ReallocI32, "store_string_copy/realloc-max", "the string is not too long to reallocate")
	ptr := cx.allocate(dstAlignment, dstByteLength)
	cx.trapIf(!aligned(ptr, dstAlignment), "store_string_copy/aligned", "realloc returned a pointer that is not aligned")
	cx.trapIf(add(ptr, dstByteLength) > cx.opts.Memory.length(), "store_string_copy/bounds", "realloc returned a range out of the memory's bounds")
	encoded := encode(src, "store_string_copy")
	cx.assert(dstByteLength == uint64(len(encoded)), "store_string_copy/length", "the copy is as long as was allocated")
	cx.opts.Memory.setSlice(ptr, add(ptr, uint64(len(encoded))), encoded)
	return ptr, srcCodeUnits
}

//cabi:py store_utf16_to_utf8 257a06b2
func storeUTF16ToUTF8(cx *LiftLowerContext, src string, srcCodeUnits uint64) (uint64, uint64) {
	worstCaseSize := mul(srcCodeUnits, 3)
	return storeStringToUTF8(cx, src, srcCodeUnits, worstCaseSize)
}

//cabi:py store_latin1_to_utf8 c0a2b539
func storeLatin1ToUTF8(cx *LiftLowerContext, src string, srcCodeUnits uint64) (uint64, uint64) {
	worstCaseSize := mul(srcCodeUnits, 2)
	return storeStringToUTF8(cx, src, srcCodeUnits, worstCaseSize)
}

//cabi:py store_string_to_utf8 9c73b2ba
func storeStringToUTF8(cx *LiftLowerContext, src string, srcCodeUnits, worstCaseSize uint64) (uint64, uint64) {
	cx.assert(srcCodeUnits <= cx.limits().ReallocI32, "store_string_to_utf8/realloc-max", "the string is not too long to reallocate")
	ptr := cx.allocate(1, srcCodeUnits)
	mem := cx.opts.Memory
	cx.trapIf(add(ptr, srcCodeUnits) > mem.length(), "store_string_to_utf8/bounds", "realloc returned a range out of the memory's bounds")
	for i, codePoint := range codePoints(src) {
		i := uint64(i)
		if codePoint < 1<<7 {
			mem.set(add(ptr, i), byte(codePoint))
		} else {
			cx.assert(worstCaseSize <= cx.limits().ReallocI32, "store_string_to_utf8/worst-case", "the worst case is not too long to reallocate")
			ptr = cx.reallocate(ptr, srcCodeUnits, 1, worstCaseSize)
			cx.trapIf(add(ptr, worstCaseSize) > mem.length(), "store_string_to_utf8/worst-case-bounds", "realloc returned a range out of the memory's bounds")
			encoded := encodeUTF8(src, "store_string_to_utf8")
			length := uint64(len(encoded))
			mem.setSlice(add(ptr, i), add(ptr, length), from(encoded, i))
			if worstCaseSize > length {
				ptr = cx.reallocate(ptr, worstCaseSize, 1, length)
				cx.trapIf(add(ptr, length) > mem.length(), "store_string_to_utf8/shrunk-bounds", "realloc returned a range out of the memory's bounds")
			}
			return ptr, length
		}
	}
	return ptr, srcCodeUnits
}

// from is b[i : ].
func from(b []byte, i uint64) []byte { return b[min(i, uint64(len(b))):] }

//cabi:py store_utf8_to_utf16 2624b53d
func storeUTF8ToUTF16(cx *LiftLowerContext, src string, srcCodeUnits uint64) (uint64, uint64) {
	worstCaseSize := mul(2, srcCodeUnits)
	cx.assert(worstCaseSize <= cx.limits().ReallocI32, "store_utf8_to_utf16/worst-case", "the worst case is not too long to reallocate")
	ptr := cx.allocate(2, worstCaseSize)
	mem := cx.opts.Memory
	cx.trapIf(!aligned(ptr, 2), "store_utf8_to_utf16/aligned", "realloc returned a pointer that is not aligned")
	cx.trapIf(add(ptr, worstCaseSize) > mem.length(), "store_utf8_to_utf16/bounds", "realloc returned a range out of the memory's bounds")
	encoded := encodeUTF16(src, "store_utf8_to_utf16")
	length := uint64(len(encoded))
	mem.setSlice(ptr, add(ptr, length), encoded)
	if length < worstCaseSize {
		ptr = cx.reallocate(ptr, worstCaseSize, 2, length)
		cx.trapIf(!aligned(ptr, 2), "store_utf8_to_utf16/shrunk-aligned", "realloc returned a pointer that is not aligned")
		cx.trapIf(add(ptr, length) > mem.length(), "store_utf8_to_utf16/shrunk-bounds", "realloc returned a range out of the memory's bounds")
	}
	codeUnits := length / 2
	return ptr, codeUnits
}

//cabi:py store_string_to_latin1_or_utf16 bda309ff
func storeStringToLatin1OrUTF16(cx *LiftLowerContext, src string, srcCodeUnits uint64) (uint64, uint64) {
	cx.assert(srcCodeUnits <= cx.limits().ReallocI32, "store_string_to_latin1_or_utf16/realloc-max", "the string is not too long to reallocate")
	ptr := cx.allocate(2, srcCodeUnits)
	mem := cx.opts.Memory
	cx.trapIf(!aligned(ptr, 2), "store_string_to_latin1_or_utf16/aligned", "realloc returned a pointer that is not aligned")
	cx.trapIf(add(ptr, srcCodeUnits) > mem.length(), "store_string_to_latin1_or_utf16/bounds", "realloc returned a range out of the memory's bounds")
	dstByteLength := uint64(0)
	for _, usv := range codePoints(src) {
		if usv < (1 << 8) {
			mem.set(add(ptr, dstByteLength), byte(usv))
			dstByteLength++
		} else {
			worstCaseSize := mul(2, srcCodeUnits)
			cx.assert(worstCaseSize <= cx.limits().ReallocI32, "store_string_to_latin1_or_utf16/worst-case", "the worst case is not too long to reallocate")
			ptr = cx.reallocate(ptr, srcCodeUnits, 2, worstCaseSize)
			cx.trapIf(!aligned(ptr, 2), "store_string_to_latin1_or_utf16/worst-case-aligned", "realloc returned a pointer that is not aligned")
			cx.trapIf(add(ptr, worstCaseSize) > mem.length(), "store_string_to_latin1_or_utf16/worst-case-bounds", "realloc returned a range out of the memory's bounds")
			for j := int64(dstByteLength) - 1; j >= 0; j-- {
				j := uint64(j)
				mem.set(add(ptr, 2*j), mem.get(add(ptr, j)))
				mem.set(add(ptr, 2*j+1), 0)
			}
			encoded := encodeUTF16(src, "store_string_to_latin1_or_utf16")
			length := uint64(len(encoded))
			mem.setSlice(add(ptr, 2*dstByteLength), add(ptr, length), from(encoded, 2*dstByteLength))
			if worstCaseSize > length {
				ptr = cx.reallocate(ptr, worstCaseSize, 2, length)
				cx.trapIf(!aligned(ptr, 2), "store_string_to_latin1_or_utf16/utf16-aligned", "realloc returned a pointer that is not aligned")
				cx.trapIf(add(ptr, length) > mem.length(), "store_string_to_latin1_or_utf16/utf16-bounds", "realloc returned a range out of the memory's bounds")
			}
			taggedCodeUnits := length/2 | utf16Tag(mem.ptrType())
			return ptr, taggedCodeUnits
		}
	}
	if dstByteLength < srcCodeUnits {
		ptr = cx.reallocate(ptr, srcCodeUnits, 2, dstByteLength)
		cx.trapIf(!aligned(ptr, 2), "store_string_to_latin1_or_utf16/latin1-aligned", "realloc returned a pointer that is not aligned")
		cx.trapIf(add(ptr, dstByteLength) > mem.length(), "store_string_to_latin1_or_utf16/latin1-bounds", "realloc returned a range out of the memory's bounds")
	}
	return ptr, dstByteLength
}

//cabi:py store_probably_utf16_to_latin1_or_utf16 336df9a8
func storeProbablyUTF16ToLatin1OrUTF16(cx *LiftLowerContext, src string, srcCodeUnits uint64) (uint64, uint64) {
	srcByteLength := mul(2, srcCodeUnits)
	cx.assert(srcByteLength <= cx.limits().ReallocI32, "store_probably_utf16_to_latin1_or_utf16/realloc-max", "the string is not too long to reallocate")
	ptr := cx.allocate(2, srcByteLength)
	mem := cx.opts.Memory
	cx.trapIf(!aligned(ptr, 2), "store_probably_utf16_to_latin1_or_utf16/aligned", "realloc returned a pointer that is not aligned")
	cx.trapIf(add(ptr, srcByteLength) > mem.length(), "store_probably_utf16_to_latin1_or_utf16/bounds", "realloc returned a range out of the memory's bounds")
	encoded := encodeUTF16(src, "store_probably_utf16_to_latin1_or_utf16")
	length := uint64(len(encoded))
	mem.setSlice(ptr, add(ptr, length), encoded)
	if anyBeyondLatin1(src) {
		taggedCodeUnits := length/2 | utf16Tag(mem.ptrType())
		return ptr, taggedCodeUnits
	}
	latin1Size := length / 2
	for i := range latin1Size {
		mem.set(add(ptr, i), mem.get(add(ptr, 2*i)))
	}
	ptr = cx.reallocate(ptr, srcByteLength, 1, latin1Size)
	cx.trapIf(add(ptr, latin1Size) > mem.length(), "store_probably_utf16_to_latin1_or_utf16/latin1-bounds", "realloc returned a range out of the memory's bounds")
	return ptr, latin1Size
}

func anyBeyondLatin1(s string) bool {
	for _, c := range codePoints(s) {
		if c >= (1 << 8) {
			return true
		}
	}
	return false
}

//cabi:py lower_error_context 176a2335
func lowerErrorContext(cx *LiftLowerContext, v *ErrorContext) uint64 {
	return cx.inst.handles.add(v)
}

//cabi:py store_list 9c8553cf
func storeList(cx *LiftLowerContext, v List, ptr uint64, elemType ValType, maybeLength *uint64) {
	if maybeLength != nil {
		cx.assert(*maybeLength == uint64(len(v)), "store_list/length", "a list of a fixed length has it")
		storeListIntoValidRange(cx, v, ptr, elemType)
		return
	}
	begin, length := storeListIntoRange(cx, v, elemType)
	storeInt(cx, UintOf(begin), ptr, cx.opts.Memory.ptrSize(), unsigned)
	storeInt(cx, UintOf(length), add(ptr, cx.opts.Memory.ptrSize()), cx.opts.Memory.ptrSize(), unsigned)
}

//cabi:py store_list_into_range a0e41379
func storeListIntoRange(cx *LiftLowerContext, v List, elemType ValType) (uint64, uint64) {
	mem := cx.opts.Memory
	byteLength := mul(uint64(len(v)), elemSize(elemType, mem.ptrType()))
	cx.assert(byteLength <= cx.limits().ReallocI32, "store_list_into_range/realloc-max", "the list is not too long to reallocate")
	ptr := cx.allocate(alignment(elemType, mem.ptrType()), byteLength)
	cx.trapIf(!aligned(ptr, alignment(elemType, mem.ptrType())), "store_list_into_range/aligned", "realloc returned a pointer that is not aligned")
	cx.trapIf(add(ptr, byteLength) > mem.length(), "store_list_into_range/bounds", "realloc returned a range out of the memory's bounds")
	storeListIntoValidRange(cx, v, ptr, elemType)
	return ptr, uint64(len(v))
}

//cabi:py store_list_into_valid_range a5755e7f
func storeListIntoValidRange(cx *LiftLowerContext, v List, ptr uint64, elemType ValType) {
	for i, e := range v {
		store(cx, e, elemType, add(ptr, mul(uint64(i), elemSize(elemType, cx.opts.Memory.ptrType()))))
	}
}

//cabi:py store_record 18fee13a
func storeRecord(cx *LiftLowerContext, v Dict, ptr uint64, fields []FieldType) {
	for _, f := range fields {
		ptr = alignTo(ptr, alignment(f.T, cx.opts.Memory.ptrType()))
		store(cx, v.at(f.Label, "store_record"), f.T, ptr)
		ptr = add(ptr, elemSize(f.T, cx.opts.Memory.ptrType()))
	}
}

//cabi:py store_variant ecf1533c
func storeVariant(cx *LiftLowerContext, v Dict, ptr uint64, cases []CaseType) {
	caseIndex, caseValue := matchCase(v, cases)
	discSize := elemSize(discriminant(cases, "store_int"), cx.opts.Memory.ptrType())
	storeInt(cx, UintOf(caseIndex), ptr, discSize, unsigned)
	ptr = add(ptr, discSize)
	ptr = alignTo(ptr, maxCaseAlignment(cases, cx.opts.Memory.ptrType()))
	c := cases[caseIndex]
	if c.T != nil {
		store(cx, caseValue, c.T, ptr)
	}
}

//cabi:py match_case 2ec2a4f5
func matchCase(v Dict, cases []CaseType) (uint64, Value) {
	label := unpack1(v, "match_case").Label
	var indices []uint64
	for i, c := range cases {
		if c.Label == label {
			indices = append(indices, uint64(i))
		}
	}
	index := unpack1(indices, "match_case")
	value := unpack1(v, "match_case").Value
	return index, value
}

//cabi:py store_flags f841ce9c
func storeFlags(cx *LiftLowerContext, v Dict, ptr uint64, labels []string) {
	i := packFlagsIntoInt(v, labels)
	storeInt(cx, UintOf(i), ptr, elemSizeFlags(labels), unsigned)
}

//cabi:py pack_flags_into_int 03fa1ecb
func packFlagsIntoInt(v Dict, labels []string) uint64 {
	i := uint64(0)
	shift := 0
	for _, l := range labels {
		i |= intOfBool(as[bool](v.at(l, "pack_flags_into_int"), "pack_flags_into_int")).magnitude << shift
		shift++
	}
	return i
}

//cabi:py lower_own 4393fca2
func lowerOwn(cx *LiftLowerContext, rep Int, t *OwnType) uint64 {
	h := newResourceHandle(t.Rt, rep, true, nil)
	return cx.inst.handles.add(h)
}

// lowerBorrow returns an index, or the rep itself where the resource type is the instance's own.
//
//cabi:py lower_borrow 5988b5e5
func lowerBorrow(cx *LiftLowerContext, rep Int, t *BorrowType) Int {
	task, ok := cx.borrowScope.(*Task)
	cx.assert(ok, "lower_borrow/scope", "a borrow is lowered in the scope of a task")
	if cx.inst == t.Rt.impl {
		return rep
	}
	h := newResourceHandle(t.Rt, rep, false, task)
	h.borrowScope.numBorrows++
	return UintOf(cx.inst.handles.add(h))
}

//cabi:py lower_stream 19a6dd81
func lowerStream(cx *LiftLowerContext, v Value, t ValType) uint64 {
	shared, ok := v.(ReadableStream)
	cx.assert(ok, "lower_stream/stream", "a stream is lowered from a readable stream")
	cx.assert(!containsBorrow(t), "lower_stream/no-borrow", "streams carry no borrows")
	return cx.inst.handles.add(newReadableStreamEnd(cx.store(), shared))
}

//cabi:py lower_future 7fa37581
func lowerFuture(cx *LiftLowerContext, v Value, t ValType) uint64 {
	shared, ok := v.(ReadableFuture)
	cx.assert(ok, "lower_future/future", "a future is lowered from a readable future")
	cx.assert(!containsBorrow(t), "lower_future/no-borrow", "futures carry no borrows")
	return cx.inst.handles.add(newReadableFutureEnd(cx.store(), shared))
}
