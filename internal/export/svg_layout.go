package export

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
)

// The measures of a picture, in pixels.
const (
	pictureWidth = 900
	margin       = 20
	gutter       = 30  // left of the lifelines, for the numbers of actions
	hostWidth    = 175 // of the host's column, at most, where columns are crowded
	leastWidth   = 200 // of another column there
	beside       = 14  // from a lifeline to its text
	textSize     = 13.0
	titleSize    = 15.0
	lineHeight   = 18
	titleHeight  = 20
	headHeight   = 26 // of the names of the lifelines
	arrowHeight  = 10
	padding      = 8                  // within a box
	columnRoom   = 2*beside + padding // of a column, besides its text
	rowGap       = 14
)

// characterWidth is the width of a character at a font size of 1. Pictures use fonts whose characters are all equally wide; in
// the widest of the common ones that is 0.602.
const characterWidth = 0.62

// charactersIn is how many characters fit.
func charactersIn(width int, size float64) int { return int(float64(width) / (characterWidth * size)) }

// textWidth is how wide a text is at most.
func textWidth(text string, size float64) int {
	return int(float64(characters(text))*characterWidth*size) + 1
}

// characters counts those of a text. What is not ASCII may come from another font: it counts twice.
func characters(text string) int {
	n := 0
	for _, c := range text {
		n++
		if c > '~' {
			n++
		}
	}
	return n
}

// wrapText breaks a text into lines of at most width characters. A word that is longer than a line is broken. If there are more
// lines than are allowed, the last of those ends with dots.
func wrapText(text string, width, lines int) []string {
	var all []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && characters(line)+1+characters(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			all = append(all, line)
		}
		for line = word; characters(line) > width; {
			head := headOf(line, width)
			all, line = append(all, head), line[len(head):]
		}
	}
	if line != "" {
		all = append(all, line)
	}
	if len(all) > lines {
		all = all[:lines]
		all[lines-1] = headOf(all[lines-1], width-2) + "…"
	}
	return all
}

// headOf is the longest beginning of a text that fits into width characters, and at least one character.
func headOf(text string, width int) string {
	n := 0
	for i, c := range text {
		n++
		if c > '~' {
			n++
		}
		if n > width && i > 0 {
			return text[:i]
		}
	}
	return text
}

// layOut decides where everything is drawn.
func (p *picture) layOut() {
	p.layOutColumns()
	y := p.layOutHead()
	p.top = y
	y += rowGap
	for _, r := range p.rows {
		y = p.layOutRow(r, y) + rowGap
	}
	p.bottom = y
	p.layOutBars()
	p.layOutEnd()
}

// layOutColumns gives each column the width that its texts need, and shares what is left, if all fit. Else the host has what
// it needs up to hostWidth, and the instances share the rest; the picture is wider if that is too little.
func (p *picture) layOutColumns() {
	available := pictureWidth - 2*margin - gutter
	needs := p.needs()
	left := available
	for _, need := range needs {
		left -= need
	}
	if left < 0 {
		needs[0] = min(needs[0], hostWidth)
		share := max(leastWidth, (available-needs[0])/max(1, len(needs)-1))
		for i := range needs[1:] {
			needs[1+i] = share
		}
		left = 0
	}
	x := margin + gutter
	for i := range p.columns {
		width := needs[i] + left/len(needs)
		p.columns[i].x, p.columns[i].width = x+beside, width-columnRoom
		x += width
	}
	p.width = max(pictureWidth, x+margin)
}

// needs is the width of each column in which nothing is wrapped.
func (p *picture) needs() []int {
	needs := make([]int, len(p.columns))
	need := func(column, width int) { needs[column] = max(needs[column], width+columnRoom) }
	for i, c := range p.columns {
		need(i, textWidth(c.actor, textSize)+beside)
	}
	for _, r := range p.rows {
		for _, c := range r.cells {
			need(c.column, textWidth(c.text+arrowText(c.results), textSize))
		}
		for _, c := range r.changes {
			need(c.column, c.chip()+textWidth(c.text(), textSize)+2*padding)
		}
	}
	return needs
}

// layOutHead lays out the trace's first comment as the title, below it the other comments, and below these what was run.
func (p *picture) layOutHead() int {
	inside := p.width - 2*margin
	y := margin
	if comments := p.trace.Comments; len(comments) > 0 {
		p.title = wrapText(comments[0], charactersIn(inside, titleSize), 3)
		y += len(p.title) * titleHeight
		p.comments = wrapText(strings.Join(comments[1:], " "), charactersIn(inside, textSize), 4)
	}
	p.comments = append(p.comments, wrapText(p.about(), charactersIn(inside, textSize), 3)...)
	p.commentsY = y
	return y + len(p.comments)*lineHeight + rowGap + headHeight
}

// about is the world, the variant and the pin that the trace is of, and the sites that are switched off.
func (p *picture) about() string {
	text := fmt.Sprintf("world %s · variant %s · pin %s", p.trace.World.Name, p.trace.Variant.Name, model.Pin)
	for i, site := range p.trace.Without {
		text += []string{" · without ", ", "}[min(i, 1)] + string(site)
	}
	return text
}

