package model

import "sync"

// breadthFirst explores level by level, so that the first violation is one of the shortest. The workers make the runs from
// the states of a level; what they come to is taken in the order of the states, whoever was first.
func (e *explorer) breadthFirst() {
	l := newFrontier(e)
	if e.Resume != "" {
		if e.report.Err = l.resume(); e.report.Err != nil {
			e.report.Stopped = true
			return
		}
	} else {
		e.workers[0].start(func(r *successor) { l.add(nil, path{}, r) })
		l.nextLevel()
	}
	for !e.mustStop() && !l.atBound() {
		if l.explore(); e.mustStop() {
			break
		}
		if l.nextLevel(); l.level.Empty() {
			break
		}
		e.report.Depth++
	}
	l.finish()
}

// A batch is some states of a level, in order, and what the runs from each came to.
type batch struct {
	records []byte
	states  []batchState
	done    chan struct{}
}

type batchState struct {
	record     []byte
	path       path
	successors []*successor
}

const (
	batchSize        = 64 // states that a worker takes on at once
	batchesPerWorker = 8  // batches for each worker that are begun and not yet taken
)

// explore explores the states of the level.
func (l *frontier) explore() {
	window := batchesPerWorker * len(l.workers)
	todo := make(chan *batch, window)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(todo)
	actions := l.actions[:len(l.actions):len(l.actions)] // what the workers may read
	for _, w := range l.workers {
		workers.Go(func() {
			for b := range todo {
				w.explore(b, actions)
			}
		})
	}
	for l.dispatch(window, todo); len(l.inFlight) > 0; l.dispatch(window, todo) {
		<-l.inFlight[0].done
		l.addBatch(l.inFlight[0])
		if l.mustStop() {
			for range len(todo) {
				select {
				case <-todo: // nobody will take it
				default:
				}
			}
			return
		}
	}
}

// begin hands batches to the workers until so many are in flight.
func (l *frontier) dispatch(window int, todo chan<- *batch) {
	for len(l.inFlight) < window {
		b := l.nextBatch()
		if b == nil {
			return
		}
		l.inFlight = append(l.inFlight, b)
		todo <- b
	}
}

// explore makes the runs from a batch's states.
func (w *worker) explore(b *batch, actions []Action) {
	for rest := b.records; len(rest) > 0; {
		var s batchState
		s.record, s.path, rest = readRecord(rest, actions)
		w.expand(s.path, func(r *successor) { s.successors = append(s.successors, r) })
		b.states = append(b.states, s)
	}
	close(b.done)
}

// takeBatch takes what the runs from a batch's states came to.
func (l *frontier) addBatch(b *batch) {
	l.betweenBatches = false
	for _, s := range b.states {
		for _, r := range s.successors {
			l.add(s.record, s.path, r)
		}
		l.explored++
		if l.report.Frontier = l.left(); l.mustStop() {
			return
		}
	}
	l.inFlight, l.betweenBatches = l.inFlight[1:], true
	l.reportProgress()
	l.checkpointIfDue()
}
