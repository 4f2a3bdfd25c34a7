package component

import (
	"errors"
	"fmt"
	"reflect"

	"cabi/spec"
)

// A GiveUp is an error with which a function of the host's gives the run up instead of trapping. What the run returns is the Reason.
type GiveUp struct{ Reason error }

func (g *GiveUp) Error() string { return g.Reason.Error() }

// trapOnError ends what runs if a function of the host's returned an error.
func (r *Run) trapOnError(err error) {
	var g *GiveUp
	switch {
	case errors.As(err, &g):
		r.giveUp(g.Reason)
	case err != nil:
		panic(&spec.Trap{Site: HostTrapSite, Detail: err.Error()})
	}
}

// GoFunc is the HostFunc that a plain Go function stands for where it is given as an import of type ft.
func GoFunc(ft *spec.FuncType, f any) (HostFunc, error) { return goFunc(ft, reflect.ValueOf(f)) }

// goFunc makes a HostFunc for a type of a plain Go function: its parameters have the Go types that ToGo makes, []T for a list whose
// elements have the Go type T, or any; its result is what FromGo takes. It may return an error besides.
func goFunc(ft *spec.FuncType, f reflect.Value) (HostFunc, error) {
	t := f.Type()
	results, fails := t.NumOut(), false
	if results > 0 && t.Out(results-1) == errorType {
		results, fails = results-1, true
	}
	if t.IsVariadic() || t.NumIn() != len(ft.Params) || results != len(ft.Result) {
		return nil, fmt.Errorf("a Go function of type %s does not have %d parameters and %d results", t, len(ft.Params), len(ft.Result))
	}
	for i, p := range ft.Params {
		if !fitsGo(p, t.In(i)) {
			return nil, fmt.Errorf("parameter %d: a Go %s is no value of type %s", i, t.In(i), spec.TypeName(p))
		}
	}
	return func(args []spec.Value) ([]spec.Value, error) {
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = goValue(ToGo(ft.Params[i], a), t.In(i))
		}
		out := f.Call(in)
		if fails && !out[results].IsNil() {
			return nil, out[results].Interface().(error)
		}
		return fromGoResults(ft, out[:results])
	}, nil
}

var (
	errorType = reflect.TypeFor[error]()
	anyType   = reflect.TypeFor[any]()
)

func fromGoResults(ft *spec.FuncType, out []reflect.Value) ([]spec.Value, error) {
	var values []spec.Value
	for i, o := range out {
		v, err := FromGo(ft.Result[i], o.Interface())
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// fitsGo reports whether a parameter of Go type r can take values of type t.
func fitsGo(t spec.ValType, r reflect.Type) bool {
	if r == anyType {
		return true
	}
	if list, ok := t.(*spec.ListType); ok {
		return r.Kind() == reflect.Slice && fitsGo(list.T, r.Elem())
	}
	if casesOf(t) != nil {
		return r == reflect.TypeFor[Case]()
	}
	switch t.(type) {
	case *spec.RecordType:
		return r == reflect.TypeFor[map[string]any]()
	case *spec.TupleType:
		return r == reflect.TypeFor[[]any]()
	case *spec.FlagsType:
		return r == reflect.TypeFor[[]string]()
	}
	return fitsScalar(t, r.Kind())
}

func fitsScalar(t spec.ValType, k reflect.Kind) bool {
	switch t.(type) {
	case spec.BoolType:
		return k == reflect.Bool
	case spec.StringType:
		return k == reflect.String
	case spec.F32Type:
		return k == reflect.Float32
	case spec.F64Type:
		return k == reflect.Float64
	case spec.CharType, spec.S32Type:
		return k == reflect.Int32
	case *spec.OwnType, *spec.BorrowType:
		return k == reflect.Uint32
	}
	_, _, ok := rangeOf(t)
	return ok && reflect.TypeOf(intToGo(t, spec.IntOf(0))).Kind() == k
}

// goValue is x, which ToGo made, as a value of Go type r.
func goValue(x any, r reflect.Type) reflect.Value {
	v := reflect.ValueOf(x)
	if v.Type().AssignableTo(r) {
		return v
	}
	if r.Kind() != reflect.Slice {
		return v.Convert(r)
	}
	list := reflect.MakeSlice(r, v.Len(), v.Len())
	for i := range v.Len() {
		list.Index(i).Set(goValue(v.Index(i).Interface(), r.Elem()))
	}
	return list
}
