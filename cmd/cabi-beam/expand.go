package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"cabi/model"
)

func init() {
	register.DoFn3x1[context.Context, string, func([]byte), error](&readFn{})
	register.DoFn4x1[context.Context, []byte, func(int, []byte), func([]byte), error](&expandFn{})
	register.DoFn5x1[context.Context, int, func(*[]byte) bool, func([]byte), func([]byte), error](&mergeFn{})
	register.DoFn3x1[context.Context, []byte, func(*[]byte) bool, error](&countFn{})
	register.Function1x2(noKey)
	register.Emitter1[[]byte]()
	register.Emitter2[int, []byte]()
	register.Iter1[[]byte]()
}

// A readFn reads the blocks of files of states.
type readFn struct{}

// ProcessElement reads a file.
func (*readFn) ProcessElement(ctx context.Context, name string, emit func([]byte)) error {
	return readBlocks(ctx, name, emit)
}

// An expandFn expands the states of blocks. It emits what they lead to, as blocks of a shard, and what it counted.
type expandFn struct {
	Subject []byte

	subject  *Subject
	system   system
	shuffled int // bytes that were emitted
	blocks   map[int][]byte
	least    map[[16]byte][]byte // of states that were emitted of late, the least path
}

const (
	mostInBlock = 1 << 14 // bytes; a block is emitted when it has more
	mostLate    = 1 << 16 // states
)

// Setup makes the system.
func (f *expandFn) Setup(context.Context) (err error) {
	if f.subject, err = parseSubject(f.Subject); err == nil {
		f.system, err = f.subject.system()
	}
	f.blocks, f.least = map[int][]byte{}, map[[16]byte][]byte{}
	return err
}

// Teardown frees the system.
func (f *expandFn) Teardown() error {
	if f.system != nil {
		f.system.close()
	}
	return nil
}

// StartBundle forgets what a bundle before has left, which may have failed.
func (f *expandFn) StartBundle(_ context.Context, _ func(int, []byte), _ func([]byte)) {
	clear(f.blocks)
	clear(f.least)
	f.shuffled = 0
	f.system.tally()
}

// ProcessElement expands the states of a block.
func (f *expandFn) ProcessElement(_ context.Context, block []byte, emit func(int, []byte), _ func([]byte)) error {
	return eachRecord(block, func(state []byte) error {
		return f.system.expand(state, func(r model.ReachedState) { f.reached(r, emit) })
	})
}

// reached puts a state into the block of its shard, unless one that is as good was put there of late.
func (f *expandFn) reached(r model.ReachedState, emit func(int, []byte)) {
	if before, late := f.least[r.Fingerprint]; late && bytes.Compare(before, r.Path) <= 0 {
		return
	}
	if len(f.least) == mostLate {
		clear(f.least)
	}
	f.least[r.Fingerprint] = bytes.Clone(r.Path)
	shard := shardOf(r.Fingerprint, f.subject.Shards)
	block := appendReached(f.blocks[shard], r)
	if len(block) > mostInBlock {
		f.emit(shard, block, emit)
		block = nil
	}
	f.blocks[shard] = block
}

// emit emits a block, to be grouped with the others of its shard.
func (f *expandFn) emit(shard int, block []byte, emit func(int, []byte)) {
	emit(shard, block)
	f.shuffled += len(block)
}

// FinishBundle emits what is left.
func (f *expandFn) FinishBundle(_ context.Context, emit func(int, []byte), counted func([]byte)) error {
	for shard, block := range f.blocks {
		if len(block) > 0 {
			f.emit(shard, block, emit)
		}
	}
	text, err := json.Marshal(Count{Shuffled: f.shuffled, Tally: *f.system.tally()})
	if err == nil {
		counted(text)
	}
	return err
}

func shardOf(fingerprint [16]byte, shards int) int {
	return int(binary.BigEndian.Uint64(fingerprint[:8]) % uint64(shards))
}

// A mergeFn keeps what a shard reached for the first time, and emits it as blocks of the next level, and how much it is.
type mergeFn struct {
	Dir   Dir
	Level int
}

// ProcessElement keeps what is new in a shard.
func (f *mergeFn) ProcessElement(ctx context.Context, shard int, blocks func(*[]byte) bool, emit func([]byte), counted func([]byte)) error {
	s := newShard(f.Dir, f.Level, shard)
	for block := []byte(nil); blocks(&block); {
		if err := s.addBlock(block); err != nil {
			return err
		}
	}
	states, err := s.keep(ctx, emit)
	if err != nil {
		return err
	}
	text, err := json.Marshal(Count{States: states})
	counted(text)
	return err
}

// A countFn writes what was counted on the way to a level.
type countFn struct {
	Dir   Dir
	Level int
}

func noKey(counted []byte) ([]byte, []byte) { return nil, counted }

// ProcessElement adds up all counts.
func (f *countFn) ProcessElement(ctx context.Context, _ []byte, counts func(*[]byte) bool) error {
	all := &Count{}
	for text := []byte(nil); counts(&text); {
		one := &Count{}
		if err := json.Unmarshal(text, one); err != nil {
			return err
		}
		all.merge(one)
	}
	return writeJSON(ctx, countedFile(f.Dir, f.Level), all)
}

func countedFile(d Dir, level int) string { return d.file("counted", number(level)+".json") }

// addLevels adds levels to a pipeline: of the states of the level before, which are in files.
func addLevels(s beam.Scope, subject []byte, dir Dir, files []string, first, levels int) {
	names := beam.Reshuffle(s, beam.CreateList(s, files))
	states := beam.ParDo(s, &readFn{}, names)
	for level := first; level < first+levels; level++ {
		s := s.Scope("level " + number(level))
		reached, counted := beam.ParDo2(s, &expandFn{Subject: subject}, beam.Reshuffle(s, states))
		next, new := beam.ParDo2(s, &mergeFn{Dir: dir, Level: level}, beam.GroupByKey(s, reached))
		counts := beam.ParDo(s, noKey, beam.Flatten(s, counted, new))
		beam.ParDo0(s, &countFn{Dir: dir, Level: level}, beam.GroupByKey(s, counts))
		states = next
	}
}
