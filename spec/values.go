// Not upstream's: Python's values: int, float, str, list and dict.

package spec

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// A Value is a component-level value, as lifting makes it and lowering takes it:
//
//	type                                   Go          definitions.py
//	bool                                   bool        bool
//	u8 … s64; own and borrow (their rep)   Int         int
//	f32, f64                               Float       float
//	char                                   Char        str of length one
//	string                                 String      (str, encoding, tagged code units)
//	list, map                              List        list
//	record, tuple, flags                   Dict        dict by label; a tuple's labels are 0, 1, …
//	variant, enum, option, result          Dict        dict of one label
//	error-context                          *ErrorContext
//	stream, future                         ReadableStream, ReadableFuture
//	element of a stream without a type     Unit        ()
//
// Nil is Python's None: the payload of a case without one.
type Value = any

// An Int is Python's int, as far as the ABI's values reach: its magnitude is below 2^64.
type Int struct {
	negative  bool // never set for zero
	magnitude uint64
}

// IntOf is the integer v.
func IntOf(v int64) Int {
	if v < 0 {
		return Int{true, -uint64(v)}
	}
	return Int{false, uint64(v)}
}

// UintOf is the integer v.
func UintOf(v uint64) Int { return Int{false, v} }

// Uint64 is i, and whether it fits.
func (i Int) Uint64() (uint64, bool) { return i.magnitude, !i.negative }

// Int64 is i, and whether it fits.
func (i Int) Int64() (int64, bool) {
	if i.negative {
		return -int64(i.magnitude), i.magnitude <= 1<<63
	}
	return int64(i.magnitude), i.magnitude < 1<<63
}

func (i Int) String() string {
	if i.negative {
		return fmt.Sprintf("-%d", i.magnitude)
	}
	return fmt.Sprint(i.magnitude)
}

func (i Int) core() CoreValue {
	if i.negative {
		return CoreValue{coreNegativeInt, i.magnitude}
	}
	return CoreInt(i.magnitude)
}

// A Float is Python's float, an IEEE 754 double, carried as its bits so that nothing on the way touches a NaN.
type Float uint64

// FloatOf is the float v.
func FloatOf(v float64) Float { return Float(math.Float64bits(v)) }

// Float64 is the value of f.
func (f Float) Float64() float64 { return math.Float64frombits(uint64(f)) }

func (f Float) isNaN() bool { return f.Float64() != f.Float64() }

func (f Float) core() CoreValue { return CoreValue{coreFloat, uint64(f)} }

func (f Float) String() string {
	if f.isNaN() {
		return fmt.Sprintf("nan:0x%016x", uint64(f))
	}
	return fmt.Sprint(f.Float64())
}

// A Char is one code point. The host can make one that is no Unicode scalar value.
type Char rune

// A List is a list of values of one type.
type List []Value

// A Dict maps labels to values, in the order they were added.
type Dict []Entry

// An Entry is one label of a Dict and its value.
type Entry struct {
	Label string
	Value Value
}

// Get is d[label], and whether it is there.
func (d Dict) Get(label string) (Value, bool) {
	for i := range d {
		if d[i].Label == label {
			return d[i].Value, true
		}
	}
	return nil, false
}

// set is d[label] = v.
func (d *Dict) set(label string, v Value) {
	for i := range *d {
		if (*d)[i].Label == label {
			(*d)[i].Value = v
			return
		}
	}
	*d = append(*d, Entry{label, v})
}

// Unit is Python's (), the value of a stream's or future's element that has no type.
type Unit struct{}

// at is v[label] in the Python function named, for a dict.
func (d Dict) at(label, function string) Value {
	v, ok := d.Get(label)
	if !ok {
		crash(function, "KeyError", "%q", label)
	}
	return v
}

// as is v as a T. If the host's value is of another type, it crashes as Python does, with a TypeError in the function named.
func as[T any](v Value, function string) T {
	t, ok := v.(T)
	if !ok {
		crash(function, "TypeError", "a %T is no %T", v, t)
	}
	return t
}

// codePoints is the code points of a Python str. A lone surrogate, which Go's strings cannot hold as such, is
// written in three bytes as UTF-8 would write it (WTF-8).
func codePoints(s string) []rune {
	runes := make([]rune, 0, len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			r, n = surrogate(s[i:])
		}
		runes, i = append(runes, r), i+n
	}
	return runes
}

// surrogate decodes the WTF-8 form of a lone surrogate at the start of s. Any other byte that is no UTF-8 stands for
// itself, as Python's surrogateescape has it.
func surrogate(s string) (rune, int) {
	if len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return 0xDC00 + rune(s[0]), 1
}
