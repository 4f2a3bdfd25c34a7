// definitions.py, "Lifting and Lowering Context"

package spec

// A LiftLowerContext is what lifting and lowering a value depend on besides the value and its type.
//
//cabi:py LiftLowerContext 6e45d97f
type LiftLowerContext struct {
	opts        *LiftLowerOptions
	inst        *ComponentInstance
	borrowScope borrowScope
}

// A borrowScope is a *Task, a *Subtask, or nil.
type borrowScope interface{ isBorrowScope() }

func (*Task) isBorrowScope()    {}
func (*Subtask) isBorrowScope() {}

//cabi:py LiftLowerContext.__init__ f1e0b08a
func newLiftLowerContext(opts *LiftLowerOptions, inst *ComponentInstance, scope borrowScope) *LiftLowerContext {
	cx := &LiftLowerContext{}
	cx.opts = opts
	cx.inst = inst
	cx.borrowScope = scope
	return cx
}

// memory is cx.opts.memory in a Python function that may be the first of a call to need it: if there is none, that function
// raises AttributeError. The functions that it calls use cx.opts.Memory.
func (cx *LiftLowerContext) memory(function string) *MemInst {
	if cx.opts.Memory == nil {
		crash(function, "AttributeError", "the memory option is missing")
	}
	return cx.opts.Memory
}

func (cx *LiftLowerContext) store() *Store { return cx.inst.store }

func (cx *LiftLowerContext) limits() *Limits { return &cx.inst.store.options.Limits }

func (cx *LiftLowerContext) trapIf(cond bool, site Site, sentence string) {
	cx.inst.store.trapIf(cond, site, sentence)
}

func (cx *LiftLowerContext) assert(cond bool, site Site, sentence string) {
	cx.inst.store.assert(cond, site, sentence)
}

//cabi:py LiftLowerContext.reallocate 70ace497
func (cx *LiftLowerContext) reallocate(old, oldByteLength, alignment, newByteLength uint64) uint64 {
	cx.assert(cx.inst.mayLeave, "LiftLowerContext.reallocate/may-leave", "realloc is called from an instance that may leave")
	cx.inst.mayLeave = false
	var ptrt ValType = U64Type{}
	if cx.opts.Memory.ptrType() == I32 {
		ptrt = U32Type{}
	}
	ft := &FuncType{Params: []ValType{ptrt, ptrt, ptrt, ptrt}, Result: []ValType{ptrt}, Async: false}
	opts := &CanonicalOptions{Async: false}
	onStart := &reallocOnStart{old, oldByteLength, alignment, newByteLength}
	ptr := &reallocOnResolve{}
	canonLift(cx.opts.Realloc, ft, opts, cx.inst, onStart, ptr)
	cx.assert(ptr.resolved, "LiftLowerContext.reallocate/resolved", "realloc has returned a pointer")
	cx.inst.mayLeave = true
	return ptr.ptr
}

// reallocOnStart is LiftLowerContext.reallocate's inner function on_start with what it captures.
type reallocOnStart struct{ old, oldByteLength, alignment, newByteLength uint64 }

// OnStart returns realloc's arguments.
//
//cabi:py LiftLowerContext.reallocate.on_start 565e79f5
func (r *reallocOnStart) OnStart() []Value {
	return []Value{UintOf(r.old), UintOf(r.oldByteLength), UintOf(r.alignment), UintOf(r.newByteLength)}
}

// reallocOnResolve is LiftLowerContext.reallocate's inner function on_resolve with the ptr that it sets.
type reallocOnResolve struct {
	ptr      uint64
	resolved bool // Python: ptr is not None
}

// OnResolve takes realloc's result.
//
//cabi:py LiftLowerContext.reallocate.on_resolve 9b8a30e3
func (r *reallocOnResolve) OnResolve(result []Value) {
	r.ptr = as[Int](unpack1(result, "LiftLowerContext.reallocate.on_resolve"), "LiftLowerContext.reallocate.on_resolve").magnitude
	r.resolved = true
}

// unpack1 is [x] = list in the Python function named.
func unpack1[T any](list []T, function string) T {
	if len(list) != 1 {
		crash(function, "ValueError", "expected one value to unpack, got %d", len(list))
	}
	return list[0]
}

// unpack0 is [] = list in the Python function named.
func unpack0[T any](list []T, function string) {
	if len(list) != 0 {
		crash(function, "ValueError", "expected no value to unpack, got %d", len(list))
	}
}

//cabi:py LiftLowerContext.allocate 65a298ab
func (cx *LiftLowerContext) allocate(alignment, byteLength uint64) uint64 {
	return cx.reallocate(0, 0, alignment, byteLength)
}
