package model

import (
	"fmt"
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

// Random walks on frames end in the same states on coroutines.
func TestVerifyWalks(t *testing.T) {
	for _, name := range []string{"handles", "cancel", "host-streams"} {
		s := search(name)
		s.Random, s.Verify = &Random{Seed: 1, Runs: 20}, 1
		if r := s.Run(); r.Err != nil || r.Verified < 10 {
			t.Errorf("%s: of %d walks %d end in the same state: %v", name, r.Runs, r.Verified, r.Err)
		}
	}
	s := search("handles")
	s.Random, s.Verify = &Random{Seed: 1, Runs: 20}, 300
	e := newExplorer(s)
	defer e.close()
	e.tracer.writer.rewrite = func(state []byte) []byte { return append(slices.Clone(state), 'x') }
	e.randomly()
	if err := e.report.Err; err == nil || !strings.Contains(err.Error(), "on coroutines than on frames") {
		t.Errorf("after %d walks: %v", e.report.Runs, err)
	}
}

// Random walks are the same on frames, where stopped actions are taken back, and on coroutines, where a new run is made without them.
func TestWalksOnFrames(t *testing.T) {
	for _, name := range []string{"handles", "cancel", "switches", "everything"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := search(name)
			s.Properties = append(s.Properties, notified)
			s.Random, s.KeepGoing, s.ByShape = &Random{Seed: 5, Runs: 60}, true, true
			frames := s.Run()
			s.Replay = true
			coroutines := s.Run()
			told := func(r *Report) string {
				text := fmt.Sprint(r.States, r.Transitions, r.Depth, r.Stops, r.Exercised)
				for _, v := range r.Violations {
					text += "\n" + v.Key() + v.Trace.String()
				}
				return text
			}
			if got, want := told(frames), told(coroutines); got != want {
				t.Errorf("on frames:\n%s\non coroutines:\n%s", got, want)
			}
		})
	}
}
