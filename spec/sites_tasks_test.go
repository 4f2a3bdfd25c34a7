package spec

import "testing"

// TestTrapOnTasks is the traps on calls and on how tasks end.
func TestTrapOnTasks(t *testing.T) {
	runScenarios(t, append(tasksEnding(), []scenario{
		{site: "canon_backpressure_inc/overflow", options: Options{Limits: Limits{Backpressure: 2}}, run: guest(func(g *scene) {
			none(g.t, CanonBackpressureInc(g.s))
			CanonBackpressureInc(g.s)
		})},
		{site: "canon_backpressure_dec/underflow", run: guest(func(g *scene) {
			none(g.t, CanonBackpressureInc(g.s))
			none(g.t, CanonBackpressureDec(g.s))
			CanonBackpressureDec(g.s)
		})},
		{site: "Store.lift.func_inst/reentrance", run: guest(reenter)},
		{site: "Store.lift.func_inst/reentrance", run: guest(hostReenters)},
		{site: "call_and_trap_on_throw/throw", run: syncGuest(func(*scene) { panic(&CoreException{"thrown"}) })},
		{site: "canon_lift/blocked", run: syncGuest(func(g *scene) { CanonThreadSuspend(g.s, false) })},
		{site: "unpack_callback_result/code", run: callbackGuest(func(*scene) uint64 { return uint64(callbackMax) + 1 })},
	}...), newTrap)
}

func tasksEnding() []scenario {
	return []scenario{
		{site: "Task.unregister_thread/unresolved", run: guest(func(*scene) {})},
		{site: "Task.return_/resolved", run: guest(func(g *scene) {
			none(g.t, CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil))
			CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil)
		})},
		{site: "Task.cancel/not-delivered", run: guest(func(g *scene) { CanonTaskCancel(g.s) })},
		{site: "canon_task_return/async", run: syncGuest(func(g *scene) { CanonTaskReturn(g.s, nil, &g.sync.LiftOptions, nil) })},
		{site: "canon_task_cancel/async", run: syncGuest(func(g *scene) { CanonTaskCancel(g.s) })},
		{site: "canon_task_return/options", run: guest(func(g *scene) {
			CanonTaskReturn(g.s, nil, &LiftOptions{UTF8, NewMemInst(0)}, nil)
		})},
		{site: "canon_task_return/options", run: guest(func(g *scene) {
			CanonTaskReturn(g.s, nil, &LiftOptions{UTF16, g.mem}, nil)
		})},
	}
}

// reenter calls B, which calls A while A still waits for it.
func reenter(g *scene) {
	inA := g.lift(g.sync, syncFt, func() {})
	inB := g.s.Lift(g.s.Lower(inA, syncFt, g.sync, g.b), syncFt, g.sync, g.b)
	g.lower(inB, syncFt, g.sync)
}

// hostReenters has the host call A while A runs.
func hostReenters(g *scene) {
	g.lift(g.sync, syncFt, func() {}).Call(HostOnStart(noArgs), HostOnResolve(noResults), nil)
}

// TestTrapOnThreads is the traps on threads that are not suspended.
func TestTrapOnThreads(t *testing.T) {
	self := func(g *scene) uint64 { return one(g.t, CanonThreadIndex(g.s)) }
	waiting := func(g *scene) uint64 {
		i := g.thread(func() {})
		none(g.t, CanonThreadResumeLater(g.s, i))
		return i
	}
	for _, index := range []func(*scene) uint64{self, waiting} {
		runScenarios(t, []scenario{
			{site: "canon_thread_resume_later/suspended", run: guest(func(g *scene) { CanonThreadResumeLater(g.s, index(g)) })},
			{site: "canon_thread_suspend_then_resume/suspended", run: guest(func(g *scene) { CanonThreadSuspendThenResume(g.s, false, index(g)) })},
			{site: "canon_thread_yield_then_resume/suspended", run: guest(func(g *scene) { CanonThreadYieldThenResume(g.s, false, index(g)) })},
		}, newTrap)
	}
}

// TestTrapOnSubtasks is the traps on built-ins that the state of a subtask forbids.
func TestTrapOnSubtasks(t *testing.T) {
	never := new(bool)
	runScenarios(t, []scenario{
		{site: "canon_subtask_cancel/delivered", run: guest(func(g *scene) { CanonSubtaskCancel(g.s, true, g.delivered()) })},
		{site: "canon_subtask_cancel/requested", run: guest(func(g *scene) {
			subi := g.stubborn()
			returns(g.t, CanonSubtaskCancel(g.s, true, subi), Blocked)
			CanonSubtaskCancel(g.s, true, subi)
		})},
		{site: "canon_subtask_cancel/in-set", run: guest(func(g *scene) {
			subi := g.started(never)
			none(g.t, CanonWaitableJoin(g.s, subi, g.set()))
			CanonSubtaskCancel(g.s, false, subi)
		})},
		{site: "Subtask.drop/undelivered", run: guest(func(g *scene) { CanonSubtaskDrop(g.s, g.started(never)) })},
	}, newTrap)
}

// delivered is a subtask whose resolution has been delivered.
func (g *scene) delivered() (subi uint64) {
	done := false
	subi, seti := g.started(&done), g.set()
	none(g.t, CanonWaitableJoin(g.s, subi, seti))
	done = true
	returns(g.t, CanonWaitableSetWait(g.s, false, g.mem, seti, 0), EventSubtask)
	return subi
}

// stubborn is a subtask that cannot be cancelled.
func (g *scene) stubborn() (subi uint64) {
	callee := g.s.Lift(func([]CoreValue) []CoreValue { return CanonThreadSuspend(g.s, false) }, asyncFt, g.async, g.b)
	return subtaskIn(g.t, g.lower(callee, asyncFt, g.async), SubtaskStarted)
}

// TestTrapOnWaitables is the traps on waitables that a thread waits for by itself, and on sets that are in use.
func TestTrapOnWaitables(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "canon_waitable_join/sync-waiter", run: guest(func(g *scene) {
			CanonWaitableJoin(g.s, g.waitedFor(), g.set())
		})},
		{site: "canon_waitable_join/sync-waiter", run: guest(func(g *scene) { CanonWaitableJoin(g.s, g.waitedFor(), 0) })},
		{site: "WaitableSet.drop/elements", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			seti := g.set()
			none(g.t, CanonWaitableJoin(g.s, ri, seti))
			CanonWaitableSetDrop(g.s, seti)
		})},
		{site: "WaitableSet.drop/waiting", run: guest(func(g *scene) {
			seti := g.set()
			g.running(func() { CanonWaitableSetWait(g.s, false, g.mem, seti, 0) })
			CanonWaitableSetDrop(g.s, seti)
		})},
	}, newTrap)
}

// running runs body on another thread of the task until that blocks.
func (g *scene) running(body func()) {
	self := one(g.t, CanonThreadIndex(g.s))
	resumer := g.thread(func() { CanonThreadResumeLater(g.s, self) })
	none(g.t, CanonThreadResumeLater(g.s, g.thread(func() {
		CanonThreadResumeLater(g.s, resumer)
		body()
	})))
	returns(g.t, CanonThreadSuspend(g.s, false), 0)
}

// waitedFor is the readable end of a stream that another thread waits for by itself.
func (g *scene) waitedFor() (ri uint64) {
	ri, _ = g.stream(U8Type{})
	g.running(func() { CanonStreamRead(g.s, u8Stream(), g.sync, ri, 0, 1) })
	return ri
}
