package component

import (
	"slices"
	"testing"
)

// Runs depart from the policy where they are told to, and from each the departures with one more are those at later choices.
func TestDepartures(t *testing.T) {
	run := func(departures []Departure) (taken []int, c *Departing) {
		c = &Departing{Departures: departures}
		taken = append(taken, c.Choose("f/a", 2))
		order := []int{0, 1, 2}
		c.Shuffle("f/shuffle", 3, func(i, j int) { order[i], order[j] = order[j], order[i] })
		return append(taken, order...), c
	}
	taken, c := run(nil)
	if !slices.Equal(taken, []int{0, 0, 1, 2}) {
		t.Errorf("the policy takes %v", taken)
	}
	first, all := c.Further()
	if !all {
		t.Error("not all departures are there")
	}
	want := []Departure{{0, 1}, {1, 0}, {1, 1}, {2, 0}}
	if len(first) != len(want) {
		t.Fatalf("departures %v, want %v", first, want)
	}
	for i, d := range first {
		if d[0] != want[i] {
			t.Errorf("departure %d is %v, want %v", i, d[0], want[i])
		}
	}
	if taken, c = run(first[2]); !slices.Equal(taken, []int{0, 0, 2, 1}) {
		t.Errorf("after %v: %v", first[2], taken)
	}
	if again, _ := c.Further(); len(again) != 1 || again[0][1] != (Departure{2, 0}) {
		t.Errorf("after %v further are %v", first[2], again)
	}
	many := &Departing{}
	many.Choose("variant/random-index", 1<<28)
	if some, all := many.Further(); all || len(some) != mostCandidates {
		t.Errorf("of very many candidates %d are tried, all: %v", len(some), all)
	}
}
