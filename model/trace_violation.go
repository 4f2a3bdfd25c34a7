package model

// A Violation is a counterexample to a property.
type Violation struct {
	Property string
	Kind     string // tells it from other violations of the property: a site, or the name of something stuck; may be empty
	Shape    string // what caused it, in words without names: tells it from others of its kind; empty: the search does not tell them apart
	Message  string // how the property is violated
	// Unsure says what of the definitions.py is not as the port knows it, so that the shape may say less than is so; empty: it is all known.
	Unsure  string
	Actions int // how many lead to it
	Trace   *Trace
}

// Name is the property and the kind.
func (v *Violation) Name() string { return v.Property + "/" + v.Kind }

// Key tells violations of different kinds or shapes apart.
func (v *Violation) Key() string { return keyOf(v.Property, v.Kind, v.Shape) }

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
