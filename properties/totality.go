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

// stopProperty completes p as the property that no run stops with an E.
func stopProperty[E error](p *model.Property) *model.Property {
	p.New = func() model.Checker { return &stopChecker[E]{model.BaseChecker{Name: p.Name}} }
	return p
}

type stopChecker[E error] struct{ model.BaseChecker }

// Settled hears that something was done, which could have been stopped.
func (c *stopChecker[E]) Settled(*model.Run) { c.NonVacuous = true }

func (c *stopChecker[E]) Stopped(_ *model.Run, err error) {
	var stop E
	if errors.As(err, &stop) {
		c.Message, c.ViolationKind = stop.Error(), model.SiteOf(err)
	}
}
