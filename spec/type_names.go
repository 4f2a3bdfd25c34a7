// Not upstream's: types as WIT writes them.

package spec

import (
	"fmt"
	"strings"
)

// typeName writes a type as WIT does, for people: "list<u8>". Nil is the absent payload, "_".
func typeName(t ValType) string {
	switch t := t.(type) {
	case nil:
		return "_"
	case PrimValType:
		return primNames[t]
	case *ErrorContextType:
		return "error-context"
	case *ListType:
		if t.L != nil {
			return fmt.Sprintf("list<%s, %d>", typeName(t.T), *t.L)
		}
		return fmt.Sprintf("list<%s>", typeName(t.T))
	case *RecordType:
		return braced("record", len(t.Fields), func(i int) string { return t.Fields[i].Label + ": " + typeName(t.Fields[i].T) })
	case *TupleType:
		return fmt.Sprintf("tuple<%s>", joined(len(t.Ts), func(i int) string { return typeName(t.Ts[i]) }))
	case *VariantType:
		return braced("variant", len(t.Cases), func(i int) string { return caseName(t.Cases[i]) })
	case *EnumType:
		return braced("enum", len(t.Labels), func(i int) string { return t.Labels[i] })
	case *OptionType:
		return fmt.Sprintf("option<%s>", typeName(t.T))
	case *ResultType:
		return fmt.Sprintf("result<%s, %s>", typeName(t.Ok), typeName(t.Error))
	case *MapType:
		return fmt.Sprintf("map<%s, %s>", typeName(t.K), typeName(t.V))
	case *FlagsType:
		return braced("flags", len(t.Labels), func(i int) string { return t.Labels[i] })
	case *OwnType:
		return fmt.Sprintf("own<%s>", t.Rt.Name)
	case *BorrowType:
		return fmt.Sprintf("borrow<%s>", t.Rt.Name)
	case *StreamType:
		return "stream<" + typeName(t.T) + ">"
	case *FutureType:
		return "future<" + typeName(t.T) + ">"
	}
	return fmt.Sprintf("%T", t)
}

// primNames are the names of primitive types.
var primNames = map[PrimValType]string{
	BoolType{}: "bool", S8Type{}: "s8", U8Type{}: "u8", S16Type{}: "s16", U16Type{}: "u16", S32Type{}: "s32", U32Type{}: "u32", S64Type{}: "s64",
	U64Type{}: "u64", F32Type{}: "f32", F64Type{}: "f64", CharType{}: "char", StringType{}: "string",
}

func caseName(c CaseType) string {
	if c.T == nil {
		return c.Label
	}
	return fmt.Sprintf("%s(%s)", c.Label, typeName(c.T))
}

func braced(kind string, n int, part func(i int) string) string {
	return fmt.Sprintf("%s{%s}", kind, joined(n, part))
}

func joined(n int, part func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = part(i)
	}
	return strings.Join(parts, ", ")
}
