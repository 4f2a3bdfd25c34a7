package spec

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"testing"
)

// What run_tests.py writes as literals.

// mk makes the value that a literal stands for: an int, a float64 or a rune is an Int, a Float or a Char, and []any is
// a List, also inside of others.
func mk(literal any) Value {
	switch v := literal.(type) {
	case int:
		return IntOf(int64(v))
	case uint64:
		return UintOf(v)
	case float64:
		return FloatOf(v)
	case rune:
		return Char(v)
	case []any:
		list := make(List, len(v))
		for i := range v {
			list[i] = mk(v[i])
		}
		return list
	case Dict:
		dict := make(Dict, len(v))
		for i := range v {
			dict[i] = Entry{v[i].Label, mk(v[i].Value)}
		}
		return dict
	default:
		return v
	}
}

func mkList(literals ...any) List { return mk(literals).(List) }

// mkCore makes core values of ints and floats.
func mkCore(literals ...any) []CoreValue {
	core := make([]CoreValue, len(literals))
	for i, v := range literals {
		switch v := mk(v).(type) {
		case Int:
			core[i] = v.core()
		case Float:
			core[i] = v.core()
		}
	}
	return core
}

func listOf(t ValType) *ListType { return &ListType{T: t} }

func fixedListOf(t ValType, length uint64) *ListType { return &ListType{T: t, L: &length} }

func tupleOf(ts ...ValType) *TupleType { return &TupleType{Ts: ts} }

func variantOf(cases ...CaseType) *VariantType { return &VariantType{Cases: cases} }

func flagsOf(labels ...string) *FlagsType { return &FlagsType{Labels: labels} }

// numbered is [str(i) for i in range(n)].
func numbered(n int) []string {
	labels := make([]string, n)
	for i := range labels {
		labels[i] = strconv.Itoa(i)
	}
	return labels
}

// allSet is { l:b for l in labels }.
func allSet(labels []string, b bool) Dict {
	dict := make(Dict, len(labels))
	for i, l := range labels {
		dict[i] = Entry{l, b}
	}
	return dict
}

// repeated is [t for _ in range(n)].
func repeated[T any](t T, n int) []T {
	ts := make([]T, n)
	for i := range ts {
		ts[i] = t
	}
	return ts
}

// equalModuloStringEncoding is stricter than in run_tests.py, which compares two dicts by their values alone.
func equalModuloStringEncoding(a, b Value) bool {
	switch a := a.(type) {
	case String:
		b, ok := b.(String)
		return ok && a.S == b.S
	case Dict:
		b, ok := b.(Dict)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if a[i].Label != b[i].Label || !equalModuloStringEncoding(a[i].Value, b[i].Value) {
				return false
			}
		}
		return true
	case List:
		b, ok := b.(List)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equalModuloStringEncoding(a[i], b[i]) {
				return false
			}
		}
		return true
	default:
		return a == b
	}
}

