package spec

import "testing"

// TestUpstreamDefects is guests that keep all the rules of validation and make asserts of definitions.py fail: upstream
// has no trap where one is needed, or claims what does not hold.
func TestUpstreamDefects(t *testing.T) {
	runScenarios(t, append(defectsOfValues(), defectsOfCalls()...), newAssertionFailure)
}

func defectsOfValues() []scenario {
	flags := flagsOf("a")
	return []scenario{
		// contains has no case for flags and error contexts.
		{site: "contains/unknown-type", run: guest(func(g *scene) {
			ri, _ := g.stream(flags)
			CanonStreamRead(g.s, streamOf(flags), g.async, ri, 0, 1)
		})},
		// The padding of a case without a float is the int 0.
		{site: "canon_lift.thread_func/params", run: func(g *scene) error {
			return g.call(g.lift(g.sync, params(&OptionType{T: F32Type{}}), func() {}), Dict{{"none", nil}})
		}},
		// The pointer to store the event at is not checked.
		{site: "store/aligned", run: guest(func(g *scene) { CanonWaitableSetPoll(g.s, false, g.mem, g.set(), 1) })},
		{site: "store/bounds", run: guest(func(g *scene) { CanonWaitableSetPoll(g.s, false, g.mem, g.set(), 256) })},
		{site: "store/bounds", run: guest(func(g *scene) { CanonWaitableSetPoll(g.s, false, g.mem, g.set(), 252) })},
		// The tag bit of a string depends on the memory that it was lifted from, but is tested as that of the other memory.
		{site: "store_string_copy/realloc-max", run: passingTagged(I32, I64, UTF16)},
		{site: "store_string_copy/realloc-max", run: passingTagged(I64, I32, UTF16)},
		{site: "store_string_to_utf8/realloc-max", run: passingTagged(I64, I32, UTF8)},
	}
}

// passingTagged lifts a string that is tagged as UTF-16 from a memory and lowers it to one with other addresses.
func passingTagged(from, to CoreType, encoding StringEncoding) func(*scene) error {
	return host(func(g *scene) {
		src := &mkOpts(optsWith{memory: heapOf(0x01, 0x01).mem(from), encoding: Latin1UTF16}).LiftLowerOptions
		v := liftFlat(newLiftLowerContext(src, g.a, nil), newCoreValueIter(g.s, ints(0, 1|utf16Tag(from))), StringType{})
		h := newHeap(16)
		dst := &mkOpts(optsWith{memory: h.mem(to), encoding: encoding, realloc: h.realloc}).LiftLowerOptions
		lowerFlat(newLiftLowerContext(dst, g.b, nil), v, StringType{})
	})
}

func defectsOfCalls() []scenario {
	return []scenario{
		// A future's readable end is dropped while a write is pending.
		{site: "SharedFutureImpl.drop/pending-read", run: guest(func(g *scene) {
			ri, wi := g.future(nil)
			returns(g.t, CanonFutureWrite(g.s, futureOf(nil), g.async, wi, 0), Blocked)
			CanonFutureDropReadable(g.s, futureOf(nil), ri)
		})},
		// The event that a sync cancel takes is that the subtask has started.
		{site: "canon_subtask_cancel/resolve-delivered", run: guest(func(g *scene) { CanonSubtaskCancel(g.s, false, g.startedLate()) })},
		// While realloc runs to store a result, its instance is not marked as entered.
		{site: "Store.lower.core_func_inst/entered", run: guest(reallocCallsImport)},
		// A child may enter its parent at any time.
		{site: "Waitable.wait_for_pending_event/alone", run: guest(joinWhileCancelling)},
		{site: "Thread.resume/resumable", run: cancelRunningCaller},
	}
}

// startedLate is a subtask that backpressure held up, whose start is pending as its event, and that cannot be
// cancelled any more.
func (g *scene) startedLate() (subi uint64) {
	inB := func(body func()) { g.lower(g.s.Lift(core(body), syncFt, g.sync, g.b), syncFt, g.sync) }
	running := false
	callee := g.s.Lift(func([]CoreValue) []CoreValue {
		running = true
		return CanonThreadSuspend(g.s, false)
	}, asyncFt, g.async, g.b)
	inB(func() { CanonBackpressureInc(g.s) })
	subi = subtaskIn(g.t, g.lower(callee, asyncFt, g.async), SubtaskStarting)
	inB(func() { CanonBackpressureDec(g.s) })
	currentThread(g.s).WaitUntil(isSet(&running), false)
	return subi
}

