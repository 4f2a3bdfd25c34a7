package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"cabi/model"
)

// A shard is the states of a level whose fingerprints are in one shard, while they are gathered.
type shard struct {
	dir           Dir
	level, number int
	paths         map[[16]byte][]byte // to each state, the least
}

func newShard(dir Dir, level, number int) *shard {
	return &shard{dir, level, number, map[[16]byte][]byte{}}
}

// addBlock adds the states of a block: each a fingerprint and a path.
func (s *shard) addBlock(block []byte) error {
	return eachRecord(block, func(record []byte) error {
		if len(record) < 16 {
			return errBlock
		}
		s.add([16]byte(record), record[16:])
		return nil
	})
}

func (s *shard) add(fingerprint [16]byte, path []byte) {
	if before, known := s.paths[fingerprint]; !known || bytes.Compare(path, before) < 0 {
		s.paths[fingerprint] = bytes.Clone(path)
	}
}

// keep writes the states that were not reached before this level, emits them as blocks, and returns how many they are.
func (s *shard) keep(ctx context.Context, emit func([]byte)) (int, error) {
	if err := s.dropVisited(ctx); err != nil || len(s.paths) == 0 {
		return 0, err
	}
	var fingerprints [][16]byte
	for f := range s.paths {
		fingerprints = append(fingerprints, f)
	}
	slices.SortFunc(fingerprints, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	err := write(ctx, s.dir.file("frontier", number(s.level), number(s.number)), func(w io.Writer) error {
		var block []byte
		put := func() error {
			emit(block)
			_, err := w.Write(appendRecord(nil, block))
			block = nil
			return err
		}
		for _, f := range fingerprints {
			if block = appendRecord(block, s.paths[f]); len(block) > mostInFrontierBlock {
				if err := put(); err != nil {
					return err
				}
			}
		}
		if len(block) > 0 {
			return put()
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(fingerprints), write(ctx, s.dir.file("visited", number(s.level), number(s.number)), func(w io.Writer) error {
		for _, f := range fingerprints {
			if _, err := w.Write(f[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// mostInFrontierBlock is how many bytes a block of the frontier has, about: some dozens of states, which a worker expands one after the other.
const mostInFrontierBlock = 1 << 11

// dropVisited drops the states that were reached at an earlier level.
func (s *shard) dropVisited(ctx context.Context) error {
	names, err := s.dir.visited(ctx, s.number, s.level)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := read(ctx, name, func(r *bufio.Reader) error {
			var f [16]byte
			for {
				_, err := io.ReadFull(r, f[:])
				switch {
				case errors.Is(err, io.EOF):
					return nil
				case err != nil:
					return err
				}
				delete(s.paths, f)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// appendReached appends a state that was reached as a record of a block.
func appendReached(block []byte, r model.ReachedState) []byte {
	block = binary.AppendUvarint(block, uint64(len(r.Fingerprint)+len(r.Path)))
	return append(append(block, r.Fingerprint[:]...), r.Path...)
}
