package port

import (
	"fmt"
	"go/ast"
	"slices"
)

// checkSites compares the traps and asserts of each ported function with Python's.
func (c *checker) checkSites() {
	found := map[string][]GoSite{}
	for _, src := range c.sources {
		c.collectSites(src, found)
	}
	c.checkUnique(found)
	for _, def := range c.Upstream.Definitions {
		if d := c.first[def.Name]; d != nil && d.verb == "py" {
			c.compareSites(d, def, found[def.Name])
		}
	}
}

func (c *checker) collectSites(src *source, found map[string][]GoSite) {
	function := map[*ast.FuncDecl]string{}
	for _, d := range src.ports() {
		if d.decl.fn != nil {
			function[d.decl.fn] = d.name
		}
	}
	for _, d := range src.file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			name := function[fn]
			found[name] = append(found[name], c.goSites(fn, name)...)
		}
	}
}

// checkUnique complains about two sites of one name.
func (c *checker) checkUnique(found map[string][]GoSite) {
	for _, def := range c.Upstream.Definitions {
		first := map[string]GoSite{}
		for _, s := range found[def.Name] {
			if f, ok := first[s.Name]; ok {
				c.problem(s.pos, "site %q stands a second time, first at %s:%d: rename or remove one", s.Name, f.File, f.GoLine)
				continue
			}
			first[s.Name] = s
		}
	}
}

// compareSites complains about the first site of a function that differs from Python's, by kind or by recorded name,
// and adds the sites to the report.
func (c *checker) compareSites(d *directive, def *Definition, got []GoSite) {
	if i, message := mismatch(def, got); message != "" {
		c.siteProblem(d, got, i, message)
	}
	for i, s := range got {
		s.Ordinal = i + 1
		if i < len(def.Sites) {
			s.Line = def.Sites[i].Line
		}
		c.report.Sites = append(c.report.Sites, s)
	}
}

// siteProblem reports at the site in question or, where there is none, at the declaration.
func (c *checker) siteProblem(d *directive, got []GoSite, i int, message string) {
	if i < len(got) {
		c.problem(got[i].pos, "%s", message)
		return
	}
	c.at(d, "%s", message)
}

// mismatch returns the first place at which got differs from the sites of def, and what is wrong there.
func mismatch(def *Definition, got []GoSite) (int, string) {
	for i, want := range def.Sites {
		where := fmt.Sprintf("the %s of definitions.py:%d, site %d of %s", want.Kind, want.Line, i+1, def.Name)
		switch {
		case i >= len(got):
			return i, where + ", is missing: port it" + tally(def, got)
		case got[i].Kind != want.Kind:
			return i, fmt.Sprintf("here belongs %s, but this is the %s %q%s", where, got[i].Kind, got[i].Name, tally(def, got))
		case want.Name != "" && got[i].Name != want.Name:
			return i, fmt.Sprintf("here belongs %s, recorded as %q, but this is %q: %s", where, want.Name, got[i].Name, remedy(def, got, want.Name))
		}
	}
	if n := len(def.Sites); len(got) > n {
		return n, fmt.Sprintf("%q is one too many, after the last site of %s: remove it%s", got[n].Name, def.Name, tally(def, got))
	}
	return 0, ""
}

// remedy says what to do about a site that was expected: it was moved, dropped or renamed.
func remedy(def *Definition, got []GoSite, name string) string {
	if slices.ContainsFunc(got, func(s GoSite) bool { return s.Name == name }) {
		return "put them back in order"
	}
	return "bring it back, or if it was renamed on purpose run cabi sites --record" + tally(def, got)
}

func tally(def *Definition, got []GoSite) string {
	if len(def.Sites) == len(got) {
		return ""
	}
	return fmt.Sprintf(" (%d in Python, %d here)", len(def.Sites), len(got))
}

// RecordSiteNames writes the names of the sites of a report without problems into its manifest, so that from then on
// a site that changed places with another of its kind is noticed too. Names that were recorded before are replaced.
func RecordSiteNames(root Root) (*Report, error) {
	for _, def := range root.Upstream.Definitions {
		for i := range def.Sites {
			def.Sites[i].Name = ""
		}
	}
	report, err := Check(root)
	if err != nil {
		return nil, err
	}
	index := root.Upstream.lookup()
	for _, s := range report.Sites {
		if def := root.Upstream.Definitions[index[s.Function]]; s.Ordinal <= len(def.Sites) {
			def.Sites[s.Ordinal-1].Name = s.Name
		}
	}
	return report, nil
}
