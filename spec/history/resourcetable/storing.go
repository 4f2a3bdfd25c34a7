package resourcetable

//cabi:pin resource-table

//cabi:py lower_own b1ffaba2
func lowerOwn(cx *LiftLowerContext, rep uint64, t *valType) uint64 {
	h := newResourceHandle(t.rt, rep, true, nil)
	return cx.inst.resources.add(h)
}

// lowerBorrow returns an index, or the rep itself where the resource type is the instance's own.
//
//cabi:py lower_borrow af6f6fa1
func lowerBorrow(cx *LiftLowerContext, rep uint64, t *valType) uint64 {
	task, ok := cx.borrowScope.(*Task)
	assert(ok, "lower_borrow/scope", "a borrow is lowered in the scope of a task")
	if cx.inst == t.rt.impl {
		return rep
	}
	h := newResourceHandle(t.rt, rep, false, task)
	h.borrowScope.todo++
	return cx.inst.resources.add(h)
}
