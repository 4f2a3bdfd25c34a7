package model

// everythingWorld has every built-in and every kind of callee.
var everythingWorld = &World{
	Name: "everything",
	Doc: "Every built-in and every kind of callee: a parent P with a child C, siblings A and B, the host with functions, streams and " +
		"futures of its own; sync, stackful and callback functions, destructors, threads; text between memories and encodings, realloc by a guest. Too big to " +
		"exhaust: for random walks. Left out: text that is longer than a character, lists (the differential has them).",
	Random: true,
	Instances: []Instance{
		{Name: "A", Memory: 64, Encoding: "latin1+utf16"}, {Name: "B", Memory: 64}, {Name: "P", Memory: 64, Realloc: "guest"},
		{Name: "C", Parent: "P", Memory: 64}, {Name: "D", Memory: 64, Memory64: true, Encoding: "latin1+utf16"},
	},
	Resources: []Resource{{Name: "R", Impl: "B", Dtor: true}},
	Lengths:   []uint64{0, 1, 2},
	Pointers:  []uint64{8, 8, 8, 8, 8, 8, 8, 2, 64},
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "A.react", Async: true, Lift: "callback"}, {Name: "A.sync"},
		{Name: "A.give", Results: []string{"stream<u8>"}},
		{Name: "B.work", Async: true, Lift: "stackful"}, {Name: "B.react", Async: true, Lift: "callback"},
		{Name: "B.block", Async: true}, {Name: "B.sync", Results: []string{"own<R>"}, PostReturn: true},
		{Name: "B.see", Params: []string{"borrow<R>"}, Async: true, Lift: "stackful"},
		{Name: "B.take", Params: []string{"stream<u8>"}}, {Name: "B.promise", Params: []string{"future<u8>"}, Async: true, Lift: "stackful"},
		{Name: "B.pipe", Params: []string{"stream<own<R>>"}}, {Name: "B.option", Params: []string{"option<f32>"}},
		{Name: "P.run", Async: true, Lift: "stackful"}, {Name: "P.back"}, {Name: "P.later", Async: true, Lift: "stackful"},
		{Name: "C.in"}, {Name: "C.wait", Async: true, Lift: "stackful"},
		{Name: "B.text", Results: []string{"string"}, Async: true, Lift: "stackful"}, {Name: "D.text", Params: []string{"string"}},
		{Name: "host.now"}, {Name: "host.later", Async: true}, {Name: "host.stream", Results: []string{"stream<u8>"}},
	},
	Imports: []Import{
		{Instance: "A", Func: "B.work", Async: true}, {Instance: "A", Func: "B.react", Async: true},
		{Instance: "A", Func: "B.block"}, {Instance: "A", Func: "B.sync"}, {Instance: "A", Func: "B.see", Async: true},
		{Instance: "A", Func: "B.take"}, {Instance: "A", Func: "B.promise", Async: true}, {Instance: "A", Func: "B.pipe"},
		{Instance: "A", Func: "D.text"}, {Instance: "P", Func: "B.text", Async: true},
		{Instance: "A", Func: "host.now"}, {Instance: "A", Func: "host.later", Async: true}, {Instance: "A", Func: "host.stream"},
		{Instance: "P", Func: "C.in"}, {Instance: "P", Func: "C.wait", Async: true}, {Instance: "P", Func: "B.work", Async: true},
		{Instance: "C", Func: "P.back"}, {Instance: "C", Func: "P.later", Async: true}, {Instance: "C", Func: "B.work"},
	},
	Menus: map[string][]string{
		"A": append([]string{"call B.work", "call B.react", "call B.block", "call B.sync", "call B.see", "call B.take", "call B.promise",
			"call B.pipe", "call D.text", "call host.now", "call host.later", "call host.stream", "resource.drop R", "memory.store",
			"stream.new own<R>", "stream.write own<R> async", "throw", "stream.new flags{a}", "stream.read flags{a} async"}, everyBuiltin...),
		"B": append([]string{"resource.new R", "resource.drop R", "resource.rep R", "stream.read own<R> async",
			"stream.drop-readable own<R>", "task.return (string)"}, everyBuiltin...),
		"P":         append([]string{"call C.in", "call C.wait", "call B.work", "call B.text"}, everyBuiltin...),
		"P.realloc": {"call C.in", "thread.index"},
		"D":         {"thread.yield uncancellable"},
		"C":         append([]string{"call P.back", "call P.later", "call B.work"}, everyBuiltin...),
		Host: {"invoke A.run", "invoke A.react", "invoke A.sync", "invoke A.give", "invoke B.work", "invoke B.react", "invoke B.block", "invoke B.take",
			"invoke B.promise", "invoke B.option", "invoke P.run", "invoke C.in", "invoke C.wait", "cancel", "tick", "tick", "tick", "host.start", "host.resolve",
			"host.resolve-cancelled", "shared.read", "shared.write", "shared.cancel", "shared.drop", "shared.reclaim", "shared.copy",
			"shared.done"},
	},
	Bounds: Bounds{Handles: 12, Threads: 8, Tasks: 6},
}

// everyBuiltin is the built-ins that need nothing of the world but one type of streams and futures.
var everyBuiltin = []string{
	"context.get i32", "context.set i32", "backpressure.inc", "backpressure.dec", "task.return ()", "task.cancel",
	"waitable-set.new", "waitable-set.wait cancellable", "waitable-set.wait uncancellable", "waitable-set.poll cancellable",
	"waitable-set.poll uncancellable", "waitable-set.drop", "waitable.join", "subtask.cancel async", "subtask.cancel sync",
	"subtask.drop", "stream.new u8", "stream.read u8 async", "stream.read u8 sync", "stream.write u8 async", "stream.write u8 sync",
	"stream.cancel-read u8 async", "stream.cancel-read u8 sync", "stream.cancel-write u8 async", "stream.cancel-write u8 sync",
	"stream.drop-readable u8", "stream.drop-writable u8", "future.new u8", "future.read u8 async", "future.read u8 sync",
	"future.write u8 async", "future.write u8 sync", "future.cancel-read u8 async", "future.cancel-read u8 sync",
	"future.cancel-write u8 async", "future.cancel-write u8 sync", "future.drop-readable u8", "future.drop-writable u8",
	"thread.index", "thread.new-indirect i32", "thread.resume-later", "thread.suspend cancellable", "thread.suspend uncancellable",
	"thread.yield cancellable", "thread.yield uncancellable", "thread.suspend-then-resume cancellable",
	"thread.yield-then-resume cancellable", "thread.suspend-then-promote cancellable", "thread.yield-then-promote cancellable",
	"error-context.new", "error-context.debug-message", "error-context.drop",
}
