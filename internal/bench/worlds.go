package bench

import (
	"runtime"
	"runtime/debug"
	"time"

	"cabi/model"
	"cabi/spec"
)

// A World is what exploring a world took.
type World struct {
	Name        string       `json:"world"`
	Bounds      model.Bounds `json:"bounds"`
	States      int          `json:"states"`
	Transitions int          `json:"transitions"`
	Stopped     int          `json:"stopped"` // transitions that the specification stopped
	Depth       int          `json:"depth"`
	Seconds     float64      `json:"seconds"`
	CPU         float64      `json:"cpuSeconds"` // on all cores; 0: not known
	PerState    float64      `json:"bytesPerState"`
	Heap        int64        `json:"heapBytes"` // what was live at the end
}

// MeasureWorld explores a world within bounds, with the promises given, on every core.
func MeasureWorld(w *model.World, bounds model.Bounds, promises []*model.Property) World {
	return Measure(model.Search{World: w, Variant: spec.SingleTable, Properties: promises, Bounds: bounds, Workers: runtime.NumCPU(), KeepGoing: true})
}

// Measure makes a search of a world.
func Measure(s model.Search) World {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as cabi check does
	cpu, begun := cpuTime(), time.Now()
	r := s.Run()
	m := World{Name: s.World.Name, Bounds: s.Bounds, States: r.States, Transitions: r.Transitions, Depth: r.Depth,
		Seconds: time.Since(begun).Seconds(), CPU: (cpuTime() - cpu).Seconds(), PerState: float64(r.Memory) / float64(r.States)}
	for _, n := range r.Stops {
		m.Stopped += n
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	m.Heap = int64(memory.HeapAlloc)
	return m
}

// Growth explores a world within its bounds, and within smaller ones: each bound in turn, from up to four less than it is.
func Growth(w *model.World, promises []*model.Property) []Grown {
	var grown []Grown
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
			grown = append(grown, Grown{b.what, *b.of(&bounds), MeasureWorld(w, bounds, promises)})
		}
	}
	return grown
}

// Grown is what exploring a world took where one of its bounds was so much.
type Grown struct {
	Bound string
	Most  int
	World
}
