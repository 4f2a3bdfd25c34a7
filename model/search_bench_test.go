package model

import (
	"testing"

	"cabi/spec"
)

// The time for a transition of a search, by world.
func BenchmarkExplore(b *testing.B) {
	for _, name := range []string{"handles", "waits", "subtasks", "cancel"} {
		w := WorldByName(name)
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				r := Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds, MaxStates: 3000}.Run()
				n += r.Transitions
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/transition")
		})
	}
}

// The time for an action of a random walk.
func BenchmarkWalk(b *testing.B) {
	n := 0
	for b.Loop() {
		w := WorldByName("everything")
		r := Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds, Random: &Random{Seed: 1, Runs: 256}}.Run()
		n += r.Transitions
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/action")
}
