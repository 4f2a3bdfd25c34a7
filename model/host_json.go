package model

import (
	"strconv"
	"unicode/utf8"

	"cabi/spec"
)

// JSONValues are the component-level values that an action of the host passes, as JSON would have them: numbers as text, a case with its
// value, the flags that are set. Of a stream or future, it is whether the host implements it. nil: the action passes none, or in the place of
// one value, a stream or future is a part of it.
func (r *Run) JSONValues(a Action) []any {
	switch a.Op {
	case opInvoke:
		return r.jsonArguments(a, r.funcs[a.Imm[0]].ft.Params, 0)
	case "host.resolve":
		return r.jsonArguments(a, r.hostCall(a).ft.Result, 1)
	case "shared.write", "shared.copy":
		var values []any
		t := r.sharedAt(a).Type()
		if word := a.literal(2); word != "" {
			return jsonOf(&spec.ListType{T: t}, must(valueOfWord(&spec.ListType{T: t}, word))).([]any)[:n(a, 1)]
		}
		for i := range n(a, 1) {
			values = append(values, r.jsonValue(t, nth(n(a, 2), i)))
		}
		return values
	}
	return nil
}

func (r *Run) jsonArguments(a Action, ts []spec.ValType, from int) []any {
	var values []any
	for i, t := range ts {
		if word := a.literal(from + i); word != "" {
			values = append(values, jsonOf(t, must(valueOfWord(t, word))))
		} else {
			values = append(values, r.jsonValue(t, n(a, from+i)))
		}
	}
	return values
}

// jsonValue is the host's nth value of a type as JSON.
func (r *Run) jsonValue(t spec.ValType, n uint64) any {
	switch t.(type) {
	case *spec.StreamType, *spec.FutureType:
		return n%2 == 1
	}
	if hasShared(t) {
		return nil
	}
	return jsonOf(t, r.hostValue(t, n))
}

// hasShared reports whether streams or futures are parts of the values of a type.
func hasShared(t spec.ValType) bool {
	switch t.(type) {
	case *spec.StreamType, *spec.FutureType:
		return true
	}
	for _, part := range partsOf(t) {
		if part != nil && hasShared(part) {
			return true
		}
	}
	return false
}

// jsonOf is a value of a type as JSON.
func jsonOf(t spec.ValType, v spec.Value) any {
	switch v := v.(type) {
	case bool:
		return v
	case spec.Char:
		return string(rune(v))
	case spec.String:
		return jsonString(v)
	case spec.Int:
		return v.String()
	case spec.Float:
		return FormatCore(spec.CoreFloat(v.Float64()))
	case spec.List:
		return jsonList(t, v)
	case spec.Dict:
		return jsonDict(t, v)
	}
	return map[string]any{} // an error context, which has no message, or an element without a type
}

// jsonString is a string, and where it is not stored in UTF-8, how it is. nil: no JSON can say it.
func jsonString(s spec.String) any {
	switch {
	case !utf8.ValidString(s.S):
		return nil
	case s.Encoding == spec.UTF8:
		return s.S
	}
	return map[string]any{"text": s.S, "encoding": s.Encoding.String(), "units": strconv.FormatUint(s.TaggedCodeUnits, 10)}
}

func jsonList(t spec.ValType, list spec.List) any {
	values := []any{}
	for _, e := range list {
		switch t := t.(type) {
		case *spec.ListType:
			values = append(values, jsonOf(t.T, e))
		case *spec.MapType:
			values = append(values, jsonOf(&spec.TupleType{Ts: []spec.ValType{t.K, t.V}}, e))
		}
	}
	return values
}

func jsonDict(t spec.ValType, d spec.Dict) any {
	switch t := t.(type) {
	case *spec.TupleType:
		values := []any{}
		for i, e := range d {
			values = append(values, jsonOf(t.Ts[i], e.Value))
		}
		return values
	case *spec.RecordType:
		values := map[string]any{}
		for i, e := range d {
			values[e.Label] = jsonOf(t.Fields[i].T, e.Value)
		}
		return values
	case *spec.FlagsType:
		set := []string{}
		for _, e := range d {
			if e.Value == true {
				set = append(set, e.Label)
			}
		}
		return set
	}
	of := map[string]any{"case": d[0].Label}
	for _, c := range casesOf(t) {
		if c.Label == d[0].Label && c.T != nil {
			of["value"] = jsonOf(c.T, d[0].Value)
		}
	}
	return of
}
