package wast

import (
	"cabi/component"
	"cabi/spec"
)

// Policy returns the choices that scripts run under by default: those that are fair, so that loops that wait for another thread end.
func Policy() spec.Choices { return component.Fair{} }

// A Departure is a choice that is made otherwise than the policy makes it.
type Departure = component.Departure
