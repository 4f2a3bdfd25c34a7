package upstream

import "cabi/spec"

// flatten is the core types that a type becomes, with pointers of type ptr. The generator has its own rules for that, so that
// a mistake in the port's makes core values that do not fit, and shows.
func flatten(t spec.ValType, ptr spec.CoreType) []spec.CoreType {
	switch t := t.(type) {
	case spec.U64Type, spec.S64Type:
		return []spec.CoreType{spec.I64}
	case spec.F32Type:
		return []spec.CoreType{spec.F32}
	case spec.F64Type:
		return []spec.CoreType{spec.F64}
	case spec.StringType, *spec.MapType:
		return []spec.CoreType{ptr, ptr}
	case *spec.ListType:
		if t.L == nil {
			return []spec.CoreType{ptr, ptr}
		}
		return repeated(flatten(t.T, ptr), int(*t.L))
	case *spec.TupleType:
		return flattenAll(t.Ts, ptr)
	case *spec.RecordType:
		var flat []spec.CoreType
		for _, f := range t.Fields {
			flat = append(flat, flatten(f.T, ptr)...)
		}
		return flat
	}
	if payloads := payloadsOf(t); payloads != nil {
		return flattenCases(payloads, ptr)
	}
	return []spec.CoreType{spec.I32}
}

func repeated(flat []spec.CoreType, n int) []spec.CoreType {
	var all []spec.CoreType
	for range n {
		all = append(all, flat...)
	}
	return all
}

func flattenAll(ts []spec.ValType, ptr spec.CoreType) []spec.CoreType {
	var flat []spec.CoreType
	for _, t := range ts {
		flat = append(flat, flatten(t, ptr)...)
	}
	return flat
}

// flattenCases is an i32 for the case, and then core types that hold any payload.
func flattenCases(payloads []spec.ValType, ptr spec.CoreType) []spec.CoreType {
	flat := []spec.CoreType{spec.I32}
	for _, t := range payloads {
		if t == nil {
			continue
		}
		for i, ft := range flatten(t, ptr) {
			if i+1 == len(flat) {
				flat = append(flat, ft)
			} else {
				flat[i+1] = join(flat[i+1], ft)
			}
		}
	}
	return flat
}

// join is a core type that holds values of two.
func join(a, b spec.CoreType) spec.CoreType {
	switch {
	case a == b:
		return a
	case a == spec.I32 && b == spec.F32, a == spec.F32 && b == spec.I32:
		return spec.I32
	default:
		return spec.I64
	}
}

// payloadsOf are the payloads of a type's cases, each nil if the case has none; nil for a type without cases.
func payloadsOf(t spec.ValType) []spec.ValType {
	switch t := t.(type) {
	case *spec.VariantType:
		payloads := []spec.ValType{}
		for _, c := range t.Cases {
			payloads = append(payloads, c.T)
		}
		return payloads
	case *spec.EnumType:
		return make([]spec.ValType, len(t.Labels))
	case *spec.OptionType:
		return []spec.ValType{nil, t.T}
	case *spec.ResultType:
		return []spec.ValType{t.Ok, t.Error}
	}
	return nil
}
