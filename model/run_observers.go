package model

import "cabi/spec"

// What a checker may hear, a method each: it is told of what it has a method for.
type (
	enteredObserver interface {
		// Entered tells that core code, or the host, is called.
		Entered(r *Run, at *Activation)
	}
	doneObserver interface {
		// Done tells that at.Pending is done, and what its results are.
		Done(r *Run, at *Activation, results []spec.CoreValue)
	}
	leftObserver interface {
		// Left tells that at is about to return or to throw; it is still among the run's activations.
		Left(r *Run, at *Activation)
	}
	settledObserver interface {
		// Settled tells that the run is at a menu: what was done last has been done without a stop.
		Settled(r *Run)
	}
	stateObserver interface {
		// State tells, after Settled, that the run is in a state that was not looked at before.
		State(r *Run)
	}
	stoppedObserver interface {
		// Stopped tells that the specification stopped the run.
		Stopped(r *Run, err error)
	}
	issuedObserver interface {
		Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element)
	}
	retiredObserver interface {
		Retired(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element)
	}
	foundObserver interface {
		Found(inst *spec.ComponentInstance, want spec.Expected, index uint64, e spec.Element)
	}
	soughtObserver interface {
		Sought(inst *spec.ComponentInstance, want spec.Expected, index uint64)
	}
	deliveredObserver interface {
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
type observers struct {
	checkers  []Checker
	entered   observersOf[enteredObserver]
	done      observersOf[doneObserver]
	left      observersOf[leftObserver]
	settled   observersOf[settledObserver]
	state     observersOf[stateObserver]
	stopped   observersOf[stoppedObserver]
	issued    observersOf[issuedObserver]
	retired   observersOf[retiredObserver]
	found     observersOf[foundObserver]
	sought    observersOf[soughtObserver]
	delivered observersOf[deliveredObserver]
	ghosts    observersOf[ghost]
	objects   observersOf[objectGhost]
}

// A row is the checkers that hear one thing.
type observersOf[T any] struct {
	all    []T
	places []int // of them among all checkers
}

// seat makes the checkers the audience. If there was one, they are of the same types, one by one.
func (a *observers) assign(checkers []Checker) {
	known := len(a.checkers) > 0
	a.checkers = checkers
	a.entered.assign(checkers, known)
	a.done.assign(checkers, known)
	a.left.assign(checkers, known)
	a.settled.assign(checkers, known)
	a.state.assign(checkers, known)
	a.stopped.assign(checkers, known)
	a.issued.assign(checkers, known)
	a.retired.assign(checkers, known)
	a.found.assign(checkers, known)
	a.sought.assign(checkers, known)
	a.delivered.assign(checkers, known)
	a.ghosts.assign(checkers, known)
	a.objects.assign(checkers, known)
}

// seat fills the row; to ask each checker whether it belongs there takes longer than much of what it hears.
func (r *observersOf[T]) assign(checkers []Checker, known bool) {
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
