package model

import "cabi/spec"

// sourceRuns makes runs of a world on a definitions.py, one after the other. Since it takes long to load one, each run but the first is the
// one before, put back to what it was.
type sourceRuns struct {
	source  *Source
	changed *changedSet // what the definitions.py has not, or in another way
	run     *Run
}

func newSourceRuns(source *Source) *sourceRuns {
	return &sourceRuns{source: source, changed: newChangedSet()}
}

// next makes a run. The one before must be closed. It has the same world, and choices aside, the same options.
func (s *sourceRuns) next(c *compiledWorld, w *World, options spec.Options, actor Actor, checkers []Checker) (*Run, error) {
	if s.run != nil {
		s.run.observers = &observers{} // the checkers may be others than before
		s.run.assign(checkers)
		s.run.reuse(actor, options.Choices)
		return s.run, nil
	}
	r := newRun(c, w, options, actor, checkers)
	err := r.onSource(s.source, options)
	if err == nil {
		err = r.noteMissing(s.changed)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	r.noteUnknown(s.changed)
	r.keepOrigin(runFixed())
	s.run = r
	return r, nil
}
