package spec

import "reflect"

// What explorers need that put everything back in place that an action has changed, to take another.

// Switches is how often s went from one stack to another so far. Where it is the same before and after an action, every stack that
// stands is as it was, but for what the action's own calls left there.
func (s *Store) Switches() int { return s.switches }

// Try is the function Try, for what runs in s: it lets pass by what takes s down.
func (s *Store) Try(f func()) (err error) {
	defer s.recoverStop(&err)
	f()
	return nil
}

// Fixed are the types of what does not change once it was made, and of what changes only when stacks are switched.
func Fixed() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[Options](), reflect.TypeFor[Pool](), reflect.TypeFor[coroutine](),
		reflect.TypeFor[CanonicalOptions](), reflect.TypeFor[liftedFunc](), reflect.TypeFor[loweredFunc](),
		reflect.TypeFor[FuncType](), reflect.TypeFor[ResourceType](), reflect.TypeFor[FuncTable](), reflect.TypeFor[CoreFuncRef](),
		reflect.TypeFor[ValType](), reflect.TypeFor[Variant](), reflect.TypeFor[TableKey](),
	}
}
