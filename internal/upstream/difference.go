package upstream

import (
	"fmt"
	"strings"
)

// A Difference is the first run in which the port and definitions.py do not agree.
type Difference struct {
	Seed   uint64
	Run    int
	What   string // how the run was compared, if not in the usual way
	Case   Case
	Line   int      // the first line that differs
	Port   []string // the trace of the port
	Python []string // the trace of definitions.py
}

// String writes the run: the lines in which the two traces agree, then those of each. Of states it writes the lines that differ.
func (d *Difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %d of seed %d differs at line %d%s (- the port, + definitions.py)\n", d.Run, d.Seed, d.Line+1, d.What)
	for i := range max(len(d.Port), len(d.Python)) {
		port, python := lineAt(d.Port, i), lineAt(d.Python, i)
		switch {
		case port != python:
			writeDifference(&b, port, python)
		case !strings.HasPrefix(port, "s "):
			fmt.Fprintf(&b, "  %s\n", port)
		}
		if d.Line >= 0 && i >= d.Line+shownBeyond {
			fmt.Fprintf(&b, "  …\n")
			break
		}
	}
	return b.String()
}

// shownBeyond is how many lines after the first that differs are written.
const shownBeyond = 6

// writeDifference writes two lines of traces that differ. A state has many lines, of which it writes those that differ.
func writeDifference(b *strings.Builder, port, python string) {
	ls, rs := strings.Split(port, "\n"), strings.Split(python, "\n")
	for i := range max(len(ls), len(rs)) {
		if l, r := lineAt(ls, i), lineAt(rs, i); l != r {
			fmt.Fprintf(b, "- %s\n+ %s\n", l, r)
		}
	}
}

// lineAt is the ith line of a trace, in words if there is none.
func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// firstDifference is the index of the first line in which two traces differ, or -1.
func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if lineAt(a, i) != lineAt(b, i) {
			return i
		}
	}
	return -1
}
