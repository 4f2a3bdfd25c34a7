package upstream

import "cabi/spec"

// The sites and outcomes that no run reaches, with the reasons. TestVectorsReach compares these lists with the recorded runs: a
// site or outcome that a run reaches may not be listed, and one that no run reaches must be. The asserts that never fail are
// listed by the tests of spec/ instead.

// unreached says why no run ends at a trap or assert.
var unreached = func() map[spec.Site]string {
	sites := map[spec.Site]string{
		"canon_lift.thread_func/code": "unpack_callback_result lets no other code through",
	}
	for _, site := range onlyInvalid {
		sites[site] = "only what validation refuses gets there"
	}
	for _, site := range onlyWildHosts {
		sites[site] = "only a host that breaks its side of the protocol gets there"
	}
	return sites
}()

// onlyInvalid are reached only by types, core values and uses of built-ins that validation refuses. Random runs have none.
var onlyInvalid = []spec.Site{
	"type_matches_value/unknown-type", "Task.needs_exclusive/async-type", "CopyEnd.copying/state",
	"discriminant_type/cases", "alignment_flags/labels", "elem_size_record/not-empty", "elem_size_flags/labels",
	"lift_borrow/scope", "lift_async_value/no-borrow", "lower_stream/no-borrow", "lower_future/no-borrow",
	"CoreValueIter.next/i32", "CoreValueIter.next/i64", "CoreValueIter.next/unknown-type", "lift_flat_flags/labels",
	"lower_flat_flags/labels", "canon_lift.thread_func/results", "unpack_callback_result/i32", "canon_lower/params",
	"canon_context_get/type", "canon_context_get/slot", "canon_context_set/type", "canon_context_set/slot",
	"canon_context_set/fits", "stream_copy/no-borrow", "future_copy/no-borrow", "canon_thread_new_indirect/func-type",
}

// onlyWildHosts are reached only by a host that breaks its side of the protocol. That of random runs starts and resolves calls
// once and in order, gives values of the types that are asked for, and copies as many elements as fit.
var onlyWildHosts = []spec.Site{
	"ComponentInstance.__init__/same-store", "Thread.stop_waiting_internal/ready", "Thread.wait_until/running",
	"Task.request_cancellation/started", "Store.lift.func_inst/caller", "Store.lower.core_func_inst/current",
	"Store.tick/depth", "Waitable.drop/pending-event", "ReadableBufferGuestImpl.read/remain",
	"WritableBufferGuestImpl.write/remain", "WritableBufferGuestImpl.write/units", "SharedStreamImpl.read/types",
	"SharedStreamImpl.write/types", "SharedFutureImpl.read/one", "SharedFutureImpl.write/one",
	"char_to_i32/scalar-value", "store_string_copy/length", "store_list/length", "lower_borrow/scope",
	"lower_stream/stream", "lower_future/future", "lower_flat_list/length", "canon_lower/sync-returned",
	"canon_lower/results", "canon_lower.on_start/starting", "canon_lower.on_resolve/requested",
	"canon_lower.on_resolve/cancelled-started", "canon_lower.on_resolve/started", "stream_copy.stream_event/copying",
	"future_copy.future_event/remain", "future_copy.future_event/copying", "future_copy.on_copy_done/dropped",
}

// unreachedOutcomes says why no run has an outcome of a built-in.
var unreachedOutcomes = map[string]string{
	"context.get trap":            "it has no traps",
	"context.set trap":            "it has no traps",
	"future.cancel-read DROPPED":  dropsNoUnwritten,
	"future.read DROPPED":         dropsNoUnwritten,
	"future.cancel-write DROPPED": "SharedFutureImpl.drop/pending-read fails as the other end is dropped",
	"future.cancel-write blocked": cancelsAtOnce,
	"future.cancel-write later":   cancelsAtOnce,
	"stream.cancel-write blocked": cancelsAtOnce,
	"stream.cancel-write later":   cancelsAtOnce,
	"future.read CANCELLED":       waitsAlone,
	"future.write CANCELLED":      waitsAlone,
	"stream.read CANCELLED":       waitsAlone,
	"stream.write CANCELLED":      waitsAlone,
	"task.return-other done":      "its options are never those of the function that it returns from",
	"waitable-set.poll later":     "it does not block",
	"waitable-set.wait NONE":      "it returns when there is an event",
}

const (
	dropsNoUnwritten = "a future's writable end is not dropped before the value is written"
	cancelsAtOnce    = "guests write to streams and futures of the specification alone, which end a copy as they are asked to"
	waitsAlone       = "a copy that a sync built-in waits for cannot be cancelled, and how an async one ends is an event"
)
