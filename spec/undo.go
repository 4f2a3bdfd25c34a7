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
