// Package bench measures how fast the specification is explored.
package bench

import (
	"fmt"
	"math/big"

	"cabi/model"
	"cabi/spec"
)

// M is a model that other model checkers are measured with too: two handle tables of the specification's own. An own handle
// of one of T types is made in the first while fewer than H live there; one that is not lent is dropped, or given to the
// other table, while fewer than H live there; one is lent up to L times, and each time given back.
type M struct{ T, H, L int }

// ParseM reads "T,H,L".
func ParseM(text string) (M, error) {
	var m M
	if n, err := fmt.Sscanf(text+"\n", "%d,%d,%d\n", &m.T, &m.H, &m.L); n != 3 || err != nil {
		return m, fmt.Errorf("%q is no size: it is T,H,L, as in 2,4,1", text)
	}
	switch {
	case m.T < 1 || m.H < 1 || m.L < 0:
		return m, fmt.Errorf("size %s: T and H are at least 1, L at least 0", text)
	case m.T > 255 || m.H > 255 || m.L > 255 || m.T*(m.L+1)+m.H > 255:
		return m, fmt.Errorf("size %s: T·(L+1) + H is at most 255", text)
	}
	return m, nil
}

func (m M) String() string { return fmt.Sprintf("%d,%d,%d", m.T, m.H, m.L) }

// States is how many states M has: f² − (f − 1), where f = Σ_{n=0..H} Σ_k C(n,k)·k!·s^(n−k) is those of one table, whose
// places are each one of k that are free, in the order of the free list, or one of s = T·(L+1) handles.
func (m M) States() *big.Int {
	f := new(big.Int)
	for n := int64(0); n <= int64(m.H); n++ {
		for k := int64(0); k <= n; k++ {
			ways := new(big.Int).Binomial(n, k)
			ways.Mul(ways, new(big.Int).MulRange(1, k))
			ways.Mul(ways, new(big.Int).Exp(big.NewInt(int64(m.T*(m.L+1))), big.NewInt(n-k), nil))
			f.Add(f, ways)
		}
	}
	square := new(big.Int).Mul(f, f)
	return square.Sub(square, f.Sub(f, big.NewInt(1)))
}

// Search is a search of all its states.
func (m M) Search() model.DirectSearch {
	return model.DirectSearch{New: func() model.DirectSystem { return newTables(m) }, Width: 2 * m.H}
}

// A tables is M over the specification's tables.
type tables struct {
	M
	a, b *table
	next []byte // the state after an action
}

// A table is one of the two.
type table struct {
	*spec.BareTable
	now, next []byte // its part of a state, before an action and after it
}

func newTables(m M) *tables {
	s := spec.NewStore(spec.Options{})
	var types []*spec.ResourceType
	impl := spec.NewComponentInstance(s, nil)
	for i := range m.T {
		types = append(types, spec.NewResourceType(fmt.Sprint("R", i), impl, nil))
	}
	t := &tables{M: m, next: make([]byte, 2*m.H)}
	t.a = &table{BareTable: spec.NewBareTable(s, types, m.H, m.L), next: t.next[:m.H]}
	t.b = &table{BareTable: spec.NewBareTable(s, types, m.H, m.L), next: t.next[m.H:]}
	return t
}

// Start is both tables empty.
func (t *tables) Start(b []byte) []byte { return append(b, make([]byte, 2*t.H)...) }

// Expand takes every action in a state.
func (t *tables) Expand(state []byte, yield func([]byte)) {
	t.a.put(state[:t.H])
	t.b.put(state[t.H:])
	if t.a.Live() < t.H {
		for k := range t.T {
			t.a.Own(k, rep)
			t.reach(yield, t.a)
		}
	}
	t.handles(t.a, t.b, yield)
	t.handles(t.b, t.a, yield)
}

var rep = spec.IntOf(100)

// handles takes the actions on the handles of one table.
func (t *tables) handles(from, to *table, yield func([]byte)) {
	for i := 1; i <= from.Places(); i++ {
		k, lends, live := from.Handle(i)
		if !live {
			continue
		}
		index := uint64(i)
		if lends == 0 {
			given := from.GiveUp(index, k)
			from.Write(from.next)
			yield(t.next) // it was dropped
			if to.Live() < t.H {
				to.Own(k, given)
				t.reach(yield, to)
			}
			from.putBack()
		} else {
			from.Unlend(index)
			t.reach(yield, from)
		}
		if lends < t.L {
			from.Lend(index, k)
			t.reach(yield, from)
		}
	}
}

// reach yields the state after an action that changed a table last, and puts that back.
func (t *tables) reach(yield func([]byte), changed *table) {
	changed.Write(changed.next)
	yield(t.next)
	changed.putBack()
}

// put puts the table into a state.
func (t *table) put(state []byte) {
	t.now = state
	t.Put(state)
	copy(t.next, state)
}

// putBack puts the table back into the state before an action.
func (t *table) putBack() {
	t.Restore()
	copy(t.next, t.now)
}
