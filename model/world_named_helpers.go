package model

// relendsWorld is an instance that lends to another, which lends on.
var relendsWorld = &World{
	Name: "relends",
	Doc: "A lends a resource to B, which lends what it borrows to C, in calls that may last; B drops what it borrows or does not, passes it on as if it " +
		"owned it, and returns. Indices are of the right class. Left out: wrong indices, sets, cancellation, destructors.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}, {Name: "C", Memory: 64}},
	Resources:  []Resource{{Name: "R", Impl: "A"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.see", Params: []string{"borrow<R>"}, Async: true, Lift: "stackful"},
		{Name: "C.keep", Params: []string{"borrow<R>"}, Async: true, Lift: "stackful"}, {Name: "C.take", Params: []string{"own<R>"}},
	},
	Imports: []Import{
		{Instance: "A", Func: "B.see", Async: true}, {Instance: "B", Func: "C.keep", Async: true}, {Instance: "B", Func: "C.take"},
	},
	Menus: map[string][]string{
		"A":  {"resource.new R", "resource.drop R", "call B.see", "task.return ()"},
		"B":  {"call C.keep", "call C.take", "thread.yield uncancellable", "resource.drop R", "subtask.drop", "task.return ()"},
		"C":  {"thread.yield uncancellable", "resource.drop R", "task.return ()"},
		Host: {"tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 12, Handles: 5, Tasks: 3},
}

// pipesWorld is two instances with the two ends of a stream of own handles.
var pipesWorld = &World{
	Name: "pipes",
	Doc: "A makes a resource and a stream of own handles, passes the readable end to B and writes handles to the stream; B reads and drops. Indices are " +
		"of the right class. Left out: what blocks, cancellation, sets.",
	Instances:  []Instance{{Name: "A", Memory: 16}, {Name: "B", Memory: 16}},
	Resources:  []Resource{{Name: "R", Impl: "A"}},
	RightClass: true,
	Funcs:      []Func{{Name: "A.run"}, {Name: "B.run"}, {Name: "B.take", Params: []string{"stream<own<R>>"}}},
	Imports:    []Import{{Instance: "A", Func: "B.take"}},
	Menus: map[string][]string{
		"A":      {"resource.new R", "memory.store", "stream.new own<R>", "call B.take", "stream.write own<R> async"},
		"B.run":  {"stream.read own<R> async", "resource.drop R"},
		"B.take": {},
		Host:     {"invoke B.run"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 13, Handles: 3},
}

// aloneWorld is one instance that waits for its ends by themselves and in sets.
var aloneWorld = &World{
	Name: "alone",
	Doc: "One instance that makes a stream and a future and reads and writes both ends, blocking and not, puts them into a set, waits for that, and passes " +
		"the readable end of the stream to another; the host makes two calls and ticks. Indices are of the right class. Left out: cancellation, subtasks.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B"}},
	RightClass: true,
	Funcs:      []Func{{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.take", Params: []string{"stream<u8>"}}},
	Imports:    []Import{{Instance: "A", Func: "B.take"}},
	Menus: map[string][]string{
		"A": {"stream.new u8", "future.new u8", "waitable-set.new", "waitable.join", "waitable-set.wait uncancellable", "stream.read u8 sync",
			"stream.write u8 async", "future.read u8 sync", "future.write u8 async", "waitable-set.drop", "call B.take", "task.return ()"},
		"B":  {},
		Host: {"invoke A.run", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 9, Handles: 3, Tasks: 2},
}

// loopsWorld is one instance whose event loops have other threads beside them.
var loopsWorld = &World{
	Name: "loops",
	Doc: "One instance with a function that has a callback and makes a thread that suspends itself, one that is lifted sync and suspends itself, and one that " +
		"polls a set; the host calls, cancels and ticks. Indices are of the right class. Left out: wrong indices, other instances.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.react", Async: true, Lift: "callback"}, {Name: "A.block", Async: true}, {Name: "A.poll", Async: true, Lift: "stackful"},
	},
	Menus: map[string][]string{
		"A.react": {"thread.new-indirect i32", "thread.yield-then-resume uncancellable"}, "A.react.callback": {"task.return ()", "task.cancel"},
		"A.thread": {"thread.suspend cancellable", "task.cancel"}, "A.block": {"thread.suspend uncancellable"},
		"A.poll": {"waitable-set.new", "waitable-set.poll cancellable", "waitable-set.wait cancellable", "thread.yield uncancellable", "task.cancel"},
		Host:     {"invoke A.react", "invoke A.block", "invoke A.poll", "cancel", "tick"},
	},
	Bounds: Bounds{Steps: 12, Handles: 1, Threads: 3, Tasks: 2},
}

// promotesWorld is one instance whose threads hand over to others that may be ready.
var promotesWorld = &World{
	Name: "promotes",
	Doc: "One instance with a stackful function that makes a thread, switches to it, and hands over to it whether it is ready or not; the thread yields; the host " +
		"cancels, so that it takes effect later, and ticks. Left out: waitables, other instances.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs:      []Func{{Name: "A.run", Async: true, Lift: "stackful"}},
	Menus: map[string][]string{
		"A.run": {"thread.new-indirect i32", "thread.yield-then-resume uncancellable", "thread.suspend-then-promote cancellable",
			"thread.yield-then-promote cancellable", "task.return ()", "task.cancel"},
		"A.thread": {"thread.yield uncancellable", "thread.suspend-then-promote uncancellable"},
		Host:       {"cancel", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 12, Threads: 3, Tasks: 1},
}

// helpersWorld is an instance whose realloc and post-return do whatever they can.
var helpersWorld = &World{
	Name: "helpers",
	Doc: "A makes a handle, a stream, a future, a set or a thread, has a call of B under way, and calls a function of B that returns text; then its realloc, " +
		"and the post-return of a function of its own, call every built-in and import. Indices are of the right class. Left out: text that is not empty.",
	Instances:  []Instance{{Name: "A", Memory: 64, Realloc: "guest"}, {Name: "B", Memory: 64}},
	Resources:  []Resource{{Name: "R", Impl: "A"}, {Name: "S", Impl: "B"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "A.see", Params: []string{"borrow<S>"}},
		{Name: "A.text", Results: []string{"string"}, PostReturn: true},
		{Name: "B.text", Results: []string{"string"}}, {Name: "B.work", Async: true, Lift: "stackful"},
	},
	Imports: []Import{{Instance: "A", Func: "B.text"}, {Instance: "A", Func: "B.work", Async: true}},
	Menus: map[string][]string{
		"A.run": {"resource.new R", "stream.new u8", "future.new u8", "waitable-set.new", "error-context.new", "thread.new-indirect i32",
			"context.set i32", "call B.work", "call B.text", "task.return ()", "task.return-other ()"},
		"A.text":   {"resource.new R", "stream.new u8", "future.new u8", "waitable-set.new", "thread.new-indirect i32"},
		"A.thread": {}, "A.realloc": helperMenu, "A.text.post-return": helperMenu,
		"A.see":  {"call B.text"},
		"B.work": {"thread.suspend uncancellable", "task.return ()"}, "B.text": {},
		Host: {"invoke A.run", "invoke A.see", "invoke A.text"},
	},
	Bounds: Bounds{Steps: 9, Handles: 2, Threads: 5, Tasks: 5},
}

// helperCallsWorld is an instance whose realloc meddles with its calls.
var helperCallsWorld = &World{
	Name: "helper-calls",
	Doc: "A calls an async function of B, cancels it, and calls one that returns text; then its realloc cancels and drops the subtask. Indices are of the right " +
		"class. Left out: everything else that realloc may do (helpers).",
	Instances:  []Instance{{Name: "A", Memory: 64, Realloc: "guest"}, {Name: "B", Memory: 64}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.text", Results: []string{"string"}}, {Name: "B.work", Async: true, Lift: "stackful"},
	},
	Imports: []Import{{Instance: "A", Func: "B.text"}, {Instance: "A", Func: "B.work", Async: true}},
	Menus: map[string][]string{
		"A.run":     {"call B.work", "subtask.cancel async", "call B.text"},
		"A.realloc": {"subtask.cancel async", "subtask.drop"},
		"B.work":    {"thread.suspend cancellable", "task.cancel"}, "B.text": {},
		Host: {},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 12, Handles: 1, Tasks: 4},
}

// helperMenu is every built-in once, and the imports.
var helperMenu = []string{
	"resource.new R", "resource.drop R", "resource.drop S", "resource.rep R", "context.get i32", "context.set i32", "backpressure.inc", "backpressure.dec",
	"task.return ()", "task.cancel", "waitable-set.new", "waitable-set.wait uncancellable", "waitable-set.poll uncancellable",
	"waitable-set.drop", "waitable.join", "subtask.cancel async", "subtask.drop", "stream.new u8", "stream.read u8 async",
	"stream.write u8 async", "stream.cancel-read u8 async", "stream.cancel-write u8 async", "stream.drop-readable u8",
	"stream.drop-writable u8", "future.new u8", "future.read u8 async", "future.write u8 async", "future.cancel-read u8 async",
	"future.cancel-write u8 async", "future.drop-readable u8", "future.drop-writable u8", "thread.index", "thread.new-indirect i32",
	"thread.resume-later", "thread.suspend uncancellable", "thread.yield uncancellable", "thread.suspend-then-resume uncancellable",
	"thread.yield-then-resume uncancellable", "thread.suspend-then-promote uncancellable", "thread.yield-then-promote uncancellable",
	"error-context.new", "error-context.debug-message", "error-context.drop", "call B.text", "call B.work",
}
