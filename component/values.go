package component

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"cabi/spec"
)

// CheckValue reports how v is no value of type t, as spec.Value says which Go values are. Streams, futures and error contexts are not
// looked into.
func CheckValue(t spec.ValType, v spec.Value) error {
	switch t := t.(type) {
	case spec.BoolType:
		return isA[bool](t, v)
	case spec.CharType:
		return checkChar(t, v)
	case spec.StringType:
		s, ok := v.(spec.String)
		if ok && !utf8.ValidString(s.S) {
			return fmt.Errorf("the string %q is no Unicode", s.S)
		}
		return isA[spec.String](t, v)
	case spec.F32Type, spec.F64Type:
		return isA[spec.Float](t, v)
	case *spec.OwnType, *spec.BorrowType:
		return checkInt(t, 0, math.MaxUint32, v)
	case *spec.ErrorContextType:
		return isA[*spec.ErrorContext](t, v)
	case *spec.StreamType:
		return isA[spec.ReadableStream](t, v)
	case *spec.FutureType:
		return isA[spec.ReadableFuture](t, v)
	}
	if low, high, ok := rangeOf(t); ok {
		return checkInt(t, low, high, v)
	}
	return checkCompound(t, v)
}

func isA[T any](t spec.ValType, v spec.Value) error {
	if _, ok := v.(T); !ok {
		var want T
		return fmt.Errorf("a %T is no value of type %s, which is a %T", v, spec.TypeName(t), want)
	}
	return nil
}

func checkChar(t spec.ValType, v spec.Value) error {
	if c, ok := v.(spec.Char); ok && !utf8.ValidRune(rune(c)) {
		return fmt.Errorf("U+%04X is no character", rune(c))
	}
	return isA[spec.Char](t, v)
}

// rangeOf is the range of an integer type.
func rangeOf(t spec.ValType) (low int64, high uint64, ok bool) {
	switch t.(type) {
	case spec.S8Type:
		return math.MinInt8, math.MaxInt8, true
	case spec.U8Type:
		return 0, math.MaxUint8, true
	case spec.S16Type:
		return math.MinInt16, math.MaxInt16, true
	case spec.U16Type:
		return 0, math.MaxUint16, true
	case spec.S32Type:
		return math.MinInt32, math.MaxInt32, true
	case spec.U32Type:
		return 0, math.MaxUint32, true
	case spec.S64Type:
		return math.MinInt64, math.MaxInt64, true
	case spec.U64Type:
		return 0, math.MaxUint64, true
	}
	return 0, 0, false
}

func checkInt(t spec.ValType, low int64, high uint64, v spec.Value) error {
	i, ok := v.(spec.Int)
	if !ok {
		return isA[spec.Int](t, v)
	}
	signed, fits := i.Int64()
	unsigned, positive := i.Uint64()
	if positive && unsigned <= high || !positive && fits && signed >= low {
		return nil
	}
	return fmt.Errorf("%s is out of the range of %s", i, spec.TypeName(t))
}

func checkCompound(t spec.ValType, v spec.Value) error {
	if element, ok := elementOf(t); ok {
		return checkList(t, element, v)
	}
	d, ok := v.(spec.Dict)
	if !ok {
		return isA[spec.Dict](t, v)
	}
	if fields, ok := fieldsOf(t); ok {
		return checkFields(t, fields, d)
	}
	return checkCase(t, d)
}

// elementOf is the type of the elements of a list or map.
func elementOf(t spec.ValType) (spec.ValType, bool) {
	switch t := t.(type) {
	case *spec.ListType:
		return t.T, true
	case *spec.MapType:
		return &spec.TupleType{Ts: []spec.ValType{t.K, t.V}}, true
	}
	return nil, false
}

func checkList(t, element spec.ValType, v spec.Value) error {
	list, ok := v.(spec.List)
	if !ok {
		return isA[spec.List](t, v)
	}
	if l, ok := t.(*spec.ListType); ok && l.L != nil && uint64(len(list)) != *l.L {
		return fmt.Errorf("%d elements are no value of type %s", len(list), spec.TypeName(t))
	}
	for i, e := range list {
		if err := CheckValue(element, e); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// fieldsOf are the fields of a type that is a record: a record, tuple or flags type.
func fieldsOf(t spec.ValType) (fields []spec.FieldType, ok bool) {
	switch t := t.(type) {
	case *spec.RecordType:
		return t.Fields, true
	case *spec.TupleType:
		for i, part := range t.Ts {
			fields = append(fields, spec.FieldType{Label: strconv.Itoa(i), T: part})
		}
		return fields, true
	case *spec.FlagsType:
		for _, label := range t.Labels {
			fields = append(fields, spec.FieldType{Label: label, T: spec.BoolType{}})
		}
		return fields, true
	}
	return nil, false
}

func checkFields(t spec.ValType, fields []spec.FieldType, d spec.Dict) error {
	if len(d) != len(fields) {
		return fmt.Errorf("%d fields are no value of type %s", len(d), spec.TypeName(t))
	}
	for _, f := range fields {
		v, ok := d.Get(f.Label)
		if !ok {
			return fmt.Errorf("field %q is missing", f.Label)
		}
		if err := CheckValue(f.T, v); err != nil {
			return fmt.Errorf("field %q: %w", f.Label, err)
		}
	}
	return nil
}

// casesOf are the cases of a type that is a variant: a variant, enum, option or result type.
func casesOf(t spec.ValType) (cases []spec.CaseType) {
	switch t := t.(type) {
	case *spec.VariantType:
		return t.Cases
	case *spec.EnumType:
		for _, label := range t.Labels {
			cases = append(cases, spec.CaseType{Label: label})
		}
	case *spec.OptionType:
		return []spec.CaseType{{Label: "none"}, {Label: "some", T: t.T}}
	case *spec.ResultType:
		return []spec.CaseType{{Label: "ok", T: t.Ok}, {Label: "error", T: t.Error}}
	}
	return cases
}

func checkCase(t spec.ValType, d spec.Dict) error {
	if len(d) != 1 {
		return fmt.Errorf("a value of type %s has one case, not %d", spec.TypeName(t), len(d))
	}
	for _, c := range casesOf(t) {
		switch {
		case c.Label != d[0].Label:
		case c.T == nil && d[0].Value != nil:
			return fmt.Errorf("the case %q of type %s has no payload", c.Label, spec.TypeName(t))
		case c.T == nil:
			return nil
		default:
			return CheckValue(c.T, d[0].Value)
		}
	}
	return fmt.Errorf("%q is no case of type %s", d[0].Label, spec.TypeName(t))
}
