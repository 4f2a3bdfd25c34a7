package resourcetable

//cabi:pin resource-table

//cabi:py lift_own 52786214
func liftOwn(cx *LiftLowerContext, i uint64, t *valType) uint64 {
	h := cx.inst.resources.remove(i)
	trapIf(h.rt != t.rt, "lift_own/type", "the handle is of another resource type")
	trapIf(h.lendCount != 0, "lift_own/lend_count", "the handle is lent")
	trapIf(!h.own, "lift_own/own", "the handle owns nothing")
	return h.rep
}

//cabi:py lift_borrow 5f4796a4
func liftBorrow(cx *LiftLowerContext, i uint64, t *valType) uint64 {
	subtask, ok := cx.borrowScope.(*Subtask)
	assert(ok, "lift_borrow/scope", "a borrow is lifted in the scope of a subtask")
	h := cx.inst.resources.get(i)
	trapIf(h.rt != t.rt, "lift_borrow/type", "the handle is of another resource type")
	if h.own {
		subtask.addLender(h)
	} else {
		trapIf(subtask.task() != h.borrowScope, "lift_borrow/borrow_scope", "the handle was borrowed by another task")
	}
	return h.rep
}
