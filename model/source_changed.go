package model

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"cabi/internal/engine"
	"cabi/internal/python"
	"cabi/spec"
)

// This file finds the properties that cannot be checked on a definitions.py, because what they look at is not there, or is something
// else than the port has.

// A changedSet is the fields of definitions.py that are gone, or that hold what the port has nothing for.
type changedSet struct {
	mutex  sync.Mutex
	reason map[string]*changeReason // by "Thread.storage"
}

// A changeReason is why a field is among what has changed. It says what the field holds in the order of the names, whichever worker came to
// it first.
type changeReason struct {
	what  string
	holds []string // the functions and the like that are not the port's
}

// mostHeld is how many of what a field holds are named.
const mostHeld = 3

// text says why, with most of what the field holds.
func (c *changeReason) text(most int) string {
	if len(c.holds) == 0 {
		return c.what
	}
	text := c.what + holdsWord + strings.Join(c.holds[:min(most, len(c.holds))], heldComma)
	if more := len(c.holds) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

const holdsWord, heldComma = ": ", ", "

// add notes that a field has changed. The reason may say what it holds.
func (c *changedSet) add(field, reason string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	what, held, hasHeld := strings.Cut(reason, holdsWord)
	known := c.reason[field]
	if known == nil {
		known = &changeReason{what: what}
		c.reason[field] = known
	}
	if !hasHeld || known.what != what {
		return
	}
	for _, h := range strings.Split(held, heldComma) {
		if at, has := slices.BinarySearch(known.holds, h); !has {
			known.holds = slices.Insert(known.holds, at, h)
		}
	}
}

func (c *changedSet) size() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.reason)
}

