package matrix

import (
	"cabi/model"
	"cabi/spec"
)

// firstOperand is the class of the element whose index is an action's first operand.
var firstOperand = map[string]spec.Class{
	"waitable-set.wait": spec.ClassWaitableSet, "waitable-set.poll": spec.ClassWaitableSet, "waitable-set.drop": spec.ClassWaitableSet,
	"waitable.join": spec.ClassWaitable, "subtask.drop": spec.ClassSubtask, "subtask.cancel": spec.ClassSubtask,
	"error-context.drop": spec.ClassErrorContext, "error-context.debug-message": spec.ClassErrorContext,
}

// endOperand is the same for actions on ends, which also name the type of the elements that are copied.
var endOperand = map[string]spec.Class{
	"stream.read": spec.ClassReadableStreamEnd, "stream.cancel-read": spec.ClassReadableStreamEnd,
	"stream.write": spec.ClassWritableStreamEnd, "stream.cancel-write": spec.ClassWritableStreamEnd,
	"stream.drop-readable": spec.ClassReadableStreamEnd, "stream.drop-writable": spec.ClassWritableStreamEnd,
	"future.read": spec.ClassReadableFutureEnd, "future.cancel-read": spec.ClassReadableFutureEnd,
	"future.write": spec.ClassWritableFutureEnd, "future.cancel-write": spec.ClassWritableFutureEnd,
	"future.drop-readable": spec.ClassReadableFutureEnd, "future.drop-writable": spec.ClassWritableFutureEnd,
}

// expected says for each operand of an action which element its index should be of; nil: the operand is a number.
func expected(r *model.Run, at *model.Activation, a model.Action) []*spec.Expected {
	all := make([]*spec.Expected, len(a.Args))
	set := func(i int, w spec.Expected) {
		if i < len(all) {
			all[i] = &w
		}
	}
	switch class, isEnd := endOperand[a.Op]; {
	case isEnd:
		set(0, spec.Expected{Class: class, Payload: typeOf(r, a.Imm[0]), Typed: true})
	case a.Op == "resource.rep" || a.Op == "resource.drop":
		set(0, expectedHandle(typeOf(r, "own<"+a.Imm[0]+">")))
	case a.Op == "call":
		setAll(set, params(r, a.Imm[0]))
	case a.Op == "return" && !at.Packed:
		setAll(set, at.Results)
	case firstOperand[a.Op] != spec.ClassNone:
		set(0, spec.Expected{Class: firstOperand[a.Op]})
	}
	if a.Op == "waitable.join" && a.Args[1].Uint64() != 0 {
		set(1, spec.Expected{Class: spec.ClassWaitableSet})
	}
	return all
}

// setAll sets what is expected of operands that are values of some types. Each value is one number: no world of the matrix passes handles together
// with values that take several.
func setAll(set func(int, spec.Expected), types []spec.ValType) {
	for i, t := range types {
		if w := expectedHandle(t); w.Class != spec.ClassNone {
			set(i, w)
		}
	}
}

func expectedHandle(t spec.ValType) spec.Expected {
	switch t := t.(type) {
	case *spec.OwnType:
		return spec.Expected{Class: spec.ClassResourceHandle, Resource: t.Rt}
	case *spec.BorrowType:
		return spec.Expected{Class: spec.ClassResourceHandle, Resource: t.Rt}
	case *spec.StreamType:
		return spec.Expected{Class: spec.ClassReadableStreamEnd, Payload: t.T, Typed: true}
	case *spec.FutureType:
		return spec.Expected{Class: spec.ClassReadableFutureEnd, Payload: t.T, Typed: true}
	case *spec.ErrorContextType:
		return spec.Expected{Class: spec.ClassErrorContext}
	}
	return spec.Expected{}
}

func typeOf(r *model.Run, text string) spec.ValType {
	types, err := r.ParseTypes("(" + text + ")")
	if err != nil {
		panic(err) // the run has taken an action that names it
	}
	return types[0]
}

func params(r *model.Run, name string) []spec.ValType {
	var types []spec.ValType
	for _, f := range r.World.Funcs {
		if f.Name == name {
			for _, p := range f.Params {
				types = append(types, typeOf(r, p))
			}
		}
	}
	return types
}
