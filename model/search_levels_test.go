package model

import (
	"testing"

	"cabi/spec"
)

// What a snapshot does not look for, in values of types that are said to be constant and in frames that have not gone on, has not changed.
func TestSavedTypes(t *testing.T) {
	for _, w := range Worlds {
		s := Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds, KeepGoing: true, MaxStates: 800, tweak: tweak{checkSaved: true}}
		if w.Name == "everything" {
			s.Random = &Random{Seed: 1, Runs: 20}
		}
		if r := s.Run(); r.Err != nil || r.Transitions == 0 {
			t.Errorf("%s: %d transitions, %v", w.Name, r.Transitions, r.Err)
		}
	}
}
