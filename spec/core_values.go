// definitions.py, "Boilerplate"

package spec

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A CoreType is the type of a core WebAssembly value. I32 and I64 are also the address types of memories.
type CoreType uint8

// The core types.
const (
	I32 CoreType = iota + 1
	I64
	F32
	F64
)

func (t CoreType) String() string {
	if t < I32 || t > F64 {
		return fmt.Sprintf("CoreType(%d)", uint8(t))
	}
	return [...]string{"i32", "i64", "f32", "f64"}[t-I32]
}

func sameCoreTypes(a, b []CoreType) bool { return slices.Equal(a, b) }

// A CoreValue is what definitions.py passes to and from core functions: a Python int or a Python float. As there, an
// int does not say whether it is an i32 or an i64, and a float is always a double.
//
//cabi:py CoreValType dd5e2de5
type CoreValue struct {
	kind coreKind
	bits uint64 // the magnitude of an int, the bits of a float
}

type coreKind uint8

const (
	coreInt coreKind = iota
	coreNegativeInt
	coreFloat
)

// CoreInt is the integer v: an i32 or an i64, unsigned as definitions.py has them.
func CoreInt(v uint64) CoreValue { return CoreValue{coreInt, v} }

// ints is a list of integers.
func ints(vs ...uint64) []CoreValue {
	list := make([]CoreValue, len(vs))
	for i, v := range vs {
		list[i] = CoreInt(v)
	}
	return list
}

// CoreFloat is the float v: an f64, or an f32 widened.
func CoreFloat(v float64) CoreValue { return FloatOf(v).core() }

// IsFloat reports whether v is a float rather than an int.
func (v CoreValue) IsFloat() bool { return v.kind == coreFloat }

// Uint64 is the value of an int.
func (v CoreValue) Uint64() uint64 { return v.bits }

// Float64 is the value of a float.
func (v CoreValue) Float64() float64 { return math.Float64frombits(v.bits) }

func (v CoreValue) float() Float { return Float(v.bits) }

func (v CoreValue) String() string {
	switch v.kind {
	case coreNegativeInt:
		return fmt.Sprintf("-%d", v.bits)
	case coreFloat:
		return v.float().String()
	default:
		return strconv.FormatUint(v.bits, 10)
	}
}

// A CoreFunc is core code that the host or a guest provides: a lifted function, a destructor, realloc, a callback.
// It may call the Canon functions, panic with a *CoreException, or not return for as long as its thread is suspended.
type CoreFunc func(args []CoreValue) []CoreValue
