// definitions.py, "canon lift"

package spec

// canonLift calls the core function callee as a component function of type ft. It returns task, which is an OnCancel
// through task.request_cancellation.
//
//cabi:py canon_lift 04f47fe7
func canonLift(callee CoreFunc, ft *FuncType, opts *CanonicalOptions, inst *ComponentInstance, onStart OnStart, onResolve OnResolve) OnCancel {
	threadFunc := &liftThreadFunc{callee: callee, ft: ft, opts: opts, inst: inst}
	task := NewTask(ft, opts, inst, onStart, onResolve)
	thread := NewThread(task, threadFunc)
	threadFunc.task, threadFunc.thread = task, thread
	thread.Resume(false)
	if !ft.Async {
		for task.state != TaskResolved {
			var candidates []*Thread
			for t := range inst.threads.allThreads {
				if t.ready() && t != inst.exclusiveThread {
					candidates = append(candidates, t)
				}
			}
			inst.store.trapIf(len(candidates) == 0, "canon_lift/blocked", "the sync function blocks and no thread of its instance is ready")
			inst.store.chooseThread("canon_lift/thread", candidates).Resume(false)
		}
	}
	return task
}

// liftThreadFunc is canon_lift's inner function thread_func with the variables that it captures.
type liftThreadFunc struct {
	callee CoreFunc
	ft     *FuncType
	opts   *CanonicalOptions
	inst   *ComponentInstance
	task   *Task
	thread *Thread
}

//cabi:py canon_lift.thread_func 70a9efe3
func (f *liftThreadFunc) run() {
	callee, ft, opts, inst, task, thread, s := f.callee, f.ft, f.opts, f.inst, f.task, f.thread, f.inst.store
	if !task.enterImplicitThread() {
		return
	}

	cx := newLiftLowerContext(&opts.LiftLowerOptions, inst, task)
	args := task.start()
	flatArgs := lowerFlatValues(cx, cx.limits().FlatParams, args, ft.paramTypes(), nil)
	flatFt := flattenFunctype(opts, ft, contextLift, cx.limits())
	s.assert(typesMatchValues(flatFt.Params, flatArgs), "canon_lift.thread_func/params", "the core function gets arguments of its types")

	if !opts.Async {
		flatResults := callAndTrapOnThrow(s, callee, flatArgs)
		s.assert(typesMatchValues(flatFt.Results, flatResults), "canon_lift.thread_func/results", "the core function returns results of its types")
		result := liftFlatValues(cx, cx.limits().FlatResults, newCoreValueIter(s, flatResults), ft.resultType())
		task.return_(result)
		if opts.PostReturn != nil {
			s.assert(cx.inst.mayLeave, "canon_lift.thread_func/may-leave", "post-return is called in an instance that may leave")
			inst.mayLeave = false
			unpack0(callAndTrapOnThrow(s, opts.PostReturn, flatResults), "canon_lift.thread_func")
			inst.mayLeave = true
		}
		task.exitImplicitThread()
		return
	}

	if opts.Callback == nil {
		unpack0(callAndTrapOnThrow(s, callee, flatArgs), "canon_lift.thread_func")
		s.assert(typesMatchValues(flatFt.Results, nil), "canon_lift.thread_func/no-results", "a stackful function has no core results")
		task.exitImplicitThread()
		return
	}

	packed := unpack1(callAndTrapOnThrow(s, callee, flatArgs), "canon_lift.thread_func")
	code, si := unpackCallbackResult(s, packed.bits)
	for code != CallbackExit {
		s.assert(task.needsExclusive() && inst.exclusiveThread == task.implicitThread, "canon_lift.thread_func/holds-lock",
			"a task that returns to its event loop holds the exclusive lock")
		inst.exclusiveThread = nil
		var event eventTuple
		switch code {
		case CallbackYield:
			cancelled := thread.WaitUntil(exclusiveFree{inst}, true)
			if cancelled {
				event = eventTuple{EventTaskCancelled, 0, 0}
			} else {
				event = eventTuple{EventNone, 0, 0}
			}
		case CallbackWait:
			at := inst.handles.get(si, wantWaitableSet)
			wset := isA[*WaitableSet](at, "canon_lift.thread_func/class", "the handle is no waitable set")
			event = wset.waitForEventAnd(exclusiveFree{inst}, true)
		default:
			s.trap("canon_lift.thread_func/code", "the callback code is unknown")
			crash("canon_lift.thread_func", "UnboundLocalError", "cannot access local variable 'event'")
		}
		s.assert(inst.exclusiveThread == nil, "canon_lift.thread_func/lock-free", "a task takes the exclusive lock back when it is free")
		inst.exclusiveThread = task.implicitThread
		eventCode, p1, p2 := event.unpack()
		packed = unpack1(callAndTrapOnThrow(s, opts.Callback, ints(uint64(eventCode), p1, p2)), "canon_lift.thread_func")
		code, si = unpackCallbackResult(s, packed.bits)
	}
	task.exitImplicitThread()
}

// exclusiveFree is lambda: not inst.exclusive_thread.
type exclusiveFree struct{ inst *ComponentInstance }

func (r exclusiveFree) Ready() bool { return r.inst.exclusiveThread == nil }

// A CallbackCode is what a callback, or the function before the first callback, returns to say how its task goes on.
//
//cabi:py CallbackCode 0d43f7b5
type CallbackCode uint64

// The codes of a callback: the task ends, yields, or waits on a waitable set.
const (
	CallbackExit  CallbackCode = 0
	CallbackYield CallbackCode = 1
	CallbackWait  CallbackCode = 2
	callbackMax   CallbackCode = 2
)

func (c CallbackCode) String() string {
	if c > callbackMax {
		return "unknown"
	}
	return [...]string{"EXIT", "YIELD", "WAIT"}[c]
}

//cabi:py unpack_callback_result 515300d7
func unpackCallbackResult(s *Store, packed uint64) (CallbackCode, uint64) {
	code := packed & 0xf
	s.trapIf(code > uint64(callbackMax), "unpack_callback_result/code", "the callback code is unknown")
	s.assert(packed < 1<<32, "unpack_callback_result/i32", "a callback returns an i32")
	s.assert(s.options.Limits.TableLength < 1<<28, "unpack_callback_result/table-length", "every index fits into 28 bits")
	waitableSetIndex := packed >> 4
	if code > uint64(callbackMax) {
		crash("unpack_callback_result", "ValueError", "%d is not a valid CallbackCode", code)
	}
	return CallbackCode(code), waitableSetIndex
}

//cabi:py call_and_trap_on_throw 2053d0c9
func callAndTrapOnThrow(s *Store, callee CoreFunc, args []CoreValue) []CoreValue {
	if callee == nil {
		crash("call_and_trap_on_throw", "TypeError", "'NoneType' object is not callable")
	}
	results, threw := s.catch(callee, args)
	if threw {
		s.trap("call_and_trap_on_throw/throw", "core code threw an exception")
		crash("call_and_trap_on_throw", "TypeError", "None is no list of results")
	}
	return results
}

// catch calls callee and says whether it threw a core exception. Whatever else stops it goes on.
func (s *Store) catch(callee CoreFunc, args []CoreValue) (results []CoreValue, threw bool) {
	defer func() {
		if s.aborted {
			return // the panic is Abort's, or unwinds the stack: core code threw nothing
		}
		switch r := recover().(type) {
		case nil:
		case *CoreException:
			threw = true
		default:
			panic(r)
		}
	}()
	return callee(args), false
}
