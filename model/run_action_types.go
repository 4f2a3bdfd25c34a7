package model

import (
	"fmt"
	"slices"

	"cabi/spec"
)

// checkTypes says which rule of validation an action of a guest breaks, if any: how many values of which core types it passes or
// returns.
func (a Action) checkTypes(r *Run, at *Activation) error {
	if at.Actor == Host {
		return nil
	}
	err := a.checkCoreTypes(r, at)
	if err == nil && (a.Op == "context.get" || a.Op == "context.set") {
		err = a.checkContext(at.inst)
	}
	if err == nil {
		return nil
	}
	where := a.String()
	if a.Op == opReturn {
		where += " from " + at.Name
	}
	return brokenIn(err, "%s", where)
}

// checkCoreTypes wants as many numbers as the core function takes, each of its type.
func (a Action) checkCoreTypes(r *Run, at *Activation) error {
	want, known := r.coreTypes(a, at)
	if known && len(a.Args) != len(want) {
		return ruleCoreType.breaks("it takes %s, got %s", coreTypeNames(want), Counted(len(a.Args), "value"))
	}
	for i, t := range want {
		if v := a.Args[i]; !v.Is(t) {
			return ruleCoreType.breaks("it takes %s, and %s is no %s", coreTypeNames(want), FormatCore(v), t)
		}
	}
	return nil
}

// IsTyped reports whether the numbers of an action of core code are of its core types: other code is not valid. A definitions.py may give an action other
// core types than the port does.
func (a Action) IsTyped(r *Run, at *Activation) bool {
	return at.Actor == Host || a.checkCoreTypes(r, at) == nil
}

// checkContext wants a slot that is there, and the type that the instance uses all along.
func (a Action) checkContext(in *instance) error {
	switch {
	case n(a, 0) > 1:
		return ruleContext.breaks("there is no slot %d", n(a, 0))
	case in.contextType != 0 && in.contextType != coreType(a):
		return ruleContext.breaks("the instance has used %s before", in.contextType)
	}
	return nil
}

func coreTypeNames(ts []spec.CoreType) string {
	if len(ts) == 0 {
		return "no values"
	}
	return fmt.Sprint(ts)
}

// coreTypes are the core types of the numbers of an action; false: the action is none that core code does.
func (r *Run) coreTypes(a Action, at *Activation) ([]spec.CoreType, bool) {
	if types, others := r.otherCoreTypes(a, at); others {
		return types, true
	}
	return r.portedCoreTypes(a, at)
}

// portedCoreTypes are those that the port gives them.
func (r *Run) portedCoreTypes(a Action, at *Activation) ([]spec.CoreType, bool) {
	in := at.inst
	if b := r.World.builtin(a.Op); b != nil {
		return in.builtinTypes(b), true
	}
	switch a.Op {
	case opCall:
		f := r.funcs[a.Imm[0]]
		return spec.LoweredType(in.opts(in.lowersAsync[a.Imm[0]]), f.ft, r.World.Limits.apply(spec.Limits{})).Params, true
	case "task.return", "task.return-other":
		ft := &spec.FuncType{Params: must(r.ParseTypes(a.Imm[0]))}
		return spec.LoweredType(in.opts(false), ft, r.World.Limits.apply(spec.Limits{})).Params, true
	case opReturn:
		return r.returnedTypes(at), true
	case opThrow, opStore, opLoad, "i32.load", "i64.load":
		return nil, false
	case "context.set":
		return []spec.CoreType{spec.I32, coreType(a)}, true // the slot stands among the numbers
	case "thread.new-indirect":
		return []spec.CoreType{spec.I32, coreType(a)}, true
	}
	types := slices.Repeat([]spec.CoreType{spec.I32}, ops[a.Op].args)
	for _, i := range pointersOf[a.Op] {
		types[i] = in.pointer()
	}
	return types, true
}

// builtinTypes are the core types of the numbers of a built-in that the world declares, in the instance.
func (in *instance) builtinTypes(b *Builtin) (types []spec.CoreType) {
	for _, p := range b.numbers() {
		switch {
		case p.pointer:
			types = append(types, in.pointer())
		case p.wide:
			types = append(types, spec.I64)
		default:
			types = append(types, spec.I32)
		}
	}
	return types
}

// pointersOf are the places of pointers and lengths among the numbers of a built-in.
var pointersOf = map[string][]int{
	"waitable-set.wait": {1}, "waitable-set.poll": {1},
	"stream.read": {1, 2}, "stream.write": {1, 2}, "future.read": {1}, "future.write": {1},
	"error-context.new": {0, 1}, "error-context.debug-message": {1},
}

// pointer is the core type of the instance's pointers.
func (in *instance) pointer() spec.CoreType {
	if in.memory == nil {
		return spec.I32
	}
	return in.memory.AddrType
}

// returnedTypes are the core types of what the core function of an activation returns.
func (r *Run) returnedTypes(at *Activation) []spec.CoreType {
	switch {
	case at.Packed:
		return []spec.CoreType{spec.I32}
	case at.Kind == KindRealloc:
		return []spec.CoreType{at.inst.pointer()}
	default:
		ft := &spec.FuncType{Result: at.Results}
		return spec.LiftedType(at.inst.opts(false), ft, r.World.Limits.apply(spec.Limits{})).Results
	}
}
