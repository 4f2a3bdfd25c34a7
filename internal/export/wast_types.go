package export

import (
	"fmt"
	"strconv"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// wat writes a type in the text format. Records, variants, enums and flags get names, which all components import.
func (w *wastWriter) wat(t spec.ValType) string {
	switch t := t.(type) {
	case *spec.OwnType:
		return fmt.Sprintf("(own $%s)", t.Rt.Name)
	case *spec.BorrowType:
		return fmt.Sprintf("(borrow $%s)", t.Rt.Name)
	case *spec.StreamType:
		return w.generic("stream", t.T)
	case *spec.FutureType:
		return w.generic("future", t.T)
	case *spec.OptionType:
		return w.generic("option", t.T)
	case *spec.ListType:
		if t.L != nil {
			return fmt.Sprintf("(list %s %d)", w.wat(t.T), *t.L)
		}
		return w.generic("list", t.T)
	case *spec.MapType:
		return fmt.Sprintf("(map %s %s)", w.wat(t.K), w.wat(t.V))
	case *spec.TupleType:
		return "(tuple" + w.watEach(t.Ts) + ")"
	case *spec.ResultType:
		text := "(result"
		if t.Ok != nil {
			text += " " + w.wat(t.Ok)
		}
		if t.Error != nil {
			text += " (error " + w.wat(t.Error) + ")"
		}
		return text + ")"
	case *spec.RecordType, *spec.VariantType, *spec.EnumType, *spec.FlagsType:
		return w.nameOf(t)
	}
	return spec.TypeName(t)
}

func (w *wastWriter) watEach(ts []spec.ValType) string {
	var b strings.Builder
	for _, t := range ts {
		b.WriteString(" " + w.wat(t))
	}
	return b.String()
}

func (w *wastWriter) generic(word string, t spec.ValType) string {
	if t == nil {
		return "(" + word + ")"
	}
	return fmt.Sprintf("(%s %s)", word, w.wat(t))
}

// nameOf is the name of a type that must have one: $t0, $t1 and so on, in the order in which they are first needed.
func (w *wastWriter) nameOf(t spec.ValType) string {
	if holdsHandles(t) {
		w.fail(unsupported("the type %s has handles in it", spec.TypeName(t)))
	}
	text := w.definition(t)
	if _, known := w.named[text]; !known {
		w.named[text] = len(w.definitions)
		w.definitions = append(w.definitions, text)
	}
	return "$t" + strconv.Itoa(w.named[text])
}

// definition is a type that must have a name, without it.
func (w *wastWriter) definition(t spec.ValType) string {
	var b strings.Builder
	switch t := t.(type) {
	case *spec.RecordType:
		b.WriteString("(record")
		for _, f := range t.Fields {
			fmt.Fprintf(&b, " (field %q %s)", f.Label, w.wat(f.T))
		}
	case *spec.VariantType:
		b.WriteString("(variant")
		for _, c := range t.Cases {
			fmt.Fprintf(&b, " (case %q", c.Label)
			if c.T != nil {
				b.WriteString(" " + w.wat(c.T))
			}
			b.WriteString(")")
		}
	case *spec.EnumType:
		b.WriteString("(enum" + quoted(t.Labels))
	case *spec.FlagsType:
		b.WriteString("(flags" + quoted(t.Labels))
	}
	return b.String() + ")"
}

func quoted(labels []string) string {
	var b strings.Builder
	for _, l := range labels {
		fmt.Fprintf(&b, " %q", l)
	}
	return b.String()
}

// holdsHandles reports whether values of some of the types are handles, or have handles in them.
func holdsHandles(ts ...spec.ValType) bool {
	for _, t := range ts {
		switch t := t.(type) {
		case *spec.OwnType, *spec.BorrowType, *spec.StreamType, *spec.FutureType, *spec.ErrorContextType:
			return true
		case nil:
		default:
			if holdsHandles(partsOf(t)...) {
				return true
			}
		}
	}
	return false
}

// partsOf are the types inside a type.
func partsOf(t spec.ValType) (parts []spec.ValType) {
	switch t := t.(type) {
	case *spec.ListType:
		return []spec.ValType{t.T}
	case *spec.OptionType:
		return []spec.ValType{t.T}
	case *spec.MapType:
		return []spec.ValType{t.K, t.V}
	case *spec.ResultType:
		return []spec.ValType{t.Ok, t.Error}
	case *spec.TupleType:
		return t.Ts
	case *spec.RecordType:
		for _, f := range t.Fields {
			parts = append(parts, f.T)
		}
	case *spec.VariantType:
		for _, c := range t.Cases {
			parts = append(parts, c.T)
		}
	}
	return parts
}

// memory32 is a memory whose pointers are i32, as all are in a .wast.
var memory32 = spec.NewMemInst(8)

// cores are the core types that values are flattened to, with no limit; those of results and of parameters have limits.
func cores(ts []spec.ValType) []string {
	var all []string
	for _, t := range ts {
		if t == nil {
			continue
		}
		all = append(all, names(lowered(&spec.FuncType{Params: []spec.ValType{t}}, false).Params)...)
	}
	return all
}

// lowered is the type of the core function that a function is lowered to.
func lowered(ft *spec.FuncType, async bool) *spec.CoreFuncType {
	opts := &spec.CanonicalOptions{}
	opts.Memory, opts.Async = memory32, async
	return spec.LoweredType(opts, ft, spec.Limits{})
}

// liftedFrom is the type of the core function that a function of the world is lifted from.
func liftedFrom(f model.Func, ft *spec.FuncType) signature {
	opts := &spec.CanonicalOptions{}
	opts.Memory, opts.Async = memory32, f.Lift == "stackful" || f.Lift == "callback"
	if f.Lift == "callback" {
		opts.Callback = func([]spec.CoreValue) []spec.CoreValue { return nil }
	}
	t := spec.LiftedType(opts, ft, spec.Limits{})
	return signature{names(t.Params), names(t.Results)}
}

func names(ts []spec.CoreType) []string {
	var all []string
	for _, t := range ts {
		all = append(all, t.String())
	}
	return all
}

// A signature is the type of a core function.
type signature struct{ params, results []string }

func (s signature) String() string {
	return wastClause("param", s.params) + wastClause("result", s.results)
}

func wastClause(word string, types []string) string {
	if len(types) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s %s)", word, strings.Join(types, " "))
}

