package properties

import (
	"iter"
	"sort"

	"cabi/model"
	"cabi/spec"
)

// stateProperty completes p as a property of each instance in each state.
func stateProperty(p *model.Property, check func(*spec.ComponentInstance) string) *model.Property {
	p.New = func() model.Checker { return &stateChecker{model.NoChecks{Name: p.Name}, check} }
	return p
}

type stateChecker struct {
	model.NoChecks
	check func(*spec.ComponentInstance) string
}

func (c *stateChecker) Settled(r *model.Run) {
	for _, inst := range r.Store.Instances() {
		if c.What == "" {
			c.What = c.check(inst)
		}
	}
}

// inOrder yields the entries of m by instance and table name.
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
