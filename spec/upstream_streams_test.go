package spec

import (
	"bytes"
	"testing"
)

// u8Stream is StreamType(U8Type()).
func u8Stream() *StreamType { return streamOf(U8Type{}) }

// u8Streams is [StreamType(U8Type())].
func u8Streams() []ValType { return []ValType{u8Stream()} }

// received is assert(sink.received == want).
func received(t *testing.T, sink *hostSink, want ...byte) {
	t.Helper()
	if !bytes.Equal(sink.received, want) {
		t.Fatalf("received %v, want %v", sink.received, want)
	}
}

// oneStream is [stream] = values, where the stream is the readable end of one.
func oneStream(t *testing.T, values []Value) ReadableStream {
	t.Helper()
	equal(t, len(values), 1)
	stream, ok := values[0].(ReadableStream)
	equal(t, ok, true)
	return stream
}

func plus10(vs []byte) []byte {
	sums := bytes.Clone(vs)
	for i := range sums {
		sums[i] += 10
	}
	return sums
}

// add10 is the thread add10 of test_eager_stream_completion: it goes on where incoming has more for it.
func add10(incoming *hostSink, outgoing *hostSource) {
	done := false
	incoming.onReady = func() {
		for !done && incoming.canConsume(4) {
			if vs := incoming.consume(4); vs != nil {
				outgoing.write(plus10(vs))
			} else {
				outgoing.Drop()
				done = true
			}
		}
	}
	incoming.onReady()
}

// TestEagerStreamCompletion is test_eager_stream_completion.
func TestEagerStreamCompletion(t *testing.T) {
	s := newTestStore(t)
	inst := NewComponentInstance(s, nil)
	mem := NewMemInst(20)
	opts := mkOpts(optsWith{memory: mem, async: true})
	syncOpts := mkOpts(optsWith{memory: mem})

	ft := &FuncType{Params: u8Streams(), Result: u8Streams()}
	hostFunc := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, _ func(HostReady) Cancelled) {
		incoming := newHostSink(t, oneStream(t, onStart.OnStart()), unlimited)
		outgoing := newHostSource(t, nil, 4, false)
		onResolve.OnResolve([]Value{outgoing})
		add10(incoming, outgoing)
	}
	hostFuncInst := mkHostFunc(s, hostFunc, ft)

	srcStream := newHostSource(t, []byte{1, 2, 3, 4, 5, 6, 7, 8}, 4, true)
	onStart := func() []Value { return []Value{srcStream} }

	var dstStream *hostSink
	onResolve := func(results []Value) { dstStream = newHostSink(t, oneStream(t, results), unlimited) }

	coreFunc := func(args []CoreValue) []CoreValue {
		rsi1 := one(t, args)
		equal(t, rsi1, 1)
		rsi2, wsi2 := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		none(t, CanonTaskReturn(s, u8Streams(), &opts.LiftOptions, ints(rsi2)))
		copied(t, one(t, CanonStreamRead(s, u8Stream(), opts, rsi1, 0, 4)), 4, CopyCompleted)
		holds(t, mem, 0, 1, 2, 3, 4)
		rsi3, wsi3 := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		const retp = 12
		returns(t, s.Lower(hostFuncInst, ft, opts, inst)(ints(rsi3, retp)), SubtaskReturned)
		rsi4 := u32At(mem, retp)
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), opts, wsi3, 0, 4)), 4, CopyCompleted)
		copied(t, one(t, CanonStreamRead(s, u8Stream(), syncOpts, rsi4, 0, 4)), 4, CopyCompleted)
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), opts, wsi2, 0, 4)), 4, CopyCompleted)
		copied(t, one(t, CanonStreamRead(s, u8Stream(), opts, rsi1, 0, 4)), 4, CopyDropped)
		holds(t, mem, 0, 5, 6, 7, 8)
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), syncOpts, wsi3, 0, 4)), 4, CopyCompleted)
		copied(t, one(t, CanonStreamRead(s, u8Stream(), syncOpts, rsi4, 0, 4)), 4, CopyCompleted)
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), syncOpts, wsi2, 0, 4)), 4, CopyCompleted)
		none(t, CanonStreamDropReadable(s, u8Stream(), rsi1))
		none(t, CanonStreamDropReadable(s, u8Stream(), rsi4))
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi2))
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi3))
		return ints()
	}

	liftAndRun(t, opts, inst, ft, coreFunc, onStart, onResolve)
	received(t, dstStream, 11, 12, 13, 14, 15, 16, 17, 18)
}

