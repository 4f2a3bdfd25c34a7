package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/python"
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

// An Unexplorable says that a definitions.py has not what the program must know of it, or in another way, so that its runs cannot be
// followed.
type Unexplorable struct{ File, Why string }

func (e *Unexplorable) Error() string { return e.File + " cannot be explored: " + e.Why }

// fail notes that a run cannot go on because of a panic: the program has looked for what the file has not, or in another way.
func (s *sourceRun) fail(got any) {
	if s.failed != nil {
		return
	}
	file := s.machine.Source.Name
	if place := s.machine.Where(); place.Line > 0 && place.File != engine.File {
		file = fmt.Sprintf("%s:%d", file, place.Line)
	}
	s.failed = &Unexplorable{file, cmp.Or(s.whyUnknown(), fmt.Sprintf("what the program knows of the specification's objects is not as in the pin (%v)", got))}
}

// whyUnknown says what of the specification's objects is not as the program knows it, with its lines; "": everything is.
func (s *sourceRun) whyUnknown() string {
	var whys []string
	for field, why := range s.changed.all() {
		class, _, _ := strings.Cut(field, ".")
		v, _ := s.machine.Definitions.Get(class)
		if c, ok := v.(*python.Class); ok && !strings.Contains(why, " (") {
			why += fmt.Sprintf(" (class %s, %s)", class, c.Place())
		}
		whys = append(whys, why)
	}
	slices.Sort(whys)
	whys = append(slices.Clone(s.mirror.Lost), slices.Compact(whys)...)
	if len(whys) == 0 {
		whys = s.mirror.Nones()
	}
	return strings.Join(whys, "; ")
}
