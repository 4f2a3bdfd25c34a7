// Not upstream's: the ported functions that validation needs: the core types of values and functions, and their sizes.

package spec

// ElementSize is how many bytes a value of type t takes in a memory with pointers of type ptr, I32 or I64. t has no part that is nil but
// payloads that may be absent.
func ElementSize(t ValType, ptr CoreType) uint64 { return elemSize(t, ptr) }

// FlatTypes are the core types that values of types ts are passed as, where they are passed flat and pointers are i32.
func FlatTypes(ts []ValType) []CoreType {
	return flattenTypes(ts, &LiftOptions{Memory: &MemInst{AddrType: I32}})
}

// LiftedType is the core function type that a function of type ft is lifted from with opts. Zero fields of limits mean upstream's.
func LiftedType(opts *CanonicalOptions, ft *FuncType, limits Limits) *CoreFuncType {
	limits = limits.withDefaults()
	return flattenFunctype(opts, ft, contextLift, &limits)
}

// LoweredType is the core function type that a function of type ft is lowered to with opts. Zero fields of limits mean upstream's.
func LoweredType(opts *CanonicalOptions, ft *FuncType, limits Limits) *CoreFuncType {
	limits = limits.withDefaults()
	return flattenFunctype(opts, ft, contextLower, &limits)
}

// PtrType is the type of the memory's addresses.
func (m *MemInst) PtrType() CoreType { return m.ptrType() }

// Is reports whether v is a value of type t: an i32 or i64 is an int that fits, an f32 or f64 a float.
func (v CoreValue) Is(t CoreType) bool {
	switch t {
	case I32:
		return v.kind == coreInt && v.bits < 1<<32
	case I64:
		return v.kind == coreInt
	default:
		return v.IsFloat()
	}
}
