package model

import (
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"cabi/internal/storage"
)

// A DirectSearch explores a system that can be put into any of its states from the bytes of that state, because nothing of it is
// on a stack. It replays no paths, which makes it fast.
type DirectSearch struct {
	New     func() DirectSystem // makes the system of a worker, which calls it
	Width   int                 // bytes of a state
	Workers int                 // 0: one. The report does not depend on it.
	Memory  int64               // bytes of memory for states, about; those that do not fit go to disk; 0: there is no limit
	Dir     string              // for states on disk; "": the directory of temporary files
	// Progress is called now and then with the report so far; nil: it is not called. If it returns false, the search stops early.
	Progress func(*DirectReport) bool
}

// A DirectSystem can be put into any of its states.
type DirectSystem interface {
	// Start appends the state that the system starts in.
	Start(b []byte) []byte
	// Expand puts the system into a state, and appends the state after each of its actions to next.
	Expand(state, next []byte) []byte
}

// A DirectReport is the result of a direct search.
type DirectReport struct {
	States      int
	Transitions int
	Depth       int   // how many levels of states were expanded
	Frontier    int   // states that were not expanded; 0: the search is exhaustive
	Memory      int64 // bytes of memory that states took at most, visited or in the frontier
	Disk        int64 // bytes of disk
}

// Run explores the system level by level. The error is the disk's; the report then covers what was explored before it.
func (d DirectSearch) Run() (*DirectReport, error) {
	disk := storage.NewDisk(d.Dir)
	defer disk.Close()
	s := &directRun{DirectSearch: d, frontier: newFrontier(d.Memory/16, disk), short: d.Width <= 8, report: &DirectReport{}}
	if s.short {
		s.visited = storage.NewShortSet(d.Memory*7/8, disk)
	} else {
		s.visited = storage.NewSet(d.Memory*7/8, disk)
	}
	for range max(1, d.Workers) {
		s.workers = append(s.workers, &directWorker{directRun: s})
	}
	s.start()
	s.eachLevel(&s.report.Depth, s.expandLevel)
	s.report.Disk = disk.Used()
	s.count()
	return s.report, s.err
}

// A directRun is a direct search under way.
type directRun struct {
	DirectSearch
	frontier
	short   bool // a state is not longer than a key, and is kept as its own key, from which it is read back; otherwise its key is a hash
	visited *storage.Set
	workers []*directWorker
	report  *DirectReport
	stopped atomic.Bool // by Progress, or by an error of a worker
	err     error
}

// start has the first worker reach the state that its system starts in. The worker adds it when the first level, which is empty,
// is done.
func (s *directRun) start() {
	first := s.workers[0]
	first.system = s.New()
	first.reach(first.system.Start(nil))
}

// expandLevel expands the states of the level, and reports whether the search goes on to the next.
func (s *directRun) expandLevel() bool {
	var workers sync.WaitGroup
	for _, w := range s.workers {
		workers.Go(w.run)
	}
	workers.Wait()
	for _, w := range s.workers {
		if w.flush(); w.err != nil {
			s.err = w.err
			return false
		}
	}
	s.count()
	return !s.stopped.Load()
}

// count sums up the counts of the workers, and reports progress.
func (s *directRun) count() {
	r := s.report
	r.States, r.Transitions, r.Frontier = 0, 0, 0
	for _, w := range s.workers {
		r.States += w.added
		r.Transitions += w.transitions
		r.Frontier += w.added - w.expanded
	}
	r.Memory = max(r.Memory, s.visited.Bytes()+s.level.Bytes()+s.next.Bytes())
	if s.Progress != nil && !s.Progress(r) {
		s.stopped.Store(true)
	}
}

// A directWorker expands states of a level.
type directWorker struct {
	*directRun
	system                       DirectSystem
	reached                      [storage.Shards]reachedStates // by the shard of the visited set that their keys are in
	block                        []byte                        // states for the next level that are not in its queue yet
	successors                   []byte                        // of the state that was expanded last
	added, expanded, transitions int
	err                          error
}

// reachedStates are states of one shard that are not looked up in the visited set yet.
type reachedStates struct {
	n      int
	keys   [storage.AtOnce]storage.Key
	states []byte // empty if keys are states
}

func (w *directWorker) run() {
	for w.err == nil && !w.stopped.Load() {
		block, err := w.level.Take()
		if err != nil {
			w.err = err
		}
		if block == nil {
			break
		}
		if w.system == nil {
			w.system = w.New() // here, not by whoever makes the worker: two cores that write to neighbouring memory slow each other down
		}
		for at := 0; at < len(block) && w.err == nil; at += w.Width {
			w.expand(block[at : at+w.Width])
		}
		w.level.Give(block)
	}
	for i := range w.reached {
		w.addNew(&w.reached[i])
	}
	if w.err != nil {
		w.stopped.Store(true)
	}
}

// expand reaches the successors of a state.
func (w *directWorker) expand(state []byte) {
	w.successors = w.system.Expand(state, w.successors[:0])
	for at := 0; at < len(w.successors); at += w.Width {
		w.reach(w.successors[at : at+w.Width])
	}
	w.transitions += len(w.successors) / w.Width
	w.expanded++
}

// reach notes a state, to be looked up together with others: the visited set is in memory that is slow to reach.
func (w *directWorker) reach(state []byte) {
	var key storage.Key
	if w.short {
		key = storage.ShortKey(state)
	} else {
		key = xxh3.Hash128(state)
	}
	r := &w.reached[storage.Shard(key)]
	r.keys[r.n] = key
	r.n++
	if !w.short {
		r.states = append(r.states, state...)
	}
	if r.n == storage.AtOnce {
		w.addNew(r)
	}
}

// addNew adds those of the reached states that are new to the visited set and the next level.
func (w *directWorker) addNew(r *reachedStates) {
	if r.n == 0 || w.err != nil {
		return
	}
	var isNew [storage.AtOnce]bool
	w.err = w.visited.AddAll(r.keys[:r.n], isNew[:])
	for i, key := range r.keys[:r.n] {
		if isNew[i] && w.err == nil {
			if w.added++; len(w.block)+w.Width > cap(w.block) {
				w.nextBlock()
			}
			if w.short {
				w.block = storage.AppendState(w.block, key, w.Width)
			} else {
				w.block = append(w.block, r.states[i*w.Width:(i+1)*w.Width]...)
			}
		}
	}
	r.n, r.states = 0, r.states[:0]
}

// nextBlock begins another block, since the last one is full.
func (w *directWorker) nextBlock() {
	w.flush()
	if w.block = w.next.Block(); cap(w.block) < w.Width {
		w.block = make([]byte, 0, max(1, directBlock/w.Width)*w.Width)
	}
}

// flush puts the block into the queue of the next level.
func (w *directWorker) flush() {
	if len(w.block) > 0 && w.err == nil {
		w.err = w.next.Put(w.block)
		w.block = nil
	}
}

const directBlock = 1 << 13 // bytes of a block
