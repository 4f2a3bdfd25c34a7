// Package properties names what is to hold of the Canonical ABI, each as a small checker of runs.
package properties

import (
	"cabi/model"
	"cabi/spec"
)

// All are all properties, in the order of the catalogue.
var All = []*model.Property{
	deterministic, uniqueInTable, uniqueInInstance, nonzero, bounded, dense, freeList, noConfusion,
	noAssertionFailure, noCrash,
}

// ByName finds a property; nil if there is none of that name.
func ByName(name string) *model.Property {
	for _, p := range All {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// A table is one table of one instance, or of the store if the instance is nil.
type table struct {
	inst *spec.ComponentInstance
	key  spec.TableKey
}

// tableOf is the table key that inst sees.
func tableOf(inst *spec.ComponentInstance, key spec.TableKey) table {
	if inst.Store().Variant().Shared {
		return table{nil, key}
	}
	return table{inst, key}
}

func (t table) name() string {
	if t.inst == nil {
		return "store"
	}
	return t.inst.Name
}
