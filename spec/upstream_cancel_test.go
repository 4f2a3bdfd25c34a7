package spec

import (
	"bytes"
	"testing"
)

// consumes is got = sink.consume(len(want)); assert(got == want).
func consumes(t *testing.T, sink *hostSink, want ...byte) {
	t.Helper()
	if got := sink.consume(len(want)); !bytes.Equal(got, want) {
		t.Fatalf("consumed %v, want %v", got, want)
	}
}

// TestCancelCopy is test_cancel_copy.
func TestCancelCopy(t *testing.T) {
	s := newTestStore(t)
	inst := NewComponentInstance(s, nil)
	mem := NewMemInst(24)
	lowerOpts := mkOpts(optsWith{memory: mem, async: true})

	hostFt1 := &FuncType{Params: u8Streams()}
	var sink *hostSink
	hostFunc1 := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, _ func(HostReady) Cancelled) {
		sink = newHostSink(t, oneStream(t, onStart.OnStart()), 0)
		onResolve.OnResolve([]Value{})
	}
	hostFunc1Inst := mkHostFunc(s, hostFunc1, hostFt1)

	hostFt2 := &FuncType{Result: u8Streams()}
	var source *hostSource
	hostFunc2 := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, _ func(HostReady) Cancelled) {
		equal(t, len(onStart.OnStart()), 0)
		source = newHostSource(t, nil, 2, false)
		onResolve.OnResolve([]Value{source})
	}
	hostFunc2Inst := mkHostFunc(s, hostFunc2, hostFt2)

	liftOpts := mkOpts(optsWith{})
	coreFunc := func(args []CoreValue) []CoreValue {
		none(t, args)

		rsi, wsi := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		returns(t, s.Lower(hostFunc1Inst, hostFt1, lowerOpts, inst)(ints(rsi)), SubtaskReturned)
		copy(mem.Bytes.B[0:4], []byte{10, 11, 12, 13})
		returns(t, CanonStreamWrite(s, u8Stream(), lowerOpts, wsi, 0, 4), Blocked)
		sink.setRemain(2)
		consumes(t, sink, 10, 11)
		copied(t, one(t, CanonStreamCancelWrite(s, u8Stream(), false, wsi)), 2, CopyCompleted)
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi))
		sink.setRemain(100)
		endsFor(t, sink)

		rsi, wsi = unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		returns(t, s.Lower(hostFunc1Inst, hostFt1, lowerOpts, inst)(ints(rsi)), SubtaskReturned)
		copy(mem.Bytes.B[0:4], []byte{1, 2, 3, 4})
		returns(t, CanonStreamWrite(s, u8Stream(), lowerOpts, wsi, 0, 4), Blocked)
		sink.setRemain(2)
		consumes(t, sink, 1, 2)
		copied(t, one(t, CanonStreamCancelWrite(s, u8Stream(), true, wsi)), 2, CopyCompleted)
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi))
		sink.setRemain(100)
		endsFor(t, sink)

		const retp = 16
		returns(t, s.Lower(hostFunc2Inst, hostFt2, lowerOpts, inst)(ints(retp)), SubtaskReturned)
		rsi = u32At(mem, retp)
		returns(t, CanonStreamRead(s, u8Stream(), lowerOpts, rsi, 0, 4), Blocked)
		copied(t, one(t, CanonStreamCancelRead(s, u8Stream(), false, rsi)), 0, CopyCancelled)
		none(t, CanonStreamDropReadable(s, u8Stream(), rsi))

		returns(t, s.Lower(hostFunc2Inst, hostFt2, lowerOpts, inst)(ints(retp)), SubtaskReturned)
		rsi = u32At(mem, retp)
		returns(t, CanonStreamRead(s, u8Stream(), lowerOpts, rsi, 0, 4), Blocked)
		source.blockCancel()
		returns(t, CanonStreamCancelRead(s, u8Stream(), true, rsi), Blocked)
		traps(t, "cancel_copy/copying", func() { CanonStreamCancelRead(s, u8Stream(), true, rsi) })
		source.write([]byte{7, 8})
		source.unblockCancel()
		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, rsi, seti))
		copied(t, waitEvent(t, s, mem, seti, retp, EventStreamRead, rsi), 2, CopyCancelled)
		holds(t, mem, 0, 7, 8)
		none(t, CanonStreamDropReadable(s, u8Stream(), rsi))
		none(t, CanonWaitableSetDrop(s, seti))

		return ints()
	}

	callerFt := &FuncType{Async: true}
	liftAndRun(t, liftOpts, inst, callerFt, coreFunc, noArgs, noResults)
}

