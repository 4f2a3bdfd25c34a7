package model

// handlesWorld is two instances that make, use, drop and pass on handles of two resource types.
var handlesWorld = &World{
	Name: "handles",
	Doc: "Two instances and two resource types, both implemented by A. A makes handles and asks for the rep; A and B drop, " +
		"and pass own and borrow handles to each other, with every index that they were ever handed, 0, and one that they " +
		"never were, used as either type. Left out: destructors, async calls, waitables.",
	Instances: []Instance{{Name: "A"}, {Name: "B"}},
	Resources: []Resource{{Name: "R", Impl: "A"}, {Name: "S", Impl: "A"}},
	Funcs: []Func{
		{Name: "A.run"}, {Name: "B.run"},
		{Name: "A.take-R", Params: []string{"own<R>"}}, {Name: "A.see-R", Params: []string{"borrow<R>"}},
		{Name: "A.give-R", Results: []string{"own<R>"}},
		{Name: "B.take-R", Params: []string{"own<R>"}}, {Name: "B.take-S", Params: []string{"own<S>"}},
		{Name: "B.see-R", Params: []string{"borrow<R>"}}, {Name: "B.see-S", Params: []string{"borrow<S>"}},
		{Name: "B.give-R", Results: []string{"own<R>"}},
	},
	Imports: []Import{
		{Instance: "A", Func: "B.take-R"}, {Instance: "A", Func: "B.take-S"}, {Instance: "A", Func: "B.see-R"},
		{Instance: "A", Func: "B.see-S"}, {Instance: "A", Func: "B.give-R"},
		{Instance: "B", Func: "A.take-R"}, {Instance: "B", Func: "A.see-R"}, {Instance: "B", Func: "A.give-R"},
	},
	Menus: map[string][]string{
		"A": {"resource.new R", "resource.new S", "resource.rep R", "resource.rep S", "resource.drop R", "resource.drop S",
			"call B.take-R", "call B.take-S", "call B.see-R", "call B.see-S", "call B.give-R"},
		"B": {"resource.drop R", "resource.drop S",
			"call A.take-R", "call A.see-R", "call A.give-R"},
		Host: {"invoke A.run", "invoke B.run"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 8, Handles: 3},
}

// waitablesWorld is one instance with streams of two types, whose ends it puts into sets.
var waitablesWorld = &World{
	Name: "waitables",
	Doc: "One instance that makes streams of two types and waitable sets, reads and writes its own streams without blocking, " +
		"joins, polls and drops, with every index that it was ever handed, 0, and one that it never was, in every place. " +
		"Left out: what blocks, subtasks, futures, cancellation, other instances, buffers of other lengths than one.",
	Instances: []Instance{{Name: "A", Memory: 64}},
	Funcs:     []Func{{Name: "A.run"}},
	Menus: map[string][]string{
		"A": {"stream.new u8", "stream.new s8", "waitable-set.new", "waitable.join", "waitable-set.poll uncancellable",
			"waitable-set.drop", "stream.write u8 async", "stream.read u8 async", "stream.write s8 async", "stream.read s8 async",
			"stream.drop-readable u8", "stream.drop-writable u8", "stream.drop-readable s8", "stream.drop-writable s8"},
		Host: {"invoke A.run"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 5, Handles: 5},
}

// eventsWorld is one instance with streams of two types, one of which it copies and takes the events of.
var eventsWorld = &World{
	Name: "events",
	Doc: "One instance that makes streams of two types and a waitable set, reads and writes its own streams of one of them " +
		"without blocking, and takes the events of those that it put into the set. Indices are of the right class. Left out: " +
		"wrong indices, what blocks, subtasks, futures, dropping, other instances.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	Funcs:      []Func{{Name: "A.run"}},
	RightClass: true,
	Menus: map[string][]string{
		"A": {"stream.new u8", "stream.new u16", "waitable-set.new", "waitable.join", "waitable-set.poll uncancellable",
			"stream.write u8 async", "stream.read u8 async"},
		Host: {"invoke A.run"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 7, Handles: 5},
}

// futuresWorld is one instance with futures, both of whose ends it has.
var futuresWorld = &World{
	Name: "futures",
	Doc: "One instance that makes futures, reads, writes, cancels and drops both ends without blocking, with every index that it " +
		"was ever handed, 0, and one that it never was. Left out: what blocks, waitable sets, other instances.",
	Instances: []Instance{{Name: "A", Memory: 64}},
	Funcs:     []Func{{Name: "A.run"}},
	Menus: map[string][]string{
		"A": {"future.new u8", "future.read u8 async", "future.write u8 async", "future.cancel-read u8 async",
			"future.cancel-write u8 async", "future.drop-readable u8", "future.drop-writable u8"},
		Host: {"invoke A.run"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 8, Handles: 4},
}

// waitsWorld is one instance whose calls wait on a set until another call makes an event.
var waitsWorld = &World{
	Name: "waits",
	Doc: "One instance with a stackful async function, of which the host may make several calls: they wait on sets, read and " +
		"write a stream, and return; the host ticks. Indices are of the right class. Left out: cancellation, callbacks, " +
		"subtasks, other instances.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	Funcs:      []Func{{Name: "A.run", Async: true, Lift: "stackful"}},
	RightClass: true,
	Menus: map[string][]string{
		"A": {"stream.new u8", "waitable-set.new", "waitable.join", "waitable-set.wait uncancellable", "waitable-set.drop",
			"stream.write u8 async", "stream.read u8 async", "task.return ()"},
		Host: {"invoke A.run", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 9, Handles: 3},
}

// limitsWorld is two instances in which little fits.
var limitsWorld = &World{
	Name: "limits",
	Doc: "A makes streams until its table is full, copies with buffers that are too long, not aligned or not in its memory, passes text " +
		"and lists from such addresses to B, whose realloc returns such addresses, and returns what its function's type does not say. " +
		"Left out: wrong indices, what blocks, other encodings.",
	Instances: []Instance{{Name: "A", Memory: 32, Encoding: "utf16"}, {Name: "B", Memory: 32, Encoding: "utf16", Realloc: "guest"}},
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.text", Params: []string{"string"}}, {Name: "B.list", Params: []string{"list<u16>"}},
	},
	Imports:    []Import{{Instance: "A", Func: "B.text"}, {Instance: "A", Func: "B.list"}},
	Limits:     Limits{TableLength: 3, BufferLength: 8},
	RightClass: true,
	Addresses:  []uint64{0, 1, 32},
	Lengths:    []uint64{1, 9},
	Menus: map[string][]string{
		"A": {"stream.new u16", "stream.read u16 async", "stream.write u16 async", "stream.drop-readable u16", "call B.text", "call B.list",
			"task.return ()", "task.return (u32)"},
		"B":  {},
		Host: {},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 7},
}

// sharingWorld is one instance whose calls go on beside each other and share its tables.
var sharingWorld = &World{
	Name: "sharing",
	Doc: "One instance with a stackful async function, of which the host makes several calls: they make, use and drop resources, yield, and " +
		"return, with every index that the instance was ever handed, 0, and one that it never was. Left out: other instances and types, waitables.",
	Instances: []Instance{{Name: "A"}},
	Resources: []Resource{{Name: "R", Impl: "A"}},
	Funcs:     []Func{{Name: "A.run", Async: true, Lift: "stackful"}},
	Menus: map[string][]string{
		"A":  {"resource.new R", "resource.rep R", "resource.drop R", "thread.yield uncancellable", "task.return ()"},
		Host: {"invoke A.run", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 7, Handles: 2, Tasks: 2},
}
