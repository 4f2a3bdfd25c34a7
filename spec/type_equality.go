// Not upstream's: Python's == on types.

package spec

import "slices"

// typesEqual is Python's == on value types: a dataclass equals another of its class with equal fields, anything else
// (resource types, error context types) only itself. Go's == on two ValTypes is Python's `is`.
func typesEqual(a, b ValType) bool {
	if a == b {
		return true
	}
	switch a := a.(type) {
	case *ListType:
		b, ok := b.(*ListType)
		return ok && typesEqual(a.T, b.T) && sameLength(a.L, b.L)
	case *RecordType:
		b, ok := b.(*RecordType)
		return ok && slices.EqualFunc(a.Fields, b.Fields, fieldsEqual)
	case *TupleType:
		b, ok := b.(*TupleType)
		return ok && slices.EqualFunc(a.Ts, b.Ts, typesEqual)
	case *VariantType:
		b, ok := b.(*VariantType)
		return ok && slices.EqualFunc(a.Cases, b.Cases, casesEqual)
	case *EnumType:
		b, ok := b.(*EnumType)
		return ok && slices.Equal(a.Labels, b.Labels)
	case *OptionType:
		b, ok := b.(*OptionType)
		return ok && typesEqual(a.T, b.T)
	case *ResultType:
		b, ok := b.(*ResultType)
		return ok && typesEqual(a.Ok, b.Ok) && typesEqual(a.Error, b.Error)
	case *MapType:
		b, ok := b.(*MapType)
		return ok && typesEqual(a.K, b.K) && typesEqual(a.V, b.V)
	case *FlagsType:
		b, ok := b.(*FlagsType)
		return ok && slices.Equal(a.Labels, b.Labels)
	case *OwnType:
		b, ok := b.(*OwnType)
		return ok && a.Rt == b.Rt
	case *BorrowType:
		b, ok := b.(*BorrowType)
		return ok && a.Rt == b.Rt
	case *StreamType:
		b, ok := b.(*StreamType)
		return ok && typesEqual(a.T, b.T)
	case *FutureType:
		b, ok := b.(*FutureType)
		return ok && typesEqual(a.T, b.T)
	}
	return false
}

func fieldsEqual(a, b FieldType) bool { return a.Label == b.Label && typesEqual(a.T, b.T) }

func casesEqual(a, b CaseType) bool { return a.Label == b.Label && typesEqual(a.T, b.T) }

func sameLength(a, b *uint64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// typeListsEqual is Python's == on lists of types, such as a function's results.
func typeListsEqual(a, b []ValType) bool { return slices.EqualFunc(a, b, typesEqual) }
