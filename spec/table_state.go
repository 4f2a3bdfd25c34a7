// definitions.py, "Table State"

package spec

// An Element is what a table maps an index to: a resource handle, a waitable, a waitable set, an error context, a
// thread or a function.
type Element interface {
	// class is the element's own class, never ClassWaitable.
	class() Class
	// describe says what the element is, for people: "own handle of T".
	describe() string
}

// tableMaxLength is Table.MAX_LENGTH.
const tableMaxLength = 1<<28 - 1

// A Table maps indices to elements. Its array and free list are upstream's. Upstream's index of an element is its place in the
// array; here the numbering maps places to indices, and LIFO, the numbering of the pin, maps each place to itself.
//
//cabi:py Table 5d1c5932
type Table struct {
	array []Element // nil: free; the first is never used
	free  []uint64

	store     *Store
	key       TableKey
	numbering Numbering
	owners    map[uint64]*ComponentInstance // of the places of a table that instances share; nil: none does
}

//cabi:py Table.__init__ e29e9bdc
func newTable(s *Store, key TableKey, numbering Numbering) *Table {
	t := &Table{store: s, key: key, numbering: numbering}
	t.array = []Element{nil}
	t.free = nil
	return t
}

// all yields the elements in the order of their places.
//
//cabi:py Table.__iter__ 9af070d9
func (t *Table) all(yield func(Element) bool) {
	for _, e := range t.array {
		if e != nil {
			if !yield(e) {
				return
			}
		}
	}
}

// get returns the element at an index. A trap on the index prints the lookup.
//
//cabi:py Table.get 1b1910ab
func (t *Table) get(i uint64, at *lookup) Element {
	place := t.numbering.Place(i)
	at.trapIf(place >= uint64(len(t.array)), "Table.get/bounds", "the index is beyond the table")
	if place >= uint64(len(t.array)) {
		crash("Table.get", "IndexError", "list index out of range")
	}
	at.trapIf(t.array[place] == nil, "Table.get/empty", "the index names nothing")
	return t.array[place]
}

//cabi:py Table.add 3fe44d06
func (t *Table) add(e Element) uint64 {
	var place uint64
	if next := t.numbering.Next(t.free); next >= 0 {
		place = t.free[next]
		t.free = append(t.free[:next], t.free[next+1:]...)
		t.store.assert(t.array[place] == nil, "Table.add/free", "a place on the free list is free")
		t.array[place] = e
	} else {
		place = uint64(len(t.array))
		t.store.trapIf(place > t.store.options.Limits.TableLength, "Table.add/full", "the table is full")
		t.array = append(t.array, e)
	}
	return t.numbering.Issue(place)
}

//cabi:py Table.remove 25adde25
func (t *Table) remove(i uint64, at *lookup) Element {
	e := t.get(i, at)
	place := t.numbering.Place(i)
	t.array[place] = nil
	t.free = append(t.free, place)
	t.numbering.Retire(i)
	return e
}
