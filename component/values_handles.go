package component

import "cabi/spec"

// MapHandles is v, a value of type t, with each handle in it replaced by what f returns for its type and number. Elements of streams
// and futures are not looked into.
func MapHandles(t spec.ValType, v spec.Value, f func(t spec.ValType, n spec.Int) (spec.Int, error)) (spec.Value, error) {
	switch t.(type) {
	case *spec.OwnType, *spec.BorrowType:
		return f(t, v.(spec.Int))
	}
	if element, ok := elementOf(t); ok {
		return mapList(element, v.(spec.List), f)
	}
	if d, ok := v.(spec.Dict); ok {
		return mapDict(t, d, f)
	}
	return v, nil
}

func mapList(element spec.ValType, list spec.List, f func(spec.ValType, spec.Int) (spec.Int, error)) (spec.Value, error) {
	mapped := make(spec.List, len(list))
	for i, e := range list {
		var err error
		if mapped[i], err = MapHandles(element, e, f); err != nil {
			return nil, err
		}
	}
	return mapped, nil
}

func mapDict(t spec.ValType, d spec.Dict, f func(spec.ValType, spec.Int) (spec.Int, error)) (spec.Value, error) {
	types := map[string]spec.ValType{}
	fields, _ := fieldsOf(t)
	for _, field := range fields {
		types[field.Label] = field.T
	}
	for _, c := range casesOf(t) {
		types[c.Label] = c.T
	}
	mapped := make(spec.Dict, len(d))
	for i, e := range d {
		mapped[i] = e
		if types[e.Label] == nil {
			continue
		}
		var err error
		if mapped[i].Value, err = MapHandles(types[e.Label], e.Value, f); err != nil {
			return nil, err
		}
	}
	return mapped, nil
}
