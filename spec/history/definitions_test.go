package history_test

import (
	"testing"

	"cabi/spec"
	"cabi/spec/history"
	"cabi/spec/history/pertype"
	"cabi/spec/history/resourcetable"
)

// A stepper is a machine of any definition.
type stepper interface {
	Step(op history.Op) (string, error)
	Run(ops []history.Op) ([]string, error)
	Actor() string
	HasStopped() bool
}

// A definition is a historical definition with the pin's variant of its tables.
type definition struct {
	name    string
	variant string
	machine func(tableLength uint64) stepper
}

var definitions = []definition{
	{"per-type", "per-type", func(tableLength uint64) stepper {
		m := history.NewMachine[*pertype.Task, *pertype.Subtask]()
		m.Definition = pertype.New(tableLength, m.Destroyed)
		return m
	}},
	{"resource-table", "resource-table", func(tableLength uint64) stepper {
		m := history.NewMachine[*resourcetable.Task, *resourcetable.Subtask]()
		m.Definition = resourcetable.New(tableLength, m.Destroyed)
		return m
	}},
}

// pinVariant is the variant to compare with; nil: it is not there yet.
func (d definition) pinVariant() *spec.Variant { return spec.VariantByName(d.variant) }

// eachDefinition runs a test on both definitions.
func eachDefinition(t *testing.T, test func(t *testing.T, d definition)) {
	for _, d := range definitions {
		t.Run(d.name, func(t *testing.T) { test(t, d) })
	}
}
