// Package layout breaks text for people into lines as wide as the terminal, or 100 columns, and aligns tables.
package layout

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// PlainWidth is how many columns text has that is written to anything but a terminal, so that it is the same everywhere.
const PlainWidth = 100

// leastWidth is how many columns text has on a terminal that is narrower.
const leastWidth = 40

// WidthOf is how many columns text written to w has.
func WidthOf(w io.Writer) int {
	if columns := TerminalWidth(w); columns > 0 {
		return max(columns, leastWidth)
	}
	return PlainWidth
}

// TerminalWidth is how many columns the terminal has that w writes to; 0: w writes to none.
func TerminalWidth(w io.Writer) int {
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return max(columns, 0)
		}
	}
	return 0
}

// RowsWidth is how many columns a table has whose rows are to be lines where no terminal is, as programs want them.
func RowsWidth(w io.Writer) int {
	if TerminalWidth(w) > 0 {
		return WidthOf(w)
	}
	return math.MaxInt
}

// wrap joins words with spaces to lines of at most width columns; a longer word has a line of its own.
func wrap(words []string, width int) []string {
	lines := []string{""}
	for _, word := range words {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case Columns(*last)+1+Columns(word) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}

// Columns is how wide text is on a terminal: a column for each character.
func Columns(text string) int { return utf8.RuneCountInString(text) }

// Wrapped is a list on indented lines, with commas between its items. No item is broken.
func Wrapped(items []string, width int) string {
	return Indented(strings.Split(strings.Join(items, ",\n"), "\n"), "  ", width)
}

// Indented is words in lines of at most width columns, each of which begins with indent.
func Indented(words []string, indent string, width int) string {
	var b strings.Builder
	for _, line := range wrap(words, width-Columns(indent)) {
		fmt.Fprintln(&b, indent+line)
	}
	return b.String()
}

// Reflow breaks paragraphs anew to lines of at most width columns. A line that begins with a space is kept as a line of
// its own: if it is too long, it goes on under its last column.
func Reflow(text string, width int) string {
	var b strings.Builder
	var words []string
	flush := func() {
		if len(words) > 0 {
			b.WriteString(Indented(words, "", width))
		}
		words = nil
	}
	for line := range strings.Lines(text) {
		if line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    "); line != "" && line[0] != ' ' {
			words = append(words, strings.Fields(line)...)
			continue
		}
		flush()
		b.WriteString(hanging(line, width))
	}
	flush()
	return b.String()
}

// lastColumn matches what comes before the last column of a line, columns being two spaces or more apart.
var lastColumn = regexp.MustCompile(`^ *(\S.*?\S  +)?`)

// hanging breaks a line to lines of at most width columns; all but the first are indented to its last column.
func hanging(line string, width int) string {
	head := lastColumn.FindString(line)
	text := Indented(strings.Fields(line[len(head):]), strings.Repeat(" ", Columns(head)), width)
	return strings.TrimRight(head+strings.TrimLeft(text, " "), " ")
}

// gap separates the columns of a table.
const gap = "  "

// WriteTable writes rows with aligned columns, in lines of at most width columns where no word is longer: the text of a cell is
// Wrapped within its column. A cell may have several lines of its own. Where the columns are too narrow for their words, each row is
// written as a little table of its own.
func WriteTable(w io.Writer, rows [][]string, width int) error {
	widths := columnWidths(rows, width)
	if len(widths) > 2 && lineWidth(widths) > width {
		return writeRecords(w, rows, width)
	}
	for _, row := range rows {
		if err := writeRow(w, row, widths); err != nil {
			return err
		}
	}
	return nil
}

// writeRecords writes each row but the first as lines: its first cell, and below it a line for each other cell, with its heading.
func writeRecords(w io.Writer, rows [][]string, width int) error {
	for _, row := range rows[1:] {
		var cells [][]string
		for i := range row[1:] {
			cells = append(cells, []string{"", rows[0][i+1], row[i+1]})
		}
		if _, err := fmt.Fprintln(w, row[0]); err != nil {
			return err
		}
		widths := columnWidths(cells, width)
		for _, cell := range cells {
			if err := writeRow(w, cell, widths); err != nil {
				return err
			}
		}
	}
	return nil
}

// lineWidth is how wide a line with columns of these widths is.
func lineWidth(widths []int) int {
	total := Columns(gap) * (len(widths) - 1)
	for _, n := range widths {
		total += n
	}
	return total
}

func writeRow(w io.Writer, row []string, widths []int) error {
	cells := make([][]string, len(row))
	height := 0
	for i, text := range row {
		for _, line := range strings.Split(text, "\n") {
			cells[i] = append(cells[i], wrap(strings.Fields(line), widths[i])...)
		}
		height = max(height, len(cells[i]))
	}
	for n := range height {
		var line strings.Builder
		for i, lines := range cells {
			text := ""
			if n < len(lines) {
				text = lines[n]
			}
			line.WriteString(text + strings.Repeat(" ", max(0, widths[i]-Columns(text))) + gap)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// columnWidths are how wide the columns of a table are: as wide as their text, or if that is too much, the widest are narrowed, but
// not below their longest word.
func columnWidths(rows [][]string, width int) []int {
	widths, least := make([]int, len(rows[0])), make([]int, len(rows[0]))
	for i := range widths {
		for _, row := range rows {
			widths[i] = max(widths[i], longest(strings.Split(row[i], "\n")))
			least[i] = max(least[i], longest(strings.Fields(row[i])))
		}
	}
	for total := lineWidth(widths); total > width; total-- {
		widest := -1
		for i, n := range widths {
			if n > least[i] && (widest < 0 || n > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

func longest(texts []string) int {
	widths := make([]int, len(texts))
	for i, text := range texts {
		widths[i] = Columns(text)
	}
	return slices.Max(append(widths, 0))
}
