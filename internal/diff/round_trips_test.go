package diff

import (
	"os"
	"strings"
	"testing"

	"cabi/model"
)

// Where a version lifts otherwise than it lowers, something else comes back than what was passed, and the trace of that happens on it: here an u16 is lifted
// from half of its bits. An edit that changes nothing shows nothing.
func TestRoundTripsOfEdits(t *testing.T) {
	file := defect{Name: "half", In: "lift_flat", Old: "lift_flat_unsigned(vi, 32, 16)", New: "lift_flat_unsigned(vi, 32, 8)"}.write(t)
	c := newComparison(Options{Old: open(t, Port), New: open(t, file), Runs: 1, Workers: 2})
	c.text = compareText(c.Old, c.New)
	if err := c.compareRoundTrips(); err != nil || c.report.RoundTrips == nil || len(c.report.RoundTrips.Apart) == 0 {
		t.Fatalf("%v, %+v", err, c.report.RoundTrips)
	}
	c.tripsHappen(t)
	harmless := defect{Name: "harmless", In: "lift_flat", Old: "lift_flat_unsigned(vi, 32, 16)", New: "lift_flat_unsigned(vi, 32, 8 + 8)"}.write(t)
	c = newComparison(Options{Old: open(t, Port), New: open(t, harmless), Runs: 1})
	c.text = compareText(c.Old, c.New)
	if err := c.compareRoundTrips(); err != nil || c.report.RoundTrips == nil || len(c.report.RoundTrips.Apart) > 0 {
		t.Errorf("%v, %+v", err, c.report.RoundTrips)
	}
	joined := defect{Name: "joined", In: "join", Old: "return 'i32'", New: "return 'i64'"}.write(t)
	c = newComparison(Options{Old: open(t, Port), New: open(t, joined), Runs: 1, Workers: 2})
	c.text = compareText(c.Old, c.New)
	if err := c.compareRoundTrips(); err != nil || len(c.report.CoreTypes) == 0 {
		t.Errorf("%v: no core types are said to differ, with i32 and f32 joined as i64", err)
	}
	elsewhere := defect{Name: "elsewhere", In: "Table.remove", Old: "e = self.get(i)", New: "e = self.get(i + 0)"}.write(t)
	c = newComparison(Options{Old: open(t, Port), New: open(t, elsewhere), Runs: 1})
	c.text = compareText(c.Old, c.New)
	if err := c.compareRoundTrips(); err != nil || c.report.RoundTrips != nil {
		t.Errorf("%v, %+v: nothing about values differs", err, c.report.RoundTrips)
	}
}

// Upstream's pull request 640 gives functions with lists of fixed length other core types, and lifts several parameters wrongly if one is such a list.
func TestRoundTripsOfProposal(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("set CABI_UPSTREAM_GIT to a git directory of WebAssembly/component-model to compare a proposal")
	}
	var versions [2]*Version
	for i, revision := range []string{"c940736", "1fb578e"} {
		v, err := Open(revision, git)
		if err != nil {
			t.Fatal(err)
		}
		versions[i] = v
	}
	c := newComparison(Options{Old: versions[0], New: versions[1], Runs: 1, Workers: 2})
	c.text = compareText(c.Old, c.New)
	if err := c.compareRoundTrips(); err != nil || c.report.RoundTrips == nil || len(c.report.RoundTrips.Apart) == 0 {
		t.Fatalf("%v, %+v", err, c.report.RoundTrips)
	}
	c.tripsHappen(t)
	if len(c.report.CoreTypes) == 0 {
		t.Error("no core types are said to differ")
	}
	want := CoreTypes{"call of B.fixed(list<u8, 2>) in A", "[i32 i32]", "[i32]"}
	if types := c.coreTypesIn(model.WorldByName("value-types")); len(types) != 1 || types[0] != want {
		t.Errorf("%v, want %v", types, want)
	}
	c = newComparison(Options{Old: versions[1], New: versions[1]})
	if types := c.coreTypesIn(model.WorldByName("value-types")); len(types) > 0 {
		t.Errorf("beside itself: %v", types)
	}
}

// tripsHappen checks that what is shown of round trips happens, on the version that it is said of.
func (c *comparison) tripsHappen(t *testing.T) {
	t.Helper()
	for _, trip := range c.report.RoundTrips.Apart {
		trace, err := model.ReadTrace(strings.NewReader(trip.Trace))
		if err != nil {
			t.Fatal(err)
		}
		if departs, err := c.New.departure(trace); trip.Old || err != nil || departs != nil {
			t.Errorf("%v, %+v, %v:\n%s", trip.Old, departs, err, trip.Trace)
		}
	}
}
