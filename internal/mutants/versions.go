package mutants

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Version is a package with some of its files changed: their texts, by path. The path of a file may be any name for it.
type Version map[string]string

// Versions compiles several versions of a package into one: a function has the body of each version that changes it, behind a switch, and
// the version's number, which begins at 1, is a mutant's. Those that change anything but bodies of functions are left out, and told by their numbers: they are
// built by themselves. Read reads a file as it is. A version may also add functions, and imports. The file with the switches is to be at the path switches.
func Versions(read func(path string) string, switches string, versions []Version) (files map[string]string, alone []int, err error) {
	merged := map[string]*mergedFile{}
	of := func(path string) (*mergedFile, error) {
		if merged[path] == nil {
			f, err := readDecls(path, read(path))
			if err != nil {
				return nil, err
			}
			merged[path] = &mergedFile{decls: f, bodies: map[string][]body{}}
		}
		return merged[path], nil
	}
	added := map[string]string{} // the texts of functions that versions add, by name
	for i, v := range versions {
		n := i + 1
		changes := map[*mergedFile]*change{}
		for path, text := range v {
			before, err := of(path)
			if err != nil {
				return nil, nil, err
			}
			after, err := readDecls(path, text)
			if err != nil {
				return nil, nil, fmt.Errorf("version %d: %w", n, err)
			}
			changes[before] = before.decls.changes(after)
		}
		if slices.ContainsFunc(slices.Collect(maps.Values(changes)), func(c *change) bool {
			return c == nil || slices.ContainsFunc(slices.Collect(maps.Keys(c.added)), func(name string) bool {
				return added[name] != "" && added[name] != c.added[name]
			})
		}) {
			alone = append(alone, n)
			continue
		}
		for f, c := range changes {
			for name, text := range c.bodies {
				f.bodies[name] = append(f.bodies[name], body{n, text})
			}
			for _, name := range slices.Sorted(maps.Keys(c.added)) {
				if added[name] == "" {
					added[name] = c.added[name]
					f.added = append(f.added, added[name])
				}
			}
			for _, path := range c.imports {
				if !slices.Contains(f.imports, path) {
					f.imports = append(f.imports, path)
				}
			}
		}
	}
	files = map[string]string{}
	for path, f := range merged {
		if len(f.bodies) > 0 {
			text, err := format.Source([]byte(f.text()))
			if err != nil {
				return nil, nil, fmt.Errorf("%s with versions: %w", path, err)
			}
			files[path] = string(text)
		}
		files[switches] = switchText(f.decls.pkg)
	}
	return files, alone, nil
}

// decls are the declarations of a file.
type decls struct {
	pkg       string
	text      string
	functions map[string]function
	imports   []string // their paths, which have no names
	others    []string // texts of all others
	end       int      // of the clause that names the package: a byte
}

type function struct {
	header, body string
	begin, end   int // bytes of the body
	labels       bool
}

func readDecls(path, text string) (*decls, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	d := &decls{pkg: f.Name.Name, text: text, functions: map[string]function{}, end: at(f.Name.End())}
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			fn := function{header: text[at(decl.Pos()):at(decl.Body.Pos())], begin: at(decl.Body.Pos()), end: at(decl.Body.End())}
			fn.body = text[fn.begin:fn.end]
			ast.Inspect(decl.Body, func(n ast.Node) bool {
				_, is := n.(*ast.LabeledStmt)
				fn.labels = fn.labels || is
				return true
			})
			d.functions[nameOf(decl)] = fn
		case *ast.GenDecl:
			if decl.Tok != token.IMPORT {
				d.others = append(d.others, text[at(decl.Pos()):at(decl.End())])
			}
		}
	}
	for _, i := range f.Imports {
		if i.Name != nil {
			d.others = append(d.others, "import "+i.Name.Name+i.Path.Value)
			continue
		}
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return nil, err
		}
		d.imports = append(d.imports, path)
	}
	return d, nil
}

// A change is what a version has otherwise in a file, by names of functions.
type change struct {
	bodies, added map[string]string
	imports       []string
}

// changes is what is otherwise in another version of a file; nil: more than can be behind switches.
func (d *decls) changes(after *decls) *change {
	if !slices.Equal(d.others, after.others) {
		return nil
	}
	c := &change{map[string]string{}, map[string]string{}, nil}
	for name, a := range after.functions {
		b, is := d.functions[name]
		switch {
		case !is:
			c.added[name] = a.header + a.body
		case b.header != a.header || a.body != b.body && (a.labels || b.labels):
			return nil
		case a.body != b.body:
			c.bodies[name] = a.body
		}
	}
	for name := range d.functions {
		if _, is := after.functions[name]; !is {
			return nil
		}
	}
	for _, path := range after.imports {
		if !slices.Contains(d.imports, path) {
			c.imports = append(c.imports, path)
		}
	}
	return c
}

// A mergedFile is a file with all its versions.
type mergedFile struct {
	decls   *decls
	bodies  map[string][]body // that functions have in versions
	added   []string          // functions
	imports []string
}

type body struct {
	version int
	text    string
}

func (f *mergedFile) text() string {
	var b strings.Builder
	at := f.decls.end
	b.WriteString(f.decls.text[:at])
	for _, path := range f.imports {
		fmt.Fprintf(&b, "\n\nimport %q", path)
	}
	for _, name := range slices.SortedFunc(maps.Keys(f.bodies), func(a, b string) int { return f.decls.functions[a].begin - f.decls.functions[b].begin }) {
		fn := f.decls.functions[name]
		b.WriteString(f.decls.text[at:fn.begin])
		b.WriteString("{\n")
		for _, body := range f.bodies[name] {
			fmt.Fprintf(&b, "if mutant(%d) %s else ", body.version, body.text)
		}
		b.WriteString(fn.body + "\n}")
		at = fn.end
	}
	b.WriteString(f.decls.text[at:])
	for _, text := range f.added {
		b.WriteString("\n" + text + "\n")
	}
	return b.String()
}
