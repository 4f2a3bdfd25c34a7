package spec

import "testing"

// noArgs and noResults are lambda:[] and lambda _:().
func noArgs() []Value { return []Value{} }

func noResults([]Value) {}

// remove is list.remove.
func remove(t *testing.T, list []uint64, e uint64) []uint64 {
	t.Helper()
	var err error
	removed := list
	if err = Try(func() { removed = removeFirst(list, e, "test") }); err != nil {
		t.Fatal(err)
	}
	return removed
}

// TestAsyncBackpressure is test_async_backpressure.
func TestAsyncBackpressure(t *testing.T) {
	s := newTestStore(t)
	rootInst := NewComponentInstance(s, nil)
	producerOpts := &CanonicalOptions{}
	producerOpts.Async = true
	producerInst := NewComponentInstance(s, rootInst)

	producerFt := &FuncType{Async: true}
	fut := false
	producer1Done := false
	producer1Core := func([]CoreValue) []CoreValue {
		none(t, CanonBackpressureInc(s))
		currentThread(s).WaitUntil(isSet(&fut), false)
		none(t, CanonBackpressureDec(s))
		none(t, CanonTaskReturn(s, nil, &producerOpts.LiftOptions, ints()))
		producer1Done = true
		return ints()
	}

	producer2Done := false
	producer2Core := func([]CoreValue) []CoreValue {
		equal(t, producer1Done, true)
		none(t, CanonTaskReturn(s, nil, &producerOpts.LiftOptions, ints()))
		producer2Done = true
		return ints()
	}

	producer1 := s.Lift(producer1Core, producerFt, producerOpts, producerInst)
	producer2 := s.Lift(producer2Core, producerFt, producerOpts, producerInst)

	consumerMem := newHeap(20).mem(I32)
	consumerOpts := mkOpts(optsWith{memory: consumerMem, async: true})
	consumerInst := NewComponentInstance(s, rootInst)
	consumerFt := &FuncType{Result: []ValType{U8Type{}}, Async: true}
	consumer := func(args []CoreValue) []CoreValue {
		none(t, args)

		state, subi1 := unpackResult(t, s.Lower(producer1, producerFt, consumerOpts, consumerInst)(ints()))
		equal(t, subi1, 1)
		equal(t, state, SubtaskStarted)

		state, subi2 := unpackResult(t, s.Lower(producer2, producerFt, consumerOpts, consumerInst)(ints()))
		equal(t, subi2, 2)
		equal(t, state, SubtaskStarting)

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, subi1, seti))
		none(t, CanonWaitableJoin(s, subi2, seti))

		fut = true
		equal(t, producer1Done, false)
		equal(t, producer2Done, false)

		remain := []uint64{subi1, subi2}
		for len(remain) > 0 {
			const retp = 8
			returns(t, CanonWaitableSetWait(s, true, consumerMem, seti, retp), EventSubtask)
			equal(t, u32At(consumerMem, retp+4), uint64(SubtaskReturned))
			subi := u32At(consumerMem, retp)
			remain = remove(t, remain, subi)
			none(t, CanonSubtaskDrop(s, subi))
		}

		equal(t, producer1Done, true)
		equal(t, producer2Done, true)

		none(t, CanonWaitableSetDrop(s, seti))

		none(t, CanonTaskReturn(s, []ValType{U8Type{}}, &consumerOpts.LiftOptions, ints(84)))
		return ints()
	}

	var got []Value
	onResolve := func(results []Value) { got = results }

	liftAndRun(t, consumerOpts, consumerInst, consumerFt, consumer, noArgs, onResolve)
	equal(t, got[0], Value(UintOf(84)))
}

// TestSyncUsingWait is test_sync_using_wait.
func TestSyncUsingWait(t *testing.T) {
	s := newTestStore(t)
	rootInst := NewComponentInstance(s, nil)
	producerOpts := mkOpts(optsWith{})
	producerOpts.Async = true
	producerInst := NewComponentInstance(s, rootInst)
	ft := &FuncType{Async: true}

	coreProducerPre := func(fut *bool) CoreFunc {
		return func([]CoreValue) []CoreValue {
			currentThread(s).WaitUntil(isSet(fut), false)
			none(t, CanonTaskReturn(s, nil, &producerOpts.LiftOptions, ints()))
			return ints()
		}
	}
	fut1 := false
	producer1 := s.Lift(coreProducerPre(&fut1), ft, producerOpts, producerInst)
	fut2 := false
	producer2 := s.Lift(coreProducerPre(&fut2), ft, producerOpts, producerInst)

	consumerHeap := newHeap(20)
	consumerMem := consumerHeap.mem(I32)
	consumerOpts := mkOpts(optsWith{memory: consumerMem})
	consumerOpts.Async = true
	consumerInst := NewComponentInstance(s, rootInst)

	coreFunc := func([]CoreValue) []CoreValue {
		state, subi1 := unpackResult(t, s.Lower(producer1, ft, consumerOpts, consumerInst)(ints()))
		equal(t, subi1, 1)
		equal(t, state, SubtaskStarted)
		state, subi2 := unpackResult(t, s.Lower(producer2, ft, consumerOpts, consumerInst)(ints()))
		equal(t, subi2, 2)
		equal(t, state, SubtaskStarted)

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, subi1, seti))
		none(t, CanonWaitableJoin(s, subi2, seti))

		fut1 = true

		retp := one(t, consumerHeap.realloc(ints(0, 0, 8, 4)))
		equal(t, waitEvent(t, s, consumerMem, seti, retp, EventSubtask, subi1), uint64(SubtaskReturned))

		fut2 = true

		equal(t, waitEvent(t, s, consumerMem, seti, retp, EventSubtask, subi2), uint64(SubtaskReturned))

		none(t, CanonSubtaskDrop(s, subi1))
		none(t, CanonSubtaskDrop(s, subi2))
		none(t, CanonWaitableSetDrop(s, seti))

		return ints()
	}

	liftAndRun(t, mkOpts(optsWith{}), consumerInst, ft, coreFunc, noArgs, noResults)
}

