package spec

import "testing"

// A leavingBuiltin is a built-in that traps where its instance may not be left. All are called with indices that name
// nothing, or that would trap too: the trap on leaving the instance comes first.
type leavingBuiltin struct {
	site Site
	call func(g *scene)
}

// unknown is an index that names nothing in any scene.
const unknown = 99

func leavingBuiltins() []leavingBuiltin {
	return append(append(leavingHandleBuiltins(), leavingWaitableBuiltins()...), leavingThreadBuiltins()...)
}

func leavingHandleBuiltins() []leavingBuiltin {
	return []leavingBuiltin{
		{"canon_lower/may-leave", func(g *scene) { g.lower(HostFunc(taker), params(StringType{}), g.sync, unknown, unknown) }},
		{"canon_resource_new/may-leave", func(g *scene) { CanonResourceNew(g.s, g.r, 0) }},
		{"canon_resource_drop/may-leave", func(g *scene) { CanonResourceDrop(g.s, g.r, unknown) }},
		{"canon_task_return/may-leave", func(g *scene) { CanonTaskReturn(g.s, []ValType{U8Type{}}, &g.sync.LiftOptions, nil) }},
		{"canon_task_cancel/may-leave", func(g *scene) { CanonTaskCancel(g.s) }},
		{"canon_error_context_new/may-leave", func(g *scene) { CanonErrorContextNew(g.s, &g.sync.LiftLowerOptions, unknown, unknown) }},
		{"canon_error_context_debug_message/may-leave", func(g *scene) {
			CanonErrorContextDebugMessage(g.s, &g.sync.LiftLowerOptions, unknown, 0)
		}},
		{"canon_error_context_drop/may-leave", func(g *scene) { CanonErrorContextDrop(g.s, unknown) }},
	}
}

func leavingWaitableBuiltins() []leavingBuiltin {
	return []leavingBuiltin{
		{"canon_waitable_set_new/may-leave", func(g *scene) { CanonWaitableSetNew(g.s) }},
		{"canon_waitable_set_wait/may-leave", func(g *scene) { CanonWaitableSetWait(g.s, false, g.mem, unknown, 0) }},
		{"canon_waitable_set_poll/may-leave", func(g *scene) { CanonWaitableSetPoll(g.s, false, g.mem, unknown, 0) }},
		{"canon_waitable_set_drop/may-leave", func(g *scene) { CanonWaitableSetDrop(g.s, unknown) }},
		{"canon_waitable_join/may-leave", func(g *scene) { CanonWaitableJoin(g.s, unknown, unknown) }},
		{"canon_subtask_cancel/may-leave", func(g *scene) { CanonSubtaskCancel(g.s, false, unknown) }},
		{"canon_subtask_drop/may-leave", func(g *scene) { CanonSubtaskDrop(g.s, unknown) }},
		{"canon_stream_new/may-leave", func(g *scene) { CanonStreamNew(g.s, u8Stream()) }},
		{"canon_future_new/may-leave", func(g *scene) { CanonFutureNew(g.s, futureOf(nil)) }},
		{"stream_copy/may-leave", func(g *scene) { CanonStreamRead(g.s, u8Stream(), g.sync, unknown, 0, 0) }},
		{"future_copy/may-leave", func(g *scene) { CanonFutureRead(g.s, futureOf(nil), g.sync, unknown, 0) }},
		{"cancel_copy/may-leave", func(g *scene) { CanonStreamCancelRead(g.s, u8Stream(), false, unknown) }},
		{"drop/may-leave", func(g *scene) { CanonStreamDropReadable(g.s, u8Stream(), unknown) }},
	}
}

func leavingThreadBuiltins() []leavingBuiltin {
	return []leavingBuiltin{
		{"canon_thread_index/may-leave", func(g *scene) { CanonThreadIndex(g.s) }},
		{"canon_thread_new_indirect/may-leave", func(g *scene) {
			CanonThreadNewIndirect(g.s, &CoreFuncType{Params: []CoreType{I32}}, NewFuncTable(g.s), unknown, 0)
		}},
		{"canon_thread_resume_later/may-leave", func(g *scene) { CanonThreadResumeLater(g.s, unknown) }},
		{"canon_thread_suspend/may-leave", func(g *scene) { CanonThreadSuspend(g.s, false) }},
		{"canon_thread_suspend_then_resume/may-leave", func(g *scene) { CanonThreadSuspendThenResume(g.s, false, unknown) }},
		{"canon_thread_suspend_then_promote/may-leave", func(g *scene) { CanonThreadSuspendThenPromote(g.s, false, unknown) }},
		{"canon_thread_yield/may-leave", func(g *scene) { CanonThreadYield(g.s, false) }},
		{"canon_thread_yield_then_resume/may-leave", func(g *scene) { CanonThreadYieldThenResume(g.s, false, unknown) }},
		{"canon_thread_yield_then_promote/may-leave", func(g *scene) { CanonThreadYieldThenPromote(g.s, false, unknown) }},
	}
}

// TestTrapWhereInstanceMayNotBeLeft calls each built-in from a post-return.
func TestTrapWhereInstanceMayNotBeLeft(t *testing.T) {
	var scenarios []scenario
	for _, b := range leavingBuiltins() {
		scenarios = append(scenarios, scenario{site: b.site, run: postReturn(b.call)})
	}
	runScenarios(t, scenarios, newTrap)
}

// TestTrapInRealloc calls each built-in from a realloc, which may not leave its instance either.
func TestTrapInRealloc(t *testing.T) {
	var scenarios []scenario
	for _, b := range leavingBuiltins() {
		scenarios = append(scenarios, scenario{site: b.site, run: func(g *scene) error {
			opts := *g.sync
			opts.Realloc = func([]CoreValue) []CoreValue { b.call(g); return ints(0) }
			return g.call(g.s.Lift(func([]CoreValue) []CoreValue { return ints() }, params(StringType{}), &opts, g.a), mkStr("a"))
		}})
	}
	runScenarios(t, scenarios, newTrap)
}
