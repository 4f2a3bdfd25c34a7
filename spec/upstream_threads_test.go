package spec

import "testing"

// A threadTable is the ftbl of run_tests.py: a table of functions of one type.
type threadTable struct {
	ftbl *FuncTable
	ft   *CoreFuncType
}

func newThreadTable(s *Store) *threadTable {
	return &threadTable{NewFuncTable(s), &CoreFuncType{Params: []CoreType{I32}, Results: []CoreType{}}}
}

// add is ftbl.add(CoreFuncRef(ft, f)).
func (tt *threadTable) add(f CoreFunc) (fi uint64) {
	return tt.ftbl.table.add(&CoreFuncRef{T: tt.ft, Callee: f})
}

// newThread is [threadi] = canon_thread_new_indirect(ft, ftbl, fi, c).
func (tt *threadTable) newThread(t *testing.T, s *Store, fi, c uint64) (threadi uint64) {
	t.Helper()
	return one(t, CanonThreadNewIndirect(s, tt.ft, tt.ftbl, fi, c))
}

// TestThreads is test_threads.
func TestThreads(t *testing.T) { underSeeds(t, testThreads) }

func testThreads(t *testing.T, s *Store) {
	inst := NewComponentInstance(s, nil)
	mem := newHeap(8).mem(I32)
	opts := mkOpts(optsWith{memory: mem})

	threads := newThreadTable(s)

	fi1 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(13))
		return ints()
	})

	fi2 := threads.add(func(args []CoreValue) []CoreValue {
		mainthreadi := one(t, args)
		returns(t, CanonThreadYieldThenResume(s, true, mainthreadi), 0)
		return ints()
	})

	fi3 := threads.add(func(args []CoreValue) []CoreValue {
		mainthreadi := one(t, args)
		none(t, CanonThreadResumeLater(s, mainthreadi))
		return ints()
	})

	fi4 := threads.add(func(args []CoreValue) []CoreValue {
		ptr := one(t, args)
		returns(t, CanonThreadYield(s, false), 0)
		mem.Bytes.B[ptr]++
		returns(t, CanonThreadYield(s, false), 0)
		mem.Bytes.B[ptr]++
		return ints()
	})

	coreFunc := func(args []CoreValue) []CoreValue {
		none(t, args)

		mainthreadi := one(t, CanonThreadIndex(s))

		threadi := threads.newThread(t, s, fi1, 13)
		returns(t, CanonThreadYieldThenResume(s, true, threadi), 0)

		threadi = threads.newThread(t, s, fi2, mainthreadi)
		returns(t, CanonThreadSuspendThenResume(s, true, threadi), 0)

		threadi = threads.newThread(t, s, fi3, mainthreadi)
		none(t, CanonThreadResumeLater(s, threadi))
		returns(t, CanonThreadSuspend(s, true), 0)

		ptr := uint64(4)
		mem.Bytes.B[ptr] = 0
		for range 5 {
			threadi = threads.newThread(t, s, fi4, ptr)
			none(t, CanonThreadResumeLater(s, threadi))
		}
		for mem.Bytes.B[ptr] != 10 {
			CanonThreadYield(s, false)
		}

		return ints(42)
	}

	var result Value
	onResolve := func(v []Value) {
		equal(t, len(v), 1)
		result = v[0]
	}

	callerFt := &FuncType{Result: []ValType{U8Type{}}, Async: true}
	liftAndRun(t, opts, inst, callerFt, coreFunc, noArgs, onResolve)
	equal(t, result, mk(42))
}

// TestSyncThreads is test_sync_threads.
func TestSyncThreads(t *testing.T) { underSeeds(t, testSyncThreads) }

