package storage

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A run is sorted keys on disk. In memory stand every 256th of them, to know where to read, and a Bloom filter, to know
// when not to.
type run struct {
	at     int64
	n      int
	words  int      // of a key
	fences []uint64 // the lower half of every 256th key
	filter []uint64 // each key sets four bits of one word
}

const (
	perFence      = 256 // keys, 4 KB on disk
	keysPerFilter = 5   // keys for each word of the filter: of those that are not in it, some three in a hundred seem to be
	mostRuns      = 8   // before they are merged
)

func compareKeys(a, b Key) int { return cmp.Or(cmp.Compare(a.Lo, b.Lo), cmp.Compare(a.Hi, b.Hi)) }

// spill writes the table to disk as a run, and empties it.
func (sh *shard) spill(d *Disk) error {
	keys := slices.SortedFunc(sh.keys, compareKeys)
	w, err := newRunWriter(d, len(keys), sh.words)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := w.add(k); err != nil {
			return err
		}
	}
	r, err := w.finish()
	if err != nil {
		return err
	}
	sh.runs = append(sh.runs, r)
	clear(sh.table)
	sh.n = 0
	if len(sh.runs) > mostRuns {
		return sh.merge(d)
	}
	return nil
}

// merge makes one run of all.
func (sh *shard) merge(d *Disk) error {
	n := 0
	readers := make([]*runReader, len(sh.runs))
	for i, r := range sh.runs {
		n += r.n
		readers[i] = &runReader{run: r, disk: d}
		if err := readers[i].next(); err != nil {
			return err
		}
	}
	w, err := newRunWriter(d, n, sh.words)
	if err != nil {
		return err
	}
	for range n {
		first := slices.MinFunc(readers, func(a, b *runReader) int { return compareHeads(a, b) })
		if err := w.add(first.head); err != nil {
			return err
		}
		if err := first.next(); err != nil {
			return err
		}
	}
	r, err := w.finish()
	if err != nil {
		return err
	}
	for _, old := range sh.runs {
		d.free(old.at, old.size(old.n))
	}
	sh.runs = []*run{r}
	return nil
}

func compareHeads(a, b *runReader) int {
	if a.done || b.done {
		return cmp.Compare(boolInt(a.done), boolInt(b.done))
	}
	return compareKeys(a.head, b.head)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// inRuns reports whether a key is on disk.
func (sh *shard) inRuns(d *Disk, k Key) (bool, error) {
	for i := len(sh.runs) - 1; i >= 0; i-- { // the newest first: states are met again soon
		r := sh.runs[i]
		if !r.mayHold(k) {
			continue
		}
		there, err := r.holds(d, k)
		if there || err != nil {
			return there, err
		}
	}
	return false, nil
}

// word is where the filter keeps a key, and the bits there.
func (r *run) word(k Key) (*uint64, uint64) {
	h := (k.Lo ^ k.Hi) * 0x9e3779b97f4a7c15
	bit := func(i int) uint64 { return 1 << (h >> (40 + 6*i) & 63) }
	return &r.filter[k.Lo%uint64(len(r.filter))], bit(0) | bit(1) | bit(2) | bit(3)
}

func (r *run) mayHold(k Key) bool {
	word, mask := r.word(k)
	return *word&mask == mask
}

// holds reads the part of the run where a key would be.
func (r *run) holds(d *Disk, k Key) (bool, error) {
	after, _ := slices.BinarySearchFunc(r.fences, k.Lo, func(fence, lo uint64) int {
		if fence <= lo {
			return -1
		}
		return 1
	})
	for i := max(after-1, 0); i >= 0; i-- { // equal halves may begin a part earlier
		there, err := r.inPart(d, i, k)
		if there || err != nil || r.fences[i] != k.Lo {
			return there, err
		}
	}
	return false, nil
}

func (r *run) inPart(d *Disk, i int, k Key) (bool, error) {
	var buf [perFence * 16]byte
	n := min(perFence, r.n-i*perFence)
	part := buf[:r.size(n)]
	if err := d.read(part, r.at+r.size(i*perFence)); err != nil {
		return false, err
	}
	low, high := 0, n
	for low < high {
		mid := int(uint(low+high) >> 1)
		switch c := compareKeys(r.key(part[r.size(mid):]), k); {
		case c == 0:
			return true, nil
		case c < 0:
			low = mid + 1
		default:
			high = mid
		}
	}
	return false, nil
}

func (r *run) bytes() int64 { return int64(len(r.fences)+len(r.filter)) * 8 }

// size is how many bytes so many keys take on disk.
func (r *run) size(keys int) int64 { return int64(keys * r.words * 8) }

// key is the first of the keys that were read.
func (r *run) key(b []byte) Key {
	k := Key{Lo: binary.LittleEndian.Uint64(b)}
	if r.words == 2 {
		k.Hi = binary.LittleEndian.Uint64(b[8:])
	}
	return k
}

// all calls yield with each key.
func (r *run) all(d *Disk, yield func(Key) error) error {
	reader := &runReader{run: r, disk: d}
	for {
		if err := reader.next(); err != nil || reader.done {
			return err
		}
		if err := yield(reader.head); err != nil {
			return err
		}
	}
}

// A runReader reads a run in order.
type runReader struct {
	*run
	disk  *Disk
	head  Key
	done  bool
	taken int
	buf   []byte
}

// next moves on to the next key.
func (r *runReader) next() error {
	if r.taken == r.n {
		r.done = true
		return nil
	}
	if len(r.buf) == 0 {
		r.buf = make([]byte, r.size(min(perBlock, r.n-r.taken)))
		if err := r.disk.read(r.buf, r.at+r.size(r.taken)); err != nil {
			return err
		}
	}
	r.head, r.buf = r.key(r.buf), r.buf[r.size(1):]
	r.taken++
	return nil
}

const perBlock = 4096 // keys that are read or written at once

// A runWriter writes a run.
type runWriter struct {
	run
	disk *Disk
	buf  []byte
	to   int64
}

func newRunWriter(d *Disk, n, words int) (*runWriter, error) {
	w := &runWriter{run: run{words: words}, disk: d}
	at, err := d.allocate(w.size(n))
	if err != nil {
		return nil, err
	}
	w.at, w.to = at, at
	w.buf = make([]byte, 0, w.size(perBlock))
	w.filter = make([]uint64, n/keysPerFilter+1)
	w.fences = make([]uint64, 0, n/perFence+1)
	return w, nil
}

func (w *runWriter) add(k Key) error {
	if w.n%perFence == 0 {
		w.fences = append(w.fences, k.Lo)
	}
	word, mask := w.word(k)
	*word |= mask
	w.n++
	w.buf = binary.LittleEndian.AppendUint64(w.buf, k.Lo)
	if w.words == 2 {
		w.buf = binary.LittleEndian.AppendUint64(w.buf, k.Hi)
	}
	if len(w.buf) < cap(w.buf) {
		return nil
	}
	return w.flush()
}

func (w *runWriter) flush() error {
	err := w.disk.write(w.buf, w.to)
	w.to += int64(len(w.buf))
	w.buf = w.buf[:0]
	return err
}

func (w *runWriter) finish() (*run, error) {
	if err := w.flush(); err != nil {
		return nil, err
	}
	r := w.run
	return &r, nil
}

// KeyFromBytes is the key that Key.Bytes writes.
func KeyFromBytes(b [16]byte) Key {
	return Key{Hi: binary.BigEndian.Uint64(b[:]), Lo: binary.BigEndian.Uint64(b[8:])}
}
