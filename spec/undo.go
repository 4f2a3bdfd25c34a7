// Not upstream's: how a search takes back an action: marking the stacks, and unwinding those that began since.

package spec

import "reflect"

// A search that undoes an action copies the memory of a store back. Stacks cannot be copied: what it can undo are the stacks
// that have begun since a mark, if none of the earlier ones has moved.

// Mark remembers which stacks there are now.
func (s *Store) Mark() { s.marked, s.disturbed = len(s.coroutines), false }

// Undisturbed reports whether no stack of those at the mark was resumed or has suspended itself since. The one that runs may have
// called functions.
func (s *Store) Undisturbed() bool { return !s.disturbed }

// CloseSince unwinds the stacks that have begun since the mark. The running stack must not be one of them.
func (s *Store) CloseSince() { s.closeFrom(s.marked) }

// disturb notes that a coroutine is resumed or suspends itself.
func (s *Store) disturb(co *coroutine) {
	if co.place < s.marked {
		s.disturbed = true
	}
}

// Try is the function Try for code that runs in s. While s is being aborted or closed it recovers nothing.
func (s *Store) Try(f func()) (err error) {
	defer s.recoverStop(&err)
	f()
	return nil
}

// ImmutableTypes are the types whose values do not change once they are made, or only when stacks are switched: to undo an action
// there is nothing to copy of them.
func ImmutableTypes() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[Options](), reflect.TypeFor[Pool](), reflect.TypeFor[coroutine](),
		reflect.TypeFor[CanonicalOptions](), reflect.TypeFor[liftedFunc](), reflect.TypeFor[loweredFunc](),
		reflect.TypeFor[FuncType](), reflect.TypeFor[ResourceType](), reflect.TypeFor[FuncTable](), reflect.TypeFor[CoreFuncRef](),
		reflect.TypeFor[ValType](), reflect.TypeFor[Variant](), reflect.TypeFor[TableKey](),
	}
}