func testSyncThreads(t *testing.T, s *Store) {
	inst := NewComponentInstance(s, nil)

	mem := newHeap(8).mem(I32)
	opts := mkOpts(optsWith{memory: mem, async: true})
	threads := newThreadTable(s)

	var (
		pingCount1, pongCount1 int
		threadi2, threadi3     uint64
		threadi41, threadi42   uint64
		pingCount5, pongCount5 int
		threadi51, threadi52   uint64
	)

	fi11 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(131))
		for pingCount1 < 3 || pongCount1 < 3 {
			pingCount1++
			one(t, CanonThreadYield(s, false))
		}
		none(t, CanonThreadResumeLater(s, threadi2))
		return ints()
	})

	fi12 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(132))
		for pingCount1 < 3 || pongCount1 < 3 {
			pongCount1++
			one(t, CanonThreadYield(s, false))
		}
		return ints()
	})

	fi2 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(14))
		none(t, CanonThreadResumeLater(s, threadi3))
		return ints()
	})

	fi3 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(15))
		none(t, CanonThreadResumeLater(s, threadi41))
		one(t, CanonThreadSuspend(s, false))
		return ints()
	})

	var wsi uint64
	fi41 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(161))
		none(t, CanonThreadResumeLater(s, threadi3))
		none(t, CanonThreadResumeLater(s, threadi42))
		wsi = one(t, CanonWaitableSetNew(s))
		returns(t, CanonWaitableSetWait(s, true, opts.Memory, wsi, 0), EventFutureRead)
		none(t, CanonThreadResumeLater(s, threadi51))
		return ints()
	})

	fi42 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(162))
		futr, futw := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))
		returns(t, CanonFutureRead(s, futureOf(nil), opts, futr, 0xdeadbeef), Blocked)
		none(t, CanonWaitableJoin(s, futr, wsi))
		returns(t, CanonFutureWrite(s, futureOf(nil), opts, futw, 0xdeadbeef), CopyCompleted)
		return ints()
	})

	fi51 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(171))
		for pingCount5 < 3 {
			equal(t, pingCount5, pongCount5)
			one(t, CanonThreadYieldThenPromote(s, false, threadi52))
			equal(t, pingCount5, pongCount5)
			none(t, CanonThreadResumeLater(s, threadi52))
			one(t, CanonThreadYieldThenPromote(s, false, threadi52))
			equal(t, pingCount5, pongCount5-1)
			pingCount5++
		}
		none(t, CanonTaskReturn(s, []ValType{U8Type{}}, &opts.LiftOptions, ints(42)))
		none(t, CanonThreadResumeLater(s, threadi52))
		return ints()
	})

	fi52 := threads.add(func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(172))
		for pongCount5 < 3 {
			pongCount5++
			one(t, CanonThreadSuspendThenPromote(s, false, threadi51))
		}
		return ints()
	})

	coreFunc := func(args []CoreValue) []CoreValue {
		none(t, args)

		threadi11 := threads.newThread(t, s, fi11, 131)
		threadi12 := threads.newThread(t, s, fi12, 132)
		threadi2 = threads.newThread(t, s, fi2, 14)
		threadi3 = threads.newThread(t, s, fi3, 15)
		threadi41 = threads.newThread(t, s, fi41, 161)
		threadi42 = threads.newThread(t, s, fi42, 162)
		threadi51 = threads.newThread(t, s, fi51, 171)
		threadi52 = threads.newThread(t, s, fi52, 172)
		none(t, CanonThreadResumeLater(s, threadi11))
		none(t, CanonThreadResumeLater(s, threadi12))
		return ints()
	}

	readyBit := false
	okToRunAsync := false
	asyncTaskThread := func(args []CoreValue) []CoreValue {
		none(t, args)
		currentThread(s).WaitUntil(isSet(&readyBit), false)
		equal(t, okToRunAsync, true)
		return ints(43)
	}
	asyncFt := &FuncType{Result: []ValType{U32Type{}}, Async: true}
	var otherResult Value
	onAsyncResolve := func(v []Value) {
		equal(t, len(v), 1)
		otherResult = v[0]
	}
	fi := s.Lift(asyncTaskThread, asyncFt, &CanonicalOptions{}, inst)
	if _, err := s.Invoke(fi, HostOnStart(noArgs), HostOnResolve(onAsyncResolve)); err != nil {
		t.Fatal(err)
	}
	equal(t, otherResult, nil)
	readyBit = true

	var result Value
	onResolve := func(v []Value) {
		equal(t, len(v), 1)
		result = v[0]
		okToRunAsync = true
	}

	callerFt := &FuncType{Result: []ValType{U8Type{}}}
	liftAndRun(t, opts, inst, callerFt, coreFunc, noArgs, onResolve)
	equal(t, result, mk(42))
	equal(t, otherResult, mk(43))
}

