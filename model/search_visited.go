package model

import (
	"fmt"

	"github.com/zeebo/xxh3"

	"cabi/internal/storage"
)

// A fingerprint is the hash of a state, as bytes or as text: two states with the same fingerprint are taken for one.
type fingerprint = xxh3.Uint128

// fingerprint is that of the state that a run is in. The buffer b is for the state, and is returned to be used again. Text is needed only to
// change it, and on Python, where a state has more than the writer knows.
func (w *stateWriter) fingerprint(b []byte, r *Run) (fingerprint, []byte) {
	b = w.appendForm(b[:0], r, len(w.swaps) == 0 && w.rewrite == nil && r.source == nil)
	if w.rewrite != nil {
		b = w.rewrite(b)
	}
	return w.leastOfSwapped(b), b
}

// fingerprint is that of the state that a run is in. If traps are switched off that keep the tables in order, the state may be one that
// cannot be written; the search then never merges it.
func (w *worker) fingerprint(r *Run) (f fingerprint) {
	defer func() {
		if len(w.Without) == 0 {
			return
		}
		if got := recover(); got != nil {
			f = pathFingerprint(w.actor)
		}
	}()
	if w.tweak.mergeNothing {
		return pathFingerprint(w.actor)
	}
	f, w.buf = w.writer.fingerprint(w.buf, r)
	return f
}

// leastOfSwapped is the least of the fingerprints of a state and of the states that swapping types makes of it: it is the same for
// all of them, so that one of them is visited for all.
func (w *stateWriter) leastOfSwapped(state []byte) fingerprint {
	least := xxh3.Hash128(state)
	for _, s := range w.swaps {
		w.swapped = s.append(w.swapped[:0], state)
		if h := xxh3.Hash128(w.swapped); h.Hi < least.Hi || h.Hi == least.Hi && h.Lo < least.Lo {
			least = h
		}
	}
	return least
}

// pathFingerprint is a fingerprint that no two paths have.
func pathFingerprint(p *pathActor) fingerprint {
	return xxh3.Hash128([]byte(fmt.Sprint(p.actions, p.Tape)))
}

// A visitedSet is the states that were reached, by their fingerprints, and the disk for those that do not fit into memory.
type visitedSet struct {
	keys   *storage.Set
	depths map[fingerprint]int // the least actions that lead to each state; nil: breadth first, where none is reached by fewer later on
	disk   *storage.Disk
	err    error // of the disk
}

func newVisitedSet(s Search) *visitedSet {
	disk := storage.NewDisk(s.Dir)
	v := &visitedSet{disk: disk, keys: storage.NewSet(s.Memory*3/4, disk)}
	if s.DepthFirst {
		v.depths = map[fingerprint]int{}
	}
	return v
}

func (v *visitedSet) close() { v.disk.Close() }

// add adds a state that was reached by so many actions. It reports whether the state is new, and if it is not, whether it was
// reached before only by more actions.
func (v *visitedSet) add(f fingerprint, depth int) (isNew, sooner bool) {
	if v.depths == nil {
		isNew, err := v.keys.Add(f)
		v.noteError(err)
		return isNew, false
	}
	before, visited := v.depths[f]
	if !visited || depth < before {
		v.depths[f] = depth
	}
	return !visited, visited && depth < before
}

// noteError keeps the first error of the disk.
func (v *visitedSet) noteError(err error) {
	if err != nil && v.err == nil {
		v.err = err
	}
}

// used is how many bytes of memory the visited states take, and how many of disk all states do.
func (v *visitedSet) used() (memory, disk int64) { return v.keys.Bytes(), v.disk.Used() }
