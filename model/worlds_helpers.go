package model

// relendsWorld is an instance that lends to another, which lends on.
var relendsWorld = &World{
	Name: "relends",
	Doc: "A lends a resource to B, which lends what it borrows to C, in calls that may last; B drops what it borrows or does not, and returns. " +
		"Indices are of the right class. Left out: wrong indices, sets, cancellation, destructors.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}, {Name: "C", Memory: 64}},
	Resources:  []Resource{{Name: "R", Impl: "A"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.see", Params: []string{"borrow<R>"}, Async: true, Lift: "stackful"},
		{Name: "C.keep", Params: []string{"borrow<R>"}, Async: true, Lift: "stackful"},
	},
	Imports: []Import{{Instance: "A", Func: "B.see", Async: true}, {Instance: "B", Func: "C.keep", Async: true}},
	Menus: map[string][]string{
		"A":  {"resource.new R", "resource.drop R", "call B.see", "task.return ()"},
		"B":  {"call C.keep", "thread.yield uncancellable", "resource.drop R", "subtask.drop", "task.return ()"},
		"C":  {"thread.yield uncancellable", "resource.drop R", "task.return ()"},
		Host: {"tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 12, Handles: 5, Tasks: 3},
}

// helpersWorld is an instance whose realloc and post-return do whatever they can.
var helpersWorld = &World{
	Name: "helpers",
	Doc: "A makes a handle, a stream, a future, a set or a thread, has a call of B under way, and calls a function of B that returns text; then its realloc, " +
		"and the post-return of a function of its own, call every built-in and import. Indices are of the right class. Left out: text that is not empty.",
	Instances:  []Instance{{Name: "A", Memory: 64, Realloc: "guest"}, {Name: "B", Memory: 64}},
	Resources:  []Resource{{Name: "R", Impl: "A"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "A.text", Results: []string{"string"}, PostReturn: true},
		{Name: "B.text", Results: []string{"string"}}, {Name: "B.work", Async: true, Lift: "stackful"},
	},
	Imports: []Import{{Instance: "A", Func: "B.text"}, {Instance: "A", Func: "B.work", Async: true}},
	Menus: map[string][]string{
		"A.run": {"resource.new R", "stream.new u8", "future.new u8", "waitable-set.new", "error-context.new", "thread.new-indirect i32",
			"context.set i32", "call B.work", "call B.text", "task.return ()"},
		"A.text":   {"resource.new R", "stream.new u8", "future.new u8", "waitable-set.new", "thread.new-indirect i32"},
		"A.thread": {}, "A.realloc": helperMenu, "A.text.post-return": helperMenu,
		"B.work": {"thread.suspend uncancellable", "task.return ()"}, "B.text": {},
		Host: {"invoke A.run", "invoke A.text"},
	},
	Bounds: Bounds{Steps: 9, Handles: 2, Threads: 5, Tasks: 5},
}

// helperMenu is every built-in once, and the imports.
var helperMenu = []string{
	"resource.new R", "resource.drop R", "resource.rep R", "context.get i32", "context.set i32", "backpressure.inc", "backpressure.dec",
	"task.return ()", "task.cancel", "waitable-set.new", "waitable-set.wait uncancellable", "waitable-set.poll uncancellable",
	"waitable-set.drop", "waitable.join", "subtask.cancel async", "subtask.drop", "stream.new u8", "stream.read u8 async",
	"stream.write u8 async", "stream.cancel-read u8 async", "stream.cancel-write u8 async", "stream.drop-readable u8",
	"stream.drop-writable u8", "future.new u8", "future.read u8 async", "future.write u8 async", "future.cancel-read u8 async",
	"future.cancel-write u8 async", "future.drop-readable u8", "future.drop-writable u8", "thread.index", "thread.new-indirect i32",
	"thread.resume-later", "thread.suspend uncancellable", "thread.yield uncancellable", "thread.suspend-then-resume uncancellable",
	"thread.yield-then-resume uncancellable", "thread.suspend-then-promote uncancellable", "thread.yield-then-promote uncancellable",
	"error-context.new", "error-context.debug-message", "error-context.drop", "call B.text", "call B.work",
}
