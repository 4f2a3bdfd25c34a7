package pertype

//cabi:pin per-type

//cabi:py lower_own dcc79517
func lowerOwn(cx *LiftLowerContext, rep uint64, t *valType) uint64 {
	h := newResourceHandle(rep, true, nil)
	return cx.inst.resources.add(t.rt, h)
}

// lowerBorrow returns an index, or the rep itself where the resource type is the instance's own.
//
//cabi:py lower_borrow eb1d4f5b
func lowerBorrow(cx *LiftLowerContext, rep uint64, t *valType) uint64 {
	task, ok := cx.borrowScope.(*Task)
	assert(ok, "lower_borrow/scope", "a borrow is lowered in the scope of a task")
	if cx.inst == t.rt.impl {
		return rep
	}
	h := newResourceHandle(rep, false, task)
	h.borrowScope.todo++
	return cx.inst.resources.add(t.rt, h)
}
