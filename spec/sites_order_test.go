package spec

import "testing"

// TestFirstTrapWins is guests that two traps apply to: the one that definitions.py checks first stops them.
func TestFirstTrapWins(t *testing.T) {
	for _, scenarios := range [][]scenario{twoTrapsOnHandles(), twoTrapsOnTasks(), twoTrapsOnCopies(), twoTrapsOnMemory(), twoTrapsOnRealloc()} {
		runScenarios(t, scenarios, newTrap)
	}
}

func twoTrapsOnHandles() []scenario {
	lentBorrow := func(g *scene, borrow uint64) {
		ft := &FuncType{Params: []ValType{&BorrowType{Rt: g.r}}, Async: true}
		callee := g.s.Lift(func([]CoreValue) []CoreValue { return CanonThreadSuspend(g.s, false) }, ft, g.async, g.b)
		subtaskIn(g.t, g.lower(callee, ft, g.async, borrow), SubtaskStarted)
		g.lower(HostFunc(taker), params(&OwnType{Rt: g.r}), g.sync, borrow)
	}
	return []scenario{
		// of another type, and lent
		{site: "canon_resource_drop/type", run: guest(func(g *scene) { CanonResourceDrop(g.s, g.other, g.lent()) })},
		{site: "lift_own/type", run: guest(func(g *scene) {
			g.lower(HostFunc(taker), params(&OwnType{Rt: g.other}), g.sync, g.lent())
		})},
		// lent, and a borrow handle itself
		{site: "lift_own/num_lends", run: withBorrow(lentBorrow)},
		// waited for by itself, and joined to what is no set
		{site: "canon_waitable_join/sync-waiter", run: guest(func(g *scene) { CanonWaitableJoin(g.s, g.waitedFor(), g.errorContext()) })},
		// no waitable, and joined to what is no set
		{site: "canon_waitable_join/waitable-class", run: guest(func(g *scene) { CanonWaitableJoin(g.s, g.errorContext(), g.errorContext()) })},
		// with an element, and waited for
		{site: "WaitableSet.drop/elements", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			seti := g.set()
			none(g.t, CanonWaitableJoin(g.s, ri, seti))
			g.running(func() { CanonWaitableSetWait(g.s, false, g.mem, seti, 0) })
			CanonWaitableSetDrop(g.s, seti)
		})},
	}
}

func twoTrapsOnTasks() []scenario {
	return []scenario{
		// not to be cancelled, and with a borrow handle
		{site: "Task.cancel/not-delivered", run: withBorrow(func(g *scene, _ uint64) { CanonTaskCancel(g.s) })},
		// of a function that is lifted sync, of another type and with other options
		{site: "canon_task_return/async", run: syncGuest(func(g *scene) {
			CanonTaskReturn(g.s, []ValType{U8Type{}}, &LiftOptions{}, ints(0))
		})},
		{site: "canon_task_return/type", run: guest(func(g *scene) { CanonTaskReturn(g.s, []ValType{U8Type{}}, &LiftOptions{}, ints(0)) })},
		// to be cancelled already, and in a set in a sync call
		{site: "canon_subtask_cancel/requested", run: guest(func(g *scene) {
			subi := g.stubborn()
			returns(g.t, CanonSubtaskCancel(g.s, true, subi), Blocked)
			none(g.t, CanonWaitableJoin(g.s, subi, g.set()))
			CanonSubtaskCancel(g.s, false, subi)
		})},
		// cancelled, with the cancellation delivered
		{site: "canon_subtask_cancel/delivered", run: guest(func(g *scene) {
			returnsOnCancel := g.s.Lift(core(func() {
				CanonThreadSuspend(g.s, true)
				CanonTaskCancel(g.s)
			}), asyncFt, g.async, g.b)
			subi := subtaskIn(g.t, g.lower(returnsOnCancel, asyncFt, g.async), SubtaskStarted)
			returns(g.t, CanonSubtaskCancel(g.s, true, subi), SubtaskCancelledBeforeReturned)
			CanonSubtaskCancel(g.s, true, subi)
		})},
	}
}

