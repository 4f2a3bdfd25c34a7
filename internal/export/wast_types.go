package export

import (
	"fmt"
	"strings"

	"cabi/spec"
)

// wat writes a type in the text format. A type that a .wast would have to define under a name, such as a record, is an error.
func wat(t spec.ValType) (string, error) {
	switch t := t.(type) {
	case *spec.OwnType:
		return fmt.Sprintf("(own $%s)", t.Rt.Name), nil
	case *spec.BorrowType:
		return fmt.Sprintf("(borrow $%s)", t.Rt.Name), nil
	case *spec.StreamType:
		return generic("stream", t.T)
	case *spec.FutureType:
		return generic("future", t.T)
	case *spec.ListType:
		if t.L == nil {
			return generic("list", t.T)
		}
	case *spec.TupleType:
		var parts strings.Builder
		for _, part := range t.Ts {
			text, err := wat(part)
			if err != nil {
				return "", err
			}
			parts.WriteString(" " + text)
		}
		return "(tuple" + parts.String() + ")", nil
	case *spec.ErrorContextType, spec.BoolType, spec.S8Type, spec.U8Type, spec.S16Type, spec.U16Type, spec.S32Type, spec.U32Type,
		spec.S64Type, spec.U64Type, spec.F32Type, spec.F64Type, spec.CharType, spec.StringType:
		return spec.TypeName(t), nil
	}
	return "", unsupported("the type %s is not written here", spec.TypeName(t))
}

func generic(word string, t spec.ValType) (string, error) {
	if t == nil {
		return "(" + word + ")", nil
	}
	inner, err := wat(t)
	return fmt.Sprintf("(%s %s)", word, inner), err
}

// core are the core types that a value is flattened to.
func core(t spec.ValType) []string {
	switch t := t.(type) {
	case *spec.TupleType:
		return cores(t.Ts)
	case spec.S64Type, spec.U64Type:
		return []string{"i64"}
	case spec.F32Type:
		return []string{"f32"}
	case spec.F64Type:
		return []string{"f64"}
	case spec.StringType, *spec.ListType:
		return []string{"i32", "i32"}
	}
	return []string{"i32"}
}

func cores(ts []spec.ValType) []string {
	var all []string
	for _, t := range ts {
		all = append(all, core(t)...)
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
