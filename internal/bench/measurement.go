package bench

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"cabi/model"
)

// A Measurement is the result of one search of M, and the time and memory that it took.
type Measurement struct {
	Size        string  `json:"size"`
	States      int     `json:"states"`
	Expected    string  `json:"expected"` // the number of states in closed form
	Transitions int     `json:"transitions"`
	Depth       int     `json:"depth"`
	Frontier    int     `json:"frontier"`
	Seconds     float64 `json:"seconds"`
	PerState    float64 `json:"bytesPerState"`
	Disk        int64   `json:"diskBytes"`
	Peak        int64   `json:"peakBytes"` // of the whole process
}

// NewMeasurement is the measurement of a search of m.
func NewMeasurement(m M, r *model.DirectReport, took time.Duration) Measurement {
	return Measurement{Size: m.String(), States: r.States, Expected: m.States().String(), Transitions: r.Transitions, Depth: r.Depth,
		Frontier: r.Frontier, Seconds: took.Seconds(), PerState: float64(r.Memory) / float64(r.States), Disk: r.Disk, Peak: PeakMemory()}
}

func (m Measurement) String() string {
	return fmt.Sprintf("M(%s): %d states (%s in closed form), %d transitions, depth %d\n"+
		"%.2f s, %.0f transitions/s; %.1f bytes a state in memory, %d MB on disk, the process took %d MB at most",
		m.Size, m.States, m.Expected, m.Transitions, m.Depth,
		m.Seconds, float64(m.Transitions)/m.Seconds, m.PerState, m.Disk>>20, m.Peak>>20)
}

// PeakMemory is the largest resident size of the process so far, in bytes. On systems without /proc it is the memory that the
// Go runtime has asked for.
func PeakMemory() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int64(memory.Sys)
}
