package model

import (
	"slices"

	"cabi/spec"
)

// A stack is what stands on the stack of a thread, or of the host: activations, and between them the specification's own
// code, whose local variables a state must tell apart. They are a function of what called it, of what it met since, and
// of the state: so that is what is kept, and dropped as soon as nothing of it is needed any more.
type stack struct {
	thread      *spec.Thread // nil: the host's
	activations []*Activation
	observed    []observation // below the first activation, since the last of them came or went
}

// met is something that the specification met: an element at an index, or what core code returned.
type observation struct {
	kind     observationKind
	index    uint64
	element  spec.Element
	from     *Activation // what returned
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

// stackOf is the stack of a thread.
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

// manyStacks is from how many stacks on they are looked up in a map: long traces have many.
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

// meet remembers what the specification met on the stack that runs.
func (r *Run) addObservation(m observation) {
	if r.neverWritten {
		return
	}
	s := r.stackOf(r.Store.Running())
	if n := len(s.activations); n > 0 {
		s.activations[n-1].observed = append(s.activations[n-1].observed, m)
	} else {
		s.observed = append(s.observed, m)
	}
}

// drop forgets a stack that nothing stands on.
func (r *Run) dropStack(s *stack) {
	if len(s.activations) == 0 {
		s.observed = nil
		delete(r.stackByThread, s.thread)
		r.stacks = slices.DeleteFunc(r.stacks, func(other *stack) bool { return other == s })
	}
}

func (s *stack) enter(at *Activation) {
	if len(s.activations) == 0 {
		s.observed = s.observed[:0] // the specification has handed over what it met
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

// gone reports whether nothing more happens on the stack, given the threads that run.
func (s *stack) finished(running []*spec.Thread) bool {
	return s.thread != nil && !s.thread.Suspended() && !slices.Contains(running, s.thread)
}
