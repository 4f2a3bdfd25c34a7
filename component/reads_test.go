package component

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"cabi/spec"
)

// What a Reader finds is all that lifting needs: in a memory that has nothing else, the same value is lifted.
func TestReader(t *testing.T) {
	memory := bytes.Repeat([]byte{0xff}, 256)
	words := func(at int, values ...uint32) {
		for i, v := range values {
			binary.LittleEndian.PutUint32(memory[at+4*i:], v)
		}
	}
	words(0, 64, 3) // a string
	words(8, 80, 2) // a list of two strings
	words(80, 96, 1, 100, 2)
	words(16, 1, 64, 2) // some string
	words(32, 0)        // none
	pair := &spec.TupleType{Ts: []spec.ValType{spec.U8Type{}, spec.StringType{}}}
	memory[40] = 7
	words(44, 64, 1)
	str, list := spec.StringType{}, &spec.ListType{T: spec.StringType{}}
	option := &spec.OptionType{T: str}
	for _, test := range []struct {
		name  string
		look  func(r *Reader)
		want  string
		codes spec.StringEncoding
	}{
		{"a string, flat", func(r *Reader) { r.Flat([]spec.ValType{str}, ints(64, 3), 16) }, "[{64 67}]", spec.UTF8},
		{"a string of another encoding", func(r *Reader) { r.Flat([]spec.ValType{str}, ints(64, 3), 16) }, "[{64 70}]", spec.UTF16},
		{"a tagged string", func(r *Reader) { r.Flat([]spec.ValType{str}, ints(64, 1<<31+2), 16) }, "[{64 68}]", spec.Latin1UTF16},
		{"a string in memory", func(r *Reader) { r.Stored(str, 0, 1) }, "[{0 8} {64 67}]", spec.UTF8},
		{"numbers", func(r *Reader) { r.Flat([]spec.ValType{spec.U32Type{}, spec.U8Type{}}, ints(1, 2), 16) }, "[]", spec.UTF8},
		{"a string behind a number", func(r *Reader) { r.Flat([]spec.ValType{spec.U64Type{}, str}, ints(1, 64, 2), 16) }, "[{64 66}]", spec.UTF8},
		{"a list of strings", func(r *Reader) { r.Flat([]spec.ValType{list}, ints(80, 2), 16) }, "[{80 96} {96 97} {100 102}]", spec.UTF8},
		{"some string, flat", func(r *Reader) { r.Flat([]spec.ValType{option}, ints(1, 64, 2), 16) }, "[{64 66}]", spec.UTF8},
		{"no string, flat", func(r *Reader) { r.Flat([]spec.ValType{option, str}, ints(0, 64, 2, 100, 1), 16) }, "[{100 101}]", spec.UTF8},
		{"some string in memory", func(r *Reader) { r.Stored(option, 16, 1) }, "[{16 28} {64 66}]", spec.UTF8},
		{"no string in memory", func(r *Reader) { r.Stored(option, 32, 1) }, "[{32 44}]", spec.UTF8},
		{"a record in memory", func(r *Reader) { r.Stored(pair, 40, 1) }, "[{40 52} {64 65}]", spec.UTF8},
		{"too many to be flat", func(r *Reader) { r.Flat([]spec.ValType{pair}, ints(40), 2) }, "[{40 52} {64 65}]", spec.UTF8},
		{"beyond the memory", func(r *Reader) { r.Flat([]spec.ValType{str}, ints(250, 100), 16) }, "[{250 256}]", spec.UTF8},
		{"far beyond", func(r *Reader) { r.Flat([]spec.ValType{list}, ints(1<<31, 1<<30), 16) }, "[]", spec.UTF8},
	} {
		r := &Reader{Memory: memory, Encoding: test.codes}
		test.look(r)
		if got := fmt.Sprint(append([]Range{}, r.Ranges...)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func ints(values ...uint64) (all []spec.CoreValue) {
	for _, v := range values {
		all = append(all, spec.CoreInt(v))
	}
	return all
}
