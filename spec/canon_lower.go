// definitions.py, "canon lower"

package spec

// canonLower calls the component function callee, of type ft, as a core function.
//
//cabi:py canon_lower c1753a0f
func canonLower(s *Store, callee FuncInst, ft *FuncType, opts *CanonicalOptions, coreArgs []CoreValue) []CoreValue {
	thread := currentThread(s)
	s.trapIf(!thread.task.inst.mayLeave, "canon_lower/may-leave", "the instance may not be left")

	flatFt := flattenFunctype(opts, ft, contextLower, &s.options.Limits)
	s.assert(typesMatchValues(flatFt.Params, coreArgs), "canon_lower/params", "core code passes arguments of the function's types")
	flatArgs := newCoreValueIter(s, coreArgs)

	var maxFlatParams, maxFlatResults int
	if !opts.Async {
		maxFlatParams = s.options.Limits.FlatParams
		maxFlatResults = s.options.Limits.FlatResults
	} else {
		maxFlatParams = s.options.Limits.FlatAsyncParams
		maxFlatResults = 0
	}

	subtask := newSubtask(s)
	cx := newLiftLowerContext(&opts.LiftLowerOptions, thread.task.inst, subtask)
	call := &lowerCall{cx: cx, ft: ft, subtask: subtask, flatArgs: flatArgs, maxFlatParams: maxFlatParams, maxFlatResults: maxFlatResults}

	subtask.onCancel = callee.Call((*lowerOnStart)(call), (*lowerOnResolve)(call), thread.task.inst)
	s.assert(ft.Async || subtask.state == SubtaskReturned, "canon_lower/sync-returned", "a sync function has returned")

	if !opts.Async {
		if !subtask.resolved() {
			thread.WaitUntil(subtaskResolved{subtask}, false)
		}
		subtask.deliverResolve()
		s.assert(typesMatchValues(flatFt.Results, subtask.flatResults), "canon_lower/results", "core code gets results of the function's types")
		return subtask.flatResults
	}
	if subtask.resolved() {
		subtask.deliverResolve()
		s.assert(len(subtask.flatResults) == 0, "canon_lower/no-results", "an async call's results go to memory")
		return ints(uint64(SubtaskReturned))
	}
	subtaski := thread.task.inst.handles.add(subtask)
	call.onProgress = &lowerOnProgress{subtask, subtaski}
	s.assert(0 < subtaski && subtaski <= s.options.Limits.TableLength && s.options.Limits.TableLength < 1<<28, "canon_lower/index", "a subtask's index fits into 28 bits")
	s.assert(subtask.state < 1<<4, "canon_lower/state", "a subtask's state fits into four bits")
	return ints(uint64(subtask.state) | subtaski<<4)
}

// lowerCall is what canon_lower's inner functions capture.
type lowerCall struct {
	cx             *LiftLowerContext
	ft             *FuncType
	subtask        *Subtask
	flatArgs       *coreValueIter
	maxFlatParams  int
	maxFlatResults int
	onProgress     *lowerOnProgress // nil: lambda:()
}

// maybeOnProgress is maybe_on_progress().
func (c *lowerCall) maybeOnProgress() {
	if c.onProgress != nil {
		c.onProgress.call()
	}
}

// lowerOnStart is canon_lower's inner function on_start.
type lowerOnStart lowerCall

// OnStart lifts the arguments.
//
//cabi:py canon_lower.on_start f08509d4
func (c *lowerOnStart) OnStart() []Value {
	(*lowerCall)(c).maybeOnProgress()
	c.subtask.store.assert(c.subtask.state == SubtaskStarting, "canon_lower.on_start/starting", "a subtask starts once")
	c.subtask.state = SubtaskStarted
	return liftFlatValues(c.cx, c.maxFlatParams, c.flatArgs, c.ft.paramTypes())
}

// lowerOnResolve is canon_lower's inner function on_resolve.
type lowerOnResolve lowerCall

// OnResolve lowers the results.
//
//cabi:py canon_lower.on_resolve ea069769
func (c *lowerOnResolve) OnResolve(result []Value) {
	s, subtask := c.subtask.store, c.subtask
	(*lowerCall)(c).maybeOnProgress()
	if result == nil {
		s.assert(subtask.cancellationRequested, "canon_lower.on_resolve/requested", "only a subtask that was to be cancelled is")
		if subtask.state == SubtaskStarting {
			subtask.resolve(SubtaskCancelledBeforeStarted, nil)
		} else {
			s.assert(subtask.state == SubtaskStarted, "canon_lower.on_resolve/cancelled-started", "a subtask is resolved once")
			subtask.resolve(SubtaskCancelledBeforeReturned, nil)
		}
	} else {
		s.assert(subtask.state == SubtaskStarted, "canon_lower.on_resolve/started", "a subtask that returns has started")
		flatResults := lowerFlatValues(c.cx, c.maxFlatResults, result, c.ft.resultType(), c.flatArgs)
		subtask.resolve(SubtaskReturned, flatResults)
	}
}

// lowerOnProgress is canon_lower's inner function on_progress with what it captures.
type lowerOnProgress struct {
	subtask  *Subtask
	subtaski uint64
}

//cabi:py canon_lower.on_progress 372910be
func (p *lowerOnProgress) call() {
	p.subtask.setPendingEvent((*subtaskEvent)(p))
}

// subtaskEvent is on_progress's inner function subtask_event.
type subtaskEvent lowerOnProgress

//cabi:py canon_lower.on_progress.subtask_event b69903f9
func (e *subtaskEvent) deliver() eventTuple {
	if e.subtask.resolved() {
		e.subtask.deliverResolve()
	}
	return eventTuple{EventSubtask, e.subtaski, uint64(e.subtask.state)}
}
