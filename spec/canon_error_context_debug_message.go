// definitions.py, "canon error-context.debug-message"

package spec

// CanonErrorContextDebugMessage is error-context.debug-message: it stores the message, and where it is at ptr.
//
//cabi:py canon_error_context_debug_message 432ea05b
func CanonErrorContextDebugMessage(s *Store, opts *LiftLowerOptions, i, ptr uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_error_context_debug_message/may-leave", "the instance may not be left")
	at := inst.handles.get(i, wantErrorContext)
	errctx := isA[*ErrorContext](at, "canon_error_context_debug_message/class", "the handle is no error context")
	cx := newLiftLowerContext(opts, inst, nil)
	storeString(cx, errctx.DebugMessage, ptr)
	return []CoreValue{}
}
