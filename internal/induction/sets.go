package induction

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"cabi/properties"
	"cabi/spec"
)

// Sets is a state of waitables and waitable sets. Both are numbered from 0.
type Sets struct {
	In       []int   // the set that each waitable is in; -1: none
	Pending  []bool  // whether each waitable has a pending event
	Elements [][]int // of each set
}

// WaitableSets are waitables and waitable sets at the pin, on which functions of the port run. Some traps and asserts may be switched off.
// No waitable has a waiter of its own: of one that has, canon_waitable_join traps. Events are taken without shuffling: a state is made with
// its elements in every order, and no clause depends on that order.
func WaitableSets(without map[spec.Site]bool) *System[Sets] {
	y := &sets{without: without, ports: map[[2]int]*spec.AnySets{}}
	p := properties.ByName("join-symmetric")
	return &System[Sets]{
		Title: "waitables and waitable sets", Size: "waitables and sets", Clauses: setClauses,
		Promises: []Clause[Sets]{{p.Name, p.Statement, func(s Sets) string {
			return properties.Problem(p, y.put(s).Instance())
		}}},
		States: setStates, Operations: setOperations, Apply: y.apply, Parts: setParts, Delete: deleteFromSets,
		Rename: renameInSets, Result: func(_ Operation, result, _ int) int { return result }, Print: Sets.String, Equal: equalSets, Witness: 2, Touched: 3, Usual: 6,
	}
}

func (s Sets) String() string {
	var b strings.Builder
	for w, in := range s.In {
		fmt.Fprintf(&b, "waitable %d", w)
		if s.Pending[w] {
			b.WriteString(" with an event")
		}
		if in >= 0 {
			fmt.Fprintf(&b, " in set %d", in)
		}
		b.WriteString(", ")
	}
	for n, elements := range s.Elements {
		fmt.Fprintf(&b, "set %d has %v, ", n, elements)
	}
	return strings.TrimSuffix(b.String(), ", ")
}

func equalSets(a, b Sets) bool {
	return slices.Equal(a.In, b.In) && slices.Equal(a.Pending, b.Pending) && slices.EqualFunc(a.Elements, b.Elements, slices.Equal[[]int])
}

var setClauses = []Clause[Sets]{
	{"elements-know", "Each element of a set is in that set.", func(s Sets) string {
		for n, elements := range s.Elements {
			for _, w := range elements {
				if s.In[w] != n {
					return fmt.Sprintf("waitable %d is an element of set %d, and not in it", w, n)
				}
			}
		}
		return ""
	}},
	{"members-listed", "A waitable that is in a set is one of its elements.", func(s Sets) string {
		for w, in := range s.In {
			if in >= 0 && !slices.Contains(s.Elements[in], w) {
				return fmt.Sprintf("waitable %d is in set %d, and no element of it", w, in)
			}
		}
		return ""
	}},
	{"elements-once", "No waitable is an element of a set twice.", func(s Sets) string {
		for n, elements := range s.Elements {
			for i, w := range elements {
				if slices.Contains(elements[:i], w) {
					return fmt.Sprintf("waitable %d is an element of set %d twice", w, n)
				}
			}
		}
		return ""
	}},
}

// setStates yields the states in which there are so many waitables and sets together.
func setStates(size int, clauses []Clause[Sets]) iter.Seq[Sets] {
	return func(yield func(Sets) bool) {
		for waitables := range size + 1 {
			for pending := range 1 << waitables {
				s := Sets{Elements: make([][]int, size-waitables)}
				for w := range waitables {
					s.Pending = append(s.Pending, pending>>w&1 != 0)
				}
				if !withIn(s, clauses, yield) {
					return
				}
			}
		}
	}
}

// withIn yields a state with its waitables in each of the sets, or none.
func withIn(s Sets, clauses []Clause[Sets], yield func(Sets) bool) bool {
	if len(s.In) == len(s.Pending) {
		early := slices.DeleteFunc(slices.Clone(clauses), func(c Clause[Sets]) bool { return c.Name == "members-listed" })
		return withElements(s, 0, early, func(s Sets) bool { return anyBroken(s, clauses) || yield(s) })
	}
	for in := -1; in < len(s.Elements); in++ {
		more := s
		more.In = append(slices.Clip(s.In), in)
		if !withIn(more, clauses, yield) {
			return false
		}
	}
	return true
}

// withElements yields a state with all lists of elements of the sets from one on. A list has at most one element more than there are
// waitables; one that breaks a clause is not made longer, as these clauses are about each element.
func withElements(s Sets, from int, clauses []Clause[Sets], yield func(Sets) bool) bool {
	if anyBroken(s, clauses) {
		return true
	}
	if from == len(s.Elements) {
		return yield(s)
	}
	if !withElements(s, from+1, clauses, yield) {
		return false
	}
	if len(s.Elements[from]) > len(s.In) {
		return true
	}
	for w := range s.In {
		longer := s
		longer.Elements = slices.Clone(s.Elements)
		longer.Elements[from] = append(slices.Clip(s.Elements[from]), w)
		if !withElements(longer, from, clauses, yield) {
			return false
		}
	}
	return true
}

