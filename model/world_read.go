package model

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"
)

// The length and the number of lines are bounded, so that a hostile file cannot exhaust the memory.
const (
	maxLine  = 1 << 20
	maxLines = 1 << 21
)

// ReadWorlds reads the files of worlds in a folder, in the order of their names.
func ReadWorlds(files fs.FS, folder string) ([]*World, error) {
	names, err := fs.Glob(files, folder+"/*"+WorldFile)
	if err != nil {
		return nil, err
	}
	worlds := make([]*World, len(names))
	for i, name := range names {
		f, err := files.Open(name)
		if err != nil {
			return nil, err
		}
		if worlds[i], err = ReadWorld(f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		f.Close()
	}
	return worlds, nil
}

// ReadWorld reads and validates a world, which is a JSON object if it begins with a brace, and text otherwise. Its errors name the line.
func ReadWorld(r io.Reader) (*World, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxWorld+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxWorld:
		return nil, fmt.Errorf("too long: a world has at most %d bytes", maxWorld)
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")):
		return decodeWorld(text)
	}
	return readText(text)
}

// maxWorld is how many bytes a file of a world has at most.
const maxWorld = 1 << 24

// decodeWorld reads and validates a world in JSON.
func decodeWorld(text []byte) (*World, error) {
	w := &World{}
	if err := decodeObject(text, w); err != nil {
		return nil, fmt.Errorf("the world: %w", err)
	}
	return w, w.validateOwn()
}

// readText reads and validates a world as text.
func readText(text []byte) (*World, error) {
	r, err := readLines(text)
	if err != nil {
		return nil, err
	}
	return r.finish()
}

// readLines reads the lines of a file of a world.
func readLines(text []byte) (*worldReader, error) {
	scanner := bufio.NewScanner(bytes.NewReader(text))
	scanner.Buffer(nil, maxLine)
	var r *worldReader
	number := 0
	for scanner.Scan() {
		number++
		line := scanner.Text()
		if err := checkText(line); err != nil {
			return nil, &placedError{number, 0, err}
		}
		words := strings.Fields(line)
		switch {
		case r == nil && (len(words) == 0 || strings.HasPrefix(words[0], "#")):
			continue
		case r == nil && (words[0] != "world" || len(words) != 2):
			return nil, &placedError{number, 0, fmt.Errorf("expected a line such as \"world handshake\", got %q", shorten(strings.TrimSpace(line)))}
		case r == nil:
			r = newWorldReader(words[1], number, line)
			continue
		}
		if !r.take(number, line) {
			return nil, &placedError{number, 0, fmt.Errorf("%q begins no line of a world%s", shorten(words[0]), namesNear(words[0], worldWords()))}
		}
	}
	switch {
	case errors.Is(scanner.Err(), bufio.ErrTooLong):
		return nil, &placedError{number + 1, 0, fmt.Errorf("too long: a line has at most %d bytes", maxLine)}
	case r == nil:
		return nil, &placedError{number + 1, 0, errors.New("no world: its first line is one such as \"world handshake\"")}
	}
	return r, scanner.Err()
}

// checkText wants a line of text.
func checkText(line string) error {
	if !utf8.ValidString(line) || strings.IndexByte(line, 0) >= 0 {
		return errors.New("not text: it is UTF-8, without NULs")
	}
	return nil
}

// A placedError is an error at a place of a file.
type placedError struct {
	line, column int // column 0: somewhere in the line
	err          error
}

// Error says where.
func (e *placedError) Error() string {
	if e.column == 0 {
		return fmt.Sprintf("line %d: %v", e.line, e.err)
	}
	return fmt.Sprintf("line %d, column %d: %v", e.line, e.column, e.err)
}

// Unwrap is the error.
func (e *placedError) Unwrap() error { return e.err }

// A worldReader reads the lines of a world behind the one that names it: in a file of its own, in a trace or in a litmus file.
type worldReader struct {
	world  *World
	header int // the line that names it
	indent int // of that line: a line that is indented further goes on with the one before
	lines  []*worldLine
	parts  map[part]place
}

