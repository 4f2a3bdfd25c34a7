package port

import (
	"path"
	"regexp"
)

// A Title is what the first line of a Go file of the port says of the file.
type Title struct {
	Heading string // the heading of definitions.py that the file ports; empty: none
	Purpose string // what a file that ports nothing is for
}

var titleLine = regexp.MustCompile(`\A// (?:definitions\.py, "([^"\n]+)"|Not upstream's: ([^\n]+))\n`)

// TitleOf reads the first line of a Go file; false: it is no title.
func TitleOf(text []byte) (Title, bool) {
	m := titleLine.FindSubmatch(text)
	if m == nil {
		return Title{}, false
	}
	return Title{Heading: string(m[1]), Purpose: string(m[2])}, true
}

// checkTitles complains about files of the pin itself whose first line does not say which heading they port, or that they
// port none.
func (c *checker) checkTitles() {
	if c.Pin != "" {
		return
	}
	for _, src := range c.sources {
		if message := c.titleProblem(src); message != "" {
			c.problems = append(c.problems, Problem{path.Join(c.Dir, src.name), 1, message})
		}
	}
}

// titleProblem is what is wrong with the first line of a file; empty: nothing.
func (c *checker) titleProblem(src *source) string {
	own, want := "", "// Not upstream's: what the file is for"
	if ports := src.ports(); len(ports) > 0 {
		own = c.fileHeading(src, ports)
		want = `// definitions.py, "` + own + `"`
	}
	switch {
	case !src.titled:
		return "the first line does not say what of definitions.py the file ports: write " + want + " and a blank line"
	case src.title.Heading != own && src.title.Heading != "" && !c.isHeading(src.title.Heading):
		return `definitions.py has no heading "` + src.title.Heading + `": write ` + want
	case src.title.Heading != own:
		return "the first line is not true of the definitions in the file: write " + want
	case src.file.Doc != nil && c.fset.Position(src.file.Doc.Pos()).Line == 1:
		return "Go takes the first line for the documentation of the package: put a blank line below it"
	}
	return ""
}

// isHeading reports whether definitions stand under a heading.
func (c *checker) isHeading(heading string) bool {
	for _, d := range c.Upstream.Definitions {
		if d.Heading == heading {
			return true
		}
	}
	return false
}
