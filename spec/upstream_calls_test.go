package spec

import (
	"fmt"
	"testing"
)

// underSeeds runs a test with several sources of choices, as run_tests.py takes those of random. First alone will not do: a guest
// that yields until others have done something would be chosen again and again.
func underSeeds(t *testing.T, test func(t *testing.T, s *Store)) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed%d", seed), func(t *testing.T) {
			test(t, newTestStoreWith(t, Options{Deterministic: true, Choices: NewRandom(seed)}))
		})
	}
}

// callbackWait is CallbackCode.WAIT|(seti << 4).
func callbackWait(seti uint64) []CoreValue { return ints(uint64(CallbackWait) | seti<<4) }

// handleTable is inst.handles where run_tests.py looks into the table.
func handleTable(t *testing.T, inst *ComponentInstance) *Table {
	t.Helper()
	equal(t, len(*inst.handles.tables), 1)
	return (*inst.handles.tables)[0]
}

// TestCrossComponentRealloc is test_cross_component_realloc.
func TestCrossComponentRealloc(t *testing.T) {
	s := newTestStore(t)
	rootInst := NewComponentInstance(s, nil)

	producerHeap := newHeap(16)
	producerOpts := mkOpts(optsWith{memory: producerHeap.mem(I32)})
	producerInst := NewComponentInstance(s, rootInst)

	ft := &FuncType{Params: nil, Result: []ValType{listOf(U8Type{})}}
	coreProducer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)
		none(t, CanonContextSet(s, I32, 0, 0xdead))
		buf := one(t, producerHeap.realloc(ints(0, 0, 1, 3)))
		copy(producerHeap.memory.B[buf:buf+3], "\x0a\x0b\x0c")
		retp := one(t, producerHeap.realloc(ints(0, 0, 4, 8)))
		producerHeap.memory.B[retp] = byte(buf)
		producerHeap.memory.B[retp+4] = 3
		return ints(retp)
	}
	producer := s.Lift(coreProducer, ft, producerOpts, producerInst)

	consumerHeap := newHeap(24)
	consumerInst := NewComponentInstance(s, rootInst)
	var consumerThread *Thread
	numReallocCalls := 0

	coreConsumerRealloc := func(args []CoreValue) []CoreValue {
		numReallocCalls++
		thread := currentThread(s)
		equal(t, thread != consumerThread, true)
		equal(t, thread.task != consumerThread.task, true)
		equal(t, thread.task.inst, consumerInst)
		equal(t, currentInstance(s), consumerInst)
		equal(t, !consumerInst.mayEnter, true)
		equal(t, !consumerInst.mayLeave, true)
		equalDeep(t, CanonContextGet(s, I32, 0), ints(0))
		equalDeep(t, CanonContextGet(s, I32, 1), ints(0))
		none(t, CanonContextSet(s, I32, 0, 0xfeed))
		equalDeep(t, CanonContextGet(s, I32, 0), ints(0xfeed))
		traps(t, "canon_thread_index/may-leave", func() { CanonThreadIndex(s) })
		return consumerHeap.realloc(args)
	}

	consumerOpts := mkOpts(optsWith{memory: consumerHeap.mem(I32), realloc: coreConsumerRealloc})

	coreConsumer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)
		consumerThread = currentThread(s)
		none(t, CanonContextSet(s, I32, 0, 42))
		none(t, CanonContextSet(s, I32, 1, 43))
		retp := one(t, consumerHeap.realloc(ints(0, 0, 4, 8)))
		equal(t, numReallocCalls, 0)
		none(t, s.Lower(producer, ft, consumerOpts, consumerInst)(ints(retp)))
		equal(t, numReallocCalls, 1)
		equalDeep(t, CanonContextGet(s, I32, 0), ints(42))
		equalDeep(t, CanonContextGet(s, I32, 1), ints(43))
		ptr := consumerHeap.memory.B[retp]
		length := consumerHeap.memory.B[retp+4]
		equal(t, length, 3)
		holds(t, consumerHeap.mem(I32), uint64(ptr), 0x0a, 0x0b, 0x0c)
		return ints()
	}

	liftAndRun(t, mkOpts(optsWith{}), consumerInst, &FuncType{}, coreConsumer, noArgs, noResults)
	equal(t, numReallocCalls, 1)
}