// TestFutures is test_futures.
func TestFutures(t *testing.T) {
	s := newRandomTestStore(t)
	inst := NewComponentInstance(s, nil)
	mem := NewMemInst(24)
	lowerOpts := mkOpts(optsWith{memory: mem, async: true})

	hostFt1 := &FuncType{Params: []ValType{futureOf(U8Type{})}, Result: []ValType{futureOf(U8Type{})}, Async: true}
	hostFunc := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, waitUntil func(HostReady) Cancelled) {
		args := onStart.OnStart()
		equal(t, len(args), 1)
		future := args[0].(ReadableFuture)
		outgoing := &hostFutureSource{}
		onResolve.OnResolve([]Value{outgoing})
		incoming := &hostFutureSink{t: t}
		future.ReadFuture(nil, incoming, HostOnCopyDone(func(CopyResult) {}))
		waitUntil(isSet(&incoming.hasV))
		equal(t, incoming.v, Value(UintOf(42)))
		outgoing.setResult(UintOf(43))
	}
	hostFuncInst := mkHostFunc(s, hostFunc, hostFt1)

	liftOpts := mkOpts(optsWith{})
	coreFunc := func(args []CoreValue) []CoreValue {
		thread := currentThread(s)
		none(t, args)
		rfi, wfi := unpackNewEnds(t, CanonFutureNew(s, futureOf(U8Type{})))
		const retp = 16
		returns(t, s.Lower(hostFuncInst, hostFt1, lowerOpts, inst)(ints(rfi, retp)), SubtaskReturned)
		rfi = u32At(mem, retp)

		const readp = 0
		returns(t, CanonFutureRead(s, futureOf(U8Type{}), lowerOpts, rfi, readp), Blocked)

		const writep = 8
		mem.Bytes.B[writep] = 42
		returns(t, CanonFutureWrite(s, futureOf(U8Type{}), lowerOpts, wfi, writep), CopyCompleted)

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, rfi, seti))
		equal(t, waitEvent(t, s, mem, seti, retp, EventFutureRead, rfi), uint64(CopyCompleted))
		equal(t, mem.Bytes.B[readp], 43)

		none(t, CanonFutureDropWritable(s, futureOf(U8Type{}), wfi))
		none(t, CanonFutureDropReadable(s, futureOf(U8Type{}), rfi))
		none(t, CanonWaitableSetDrop(s, seti))

		rfi, wfi = unpackNewEnds(t, CanonFutureNew(s, futureOf(U8Type{})))
		returns(t, s.Lower(hostFuncInst, hostFt1, lowerOpts, inst)(ints(rfi, retp)), SubtaskReturned)
		rfi = u32At(mem, retp)

		returns(t, CanonFutureRead(s, futureOf(U8Type{}), lowerOpts, rfi, readp), Blocked)

		mem.Bytes.B[writep] = 42
		returns(t, CanonFutureWrite(s, futureOf(U8Type{}), lowerOpts, wfi, writep), CopyCompleted)

		for !thread.task.inst.handles.get(rfi, wantWaitable).found.(*ReadableFutureEnd).hasPendingEvent() {
			one(t, CanonThreadYield(s, true))
		}

		returns(t, CanonFutureCancelRead(s, futureOf(U8Type{}), false, rfi), CopyCompleted)
		equal(t, mem.Bytes.B[readp], 43)

		none(t, CanonFutureDropWritable(s, futureOf(U8Type{}), wfi))
		none(t, CanonFutureDropReadable(s, futureOf(U8Type{}), rfi))

		_, wfi = unpackNewEnds(t, CanonFutureNew(s, futureOf(U8Type{})))
		traps(t, "WritableFutureEnd.drop/unwritten", func() { CanonFutureDropWritable(s, futureOf(U8Type{}), wfi) })

		return ints()
	}

	callerFt := &FuncType{Async: true}
	liftAndRun(t, liftOpts, inst, callerFt, coreFunc, noArgs, noResults)
}
