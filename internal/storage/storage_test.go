package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/zeebo/xxh3"
)

func key(i int) Key { return xxh3.Hash128([]byte(fmt.Sprint(i))) }

func shortKey(i int) Key { return ShortKey(binary.LittleEndian.AppendUint64(nil, uint64(i))) }

// TestSet checks that a set has the same keys as a map, however little memory it has.
func TestSet(t *testing.T) {
	for _, kind := range []struct {
		name   string
		new    func(int64, *Disk) *Set
		key    func(int) Key
		lowest Key
	}{
		{"long", NewSet, key, Key{}}, // the set has it as another key
		{"short", NewShortSet, shortKey, shortKey(0)},
	} {
		for _, memory := range []int64{0, 1, 50_000, 1 << 20} {
			t.Run(fmt.Sprint(kind.name, memory), func(t *testing.T) {
				disk := NewDisk(t.TempDir())
				defer disk.Close()
				s, want := kind.new(memory, disk), map[Key]bool{}
				r := rand.New(rand.NewPCG(1, uint64(memory)))
				for range 100_000 {
					k := kind.key(r.IntN(30_000))
					if r.IntN(1000) == 0 {
						k = kind.lowest
					}
					got, err := s.Add(k)
					if err != nil || got == want[k] {
						t.Fatalf("%v: new %v, error %v", k, got, err)
					}
					want[k] = true
				}
				listed := all(t, s)
				if s.Len() != len(want) || len(listed) != len(want) {
					t.Errorf("%d keys, %d listed, want %d", s.Len(), len(listed), len(want))
				}
				for k := range want {
					if k != (Key{}) && !listed[k] {
						t.Fatalf("%v is not listed", k)
					}
				}
				if spilled := disk.Used() > 0; spilled != (memory > 0 && memory < 1<<18) {
					t.Errorf("%d bytes on disk", disk.Used())
				}
			})
		}
	}
}

// TestShortKeys checks that a short key gives its state back, whatever that is and however long, and that such keys are spread over
// the shards.
func TestShortKeys(t *testing.T) {
	var shards [Shards]int
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 64_000 {
		var state [8]byte
		switch i % 3 {
		case 0:
			binary.LittleEndian.PutUint64(state[:], r.Uint64())
		case 1:
			binary.BigEndian.PutUint64(state[:], uint64(i))
		default:
			state[i/3%8], state[i/24%8] = byte(i/24), byte(i/1000)
		}
		for _, width := range []int{1, 5, 8} {
			k := ShortKey(state[:width])
			if got := AppendState(nil, k, width); !bytes.Equal(got, state[:width]) || k.Lo == 0 {
				t.Fatalf("%v: key %v, which is %v", state[:width], k, got)
			}
		}
		k := ShortKey(state[:])
		if shortHi(k.Lo, Shard(k)) != k.Hi {
			t.Fatalf("%v: key %v in shard %d is that of %x", state, k, Shard(k), shortHi(k.Lo, Shard(k)))
		}
		shards[Shard(k)]++
	}
	if slices.Min(shards[:]) < 500 || slices.Max(shards[:]) > 2000 {
		t.Errorf("keys in each shard: %v", shards)
	}
}

// all are the keys of a set.
func all(t *testing.T, s *Set) map[Key]bool {
	keys := map[Key]bool{}
	if err := s.All(func(k Key) error { keys[k] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestEqualHalves checks that keys with the same lower half are different keys, in memory and on disk.
func TestEqualHalves(t *testing.T) {
	for _, memory := range []int64{0, 1} {
		disk := NewDisk(t.TempDir())
		defer disk.Close()
		s := NewSet(memory, disk)
		for round := range 2 {
			for hi := range uint64(2000) {
				isNew, err := s.Add(Key{Hi: hi, Lo: 7})
				if err != nil || isNew != (round == 0) {
					t.Fatalf("memory %d, round %d, key %d: new %v, error %v", memory, round, hi, isNew, err)
				}
			}
		}
	}
}

// TestConcurrentAdds checks that of several goroutines that add the same keys, exactly one finds each new.
func TestConcurrentAdds(t *testing.T) {
	disk := NewDisk(t.TempDir())
	defer disk.Close()
	s := NewSet(100_000, disk)
	var added [4]int
	var group sync.WaitGroup
	for g := range added {
		group.Go(func() {
			for i := range 20_000 {
				if isNew, err := s.Add(key(i)); isNew && err == nil {
					added[g]++
				}
			}
		})
	}
	group.Wait()
	if n := added[0] + added[1] + added[2] + added[3]; n != 20_000 || s.Len() != n {
		t.Errorf("%d were new, %d are there", n, s.Len())
	}
}

// TestQueue checks that the blocks of a queue come in the order in which they were put, in memory or on disk.
func TestQueue(t *testing.T) {
	for _, memory := range []int64{0, 1, 3000} {
		disk := NewDisk(t.TempDir())
		defer disk.Close()
		q := NewQueue(memory, disk)
		block := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1+i*7%500) }
		put, taken := 0, 0
		for range 300 {
			for range 1 + put%3 {
				if err := q.Put(append(q.Block(), block(put)...)); err != nil {
					t.Fatal(err)
				}
				put++
			}
			if put%2 == 0 {
				b, err := q.Take()
				if err != nil || !bytes.Equal(b, block(taken)) {
					t.Fatalf("memory %d, block %d: %v, error %v", memory, taken, b, err)
				}
				q.Give(b)
				taken++
			}
		}
		listed := taken
		if err := q.All(func(b []byte) error {
			if !bytes.Equal(b, block(listed)) {
				return fmt.Errorf("block %d: %v", listed, b)
			}
			listed++
			return nil
		}); err != nil || listed != put || q.Len() != put-taken {
			t.Errorf("memory %d: %d of %d blocks listed, %d to take, error %v", memory, listed, put, q.Len(), err)
		}
		for ; taken < put; taken++ {
			if b, err := q.Take(); err != nil || !bytes.Equal(b, block(taken)) {
				t.Fatalf("memory %d, block %d: %v, error %v", memory, taken, b, err)
			}
		}
		if b, err := q.Take(); b != nil || err != nil || !q.Empty() {
			t.Errorf("memory %d: one block more", memory)
		}
	}
}

var errFull = errors.New("no space left on device")

// A fullFile has no room.
type fullFile struct{ io.ReaderAt }

func (fullFile) WriteAt([]byte, int64) (int, error) { return 0, errFull }
func (fullFile) Close() error                       { return nil }

// TestFullDisk checks that a full disk is an error, and that no key is lost that was added before.
func TestFullDisk(t *testing.T) {
	disk := NewDisk("")
	disk.open = func(string) (File, error) { return fullFile{}, nil }
	s, q := NewSet(1, disk), NewQueue(1, disk)
	added := 0
	for i := range 10_000 {
		_, err := s.Add(key(i))
		if err != nil {
			if !errors.Is(err, errFull) || !errors.As(err, new(*DiskError)) {
				t.Errorf("error %v", err)
			}
			break
		}
		added++
	}
	if added == 0 || added == 10_000 || len(all(t, s)) != added {
		t.Errorf("%d keys were added, %d are there", added, len(all(t, s)))
	}
	if err := q.Put([]byte("block")); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
