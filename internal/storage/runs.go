package storage

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A run is keys on disk, sorted. In memory it has a Bloom filter, which shows of most keys that they are not in the run, and fences,
// which show where the others would be: the run is in parts of 256 keys, and a fence is the lower half of a part's first key.
type run struct {
	at     int64    // its address on disk
	n      int      // keys
	words  int      // of a key
	fences []uint64 // one for each part
	filter []uint64 // each key sets four bits of one word
}

const (
	perFence      = 256 // keys, at most 4 KB on disk
	keysPerFilter = 5   // keys for each word of the filter: some three in a hundred keys that are not in the run pass it
	maxRuns       = 8   // of a shard, before they are merged
)

// compareKeys orders keys by their lower halves, like tables.
func compareKeys(a, b Key) int { return cmp.Or(cmp.Compare(a.Lo, b.Lo), cmp.Compare(a.Hi, b.Hi)) }

// spill writes a shard's table to disk as a run, and empties the table.
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
	sh.inTable = 0
	if len(sh.runs) > maxRuns {
		return sh.merge(d)
	}
	return nil
}

// merge makes one run of all those of a shard.
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

// compareHeads orders readers by the keys that they are at. One that has no more comes last.
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

// inRuns reports whether a key is in a run of the shard.
func (sh *shard) inRuns(d *Disk, k Key) (bool, error) {
	for i := len(sh.runs) - 1; i >= 0; i-- { // the newest first: a search often comes back to a state soon
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

// filterBits is the word of the filter for a key, and the bits that the key sets in it.
func (r *run) filterBits(k Key) (*uint64, uint64) {
	h := (k.Lo ^ k.Hi) * 0x9e3779b97f4a7c15
	bit := func(i int) uint64 { return 1 << (h >> (40 + 6*i) & 63) }
	return &r.filter[k.Lo%uint64(len(r.filter))], bit(0) | bit(1) | bit(2) | bit(3)
}

// mayHold reports whether a key passes the filter. One that does not is not in the run.
func (r *run) mayHold(k Key) bool {
	word, mask := r.filterBits(k)
	return *word&mask == mask
}

// holds reports whether a key is in the run. It reads the part that the key would be in.
func (r *run) holds(d *Disk, k Key) (bool, error) {
	after, _ := slices.BinarySearchFunc(r.fences, k.Lo, func(fence, lo uint64) int {
		if fence <= lo {
			return -1
		}
		return 1
	})
	for i := max(after-1, 0); i >= 0; i-- { // keys with the same lower half may begin in an earlier part
		there, err := r.holdsAt(d, i, k)
		if there || err != nil || r.fences[i] != k.Lo {
			return there, err
		}
	}
	return false, nil
}

// holdsAt reports whether a key is in the ith part.
func (r *run) holdsAt(d *Disk, i int, k Key) (bool, error) {
	var buf [perFence * 16]byte
	n := min(perFence, r.n-i*perFence)
	part := buf[:r.size(n)]
	if err := d.read(part, r.at+r.size(i*perFence)); err != nil {
		return false, err
	}
	low, high := 0, n
	for low < high {
		mid := int(uint(low+high) >> 1)
		switch c := compareKeys(r.keyAt(part[r.size(mid):]), k); {
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

// bytes is how many bytes of memory the run takes.
func (r *run) bytes() int64 { return int64(len(r.fences)+len(r.filter)) * 8 }

// size is how many bytes keys take on disk.
func (r *run) size(keys int) int64 { return int64(keys * r.words * 8) }

// keyAt is the key that bytes from disk begin with.
func (r *run) keyAt(b []byte) Key {
	k := Key{Lo: binary.LittleEndian.Uint64(b)}
	if r.words == 2 {
		k.Hi = binary.LittleEndian.Uint64(b[8:])
	}
	return k
}

// all calls yield with each key of the run, in order.
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

// A runReader reads the keys of a run in order.
type runReader struct {
	*run
	disk *Disk
	head Key    // the key that it is at
	done bool   // it is beyond the last
	read int    // how many keys it has come to
	buf  []byte // the next keys, read from disk
}

// next moves to the next key.
func (r *runReader) next() error {
	if r.read == r.n {
		r.done = true
		return nil
	}
	if len(r.buf) == 0 {
		r.buf = make([]byte, r.size(min(perBlock, r.n-r.read)))
		if err := r.disk.read(r.buf, r.at+r.size(r.read)); err != nil {
			return err
		}
	}
	r.head, r.buf = r.keyAt(r.buf), r.buf[r.size(1):]
	r.read++
	return nil
}

const perBlock = 4096 // keys that are read or written at once

// A runWriter writes a run.
type runWriter struct {
	run
	disk *Disk
	buf  []byte // keys that are not on disk yet
	to   int64  // the address that they go to
}

// newRunWriter begins a run of n keys.
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

// add writes a key. They are added in order.
func (w *runWriter) add(k Key) error {
	if w.n%perFence == 0 {
		w.fences = append(w.fences, k.Lo)
	}
	word, mask := w.filterBits(k)
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

// flush writes the buffer to disk.
func (w *runWriter) flush() error {
	err := w.disk.write(w.buf, w.to)
	w.to += int64(len(w.buf))
	w.buf = w.buf[:0]
	return err
}

// finish returns the run, when all its keys are added.
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
