package component

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"cabi/spec"
)

func u(v uint64) *uint64 { return &v }

// TestValues reads text as a value, writes the value as the text again, and turns it into a Go value and back.
func TestValues(t *testing.T) {
	pair := &spec.TupleType{Ts: []spec.ValType{spec.U8Type{}, spec.StringType{}}}
	point := &spec.RecordType{Fields: []spec.FieldType{{Label: "x", T: spec.S16Type{}}, {Label: "note", T: &spec.OptionType{T: spec.StringType{}}}}}
	shape := &spec.VariantType{Cases: []spec.CaseType{{Label: "none"}, {Label: "dot", T: point}}}
	rt := spec.NewResourceType("r", nil, nil)
	for _, c := range []struct {
		t    spec.ValType
		text string
		x    any
	}{
		{spec.BoolType{}, "true", true},
		{spec.U8Type{}, "255", uint8(255)},
		{spec.S8Type{}, "-128", int8(-128)},
		{spec.U16Type{}, "65535", uint16(65535)},
		{spec.S16Type{}, "-7", int16(-7)},
		{spec.U32Type{}, "4294967295", uint32(math.MaxUint32)},
		{spec.S32Type{}, "-2147483648", int32(math.MinInt32)},
		{spec.U64Type{}, "18446744073709551615", uint64(math.MaxUint64)},
		{spec.S64Type{}, "-9223372036854775808", int64(math.MinInt64)},
		{spec.F32Type{}, "0.1", float32(0.1)},
		{spec.F64Type{}, "-0", math.Copysign(0, -1)},
		{spec.F64Type{}, "-inf", math.Inf(-1)},
		{spec.CharType{}, `'\''`, '\''},
		{spec.CharType{}, "'☃'", '☃'},
		{spec.StringType{}, `"a\"b\\\n\u{1}☃"`, "a\"b\\\n\x01☃"},
		{&spec.ListType{T: spec.U8Type{}}, "[1, 2]", []byte{1, 2}},
		{&spec.ListType{T: spec.BoolType{}, L: u(2)}, "[true, false]", []any{true, false}},
		{&spec.ListType{T: pair}, `[(1, "a"), (2, "b")]`, []any{[]any{uint8(1), "a"}, []any{uint8(2), "b"}}},
		{&spec.MapType{K: spec.StringType{}, V: spec.U8Type{}}, `[("a", 1)]`, [][2]any{{"a", uint8(1)}}},
		{point, `{x: 1, note: some("n")}`, map[string]any{"x": int16(1), "note": Case{"some", "n"}}},
		{shape, "none", Case{Label: "none"}},
		{shape, "dot({x: 1, note: none})", Case{"dot", map[string]any{"x": int16(1), "note": Case{Label: "none"}}}},
		{&spec.EnumType{Labels: []string{"a", "b"}}, "b", Case{Label: "b"}},
		{&spec.FlagsType{Labels: []string{"a", "b", "c"}}, "{a, c}", []string{"a", "c"}},
		{&spec.OptionType{T: spec.U8Type{}}, "some(1)", Case{"some", uint8(1)}},
		{&spec.ResultType{Ok: spec.U8Type{}}, "ok(1)", Case{"ok", uint8(1)}},
		{&spec.ResultType{Ok: spec.U8Type{}}, "err", Case{Label: "error"}},
		{&spec.OwnType{Rt: rt}, "#42", uint32(42)},
	} {
		v, err := ParseValue(c.t, c.text)
		if err != nil {
			t.Errorf("%s: %v", spec.TypeName(c.t), err)
			continue
		}
		if got := FormatValue(c.t, v); got != c.text {
			t.Errorf("%s: %s is written as %s", spec.TypeName(c.t), c.text, got)
		}
		if got := ToGo(c.t, v); !reflect.DeepEqual(got, c.x) {
			t.Errorf("%s: %s is %#v in Go, want %#v", spec.TypeName(c.t), c.text, got, c.x)
		}
		if back, err := FromGo(c.t, c.x); err != nil || !reflect.DeepEqual(back, v) {
			t.Errorf("%s: %#v is %v, want %v (%v)", spec.TypeName(c.t), c.x, back, v, err)
		}
	}
}

