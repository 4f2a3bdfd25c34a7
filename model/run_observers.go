package model

import (
	"slices"

	"cabi/spec"
)

// An Observer is told what happens in a run, in order.
type Observer interface {
	// Entered says that core code, or the host, is called.
	Entered(at *Activation)
	// Done says that the pending action of an activation is done.
	Done(at *Activation, results []spec.CoreValue)
	// HostReceived says, as text, what values the host is given, or how a copy of the host's ended.
	HostReceived(text string)
}

// A checker is told of everything that it has one of these methods for.
type (
	enteredObserver interface {
		// Entered says that core code, or the host, is called.
		Entered(r *Run, at *Activation)
	}
	doneObserver interface {
		// Done says that at.Pending is done, and with which results.
		Done(r *Run, at *Activation, results []spec.CoreValue)
	}
	leftObserver interface {
		// Left says that an activation is about to return or to throw; it is still among the run's activations.
		Left(r *Run, at *Activation)
	}
	passedObserver interface {
		// Passed says that values go to the host or come from it: how, in which of its calls or with which of its streams and futures, and
		// of which types.
		Passed(r *Run, how HostPass, k int, ts []spec.ValType, vs []spec.Value)
	}
	settledObserver interface {
		// Settled says that the run is at a menu: the last action was done, or has called code that acts now, and did not stop the run.
		Settled(r *Run)
	}
	stateObserver interface {
		// State says, after Settled, that the run is in a state that no run before it has checked.
		State(r *Run)
	}
	stoppedObserver interface {
		// Stopped says that the specification stopped the run.
		Stopped(r *Run, err error)
	}

	// These are the methods of spec.Watcher.

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

	// A ghost is a checker that remembers more of a run than the run's state says: two states are one only if it remembers the same.

	ghost interface {
		// AppendGhost appends what the checker remembers.
		AppendGhost(b []byte) []byte
	}
	objectGhost interface {
		// Ghost writes what the checker remembers, where that refers to the specification's objects.
		Ghost(w *spec.StateWriter)
	}
)

