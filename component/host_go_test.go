package component

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"cabi/spec"
)

// A Go function is given as an import if its types fit; otherwise linking says why it does not.
func TestGoFunctions(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	for _, test := range []struct {
		given any
		want  string // what greet returns, or a part of the error
	}{
		{func(s string) string { return s + "!" }, "Ada!"},
		{func(s any) any { return s }, "Ada"},
		{func(s string) (string, error) { return s + "?", nil }, "Ada?"},
		{func(string) (string, error) { return "", errors.New("nobody is there") }, "host/error: nobody is there"},
		{func(string) int { return 1 }, "is no value of type string"},
		{func(int) string { return "" }, "parameter 0: a Go int is no value of type string"},
		{func() string { return "" }, "does not have 1 parameters and 1 results"},
		{func(string) {}, "does not have 1 parameters and 1 results"},
		{func(...string) string { return "" }, "does not have 1 parameters"},
		{Supplier(func(i Import) any {
			return func(s string) string { return i.Name + " " + s + " " + Signature(i.Type, i.Params) }
		}), "hello Ada func(a: string) -> string"},
		{Supplier(func(Import) any { return nil }), `missing import: the component imports the func "hello"`},
	} {
		r := e.NewRun(RunOptions{})
		inst, err := r.Instantiate(decode(t, greeter()), Imports{"hello": test.given})
		var got any
		if err == nil {
			var f *Func
			if f, err = inst.Func("greet"); err == nil {
				got, err = f.Call("Ada")
			}
		}
		switch {
		case err == nil && got != test.want:
			t.Errorf("%T: %v, want %s", test.given, got, test.want)
		case err != nil && !strings.Contains(err.Error(), test.want):
			t.Errorf("%T: %v, want %s", test.given, err, test.want)
		}
		r.Close()
	}
}

// Each type has a Go type that a parameter may have, and takes no other.
func TestFitsGo(t *testing.T) {
	check := func(ft *spec.FuncType, f any, fits bool) {
		t.Helper()
		_, err := goFunc(ft, reflect.ValueOf(f))
		if (err == nil) != fits {
			t.Errorf("%T for %s: %v", f, Signature(ft, []string{"a"}), err)
		}
	}
	takes := func(p spec.ValType) *spec.FuncType { return &spec.FuncType{Params: []spec.ValType{p}} }
	check(takes(spec.BoolType{}), func(bool) {}, true)
	check(takes(spec.U8Type{}), func(uint8) {}, true)
	check(takes(spec.U8Type{}), func(uint16) {}, false)
	check(takes(spec.S64Type{}), func(int64) {}, true)
	check(takes(spec.F32Type{}), func(float32) {}, true)
	check(takes(spec.CharType{}), func(rune) {}, true)
	check(takes(&spec.OwnType{}), func(uint32) {}, true)
	check(takes(&spec.ListType{T: spec.U8Type{}}), func([]byte) {}, true)
	check(takes(&spec.ListType{T: &spec.ListType{T: spec.StringType{}}}), func([][]string) {}, true)
	check(takes(&spec.ListType{T: spec.StringType{}}), func([]int) {}, false)
	check(takes(&spec.OptionType{T: spec.U8Type{}}), func(Case) {}, true)
	check(takes(&spec.OptionType{T: spec.U8Type{}}), func(*uint8) {}, false)
	check(takes(&spec.RecordType{}), func(map[string]any) {}, true)
	check(takes(&spec.TupleType{}), func([]any) {}, true)
	check(takes(&spec.FlagsType{}), func([]string) {}, true)
	check(takes(&spec.FlagsType{}), func(string) {}, false)
}

// Lists arrive as slices of what their elements are.
func TestGoLists(t *testing.T) {
	list := &spec.ListType{T: &spec.ListType{T: spec.U16Type{}}}
	var got [][]uint16
	f, err := goFunc(&spec.FuncType{Params: []spec.ValType{list}}, reflect.ValueOf(func(l [][]uint16) { got = l }))
	if err != nil {
		t.Fatal(err)
	}
	v, err := FromGo(list, [][]int{{1, 2}, {}, {3}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f([]spec.Value{v}); err != nil || len(got) != 3 || len(got[0]) != 2 || got[2][0] != 3 {
		t.Errorf("got %v, %v", got, err)
	}
}

// A function of the host gives the run up with a reason, which is no trap.
func TestGiveUp(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		enough := errors.New("enough")
		r, inst := instantiate(t, e, greeter(), Imports{"hello": func(string) (string, error) { return "", &GiveUp{enough} }})
		if _, err := callFunc(r, inst, "greet", "Ada"); err != enough {
			t.Errorf("got %v, want %v", err, enough)
		}
		if r.Stopped() != enough {
			t.Errorf("the run was stopped by %v", r.Stopped())
		}
	})
}
