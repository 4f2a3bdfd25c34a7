package spec

import "testing"

// A table takes an element at every index up to its length, and none beyond.
func TestTableTakesAsManyAsItsLength(t *testing.T) {
	s := newTestStoreWith(t, Options{Limits: Limits{TableLength: 2}})
	inst := NewComponentInstance(s, nil)
	add := func() error {
		return Try(func() { inst.handles.add(newResourceHandle(NewResourceType("R", inst, nil), IntOf(1), true, nil)) })
	}
	for range 2 {
		if err := add(); err != nil {
			t.Error(err)
		}
	}
	wantStop(t, add(), newTrap("Table.add/full", ""))
}
