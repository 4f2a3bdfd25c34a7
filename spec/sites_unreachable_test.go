package spec

// neverEvaluated are the unreachable sites in code that nothing reaches.
var neverEvaluated = map[Site]bool{
	"canon_lift.thread_func/code": true,
}

// unreachable are the sites that no test makes fire, and why neither a guest nor a host can.
var unreachable = map[Site]string{
	// By type.
	"CoreValueIter.next/f32": "Go's types make it true: the port evaluates it as such",
	"CoreValueIter.next/f64": "Go's types make it true: the port evaluates it as such",
	"wrap_i64_to_i32/range":  "Go's types make it true: the port evaluates it as such",
	"stream_copy/no-char":    "Go's types make it true: the port evaluates it as such",

	// Numbers.
	"<module>/list-byte-length":           "two constants are compared as the package is initialised",
	"<module>/string-byte-length":         "two constants are compared as the package is initialised",
	"unpack_callback_result/table-length": "Table.MAX_LENGTH is a constant below 2^28",
	"canon_lower/index":                   "Table.add traps beyond Table.MAX_LENGTH, a constant below 2^28, and never gives 0",
	"canon_lower/state":                   "the states of a subtask are 0 to 4",
	"stream_copy.stream_event/progress":   "BufferGuestImpl.__init__/length keeps buffers below Buffer.MAX_LENGTH, a constant below 2^28",
	"stream_copy.stream_event/result":     "the results of a copy are 0 to 2",
	"canonicalize_nan32/nan":              "the canonical NaN is a constant",
	"canonicalize_nan64/nan":              "the canonical NaN is a constant",
	"maybe_scramble_nan32/nan":            "random_nan_bits sets every bit of the exponent and one of the fraction",
	"maybe_scramble_nan64/nan":            "random_nan_bits sets every bit of the exponent and one of the fraction",

	// Entry and exit.
	"ComponentInstance.enter_from/may-enter":   "whoever enters has asked may_enter_from, or in tick asserted it, with the same caller",
	"ComponentInstance.leave_to/entered":       "what is left was entered with the same caller, and a nested entry of the same instance is left before",
	"Store.lower.core_func_inst/still-entered": "whatever canon_lower enters and leaves is not in the entering set of the caller's own instance",
	"Store.tick/may-enter":                     "outside of every call each instance that was entered has been left; after a trap nothing runs",
	"LiftLowerContext.reallocate/may-leave":    "may_leave is false only while realloc or post-return runs, which cannot call out or block, so that nothing is lowered",
	"LiftLowerContext.reallocate/resolved":     "canon_lift of a sync function comes back only when its task is resolved, which calls on_resolve",
	"canon_lift.thread_func/may-leave":         "as LiftLowerContext.reallocate/may-leave: no call begins or returns in the instance meanwhile",

	// Values.
	"convert_i32_to_char/negative":                     "core ints and what is loaded unsigned are not negative",
	"convert_int_to_bool/negative":                     "core ints and what is loaded unsigned are not negative",
	"lift_flat_unsigned/range":                         "CoreValueIter.next/i32 has asserted it; an i64 is below 2^64",
	"lift_flat_signed/range":                           "CoreValueIter.next/i32 has asserted it; an i64 is below 2^64",
	"lift_flat_variant/discriminant":                   "flatten_variant begins with the flat type of the discriminant, an i32",
	"lower_flat_variant/discriminant":                  "flatten_variant begins with the flat type of the discriminant, an i32",
	"lift_flat_variant.CoerceValueIter.next/same-type": "join gives no other pairs of types",
	"lower_flat_variant/same-type":                     "join gives no other pairs of types",
	"load/aligned":                                     "lift_flat_values, load_list_from_range and BufferGuestImpl.__init__ trap; within a value, sizes are multiples of alignments",
	"load/bounds":                                      "lift_flat_values, load_list_from_range and BufferGuestImpl.__init__ trap",
	"canon_lower/no-results":                           "no core results are allowed of an async call: lower_flat_values stores them or, of none, fails on an index",
	"canon_lift.thread_func/no-results":                "flatten_functype gives a stackful function no results",

	// Subtasks and resources.
	"Subtask.add_lender/unresolved":      "arguments are lifted in on_start, which asserts that the subtask is starting",
	"Subtask.deliver_resolve/once":       "a sync call delivers once and is in no table; the event of an async one is delivered once, and none is made after the resolution",
	"Subtask.resolve/no-results":         "on_resolve passes no results where it cancels",
	"Subtask.resolve/once":               "on_resolve has asserted that the subtask is starting or started",
	"Subtask.resolve/resolved":           "on_resolve passes the three final states alone",
	"Subtask.resolve_delivered/resolved": "deliver_resolve asserts it, and a resolved subtask stays so",
	"canon_subtask_cancel/event":         "a subtask's only events are its own, which tell its state as they are delivered",
	"canon_subtask_cancel/has-event":     "a resolution makes an event pending, and whoever takes it delivers the resolution",
	"canon_resource_drop/own-scope":      "own handles are made without a borrow scope",

	// Tables, waitables and copies.
	"Table.add/free":                          "remove empties a place before it puts it on the free list",
	"Waitable.drop/sync-waiter":               "a waitable that is waited for by itself is copying or not resolved until its event is taken: CopyEnd.drop and Subtask.drop trap",
	"Waitable.join/sync-waiter":               "canon_waitable_join traps, and Waitable.drop asserts it before",
	"WaitableSet.get_pending_event/has-event": "the thread that takes the event runs right after its ready function held",
	"WaitableSet.get_pending_event/member":    "Waitable.join keeps wset and elems in step",
	"cancel_copy/event":                       "an end's only events are its own, and delivering one ends the copy",
	"future_copy/event":                       "an end's only events are its own",
	"stream_copy/event":                       "an end's only events are its own, and no copy of 2^28-1 elements has a result of 15",
	"canon_backpressure_dec/range":            "dec and inc trap as they leave the range",
	"canon_backpressure_inc/range":            "dec and inc trap as they leave the range",

	// Tasks.
	"Task.enter_implicit_thread/initial":   "canon_lift's thread calls it first and once",
	"Task.enter_implicit_thread/lock-free": "the thread goes on only while has_backpressure is false",
	"Task.exit_implicit_thread/holds-lock": "only who holds the lock gives it back, and the implicit thread has taken it again before it ends",
	"Task.exit_implicit_thread/implicit":   "canon_lift's thread calls it on itself",
	"Task.register_thread/no-index":        "threads are registered once, when they are new",
	"Task.register_thread/own-new-thread":  "threads are registered once, by their own tasks, when they are new",
	"Task.return_/result":                  "lift_flat_values returns a list",
	"Task.start/initial":                   "canon_lift's thread calls it once, after enter_implicit_thread",
	"Task.unregister_thread/borrows":       "return_ and cancel trap while there are borrow handles, and arguments are lowered only before them",
	"Task.unregister_thread/index":         "register_thread gives an index, and threads are unregistered once",
	"Task.unregister_thread/own-thread":    "threads are unregistered once, by their own tasks, as they end",
	"canon_lift.thread_func/code":          "unpack_callback_result/code traps before, and CallbackCode has no others",
	"canon_lift.thread_func/holds-lock":    "the implicit thread took the lock before it ran core code, and only it gives it back",
	"canon_lift.thread_func/lock-free":     "the thread goes on when the lock is free, and request_cancellation leaves it out when it is not",

	// Threads.
	"Thread.__init__/suspended":                 "a new thread has a continuation and no ready function",
	"Thread.__init__.cont_func/first-resume":    "a thread that has not run is not cancellable, and Thread.resume asserts it",
	"Thread.block_internal/resumed":             "Thread.resume asserts it and clears the continuation",
	"Thread.switch_to_internal/resumed":         "Thread.resume asserts it and clears the continuation",
	"Thread.resume_later/ready":                 "its ready function always holds",
	"Thread.resume_later/suspended":             "canon_thread_resume_later traps",
	"Thread.start_waiting_internal/not-waiting": "a running thread has no ready function, and resume_later has asserted that its thread is suspended",
	"Thread.stop_waiting_internal/waiting":      "both callers have just asked",
	"Thread.suspend/running":                    "canon_thread_suspend passes the running thread",
	"Thread.suspend_then_promote/running":       "canon_thread_suspend_then_promote passes the running thread",
	"Thread.yield_then_promote/running":         "canon_thread_yield_then_promote passes the running thread",
	"Thread.suspend_then_resume/states":         "canon_thread_suspend_then_resume traps; suspend_then_promote has just taken the other from the waiting",
	"Thread.yield_then_resume/states":           "canon_thread_yield_then_resume traps; yield_then_promote has just taken the other from the waiting",
	"canon_thread_index/index":                  "core code runs on registered threads; realloc and post-return too, which trap before",
	"canon_thread_new_indirect/suspended":       "Thread.__init__ asserts it",
}
