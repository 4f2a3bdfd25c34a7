package upstream

import (
	"fmt"
	"strings"

	"cabi/model"
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

	Before int          // how many actions the run had before it was made smaller
	Trace  *model.Trace // the smaller run on the port; nil: a trace cannot say it
}

// String writes the run: the lines in which the two traces agree, then those of each. Of states it writes the lines that differ.
func (d *Difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %d of seed %d differs at line %d%s (- the port, + definitions.py)\n", d.Run, d.Seed, d.Line+1, d.What)
	if n := len(d.Case.Actions); n < d.Before {
		fmt.Fprintf(&b, "made smaller: %s, from %d\n", model.Counted(n, "action"), d.Before)
	}
	for i := range max(len(d.Port), len(d.Python)) {
		port, python := lineAt(d.Port, i), lineAt(d.Python, i)
		switch {
		case differ(port, python):
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

// writeDifference writes two lines of traces that differ. A state has many lines, of which it writes those that differ; if the other
// line is none, only the first.
func writeDifference(b *strings.Builder, port, python string) {
	ls, rs := strings.Split(port, "\n"), strings.Split(python, "\n")
	if strings.HasPrefix(port, "s ") != strings.HasPrefix(python, "s ") {
		ls, rs = ls[:1], rs[:1]
	}
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
		if differ(lineAt(a, i), lineAt(b, i)) {
			return i
		}
	}
	return -1
}

// unreadState begins the line of a state that the driver cannot write, since this definitions.py has something in it that the pin does not;
// the reason comes next.
const unreadState = "s ? "

// differ reports whether a line of the port's and one of definitions.py differ. A state that could not be written is compared with none.
func differ(port, python string) bool {
	if strings.HasPrefix(python, unreadState) && strings.HasPrefix(port, "s ") {
		return false
	}
	return port != python
}
