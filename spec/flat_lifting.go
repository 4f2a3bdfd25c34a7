// definitions.py, "Flat Lifting"

package spec

// A valueIter hands out core values, each as the core type that is asked for.
type valueIter interface{ next(t CoreType) CoreValue }

// A coreValueIter is the core values of a call's arguments or results.
//
//cabi:py CoreValueIter 0f37deee
type coreValueIter struct {
	store  *Store
	values []CoreValue
	i      int
}

//cabi:py CoreValueIter.__init__ 6974307f
func newCoreValueIter(s *Store, vs []CoreValue) *coreValueIter {
	vi := &coreValueIter{store: s}
	vi.values = vs
	vi.i = 0
	return vi
}

//cabi:py CoreValueIter.next 0e15801f
func (vi *coreValueIter) next(t CoreType) CoreValue {
	if vi.i >= len(vi.values) {
		crash("CoreValueIter.next", "IndexError", "list index out of range")
	}
	v := vi.values[vi.i]
	vi.i++
	switch t {
	case I32:
		vi.store.assert(v.kind == coreInt && v.bits < 1<<32, "CoreValueIter.next/i32", "an i32 is an int below 2^32")
	case I64:
		vi.store.assert(v.kind == coreInt, "CoreValueIter.next/i64", "an i64 is an int below 2^64")
	case F32:
		vi.store.assertByType("CoreValueIter.next/f32", "an f32 is an int or a float")
	case F64:
		vi.store.assertByType("CoreValueIter.next/f64", "an f64 is an int or a float")
	default:
		vi.store.assert(false, "CoreValueIter.next/unknown-type", "a core type is i32, i64, f32 or f64")
	}
	return v
}

//cabi:py CoreValueIter.done eba91d7c
func (vi *coreValueIter) done() bool { return vi.i == len(vi.values) }

// liftFlat lifts a value of type t from core values.
//
//cabi:py lift_flat d5165a04
func liftFlat(cx *LiftLowerContext, vi valueIter, t ValType) Value {
	switch t := despecialize(t).(type) {
	case BoolType:
		return convertIntToBool(cx, UintOf(vi.next(I32).bits))
	case U8Type:
		return liftFlatUnsigned(cx, vi, 32, 8)
	case U16Type:
		return liftFlatUnsigned(cx, vi, 32, 16)
	case U32Type:
		return liftFlatUnsigned(cx, vi, 32, 32)
	case U64Type:
		return liftFlatUnsigned(cx, vi, 64, 64)
	case S8Type:
		return liftFlatSigned(cx, vi, 32, 8)
	case S16Type:
		return liftFlatSigned(cx, vi, 32, 16)
	case S32Type:
		return liftFlatSigned(cx, vi, 32, 32)
	case S64Type:
		return liftFlatSigned(cx, vi, 64, 64)
	case F32Type:
		return canonicalizeNaN32(cx, vi.next(F32).number())
	case F64Type:
		return canonicalizeNaN64(cx, vi.next(F64).number())
	case CharType:
		return convertI32ToChar(cx, UintOf(vi.next(I32).bits))
	case StringType:
		return liftFlatString(cx, vi)
	case *ErrorContextType:
		return liftErrorContext(cx, vi.next(I32).bits)
	case *ListType:
		return liftFlatList(cx, vi, t.T, t.L)
	case *RecordType:
		return liftFlatRecord(cx, vi, t.Fields)
	case *VariantType:
		return liftFlatVariant(cx, vi, t.Cases)
	case *FlagsType:
		return liftFlatFlags(cx, vi, t.Labels)
	case *OwnType:
		return liftOwn(cx, vi.next(I32).bits, t)
	case *BorrowType:
		return liftBorrow(cx, vi.next(I32).bits, t)
	case *StreamType:
		return liftStream(cx, vi.next(I32).bits, t.T)
	case *FutureType:
		return liftFuture(cx, vi.next(I32).bits, t.T)
	}
	return nil
}

// number is v where Python takes an int or a float: an int is equal to the float of its value.
func (v CoreValue) number() Float {
	if v.kind == coreFloat {
		return v.float()
	}
	return FloatOf(float64(v.bits))
}

func intType(coreWidth int) CoreType {
	if coreWidth == 32 {
		return I32
	}
	return I64
}

//cabi:py lift_flat_unsigned 43252aaf
func liftFlatUnsigned(cx *LiftLowerContext, vi valueIter, coreWidth, tWidth int) Int {
	i := vi.next(intType(coreWidth)).bits
	cx.assert(i>>(coreWidth-1)>>1 == 0, "lift_flat_unsigned/range", "a core int is as wide as its type")
	return UintOf(i << (64 - tWidth) >> (64 - tWidth))
}

