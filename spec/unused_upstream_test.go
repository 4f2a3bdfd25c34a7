package spec

import "testing"

// The port has some functions that definitions.py defines and does not use itself: only tests use them.

func TestContainsAsyncValue(t *testing.T) {
	for _, c := range []struct {
		t    Type
		want bool
	}{
		{U8Type{}, false},
		{&StreamType{}, true},
		{&FutureType{T: U8Type{}}, true},
		{&ListType{T: &OptionType{T: &StreamType{}}}, true},
		{&RecordType{Fields: []FieldType{{"a", StringType{}}}}, false},
		{&FuncType{Params: []ValType{U8Type{}}, Result: []ValType{&FutureType{}}}, true},
		{&FuncType{Params: []ValType{U8Type{}}, Result: []ValType{U8Type{}}}, false},
	} {
		equal(t, containsAsyncValue(c.t), c.want)
	}
}

func TestCoreValueIterDone(t *testing.T) {
	vi := newCoreValueIter(newTestStore(t), ints(7))
	equal(t, vi.done(), false)
	equal(t, vi.next(I32).Uint64(), 7)
	equal(t, vi.done(), true)
}