// TestOtherGoValues gives Go values that ToGo does not make.
func TestOtherGoValues(t *testing.T) {
	for _, c := range []struct {
		t    spec.ValType
		x    any
		text string
	}{
		{spec.U64Type{}, 7, "7"},
		{spec.F64Type{}, float32(0.5), "0.5"},
		{&spec.ListType{T: spec.U32Type{}}, []int{1, 2}, "[1, 2]"},
		{&spec.MapType{K: spec.StringType{}, V: spec.U8Type{}}, map[string]int{"b": 2, "a": 1, "c": 3}, `[("a", 1), ("b", 2), ("c", 3)]`},
		{&spec.EnumType{Labels: []string{"a", "b"}}, "a", "a"},
		{&spec.OptionType{T: spec.U8Type{}}, nil, "none"},
		{&spec.OptionType{T: spec.U8Type{}}, 3, "some(3)"},
		{spec.StringType{}, spec.UTF8String("x"), `"x"`},
	} {
		v, err := FromGo(c.t, c.x)
		if err != nil || FormatValue(c.t, v) != c.text {
			t.Errorf("%#v as %s: %v, %v, want %s", c.x, spec.TypeName(c.t), v, err, c.text)
		}
	}
}

// TestBadValues gives texts and Go values that are of another type.
func TestBadValues(t *testing.T) {
	point := &spec.RecordType{Fields: []spec.FieldType{{Label: "x", T: spec.U8Type{}}}}
	flags := &spec.FlagsType{Labels: []string{"a"}}
	for _, c := range []struct {
		t          spec.ValType
		text, want string
	}{
		{spec.U8Type{}, "256", "256 is out of the range of u8"},
		{spec.U8Type{}, "-1", "-1 is out of the range"},
		{spec.U64Type{}, "18446744073709551616", "is no integer of 64 bits"},
		{spec.BoolType{}, "maybe", `expected true or false, found "maybe"`},
		{spec.StringType{}, `"a`, "the closing quote is missing"},
		{spec.StringType{}, `"\q"`, `no escape has the letter "q"`},
		{spec.StringType{}, `"\u{d800}"`, `"d800" is no character`},
		{spec.CharType{}, "'ab'", `"ab" is not one character`},
		{point, "{}", `field "x" is missing`},
		{point, "{y: 1}", `"y" is no field`},
		{point, "{x: 1, x: 2}", `field "x" is there twice`},
		{point, "{x: 1} 2", "the value ends before this"},
		{flags, "{b}", `"b" is no label`},
		{&spec.EnumType{Labels: []string{"a"}}, "b", `"b" is no case`},
		{&spec.ListType{T: spec.U8Type{}, L: u(2)}, "[1]", "1 elements are no value of type list<u8, 2>"},
		{&spec.ListType{T: spec.U8Type{}}, "[1", `expected "]"`},
		{&spec.StreamType{T: spec.U8Type{}}, "7", "values of type stream<u8> have no text"},
	} {
		if v, err := ParseValue(c.t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s as %s: %v, %v, want %q", c.text, spec.TypeName(c.t), v, err, c.want)
		}
	}
	for _, c := range []struct {
		t    spec.ValType
		x    any
		want string
	}{
		{spec.U8Type{}, "1", "a Go value of type string is no value of type u8"},
		{spec.U8Type{}, 300, "300 is out of the range"},
		{spec.StringType{}, "\xff", "is no Unicode"},
		{spec.CharType{}, rune(0xd800), "is no character"},
		{point, map[string]any{"y": 1}, `field "x" is not there`},
		{point, map[string]any{"x": 1, "y": 2}, "is not there"},
		{flags, []string{"b"}, `"b" is no label`},
		{&spec.ListType{T: spec.U8Type{}}, []int{1, 300}, "element 1: 300 is out"},
		{&spec.ResultType{}, Case{"ok", 1}, "has no payload"},
	} {
		if v, err := FromGo(c.t, c.x); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%#v as %s: %v, %v, want %q", c.x, spec.TypeName(c.t), v, err, c.want)
		}
	}
}

// FuzzValue reads any text as a value of each of some types: what is read is written as text that reads as the same.
func FuzzValue(f *testing.F) {
	types := []spec.ValType{
		spec.S64Type{}, spec.F32Type{}, spec.StringType{}, spec.CharType{},
		&spec.ListType{T: &spec.TupleType{Ts: []spec.ValType{spec.U8Type{}, &spec.OptionType{T: spec.StringType{}}}}},
		&spec.RecordType{Fields: []spec.FieldType{{Label: "x", T: &spec.FlagsType{Labels: []string{"a", "b"}}}}},
	}
	for _, seed := range []string{"-1", "0.1", `"a\u{1}"`, "'x'", `[(1, some("a"))]`, "{x: {a}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range types {
			v, err := ParseValue(typ, text)
			if err != nil {
				continue
			}
			again, err := ParseValue(typ, FormatValue(typ, v))
			if err != nil || FormatValue(typ, again) != FormatValue(typ, v) {
				t.Errorf("%q is written as %q, which reads as %v (%v)", text, FormatValue(typ, v), again, err)
			}
		}
	})
}
