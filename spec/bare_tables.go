package spec

// A BareTable is the handle table of an instance with nothing around it: no calls and no threads. Resource handles are made,
// given away and lent in it by the specification's own functions, and it can be put into any state, which is what makes
// searches of it fast. It is not upstream's.
type BareTable struct {
	types   []*ResourceType
	owns    []*OwnType
	borrows []*BorrowType
	inst    *ComponentInstance
	table   *Table // that of all handles: the variant has one
	cx      *LiftLowerContext
	lendee  *Subtask          // what handles are lent to
	spare   []*ResourceHandle // by place: what a state that is put in is made of
	array   []Element         // as it was put in
	free    []uint64
	lends   []int
}

// NewBareTable makes the table of a new instance of s, whose variant has one table for everything.
func NewBareTable(s *Store, types []*ResourceType) *BareTable {
	t := &BareTable{types: types, inst: NewComponentInstance(s, nil), lendee: newSubtask(s)}
	t.cx = newLiftLowerContext(&LiftLowerOptions{}, t.inst, t.lendee)
	for _, rt := range types {
		t.owns = append(t.owns, &OwnType{Rt: rt})
		t.borrows = append(t.borrows, &BorrowType{Rt: rt})
	}
	t.table = newTable(s, TableKey{}, LIFO{})
	*t.inst.handles.tables = append(*t.inst.handles.tables, t.table)
	return t
}

// Own makes an own handle of the kth type, as lower_own does.
func (t *BareTable) Own(k int, rep Int) uint64 { return lowerOwn(t.cx, rep, t.owns[k]) }

// GiveUp takes the own handle of the kth type at an index out of the table, as lift_own does, and returns its rep.
func (t *BareTable) GiveUp(i uint64, k int) Int { return liftOwn(t.cx, i, t.owns[k]) }

// Lend lends the handle of the kth type at an index once more, as lift_borrow does.
func (t *BareTable) Lend(i uint64, k int) {
	t.lendee.state, t.lendee.delivered, t.lendee.lenders = SubtaskStarting, false, t.lendee.lenders[:0]
	liftBorrow(t.cx, i, t.borrows[k])
}

// Unlend gives back what was lent once of the handle at an index: the subtask that it was lent to is resolved.
func (t *BareTable) Unlend(i uint64) {
	h := t.table.array[i].(*ResourceHandle)
	lenders := append(t.lendee.lenders[:0], h)
	t.lendee.state, t.lendee.delivered, t.lendee.lenders = SubtaskReturned, false, lenders
	t.lendee.deliverResolve()
	t.lendee.lenders = lenders
}

// Append appends the state to b, a byte for each of the table's places after the first: of a handle, 1 + lends + (most+1)
// times its type, of a free place 255 less its position on the free list; and 0 until there are so many places as asked for.
func (t *BareTable) Append(b []byte, places, most int) []byte {
	from := len(b)
	for _, e := range t.table.array[1:] {
		code := byte(0)
		if h, ok := e.(*ResourceHandle); ok {
			code = byte(1 + h.numLends + (most+1)*(int(h.rt.serial)-int(t.types[0].serial)))
		}
		b = append(b, code)
	}
	for n, place := range t.table.free {
		b[from+int(place)-1] = byte(255 - n)
	}
	for len(b) < from+places {
		b = append(b, 0)
	}
	return b
}

// Put puts the table into a state that Append wrote.
func (t *BareTable) Put(state []byte, most int) {
	t.array, t.free, t.lends = append(t.array[:0], nil), t.free[:0], append(t.lends[:0], 0)
	for i, code := range state {
		switch {
		case code == 0:
		case int(code) <= len(t.types)*(most+1):
			h := t.spareHandle(i)
			h.rt, h.own = t.types[int(code-1)/(most+1)], true
			t.array, t.lends = append(t.array, h), append(t.lends, int(code-1)%(most+1))
			continue
		default:
			for n := 255 - int(code); len(t.free) <= n; {
				t.free = append(t.free, 0)
			}
			t.free[255-code] = uint64(i + 1)
			t.array, t.lends = append(t.array, nil), append(t.lends, 0)
		}
	}
	t.Restore()
}

func (t *BareTable) spareHandle(i int) *ResourceHandle {
	for len(t.spare) <= i {
		t.spare = append(t.spare, newResourceHandle(t.types[0], IntOf(0), true, nil))
	}
	return t.spare[i]
}

// Restore puts the table back into the state that was put in last.
func (t *BareTable) Restore() {
	t.table.array = append(t.table.array[:0], t.array...)
	t.table.free = append(t.table.free[:0], t.free...)
	for i, e := range t.array {
		if h, ok := e.(*ResourceHandle); ok {
			h.numLends = t.lends[i]
		}
	}
}

// Live is how many handles live in the state that was put in last.
func (t *BareTable) Live() int { return len(t.array) - 1 - len(t.free) }

// Places is how many places the state that was put in last has, the first not counted: 1 to Places are its indices.
func (t *BareTable) Places() int { return len(t.array) - 1 }

// Handle is the type and the lends of the handle at an index in the state that was put in last; live is false if there is none.
func (t *BareTable) Handle(i int) (k, lends int, live bool) {
	h, ok := t.array[i].(*ResourceHandle)
	if !ok {
		return 0, 0, false
	}
	return int(h.rt.serial) - int(t.types[0].serial), t.lends[i], true
}
