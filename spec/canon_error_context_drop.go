package spec

// CanonErrorContextDrop is error-context.drop.
//
//cabi:py canon_error_context_drop 5d51a456
func CanonErrorContextDrop(s *Store, i uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_error_context_drop/may-leave", "the instance may not be left")
	e := inst.handles.remove(i, wantErrorContext)
	_, ok := e.(*ErrorContext)
	s.trapIndexIf(!ok, "canon_error_context_drop/class", "the handle is no error context", lookup{inst, i, wantErrorContext, e})
	return []CoreValue{}
}
