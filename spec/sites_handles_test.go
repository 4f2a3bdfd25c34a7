package spec

import "testing"

// TestTrapOnWrongClass gives each built-in that takes an index one that names an element of another class. Only the
// class is wrong: a waitable set has no type, state or event that could be checked before the class.
func TestTrapOnWrongClass(t *testing.T) {
	runScenarios(t, append(wrongClassOfValues(), wrongClassOfBuiltins()...), newTrap)
}

func wrongClassOfBuiltins() []scenario {
	return []scenario{
		{site: "canon_resource_drop/class", run: guest(func(g *scene) { CanonResourceDrop(g.s, g.r, g.set()) })},
		{site: "canon_resource_rep/class", run: guest(func(g *scene) { CanonResourceRep(g.s, g.r, g.set()) })},
		{site: "canon_error_context_debug_message/class", run: guest(func(g *scene) {
			CanonErrorContextDebugMessage(g.s, &g.sync.LiftLowerOptions, g.set(), 0)
		})},
		{site: "canon_error_context_drop/class", run: guest(func(g *scene) { CanonErrorContextDrop(g.s, g.set()) })},
		{site: "canon_waitable_join/waitable-class", run: guest(func(g *scene) { CanonWaitableJoin(g.s, g.set(), 0) })},
		{site: "canon_waitable_join/set-class", run: guest(func(g *scene) {
			ri, wi := g.stream(nil)
			CanonWaitableJoin(g.s, ri, wi)
		})},
		{site: "canon_waitable_set_wait/class", run: guest(func(g *scene) { CanonWaitableSetWait(g.s, false, g.mem, g.errorContext(), 0) })},
		{site: "canon_waitable_set_poll/class", run: guest(func(g *scene) { CanonWaitableSetPoll(g.s, false, g.mem, g.errorContext(), 0) })},
		{site: "canon_waitable_set_drop/class", run: guest(func(g *scene) { CanonWaitableSetDrop(g.s, g.errorContext()) })},
		{site: "canon_lift.thread_func/class", run: callbackGuest(func(g *scene) uint64 { return uint64(CallbackWait) | g.errorContext()<<4 })},
		{site: "canon_subtask_cancel/class", run: guest(func(g *scene) { CanonSubtaskCancel(g.s, false, g.set()) })},
		{site: "canon_subtask_drop/class", run: guest(func(g *scene) { CanonSubtaskDrop(g.s, g.set()) })},
		{site: "stream_copy/class", run: guest(func(g *scene) {
			_, wi := g.stream(nil)
			CanonStreamRead(g.s, streamOf(nil), g.async, wi, 0, 0)
		})},
		{site: "future_copy/class", run: guest(func(g *scene) {
			_, wi := g.future(nil)
			CanonFutureRead(g.s, futureOf(nil), g.async, wi, 0)
		})},
		{site: "cancel_copy/class", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			CanonStreamCancelWrite(g.s, u8Stream(), true, ri)
		})},
		{site: "drop/class", run: guest(func(g *scene) {
			_, wi := g.stream(nil)
			CanonStreamDropReadable(g.s, streamOf(nil), wi)
		})},
	}
}

// wrongClassOfValues passes an index of the wrong class as an argument.
func wrongClassOfValues() []scenario {
	passing := func(site Site, t func(g *scene) ValType, index func(g *scene) uint64) scenario {
		return scenario{site: site, run: guest(func(g *scene) { g.lower(HostFunc(taker), params(t(g)), g.sync, index(g)) })}
	}
	writable := func(g *scene) uint64 { _, wi := g.stream(nil); return wi }
	return []scenario{
		passing("lift_own/class", func(g *scene) ValType { return &OwnType{Rt: g.r} }, (*scene).set),
		passing("lift_borrow/class", func(g *scene) ValType { return &BorrowType{Rt: g.r} }, (*scene).set),
		passing("lift_error_context/class", func(*scene) ValType { return &ErrorContextType{} }, (*scene).set),
		passing("lift_async_value/class", func(*scene) ValType { return streamOf(nil) }, writable),
	}
}

