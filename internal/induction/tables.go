package induction

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Table is a state of a handle table.
type Table struct {
	Array []int    // the number of the element at each place; 0: none
	Free  []uint64 // the free list, the last is used first
	Limit uint64   // the most places after the first
	Most  int      // the most elements that ever lived in it at once: no part of the table, but what the property dense is about
}

// Tables is the handle table of an instance at the pin, on which functions of the port run. Some traps and asserts may be switched off.
func Tables(without map[spec.Site]bool) *System[Table] {
	t := &tables{port: spec.NewAnyTable(without)}
	return &System[Table]{
		Title: "a handle table", Size: "places after the first", Clauses: tableClauses, Promises: t.promises(), Start: Table{Array: []int{0}, Limit: spec.UpstreamLimits.TableLength},
		States: tableStates, Operations: tableOperations, Apply: t.apply, Parts: tableParts, Delete: deletePlace,
		Rename: renamePlaces, Result: resultWithoutPlace, Print: Table.String, Equal: equalTables, Witness: 1, Touched: 1, Usual: 6,
	}
}

func (s Table) places() int { return len(s.Array) - 1 }

func (s Table) live() int {
	n := 0
	for _, e := range s.Array {
		if e != 0 {
			n++
		}
	}
	return n
}

func (s Table) String() string {
	places := make([]string, len(s.Array))
	for i, e := range s.Array {
		places[i] = "-"
		if e != 0 {
			places[i] = elementName(e)
		}
	}
	limit := fmt.Sprint(s.Limit)
	if s.Limit == spec.UpstreamLimits.TableLength {
		limit = "Table.MAX_LENGTH"
	}
	return fmt.Sprintf("places [%s], free list %v, limit %s, at most %s at once", strings.Join(places, " "), s.Free, limit, model.Counted(s.Most, "element"))
}

func elementName(e int) string {
	if e == newElement {
		return "new"
	}
	return fmt.Sprintf("e%d", e)
}

func equalTables(a, b Table) bool {
	return slices.Equal(a.Array, b.Array) && slices.Equal(a.Free, b.Free) && a.Limit == b.Limit && a.Most == b.Most
}

var tableClauses = []Clause[Table]{
	{"first-empty", "The first place holds nothing.", func(s Table) string {
		if s.Array[0] != 0 {
			return "the first place holds an element"
		}
		return ""
	}},
	{"free-inside", "Every place on the free list is a place of the array, but not the first.", eachFree(func(s Table, _ int, place uint64) bool {
		return place >= 1 && place < uint64(len(s.Array))
	}, "is no place of the array after the first")},
	{"free-empty", "Every place on the free list holds nothing.", eachFree(func(s Table, _ int, place uint64) bool {
		return place >= uint64(len(s.Array)) || s.Array[place] == 0
	}, "holds an element")},
	{"free-once", "No place is on the free list twice.", eachFree(func(s Table, n int, place uint64) bool {
		return !slices.Contains(s.Free[:n], place)
	}, "is on it twice")},
	{"free-all", "Every place that holds nothing is on the free list, but for the first.", func(s Table) string {
		for place, e := range s.Array[1:] {
			if e == 0 && !slices.Contains(s.Free, uint64(place+1)) {
				return fmt.Sprintf("place %d holds nothing and is not on the free list", place+1)
			}
		}
		return ""
	}},
	{"within-limit", "There are no more places after the first than the limit.", func(s Table) string {
		if uint64(s.places()) > s.Limit {
			return fmt.Sprintf("there are %d places after the first, and the limit is %d", s.places(), s.Limit)
		}
		return ""
	}},
	{"places-used", "There are no more places after the first than elements ever lived at once.", func(s Table) string {
		if s.places() > s.Most {
			return fmt.Sprintf("there are %d places after the first, and at most %s lived at once", s.places(), model.Counted(s.Most, "element"))
		}
		return ""
	}},
}

// eachFree is how a state breaks a clause on each place of the free list, of which the nth is given.
func eachFree(keeps func(s Table, n int, place uint64) bool, message string) func(Table) string {
	return func(s Table) string {
		for n, place := range s.Free {
			if !keeps(s, n, place) {
				return fmt.Sprintf("place %d, on the free list, %s", place, message)
			}
		}
		return ""
	}
}

