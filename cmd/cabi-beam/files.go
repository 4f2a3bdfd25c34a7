package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"

	"cabi/model"
)

// A Dir is a directory of any of Beam's filesystems, that all workers see:
//
//	search.json           what is explored
//	progress.json         the last level that is done, and what was counted up to it
//	visited/LEVEL/SHARD   the fingerprints of a level's states that are in a shard, in order, 16 bytes each
//	frontier/LEVEL/SHARD  their states, in the same order, as blocks
//	counted/LEVEL.json    what was counted on the way to a level
type Dir string

func (d Dir) file(parts ...string) string {
	return strings.TrimSuffix(string(d), "/") + "/" + path.Join(parts...)
}

func number(n int) string { return fmt.Sprintf("%05d", n) }

// write writes a file.
func write(ctx context.Context, name string, to func(io.Writer) error) error {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer fs.Close()
	f, err := fs.OpenWrite(ctx, name)
	if err != nil {
		return err
	}
	b := writers.Get().(*bufio.Writer)
	defer writers.Put(b)
	b.Reset(f)
	return errors.Join(to(b), b.Flush(), f.Close())
}

// readers and writers are buffers that are used again: a shard reads and writes a file for each level, and most of them are small.
var (
	readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 1<<18) }}
	writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 1<<18) }}
)

// writeWhole writes a file so that it is there whole or not at all. A filesystem that cannot rename writes files whole anyway.
func writeWhole(ctx context.Context, name string, to func(io.Writer) error) error {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer fs.Close()
	renamer, can := fs.(filesystem.Renamer)
	if !can {
		return write(ctx, name, to)
	}
	beside := name + ".part"
	if err := write(ctx, beside, to); err != nil {
		return err
	}
	return renamer.Rename(ctx, beside, name)
}

// read reads a file.
func read(ctx context.Context, name string, from func(*bufio.Reader) error) error {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer fs.Close()
	f, err := fs.OpenRead(ctx, name)
	if err != nil {
		return err
	}
	defer f.Close()
	b := readers.Get().(*bufio.Reader)
	defer readers.Put(b)
	b.Reset(f)
	if err := from(b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// list are the files that a pattern matches.
func list(ctx context.Context, pattern string) ([]string, error) {
	fs, err := filesystem.New(ctx, pattern)
	if err != nil {
		return nil, err
	}
	defer fs.Close()
	return fs.List(ctx, pattern)
}

func writeJSON(ctx context.Context, name string, v any) error {
	return writeWhole(ctx, name, func(w io.Writer) error { return json.NewEncoder(w).Encode(v) })
}

func readJSON(ctx context.Context, name string, v any) error {
	return read(ctx, name, func(r *bufio.Reader) error { return json.NewDecoder(r).Decode(v) })
}

// visited are the files with what a shard reached before a level.
func (d Dir) visited(ctx context.Context, shard, before int) (names []string, err error) {
	all, err := list(ctx, d.file("visited", "*", number(shard)))
	if err != nil {
		return nil, err
	}
	for _, name := range all {
		parts := strings.Split(strings.ReplaceAll(name, `\`, "/"), "/")
		level, err := strconv.Atoi(parts[len(parts)-2])
		if err != nil {
			return nil, fmt.Errorf("%s: what is this file?", name)
		}
		if level < before {
			names = append(names, name)
		}
	}
	return names, nil
}

// A block is records, each after its length.

func appendRecord(block, record []byte) []byte {
	return append(binary.AppendUvarint(block, uint64(len(record))), record...)
}

var errBlock = errors.New("it is cut off, or no block of records")

// eachRecord calls f with each record of a block.
func eachRecord(block []byte, f func(record []byte) error) error {
	for len(block) > 0 {
		n, size := binary.Uvarint(block)
		if size <= 0 || n > uint64(len(block)-size) {
			return errBlock
		}
		if err := f(block[size:][:n]); err != nil {
			return err
		}
		block = block[uint64(size)+n:]
	}
	return nil
}

// readBlocks calls f with each block of a file of states.
func readBlocks(ctx context.Context, name string, f func(block []byte)) error {
	return read(ctx, name, func(r *bufio.Reader) error {
		for {
			n, err := binary.ReadUvarint(r)
			if err == io.EOF {
				return nil
			}
			if err != nil || n > 1<<30 {
				return errBlock
			}
			block := make([]byte, n)
			if _, err := io.ReadFull(r, block); err != nil {
				return errBlock
			}
			f(block)
		}
	})
}

// A Count is what came of a level: how many states it has, and what was counted on the way to them.
type Count struct {
	States   int
	Shuffled int // bytes that were grouped by shard
	Tally    model.Tally
}

func (c *Count) merge(o *Count) {
	c.States += o.States
	c.Shuffled += o.Shuffled
	c.Tally.Merge(&o.Tally)
}
