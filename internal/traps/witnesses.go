package traps

import (
	"maps"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A witness is a program that takes a trap and that violates something when the trap is off. Witnesses are written by hand, for traps
// whose shortest program, and everything near it, violates nothing without the trap.
type witness struct {
	exploration
	program string // its actions, a line each
}

// trace is the witness as a trace that can be run.
func (w witness) trace() *model.Trace {
	t := &model.Trace{World: w.world, Variant: spec.SingleTable}
	for line := range strings.Lines(w.program) {
		actor, action, _ := strings.Cut(strings.TrimSpace(line), ": ")
		t.Lines = append(t.Lines, model.Line{Kind: model.LineAction, Actor: actor, Text: action})
	}
	return t
}

// Witnesses are the traces of the witnesses with all traps on: each ends with its trap.
func Witnesses() []*model.Trace {
	var all []*model.Trace
	for _, site := range slices.Sorted(maps.Keys(witnesses)) {
		w := witnesses[site]
		taken := w.run(w.trace())
		trace := w.search().Record(taken.Actions, taken.Choices, &model.Violation{})
		trace.Violates = ""
		all = append(all, trace)
	}
	return all
}

var witnesses = map[spec.Site]witness{
	"Table.get/empty": {typeScenario.exploration, `host: invoke A.run
A: thread.new-indirect i32 1 0
A: thread.yield-then-resume uncancellable 2
A: return
host: tick
A: thread.resume-later 2`},
	"canon_resource_drop/may-leave": {reallocExploration, `host: invoke A.run
A: resource.new R 1
A: call B.see 1 0 1
B: resource.drop R 1`},
	"canon_waitable_set_wait/may-leave": {leaveScenario.exploration, `host: invoke A.run
A: stream.new u8
A: waitable-set.new
A: waitable.join 1 3
A: stream.read u8 async 1 0 1
A: stream.write u8 async 2 0 1
A: return
A: waitable-set.wait uncancellable 3 0`},
	"canon_waitable_join/may-leave": {leaveScenario.exploration, `host: invoke A.run
A: stream.new u8
A: waitable-set.new
A: return
A: waitable.join 1 3`},
	"canon_subtask_cancel/may-leave": {subtaskExploration, `host: invoke A.run
A: call B.later
B: thread.suspend cancellable
A: return
A: subtask.cancel async 1
B: task.cancel
B: return`},
	"canon_subtask_cancel/delivered": {exploration{world: model.WorldByName("subtasks")}, `A: call B.work
B: thread.yield cancellable
A: waitable-set.new
A: waitable.join 1 2
A: waitable-set.wait uncancellable 2 0
host: tick
B: task.return ()
B: return
host: tick
A: waitable.join 1 0
A: subtask.cancel async 1`},
	"canon_subtask_drop/may-leave": {subtaskExploration, `host: invoke A.run
A: call B.later
B: thread.suspend cancellable
A: subtask.cancel async 1
B: task.cancel
B: return
A: return
A: subtask.drop 1`},
	"cancel_copy/may-leave": {leaveScenario.exploration, `host: invoke A.run
A: stream.new u8
A: stream.read u8 async 1 0 1
A: return
A: stream.cancel-read u8 async 1`},
	"cancel_copy/type": {typeScenario.exploration, `host: invoke A.run
A: stream.new u8
A: stream.read u8 async 1 0 1
A: stream.cancel-read u16 async 1`},
	"cancel_copy/in-set": {exploration{world: model.WorldByName("host-streams")}, `host: invoke A.stream 1
A: stream.read u8 async 1 0 1
host: return
A: waitable-set.new
A: waitable.join 1 2
A: stream.cancel-read u8 sync 1
host: return`},
	"canon_thread_suspend_then_resume/may-leave": {leaveScenario.exploration, `host: invoke A.run
A: thread.new-indirect i32 1 0
A: return
A: thread.suspend-then-resume uncancellable 2`},
	"canon_thread_yield_then_resume/may-leave": {leaveScenario.exploration, `host: invoke A.run
A: thread.new-indirect i32 1 0
A: return
A: thread.yield-then-resume uncancellable 2
A: return`},
	"canon_thread_suspend_then_promote/may-leave": {leaveScenario.exploration, `host: invoke A.run
A: thread.new-indirect i32 1 0
A: thread.resume-later 2
A: return
A: thread.suspend-then-promote uncancellable 2`},
}

// reallocExploration is of an instance whose realloc is called while the instance has a borrow handle.
var reallocExploration = exploration{
	world: &model.World{
		Name:      "trap-realloc",
		Instances: []model.Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64, Realloc: "guest"}},
		Resources: []model.Resource{{Name: "R", Impl: "A"}},
		Funcs:     []model.Func{{Name: "A.run"}, {Name: "B.see", Params: []string{"borrow<R>", "string"}}},
		Imports:   []model.Import{{Instance: "A", Func: "B.see"}},
	},
	menus: map[string][]string{model.Host: {"invoke A.run"}, "A": {"return"}, "B": {"return"}, "B.realloc": {"return 0"}},
}

// subtaskExploration is of a function with a post-return that leaves a subtask behind.
var subtaskExploration = exploration{
	world: &model.World{
		Name:      "trap-subtask",
		Instances: []model.Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
		Funcs:     []model.Func{{Name: "A.run", PostReturn: true}, {Name: "B.later", Async: true, Lift: "stackful"}},
		Imports:   []model.Import{{Instance: "A", Func: "B.later", Async: true}},
	},
	menus: map[string][]string{
		model.Host: {"invoke A.run", "tick"}, "A.run": {"call B.later", "return"}, "A.run.post-return": {"subtask.cancel async 1", "return"},
		"B": {"thread.suspend cancellable", "task.cancel", "task.return ()", "return"},
	},
}