// TestAsyncStreamOps is test_async_stream_ops. Its thread consume_results only waits until it can consume, which is
// what the host function waits for here.
func TestAsyncStreamOps(t *testing.T) {
	s := newTestStore(t)
	inst := NewComponentInstance(s, nil)
	mem := NewMemInst(24)
	opts := mkOpts(optsWith{memory: mem, async: true})
	syncOpts := mkOpts(optsWith{memory: mem})

	var hostImportIncoming *hostSink
	var hostImportOutgoing *hostSource
	ft := &FuncType{Params: u8Streams(), Result: u8Streams(), Async: true}
	hostFunc := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, waitUntil func(HostReady) Cancelled) {
		hostImportIncoming = newHostSink(t, oneStream(t, onStart.OnStart()), 0)
		hostImportOutgoing = newHostSource(t, nil, 4, false)
		onResolve.OnResolve([]Value{hostImportOutgoing})
		for {
			waitUntil(func() bool { return hostImportIncoming.canConsume(4) })
			vs := hostImportIncoming.consume(4)
			if vs == nil {
				break
			}
			hostImportOutgoing.write(plus10(vs))
		}
		hostImportOutgoing.destroyOnceEmpty()
	}
	hostFuncInst := mkHostFunc(s, hostFunc, ft)

	srcStream := newHostSource(t, nil, 4, false)
	onStart := func() []Value { return []Value{srcStream} }

	var dstStream *hostSink
	onResolve := func(results []Value) { dstStream = newHostSink(t, oneStream(t, results), 0) }

	coreFunc := func(args []CoreValue) []CoreValue {
		rsi1 := one(t, args)
		equal(t, rsi1, 1)
		rsi2, wsi2 := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		none(t, CanonTaskReturn(s, u8Streams(), &opts.LiftOptions, ints(rsi2)))
		returns(t, CanonStreamRead(s, u8Stream(), opts, rsi1, 0, 4), Blocked)
		srcStream.write([]byte{1, 2, 3, 4})
		const retp = 16
		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, rsi1, seti))
		copied(t, waitEvent(t, s, mem, seti, retp, EventStreamRead, rsi1), 4, CopyCompleted)
		holds(t, mem, 0, 1, 2, 3, 4)
		rsi3, wsi3 := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		returns(t, s.Lower(hostFuncInst, ft, opts, inst)(ints(rsi3, retp)), SubtaskReturned)
		rsi4 := u32At(mem, 16)
		equal(t, rsi4, 4)
		returns(t, CanonStreamWrite(s, u8Stream(), opts, wsi3, 0, 4), Blocked)
		hostImportIncoming.setRemain(100)
		none(t, CanonWaitableJoin(s, wsi3, seti))
		copied(t, waitEvent(t, s, mem, seti, retp, EventStreamWrite, wsi3), 4, CopyCompleted)
		copied(t, one(t, CanonStreamRead(s, u8Stream(), syncOpts, rsi4, 0, 4)), 4, CopyCompleted)
		returns(t, CanonStreamWrite(s, u8Stream(), opts, wsi2, 0, 4), Blocked)
		dstStream.setRemain(100)
		none(t, CanonWaitableJoin(s, wsi2, seti))
		copied(t, waitEvent(t, s, mem, seti, retp, EventStreamWrite, wsi2), 4, CopyCompleted)
		srcStream.write([]byte{5, 6, 7, 8})
		srcStream.destroyOnceEmpty()
		copied(t, one(t, CanonStreamRead(s, u8Stream(), opts, rsi1, 0, 4)), 4, CopyDropped)
		none(t, CanonStreamDropReadable(s, u8Stream(), rsi1))
		holds(t, mem, 0, 5, 6, 7, 8)
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), opts, wsi3, 0, 4)), 4, CopyCompleted)
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi3))
		returns(t, CanonStreamRead(s, u8Stream(), opts, rsi4, 0, 4), Blocked)
		none(t, CanonWaitableJoin(s, rsi4, seti))
		result := waitEvent(t, s, mem, seti, retp, EventStreamRead, rsi4)
		none(t, CanonWaitableJoin(s, rsi4, 0))
		copied(t, result, 4, CopyCompleted)
		returns(t, CanonStreamRead(s, u8Stream(), syncOpts, rsi4, 0, 4), CopyDropped)
		none(t, CanonStreamDropReadable(s, u8Stream(), rsi4))
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), opts, wsi2, 0, 4)), 4, CopyCompleted)
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi2))
		none(t, CanonWaitableSetDrop(s, seti))
		return ints()
	}

	liftAndRun(t, opts, inst, ft, coreFunc, onStart, onResolve)
	received(t, dstStream, 11, 12, 13, 14, 15, 16, 17, 18)
}