// reallocCallsImport waits for a call whose result B stores with a realloc of A that calls an import.
func reallocCallsImport(g *scene) {
	opts := *g.async
	opts.Realloc = func([]CoreValue) []CoreValue { return g.lower(HostFunc(taker), syncFt, g.sync) }
	ft := &FuncType{Result: []ValType{StringType{}}, Async: true}
	callee := g.s.Lift(func([]CoreValue) []CoreValue {
		CanonThreadYield(g.s, false)
		return CanonTaskReturn(g.s, ft.Result, &g.async.LiftOptions, ints(0, 1))
	}, ft, g.async, g.b)
	subtaskIn(g.t, g.lower(callee, ft, &opts, 0), SubtaskStarted)
	CanonThreadSuspend(g.s, false)
}

// joinWhileCancelling cancels a call of a child, which calls back to put its own subtask into a set.
func joinWhileCancelling(g *scene) {
	subi := uint64(0)
	g.cancelChild(&subi, func() { none(g.t, CanonWaitableJoin(g.s, subi, g.set())) })
	CanonSubtaskCancel(g.s, false, subi)
}

// cancelChild calls an async function of a child of A, which when it is cancelled calls back in A, and then blocks.
func (g *scene) cancelChild(subi *uint64, back func()) {
	child := NewComponentInstance(g.s, g.a)
	inA := g.lift(g.sync, syncFt, back)
	callee := g.s.Lift(core(func() {
		returns(g.t, CanonThreadSuspend(g.s, true), 1)
		none(g.t, g.s.Lower(inA, syncFt, g.sync, child)(ints()))
		CanonThreadSuspend(g.s, false)
	}), asyncFt, g.async, child)
	*subi = subtaskIn(g.t, g.lower(callee, asyncFt, g.async), SubtaskStarted)
}

// cancelRunningCaller has a child call its parent, which blocks, goes on and calls the child, which cancels that call:
// the thread was cancellable when it last blocked.
func cancelRunningCaller(g *scene) error {
	child := NewComponentInstance(g.s, g.a)
	var subi uint64
	cancels := g.s.Lift(core(func() { CanonSubtaskCancel(g.s, true, subi) }), syncFt, g.sync, child)
	inParent := g.lift(g.async, asyncFt, func() {
		returns(g.t, CanonThreadYield(g.s, true), 0)
		g.lower(cancels, syncFt, g.sync)
	})
	return g.call(g.s.Lift(core(func() {
		subi = subtaskIn(g.t, g.s.Lower(inParent, asyncFt, g.async, child)(ints()), SubtaskStarted)
		none(g.t, CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil))
	}), asyncFt, g.async, child))
}

// TestUpstreamCrashes is guests that keep all the rules of validation and make definitions.py raise something else than
// Trap. The site is the Python function.
func TestUpstreamCrashes(t *testing.T) {
	crash := func(function Site, _ string) error { return &Crash{Function: string(function)} }
	runScenarios(t, []scenario{
		// A child takes the event of the subtask that is being cancelled.
		{site: "Waitable.get_pending_event", run: guest(func(g *scene) { CanonSubtaskCancel(g.s, true, g.deliversItself()) })},
	}, crash)
}

// deliversItself is a subtask of a child that, when it is cancelled, returns and then calls back to take the event.
func (g *scene) deliversItself() (subi uint64) {
	child := NewComponentInstance(g.s, g.a)
	takes := g.lift(g.sync, syncFt, func() {
		seti := g.set()
		none(g.t, CanonWaitableJoin(g.s, subi, seti))
		returns(g.t, CanonWaitableSetPoll(g.s, false, g.mem, seti, 0), EventSubtask)
	})
	callee := g.s.Lift(core(func() {
		returns(g.t, CanonThreadSuspend(g.s, true), 1)
		none(g.t, CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil))
		none(g.t, g.s.Lower(takes, syncFt, g.sync, child)(ints()))
	}), asyncFt, g.async, child)
	subi = subtaskIn(g.t, g.lower(callee, asyncFt, g.async), SubtaskStarted)
	return subi
}

// TestDebugMessageGrowsMemory stores a message beyond the end of the memory: definitions.py does not check where, and
// its memory becomes longer.
func TestDebugMessageGrowsMemory(t *testing.T) {
	err := syncGuest(func(g *scene) {
		none(t, CanonErrorContextDebugMessage(g.s, &g.sync.LiftLowerOptions, g.errorContext(), 1000))
		equal(t, g.mem.length(), 256+8)
	})(newScene(t, newTestStore(t)))
	equal(t, err, nil)
}
