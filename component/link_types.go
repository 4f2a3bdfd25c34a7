package component

import (
	"fmt"

	"cabi/spec"
)

// A componentType or instanceType is one with the scope around it. What it declares is compared, or made, declaration by declaration.
type (
	componentType struct {
		decls []definition
		outer *scope
	}
	instanceType struct {
		decls []definition
		outer *scope
	}
)

// maxWeight bounds the parts of a type, and maxWeights those of all types of a run, with the parts of parts: a type can refer to another
// many times, and functions of the specification look at every part.
const (
	maxWeight  = 100_000
	maxWeights = 10_000_000
)

func (l *linker) defType(t defType) any { return l.defTypeIn(l.enclosed, t) }

// defTypeIn makes the type that is defined in s.
func (l *linker) defTypeIn(s *scope, t defType) any {
	switch t := t.(type) {
	case *resourceDef:
		return l.resourceType(s, t)
	case *funcDef:
		return l.funcType(s, t)
	case *componentTypeDef:
		return &componentType{t.decls, s}
	case *instanceTypeDef:
		return &instanceType{t.decls, s}
	default:
		v := l.definedValType(s, t)
		l.weigh(v)
		return v
	}
}

// weigh refuses a type that has too many parts.
func (l *linker) weigh(t spec.ValType) {
	w := weights{l.run.weights}
	n := w.of(t)
	l.run.weights[t] = n
	l.run.weight += n
	if n > maxWeight || l.run.weight > maxWeights {
		l.fail("the type, or all types together, have too many parts: %d of at most %d, %d of at most %d", n, maxWeight, l.run.weight, maxWeights)
	}
	if size := spec.ElementSize(t, spec.I64); size >= 1<<28 {
		l.fail("a value of the type takes %d bytes, which is not below 2^28", size)
	}
}

// weights counts the parts of types, of which those that were counted are known.
type weights struct{ known map[spec.ValType]int }

func (w weights) of(t spec.ValType) int {
	if t == nil {
		return 0
	}
	if n, ok := w.known[t]; ok {
		return n
	}
	n := 1
	for _, part := range partsOf(t) {
		n = min(n+w.of(part), 1<<30)
	}
	return n
}

// partsOf are the types that t is made of.
func partsOf(t spec.ValType) (parts []spec.ValType) {
	switch t := t.(type) {
	case *spec.RecordType:
		for _, f := range t.Fields {
			parts = append(parts, f.T)
		}
	case *spec.VariantType:
		for _, c := range t.Cases {
			parts = append(parts, c.T)
		}
	case *spec.TupleType:
		return t.Ts
	case *spec.ListType:
		return []spec.ValType{t.T}
	case *spec.OptionType:
		return []spec.ValType{t.T}
	case *spec.ResultType:
		return []spec.ValType{t.Ok, t.Error}
	case *spec.MapType:
		return []spec.ValType{t.K, t.V}
	case *spec.StreamType:
		return []spec.ValType{t.T}
	case *spec.FutureType:
		return []spec.ValType{t.T}
	}
	return parts
}

func (l *linker) definedValType(s *scope, t defType) spec.ValType {
	switch t := t.(type) {
	case *primitive:
		return l.valType(s, t.t)
	case *recordDef:
		r := &spec.RecordType{}
		l.checkLabels("record field", t.fields)
		for _, f := range t.fields {
			r.Fields = append(r.Fields, spec.FieldType{Label: f.label, T: l.valType(s, *f.t)})
		}
		return r
	case *variantDef:
		v := &spec.VariantType{}
		l.checkLabels("variant case", t.cases)
		for _, c := range t.cases {
			v.Cases = append(v.Cases, spec.CaseType{Label: c.label, T: l.optType(s, c.t)})
		}
		return v
	case *listDef:
		return &spec.ListType{T: l.valType(s, t.t), L: t.length}
	case *tupleDef:
		tuple := &spec.TupleType{}
		for _, part := range t.ts {
			tuple.Ts = append(tuple.Ts, l.valType(s, part))
		}
		return tuple
	case *flagsDef:
		return &spec.FlagsType{Labels: t.labels}
	case *enumDef:
		return &spec.EnumType{Labels: t.labels}
	case *optionDef:
		return &spec.OptionType{T: l.valType(s, t.t)}
	case *resultDef:
		return &spec.ResultType{Ok: l.optType(s, t.ok), Error: l.optType(s, t.err)}
	case *ownDef:
		return &spec.OwnType{Rt: l.resource(s, t.index)}
	case *borrowDef:
		return &spec.BorrowType{Rt: l.resource(s, t.index)}
	case *streamDef:
		return &spec.StreamType{T: l.optType(s, t.t)}
	case *futureDef:
		return &spec.FutureType{T: l.optType(s, t.t)}
	default:
		m := t.(*mapDef)
		return &spec.MapType{K: l.valType(s, m.k), V: l.valType(s, m.v)}
	}
}