// tableStates yields the tables with so many places after the first. Elements are told apart by their places: no operation compares them.
func tableStates(size int, clauses []Clause[Table]) iter.Seq[Table] {
	return func(yield func(Table) bool) {
		early := slices.DeleteFunc(slices.Clone(clauses), func(c Clause[Table]) bool { return c.Name == "free-all" || c.Name == "places-used" })
		for live := range 1 << (size + 1) {
			s := Table{Array: make([]int, size+1), Limit: spec.UpstreamLimits.TableLength}
			for place := range s.Array {
				if live>>place&1 != 0 {
					s.Array[place] = place + 1
				}
			}
			if !withFree(s, early, func(s Table) bool { return withNumbers(s, clauses, yield) }) {
				return
			}
		}
	}
}

// withFree yields a state with each free list of no more places than the array has. A free list that breaks one of the clauses is not
// made longer, as these are about each place on it.
func withFree(s Table, clauses []Clause[Table], yield func(Table) bool) bool {
	if anyBroken(s, clauses) {
		return true
	}
	if !yield(s) {
		return false
	}
	if len(s.Free) == len(s.Array) {
		return true
	}
	for place := range uint64(len(s.Array) + 1) {
		longer := s
		longer.Free = append(slices.Clip(s.Free), place)
		if !withFree(longer, clauses, yield) {
			return false
		}
	}
	return true
}

// withNumbers yields a state with limits and most elements around those that matter.
func withNumbers(s Table, clauses []Clause[Table], yield func(Table) bool) bool {
	limits := []uint64{uint64(s.places()), uint64(s.places()) + 1, spec.UpstreamLimits.TableLength}
	if s.places() > 0 {
		limits = append(limits, uint64(s.places()-1))
	}
	for _, limit := range limits {
		for most := s.live(); most <= s.places()+1; most++ {
			s.Limit, s.Most = limit, most
			if !anyBroken(s, clauses) && !yield(s) {
				return false
			}
		}
	}
	return true
}

// tableOperations are the additions, lookups and removals: with every index of the table, with the next ones, and with the last there is.
func tableOperations(s Table) []Operation {
	all := []Operation{{Function: "Table.add"}}
	for _, function := range []string{"Table.get", "Table.remove"} {
		for i := range len(s.Array) + 2 {
			all = append(all, Operation{function, []int{i}})
		}
		all = append(all, Operation{function, []int{lastIndex}})
	}
	return all
}

// lastIndex is the last index that core code can pass.
const lastIndex = 1<<32 - 1

// newElement is the number of the element that an addition adds.
const newElement = 1000

// tables runs operations on a table of the port.
type tables struct {
	port *spec.AnyTable
}

func (t *tables) apply(s Table, o Operation) Step[Table] {
	t.port.Put(s.Array, s.Free, s.Limit)
	var step Step[Table]
	err := spec.Try(func() {
		switch o.Function {
		case "Table.add":
			step.Result = int(t.port.Add(newElement))
		case "Table.get":
			step.Result = t.port.Get(uint64(o.Args[0]))
		case "Table.remove":
			step.Result = t.port.Remove(uint64(o.Args[0]))
		}
	})
	step.After = Table{Limit: s.Limit}
	step.After.Array, step.After.Free = t.port.State(nil, nil)
	step.After.Most = max(s.Most, step.After.live())
	if trap := (*spec.Trap)(nil); errors.As(err, &trap) {
		step.Stop = trap.Site
	} else if err != nil {
		step.Wrong = err.Error()
		return step
	}
	step.Wrong = wrong(s, o, step)
	return step
}

// wrong is what an operation did that it does not say.
func wrong(s Table, o Operation, step Step[Table]) string {
	want := slices.Clone(s.Array)
	var stop spec.Site
	switch {
	case o.Function == "Table.add":
		if len(s.Free) == 0 && uint64(s.places()) == s.Limit {
			stop = "Table.add/full"
		} else if want = append(want, make([]int, max(0, step.Result+1-len(want)))...); want[step.Result] == 0 && step.Result > 0 {
			want[step.Result] = newElement
		}
	case o.Args[0] >= len(s.Array):
		stop = "Table.get/bounds"
	case s.Array[o.Args[0]] == 0:
		stop = "Table.get/empty"
	case step.Result != s.Array[o.Args[0]]:
		return fmt.Sprintf("it gave %s, and not the element at the index", elementName(step.Result))
	case o.Function == "Table.remove":
		want[o.Args[0]] = 0
	}
	switch {
	case step.Stop != stop:
		return fmt.Sprintf("it stopped at %q, and not at %q", step.Stop, stop)
	case !slices.Equal(step.After.Array, want):
		return "it changed other places than its own"
	case o.Function == "Table.get" && !slices.Equal(step.After.Free, s.Free):
		return "it changed the free list"
	}
	return ""
}

