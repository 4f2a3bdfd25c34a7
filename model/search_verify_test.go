package model

import (
	"slices"
	"strings"
	"testing"
)

// Every transition on frames is the same on coroutines.
func TestVerify(t *testing.T) {
	for _, name := range []string{"handles", "cancel", "switches", "host-streams"} {
		s := search(name)
		s.Bounds.Steps = 5
		s.Properties = append(s.Properties, notified)
		s.Verify = 1
		r := s.Run()
		if r.Err != nil || r.Verified != r.Transitions || r.Transitions == 0 {
			t.Errorf("%s: %d of %d transitions are the same: %v", name, r.Verified, r.Transitions, r.Err)
		}
	}
}

// A transition that is not the same ends the search.
func TestVerifyFindsDifferences(t *testing.T) {
	s := search("handles")
	s.Verify = 7
	e := newExplorer(s)
	defer e.close()
	e.tracer.writer.rewrite = func(state []byte) []byte { return append(slices.Clone(state), 'x') }
	newBreadthFirst(e).run()
	if err := e.report.Err; err == nil || !strings.Contains(err.Error(), "on coroutines than on frames") || !e.report.Stopped {
		t.Errorf("after %d transitions: %v", e.report.Transitions, err)
	}
}
