// Package properties names what is to hold of the Canonical ABI, each as a small checker of runs.
package properties

import (
	"slices"

	"cabi/model"
	"cabi/spec"
)

// All are all properties, in the order of the catalogue.
var All = []*model.Property{
	deterministic, uniqueInTable, uniqueInInstance, nonzero, bounded, tablesBounded, dense, freeList, noConfusion, diagnosable,
	noStaleAlias, noStaleConfusion, isolation, unforgeable, typedUse,
	lendsBalanced, borrowsBalanced, singleOwner, noDropWhileLent, destroyedOnce,
	joinSymmetric, setsAlive, eventIdentifies, waitingCount, waitsAlone, resolvedOnce, callsResolved, subtasksResolved, resultsDeclared,
	noLostWakeup, noStolenEvent, noStuckThread, cancelDelivered, cancelTold, cancelledAtOnce, peerNotified, copyConsistent, cancelImmediate, doneIsFinal,
	runningNotWaiting, oneExclusive, flagsRestored, backpressureCount, noReentrance, stackDiscipline, blocksAsDeclared,
	quietRealloc, reallocObeyed, pointersSound, buffersSound, memoryFixed,
	lendersRecorded, dropEnters, subtaskTold, copyTold, cancelOnce, cancelNextTold, waitsAsAsked, ownThread, storageKept, residualBackpressure,
	postReturned, waitsOnNamed,
	noAssertionFailure, noCrash,
}

// Promises are the properties that the pin is to have, which are checked unless others are named.
func Promises() []*model.Property {
	return slices.DeleteFunc(slices.Clone(All), func(p *model.Property) bool { return p.Question })
}

// For are the promises that a world is checked for: those that look at indices only in worlds where guests do, and in the one
// that is for events, which name elements by indices.
func For(w *model.World) []*model.Property {
	return slices.DeleteFunc(Promises(), func(p *model.Property) bool { return p.Indices && w.RightClass && w.Name != "events" })
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
