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
	of := func(name, in, old, new string) *comparison {
		t.Helper()
		return roundTripsOn(t, open(t, Port), open(t, defect{Name: name, In: in, Old: old, New: new}.write(t)))
	}
	c := of("half", "lift_flat", "lift_flat_unsigned(vi, 32, 16)", "lift_flat_unsigned(vi, 32, 8)")
	if c.report.RoundTrips == nil || len(c.report.RoundTrips.Apart) == 0 {
		t.Fatalf("%+v", c.report.RoundTrips)
	}
	c.tripsHappen(t)
	c = of("harmless", "lift_flat", "lift_flat_unsigned(vi, 32, 16)", "lift_flat_unsigned(vi, 32, 8 + 8)")
	if c.report.RoundTrips == nil || len(c.report.RoundTrips.Apart) > 0 {
		t.Errorf("%+v", c.report.RoundTrips)
	}
	if c = of("joined", "join", "return 'i32'", "return 'i64'"); len(c.report.CoreTypes) == 0 {
		t.Error("no core types are said to differ, with i32 and f32 joined as i64")
	}
	if c = of("elsewhere", "Table.remove", "e = self.get(i)", "e = self.get(i + 0)"); c.report.RoundTrips != nil {
		t.Errorf("%+v: nothing about values differs", c.report.RoundTrips)
	}
}

// roundTripsOn makes round trips on two versions.
func roundTripsOn(t *testing.T, old, new *Version) *comparison {
	t.Helper()
	c := newComparison(Options{Old: old, New: new, Runs: 1, Workers: 2})
	c.text = compareText(old, new)
	if err := c.compareRoundTrips(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Upstream's pull request 640 gives functions with lists of fixed length other core types, and lifts several parameters wrongly if one is such a list.
func TestRoundTripsOfProposal(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("set CABI_UPSTREAM_GIT to a git directory of WebAssembly/component-model to compare a proposal")
	}
	old, new := openRevisions(t, git, "c940736", "1fb578e")
	c := roundTripsOn(t, old, new)
	if c.report.RoundTrips == nil || len(c.report.RoundTrips.Apart) == 0 {
		t.Fatalf("%+v", c.report.RoundTrips)
	}
	c.tripsHappen(t)
	if len(c.report.CoreTypes) == 0 {
		t.Error("no core types are said to differ")
	}
	want := CoreTypes{"call of B.fixed(list<u8, 2>) in A", "[i32 i32]", "[i32]"}
	w := model.WorldByName("value-types")
	if types := differing(old.otherCoreTypes(w), new.otherCoreTypes(w)); len(types) != 1 || types[0] != want {
		t.Errorf("%v, want %v", types, want)
	}
	if types := differing(new.otherCoreTypes(w), new.otherCoreTypes(w)); len(types) > 0 {
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
