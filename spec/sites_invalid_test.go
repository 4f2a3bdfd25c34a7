package spec

import "testing"

// TestAssertionsThatValidationKeeps is components that validation rejects, and core values that core code of valid
// types cannot make.
func TestAssertionsThatValidationKeeps(t *testing.T) {
	runScenarios(t, append(append(invalidCore(), invalidBorrows()...), invalidTypes()...), newAssertionFailure)
}

func invalidCore() []scenario {
	i32ToI32 := &CoreFuncType{Params: []CoreType{I32}, Results: []CoreType{I32}}
	returning := func(t ValType, v CoreValue) func(*scene) error {
		return func(g *scene) error {
			ft := &FuncType{Result: []ValType{t}, Async: true}
			return g.call(g.s.Lift(func([]CoreValue) []CoreValue {
				return CanonTaskReturn(g.s, ft.Result, &g.async.LiftOptions, []CoreValue{v})
			}, ft, g.async, g.a))
		}
	}
	return []scenario{
		{site: "canon_context_get/type", run: guest(func(g *scene) { CanonContextGet(g.s, F32, 0) })},
		{site: "canon_context_get/slot", run: guest(func(g *scene) { CanonContextGet(g.s, I32, 2) })},
		{site: "canon_context_get/fits", run: guest(func(g *scene) {
			CanonContextSet(g.s, I64, 0, 1<<32)
			CanonContextGet(g.s, I32, 0)
		})},
		{site: "canon_context_set/type", run: guest(func(g *scene) { CanonContextSet(g.s, F32, 0, 0) })},
		{site: "canon_context_set/slot", run: guest(func(g *scene) { CanonContextSet(g.s, I32, 2, 0) })},
		{site: "canon_context_set/fits", run: guest(func(g *scene) { CanonContextSet(g.s, I32, 0, 1<<32) })},
		{site: "canon_thread_new_indirect/func-type", run: guest(func(g *scene) {
			CanonThreadNewIndirect(g.s, i32ToI32, NewFuncTable(g.s, &CoreFuncRef{T: i32ToI32}), 1, 0)
		})},
		{site: "unpack_callback_result/i32", run: callbackGuest(func(*scene) uint64 { return 1 << 32 })},
		{site: "Task.needs_exclusive/async-type", run: func(g *scene) error {
			opts := *g.async
			opts.Callback = func([]CoreValue) []CoreValue { return ints(0) }
			return g.call(g.s.Lift(func([]CoreValue) []CoreValue { return ints(uint64(CallbackYield)) }, syncFt, &opts, g.a))
		}},
		{site: "canon_lift.thread_func/results", run: func(g *scene) error {
			return g.call(g.s.Lift(func([]CoreValue) []CoreValue { return mkCore(1.5) }, results(U8Type{}), g.sync, g.a))
		}},
		{site: "canon_lower/params", run: guest(func(g *scene) { g.lower(HostFunc(taker), syncFt, g.sync, 1) })},
		{site: "CoreValueIter.next/i32", run: returning(U8Type{}, CoreInt(1<<32))},
		{site: "CoreValueIter.next/i64", run: returning(U64Type{}, CoreFloat(1))},
	}
}

// invalidBorrows carries borrows where there is no call to end their scope.
func invalidBorrows() []scenario {
	borrow := func(g *scene) ValType { return &BorrowType{Rt: g.r} }
	return []scenario{
		{site: "lift_borrow/scope", run: guest(func(g *scene) {
			i := g.resource(g.r)
			liftFlat(newLiftLowerContext(&g.sync.LiftLowerOptions, g.a, nil), newCoreValueIter(g.s, ints(i)), borrow(g))
		})},
		{site: "lower_borrow/scope", run: guest(func(g *scene) { g.lower(giver(mk(7)), results(borrow(g)), g.sync) })},
		{site: "stream_copy/no-borrow", run: guest(func(g *scene) {
			t := borrow(g)
			ri, _ := g.stream(t)
			CanonStreamRead(g.s, streamOf(t), g.async, ri, 0, 0)
		})},
		{site: "future_copy/no-borrow", run: guest(func(g *scene) {
			t := borrow(g)
			ri, _ := g.future(t)
			CanonFutureRead(g.s, futureOf(t), g.async, ri, 0)
		})},
		{site: "lift_async_value/no-borrow", run: guest(func(g *scene) {
			t := borrow(g)
			ri, _ := g.stream(t)
			g.lower(HostFunc(taker), params(streamOf(t)), g.sync, ri)
		})},
		{site: "lower_stream/no-borrow", run: guest(func(g *scene) {
			t := borrow(g)
			g.lower(giver(NewSharedStreamImpl(g.s, t)), results(streamOf(t)), g.sync)
		})},
		{site: "lower_future/no-borrow", run: guest(func(g *scene) {
			t := borrow(g)
			g.lower(giver(NewSharedFutureImpl(g.s, t)), results(futureOf(t)), g.sync)
		})},
	}
}

