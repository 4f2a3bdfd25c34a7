package toolchains

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// Milliseconds is a duration in milliseconds.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// CPU is how much processor time the process has had.
func CPU() (time.Duration, error) {
	var used syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), err
}

// Each does f some times and returns how long it takes, in units: the least, since other work on the machine only adds.
func Each(unit time.Duration, times int, f func() error) (float64, error) {
	least := time.Duration(math.MaxInt64)
	for range times {
		began := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		least = min(least, time.Since(began))
	}
	return float64(least) / float64(unit), nil
}

var peak = regexp.MustCompile(`VmHWM:\s*([0-9]+) kB`)

// Peak is how much memory the process has held at most, in MB, as Linux says it.
func Peak() (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	m := peak.FindSubmatch(status)
	if m == nil {
		return 0, fmt.Errorf("/proc/self/status has no VmHWM")
	}
	kB, err := strconv.Atoi(string(m[1]))
	return kB / 1024, err
}
