package bench

import "testing"

// A search whose states do not fit into its memory finds the same as one with enough, and writes states to disk.
func TestBeyondMemory(t *testing.T) {
	m := M{2, 3, 2}
	search := m.Search()
	search.Workers, search.Memory, search.Dir = 2, m.States().Int64()*8, t.TempDir()
	r, err := search.Run()
	if err != nil || int64(r.States) != m.States().Int64() || r.Frontier != 0 {
		t.Fatalf("%d states, frontier %d, error %v; want %d states", r.States, r.Frontier, err, m.States())
	}
	if r.Disk == 0 || r.Memory > search.Memory*11/10 {
		t.Errorf("%d bytes in memory of %d, %d on disk", r.Memory, search.Memory, r.Disk)
	}
	t.Logf("%d states: %d bytes in memory, %d on disk", r.States, r.Memory, r.Disk)
}
