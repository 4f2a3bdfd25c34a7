// Package storage keeps what a search knows of the states it met: which were visited, and which are still to be explored. Both
// live in memory up to a limit and on disk beyond it; nothing is ever dropped.
package storage

import (
	"math/bits"
	"sync"

	"github.com/zeebo/xxh3"
)

// A Key stands for a state: a hash of it of 128 bits, or of a small state, itself: a short key.
type Key = xxh3.Uint128

// A Set is a set of keys. Any number of goroutines may add to it. It is split into shards by the keys' upper bits; a shard is
// an open-addressing table of 16 bytes a key, or 8 if keys are short, in the order of the keys' lower halves, which grows until
// it has reached its share of the limit. Then it is written to disk as a sorted run, and begins anew.
type Set struct {
	shards  [Shards]shard
	fullest float64 // of a table's places are taken before it grows
	growth  float64 // of a table
	limit   int     // keys that a shard holds in memory; 0: as many as come
	disk    *Disk
}

// NewSet makes a set that takes about so many bytes of memory; 0: as many as it needs. Disk takes what is beyond.
func NewSet(memory int64, disk *Disk) *Set { return newSet(memory, disk, 2) }

// NewShortSet makes a set of short keys, and of no others.
func NewShortSet(memory int64, disk *Disk) *Set { return newSet(memory, disk, 1) }

func newSet(memory int64, disk *Disk, words int) *Set {
	s := &Set{fullest: 0.9, growth: 1.25, disk: disk}
	if words == 1 && memory == 0 {
		s.fullest, s.growth = 0.6, 1.5 // it is small: there is room for speed
	}
	if memory > 0 {
		s.limit = max(leastTable, int(float64(memory)/float64(8*words)*s.fullest)/Shards)
	}
	for i := range s.shards {
		s.shards[i].words = words
	}
	return s
}

const leastTable = 16 // places of the smallest table

// Add adds a key, and reports whether it is new. The error is the disk's.
func (s *Set) Add(k Key) (bool, error) {
	sh := &s.shards[Shard(k)]
	sh.Lock()
	defer sh.Unlock()
	return sh.add(s, k)
}

// Shards is how many shards a set has, and Shard the one that a key is in.
const Shards = 1 << shardBits

const shardBits = 6

func Shard(k Key) int { return int(k.Hi >> (64 - shardBits)) }

// AtOnce is how many keys AddAll takes at most.
const AtOnce = 128

// AddAll adds keys of one shard, and sets for each whether it is new. It is faster than adding one after the other: memory is
// asked for all their places at once.
func (s *Set) AddAll(keys []Key, isNew []bool) error {
	sh := &s.shards[Shard(keys[0])]
	sh.Lock()
	defer sh.Unlock()
	first := sh.first(keys)
	for i, k := range keys {
		if isNew[i] = false; first[i] == k.Lo && sh.words == 1 {
			continue // most are where the search for them begins
		}
		var err error
		if isNew[i], err = sh.add(s, k); err != nil {
			return err
		}
	}
	return nil
}

// first reads what is where the search for each key begins. No read waits for the one before.
func (sh *shard) first(keys []Key) (found [AtOnce]uint64) {
	if len(sh.table) > 0 {
		for i, k := range keys {
			found[i] = sh.table[sh.place(k)]
		}
	}
	return found
}

// add adds a key. The shard is locked.
func (sh *shard) add(s *Set, k Key) (bool, error) {
	switch {
	case sh.words == 1:
		k.Hi = 0
	case k.Lo == 0:
		k.Lo = 1 // 0 is an empty place
	}
	at, there := sh.find(k)
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
		at, _ = sh.find(k)
	}
	sh.put(at, k)
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
		n += int64(len(s.shards[i].table)) * 8
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
		whole := func(k Key) error {
			if sh.words == 1 {
				k.Hi = shortHi(k.Lo, i)
			}
			return yield(k)
		}
		for k := range sh.keys {
			if err := whole(k); err != nil {
				return err
			}
		}
		for _, r := range sh.runs {
			if err := r.all(s.disk, whole); err != nil {
				return err
			}
		}
	}
	return nil
}

// A shard is one part of a set. Short keys have lost their upper halves there.
type shard struct {
	sync.Mutex
	table  []uint64 // the lower half of a key, 0 if the place is empty, and the upper half if keys have one
	words  int      // of a key: 2, or 1 if it is short
	places int      // of the table
	n      int      // keys in the table
	most   int      // before it grows
	count  int      // keys in all
	runs   []*run
	_      [8]uint64 // shards are locked by different cores
}

// place is where the search for a key begins. It is the key's share of the table, so that a table is almost in order.
func (sh *shard) place(k Key) int {
	place, _ := bits.Mul64(k.Lo, uint64(sh.places))
	return int(place) * sh.words
}

// find returns where a key is, or where it belongs, and whether it is there.
func (sh *shard) find(k Key) (at int, there bool) {
	if len(sh.table) == 0 {
		return 0, false
	}
	for at = sh.place(k); ; {
		switch lo := sh.table[at]; {
		case lo == k.Lo && (sh.words == 1 || sh.table[at+1] == k.Hi):
			return at, true
		case lo == 0:
			return at, false
		}
		if at += sh.words; at == len(sh.table) {
			at = 0
		}
	}
}

func (sh *shard) put(at int, k Key) {
	sh.table[at] = k.Lo
	if sh.words == 2 {
		sh.table[at+1] = k.Hi
	}
}

// keys yields what is in the table.
func (sh *shard) keys(yield func(Key) bool) {
	for at := 0; at < len(sh.table); at += sh.words {
		k := Key{Lo: sh.table[at]}
		if sh.words == 2 {
			k.Hi = sh.table[at+1]
		}
		if k.Lo != 0 && !yield(k) {
			return
		}
	}
}

// makeRoom grows the table, or writes it to disk if it has reached the limit.
func (sh *shard) makeRoom(s *Set) error {
	if s.limit > 0 && sh.n >= s.limit {
		return sh.spill(s.disk)
	}
	old := shard{table: sh.table, words: sh.words}
	sh.places = max(leastTable, int(s.growth*float64(sh.places)))
	if s.limit > 0 {
		sh.places = min(sh.places, int(float64(s.limit)/s.fullest)+2)
	}
	sh.table, sh.most = make([]uint64, sh.places*sh.words), int(s.fullest*float64(sh.places))
	for k := range old.keys {
		at, _ := sh.find(k)
		sh.put(at, k)
	}
	return nil
}