// TestThreadCancelCallback is test_thread_cancel_callback.
func TestThreadCancelCallback(t *testing.T) { underSeeds(t, testThreadCancelCallback) }

func testThreadCancelCallback(t *testing.T, s *Store) {
	rootInst := NewComponentInstance(s, nil)
	producerInst := NewComponentInstance(s, rootInst)
	producerFt := &FuncType{Result: []ValType{U32Type{}}, Async: true}

	producerOpts1 := mkOpts(optsWith{async: true})
	coreProducer1 := func(args []CoreValue) []CoreValue {
		none(t, args)
		return ints(uint64(CallbackYield))
	}
	coreProducerCallback1 := func(args []CoreValue) []CoreValue {
		equalDeep(t, args, ints(uint64(EventNone), 0, 0))
		none(t, CanonTaskReturn(s, []ValType{U32Type{}}, &producerOpts1.LiftOptions, ints(42)))
		return ints(uint64(CallbackExit))
	}
	producerOpts1.Callback = coreProducerCallback1
	producerCallee1 := s.Lift(coreProducer1, producerFt, producerOpts1, producerInst)

	producerOpts2 := mkOpts(optsWith{async: true})
	coreProducer2 := func(args []CoreValue) []CoreValue {
		none(t, args)
		returns(t, CanonThreadYield(s, false), 0)
		none(t, CanonTaskReturn(s, []ValType{U32Type{}}, &producerOpts2.LiftOptions, ints(43)))
		return ints(uint64(CallbackExit))
	}
	coreProducerCallback2 := func(args []CoreValue) []CoreValue {
		t.Fatalf("the callback is called with %v", args)
		return nil
	}
	producerOpts2.Callback = coreProducerCallback2
	producerCallee2 := s.Lift(coreProducer2, producerFt, producerOpts2, producerInst)

	consumerInst := NewComponentInstance(s, rootInst)
	consumerFt := &FuncType{Async: true}
	consumerMem := newHeap(24).mem(I32)
	consumerOpts := mkOpts(optsWith{memory: consumerMem, async: true})

	coreConsumer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)

		retp1 := uint64(8)
		subi1 := subtaskIn(t, s.Lower(producerCallee1, producerFt, consumerOpts, consumerInst)(ints(retp1)), SubtaskStarted)

		retp2 := uint64(12)
		subi2 := subtaskIn(t, s.Lower(producerCallee2, producerFt, consumerOpts, consumerInst)(ints(retp2)), SubtaskStarted)

		returns(t, CanonSubtaskCancel(s, true, subi1), Blocked)

		retp3 := uint64(16)
		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, subi1, seti))
		equal(t, waitEvent(t, s, consumerMem, seti, retp3, EventSubtask, subi1), uint64(SubtaskReturned))
		equal(t, u32At(consumerMem, retp1), 42)

		none(t, CanonWaitableJoin(s, subi2, seti))
		equal(t, waitEvent(t, s, consumerMem, seti, retp3, EventSubtask, subi2), uint64(SubtaskReturned))
		equal(t, u32At(consumerMem, retp2), 43)

		return ints()
	}

	liftAndRun(t, mkOpts(optsWith{}), consumerInst, consumerFt, coreConsumer, noArgs, noResults)
}
