package properties

import (
	"fmt"
	"iter"
	"sort"

	"cabi/model"
	"cabi/spec"
)

var deterministic = &model.Property{
	Name:       "deterministic",
	Statement:  "The index that an element gets is a function of the history of its own table: the same additions and removals give the same indices.",
	Kind:       "step",
	Indices:    true,
	Origin:     "component-model#395",
	BlindSpots: "A numbering that draws through the choices and always gets the first one.",
	New: func() model.Checker {
		return &deterministicChecker{BaseChecker: model.BaseChecker{Name: "deterministic"}}
	},
}

// A deterministicChecker checks that each new index is the one that the table's own history gives. It remembers that history as
// a shadow of each table, which sees the additions and removals of that table and nothing else.
type deterministicChecker struct {
	model.BaseChecker
	shadows map[table]*spec.ShadowTable
}

func (c *deterministicChecker) Begin(*model.Run) { c.shadows = map[table]*spec.ShadowTable{} }

func (c *deterministicChecker) Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if key.Class == spec.ClassThread {
		return
	}
	t := tableOf(inst, key)
	if c.shadows[t] == nil {
		c.shadows[t] = spec.NewShadowTable(inst, key)
	}
	c.NonVacuous = true
	if want := c.shadows[t].Add(); want != index && c.Message == "" {
		c.Message = fmt.Sprintf("%s got index %d in %s.handles%s, whose own history gives %d", spec.Describe(e), index, inst.Name, key, want)
	}
}

func (c *deterministicChecker) Retired(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if key.Class != spec.ClassThread && c.Message == "" {
		c.shadows[tableOf(inst, key)].Remove(index)
	}
}

var uniqueInTable = stateProperty(&model.Property{
	Name:      "unique-in-table",
	Statement: "No index names two live elements of one table.",
	Kind:      "state",
	Indices:   true,
	Origin:    "component-model#395",
}, func(inst *spec.ComponentInstance, exercised *bool) string {
	for _, t := range inst.HandleTables() {
		if message := firstShared(inst, []spec.TableView{t}, exercised); message != "" {
			return message
		}
	}
	return ""
})

var uniqueInInstance = stateProperty(&model.Property{
	Name:       "unique-in-instance",
	Statement:  "No index names two live elements of one instance.",
	Kind:       "state",
	Indices:    true,
	Origin:     "component-model#395: an index alone should say what it names",
	BlindSpots: "Threads, which the pin keeps in a table of their own.",
}, func(inst *spec.ComponentInstance, exercised *bool) string {
	return firstShared(inst, inst.HandleTables(), exercised)
})

// firstShared describes the first index that names two elements of the tables; empty: there is none.
func firstShared(inst *spec.ComponentInstance, tables []spec.TableView, exercised *bool) (message string) {
	names := map[uint64]spec.Element{}
	for _, t := range tables {
		for _, slot := range t.Live {
			if slot.Owner != inst {
				continue
			}
			if other, taken := names[slot.Index]; taken {
				return fmt.Sprintf("index %d of %s names both %s and %s", slot.Index, inst.Name, describe(other), describe(slot.Element))
			}
			names[slot.Index] = slot.Element
			*exercised = *exercised || len(names) > 1
		}
	}
	return ""
}

// describe describes an element for people: "own handle of R rep 100".
func describe(e spec.Element) string {
	if h, ok := e.(*spec.ResourceHandle); ok {
		return fmt.Sprintf("%s rep %s", spec.Describe(e), h.Rep())
	}
	return spec.Describe(e)
}

var nonzero = stateProperty(&model.Property{
	Name:      "nonzero",
	Statement: "No live element has index 0.",
	Kind:      "state",
	Indices:   true,
	Origin:    "Table.__init__ keeps the first place of the array empty",
}, everySlot(func(inst *spec.ComponentInstance, t spec.TableView, slot spec.Slot) string {
	if slot.Index == 0 {
		return fmt.Sprintf("%s has index 0 in %s.handles%s", describe(slot.Element), inst.Name, t.Key)
	}
	return ""
}))

var bounded = stateProperty(&model.Property{
	Name:       "bounded",
	Statement:  "No index is above Table.MAX_LENGTH, so that every index fits beside four bits of an i32.",
	Kind:       "state",
	Indices:    true,
	Origin:     "Table.MAX_LENGTH",
	BlindSpots: "Tables that a search cannot fill: lower the limit to see one full.",
}, everySlot(func(inst *spec.ComponentInstance, t spec.TableView, slot spec.Slot) string {
	if slot.Index > spec.UpstreamLimits.TableLength {
		return fmt.Sprintf("%s has index %d in %s.handles%s", describe(slot.Element), slot.Index, inst.Name, t.Key)
	}
	return ""
}))

// everySlot is a check of an instance that checks its live elements one by one.
func everySlot(check func(*spec.ComponentInstance, spec.TableView, spec.Slot) string) func(*spec.ComponentInstance, *bool) string {
	return func(inst *spec.ComponentInstance, exercised *bool) string {
		for _, t := range inst.HandleTables() {
			for _, slot := range t.Live {
				*exercised = true
				if message := check(inst, t, slot); message != "" {
					return message
				}
			}
		}
		return ""
	}
}

