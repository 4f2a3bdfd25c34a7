// Not upstream's: a table of a variant that belongs to no instance, to compare indices with.

package spec

// A ShadowTable is a table that belongs to no instance of the run. It shows which index an element would get if only the
// operations on its own table counted.
type ShadowTable struct {
	inst  *ComponentInstance
	table *Table
	elem  Element
}

// NewShadowTable makes an empty table with the numbering of an instance's table key. Its choices are the first.
func NewShadowTable(inst *ComponentInstance, key TableKey) *ShadowTable {
	of := inst.store.options
	s := NewStore(Options{Variant: of.Variant, Limits: of.Limits, Without: of.Without})
	shadow := NewComponentInstance(s, nil)
	ts := newTables(shadow)
	t := newTable(s, key, ts.numbering(key))
	*ts.tables = append(*ts.tables, t)
	return &ShadowTable{shadow, t, &WaitableSet{}}
}

// Add returns the index of a new element.
func (t *ShadowTable) Add() uint64 { return t.table.add(t.elem) }

// Remove frees an index.
func (t *ShadowTable) Remove(i uint64) { t.table.remove(i, &lookup{inst: t.inst, index: i}) }

// Draws reports whether the table's numbering draws indices through the choices.
func (t *ShadowTable) Draws() bool {
	_, draws := t.table.numbering.(*random)
	return draws
}