// TestStreamForward is test_stream_forward.
func TestStreamForward(t *testing.T) {
	srcStream := newHostSource(t, []byte{1, 2, 3, 4}, 4, true)
	onStart := func() []Value { return []Value{srcStream} }

	var dstStream ReadableStream
	onResolve := func(results []Value) { dstStream = oneStream(t, results) }

	coreFunc := func(args []CoreValue) []CoreValue {
		rsi1 := one(t, args)
		equal(t, rsi1, 1)
		return ints(rsi1)
	}

	opts := mkOpts(optsWith{})
	inst := NewComponentInstance(newTestStore(t), nil)
	ft := &FuncType{Params: u8Streams(), Result: u8Streams()}
	liftAndRun(t, opts, inst, ft, coreFunc, onStart, onResolve)
	equal(t, dstStream, ReadableStream(srcStream))
}

// TestReceiveOwnStream is test_receive_own_stream.
func TestReceiveOwnStream(t *testing.T) {
	s := newTestStore(t)
	inst := NewComponentInstance(s, nil)
	mem := NewMemInst(20)
	opts := mkOpts(optsWith{memory: mem, async: true})

	hostFt := &FuncType{Params: u8Streams(), Result: u8Streams()}
	hostFunc := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, _ func(HostReady) Cancelled) {
		args := onStart.OnStart()
		oneStream(t, args)
		onResolve.OnResolve(args)
	}
	hostFuncInst := mkHostFunc(s, hostFunc, hostFt)

	coreFunc := func(args []CoreValue) []CoreValue {
		none(t, args)
		rsi, wsi := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		equal(t, rsi, 1)
		equal(t, wsi, 2)
		returns(t, CanonStreamWrite(s, u8Stream(), opts, wsi, 0, 4), Blocked)
		const retp = 8
		returns(t, s.Lower(hostFuncInst, hostFt, opts, inst)(ints(rsi, retp)), SubtaskReturned)
		rsi2 := u32At(mem, retp)
		equal(t, rsi2, 1)
		copied(t, one(t, CanonStreamCancelWrite(s, u8Stream(), false, wsi)), 0, CopyCancelled)
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi))
		return ints()
	}

	onResolve := func(results []Value) { equal(t, len(results), 0) }
	ft := &FuncType{Async: true}
	liftAndRun(t, mkOpts(optsWith{}), inst, ft, coreFunc, noArgs, onResolve)
}

