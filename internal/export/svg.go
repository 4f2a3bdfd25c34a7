package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	steps "cabi/internal/step"
	"cabi/model"
)

// maxPictureLines is how many lines a trace may have to be drawn. A longer picture cannot be read at one glance.
const maxPictureLines = 60

// SVG writes a trace as one picture: a lifeline for the host and for each instance that takes part, the actions from top to
// bottom with their results, arrows where core code is entered and where calls end, the changes of the handle tables, and how
// the trace ended. The text of the trace is in <metadata>. A trace of too many lines is an error.
func SVG(t *model.Trace) (string, error) {
	if n := len(t.Lines); n > maxPictureLines {
		return "", fmt.Errorf("a picture shows at most %d lines, and the trace has %d: make it smaller with cabi shrink, or convert it --to html", maxPictureLines, n)
	}
	made, states, err := recordStates(t)
	if err != nil {
		return "", err
	}
	p := &picture{trace: made, id: t.ID(), columns: columnsOf(made, states), waiting: map[string][]int{}}
	p.addRows(states)
	p.layOut()
	return p.draw(), nil
}

// A picture is a trace that is drawn. It gets its columns and rows first, then the places of everything, then it is written.
type picture struct {
	trace   *model.Trace
	id      string
	columns []column
	rows    []*pictureRow
	waiting map[string][]int // the columns of calls that have not entered core code yet, by function
	width   int
	height  int
	top     int // of the lifelines
	bottom  int // of the lifelines

	title, comments, heading, details []string // as they are wrapped
	commentsY                         int
}

// A column is the lifeline of an actor, and the room to the right of it, where the actor's lines are.
type column struct {
	actor string
	x     int // of the lifeline
	width int // of the text
	bars  []bar
}

// A bar is the part of a lifeline where core code of the instance is active.
type bar struct{ from, to int }

// A pictureRow is an action and, in the columns beside it, the entries into core code and the ends of calls that follow it.
type pictureRow struct {
	number  int // of the action; 0: it has none
	cells   []cell
	arrows  []arrow
	changes []tableChange
	enters  []int // columns whose core code is entered
	leaves  []int // columns whose core code returns
	stops   int   // the column in which the run is stopped; -1: it goes on

	y, arrowY int
}

// A cell is one line of the trace in a row.
type cell struct {
	column  int
	kind    model.LineKind
	line    string // the whole line
	text    string
	results string
	wrapped [][]span // the text and the results, by lines
}

// A span is a part of a line of text, and the class that styles it.
type span struct{ class, text string }

// An arrow leads from one column to another.
type arrow struct {
	from, to int
	back     bool // a call ends
}

// A tableChange is one index of a table that a row changed: a new or changed element, or one that is gone.
type tableChange struct {
	column int
	table  string // which of the instance's tables; empty: it has one
	index  uint64
	what   string // the element, or the one that is gone
	gone   bool

	lines []string // as it is wrapped
	y     int
}

// columnsOf are the columns of the host and of each instance that acts, or that has a handle.
func columnsOf(t *model.Trace, states []state) []column {
	columns := []column{{actor: model.Host}}
	for _, i := range t.World.Instances {
		acts := slices.ContainsFunc(t.Lines, func(l model.Line) bool { return l.Actor == i.Name })
		has := slices.ContainsFunc(states, func(s state) bool {
			return slices.ContainsFunc(s.Tables, func(t table) bool { return t.Instance == i.Name && len(t.Entries) > 0 })
		})
		if acts || has {
			columns = append(columns, column{actor: i.Name})
		}
	}
	return columns
}

func (p *picture) column(actor string) int {
	return slices.IndexFunc(p.columns, func(c column) bool { return c.actor == actor })
}

// addRows makes the rows of the trace. An entry or an end joins the row of the action before it if its column is free there.
func (p *picture) addRows(states []state) {
	first, number := 0, 0
	for i, l := range p.trace.Lines {
		if l.Kind == model.LineStop {
			break
		}
		last := len(p.rows) - 1
		if l.Kind == model.LineAction || last < 0 || p.rows[last].has(p.column(l.Actor)) {
			p.rows = append(p.rows, &pictureRow{stops: -1})
			first = i
			last++
		}
		row := p.rows[last]
		if l.Kind == model.LineAction {
			number++
			row.number = number
		}
		p.addLine(row, i)
		row.changes = p.changesBetween(states[first], states[i+1])
	}
	p.markStop(states[first], states[len(states)-1])
}