// all are the fields, each with why it is among them.
func (c *changedSet) all() map[string]string {
	if c == nil {
		return nil
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	all := map[string]string{}
	for field, reason := range c.reason {
		all[field] = reason.text(len(reason.holds))
	}
	return all
}

// first says of one of the fields why it is among them; "": there is none.
func (c *changedSet) first() string {
	if c == nil {
		return ""
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, field := range sortedKeys(c.reason) {
		return c.reason[field].text(mostHeld)
	}
	return ""
}

// whyNot says why a property cannot be checked; "": it can.
func (c *changedSet) whyNot(p *Property) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	needs := append(slices.Clone(p.Needs), eventNeeds(p.New())...)
	if p.CoreTypes {
		needs = append(needs, needsCoreTypes)
	}
	for _, field := range sortedKeys(c.reason) {
		if slices.Contains(needs, field) || slices.Contains(needs, NeedsAll) {
			return c.reason[field].text(mostHeld)
		}
	}
	return ""
}

// NeedsAll, among what a property needs, says that it may look at everything.
const NeedsAll = "*"

// What checkers that are told of calls need, beside the functions that are called.
const (
	needsWanted = "what is wanted" // at an index that is looked up
	needsCodes  = "event codes"
)

// eventNeeds are the functions of definitions.py whose calls a checker is told of.
func eventNeeds(c Checker) (needs []string) {
	_, issued := c.(issuedObserver)
	_, retired := c.(retiredObserver)
	_, found := c.(foundObserver)
	_, sought := c.(soughtObserver)
	_, delivered := c.(deliveredObserver)
	if issued {
		needs = append(needs, "Table.add")
	}
	if retired {
		needs = append(needs, "Table.remove")
	}
	if found || sought {
		needs = append(needs, "Table.get", "Table.remove", needsWanted)
	}
	if delivered {
		needs = append(needs, "WaitableSet.get_pending_event", needsCodes)
	}
	return needs
}

// missing notes the fields and functions that a machine's definitions.py does not have.
func (r *Run) missing(changed *changedSet) {
	s := r.source
	for _, name := range sortedKeys(spec.MirrorClasses) {
		v, _ := s.machine.Definitions.Get(name)
		for _, field := range spec.MirrorClasses[name].Has {
			if !hasField(v, field) {
				changed.add(name+"."+field, fmt.Sprintf("%s.%s is gone", name, field))
			}
		}
	}
	for _, function := range []string{"Table.add", "Table.get", "Table.remove", "WaitableSet.get_pending_event"} {
		if !s.machine.Has(function) {
			changed.add(function, function+" is gone")
		}
	}
}

// hasField reports whether a value of definitions.py is a class that has a field.
func hasField(v python.Value, field string) bool {
	class, ok := v.(*python.Class)
	return ok && slices.Contains(class.SlotNames(), field)
}

// essential are the functions without which nothing can be followed.
var essential = []string{"resume", "cont_new", "Thread.__init__"}

// essentialFields are the fields without which nothing can be followed: through the tables of instances the program comes to tasks, threads and
// handles, which menus offer and bounds count.
var essentialFields = []string{"ComponentInstance.handles", "ComponentInstance.threads"}

// missingEssential says which of these functions and fields a definitions.py lacks; "": none.
func (r *Run) missingEssential() string {
	var gone []string
	for _, name := range essentialFields {
		class, field, _ := strings.Cut(name, ".")
		if v, _ := r.source.machine.Definitions.Get(class); !hasField(v, field) {
			gone = append(gone, name)
		}
	}
	for _, function := range essential {
		if !r.source.machine.Has(function) {
			gone = append(gone, function)
		}
	}
	return strings.Join(gone, ", ")
}

// noteMissing notes what a new run's definitions.py lacks. The error says that without some of it no run can be followed.
func (r *Run) noteMissing(changed *changedSet) error {
	if gone := r.missingEssential(); gone != "" {
		return &Unexplorable{r.source.machine.Source.Name, gone + " is gone, without which runs cannot be followed"}
	}
	r.missing(changed)
	return nil
}

// isNotKnown notes that what a promise needs cannot be told on this version.
func (r *Run) isNotKnown(need, why string) {
	if r.source.changed != nil {
		r.source.changed.add(need, why)
	}
}

// noteUnknown notes each field that holds what the port has nothing for.
func (r *Run) noteUnknown(changed *changedSet) {
	m := r.source.mirror
	r.source.changed = changed
	m.OnMember = changed.addMember
	m.Refill()
	m.OnUnknown = func(class, field string, v python.Value) {
		changed.add(class+"."+field, fmt.Sprintf("%s.%s is not what it was", class, field)+held(v))
	}
}

// held says which function of definitions.py a field holds, which member of an enumeration, or of which type its value is; "": nothing is
// to be said.
func held(v python.Value) string {
	if f := python.FunctionOf(v); f != nil {
		return fmt.Sprintf("%s%s (%s:%d)", holdsWord, engine.Plain(f.Code().QualifiedName()), f.Code().File(), f.Code().Line())
	}
	switch v := v.(type) {
	case nil:
		return ""
	case *python.EnumMember:
		return holdsWord + python.TypeName(v) + "." + v.Name()
	}
	return holdsWord + python.TypeName(v)
}

// checkable are the properties that can be checked, and why the others cannot.
func (c *changedSet) checkable(all []*Property) (can []*Property, not map[string]string) {
	not = map[string]string{}
	for _, p := range all {
		if why := c.whyNot(p); why != "" {
			not[p.Name] = why
		} else {
			can = append(can, p)
		}
	}
	return can, not
}

// without are violations ("PROPERTY: how") without those of properties that cannot be checked.
func (c *changedSet) without(violations []string, all []*Property) []string {
	_, not := c.checkable(all)
	return slices.DeleteFunc(violations, func(v string) bool {
		property, _, _ := strings.Cut(v, ":")
		return not[property] != ""
	})
}

// addMember notes a member of an enumeration that the port does not have, which may be in any event.
func (c *changedSet) addMember(member string) {
	why := member + " is not known here"
	c.add(needsCodes, why)
	for class, t := range spec.MirrorClasses {
		if slices.Contains(t.Has, "pending_event") {
			c.add(class+".pending_event", why)
		}
	}
}

func newChangedSet() *changedSet { return &changedSet{reason: map[string]*changeReason{}} }