// layOutRow lays out a row that begins at y, and returns where it ends.
func (p *picture) layOutRow(r *pictureRow, y int) int {
	r.y = y
	texts := 0
	for i := range r.cells {
		c := &r.cells[i]
		c.wrap(charactersIn(p.columns[c.column].width, textSize))
		texts = max(texts, len(c.wrapped))
	}
	y += texts * lineHeight
	r.arrowY = y + 2
	if len(r.arrows) > 0 {
		y += arrowHeight
	}
	ends := make([]int, len(p.columns))
	for i := range r.changes {
		c := &r.changes[i]
		c.y = y + 4 + ends[c.column]
		c.lines = wrapText(c.text(), charactersIn(p.columns[c.column].width-c.chip()-2*padding, textSize), 3)
		ends[c.column] += c.height() + 4
	}
	return y + slices.Max(ends)
}

func (c *tableChange) height() int { return len(c.lines)*lineHeight + 4 }

// chip is the width of the box of the index.
func (c *tableChange) chip() int { return textWidth(fmt.Sprint(c.index), textSize) + 2*padding }

func (c *tableChange) text() string {
	if c.table == "" {
		return c.what
	}
	return c.what + ", table " + c.table
}

// arrowText is the results as they are written behind an action.
func arrowText(results string) string {
	if results == "" {
		return ""
	}
	return " → " + results
}

// wrap breaks a cell into lines: the action, and the results behind it or in lines of their own.
func (c *cell) wrap(width int) {
	class := "act"
	if c.kind != model.LineAction {
		class = "aside"
	}
	for _, line := range wrapText(c.text, width, 4) {
		c.wrapped = append(c.wrapped, []span{{class, line}})
	}
	if c.results == "" {
		return
	}
	results := arrowText(c.results)
	last := len(c.wrapped) - 1
	if text := c.wrapped[last][0].text; characters(text+results) <= width {
		c.wrapped[last] = append(c.wrapped[last], span{"result", results})
		return
	}
	for _, line := range wrapText(results, width, 3) {
		c.wrapped = append(c.wrapped, []span{{"result", line}})
	}
}

// layOutBars finds where core code of each instance is active: from its first entry until it has left as often.
func (p *picture) layOutBars() {
	active := make([]int, len(p.columns))
	from := make([]int, len(p.columns))
	for _, r := range p.rows {
		for _, c := range r.enters {
			if active[c] == 0 {
				from[c] = r.arrowY
			}
			active[c]++
		}
		for _, c := range r.leaves {
			if active[c]--; active[c] == 0 {
				p.columns[c].bars = append(p.columns[c].bars, bar{from[c], r.arrowY})
			}
		}
	}
	for c := range p.columns {
		if active[c] > 0 {
			p.columns[c].bars = append(p.columns[c].bars, bar{from[c], p.bottom})
		}
	}
}

// layOutEnd lays out the box that says how the trace ended.
func (p *picture) layOutEnd() {
	heading, details := p.ending()
	inside := p.width - 2*margin - 3*padding
	p.heading = wrapText(heading, charactersIn(inside, titleSize), 3)
	for _, d := range details {
		p.details = append(p.details, wrapText(d, charactersIn(inside, textSize), 4)...)
	}
	p.height = p.bottom + p.endHeight() + margin
}

func (p *picture) endHeight() int {
	return len(p.heading)*titleHeight + len(p.details)*lineHeight + 2*padding
}

// ending says how the trace ended: a heading, which is the stop or the violation, and details. A violation that repeats the
// detail of the stop is shortened to the property.
func (p *picture) ending() (heading string, details []string) {
	property, how, _ := strings.Cut(p.trace.Violates, ": ")
	stop := p.stop()
	switch {
	case stop != nil && property != "" && stop.Results != "" && strings.Contains(how, stop.Results):
		return stop.Text, []string{detailOf(stop), "violates " + property}
	case stop != nil && property != "":
		return stop.Text, []string{detailOf(stop), "violates " + p.trace.Violates}
	case stop != nil:
		return stop.Text, []string{detailOf(stop)}
	case property != "":
		return "violates " + property, []string{how}
	}
	return "The trace ends here: nothing stopped it.", nil
}

// detailOf is the detail of a stop. That of an assertion failure is the condition that does not hold.
func detailOf(stop *model.Line) string {
	if strings.HasPrefix(stop.Text, "assertion-failure") {
		return "asserted there: " + stop.Results
	}
	return stop.Results
}

// endClass is the class that styles the end: bad if a property is violated or the specification itself fails, trap if the
// specification stops a guest, fine otherwise.
func (p *picture) endClass() string {
	stop := p.stop()
	switch {
	case p.trace.Violates != "", stop != nil && !strings.HasPrefix(stop.Text, "trap"):
		return "bad"
	case stop != nil:
		return "trap"
	}
	return "fine"
}