// i32s is i32 so many times.
func i32s(n int) []string { return strings.Fields(strings.Repeat("i32 ", n)) }

// builtins are the signatures of the built-ins whose signature depends on no type: how many i32 they take, and what they
// return.
var builtins = map[string]struct {
	takes   int
	returns string
}{
	"resource.new": {1, "i32"}, "resource.drop": {1, ""}, "resource.rep": {1, "i32"},
	"backpressure.inc": {0, ""}, "backpressure.dec": {0, ""}, "task.cancel": {0, ""},
	"waitable-set.new": {0, "i32"}, "waitable-set.wait": {2, "i32"}, "waitable-set.poll": {2, "i32"}, "waitable-set.drop": {1, ""},
	"waitable.join": {2, ""}, "subtask.cancel": {1, "i32"}, "subtask.drop": {1, ""},
	"stream.new": {0, "i64"}, "stream.read": {3, "i32"}, "stream.write": {3, "i32"}, "stream.cancel-read": {1, "i32"},
	"stream.cancel-write": {1, "i32"}, "stream.drop-readable": {1, ""}, "stream.drop-writable": {1, ""},
	"future.new": {0, "i64"}, "future.read": {2, "i32"}, "future.write": {2, "i32"}, "future.cancel-read": {1, "i32"},
	"future.cancel-write": {1, "i32"}, "future.drop-readable": {1, ""}, "future.drop-writable": {1, ""},
	"thread.index": {0, "i32"}, "thread.resume-later": {1, ""}, "thread.suspend": {0, "i32"}, "thread.yield": {0, "i32"},
	"thread.suspend-then-resume": {1, "i32"}, "thread.yield-then-resume": {1, "i32"}, "thread.suspend-then-promote": {1, "i32"},
	"thread.yield-then-promote": {1, "i32"}, "error-context.new": {2, "i32"}, "error-context.debug-message": {2, ""}, "error-context.drop": {1, ""},
}
