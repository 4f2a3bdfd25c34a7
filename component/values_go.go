package component

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"cabi/spec"
)

// A Case is a value of a variant, enum, option or result type as a Go value: which case it is, and its payload.
type Case struct {
	Label   string
	Payload any // nil: the case has none
}

// FromGo is a Go value as a value of type t:
//
//	bool                                 a bool
//	u8 … s64, own, borrow                any integer of Go's
//	f32, f64                             a float32 or float64
//	char                                 a rune
//	string                               a string
//	list                                 a slice; of u8, a []byte too
//	map                                  a map or a slice of pairs
//	tuple                                a slice
//	record                               a map[string]any, with a key for each field
//	flags                                a []string of those that are set
//	variant, enum, option, result        a Case; of an enum a string too; of an option nil, or the payload by itself
//	error-context, stream, future        what spec.Value has for them; Run.NewStream and Run.NewFuture make streams and futures
//
// A spec.Value of the type is taken as it is.
func FromGo(t spec.ValType, x any) (spec.Value, error) {
	if CheckValue(t, x) == nil {
		return x, nil
	}
	v, err := fromGo(t, x)
	if err != nil {
		return nil, err
	}
	return v, CheckValue(t, v)
}

func fromGo(t spec.ValType, x any) (spec.Value, error) {
	r := reflect.ValueOf(x)
	switch t := t.(type) {
	case *spec.RecordType, *spec.TupleType:
		return fieldsFromGo(t, x)
	case *spec.FlagsType:
		return flagsFromGo(t, x)
	case spec.StringType:
		if r.Kind() == reflect.String {
			return spec.UTF8String(r.String()), nil
		}
	case spec.CharType:
		if c, ok := x.(rune); ok {
			return spec.Char(c), nil
		}
	}
	if cases := casesOf(t); cases != nil {
		return caseFromGo(t, cases, x)
	}
	if element, ok := elementOf(t); ok {
		return listFromGo(t, element, r)
	}
	switch {
	case r.CanInt():
		return spec.IntOf(r.Int()), nil
	case r.CanUint():
		return spec.UintOf(r.Uint()), nil
	case r.CanFloat():
		return spec.FloatOf(r.Float()), nil
	}
	return nil, noValue(t, x)
}

func noValue(t spec.ValType, x any) error {
	return fmt.Errorf("a Go value of type %T is no value of type %s", x, spec.TypeName(t))
}

func listFromGo(t, element spec.ValType, r reflect.Value) (spec.Value, error) {
	list := spec.List{}
	add := func(x any) error {
		v, err := FromGo(element, x)
		list = append(list, v)
		return err
	}
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range r.Len() {
			if err := add(r.Index(i).Interface()); err != nil {
				return nil, fmt.Errorf("element %d: %w", i, err)
			}
		}
		return list, nil
	case reflect.Map:
		for _, key := range sortedMapKeys(r) {
			if err := add([]any{key.Interface(), r.MapIndex(key).Interface()}); err != nil {
				return nil, fmt.Errorf("key %v: %w", key, err)
			}
		}
		return list, nil
	}
	return nil, fmt.Errorf("a Go value of kind %s is no value of type %s", r.Kind(), spec.TypeName(t))
}

