package program

import (
	"slices"
	"strconv"

	"cabi/component"
	"cabi/spec"
)

// hasStreams reports whether values of a type have streams or futures in them.
func hasStreams(t spec.ValType) (has bool) {
	component.EachPart(t, func(part spec.ValType) {
		switch part.(type) {
		case *spec.StreamType, *spec.FutureType:
			has = true
		}
	})
	return has
}

// written is the type that values of a type are written as: a stream is a list of its elements, and a future its value.
func written(t spec.ValType) spec.ValType {
	if !hasStreams(t) {
		return t
	}
	switch t := t.(type) {
	case *spec.StreamType:
		return &spec.ListType{T: written(orEmpty(t.T))}
	case *spec.FutureType:
		return written(orEmpty(t.T))
	case *spec.ListType:
		return &spec.ListType{T: written(t.T), L: t.L}
	case *spec.MapType:
		return &spec.MapType{K: t.K, V: written(t.V)}
	case *spec.TupleType:
		made := &spec.TupleType{}
		for _, part := range t.Ts {
			made.Ts = append(made.Ts, written(part))
		}
		return made
	case *spec.RecordType:
		made := &spec.RecordType{}
		for _, f := range t.Fields {
			made.Fields = append(made.Fields, spec.FieldType{Label: f.Label, T: written(f.T)})
		}
		return made
	case *spec.VariantType:
		made := &spec.VariantType{}
		for _, c := range t.Cases {
			made.Cases = append(made.Cases, spec.CaseType{Label: c.Label, T: written(c.T)})
		}
		return made
	case *spec.OptionType:
		return &spec.OptionType{T: written(t.T)}
	case *spec.ResultType:
		return &spec.ResultType{Ok: written(t.Ok), Error: written(t.Error)}
	}
	return t
}

// orEmpty is the type of the elements of a stream or future, which may have none: then they are empty tuples.
func orEmpty(t spec.ValType) spec.ValType {
	if t == nil {
		return &spec.TupleType{}
	}
	return t
}

// mapped is v, a value of type t, with what f makes of each stream and future in it. Whatever that has in it is not looked into.
func mapped(t spec.ValType, v spec.Value, f func(t spec.ValType, v spec.Value) (spec.Value, error)) (spec.Value, error) {
	if !hasStreams(t) {
		return v, nil
	}
	part := func(string) spec.ValType { return nil }
	switch t := t.(type) {
	case *spec.StreamType, *spec.FutureType:
		return f(t, v)
	case *spec.ListType:
		return mappedList(t.T, v.(spec.List), f)
	case *spec.MapType:
		return mappedList(&spec.TupleType{Ts: []spec.ValType{t.K, t.V}}, v.(spec.List), f)
	case *spec.TupleType:
		part = func(label string) spec.ValType { n, _ := strconv.Atoi(label); return t.Ts[n] }
	case *spec.RecordType:
		part = func(label string) spec.ValType {
			return t.Fields[slices.IndexFunc(t.Fields, func(f spec.FieldType) bool { return f.Label == label })].T
		}
	case *spec.VariantType:
		part = func(label string) spec.ValType {
			return t.Cases[slices.IndexFunc(t.Cases, func(c spec.CaseType) bool { return c.Label == label })].T
		}
	case *spec.OptionType:
		part = func(string) spec.ValType { return t.T }
	case *spec.ResultType:
		part = func(label string) spec.ValType { return map[string]spec.ValType{"ok": t.Ok, "error": t.Error}[label] }
	}
	made := spec.Dict{}
	for _, e := range v.(spec.Dict) {
		if e.Value != nil {
			x, err := mapped(part(e.Label), e.Value, f)
			if err != nil {
				return nil, err
			}
			e.Value = x
		}
		made = append(made, e)
	}
	return made, nil
}

func mappedList(element spec.ValType, list spec.List, f func(spec.ValType, spec.Value) (spec.Value, error)) (spec.Value, error) {
	made := spec.List{}
	for _, e := range list {
		x, err := mapped(element, e, f)
		if err != nil {
			return nil, err
		}
		made = append(made, x)
	}
	return made, nil
}

// read reads the streams and futures of a result to their ends, one after the other, as the host has to before it can say what they have.
func (o *once) read(t spec.ValType, v spec.Value) (spec.Value, error) {
	return mapped(t, v, func(t spec.ValType, v spec.Value) (spec.Value, error) {
		o.streams()
		o.reads = t
		if f, ok := t.(*spec.FutureType); ok {
			x, err := o.run.ReadFuture(v.(spec.ReadableFuture))
			if err != nil {
				return nil, err
			}
			o.reads = nil
			return o.read(f.T, x)
		}
		all, err := o.run.ReadStream(v.(spec.ReadableStream), o.options.Steps)
		if err != nil {
			return nil, err
		}
		o.reads = nil
		return mappedList(t.(*spec.StreamType).T, all, func(t spec.ValType, v spec.Value) (spec.Value, error) { return o.read(t, v) })
	})
}

// give makes the streams and futures that a written argument says. The host has all their elements ready.
func (o *once) give(t spec.ValType, v spec.Value) spec.Value {
	given, _ := mapped(t, v, func(t spec.ValType, v spec.Value) (spec.Value, error) {
		o.streams()
		if f, ok := t.(*spec.FutureType); ok {
			return o.run.NewFuture(f.T, o.given(f.T, v)), nil
		}
		element := t.(*spec.StreamType).T
		var all []spec.Value
		for _, e := range v.(spec.List) {
			all = append(all, o.given(element, e))
		}
		return o.run.NewStream(element, all), nil
	})
	return given
}

func (o *once) given(t spec.ValType, v spec.Value) spec.Value {
	if t == nil {
		return spec.Dict{}
	}
	return o.give(t, v)
}

// streams notes that the host reads or writes a stream or future.
func (o *once) streams() {
	if o.trace != nil {
		o.trace.Refuse("the host reads or writes a stream or future, which no line says")
	}
}
