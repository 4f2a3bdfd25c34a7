package toolchains

import (
	"fmt"
	"strconv"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// tagged is what JSON has no value for that JavaScript has: jco.mjs makes it of that.
type tagged struct {
	Tag string `json:"$"`
	Of  string `json:"of,omitempty"`
	V   any    `json:"v"`
}

// jsValue is v, a value of type t, as jco's values are in JavaScript. Handle says what stands for one.
func jsValue(t spec.ValType, v spec.Value, handle func(spec.ValType, spec.Int) any) any {
	dict := func(label string) any { x, _ := v.(spec.Dict).Get(label); return x }
	payload := func(t spec.ValType) any {
		if t == nil {
			return nil
		}
		return jsValue(t, v.(spec.Dict)[0].Value, handle)
	}
	of := func(tag string, t spec.ValType) any { return map[string]any{"tag": tag, "val": payload(t)} }
	switch t := t.(type) {
	case spec.BoolType:
		return v
	case spec.F32Type, spec.F64Type:
		return tagged{"number", "", strings.TrimPrefix(strings.ReplaceAll(strconv.FormatFloat(v.(spec.Float).Float64(), 'g', -1, 64), "Inf", "Infinity"), "+")}
	case spec.CharType:
		return string(rune(v.(spec.Char)))
	case spec.StringType:
		return v.(spec.String).S
	case *spec.OwnType, *spec.BorrowType:
		return handle(t, v.(spec.Int))
	case *spec.ListType:
		list := []any{}
		for _, e := range v.(spec.List) {
			list = append(list, jsValue(t.T, e, handle))
		}
		if name := spec.TypeName(t.T); name != "bool" && isNumber(t.T) {
			return tagged{"array", name, list}
		}
		return list
	case *spec.TupleType:
		list := []any{}
		for i, part := range t.Ts {
			list = append(list, jsValue(part, dict(strconv.Itoa(i)), handle))
		}
		return list
	case *spec.RecordType:
		object := map[string]any{}
		for _, f := range t.Fields {
			object[camel(f.Label)] = jsValue(f.T, dict(f.Label), handle)
		}
		return object
	case *spec.FlagsType:
		object := map[string]any{}
		for _, label := range t.Labels {
			object[camel(label)] = dict(label) == true
		}
		return object
	case *spec.EnumType:
		return v.(spec.Dict)[0].Label
	case *spec.VariantType:
		label := v.(spec.Dict)[0].Label
		return of(label, caseOf(t, label))
	case *spec.OptionType:
		some := v.(spec.Dict)[0].Label == "some"
		switch _, nested := t.T.(*spec.OptionType); {
		case nested && some:
			return of("some", t.T)
		case nested:
			return of("none", nil)
		case some:
			return payload(t.T)
		}
		return nil
	case *spec.ResultType:
		if v.(spec.Dict)[0].Label == "ok" {
			return of("ok", t.Ok)
		}
		return of("err", t.Error)
	}
	if name := spec.TypeName(t); name == "u64" || name == "s64" {
		return tagged{"bigint", "", v.(spec.Int).String()}
	}
	return tagged{"number", "", v.(spec.Int).String()}
}

func isNumber(t spec.ValType) bool {
	switch spec.TypeName(t) {
	case "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64":
		return true
	}
	return false
}

func caseOf(t *spec.VariantType, label string) spec.ValType {
	for _, c := range t.Cases {
		if c.Label == label {
			return c.T
		}
	}
	return nil
}

// camel is a label as jco writes it.
func camel(label string) string {
	words := strings.Split(label, "-")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// notJS is what fromJS panics with.
type notJS struct{ error }

// fromJS is a value that came from JavaScript as a value of type t. If it is none, it panics with a notJS.
func fromJS(t spec.ValType, v any, handle func(spec.ValType, map[string]any) spec.Int) spec.Value {
	switch t := t.(type) {
	case spec.BoolType:
		return the[bool](t, v)
	case spec.CharType:
		return spec.Char([]rune(the[string](t, v))[0])
	case spec.StringType:
		return spec.UTF8String(the[string](t, v))
	case *spec.OwnType, *spec.BorrowType:
		return handle(t, the[map[string]any](t, v))
	case *spec.ListType:
		list := spec.List{}
		for _, e := range the[[]any](t, v) {
			list = append(list, fromJS(t.T, e, handle))
		}
		return list
	case *spec.TupleType:
		list, d := the[[]any](t, v), spec.Dict{}
		for i, part := range t.Ts {
			d = append(d, spec.Entry{Label: strconv.Itoa(i), Value: fromJS(part, list[i], handle)})
		}
		return d
	case *spec.RecordType:
		object, d := the[map[string]any](t, v), spec.Dict{}
		for _, f := range t.Fields {
			d = append(d, spec.Entry{Label: f.Label, Value: fromJS(f.T, object[camel(f.Label)], handle)})
		}
		return d
	case *spec.FlagsType:
		object, d := the[map[string]any](t, v), spec.Dict{}
		for _, label := range t.Labels {
			d = append(d, spec.Entry{Label: label, Value: object[camel(label)] == true})
		}
		return d
	case *spec.EnumType:
		return spec.Dict{{Label: the[string](t, v)}}
	case *spec.VariantType:
		object := the[map[string]any](t, v)
		label := the[string](t, object["tag"])
		return caseFrom(label, caseOf(t, label), object["val"], handle)
	case *spec.OptionType:
		if _, nested := t.T.(*spec.OptionType); nested {
			object := the[map[string]any](t, v)
			if object["tag"] == "some" {
				return caseFrom("some", t.T, object["val"], handle)
			}
			return spec.Dict{{Label: "none"}}
		}
		if v == nil {
			return spec.Dict{{Label: "none"}}
		}
		return caseFrom("some", t.T, v, handle)
	case *spec.ResultType:
		object := the[map[string]any](t, v)
		if object["tag"] == "ok" {
			return caseFrom("ok", t.Ok, object["val"], handle)
		}
		return caseFrom("error", t.Error, object["val"], handle)
	}
	return numberFrom(t, the[string](t, the[map[string]any](t, v)["v"]))
}

// numberFrom is a number, which JavaScript wrote.
func numberFrom(t spec.ValType, text string) spec.Value {
	switch t.(type) {
	case spec.F32Type, spec.F64Type:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(notJS{err})
		}
		return spec.FloatOf(f)
	}
	v, err := component.ParseValue(t, text)
	if err != nil {
		panic(notJS{err})
	}
	return v
}

func caseFrom(label string, t spec.ValType, v any, handle func(spec.ValType, map[string]any) spec.Int) spec.Value {
	d := spec.Dict{{Label: label}}
	if t != nil {
		d[0].Value = fromJS(t, v, handle)
	}
	return d
}

// the is v, which has to be a T.
func the[T any](t spec.ValType, v any) T {
	x, ok := v.(T)
	if !ok {
		panic(notJS{fmt.Errorf("JavaScript gave %v for %s", v, spec.TypeName(t))})
	}
	return x
}
