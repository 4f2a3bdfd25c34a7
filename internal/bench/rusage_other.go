//go:build !unix

package bench

import (
	"os/exec"
	"time"
)

// peakOf is not known here.
func peakOf(*exec.Cmd) int64 { return 0 }

// cpuTime is not known here.
func cpuTime() time.Duration { return 0 }
