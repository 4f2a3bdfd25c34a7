// Not upstream's: what a search that puts objects back need not keep.

package spec

import "reflect"

// ImmutableTypes are the types whose values do not change once they are made, or only when stacks are switched: to undo an action
// there is nothing to copy of them.
func ImmutableTypes() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[Options](), reflect.TypeFor[Pool](), reflect.TypeFor[registers](),
		reflect.TypeFor[CanonicalOptions](), reflect.TypeFor[liftedFunc](), reflect.TypeFor[loweredFunc](),
		reflect.TypeFor[FuncType](), reflect.TypeFor[ResourceType](), reflect.TypeFor[FuncTable](), reflect.TypeFor[CoreFuncRef](),
		reflect.TypeFor[ValType](), reflect.TypeFor[Variant](), reflect.TypeFor[TableKey](),
	}
}

// ConstantTypes are the types whose values do not change once they are made; what they refer to may.
func ConstantTypes() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[LiftOptions](), reflect.TypeFor[LiftLowerOptions](), reflect.TypeFor[LiftLowerContext](), reflect.TypeFor[CoreFuncType](),
		reflect.TypeFor[CoreType](), reflect.TypeFor[MemInst](), reflect.TypeFor[Tables](), reflect.TypeFor[contFuncOfThread](),
		reflect.TypeFor[liftThreadFunc](), reflect.TypeFor[newIndirectThreadFunc](), reflect.TypeFor[lowerOnProgress](),
		reflect.TypeFor[subtaskEvent](), reflect.TypeFor[readyAndHasEvent](),
	}
}

// ChangesAreTold reports whether the values of a type change only where Machine.Mark tells: frames, stacks of them, and the lists of these.
func ChangesAreTold(t reflect.Type) bool {
	return t == reflect.TypeFor[coroutine]() || t == frameType || reflect.PointerTo(t).Implements(frameType)
}

var frameType = reflect.TypeFor[Frame]()