// TestHandles is test_handles.
func TestHandles(t *testing.T) {
	var dtorValue *CoreValue
	dtor := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 1)
		dtorValue = &args[0]
		return ints()
	}

	s := newTestStoreWith(t, Options{Deterministic: true, Limits: Limits{FlatResults: 16}})
	rootInst := NewComponentInstance(s, nil)
	rt := NewResourceType("rt", NewComponentInstance(s, rootInst), dtor) // usable in imports and exports
	inst := NewComponentInstance(s, rootInst)
	rt2 := NewResourceType("rt2", inst, dtor) // only usable in exports
	opts := mkOpts(optsWith{})

	hostFt := &FuncType{
		Params: []ValType{
			&BorrowType{Rt: rt},
			&BorrowType{Rt: rt},
		},
		Result: []ValType{
			&OwnType{Rt: rt},
		},
	}
	hostFunc := func(caller *ComponentInstance, onStart OnStart, onReturn OnResolve, waitUntil func(HostReady) Cancelled) {
		args := onStart.OnStart()
		equal(t, len(args), 2)
		equal(t, args[0], mk(42))
		equal(t, args[1], mk(44))
		onReturn.OnResolve([]Value{mk(45)})
	}
	hostFuncInst := mkHostFunc(s, hostFunc, hostFt)

	coreWasm := func(args []CoreValue) []CoreValue {
		handles := handleTable(t, inst)
		equal(t, len(args), 4)
		equal(t, len(handles.array), 4)
		equal(t, handles.array[0], nil)
		equal(t, args[0].Uint64(), 1)
		equal(t, args[1].Uint64(), 2)
		equal(t, args[2].Uint64(), 3)
		equal(t, args[3].Uint64(), 13)
		h1 := args[0].Uint64()
		h2 := args[1].Uint64()
		h3 := args[2].Uint64()
		equal(t, CanonResourceRep(s, rt, h1)[0], CoreInt(42))
		equal(t, CanonResourceRep(s, rt, h2)[0], CoreInt(43))
		equal(t, CanonResourceRep(s, rt, h3)[0], CoreInt(44))

		results := s.Lower(hostFuncInst, hostFt, opts, inst)(ints(h1, h3))
		equal(t, len(results), 1)
		equal(t, results[0], CoreInt(4))
		h4 := results[0].Uint64()
		equal(t, CanonResourceRep(s, rt, h4)[0], CoreInt(45))

		dtorValue = nil
		none(t, CanonResourceDrop(s, rt, h1))
		equal(t, *dtorValue, CoreInt(42))
		equal(t, len(handles.array), 5)
		equal(t, handles.array[h1], nil)
		equal(t, len(handles.free), 1)

		h := CanonResourceNew(s, rt, 46)[0].Uint64()
		equal(t, h, h1)
		equal(t, len(handles.array), 5)
		equal(t, handles.array[h] != nil, true)
		equal(t, len(handles.free), 0)

		dtorValue = nil
		none(t, CanonResourceDrop(s, rt, h3))
		equal(t, dtorValue, nil)
		equal(t, len(handles.array), 5)
		equal(t, handles.array[h3], nil)
		equal(t, len(handles.free), 1)

		return ints(h, h2, h4)
	}

	ft := &FuncType{
		Params: []ValType{
			&OwnType{Rt: rt},
			&OwnType{Rt: rt},
			&BorrowType{Rt: rt},
			&BorrowType{Rt: rt2},
		},
		Result: []ValType{
			&OwnType{Rt: rt},
			&OwnType{Rt: rt},
			&OwnType{Rt: rt},
		},
	}

	onStart := func() []Value { return mkList(42, 43, 44, 13) }

	var got []Value
	onResolve := func(results []Value) { got = results }

	liftAndRun(t, opts, inst, ft, coreWasm, onStart, onResolve)

	equal(t, len(got), 3)
	equal(t, got[0], mk(46))
	equal(t, got[1], mk(43))
	equal(t, got[2], mk(45))
	handles := handleTable(t, inst)
	equal(t, len(handles.array), 5)
	for i := range 4 {
		equal(t, handles.array[i], nil)
	}
	equal(t, len(handles.free), 4)
}

// TestAsyncToAsync is test_async_to_async.
func TestAsyncToAsync(t *testing.T) { underSeeds(t, testAsyncToAsync) }

