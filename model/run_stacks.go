package model

import (
	"slices"

	"cabi/spec"
)

// A stack is the stack of a thread, or of the host: activations, and code of the specification below and between them. Two states are
// one only if the local variables of that code have the same values. The variables cannot be read, but they are a function of the
// call, of what the code has observed since, and of the state. So the observations are kept, until that code has returned or calls
// core code again.
type stack struct {
	thread      *spec.Thread // nil: the host's
	activations []*Activation
	observed    []observation // by the code below the first activation, since the last activation began or ended
}

// An observation is something that code of the specification observed: an element at an index, or values that core code returned.
type observation struct {
	kind     observationKind
	index    uint64
	element  spec.Element
	from     *Activation // that returned
	returned []spec.CoreValue
}

type observationKind uint8

const (
	observedFound observationKind = iota
	observedIssued
	observedRetired
	observedReturned
)

var observationNames = [...]string{" found ", " issued ", " retired ", " returned "}

// stackOf is the stack of a thread. It is made if the thread has none.
func (r *Run) stackOf(t *spec.Thread) *stack {
	if s := r.knownStack(t); s != nil {
		return s
	}
	s := &stack{thread: t}
	r.stacks = append(r.stacks, s)
	if r.stackByThread == nil && len(r.stacks) > manyStacks {
		r.stackByThread = map[*spec.Thread]*stack{}
		for _, s := range r.stacks {
			r.stackByThread[s.thread] = s
		}
	} else if r.stackByThread != nil {
		r.stackByThread[t] = s
	}
	return s
}

// manyStacks is the number of stacks above which they are looked up in a map: in long traces.
const manyStacks = 32

// knownStack is the stack of a thread that has one; nil: it has none.
func (r *Run) knownStack(t *spec.Thread) *stack {
	if r.stackByThread != nil {
		return r.stackByThread[t]
	}
	for _, s := range r.stacks {
		if s.thread == t {
			return s
		}
	}
	return nil
}

// addObservation adds an observation by the code that runs.
func (r *Run) addObservation(o observation) { r.addObservationOf(r.Store.Running(), o) }

// addObservationOf adds an observation by the code on the stack of a thread; nil: the host's.
func (r *Run) addObservationOf(t *spec.Thread, o observation) {
	if r.neverWritten {
		return
	}
	s := r.stackOf(t)
	if n := len(s.activations); n > 0 {
		s.activations[n-1].observed = append(s.activations[n-1].observed, o)
	} else {
		s.observed = append(s.observed, o)
	}
}

// observeRealloc adds what realloc returns to the observations of the code that called it, which is in the middle of storing a value. That
// code is on another stack: realloc runs on a thread of its own.
func (r *Run) observeRealloc(at *Activation, a Action) {
	var caller *spec.Thread // nil: the host
	if running := r.Store.RunningThreads(nil); len(running) > 1 {
		caller = running[1]
	}
	r.addObservationOf(caller, observation{kind: observedReturned, from: at, returned: a.Args})
}

// dropStack forgets a stack if no activation is on it.
func (r *Run) dropStack(s *stack) {
	if len(s.activations) == 0 {
		s.observed = nil
		delete(r.stackByThread, s.thread)
		r.stacks = slices.DeleteFunc(r.stacks, func(other *stack) bool { return other == s })
	}
}

func (s *stack) enter(at *Activation) {
	if len(s.activations) == 0 {
		s.observed = s.observed[:0] // the observations are in the arguments now
	}
	s.activations = append(s.activations, at)
}

func (s *stack) leave(at *Activation, a Action) {
	at.observed = nil
	s.activations = slices.DeleteFunc(s.activations, func(on *Activation) bool { return on == at })
	if len(s.activations) == 0 {
		s.observed = append(s.observed[:0], observation{kind: observedReturned, from: at, returned: a.Args})
	}
}

// finished reports whether nothing more happens on the stack: its thread is neither suspended nor among those that run.
func (s *stack) finished(running []*spec.Thread) bool {
	return s.thread != nil && s.thread.Running() && !slices.Contains(running, s.thread)
}