func invalidTypes() []scenario {
	tooMany := flagsOf(numbered(33)...)
	static := func(f func()) func(*scene) error { return host(func(*scene) { f() }) }
	return []scenario{
		{site: "lift_flat_flags/labels", run: lifting(tooMany, UTF8, nil, 0)},
		{site: "lift_flat_flags/labels", run: lifting(flagsOf(), UTF8, nil, 0)},
		{site: "lower_flat_flags/labels", run: lowering(allSet(numbered(33), false), tooMany, UTF8)},
		{site: "lower_flat_flags/labels", run: lowering(Dict{}, flagsOf(), UTF8)},
		{site: "alignment_flags/labels", run: static(func() { alignment(tooMany, I32) })},
		{site: "alignment_flags/labels", run: static(func() { alignment(flagsOf(), I32) })},
		{site: "elem_size_flags/labels", run: static(func() { elemSize(tooMany, I32) })},
		{site: "elem_size_flags/labels", run: static(func() { elemSize(flagsOf(), I32) })},
		{site: "discriminant_type/cases", run: static(func() { alignment(variantOf(), I32) })},
		{site: "elem_size_record/not-empty", run: static(func() { elemSize(recordOf(), I32) })},
		{site: "type_matches_value/unknown-type", run: static(func() { typeMatchesValue(0, CoreInt(0)) })},
		{site: "CoreValueIter.next/unknown-type", run: host(func(g *scene) { newCoreValueIter(g.s, ints(0)).next(0) })},
		{site: "CopyEnd.copying/state", run: host(func(g *scene) { (&CopyEnd{Waitable: Waitable{store: g.s}}).copying() })},
	}
}

// TestAssertionsOnValuesOfHosts is values of the host's that are not of their types, or that exceed Python's limits, which are
// lowered here.
func TestAssertionsOnValuesOfHosts(t *testing.T) {
	two := fixedListOf(U8Type{}, 2)
	utf16, utf8, beyond := String{"é", UTF16, 1}, mkStr("é"), mkStr("āb")
	tagged := String{"é", Latin1UTF16, 1 | utf16Tag(I32)}
	below := func(n uint64) Options { return Options{Limits: Limits{ReallocI32: n}} }
	runScenarios(t, []scenario{
		{site: "char_to_i32/scalar-value", run: lowering(Char(0xD800), CharType{}, UTF8)},
		{site: "char_to_i32/scalar-value", run: lowering(Char(0x110000), CharType{}, UTF8)},
		{site: "lower_flat_list/length", run: lowering(mkList(1), two, UTF8)},
		{site: "store_list/length", run: lowering(mkList(mkList(1)), listOf(two), UTF8, 0)},
		{site: "lower_stream/stream", run: lowering(mk(1), streamOf(nil), UTF8)},
		{site: "lower_future/future", run: lowering(mk(1), futureOf(nil), UTF8)},
		{site: "store_string_copy/length", run: lowering(String{"a", UTF8, 2}, StringType{}, UTF8, 0)},
		{site: "store_list_into_range/realloc-max", run: lowering(mkList(1, 2, 3), listOf(U8Type{}), UTF8), options: below(2)},
		{site: "store_string_copy/realloc-max", run: lowering(utf8, StringType{}, UTF8), options: below(1)},
		{site: "store_string_to_utf8/realloc-max", run: lowering(String{"éa", UTF16, 2}, StringType{}, UTF8), options: below(1)},
		{site: "store_string_to_utf8/worst-case", run: lowering(utf16, StringType{}, UTF8, 0), options: below(2)},
		{site: "store_utf8_to_utf16/worst-case", run: lowering(utf8, StringType{}, UTF16), options: below(3)},
		{site: "store_string_to_latin1_or_utf16/realloc-max", run: lowering(utf8, StringType{}, Latin1UTF16), options: below(1)},
		{site: "store_string_to_latin1_or_utf16/worst-case", run: lowering(beyond, StringType{}, Latin1UTF16, 0), options: below(5)},
		{site: "store_probably_utf16_to_latin1_or_utf16/realloc-max", run: lowering(tagged, StringType{}, Latin1UTF16), options: below(1)},
	}, newAssertionFailure)
}

// A string or list that is exactly as long as Python's limit is not too long.
func TestWithinLimitsOfRealloc(t *testing.T) {
	for _, c := range []struct {
		limit uint64
		run   func(*scene) error
	}{
		{3, lowering(mkList(1, 2, 3), listOf(U8Type{}), UTF8, 0)},
		{2, lowering(mkStr("é"), StringType{}, UTF8, 0)},
		{3, lowering(String{"é", UTF16, 1}, StringType{}, UTF8, 0, 0, 0)},
		{4, lowering(mkStr("é"), StringType{}, UTF16, 0, 0)},
		{2, lowering(mkStr("é"), StringType{}, Latin1UTF16, 0, 0)},
		{6, lowering(mkStr("āb"), StringType{}, Latin1UTF16, 0, 0, 0)},
		{2, lowering(String{"é", Latin1UTF16, 1 | utf16Tag(I32)}, StringType{}, Latin1UTF16, 0, 0)},
	} {
		if err := c.run(newScene(t, newTestStoreWith(t, Options{Limits: Limits{ReallocI32: c.limit}}))); err != nil {
			t.Errorf("limit %d: %v", c.limit, err)
		}
	}
}
