//go:build !unix

package bench

import (
	"os/exec"
	"time"
)

// peakOf is 0: the memory of another process is not known on this system.
func peakOf(*exec.Cmd) int64 { return 0 }

// cpuTime is 0: the time on the processor is not known on this system.
func cpuTime() time.Duration { return 0 }
