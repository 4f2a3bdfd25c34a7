package model

import "cabi/internal/storage"

// A frontier is the states that were reached and are not expanded yet: those of the level under way, and those of the next, which
// are one action further from the start. Both breadth-first searches have one. They expand a level in different ways: in a
// Search one goroutine adds the successors in the order of the states, so that reports and traces do not depend on the workers;
// in a DirectSearch each worker adds its own, which is faster, and whose counts do not depend on the order.
type frontier struct {
	level, next *storage.Queue
}

func newFrontier(memory int64, disk *storage.Disk) frontier {
	return frontier{storage.NewQueue(memory, disk), storage.NewQueue(memory, disk)}
}

// eachLevel goes from level to level as long as expand, which expands the states of one, reports that the search goes on, and there
// are states. It counts the levels after the first.
func (f *frontier) eachLevel(depth *int, expand func() bool) {
	for expand() && f.nextLevel() {
		*depth++
	}
}

// nextLevel goes on to the next level, and reports whether there are states in it.
func (f *frontier) nextLevel() bool {
	f.level, f.next = f.next, f.level
	return !f.level.Empty()
}
