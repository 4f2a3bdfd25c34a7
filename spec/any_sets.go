// Not upstream's: waitable sets that are put into any state, reachable or not, for proofs by induction.

package spec

// AnySets are waitables and waitable sets in the table of an instance, which can be put into any state. The waitables are subtasks; the
// functions that change sets are those of the base class. Both are numbered, from 0.
type AnySets struct {
	inst      *ComponentInstance
	waitables []*Waitable
	sets      []*WaitableSet
}

// NewAnySets makes so many of each.
func NewAnySets(waitables, sets int, without map[Site]bool) *AnySets {
	s := NewStore(Options{Without: without})
	a := &AnySets{inst: NewComponentInstance(s, nil)}
	for range waitables {
		t := newSubtask(s)
		a.waitables = append(a.waitables, &t.Waitable)
		a.inst.handles.add(t)
	}
	for range sets {
		wset := newWaitableSet(s)
		a.sets = append(a.sets, wset)
		a.inst.handles.add(wset)
	}
	return a
}

// Instance is the instance whose they are.
func (a *AnySets) Instance() *ComponentInstance { return a.inst }

// Put puts the sets into a state: for each waitable the set that it is in, -1 for none, and whether it has a pending event; for each set its
// elements.
func (a *AnySets) Put(in []int, pending []bool, elements [][]int) {
	for n, w := range a.waitables {
		w.wset, w.pendingEvent = nil, nil
		if in[n] >= 0 {
			w.wset = a.sets[in[n]]
		}
		if pending[n] {
			w.pendingEvent = anyEvent{}
		}
	}
	for n, wset := range a.sets {
		wset.elems = wset.elems[:0]
		for _, e := range elements[n] {
			wset.elems = append(wset.elems, a.waitables[e])
		}
	}
}

// anyEvent is an event that says nothing.
type anyEvent struct{}

func (anyEvent) deliver() eventTuple { return eventTuple{EventSubtask, 0, 0} }

// State is the state that Put put in, as it is now.
func (a *AnySets) State() (in []int, pending []bool, elements [][]int) {
	waitable, set := map[*Waitable]int{}, map[*WaitableSet]int{nil: -1}
	for n, w := range a.waitables {
		waitable[w] = n
	}
	for n, wset := range a.sets {
		set[wset] = n
		elements = append(elements, nil)
	}
	for _, w := range a.waitables {
		in, pending = append(in, set[w.wset]), append(pending, w.hasPendingEvent())
	}
	for n, wset := range a.sets {
		for _, e := range wset.elems {
			elements[n] = append(elements[n], waitable[e])
		}
	}
	return in, pending, elements
}

// Join has a waitable join a set, or none if the set is -1.
func (a *AnySets) Join(w, set int) {
	if set < 0 {
		a.waitables[w].join(nil)
		return
	}
	a.waitables[w].join(a.sets[set])
}

// Drop drops a waitable.
func (a *AnySets) Drop(w int) { a.waitables[w].drop() }

// DropSet drops a set.
func (a *AnySets) DropSet(set int) { a.sets[set].drop() }

// GetPendingEvent takes an event from a set.
func (a *AnySets) GetPendingEvent(set int) { a.sets[set].getPendingEvent() }
