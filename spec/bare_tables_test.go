package spec

import (
	"bytes"
	"slices"
	"testing"
)

// bareActions are all actions in a state of a bare table that keep at most three handles alive. Each returns the index of its handle.
func bareActions(t *BareTable, types, most int) []func() uint64 {
	var actions []func() uint64
	on := func(i int, act func()) { actions = append(actions, func() uint64 { act(); return uint64(i) }) }
	if t.Live() < 3 {
		for k := range types {
			actions = append(actions, func() uint64 { return t.Own(k, IntOf(100)) })
		}
	}
	for i := 1; i <= t.Places(); i++ {
		k, lends, live := t.Handle(i)
		if !live {
			continue
		}
		if lends == 0 {
			on(i, func() { t.GiveUp(uint64(i), k) })
		} else {
			on(i, func() { t.Unlend(uint64(i)) })
		}
		if lends < most {
			on(i, func() { t.Lend(uint64(i), k) })
		}
	}
	return actions
}

// A table of three places, two types and two lends is searched to the end. In each state, each action has the same outcome in a
// table that other actions were taken and undone in as in a new one. WritePlace writes what Write does, and RestorePlace undoes the action.
func TestBareTable(t *testing.T) {
	const types, places, most = 2, 3, 2
	newBare := func() *BareTable {
		s := NewStore(Options{})
		impl := NewComponentInstance(s, nil)
		return NewBareTable(s, []*ResourceType{NewResourceType("R", impl, nil), NewResourceType("S", impl, nil)}, places, most)
	}
	written := func(b *BareTable) string {
		state := bytes.Repeat([]byte{7}, places)
		b.Write(state)
		return string(state)
	}
	used := newBare()
	start := string(make([]byte, places))
	met, states := map[string]bool{start: true}, []string{start}
	for n := 0; n < len(states); n++ {
		state := states[n]
		used.Put([]byte(state))
		for a := range bareActions(used, types, most) {
			fresh := newBare()
			fresh.Put([]byte(state))
			bareActions(fresh, types, most)[a]()
			i := bareActions(used, types, most)[a]()
			next := written(used)
			place := []byte(state)
			if used.WritePlace(place, i); string(place) != next {
				t.Fatalf("%v, action %d: WritePlace writes %v, want %v", []byte(state), a, place, []byte(next))
			}
			if want := written(fresh); next != want || !slices.Equal(used.table.free, fresh.table.free) {
				t.Fatalf("%v, action %d: %v, free %v; from a new table %v, free %v",
					[]byte(state), a, []byte(next), used.table.free, []byte(want), fresh.table.free)
			}
			if !met[next] {
				met[next], states = true, append(states, next)
			}
			used.RestorePlace(i)
			fresh.Put([]byte(state))
			same := slices.Equal(used.table.free, fresh.table.free) && len(used.table.array) == len(fresh.table.array)
			if written(used) != state || written(fresh) != state || !same {
				t.Fatalf("%v, action %d: put back to %v, free %v", []byte(state), a, []byte(written(used)), used.table.free)
			}
		}
	}
	if want := 424; len(states) != want {
		t.Errorf("%d states, want %d", len(states), want)
	}
}

// Write shows a change of any place, also one that no action makes.
func TestBareTableShowsChanges(t *testing.T) {
	s := NewStore(Options{})
	impl := NewComponentInstance(s, nil)
	types := []*ResourceType{NewResourceType("R", impl, nil), NewResourceType("S", impl, nil)}
	b := NewBareTable(s, types, 4, 2)
	state := []byte{1, 255, 6, 254}
	for name, change := range map[string]func(*Table){
		"lends":            func(t *Table) { t.array[1].(*ResourceHandle).numLends++ },
		"type":             func(t *Table) { t.array[3].(*ResourceHandle).rt = types[0] },
		"element":          func(t *Table) { t.array[1] = nil },
		"element of free":  func(t *Table) { t.array[2], t.free = t.array[1], []uint64{4} },
		"order of free":    func(t *Table) { t.free = []uint64{4, 2} },
		"length of free":   func(t *Table) { t.free = t.free[:1] },
		"length of array":  func(t *Table) { t.array, t.free = t.array[:4], t.free[:1] },
		"another's handle": func(t *Table) { t.array[1] = newResourceHandle(types[1], IntOf(0), true, nil) },
	} {
		b.Put(state)
		change(b.table)
		got := make([]byte, 4)
		if b.Write(got); bytes.Equal(got, state) {
			t.Errorf("%s: %v", name, got)
		}
		b.Put(state)
		if b.Write(got); !bytes.Equal(got, state) {
			t.Errorf("%s: put back to %v", name, got)
		}
	}
}
