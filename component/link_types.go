package component

import (
	"fmt"
	"strings"

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
		l.checkLabels("record field name", "field name", labelsOf(t.fields))
		for _, f := range t.fields {
			r.Fields = append(r.Fields, spec.FieldType{Label: f.label, T: l.valType(s, *f.t)})
		}
		return r
	case *variantDef:
		v := &spec.VariantType{}
		l.checkLabels("variant case name", "case name", labelsOf(t.cases))
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
		l.checkLabels("flag name", "flag name", t.labels)
		return &spec.FlagsType{Labels: t.labels}
	case *enumDef:
		l.checkLabels("enum tag name", "tag name", t.labels)
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
		if t.t != nil && l.valType(s, *t.t) == spec.ValType(spec.CharType{}) {
			l.fail("`stream<char>` is not valid")
		}
		return &spec.StreamType{T: l.elementType(s, t.t)}
	case *futureDef:
		return &spec.FutureType{T: l.elementType(s, t.t)}
	default:
		m := t.(*mapDef)
		return &spec.MapType{K: l.valType(s, m.k), V: l.valType(s, m.v)}
	}
}

func labelsOf(parts []labelled) []string {
	labels := make([]string, len(parts))
	for i, p := range parts {
		labels[i] = p.label
	}
	return labels
}

// checkLabels checks the names of the parts of a type: what is what they are called, and short what they are called the second time.
func (l *linker) checkLabels(what, short string, labels []string) {
	seen := map[string]string{}
	for _, label := range labels {
		if label == "" {
			l.fail("%s cannot be empty", what)
		}
		if reason := checkLabel(label); reason != "" {
			l.fail("%s %s", what, reason)
		}
		key := strings.ToLower(label)
		if first, ok := seen[key]; ok {
			l.fail("%s `%s` conflicts with previous %s `%s`", what, label, short, first)
		}
		seen[key] = label
	}
}

// elementType is the type of the elements of a stream or future.
func (l *linker) elementType(s *scope, t *valType) spec.ValType {
	element := l.optType(s, t)
	if l.anyPart([]spec.ValType{element}, isBorrow) {
		l.fail("the elements of a stream or future cannot contain a `borrow` type")
	}
	return element
}

// anyPart reports whether a type, or a part of one, is as wanted.
func (l *linker) anyPart(ts []spec.ValType, wanted func(spec.ValType) bool) bool {
	for _, t := range ts {
		if t != nil && (wanted(t) || l.anyPart(partsOf(t), wanted)) {
			return true
		}
	}
	return false
}

func isBorrow(t spec.ValType) bool {
	_, ok := t.(*spec.BorrowType)
	return ok
}

func isHandle(t spec.ValType) bool {
	_, ok := t.(*spec.OwnType)
	return ok || isBorrow(t)
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
	l.checkLabels("function parameter name", "parameter name", labelsOf(t.params))
	if l.anyPart(f.spec.Result, isBorrow) {
		l.fail("function result cannot contain a `borrow` type")
	}
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
	entry := &Entry{Instance: s.inst, Role: "dtor"}
	if t.dtor != nil {
		item := pick(l, s.coreFuncs, *t.dtor, sortCoreFunc)
		l.checkCoreFunc(item, &coreFunc{params: []coreVal{coreI32}}, "a destructor")
		f = l.entered(entry, l.coreCall(item))
	}
	rt := l.run.newResource(fmt.Sprint("R", len(s.types)), s.inst, f)
	entry.Resource = rt
	l.run.named[rt] = ""
	return rt
}

// EachPart calls f with a type, and with those that it is made of.
func EachPart(t spec.ValType, f func(spec.ValType)) {
	if t == nil {
		return
	}
	f(t)
	for _, part := range partsOf(t) {
		EachPart(part, f)
	}
}
