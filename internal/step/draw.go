package step

import (
	"fmt"
	"io"
	"strings"
)

// Draw draws a view in lines of at most width columns, as far as words are no longer. If before is not nil, what is not as in it is marked
// with a star. At most so many options of the menu are listed.
func (v *View) Draw(w io.Writer, before *View, width, options int) {
	d := &drawing{w: w, width: width}
	for _, line := range v.Happened {
		d.line("  ", "    ", line)
	}
	for i, c := range v.Choices {
		d.line("  ", "    ", fmt.Sprintf("choice %d: %s took %d of 0 to %d", i+1, c.Site, c.Chosen, c.Candidates-1))
	}
	for _, broken := range v.Violated {
		d.line("  ", "    ", "violates "+broken)
	}
	if len(v.Happened)+len(v.Choices)+len(v.Violated) > 0 {
		fmt.Fprintln(w)
	}
	if v.Stopped != "" {
		d.line("", "  ", "stopped: "+v.Stopped)
		d.line("", "  ", "`why` explains it; `back` goes on from before.")
		return
	}
	old := map[string]bool{}
	if before != nil {
		for _, row := range before.rows() {
			old[row.key()] = true
		}
	}
	for _, row := range v.rows() {
		d.row(row, before != nil && !old[row.key()])
	}
	if v.Acts == "" {
		d.line("", "  ", "Nobody can do anything: the run has ended.")
		return
	}
	fmt.Fprintln(w)
	v.drawMenu(d, options)
}

// A row is a row of the drawing of the instances.
type row struct{ instance, table, index, text string }

func (r row) key() string { return r.instance + "\x00" + r.table + "\x00" + r.index + "\x00" + r.text }

// rows are the rows of the instances and of who waits for what.
func (v *View) rows() (rows []row) {
	for _, i := range v.Instances {
		if len(i.State) > 0 {
			rows = append(rows, row{i.Name, "", "", strings.Join(i.State, ", ")})
		}
		for _, t := range i.Tables {
			for _, s := range t.Slots {
				rows = append(rows, row{i.Name, t.Name, fmt.Sprint(s.Index), s.Element})
			}
			if len(t.Free) > 0 {
				rows = append(rows, row{i.Name, t.Name, "free", strings.Trim(fmt.Sprint(t.Free), "[]")})
			}
		}
	}
	for _, text := range v.Waiting {
		rows = append(rows, row{"", "", "", text})
	}
	return rows
}

func (v *View) drawMenu(d *drawing, most int) {
	fmt.Fprintf(d.w, "%s may:\n", v.Acts)
	for i, o := range v.Menu {
		if i == most {
			fmt.Fprintf(d.w, "      and %d more: `menu` lists all\n", len(v.Menu)-i)
			break
		}
		text := o.Action
		switch {
		case o.Stops != "":
			text += "  -> stops at " + o.Stops
		case o.Broken != "":
			property, _, _ := strings.Cut(o.Broken, ":")
			text += "  -> violates " + property
		}
		d.line(fmt.Sprintf("%4d  ", i+1), "        ", text)
	}
}

// A drawing is lines that are drawn.
type drawing struct {
	w     io.Writer
	width int
	last  row
}

// line draws a line, or if it is too long several, of which those after the first are indented.
func (d *drawing) line(first, indent, text string) {
	at := first
	for _, word := range strings.Fields(text) {
		if len(at)+1+len(word) > d.width && strings.TrimSpace(at) != "" {
			fmt.Fprintln(d.w, strings.TrimRight(at, " "))
			at = indent
		}
		if at != first && at != indent {
			at += " "
		}
		at += word
	}
	fmt.Fprintln(d.w, strings.TrimRight(at, " "))
}

// row draws a row. The names of the instance and the table are left out where they are those of the row before.
func (d *drawing) row(r row, isNew bool) {
	instance, table := r.instance, r.table
	if r.instance == d.last.instance {
		instance = ""
		if r.table == d.last.table {
			table = ""
		}
	}
	d.last = r
	star := " "
	if isNew {
		star = "*"
	}
	switch {
	case r.instance == "":
		d.line(star+" ", "    ", r.text)
	case r.table == "":
		d.line(fmt.Sprintf("%s %-6s", star, instance), "        ", r.text)
	default:
		d.line(fmt.Sprintf("%s %-6s%-10s %4s  ", star, instance, table, r.index), strings.Repeat(" ", 24), r.text)
	}
}
