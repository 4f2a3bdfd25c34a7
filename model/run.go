package model

import (
	"slices"

	"cabi/spec"
)

// An Actor decides what guests and the host do in a run.
type Actor interface {
	// Next returns the action that is taken next in an activation. The zero Action ends the run.
	Next(r *Run, at *Activation) Action
}

// An Activation is one call of core code that has not returned, or a call of the host, or the host at rest.
type Activation struct {
	Actor   string           // the instance's name, or "host"
	Kind    ActivationKind   // why the code runs
	Name    string           // of the function: "B.take"
	Args    []spec.CoreValue // the arguments of the call
	Pending *Action          // the action under way; nil: the activation is at its menu. Each action has a pointer of its own
	Results []spec.ValType   // the types of the values that the function's core results stand for
	Packed  bool             // the core result is a packed callback code instead

	inst     *instance // nil: the host's
	began    int       // which activation of the run it is, from 1; the host at rest: 0
	stack    *stack
	observed []observation // made by the specification during the pending action
}

// Thread is the thread whose stack the activation is on; nil: it is on the host's.
func (at *Activation) Thread() *spec.Thread { return at.stack.thread }

// An ActivationKind is why code of a guest or the host runs.
type ActivationKind uint8

const (
	KindHost       ActivationKind = iota // the host, at rest: it was not called
	KindFunc                             // a lifted function
	KindCallback                         // the callback of a function
	KindPostReturn                       // the post-return function of a function
	KindDtor                             // the destructor of a resource
	KindThread                           // the function that a thread begins with
	KindRealloc                          // the realloc of an instance
	KindHostFunc                         // a function of the host
	KindHostCancel                       // the host, asked to cancel a call of such a function
	KindHostShared                       // the host, asked to read, cancel or drop a stream or future that it implements
)

// String is the kind in words.
func (k ActivationKind) String() string {
	return [...]string{"the host", "a function", "a callback", "post-return", "a destructor", "a thread", "realloc", "a function of the host",
		"its cancellation", "a stream or future of the host"}[k]
}

// A Run is one execution of a world: a store, and what guests and the host have done in it so far.
type Run struct {
	World       *World
	Store       *spec.Store
	Actions     int           // how many have begun; those of the world's start are not counted
	Taken       int           // how many the actor has chosen, also those within the world's start
	Activations []*Activation // those that have not returned, the oldest first
	Stopped     error         // the trap, failing assert, crash or exception that stopped the run; nil: none did
	Observer    Observer      // is told what happens; nil: nothing is

	actor      Actor
	*observers           // the checkers, by the events of which they are told
	recorder   *recorder // writes the lines of a trace; nil: none are written
	undoer     undoer    // takes actions back; nil: no action is taken back
	mayFault   bool      // traps or asserts are switched off: a fault of the port stops the run
	starting   bool      // the calls of the world's start are under way
	compiled   *compiledWorld
	vocabulary *vocabulary // of the world
	ordered    []*instance // as the world lists them
	instances  map[string]*instance
	resources  resourceTypes
	funcs      map[string]*function

	source *sourceRun // the part that is made on Python; nil: the run is the port's

	invocations []*Invocation // of exports, by the host
	host        hostState

	chosen     Action // that begins
	began      int    // how many activations have
	atSameMenu bool   // an action was taken back, and the run is at its menu again: the checkers know it
	repeating  bool   // a run before this one has done the same: the checkers need not check the states again

	// For the text of a state:
	stacks        []*stack
	stackByThread map[*spec.Thread]*stack // the same, once there are many; nil: there are few
	ages          ages
	issued        int  // how many elements were given an index
	neverWritten  bool // the state is never written as text, so data that only the text needs is not kept

	// For the shapes of violations:
	shaping    bool           // violations are told apart by their shapes
	shapeLater bool           // the shape of the action is not noted: it is taken again if it violates something
	transition []byte         // the shape of the last action
	lastAction *Action        // that began
	waited     []*spec.Thread // the threads that waited before it
	resumers   []*spec.Thread // room for running threads
	before     []violatedBefore

	notifying bool // the checkers are being told of a menu, so nothing changes
	*listed
}

// listed are what Elements, Threads and Tasks have listed. They are no part of a run: an action that is taken back leaves the room that they take.
type listed struct {
	templates []*template
	args      [8]spec.CoreValue // room for those of an action
	elements  []spec.Slot
	threads   []*spec.Thread
	tasks     []*spec.Task
}

// An undoer takes actions back in a run, so that another is taken from the same menu: a search is one.
type undoer interface {
	// stopped is told how the specification stopped an action. It reports that the action was taken back.
	stopped(r *Run, err error) bool
}

// ages are how many elements were given an index before each one and with it. The reduced text of a state orders elements by it.
type ages []aged

type aged struct {
	element spec.Element
	age     int
}

func (a ages) of(e spec.Element) int {
	for i := range a {
		if a[i].element == e {
			return a[i].age
		}
	}
	return 0
}

func (a ages) without(e spec.Element) ages {
	return slices.DeleteFunc(a, func(other aged) bool { return other.element == e })
}
