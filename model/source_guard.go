package model

import (
	"errors"
	"fmt"
	"strings"

	"cabi/internal/engine"
	"cabi/spec"
)

// This file keeps a definitions.py that differs from the pin from taking the program down: checkers, menus and the text of states look at
// objects as the port has them, and a changed file may leave empty what never is on the port.

// guarded does something with a run. If that panics while a changed definitions.py runs, the run cannot go on.
func (r *Run) guarded(do func()) {
	if r.source.machine.Source.CoversAll() {
		do()
		return
	}
	defer func() {
		switch got := recover(); got {
		case nil:
		case any(spec.Aborted{}):
			panic(got)
		default:
			r.source.fail(got)
		}
	}()
	do()
}

// fail notes that a run cannot go on because of a panic.
func (s *sourceRun) fail(got any) {
	if s.failed != nil {
		return
	}
	why := fmt.Sprintf("what the program knows of the specification's objects is not as in the pin (%v)", got)
	if lost := s.mirror.Lost; len(lost) > 0 {
		why = strings.Join(lost, ", ")
	}
	where := ""
	if place := s.machine.Where(); place.Line > 0 && place.File != engine.File {
		where = fmt.Sprintf(":%d", place.Line)
	}
	s.failed = errors.New(s.machine.Source.Name + where + " cannot be explored: " + why)
}
