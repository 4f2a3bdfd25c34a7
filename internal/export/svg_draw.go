package export

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"
)

//go:embed picture.css
var pictureStyle string

// draw writes a picture that is laid out.
func (p *picture) draw() string {
	d := &drawing{}
	d.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">`, p.width, p.height)
	d.f("<title>%s</title>", xmlText(fmt.Sprintf("A trace of the Canonical ABI: world %s, variant %s", p.trace.World.Name, p.trace.Variant.Name)))
	d.f("<metadata>%s</metadata>", xmlText(p.trace.String()))
	d.f("<style>\n%s</style>", pictureStyle)
	d.f(`<rect class="page" x="0" y="0" width="%d" height="%d" rx="8"/>`, p.width, p.height)
	p.drawHead(d)
	p.drawLifelines(d)
	for _, r := range p.rows {
		p.drawRow(d, r)
	}
	p.drawEnd(d)
	d.f("</svg>")
	return d.String()
}

// A drawing is the text of an SVG.
type drawing struct{ strings.Builder }

// f writes a line.
func (d *drawing) f(format string, args ...any) {
	fmt.Fprintf(d, format, args...)
	d.WriteByte('\n')
}

// text writes text at its baseline.
func (d *drawing) text(class string, x, y int, text string) {
	d.f(`<text class="%s" x="%d" y="%d">%s</text>`, class, x, y, xmlText(text))
}

// xmlText escapes the characters that are syntax in XML, and replaces those that XML cannot contain.
func xmlText(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case strings.ContainsRune("<>&\"", c):
			fmt.Fprintf(&b, "&#%d;", c)
		case c < ' ' && c != '\n' && c != '\t', c == 0xfffe, c == 0xffff:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (p *picture) drawHead(d *drawing) {
	for i, line := range p.title {
		d.text("title", margin, margin+(i+1)*titleHeight-5, line)
	}
	for i, line := range p.comments {
		d.text("aside", margin, p.commentsY+(i+1)*lineHeight-5, line)
	}
}

// drawLifelines draws the name of each actor, its lifeline, and the bars where its core code is active.
func (p *picture) drawLifelines(d *drawing) {
	for i, c := range p.columns {
		name := headOf(c.actor, charactersIn(c.width, textSize))
		if name != c.actor {
			name = headOf(c.actor, charactersIn(c.width, textSize)-2) + "…"
		}
		d.f(`<g class="%s"><title>%s</title>`, hue(i), xmlText(c.actor))
		d.f(`<line class="life" x1="%[1]d" y1="%[2]d" x2="%[1]d" y2="%[3]d"/>`, c.x, p.top, p.bottom)
		d.f(`<rect class="head" x="%d" y="%d" width="%d" height="%d" rx="5"/>`, c.x-beside, p.top-headHeight, textWidth(name, textSize)+2*beside, headHeight)
		d.text("name", c.x, p.top-8, name)
		for _, b := range c.bars {
			d.f(`<rect class="bar" x="%d" y="%d" width="8" height="%d" rx="2"/>`, c.x-4, b.from, b.to-b.from)
		}
		d.f("</g>")
	}
}

// hue is the class of a column's colour.
func hue(column int) string {
	if column == 0 {
		return "host"
	}
	return fmt.Sprintf("hue%d", (column-1)%4)
}

// drawRow draws a row. Its <title>, which viewers show when the pointer is on the row, is the lines of the trace in full.
func (p *picture) drawRow(d *drawing, r *pictureRow) {
	var lines []string
	for _, c := range r.cells {
		lines = append(lines, c.line)
	}
	d.f("<g><title>%s</title>", xmlText(strings.Join(lines, "\n")))
	if r.number > 0 {
		number := fmt.Sprint(r.number)
		d.text("number", margin+gutter-padding-textWidth(number, textSize), r.y+lineHeight-5, number)
	}
	for _, a := range r.arrows {
		p.drawArrow(d, a, r.arrowY)
	}
	for _, c := range r.cells {
		p.drawCell(d, c, r.y)
	}
	for _, c := range r.changes {
		p.drawChange(d, c)
	}
	d.f("</g>")
}

// drawArrow draws an arrow up to the bar of the column that it leads to.
func (p *picture) drawArrow(d *drawing, a arrow, y int) {
	from, to, sign := p.columns[a.from].x, p.columns[a.to].x, 1
	if to < from {
		sign = -1
	}
	class := "arrow"
	if a.back {
		class = "arrow back"
	}
	from, to = from+4*sign, to-5*sign
	d.f(`<path class="%s" d="M%d %d H%d"/>`, class, from, y, to-6*sign)
	d.f(`<path class="point" d="M%d %d l%d -4 v8 z"/>`, to, y, -8*sign)
}

func (p *picture) drawCell(d *drawing, c cell, y int) {
	for i, line := range c.wrapped {
		var spans strings.Builder
		for _, s := range line {
			fmt.Fprintf(&spans, `<tspan class="%s">%s</tspan>`, s.class, xmlText(s.text))
		}
		d.f(`<text x="%d" y="%d" xml:space="preserve">%s</text>`, p.columns[c.column].x+beside, y+(i+1)*lineHeight-5, spans.String())
	}
}

// drawChange draws an index of a table, and beside it the element, which is struck out if it is gone.
func (p *picture) drawChange(d *drawing, c tableChange) {
	x := p.columns[c.column].x + beside
	class := hue(c.column)
	if c.gone {
		class += " gone"
	}
	width := 0
	for _, line := range c.lines {
		width = max(width, textWidth(line, textSize))
	}
	d.f(`<g class="%s">`, class)
	d.f(`<rect class="what" x="%d" y="%d" width="%d" height="%d" rx="4"/>`, x, c.y, c.chip()+width+2*padding, c.height())
	d.f(`<rect class="chip" x="%d" y="%d" width="%d" height="%d" rx="4"/>`, x, c.y, c.chip(), c.height())
	d.text("index", x+padding, c.y+lineHeight-3, fmt.Sprint(c.index))
	for i, line := range c.lines {
		d.text("element", x+c.chip()+padding, c.y+(i+1)*lineHeight-3, line)
	}
	d.f("</g>")
}

// drawEnd draws the box that says how the trace ended, and a cross on the lifeline of the actor that was stopped.
func (p *picture) drawEnd(d *drawing) {
	heading, details := p.ending()
	d.f(`<g class="%s"><title>%s</title>`, p.endClass(), xmlText(strings.Join(append([]string{heading}, details...), "\n")))
	d.f(`<rect class="end" x="%d" y="%d" width="%d" height="%d" rx="5"/>`, margin, p.bottom, p.width-2*margin, p.endHeight())
	d.f(`<rect class="edge" x="%d" y="%d" width="6" height="%d" rx="3"/>`, margin, p.bottom, p.endHeight())
	y := p.bottom + padding
	for _, line := range p.heading {
		y += titleHeight
		d.text("heading", margin+2*padding, y-5, line)
	}
	for _, line := range p.details {
		y += lineHeight
		d.text("detail", margin+2*padding, y-5, line)
	}
	if last := len(p.rows) - 1; last >= 0 && p.rows[last].stops >= 0 {
		x := p.columns[p.rows[last].stops].x
		d.f(`<circle class="stop" cx="%d" cy="%d" r="8"/><path class="cross" d="M%d %d l7 7 m0 -7 l-7 7"/>`, x, p.bottom, x-3, p.bottom-3)
	}
	d.f("</g>")
}
