package model

import "testing"

// Traces and litmus files agree on how many values come back from an action.
func TestResultCounts(t *testing.T) {
	for op := range ops {
		want := len(guestResults[op])
		if op == opLoad {
			want = 1
		}
		if got := resultCounts[op]; got != want && op != opCall {
			t.Errorf("%s: %d values, want %d", op, got, want)
		}
	}
}