func twoTrapsOnCopies() []scenario {
	joined := func(g *scene, i uint64) uint64 {
		none(g.t, CanonWaitableJoin(g.s, i, g.set()))
		return i
	}
	return []scenario{
		// copying or not, and in a set in a sync call
		{site: "stream_copy/idle", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			CanonStreamRead(g.s, u8Stream(), g.sync, joined(g, ri), 0, 1)
		})},
		{site: "future_copy/idle", run: guest(func(g *scene) {
			ri, _ := g.blockedFutureRead()
			CanonFutureRead(g.s, futureOf(nil), g.sync, joined(g, ri), 0)
		})},
		{site: "cancel_copy/copying", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			CanonStreamCancelRead(g.s, streamOf(nil), false, joined(g, ri))
		})},
		// copying, and in a set
		{site: "lift_async_value/idle", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			g.lower(HostFunc(taker), params(u8Stream()), g.sync, joined(g, ri))
		})},
		// of another type, and copying
		{site: "lift_async_value/type", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			g.lower(HostFunc(taker), params(streamOf(nil)), g.sync, ri)
		})},
		// not written, and copying
		{site: "WritableFutureEnd.drop/unwritten", run: guest(func(g *scene) {
			_, wi := g.future(nil)
			returns(g.t, CanonFutureWrite(g.s, futureOf(nil), g.async, wi, 0), Blocked)
			CanonFutureDropWritable(g.s, futureOf(nil), wi)
		})},
		// copying, and with a buffer out of bounds
		{site: "stream_copy/idle", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			CanonStreamRead(g.s, u8Stream(), g.async, ri, 1000, 1)
		})},
		// too long, not aligned, and out of bounds
		{site: "BufferGuestImpl.__init__/length", run: guest(func(g *scene) {
			ri, _ := g.stream(U16Type{})
			CanonStreamRead(g.s, streamOf(U16Type{}), g.async, ri, 1, 1<<28)
		})},
		{site: "BufferGuestImpl.__init__/aligned", run: guest(func(g *scene) {
			ri, _ := g.stream(U16Type{})
			CanonStreamRead(g.s, streamOf(U16Type{}), g.async, ri, 1, 1000)
		})},
	}
}

func twoTrapsOnMemory() []scenario {
	seventeen, two := params(repeated[ValType](U16Type{}, 17)...), results(U16Type{}, U16Type{})
	const far = 1001
	return []scenario{
		{site: "lift_flat_values/aligned", run: guest(func(g *scene) { g.lower(HostFunc(taker), seventeen, g.sync, far) })},
		{site: "lower_flat_values/aligned", run: guest(func(g *scene) { g.lower(giver(mk(1), mk(2)), two, g.sync, far) })},
		{site: "load_list_from_range/length", run: lifting(listOf(U16Type{}), UTF8, nil, far, 1<<27)},
		{site: "load_list_from_range/aligned", run: lifting(listOf(U16Type{}), UTF8, nil, far, 1)},
		{site: "load_string_from_range/length", run: lifting(StringType{}, UTF16, nil, far, 1<<27)},
		{site: "load_string_from_range/aligned", run: lifting(StringType{}, UTF16, nil, far, 1)},
	}
}

// twoTrapsOnRealloc has realloc return pointers that are neither aligned nor within the memory.
func twoTrapsOnRealloc() []scenario {
	const far = end16 + 1
	utf8, beyond := mkStr("é"), mkStr("āb")
	tagged := String{"é", Latin1UTF16, 1 | utf16Tag(I32)}
	str := ValType(StringType{})
	return []scenario{
		{site: "store_list_into_range/aligned", run: lowering(mkList(1), listOf(U16Type{}), UTF8, far)},
		{site: "store_string_copy/aligned", run: lowering(String{"a", UTF16, 1}, str, UTF16, far)},
		{site: "store_utf8_to_utf16/aligned", run: lowering(utf8, str, UTF16, far)},
		{site: "store_utf8_to_utf16/shrunk-aligned", run: lowering(utf8, str, UTF16, 0, far)},
		{site: "store_string_to_latin1_or_utf16/aligned", run: lowering(utf8, str, Latin1UTF16, far)},
		{site: "store_string_to_latin1_or_utf16/latin1-aligned", run: lowering(utf8, str, Latin1UTF16, 0, far)},
		{site: "store_string_to_latin1_or_utf16/worst-case-aligned", run: lowering(beyond, str, Latin1UTF16, 0, far)},
		{site: "store_string_to_latin1_or_utf16/utf16-aligned", run: lowering(beyond, str, Latin1UTF16, 0, 0, far)},
		{site: "store_probably_utf16_to_latin1_or_utf16/aligned", run: lowering(tagged, str, Latin1UTF16, far)},
	}
}

