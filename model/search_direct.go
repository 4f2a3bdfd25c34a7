package model

import (
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"cabi/internal/storage"
)

// A Direct search explores a system that can be put into any of its states as they are written: nothing of it stands on a
// stack. It needs no replay, which is what makes it fast.
type DirectSearch struct {
	New     func() DirectSystem // makes one for each worker, which calls it
	Width   int                 // bytes of a state
	Workers int                 // 0: one. What is found does not depend on it.
	Memory  int64               // bytes of memory for states, about; what is more goes to disk; 0: as many as are needed
	Dir     string              // where; "": where temporary files go
	// Progress is called now and then; nil: nobody wants to know. If it returns false, the search stops early.
	Progress func(*DirectReport) bool
}

// A System can be put into any of its states.
type DirectSystem interface {
	// Start appends the state that it starts in.
	Start(b []byte) []byte
	// Expand puts it into a state, and yields the state after each of its actions. What is yielded is not kept.
	Expand(state []byte, yield func(next []byte))
}

// A DirectReport is what a direct search found.
type DirectReport struct {
	States      int
	Transitions int
	Depth       int
	Frontier    int   // states that were not explored; 0: the search is exhaustive
	Memory      int64 // bytes that the states took in memory at most, visited and to be explored
	Disk        int64 // bytes on disk
}

// Run explores level by level. The error is the disk's; the report then says how far it came.
func (d DirectSearch) Run() (*DirectReport, error) {
	disk := storage.NewDisk(d.Dir)
	defer disk.Close()
	s := &directRun{DirectSearch: d, short: d.Width <= 8, report: &DirectReport{}}
	if s.short {
		s.visited = storage.NewShortSet(d.Memory*7/8, disk)
	} else {
		s.visited = storage.NewSet(d.Memory*7/8, disk)
	}
	s.level, s.next = storage.NewQueue(d.Memory/16, disk), storage.NewQueue(d.Memory/16, disk)
	for range max(1, d.Workers) {
		s.workers = append(s.workers, &directWorker{directRun: s})
	}
	err := s.explore()
	s.report.Disk = disk.Used()
	s.count()
	return s.report, err
}

// A direct is a direct search under way.
type directRun struct {
	DirectSearch
	short       bool // keys are states in another form: no hashes, and states are got back from them
	visited     *storage.Set
	level, next *storage.Queue
	workers     []*directWorker
	report      *DirectReport
	stopped     atomic.Bool
}

func (s *directRun) explore() error {
	first := s.workers[0]
	first.system = s.New()
	first.addState(first.system.Start(nil))
	first.run()
	for {
		if err := s.flush(); err != nil {
			return err
		}
		s.count()
		s.level, s.next = s.next, s.level
		if s.level.Empty() || s.stopped.Load() {
			return nil
		}
		s.report.Depth++
		var workers sync.WaitGroup
		for _, w := range s.workers {
			workers.Go(w.run)
		}
		workers.Wait()
		for _, w := range s.workers {
			if w.err != nil {
				return w.err
			}
		}
	}
}

// flush hands over what the workers hold for the next level.
func (s *directRun) flush() error {
	for _, w := range s.workers {
		if len(w.out) > 0 {
			if err := s.next.Put(w.out); err != nil {
				return err
			}
			w.out = nil
		}
	}
	return nil
}

// count sums up what the workers did.
func (s *directRun) count() {
	r := s.report
	r.States, r.Transitions, r.Frontier = 0, 0, 0
	for _, w := range s.workers {
		r.States += w.reached
		r.Transitions += w.transitions
		r.Frontier += w.reached - w.expanded
	}
	r.Memory = max(r.Memory, s.visited.Bytes()+s.level.Bytes()+s.next.Bytes())
	if s.Progress != nil && !s.Progress(r) {
		s.stopped.Store(true)
	}
}

// A directWorker explores the states of a level that it takes.
type directWorker struct {
	*directRun
	system                         DirectSystem
	pending                        [storage.Shards]pendingStates
	out                            []byte // states for the next level
	reached, expanded, transitions int
	err                            error
}

// A batch of states of one shard that were met, and perhaps visited before.
type pendingStates struct {
	n      int
	keys   [storage.AtOnce]storage.Key
	states []byte // if keys do not say what they are
}

func (w *directWorker) run() {
	take := w.addTransition
	for w.err == nil && !w.stopped.Load() {
		block, err := w.level.Take()
		if err != nil {
			w.err = err
		}
		if block == nil {
			break
		}
		if w.system == nil {
			w.system = w.New() // not before: what two cores write to is not to be side by side
		}
		for at := 0; at < len(block) && w.err == nil; at += w.Width {
			w.system.Expand(block[at:at+w.Width], take)
			w.expanded++
		}
		w.level.Give(block)
	}
	for i := range w.pending {
		w.addNew(&w.pending[i])
	}
	if w.err != nil {
		w.stopped.Store(true)
	}
}

func (w *directWorker) addTransition(next []byte) {
	w.transitions++
	w.addState(next)
}

// meet notes a state. It is looked up together with others.
func (w *directWorker) addState(state []byte) {
	var key storage.Key
	if w.short {
		key = storage.ShortKey(state)
	} else {
		key = xxh3.Hash128(state)
	}
	m := &w.pending[storage.Shard(key)]
	m.keys[m.n] = key
	m.n++
	if !w.short {
		m.states = append(m.states, state...)
	}
	if m.n == storage.AtOnce {
		w.addNew(m)
	}
}

// lookUp keeps those of the states that were met that are new for the next level.
func (w *directWorker) addNew(m *pendingStates) {
	if m.n == 0 || w.err != nil {
		return
	}
	var isNew [storage.AtOnce]bool
	w.err = w.visited.AddAll(m.keys[:m.n], isNew[:])
	for i, key := range m.keys[:m.n] {
		if isNew[i] && w.err == nil {
			w.makeRoom()
			if w.short {
				w.out = storage.AppendState(w.out, key, w.Width)
			} else {
				w.out = append(w.out, m.states[i*w.Width:(i+1)*w.Width]...)
			}
		}
	}
	m.n, m.states = 0, m.states[:0]
}

// room makes room for one state more.
func (w *directWorker) makeRoom() {
	w.reached++
	if len(w.out)+w.Width <= cap(w.out) {
		return
	}
	if len(w.out) > 0 {
		w.err = w.next.Put(w.out)
	}
	if w.out = w.next.Block(); cap(w.out) < w.Width {
		w.out = make([]byte, 0, max(1, directBlock/w.Width)*w.Width)
	}
}

const directBlock = 1 << 13 // bytes of states that are handed over at once
