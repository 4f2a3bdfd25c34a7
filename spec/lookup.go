// Not upstream's: an index that is looked up, so that a trap on it says what was wanted and what is there.

package spec

import (
	"fmt"
	"strings"
)

// A lookup is an index that an instance looks up in its tables, what it wants there, and what it found.
type lookup struct {
	inst  *ComponentInstance
	index uint64
	want  Expected
	found Element // nil: nothing
}

// trapIf is Store.trapIf for the traps on an index: the trap says what the index names.
func (at *lookup) trapIf(cond bool, site Site, sentence string) {
	if cond || at.inst.store.options.Observe != nil {
		at.trapOnIndex(cond, site, sentence)
	}
}

func (at *lookup) trapOnIndex(cond bool, site Site, sentence string) {
	if cond {
		sentence = at.describe()
	}
	found := at.found
	at.inst.store.reached(cond, site, sentence, func(site Site, detail string) error { return &Trap{site, detail, true, found} })
}

// isA is trap_if(not isinstance(e, T)) on what was found, which it returns as a T.
func isA[T Element](at lookup, site Site, sentence string) T {
	e, ok := at.found.(T)
	at.trapIf(!ok, site, sentence)
	at.crashIf(!ok, site, at.want.Class.String())
	return e
}

// isAWaitable is isA for the base class of subtasks and ends.
func isAWaitable(at lookup, site Site, sentence string) *Waitable {
	w, ok := waitableOf(at.found)
	at.trapIf(!ok, site, sentence)
	at.crashIf(!ok, site, at.want.Class.String())
	return w
}

// isAnEnd is isA for the class of ends that is wanted.
func isAnEnd(at lookup, site Site, sentence string) end {
	e, ok := at.found.(end)
	ok = ok && e.class() == at.want.Class
	at.trapIf(!ok, site, sentence)
	at.crashIf(!ok, site, "end of the kind wanted")
	return e
}

// crashIf stops as Python does where the trap before is switched off and the function of the site goes on with an element
// of another class: what it does next is to take an attribute that only elements of the class wanted have.
func (at *lookup) crashIf(cond bool, site Site, class string) {
	if cond {
		crash(site.function(), "AttributeError", "the element is no %s", class)
	}
}

// describe says what was wanted and what is there.
func (at *lookup) describe() string {
	if at.found == nil {
		return fmt.Sprintf("unknown %s index %d in instance %s, expected %s", at.noun(), at.index, at.inst.Name, withArticle(at.want.String()))
	}
	return fmt.Sprintf("%s index %d in instance %s is %s, expected %s",
		at.noun(), at.index, at.inst.Name, withArticle(at.found.describe()), withArticle(at.want.String()))
}

// withArticle puts "a" or "an" before a noun.
func withArticle(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func (at *lookup) noun() string {
	switch at.want.Class {
	case ClassThread:
		return "thread"
	case ClassCoreFuncRef:
		return "function"
	default:
		return "handle"
	}
}