// TestHostPartialReadsWrites is test_host_partial_reads_writes.
func TestHostPartialReadsWrites(t *testing.T) {
	s := newTestStore(t)
	mem := NewMemInst(20)
	opts := mkOpts(optsWith{memory: mem, async: true})
	inst := NewComponentInstance(s, nil)

	src := newHostSource(t, []byte{1, 2, 3, 4}, 2, false)
	sourceFt := &FuncType{Result: u8Streams()}
	hostSourceFunc := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, _ func(HostReady) Cancelled) {
		equal(t, len(onStart.OnStart()), 0)
		onResolve.OnResolve([]Value{src})
	}
	hostSourceFuncInst := mkHostFunc(s, hostSourceFunc, sourceFt)

	var dst *hostSink
	sinkFt := &FuncType{Params: u8Streams()}
	hostSinkFunc := func(_ *ComponentInstance, onStart OnStart, onResolve OnResolve, _ func(HostReady) Cancelled) {
		dst = newHostSink(t, oneStream(t, onStart.OnStart()), 2)
		onResolve.OnResolve([]Value{})
	}
	hostSinkFuncInst := mkHostFunc(s, hostSinkFunc, sinkFt)

	coreFunc := func(args []CoreValue) []CoreValue {
		none(t, args)
		const retp = 4
		returns(t, s.Lower(hostSourceFuncInst, sourceFt, opts, inst)(ints(retp)), SubtaskReturned)
		rsi := u32At(mem, retp)
		equal(t, rsi, 1)
		copied(t, one(t, CanonStreamRead(s, u8Stream(), opts, rsi, 0, 4)), 2, CopyCompleted)
		holds(t, mem, 0, 1, 2)
		copied(t, one(t, CanonStreamRead(s, u8Stream(), opts, rsi, 0, 4)), 2, CopyCompleted)
		holds(t, mem, 0, 3, 4)
		returns(t, CanonStreamRead(s, u8Stream(), opts, rsi, 0, 4), Blocked)
		src.write([]byte{5, 6})

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, rsi, seti))
		copied(t, waitEvent(t, s, mem, seti, retp, EventStreamRead, rsi), 2, CopyCompleted)
		none(t, CanonStreamDropReadable(s, u8Stream(), rsi))

		rsi, wsi := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		equal(t, rsi, 1)
		equal(t, wsi, 3)
		returns(t, s.Lower(hostSinkFuncInst, sinkFt, opts, inst)(ints(rsi)), SubtaskReturned)
		copy(mem.Bytes.B[0:6], []byte{1, 2, 3, 4, 5, 6})
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), opts, wsi, 0, 6)), 2, CopyCompleted)
		returns(t, CanonStreamWrite(s, u8Stream(), opts, wsi, 2, 4), Blocked)
		dst.setRemain(4)
		none(t, CanonWaitableJoin(s, wsi, seti))
		copied(t, waitEvent(t, s, mem, seti, retp, EventStreamWrite, wsi), 4, CopyCompleted)
		received(t, dst, 1, 2, 3, 4, 5, 6)
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi))
		none(t, CanonWaitableSetDrop(s, seti))
		dst.setRemain(100)
		endsFor(t, dst)
		return ints()
	}

	opts2 := mkOpts(optsWith{})
	onResolve := func(results []Value) { equal(t, len(results), 0) }
	ft := &FuncType{Async: true}
	liftAndRun(t, opts2, inst, ft, coreFunc, noArgs, onResolve)
}

// endsFor is assert(sink.consume(100) is None).
func endsFor(t *testing.T, sink *hostSink) {
	t.Helper()
	if got := sink.consume(100); got != nil {
		t.Fatalf("consumed %v, want the end", got)
	}
}

