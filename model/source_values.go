package model

import (
	"fmt"
	"math"
	"slices"

	"cabi/internal/mirror"
	"cabi/internal/python"
	"cabi/spec"
)

// This file makes values of Python of component-level values, and the reverse.

// wordValue is the value of a type that a word says.
func (r *Run) wordValue(_ *python.Machine, args []python.Value) (python.Value, error) {
	t := mirror.As[spec.ValType](r.source.mirror, args[0])
	r.source.mirror.Flush()
	v, err := valueOfWord(t, args[1].(string))
	if err != nil {
		return nil, err
	}
	return pythonValue(v), nil
}

// pythonValue is a value in Python. It is none with handles, streams or futures in it, which words do not say.
func pythonValue(v spec.Value) python.Value {
	switch v := v.(type) {
	case bool:
		return v
	case spec.Int:
		if i, ok := v.Int64(); ok {
			return int(i)
		}
		u, _ := v.Uint64()
		return python.Integer(u)
	case spec.Float:
		return v.Float64()
	case spec.Char:
		return string(rune(v))
	case spec.String:
		return python.NewTuple(v.S, v.Encoding.String(), python.Integer(v.TaggedCodeUnits))
	case spec.Unit:
		return python.NewTuple()
	case spec.List:
		list := make([]python.Value, len(v))
		for i, e := range v {
			list[i] = pythonValue(e)
		}
		return python.NewList(list...)
	case spec.Dict:
		var labels, values []python.Value
		for _, e := range v {
			labels, values = append(labels, e.Label), append(values, pythonValue(e.Value))
		}
		return python.NewDict(labels, values)
	}
	return nil
}

// pythonBytes is a list of bytes.
func pythonBytes(bytes []byte) *python.List {
	list := make([]python.Value, len(bytes))
	for i, b := range bytes {
		list[i] = int(b)
	}
	return python.NewList(list...)
}

// passings are the moments at which values go to or from the host, by the words that engine.py has for them.
var passings = map[string]HostPass{"starts": HostStarts, "resolved": HostResolved, "started": HostStarted, "got": HostGot, "gave": HostGave}

// passedOnSource is told of values that go to or from the host.
func (r *Run) passedOnSource(_ *python.Machine, args []python.Value) (python.Value, error) {
	if _, is := r.Observer.(valueObserver); !is && len(r.passes.all) == 0 {
		return nil, nil
	}
	what, k := passings[args[0].(string)], args[1].(int)
	if args[2] == nil { // the call is cancelled
		r.hostPassed(what, k, r.passedTypes(what, k, 0), nil)
		return nil, nil
	}
	list, isList := args[2].(*python.List)
	if !isList {
		return nil, fmt.Errorf("the host passes or receives what is no list")
	}
	ts := r.passedTypes(what, k, len(list.Items()))
	if len(ts) != len(list.Items()) {
		return nil, fmt.Errorf("the host is to pass or receive %s, which is not so here", Counted(len(ts), "value"))
	}
	vs := make([]spec.Value, len(ts))
	for i, v := range list.Items() {
		var ok bool
		if vs[i], ok = r.specValue(ts[i], v); !ok {
			return nil, fmt.Errorf("the host passes or receives what is no %s", typeText(ts[i]))
		}
	}
	r.source.mirror.Flush()
	if what == HostGot {
		ts, vs = []spec.ValType{&spec.ListType{T: r.host.shared[k].Type()}}, []spec.Value{spec.List(vs)}
	}
	r.hostPassed(what, k, ts, vs)
	return nil, nil
}

// passedTypes are the types of values that go to or from the host, in a call, or of some elements of a stream or future.
func (r *Run) passedTypes(what HostPass, k, elements int) []spec.ValType {
	switch what {
	case HostStarts:
		return r.funcs[r.invocations[k].Func].ft.Params
	case HostResolved:
		return r.funcs[r.invocations[k].Func].ft.Result
	case HostStarted:
		return r.host.calls[k].ft.Params
	}
	return slices.Repeat([]spec.ValType{r.host.shared[k].Type()}, elements)
}

// specValue is a value of Python, of a type; false: it is none of that type.
func (r *Run) specValue(t spec.ValType, v python.Value) (spec.Value, bool) {
	switch t.(type) {
	case nil:
		return spec.Unit{}, true
	case spec.BoolType:
		b, ok := v.(bool)
		return b, ok
	case spec.F32Type, spec.F64Type:
		f, ok := v.(float64)
		if math.IsNaN(f) {
			return spec.Float(math.Float64bits(f)), ok
		}
		return spec.FloatOf(f), ok
	case spec.CharType:
		s, _ := v.(string)
		runes := []rune(s)
		if len(runes) != 1 {
			return nil, false
		}
		return spec.Char(runes[0]), true
	case spec.StringType:
		tuple, ok := v.(*python.Tuple)
		return mirror.As[spec.String](r.source.mirror, tuple), ok
	case spec.PrimValType, *spec.OwnType, *spec.BorrowType:
		return mirror.Int(v)
	case *spec.StreamType, *spec.FutureType:
		shared := mirror.As[spec.SharedBase](r.source.mirror, v)
		return shared, shared != nil
	case *spec.ErrorContextType:
		e := mirror.As[*spec.ErrorContext](r.source.mirror, v)
		return e, e != nil
	}
	return r.specCompound(t, v)
}

// specCompound is a value of Python, of a type that has parts.
func (r *Run) specCompound(t spec.ValType, v python.Value) (spec.Value, bool) {
	if list, is := v.(*python.List); is {
		return r.specList(t, list)
	}
	d, is := v.(*python.Dict)
	if !is {
		return nil, false
	}
	parts, cases := labeledParts(t), casesOf(t)
	var entries spec.Dict
	for i, key := range d.Keys() {
		label, _ := key.(string)
		var of spec.ValType
		if at := slices.IndexFunc(cases, func(c spec.CaseType) bool { return c.Label == label }); at >= 0 {
			of = cases[at].T
		} else if part, is := parts[label]; is {
			of = part
		} else {
			return nil, false
		}
		e := spec.Entry{Label: label}
		if cases == nil || of != nil {
			var ok bool
			if e.Value, ok = r.specValue(of, d.Values()[i]); !ok {
				return nil, false
			}
		}
		entries = append(entries, e)
	}
	return entries, len(entries) > 0
}

// labeledParts are the types of the parts of a record, a tuple or flags, by their labels.
func labeledParts(t spec.ValType) map[string]spec.ValType {
	parts := map[string]spec.ValType{}
	switch t := t.(type) {
	case *spec.TupleType:
		for i, e := range t.Ts {
			parts[fmt.Sprint(i)] = e
		}
	case *spec.RecordType:
		for _, f := range t.Fields {
			parts[f.Label] = f.T
		}
	case *spec.FlagsType:
		for _, label := range t.Labels {
			parts[label] = spec.BoolType{}
		}
	}
	return parts
}

func (r *Run) specList(t spec.ValType, list *python.List) (spec.Value, bool) {
	var of spec.ValType
	switch t := t.(type) {
	case *spec.ListType:
		of = t.T
	case *spec.MapType:
		of = &spec.TupleType{Ts: []spec.ValType{t.K, t.V}}
	default:
		return nil, false
	}
	vs := make(spec.List, len(list.Items()))
	for i, e := range list.Items() {
		var ok bool
		if vs[i], ok = r.specValue(of, e); !ok {
			return nil, false
		}
	}
	return vs, true
}