// TestCancelSubtask is test_cancel_subtask.
func TestCancelSubtask(t *testing.T) {
	s := newRandomTestStore(t)
	rootInst := NewComponentInstance(s, nil)
	u8 := []ValType{U8Type{}}
	ft := &FuncType{Params: u8, Result: u8, Async: true}

	calleeMem := newHeap(10).mem(I32)
	calleeOpts := mkOpts(optsWith{memory: calleeMem, async: true})
	syncCalleeOpts := mkOpts(optsWith{memory: calleeMem})
	calleeInst := NewComponentInstance(s, rootInst)

	coreCallee1 := func([]CoreValue) []CoreValue {
		t.Fatal("not reached")
		return nil
	}
	callee1 := s.Lift(coreCallee1, ft, calleeOpts, calleeInst)

	coreCallee2 := func(args []CoreValue) []CoreValue {
		x := one(t, args)
		si := one(t, CanonWaitableSetNew(s))
		returns(t, CanonWaitableSetWait(s, true, calleeMem, si, 0), EventTaskCancelled)
		switch x {
		case 1:
			none(t, CanonTaskReturn(s, u8, &calleeOpts.LiftOptions, ints(42)))
		case 2:
			none(t, CanonTaskCancel(s))
		case 3:
			one(t, CanonThreadYield(s, true))
			none(t, CanonTaskReturn(s, u8, &calleeOpts.LiftOptions, ints(43)))
		case 4:
			one(t, CanonThreadYield(s, true))
			none(t, CanonTaskCancel(s))
		default:
			t.Fatal("not reached")
		}
		return ints()
	}
	callee2 := s.Lift(coreCallee2, ft, calleeOpts, calleeInst)

	coreCallee3 := func(args []CoreValue) []CoreValue {
		one(t, args)
		cancelled := one(t, CanonThreadYield(s, true))
		if cancelled != 0 {
			none(t, CanonTaskCancel(s))
		} else {
			none(t, CanonTaskReturn(s, u8, &calleeOpts.LiftOptions, ints(83)))
		}
		return ints()
	}
	callee3 := s.Lift(coreCallee3, ft, calleeOpts, calleeInst)

	// oneArg is args = on_start(); assert(len(args) == 1); assert(args[0] == 42).
	oneArg := func(args []Value) {
		t.Helper()
		equal(t, len(args), 1)
		equal(t, args[0], Value(UintOf(42)))
	}

	hostFut4 := false
	hostFunc4 := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, waitUntil func(HostReady) Cancelled) {
		oneArg(onStart.OnStart())
		waitUntil(isSet(&hostFut4))
		onResolve.OnResolve([]Value{UintOf(43)})
	}
	hostFunc4Inst := mkHostFunc(s, hostFunc4, ft)
	coreCallee4 := func(args []CoreValue) []CoreValue {
		one(t, args)
		equal(t, one(t, s.Lower(hostFunc4Inst, ft, syncCalleeOpts, calleeInst)(ints(42))), 43)
		traps(t, "Task.cancel/not-delivered", func() { CanonTaskCancel(s) })
		seti := one(t, CanonWaitableSetNew(s))
		returns(t, CanonWaitableSetWait(s, true, calleeMem, seti, 0), EventTaskCancelled)
		returns(t, CanonWaitableSetPoll(s, true, calleeMem, seti, 0), EventNone)
		none(t, CanonTaskCancel(s))
		return ints()
	}
	callee4 := s.Lift(coreCallee4, ft, calleeOpts, calleeInst)

	hostFut5 := false
	hostFunc5 := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, waitUntil func(HostReady) Cancelled) {
		oneArg(onStart.OnStart())
		waitUntil(isSet(&hostFut5))
		waitUntil(isSet(&hostFut5))
		onResolve.OnResolve([]Value{UintOf(43)})
	}
	hostFunc5Inst := mkHostFunc(s, hostFunc5, ft)
	coreCallee5 := func(args []CoreValue) []CoreValue {
		equal(t, one(t, args), 13)
		subi := subtaskIn(t, s.Lower(hostFunc5Inst, ft, calleeOpts, calleeInst)(ints(42, 0)), SubtaskStarted)
		returns(t, CanonSubtaskCancel(s, false, subi), SubtaskReturned)
		none(t, CanonTaskReturn(s, u8, &calleeOpts.LiftOptions, ints(44)))
		return ints()
	}
	callee5 := s.Lift(coreCallee5, ft, calleeOpts, calleeInst)

	const notCancelled, cancelled = 0, 1
	coreFt := &CoreFuncType{Params: []CoreType{I32}}
	threadFunc := func(cancellable bool) *CoreFuncRef {
		return &CoreFuncRef{coreFt, func(args []CoreValue) []CoreValue {
			mainthreadi := one(t, args)
			if cancellable {
				returns(t, CanonThreadSuspendThenResume(s, true, mainthreadi), cancelled)
				returns(t, CanonThreadSuspendThenResume(s, true, mainthreadi), notCancelled)
				none(t, CanonTaskReturn(s, u8, &calleeOpts.LiftOptions, ints(45)))
			} else {
				returns(t, CanonThreadSuspendThenResume(s, false, mainthreadi), notCancelled)
			}
			return ints()
		}}
	}
	const cfi, ncfi = 1, 2
	coreFtbl := NewFuncTable(s, threadFunc(true), threadFunc(false))

	coreCallee6 := func(args []CoreValue) []CoreValue {
		equal(t, one(t, args), 14)

		mainthreadi := one(t, CanonThreadIndex(s))

		threadi1 := one(t, CanonThreadNewIndirect(s, coreFt, coreFtbl, ncfi, mainthreadi))
		returns(t, CanonThreadSuspendThenResume(s, true, threadi1), notCancelled)

		threadi2 := one(t, CanonThreadNewIndirect(s, coreFt, coreFtbl, cfi, mainthreadi))
		returns(t, CanonThreadSuspendThenResume(s, true, threadi2), notCancelled)

		threadi3 := one(t, CanonThreadNewIndirect(s, coreFt, coreFtbl, ncfi, mainthreadi))
		returns(t, CanonThreadSuspendThenResume(s, true, threadi3), notCancelled)

		returns(t, CanonThreadSuspend(s, false), notCancelled)

		none(t, CanonThreadResumeLater(s, threadi1))
		none(t, CanonThreadResumeLater(s, threadi2))
		none(t, CanonThreadResumeLater(s, threadi3))
		return ints()
	}
	callee6 := s.Lift(coreCallee6, ft, calleeOpts, calleeInst)

	callerMem := newHeap(20).mem(I32)
	memory := callerMem.Bytes.B
	callerOpts := mkOpts(optsWith{memory: callerMem, async: true})
	callerInst := NewComponentInstance(s, rootInst)

	coreCaller := func(args []CoreValue) []CoreValue {
		x := one(t, args)
		equal(t, x, 1)

		seti := one(t, CanonWaitableSetNew(s))

		calleeInst.backpressure = 1
		subi1 := subtaskIn(t, s.Lower(callee1, ft, callerOpts, callerInst)(ints(13, 0)), SubtaskStarting)
		subi2 := subtaskIn(t, s.Lower(callee1, ft, callerOpts, callerInst)(ints(13, 0)), SubtaskStarting)
		returns(t, CanonSubtaskCancel(s, false, subi2), SubtaskCancelledBeforeStarted)
		returns(t, CanonSubtaskCancel(s, true, subi1), SubtaskCancelledBeforeStarted)
		calleeInst.backpressure = 0

		subi1 = subtaskIn(t, s.Lower(callee2, ft, callerOpts, callerInst)(ints(1, 0)), SubtaskStarted)
		subi2 = subtaskIn(t, s.Lower(callee2, ft, callerOpts, callerInst)(ints(2, 0)), SubtaskStarted)
		subi3 := subtaskIn(t, s.Lower(callee2, ft, callerOpts, callerInst)(ints(3, 0)), SubtaskStarted)
		subi32 := subtaskIn(t, s.Lower(callee2, ft, callerOpts, callerInst)(ints(3, 0)), SubtaskStarted)
		subi4 := subtaskIn(t, s.Lower(callee2, ft, callerOpts, callerInst)(ints(4, 0)), SubtaskStarted)
		subi42 := subtaskIn(t, s.Lower(callee2, ft, callerOpts, callerInst)(ints(4, 0)), SubtaskStarted)

		memory[0] = 13
		returns(t, CanonSubtaskCancel(s, false, subi1), SubtaskReturned)
		equal(t, memory[0], 42)
		none(t, CanonSubtaskDrop(s, subi1))

		memory[0] = 13
		returns(t, CanonSubtaskCancel(s, true, subi2), SubtaskCancelledBeforeReturned)
		equal(t, memory[0], 13)
		none(t, CanonSubtaskDrop(s, subi2))

		memory[0] = 13
		returns(t, CanonSubtaskCancel(s, true, subi3), Blocked)
		equal(t, memory[0], 13)
		none(t, CanonWaitableJoin(s, subi3, seti))
		const retp = 8
		equal(t, waitEvent(t, s, callerMem, seti, retp, EventSubtask, subi3), uint64(SubtaskReturned))
		equal(t, memory[0], 43)
		none(t, CanonSubtaskDrop(s, subi3))

		memory[0] = 13
		returns(t, CanonSubtaskCancel(s, false, subi32), SubtaskReturned)
		equal(t, memory[0], 43)
		none(t, CanonSubtaskDrop(s, subi32))

		memory[0] = 13
		returns(t, CanonSubtaskCancel(s, true, subi4), Blocked)
		equal(t, memory[0], 13)
		none(t, CanonWaitableJoin(s, subi4, seti))
		equal(t, waitEvent(t, s, callerMem, seti, retp, EventSubtask, subi4), uint64(SubtaskCancelledBeforeReturned))
		none(t, CanonSubtaskDrop(s, subi4))

		memory[0] = 13
		returns(t, CanonSubtaskCancel(s, false, subi42), SubtaskCancelledBeforeReturned)
		equal(t, memory[0], 13)
		none(t, CanonSubtaskDrop(s, subi42))

		memory[0] = 13
		subi := subtaskIn(t, s.Lower(callee3, ft, callerOpts, callerInst)(ints(0, 0)), SubtaskStarted)
		for callerInst.handles.get(subi, wantSubtask).found.(*Subtask).state == SubtaskStarted {
			one(t, CanonThreadYield(s, true))
		}
		returns(t, CanonSubtaskCancel(s, true, subi), SubtaskReturned)
		equal(t, memory[0], 83)
		none(t, CanonSubtaskDrop(s, subi))

		memory[0] = 13
		subi = subtaskIn(t, s.Lower(callee3, ft, callerOpts, callerInst)(ints(0, 0)), SubtaskStarted)
		returns(t, CanonSubtaskCancel(s, true, subi), SubtaskCancelledBeforeReturned)
		equal(t, memory[0], 13)
		none(t, CanonSubtaskDrop(s, subi))

		memory[0] = 13
		subi = subtaskIn(t, s.Lower(callee4, ft, callerOpts, callerInst)(ints(0, 0)), SubtaskStarted)
		returns(t, CanonSubtaskCancel(s, true, subi), Blocked)
		equal(t, memory[0], 13)
		hostFut4 = true
		none(t, CanonWaitableJoin(s, subi, seti))
		const waitretp = 4
		equal(t, waitEvent(t, s, callerMem, seti, waitretp, EventSubtask, subi), uint64(SubtaskCancelledBeforeReturned))
		equal(t, memory[0], 13)
		none(t, CanonSubtaskDrop(s, subi))

		subi = subtaskIn(t, s.Lower(callee5, ft, callerOpts, callerInst)(ints(13, 0)), SubtaskStarted)
		returns(t, CanonSubtaskCancel(s, true, subi), Blocked)
		equal(t, memory[0], 13)
		hostFut5 = true
		none(t, CanonWaitableJoin(s, subi, seti))
		equal(t, waitEvent(t, s, callerMem, seti, waitretp, EventSubtask, subi), uint64(SubtaskReturned))
		equal(t, memory[0], 44)
		none(t, CanonSubtaskDrop(s, subi))

		subi = subtaskIn(t, s.Lower(callee6, ft, callerOpts, callerInst)(ints(14, 0)), SubtaskStarted)

		returns(t, CanonSubtaskCancel(s, true, subi), Blocked)

		none(t, CanonWaitableJoin(s, subi, seti))
		returns(t, CanonWaitableSetWait(s, true, callerMem, seti, 4), EventSubtask)
		equal(t, memory[0], 45)
		equal(t, u32At(callerMem, 4), subi)
		equal(t, u32At(callerMem, 8), uint64(SubtaskReturned))
		none(t, CanonSubtaskDrop(s, subi))

		none(t, CanonWaitableSetDrop(s, seti))
		none(t, CanonTaskReturn(s, u8, &callerOpts.LiftOptions, ints(42)))
		return ints()
	}

	onStart := func() []Value { return []Value{UintOf(1)} }

	var got []Value
	onResolve := func(results []Value) { got = results }

	liftAndRun(t, callerOpts, callerInst, ft, coreCaller, onStart, onResolve)

	equal(t, len(got), 1)
	equal(t, got[0], Value(UintOf(42)))
}
