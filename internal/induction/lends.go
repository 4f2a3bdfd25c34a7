package induction

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"cabi/properties"
	"cabi/spec"
)

// Lends is a state of handles that are lent to subtasks. Both are numbered from 0.
type Lends struct {
	Counts   []int // of each handle: how often it counts that it is lent; -1: the handle is not in the table any more
	Subtasks []spec.LendState
}

// LentHandles are own handles and subtasks at the pin, on which functions of the port run. Some traps and asserts may be switched off.
func LentHandles(without map[spec.Site]bool) *System[Lends] {
	y := &lends{without: without, ports: map[[2]int]*spec.AnyLends{}}
	p := properties.ByName("lends-balanced")
	return &System[Lends]{
		Title: "handles and the subtasks that they are lent to", Size: "handles, subtasks and lends", Clauses: lendClauses,
		Promises: []Clause[Lends]{{p.Name, p.Statement, func(s Lends) string {
			for h, count := range s.Counts {
				if n := s.lent(h); count >= 0 && count != n {
					return fmt.Sprintf("handle %d counts %d lends, there are %d", h, count, n)
				}
			}
			return ""
		}}, {"no-drop-while-lent", properties.ByName("no-drop-while-lent").Statement, lendersLive}},
		States: lendStates, Operations: lendOperations, Apply: y.apply, Parts: lendParts, Delete: deleteFromLends,
		Rename: renameInLends, Result: func(_ Operation, result, _ int) int { return result }, Print: Lends.String, Equal: equalLends,
		Witness: 3, Touched: 3, Usual: 7,
	}
}

// lent is how often a handle is lent to subtasks.
func (s Lends) lent(h int) (n int) {
	for _, t := range s.Subtasks {
		for _, lender := range t.Lenders {
			if lender == h {
				n++
			}
		}
	}
	return n
}

func (s Lends) String() string {
	var parts []string
	for h, count := range s.Counts {
		if count < 0 {
			parts = append(parts, fmt.Sprintf("handle %d is gone", h))
		} else {
			parts = append(parts, fmt.Sprintf("handle %d counts %d lends", h, count))
		}
	}
	for n, t := range s.Subtasks {
		told := ""
		if t.Delivered {
			told = ", told"
		}
		parts = append(parts, fmt.Sprintf("subtask %d is %s%s and has lenders %v", n, t.State, told, t.Lenders))
	}
	return strings.Join(parts, "; ")
}

func equalLends(a, b Lends) bool {
	return slices.Equal(a.Counts, b.Counts) && slices.EqualFunc(a.Subtasks, b.Subtasks, func(x, y spec.LendState) bool {
		return x.State == y.State && x.Delivered == y.Delivered && slices.Equal(x.Lenders, y.Lenders)
	})
}

var lendClauses = []Clause[Lends]{
	{"counted", "A handle in the table counts the times that it is among the lenders of subtasks.", func(s Lends) string {
		for h, count := range s.Counts {
			if n := s.lent(h); count >= 0 && count != n {
				return fmt.Sprintf("handle %d counts %d lends, and is a lender %d times", h, count, n)
			}
		}
		return ""
	}},
	{"lenders-live", "Every lender of a subtask is in the table.", lendersLive},
	{"told-after", "Only a resolved subtask is told.", func(s Lends) string {
		for n, t := range s.Subtasks {
			if t.Delivered && t.State < spec.SubtaskReturned {
				return fmt.Sprintf("subtask %d is told and %s", n, t.State)
			}
		}
		return ""
	}},
}

func lendersLive(s Lends) string {
	for n, t := range s.Subtasks {
		for _, h := range t.Lenders {
			if s.Counts[h] < 0 {
				return fmt.Sprintf("handle %d, a lender of subtask %d, is gone", h, n)
			}
		}
	}
	return ""
}

// lendStates yields the states in which there are so many handles, subtasks and lends together.
func lendStates(size int, clauses []Clause[Lends]) iter.Seq[Lends] {
	return func(yield func(Lends) bool) {
		early := slices.DeleteFunc(slices.Clone(clauses), func(c Clause[Lends]) bool { return c.Name == "counted" || c.Name == "lenders-live" })
		for handles := range size + 1 {
			for subtasks := range size - handles + 1 {
				s := Lends{Counts: make([]int, handles)}
				counts := func(s Lends) bool { return withCounts(s, 0, clauses, yield) }
				if !withSubtasks(s, subtasks, size-handles-subtasks, early, counts) {
					return
				}
			}
		}
	}
}