// tableParts are the places after the first that an operation does not touch: it touches that of its index, or the one that it takes from
// the free list.
func tableParts(s Table, o *Operation) []int {
	var parts []int
	for place := 1; place < len(s.Array); place++ {
		switch {
		case o == nil:
		case len(o.Args) > 0 && o.Args[0] == place, len(o.Args) == 0 && len(s.Free) > 0 && s.Free[len(s.Free)-1] == uint64(place):
			continue
		}
		parts = append(parts, place)
	}
	return parts
}

// deletePlace takes a place out of a table: the places after it move up, the table may have one place less, and had one element less at
// most.
func deletePlace(s Table, place int) Table {
	without := Table{Array: slices.Delete(slices.Clone(s.Array), place, place+1), Limit: s.Limit, Most: s.Most - 1}
	for _, f := range s.Free {
		if f != uint64(place) {
			without.Free = append(without.Free, uint64(placeWithout(int(f), place)))
		}
	}
	if s.Limit != spec.UpstreamLimits.TableLength {
		without.Limit--
	}
	return without
}

// placeWithout is a place, or index, when a place was taken out.
func placeWithout(i, place int) int {
	if i > place && i != lastIndex {
		return i - 1
	}
	return i
}

func renamePlaces(_ Table, o Operation, place int) Operation {
	if len(o.Args) > 0 {
		o.Args = []int{placeWithout(o.Args[0], place)}
	}
	return o
}

// resultWithoutPlace is the index that an addition gives, or the element that the others do.
func resultWithoutPlace(o Operation, result, place int) int {
	if len(o.Args) > 0 {
		return result
	}
	return placeWithout(result, place)
}

// promises are the properties of tables. What they say is checked by their own code, but for those that are about limits
// (here any number is one, not only Table.MAX_LENGTH) or about what happened before.
func (t *tables) promises() []Clause[Table] {
	var all []Clause[Table]
	for _, name := range []string{"unique-in-table", "unique-in-instance", "nonzero", "free-list"} {
		p := properties.ByName(name)
		all = append(all, Clause[Table]{name, p.Statement, func(s Table) string {
			t.port.Put(s.Array, s.Free, s.Limit)
			return properties.Problem(p, t.port.Instance())
		}})
	}
	return append(all,
		Clause[Table]{"bounded", properties.ByName("bounded").Statement, func(s Table) string {
			if last := s.lastLive(); uint64(last) > s.Limit {
				return fmt.Sprintf("index %d names an element, and the limit is %d", last, s.Limit)
			}
			return ""
		}},
		Clause[Table]{"dense", properties.ByName("dense").Statement, func(s Table) string {
			if last := s.lastLive(); last > s.Most {
				return fmt.Sprintf("index %d names an element, and at most %s lived at once", last, model.Counted(s.Most, "element"))
			}
			return ""
		}},
		Clause[Table]{"no-confusion", properties.ByName("no-confusion").Statement, t.confused})
}

func (s Table) lastLive() int {
	for place := len(s.Array) - 1; place > 0; place-- {
		if s.Array[place] != 0 {
			return place
		}
	}
	return 0
}

// confused says which index names an element and reaches another.
func (t *tables) confused(s Table) string {
	t.port.Put(s.Array, s.Free, s.Limit)
	for slot := range t.port.Instance().LiveHandles() {
		reached := 0
		if err := spec.Try(func() { reached = t.port.Get(slot.Index) }); err == nil && reached != t.port.Number(slot.Element) {
			return fmt.Sprintf("index %d names e%d and reaches e%d", slot.Index, t.port.Number(slot.Element), reached)
		}
	}
	return ""
}
