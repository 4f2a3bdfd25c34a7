package upstream

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// traceableChoices are choices as a trace can have them: of bits, none or all.
type traceableChoices struct{ spec.Choices }

// traceableRun makes the nth random run whose choices a trace can have. It is not of the deterministic profile, which traces
// do not have.
func traceableRun(n int) *recorder {
	c := newChooser(seedOf(9, n))
	rec := &recorder{choices: traceableChoices{biasedChoices{c}}}
	if n%5 == 0 {
		rec.actor = newValueGenerator(c, rec)
		rec.run(randomValueWorld(c), false, nil)
		return rec
	}
	rec.actor = newGenerator(c, rec)
	rec.run(randomWorld(c), false, nil)
	return rec
}

// asTrace is a recorded run as a trace of its actions and choices, without results.
func asTrace(rec *recorder) *model.Trace {
	t := &model.Trace{World: rec.recorded.World, Variant: spec.SingleTable}
	for _, l := range rec.lines {
		words := strings.Fields(l)
		switch words[0] {
		case ">":
			a := model.Action(rec.recorded.Actions[len(t.Lines)])
			t.Lines = append(t.Lines, model.Line{Kind: model.LineAction, Actor: words[1], Text: a.String()})
		case "c", "b":
			got, _ := strconv.ParseUint(words[3], 10, 64)
			if words[0] == "b" {
				got = min(got, 1)
			}
			t.Choices = append(t.Choices, uint32(got))
		}
	}
	return t
}

// TestRoundTrip writes random runs as traces, reads these back and runs them: the runs must be the same.
func TestRoundTrip(t *testing.T) {
	for n := range 300 {
		rec := traceableRun(n)
		again, err := model.RunTrace(asTrace(rec), spec.SingleTable)
		if err != nil {
			t.Fatalf("run %d: %v", n, err)
		}
		if got, want := len(again.Trace.Lines), len(rec.traceLines); got != want || again.Departs != nil {
			t.Fatalf("run %d: %d lines, want %d; departs: %v\n%s", n, got, want, again.Departs, again.Trace)
		}
		reread := parse(t, again.Trace.String())
		third, err := model.RunTrace(reread, spec.SingleTable)
		if err != nil || third.Departs != nil || third.Trace.String() != again.Trace.String() {
			t.Fatalf("run %d does not go so again: %v\n%s", n, err, again.Trace)
		}
		fourth, err := caseOf(reread)
		if err != nil || !slices.Equal(withoutStates(fourth.lines), withoutStates(rec.lines)) {
			t.Fatalf("run %d: %v: the trace leads to\n%s\ninstead of\n%s", n, err,
				strings.Join(withoutStates(fourth.lines), "\n"), strings.Join(withoutStates(rec.lines), "\n"))
		}
	}
}

// TestRoundTripOnPython runs traces of random runs on definitions.py.
func TestRoundTripOnPython(t *testing.T) {
	dir := upstreamDir(t)
	for n := range 12 {
		trace := asTrace(traceableRun(n))
		r, err := Replay(dir, trace, spec.SingleTable)
		if err != nil || r.Departs || r.Replay.Departs != nil || r.Agree != len(r.Trace.Lines) {
			t.Fatalf("run %d: %v: %+v", n, err, r)
		}
	}
}