func testAsyncToAsync(t *testing.T, s *Store) {
	producerHeap := newHeap(10)
	producerOpts := mkOpts(optsWith{memory: producerHeap.mem(I32)})
	producerOpts.Async = true

	rootInst := NewComponentInstance(s, nil)
	producerInst := NewComponentInstance(s, rootInst)

	u8 := []ValType{U8Type{}}
	eagerFt := &FuncType{Params: nil, Result: u8, Async: true}
	coreEagerProducer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)
		none(t, CanonTaskReturn(s, u8, &producerOpts.LiftOptions, ints(43)))
		return ints()
	}
	eagerCallee := s.Lift(coreEagerProducer, eagerFt, producerOpts, producerInst)

	toggleFt := &FuncType{Async: true}
	var fut11, fut12 bool
	coreToggle := func(args []CoreValue) []CoreValue {
		thread := currentThread(s)
		equal(t, len(args), 0)
		none(t, CanonBackpressureInc(s))
		thread.WaitUntil(isSet(&fut11), false)
		none(t, CanonTaskReturn(s, nil, &producerOpts.LiftOptions, nil))
		thread.WaitUntil(isSet(&fut12), false)
		none(t, CanonBackpressureDec(s))
		return ints()
	}
	toggleCallee := s.Lift(coreToggle, toggleFt, producerOpts, producerInst)

	var fut2, fut3, fut4 bool
	blockingFt := &FuncType{Params: u8, Result: u8, Async: true}
	coreBlockingProducer := func(args []CoreValue) []CoreValue {
		thread := currentThread(s)
		x := one(t, args)
		equal(t, x, 83)
		thread.WaitUntil(isSet(&fut2), false)
		none(t, CanonTaskReturn(s, u8, &producerOpts.LiftOptions, ints(44)))
		thread.WaitUntil(isSet(&fut3), false)
		fut4 = true
		return ints()
	}
	blockingCallee := s.Lift(coreBlockingProducer, blockingFt, producerOpts, producerInst)

	consumerHeap := newHeap(20)
	consumerOpts := mkOpts(optsWith{memory: consumerHeap.mem(I32)})
	consumerOpts.Async = true
	consumerInst := NewComponentInstance(s, rootInst)

	consumer := func(args []CoreValue) []CoreValue {
		one(t, args)
		mem := consumerHeap.memory
		seti := one(t, CanonWaitableSetNew(s))
		ptr := one(t, consumerHeap.realloc(ints(0, 0, 1, 1)))
		returns(t, s.Lower(eagerCallee, eagerFt, consumerOpts, consumerInst)(ints(ptr)), SubtaskReturned)
		u8 := mem.B[ptr]
		equal(t, u8, 43)
		subi1 := subtaskIn(t, s.Lower(toggleCallee, toggleFt, consumerOpts, consumerInst)(ints()), SubtaskStarted)
		equal(t, subi1, 2)
		none(t, CanonWaitableJoin(s, subi1, seti))
		retp := ptr
		mem.B[retp] = 13
		subi2 := subtaskIn(t, s.Lower(blockingCallee, blockingFt, consumerOpts, consumerInst)(ints(83, retp)), SubtaskStarting)
		equal(t, subi2, 3)
		equal(t, mem.B[retp], 13)
		none(t, CanonWaitableJoin(s, subi2, seti))
		fut11 = true

		waitretp := one(t, consumerHeap.realloc(ints(0, 0, 8, 4)))
		equal(t, waitEvent(t, s, consumerHeap.mem(I32), seti, waitretp, EventSubtask, subi1), uint64(SubtaskReturned))
		none(t, CanonSubtaskDrop(s, subi1))
		fut12 = true

		equal(t, waitEvent(t, s, consumerHeap.mem(I32), seti, waitretp, EventSubtask, subi2), uint64(SubtaskStarted))
		equal(t, mem.B[retp], 13)
		fut2 = true

		equal(t, waitEvent(t, s, consumerHeap.mem(I32), seti, waitretp, EventSubtask, subi2), uint64(SubtaskReturned))
		equal(t, mem.B[retp], 44)
		none(t, CanonSubtaskDrop(s, subi2))
		fut3 = true
		currentThread(s).WaitUntil(isSet(&fut4), false)

		none(t, CanonTaskReturn(s, []ValType{U8Type{}}, &consumerOpts.LiftOptions, ints(42)))
		return ints()
	}

	ft := &FuncType{Params: []ValType{BoolType{}}, Result: []ValType{U8Type{}}, Async: true}

	onStart := func() []Value { return []Value{true} }

	var got []Value
	onResolve := func(results []Value) { got = results }

	liftAndRun(t, consumerOpts, consumerInst, ft, consumer, onStart, onResolve)
	equal(t, len(got), 1)
	equal(t, got[0], mk(42))
}