var tablesBounded = runProperty(&model.Property{
	Name:       "tables-bounded",
	Statement:  "No table has more places than it may.",
	Kind:       "state",
	Origin:     `CanonicalABI.md: "The limit of 2**28 ensures that the high 4 bits of table indices are unset and available for other use in guest code"`,
	BlindSpots: "Tables with upstream's limit, which a search cannot fill: a world can lower it.",
}, func(r *model.Run, exercised *bool) (message, kind string) {
	most := limit(r.World.Limits.TableLength, spec.UpstreamLimits.TableLength)
	for _, inst := range r.Store.Instances() {
		for key, length := range inst.TableLengths {
			*exercised = *exercised || length-1 == most
			if length-1 > most {
				return fmt.Sprintf("%s.handles%s has %d places, %d are the most", inst.Name, key, length-1, most), ""
			}
		}
	}
	return "", ""
})

var dense = &model.Property{
	Name:      "dense",
	Statement: "No index of a table exceeds the most elements that ever lived in it at once.",
	Kind:      "step",
	Indices:   true,
	Origin:    "component-model#395: small indices make small tables",
	New:       func() model.Checker { return &denseChecker{BaseChecker: model.BaseChecker{Name: "dense"}} },
}

// A denseChecker checks that no new index is above the most elements that its table has had at once. It counts the elements
// itself.
type denseChecker struct {
	model.BaseChecker
	live, most map[table]uint64 // how many elements each table has, and has had at most
}

func (c *denseChecker) Begin(*model.Run) { c.live, c.most = map[table]uint64{}, map[table]uint64{} }

func (c *denseChecker) Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if key.Class == spec.ClassThread {
		return
	}
	c.NonVacuous = true
	t := tableOf(inst, key)
	c.live[t]++
	c.most[t] = max(c.most[t], c.live[t])
	if index > c.most[t] && c.Message == "" {
		c.Message = fmt.Sprintf("%s got index %d in %s.handles%s, where at most %d elements ever lived at once",
			spec.Describe(e), index, inst.Name, key, c.most[t])
	}
}

func (c *denseChecker) Retired(inst *spec.ComponentInstance, key spec.TableKey, _ uint64, _ spec.Element) {
	c.live[tableOf(inst, key)]--
}

// AppendGhost appends the most elements that each table has had at once: whether a later index is dense depends on it.
func (c *denseChecker) AppendGhost(b []byte) []byte {
	for t, n := range inOrder(c.most) {
		b = fmt.Appendf(b, "%s%s at most %d\n", t.name(), t.key, n)
	}
	return b
}

// inOrder yields the entries of m in the order of instances and of tables.
func inOrder(m map[table]uint64) iter.Seq2[table, uint64] {
	tables := make([]table, 0, len(m))
	for t := range m {
		tables = append(tables, t)
	}
	sort.Slice(tables, func(i, j int) bool {
		a, b := tables[i], tables[j]
		return a.name() < b.name() || a.inst == b.inst && a.key.String() < b.key.String()
	})
	return func(yield func(table, uint64) bool) {
		for _, t := range tables {
			if !yield(t, m[t]) {
				return
			}
		}
	}
}

var freeList = stateProperty(&model.Property{
	Name:      "free-list",
	Statement: "The free list and the live elements partition the places of a table's array, but for the first.",
	Kind:      "state",
	Indices:   true,
	Origin:    "Table.add, Table.remove",
}, func(inst *spec.ComponentInstance, exercised *bool) string {
	for _, t := range inst.HandleTables() {
		*exercised = *exercised || len(t.Free) > 0
		if message := partitionProblem(t); message != "" {
			return fmt.Sprintf("%s.handles%s: %s", inst.Name, t.Key, message)
		}
	}
	return ""
})

// partitionProblem describes a place that is both free and live, twice free, or neither; empty: there is none.
func partitionProblem(t spec.TableView) (message string) {
	uses := make([]int, t.Length)
	uses[0] = 1
	for _, slot := range t.Live {
		uses[slot.Place]++
	}
	for _, place := range t.Free {
		if place >= t.Length {
			return fmt.Sprintf("the free list has place %d, beyond the array", place)
		}
		uses[place]++
	}
	for place, n := range uses {
		if n != 1 {
			return fmt.Sprintf("place %d is free or live %d times", place, n)
		}
	}
	return ""
}

var noConfusion = &model.Property{
	Name:       "no-confusion",
	Statement:  "An index whose element is still live, used where a class and type are wanted, reaches that very element or traps.",
	Kind:       "step",
	Indices:    true,
	Origin:     "component-model#395: an index of one type that is used as another should be noticed",
	BlindSpots: "What an index means to the guest that uses it: where one index names two elements, any use of it is one of the wrong one.",
	New: func() model.Checker {
		return &confusionChecker{suspecter{BaseChecker: model.BaseChecker{Name: "no-confusion"}}}
	},
}

// A confusionChecker suspects a lookup of an index that names another live element of the instance, too. It remembers nothing. It
// cannot know which of the two the guest meant.
type confusionChecker struct{ suspecter }

func (c *confusionChecker) Found(inst *spec.ComponentInstance, want spec.Expected, index uint64, e spec.Element) {
	if want.Class == spec.ClassThread {
		return
	}
	c.NonVacuous = true
	for slot := range live(inst) {
		if slot.Index == index && slot.Element != e {
			c.suspect(fmt.Sprintf("index %d of %s, issued for %s, was used where %s is wanted and reached %s",
				index, inst.Name, describe(slot.Element), "a "+want.String(), describe(e)))
		}
	}
}
