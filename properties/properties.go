// Package properties has the properties of the Canonical ABI that searches check, each a small checker of runs. README.md beside this
// file says how one is written.
//
// Each file has the properties of one part of the specification, and begins with a line that says which. kinds.go has the
// checkers that many properties share, and run_state.go predicates of states.
package properties

import (
	"slices"

	"cabi/model"
	"cabi/spec"
)

// All are all properties, in the order in which they are listed.
var All = []*model.Property{
	deterministic, uniqueInTable, uniqueInInstance, nonzero, bounded, tablesBounded, dense, freeList, noConfusion, diagnosable,
	noStaleAlias, noStaleConfusion, isolation, unforgeable, typedUse,
	lendsBalanced, borrowsBalanced, singleOwner, noDropWhileLent, destroyedOnce,
	joinSymmetric, setsAlive, eventIdentifies, waitingCount, waitsAlone, resolvedOnce, callsResolved, subtasksResolved, resultsDeclared, resultsFit,
	noLostWakeup, noStolenEvent, noStuckThread, cancelDelivered, cancelTold, cancelledAtOnce, peerNotified, dropTold, copyConsistent, cancelImmediate, doneIsFinal,
	runningNotWaiting, oneExclusive, flagsRestored, backpressureCount, noReentrance, stackDiscipline, blocksAsDeclared,
	quietRealloc, reallocObeyed, pointersSound, textLiftable, buffersSound, memoryFixed,
	lendersRecorded, dropEnters, subtaskTold, copyTold, cancelOnce, cancelNextTold, waitsAsAsked, ownThread, promotesReady, storageKept, residualBackpressure,
	postReturned, waitsOnNamed, trapsJustified, valuesKept, handlesAsAsked,
	noAssertionFailure, noCrash,
}

// Promises are the properties that the specification is to have at the pin. They are checked unless others are named.
func Promises() []*model.Property {
	return slices.DeleteFunc(slices.Clone(All), func(p *model.Property) bool { return p.Question })
}

// For are the promises that a world is checked for. Properties of indices are left out where guests use every index for the right
// class of elements, which hides their violations; the world of events has them all the same, since events have indices.
func For(w *model.World) []*model.Property {
	return slices.DeleteFunc(Promises(), func(p *model.Property) bool { return p.Indices && w.RightClass && w.Name != "events" })
}

// ByName is the property of that name; nil: there is none.
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

// tableOf is the table that inst has for a key. Under some variants all instances share their tables.
func tableOf(inst *spec.ComponentInstance, key spec.TableKey) table {
	if inst.Store().Variant().Shared {
		return table{nil, key}
	}
	return table{inst, key}
}

// name is the name of the instance, or store.
func (t table) name() string {
	if t.inst == nil {
		return "store"
	}
	return t.inst.Name
}