// TestAsyncCallback is test_async_callback.
func TestAsyncCallback(t *testing.T) { underSeeds(t, testAsyncCallback) }

func testAsyncCallback(t *testing.T, s *Store) {
	rootInst := NewComponentInstance(s, nil)
	producerInst := NewComponentInstance(s, rootInst)
	producerOpts := mkOpts(optsWith{})
	producerOpts.Async = true
	producerFt := &FuncType{Async: true}

	coreProducerPre := func(fut *bool) CoreFunc {
		return func(args []CoreValue) []CoreValue {
			equal(t, len(args), 0)
			currentThread(s).WaitUntil(isSet(fut), false)
			CanonTaskReturn(s, nil, &producerOpts.LiftOptions, nil)
			return ints()
		}
	}
	fut1 := false
	coreProducer1 := coreProducerPre(&fut1)
	producer1 := s.Lift(coreProducer1, producerFt, producerOpts, producerInst)
	fut2 := false
	coreProducer2 := coreProducerPre(&fut2)
	producer2 := s.Lift(coreProducer2, producerFt, producerOpts, producerInst)

	// run_tests.py makes a child of root_inst first and then forgets it.
	NewComponentInstance(s, rootInst)
	consumerFt := &FuncType{Result: []ValType{U32Type{}}, Async: true}
	consumerInst := NewComponentInstance(s, nil)
	seti := uint64(0)
	opts := mkOpts(optsWith{})
	opts.Async = true
	consumer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)

		subi1 := subtaskIn(t, s.Lower(producer1, producerFt, opts, consumerInst)(ints()), SubtaskStarted)
		equal(t, subi1, 1)

		subi2 := subtaskIn(t, s.Lower(producer2, producerFt, opts, consumerInst)(ints()), SubtaskStarted)
		equal(t, subi2, 2)

		seti = one(t, CanonWaitableSetNew(s))
		equal(t, seti, 3)
		none(t, CanonWaitableJoin(s, subi1, seti))
		none(t, CanonWaitableJoin(s, subi2, seti))

		fut1 = true
		none(t, CanonContextSet(s, I32, 0, 42))
		return callbackWait(seti)
	}

	callback := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 3)
		event := []uint64{args[0].Uint64(), args[1].Uint64(), args[2].Uint64()}
		ctx := one(t, CanonContextGet(s, I32, 0))
		switch ctx {
		case 42:
			equal(t, event[0], uint64(EventSubtask))
			equal(t, event[1], 1)
			equal(t, event[2], uint64(SubtaskReturned))
			subi := event[1]
			CanonSubtaskDrop(s, subi)
			none(t, CanonContextSet(s, I32, 0, 52))
			return ints(uint64(CallbackYield))
		case 52:
			equal(t, event[0], uint64(EventNone))
			equal(t, event[1], 0)
			equal(t, event[2], 0)
			fut2 = true
			none(t, CanonContextSet(s, I32, 0, 62))
			return callbackWait(seti)
		case 62:
			equal(t, event[0], uint64(EventSubtask))
			equal(t, event[1], 2)
			equal(t, event[2], uint64(SubtaskReturned))
			subi := event[1]
			CanonSubtaskDrop(s, subi)
			none(t, CanonTaskReturn(s, []ValType{U32Type{}}, &opts.LiftOptions, ints(83)))
			return ints(uint64(CallbackExit))
		default:
			t.Fatalf("the context is %d", ctx)
			return nil
		}
	}

	var got []Value
	onResolve := func(results []Value) { got = results }

	opts.Callback = callback

	liftAndRun(t, opts, consumerInst, consumerFt, consumer, noArgs, onResolve)
	equal(t, got[0], mk(83))
}

// TestCallbackInterleaving is test_callback_interleaving.
func TestCallbackInterleaving(t *testing.T) { underSeeds(t, testCallbackInterleaving) }

