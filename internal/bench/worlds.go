package bench

import (
	"runtime"
	"runtime/debug"
	"time"

	"cabi/model"
	"cabi/spec"
)

// A WorldMeasurement is the result of one search of a world, and the time and memory that it took.
type WorldMeasurement struct {
	Name        string       `json:"world"`
	Bounds      model.Bounds `json:"bounds"`
	States      int          `json:"states"`
	Transitions int          `json:"transitions"`
	Stopped     int          `json:"stopped"` // transitions that the specification stopped
	Depth       int          `json:"depth"`
	Seconds     float64      `json:"seconds"`
	CPU         float64      `json:"cpuSeconds"` // on all cores together; 0: not known
	PerState    float64      `json:"bytesPerState"`
	Heap        int64        `json:"heapBytes"` // allocated at the end
}

// MeasureWorld explores a world within bounds on every core, and checks properties.
func MeasureWorld(w *model.World, bounds model.Bounds, checked []*model.Property) WorldMeasurement {
	return Measure(model.Search{World: w, Variant: spec.SingleTable, Properties: checked, Bounds: bounds, Workers: runtime.NumCPU(), KeepGoing: true})
}

// Measure runs a search of a world.
func Measure(s model.Search) WorldMeasurement {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as cabi check does
	cpu, begun := cpuTime(), time.Now()
	r := s.Run()
	m := WorldMeasurement{Name: s.World.Name, Bounds: s.Bounds, States: r.States, Transitions: r.Transitions, Depth: r.Depth,
		Seconds: time.Since(begun).Seconds(), CPU: (cpuTime() - cpu).Seconds(), PerState: float64(r.Memory) / float64(r.States)}
	for _, n := range r.Stops {
		m.Stopped += n
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	m.Heap = int64(memory.HeapAlloc)
	return m
}

// Growth measures how the cost of a world grows with each of its bounds: it lowers one bound by up to four, and explores the
// world at each value up to the default.
func Growth(w *model.World, checked []*model.Property) []BoundMeasurement {
	var grown []BoundMeasurement
	for _, b := range []struct {
		what string
		of   func(*model.Bounds) *int
	}{
		{"actions", func(b *model.Bounds) *int { return &b.Steps }},
		{"handles", func(b *model.Bounds) *int { return &b.Handles }},
		{"tasks", func(b *model.Bounds) *int { return &b.Tasks }},
	} {
		for fewer := min(4, *b.of(&w.Bounds)-1); fewer >= 0; fewer-- {
			bounds := w.Bounds
			*b.of(&bounds) -= fewer
			grown = append(grown, BoundMeasurement{b.what, *b.of(&bounds), MeasureWorld(w, bounds, checked)})
		}
	}
	return grown
}

// A BoundMeasurement is the measurement of a world with one of its bounds at a value.
type BoundMeasurement struct {
	Bound string
	Value int
	WorldMeasurement
}
