package model

import (
	"errors"

	"cabi/internal/python"
	"cabi/spec"
)

// This file asks which threads can go on: on a definitions.py that differs from the pin, the file itself. The port's store cannot say it
// there, because it does not know every function that a thread may wait for.

// SomeReady reports whether some thread waits and can go on. It is true as well if a definitions.py that differs from the pin does not
// answer: a tick is then offered that may change nothing, and none is left out.
func (r *Run) SomeReady() bool {
	if r.portKnowsReady() {
		return r.Store.SomeReady()
	}
	return r.source.ask("some_ready", r.source.run)
}

// Ready reports the same of one thread.
func (r *Run) Ready(t *spec.Thread) bool {
	if r.portKnowsReady() {
		return t.Ready()
	}
	for _, x := range r.source.made {
		if r.source.mirror.Value(x) == any(t) {
			return r.source.ask("is_ready", x)
		}
	}
	return true
}

// portKnowsReady reports whether the port's store says which threads can go on: it does on the port, and at the pin.
func (r *Run) portKnowsReady() bool {
	return r.source == nil || r.source.machine.Source.CoversAll() || r.source.machine.Fiber() != nil
}

// ask calls a function of engine.py that answers with a bool, and undoes what it does. No answer is a yes.
func (s *sourceRun) ask(function string, of python.Value) bool {
	f, _ := s.machine.Module.Get(function)
	mark := s.machine.Mark()
	s.probing = true
	v, err := s.machine.Call(f, of)
	s.probing = false
	s.machine.Rollback(mark)
	yes, isBool := v.(bool)
	return err != nil || !isBool || yes
}

// errProbing is the error of what acts on the run while it is only asked.
var errProbing = errors.New("the run is asked, and does not go on")
