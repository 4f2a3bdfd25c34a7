package model

import (
	"sync"
	"time"
)

// breadthFirst is a search that expands its states level by level, so that the first violation that it finds is one of the
// shortest. Workers expand the states of a level, in batches; one goroutine adds the successors, in the order of the states,
// whichever worker was first.
type breadthFirst struct {
	*explorer
	frontier
	block          []byte // records for the next level that are not in its queue yet
	blockLen       int    // how many
	expanded       int    // states, in all
	inFlight       []*batch
	spare          []*batch  // that were added, to be used again
	betweenBatches bool      // each batch was added as a whole or not at all, so that a checkpoint can be written
	lastCheckpoint time.Time // or when the search began
}

func newBreadthFirst(e *explorer) *breadthFirst {
	return &breadthFirst{explorer: e, frontier: newFrontier(e.Memory/8, e.visited.disk), betweenBatches: true, lastCheckpoint: time.Now()}
}

func (b *breadthFirst) run() {
	if b.Resume != "" {
		if b.report.Err = b.resume(); b.report.Err != nil {
			b.report.Stopped = true
			return
		}
	} else {
		from := b.startPath()
		record := b.recordOf(from)
		b.workers[0].start(from, func(s *successor) { b.add(record, from, s) })
		b.flush()
		b.nextLevel()
	}
	b.eachLevel(&b.report.Depth, b.expandLevel)
	b.finish()
}

// expandLevel expands the states of the level, and reports whether the search goes on to the next.
func (b *breadthFirst) expandLevel() bool {
	if b.Enough > 0 && b.Bounds.Steps == 0 && b.report.Transitions >= b.Enough {
		b.Bounds.Steps = b.report.Depth
	}
	if b.mustStop() || b.atBound() {
		return false
	}
	b.expand()
	if b.mustStop() {
		return false
	}
	b.flush()
	return true
}

// A batch is some states of a level, in order, and their successors. It is used again and again, with all that it has room for.
type batch struct {
	records []byte
	states  []batchState
	done    chan struct{}

	successors []*successor // of all states, and more that were those of states before
	used       int          // how many of them are successors
	actions    []Action     // of all paths
	choices    []uint32
}

type batchState struct {
	record     []byte
	path       path
	successors []*successor
}

const (
	batchSize        = 64 // states that a worker expands at once
	batchesPerWorker = 8  // that are begun and not yet added
)

// expand has the workers expand the states of the level, and adds the successors.
func (b *breadthFirst) expand() {
	window := batchesPerWorker * len(b.workers)
	todo := make(chan *batch, window)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(todo)
	actions := b.actions[:len(b.actions):len(b.actions)] // the workers read these while b.actions grows
	for _, w := range b.workers {
		workers.Go(func() {
			for next := range todo {
				w.expandBatch(next, actions)
			}
		})
	}
	for b.dispatch(window, todo); len(b.inFlight) > 0; b.dispatch(window, todo) {
		<-b.inFlight[0].done
		b.addBatch(b.inFlight[0])
		if b.mustStop() {
			discard(todo)
			return
		}
	}
}

// discard takes the batches that no worker has begun.
func discard(todo chan *batch) {
	for range len(todo) {
		select {
		case <-todo:
		default:
		}
	}
}

// dispatch hands batches to the workers until so many are in flight.
func (b *breadthFirst) dispatch(window int, todo chan<- *batch) {
	for len(b.inFlight) < window {
		next := b.nextBatch()
		if next == nil {
			return
		}
		b.inFlight = append(b.inFlight, next)
		todo <- next
	}
}

// nextBatch takes the next states of the level; nil: there are none, or the disk failed.
func (b *breadthFirst) nextBatch() *batch {
	records, err := b.level.Take()
	b.visited.noteError(err)
	if records == nil || err != nil {
		return nil
	}
	next := &batch{}
	if n := len(b.spare); n > 0 {
		next, b.spare = b.spare[n-1], b.spare[:n-1]
	}
	next.begin(records)
	return next
}

func (b *batch) begin(records []byte) {
	b.records, b.done = records, make(chan struct{})
	b.states, b.used, b.actions, b.choices = b.states[:0], 0, b.actions[:0], b.choices[:0]
}

// newState returns the next state, without successors.
func (b *batch) newState() *batchState {
	if n := len(b.states); n < cap(b.states) {
		b.states = b.states[:n+1]
	} else {
		b.states = append(b.states, batchState{})
	}
	state := &b.states[len(b.states)-1]
	state.successors = state.successors[:0]
	return state
}

// newSuccessor returns a successor with nothing in it.
func (b *batch) newSuccessor() *successor {
	if b.used == len(b.successors) {
		b.successors = append(b.successors, &successor{})
	}
	s := b.successors[b.used]
	*s = successor{}
	b.used++
	return s
}

// expandBatch expands the states of a batch.
func (w *worker) expandBatch(b *batch, actions []Action) {
	w.batch = b
	var state *batchState
	yield := func(s *successor) { state.successors = append(state.successors, s) }
	for rest := b.records; len(rest) > 0; {
		state = b.newState()
		state.record, state.path, rest = readRecord(rest, actions, &b.actions, &b.choices)
		w.expand(state.path, yield)
	}
	w.batch = nil
	close(b.done)
}

// addBatch adds the successors of a batch's states.
func (b *breadthFirst) addBatch(expanded *batch) {
	b.betweenBatches = false
	for _, state := range expanded.states {
		for _, s := range state.successors {
			b.add(state.record, state.path, s)
		}
		b.expanded++
		if b.report.Frontier = b.notExpanded(); b.mustStop() {
			return
		}
	}
	b.inFlight, b.spare, b.betweenBatches = b.inFlight[1:], append(b.spare, expanded), true
	b.reportProgress()
	b.checkpointIfDue()
}

// add adds a successor of a state, and if it is new, puts it into the next level.
func (b *breadthFirst) add(record []byte, from path, s *successor) {
	if !b.addSuccessor(from, s) {
		return
	}
	b.block = b.appendRecord(b.block, record, s)
	if b.blockLen++; b.blockLen == batchSize {
		b.flush()
	}
}

// flush puts the block of records into the queue of the next level.
func (b *breadthFirst) flush() {
	if b.blockLen > 0 {
		b.visited.noteError(b.next.Put(b.block))
		b.block, b.blockLen = nil, 0
	}
}

// atBound reports whether the states of the level are at the bound on steps, and not to be expanded.
func (b *breadthFirst) atBound() bool { return b.Bounds.Steps > 0 && b.report.Depth >= b.Bounds.Steps }

// notExpanded is how many states are not expanded yet.
func (b *breadthFirst) notExpanded() int { return b.report.States - b.expanded }

// finish reports the states that are left, and if the search was stopped early, writes a checkpoint.
func (b *breadthFirst) finish() {
	b.report.Frontier = b.notExpanded()
	if b.atBound() && !b.report.Stopped && (b.KeepGoing || len(b.report.Violations) == 0) {
		b.report.AtBound, b.report.Steps = b.notExpanded(), b.Bounds.Steps
	}
	if b.report.Stopped && b.betweenBatches {
		b.checkpoint()
		b.mustStop() // notes that the checkpoint could not be written
	}
}
