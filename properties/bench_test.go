package properties

import (
	"testing"

	"cabi/model"
	"cabi/spec"
)

// BenchmarkExplore measures how fast a search explores a world with every promise checked.
func BenchmarkExplore(b *testing.B) {
	for _, name := range []string{"handles", "subtasks", "cancel", "callbacks"} {
		w := model.WorldByName(name)
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				r := model.Search{World: w, Variant: spec.SingleTable, Properties: For(w), Bounds: w.Bounds, MaxStates: 10000, KeepGoing: true}.Run()
				n += r.Transitions
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/transition")
		})
	}
}