// TestTrapOnWrongType gives each built-in that knows a type an element of its class and of another type.
func TestTrapOnWrongType(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "canon_resource_drop/type", run: guest(func(g *scene) { CanonResourceDrop(g.s, g.other, g.resource(g.r)) })},
		{site: "canon_resource_rep/type", run: guest(func(g *scene) { CanonResourceRep(g.s, g.other, g.resource(g.r)) })},
		{site: "stream_copy/type", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			CanonStreamRead(g.s, u8Stream(), g.async, ri, 0, 0)
		})},
		{site: "future_copy/type", run: guest(func(g *scene) {
			ri, _ := g.future(nil)
			CanonFutureRead(g.s, futureOf(U8Type{}), g.async, ri, 0)
		})},
		{site: "cancel_copy/type", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			CanonStreamCancelRead(g.s, streamOf(nil), true, ri)
		})},
		{site: "drop/type", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			CanonStreamDropReadable(g.s, u8Stream(), ri)
		})},
		{site: "lift_own/type", run: guest(func(g *scene) {
			g.lower(HostFunc(taker), params(&OwnType{Rt: g.other}), g.sync, g.resource(g.r))
		})},
		{site: "lift_borrow/type", run: guest(func(g *scene) {
			g.lower(HostFunc(taker), params(&BorrowType{Rt: g.other}), g.sync, g.resource(g.r))
		})},
		{site: "lift_async_value/type", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			g.lower(HostFunc(taker), params(u8Stream()), g.sync, ri)
		})},
		{site: "canon_task_return/type", run: guest(func(g *scene) { CanonTaskReturn(g.s, []ValType{U8Type{}}, &g.async.LiftOptions, ints(0)) })},
		{site: "canon_thread_new_indirect/type", run: guest(func(g *scene) {
			fi64 := &CoreFuncRef{T: &CoreFuncType{Params: []CoreType{I64}}, Callee: core(func() {})}
			CanonThreadNewIndirect(g.s, &CoreFuncType{Params: []CoreType{I32}}, NewFuncTable(g.s, fi64), 1, 0)
		})},
	}, newTrap)
}

// TestTrapOnTables is the traps of the tables themselves.
func TestTrapOnTables(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "Table.get/bounds", run: guest(func(g *scene) { CanonWaitableSetDrop(g.s, g.set()+1) })},
		{site: "Table.get/empty", run: guest(func(g *scene) { g.set(); CanonWaitableSetDrop(g.s, 0) })},
		{site: "Table.get/empty", run: guest(func(g *scene) {
			i := g.set()
			CanonWaitableSetDrop(g.s, i)
			CanonWaitableSetDrop(g.s, i)
		})},
		{site: "Table.add/full", run: guest(func(g *scene) { g.set(); g.set() }), options: Options{Limits: Limits{TableLength: 1}}},
	}, newTrap)
}

// TestTrapOnResources is the other traps on resource handles.
func TestTrapOnResources(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "canon_resource_drop/num_lends", run: guest(func(g *scene) { CanonResourceDrop(g.s, g.r, g.lent()) })},
		{site: "lift_own/num_lends", run: guest(func(g *scene) {
			g.lower(HostFunc(taker), params(&OwnType{Rt: g.r}), g.sync, g.lent())
		})},
		{site: "lift_own/own", run: withBorrow(func(g *scene, borrow uint64) {
			g.lower(HostFunc(taker), params(&OwnType{Rt: g.r}), g.sync, borrow)
		})},
		{site: "Task.return_/borrows", run: withBorrow(func(g *scene, _ uint64) { CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil) })},
		{site: "Task.cancel/borrows", run: cancelledWithBorrow(func(g *scene) { CanonTaskCancel(g.s) })},
	}, newTrap)
}

// lent makes a handle of R that is lent to a call that never returns.
func (g *scene) lent() uint64 {
	i := g.resource(g.r)
	ft := &FuncType{Params: []ValType{&BorrowType{Rt: g.r}}, Async: true}
	callee := g.s.Lift(func([]CoreValue) []CoreValue { return CanonThreadSuspend(g.s, false) }, ft, g.async, g.b)
	subtaskIn(g.t, g.lower(callee, ft, g.async, i), SubtaskStarted)
	return i
}

// borrowing runs body as an async function of A that has been handed a borrow handle of R.
func (g *scene) borrowing(body func(g *scene, borrow uint64)) FuncInst {
	return g.s.Lift(func(args []CoreValue) []CoreValue {
		body(g, one(g.t, args))
		return ints()
	}, &FuncType{Params: []ValType{&BorrowType{Rt: g.r}}, Async: true}, g.async, g.a)
}

func withBorrow(body func(g *scene, borrow uint64)) func(*scene) error {
	return func(g *scene) error { return g.call(g.borrowing(body), mk(7)) }
}

// cancelledWithBorrow runs body in a task that still has its borrow handle when cancellation was delivered to it.
func cancelledWithBorrow(body func(g *scene)) func(*scene) error {
	return func(g *scene) error {
		f := g.borrowing(func(g *scene, _ uint64) {
			returns(g.t, CanonThreadSuspend(g.s, true), 1)
			body(g)
		})
		onCancel, err := g.s.Invoke(f, HostOnStart(func() []Value { return mkList(7) }), HostOnResolve(noResults))
		if err != nil {
			return err
		}
		return g.s.Cancel(onCancel)
	}
}
