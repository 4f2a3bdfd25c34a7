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
		e.workers[0].start(func(r *successor) { l.take(nil, path{}, r) })
		l.turn()
	}
	for !e.over() && !l.atBound() {
		if l.explore(); e.over() {
			break
		}
		if l.turn(); l.level.Empty() {
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
	record  []byte
	path    path
	reached []*successor
}

const (
	batchSize = 64 // states that a worker takes on at once
	inFlight  = 8  // batches for each worker that are begun and not yet taken
)

// explore explores the states of the level.
func (l *frontier) explore() {
	window := inFlight * len(l.workers)
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
	for l.begin(window, todo); len(l.flight) > 0; l.begin(window, todo) {
		<-l.flight[0].done
		l.takeBatch(l.flight[0])
		if l.over() {
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
func (l *frontier) begin(window int, todo chan<- *batch) {
	for len(l.flight) < window {
		b := l.nextBatch()
		if b == nil {
			return
		}
		l.flight = append(l.flight, b)
		todo <- b
	}
}

// explore makes the runs from a batch's states.
func (w *worker) explore(b *batch, actions []Action) {
	for rest := b.records; len(rest) > 0; {
		var s batchState
		s.record, s.path, rest = readRecord(rest, actions)
		w.expand(s.path, func(r *successor) { s.reached = append(s.reached, r) })
		b.states = append(b.states, s)
	}
	close(b.done)
}

// takeBatch takes what the runs from a batch's states came to.
func (l *frontier) takeBatch(b *batch) {
	l.between = false
	for _, s := range b.states {
		for _, r := range s.reached {
			l.take(s.record, s.path, r)
		}
		l.explored++
		if l.report.Frontier = l.left(); l.over() {
			return
		}
	}
	l.flight, l.between = l.flight[1:], true
	l.tell()
	l.checkpointIfDue()
}