// observers are the checkers of a run, by the events of which they are told. Most are told of few.
type observers struct {
	checkers  []Checker
	results   []*CheckerResult // of the checkers
	entered   observersOf[enteredObserver]
	done      observersOf[doneObserver]
	left      observersOf[leftObserver]
	passes    observersOf[passedObserver]
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

// observersOf are the checkers that have one method.
type observersOf[T any] struct {
	all    []T
	places []int // of them among all checkers
}

// assign makes the checkers the run's. Checkers that replace others are of the same types as those, one by one.
func (o *observers) assign(checkers []Checker) {
	replace := len(o.checkers) > 0
	o.checkers, o.results = checkers, o.results[:0]
	for _, c := range checkers {
		b := c.base()
		if b.CheckerResult == nil {
			b.CheckerResult = &CheckerResult{}
		}
		o.results = append(o.results, b.CheckerResult)
	}
	o.entered.assign(checkers, replace)
	o.done.assign(checkers, replace)
	o.left.assign(checkers, replace)
	o.passes.assign(checkers, replace)
	o.settled.assign(checkers, replace)
	o.state.assign(checkers, replace)
	o.stopped.assign(checkers, replace)
	o.issued.assign(checkers, replace)
	o.retired.assign(checkers, replace)
	o.found.assign(checkers, replace)
	o.sought.assign(checkers, replace)
	o.delivered.assign(checkers, replace)
	o.ghosts.assign(checkers, replace)
	o.objects.assign(checkers, replace)
}

// assign picks out the checkers that have the method. Where checkers replace others their places are known, and are used: asking
// each checker for its methods anew takes longer than many checks do.
func (o *observersOf[T]) assign(checkers []Checker, replace bool) {
	if replace {
		for i, place := range o.places {
			o.all[i] = checkers[place].(T)
		}
		return
	}
	for place, c := range checkers {
		if observer, is := c.(T); is {
			o.all, o.places = append(o.all, observer), append(o.places, place)
		}
	}
}

// notifyMenu tells the checkers that the run is at a menu.
func (r *Run) notifyMenu() {
	r.beginNotifying()
	for _, c := range r.observers.settled.all {
		c.Settled(r)
	}
	if !r.repeating {
		r.notifyState()
	}
	r.endNotifying()
}

// beginNotifying begins a time in which nothing changes, so that what several checkers ask for is found once.
func (r *Run) beginNotifying() { r.endNotifying(); r.notifying = true }

func (r *Run) endNotifying() {
	r.notifying, r.elements, r.threads, r.tasks = false, r.elements[:0], r.threads[:0], r.tasks[:0]
}

// Threads are the threads that have not ended. The slice is valid until the next call.
func (r *Run) Threads() []*spec.Thread {
	if !r.notifying || len(r.threads) == 0 {
		r.threads = r.Store.AppendThreads(r.threads[:0])
	}
	return r.threads
}

// Tasks are the tasks of Threads. The slice is valid until the next call.
func (r *Run) Tasks() []*spec.Task {
	if !r.notifying || len(r.tasks) == 0 {
		r.tasks = spec.AppendTasks(r.tasks[:0], r.Threads())
	}
	return r.tasks
}

// notifyState tells the checkers of states of the state that the run is in.
func (r *Run) notifyState() {
	for _, c := range r.state.all {
		c.State(r)
	}
}

// Elements are the live elements of all instances' tables, each once. The slice is valid until the next call.
func (r *Run) Elements() []spec.Slot {
	if r.notifying && len(r.elements) > 0 {
		return r.elements // several checkers ask for the same
	}
	r.elements = r.elements[:0]
	for _, inst := range r.Store.Instances() {
		for slot := range inst.LiveHandles() {
			if slot.Owner == inst { // an element of a table that instances share is live in all of them
				r.elements = append(r.elements, slot)
			}
		}
	}
	return r.elements
}

// Violated are the checkers that have found a violation.
func (r *Run) Violated() []Checker {
	var violated []Checker
	for _, c := range r.checkers {
		if c.Violation() != "" {
			violated = append(violated, c)
		}
	}
	return violated
}

// Violation is the property that the first of the violated checkers checks, and its message; "": none is violated.
func (r *Run) Violation() (property, message string) {
	for _, c := range r.checkers {
		if message := c.Violation(); message != "" {
			return c.Property(), message
		}
	}
	return "", ""
}

// A watcher is a run as the watcher of its store (spec.Watcher): it tells the recorder and the checkers.
type watcher Run

// Issued is told that an element is at an index of a table from now on.
func (w *watcher) Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if spec.ClassOf(e) != spec.ClassThread {
		in := (*Run)(w).instanceOf(inst)
		if i, found := slices.BinarySearch(in.known, index); !found {
			in.known = slices.Insert(in.known, i, index)
		}
		w.recorder.change(inst, key, index, e)
	}
	w.issued++
	if !w.neverWritten {
		w.ages = append(w.ages, aged{e, w.issued})
	}
	(*Run)(w).addObservation(observation{kind: observedIssued, index: index, element: e})
	for _, c := range w.observers.issued.all {
		c.Issued(inst, key, index, e)
	}
}

// Retired is told that an element is no longer at an index of a table.
func (w *watcher) Retired(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if e == nil {
		return // an empty place can be looked up only where the trap on it is switched off
	}
	if spec.ClassOf(e) != spec.ClassThread {
		w.recorder.change(inst, key, index, nil)
	}
	w.ages = w.ages.without(e)
	(*Run)(w).addObservation(observation{kind: observedRetired, index: index, element: e})
	for _, c := range w.observers.retired.all {
		c.Retired(inst, key, index, e)
	}
}

// Found is told that an element was looked up.
func (w *watcher) Found(inst *spec.ComponentInstance, want spec.Expected, index uint64, e spec.Element) {
	if e == nil {
		return // as in Retired
	}
	(*Run)(w).addObservation(observation{kind: observedFound, index: index, element: e})
	for _, c := range w.observers.found.all {
		c.Found(inst, want, index, e)
	}
}

// Sought is told that an element is about to be looked up.
func (w *watcher) Sought(inst *spec.ComponentInstance, want spec.Expected, index uint64) {
	for _, c := range w.observers.sought.all {
		c.Sought(inst, want, index)
	}
}

// Delivered is told that an event is delivered.
func (w *watcher) Delivered(inst *spec.ComponentInstance, code spec.EventCode, index uint64, e spec.Element) {
	for _, c := range w.observers.delivered.all {
		c.Delivered(inst, code, index, e)
	}
}
