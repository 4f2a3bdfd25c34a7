package properties

import (
	"errors"

	"cabi/model"
	"cabi/spec"
)

var noAssertionFailure = stopProperty[*spec.AssertionFailure](&model.Property{
	Name:      "no-assertion-failure",
	Statement: "No assert of the specification fails.",
	Kind:      "step",
	Origin:    "every assert of definitions.py",
})

var noCrash = stopProperty[*spec.Crash](&model.Property{
	Name:      "no-crash",
	Statement: "The specification raises nothing but traps and assertion failures.",
	Kind:      "step",
	Origin:    "definitions.py is to be total",
})

// stopProperty completes p with a checker that an error of type E never stops the run.
func stopProperty[E error](p *model.Property) *model.Property {
	p.New = func() model.Checker { return &stopChecker[E]{model.BaseChecker{Name: p.Name}} }
	return p
}

// A stopChecker checks that an error of type E does not stop the run. It remembers nothing. Code that no run reaches it cannot see.
type stopChecker[E error] struct{ model.BaseChecker }

// Settled notes that an action was taken, which could have been stopped.
func (c *stopChecker[E]) Settled(*model.Run) { c.NonVacuous = true }

// Stopped checks the error that stopped the run.
func (c *stopChecker[E]) Stopped(_ *model.Run, err error) {
	if stop, is := errors.AsType[E](err); is {
		c.Message, c.ViolationKind = stop.Error(), model.SiteOf(err)
	}
}
