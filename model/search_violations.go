package model

// violations are what is violated, and with shapes, only what the last action has violated.
func (r *Run) violations() (all []violation) {
	for i, c := range r.checkers {
		message := c.Violation()
		if message == "" {
			continue
		}
		v := violation{property: c.Property(), kind: c.Kind(), message: message}
		if r.shaping {
			if r.wasViolated(i, v) {
				continue
			}
			v.shape = c.Shape(r)
		}
		all = append(all, v)
	}
	return all
}

func (r *Run) wasViolated(checker int, v violation) bool {
	for _, b := range r.before {
		if b == (violatedBefore{checker, v.kind, v.message}) {
			return true
		}
	}
	return false
}

// unsure says what of the run's definitions.py is not as the port knows it; "": all is, or the run is the port's.
func (r *Run) unsure() string {
	if r.source == nil {
		return ""
	}
	return r.source.changed.first()
}

// TakeViolations are what is violated, in a run of a search that tells violations apart by their shapes: what the last action has violated.
func (r *Run) TakeViolations() (all []*Violation) {
	for _, v := range r.violations() {
		all = append(all, &Violation{Property: v.property, Kind: v.kind, Shape: v.shape, Message: v.message, Unsure: r.unsure()})
	}
	if r.shaping {
		r.forgetViolations()
	}
	return all
}
