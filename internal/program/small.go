package program

import (
	"fmt"

	"cabi/spec"
)

// mostSmall is how many values a small set has at most.
const mostSmall = 4

// small is a small set of values of a type, which stands for all of them: the ends and a value between. Empty: there is none that the
// host can make by itself.
func small(t spec.ValType) []spec.Value {
	switch t := t.(type) {
	case spec.BoolType:
		return []spec.Value{false, true}
	case spec.CharType:
		return []spec.Value{spec.Char('a'), spec.Char('é')}
	case spec.StringType:
		return []spec.Value{spec.UTF8String(""), spec.UTF8String("a")}
	case spec.F32Type, spec.F64Type:
		return []spec.Value{spec.FloatOf(0), spec.FloatOf(1.5)}
	case *spec.ListType:
		return smallLists(t)
	case *spec.MapType:
		return []spec.Value{spec.List{}}
	case *spec.StreamType, *spec.FutureType, *spec.ErrorContextType:
		return nil
	case *spec.RecordType:
		return smallFields(len(t.Fields), func(i int) (string, spec.ValType) { return t.Fields[i].Label, t.Fields[i].T })
	case *spec.TupleType:
		return smallFields(len(t.Ts), func(i int) (string, spec.ValType) { return fmt.Sprint(i), t.Ts[i] })
	case *spec.FlagsType:
		return smallFields(len(t.Labels), func(i int) (string, spec.ValType) { return t.Labels[i], spec.BoolType{} })
	case *spec.VariantType:
		return smallCases(t.Cases...)
	case *spec.EnumType:
		var cases []spec.CaseType
		for _, label := range t.Labels {
			cases = append(cases, spec.CaseType{Label: label})
		}
		return smallCases(cases...)
	case *spec.OptionType:
		return smallCases(spec.CaseType{Label: "none"}, spec.CaseType{Label: "some", T: t.T})
	case *spec.ResultType:
		return smallCases(spec.CaseType{Label: "ok", T: t.Ok}, spec.CaseType{Label: "error", T: t.Error})
	}
	return []spec.Value{spec.IntOf(0), spec.IntOf(1)}
}

// smallLists are the list without elements and one of the first small element, or of a type with a length, the one with that many.
func smallLists(t *spec.ListType) (all []spec.Value) {
	elements := small(t.T)
	if t.L == nil {
		all = append(all, spec.List{})
	}
	if len(elements) == 0 {
		return all
	}
	n := uint64(1)
	if t.L != nil {
		n = *t.L
	}
	list := spec.List{}
	for range n {
		list = append(list, elements[0])
	}
	return append(all, list)
}

// smallFields are records in which all fields have their first small value, or all their last.
func smallFields(n int, field func(int) (string, spec.ValType)) []spec.Value {
	first, last := spec.Dict{}, spec.Dict{}
	for i := range n {
		label, t := field(i)
		values := small(t)
		if len(values) == 0 {
			return nil
		}
		first = append(first, spec.Entry{Label: label, Value: values[0]})
		last = append(last, spec.Entry{Label: label, Value: values[len(values)-1]})
	}
	return []spec.Value{first, last}
}

// smallCases is the first small value of each case, of the first cases.
func smallCases(cases ...spec.CaseType) (all []spec.Value) {
	for _, c := range cases {
		switch values := small(c.T); {
		case len(all) == mostSmall:
		case c.T == nil:
			all = append(all, spec.Dict{{Label: c.Label}})
		case len(values) > 0:
			all = append(all, spec.Dict{{Label: c.Label, Value: values[0]}})
		}
	}
	return all
}
