package port

import (
	"cmp"
	"fmt"
	"go/token"
	"path"
	"slices"
)

// A Problem is one way in which the port differs from the manifest, and what to do about it.
type Problem struct {
	File    string
	Line    int
	Message string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message) }

// A Ported is a definition and its Go counterpart.
type Ported struct {
	Definition *Definition
	Go         string // the declaration, such as Table.get
	File       string
	Line       int
}

// A NotPorted is a definition that deliberately has no counterpart.
type NotPorted struct {
	Definition *Definition
	Reason     string
	File       string
	Line       int
}

// A Report is the outcome of Check, each list in the order of definitions.py, the problems in that of the Go files.
type Report struct {
	Upstream  *Upstream
	Ported    []Ported
	NotPorted []NotPorted
	Sites     []GoSite
	Problems  []Problem
}

// A checker compares the directives of a root with its manifest.
type checker struct {
	reader
	index   map[string]int
	sources []*source
	first   map[string]*directive // by Python name
	home    map[string]string     // heading → the file it belongs in
	report  *Report
}

// Check reads the Go files of root and compares them with its manifest: every definition ported or said not to be,
// once, with the recorded hash, in upstream's order and under upstream's heading, which the first line of each file names,
// and every trap and assert in its place. The error is about files that cannot be read.
func Check(root Root) (*Report, error) {
	c := &checker{
		reader: reader{Root: root, fset: token.NewFileSet()},
		index:  root.Upstream.lookup(),
		first:  map[string]*directive{},
		report: &Report{Upstream: root.Upstream},
	}
	var err error
	if c.sources, err = c.read(); err != nil {
		return nil, err
	}
	c.checkNames()
	c.home = c.homes()
	c.checkTitles()
	for _, src := range c.sources {
		c.checkHeadings(src)
		c.checkOrder(src)
	}
	c.checkSites()
	c.checkMissing()
	return c.finish(), nil
}

func (c *checker) finish() *Report {
	slices.SortStableFunc(c.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	c.report.Problems = c.problems
	return c.report
}

// at reports a problem with a directive.
func (c *checker) at(d *directive, format string, args ...any) {
	c.problems = append(c.problems, Problem{path.Join(c.Dir, d.file), d.pos.line, fmt.Sprintf(format, args...)})
}

// definition returns what the directive names; checkNames has dropped those that name nothing.
func (c *checker) definition(d *directive) *Definition {
	return c.Upstream.Definitions[c.index[d.name]]
}

// checkNames complains about unknown names, doubles, stale hashes and the wrong kind of declaration. Directives that
// name nothing, or what is ported elsewhere, are dropped.
func (c *checker) checkNames() {
	for _, src := range c.sources {
		src.directives = slices.DeleteFunc(src.directives, func(d *directive) bool { return !c.checkName(d) })
	}
}

func (c *checker) checkName(d *directive) bool {
	if _, ok := c.index[d.name]; !ok {
		c.at(d, "definitions.py has no %s: correct the name", d.name)
		return false
	}
	if e := c.first[d.name]; e != nil {
		c.at(d, "%s stands a second time, first at %s:%d: keep one", d.name, path.Join(c.Dir, e.file), e.pos.line)
		return false
	}
	c.first[d.name] = d
	def := c.definition(d)
	if d.hash == Unfilled {
		c.at(d, "%s has no hash yet, recorded is %s: run cabi port --upstream DIR --fill", d.name, def.Hash)
	} else if d.hash != def.Hash {
		c.at(d, "%s has the hash %s, recorded is %s: compare with definitions.py:%d, then write that hash", d.name, d.hash, def.Hash, def.Line)
	}
	if d.verb == "py" && !fits(def.Kind, d.decl.kind) {
		c.at(d, "%s is a %s of definitions.py, but stands on a Go %s", d.name, def.Kind, d.decl.kind)
	}
	return true
}

// fits reports whether a definition of that kind may be ported as a Go declaration of that kind.
func fits(python, golang string) bool {
	switch python {
	case KindClass:
		return golang == "type"
	case KindConst:
		return golang != "func"
	default:
		return golang == "func"
	}
}

// ports returns the py directives of a file.
func (s *source) ports() []*directive {
	var ports []*directive
	for _, d := range s.directives {
		if d.verb == "py" {
			ports = append(ports, d)
		}
	}
	return ports
}

// checkMissing complains about definitions without a directive, and fills the lists of the report.
func (c *checker) checkMissing() {
	var previous *directive
	for _, def := range c.Upstream.Definitions {
		d := c.first[def.Name]
		switch {
		case d == nil:
			c.missing(def, previous)
			continue
		case d.verb == "notported":
			c.report.NotPorted = append(c.report.NotPorted, NotPorted{def, d.reason, path.Join(c.Dir, d.file), d.pos.line})
		default:
			c.report.Ported = append(c.report.Ported, Ported{def, d.decl.name, path.Join(c.Dir, d.file), d.pos.line})
		}
		previous = d
	}
}

// missing points at the place where def should stand: after what comes before it in definitions.py, in its file.
// If no file ports the heading yet, it points at the line of the manifest.
func (c *checker) missing(def *Definition, previous *directive) {
	p := Problem{File: path.Join(c.Dir, ManifestName(c.Pin)), Line: manifestLine(c.index[def.Name])}
	if home := c.home[def.Heading]; home != "" {
		p.File, p.Line = path.Join(c.Dir, home), 1
	}
	if previous != nil && c.definition(previous).Heading == def.Heading {
		p.File, p.Line = path.Join(c.Dir, previous.file), previous.pos.line
	}
	p.Message = fmt.Sprintf("%s (definitions.py:%d, %q) is missing: port it with //cabi:py %[1]s %[4]s, or say why not with //cabi:notported %[1]s %[4]s REASON",
		def.Name, def.Line, def.Heading, def.Hash)
	c.problems = append(c.problems, p)
}
