package wast

import "testing"

// A directive depends on choices if some runs of it pass and some do not.
func TestDepends(t *testing.T) {
	e := &Exploration{Seen: make([][]Seen, 2)}
	e.add(0, passed, nil)
	e.add(0, passed, []Departure{{At: 0, Taken: 1}})
	if e.Depends(0) || e.Seen[0][0].Runs != 2 {
		t.Errorf("two runs that pass: %+v", e.Seen[0])
	}
	e.add(0, failed("x"), []Departure{{At: 1, Taken: 1}})
	e.add(1, failed("x"), nil)
	e.add(1, failed("y"), nil)
	if !e.Depends(0) || e.Depends(1) {
		t.Errorf("got %+v", e.Seen)
	}
}
