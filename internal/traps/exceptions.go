package traps

import "cabi/spec"

// exceptions explain the traps without which nothing goes wrong, as far as was found, and the one that no program takes.
var exceptions = map[spec.Site]string{
	"canon_lift.thread_func/code": "Redundant: unpack_callback_result/code traps before it, and CallbackCode has no other members. Nothing gets there.",
	"Table.get/empty": "Redundant for handles: every caller asks isinstance of what it got, and None is no instance. For threads it is needed: " +
		"without it canon_thread_resume_later would ask None whether it is suspended, an AttributeError of the Python. The port stops there at a check " +
		"of its own, which is for variants that keep threads with handles.",
	"SharedStreamImpl.read/same-instance":  sameInstance,
	"SharedStreamImpl.write/same-instance": sameInstance,
	"SharedFutureImpl.read/same-instance":  sameInstance,
	"SharedFutureImpl.write/same-instance": sameInstance,
	"canon_task_return/may-leave":          "Redundant: " + syncTasks + " canon_task_return/async traps.",
	"canon_task_cancel/may-leave":          "Redundant: " + syncTasks + " canon_task_cancel/async traps.",
	"canon_task_cancel/async":              "Redundant in its effect: without it, a task that is lifted sync is cancelled and then returns, as it must, and Task.return_/resolved traps; if no cancellation was delivered, Task.cancel/not-delivered traps at once.",
}

const (
	sameInstance = "A restriction, not a safeguard: definitions.py itself marks it as temporary. Nothing else was found to depend on it."
	syncTasks    = "realloc and post-return run in tasks that are lifted sync, for which"
)

// unevaluated says why no exploration evaluates some asserts.
var unevaluated = map[spec.Site]string{
	"type_matches_value/unknown-type":                  afterMatch,
	"CopyEnd.copying/state":                            afterMatch,
	"contains/unknown-type":                            afterMatch,
	"CoreValueIter.next/unknown-type":                  afterMatch,
	"discriminant_type/cases":                          ofTypes,
	"alignment_flags/labels":                           ofTypes,
	"elem_size_record/not-empty":                       ofTypes,
	"elem_size_flags/labels":                           ofTypes,
	"<module>/string-byte-length":                      ofTypes,
	"<module>/list-byte-length":                        ofTypes,
	"stream_copy/no-borrow":                            ofTypes,
	"future_copy/no-borrow":                            ofTypes,
	"WritableBufferGuestImpl.write/units":              "no world has streams whose elements have no size; upstream's tests have, and spec/ has them too",
	"canonicalize_nan32/nan":                           ofNaNs,
	"canonicalize_nan64/nan":                           ofNaNs,
	"maybe_scramble_nan32/nan":                         ofNaNs,
	"maybe_scramble_nan64/nan":                         ofNaNs,
	"convert_int_to_bool/negative":                     ofValues,
	"store_list/length":                                ofValues,
	"CoreValueIter.next/i64":                           ofValues,
	"CoreValueIter.next/f32":                           ofValues,
	"CoreValueIter.next/f64":                           ofValues,
	"lift_flat_signed/range":                           ofValues,
	"lift_flat_variant.CoerceValueIter.next/same-type": ofValues,
	"wrap_i64_to_i32/range":                            ofValues,
	"lift_flat_flags/labels":                           ofValues,
	"lower_flat_list/length":                           ofValues,
	"lower_flat_variant/discriminant":                  ofValues,
	"lower_flat_variant/same-type":                     ofValues,
	"lower_flat_flags/labels":                          ofValues,
}

const (
	afterMatch = "no code reaches it: it is in the last branch of a match, and the other branches have all cases"
	ofTypes    = "it is about types or constants alone, which validation keeps as it asserts; the port checks it without a store"
	ofNaNs     = "no world passes NaNs; upstream's tests do, and spec/ has them too"
	ofValues   = "no world passes such values; properties/values_test.go passes values of every type, and the assert holds there"
)

// why says why an assert was not evaluated.
func (a *Assert) why() string {
	if why := unevaluated[a.Site]; why != "" {
		return why
	}
	return "not explained"
}
