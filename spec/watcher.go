// Not upstream's: what a store reports of its tables while it runs.

package spec

// A Watcher is told what happens to the tables of a store, so that properties need not trust the store's own books.
type Watcher interface {
	// Issued tells that e got an index in the table key of inst.
	Issued(inst *ComponentInstance, key TableKey, index uint64, e Element)
	// Retired tells that the index of e was freed.
	Retired(inst *ComponentInstance, key TableKey, index uint64, e Element)
	// Sought tells that a built-in that wants want is about to look an index up.
	Sought(inst *ComponentInstance, want Expected, index uint64)
	// Found tells that a built-in that wants want found e at an index. It has not checked yet that e is what it wants.
	Found(inst *ComponentInstance, want Expected, index uint64, e Element)
	// Delivered tells that inst is handed an event of e, an element of a set, under an index.
	Delivered(inst *ComponentInstance, code EventCode, index uint64, e Element)
}
