package model

import "cabi/spec"

// A Property is something that is to hold in every run.
type Property struct {
	Name      string
	Statement string
	Kind      string // state, step, quiescent or two runs
	Origin    string // the issue, commit or sentence of upstream's prose it comes from
	Blind     string // what it cannot see
	Indices   bool   // it looks at indices as numbers, or at tables
	Question  bool   // it asks about a design, and the pin need not have it; false: a promise, checked by default
	New       func() Checker
}

// A Checker checks one property in one run. It is told what happens, in order.
type Checker interface {
	spec.Watcher
	// Begin tells that a run begins.
	Begin(r *Run)
	// Entered tells that core code, or the host, is called.
	Entered(r *Run, at *Activation)
	// Done tells that at.Pending is done, and what its results are.
	Done(r *Run, at *Activation, results []spec.CoreValue)
	// Left tells that at is about to return or to throw; it is still among the run's activations.
	Left(r *Run, at *Activation)
	// Settled tells that the run is at a menu: what was done last has been done without a stop.
	Settled(r *Run)
	// State tells, after Settled, that the run is in a state that was not looked at before.
	State(r *Run)
	// Stopped tells that the specification stopped the run.
	Stopped(r *Run, err error)
	// Property is the property's name.
	Property() string
	// Violation says what violates the property, for people; empty: nothing so far.
	Violation() string
	// Kind tells the violation from others of the property: a site, what is stuck; it may be empty.
	Kind() string
	// Exercised reports whether what the property speaks of happened, so that it could have been violated.
	Exercised() bool
	// AppendGhost appends what the checker remembers and the state of the run does not say.
	AppendGhost(b []byte) []byte
	// Ghost writes the same, where it refers to the specification's objects.
	Ghost(w *spec.StateWriter)
}

// checkersOf makes a checker of each property, for one run.
func checkersOf(properties []*Property) []Checker {
	checkers := make([]Checker, len(properties))
	for i, property := range properties {
		checkers[i] = property.New()
	}
	return checkers
}

// NoChecks is a checker that checks nothing, to be embedded in others.
type NoChecks struct {
	Name string
	What string // the violation, once there is one
	Sort string // its kind
	Met  bool   // what the property speaks of happened
}

func (c *NoChecks) Begin(*Run)                                                              {}
func (c *NoChecks) Entered(*Run, *Activation)                                               {}
func (c *NoChecks) Done(*Run, *Activation, []spec.CoreValue)                                {}
func (c *NoChecks) Left(*Run, *Activation)                                                  {}
func (c *NoChecks) State(*Run)                                                              {}
func (c *NoChecks) Settled(*Run)                                                            {}
func (c *NoChecks) Stopped(*Run, error)                                                     {}
func (c *NoChecks) Property() string                                                        { return c.Name }
func (c *NoChecks) Violation() string                                                       { return c.What }
func (c *NoChecks) Kind() string                                                            { return c.Sort }
func (c *NoChecks) Exercised() bool                                                         { return c.Met }
func (c *NoChecks) Ghost(*spec.StateWriter)                                                 {}
func (c *NoChecks) AppendGhost(b []byte) []byte                                             { return b }
func (c *NoChecks) Issued(*spec.ComponentInstance, spec.TableKey, uint64, spec.Element)     {}
func (c *NoChecks) Retired(*spec.ComponentInstance, spec.TableKey, uint64, spec.Element)    {}
func (c *NoChecks) Sought(*spec.ComponentInstance, spec.Want, uint64)                       {}
func (c *NoChecks) Delivered(*spec.ComponentInstance, spec.EventCode, uint64, spec.Element) {}
func (c *NoChecks) Found(*spec.ComponentInstance, spec.Want, uint64, spec.Element)          {}

// Thread is the thread that the activation is on the stack of; nil: the host's.
func (at *Activation) Thread() *spec.Thread { return at.on.thread }
