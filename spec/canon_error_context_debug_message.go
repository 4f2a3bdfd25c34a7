package spec

// CanonErrorContextDebugMessage is error-context.debug-message: it stores the message, and where it is at ptr.
//
//cabi:py canon_error_context_debug_message 432ea05b
func CanonErrorContextDebugMessage(s *Store, opts *LiftLowerOptions, i, ptr uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_error_context_debug_message/may-leave", "the instance may not be left")
	e := inst.handles.get(i, wantErrorContext)
	errctx, ok := e.(*ErrorContext)
	s.trapIndexIf(!ok, "canon_error_context_debug_message/class", "the handle is no error context", lookup{inst, i, wantErrorContext, e})
	cx := newLiftLowerContext(opts, inst, nil)
	storeString(cx, errorContext(errctx, ok, "canon_error_context_debug_message").DebugMessage, ptr)
	return []CoreValue{}
}

// errorContext is e where the Python function named takes an attribute that only error contexts have. What is none
// gets there only with the trap before it switched off.
func errorContext(e *ErrorContext, ok bool, function string) *ErrorContext {
	if !ok {
		crash(function, "AttributeError", "the element is no error context")
	}
	return e
}
