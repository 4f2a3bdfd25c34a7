package model

import "cabi/spec"

// This file makes a search on a definitions.py. Properties that cannot be checked there are reported as not checked, and never as holding.

// scoutStates is how many states are looked at before a search on a changed definitions.py, to see which properties can be checked.
const scoutStates = 2000

// onSource makes a search on a definitions.py. It is made again without the properties that turn out not to be checkable.
func (s Search) onSource() *Report {
	s.changed = newChangedSet()
	all := s.Properties
	if err := s.trySource(); err != nil {
		return &Report{Err: err, Stopped: true}
	}
	scout := Search{World: s.World, Variant: s.Variant, Source: s.Source, Bounds: s.Bounds, MaxStates: scoutStates, KeepGoing: true, Full: s.Full,
		Deterministic: s.Deterministic, Progress: s.Progress, changed: s.changed}
	if small := s.MaxStates > 0 && s.MaxStates <= 3*scoutStates; !s.Source.CoversAll() && !small { // a small search is its own scout
		scout.runOnce()
	}
	s.resumeChanged()
	for {
		known := s.changed.size()
		s.changedBefore = known
		can, _ := s.changed.checkable(all)
		s.Properties = can
		report := s.runOnce()
		if s.changed.size() == known || report.Err != nil {
			_, report.NotChecked = s.changed.checkable(all)
			report.NotTaken, report.OtherTypes = s.notTaken, s.otherTypes
			return report
		}
		s.Resume = ""
	}
}

// resumeChanged notes what was changed in the definitions.py as far as the search came that is resumed. If not all of that was known when
// that search began, it is to be made again without some properties, and begins anew at once.
func (s *Search) resumeChanged() {
	head, err := readCheckpointHead(s.Resume)
	if s.Resume == "" || err != nil || head.Of.Source != s.Source.Hash() { // which resuming says
		return
	}
	for field, why := range head.Changed {
		s.changed.add(field, why)
	}
	if len(head.Changed) > head.ChangedBefore {
		s.Resume = ""
	}
}

// OtherCoreTypes are the actions of a world's core code that have other core types on the source than at the pin.
func (s *Source) OtherCoreTypes(w *World) ([]OtherCoreTypes, error) {
	search := Search{World: w, Variant: spec.SingleTable, Source: s, changed: newChangedSet()}
	err := search.trySource()
	return search.otherTypes, err
}
