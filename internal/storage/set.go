// Package storage keeps what a search knows of the states it met: which were visited, and which are still to be explored. Both
// live in memory up to a limit and on disk beyond it; nothing is ever dropped.
package storage

import (
	"math/bits"
	"sync"

	"github.com/zeebo/xxh3"
)

// A Key stands for a state: a hash of it of 128 bits.
type Key = xxh3.Uint128

// A Set is a set of keys. Any number of goroutines may add to it. It is split into shards by the keys' upper bits; a shard is
// an open-addressing table of 16 bytes a key, in the order of the keys' lower bits, which grows by a quarter until it has
// reached its share of the limit. Then it is written to disk as a sorted run, and begins anew.
type Set struct {
	shards [Shards]shard
	limit  int // keys that a shard holds in memory; 0: as many as come
	disk   *Disk
}

// NewSet makes a set that takes about so many bytes of memory; 0: as many as it needs. Disk takes what is beyond.
func NewSet(memory int64, disk *Disk) *Set {
	s := &Set{disk: disk}
	if memory > 0 {
		s.limit = max(leastTable, int(float64(memory)/keySize*fullest)/Shards)
	}
	return s
}

const (
	keySize    = 16
	leastTable = 16  // places of the smallest table
	fullest    = 0.9 // of a table's places are taken before it grows
)

// Add adds a key, and reports whether it is new. The error is the disk's.
func (s *Set) Add(k Key) (bool, error) {
	sh := &s.shards[Shard(k)]
	sh.Lock()
	defer sh.Unlock()
	return sh.add(s, k)
}

// Shards is how many shards a set has, and Shard the one that a key is in.
const Shards = 64

func Shard(k Key) int { return int(k.Hi >> (64 - 6)) }

// AddAll adds keys of one shard, and sets for each whether it is new. It is faster than adding one after the other: memory is
// asked for all their places at once.
func (s *Set) AddAll(keys []Key, isNew []bool) error {
	sh := &s.shards[Shard(keys[0])]
	sh.Lock()
	defer sh.Unlock()
	sh.fetch(keys)
	for i, k := range keys {
		var err error
		if isNew[i], err = sh.add(s, k); err != nil {
			return err
		}
	}
	return nil
}

// fetch reads where the search for each key begins. No read waits for the one before.
func (sh *shard) fetch(keys []Key) {
	if len(sh.table) == 0 {
		return
	}
	read := uint64(0)
	for _, k := range keys {
		i, _ := bits.Mul64(k.Lo, uint64(len(sh.table)))
		read |= sh.table[i].Lo
	}
	sh.read = read
}

// add adds a key. The shard is locked.
func (sh *shard) add(s *Set, k Key) (bool, error) {
	if k == (Key{}) {
		k.Lo = 1 // 0 is an empty place
	}
	place, there := sh.find(k)
	if there {
		return false, nil
	}
	if len(sh.runs) > 0 {
		if there, err := sh.inRuns(s.disk, k); there || err != nil {
			return false, err
		}
	}
	if sh.n >= sh.most || s.limit > 0 && sh.n >= s.limit {
		if err := sh.makeRoom(s); err != nil {
			return false, err
		}
		place, _ = sh.find(k)
	}
	sh.table[place] = k
	sh.n++
	sh.count++
	return true, nil
}

// Len is how many keys there are. Nobody may be adding.
func (s *Set) Len() int {
	n := 0
	for i := range s.shards {
		n += s.shards[i].count
	}
	return n
}

// Bytes is how much memory the set takes. Nobody may be adding.
func (s *Set) Bytes() int64 {
	n := int64(0)
	for i := range s.shards {
		n += int64(len(s.shards[i].table)) * keySize
		for _, r := range s.shards[i].runs {
			n += r.bytes()
		}
	}
	return n
}

// All calls yield with every key, in an order that depends on nothing but the keys that were added and when shards were
// written to disk. Nobody may be adding.
func (s *Set) All(yield func(Key) error) error {
	for i := range s.shards {
		sh := &s.shards[i]
		for _, k := range sh.table {
			if k == (Key{}) {
				continue
			}
			if err := yield(k); err != nil {
				return err
			}
		}
		for _, r := range sh.runs {
			if err := r.all(s.disk, yield); err != nil {
				return err
			}
		}
	}
	return nil
}

// A shard is one part of a set.
type shard struct {
	sync.Mutex
	table []Key
	n     int // keys in the table
	most  int // before it grows
	count int // keys in all
	runs  []*run
	read  uint64    // of no use: so that what fetches is not optimised away
	_     [8]uint64 // shards are locked by different cores
}

// find returns the place of a key, or the one where it belongs, and whether it is there. The place is the key's share of the
// table, so that a table is almost in order.
func (sh *shard) find(k Key) (place int, there bool) {
	if len(sh.table) == 0 {
		return 0, false
	}
	i, _ := bits.Mul64(k.Lo, uint64(len(sh.table)))
	for {
		switch sh.table[i] {
		case k:
			return int(i), true
		case Key{}:
			return int(i), false
		}
		if i++; i == uint64(len(sh.table)) {
			i = 0
		}
	}
}

// makeRoom grows the table, or writes it to disk if it has reached the limit.
func (sh *shard) makeRoom(s *Set) error {
	if s.limit > 0 && sh.n >= s.limit {
		return sh.spill(s.disk)
	}
	size := max(leastTable, len(sh.table)+len(sh.table)/4)
	if s.limit > 0 {
		size = min(size, int(float64(s.limit)/fullest)+2)
	}
	old := sh.table
	sh.table, sh.most = make([]Key, size), int(fullest*float64(size))
	for _, k := range old {
		if k != (Key{}) {
			place, _ := sh.find(k)
			sh.table[place] = k
		}
	}
	return nil
}
