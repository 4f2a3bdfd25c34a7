// definitions.py, "Element Size"

package spec

import "math"

//cabi:py elem_size 363a5bcf
func elemSize(t ValType, ptrType CoreType) uint64 {
	switch t := despecialize(t).(type) {
	case BoolType:
		return 1
	case S8Type, U8Type:
		return 1
	case S16Type, U16Type:
		return 2
	case S32Type, U32Type:
		return 4
	case S64Type, U64Type:
		return 8
	case F32Type:
		return 4
	case F64Type:
		return 8
	case CharType:
		return 4
	case StringType:
		return 2 * ptrSize(ptrType)
	case *ErrorContextType:
		return 4
	case *ListType:
		return elemSizeList(t.T, t.L, ptrType)
	case *RecordType:
		return elemSizeRecord(t.Fields, ptrType)
	case *VariantType:
		return elemSizeVariant(t.Cases, ptrType)
	case *FlagsType:
		return elemSizeFlags(t.Labels)
	case *OwnType, *BorrowType:
		return 4
	case *StreamType, *FutureType:
		return 4
	}
	return 0 // Python: None
}

//cabi:py elem_size_list 37d02526
func elemSizeList(elemType ValType, maybeLength *uint64, ptrType CoreType) uint64 {
	if maybeLength != nil {
		return mul(*maybeLength, elemSize(elemType, ptrType))
	}
	return 2 * ptrSize(ptrType)
}

//cabi:py elem_size_record 906de183
func elemSizeRecord(fields []FieldType, ptrType CoreType) uint64 {
	s := uint64(0)
	for _, f := range fields {
		s = alignTo(s, alignment(f.T, ptrType))
		s = add(s, elemSize(f.T, ptrType))
	}
	assertStatic(s > 0, "elem_size_record/not-empty", "a record is not empty")
	return alignTo(s, alignmentRecord(fields, ptrType))
}

// alignTo rounds ptr up to a multiple of alignment, a power of two.
//
// quirk: the division is one of floats, which hold 53 bits: a larger ptr is rounded first. For a power of two that
// rounding is the same before and after the division.
//
//cabi:py align_to 136af23b
func alignTo(ptr, alignment uint64) uint64 {
	f := math.Ceil(float64(ptr)/float64(alignment)) * float64(alignment)
	if f >= 1<<64 {
		return math.MaxUint64
	}
	return uint64(f)
}

// aligned is ptr == align_to(ptr, alignment), exact where alignTo saturates.
func aligned(ptr, alignment uint64) bool {
	f := math.Ceil(float64(ptr)/float64(alignment)) * float64(alignment)
	return f < 1<<64 && uint64(f) == ptr
}

//cabi:py elem_size_variant 526326da
func elemSizeVariant(cases []CaseType, ptrType CoreType) uint64 {
	s := elemSize(discriminant(cases, "align_to"), ptrType)
	s = alignTo(s, maxCaseAlignment(cases, ptrType))
	cs := uint64(0)
	for _, c := range cases {
		if c.T != nil {
			cs = max(cs, elemSize(c.T, ptrType))
		}
	}
	s = add(s, cs)
	return alignTo(s, alignmentVariant(cases, ptrType))
}

//cabi:py elem_size_flags 26561765
func elemSizeFlags(labels []string) uint64 {
	n := len(labels)
	assertStatic(0 < n && n <= 32, "elem_size_flags/labels", "flags have between one and 32 labels")
	if n <= 8 {
		return 1
	}
	if n <= 16 {
		return 2
	}
	return 4
}