func setOperations(s Sets) (all []Operation) {
	for w := range s.In {
		for set := -1; set < len(s.Elements); set++ {
			all = append(all, Operation{"Waitable.join", []int{w, set}})
		}
		all = append(all, Operation{"Waitable.drop", []int{w}})
	}
	for set := range s.Elements {
		all = append(all, Operation{"WaitableSet.get_pending_event", []int{set}}, Operation{"WaitableSet.drop", []int{set}})
	}
	return all
}

// sets runs operations on waitables and sets of the port.
type sets struct {
	without map[spec.Site]bool
	ports   map[[2]int]*spec.AnySets // by how many there are of each
}

func (y *sets) put(s Sets) *spec.AnySets {
	n := [2]int{len(s.In), len(s.Elements)}
	if y.ports[n] == nil {
		y.ports[n] = spec.NewAnySets(n[0], n[1], y.without)
	}
	y.ports[n].Put(s.In, s.Pending, s.Elements)
	return y.ports[n]
}

// setTraps are the stops that an operation may come to: of traps, and of asserts that whoever calls the function keeps.
var setTraps = []spec.Site{"WaitableSet.drop/elements", "Waitable.drop/pending-event", "WaitableSet.get_pending_event/has-event"}

func (y *sets) apply(s Sets, o Operation) Step[Sets] {
	port := y.put(s)
	err := spec.Try(func() {
		switch o.Function {
		case "Waitable.join":
			port.Join(o.Args[0], o.Args[1])
		case "Waitable.drop":
			port.Drop(o.Args[0])
		case "WaitableSet.get_pending_event":
			port.GetPendingEvent(o.Args[0])
		case "WaitableSet.drop":
			port.DropSet(o.Args[0])
		}
	})
	var step Step[Sets]
	step.After.In, step.After.Pending, step.After.Elements = port.State()
	step.stopped(err, setTraps)
	return step
}

// setParts are the waitables, and after them the sets, that an operation does not touch: it touches its operands and the set that its
// waitable is in; an event is taken from the first element that has one.
func setParts(s Sets, o *Operation) []int {
	touched := make([]bool, len(s.In)+len(s.Elements))
	switch {
	case o == nil:
	case strings.HasPrefix(o.Function, "WaitableSet."):
		touched[len(s.In)+o.Args[0]] = true
		for _, w := range s.Elements[o.Args[0]] {
			if s.Pending[w] || o.Function == "WaitableSet.drop" {
				touched[w] = true // the first with an event, or the one because of which the set cannot be dropped
				break
			}
		}
	default:
		touched[o.Args[0]] = true
		for _, set := range append(slices.Clone(o.Args[1:]), s.In[o.Args[0]]) {
			if set >= 0 {
				touched[len(s.In)+set] = true
			}
		}
	}
	var parts []int
	for part, is := range touched {
		if !is {
			parts = append(parts, part)
		}
	}
	return parts
}

// deleteFromSets takes a waitable or a set out of a state. The waitables of a set that is taken out are in none.
func deleteFromSets(s Sets, part int) Sets {
	without := Sets{In: slices.Clone(s.In), Pending: s.Pending}
	if set := part - len(s.In); set >= 0 {
		for w, in := range s.In {
			without.In[w] = setWithout(in, set)
		}
		without.Elements = slices.Delete(slices.Clone(s.Elements), set, set+1)
		return without
	}
	without.In = slices.Delete(without.In, part, part+1)
	without.Pending = slices.Delete(slices.Clone(s.Pending), part, part+1)
	for _, elements := range s.Elements {
		var left []int
		for _, w := range elements {
			if w != part {
				left = append(left, placeWithout(w, part))
			}
		}
		without.Elements = append(without.Elements, left)
	}
	return without
}

// setWithout is the number of a set when one was taken out.
func setWithout(in, set int) int {
	if in == set {
		return -1
	}
	return placeWithout(in, set)
}

func renameInSets(s Sets, o Operation, part int) Operation {
	args := slices.Clone(o.Args)
	set := part - len(s.In)
	for i := range args {
		isSet := i > 0 || strings.HasPrefix(o.Function, "WaitableSet.")
		switch {
		case isSet && set >= 0:
			args[i] = placeWithout(args[i], set)
		case !isSet && set < 0:
			args[i] = placeWithout(args[i], part)
		}
	}
	return Operation{o.Function, args}
}
