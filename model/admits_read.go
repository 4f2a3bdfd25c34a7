package model

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// A logReader reads a log, of text or JSON lines, line by line.
type logReader struct {
	parser  *traceParser
	scanner *bufio.Scanner
	parse   func([]byte) error
	atEnd   func() error // the check of the whole; nil: there is none
	check   func(Line) error
}

// ReadLog reads the beginning of a log, up to its world. Other lines are read when they are needed, or by ReadAll. Each line is checked
// by a function too, if that is not nil. A loader reads the world that the header names a file of; nil: it names none. Errors name the line.
func ReadLog(r io.Reader, load WorldLoader, check func(Line) error) (*Log, error) {
	b := bufio.NewReader(r)
	isJSON, err := beginsWithBrace(b)
	if err != nil {
		return nil, err
	}
	reader := &logReader{scanner: lineScanner(b), check: check}
	if isJSON {
		p := &jsonParser{traceParser: traceParser{trace: &Trace{FromJSON: true}, load: load, gaps: true}}
		reader.parser, reader.parse, reader.atEnd = &p.traceParser, p.jsonLineOf, p.checkID
	} else {
		p := &traceParser{trace: &Trace{}, load: load, gaps: true}
		reader.parser, reader.parse = p, p.textLine
	}
	log := &Log{Trace: reader.parser.trace, more: reader.more}
	for log.World == nil {
		if err := reader.read(); err != nil {
			return nil, err
		}
	}
	return log, nil
}

// jsonLineOf reads a line of JSON that may have spaces around it.
func (p *jsonParser) jsonLineOf(text []byte) error { return p.jsonLine(trimmed(text)) }

func trimmed(text []byte) []byte { return []byte(strings.TrimSpace(string(text))) }

// beginsWithBrace reports whether a text begins with a brace, after spaces.
func beginsWithBrace(b *bufio.Reader) (bool, error) {
	for {
		c, err := b.ReadByte()
		switch {
		case err == io.EOF:
			return false, nil
		case err != nil:
			return false, fmt.Errorf("line 1: %w", err)
		case c != ' ' && c != '\t' && c != '\r':
			return c == '{', b.UnreadByte()
		}
	}
}

// ReadAll reads all lines of a log.
func (l *Log) ReadAll() error {
	for i := len(l.Lines); ; i++ {
		if line, err := l.line(i); line == nil {
			if err == nil && l.lastUse == nil {
				l.complete()
			}
			return err
		}
	}
}

// more reads on until there is another line of the log.
func (r *logReader) more() error {
	for before := len(r.parser.trace.Lines); len(r.parser.trace.Lines) == before; {
		if err := r.read(); err != nil {
			return err
		}
	}
	return nil
}

// read reads a line of the file.
func (r *logReader) read() error {
	p := r.parser
	if !r.scanner.Scan() {
		if _, err := p.finish(r.scanner.Err()); err != nil {
			return err
		}
		if r.atEnd != nil {
			if err := r.atEnd(); err != nil {
				return err
			}
		}
		return io.EOF
	}
	p.number++
	before := len(p.trace.Lines)
	if err := r.parse(r.scanner.Bytes()); err != nil {
		return p.at(err)
	}
	if len(p.trace.Lines) == before || r.check == nil {
		return nil
	}
	if err := r.check(p.trace.Lines[before]); err != nil {
		return p.at(err)
	}
	return nil
}
