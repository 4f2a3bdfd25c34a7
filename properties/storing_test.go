package properties

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"cabi/spec"
)

// What the specification stores in a guest's memory, told by rules of its own: which blocks it asks realloc for, and the bytes that it leaves there.

// A reallocation is one call of realloc: of which block, by the number of the call that returned it (-1: none), and what is wanted in its place.
type reallocation struct {
	of                 int
	oldSize, align, to uint64
}

// wantedOf are the calls of realloc for a string of the simple encoding from (Latin1UTF16: Latin-1) that is stored in an encoding, and how long it is in
// bytes and in tagged code units then. CanonicalABI.md, "Storing": the best case is allocated first, then the worst case, and last it is made to fit.
func wantedOf(text string, from, to spec.StringEncoding, fromTagged bool, tag uint64) (calls []reallocation, size, tagged uint64) {
	units16 := uint64(len(utf16.Encode([]rune(text))))
	units := map[spec.StringEncoding]uint64{spec.UTF8: uint64(len(text)), spec.UTF16: units16, spec.Latin1UTF16: units16}[from]
	fits := func(worst, align uint64) {
		if worst > size {
			calls = append(calls, reallocation{len(calls) - 1, worst, align, size})
		}
	}
	switch to {
	case spec.UTF8:
		size = uint64(len(text))
		calls = []reallocation{{-1, 0, 1, units}}
		if from != spec.UTF8 && strings.ContainsFunc(text, func(c rune) bool { return c > 0x7f }) {
			worst := units * map[spec.StringEncoding]uint64{spec.UTF16: 3, spec.Latin1UTF16: 2}[from]
			calls = append(calls, reallocation{0, units, 1, worst})
			fits(worst, 1)
		}
		return calls, size, size
	case spec.UTF16:
		size = 2 * units16
		calls = []reallocation{{-1, 0, 2, 2 * units}}
		fits(2*units, 2)
		return calls, size, units16
	}
	beyond := strings.ContainsFunc(text, func(c rune) bool { return c > 0xff })
	if size, tagged = units16, units16; beyond {
		size, tagged = 2*units16, units16|tag
	}
	switch {
	case fromTagged: // probably it needs UTF-16
		if calls = []reallocation{{-1, 0, 2, 2 * units}}; !beyond {
			calls = append(calls, reallocation{0, 2 * units, 1, size})
		}
	case beyond:
		calls = []reallocation{{-1, 0, 2, units}, {0, units, 2, 2 * units}}
		fits(2*units, 2)
	default:
		calls = []reallocation{{-1, 0, 2, units}}
		fits(units, 2)
	}
	return calls, size, tagged
}

// bytesOf are the bytes of a text in an encoding.
func bytesOf(text string, to spec.StringEncoding, wide bool) (b []byte) {
	switch {
	case to == spec.UTF8:
		return []byte(text)
	case to == spec.UTF16 || wide:
		for _, unit := range utf16.Encode([]rune(text)) {
			b = binary.LittleEndian.AppendUint16(b, unit)
		}
		return b
	}
	for _, c := range text {
		b = append(b, byte(c))
	}
	return b
}

// TestStringsStored stores texts with the characters at which encodings change, from each encoding in each, in memories of both widths. The limit on what is
// reallocated is exactly what is asked for at most, and one less: then an assert fails.
func TestStringsStored(t *testing.T) {
	for _, text := range []string{"", "a", "\x7f", "\u0080", "a\x7f\u0080b", "ab\u00ff", "\u00ff", "\u0100", "ab\u00ff\u0100", "\u07ff\u0800", "\ud7ff\ue000", "\uffff", "a\U00010000", "\U0010ffff\u00e9"} {
		for _, to := range encodings {
			for _, width := range []spec.CoreType{spec.I32, spec.I64} {
				for _, v := range stringsOf(text) {
					if width == spec.I64 && v.TaggedCodeUnits&(1<<31) != 0 {
						v.TaggedCodeUnits ^= 1<<31 | 1<<63
					}
					storeOnce(t, v, to, width)
				}
			}
		}
	}
}

