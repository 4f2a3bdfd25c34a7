// Not upstream's: what a store reports of its tables while it runs.

package spec

// A Watcher is notified of what happens to the tables of a store, so that properties can compare it with what the store records.
type Watcher interface {
	// Issued: e got an index in the table key of inst.
	Issued(inst *ComponentInstance, key TableKey, index uint64, e Element)
	// Retired: the index of e was freed.
	Retired(inst *ComponentInstance, key TableKey, index uint64, e Element)
	// Sought: a built-in that expects want is about to look an index up.
	Sought(inst *ComponentInstance, want Expected, index uint64)
	// Found: a built-in that expects want found e at an index. It has not checked yet that e is what it expects.
	Found(inst *ComponentInstance, want Expected, index uint64, e Element)
	// Delivered: an event of e, an element of a set, is delivered to inst, with the index that the event names.
	Delivered(inst *ComponentInstance, code EventCode, index uint64, e Element)
}
