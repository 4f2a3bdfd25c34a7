package bench

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"cabi/model"
)

// A Measured is what exploring M took.
type Measured struct {
	Size        string  `json:"size"`
	States      int     `json:"states"`
	Expected    string  `json:"expected"` // in closed form
	Transitions int     `json:"transitions"`
	Depth       int     `json:"depth"`
	Frontier    int     `json:"frontier"`
	Seconds     float64 `json:"seconds"`
	PerState    float64 `json:"bytesPerState"`
	Disk        int64   `json:"diskBytes"`
	Peak        int64   `json:"peakBytes"` // of the whole process
}

// NewMeasured says what a search of m found and took.
func NewMeasured(m M, r *model.DirectReport, took time.Duration) Measured {
	return Measured{Size: m.String(), States: r.States, Expected: m.States().String(), Transitions: r.Transitions, Depth: r.Depth,
		Frontier: r.Frontier, Seconds: took.Seconds(), PerState: float64(r.Memory) / float64(r.States), Disk: r.Disk, Peak: PeakMemory()}
}

func (m Measured) String() string {
	return fmt.Sprintf("M(%s): %d states (%s in closed form), %d transitions, depth %d\n"+
		"%.2f s, %.0f transitions/s; %.1f bytes a state in memory, %d MB on disk, the process took %d MB at most",
		m.Size, m.States, m.Expected, m.Transitions, m.Depth,
		m.Seconds, float64(m.Transitions)/m.Seconds, m.PerState, m.Disk>>20, m.Peak>>20)
}

// PeakMemory is how many bytes the process had resident at most, or where the system does not tell, how many it asked for.
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