// sortedMapKeys are the keys of a map in an order that does not change: that of their text.
func sortedMapKeys(r reflect.Value) []reflect.Value {
	return slices.SortedFunc(slices.Values(r.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

func fieldsFromGo(t spec.ValType, x any) (spec.Value, error) {
	fields, _ := fieldsOf(t)
	d := spec.Dict{}
	for i, f := range fields {
		part, ok := partOfGo(x, i, len(fields), f.Label)
		if !ok {
			return nil, fmt.Errorf("%w: field %q is not there", noValue(t, x), f.Label)
		}
		v, err := FromGo(f.T, part)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", f.Label, err)
		}
		d = append(d, spec.Entry{Label: f.Label, Value: v})
	}
	return d, nil
}

// partOfGo is the ith of n fields: an element of a slice, or what a map has for the label.
func partOfGo(x any, i, n int, label string) (any, bool) {
	if m, ok := x.(map[string]any); ok {
		part, ok := m[label]
		return part, ok && len(m) == n
	}
	r := reflect.ValueOf(x)
	if r.Kind() != reflect.Slice && r.Kind() != reflect.Array || r.Len() != n {
		return nil, false
	}
	return r.Index(i).Interface(), true
}

func flagsFromGo(t *spec.FlagsType, x any) (spec.Value, error) {
	set, ok := x.([]string)
	if !ok {
		return nil, noValue(t, x)
	}
	d := spec.Dict{}
	for _, label := range t.Labels {
		d = append(d, spec.Entry{Label: label, Value: false})
	}
	for _, label := range set {
		at := -1
		for i := range d {
			if d[i].Label == label {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("%q is no label of type %s", label, spec.TypeName(t))
		}
		d[at].Value = true
	}
	return d, nil
}

func caseFromGo(t spec.ValType, cases []spec.CaseType, x any) (spec.Value, error) {
	c, ok := x.(Case)
	if !ok {
		c = caseOf(t, x)
	}
	for _, known := range cases {
		switch {
		case known.Label != c.Label:
		case known.T == nil && c.Payload == nil:
			return spec.Dict{{Label: c.Label}}, nil
		case known.T == nil:
			return nil, fmt.Errorf("the case %q of type %s has no payload", c.Label, spec.TypeName(t))
		default:
			v, err := FromGo(known.T, c.Payload)
			return spec.Dict{{Label: c.Label, Value: v}}, err
		}
	}
	return nil, noValue(t, x)
}

// caseOf is the case that a Go value stands for by itself.
func caseOf(t spec.ValType, x any) Case {
	switch t.(type) {
	case *spec.OptionType:
		if x == nil {
			return Case{Label: "none"}
		}
		return Case{"some", x}
	case *spec.EnumType:
		label, _ := x.(string)
		return Case{Label: label}
	}
	return Case{}
}

// ToGo is v, a value of type t, as the first Go value that FromGo lists for the type. An integer has Go's type of that size and sign, a
// handle is a uint32, a list of u8 a []byte, another list or a tuple a []any, a map a [][2]any.
func ToGo(t spec.ValType, v spec.Value) any {
	switch v := v.(type) {
	case spec.Int:
		return intToGo(t, v)
	case spec.Float:
		if _, ok := t.(spec.F32Type); ok {
			return float32(v.Float64())
		}
		return v.Float64()
	case spec.Char:
		return rune(v)
	case spec.String:
		return v.S
	case spec.List:
		return listToGo(t, v)
	case spec.Dict:
		return dictToGo(t, v)
	}
	return v
}

func intToGo(t spec.ValType, i spec.Int) any {
	signed, _ := i.Int64()
	unsigned, _ := i.Uint64()
	switch t.(type) {
	case spec.S8Type:
		return int8(signed)
	case spec.S16Type:
		return int16(signed)
	case spec.S32Type:
		return int32(signed)
	case spec.S64Type:
		return signed
	case spec.U8Type:
		return uint8(unsigned)
	case spec.U16Type:
		return uint16(unsigned)
	case spec.U64Type:
		return unsigned
	}
	return uint32(unsigned)
}

func listToGo(t spec.ValType, list spec.List) any {
	element, _ := elementOf(t)
	switch t := t.(type) {
	case *spec.MapType:
		pairs := make([][2]any, len(list))
		for i, e := range list {
			pair := ToGo(element, e).([]any)
			pairs[i] = [2]any{pair[0], pair[1]}
		}
		return pairs
	case *spec.ListType:
		if _, ok := t.T.(spec.U8Type); ok {
			bytes := make([]byte, len(list))
			for i, e := range list {
				bytes[i] = ToGo(element, e).(uint8)
			}
			return bytes
		}
	}
	parts := make([]any, len(list))
	for i, e := range list {
		parts[i] = ToGo(element, e)
	}
	return parts
}

func dictToGo(t spec.ValType, d spec.Dict) any {
	fields, ok := fieldsOf(t)
	if !ok {
		return caseToGo(t, d[0])
	}
	switch t.(type) {
	case *spec.TupleType:
		parts := make([]any, len(fields))
		for i, f := range fields {
			v, _ := d.Get(f.Label)
			parts[i] = ToGo(f.T, v)
		}
		return parts
	case *spec.FlagsType:
		set := []string{}
		for _, f := range fields {
			if v, _ := d.Get(f.Label); v == true {
				set = append(set, f.Label)
			}
		}
		return set
	}
	record := map[string]any{}
	for _, f := range fields {
		v, _ := d.Get(f.Label)
		record[f.Label] = ToGo(f.T, v)
	}
	return record
}

func caseToGo(t spec.ValType, e spec.Entry) Case {
	for _, c := range casesOf(t) {
		if c.Label == e.Label && c.T != nil {
			return Case{c.Label, ToGo(c.T, e.Value)}
		}
	}
	return Case{Label: e.Label}
}
