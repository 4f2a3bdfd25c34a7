// Package bench measures how fast the specification is explored: the named worlds, and a small model M that other model
// checkers explore too. Page writes the measurements as docs/generated/performance.md.
package bench

import (
	"bytes"
	"fmt"
	"math/big"

	"cabi/model"
	"cabi/spec"
)

// M is a model that this program and other model checkers explore, so that they can be compared: two of the specification's
// handle tables, in each of which at most H handles live. Own handles of T types are made in the first table. A handle is lent
// up to L times and given back. One that is not lent is dropped, or moved to the other table.
type M struct{ T, H, L int }

// ParseM reads a size "T,H,L".
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

// States is the number of states of M in closed form, f² − (f − 1). Here f = Σ_{n=0..H} Σ_{k=0..n} C(n,k)·k!·s^(n−k) is the
// number of states of one table: of its n places, k are free, in any order of the free list, and each other place holds one of
// s = T·(L+1) handles. The f − 1 states in which the second table was used and the first never was cannot be reached, since
// handles are made in the first.
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

// Search is a search of all states of M.
func (m M) Search() model.DirectSearch {
	return model.DirectSearch{New: func() model.DirectSystem { return newTables(m) }, Width: 2 * m.H}
}

// A tableSystem is M as a system to be searched, over the specification's own tables. A state is a byte for each place of both
// tables, as spec.BareTable writes it. After an action only the place of its handle is written, and put back: every 256th state is
// written in full too, so that a change elsewhere does not go unseen.
type tableSystem struct {
	M
	first, second *table
	state         []byte // before an action
	full          []byte // the state after an action, written in full
	added         uint8  // how many states, modulo 256
}

// A table is one of the two tables.
type table struct {
	*spec.BareTable
	at int // where its places are in a state
}

func newTables(m M) *tableSystem {
	s := spec.NewStore(spec.Options{})
	var types []*spec.ResourceType
	impl := spec.NewComponentInstance(s, nil)
	for i := range m.T {
		types = append(types, spec.NewResourceType(fmt.Sprint("R", i), impl, nil))
	}
	newTable := func(at int) *table { return &table{spec.NewBareTable(s, types, m.H, m.L), at} }
	return &tableSystem{M: m, first: newTable(0), second: newTable(m.H), full: make([]byte, 2*m.H)}
}

// Start appends the first state, in which both tables are empty.
func (t *tableSystem) Start(b []byte) []byte { return append(b, make([]byte, 2*t.H)...) }

// Expand appends the successors of a state to next.
func (t *tableSystem) Expand(state, next []byte) []byte {
	t.state = state
	t.first.Put(state[:t.H])
	t.second.Put(state[t.H:])
	if t.first.Live() < t.H {
		for k := range t.T {
			i := t.first.Own(k, rep)
			next = t.add(next, t.first, i, t.second, 0)
			t.first.RestorePlace(i)
		}
	}
	next = t.expandHandles(t.first, t.second, next)
	return t.expandHandles(t.second, t.first, next)
}

// rep is the representation of every resource of M.
var rep = spec.IntOf(100)

// expandHandles appends the successors by actions on the handles of a table.
func (t *tableSystem) expandHandles(from, to *table, next []byte) []byte {
	for at := 1; at <= from.Places(); at++ {
		k, lends, live := from.Handle(at)
		if !live {
			continue
		}
		i := uint64(at)
		if lends == 0 {
			moved := from.GiveUp(i, k)
			next = t.add(next, from, i, to, 0) // after a drop
			if to.Live() < t.H {
				j := to.Own(k, moved)
				next = t.add(next, from, i, to, j)
				to.RestorePlace(j)
			}
		} else {
			from.Unlend(i)
			next = t.add(next, from, i, to, 0)
		}
		from.RestorePlace(i)
		if lends < t.L {
			from.Lend(i, k)
			next = t.add(next, from, i, to, 0)
			from.RestorePlace(i)
		}
	}
	return next
}

// add appends a successor: the state with the places that the action changed as they are now, one of a table and, if j is not 0, one of
// the other.
func (t *tableSystem) add(next []byte, changed *table, i uint64, other *table, j uint64) []byte {
	n := len(next)
	next = append(next, t.state...)
	changed.WritePlace(next[n+changed.at:], i)
	if j != 0 {
		other.WritePlace(next[n+other.at:], j)
	}
	if t.added++; t.added == 0 {
		t.first.Write(t.full[:t.H])
		t.second.Write(t.full[t.H:])
		if !bytes.Equal(t.full, next[n:]) {
			panic(fmt.Sprintf("an action of M changes more than the place of its handle: %v, and not %v", t.full, next[n:]))
		}
	}
	return next
}
