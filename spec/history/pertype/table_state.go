package pertype

//cabi:pin per-type

// TableMaxLength is Table.MAX_LENGTH.
const TableMaxLength = 1<<30 - 1

// A Table maps indices to elements; the zero element is Python's None.
//
//cabi:py Table 33f2b002
type Table[E comparable] struct {
	array     []E
	free      []uint64
	maxLength uint64 // TableMaxLength, unless a test lowers it
}

//cabi:py Table.__init__ e29e9bdc
func newTable[E comparable](maxLength uint64) *Table[E] {
	var none E
	t := &Table[E]{maxLength: maxLength}
	t.array = []E{none}
	t.free = nil
	return t
}

//cabi:py Table.get 1b1910ab
func (t *Table[E]) get(i uint64) E {
	var none E
	trapIf(i >= uint64(len(t.array)), "Table.get/bounds", "the index is beyond the table")
	trapIf(t.array[i] == none, "Table.get/empty", "the index names nothing")
	return t.array[i]
}

//cabi:py Table.add 3fe44d06
func (t *Table[E]) add(e E) uint64 {
	var none E
	var i uint64
	if len(t.free) > 0 {
		i = t.free[len(t.free)-1]
		t.free = t.free[:len(t.free)-1]
		assert(t.array[i] == none, "Table.add/free", "a place on the free list is free")
		t.array[i] = e
	} else {
		i = uint64(len(t.array))
		trapIf(i > t.maxLength, "Table.add/full", "the table is full")
		t.array = append(t.array, e)
	}
	return i
}

//cabi:py Table.remove 25adde25
func (t *Table[E]) remove(i uint64) E {
	var none E
	e := t.get(i)
	t.array[i] = none
	t.free = append(t.free, i)
	return e
}