func testCallbackInterleaving(t *testing.T, s *Store) {
	rootInst := NewComponentInstance(s, nil)
	producerInst := NewComponentInstance(s, rootInst)
	producerFt := &FuncType{
		Params: []ValType{U32Type{}, futureOf(nil), futureOf(nil), futureOf(nil)},
		Result: []ValType{U32Type{}},
		Async:  true,
	}
	var fut3s [2]uint64
	coreProducer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 4)
		i, fut1, fut2, fut3 := args[0].Uint64(), args[1].Uint64(), args[2].Uint64(), args[3].Uint64()
		fut3s[i] = fut3

		none(t, CanonContextSet(s, I32, 0, i))

		syncOpts := mkOpts(optsWith{})
		returns(t, CanonFutureRead(s, futureOf(nil), syncOpts, fut1, 0xdeadbeef), CopyCompleted)

		seti := one(t, CanonWaitableSetNew(s))

		asyncOpts := mkOpts(optsWith{async: true})
		returns(t, CanonFutureRead(s, futureOf(nil), asyncOpts, fut2, 0xdeadbeef), Blocked)

		none(t, CanonWaitableJoin(s, fut2, seti))
		return callbackWait(seti)
	}

	coreProducerCallback := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 3)
		event, payload2 := args[0].Uint64(), args[2].Uint64()
		equal(t, event, uint64(EventFutureRead))
		equal(t, payload2, uint64(CopyCompleted))

		i := one(t, CanonContextGet(s, I32, 0))
		none(t, CanonTaskReturn(s, []ValType{U32Type{}}, &mkOpts(optsWith{}).LiftOptions, ints(42+i)))

		fut3 := fut3s[i]
		syncOpts := mkOpts(optsWith{})
		returns(t, CanonFutureRead(s, futureOf(nil), syncOpts, fut3, 0xdeadbeef), CopyCompleted)

		return ints(uint64(CallbackExit))
	}
	producerOpts := mkOpts(optsWith{})
	producerOpts.Async = true
	producerOpts.Callback = coreProducerCallback
	producerCallee := s.Lift(coreProducer, producerFt, producerOpts, producerInst)

	syncCalleeFt := &FuncType{Result: []ValType{U32Type{}}, Async: true}
	coreSyncCallee := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)
		return ints(100)
	}
	syncCalleeOpts := mkOpts(optsWith{})
	syncCallee := s.Lift(coreSyncCallee, syncCalleeFt, syncCalleeOpts, producerInst)

	consumerInst := NewComponentInstance(s, rootInst)
	consumerFt := &FuncType{Async: true}
	consumerMem := newHeap(24).mem(I32)
	consumerOpts := mkOpts(optsWith{memory: consumerMem, async: true})
	coreConsumer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)

		rfut11, wfut11 := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))
		rfut12, wfut12 := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))
		rfut13, wfut13 := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))
		rfut21, wfut21 := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))
		rfut22, wfut22 := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))
		rfut23, wfut23 := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))

		// run_tests.py sets the count to True and to False, which are 1 and 0.
		producerInst.backpressure = 1
		todie := subtaskIn(t, s.Lower(producerCallee, producerFt, consumerOpts, consumerInst)(ints(0, rfut11, rfut12, rfut13, 0xdeadbeef)), SubtaskStarting)
		returns(t, CanonSubtaskCancel(s, false, todie), SubtaskCancelledBeforeStarted)
		producerInst.backpressure = 0

		subi1ret := uint64(12)
		subi1 := subtaskIn(t, s.Lower(producerCallee, producerFt, consumerOpts, consumerInst)(ints(0, rfut11, rfut12, rfut13, subi1ret)), SubtaskStarted)

		todie = subtaskIn(t, s.Lower(producerCallee, producerFt, consumerOpts, consumerInst)(ints(1, rfut21, rfut22, rfut23, 0xdeadbeef)), SubtaskStarting)

		returns(t, CanonSubtaskCancel(s, false, todie), SubtaskCancelledBeforeStarted)

		subi2ret := uint64(16)
		subi2 := subtaskIn(t, s.Lower(producerCallee, producerFt, consumerOpts, consumerInst)(ints(1, rfut21, rfut22, rfut23, subi2ret)), SubtaskStarting)

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, subi1, seti))
		none(t, CanonWaitableJoin(s, subi2, seti))

		returns(t, CanonFutureWrite(s, futureOf(nil), consumerOpts, wfut11, 0xdeadbeef), CopyCompleted)

		retp := uint64(0)
		equal(t, waitEvent(t, s, consumerMem, seti, retp, EventSubtask, subi2), uint64(SubtaskStarted))

		returns(t, CanonFutureWrite(s, futureOf(nil), consumerOpts, wfut12, 0xdeadbeef), CopyCompleted)

		for range 10 {
			returns(t, CanonThreadYield(s, true), 0)
			retp = 0
			returns(t, CanonWaitableSetPoll(s, true, consumerMem, seti, retp), EventNone)
		}

		returns(t, CanonFutureWrite(s, futureOf(nil), consumerOpts, wfut21, 0xdeadbeef), CopyCompleted)

		retp = 0
		equal(t, waitEvent(t, s, consumerMem, seti, retp, EventSubtask, subi1), uint64(SubtaskReturned))
		equal(t, u32At(consumerMem, subi1ret), 42)
		none(t, CanonSubtaskDrop(s, subi1))

		returns(t, CanonFutureWrite(s, futureOf(nil), consumerOpts, wfut22, 0xdeadbeef), CopyCompleted)

		for range 10 {
			returns(t, CanonThreadYield(s, true), 0)
			retp = 0
			returns(t, CanonWaitableSetPoll(s, true, consumerMem, seti, retp), EventNone)
		}

		returns(t, CanonFutureWrite(s, futureOf(nil), consumerOpts, wfut13, 0xdeadbeef), CopyCompleted)

		retp = 0
		equal(t, waitEvent(t, s, consumerMem, seti, retp, EventSubtask, subi2), uint64(SubtaskReturned))
		equal(t, u32At(consumerMem, subi2ret), 43)
		none(t, CanonSubtaskDrop(s, subi2))

		subi3ret := uint64(20)
		subi3 := subtaskIn(t, s.Lower(syncCallee, syncCalleeFt, consumerOpts, consumerInst)(ints(subi3ret)), SubtaskStarting)
		none(t, CanonWaitableJoin(s, subi3, seti))

		returns(t, CanonFutureWrite(s, futureOf(nil), consumerOpts, wfut23, 0xdeadbeef), CopyCompleted)

		retp = 0
		equal(t, waitEvent(t, s, consumerMem, seti, retp, EventSubtask, subi3), uint64(SubtaskReturned))
		equal(t, u32At(consumerMem, subi3ret), 100)

		return ints()
	}

	liftAndRun(t, mkOpts(optsWith{}), consumerInst, consumerFt, coreConsumer, noArgs, noResults)
}

