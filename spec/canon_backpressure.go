// definitions.py, "canon backpressure.{inc,dec}"

package spec

// CanonBackpressureInc is backpressure.inc: while the count is above zero no async task is let in.
//
//cabi:py canon_backpressure_inc 3557429f
func CanonBackpressureInc(s *Store) []CoreValue {
	inst := currentInstance(s)
	s.assert(0 <= inst.backpressure && inst.backpressure < s.options.Limits.Backpressure, "canon_backpressure_inc/range", "the count is in range")
	inst.backpressure++
	s.trapIf(inst.backpressure == s.options.Limits.Backpressure, "canon_backpressure_inc/overflow", "the backpressure count overflows")
	return []CoreValue{}
}

// CanonBackpressureDec is backpressure.dec.
//
//cabi:py canon_backpressure_dec 95ccd95a
func CanonBackpressureDec(s *Store) []CoreValue {
	inst := currentInstance(s)
	s.assert(0 <= inst.backpressure && inst.backpressure < s.options.Limits.Backpressure, "canon_backpressure_dec/range", "the count is in range")
	inst.backpressure--
	s.trapIf(inst.backpressure < 0, "canon_backpressure_dec/underflow", "the backpressure count underflows")
	return []CoreValue{}
}
