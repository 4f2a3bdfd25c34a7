package spec

import "testing"

// TestAssertionsThatHostsFail is hosts that break what definitions.py assumes of hosts.
func TestAssertionsThatHostsFail(t *testing.T) {
	runScenarios(t, append(append(hostsOfCalls(), hostsOfCopies()...), hostsOfThreads()...), newAssertionFailure)
}

func hostsOfCalls() []scenario {
	lowering := func(f HostFunc, ft *FuncType) func(*scene) error {
		return guest(func(g *scene) { g.lower(f, ft, g.sync) })
	}
	return []scenario{
		{site: "ComponentInstance.__init__/same-store", run: host(func(g *scene) {
			NewComponentInstance(g.s, NewComponentInstance(newTestStore(g.t), nil))
		})},
		{site: "Store.lift.func_inst/caller", run: guest(func(g *scene) {
			g.lift(g.sync, syncFt, func() {}).Call(HostOnStart(noArgs), HostOnResolve(noResults), g.b)
		})},
		{site: "Store.lower.core_func_inst/current", run: guest(func(g *scene) {
			g.s.Lower(HostFunc(taker), syncFt, g.sync, g.b)(ints())
		})},
		{site: "Store.tick/depth", run: guest(func(g *scene) {
			if err := g.s.Tick(); err != nil {
				panic(err)
			}
		})},
		{site: "canon_lower/sync-returned", run: lowering(func(OnStart, OnResolve, *ComponentInstance) OnCancel { return nil }, syncFt)},
		{site: "canon_lower/results", run: lowering(giver(), results(U8Type{}))},
		{site: "canon_lower.on_start/starting", run: lowering(func(onStart OnStart, _ OnResolve, _ *ComponentInstance) OnCancel {
			onStart.OnStart()
			onStart.OnStart()
			return nil
		}, syncFt)},
		{site: "canon_lower.on_resolve/started", run: lowering(func(_ OnStart, onResolve OnResolve, _ *ComponentInstance) OnCancel {
			onResolve.OnResolve([]Value{})
			return nil
		}, syncFt)},
		{site: "canon_lower.on_resolve/requested", run: lowering(func(onStart OnStart, onResolve OnResolve, _ *ComponentInstance) OnCancel {
			onStart.OnStart()
			onResolve.OnResolve(nil)
			return nil
		}, syncFt)},
		{site: "canon_lower.on_resolve/cancelled-started", run: guest(cancelledTwice)},
		{site: "Task.request_cancellation/started", run: func(g *scene) error {
			f := g.lift(g.async, asyncFt, func() { CanonThreadSuspend(g.s, false) })
			onCancel, err := g.s.Invoke(f, HostOnStart(noArgs), HostOnResolve(noResults))
			equal(g.t, err, nil)
			equal(g.t, g.s.Cancel(onCancel), nil)
			return g.s.Cancel(onCancel)
		}},
	}
}

// cancelledTwice cancels a call of a host that resolves it as cancelled twice.
func cancelledTwice(g *scene) {
	f := HostFunc(func(onStart OnStart, onResolve OnResolve, _ *ComponentInstance) OnCancel {
		onStart.OnStart()
		return HostOnCancel(func(*ComponentInstance) {
			onResolve.OnResolve(nil)
			onResolve.OnResolve(nil)
		})
	})
	CanonSubtaskCancel(g.s, false, subtaskIn(g.t, g.lower(f, asyncFt, g.async), SubtaskStarted))
}

func hostsOfThreads() []scenario {
	// thread is a thread of the host's whose ready function never holds.
	thread := func(g *scene) (thread *Thread) {
		task := NewTask(asyncFt, g.async, g.b, HostOnStart(noArgs), HostOnResolve(noResults))
		thread = NewThread(task, HostThread(func() { thread.WaitUntil(isSet(new(bool)), false) }))
		thread.Resume(false)
		return thread
	}
	return []scenario{
		{site: "Thread.wait_until/running", run: host(func(g *scene) { thread(g).WaitUntil(alwaysReady{}, false) })},
		{site: "Thread.stop_waiting_internal/ready", run: host(func(g *scene) { thread(g).Resume(false) })},
		{site: "Thread.resume/resumable", run: host(func(g *scene) { thread(g).Resume(true) })},
	}
}

// A lateHost is a stream or future of bytes whose host ends a read as it likes.
type lateHost struct {
	done    []OnCopyDone
	during  CopyState // of the end, while it was last read
	dropped bool
}

func (h *lateHost) T() ValType { return U8Type{} }

func (h *lateHost) Cancel() {}

func (h *lateHost) Drop() { h.dropped = true }

