package model

// borrowsWorld is two instances that lend to each other, in sync calls and in async ones that last.
var borrowsWorld = &World{
	Name: "borrows",
	Doc: "A makes a resource, lends it to B in sync calls and in async ones that may wait, asks for its rep, passes it on, " +
		"drops it; B drops what it borrows or does not, returns; A takes the subtasks' events, cancels and drops them. Indices are of " +
		"the right class. Left out: wrong indices, destructors.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
	Resources:  []Resource{{Name: "R", Impl: "A"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"},
		{Name: "B.see", Params: []string{"borrow<R>"}},
		{Name: "B.keep", Params: []string{"borrow<R>"}, Async: true, Lift: "stackful"},
		{Name: "B.take", Params: []string{"own<R>"}},
	},
	Imports: []Import{
		{Instance: "A", Func: "B.see"}, {Instance: "A", Func: "B.keep", Async: true}, {Instance: "A", Func: "B.take"},
	},
	Menus: map[string][]string{
		"A": {"resource.new R", "resource.drop R", "resource.rep R", "call B.see", "call B.keep", "call B.take",
			"waitable-set.new", "waitable.join", "waitable-set.wait uncancellable", "subtask.cancel async", "subtask.drop", "task.return ()"},
		"B.see":  {"resource.drop R"},
		"B.take": {"resource.drop R"},
		"B.keep": {"resource.drop R", "thread.yield cancellable", "task.return ()", "task.cancel"},
		Host:     {"tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 12, Handles: 4, Tasks: 3},
}

// dtorsWorld is two instances whose resources' destructors call back.
var dtorsWorld = &World{
	Name: "dtors",
	Doc: "A and B each implement a resource with a destructor, in which guest code runs that may make, drop and pass on handles " +
		"and call the other instance, with every index that was ever handed out, 0, and one that was not. Left out: async calls.",
	Instances: []Instance{{Name: "A"}, {Name: "B"}},
	Resources: []Resource{{Name: "R", Impl: "A", Dtor: true}, {Name: "S", Impl: "B", Dtor: true}},
	Funcs: []Func{
		{Name: "A.run"}, {Name: "B.run"},
		{Name: "B.take-R", Params: []string{"own<R>"}}, {Name: "B.give-S", Results: []string{"own<S>"}},
	},
	Imports: []Import{{Instance: "A", Func: "B.take-R"}, {Instance: "A", Func: "B.give-S"}},
	Menus: map[string][]string{
		"A.run":    {"resource.new R", "resource.drop R", "resource.drop S", "call B.take-R", "call B.give-S"},
		"R.dtor":   {"resource.new R", "resource.drop R", "resource.drop S", "call B.give-S", "throw"},
		"B.run":    {"resource.new S", "resource.drop S", "resource.drop R"},
		"B.take-R": {"resource.drop R"},
		"B.give-S": {"resource.new S"},
		"S.dtor":   {"resource.drop R", "resource.new S"},
		Host:       {"invoke A.run", "invoke B.run"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 11, Handles: 3, Tasks: 4},
}

// subtasksWorld is an instance that calls another, asynchronously.
var subtasksWorld = &World{
	Name: "subtasks",
	Doc: "A calls an async function of B, as often as the bound on tasks allows, waits for, cancels and drops the subtasks at " +
		"every moment; B has backpressure or not, yields, returns, is cancelled. Indices are of the right class. Left out: wrong " +
		"indices, values, threads of B's own.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"},
		{Name: "B.work", Async: true, Lift: "stackful"},
		{Name: "B.set"},
	},
	Imports: []Import{{Instance: "A", Func: "B.work", Async: true}, {Instance: "A", Func: "B.set"}},
	Menus: map[string][]string{
		"A": {"call B.work", "call B.set", "waitable-set.new", "waitable.join", "waitable-set.wait uncancellable",
			"waitable-set.poll uncancellable", "subtask.cancel async", "subtask.cancel sync", "subtask.drop", "task.return ()"},
		"B.set":  {"backpressure.inc", "backpressure.dec"},
		"B.work": {"thread.yield cancellable", "thread.yield uncancellable", "thread.suspend cancellable", "task.return ()", "task.cancel"},
		Host:     {"tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 12, Handles: 3, Tasks: 3},
}

// tasksWorld is one instance with functions of every kind, which the host calls and cancels.
var tasksWorld = &World{
	Name: "tasks",
	Doc: "One instance that exports a sync function, an async one that is lifted sync, a stackful one and one with a callback. " +
		"The host calls them, cancels and ticks at every moment; they return, cancel, yield, and turn backpressure on and off. " +
		"Left out: handles, other instances.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.sync"}, {Name: "A.blocking", Async: true}, {Name: "A.stackful", Async: true, Lift: "stackful"},
		{Name: "A.callback", Async: true, Lift: "callback"},
	},
	Menus: map[string][]string{
		"A": {"task.return ()", "task.cancel", "thread.yield cancellable", "thread.yield uncancellable", "backpressure.inc",
			"backpressure.dec"},
		Host: {"invoke A.sync", "invoke A.blocking", "invoke A.stackful", "invoke A.callback", "cancel", "tick"},
	},
	Bounds: Bounds{Steps: 11, Tasks: 3},
}

// callbacksWorld is one instance with a callback function that waits on a set.
var callbacksWorld = &World{
	Name: "callbacks",
	Doc: "One instance whose async functions have callbacks: they wait on sets that have the ends of a stream, yield, exit. " +
		"The host calls them, cancels and ticks. Indices are of the right class. Left out: wrong indices, other instances.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs:      []Func{{Name: "A.run", Async: true, Lift: "callback"}},
	Menus: map[string][]string{
		"A": {"stream.new u8", "stream.read u8 async", "stream.write u8 async", "stream.cancel-read u8 async", "waitable-set.new",
			"waitable.join", "waitable-set.drop", "task.return ()", "task.cancel"},
		Host: {"invoke A.run", "cancel", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 12, Handles: 3, Tasks: 2},
}

// threadsWorld is one instance whose calls have several threads.
var threadsWorld = &World{
	Name: "threads",
	Doc: "One instance with a stackful and a sync function that make threads, suspend and resume them later, yield, and return " +
		"while others go on; the host calls, cancels and ticks. Left out: the four switches (world switches), waitables.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs:      []Func{{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "A.sync"}},
	Menus: map[string][]string{
		"A": {"thread.new-indirect i32", "thread.resume-later", "thread.suspend cancellable", "thread.suspend uncancellable",
			"thread.yield cancellable", "thread.index", "context.get i32", "context.set i32", "task.return ()", "task.cancel"},
		Host: {"invoke A.run", "invoke A.sync", "cancel", "tick"},
	},
	Bounds: Bounds{Steps: 11, Threads: 3, Tasks: 2},
}

// switchesWorld is one instance whose threads switch to each other.
var switchesWorld = &World{
	Name: "switches",
	Doc: "One instance with a stackful and a sync function whose threads switch directly to each other, by all four switches; the " +
		"host calls, cancels and ticks. Left out: waitables, other instances.",
	Instances:  []Instance{{Name: "A", Memory: 64}},
	RightClass: true,
	Funcs:      []Func{{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "A.sync"}},
	Menus: map[string][]string{
		"A": {"thread.new-indirect i32", "thread.suspend cancellable", "thread.suspend-then-resume cancellable",
			"thread.yield-then-resume cancellable", "thread.suspend-then-promote cancellable", "thread.yield-then-promote cancellable",
			"task.return ()", "task.cancel"},
		Host: {"invoke A.run", "invoke A.sync", "cancel", "tick"},
	},
	Bounds: Bounds{Steps: 9, Threads: 3, Tasks: 2},
}

// reentranceWorld is a parent and its child, which call each other, and a sibling.
var reentranceWorld = &World{
	Name: "reentrance",
	Doc: "A parent P and its child C call each other and a sibling B, whose function returns text late: whether an instance can be " +
		"entered again while a call into it is under way, also from realloc, post-return and a destructor, and what these may do. " +
		"Left out: waitables, cancellation, text that is not empty.",
	Instances: []Instance{
		{Name: "P", Memory: 64, Realloc: "guest"}, {Name: "C", Parent: "P", Memory: 64}, {Name: "B", Memory: 64, Realloc: "guest"},
	},
	Resources:  []Resource{{Name: "R", Impl: "B", Dtor: true}},
	RightClass: true,
	Funcs: []Func{
		{Name: "P.run", Async: true, Lift: "stackful"}, {Name: "P.back"}, {Name: "P.text", Results: []string{"string"}, PostReturn: true},
		{Name: "C.in"}, {Name: "C.wait", Async: true, Lift: "stackful"},
		{Name: "B.other", Params: []string{"string"}}, {Name: "B.make", Results: []string{"own<R>"}},
		{Name: "B.text", Results: []string{"string"}, Async: true, Lift: "stackful"},
	},
	Imports: []Import{
		{Instance: "P", Func: "C.in"}, {Instance: "P", Func: "C.wait", Async: true}, {Instance: "P", Func: "B.other"},
		{Instance: "P", Func: "B.make"}, {Instance: "P", Func: "B.text", Async: true}, {Instance: "C", Func: "P.back"},
		{Instance: "C", Func: "P.text"}, {Instance: "C", Func: "B.other"},
	},
	Menus: map[string][]string{
		"P.run":              {"call C.in", "call C.wait", "call B.other", "call B.make", "call B.text", "resource.drop R", "thread.suspend cancellable"},
		"P":                  {"call C.in"},
		"P.realloc":          {"call C.in", "call B.other", "thread.index"},
		"P.text.post-return": {"call C.in", "thread.index"},
		"C":                  {"call P.back", "call P.text", "call B.other", "task.return ()"},
		"B":                  {"resource.new R"},
		"B.text":             {"thread.yield uncancellable", "task.return (string)"},
		"B.realloc":          {"resource.new R"},
		"R.dtor":             {"resource.new R", "thread.index"},
		Host:                 {"invoke P.run", "invoke C.in", "tick"},
	},
	Bounds: Bounds{Steps: 13, Handles: 2, Tasks: 4},
}

// backpressureWorld is an instance that calls another which turns backpressure on and off.
var backpressureWorld = &World{
	Name: "backpressure",
	Doc: "A calls an async function of B that starts late, because B has backpressure, or never; A turns it on and off, yields, waits " +
		"for, cancels and drops the subtask. Indices are of the right class. Left out: wrong indices, values, several calls at once.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B"}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.work", Async: true, Lift: "stackful"}, {Name: "B.on"}, {Name: "B.off"},
	},
	Imports: []Import{{Instance: "A", Func: "B.work", Async: true}, {Instance: "A", Func: "B.on"}, {Instance: "A", Func: "B.off"}},
	Menus: map[string][]string{
		"A": {"call B.work", "call B.on", "call B.off", "thread.yield uncancellable", "waitable-set.new", "waitable.join",
			"waitable-set.wait uncancellable", "subtask.cancel async", "subtask.cancel sync", "subtask.drop"},
		"B.on":   {"backpressure.inc"},
		"B.off":  {"backpressure.dec"},
		"B.work": {"thread.suspend cancellable", "thread.suspend uncancellable", "task.return ()", "task.cancel"},
		Host:     {"tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 13, Handles: 2, Tasks: 3},
}

// childrenWorld is a parent and its child, which calls back while it is called and cancelled.
var childrenWorld = &World{
	Name: "children",
	Doc: "A parent P calls an async function of its child C, and cancels it; C calls back into P, sync and async, while it is " +
		"called, cancelled or cancels itself, and P waits for, joins, cancels and drops what it finds. Indices are of the right class. " +
		"Left out: wrong indices, values, callbacks.",
	Instances:  []Instance{{Name: "P", Memory: 64}, {Name: "C", Parent: "P", Memory: 64}},
	RightClass: true,
	Funcs: []Func{
		{Name: "P.run", Async: true, Lift: "stackful"}, {Name: "P.back"}, {Name: "P.later", Async: true, Lift: "stackful"},
		{Name: "C.work", Async: true, Lift: "stackful"}, {Name: "C.sync"},
	},
	Imports: []Import{
		{Instance: "P", Func: "C.work", Async: true}, {Instance: "P", Func: "C.sync"},
		{Instance: "C", Func: "P.back"}, {Instance: "C", Func: "P.later", Async: true},
	},
	Menus: map[string][]string{
		"P.run":   {"call C.work", "subtask.cancel sync", "subtask.cancel async", "task.return ()"},
		"P.back":  {"waitable-set.new", "waitable.join", "waitable-set.poll uncancellable", "subtask.cancel async", "subtask.drop"},
		"P.later": {"thread.yield cancellable", "thread.yield uncancellable", "call C.sync", "task.return ()"},
		"C.work":  {"call P.back", "call P.later", "thread.suspend cancellable", "thread.suspend uncancellable", "task.return ()", "task.cancel"},
		"C.sync":  {"subtask.cancel async"},
		Host:      {"invoke C.work", "tick"},
	},
	Start:  []string{"P.run"},
	Bounds: Bounds{Steps: 11, Handles: 2, Tasks: 4},
}

// cancelWorld is cancellation while the callee does everything that matters to it.
var cancelWorld = &World{
	Name: "cancel",
	Doc: "A calls async functions of B, one stackful and one with a callback, and cancels its subtasks, sync or async; B suspends, " +
		"yields, waits on sets, cancellably or not, has threads, turns backpressure on and off; the host cancels A's call and ticks. " +
		"Indices are of the right class. Left out: wrong indices, values, the four switches.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
	RightClass: true,
	Funcs: []Func{
		{Name: "A.run", Async: true, Lift: "stackful"},
		{Name: "B.work", Async: true, Lift: "stackful"}, {Name: "B.react", Async: true, Lift: "callback"}, {Name: "B.block", Async: true},
	},
	Imports: []Import{
		{Instance: "A", Func: "B.work", Async: true}, {Instance: "A", Func: "B.react", Async: true}, {Instance: "A", Func: "B.block", Async: true},
	},
	Menus: map[string][]string{
		"A": {"call B.work", "call B.react", "call B.block", "subtask.cancel async", "subtask.cancel sync", "subtask.drop",
			"thread.suspend cancellable", "task.return ()", "task.cancel"},
		"B.work": {"thread.yield cancellable", "thread.suspend cancellable", "thread.suspend uncancellable", "thread.new-indirect i32",
			"thread.resume-later", "backpressure.inc", "backpressure.dec", "task.return ()", "task.cancel"},
		"B.thread":         {"thread.yield cancellable", "thread.suspend cancellable", "thread.resume-later", "task.return ()", "task.cancel"},
		"B.react":          {"backpressure.inc", "waitable-set.new", "task.return ()"},
		"B.react.callback": {"thread.yield cancellable", "task.return ()", "task.cancel"},
		"B.block":          {"thread.yield cancellable", "thread.suspend cancellable"},
		Host:               {"cancel", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 10, Handles: 2, Threads: 4, Tasks: 3},
}

// blockingWorld is an instance that calls another and waits for what it returns.
var blockingWorld = &World{
	Name: "blocking",
	Doc: "A calls an async function of B as if it were sync, so that its thread waits until B returns; other calls of A make futures, write and read " +
		"them without blocking, and wait on a set for the events. Indices are of the right class. Left out: wrong indices, cancellation, values.",
	Instances:  []Instance{{Name: "A", Memory: 64}, {Name: "B"}},
	RightClass: true,
	Funcs:      []Func{{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.work", Async: true, Lift: "stackful"}},
	Imports:    []Import{{Instance: "A", Func: "B.work"}},
	Menus: map[string][]string{
		"A": {"call B.work", "future.new u8", "future.write u8 async", "future.read u8 async", "waitable-set.new", "waitable.join",
			"waitable-set.wait uncancellable", "task.return ()"},
		"B":  {"thread.yield uncancellable", "thread.suspend cancellable", "task.return ()"},
		Host: {"invoke A.run", "tick"},
	},
	Start:  []string{"A.run"},
	Bounds: Bounds{Steps: 10, Handles: 3, Tasks: 3},
}
