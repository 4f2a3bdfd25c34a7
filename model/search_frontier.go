package model

import (
	"encoding/binary"
	"time"

	"cabi/internal/storage"
)

// levels are the states that a breadth-first search has met and not yet explored: those of the level that it is at, and those
// of the next.
type frontier struct {
	*explorer
	level, next    *storage.Queue
	block          []byte // records of states for the next level
	blockLen       int    // of them
	explored       int    // states, in all
	inFlight       []*batch
	betweenBatches bool      // batches: none is taken in part
	lastCheckpoint time.Time // when the last checkpoint was, or the search began
}

func newFrontier(e *explorer) *frontier {
	l := &frontier{explorer: e, betweenBatches: true, lastCheckpoint: time.Now()}
	l.level, l.next = storage.NewQueue(e.Memory/8, e.visited.disk), storage.NewQueue(e.Memory/8, e.visited.disk)
	return l
}

// take takes what a run from a state came to.
func (l *frontier) add(record []byte, from path, r *successor) {
	if !l.explorer.addSuccessor(from, r) {
		return
	}
	l.block = l.appendRecord(l.block, record, r)
	if l.blockLen++; l.blockLen == batchSize {
		l.flush()
	}
}

// flush hands over the states for the next level.
func (l *frontier) flush() {
	if l.blockLen > 0 {
		l.visited.noteError(l.next.Put(l.block))
		l.block, l.blockLen = nil, 0
	}
}

// turn goes on to the next level.
func (l *frontier) nextLevel() {
	l.flush()
	l.level, l.next = l.next, l.level
}

// atBound reports whether no further actions are taken from the level.
func (l *frontier) atBound() bool { return l.Bounds.Steps > 0 && l.report.Depth >= l.Bounds.Steps }

// nextBatch takes the next states of the level to be explored; nil: there are none, or the disk failed.
func (l *frontier) nextBatch() *batch {
	records, err := l.level.Take()
	l.visited.noteError(err)
	if records == nil || err != nil {
		return nil
	}
	return &batch{records: records, done: make(chan struct{})}
}

// left is how many states are not explored.
func (l *frontier) left() int { return l.report.States - l.explored }

// finish says what is left.
func (l *frontier) finish() {
	l.report.Frontier = l.left()
	if l.atBound() && !l.report.Stopped && (l.KeepGoing || len(l.report.Violations) == 0) {
		l.report.AtBound = l.left()
	}
	if l.report.Stopped && l.betweenBatches {
		l.checkpoint()
	}
}

// A record is the path to a state: how many actions, their numbers, how many choices, and those.

// appendRecord appends the record of what was reached from the state of another; nil: from nowhere.
func (e *explorer) appendRecord(b, from []byte, r *successor) []byte {
	actions, choices := uint64(0), uint64(0)
	var before, chosen []byte
	if from != nil {
		actions, before = uvarint(from)
		chosen = before
		for range actions {
			_, chosen = uvarint(chosen)
		}
		before = before[:len(before)-len(chosen)]
		choices, chosen = uvarint(chosen)
	}
	b = binary.AppendUvarint(b, actions+uint64(r.actions()))
	b = append(b, before...)
	if r.template != nil {
		b = binary.AppendUvarint(b, uint64(e.intern(r.action)))
	}
	b = binary.AppendUvarint(b, choices+uint64(len(r.choices)))
	b = append(b, chosen...)
	for _, c := range r.choices {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

// readRecord reads the first of records, and returns the rest.
func readRecord(b []byte, actions []Action) (record []byte, to path, rest []byte) {
	n, rest := uvarint(b)
	to.actions = make([]Action, n)
	for i := range to.actions {
		n, rest = uvarint(rest)
		to.actions[i] = actions[n]
	}
	n, rest = uvarint(rest)
	to.choices = make([]uint32, n)
	for i := range to.choices {
		n, rest = uvarint(rest)
		to.choices[i] = uint32(n)
	}
	return b[:len(b)-len(rest)], to, rest
}

func uvarint(b []byte) (uint64, []byte) {
	n, size := binary.Uvarint(b)
	return n, b[size:]
}
