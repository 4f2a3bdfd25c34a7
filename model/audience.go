package model

import "cabi/spec"

// What a checker may hear, a method each: it is told of what it has a method for.
type (
	enteredHearer interface {
		// Entered tells that core code, or the host, is called.
		Entered(r *Run, at *Activation)
	}
	doneHearer interface {
		// Done tells that at.Pending is done, and what its results are.
		Done(r *Run, at *Activation, results []spec.CoreValue)
	}
	leftHearer interface {
		// Left tells that at is about to return or to throw; it is still among the run's activations.
		Left(r *Run, at *Activation)
	}
	settledHearer interface {
		// Settled tells that the run is at a menu: what was done last has been done without a stop.
		Settled(r *Run)
	}
	stateHearer interface {
		// State tells, after Settled, that the run is in a state that was not looked at before.
		State(r *Run)
	}
	stoppedHearer interface {
		// Stopped tells that the specification stopped the run.
		Stopped(r *Run, err error)
	}
	issuedHearer interface {
		Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element)
	}
	retiredHearer interface {
		Retired(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element)
	}
	foundHearer interface {
		Found(inst *spec.ComponentInstance, want spec.Want, index uint64, e spec.Element)
	}
	soughtHearer interface {
		Sought(inst *spec.ComponentInstance, want spec.Want, index uint64)
	}
	deliveredHearer interface {
		Delivered(inst *spec.ComponentInstance, code spec.EventCode, index uint64, e spec.Element)
	}
	ghost interface {
		// AppendGhost appends what the checker remembers and the state of the run does not say.
		AppendGhost(b []byte) []byte
	}
	objectGhost interface {
		// Ghost writes the same, where it refers to the specification's objects.
		Ghost(w *spec.StateWriter)
	}
)

// An audience is the checkers of a run by what they hear. Most hear little.
type audience struct {
	checkers  []Checker
	entered   row[enteredHearer]
	done      row[doneHearer]
	left      row[leftHearer]
	settled   row[settledHearer]
	state     row[stateHearer]
	stopped   row[stoppedHearer]
	issued    row[issuedHearer]
	retired   row[retiredHearer]
	found     row[foundHearer]
	sought    row[soughtHearer]
	delivered row[deliveredHearer]
	ghosts    row[ghost]
	objects   row[objectGhost]
}

// A row is the checkers that hear one thing.
type row[T any] struct {
	all    []T
	places []int // of them among all checkers
}

// seat makes the checkers the audience. If there was one, they are of the same types, one by one.
func (a *audience) seat(checkers []Checker) {
	known := len(a.checkers) > 0
	a.checkers = checkers
	a.entered.seat(checkers, known)
	a.done.seat(checkers, known)
	a.left.seat(checkers, known)
	a.settled.seat(checkers, known)
	a.state.seat(checkers, known)
	a.stopped.seat(checkers, known)
	a.issued.seat(checkers, known)
	a.retired.seat(checkers, known)
	a.found.seat(checkers, known)
	a.sought.seat(checkers, known)
	a.delivered.seat(checkers, known)
	a.ghosts.seat(checkers, known)
	a.objects.seat(checkers, known)
}

// seat fills the row; to ask each checker whether it belongs there takes longer than much of what it hears.
func (r *row[T]) seat(checkers []Checker, known bool) {
	if known {
		for i, place := range r.places {
			r.all[i] = checkers[place].(T)
		}
		return
	}
	for place, c := range checkers {
		if hearer, hears := c.(T); hears {
			r.all, r.places = append(r.all, hearer), append(r.places, place)
		}
	}
}
