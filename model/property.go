package model

import "cabi/spec"

// A Property is something that is to hold in every run.
type Property struct {
	Name       string
	Statement  string
	Kind       string // state, step, quiescent or two runs
	Origin     string // the issue, commit or sentence of upstream's prose it comes from
	BlindSpots string // what it cannot see
	Indices    bool   // it looks at indices as numbers, or at tables
	Question   bool   // it asks about a design, and the pin need not have it; false: a promise, checked by default
	New        func() Checker
}

// A Checker checks one property in one run. It is told what happens, in order: it has those of the methods of run_observers.go that it
// needs. What it points to belongs to the run: where a search goes back, it is put back as it was. What is to outlive that is
// captured by a function.
type Checker interface {
	// Begin tells that a run begins.
	Begin(r *Run)
	// Property is the property's name.
	Property() string
	// Violation says what violates the property, for people; empty: nothing so far.
	Violation() string
	// Kind tells the violation from others of the property: a site, what is stuck; it may be empty.
	Kind() string
	// Exercised reports whether what the property speaks of happened, so that it could have been violated.
	Exercised() bool
}

// checkersOf makes a checker of each property, for one run.
func checkersOf(properties []*Property) []Checker {
	checkers := make([]Checker, len(properties))
	for i, property := range properties {
		checkers[i] = property.New()
	}
	return checkers
}

// NoChecks is a checker that hears nothing, to be embedded in others.
type BaseChecker struct {
	Name          string
	Message       string // the violation, once there is one
	ViolationKind string // its kind
	NonVacuous    bool   // what the property speaks of happened
}

func (c *BaseChecker) Begin(*Run)        {}
func (c *BaseChecker) Property() string  { return c.Name }
func (c *BaseChecker) Violation() string { return c.Message }
func (c *BaseChecker) Kind() string      { return c.ViolationKind }
func (c *BaseChecker) Exercised() bool   { return c.NonVacuous }

// Thread is the thread that the activation is on the stack of; nil: the host's.
func (at *Activation) Thread() *spec.Thread { return at.stack.thread }