// TestFirstAssertionWins is the same for asserts.
func TestFirstAssertionWins(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "future_copy.future_event/remain", run: futureEnding(CopyCancelled, CopyCompleted)},
		{site: "canon_lower.on_resolve/requested", run: guest(func(g *scene) {
			g.lower(HostFunc(func(_ OnStart, onResolve OnResolve, _ *ComponentInstance) OnCancel {
				onResolve.OnResolve(nil)
				return nil
			}), syncFt, g.sync)
		})},
	}, newAssertionFailure)
}

// TestEventIsStoredWordByWord stores an event whose second word does not fit: the first is written all the same.
func TestEventIsStoredWordByWord(t *testing.T) {
	g := newScene(t, newTestStore(t))
	copy(g.mem.Bytes.B[252:], "\x01\x01\x01\x01")
	err := guest(func(g *scene) { CanonWaitableSetPoll(g.s, false, g.mem, g.set(), 252) })(g)
	wantStop(t, err, newAssertionFailure("store/bounds", ""))
	equal(t, u32At(g.mem, 252), 0)
}

// TestStreamIsDroppedBeforeItsEnd has a host see that its stream is dropped although the end then fails an assert.
func TestStreamIsDroppedBeforeItsEnd(t *testing.T) {
	var h *lateHost
	err := guest(func(g *scene) {
		ri := uint64(0)
		ri, h = g.endedTwice()
		CanonStreamDropReadable(g.s, u8Stream(), ri)
	})(newScene(t, newTestStore(t)))
	wantStop(t, err, newAssertionFailure("Waitable.drop/pending-event", ""))
	equal(t, h.dropped, true)
}

// TestTaskResolvesAfterItsCaller checks a task's state while its caller takes the result.
func TestTaskResolvesAfterItsCaller(t *testing.T) {
	g := newScene(t, newTestStore(t))
	var during TaskState
	f := g.lift(g.async, asyncFt, func() {
		none(t, CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil))
		equal(t, currentTask(g.s).state, TaskResolved)
	})
	_, err := g.s.Invoke(f, HostOnStart(noArgs), HostOnResolve(func([]Value) { during = currentTask(g.s).state }))
	equal(t, err, nil)
	equal(t, during, TaskStarted)
}

// TestSwitchOfTwoSets moves a waitable from one set to another and out of it.
func TestSwitchOfTwoSets(t *testing.T) {
	err := syncGuest(func(g *scene) {
		ri, _ := g.stream(nil)
		first, second := g.set(), g.set()
		none(t, CanonWaitableJoin(g.s, ri, first))
		none(t, CanonWaitableJoin(g.s, ri, second))
		none(t, CanonWaitableSetDrop(g.s, first))
		none(t, CanonWaitableJoin(g.s, ri, 0))
		none(t, CanonWaitableSetDrop(g.s, second))
	})(newScene(t, newTestStore(t)))
	equal(t, err, nil)
}

// TestEntryIsInOrder calls a function whose instance has just lifted its backpressure while an earlier call still waits
// to enter: the later call has to wait too.
func TestEntryIsInOrder(t *testing.T) {
	g := newScene(t, newTestStore(t))
	var order []int
	entering := func(n int) FuncInst {
		return g.s.Lift(core(func() {
			order = append(order, n)
			none(t, CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil))
		}), asyncFt, g.async, g.b)
	}
	inB := func(body func()) { none(t, g.lower(g.s.Lift(core(body), syncFt, g.sync, g.b), syncFt, g.sync)) }
	err := g.call(g.lift(g.async, asyncFt, func() {
		inB(func() { CanonBackpressureInc(g.s) })
		subtaskIn(t, g.lower(entering(1), asyncFt, g.async), SubtaskStarting)
		inB(func() { CanonBackpressureDec(g.s) })
		subtaskIn(t, g.lower(entering(2), asyncFt, g.async), SubtaskStarting)
		none(t, CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil))
	}))
	equal(t, err, nil)
	equalDeep(t, order, []int{1, 2})
	equal(t, g.b.numWaitingToEnter, 0)
	equal(t, g.call(entering(3)), nil)
	equalDeep(t, order, []int{1, 2, 3})
}

