package model

// A violation is a violation as its checker describes it.
type violation struct{ property, kind, shape, message string }

// key tells violations of different kinds apart, as Violation.Key does.
func (v violation) key() string { return keyOf(v.property, v.kind, v.shape) }

func keyOf(property, kind, shape string) string {
	if shape == "" {
		return property + "/" + kind
	}
	return property + "/" + kind + ": " + shape
}

// violations are what is violated, and with shapes, only what the last action has violated.
func (r *Run) violations() (all []violation) {
	for i, b := range r.results {
		if b.Message == "" {
			continue
		}
		c := r.checkers[i]
		v := violation{property: c.Property(), kind: c.Kind(), message: b.Message}
		if r.shaping {
			if v.message = r.newlyViolated(i, c); v.message == "" {
				continue
			}
			if !r.shapeLater {
				v.shape = c.Shape(r)
			}
		}
		all = append(all, v)
	}
	return all
}

// newlyViolated says how a checker's property is violated as it was not before the last action; "": in no way.
func (r *Run) newlyViolated(i int, c Checker) string {
	v := violation{kind: c.Kind(), message: c.Violation()}
	if !r.wasViolated(i, v) {
		return v.message
	}
	if several, has := c.(severalViolations); has {
		for _, v.message = range several.Others() {
			if !r.wasViolated(i, v) {
				return v.message
			}
		}
	}
	return ""
}

// severalViolations is a checker that can find several violations in one state, of one kind.
type severalViolations interface {
	Others() []string // beside Violation
}

func (r *Run) wasViolated(checker int, v violation) bool {
	for _, b := range r.before {
		if b == (violatedBefore{checker, v.kind, v.message}) {
			return true
		}
	}
	return false
}
