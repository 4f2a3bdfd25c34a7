package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// plainWidth is how many columns text has that is written to anything but a terminal, so that it is the same everywhere.
const plainWidth = 100

// leastWidth is how many columns text has on a terminal that is narrower.
const leastWidth = 40

// widthOf is how many columns text written to w has.
func widthOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return max(columns, leastWidth)
		}
	}
	return plainWidth
}

// wrap joins words with spaces to lines of at most width columns; a longer word has a line of its own.
func wrap(words []string, width int) []string {
	lines := []string{""}
	for _, word := range words {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case columns(*last)+1+columns(word) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}

// columns is how wide text is on a terminal: a column for each character.
func columns(text string) int { return utf8.RuneCountInString(text) }

// wrapped is a list on indented lines, with commas between its items, which are not broken.
func wrapped(items []string, width int) string {
	return indented(strings.Split(strings.Join(items, ",\n"), "\n"), "  ", width)
}

// indented is words in lines of at most width columns, each of which begins with indent.
func indented(words []string, indent string, width int) string {
	var b strings.Builder
	for _, line := range wrap(words, width-columns(indent)) {
		fmt.Fprintln(&b, indent+line)
	}
	return b.String()
}