// TestCopyInParts copies to and from buffers that are filled and emptied in two parts.
func TestCopyInParts(t *testing.T) {
	err := syncGuest(func(g *scene) {
		bs := g.mem.Bytes.B
		copy(bs, []byte{1, 2, 3, 4})
		ri, wi := g.stream(U8Type{})
		seti := g.set()

		returns(t, CanonStreamRead(g.s, u8Stream(), g.async, ri, 16, 4), Blocked)
		copied(t, one(t, CanonStreamWrite(g.s, u8Stream(), g.async, wi, 0, 2)), 2, CopyCompleted)
		copied(t, one(t, CanonStreamWrite(g.s, u8Stream(), g.async, wi, 2, 2)), 2, CopyCompleted)
		holds(t, g.mem, 16, 1, 2, 3, 4)
		none(t, CanonWaitableJoin(g.s, ri, seti))
		returns(t, CanonWaitableSetPoll(g.s, false, g.mem, seti, 64), EventStreamRead)
		copied(t, u32At(g.mem, 68), 4, CopyCompleted)
		none(t, CanonWaitableJoin(g.s, ri, 0))

		returns(t, CanonStreamWrite(g.s, u8Stream(), g.async, wi, 16, 4), Blocked)
		copied(t, one(t, CanonStreamRead(g.s, u8Stream(), g.async, ri, 32, 2)), 2, CopyCompleted)
		copied(t, one(t, CanonStreamRead(g.s, u8Stream(), g.async, ri, 34, 2)), 2, CopyCompleted)
		holds(t, g.mem, 32, 1, 2, 3, 4)
	})(newScene(t, newTestStore(t)))
	equal(t, err, nil)
}

// TestPayloadWrapsToI32 lifts a variant's case whose payload, an i32, is passed in the i64 of another case.
func TestPayloadWrapsToI32(t *testing.T) {
	wide := variantOf(CaseType{"a", U32Type{}}, CaseType{"b", U64Type{}})
	cx := mkCx(t, optsWith{})
	equalDeep(t, liftFlat(cx, newCoreValueIter(cx.store(), ints(0, 1<<32|5)), wide), mk(Dict{{"a", 5}}))
}

// TestTablesPerType numbers handles per type, class by class: every table begins at 1, and an index is looked for in
// the table of the class wanted, and in no other.
func TestTablesPerType(t *testing.T) {
	g := newScene(t, newTestStoreWith(t, Options{Deterministic: true, Variant: PerType}))
	err := syncGuest(func(g *scene) {
		equal(t, g.resource(g.r), 1)
		equal(t, g.resource(g.r), 2)
		equal(t, g.resource(g.other), 1)
		equal(t, g.set(), 1)
		equal(t, g.errorContext(), 1)
		ri, wi := g.stream(nil)
		equal(t, ri, 1)
		equal(t, wi, 2)
		none(t, CanonResourceDrop(g.s, g.r, 1))
		returns(t, CanonResourceRep(g.s, g.other, 1), 7)
		returns(t, CanonResourceRep(g.s, g.r, 2), 7)
		traps(t, "Table.get/empty", func() { CanonResourceRep(g.s, g.r, 1) })
		traps(t, "Table.get/bounds", func() { CanonResourceRep(g.s, g.other, 2) })
		none(t, CanonWaitableJoin(g.s, ri, 1))
		traps(t, "drop/class", func() { CanonStreamDropReadable(g.s, streamOf(nil), wi) })
		none(t, CanonErrorContextDrop(g.s, 1))
		none(t, CanonWaitableJoin(g.s, ri, 0))
		none(t, CanonWaitableSetDrop(g.s, 1))
		equal(t, g.set(), 1)
		equal(t, g.resource(g.r), 1)
	})(g)
	equal(t, err, nil)
}

// TestEndIsCopyingWhileItsHostCopies has a host check the end that reads from it.
func TestEndIsCopyingWhileItsHostCopies(t *testing.T) {
	err := guest(func(g *scene) {
		_, h := g.endedTwice()
		equal(t, h.during, CopyStateCopying)
		CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil)
	})(newScene(t, newTestStore(t)))
	equal(t, err, nil)
}
