// Package storage has the two containers of a search: a Set, for the keys of the visited states, and a Queue, for the frontier. Both
// are in memory up to a limit and on a Disk beyond it; no state is ever dropped.
package storage

import (
	"math/bits"
	"sync"

	"github.com/zeebo/xxh3"
)

// A Key stands for a state: it is a hash of 128 bits. A short key is the state itself, which has at most 64 bits, in another form:
// see ShortKey.
type Key = xxh3.Uint128

// A Set is a set of keys. Any number of goroutines may add to it. It is split into shards by the keys' upper bits. A shard is a hash
// table with open addressing, of 16 bytes a key, or 8 if keys are short, in which keys are almost in the order of their lower
// halves. It grows up to its share of the limit. Then it is written to disk as a sorted run, and emptied.
type Set struct {
	shards  [Shards]shard
	maxFill float64 // the share of a table's places that is taken when it grows
	growth  float64 // how many times larger it is then
	limit   int     // how many keys a shard has in memory; 0: any number
	disk    *Disk
}

// NewSet makes a set that takes about so many bytes of memory; 0: as many as it needs. The other keys are on the disk.
func NewSet(memory int64, disk *Disk) *Set { return newSet(memory, disk, 2) }

// NewShortSet makes a set of short keys, and of no others.
func NewShortSet(memory int64, disk *Disk) *Set { return newSet(memory, disk, 1) }

func newSet(memory int64, disk *Disk, words int) *Set {
	s := &Set{maxFill: 0.9, growth: 1.25, disk: disk}
	if words == 1 && memory == 0 {
		s.maxFill, s.growth = 0.6, 2 // the tables are small: there is room for speed
	}
	if memory > 0 {
		s.limit = max(minPlaces, int(float64(memory)/float64(8*words)*s.maxFill)/Shards)
	}
	for i := range s.shards {
		s.shards[i].words = words
	}
	return s
}

// minPlaces is how many places the smallest table has.
const minPlaces = 16

// Add adds a key, and reports whether it is new. An error is a *DiskError.
func (s *Set) Add(k Key) (bool, error) {
	sh := &s.shards[Shard(k)]
	sh.Lock()
	defer sh.Unlock()
	return sh.add(s, k)
}

// Shards is how many shards a set has.
const Shards = 1 << shardBits

const shardBits = 6

// Shard is the shard that a key is in.
func Shard(k Key) int { return int(k.Hi >> (64 - shardBits)) }

// AtOnce is the most keys that AddAll takes.
const AtOnce = 128

// AddAll adds keys of one shard, and sets for each whether it is new. It is faster than one Add after the other, since the processor
// waits for the places of all keys in memory at once.
func (s *Set) AddAll(keys []Key, isNew []bool) error {
	sh := &s.shards[Shard(keys[0])]
	sh.Lock()
	defer sh.Unlock()
	first := sh.firstSlots(keys)
	for i, k := range keys {
		if isNew[i] = false; first[i] == k.Lo && sh.words == 1 {
			continue // it is there already, at the place where the search for it begins, as most are
		}
		var err error
		if isNew[i], err = sh.add(s, k); err != nil {
			return err
		}
	}
	return nil
}

// firstSlots reads the words at which the search for each key begins. No read has to wait for the one before.
func (sh *shard) firstSlots(keys []Key) (found [AtOnce]uint64) {
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
		k.Lo = 1 // 0 marks an empty place
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
	if sh.inTable >= sh.fullAt || s.limit > 0 && sh.inTable >= s.limit {
		if err := sh.makeRoom(s); err != nil {
			return false, err
		}
		at, _ = sh.find(k)
	}
	sh.set(at, k)
	sh.inTable++
	sh.count++
	return true, nil
}

// Len is how many keys the set has. No goroutine may be adding.
func (s *Set) Len() int {
	n := 0
	for i := range s.shards {
		n += s.shards[i].count
	}
	return n
}

// Bytes is how many bytes of memory the set takes. No goroutine may be adding.
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

// All calls yield with every key. Their order depends only on the keys that were added, and on when shards were written to disk. No
// goroutine may be adding.
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

// A shard is one part of a set. Short keys have no upper halves there: shortHi makes them from the shard's number.
type shard struct {
	sync.Mutex
	table   []uint64  // for each place, the lower half of a key, or 0 if it is empty, and the upper half if keys have one
	words   int       // of a key: 2, or 1 if it is short
	places  int       // of the table
	inTable int       // how many keys are in the table
	fullAt  int       // how many there are when it grows
	count   int       // how many keys are in the table and on disk
	runs    []*run    // those on disk, the oldest first
	_       [8]uint64 // keeps the locks of two shards, which different cores use, out of one cache line
}

// place is where the search for a key begins: as far into the table as its lower half is into all numbers. So a table is almost in
// order.
func (sh *shard) place(k Key) int {
	place, _ := bits.Mul64(k.Lo, uint64(sh.places))
	return int(place) * sh.words
}

// find returns the place of a key, or the empty place where it belongs, and whether it is there.
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

// set puts a key at a place.
func (sh *shard) set(at int, k Key) {
	sh.table[at] = k.Lo
	if sh.words == 2 {
		sh.table[at+1] = k.Hi
	}
}

// keys yields the keys in the table.
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
	if s.limit > 0 && sh.inTable >= s.limit {
		return sh.spill(s.disk)
	}
	old := shard{table: sh.table, words: sh.words}
	sh.places = max(minPlaces, int(s.growth*float64(sh.places)))
	if s.limit > 0 {
		sh.places = min(sh.places, int(float64(s.limit)/s.maxFill)+2)
	}
	sh.table, sh.fullAt = make([]uint64, sh.places*sh.words), int(s.maxFill*float64(sh.places))
	for k := range old.keys {
		at, _ := sh.find(k)
		sh.set(at, k)
	}
	return nil
}
