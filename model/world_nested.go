package model

import (
	"slices"
	"strings"

	"cabi/spec"
)

// nestsHandles reports whether handles may be passed as parts of other values: in records, variants, lists and so on, as elements of
// streams and futures, and in memory where parameters or results are more than are passed flat. Then the numbers of indices matter,
// because what reads them later is not known beforehand.
func (w *World) nestsHandles() bool {
	limits := w.Limits.apply(spec.UpstreamLimits)
	for _, f := range w.Funcs {
		ft := w.funcType(f)
		if areNested(ft.Params, min(limits.FlatParams, limits.FlatAsyncParams)) || areNested(ft.Result, limits.FlatResults) {
			return true
		}
	}
	for _, lines := range w.Menus {
		for _, line := range lines {
			words := strings.Fields(line)
			op, _ := w.op(words[0])
			for i, kind := range op.imm {
				if w.immediateNests(kind, words[1+i]) {
					return true
				}
			}
		}
	}
	return false
}

// immediateNests reports whether an immediate names a type of elements with handles, or of results with nested ones.
func (w *World) immediateNests(kind immediate, word string) bool {
	switch kind {
	case immType:
		t, err := parseType(word, w.resourceNames())
		return err == nil && t != nil && contains(t, isHandle)
	case immTypes:
		ts, err := w.types(word)
		return err == nil && areNested(ts, len(spec.FlatTypes(ts)))
	}
	return false
}

// areNested reports whether there are handles in values of some types that are more than handles, or in memory if they are more core
// values than are passed flat.
func areNested(ts []spec.ValType, flat int) bool {
	return slices.ContainsFunc(ts, isNested) || slices.ContainsFunc(ts, isHandle) && len(spec.FlatTypes(ts)) > flat
}

// isNested reports whether values of a type have handles in them, or its elements are such.
func isNested(t spec.ValType) bool {
	return slices.ContainsFunc(partsOf(t), func(part spec.ValType) bool { return contains(part, isHandle) })
}

// isHandle reports whether a value of t is an index in core code.
func isHandle(t spec.ValType) bool {
	switch t.(type) {
	case *spec.OwnType, *spec.BorrowType, *spec.StreamType, *spec.FutureType, *spec.ErrorContextType:
		return true
	}
	return false
}
