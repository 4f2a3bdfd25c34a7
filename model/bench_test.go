package model

import (
	"testing"

	"cabi/spec"
)

func BenchmarkExplore(b *testing.B) {
	for _, name := range []string{"handles", "waits"} {
		w := WorldByName(name)
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				r := Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds, Properties: nil}.Run()
				n += r.Transitions
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/transition")
		})
	}
}