func (l *linker) checkLabels(what string, labels []labelled) {
	seen := map[string]bool{}
	for _, f := range labels {
		if f.label == "" {
			l.fail("a %s has no name", what)
		}
		if seen[f.label] {
			l.fail("%s name `%s` conflicts with a previous name", what, f.label)
		}
		seen[f.label] = true
	}
}

var primitives = map[valType]spec.ValType{
	0x7f - 0x80: spec.BoolType{}, 0x7e - 0x80: spec.S8Type{}, 0x7d - 0x80: spec.U8Type{}, 0x7c - 0x80: spec.S16Type{},
	0x7b - 0x80: spec.U16Type{}, 0x7a - 0x80: spec.S32Type{}, 0x79 - 0x80: spec.U32Type{}, 0x78 - 0x80: spec.S64Type{},
	0x77 - 0x80: spec.U64Type{}, 0x76 - 0x80: spec.F32Type{}, 0x75 - 0x80: spec.F64Type{}, 0x74 - 0x80: spec.CharType{},
	0x73 - 0x80: spec.StringType{},
}

func (l *linker) valType(s *scope, t valType) spec.ValType {
	if t == codeErrorContext {
		return l.run.context
	}
	if t < 0 {
		return primitives[t]
	}
	item := pick(l, s.types, uint32(t), sortType)
	v, ok := item.(spec.ValType)
	if !ok {
		l.fail("type index %d is not a defined type", t)
	}
	return v
}

// optType is an optional type: nil stands for none.
func (l *linker) optType(s *scope, t *valType) spec.ValType {
	if t == nil {
		return nil
	}
	return l.valType(s, *t)
}

func (l *linker) resultType(s *scope, t *valType) []spec.ValType {
	if t == nil {
		return nil
	}
	return []spec.ValType{l.valType(s, *t)}
}

func (l *linker) resource(s *scope, i uint32) *spec.ResourceType {
	rt, ok := pick(l, s.types, i, sortType).(*spec.ResourceType)
	if !ok {
		l.fail("type index %d is not a resource type", i)
	}
	return rt
}

func (l *linker) funcType(s *scope, t *funcDef) *funcType {
	f := &funcType{spec: &spec.FuncType{Async: t.async, Result: l.resultType(s, t.result)}}
	l.checkLabels("function parameter", t.params)
	for _, p := range t.params {
		f.spec.Params = append(f.spec.Params, l.valType(s, *p.t))
		f.params = append(f.params, p.label)
	}
	return f
}

func (l *linker) resourceType(s *scope, t *resourceDef) *spec.ResourceType {
	if s.inst == nil {
		l.fail("resources can only be defined within a concrete component")
	}
	if t.rep != coreI32 {
		l.fail("resources can only be represented by `i32`, not %s", t.rep)
	}
	var f spec.CoreFunc
	if t.dtor != nil {
		item := pick(l, s.coreFuncs, *t.dtor, sortCoreFunc)
		l.checkCoreFunc(item, &coreFunc{params: []coreVal{coreI32}}, "a destructor")
		f = l.coreCall(item)
	}
	return l.run.newResource(fmt.Sprintf("%s%d", "R", len(s.types)), s.inst, f)
}