// TestSyncIgnoresBackpressure is test_sync_ignores_backpressure.
func TestSyncIgnoresBackpressure(t *testing.T) { underSeeds(t, testSyncIgnoresBackpressure) }

func testSyncIgnoresBackpressure(t *testing.T, s *Store) {
	rootInst := NewComponentInstance(s, nil)
	syncOpts := mkOpts(optsWith{async: false})

	calleeInst := NewComponentInstance(s, rootInst)

	asyncFt := &FuncType{Params: []ValType{U32Type{}, futureOf(nil)}, Result: []ValType{U32Type{}}, Async: true}
	coreCallee1 := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 2)
		i, fut := args[0].Uint64(), args[1].Uint64()
		returns(t, CanonFutureRead(s, futureOf(nil), syncOpts, fut, 0xdeadbeef), CopyCompleted)
		return ints(42 + i)
	}
	asyncCallee := s.Lift(coreCallee1, asyncFt, syncOpts, calleeInst)

	syncFt := &FuncType{Params: []ValType{U32Type{}}, Result: []ValType{U32Type{}}}
	coreCallee2 := func(args []CoreValue) []CoreValue {
		i := one(t, args)
		return ints(84 + i)
	}
	syncCallee := s.Lift(coreCallee2, syncFt, syncOpts, calleeInst)

	callerInst := NewComponentInstance(s, rootInst)
	callerFt := &FuncType{Async: true}
	callerMem := newHeap(24).mem(I32)
	callerOpts := mkOpts(optsWith{memory: callerMem, async: true})
	coreCaller := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)

		rfut, wfut := unpackNewEnds(t, CanonFutureNew(s, futureOf(nil)))

		retp1 := uint64(4)
		subi := subtaskIn(t, s.Lower(asyncCallee, asyncFt, callerOpts, callerInst)(ints(1, rfut, retp1)), SubtaskStarted)

		retp2 := uint64(8)
		returns(t, s.Lower(syncCallee, syncFt, callerOpts, callerInst)(ints(2, retp2)), SubtaskReturned)
		equal(t, u32At(callerMem, retp2), 86)

		returns(t, CanonFutureWrite(s, futureOf(nil), syncOpts, wfut, 0xdeadbeef), CopyCompleted)

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, subi, seti))
		retp3 := uint64(12)
		equal(t, waitEvent(t, s, callerMem, seti, retp3, EventSubtask, subi), uint64(SubtaskReturned))

		none(t, CanonSubtaskDrop(s, subi))
		return ints()
	}

	liftAndRun(t, mkOpts(optsWith{}), callerInst, callerFt, coreCaller, noArgs, noResults)
}