// storeOnce passes a string of the host's to a guest, and checks what the guest sees.
func storeOnce(t *testing.T, v spec.String, to spec.StringEncoding, width spec.CoreType) {
	t.Helper()
	tag := uint64(1) << 31
	if width == spec.I64 {
		tag = 1 << 63
	}
	from, fromTagged := v.Encoding, false
	if v.Encoding == spec.Latin1UTF16 && v.TaggedCodeUnits&tag != 0 {
		from, fromTagged = spec.UTF16, true
	}
	want, size, tagged := wantedOf(v.S, from, to, fromTagged, tag)
	most := slices.MaxFunc(want, func(a, b reallocation) int { return int(a.to) - int(b.to) }).to
	for _, limit := range []uint64{most, most - 1} {
		if most == 0 || limit == 0 { // 0 stands for upstream's
			continue
		}
		s := spec.NewStore(spec.Options{Limits: spec.Limits{ReallocI32: limit}})
		mem := spec.NewMemInst(1 << 12)
		mem.AddrType = width
		var got []reallocation
		at := []uint64{}
		opts := &spec.CanonicalOptions{}
		opts.Memory, opts.StringEncoding = mem, to
		opts.Realloc = func(args []spec.CoreValue) []spec.CoreValue {
			old, oldSize, align, size := args[0].Uint64(), args[1].Uint64(), args[2].Uint64(), args[3].Uint64()
			got = append(got, reallocation{slices.Index(at, old), oldSize, align, size})
			at = append(at, uint64(64*len(got))+align)
			copy(mem.Bytes.B[at[len(at)-1]:], slices.Clone(mem.Bytes.B[old:old+min(oldSize, size)]))
			return []spec.CoreValue{spec.CoreInt(at[len(at)-1])}
		}
		var passed []spec.CoreValue
		f := s.Lift(func(args []spec.CoreValue) []spec.CoreValue { passed = args; return nil }, &spec.FuncType{Params: []spec.ValType{spec.StringType{}}}, opts, spec.NewComponentInstance(s, nil))
		_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return []spec.Value{v} }), spec.HostOnResolve(func([]spec.Value) {}))
		what := fmt.Sprintf("%q of %s (%x) to %s in %s, at most %d reallocated", v.S, v.Encoding, v.TaggedCodeUnits, to, width, limit)
		s.Close()
		if limit < most {
			var failed *spec.AssertionFailure
			if !errors.As(err, &failed) {
				t.Fatalf("%s: %v, and an assert should fail", what, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: realloc is called with %v, expected %v", what, got, want)
		}
		ptr, b := passed[0].Uint64(), bytesOf(v.S, to, tagged&tag != 0)
		if ptr != at[len(at)-1] || passed[1].Uint64() != tagged || uint64(len(b)) != size || string(mem.Bytes.B[ptr:ptr+size]) != string(b) {
			t.Fatalf("%s: it is passed as %v, expected %d and %x; there are %x, expected %x", what, passed, at[len(at)-1], tagged, mem.Bytes.B[ptr:ptr+size], b)
		}
	}
}

// TestListsStored checks that a list as long as may be reallocated is stored, and that an assert fails of a longer one.
func TestListsStored(t *testing.T) {
	for n, ok := range map[int]bool{2: true, 3: false} {
		s := spec.NewStore(spec.Options{Limits: spec.Limits{ReallocI32: 8}})
		opts := &spec.CanonicalOptions{}
		opts.Memory, opts.Realloc = spec.NewMemInst(64), func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(16)} }
		f := s.Lift(func([]spec.CoreValue) []spec.CoreValue { return nil }, &spec.FuncType{Params: []spec.ValType{&spec.ListType{T: spec.U32Type{}}}}, opts, spec.NewComponentInstance(s, nil))
		_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return []spec.Value{spec.List(slices.Repeat([]spec.Value{spec.IntOf(7)}, n))} }), spec.HostOnResolve(func([]spec.Value) {}))
		if s.Close(); ok != (err == nil) {
			t.Errorf("a list of %d bytes, of 8 that may be reallocated: %v", 4*n, err)
		}
	}
}

