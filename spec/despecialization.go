// definitions.py, "Despecialization"

package spec

import "strconv"

// despecialize expands the types that are defined in terms of others.
//
//cabi:py despecialize 9307c5d3
func despecialize(t Type) Type {
	switch t := t.(type) {
	case *TupleType:
		fields := make([]FieldType, len(t.Ts))
		for i, t := range t.Ts {
			fields[i] = FieldType{strconv.Itoa(i), t}
		}
		return &RecordType{Fields: fields}
	case *EnumType:
		cases := make([]CaseType, len(t.Labels))
		for i, l := range t.Labels {
			cases[i] = CaseType{l, nil}
		}
		return &VariantType{Cases: cases}
	case *OptionType:
		return &VariantType{Cases: []CaseType{{"none", nil}, {"some", t.T}}}
	case *ResultType:
		return &VariantType{Cases: []CaseType{{"ok", t.Ok}, {"error", t.Error}}}
	case *MapType:
		return &ListType{T: despecialize(&TupleType{Ts: []ValType{t.K, t.V}}).(ValType)}
	default:
		return t
	}
}
