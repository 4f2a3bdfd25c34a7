package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"cabi/internal/layout"
)

// A statusLine shows how far work is: on a terminal in one line, which is overwritten, elsewhere in a new line now and then.
type statusLine struct {
	w       io.Writer
	width   func() int // the terminal's columns; 0: there is no terminal
	updated time.Time
	drawn   bool
}

func newStatusLine(w io.Writer) *statusLine {
	return &statusLine{w: w, width: func() int { return layout.TerminalWidth(w) }, updated: time.Now()}
}

// due reports whether the line is to be drawn again.
func (s *statusLine) due() bool {
	since := time.Since(s.updated)
	return since >= 10*time.Second || since >= 200*time.Millisecond && s.width() > 0
}

// draw shows a text, which is parts with commas between them. On a narrow terminal the last parts are left out: a line that wraps could
// not be overwritten.
func (s *statusLine) draw(text string) {
	s.updated = time.Now()
	width := s.width()
	if width == 0 {
		fmt.Fprintln(s.w, text)
		return
	}
	fmt.Fprintf(s.w, "\r\x1b[K%s", fitting(text, width-1))
	s.drawn = true
}

// clear removes the line from the terminal.
func (s *statusLine) clear() {
	if s.drawn {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.drawn = false
	}
}

// fitting is as many parts of a text as fit into some columns, or if not even the first does, its beginning.
func fitting(text string, width int) string {
	for utf8.RuneCountInString(text) > width {
		i := strings.LastIndex(text, ", ")
		if i < 0 {
			return string([]rune(text)[:max(width, 0)])
		}
		text = text[:i]
	}
	return text
}