// A worldLine is a line with those that go on with it, joined by a space each.
type worldLine struct {
	word   string
	pieces []string // but for the word
	places []place  // where each begins
	text   string   // the pieces
}

type place struct{ line, column int }

func newWorldReader(name string, number int, line string) *worldReader {
	return &worldReader{world: &World{Name: name}, header: number, indent: indentOf(line), parts: map[part]place{}}
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// take takes a line if it is of the world: it begins with a word that such lines begin with, goes on with the line before, is empty or
// a comment.
func (r *worldReader) take(number int, line string) bool {
	line = strings.ReplaceAll(line, "\t", " ")
	text := strings.TrimSpace(line)
	at := strings.Index(line, text)
	word, _, _ := strings.Cut(text, " ")
	switch {
	case text == "" || text[0] == '#':
		return true
	case at > r.indent && len(r.lines) > 0:
		last := r.lines[len(r.lines)-1]
		last.add(text, place{number, at + 1})
		return true
	case lineParsers[word] == nil:
		return false
	}
	l := &worldLine{word: word}
	l.add(strings.TrimPrefix(text, word), place{number, at + 1 + len(word)})
	r.lines = append(r.lines, l)
	return true
}

// add adds a piece to a line, without the comment at its end.
func (l *worldLine) add(piece string, at place) {
	if comment := strings.Index(piece, " #"); comment >= 0 && l.word != "doc" {
		piece = strings.TrimRight(piece[:comment], " ")
	}
	l.pieces, l.places = append(l.pieces, piece), append(l.places, at)
}

// at is an error at a place of a line's text.
func (l *worldLine) at(offset int, err error) error {
	for i, piece := range l.pieces {
		if offset <= len(piece) || i == len(l.pieces)-1 {
			return &placedError{l.places[i].line, l.places[i].column + offset, err}
		}
		offset -= len(piece) + 1
	}
	return err
}

// place is where a byte of a line's text stands.
func (l *worldLine) place(offset int) place {
	var at *placedError
	errors.As(l.at(offset, nil), &at)
	return place{at.line, at.column}
}

// finish is the world of one's own, when all its lines were taken.
func (r *worldReader) finish() (*World, error) {
	w, err := r.parse()
	if err != nil {
		return nil, err
	}
	return w, r.placed(w.validateOwn())
}

// parse is the world of the lines. It is not validated.
func (r *worldReader) parse() (*World, error) {
	once := map[string]bool{}
	for _, l := range r.lines {
		l.text = strings.Join(l.pieces, " ")
		if once[l.word] && slices.Contains(onceWords, l.word) {
			return nil, l.at(0, fmt.Errorf("a second %s", l.word))
		}
		once[l.word] = true
	}
	for _, resources := range []bool{true, false} { // types name resources, wherever these stand
		for _, l := range r.lines {
			if resources != (l.word == "resource") {
				continue
			}
			if err := lineParsers[l.word](r, &worldCursor{worldLine: l}); err != nil {
				return nil, err
			}
		}
	}
	return r.world, nil
}

// placed is an error of validation with the place of the part that it is about.
func (r *worldReader) placed(err error) error {
	var of *partError
	if !errors.As(err, &of) {
		if err != nil {
			return &placedError{r.header, 0, err}
		}
		return nil
	}
	at, known := r.parts[of.part]
	if !known {
		at = place{r.header, 0}
	}
	return &placedError{at.line, at.column, err}
}

// A part is a part of a world that an error can be about: the nth instance, the nth line of an actor's menu.
type part struct {
	kind string // the word of its line
	of   string // whose menu it is of
	n    int
}

// A partError is an error of validation that is about a part of a world.
type partError struct {
	part
	err error
}

// Error is the error without the place, which who reads a text adds.
func (e *partError) Error() string { return e.err.Error() }

// Unwrap is the error.
func (e *partError) Unwrap() error { return e.err }

// inPart says which part of a world an error is about; nil stays nil.
func inPart(kind string, n int, err error) error {
	if err == nil {
		return nil
	}
	return &partError{part{kind: kind, n: n}, err}
}