func (h *lateHost) Read(_ *ComponentInstance, _ WritableBuffer, _ OnCopy, onCopyDone OnCopyDone) {
	h.done = append(h.done, onCopyDone)
	h.during = onCopyDone.(*streamCopying).e.state
	onCopyDone.OnCopyDone(CopyCompleted)
}

func (h *lateHost) ReadFuture(_ *ComponentInstance, _ WritableBuffer, onCopyDone OnCopyDone) {
	h.done = append(h.done, onCopyDone)
}

// endedTwice reads a byte of a stream of the host's, which ends the copy and then once more.
func (g *scene) endedTwice() (ri uint64, h *lateHost) {
	h = &lateHost{}
	ri = one(g.t, g.lower(giver(h), results(u8Stream()), g.sync))
	copied(g.t, one(g.t, CanonStreamRead(g.s, u8Stream(), g.async, ri, 0, 1)), 0, CopyCompleted)
	h.done[0].OnCopyDone(CopyCompleted)
	return ri, h
}

// futureEnding reads a future of the host's, which ends the copy without a value.
func futureEnding(results ...CopyResult) func(*scene) error {
	return guest(func(g *scene) {
		h := &lateHost{}
		ft := &FuncType{Result: []ValType{futureOf(U8Type{})}}
		ri, seti := one(g.t, g.lower(giver(h), ft, g.sync)), g.set()
		returns(g.t, CanonFutureRead(g.s, futureOf(U8Type{}), g.async, ri, 0), int(Blocked))
		none(g.t, CanonWaitableJoin(g.s, ri, seti))
		for _, result := range results {
			h.done[0].OnCopyDone(result)
			CanonWaitableSetPoll(g.s, false, g.mem, seti, 0)
		}
	})
}

func hostsOfCopies() []scenario {
	u8, u16 := ValType(U8Type{}), ValType(U16Type{})
	buffer := func(g *scene, t ValType) *writableBufferGuestImpl {
		cx := newLiftLowerContext(&g.sync.LiftLowerOptions, g.b, nil)
		return newWritableBufferGuestImpl(t, cx, 0, 1).(*writableBufferGuestImpl)
	}
	readable := func(g *scene, t ValType) *readableBufferGuestImpl {
		return &readableBufferGuestImpl{buffer(g, t).bufferGuestImpl}
	}
	done := HostOnCopyDone(func(CopyResult) {})
	onCopy := HostOnCopy(func(ReclaimBuffer) {})
	return []scenario{
		{site: "WritableBufferGuestImpl.write/remain", run: host(func(g *scene) { buffer(g, u8).Write(mkList(1, 2)) })},
		{site: "WritableBufferGuestImpl.write/units", run: host(func(g *scene) { buffer(g, nil).Write(mkList(1)) })},
		{site: "ReadableBufferGuestImpl.read/remain", run: host(func(g *scene) { readable(g, u8).Read(2) })},
		{site: "SharedStreamImpl.read/types", run: host(func(g *scene) {
			shared := NewSharedStreamImpl(g.s, u8)
			shared.Write(nil, readable(g, u8), onCopy, done)
			shared.Read(nil, buffer(g, u16), onCopy, done)
		})},
		{site: "SharedStreamImpl.write/types", run: host(func(g *scene) {
			shared := NewSharedStreamImpl(g.s, u8)
			shared.Read(nil, buffer(g, u8), onCopy, done)
			shared.Write(nil, readable(g, u16), onCopy, done)
		})},
		{site: "SharedFutureImpl.read/one", run: host(func(g *scene) {
			shared := NewSharedFutureImpl(g.s, u8)
			shared.Drop()
			shared.ReadFuture(nil, buffer(g, u8), done)
		})},
		{site: "SharedFutureImpl.write/one", run: host(func(g *scene) {
			src := readable(g, u8)
			src.Read(1)
			NewSharedFutureImpl(g.s, u8).WriteFuture(nil, src, done)
		})},
		{site: "stream_copy.stream_event/copying", run: guest(func(g *scene) {
			ri, _ := g.endedTwice()
			seti := g.set()
			none(g.t, CanonWaitableJoin(g.s, ri, seti))
			CanonWaitableSetPoll(g.s, false, g.mem, seti, 0)
		})},
		{site: "Waitable.drop/pending-event", run: guest(func(g *scene) {
			ri, _ := g.endedTwice()
			CanonStreamDropReadable(g.s, u8Stream(), ri)
		})},
		{site: "future_copy.future_event/remain", run: futureEnding(CopyCompleted)},
		{site: "future_copy.future_event/copying", run: futureEnding(CopyCancelled, CopyCancelled)},
		{site: "future_copy.on_copy_done/dropped", run: futureEnding(CopyDropped)},
	}
}
