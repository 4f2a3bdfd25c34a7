// Not upstream's: a handle table that is put into any state, reachable or not, for proofs by induction.

package spec

// An AnyTable is the table of handles of an instance with nothing around it. It can be put into any state, also into one that no
// sequence of operations reaches, and has the specification's own functions change it. Its elements are waitable sets with numbers from 1:
// a table does not look into its elements.
type AnyTable struct {
	inst     *ComponentInstance
	elements map[Element]int
	numbered []Element // the element of each number; the first is nil
}

// NewAnyTable makes an empty table, as a new instance has it under the pin's variant, with some traps and asserts switched off.
func NewAnyTable(without map[Site]bool) *AnyTable {
	s := NewStore(Options{Without: without})
	t := &AnyTable{inst: NewComponentInstance(s, nil), elements: map[Element]int{}, numbered: []Element{nil}}
	*t.inst.handles.tables = append(*t.inst.handles.tables, newTable(s, TableKey{}, t.inst.handles.numbering(TableKey{})))
	return t
}

func (t *AnyTable) table() *Table { return (*t.inst.handles.tables)[0] }

// Instance is the instance whose table it is.
func (t *AnyTable) Instance() *ComponentInstance { return t.inst }

// Put puts the table into a state: the number of the element at each place, 0 for none; the free list; the most places after the first.
func (t *AnyTable) Put(array []int, free []uint64, limit uint64) {
	own := t.table()
	own.array, own.free = own.array[:0], append(own.free[:0], free...)
	for _, n := range array {
		own.array = append(own.array, t.element(n))
	}
	t.inst.store.options.Limits.TableLength = limit
}

// State appends the numbers of the elements at the places to array, and the free list to free.
func (t *AnyTable) State(array []int, free []uint64) ([]int, []uint64) {
	for _, e := range t.table().array {
		array = append(array, t.elements[e])
	}
	return array, append(free, t.table().free...)
}

// element is the element of a number; nil: the number is 0.
func (t *AnyTable) element(n int) Element {
	for len(t.numbered) <= n {
		e := newWaitableSet(t.inst.store)
		t.elements[e] = len(t.numbered)
		t.numbered = append(t.numbered, e)
	}
	return t.numbered[n]
}

// Add puts an element into the table, and returns its index.
func (t *AnyTable) Add(n int) uint64 { return t.inst.handles.add(t.element(n)) }

// Get returns the number of the element at an index.
func (t *AnyTable) Get(i uint64) int { return t.elements[t.inst.handles.get(i, wantWaitableSet).found] }

// Remove is Get, and removes the element.
func (t *AnyTable) Remove(i uint64) int {
	return t.elements[t.inst.handles.remove(i, wantWaitableSet).found]
}

// Number is the number of an element.
func (t *AnyTable) Number(e Element) int { return t.elements[e] }
