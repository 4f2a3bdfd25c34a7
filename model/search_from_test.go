package model

import (
	"slices"
	"strings"
	"testing"

	"cabi/spec"
)

// made is the handles world after one action.
func made(t *testing.T) *Replay {
	t.Helper()
	trace, err := ParseTrace(strings.NewReader("world handles\nA: resource.new R 100\n"))
	if err != nil {
		t.Fatal(err)
	}
	replay, err := RunTrace(trace, trace.Variant)
	if err != nil {
		t.Fatal(err)
	}
	return replay
}

// newOnly is a menu of one action.
func newOnly(r *Run, at *Activation) []Action {
	a, err := ParseAction(r, at, []string{"resource.new", "R", "7"})
	if err != nil {
		return nil
	}
	return []Action{a}
}

// A search from the end of a trace counts its bound from there, and its traces begin with the trace; its menu is the caller's.
func TestSearchFrom(t *testing.T) {
	for _, replay := range []bool{false, true} {
		s := Search{World: WorldByName("handles"), Variant: spec.SingleTable, From: made(t), Menu: newOnly, Bounds: Bounds{Steps: 3}, Replay: replay,
			KeepGoing: true, Properties: []*Property{{Name: "few", New: func() Checker { return &few{BaseChecker{Name: "few"}} }}}}
		report := s.Run()
		if report.States != 4 || report.Transitions != 3 || report.AtBound != 1 {
			t.Errorf("%d states, %d transitions, %d at the bound", report.States, report.Transitions, report.AtBound)
		}
		v := report.Violation()
		if v == nil || v.Actions != 3 {
			t.Fatalf("violation %v, want one after 3 actions", v)
		}
		var got []string
		for _, l := range actionLines(v.Trace) {
			got = append(got, l.Text)
		}
		if want := []string{"resource.new R 100", "resource.new R 7", "resource.new R 7"}; !slices.Equal(got, want) {
			t.Errorf("the violation is after %q, want %q", got, want)
		}
	}
}

// few is violated by a third handle.
type few struct{ BaseChecker }

func (c *few) State(r *Run) {
	if n := len(r.Elements()); n > 2 {
		c.Message = "there are three handles"
	}
}

// A search that may take so many actions takes no more.
func TestMaxTransitions(t *testing.T) {
	s := Search{World: WorldByName("handles"), Variant: spec.SingleTable, MaxTransitions: 5}
	if report := s.Run(); report.Transitions != 5 || !report.Stopped {
		t.Errorf("%d transitions, stopped: %v", report.Transitions, report.Stopped)
	}
}