// equalDeep is assert(got == want) for lists and dicts.
func equalDeep(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// wantTrap is the except Trap of run_tests.py.
func wantTrap(t *testing.T, err error) {
	t.Helper()
	var trap *Trap
	if !errors.As(err, &trap) {
		t.Fatalf("got %v, want a trap", err)
	}
}

// A valueTest is the arguments of run_tests.py's test. Python takes a True for a 1, Go's types do not.
type valueTest struct {
	t    ValType
	vals []CoreValue // what to lift
	v    Value       // what it must be lifted to; nil: it must trap

	cx          *LiftLowerContext // nil: one without memory
	dstEncoding StringEncoding    // Python: cx's by default, which is UTF-8 wherever this is not given
	lowerT      ValType           // nil: t
	lowerV      Value             // nil: v
}

func (test valueTest) name() string {
	return fmt.Sprintf("%s,%v,%v", typeName(test.t), test.vals, test.v)
}

func (test valueTest) run(t *testing.T) {
	t.Helper()
	cx := test.cx
	if cx == nil {
		cx = mkCx(t, optsWith{})
	}
	vi := newCoreValueIter(cx.store(), test.vals)

	if test.v == nil {
		wantTrap(t, Try(func() { liftFlat(cx, vi, test.t) }))
		return
	}

	got := liftFlat(cx, vi, test.t)
	equal(t, vi.i, len(vi.values))
	if !reflect.DeepEqual(got, test.v) {
		t.Fatalf("%s: initial liftFlat got %v", test.name(), got)
	}

	lowerT, lowerV := test.lowerT, test.lowerV
	if lowerT == nil {
		lowerT = test.t
	}
	if lowerV == nil {
		lowerV = test.v
	}

	h := newHeap(5 * int(cx.opts.Memory.length()))
	cx = mkCx(t, optsWith{memory: h.mem(cx.opts.Memory.ptrType()), encoding: test.dstEncoding, realloc: h.realloc})
	loweredVals := lowerFlat(cx, test.v, lowerT)

	vi = newCoreValueIter(cx.store(), loweredVals)
	got = liftFlat(cx, vi, lowerT)
	if !equalModuloStringEncoding(got, lowerV) {
		t.Fatalf("%s: re-lift expected %v but got %v", test.name(), lowerV, got)
	}
}

// TestValues is the calls of test and of test_pairs.
func TestValues(t *testing.T) {
	for _, test := range append(valueTests(), pairTests()...) {
		t.Run(test.name(), test.run)
	}
}

// valueTests are the calls of test. Those of empty records and flags are comments in run_tests.py.
func valueTests() []valueTest {
	ab := flagsOf("a", "b")
	xyz := variantOf(CaseType{"x", U8Type{}}, CaseType{"y", F32Type{}}, CaseType{"z", nil})
	option := &OptionType{T: F32Type{}}
	result := &ResultType{Ok: U8Type{}, Error: U32Type{}}
	wy := variantOf(CaseType{"w", U8Type{}}, CaseType{"y", U8Type{}})
	w := variantOf(CaseType{"w", U8Type{}})
	return []valueTest{
		{t: &RecordType{Fields: []FieldType{{"x", U8Type{}}, {"y", U16Type{}}, {"z", U32Type{}}}},
			vals: mkCore(1, 2, 3), v: mk(Dict{{"x", 1}, {"y", 2}, {"z", 3}})},
		{t: tupleOf(tupleOf(U8Type{}, U8Type{}), U8Type{}), vals: mkCore(1, 2, 3), v: mk(Dict{{"0", Dict{{"0", 1}, {"1", 2}}}, {"1", 3}})},
		{t: fixedListOf(U8Type{}, 3), vals: mkCore(1, 2, 3), v: mkList(1, 2, 3)},
		{t: fixedListOf(fixedListOf(U8Type{}, 2), 3), vals: mkCore(1, 2, 3, 4, 5, 6), v: mkList(mkList(1, 2), mkList(3, 4), mkList(5, 6))},
		{t: ab, vals: mkCore(0), v: Dict{{"a", false}, {"b", false}}},
		{t: ab, vals: mkCore(2), v: Dict{{"a", false}, {"b", true}}},
		{t: ab, vals: mkCore(3), v: Dict{{"a", true}, {"b", true}}},
		{t: ab, vals: mkCore(4), v: Dict{{"a", false}, {"b", false}}},
		{t: flagsOf(numbered(32)...), vals: mkCore(0xffffffff), v: allSet(numbered(32), true)},
		{t: xyz, vals: mkCore(0, 42), v: mk(Dict{{"x", 42}})},
		{t: xyz, vals: mkCore(0, 256), v: mk(Dict{{"x", 0}})},
		{t: xyz, vals: mkCore(1, 0x4048f5c3), v: mk(Dict{{"y", 3.140000104904175}})},
		{t: xyz, vals: mkCore(2, 0xffffffff), v: Dict{{"z", nil}}},
		{t: option, vals: mkCore(0, 3.14), v: Dict{{"none", nil}}},
		{t: option, vals: mkCore(1, 3.14), v: mk(Dict{{"some", 3.14}})},
		{t: result, vals: mkCore(0, 42), v: mk(Dict{{"ok", 42}})},
		{t: result, vals: mkCore(1, 1000), v: mk(Dict{{"error", 1000}})},
		{t: wy, vals: mkCore(0, 42), v: mk(Dict{{"w", 42}})},
		{t: wy, vals: mkCore(1, 42), v: mk(Dict{{"y", 42}})},
		{t: wy, vals: mkCore(0, 42), v: mk(Dict{{"w", 42}}), lowerT: w, lowerV: mk(Dict{{"w", 42}})},
	}
}

// A pair is a core value and the value it is lifted to; nil: it traps.
type pair struct{ arg, expect any }

// pairTests are the calls of test_pairs.
func pairTests() []valueTest {
	var tests []valueTest
	add := func(t ValType, pairs ...pair) {
		for _, p := range pairs {
			tests = append(tests, valueTest{t: t, vals: mkCore(p.arg), v: mk(p.expect)})
		}
	}
	const max64 = uint64(1<<64 - 1)
	add(BoolType{}, pair{0, false}, pair{1, true}, pair{2, true}, pair{4294967295, true})
	add(U8Type{}, pair{127, 127}, pair{128, 128}, pair{255, 255}, pair{256, 0},
		pair{4294967295, 255}, pair{4294967168, 128}, pair{4294967167, 127})
	add(S8Type{}, pair{127, 127}, pair{128, -128}, pair{255, -1}, pair{256, 0},
		pair{4294967295, -1}, pair{4294967168, -128}, pair{4294967167, 127})
	add(U16Type{}, pair{32767, 32767}, pair{32768, 32768}, pair{65535, 65535}, pair{65536, 0},
		pair{1<<32 - 1, 65535}, pair{1<<32 - 32768, 32768}, pair{1<<32 - 32769, 32767})
	add(S16Type{}, pair{32767, 32767}, pair{32768, -32768}, pair{65535, -1}, pair{65536, 0},
		pair{1<<32 - 1, -1}, pair{1<<32 - 32768, -32768}, pair{1<<32 - 32769, 32767})
	add(U32Type{}, pair{1<<31 - 1, 1<<31 - 1}, pair{1 << 31, 1 << 31}, pair{1<<32 - 1, 1<<32 - 1})
	add(S32Type{}, pair{1<<31 - 1, 1<<31 - 1}, pair{1 << 31, -(1 << 31)}, pair{1<<32 - 1, -1})
	add(U64Type{}, pair{1<<63 - 1, 1<<63 - 1}, pair{uint64(1 << 63), uint64(1 << 63)}, pair{max64, max64})
	add(S64Type{}, pair{1<<63 - 1, 1<<63 - 1}, pair{uint64(1 << 63), -(1 << 63)}, pair{max64, -1})
	add(F32Type{}, pair{3.14, 3.14})
	add(F64Type{}, pair{3.14, 3.14})
	add(CharType{}, pair{0, '\x00'}, pair{65, 'A'}, pair{0xD7FF, '\uD7FF'}, pair{0xD800, nil}, pair{0xDFFF, nil})
	add(CharType{}, pair{0xE000, '\uE000'}, pair{0x10FFFF, '\U0010FFFF'}, pair{0x110000, nil}, pair{0xFFFFFFFF, nil})
	add(&EnumType{Labels: []string{"a", "b"}}, pair{0, Dict{{"a", nil}}}, pair{1, Dict{{"b", nil}}}, pair{2, nil})
	return tests
}

// A nanTest is the arguments of test_nan32 or test_nan64: the bits of a float and what they become.
type nanTest struct{ in, out uint64 }

// nanProfile is how a store is made and whether it is deterministic. Run_tests.py has a branch for either, of which it
// takes the one for the deterministic profile.
type nanProfile struct {
	name    string
	options Options
}

func nanProfiles() []nanProfile {
	return []nanProfile{
		{"deterministic", Options{Deterministic: true}},
		{"random", Options{Choices: NewRandom(1)}},
	}
}

// A nanWidth is what differs between test_nan32 and test_nan64.
type nanWidth struct {
	t      ValType
	bytes  uint64
	decode func(*LiftLowerContext, uint64) Float
	encode func(*LiftLowerContext, Float) uint64
}

func (w nanWidth) run(t *testing.T, profile nanProfile, test nanTest) {
	t.Helper()
	cxOf := func(memory *MemInst) *LiftLowerContext {
		inst := NewComponentInstance(newTestStoreWith(t, profile.options), nil)
		return newLiftLowerContext(&mkOpts(optsWith{memory: memory}).LiftLowerOptions, inst, nil)
	}
	cx := cxOf(nil)
	origf := w.decode(cx, test.in)
	check := func(f Float) {
		t.Helper()
		if profile.options.Deterministic {
			equal(t, w.encode(cx, f), test.out)
		} else {
			equal(t, !origf.isNaN() || f.isNaN(), true)
		}
	}
	check(liftFlat(cx, newCoreValueIter(cx.store(), []CoreValue{origf.core()}), w.t).(Float))
	memory := heapOf(toBytes(UintOf(test.in), w.bytes, unsigned, "int.to_bytes")...).mem(I32) // Python: immutable bytes
	check(load(cxOf(memory), 0, w.t).(Float))
}

func (w nanWidth) runAll(t *testing.T, tests []nanTest) {
	for _, profile := range nanProfiles() {
		for _, test := range tests {
			t.Run(fmt.Sprintf("%s/%#x", profile.name, test.in), func(t *testing.T) { w.run(t, profile, test) })
		}
	}
}

// TestNaN32 is test_nan32.
func TestNaN32(t *testing.T) {
	nanWidth{F32Type{}, 4, decodeI32AsFloat, encodeFloatAsI32}.runAll(t, []nanTest{
		{0x7fc00000, canonicalFloat32NaN},
		{0x7fc00001, canonicalFloat32NaN},
		{0x7fe00000, canonicalFloat32NaN},
		{0x7fffffff, canonicalFloat32NaN},
		{0xffffffff, canonicalFloat32NaN},
		{0x7f800000, 0x7f800000},
		{0x3fc00000, 0x3fc00000},
	})
}

// TestNaN64 is test_nan64.
func TestNaN64(t *testing.T) {
	nanWidth{F64Type{}, 8, decodeI64AsFloat, encodeFloatAsI64}.runAll(t, []nanTest{
		{0x7ff8000000000000, canonicalFloat64NaN},
		{0x7ff8000000000001, canonicalFloat64NaN},
		{0x7ffc000000000000, canonicalFloat64NaN},
		{0x7fffffffffffffff, canonicalFloat64NaN},
		{0xffffffffffffffff, canonicalFloat64NaN},
		{0x7ff0000000000000, 0x7ff0000000000000},
		{0x3ff0000000000000, 0x3ff0000000000000},
	})
}

var encodings = []StringEncoding{UTF8, UTF16, Latin1UTF16}

var funStrings = []string{"", "a", "hi", "\x00", "a\x00b", "\u0080", "\u0080b", "ab\u00efc",
	"\u01ffy", "xy\u01ff", "a\ud7ffb", "a\u02ff\u03ff\u04ffbc",
	"\uf123", "\uf123\uf123abc", "abcdef\uf123"}

// TestStrings is test_string.
func TestStrings(t *testing.T) {
	for _, addrType := range []CoreType{I32, I64} {
		for _, src := range encodings {
			for _, dst := range encodings {
				for _, s := range funStrings {
					for _, e := range encodedStrings(src, s, addrType) {
						name := fmt.Sprintf("%s/%s/%s/%q/%d", addrType, src, dst, s, e.taggedCodeUnits)
						t.Run(name, func(t *testing.T) { testStringInternal(t, src, dst, s, e, addrType) })
					}
				}
			}
		}
	}
}

// An encodedString is a string in memory.
type encodedString struct {
	encoded         []byte
	taggedCodeUnits uint64
}

// encodedStrings are the forms of s in which test_string passes it to test_string_internal: in latin1+utf16 there may
// be two.
func encodedStrings(src StringEncoding, s string, addrType CoreType) []encodedString {
	utf16 := encodeUTF16(s, "encodedStrings")
	codeUnits := uint64(len(utf16)) / 2
	switch src {
	case UTF8:
		return []encodedString{{[]byte(s), uint64(len(s))}}
	case UTF16:
		return []encodedString{{utf16, codeUnits}}
	}
	tagged := encodedString{utf16, codeUnits | utf16Tag(addrType)}
	if anyBeyondLatin1(s) {
		return []encodedString{tagged}
	}
	latin1 := encodeLatin1(s, "encodedStrings")
	return []encodedString{{latin1, uint64(len(latin1))}, tagged}
}

// testStringInternal is test_string_internal.
func testStringInternal(t *testing.T, src, dst StringEncoding, s string, e encodedString, addrType CoreType) {
	t.Helper()
	h := newHeap(len(e.encoded))
	copy(h.memory.B, e.encoded)
	cx := mkCx(t, optsWith{memory: h.mem(addrType), encoding: src})
	v := String{s, src, e.taggedCodeUnits}
	valueTest{t: StringType{}, vals: ints(0, e.taggedCodeUnits), v: v, cx: cx, dstEncoding: dst}.run(t)
}

// A heapTest is the arguments of test_heap.
type heapTest struct {
	t        ValType
	expect   Value // nil: a trap
	args     []CoreValue
	bytes    []byte
	addrType CoreType // zero: I32
}

// TestHeap is test_heap.
func TestHeap(t *testing.T) {
	for _, tests := range [][]heapTest{numberHeapTests(), stringHeapTests(), listHeapTests(), tupleHeapTests(), flagsHeapTests()} {
		for _, test := range tests {
			if test.addrType == 0 {
				test.addrType = I32
			}
			value := valueTest{t: test.t, vals: test.args, v: test.expect}
			t.Run(fmt.Sprintf("%s/%s", test.addrType, value.name()), func(t *testing.T) {
				value.cx = mkCx(t, optsWith{memory: heapOf(bytes.Clone(test.bytes)...).mem(test.addrType)})
				value.run(t)
			})
		}
	}
}

// numberHeapTests are the calls of test_heap up to lists of chars. That of empty records is a comment in run_tests.py.
func numberHeapTests() []heapTest {
	bools, u16s := listOf(BoolType{}), listOf(U16Type{})
	tft := List{true, false, true}
	return []heapTest{
		{t: bools, expect: tft, args: ints(0, 3), bytes: []byte{1, 0, 1}},
		{t: bools, expect: tft, args: ints(0, 3), bytes: []byte{1, 0, 2}},
		{t: bools, expect: tft, args: ints(3, 3), bytes: []byte{0xff, 0xff, 0xff, 1, 0, 1}},
		{t: listOf(U8Type{}), expect: mkList(1, 2, 3), args: ints(0, 3), bytes: []byte{1, 2, 3}},
		{t: u16s, expect: mkList(1, 2, 3), args: ints(0, 3), bytes: []byte{1, 0, 2, 0, 3, 0}},
		{t: u16s, expect: nil, args: ints(1, 3), bytes: []byte{0, 1, 0, 2, 0, 3, 0}},
		{t: listOf(U32Type{}), expect: mkList(1, 2, 3), args: ints(0, 3), bytes: []byte{1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0}},
		{t: listOf(U64Type{}), expect: mkList(1, 2), args: ints(0, 2), bytes: []byte{1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
		{t: listOf(S8Type{}), expect: mkList(-1, -2, -3), args: ints(0, 3), bytes: []byte{0xff, 0xfe, 0xfd}},
		{t: listOf(S16Type{}), expect: mkList(-1, -2, -3), args: ints(0, 3), bytes: []byte{
			0xff, 0xff,
			0xfe, 0xff,
			0xfd, 0xff}},
		{t: listOf(S32Type{}), expect: mkList(-1, -2, -3), args: ints(0, 3), bytes: []byte{
			0xff, 0xff, 0xff, 0xff,
			0xfe, 0xff, 0xff, 0xff,
			0xfd, 0xff, 0xff, 0xff}},
		{t: listOf(S64Type{}), expect: mkList(-1, -2), args: ints(0, 2), bytes: []byte{
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
		{t: listOf(CharType{}), expect: mkList('A', 'B', 'c'), args: ints(0, 3), bytes: []byte{65, 0, 0, 0, 66, 0, 0, 0, 99, 0, 0, 0}},
	}
}

func stringHeapTests() []heapTest {
	hiWat := List{mkStr("hi"), mkStr("wat")}
	return []heapTest{
		{t: listOf(StringType{}), expect: hiWat, args: ints(0, 2), bytes: []byte{
			16, 0, 0, 0, 2, 0, 0, 0, 21, 0, 0, 0, 3, 0, 0, 0,
			'h', 'i', 0xf, 0xf, 0xf, 'w', 'a', 't'}},
		{t: listOf(StringType{}), expect: hiWat, args: ints(0, 2), addrType: I64, bytes: []byte{
			32, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
			37, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
			'h', 'i', 0xf, 0xf, 0xf, 'w', 'a', 't'}},
	}
}

// listHeapTests are the calls of test_heap for lists of lists.
func listHeapTests() []heapTest {
	u8s, u16s, twoU32s := listOf(listOf(U8Type{})), listOf(listOf(U16Type{})), listOf(fixedListOf(U32Type{}, 2))
	numbers := mkList(mkList(3, 4, 5), mkList(), mkList(6, 7))
	return []heapTest{
		{t: u8s, expect: numbers, args: ints(0, 3), bytes: []byte{
			24, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 27, 0, 0, 0, 2, 0, 0, 0,
			3, 4, 5, 6, 7}},
		{t: u8s, expect: numbers, args: ints(0, 3), addrType: I64, bytes: []byte{
			48, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			51, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
			3, 4, 5, 6, 7}},
		{t: u16s, expect: mkList(mkList(5, 6)), args: ints(0, 1), bytes: []byte{
			8, 0, 0, 0, 2, 0, 0, 0,
			5, 0, 6, 0}},
		{t: u16s, expect: mkList(mkList(5, 6)), args: ints(0, 1), addrType: I64, bytes: []byte{
			16, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
			5, 0, 6, 0}},
		{t: u16s, expect: nil, args: ints(0, 1), bytes: []byte{
			9, 0, 0, 0, 2, 0, 0, 0,
			0, 5, 0, 6, 0}},
		{t: u16s, expect: nil, args: ints(0, 1), addrType: I64, bytes: []byte{
			17, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
			0, 5, 0, 6, 0}},
		{t: listOf(fixedListOf(U8Type{}, 2)), expect: mkList(mkList(1, 2), mkList(3, 4)), args: ints(0, 2), bytes: []byte{
			1, 2, 3, 4}},
		{t: twoU32s, expect: mkList(mkList(1, 2), mkList(3, 4)), args: ints(0, 2), bytes: []byte{
			1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0}},
		{t: twoU32s, expect: nil, args: ints(1, 2), bytes: []byte{
			0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0}},
	}
}

func tupleHeapTests() []heapTest {
	return []heapTest{
		{t: listOf(tupleOf(U8Type{}, U8Type{}, U16Type{}, U32Type{})),
			expect: mkList(mkTup(6, 7, 8, 9), mkTup(4, 5, 6, 7)),
			args:   ints(0, 2),
			bytes:  []byte{6, 7, 8, 0, 9, 0, 0, 0, 4, 5, 6, 0, 7, 0, 0, 0}},
		{t: listOf(tupleOf(U8Type{}, U16Type{}, U8Type{}, U32Type{})),
			expect: mkList(mkTup(6, 7, 8, 9), mkTup(4, 5, 6, 7)),
			args:   ints(0, 2),
			bytes:  []byte{6, 0xff, 7, 0, 8, 0xff, 0xff, 0xff, 9, 0, 0, 0, 4, 0xff, 5, 0, 6, 0xff, 0xff, 0xff, 7, 0, 0, 0}},
		{t: listOf(tupleOf(U16Type{}, U8Type{})),
			expect: mkList(mkTup(6, 7), mkTup(8, 9)),
			args:   ints(0, 2),
			bytes:  []byte{6, 0, 7, 0x0ff, 8, 0, 9, 0xff}},
		{t: listOf(tupleOf(tupleOf(U16Type{}, U8Type{}), U8Type{})),
			expect: mkList(mkTup([]Value{4, 5}, 6), mkTup([]Value{7, 8}, 9)),
			args:   ints(0, 2),
			bytes:  []byte{4, 0, 5, 0xff, 6, 0xff, 7, 0, 8, 0xff, 9, 0xff}},
	}
}

// flagsHeapTests are the calls of test_heap for flags and maps. Those of empty flags are comments in run_tests.py.
func flagsHeapTests() []heapTest {
	ab := listOf(flagsOf("a", "b"))
	onOff := func(n int) List { return List{allSet(numbered(n), true), allSet(numbered(n), false)} }
	off, b, on := Dict{{"a", false}, {"b", false}}, Dict{{"a", false}, {"b", true}}, Dict{{"a", true}, {"b", true}}
	return []heapTest{
		{t: ab, expect: List{off, b, on}, args: ints(0, 3), bytes: []byte{0, 2, 3}},
		{t: ab, expect: List{off, b, off}, args: ints(0, 3), bytes: []byte{0, 2, 4}},
		{t: listOf(flagsOf(numbered(9)...)), expect: onOff(9), args: ints(0, 2), bytes: []byte{0xff, 0x1, 0, 0}},
		{t: listOf(flagsOf(numbered(9)...)), expect: onOff(9), args: ints(0, 2), bytes: []byte{0xff, 0x3, 0, 0}},
		{t: listOf(flagsOf(numbered(17)...)), expect: onOff(17), args: ints(0, 2), bytes: []byte{0xff, 0xff, 0x1, 0, 0, 0, 0, 0}},
		{t: listOf(flagsOf(numbered(17)...)), expect: onOff(17), args: ints(0, 2), bytes: []byte{0xff, 0xff, 0x3, 0, 0, 0, 0, 0}},
		{t: listOf(flagsOf(numbered(32)...)), expect: onOff(32), args: ints(0, 2), bytes: []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}},
		{t: &MapType{K: U8Type{}, V: U16Type{}}, expect: mkList(Dict{{"0", 42}, {"1", 83}}, Dict{{"0", 43}, {"1", 84}}), args: ints(0, 2),
			bytes: []byte{42, 0xff, 83, 0, 43, 0xff, 84, 0}},
	}
}

// A flattenTest is the arguments of test_flatten.
type flattenTest struct {
	params   []ValType
	result   []ValType
	flat     []CoreType // of the parameters
	results  []CoreType
	addrType CoreType
}

func (test flattenTest) run(t *testing.T) {
	limits := UpstreamLimits
	opts := mkOpts(optsWith{memory: newHeap(0).mem(test.addrType)})
	expect := &CoreFuncType{Params: test.flat, Results: test.results}
	ft := &FuncType{Params: test.params, Result: test.result}

	if len(test.flat) > limits.FlatParams {
		expect.Params = []CoreType{test.addrType}
	}

	if len(test.results) > limits.FlatResults {
		expect.Results = []CoreType{test.addrType}
	}
	got := flattenFunctype(opts, ft, contextLift, &limits)
	equalCoreFuncTypes(t, got, expect)

	if len(test.results) > limits.FlatResults {
		expect.Params = append(expect.Params, test.addrType)
		expect.Results = []CoreType{}
	}
	got = flattenFunctype(opts, ft, contextLower, &limits)
	equalCoreFuncTypes(t, got, expect)
}

func equalCoreFuncTypes(t *testing.T, got, want *CoreFuncType) {
	t.Helper()
	if !got.Equal(want) {
		t.Fatalf("got %v -> %v, want %v -> %v", got.Params, got.Results, want.Params, want.Results)
	}
}

// TestFlatten is test_flatten.
func TestFlatten(t *testing.T) {
	three := []ValType{U8Type{}, F32Type{}, F64Type{}}
	flatThree := []CoreType{I32, F32, F64}
	seventeen := repeated[ValType](U8Type{}, 17)
	flatSeventeen := repeated(I32, 17)
	for i, test := range []flattenTest{
		{three, nil, flatThree, nil, I32},
		{three, []ValType{F32Type{}}, flatThree, []CoreType{F32}, I32},
		{three, []ValType{U8Type{}}, flatThree, []CoreType{I32}, I32},
		{three, []ValType{tupleOf(F32Type{})}, flatThree, []CoreType{F32}, I32},
		{three, []ValType{tupleOf(F32Type{}, F32Type{})}, flatThree, []CoreType{F32, F32}, I32},
		{three, []ValType{F32Type{}, F32Type{}}, flatThree, []CoreType{F32, F32}, I32},
		{seventeen, nil, flatSeventeen, nil, I32},
		{seventeen, nil, flatSeventeen, nil, I64},
		{seventeen, []ValType{tupleOf(U8Type{}, U8Type{})}, flatSeventeen, []CoreType{I32, I32}, I32},
		{seventeen, []ValType{tupleOf(U8Type{}, U8Type{})}, flatSeventeen, []CoreType{I32, I32}, I64},
	} {
		t.Run(strconv.Itoa(i), test.run)
	}
}

// TestRoundtrips is test_roundtrips.
func TestRoundtrips(t *testing.T) {
	sixteen := repeated[ValType](U32Type{}, 16)
	for _, addrType := range []CoreType{I32, I64} {
		for _, test := range []struct {
			t ValType
			v Value
		}{
			{S8Type{}, mk(-1)},
			{tupleOf(U16Type{}, U16Type{}), mk(mkTup(3, 4))},
			{listOf(StringType{}), mkList(mkStr("hello there"))},
			{listOf(listOf(StringType{})), mkList(mkList(mkStr("one"), mkStr("two")), mkList(mkStr("three")))},
			{listOf(&OptionType{T: tupleOf(StringType{}, U16Type{})}), mkList(Dict{{"some", mkTup(mkStr("answer"), 42)}})},
			{variantOf(CaseType{"x", tupleOf(append(sixteen, StringType{})...)}),
				mk(Dict{{"x", mkTup(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, mkStr("wat"))}})},
		} {
			t.Run(fmt.Sprintf("%s/%s", addrType, typeName(test.t)), func(t *testing.T) { testRoundtrip(t, test.t, test.v, addrType) })
		}
	}
}

// testRoundtrip is test_roundtrip.
func testRoundtrip(t *testing.T, ty ValType, v Value, addrType CoreType) {
	s := newTestStoreWith(t, Options{Deterministic: true, Limits: Limits{FlatResults: 16}})

	ft := &FuncType{Params: []ValType{ty}, Result: []ValType{ty}}
	callee := func(x []CoreValue) []CoreValue { return x }

	calleeHeap := newHeap(1000)
	calleeOpts := mkOpts(optsWith{memory: calleeHeap.mem(addrType), encoding: UTF8, realloc: calleeHeap.realloc})
	calleeInst := NewComponentInstance(s, nil)

	var got Value
	onStart := HostOnStart(func() []Value { return []Value{v} })
	onResolve := HostOnResolve(func(result []Value) {
		equal(t, len(result), 1)
		got = result[0]
	})
	liftAndRun(t, calleeOpts, calleeInst, ft, callee, onStart, onResolve)

	equalDeep(t, got, v)
}
