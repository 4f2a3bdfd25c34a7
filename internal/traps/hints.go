package traps

import (
	"cabi/model"
	"cabi/spec"
)

// A hint is a program, longer than the shortest that takes a trap, that shows what goes wrong without it. Hints are written by hand.
type hint struct {
	world   *model.World
	menus   map[string][]string
	actions []string
}

func inLeave(actions ...string) hint {
	return hint{leaveScenario.world, leaveScenario.menus, append([]string{"invoke A.run"}, actions...)}
}

func inTypes(actions ...string) hint {
	return hint{typeScenario.world, typeScenario.menus, append([]string{"invoke A.run"}, actions...)}
}

func inRealloc(actions ...string) hint {
	return hint{reallocWorld, reallocMenus, actions}
}

// reallocWorld is an instance whose realloc is called while it has a borrow handle.
var reallocWorld = &model.World{
	Name:      "trap-realloc",
	Instances: []model.Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64, Realloc: "guest"}},
	Resources: []model.Resource{{Name: "R", Impl: "A"}},
	Funcs:     []model.Func{{Name: "A.run"}, {Name: "B.see", Params: []string{"borrow<R>", "string"}}},
	Imports:   []model.Import{{Instance: "A", Func: "B.see"}},
}

var reallocMenus = map[string][]string{
	model.Host: {"invoke A.run"}, "A": {"return"}, "B": {"return"}, "B.realloc": {"return 0"},
}

// hints are for the traps whose shortest programs show nothing.
var hints = map[spec.Site]hint{
	"canon_waitable_set_wait/may-leave": inLeave("stream.new u8", "waitable-set.new", "waitable.join 1 3", "stream.read u8 async 1 0 1",
		"stream.write u8 async 2 0 1", "return", "waitable-set.wait uncancellable 3 0"),
	"canon_waitable_join/may-leave": inLeave("stream.new u8", "waitable-set.new", "return", "waitable.join 1 3"),
	"cancel_copy/may-leave":         inLeave("stream.new u8", "stream.read u8 async 1 0 1", "return", "stream.cancel-read u8 async 1"),
	"canon_thread_suspend_then_resume/may-leave": inLeave("thread.new-indirect i32 1 0", "return",
		"thread.suspend-then-resume uncancellable 2"),
	"canon_thread_yield_then_resume/may-leave": inLeave("thread.new-indirect i32 1 0", "return",
		"thread.yield-then-resume uncancellable 2", "return"),
	"canon_thread_suspend_then_promote/may-leave": inLeave("thread.new-indirect i32 1 0", "thread.resume-later 2", "return",
		"thread.suspend-then-promote uncancellable 2"),
	"canon_resource_drop/may-leave": inRealloc("invoke A.run", "resource.new R 1", "call B.see 1 0 1", "resource.drop R 1"),
	"cancel_copy/type":              inTypes("stream.new u8", "stream.read u8 async 1 0 1", "stream.cancel-read u16 async 1"),
	"Table.get/empty": inTypes("thread.new-indirect i32 1 0", "thread.yield-then-resume uncancellable 2", "return",
		"tick", "thread.resume-later 2"),
	"canon_subtask_cancel/delivered": {model.WorldByName("subtasks"), nil, []string{"call B.work", "thread.yield cancellable", "waitable-set.new",
		"waitable.join 1 2", "waitable-set.wait uncancellable 2 0", "tick", "task.return ()", "return", "tick", "waitable.join 1 0", "subtask.cancel async 1"}},
	"canon_subtask_drop/may-leave": {subtaskWorld, subtaskMenus, []string{"invoke A.run", "call B.later", "thread.suspend cancellable", "subtask.cancel async 1",
		"task.cancel", "return", "return", "subtask.drop 1"}},
	"cancel_copy/in-set": {model.WorldByName("host-streams"), nil, []string{"invoke A.stream 1", "stream.read u8 async 1 0 1", "return", "waitable-set.new",
		"waitable.join 1 2", "stream.cancel-read u8 sync 1", "return"}},
	"canon_subtask_cancel/may-leave": {subtaskWorld, subtaskMenus, []string{"invoke A.run", "call B.later", "thread.suspend cancellable", "return",
		"subtask.cancel async 1", "task.cancel", "return"}},
}

// subtaskWorld is a function with a post-return that leaves a subtask behind.
var subtaskWorld = &model.World{
	Name:      "trap-subtask",
	Instances: []model.Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
	Funcs:     []model.Func{{Name: "A.run", PostReturn: true}, {Name: "B.later", Async: true, Lift: "stackful"}},
	Imports:   []model.Import{{Instance: "A", Func: "B.later", Async: true}},
}

var subtaskMenus = map[string][]string{
	model.Host: {"invoke A.run", "tick"}, "A.run": {"call B.later", "return"}, "A.run.post-return": {"subtask.cancel async 1", "return"},
	"B": {"thread.suspend cancellable", "task.cancel", "task.return ()", "return"},
}