// TestWasmToWasmStream is test_wasm_to_wasm_stream.
func TestWasmToWasmStream(t *testing.T) {
	s := newTestStore(t)
	rootInst := NewComponentInstance(s, nil)
	fut1, fut2, fut3, fut4 := false, false, false, false

	inst1 := NewComponentInstance(s, rootInst)
	mem1 := NewMemInst(24)
	opts1 := mkOpts(optsWith{memory: mem1, async: true})
	ft1 := &FuncType{Result: u8Streams()}
	coreFunc1 := func(args []CoreValue) []CoreValue {
		thread := currentThread(s)
		none(t, args)
		rsi, wsi := unpackNewEnds(t, CanonStreamNew(s, u8Stream()))
		none(t, CanonTaskReturn(s, u8Streams(), &opts1.LiftOptions, ints(rsi)))

		thread.WaitUntil(isSet(&fut1), false)

		copy(mem1.Bytes.B[0:4], []byte{1, 2, 3, 4})
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), opts1, wsi, 0, 4)), 4, CopyCompleted)
		copied(t, one(t, CanonStreamWrite(s, u8Stream(), opts1, wsi, 0, 4)), 4, CopyCompleted)

		returns(t, CanonStreamWrite(s, u8Stream(), opts1, wsi, 0, 0), Blocked)
		copied(t, one(t, CanonStreamCancelWrite(s, u8Stream(), true, wsi)), 0, CopyCancelled)

		thread.WaitUntil(isSet(&fut2), false)

		copy(mem1.Bytes.B[0:8], []byte{5, 6, 7, 8, 9, 10, 11, 12})
		returns(t, CanonStreamWrite(s, u8Stream(), opts1, wsi, 0, 8), Blocked)

		fut3 = true

		const retp = 16
		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, wsi, seti))
		copied(t, waitEvent(t, s, mem1, seti, retp, EventStreamWrite, wsi), 4, CopyCompleted)

		returns(t, CanonStreamWrite(s, u8Stream(), opts1, wsi, 12345, 0), Blocked)

		fut4 = true

		equal(t, waitEvent(t, s, mem1, seti, retp, EventStreamWrite, wsi), 0)

		returns(t, CanonStreamWrite(s, u8Stream(), opts1, wsi, 12345, 0), 0)

		errctxi := one(t, CanonErrorContextNew(s, &opts1.LiftLowerOptions, 0, 0))
		none(t, CanonStreamDropWritable(s, u8Stream(), wsi))
		none(t, CanonWaitableSetDrop(s, seti))
		none(t, CanonErrorContextDrop(s, errctxi))
		return ints()
	}

	func1 := s.Lift(coreFunc1, ft1, opts1, inst1)

	inst2 := NewComponentInstance(s, rootInst)
	heap2 := newHeap(24)
	mem2 := heap2.mem(I32)
	opts2 := mkOpts(optsWith{memory: mem2, realloc: heap2.realloc, async: true})
	ft2 := &FuncType{}
	coreFunc2 := func(args []CoreValue) []CoreValue {
		thread := currentThread(s)
		none(t, args)
		none(t, CanonTaskReturn(s, nil, &opts2.LiftOptions, ints()))

		const retp = 16
		returns(t, s.Lower(func1, ft1, opts2, inst2)(ints(retp)), SubtaskReturned)
		rsi := u32At(mem2, retp)
		equal(t, rsi, 1)

		returns(t, CanonStreamRead(s, u8Stream(), opts2, rsi, 0, 8), Blocked)

		fut1 = true

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, rsi, seti))
		copied(t, waitEvent(t, s, mem2, seti, retp, EventStreamRead, rsi), 8, CopyCompleted)
		holds(t, mem2, 0, 1, 2, 3, 4, 1, 2, 3, 4)

		fut2 = true
		thread.WaitUntil(isSet(&fut3), false)

		returns(t, CanonStreamRead(s, u8Stream(), opts2, rsi, 12345, 0), 0)

		clear(mem2.Bytes.B[0:8])
		copied(t, one(t, CanonStreamRead(s, u8Stream(), opts2, rsi, 0, 2)), 2, CopyCompleted)
		holds(t, mem2, 0, 5, 6, 0, 0, 0, 0)
		copied(t, one(t, CanonStreamRead(s, u8Stream(), opts2, rsi, 2, 2)), 2, CopyCompleted)
		holds(t, mem2, 0, 5, 6, 7, 8, 0, 0)

		thread.WaitUntil(isSet(&fut4), false)

		returns(t, CanonStreamRead(s, u8Stream(), opts2, rsi, 12345, 0), Blocked)

		p2 := waitEvent(t, s, mem2, seti, retp, EventStreamRead, rsi)
		equal(t, p2, uint64(CopyDropped|1))

		none(t, CanonStreamDropReadable(s, u8Stream(), rsi))
		none(t, CanonWaitableSetDrop(s, seti))
		return ints()
	}

	liftAndRun(t, opts2, inst2, ft2, coreFunc2, noArgs, noResults)
}