// has reports whether a column of the row is taken.
func (r *pictureRow) has(column int) bool {
	return slices.ContainsFunc(r.cells, func(c cell) bool { return c.column == column })
}

// addLine adds a line of the trace to a row.
func (p *picture) addLine(row *pictureRow, i int) {
	l := p.trace.Lines[i]
	at := p.column(l.Actor)
	text := l.Text
	switch l.Kind {
	case model.LineEnter:
		text = "enter " + text
		row.enters = append(row.enters, at)
		if from := p.caller(i); from != at {
			row.arrows = append(row.arrows, arrow{from: from, to: at})
		}
	case model.LineDone:
		text = "done " + text
		if from := p.column(instanceOf(calledBy(l))); from >= 0 && from != at {
			row.arrows = append(row.arrows, arrow{from: from, to: at, back: true})
		}
	case model.LineAction:
		if word, _, _ := strings.Cut(text, " "); word == "return" || word == "throw" {
			row.leaves = append(row.leaves, at)
		}
		if function := calledBy(l); function != "" {
			p.waiting[function] = append(p.waiting[function], at)
		}
	}
	row.cells = append(row.cells, cell{column: at, kind: l.Kind, line: l.String(), text: text, results: p.results(l)})
}

// calledBy is the function that an action calls; empty: it is no call.
func calledBy(l model.Line) string {
	words := strings.Fields(l.Text)
	if len(words) > 1 && (words[0] == "call" || words[0] == "invoke") {
		return words[1]
	}
	return ""
}

// instanceOf is the instance of a function.
func instanceOf(function string) string {
	name, _, _ := strings.Cut(function, ".")
	return name
}

// caller is the column from which the core code of a line is entered: that of the first call of the function that has not been
// entered yet. If there is none, it is that of the line before (a resource.drop enters a destructor), or that of the host for
// the first line, since the host calls the functions that a world starts with.
func (p *picture) caller(i int) int {
	function, _, _ := strings.Cut(p.trace.Lines[i].Text, " ")
	if waiting := p.waiting[function]; len(waiting) > 0 {
		p.waiting[function] = waiting[1:]
		return waiting[0]
	}
	if i > 0 {
		return p.column(p.trace.Lines[i-1].Actor)
	}
	return 0
}

// results are the results of a line, with upstream's words for packed numbers.
func (p *picture) results(l model.Line) string {
	if l.Kind == model.LineEnter {
		return l.Results
	}
	return cmp.Or(steps.Means(p.trace.World, l), l.Results)
}

// changesBetween are the differences between the tables of two states.
func (p *picture) changesBetween(before, after state) []tableChange {
	var changes []tableChange
	for _, t := range after.Tables {
		old := before.entriesOf(t.Name)
		at := tableChange{column: p.column(t.Instance), table: strings.TrimPrefix(t.Name, t.Instance+".handles")}
		for _, e := range t.Entries {
			if !slices.Contains(old, e) {
				at.index, at.what, at.gone = e.Index, e.What, false
				changes = append(changes, at)
			}
		}
		for _, e := range old {
			if !slices.ContainsFunc(t.Entries, func(n entry) bool { return n.Index == e.Index }) {
				at.index, at.what, at.gone = e.Index, e.What, true
				changes = append(changes, at)
			}
		}
	}
	return changes
}

// entriesOf are the entries of a table.
func (s state) entriesOf(name string) []entry {
	for _, t := range s.Tables {
		if t.Name == name {
			return t.Entries
		}
	}
	return nil
}

// markStop marks the column of the last row as the one in which the run was stopped. The changes of that row are those up to
// the stop.
func (p *picture) markStop(before, after state) {
	if last := len(p.rows) - 1; last >= 0 && p.stop() != nil {
		row := p.rows[last]
		row.stops = row.cells[len(row.cells)-1].column
		row.changes = p.changesBetween(before, after)
	}
}

// stop is the line that says how the run was stopped; nil: nothing stopped it.
func (p *picture) stop() *model.Line {
	lines := p.trace.Lines
	if len(lines) == 0 || lines[len(lines)-1].Kind != model.LineStop {
		return nil
	}
	return &lines[len(lines)-1]
}
