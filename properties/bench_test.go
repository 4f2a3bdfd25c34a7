package properties

import (
	"os"
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

// BenchmarkExploreSource measures the same on the definitions.py of the checkout that CABI_UPSTREAM names.
func BenchmarkExploreSource(b *testing.B) {
	dir := os.Getenv("CABI_UPSTREAM")
	if dir == "" {
		b.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model")
	}
	source, err := model.OpenSource(dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"cancel", "futures"} {
		w := model.WorldByName(name)
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				r := model.Search{World: w, Variant: spec.SingleTable, Properties: For(w), Bounds: w.Bounds, MaxStates: 10000, KeepGoing: true, Source: source}.Run()
				n += r.Transitions
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "transitions/s")
		})
	}
}
