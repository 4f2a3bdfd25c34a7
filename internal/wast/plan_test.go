package wast

import (
	"strings"
	"testing"
)

// Every constant of a script is in the plan as it stands, with numbers in the range of their types.
func TestPlanValues(t *testing.T) {
	for text, want := range map[string]string{
		`(u8.const 0xff)`:                       `(u8.const 255)`,
		`(s8.const 0xff)`:                       `(s8.const -1)`,
		`(u64.const -1)`:                        `(u64.const 18446744073709551615)`,
		`(f32.const -inf)`:                      `(f32.const -Infinity)`,
		`(f64.const nan:0x123)`:                 `(f64.const NaN)`,
		`(f64.const -0)`:                        `(f64.const -0)`,
		`(bool.const true)`:                     `(bool.const true)`,
		`(char.const "π")`:                      `(char.const "π")`,
		`(str.const "a\nb")`:                    `(str.const "a\nb")`,
		`(enum.const "e")`:                      `(enum.const "e")`,
		`(flags.const "a" "b")`:                 `(flags.const "a" "b")`,
		`(list.const (u8.const 1))`:             `(list.const (u8.const 1))`,
		`(record.const (field "a" u8.const 1))`: `(record.const "a" (u8.const 1))`,
		`(variant.const "v" (u8.const 1))`:      `(variant.const "v" (u8.const 1))`,
		`(option.none)`:                         `(option.none)`,
		`(option.some (u8.const 1))`:            `(option.some (u8.const 1))`,
		`(result.err)`:                          `(result.err)`,
	} {
		s, err := Parse(`(component) (assert_return (invoke "f" ` + text + `) ` + text + `)`)
		if err != nil {
			t.Fatal(err)
		}
		d := s.Directives[1]
		args, err := planValues(d.Args)
		results, err2 := planValues(d.Results)
		if err != nil || err2 != nil || args[0].String() != want || results[0].String() != want {
			t.Errorf("%s: %v, %v, %v, want %s", text, args, err, err2, want)
		}
	}
	for text, want := range map[string]string{
		`(u8.const 256)`:    "line 1: 256 has more than 8 bits",
		`(what.const 1)`:    "line 1: there are no constants what.const",
		`(nothing)`:         "line 1: (nothing …) is no constant",
		`(variant.const)`:   "line 1: want (variant.const \"case\" constant?)",
		`(bool.const yes)`:  "line 1: yes is no bool",
		`(flags.const a)`:   "line 1: want (flags.const \"label\"…)",
		`(variant.const a)`: "line 1: want (variant.const \"case\" constant?)",
		`(record.const ())`: "line 1: want (field \"label\" constant)",
	} {
		s, err := Parse(`(component) (invoke "f" ` + text + `)`)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := planValues(s.Directives[1].Args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// A plan has each step's component or instance by the number of its step, and a store for those that share one.
func TestPlanSteps(t *testing.T) {
	s, err := Parse(`(component $A "")`)
	if err == nil {
		s, err = Parse(`(component definition $D binary "\00asm\0d\00\01\00") (component instance $I $D) (component instance $J $D) (register "i" $I) (assert_trap (invoke $I "f") "no")`)
	}
	if err != nil {
		t.Fatal(err)
	}
	plan, err := Prepare(s, nil).Plan("five")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []Step{{Of: -1}, {Of: 0, Store: 1}, {Of: 0, Store: 2}, {Of: 1, Store: 1, As: "i"}, {Of: 1, Store: 1, Export: "f", Message: "no"}} {
		got := plan.Steps[i]
		if got.Of != want.Of || got.Store != want.Store || got.As != want.As || got.Export != want.Export || got.Message != want.Message || (len(got.Binary) > 0) != (i == 0) {
			t.Errorf("step %d: %+v, want %+v", i, *got, want)
		}
	}
	s, err = Parse(`(component (func))`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Prepare(s, nil).Plan("text"); err == nil {
		t.Error("a plan was made of text without wasm-tools")
	}
}
