// definitions.py, "Alignment"

package spec

import "math"

//cabi:py alignment b4393b77
func alignment(t ValType, ptrType CoreType) uint64 {
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
		return ptrSize(ptrType)
	case *ErrorContextType:
		return 4
	case *ListType:
		return alignmentList(t.T, t.L, ptrType)
	case *RecordType:
		return alignmentRecord(t.Fields, ptrType)
	case *VariantType:
		return alignmentVariant(t.Cases, ptrType)
	case *FlagsType:
		return alignmentFlags(t.Labels)
	case *OwnType, *BorrowType:
		return 4
	case *StreamType, *FutureType:
		return 4
	}
	return 0 // Python: None
}

//cabi:py alignment_list dd4a0f80
func alignmentList(elemType ValType, maybeLength *uint64, ptrType CoreType) uint64 {
	if maybeLength != nil {
		return alignment(elemType, ptrType)
	}
	return ptrSize(ptrType)
}

//cabi:py alignment_record 1361a782
func alignmentRecord(fields []FieldType, ptrType CoreType) uint64 {
	a := uint64(1)
	for _, f := range fields {
		a = max(a, alignment(f.T, ptrType))
	}
	return a
}

//cabi:py alignment_variant 4cb5742d
func alignmentVariant(cases []CaseType, ptrType CoreType) uint64 {
	return max(alignment(discriminant(cases, "alignment_variant"), ptrType), maxCaseAlignment(cases, ptrType))
}

// discriminant is discriminant_type where the Python function named would then fail on None.
func discriminant(cases []CaseType, function string) ValType {
	t := discriminantType(cases)
	if t == nil {
		crash(function, "TypeError", "a variant of %d cases has no discriminant type", len(cases))
	}
	return t
}

// discriminantType is the type of a variant's discriminant.
//
// quirk: beyond 2^24 cases log2(n)/8 is above 3, no case matches, and Python returns None.
//
//cabi:py discriminant_type 69548f2c
func discriminantType[C any](cases []C) ValType { // of cases only how many there are matters, so tests have others
	n := len(cases)
	assertStatic(0 < n && n < (1<<32), "discriminant_type/cases", "a variant has between one and 2^32-1 cases")
	switch math.Ceil(math.Log2(float64(n)) / 8) {
	case 0:
		return U8Type{}
	case 1:
		return U8Type{}
	case 2:
		return U16Type{}
	case 3:
		return U32Type{}
	}
	return nil
}

//cabi:py max_case_alignment a2b0c45e
func maxCaseAlignment(cases []CaseType, ptrType CoreType) uint64 {
	a := uint64(1)
	for _, c := range cases {
		if c.T != nil {
			a = max(a, alignment(c.T, ptrType))
		}
	}
	return a
}

//cabi:py alignment_flags 621bd99a
func alignmentFlags(labels []string) uint64 {
	n := len(labels)
	assertStatic(0 < n && n <= 32, "alignment_flags/labels", "flags have between one and 32 labels")
	if n <= 8 {
		return 1
	}
	if n <= 16 {
		return 2
	}
	return 4
}
