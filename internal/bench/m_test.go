package bench

import (
	"os/exec"
	"testing"

	"cabi/model"
)

func TestM(t *testing.T) {
	for _, test := range []struct {
		M
		transitions, depth int
	}{
		{M{1, 1, 0}, 12, 4},
		{M{2, 2, 1}, 5802, 11},
		{M{1, 3, 1}, 16889, 16},
		{M{2, 3, 1}, 262214, 16},
		{M{2, 3, 2}, 1710038, 22},
		{M{1, 5, 0}, 848700, 16}, // states of more than 8 bytes
	} {
		m := test.M
		t.Run(m.String(), func(t *testing.T) {
			for workers := 1; workers <= 2; workers++ {
				search := m.Search()
				search.Workers = workers
				r, err := search.Run()
				found := model.DirectReport{States: r.States, Transitions: r.Transitions, Depth: r.Depth, Frontier: r.Frontier}
				want := model.DirectReport{States: int(m.States().Int64()), Transitions: test.transitions, Depth: test.depth}
				if err != nil || found != want {
					t.Errorf("%d workers: %+v, error %v; want %+v", workers, found, err, want)
				}
			}
		})
	}
}

func BenchmarkM(b *testing.B) {
	for _, m := range []M{{2, 4, 1}} {
		b.Run(m.String(), func(b *testing.B) {
			for b.Loop() {
				search := m.Search()
				search.Workers = 2
				r, _ := search.Run()
				b.ReportMetric(float64(r.Transitions), "transitions")
				b.ReportMetric(float64(r.Memory), "bytes")
			}
		})
	}
}

// SPIN finds the number of states that M has. It is skipped if it is not installed.
func TestSpin(t *testing.T) {
	for _, program := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	for _, m := range []M{{1, 1, 0}, {2, 2, 1}, {1, 3, 2}} {
		peer, err := Spin(m)
		if err != nil || int64(peer.States) != m.States().Int64() {
			t.Errorf("M(%s): %d states, error %v; want %d", m, peer.States, err, m.States())
		}
	}
}

func TestNaive(t *testing.T) {
	if m := (M{2, 2, 1}); int64(Naive(m)) != m.States().Int64() {
		t.Errorf("%d states, want %d", Naive(m), m.States())
	}
}
