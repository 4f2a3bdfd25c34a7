package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cabi/model"
)

// A screen is a terminal that is written to: a carriage return, erasing to the end of the line, and lines that wrap.
type screen struct {
	width       int
	rows        [][]rune
	row, column int
}

func (s *screen) Write(text []byte) (int, error) {
	rest := []rune(string(text))
	for len(rest) > 0 {
		switch {
		case strings.HasPrefix(string(rest), "\x1b[K"):
			s.line()
			s.rows[s.row] = s.rows[s.row][:min(s.column, len(s.rows[s.row]))]
			rest = rest[3:]
			continue
		case rest[0] == '\r':
			s.column = 0
		case rest[0] == '\n':
			s.row, s.column = s.row+1, 0
		default:
			if s.column == s.width {
				s.row, s.column = s.row+1, 0
			}
			s.line()
			s.rows[s.row] = append(s.rows[s.row][:s.column], rest[0])
			s.column++
		}
		rest = rest[1:]
	}
	return len(text), nil
}

// line makes the row that is written to.
func (s *screen) line() {
	for len(s.rows) <= s.row {
		s.rows = append(s.rows, nil)
	}
}

func (s *screen) String() string {
	var b strings.Builder
	for _, row := range s.rows {
		b.WriteString(string(row))
	}
	return b.String()
}

// The progress of a search stays in one line of the terminal, however narrow, and leaves nothing there.
func TestStatusLine(t *testing.T) {
	reports := []*model.Report{
		{States: 123456789, Transitions: 1, Depth: 12, Frontier: 123456}, {States: 1, Depth: 1}, {Runs: 123456, Transitions: 98765432, States: 1234},
	}
	for _, width := range []int{1, 10, 40, 80} {
		s := &screen{width: width}
		p := &progress{statusLine: &statusLine{w: s, width: func() int { return width }}, begun: time.Now().Add(-time.Second)}
		for _, r := range reports {
			text := p.text(r)
			p.draw(text)
			if len(s.rows) > 1 || len(s.rows[0]) >= width || !strings.HasPrefix(text, s.String()) {
				t.Errorf("%d columns: %d rows, %q", width, len(s.rows), s)
			}
		}
		if width > 20 && s.String() == "" {
			t.Errorf("%d columns: nothing is shown", width)
		}
		if p.clear(); s.String() != "" {
			t.Errorf("%d columns: %q is left", width, s)
		}
	}
}

// On a narrow terminal, the last parts of the line are left out, and none is cut in its middle.
func TestFitting(t *testing.T) {
	const text = "123 runs, 4 actions, 5/s"
	for width, want := range map[int]string{0: "", 3: "123", 8: "123 runs", 18: "123 runs", 19: "123 runs, 4 actions", 23: "123 runs, 4 actions", 24: text} {
		if got := fitting(text, width); got != want {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
	}
}

// Where there is no terminal, each line ends, and nothing is erased.
func TestStatusLineInFile(t *testing.T) {
	var b bytes.Buffer
	s := newStatusLine(&b)
	s.draw("1 state, 2/s")
	s.clear()
	if b.String() != "1 state, 2/s\n" {
		t.Errorf("%q", b.String())
	}
}
