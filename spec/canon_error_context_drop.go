// definitions.py, "canon error-context.drop"

package spec

// CanonErrorContextDrop is error-context.drop.
//
//cabi:py canon_error_context_drop 5d51a456
func CanonErrorContextDrop(s *Store, i uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_error_context_drop/may-leave", "the instance may not be left")
	at := inst.handles.remove(i, wantErrorContext)
	_, ok := at.found.(*ErrorContext)
	at.trapIf(!ok, "canon_error_context_drop/class", "the handle is no error context")
	return []CoreValue{}
}
