package pertype

//cabi:pin per-type

// A LiftLowerContext is what values are lifted from or lowered into.
//
//cabi:py LiftLowerContext 1ead265f
type LiftLowerContext struct {
	opts        CanonicalOptions
	inst        *ComponentInstance
	borrowScope borrowScope
}

// A borrowScope is what borrows are scoped to: a Subtask while they are lifted, a Task while they are lowered.
type borrowScope interface{ task() *Task }

//cabi:py LiftLowerContext.__init__ f1e0b08a
func newLiftLowerContext(opts CanonicalOptions, inst *ComponentInstance, borrowScope borrowScope) *LiftLowerContext {
	cx := &LiftLowerContext{}
	cx.opts = opts
	cx.inst = inst
	cx.borrowScope = borrowScope
	return cx
}
