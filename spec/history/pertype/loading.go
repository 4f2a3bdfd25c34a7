package pertype

//cabi:pin per-type

//cabi:py lift_own f7f1629f
func liftOwn(cx *LiftLowerContext, i uint64, t *valType) uint64 {
	h := cx.inst.resources.remove(t.rt, i)
	trapIf(h.lendCount != 0, "lift_own/lend_count", "the handle is lent")
	trapIf(!h.own, "lift_own/own", "the handle owns nothing")
	return h.rep
}

//cabi:py lift_borrow 0d5a862c
func liftBorrow(cx *LiftLowerContext, i uint64, t *valType) uint64 {
	subtask, ok := cx.borrowScope.(*Subtask)
	assert(ok, "lift_borrow/scope", "a borrow is lifted in the scope of a subtask")
	h := cx.inst.resources.get(t.rt, i)
	if h.own {
		subtask.addLender(h)
	} else {
		trapIf(subtask.task() != h.borrowScope, "lift_borrow/borrow_scope", "the handle was borrowed by another task")
	}
	return h.rep
}
