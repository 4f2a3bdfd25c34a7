// Not upstream's: how a search takes back an action: marking the stacks, and unwinding those that began since.

package spec

import "reflect"

// What explorers need that put everything back in place that an action has changed, to take another.

// Mark marks where s is, in what the stacks hold.
func (s *Store) Mark() { s.marked, s.disturbed = len(s.coroutines), false }

// Undisturbed reports whether every stack that stood at the mark is as it was, but for what was called since on the one that runs.
func (s *Store) Undisturbed() bool { return !s.disturbed }

// CloseSince unwinds the stacks that have begun since the mark. Whoever was on them must be gone from the one that runs.
func (s *Store) CloseSince() { s.closeFrom(s.marked) }

// disturb notes that a coroutine is to be resumed, or suspends itself.
func (s *Store) disturb(co *coroutine) {
	if co.place < s.marked {
		s.disturbed = true
	}
}

// Try is the function Try, for what runs in s: it lets pass by what takes s down.
func (s *Store) Try(f func()) (err error) {
	defer s.recoverStop(&err)
	f()
	return nil
}

// Fixed are the types of what does not change once it was made, and of what changes only when stacks are switched.
func ImmutableTypes() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[Options](), reflect.TypeFor[Pool](), reflect.TypeFor[coroutine](),
		reflect.TypeFor[CanonicalOptions](), reflect.TypeFor[liftedFunc](), reflect.TypeFor[loweredFunc](),
		reflect.TypeFor[FuncType](), reflect.TypeFor[ResourceType](), reflect.TypeFor[FuncTable](), reflect.TypeFor[CoreFuncRef](),
		reflect.TypeFor[ValType](), reflect.TypeFor[Variant](), reflect.TypeFor[TableKey](),
	}
}