// withSubtasks yields a state with so many more subtasks, of each kind, and so many lends to them. In Python one variable says that a
// subtask is told and who its lenders are: one that is told has none.
func withSubtasks(s Lends, more, lends int, clauses []Clause[Lends], yield func(Lends) bool) bool {
	switch {
	case anyBroken(s, clauses):
		return true
	case more == 0:
		return lends > 0 || yield(s)
	}
	add := func(t spec.LendState) bool {
		with := s
		with.Subtasks = append(slices.Clip(s.Subtasks), t)
		return withSubtasks(with, more-1, lends-len(t.Lenders), clauses, yield)
	}
	for _, state := range []spec.SubtaskState{spec.SubtaskStarting, spec.SubtaskReturned} {
		if !add(spec.LendState{State: state, Delivered: true}) {
			return false
		}
		for lenders := range listsOf(len(s.Counts), lends) {
			if !add(spec.LendState{State: state, Lenders: lenders}) {
				return false
			}
		}
	}
	return true
}

// listsOf yields the lists of at most so many numbers below n, short ones first.
func listsOf(n, most int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		if most == 0 {
			yield(nil)
			return
		}
		for list := range listsOf(n, most-1) {
			if !yield(list) {
				return
			}
			for k := 0; len(list) == most-1 && k < n; k++ {
				if !yield(append(slices.Clip(list), k)) {
					return
				}
			}
		}
	}
}

// withCounts yields a state with the counts of the handles from one on.
func withCounts(s Lends, from int, clauses []Clause[Lends], yield func(Lends) bool) bool {
	if from == len(s.Counts) {
		return anyBroken(s, clauses) || yield(s)
	}
	counts := []int{-1, s.lent(from)}
	if !slices.ContainsFunc(clauses, func(c Clause[Lends]) bool { return c.Name == "counted" }) {
		counts = append(counts, s.lent(from)+1)
		if s.lent(from) > 0 {
			counts = append(counts, s.lent(from)-1)
		}
	}
	for _, count := range counts {
		with := s
		with.Counts = slices.Clone(s.Counts)
		with.Counts[from] = count
		if !withCounts(with, from+1, clauses, yield) {
			return false
		}
	}
	return true
}

func lendOperations(s Lends) (all []Operation) {
	for h := range s.Counts {
		for t := range s.Subtasks {
			all = append(all, Operation{"lift_borrow", []int{h, t}})
		}
		all = append(all, Operation{"lift_own", []int{h}}, Operation{"canon_resource_drop", []int{h}})
	}
	for t := range s.Subtasks {
		all = append(all, Operation{"Subtask.resolve", []int{t}}, Operation{"Subtask.deliver_resolve", []int{t}})
	}
	return all
}

// lends runs operations on handles and subtasks of the port.
type lends struct {
	without map[spec.Site]bool
	ports   map[[2]int]*spec.AnyLends // by how many there are of each
}

// lendStops are the stops that an operation may come to: of traps, and of asserts that whoever calls the function keeps.
var lendStops = []spec.Site{"Table.get/empty", "lift_own/num_lends", "canon_resource_drop/num_lends", "Subtask.add_lender/unresolved", "Subtask.resolve/once", "Subtask.deliver_resolve/once"}

func (y *lends) apply(s Lends, o Operation) Step[Lends] {
	n := [2]int{len(s.Counts), len(s.Subtasks)}
	if y.ports[n] == nil {
		y.ports[n] = spec.NewAnyLends(n[0], n[1], y.without)
	}
	port := y.ports[n]
	port.Put(s.Counts, s.Subtasks)
	err := spec.Try(func() {
		switch o.Function {
		case "canon_resource_drop":
			if err := port.Drop(o.Args[0]); err != nil {
				delete(y.ports, n)
				panic(err)
			}
		case "lift_borrow":
			port.LiftBorrow(o.Args[0], o.Args[1])
		case "lift_own":
			port.LiftOwn(o.Args[0])
		case "Subtask.resolve":
			port.Resolve(o.Args[0])
		case "Subtask.deliver_resolve":
			port.DeliverResolve(o.Args[0])
		}
	})
	var step Step[Lends]
	step.After.Counts, step.After.Subtasks = port.State()
	step.stopped(err, lendStops)
	return step
}

