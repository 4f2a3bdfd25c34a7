package diff

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"cabi/internal/page"
)

// A reportPage is a report as data for the page of internal/page: what the text of the report says, and where that shows a trace, both
// versions taking it.
type reportPage struct {
	Old      string    `json:"old"`
	New      string    `json:"new"`
	Summary  string    `json:"summary"`
	Sections []section `json:"sections"`

	players *players
}

// A section is a part of a report.
type section struct {
	Title string  `json:"title"`
	Items []*item `json:"items"`
}

// An item is something that a report says.
type item struct {
	Text  string   `json:"text"`
	Below []*item  `json:"below,omitempty"` // what else there is to say of it
	Shown *twoSide `json:"shown,omitempty"` // nil: there is no trace of it
}

func (p *reportPage) heading(text string) {
	p.Sections = append(p.Sections, section{Title: text, Items: []*item{}})
}

// item adds an item. One that is indented belongs to the one before it.
func (p *reportPage) item(text string) {
	if len(p.Sections) == 0 {
		p.heading("")
	}
	to := &p.Sections[len(p.Sections)-1].Items
	if n := len(*to); strings.HasPrefix(text, " ") && n > 0 {
		to = &(*to)[n-1].Below
	}
	*to = append(*to, &item{Text: strings.TrimSpace(text)})
}

// show has both versions take the trace that shows what the last item says.
func (p *reportPage) show(of sides) {
	items := p.Sections[len(p.Sections)-1].Items
	last := items[len(items)-1]
	if n := len(last.Below); n > 0 {
		last = last.Below[n-1]
	}
	var cannot []string
	last.Shown, cannot = p.players.take(of)
	for _, why := range cannot {
		last.Below = append(last.Below, &item{Text: why})
	}
}

// WriteHTML writes a report as one page, in which each trace of it can be stepped through on both versions side by side. The page needs no
// other file. The versions are those that were compared.
func (r *Report) WriteHTML(w io.Writer, old, new *Version) error {
	p := &reportPage{Old: r.Old, New: r.New, Summary: r.Summary(), Sections: []section{}, players: &players{old: old, new: new}}
	at := &writer{page: p}
	r.writeLacks(at)
	if len(r.Worlds) > 0 {
		r.writeDifferences(at) // what an editor looks for stands first
		r.writeRoundTrips(at)
		r.writeFindings(at)
		r.writePromises(at)
		r.writeBuiltins(at)
		r.writeTraces(at)
		r.writeText(at)
		r.writeBound(at)
	}
	var text strings.Builder
	r.WriteText(&text)
	html, err := page.Alone(map[string]any{"diff": p}, text.String())
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, html)
	return err
}

var noName = regexp.MustCompile(`[^A-Za-z0-9_.]+`)

// TraceFiles are the traces of the report, by the names of files for them.
func (r *Report) TraceFiles() map[string]string {
	files := map[string]string{}
	for i, d := range r.Differences {
		name := fmt.Sprintf("%02d-%s", i+1, fileName(d.Kind))
		files[name+"-old.cabi"], files[name+"-new.cabi"] = d.OldTrace, d.NewTrace
		for k, b := range d.Behind {
			files[fmt.Sprintf("%s-behind-%d-%s.cabi", name, k+1, fileName(b.Property+"-"+b.Kind))] = b.Trace
		}
	}
	for i, t := range r.RoundTrips.apart() {
		files[fmt.Sprintf("round-trip-%02d.cabi", i+1)] = t.Trace
	}
	for _, b := range r.Builtins {
		for _, o := range b.Outcomes {
			files["builtin-"+fileName(b.Name+"-"+o.What)+".cabi"] = o.Trace
		}
	}
	for _, b := range r.Promises {
		files["promise-"+string(b.Verdict)+"-"+fileName(b.Property+"-"+b.Kind)+".cabi"] = b.Trace
	}
	return files
}

func fileName(text string) string {
	text = strings.Trim(noName.ReplaceAllString(text, "-"), "-")
	return text[:min(len(text), 60)]
}
