package model

// streamsWorld is two instances with the two ends of streams.
var streamsWorld = &World{
	Name: "streams",
	Doc: "A makes a stream and passes the readable end to B; they read, write, cancel and drop, without blocking and blocking, with " +
		"buffers of no, one and two elements. Indices are of the right class. Left out: wrong indices, sets (worlds events, " +
		"callbacks), the host's streams (host-streams), payloads that are handles (transfers).",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
	RightClass: true,
	Lengths:    []uint64{0, 1, 2},
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.run", Async: true, Lift: "stackful"},
		{Name: "B.take", Params: []string{"stream<u8>"}},
	},
	Imports: []Import{{Instance: "A", Func: "B.take"}},
	Menus: map[string][]string{
		"A": {"stream.new u8", "call B.take", "stream.write u8 async", "stream.write u8 sync", "stream.cancel-write u8 async",
			"stream.drop-writable u8", "thread.suspend cancellable"},
		"B.run": {"stream.read u8 async", "stream.read u8 sync", "stream.cancel-read u8 async", "stream.cancel-read u8 sync",
			"stream.drop-readable u8", "thread.suspend cancellable"},
		"B.take": {},
		Host:     {"invoke B.run", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 18, Handles: 2, Tasks: 3},
}

// hostStreamsWorld is one instance and the host with the ends of a stream or future.
var hostStreamsWorld = &World{
	Name: "host-streams",
	Doc: "The host passes the readable end of a stream or a future to A, one of its own making or one that it implements; A reads, " +
		"cancels and drops, waits in a set; the host writes, completes, cancels and drops. Left out: guests at both ends.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.stream", Params: []string{"stream<u8>"}, Async: true, Lift: "stackful"},
		{Name: "A.future", Params: []string{"future<u8>"}, Async: true, Lift: "stackful"},
	},
	Menus: map[string][]string{
		"A": {"stream.read u8 async", "stream.read u8 sync", "stream.cancel-read u8 async", "stream.cancel-read u8 sync",
			"stream.drop-readable u8", "future.read u8 async", "future.cancel-read u8 async", "future.drop-readable u8",
			"waitable-set.new", "waitable.join", "waitable-set.wait uncancellable", "task.return ()"},
		Host: {"invoke A.stream", "invoke A.future", "shared.write", "shared.cancel", "shared.drop", "shared.reclaim", "shared.copy",
			"shared.done", "tick"},
	},
	Bounds: Bounds{Steps: 11, Handles: 2, Tasks: 1},
}

// hostReadsWorld is one instance that gives streams and futures to the host.
var hostReadsWorld = &World{
	Name: "host-reads",
	Doc: "A makes a stream or a future and returns the readable end to the host, and keeps the writable one: the host reads, cancels, " +
		"reclaims and drops; A writes, cancels and drops in later calls. Left out: guests at both ends, sets.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Lengths:    []uint64{0, 1, 2},
	Funcs: []Func{
		{Name: "A.stream", Results: []string{"stream<u8>"}}, {Name: "A.future", Results: []string{"future<u8>"}},
		{Name: "A.run", Async: true, Lift: "stackful"},
	},
	Menus: map[string][]string{
		"A.stream": {"stream.new u8"},
		"A.future": {"future.new u8"},
		"A.run": {"stream.write u8 async", "stream.write u8 sync", "stream.cancel-write u8 async", "stream.cancel-write u8 sync",
			"stream.drop-writable u8", "future.write u8 async", "future.write u8 sync", "future.cancel-write u8 async",
			"future.drop-writable u8", "task.return ()"},
		Host: {"invoke A.stream", "invoke A.future", "invoke A.run", "shared.read", "shared.cancel", "shared.drop", "shared.reclaim", "tick"},
	},
	Bounds: Bounds{Steps: 13, Handles: 2, Tasks: 2},
}

// hostCallsWorld is one instance that calls functions of the host.
var hostCallsWorld = &World{
	Name: "host-calls",
	Doc: "A calls functions of the host, sync ones and async ones that the host starts, resolves and answers to being cancelled when it " +
		"likes, while it is called or later; A waits for, cancels and drops the subtasks. Left out: values, other guests.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "host.now"}, {Name: "host.later", Async: true},
	},
	Imports: []Import{{Instance: "A", Func: "host.now"}, {Instance: "A", Func: "host.later", Async: true}},
	Menus: map[string][]string{
		"A": {"call host.now", "call host.later", "waitable-set.new", "waitable.join", "waitable-set.wait uncancellable",
			"waitable-set.poll uncancellable", "waitable-set.drop", "subtask.cancel async", "subtask.cancel sync", "subtask.drop",
			"task.return ()", "throw"},
		Host: {"host.start", "host.resolve", "host.resolve-cancelled", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 13, Handles: 2, Tasks: 2},
}

// transfersWorld is instances that pass ends of streams and futures on, and handles through streams.
var transfersWorld = &World{
	Name: "transfers",
	Doc: "A makes streams of own handles and futures, writes handles to them, passes the readable ends to B, and B passes a future's " +
		"on to the host or back; both drop what they have at any moment. Indices are of the right class. Left out: what blocks, " +
		"cancellation, sets.",
	Instances:  []Instance{{Name: "A", Memory: 16}, {Name: "B", Memory: 16}},
	Resources:  []Resource{{Name: "R", Impl: "A"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run"}, {Name: "B.run"}, {Name: "B.take-stream", Params: []string{"stream<own<R>>"}},
		{Name: "B.take-future", Params: []string{"future<u8>"}}, {Name: "B.give-future", Results: []string{"future<u8>"}},
	},
	Imports: []Import{{Instance: "A", Func: "B.take-stream"}, {Instance: "A", Func: "B.take-future"}, {Instance: "A", Func: "B.give-future"}},
	Menus: map[string][]string{
		"A": {"resource.new R", "memory.store", "stream.new own<R>", "stream.write own<R> async", "stream.drop-writable own<R>",
			"call B.take-stream", "future.new u8", "future.write u8 async", "future.read u8 async", "call B.take-future", "call B.give-future"},
		"B.run": {"stream.read own<R> async", "stream.drop-readable own<R>", "resource.drop R", "future.read u8 async",
			"future.drop-readable u8"},
		"B.take-stream": {}, "B.take-future": {"future.read u8 async"}, "B.give-future": {},
		Host: {"invoke A.run", "invoke B.run"},
	},
	Bounds: Bounds{Steps: 11, Handles: 4},
}

// errorContextsWorld is two instances that make and pass error contexts.
var errorContextsWorld = &World{
	Name: "error-contexts",
	Doc: "A and B make error contexts, ask for their messages, pass them to each other and drop them, with every index that they " +
		"were ever handed, 0, and one that they never were. Left out: messages that are not empty, streams of error contexts.",
	Instances: []Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
	Funcs: []Func{
		{Name: "A.run"}, {Name: "B.take", Params: []string{"error-context"}}, {Name: "B.give", Results: []string{"error-context"}},
	},
	Imports: []Import{{Instance: "A", Func: "B.take"}, {Instance: "A", Func: "B.give"}},
	Menus: map[string][]string{
		"A":  {"error-context.new", "error-context.debug-message", "error-context.drop", "call B.take", "call B.give"},
		"B":  {"error-context.new", "error-context.debug-message", "error-context.drop"},
		Host: {"invoke A.run"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 6, Handles: 3},
}
