package model

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cabi/spec"
)

// checkpointed is a search of a world that writes checkpoints.
func checkpointed(t *testing.T, name string) Search {
	t.Helper()
	s := search(name)
	s.KeepGoing = true
	s.Checkpoint.File = filepath.Join(t.TempDir(), "checkpoint")
	return s
}

// stoppedAfter is a search that stops after so many batches.
func stoppedAfter(s Search, batches int) Search {
	s.Progress = func(*Report) bool { batches--; return batches > 0 }
	return s
}

// A search that is stopped and resumed several times reports the same as one that is not stopped.
func TestResume(t *testing.T) {
	for _, name := range sortedKeys(small) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := checkpointed(t, name)
			s.Verify = 7
			want := s.Run()
			got, stops := stoppedAfter(s, 1).Run(), 0
			for s.Resume = s.Checkpoint.File; got.Stopped; stops++ {
				if got.Err != nil {
					t.Fatal(got.Err)
				}
				s.Workers = 1 + stops%2
				got = stoppedAfter(s, 3+stops).Run()
			}
			if diff := cmp.Diff(found(want), found(got)); diff != "" {
				t.Errorf("after %d stops:\n%s", stops, diff)
			}
			if n := (want.Transitions + s.Verify - 1) / s.Verify; want.Verified != n || got.Verified != n {
				t.Errorf("%d transitions were compared, and with %d stops %d, want %d", want.Verified, stops, got.Verified, n)
			}
		})
	}
}

// found is everything in a report but the memory that the search took.
func found(r *Report) string {
	r.Memory, r.Disk = 0, 0
	return describe(r)
}

// A search does not resume from a checkpoint that is damaged, or of another search.
func TestForeignCheckpoint(t *testing.T) {
	s := checkpointed(t, "subtasks")
	s.Resume = s.Checkpoint.File
	if r := s.Run(); r.Err == nil || !r.Stopped {
		t.Error("there is no checkpoint to resume")
	}
	s.Resume = ""
	stoppedAfter(s, 1).Run()
	s.Resume = s.Checkpoint.File
	whole, err := os.ReadFile(s.Resume)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, s Search) {
		t.Helper()
		s.Checkpoint.File = ""
		if r := s.Run(); r.Err == nil || !strings.Contains(r.Err.Error(), what) {
			t.Errorf("%v; want %q", r.Err, what)
		}
	}
	for _, n := range []int{0, 1, 17, 40, len(whole) / 2, len(whole) - 17, len(whole) - 1} {
		must(0, os.WriteFile(s.Resume, whole[:n], 0o600))
		refused("damaged", s)
	}
	for i := 0; i < len(whole); i += 997 {
		flipped := slices.Clone(whole)
		flipped[i] ^= 4
		must(0, os.WriteFile(s.Resume, flipped, 0o600))
		refused("damaged", s)
	}
	must(0, os.WriteFile(s.Resume, whole, 0o600))
	other := s
	other.World = WorldByName("handles")
	refused("another world", other)
	other = s
	other.Bounds.Steps++
	refused("bounds", other)
	other = s
	other.Variant = spec.VariantByName("per-type")
	refused("variant single-table", other)
	other = s
	other.KeepGoing = false
	refused("--keep-going", other)
}

// A search whose states do not fit into memory reports the same as one whose states do.
func TestBeyondMemory(t *testing.T) {
	for _, name := range []string{"subtasks", "handles", "cancel"} {
		s := search(name)
		s.KeepGoing = true
		want := s.Run()
		s.Memory, s.Dir, s.Workers = 64, t.TempDir(), 2 // as little as can be
		got := s.Run()
		if got.Disk == 0 || got.Err != nil {
			t.Errorf("%s: %d bytes on disk, error %v", name, got.Disk, got.Err)
		}
		if diff := cmp.Diff(found(want), found(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A checkpoint that cannot be written stops the search, and says so.
func TestCheckpointNowhere(t *testing.T) {
	s := checkpointed(t, "subtasks")
	s.Checkpoint.File, s.Checkpoint.Every = filepath.Join(t.TempDir(), "none", "checkpoint"), 1
	r := s.Run()
	if r.Err == nil || !strings.Contains(r.Err.Error(), "checkpoint") || !r.Stopped || r.States == 0 {
		t.Errorf("error %v, stopped %v, %d states", r.Err, r.Stopped, r.States)
	}
}
