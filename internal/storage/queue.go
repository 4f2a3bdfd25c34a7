package storage

import "sync"

// A Queue is blocks of bytes, first in, first out: the states that are still to be explored. Any number of goroutines may use
// it. What is in memory beyond its limit goes to disk.
type Queue struct {
	mu     sync.Mutex
	blocks []block
	first  int // blocks before it were taken
	held   int64
	limit  int64 // bytes in memory; 0: as many as come
	disk   *Disk
	spare  [][]byte
}

// A block is in memory, or on disk.
type block struct {
	b  []byte // nil: on disk
	at int64
	n  int
}

// NewQueue makes a queue that takes about so many bytes of memory; 0: as many as it needs.
func NewQueue(memory int64, disk *Disk) *Queue { return &Queue{limit: memory, disk: disk} }

// Put puts a block at the end. It is the queue's from then on.
func (q *Queue) Put(b []byte) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.limit > 0 && q.held+int64(cap(b)) > q.limit {
		at, err := q.disk.allocate(onDisk(len(b)))
		if err != nil {
			return err
		}
		if err := q.disk.write(b, at); err != nil {
			return err
		}
		q.blocks = append(q.blocks, block{at: at, n: len(b)})
		q.spare = append(q.spare, b[:0])
		return nil
	}
	q.held += int64(cap(b))
	q.blocks = append(q.blocks, block{b: b, n: len(b)})
	return nil
}

// onDisk is how much room a block is given, so that rooms fit other blocks too.
func onDisk(n int) int64 { return (int64(n) + 4095) &^ 4095 }

// Take takes the first block; nil: there is none. Give it back when done, to be used again.
func (q *Queue) Take() ([]byte, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.first == len(q.blocks) {
		q.blocks, q.first = q.blocks[:0], 0
		return nil, nil
	}
	b := q.blocks[q.first]
	q.blocks[q.first].b = nil
	q.first++
	if b.b != nil {
		q.held -= int64(cap(b.b))
		return b.b, nil
	}
	got := append(q.spareBlock(), make([]byte, b.n)...)
	err := q.disk.read(got, b.at)
	q.disk.free(b.at, onDisk(b.n))
	return got, err
}

// Block is an empty block.
func (q *Queue) Block() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.spareBlock()
}

func (q *Queue) spareBlock() []byte {
	if n := len(q.spare); n > 0 {
		b := q.spare[n-1]
		q.spare = q.spare[:n-1]
		return b
	}
	return nil
}

// Give gives back a block that was taken.
func (q *Queue) Give(b []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spare = append(q.spare, b[:0])
}

// Empty reports whether there is nothing to take.
func (q *Queue) Empty() bool { return q.Len() == 0 }

// Bytes is how much memory the blocks take.
func (q *Queue) Bytes() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held
}

// Len is how many blocks there are to take.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.blocks) - q.first
}

// All calls yield with each block, which it may not keep, and leaves them there. Nobody may be using the queue.
func (q *Queue) All(yield func([]byte) error) error {
	for _, b := range q.blocks[q.first:] {
		got := b.b
		if got == nil {
			got = make([]byte, b.n)
			if err := q.disk.read(got, b.at); err != nil {
				return err
			}
		}
		if err := yield(got); err != nil {
			return err
		}
	}
	return nil
}
