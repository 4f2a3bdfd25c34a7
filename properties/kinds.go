package properties

import (
	"cabi/model"
	"cabi/spec"
)

// The kinds of properties that share a checker.

// stateProperty completes p with a checker of each instance in each state: check returns how the instance violates p, and sets
// exercised if the state has something that p is about, so that it could have been violated.
func stateProperty(p *model.Property, check func(inst *spec.ComponentInstance, exercised *bool) string) *model.Property {
	p.New = func() model.Checker { return &stateChecker{model.BaseChecker{Name: p.Name}, check} }
	return p
}

// A stateChecker checks a property of instances by their states alone: it remembers nothing.
type stateChecker struct {
	model.BaseChecker
	check func(inst *spec.ComponentInstance, exercised *bool) string
}

func (c *stateChecker) State(r *model.Run) {
	for _, inst := range r.Store.Instances() {
		if c.Message == "" {
			c.Message = c.check(inst, &c.NonVacuous)
		}
	}
}

// runProperty completes p with a checker of each state of a run: check returns how the state violates p, and the kind of the
// violation, and sets exercised if the state has something that p is about.
func runProperty(p *model.Property, check func(r *model.Run, exercised *bool) (message, kind string)) *model.Property {
	p.New = func() model.Checker { return &runChecker{model.BaseChecker{Name: p.Name}, check} }
	return p
}

// A runChecker checks a property of states by the states alone: it remembers nothing.
type runChecker struct {
	model.BaseChecker
	check func(r *model.Run, exercised *bool) (message, kind string)
}

func (c *runChecker) State(r *model.Run) { c.Message, c.ViolationKind = c.check(r, &c.NonVacuous) }

// quiescentProperty is runProperty for the quiescent states alone.
func quiescentProperty(p *model.Property, check func(r *model.Run, exercised *bool) (message, kind string)) *model.Property {
	p.New = func() model.Checker { return &quiescentChecker{runChecker{model.BaseChecker{Name: p.Name}, check}} }
	return p
}

// A quiescentChecker checks a property of quiescent states. What the last action was says nothing of what caused a violation.
type quiescentChecker struct{ runChecker }

func (c *quiescentChecker) State(r *model.Run) {
	c.Message, c.ViolationKind = "", ""
	if quiescent(r) {
		c.runChecker.State(r)
	}
}

func (c *quiescentChecker) Shape(*model.Run) string { return c.Cause }

// A suspecter is part of the checkers that are notified of something in the middle of an action, such as a lookup in a table. A
// lookup that finds the wrong element is no violation if the specification traps on it a moment later. So the checker only
// suspects a violation. The suspicion is confirmed when the run goes on: when core code is called or gets a result, or at a menu.
// A trap clears it.
type suspecter struct {
	model.BaseChecker
	suspected string // the violation, if the run goes on; empty: none is suspected
}

func (c *suspecter) suspect(message string) {
	if c.suspected == "" {
		c.suspected = message
	}
}

func (c *suspecter) confirm() {
	if c.Message == "" {
		c.Message = c.suspected
	}
}

func (c *suspecter) Entered(*model.Run, *model.Activation)                { c.confirm() }
func (c *suspecter) Done(*model.Run, *model.Activation, []spec.CoreValue) { c.confirm() }
func (c *suspecter) Settled(*model.Run)                                   { c.confirm() }
func (c *suspecter) Stopped(*model.Run, error)                            { c.suspected = "" }

// Problem is how an instance violates a property of instances by its state alone; empty: it does not. Of other properties it panics.
func Problem(p *model.Property, inst *spec.ComponentInstance) string {
	exercised := false
	return p.New().(*stateChecker).check(inst, &exercised)
}
