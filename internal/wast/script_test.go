package wast

import (
	"strings"
	"testing"

	"cabi/spec"
)

// Directives are read with all their parts.
func TestParse(t *testing.T) {
	s, err := Parse("(; a (; nested ;) comment ;)\n(component $C binary \"\\00a\" \"\\u{62}\")\n;; a line\n(component instance $i $C)" +
		"(assert_return (invoke $i \"f\" (u8.const 1)) (str.const \"a\\n\"))\n(component quote \"(core\" \"module)\")\n(component $T (type u8))")
	if err != nil {
		t.Fatal(err)
	}
	d := s.Directives
	if len(d) != 5 || string(d[0].Component.Binary) != "\x00ab" || d[0].Name != "$C" || d[0].Line != 2 {
		t.Errorf("the first of %d: %+v", len(d), d[0])
	}
	if d[1].Kind != Instance || d[1].Of != "$C" || d[1].Name != "$i" || d[1].Line != 4 {
		t.Errorf("the instance: %+v", d[1])
	}
	if d[2].Of != "$i" || d[2].Export != "f" || len(d[2].Args) != 1 || d[2].Results[0].list[1].text != "a\n" {
		t.Errorf("the assertion: %+v", d[2])
	}
	if d[3].Component.Text != "(component (core module))" || d[4].Component.Text != "(component $T (type u8))" {
		t.Errorf("the texts: %q, %q", d[3].Component.Text, d[4].Component.Text)
	}
}

// What is no script is refused with its line.
func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"(component":                      "line 1: the parenthesis is not closed",
		"\n)":                             "line 2: a parenthesis closes that none opens",
		"(component \"a":                  "line 1: the string does not end",
		"\n(; (; ;)":                      "line 2: the comment does not end",
		"(component binary \"\\zz\")":     `line 1: "\\zz" is no escape`,
		"(invoke)":                        "line 1: want (invoke $instance?",
		"(assert_return)":                 "line 1: want (assert_return (invoke",
		"(assert_trap (component))":       "line 1: want (assert_trap (…) \"message\")",
		"(assert_trap 1 \"\")":            "line 1: want a component",
		"(component instance $a $b $c)":   "line 1: want (component instance",
		"(component binary 1)":            "line 1: want a string",
		"word":                            `line 1: "" is no directive`,
		"(invok \"f\")":                   "did you mean invoke?",
		"(component quote \"\\u{d800}\")": "is no character",
		strings.Repeat("(", 20000):        "line 1: more than 10000 lists",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

// Constants become values and are written as constants again. What is no constant of the type is refused.
func TestConstants(t *testing.T) {
	u8 := spec.U8Type{}
	record := &spec.RecordType{Fields: []spec.FieldType{{Label: "a", T: u8}, {Label: "b", T: spec.BoolType{}}}}
	variant := &spec.VariantType{Cases: []spec.CaseType{{Label: "x", T: nil}, {Label: "y", T: u8}}}
	for _, c := range []struct {
		t          spec.ValType
		text, want string // what it is written as, or what the error says
	}{
		{u8, "(u8.const 0xf_f)", "(u8.const 255)"},
		{u8, "(u8.const 256)", "256 has more than 8 bits"},
		{u8, "(u8.const x)", "x is no integer"},
		{u8, "(u16.const 1)", "want a constant of type u8"},
		{spec.S8Type{}, "(s8.const 255)", "(s8.const -1)"},
		{spec.U64Type{}, "(u64.const 18446744073709551615)", "(u64.const 18446744073709551615)"},
		{spec.F32Type{}, "(f32.const 0x1.8)", "(f32.const 1.5)"},
		{spec.F64Type{}, "(f64.const -0)", "(f64.const -0)"},
		{spec.F64Type{}, "(f64.const nan:0x4)", "(f64.const nan)"},
		{spec.F64Type{}, "(f64.const -inf)", "(f64.const -inf)"},
		{spec.CharType{}, "(char.const \"é\")", "(char.const \"é\")"},
		{spec.CharType{}, "(char.const \"ab\")", "is no character"},
		{spec.StringType{}, "(str.const \"\\ff\")", "is no UTF-8"},
		{record, "(record.const (field \"b\" bool.const true) (field \"a\" (u8.const 1)))", "(record.const (field \"a\" (u8.const 1)) (field \"b\" (bool.const true)))"},
		{record, "(record.const (field \"a\" u8.const 1))", "the field \"b\" is missing"},
		{variant, "(variant.const \"y\" (u8.const 2))", "(variant.const \"y\" (u8.const 2))"},
		{variant, "(variant.const \"x\" (u8.const 2))", "want no value"},
		{variant, "(variant.const \"y\")", "want a value of type u8"},
		{variant, "(variant.const \"z\")", "there is no \"z\" among x, y"},
		{&spec.EnumType{Labels: []string{"r", "g"}}, "(enum.const \"g\")", "(enum.const \"g\")"},
		{&spec.FlagsType{Labels: []string{"a", "b"}}, "(flags.const \"b\" \"a\")", "(flags.const \"a\" \"b\")"},
		{&spec.ListType{T: u8}, "(list.const (u8.const 1) (u8.const 2))", "(list.const (u8.const 1) (u8.const 2))"},
		{&spec.TupleType{Ts: []spec.ValType{u8, spec.BoolType{}}}, "(tuple.const (u8.const 1))", "want 2 elements"},
		{&spec.OptionType{T: u8}, "(option.some (u8.const 1))", "(option.some (u8.const 1))"},
		{&spec.OptionType{T: u8}, "(option.none)", "(option.none)"},
		{&spec.ResultType{Ok: nil, Error: u8}, "(result.err (u8.const 1))", "(result.err (u8.const 1))"},
		{&spec.ResultType{Ok: nil, Error: u8}, "(result.ok)", "(result.ok)"},
		{&spec.ErrorContextType{}, "(error-context.const 1)", "scripts have no constants"},
	} {
		nodes, err := readNodes(c.text)
		if err != nil {
			t.Fatal(c.text, err)
		}
		v, err := value(c.t, nodes[0])
		if err == nil {
			if got := Constant(c.t, v); got != c.want {
				t.Errorf("%s is %s, want %s", c.text, got, c.want)
			}
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
	}
}

// FuzzParse: no text makes the reader panic.
func FuzzParse(f *testing.F) {
	f.Add("(component binary \"\\00\") (; ;) (assert_return (invoke \"f\") (u8.const 1))")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = Parse(text) })
}
