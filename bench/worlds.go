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
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as cabi check does
	cpu, begun := cpuTime(), time.Now()
	r := model.Search{World: w, Variant: spec.SingleTable, Properties: promises, Bounds: bounds, Workers: runtime.NumCPU(), KeepGoing: true}.Run()
	m := World{Name: w.Name, Bounds: bounds, States: r.States, Transitions: r.Transitions, Depth: r.Depth,
		Seconds: time.Since(begun).Seconds(), CPU: (cpuTime() - cpu).Seconds(), PerState: float64(r.Memory) / float64(r.States)}
	for _, n := range r.Stops {
		m.Stopped += n
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	m.Heap = int64(memory.HeapAlloc)
	return m
}

// Growth explores a world within its bounds, and within up to four actions fewer, the fewest first.
func Growth(w *model.World, promises []*model.Property) []World {
	var measured []World
	for fewer := min(4, w.Bounds.Steps-1); fewer >= 0; fewer-- {
		bounds := w.Bounds
		bounds.Steps -= fewer
		measured = append(measured, MeasureWorld(w, bounds, promises))
	}
	return measured
}