// TestCharsStored checks that the characters at the ends of the ranges of scalar values are passed as they are, flat and in memory.
func TestCharsStored(t *testing.T) {
	for _, c := range []rune{0, 0xd7ff, 0xe000, utf8.MaxRune} {
		for _, typ := range []spec.ValType{spec.CharType{}, &spec.ListType{T: spec.CharType{}}} {
			v := spec.Value(spec.Char(c))
			if typ != (spec.CharType{}) {
				v = spec.List{v}
			}
			if got := fmt.Sprint(plain(echoOnce(t, typ, v))); got != fmt.Sprint(plain(v)) {
				t.Errorf("%U of type %s comes back as %v", c, spec.TypeName(typ), got)
			}
		}
	}
}

// Every is Choices that make all choices, one run after the other: Next goes on to the next run, and returns false after the last.
type every struct{ numbers, of, made []int }

func (e *every) Choose(_ spec.Site, n int) int {
	at := len(e.made)
	if at == len(e.numbers) {
		e.numbers, e.of = append(e.numbers, 0), append(e.of, n)
	}
	e.made = append(e.made, e.numbers[at])
	return e.numbers[at]
}

func (e *every) next() bool {
	e.made = e.made[:0]
	for i := len(e.numbers) - 1; i >= 0; i-- {
		if e.numbers[i]++; e.numbers[i] < e.of[i] {
			e.numbers, e.of = e.numbers[:i+1], e.of[:i+1]
			return true
		}
	}
	return false
}

// TestNaNsScrambled stores a NaN under every choice. What is stored is always a NaN, with either sign and with each bit of its fraction set alone; under the
// deterministic profile it is the canonical one. In Python a NaN of 32 bits is quiet, since its floats have 64 (docs/source.md has the quirks).
func TestNaNsScrambled(t *testing.T) {
	for _, typ := range []spec.ValType{spec.F32Type{}, spec.F64Type{}} {
		bits, fraction, quiet := 64, 52, uint64(0)
		if typ == (spec.F32Type{}) {
			bits, fraction, quiet = 32, 23, 1<<22
		}
		exponent := (uint64(1)<<(bits-1) - 1) &^ (1<<fraction - 1)
		want := map[uint64]bool{math.MaxUint64 >> (64 - bits): true} // all bits are drawn, or none is
		for i := range fraction - 1 {
			want[exponent|quiet|1<<i] = true
		}
		got := map[uint64]bool{}
		choices := &every{}
		for more := true; more; more = choices.next() {
			stored, err := storeNaN(spec.Options{Choices: choices}, typ, bits)
			if err != nil {
				t.Fatalf("%s, choices %v: %v", spec.TypeName(typ), choices.made, err)
			}
			got[stored] = true
		}
		if len(choices.of) == 0 && len(got) == 1 {
			t.Fatalf("%s: nothing is chosen", spec.TypeName(typ))
		}
		for b := range got {
			if !want[b] {
				t.Errorf("%s: a NaN is stored as %x", spec.TypeName(typ), b)
			}
		}
		for b := range want {
			if !got[b] {
				t.Errorf("%s: no choice stores a NaN as %x", spec.TypeName(typ), b)
			}
		}
		canonical := exponent | 1<<(fraction-1)
		if stored, err := storeNaN(spec.Options{Deterministic: true}, typ, bits); err != nil || stored != canonical {
			t.Errorf("%s: the deterministic profile stores a NaN as %x, %v; expected %x", spec.TypeName(typ), stored, err, canonical)
		}
	}
}

// storeNaN stores a NaN that is not canonical in a guest's memory, and returns its bits there.
func storeNaN(options spec.Options, typ spec.ValType, bits int) (uint64, error) {
	s := spec.NewStore(options)
	defer s.Close()
	opts := &spec.CanonicalOptions{}
	opts.Memory, opts.Realloc = spec.NewMemInst(64), func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(16)} }
	f := s.Lift(func([]spec.CoreValue) []spec.CoreValue { return nil }, &spec.FuncType{Params: []spec.ValType{&spec.ListType{T: typ}}}, opts, spec.NewComponentInstance(s, nil))
	nan := spec.Float(0xfff8_0000_4000_0000)
	_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return []spec.Value{spec.List{nan}} }), spec.HostOnResolve(func([]spec.Value) {}))
	return binary.LittleEndian.Uint64(opts.Memory.Bytes.B[16:]) & (math.MaxUint64 >> (64 - bits)), err
}