//cabi:py lift_flat_signed 416f756d
func liftFlatSigned(cx *LiftLowerContext, vi valueIter, coreWidth, tWidth int) Int {
	i := vi.next(intType(coreWidth)).bits
	cx.assert(i>>(coreWidth-1)>>1 == 0, "lift_flat_signed/range", "a core int is as wide as its type")
	i = i << (64 - tWidth) >> (64 - tWidth)
	if i >= (1 << (tWidth - 1)) {
		return IntOf(int64(i<<(64-tWidth)) >> (64 - tWidth))
	}
	return UintOf(i)
}

//cabi:py lift_flat_string 878369bf
func liftFlatString(cx *LiftLowerContext, vi valueIter) String {
	ptr := vi.next(cx.opts.Memory.ptrType()).bits
	packedLength := vi.next(cx.opts.Memory.ptrType()).bits
	return loadStringFromRange(cx, ptr, packedLength)
}

//cabi:py lift_flat_list 2b173d93
func liftFlatList(cx *LiftLowerContext, vi valueIter, elemType ValType, maybeLength *uint64) List {
	if maybeLength != nil {
		a := List{}
		for range *maybeLength {
			a = append(a, liftFlat(cx, vi, elemType))
		}
		return a
	}
	ptr := vi.next(cx.opts.Memory.ptrType()).bits
	length := vi.next(cx.opts.Memory.ptrType()).bits
	return loadListFromRange(cx, ptr, length, elemType)
}

//cabi:py lift_flat_record f815fbed
func liftFlatRecord(cx *LiftLowerContext, vi valueIter, fields []FieldType) Dict {
	record := make(Dict, 0, len(fields))
	for _, f := range fields {
		record.set(f.Label, liftFlat(cx, vi, f.T))
	}
	return record
}

//cabi:py lift_flat_variant f27af94c
func liftFlatVariant(cx *LiftLowerContext, vi valueIter, cases []CaseType) Dict {
	flatTypes := flattenVariant(cases, &cx.opts.LiftOptions)
	cx.assert(pop(&flatTypes) == I32, "lift_flat_variant/discriminant", "a discriminant is an i32")
	caseIndex := vi.next(I32).bits
	cx.trapIf(caseIndex >= uint64(len(cases)), "lift_flat_variant/case", "the discriminant names no case")
	c := caseAt(cases, caseIndex, "lift_flat_variant")
	var v Value
	if c.T == nil {
		v = nil
	} else {
		v = liftFlat(cx, &coerceValueIter{cx, vi, &flatTypes}, c.T)
	}
	for _, have := range flatTypes {
		_ = vi.next(have)
	}
	return Dict{{c.Label, v}}
}

// pop is flat_types.pop(0).
func pop(flatTypes *[]CoreType) CoreType {
	t := (*flatTypes)[0]
	*flatTypes = (*flatTypes)[1:]
	return t
}

// A coerceValueIter hands out a variant's payload as the types of one case.
//
//cabi:py lift_flat_variant.CoerceValueIter 8ea559bf
type coerceValueIter struct {
	cx        *LiftLowerContext
	vi        valueIter
	flatTypes *[]CoreType
}

//cabi:py lift_flat_variant.CoerceValueIter.next 3fd0d2e8
func (it *coerceValueIter) next(want CoreType) CoreValue {
	have := pop(it.flatTypes)
	x := it.vi.next(have)
	switch {
	case have == I32 && want == F32:
		return decodeI32AsFloat(it.cx, x.bits).core()
	case have == I64 && want == I32:
		return CoreInt(wrapI64ToI32(it.cx, x.bits))
	case have == I64 && want == F32:
		return decodeI32AsFloat(it.cx, wrapI64ToI32(it.cx, x.bits)).core()
	case have == I64 && want == F64:
		return decodeI64AsFloat(it.cx, x.bits).core()
	default:
		it.cx.assert(have == want, "lift_flat_variant.CoerceValueIter.next/same-type", "what is not coerced is of the type wanted")
		return x
	}
}

//cabi:py wrap_i64_to_i32 751499f3
func wrapI64ToI32(cx *LiftLowerContext, i uint64) uint64 {
	cx.store().assertByType("wrap_i64_to_i32/range", "an i64 is below 2^64")
	return i % (1 << 32)
}

//cabi:py lift_flat_flags 2a86697d
func liftFlatFlags(cx *LiftLowerContext, vi valueIter, labels []string) Dict {
	cx.assert(0 < len(labels) && len(labels) <= 32, "lift_flat_flags/labels", "flags have between one and 32 labels")
	i := vi.next(I32).bits
	return unpackFlagsFromInt(i, labels)
}
