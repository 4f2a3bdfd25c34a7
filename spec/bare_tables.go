// Not upstream's: a handle table with nothing around it, which a search puts into any state.

package spec

import "slices"

// A BareTable is the handle table of an instance with nothing around it: no calls and no threads. The specification's own
// functions make resource handles in it, give them away and lend them. A search can put it into any state, which makes searches
// of tables fast.
type BareTable struct {
	types   []*ResourceType
	owns    []*OwnType
	borrows []*BorrowType
	inst    *ComponentInstance
	table   *Table // that of all handles: the variant has one
	cx      *LiftLowerContext
	lendee  *Subtask         // that handles are lent to
	most    int              // how often a handle may be lent
	kinds   [][256]barePlace // by place, and by the byte that Write writes for it

	// The state that was put in last.
	state  []byte
	places int // how many, the first not counted
	free   []uint64
}

// A barePlace is a place of a table.
type barePlace struct {
	element  Element
	handle   *ResourceHandle // the element; nil: there is none
	k, lends int             // of the handle: its type is the kth
}

// NewBareTable makes the table of a new instance of s, whose variant has one table for everything. The table will have at most so
// many places after the first, and lend a handle at most so often.
func NewBareTable(s *Store, types []*ResourceType, places, most int) *BareTable {
	t := &BareTable{types: types, inst: NewComponentInstance(s, nil), lendee: newSubtask(s), most: most}
	t.cx = newLiftLowerContext(&LiftLowerOptions{}, t.inst, t.lendee)
	for _, rt := range types {
		t.owns = append(t.owns, &OwnType{Rt: rt})
		t.borrows = append(t.borrows, &BorrowType{Rt: rt})
	}
	t.kinds = make([][256]barePlace, places)
	for i := range places {
		for k, rt := range types {
			h := newResourceHandle(rt, IntOf(0), true, nil)
			for lends := range most + 1 {
				t.kinds[i][1+lends+(most+1)*k] = barePlace{element: h, handle: h, k: k, lends: lends}
			}
		}
	}
	t.state, t.free = make([]byte, places), make([]uint64, 0, places)
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

// Unlend ends one lending of the handle at an index: the subtask that it was lent to is resolved.
func (t *BareTable) Unlend(i uint64) {
	h := t.table.array[i].(*ResourceHandle)
	lenders := append(t.lendee.lenders[:0], h)
	t.lendee.state, t.lendee.delivered, t.lendee.lenders = SubtaskReturned, false, lenders
	t.lendee.deliverResolve()
	t.lendee.lenders = lenders
}

// Write writes the state to b, a byte for each of the table's places after the first: for a handle 1 + lends + (most+1) times its
// type, for a free place 255 minus its position on the free list, and 0 for a place that the table does not have yet.
func (t *BareTable) Write(b []byte) {
	array := t.table.array[1:]
	for i, e := range array {
		b[i] = 0
		if h, ok := e.(*ResourceHandle); ok {
			b[i] = t.code(h)
		}
	}
	clear(b[len(array):])
	for n, place := range t.table.free {
		b[place-1] = byte(255 - n)
	}
}

// code is the byte for a handle.
func (t *BareTable) code(h *ResourceHandle) byte {
	return byte(1 + h.numLends + (t.most+1)*int(h.rt.serial-t.types[0].serial))
}

// WritePlace writes what an action on the handle at an index changes in b, which has the state before it: that place alone.
func (t *BareTable) WritePlace(b []byte, i uint64) {
	if h, ok := t.table.array[i].(*ResourceHandle); ok {
		b[i-1] = t.code(h)
		return
	}
	n := len(t.table.free) - 1
	for t.table.free[n] != i {
		n--
	}
	b[i-1] = byte(255 - n)
}

// Put puts the table into a state that Write wrote.
func (t *BareTable) Put(state []byte) {
	t.places = 0
	copy(t.state, state)
	array, free := slices.Grow(t.table.array[:0], 1+len(state))[:1+len(state)], t.free[:len(state)]
	freed := 0
	for i, code := range state {
		if code == 0 {
			break // the table does not have the places from here on yet
		}
		p := &t.kinds[i][code]
		array[i+1] = p.element
		if p.handle != nil {
			p.handle.rt, p.handle.own, p.handle.numLends = t.types[p.k], true, p.lends
		} else {
			free[255-code] = uint64(i + 1)
			freed++
		}
		t.places++
	}
	t.table.array, t.free = array[:1+t.places], t.free[:freed]
	t.table.free = append(t.table.free[:0], t.free...)
}

// RestorePlace undoes one action on the handle at an index: it puts that place, and the free list, back into the state that was put in last.
func (t *BareTable) RestorePlace(i uint64) {
	t.table.free = t.table.free[:len(t.free)]
	copy(t.table.free, t.free)
	if i > uint64(t.places) {
		t.table.array = t.table.array[:1+t.places]
		return
	}
	p := t.place(i)
	t.table.array[i] = p.element
	if p.handle != nil {
		p.handle.numLends = p.lends
	}
}

// place is a place in the state that was put in last.
func (t *BareTable) place(i uint64) *barePlace { return &t.kinds[i-1][t.state[i-1]] }

// Live is how many handles live in the state that was put in last.
func (t *BareTable) Live() int { return t.places - len(t.free) }

// Places is how many places the state that was put in last has, the first not counted: 1 to Places are its indices.
func (t *BareTable) Places() int { return t.places }

// Handle is the type and the lends of the handle at an index in the state that was put in last; live is false if there is none.
func (t *BareTable) Handle(i int) (k, lends int, live bool) {
	p := t.place(uint64(i))
	return p.k, p.lends, p.handle != nil
}
