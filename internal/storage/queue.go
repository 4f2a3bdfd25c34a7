package storage

import "sync"

// A Queue is blocks of bytes, first in, first out: the frontier of a search, which writes several states to a block. Any number of
// goroutines may use it. The blocks for which its share of memory has no room are on disk.
type Queue struct {
	mu       sync.Mutex
	blocks   []block
	taken    int   // how many of them were taken: those at the beginning
	inMemory int64 // bytes
	limit    int64 // of them; 0: there is none
	disk     *Disk
	spare    [][]byte // blocks to be used again
}

// A block is in memory, or on disk.
type block struct {
	b  []byte // nil: it is on disk
	at int64  // its address there
	n  int    // its length
}

// NewQueue makes a queue that takes about so many bytes of memory; 0: as many as it needs.
func NewQueue(memory int64, disk *Disk) *Queue { return &Queue{limit: memory, disk: disk} }

// Put adds a block at the end. The caller may not use it any more.
func (q *Queue) Put(b []byte) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.limit > 0 && q.inMemory+int64(cap(b)) > q.limit {
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
	q.inMemory += int64(cap(b))
	q.blocks = append(q.blocks, block{b: b, n: len(b)})
	return nil
}

// onDisk is how many bytes a block takes on disk: whole pages, so that another block fits when this one is freed.
func onDisk(n int) int64 { return (int64(n) + 4095) &^ 4095 }

// Take takes the first block; nil: the queue is empty. Give gives the block back, to be used again.
func (q *Queue) Take() ([]byte, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.taken == len(q.blocks) {
		q.blocks, q.taken = q.blocks[:0], 0
		return nil, nil
	}
	b := q.blocks[q.taken]
	q.blocks[q.taken].b = nil
	q.taken++
	if b.b != nil {
		q.inMemory -= int64(cap(b.b))
		return b.b, nil
	}
	got := append(q.spareBlock(), make([]byte, b.n)...)
	err := q.disk.read(got, b.at)
	q.disk.free(b.at, onDisk(b.n))
	return got, err
}

// Block returns an empty block to append to.
func (q *Queue) Block() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.spareBlock()
}

// spareBlock returns an empty block. The queue is locked.
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

// Empty reports whether the queue is empty.
func (q *Queue) Empty() bool { return q.Len() == 0 }

// Bytes is how many bytes of memory the blocks take.
func (q *Queue) Bytes() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.inMemory
}

// Len is how many blocks are in the queue.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.blocks) - q.taken
}

// All calls yield with each block, in order, which stays in the queue. Yield may not keep it. No other goroutine may use the queue
// meanwhile.
func (q *Queue) All(yield func([]byte) error) error {
	for _, b := range q.blocks[q.taken:] {
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
