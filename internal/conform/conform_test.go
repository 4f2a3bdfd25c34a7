package conform

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"cabi/spec"
)

// adapter is the adapter over spec/, built.
var adapter string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		panic(err)
	}
	adapter = filepath.Join(dir, "adapter")
	if out, err := exec.Command("go", "build", "-o", adapter, "cabi/examples/conform/spec").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func options(t *testing.T, command ...string) Options {
	scenes, err := Scenes()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Command: command, Worlds: Worlds(), Scenes: scenes, Variants: []*spec.Variant{spec.SingleTable}, Seed: 1, Runs: 1000, Timeout: 10 * time.Second}
}

// An implementation that is right does not differ, whatever it chooses.
func TestRight(t *testing.T) {
	began := time.Now()
	r, err := Test(options(t, adapter))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Differences {
		t.Errorf("%s: got %s, allowed %q\n%s", d, d.Got, d.Allowed, d.Trace)
	}
	t.Logf("%d runs, %d actions, %d shapes, %d traps %v, undecided %d undefined %d unsupported %v: %s", r.Runs, r.Actions, r.Shapes, len(r.Traps), r.Traps, r.Undecided, r.Undefined, r.Unsupported, time.Since(began))
}

// Each fault of an implementation is found, and shrunk to few actions.
func TestFaults(t *testing.T) {
	for _, fault := range []string{"free list is FIFO", "first index is 0", "lends off by one", "event stolen", "cancel lost", "status swapped"} {
		t.Run(fault, func(t *testing.T) {
			o := options(t, adapter, "-fault", fault)
			o.Runs = 5000
			began := time.Now()
			r, err := Test(o)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Differences) != 1 {
				t.Fatalf("%d differences in %d runs", len(r.Differences), r.Runs)
			}
			d := r.Differences[0]
			t.Logf("%s, run %d, %d actions of %d, %d runs to shrink, %s: got %s, allowed %q\n%s", d, d.Run, d.Actions, d.Before, r.ShrinkRuns, time.Since(began), d.Got, d.Allowed, d.Trace)
			if d.Actions > 6 {
				t.Errorf("%d actions", d.Actions)
			}
		})
	}
}
