package upstream

import (
	"errors"
	"strings"
	"testing"

	"cabi/model"
)

const handlesTrace = `world handles  variant single-table  pin 6c67aa1
A: resource.new R 100 -> 1
A: resource.drop R 1
A: resource.rep R 1
`

func TestReplayAgrees(t *testing.T) {
	trace, err := model.ParseTrace(strings.NewReader(handlesTrace))
	if err != nil {
		t.Fatal(err)
	}
	replayed, err := Replay(upstreamDir(t), trace)
	if err != nil {
		t.Fatal(err)
	}
	if replayed.Departs {
		t.Fatalf("the port says %q, definitions.py %q", replayed.Port, replayed.Python)
	}
	if n := len(replayed.Lines); n < 2 || replayed.Lines[n-2] != "! trap Table.get#2" {
		t.Errorf("the trace ends %q, want the trap on an empty index", replayed.Lines)
	}
}

func TestReplayOfAnotherVariant(t *testing.T) {
	trace, err := model.ParseTrace(strings.NewReader(strings.Replace(handlesTrace, "single-table", "per-type", 1)))
	if err != nil {
		t.Fatal(err)
	}
	var bad *BadInput
	if _, err := Replay(t.TempDir(), trace); !errors.As(err, &bad) || !strings.Contains(err.Error(), "per-type") {
		t.Errorf("got %v, want that definitions.py does not know the variant", err)
	}
}

func TestDirectoryWithoutDefinitions(t *testing.T) {
	var bad *BadInput
	if _, err := Compare(Options{Dir: t.TempDir(), Runs: 1}); !errors.As(err, &bad) || !strings.Contains(err.Error(), "definitions.py") {
		t.Errorf("got %v, want that there is no definitions.py", err)
	}
}

func TestWhereSitesStand(t *testing.T) {
	for _, p := range places() {
		if p.site == "" || placeOf(p.site) != p.at {
			t.Errorf("site %q stands at %s, not %s", p.site, p.at, placeOf(p.site))
		}
	}
}

// TestRandomRuns holds the generator to what it is for: long runs that mostly end without a stop.
func TestRandomRuns(t *testing.T) {
	seen := newCoverage()
	for i := range 1500 {
		randomRun(seedOf(3, i), nil, seen)
	}
	if seen.Median() < 15 {
		t.Errorf("the median run has %d built-ins, want 15", seen.Median())
	}
	if 2*seen.Ended < seen.Runs {
		t.Errorf("%d of %d runs end without a stop, want half of them", seen.Ended, seen.Runs)
	}
}