// lendParts are the handles, after them the subtasks, and after them the lends of each subtask, that an operation does not touch: it
// touches its operands. When a subtask is told, each of its lenders is changed by itself. One lend is enough for a handle to be lent.
func lendParts(s Lends, o *Operation) []int {
	touched := map[int]bool{}
	if o != nil {
		for i, a := range o.Args {
			touched[lendPart(s, *o, i)+a] = true
		}
		if o.Function == "lift_own" || o.Function == "canon_resource_drop" {
			s.touchLend(o.Args[0], touched)
		}
	}
	var parts []int
	for part := range len(s.Counts) + len(s.Subtasks) {
		parts = append(parts, part)
	}
	for n, t := range s.Subtasks {
		for k := range t.Lenders {
			parts = append(parts, s.lend(n, k))
		}
	}
	return slices.DeleteFunc(parts, func(part int) bool { return touched[part] })
}

// lendsApart is more than a subtask has lenders. The parts that are lends have numbers that do not depend on other subtasks.
const lendsApart = 1000

// lend is the part that is the kth lend to the nth subtask.
func (s Lends) lend(n, k int) int { return len(s.Counts) + len(s.Subtasks) + n*lendsApart + k }

// touchLend has the first lend of a handle, and the subtask of it, be touched.
func (s Lends) touchLend(h int, touched map[int]bool) {
	for n, t := range s.Subtasks {
		if k := slices.Index(t.Lenders, h); k >= 0 {
			touched[s.lend(n, k)], touched[len(s.Counts)+n] = true, true
			return
		}
	}
}

// lendPart is the part of the first handle or subtask, whichever an argument of an operation is.
func lendPart(s Lends, o Operation, arg int) int {
	if arg == 1 || strings.HasPrefix(o.Function, "Subtask.") {
		return len(s.Counts)
	}
	return 0
}

// deleteFromLends takes a handle, a subtask or a lend out of a state. Handles count the lends less that are taken out.
func deleteFromLends(s Lends, part int) Lends {
	without := Lends{Counts: slices.Clone(s.Counts), Subtasks: slices.Clone(s.Subtasks)}
	if n := part - len(s.Counts) - len(s.Subtasks); n >= 0 {
		return withoutLend(without, n/lendsApart, n%lendsApart)
	}
	if n := part - len(s.Counts); n >= 0 {
		for _, h := range s.Subtasks[n].Lenders {
			if s.Counts[h] >= 0 {
				without.Counts[h]--
			}
		}
		without.Subtasks = slices.Delete(without.Subtasks, n, n+1)
		return without
	}
	without.Counts = slices.Delete(without.Counts, part, part+1)
	for n, t := range s.Subtasks {
		without.Subtasks[n].Lenders = nil
		for _, h := range t.Lenders {
			if h != part {
				without.Subtasks[n].Lenders = append(without.Subtasks[n].Lenders, placeWithout(h, part))
			}
		}
	}
	return without
}

// withoutLend takes the kth lend to the nth subtask out of a state, if there is one. It may change the state, but for the lists in it.
func withoutLend(s Lends, n, k int) Lends {
	lenders := s.Subtasks[n].Lenders
	if k >= len(lenders) {
		return s
	}
	if h := lenders[k]; s.Counts[h] >= 0 {
		s.Counts[h]--
	}
	s.Subtasks[n].Lenders = slices.Delete(slices.Clone(lenders), k, k+1)
	return s
}

func renameInLends(s Lends, o Operation, part int) Operation {
	args := slices.Clone(o.Args)
	for i := range args {
		switch first := lendPart(s, o, i); {
		case first == 0 && part < len(s.Counts):
			args[i] = placeWithout(args[i], part)
		case (first > 0 || len(s.Counts) == 0) && part >= len(s.Counts) && part < len(s.Counts)+len(s.Subtasks):
			args[i] = placeWithout(args[i], part-len(s.Counts))
		}
	}
	return Operation{o.Function, args}
}
