package spec

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A namedType is a type with its name in testdata/type_equality.py.
type namedType struct {
	name string
	t    ValType
}

func recordOf(fields ...FieldType) *RecordType { return &RecordType{Fields: fields} }

// equalityTypes are the types of testdata/type_equality.py. Two of them are one Go pointer where they are one Python object.
func equalityTypes() []namedType {
	r1, r2 := NewResourceType("r1", nil, nil), NewResourceType("r2", nil, nil)
	e1, e2 := &ErrorContextType{}, &ErrorContextType{}
	x8, y8, x16 := FieldType{"x", U8Type{}}, FieldType{"y", U8Type{}}, FieldType{"x", U16Type{}}
	caseX8, caseY8, caseX := CaseType{"x", U8Type{}}, CaseType{"y", U8Type{}}, CaseType{"x", nil}
	enumOf := func(labels ...string) *EnumType { return &EnumType{Labels: labels} }
	optionOf := func(t ValType) *OptionType { return &OptionType{T: t} }
	resultOf := func(ok, err ValType) *ResultType { return &ResultType{Ok: ok, Error: err} }
	mapOf := func(k, v ValType) *MapType { return &MapType{K: k, V: v} }
	return []namedType{
		{"none", nil},
		{"bool", BoolType{}},
		{"s8", S8Type{}},
		{"u8", U8Type{}},
		{"s16", S16Type{}},
		{"u16", U16Type{}},
		{"s32", S32Type{}},
		{"u32", U32Type{}},
		{"s64", S64Type{}},
		{"u64", U64Type{}},
		{"f32", F32Type{}},
		{"f64", F64Type{}},
		{"char", CharType{}},
		{"string", StringType{}},
		{"u8-again", U8Type{}},
		{"string-again", StringType{}},
		{"error-context-1", e1},
		{"error-context-2", e2},
		{"error-context-1-shared", e1},
		{"list-u8", listOf(U8Type{})},
		{"list-u8-again", listOf(U8Type{})},
		{"list-u16", listOf(U16Type{})},
		{"list-u8-0", fixedListOf(U8Type{}, 0)},
		{"list-u8-3", fixedListOf(U8Type{}, 3)},
		{"list-u8-3-again", fixedListOf(U8Type{}, 3)},
		{"list-u8-4", fixedListOf(U8Type{}, 4)},
		{"list-u16-3", fixedListOf(U16Type{}, 3)},
		{"list-list-u8", listOf(listOf(U8Type{}))},
		{"list-list-u8-again", listOf(listOf(U8Type{}))},
		{"list-list-u8-3", listOf(fixedListOf(U8Type{}, 3))},
		{"list-error-context-1", listOf(e1)},
		{"list-error-context-1-again", listOf(e1)},
		{"list-error-context-2", listOf(e2)},
		{"record-x-u8", recordOf(x8)},
		{"record-x-u8-again", recordOf(x8)},
		{"record-y-u8", recordOf(y8)},
		{"record-x-u16", recordOf(x16)},
		{"record-x-y-u8", recordOf(x8, y8)},
		{"record-y-x-u8", recordOf(y8, x8)},
		{"record-0-u8", recordOf(FieldType{"0", U8Type{}})},
		{"tuple-u8", tupleOf(U8Type{})},
		{"tuple-u8-again", tupleOf(U8Type{})},
		{"tuple-u8-u16", tupleOf(U8Type{}, U16Type{})},
		{"tuple-u16-u8", tupleOf(U16Type{}, U8Type{})},
		{"variant-x-u8", variantOf(caseX8)},
		{"variant-x-u8-again", variantOf(caseX8)},
		{"variant-x", variantOf(caseX)},
		{"variant-x-again", variantOf(caseX)},
		{"variant-y-u8", variantOf(caseY8)},
		{"variant-x-y-u8", variantOf(caseX8, caseY8)},
		{"variant-none-some-u8", variantOf(CaseType{"none", nil}, CaseType{"some", U8Type{}})},
		{"enum-x", enumOf("x")},
		{"enum-a-b", enumOf("a", "b")},
		{"enum-a-b-again", enumOf("a", "b")},
		{"enum-b-a", enumOf("b", "a")},
		{"flags-a-b", flagsOf("a", "b")},
		{"flags-a-b-again", flagsOf("a", "b")},
		{"flags-b-a", flagsOf("b", "a")},
		{"flags-a", flagsOf("a")},
		{"option-u8", optionOf(U8Type{})},
		{"option-u8-again", optionOf(U8Type{})},
		{"option-u16", optionOf(U16Type{})},
		{"option-option-u8", optionOf(optionOf(U8Type{}))},
		{"option-record-x-u8", optionOf(recordOf(x8))},
		{"option-record-x-u8-again", optionOf(recordOf(x8))},
		{"option-record-y-u8", optionOf(recordOf(y8))},
		{"result-none-none", resultOf(nil, nil)},
		{"result-none-none-again", resultOf(nil, nil)},
		{"result-u8-none", resultOf(U8Type{}, nil)},
		{"result-none-u8", resultOf(nil, U8Type{})},
		{"result-u8-u8", resultOf(U8Type{}, U8Type{})},
		{"result-u8-u8-again", resultOf(U8Type{}, U8Type{})},
		{"map-u8-u16", mapOf(U8Type{}, U16Type{})},
		{"map-u8-u16-again", mapOf(U8Type{}, U16Type{})},
		{"map-u16-u8", mapOf(U16Type{}, U8Type{})},
		{"map-u8-u8", mapOf(U8Type{}, U8Type{})},
		{"list-tuple-u8-u16", listOf(tupleOf(U8Type{}, U16Type{}))},
		{"own-r1", &OwnType{Rt: r1}},
		{"own-r1-again", &OwnType{Rt: r1}},
		{"own-r2", &OwnType{Rt: r2}},
		{"borrow-r1", &BorrowType{Rt: r1}},
		{"borrow-r1-again", &BorrowType{Rt: r1}},
		{"borrow-r2", &BorrowType{Rt: r2}},
		{"stream-none", streamOf(nil)},
		{"stream-none-again", streamOf(nil)},
		{"stream-u8", streamOf(U8Type{})},
		{"stream-u8-again", streamOf(U8Type{})},
		{"stream-own-r1", streamOf(&OwnType{Rt: r1})},
		{"stream-own-r1-again", streamOf(&OwnType{Rt: r1})},
		{"stream-own-r2", streamOf(&OwnType{Rt: r2})},
		{"future-none", futureOf(nil)},
		{"future-none-again", futureOf(nil)},
		{"future-u8", futureOf(U8Type{})},
		{"future-u8-again", futureOf(U8Type{})},
		{"future-stream-u8", futureOf(streamOf(U8Type{}))},
		{"future-stream-u8-again", futureOf(streamOf(U8Type{}))},
		{"future-stream-none", futureOf(streamOf(nil))},
		{"future-error-context-1", futureOf(e1)},
		{"future-error-context-2", futureOf(e2)},
		{"variant-x-list-string", variantOf(CaseType{"x", listOf(StringType{})})},
		{"variant-x-list-string-again", variantOf(CaseType{"x", listOf(StringType{})})},
		{"variant-x-list-char", variantOf(CaseType{"x", listOf(CharType{})})},
	}
}