// TestWasmToWasmStreamEmpty is test_wasm_to_wasm_stream_empty.
func TestWasmToWasmStreamEmpty(t *testing.T) {
	s := newTestStore(t)
	rootInst := NewComponentInstance(s, nil)
	fut1, fut2, fut3, fut4 := false, false, false, false

	inst1 := NewComponentInstance(s, rootInst)
	mem1 := NewMemInst(24)
	opts1 := mkOpts(optsWith{memory: mem1, async: true})
	ft1 := &FuncType{Result: []ValType{streamOf(nil)}}
	coreFunc1 := func(args []CoreValue) []CoreValue {
		thread := currentThread(s)
		none(t, args)
		rsi, wsi := unpackNewEnds(t, CanonStreamNew(s, streamOf(nil)))
		none(t, CanonTaskReturn(s, []ValType{streamOf(nil)}, &opts1.LiftOptions, ints(rsi)))

		thread.WaitUntil(isSet(&fut1), false)

		copied(t, one(t, CanonStreamWrite(s, streamOf(nil), opts1, wsi, 10000, 2)), 2, CopyCompleted)
		copied(t, one(t, CanonStreamWrite(s, streamOf(nil), opts1, wsi, 10000, 2)), 2, CopyCompleted)

		thread.WaitUntil(isSet(&fut2), false)

		returns(t, CanonStreamWrite(s, streamOf(nil), opts1, wsi, 0, 8), Blocked)

		fut3 = true

		const retp = 16
		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, wsi, seti))
		copied(t, waitEvent(t, s, mem1, seti, retp, EventStreamWrite, wsi), 4, CopyCompleted)

		fut4 = true

		errctxi := one(t, CanonErrorContextNew(s, &opts1.LiftLowerOptions, 0, 0))
		none(t, CanonStreamDropWritable(s, streamOf(nil), wsi))
		none(t, CanonErrorContextDrop(s, errctxi))
		return ints()
	}

	func1 := s.Lift(coreFunc1, ft1, opts1, inst1)

	inst2 := NewComponentInstance(s, rootInst)
	heap2 := newHeap(10)
	mem2 := heap2.mem(I32)
	opts2 := mkOpts(optsWith{memory: mem2, realloc: heap2.realloc, async: true})
	ft2 := &FuncType{}
	coreFunc2 := func(args []CoreValue) []CoreValue {
		thread := currentThread(s)
		none(t, args)
		none(t, CanonTaskReturn(s, nil, &opts2.LiftOptions, ints()))

		const retp = 0
		returns(t, s.Lower(func1, ft1, opts2, inst2)(ints(retp)), SubtaskReturned)
		rsi := u32At(mem2, 0)
		equal(t, rsi, 1)

		returns(t, CanonStreamRead(s, streamOf(nil), opts2, rsi, 0, 8), Blocked)

		fut1 = true

		seti := one(t, CanonWaitableSetNew(s))
		none(t, CanonWaitableJoin(s, rsi, seti))
		copied(t, waitEvent(t, s, mem2, seti, retp, EventStreamRead, rsi), 4, CopyCompleted)

		fut2 = true
		thread.WaitUntil(isSet(&fut3), false)

		copied(t, one(t, CanonStreamRead(s, streamOf(nil), opts2, rsi, 1000000, 2)), 2, CopyCompleted)
		copied(t, one(t, CanonStreamRead(s, streamOf(nil), opts2, rsi, 1000000, 2)), 2, CopyCompleted)

		thread.WaitUntil(isSet(&fut4), false)

		copied(t, one(t, CanonStreamRead(s, streamOf(nil), opts2, rsi, 1000000, 2)), 0, CopyDropped)
		none(t, CanonStreamDropReadable(s, streamOf(nil), rsi))
		return ints()
	}

	liftAndRun(t, opts2, inst2, ft2, coreFunc2, noArgs, noResults)
}
