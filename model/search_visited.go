package model

import "cabi/internal/storage"

// A store is the states that were visited, and the disk for what memory has no room for.
type visitedSet struct {
	keys   *storage.Set
	depths map[fingerprint]int // after how many actions; nil: that makes no difference, as breadth first nothing is met sooner later on
	disk   *storage.Disk
	err    error // the disk's
}

func newVisitedSet(s Search) *visitedSet {
	disk := storage.NewDisk(s.Dir)
	st := &visitedSet{disk: disk, keys: storage.NewSet(s.Memory*3/4, disk)}
	if s.DepthFirst {
		st.depths = map[fingerprint]int{}
	}
	return st
}

func (s *visitedSet) close() { s.disk.Close() }

// add adds a state, and reports whether it is new, and if not whether it was met before only after more actions.
func (s *visitedSet) add(f fingerprint, depth int) (isNew, sooner bool) {
	if s.depths == nil {
		isNew, err := s.keys.Add(f)
		s.noteError(err)
		return isNew, false
	}
	before, met := s.depths[f]
	if !met || depth < before {
		s.depths[f] = depth
	}
	return !met, met && depth < before
}

// failed notes an error of the disk; nil is none.
func (s *visitedSet) noteError(err error) {
	if err != nil && s.err == nil {
		s.err = err
	}
}

// used is how many bytes the visited states take in memory, and how many all do on disk.
func (s *visitedSet) used() (memory, disk int64) { return s.keys.Bytes(), s.disk.Used() }
