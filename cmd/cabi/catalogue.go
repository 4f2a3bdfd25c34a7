package main

import (
	"slices"

	"cabi/internal/matrix"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// catalogue is all properties that can be asked for by name, those that compare runs with the pin's way to number handles among them.
func catalogue() []*model.Property {
	return slices.Concat(properties.All, matrix.Guests(spec.SingleTable))
}

// propertyByName finds a property; nil if there is none of that name.
func propertyByName(name string) *model.Property {
	for _, p := range catalogue() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func propertyNames() []string {
	return names(catalogue(), func(p *model.Property) string { return p.Name })
}
