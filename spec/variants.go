// Not upstream's: variants, the ways to number handles, and those of the pin.

package spec

// A Variant is a way to number handles: which table an element lives in, and which index it gets there.
type Variant struct {
	Name      string
	Layout    Layout
	Numbering func(ts *Tables, key TableKey) Numbering // makes the numbering of an instance's table
	Says      string                                   // a description in a line
	Origin    string                                   // which version or proposal has it
	// Shared: the tables are the store's, and an instance reaches only the elements that are its own. False: each
	// instance has tables of its own.
	Shared bool
}

// SingleTable is the pin's: one table an instance for everything but threads.
var SingleTable = &Variant{
	Name:      "single-table",
	Layout:    singleTable{},
	Numbering: lifo,
	Says:      "one table an instance for all but threads; the index freed last is used first",
	Origin:    "the pin: cdbf5cc (2025-05-05), threads apart from 5f49720 (2026-01-27)",
}

// PerType is the pin's predecessor before a64b04e: a table for each resource type, one for waitables, one for waitable sets, one for
// error contexts.
var PerType = &Variant{
	Name:      "per-type",
	Layout:    perType{},
	Numbering: lifo,
	Says:      "a table for each resource type, for waitables, for waitable sets, for error contexts; LIFO",
	Origin:    "before a64b04e (2024-12-04); the question of component-model#395",
}

// Variants are all variants, the default first. Those that are not in this file are in variant_layouts.go and
// variant_numberings.go.
var Variants = []*Variant{
	SingleTable, PerType, resourceTableVariant, singleTableThreadsVariant, perTypeRandomVariant, instanceRandomVariant,
	singleSequentialVariant, perTypeDisjointVariant, perPayloadTypeVariant, storeWideVariant, singleGenerationalVariant,
}

// VariantByName finds a variant; nil if there is none of that name.
func VariantByName(name string) *Variant {
	for _, v := range Variants {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// A TableKey says which of an instance's tables is meant. Its fields are in the order of Expected's, for the same reason.
type TableKey struct {
	Class    Class // ClassNone: the table of all classes that have no table of their own
	Typed    bool
	Resource *ResourceType
	Payload  ValType
}

func (k TableKey) equal(other TableKey) bool {
	return k.Class == other.Class && k.Resource == other.Resource && k.Typed == other.Typed && typesEqual(k.Payload, other.Payload)
}

// A Layout says which table an element lives in, and where an index is to be looked up.
type Layout interface {
	// Key is the table of an element of the class and type of want.
	Key(want Expected) TableKey
	// Holds reports whether a built-in that expects want looks in the table k.
	Holds(k TableKey, want Expected) bool
}

// singleTable keeps everything but threads together.
type singleTable struct{}

func (singleTable) Key(want Expected) TableKey {
	if want.Class == ClassThread {
		return TableKey{Class: ClassThread}
	}
	return TableKey{}
}

func (l singleTable) Holds(k TableKey, want Expected) bool { return k == l.Key(want) }

// perType has a table for each resource type, one for waitables, and one for each other class.
type perType struct{}

func (perType) Key(want Expected) TableKey {
	if want.Class.Waitable() {
		return TableKey{Class: ClassWaitable}
	}
	return TableKey{Class: want.Class, Resource: want.Resource}
}

func (l perType) Holds(k TableKey, want Expected) bool { return k == l.Key(want) }

// A Numbering says which index an element gets: it maps the places of one table's array to indices and back.
type Numbering interface {
	// Next is the position in free of the place to use, or -1 for a new one.
	Next(free []uint64) int
	// Issue names a place for an element that has just been put there.
	Issue(place uint64) uint64
	// Place is where the element of an index is, or was; an index that was never issued gives a place that is empty
	// or beyond the array.
	Place(index uint64) uint64
	// Index is the index of the element at a place.
	Index(place uint64) uint64
	// Retire is called when the element of an index was removed.
	Retire(index uint64)
	// String is the state of the numbering that is not in the array and the free list, for printed states; usually empty.
	String() string
}

// LIFO is upstream's numbering: the index is the place, and the place freed last is used first.
type LIFO struct{}

func lifo(*Tables, TableKey) Numbering { return LIFO{} }

// Next takes the last of free.
func (LIFO) Next(free []uint64) int { return len(free) - 1 }

// Issue returns the place.
func (LIFO) Issue(place uint64) uint64 { return place }

// Place returns the index.
func (LIFO) Place(index uint64) uint64 { return index }

// Index returns the place.
func (LIFO) Index(place uint64) uint64 { return place }

// Retire does nothing.
func (LIFO) Retire(uint64) {}
