package main

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"cabi/docs/generated"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
	"cabi/suite"
)

// An example is a trace that the project has, of the reference suite or of a generated page.
type example struct {
	from string // its file
	text string
}

// examples are all of them, in the order of their files.
var examples = sync.OnceValue(func() []example {
	var all []example
	for _, folder := range []struct {
		fs   fs.FS
		path string
	}{{suite.Traces, "suite"}, {generated.Pages, "docs/generated"}} {
		err := fs.WalkDir(folder.fs, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(folder.fs, name)
			all = append(all, examplesIn(path.Join(folder.path, name), string(text))...)
			return err
		})
		if err != nil {
			panic(err) // what is embedded can be read
		}
	}
	return all
})

// block is a block of a page's code that is a trace.
var block = regexp.MustCompile("(?s)```\n(world .*?)```")

// examplesIn are the traces in a file: a trace itself, or a page.
func examplesIn(name, text string) []example {
	switch path.Ext(name) {
	case ".cabi":
		return []example{{name, text}}
	case ".md":
		var all []example
		for _, m := range block.FindAllStringSubmatch(text, -1) {
			all = append(all, example{name, m[1]})
		}
		return all
	}
	return nil
}

// header is the line that says the world and the variant.
func (e example) header() string {
	for line := range strings.Lines(e.text) {
		if strings.HasPrefix(line, "world ") {
			return line
		}
	}
	return ""
}

// variant is the name of the variant that the trace runs under.
func (e example) variant() string {
	_, after, _ := strings.Cut(e.header(), "  variant ")
	name, _, _ := strings.Cut(after, " ")
	return name
}

// atPin reports whether the trace is of the specification as it is: of the pin's variant, with no trap switched off.
func (e example) atPin() bool { return e.variant() == spec.SingleTable.Name && !e.without() }

func (e example) without() bool { return strings.Contains(e.header(), "  without ") }

// violates is the name of the property that the trace violates; empty: none.
func (e example) violates() string {
	_, after, _ := strings.Cut(e.text, "\nviolates ")
	name, _, _ := strings.Cut(after, ":")
	return name
}

// stopped reports whether the specification stops the run.
func (e example) stopped() bool { return stopLine.MatchString(e.text) }

var stopLine = regexp.MustCompile(`(?m)^(trap|crash|assertion-failure) `)

// stoppedAt reports whether the trace ends at a trap.
func (e example) stoppedAt(site string) bool { return strings.Contains(e.text, "\ntrap "+site+": ") }

// acts are the trace's lines with actions: who acts, and how.
func (e example) acts() []string {
	var lines []string
	for line := range strings.Lines(e.text) {
		if m := actionLine.FindStringSubmatch(line); m != nil && m[2] != "enter" && m[2] != "done" {
			lines = append(lines, line)
		}
	}
	return lines
}

// actionLine is a line in which somebody does something: whose it is, and the action.
var actionLine = regexp.MustCompile(`^([^ :]+): (\S+)`)

// shortestExample is the trace with the fewest actions of those that are wanted; nil: there is none.
func shortestExample(wanted func(example) bool) *example {
	var best *example
	for _, e := range examples() {
		if wanted(e) && (best == nil || len(e.acts()) < len(best.acts())) {
			best = &e
		}
	}
	return best
}

// shownBy is an explanation's trace from an example, under a caption that says where it is.
func shownBy(e *example, caption string) *shownTrace {
	return &shownTrace{caption: fmt.Sprintf("%s (%s)", caption, e.from), trace: e.text}
}

// searched finds the trace of a known defect, by a search no deeper than it takes.
func searched(d properties.Defect) *shownTrace {
	w := model.WorldByName(d.World)
	var found *model.Violation
	model.Search{
		World: w, Variant: spec.SingleTable, Properties: []*model.Property{d.Property}, KeepGoing: true,
		Bounds: model.Bounds{Steps: d.Actions}.Or(w.Bounds),
		OnViolation: func(v *model.Violation) {
			if found == nil && v.Kind == d.Kind {
				found = v
			}
		},
		Progress: func(*model.Report) bool { return found == nil },
	}.Run()
	if found == nil {
		return nil
	}
	return &shownTrace{
		caption: fmt.Sprintf("The shortest violation in world %s, found just now", d.World),
		trace:   found.Trace.String(),
	}
}

// A page is a generated page, whose tables say what is known of a name.
type page string

func readPage(name string) page {
	text, err := fs.ReadFile(generated.Pages, name)
	if err != nil {
		panic(err) // what is embedded can be read
	}
	return page(text)
}

// row is what the tables of a page say of a name, by the headings of the columns; nil: no row is of it.
func (p page) row(name string) map[string]string {
	var headings, last []string
	for line := range strings.Lines(string(p)) {
		cells := cellsOf(line)
		switch {
		case cells == nil:
		case strings.HasPrefix(cells[0], "---"):
			headings = last
		case cells[0] == name && len(cells) == len(headings):
			row := map[string]string{}
			for i, h := range headings {
				row[h] = cells[i]
			}
			return row
		}
		last = cells
	}
	return nil
}

// link is a Markdown link.
var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// cellsOf are the cells of a table's line, without Markdown; nil: it is no such line.
func cellsOf(line string) []string {
	line, found := strings.CutPrefix(strings.TrimSpace(line), "|")
	if !found {
		return nil
	}
	line = plainText(strings.TrimSuffix(line, "|"))
	cells := strings.Split(line, "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells
}

// plainText is Markdown without links, emphasis and backquotes.
func plainText(text string) string {
	return strings.NewReplacer("`", "", "**", "").Replace(link.ReplaceAllString(text, "$1"))
}

// item is what a list of a page says of a name: "- `name`: text"; empty: nothing.
func (p page) item(name string) string {
	for line := range strings.Lines(string(p)) {
		if text, found := strings.CutPrefix(line, "- `"+name+"`: "); found {
			return plainText(strings.TrimSpace(text))
		}
	}
	return ""
}
