// definitions.py, "canon error-context.new"

package spec

// An ErrorContext is a message for debugging.
//
//cabi:py ErrorContext 1403e7c9
type ErrorContext struct{ DebugMessage String }

func (*ErrorContext) class() Class { return ClassErrorContext }

func (*ErrorContext) describe() string { return "error context" }

// CanonErrorContextNew is error-context.new: an error context with a message, which the host may discard.
//
// quirk: host_defined_transformation is defined nowhere, so that keeping the message raises NameError.
//
//cabi:py canon_error_context_new 858bcace
func CanonErrorContextNew(s *Store, opts *LiftLowerOptions, ptr, taggedCodeUnits uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_error_context_new/may-leave", "the instance may not be left")
	var str String
	if s.options.Deterministic || s.choose("canon_error_context_new/discard", 2) == 1 {
		str = String{"", UTF8, 0}
	} else {
		cx := newLiftLowerContext(opts, inst, nil)
		_ = loadStringFromRange(cx, ptr, taggedCodeUnits)
		crash("canon_error_context_new", "NameError", "name 'host_defined_transformation' is not defined")
	}
	i := inst.handles.add(&ErrorContext{str})
	return ints(i)
}
