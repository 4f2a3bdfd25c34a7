// Not upstream's: numberings of handles beside the pin's: component-model#395.

package spec

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

var perTypeRandomVariant = &Variant{
	Name:      "per-type-random",
	Layout:    perType{},
	Numbering: func(ts *Tables, _ TableKey) Numbering { return &random{ts: ts} },
	Says:      "as per-type; the index is drawn among those that nothing in the same table has",
	Origin:    `component-model#395, the opening post: "a random, but unique, index per resource type"`,
}

var instanceRandomVariant = &Variant{
	Name:      "instance-random",
	Layout:    perType{},
	Numbering: func(ts *Tables, _ TableKey) Numbering { return &random{ts: ts, inInstance: true} },
	Says:      "as per-type; the index is drawn among those that nothing in the instance has",
	Origin:    "a host may do so under the opening proposal of component-model#395, which does not demand it",
}

// random draws an index that is not in use.
type random struct {
	drawn
	ts         *Tables
	inInstance bool // no table of the instance uses the index; false: the index may be in use in another table
}

// Issue draws among the unused indices up to the limit.
func (n *random) Issue(place uint64) uint64 {
	used := n.used()
	s, most := n.ts.inst.store, n.ts.inst.store.options.Limits.RandomIndices
	s.trapIf(uint64(len(used)) >= most, "variant/no-index-left", "every index is in use")
	i := 1 + uint64(s.choose("variant/random-index", int(most)-len(used)))
	for _, u := range used {
		if u <= i {
			i++
		}
	}
	return n.name(place, i)
}

// used are the indices that must not be drawn, in ascending order.
func (n *random) used() []uint64 {
	used := slices.Collect(maps.Keys(n.places))
	if n.inInstance {
		used = nil
		for _, t := range *n.ts.tables {
			used = slices.AppendSeq(used, maps.Keys(t.numbering.(*random).places))
		}
	}
	slices.Sort(used)
	return used
}

var singleSequentialVariant = &Variant{
	Name:      "single-sequential",
	Layout:    singleTable{},
	Numbering: func(*Tables, TableKey) Numbering { return sequential{} },
	Says:      "one table; indices count up and are never used again",
	Origin:    "component-model#395: random indices may as well be sequential",
}

// sequential never uses a free place.
type sequential struct{ LIFO }

func (sequential) Next([]uint64) int { return -1 }

var perTypeDisjointVariant = &Variant{
	Name:      "per-type-disjoint",
	Layout:    perType{},
	Numbering: func(_ *Tables, key TableKey) Numbering { return disjoint(rangeOf(key)) },
	Says:      "as per-type, each table with a range of indices of its own; LIFO",
	Origin:    "component-model#395: a mode for debugging that deviates",
}

// disjoint is the number of a table's range of indices: an index is that number times rangeLength, plus the place.
type disjoint uint64

const rangeLength = 1 << 20

// rangeOf is the number of a table's range. It depends on nothing but the table's key, so that an index depends on the history of
// its own table alone.
func rangeOf(key TableKey) uint64 {
	if key.Resource != nil {
		return uint64(ClassCoreFuncRef) + key.Resource.serial
	}
	return uint64(key.Class)
}

func (n disjoint) base() uint64 { return uint64(n) * rangeLength }

func (disjoint) Next(free []uint64) int      { return len(free) - 1 }
func (n disjoint) Issue(place uint64) uint64 { return n.base() + place }
func (n disjoint) Index(place uint64) uint64 { return n.base() + place }
func (n disjoint) Place(index uint64) uint64 { return index - n.base() }
func (disjoint) Retire(uint64)               {}
func (disjoint) String() string              { return "" }

var singleGenerationalVariant = &Variant{
	Name:      "single-generational",
	Layout:    singleTable{},
	Numbering: func(*Tables, TableKey) Numbering { return &generational{} },
	Says:      "one table; an index is a place, used LIFO, and how often that was used before, modulo 256",
	Origin:    "an answer to the reuse of stale indices",
}

// generational keeps how often each place was used before.
type generational struct {
	LIFO
	generations []uint64
}

func (n *generational) Issue(place uint64) uint64 {
	n.generations = append(n.generations, make([]uint64, max(0, int(place)+1-len(n.generations)))...)
	return n.Index(place)
}

func (n *generational) Index(place uint64) uint64 { return n.generations[place]*rangeLength + place }

// Place is that of an index of the present generation.
func (n *generational) Place(index uint64) uint64 {
	place := index % rangeLength
	if place >= uint64(len(n.generations)) || n.generations[place] != index/rangeLength {
		return math.MaxUint64
	}
	return place
}

func (n *generational) Retire(index uint64) {
	n.generations[index%rangeLength] = (index/rangeLength + 1) % 256
}

func (n *generational) String() string { return fmt.Sprint(" generations=", n.generations) }

// drawn keeps the index of each place and the place of each index, for a numbering that cannot compute one from the other.
type drawn struct {
	LIFO
	indices, places map[uint64]uint64
}

// name gives a place an index.
func (n *drawn) name(place, index uint64) uint64 {
	if n.indices == nil {
		n.indices, n.places = map[uint64]uint64{}, map[uint64]uint64{}
	}
	n.indices[place], n.places[index] = index, place
	return index
}

// Index is the index that the place was given.
func (n *drawn) Index(place uint64) uint64 { return n.indices[place] }

// Place is the place that was given the index, or one beyond every table.
func (n *drawn) Place(index uint64) uint64 {
	if place, ok := n.places[index]; ok {
		return place
	}
	return math.MaxUint64
}

// Retire frees an index.
func (n *drawn) Retire(index uint64) {
	delete(n.indices, n.places[index])
	delete(n.places, index)
}

func (n *drawn) String() string { return fmt.Sprint(" indices=", n.indices) }
