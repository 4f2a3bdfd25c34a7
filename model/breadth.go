package model

import "sync"

// breadthFirst explores level by level, so that the first violation is one of the shortest. The workers make the runs from
// the states of a level; what they come to is taken in the order of the states, whoever was first.
func (e *explorer) breadthFirst() {
	e.workers[0].start(func(r *reached) { e.take(-1, r, 0) })
	for low := 0; low < len(e.nodes) && !e.over(); e.report.Depth++ {
		high := len(e.nodes)
		if e.Bounds.Steps > 0 && e.report.Depth >= e.Bounds.Steps {
			e.report.Cut, e.report.Frontier = high-low, high-low
			return
		}
		low = e.level(low, high)
		e.report.Frontier = len(e.nodes) - low
		if low < high || len(e.nodes) == high {
			return
		}
	}
}

// A batch is some states of a level, in order, and what the runs from each came to.
type batch struct {
	low, high int
	reached   [][]*reached
	done      chan struct{}
}

const (
	batchSize = 64 // states that a worker takes on at once
	inFlight  = 8  // batches for each worker that are begun and not yet taken
)

// level explores from the states [low, high), and returns from which state on the rest is not explored.
func (e *explorer) level(low, high int) int {
	window := inFlight * len(e.workers)
	todo := make(chan *batch, window)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(todo)
	nodes, actions := e.nodes[:high:high], e.actions[:len(e.actions):len(e.actions)] // what the workers may read
	for _, w := range e.workers {
		workers.Go(func() {
			for b := range todo {
				w.explore(b, nodes, actions)
			}
		})
	}
	var flight []*batch
	for next := low; low < high; {
		for ; next < high && len(flight) < window; next += batchSize {
			b := &batch{low: next, high: min(next+batchSize, high), done: make(chan struct{})}
			flight = append(flight, b)
			todo <- b
		}
		<-flight[0].done
		low = e.takeBatch(flight[0])
		flight = flight[1:]
		if e.over() {
			for range len(todo) {
				select {
				case <-todo: // nobody will take it
				default:
				}
			}
			return low
		}
	}
	return low
}

// explore makes the runs from a batch's states.
func (w *worker) explore(b *batch, nodes []node, actions []Action) {
	b.reached = make([][]*reached, b.high-b.low)
	for i := range b.reached {
		w.expand(pathTo(nodes, actions, int32(b.low+i)), func(r *reached) { b.reached[i] = append(b.reached[i], r) })
	}
	close(b.done)
}

// takeBatch takes what the runs from a batch's states came to, and returns from which state on the rest is not taken.
func (e *explorer) takeBatch(b *batch) int {
	for i, reached := range b.reached {
		for _, r := range reached {
			e.take(int32(b.low+i), r, int32(e.report.Depth+1))
		}
		e.report.Frontier = len(e.nodes) - b.low - i - 1
		if e.over() {
			return b.low + i + 1
		}
	}
	e.tell()
	return b.high
}
