package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"cabi/internal/output"
)

// standardInput is how standard input is named where a file is read.
const standardInput = "-"

// openInput opens a file, or if it is -, takes in.
func openInput(in io.Reader, file string) (io.ReadCloser, error) {
	if file == standardInput {
		return &input{withoutMark(in), io.NopCloser(in)}, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, output.Reason(err))}
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, exitError{2, fmt.Sprintf("%s is a directory: name a file, or - for standard input", file)}
	}
	return &input{withoutMark(f), f}, nil
}

// An input is what a command reads. Its errors say no more than why it cannot be read.
type input struct {
	r io.Reader
	io.Closer
}

func (i *input) Read(b []byte) (int, error) {
	n, err := i.r.Read(b)
	if err != nil {
		err = output.Reason(err)
	}
	return n, err
}

// withoutMark skips the byte order mark that some editors write first.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\uFEFF" {
		_, _ = b.Discard(len(mark))
	}
	return b
}
