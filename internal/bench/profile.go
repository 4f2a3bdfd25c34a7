package bench

import (
	"bytes"
	"runtime/pprof"
	"strings"

	"github.com/google/pprof/profile"
)

// A Share is the share of the time that a part of the program took.
type Share struct {
	What string  `json:"what"`
	Part float64 `json:"part"` // of 1
}

// parts are the parts of the program, and how the names of their functions begin. A sample belongs to the part of the innermost
// function on its stack that belongs to any; of two parts with that function, to the first.
var parts = []struct {
	what      string
	functions []string
}{
	{"allocating and collecting memory", []string{"runtime.mallocgc", "runtime.gc", "runtime.bgsweep", "runtime.wbBuf", "gcWriteBarrier", "runtime.growslice"}},
	{"unwinding stacks, and traps (panics)", []string{"runtime.gopanic", "runtime.gorecover", "runtime.recovery", "runtime.deferreturn"}},
	{"switching coroutines", []string{"runtime.coroswitch", "runtime.mcall", "runtime.corostart"}},
	{"checking properties", []string{"cabi/properties."}},
	{"writing and hashing states", []string{"cabi/spec.(*StateWriter)", "cabi/model.(*stateWriter)", "github.com/zeebo/xxh3"}},
	{"saving and restoring states (snapshots)", []string{"cabi/internal/snapshot"}},
	{"making menus", []string{"cabi/model.menu", "cabi/model.(*Run).appendMenu", "cabi/model.(*compiledWorld)"}},
	{"the visited set and the frontier", []string{"cabi/internal/storage", "cabi/model.(*frontier)", "cabi/model.(*visitedSet)", "cabi/model.(*explorer)"}},
	{"the specification itself", []string{"cabi/spec."}},
	{"the guests, the host and the run around it", []string{"cabi/model."}},
}

// Profile runs f and returns the share of the time that each part of the program took.
func Profile(f func()) ([]Share, error) {
	var out bytes.Buffer
	if err := pprof.StartCPUProfile(&out); err != nil {
		return nil, err
	}
	f()
	pprof.StopCPUProfile()
	p, err := profile.Parse(&out)
	if err != nil {
		return nil, err
	}
	return shares(p), nil
}

func shares(p *profile.Profile) []Share {
	counts, total := make([]int64, len(parts)+1), int64(0)
	for _, s := range p.Sample {
		counts[partOf(s)] += s.Value[0]
		total += s.Value[0]
	}
	var shares []Share
	for i, part := range parts {
		shares = append(shares, Share{part.what, float64(counts[i]) / float64(max(total, 1))})
	}
	return append(shares, Share{"the rest: the scheduler and others", float64(counts[len(parts)]) / float64(max(total, 1))})
}

// partOf is the index of the part that a sample belongs to; len(parts) if it belongs to none.
func partOf(s *profile.Sample) int {
	for _, location := range s.Location {
		for _, line := range location.Line {
			for i, part := range parts {
				for _, f := range part.functions {
					if strings.HasPrefix(line.Function.Name, f) {
						return i
					}
				}
			}
		}
	}
	return len(parts)
}
