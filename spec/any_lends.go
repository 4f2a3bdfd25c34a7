// Not upstream's: lent handles that are put into any state, reachable or not, for proofs by induction.

package spec

// AnyLends are own handles of one resource type in the table of an instance, and subtasks that they are lent to, which can be put into any
// state. Both are numbered, from 0.
type AnyLends struct {
	inst     *ComponentInstance
	handles  []*ResourceHandle
	subtasks []*Subtask
	own      *OwnType
	borrow   *BorrowType
}

// NewAnyLends makes so many of each.
func NewAnyLends(handles, subtasks int, without map[Site]bool) *AnyLends {
	s := NewStore(Options{Without: without})
	a := &AnyLends{inst: NewComponentInstance(s, nil)}
	rt := NewResourceType("R", a.inst, nil)
	a.own, a.borrow = &OwnType{Rt: rt}, &BorrowType{Rt: rt}
	*a.inst.handles.tables = append(*a.inst.handles.tables, newTable(s, TableKey{}, a.inst.handles.numbering(TableKey{})))
	for n := range handles {
		h := newResourceHandle(rt, IntOf(int64(n)), true, nil)
		a.handles = append(a.handles, h)
		a.inst.handles.add(h)
	}
	for range subtasks {
		a.subtasks = append(a.subtasks, newSubtask(s))
	}
	return a
}

// A LendState is a state of a subtask that handles are lent to.
type LendState struct {
	State     SubtaskState
	Delivered bool  // Python: lenders is None
	Lenders   []int // the handles that are lent to it
}

// Put puts handles and subtasks into a state: how often each handle counts that it is lent, -1 if it is not in the table.
func (a *AnyLends) Put(lends []int, subtasks []LendState) {
	table := (*a.inst.handles.tables)[0]
	table.free = table.free[:0]
	for n, h := range a.handles {
		table.array[n+1] = nil
		if h.numLends = lends[n]; lends[n] >= 0 {
			table.array[n+1] = h
		}
	}
	for n, t := range a.subtasks {
		t.state, t.delivered, t.lenders = subtasks[n].State, subtasks[n].Delivered, nil
		for _, h := range subtasks[n].Lenders {
			t.lenders = append(t.lenders, a.handles[h])
		}
	}
}

// State is the state that Put put in, as it is now.
func (a *AnyLends) State() (lends []int, subtasks []LendState) {
	number := map[*ResourceHandle]int{}
	array := (*a.inst.handles.tables)[0].array
	for n, h := range a.handles {
		number[h] = n
		if lends = append(lends, h.numLends); array[n+1] == nil {
			lends[n] = -1
		}
	}
	for _, t := range a.subtasks {
		s := LendState{State: t.state, Delivered: t.delivered}
		for _, h := range t.lenders {
			s.Lenders = append(s.Lenders, number[h])
		}
		subtasks = append(subtasks, s)
	}
	return lends, subtasks
}

// LiftBorrow lends a handle to a subtask.
func (a *AnyLends) LiftBorrow(h, subtask int) {
	liftBorrow(newLiftLowerContext(&LiftLowerOptions{}, a.inst, a.subtasks[subtask]), uint64(h+1), a.borrow)
}

// LiftOwn gives a handle away.
func (a *AnyLends) LiftOwn(h int) {
	liftOwn(newLiftLowerContext(&LiftLowerOptions{}, a.inst, nil), uint64(h+1), a.own)
}

// Drop has core code of the instance drop a handle. After a stop the lends cannot be used any more.
func (a *AnyLends) Drop(h int) error {
	s := a.inst.store
	drop := func([]CoreValue) []CoreValue { return CanonResourceDrop(s, a.own.Rt, uint64(h+1)) }
	f := s.Lift(drop, &FuncType{}, &CanonicalOptions{}, a.inst)
	_, err := s.Invoke(f, HostOnStart(func() []Value { return nil }), HostOnResolve(func([]Value) {}))
	if err != nil {
		s.Close()
	}
	return err
}

// Resolve resolves a subtask.
func (a *AnyLends) Resolve(subtask int) { a.subtasks[subtask].resolve(SubtaskReturned, nil) }

// DeliverResolve has a subtask's caller told that it is resolved.
func (a *AnyLends) DeliverResolve(subtask int) { a.subtasks[subtask].deliverResolve() }