// TestAsyncToSync is test_async_to_sync.
func TestAsyncToSync(t *testing.T) { underSeeds(t, testAsyncToSync) }

func testAsyncToSync(t *testing.T, s *Store) {
	rootInst := NewComponentInstance(s, nil)
	producerOpts := &CanonicalOptions{}
	producerInst := NewComponentInstance(s, rootInst)

	producerFt := &FuncType{Async: true}
	fut := false
	producer1Done := false
	producer1Core := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)
		currentThread(s).WaitUntil(isSet(&fut), false)
		producer1Done = true
		return ints()
	}

	producer2Done := false
	producer2Core := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)
		equal(t, producer1Done, true)
		producer2Done = true
		return ints()
	}

	producer1 := s.Lift(producer1Core, producerFt, producerOpts, producerInst)
	producer2 := s.Lift(producer2Core, producerFt, producerOpts, producerInst)

	consumerHeap := newHeap(20)
	consumerOpts := mkOpts(optsWith{memory: consumerHeap.mem(I32)})
	consumerOpts.Async = true
	consumerInst := NewComponentInstance(s, rootInst)
	consumerFt := &FuncType{Result: []ValType{U8Type{}}, Async: true}
	consumer := func(args []CoreValue) []CoreValue {
		equal(t, len(args), 0)

		subi1 := subtaskIn(t, s.Lower(producer1, producerFt, consumerOpts, consumerInst)(ints()), SubtaskStarted)
		equal(t, subi1, 1)

		subi2 := subtaskIn(t, s.Lower(producer2, producerFt, consumerOpts, consumerInst)(ints()), SubtaskStarting)
		equal(t, subi2, 2)

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, subi1, seti))
		none(t, CanonWaitableJoin(s, subi2, seti))

		fut = true
		equal(t, producer1Done, false)
		equal(t, producer2Done, false)

		remain := []uint64{subi1, subi2}
		for len(remain) > 0 {
			returns(t, CanonThreadYield(s, true), 0)
			retp := uint64(8)
			event := EventCode(one(t, CanonWaitableSetPoll(s, true, consumerHeap.mem(I32), seti, retp)))
			if event == EventNone {
				continue
			}
			equal(t, event, EventSubtask)
			equal(t, u32At(consumerHeap.mem(I32), retp+4), uint64(SubtaskReturned))
			subi := u32At(consumerHeap.mem(I32), retp)
			remain = remove(t, remain, subi)
			CanonSubtaskDrop(s, subi)
		}

		equal(t, producer1Done, true)
		equal(t, producer2Done, true)

		none(t, CanonWaitableSetDrop(s, seti))

		CanonTaskReturn(s, []ValType{U8Type{}}, &consumerOpts.LiftOptions, ints(83))
		return ints()
	}

	var got []Value
	onResolve := func(results []Value) { got = results }

	liftAndRun(t, consumerOpts, consumerInst, consumerFt, consumer, noArgs, onResolve)
	equal(t, got[0], mk(83))
}

// TestSelfCopy is test_self_copy.
func TestSelfCopy(t *testing.T) {
	for _, elemT := range []ValType{nil, U8Type{}, F64Type{}} {
		t.Run(typeName(elemT), func(t *testing.T) {
			underSeeds(t, func(t *testing.T, s *Store) { testSelfCopy(t, s, elemT) })
		})
	}
}

