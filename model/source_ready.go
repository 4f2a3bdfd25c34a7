package model

import "errors"

// This file asks a definitions.py which threads can go on. The port's store cannot say that of a file that differs from the pin: it does
// not know every function that a thread may wait for.

// SomeReady reports whether some thread waits and can go on. It is true as well if a definitions.py that differs from the pin does not
// answer: a tick is then offered that may change nothing, and none is left out.
func (r *Run) SomeReady() bool {
	if r.source == nil || r.source.machine.Source.CoversAll() || r.source.machine.Fiber() != nil {
		return r.Store.SomeReady()
	}
	return r.source.someReady()
}

// someReady calls the functions that threads wait for, and undoes what they do.
func (s *sourceRun) someReady() bool {
	some, _ := s.machine.Module.Get("some_ready")
	mark := s.machine.Mark()
	s.probing = true
	v, err := s.machine.Call(some, s.run)
	s.probing = false
	s.machine.Rollback(mark)
	ready, isBool := v.(bool)
	return err != nil || !isBool || ready
}

// errProbing is the error of what acts on the run while it is only asked.
var errProbing = errors.New("the run is asked, and does not go on")