// TestTypeEquality compares typesEqual with what Python's == said of every pair of types.
func TestTypeEquality(t *testing.T) {
	recorded, err := os.ReadFile("testdata/type_equality.txt")
	if err != nil {
		t.Fatal(err)
	}
	types := equalityTypes()
	lines := strings.Split(strings.TrimSpace(string(recorded)), "\n")
	equal(t, len(types), len(lines))
	for i, a := range types {
		if got := a.name + " " + equalityRow(a.t, types); got != lines[i] {
			t.Errorf("got %s\nwant %s\n%s", got, lines[i], differences(types, got, lines[i]))
		}
	}
}

// equalityRow has a 1 for each of types that a equals.
func equalityRow(a ValType, types []namedType) string {
	row := make([]byte, len(types))
	for i, b := range types {
		row[i] = '0'
		if typesEqual(a, b.t) {
			row[i] = '1'
		}
	}
	return string(row)
}

// differences names the types in which two rows differ.
func differences(types []namedType, got, want string) string {
	got, want = got[strings.LastIndexByte(got, ' ')+1:], want[strings.LastIndexByte(want, ' ')+1:]
	if len(got) != len(want) {
		return "the rows differ in length"
	}
	var names []string
	for i := range got {
		if got[i] != want[i] {
			names = append(names, types[i].name)
		}
	}
	return fmt.Sprintf("they differ in %v", names)
}