func testSelfCopy(t *testing.T, s *Store, elemT ValType) {
	inst := NewComponentInstance(s, nil)
	mem := newHeap(40).mem(I32)
	syncOpts := mkOpts(optsWith{memory: mem, async: false})
	asyncOpts := mkOpts(optsWith{memory: mem, async: true})

	ft := &FuncType{Async: true}
	coreFunc := func(args []CoreValue) []CoreValue {
		seti := one(t, CanonWaitableSetNew(s))

		rfi, wfi := unpackNewEnds(t, CanonFutureNew(s, futureOf(elemT)))

		returns(t, CanonFutureWrite(s, futureOf(elemT), asyncOpts, wfi, 0), Blocked)

		returns(t, CanonFutureRead(s, futureOf(elemT), asyncOpts, rfi, 0), CopyCompleted)
		none(t, CanonFutureDropReadable(s, futureOf(elemT), rfi))

		none(t, CanonWaitableJoin(s, wfi, seti))
		equal(t, waitEvent(t, s, mem, seti, 0, EventFutureWrite, wfi), uint64(CopyCompleted))
		none(t, CanonFutureDropWritable(s, futureOf(elemT), wfi))

		rsi, wsi := unpackNewEnds(t, CanonStreamNew(s, streamOf(elemT)))
		returns(t, CanonStreamWrite(s, streamOf(elemT), asyncOpts, wsi, 0, 3), Blocked)

		copied(t, one(t, CanonStreamRead(s, streamOf(elemT), asyncOpts, rsi, 0, 1)), 1, CopyCompleted)
		copied(t, one(t, CanonStreamRead(s, streamOf(elemT), asyncOpts, rsi, 0, 4)), 2, CopyCompleted)
		none(t, CanonStreamDropReadable(s, streamOf(elemT), rsi))

		none(t, CanonWaitableJoin(s, wsi, seti))
		copied(t, waitEvent(t, s, mem, seti, 0, EventStreamWrite, wsi), 3, CopyDropped)
		none(t, CanonStreamDropWritable(s, streamOf(elemT), wsi))

		none(t, CanonWaitableSetDrop(s, seti))
		return ints()
	}

	liftAndRun(t, syncOpts, inst, ft, coreFunc, noArgs, noResults)
}

// TestAsyncFlatParams is test_async_flat_params.
func TestAsyncFlatParams(t *testing.T) {
	s := newTestStore(t)
	h := newHeap(1000)
	opts := mkOpts(optsWith{memory: h.mem(I32), encoding: UTF8, realloc: h.realloc, async: true})
	inst := NewComponentInstance(s, nil)

	// expect makes a host function that takes the arguments wanted and returns nothing.
	expect := func(ft *FuncType, want ...any) FuncInst {
		return mkHostFunc(s, func(caller *ComponentInstance, onStart OnStart, onResolve OnResolve, waitUntil func(HostReady) Cancelled) {
			args := onStart.OnStart()
			equal(t, len(args), len(want))
			equalDeep(t, args, []Value(mkList(want...)))
			onResolve.OnResolve([]Value{})
		}, ft)
	}

	ft1 := &FuncType{Params: []ValType{F32Type{}, F64Type{}, U32Type{}, S64Type{}}}
	f1Inst := expect(ft1, 1.1, 2.2, 3, 4)

	ft2 := &FuncType{Params: []ValType{U32Type{}, U8Type{}, U8Type{}, U8Type{}}}
	f2Inst := expect(ft2, 1, 2, 3, 4)

	ft3 := &FuncType{Params: []ValType{U32Type{}, U8Type{}, U8Type{}, U8Type{}, U8Type{}}}
	f3Inst := expect(ft3, 1, 2, 3, 4, 5)

	coreFunc := func(args []CoreValue) []CoreValue {
		returns(t, s.Lower(f1Inst, ft1, opts, inst)(mkCore(1.1, 2.2, 3, 4)), SubtaskReturned)

		returns(t, s.Lower(f2Inst, ft2, opts, inst)(ints(1, 2, 3, 4)), SubtaskReturned)

		copy(h.memory.B[12:20], "\x01\x00\x00\x00\x02\x03\x04\x05")
		returns(t, s.Lower(f3Inst, ft3, opts, inst)(ints(12)), SubtaskReturned)

		CanonTaskReturn(s, nil, &opts.LiftOptions, nil)
		return ints()
	}

	liftAndRun(t, opts, inst, &FuncType{}, coreFunc, noArgs, noResults)
}
