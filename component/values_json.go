package component

import (
	"strconv"

	"cabi/spec"
)

// JSONValue is v, a value of type t, as encoding/json is to write it: a record as an object, a list, tuple or map as an array, flags as an
// array of those that are set, an enum as its label, another variant as an object of its case, an option as its payload or null (one
// of an option, as an object too). What JSON has no number for is a string as WAVE has it, and so are handles, chars and error contexts.
func JSONValue(t spec.ValType, v spec.Value) any {
	switch v := v.(type) {
	case bool:
		return v
	case spec.String:
		return v.S
	case spec.Float:
		return jsonFloat(t, v.Float64())
	case spec.Int:
		return jsonInt(t, v)
	case spec.Char:
		return string(rune(v))
	case spec.List:
		element, _ := elementOf(t)
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = JSONValue(element, e)
		}
		return list
	case spec.Dict:
		return jsonDict(t, v)
	}
	return FormatValue(t, v)
}

func jsonFloat(t spec.ValType, f float64) any {
	switch {
	case f-f != 0: // an infinity, or no number
		return FormatValue(t, spec.FloatOf(f))
	case t == spec.ValType(spec.F32Type{}):
		return float32(f)
	}
	return f
}

func jsonInt(t spec.ValType, i spec.Int) any {
	if _, _, ok := rangeOf(t); !ok {
		return FormatValue(t, i) // a handle
	}
	if n, ok := i.Int64(); ok {
		return n
	}
	n, _ := i.Uint64()
	return n
}

func jsonDict(t spec.ValType, d spec.Dict) any {
	switch t := t.(type) {
	case *spec.FlagsType:
		return dictToGo(t, d)
	case *spec.TupleType:
		list := make([]any, len(t.Ts))
		for i, part := range t.Ts {
			e, _ := d.Get(strconv.Itoa(i))
			list[i] = JSONValue(part, e)
		}
		return list
	case *spec.RecordType:
		object := map[string]any{}
		for _, f := range t.Fields {
			e, _ := d.Get(f.Label)
			object[f.Label] = JSONValue(f.T, e)
		}
		return object
	}
	return jsonCase(t, d[0])
}

func jsonCase(t spec.ValType, e spec.Entry) any {
	var payload any
	for _, c := range casesOf(t) {
		if c.Label == e.Label && c.T != nil {
			payload = JSONValue(c.T, e.Value)
		}
	}
	switch t := t.(type) {
	case *spec.EnumType:
		return e.Label
	case *spec.OptionType:
		if _, nested := t.T.(*spec.OptionType); !nested || e.Label == "none" {
			return payload
		}
	}
	return map[string]any{e.Label: payload}
}
