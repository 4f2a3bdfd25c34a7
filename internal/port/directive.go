package port

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// A Root is a set of Go files to check against one manifest.
type Root struct {
	Upstream *Upstream
	FS       fs.FS  // the Go files are those at its top
	Dir      string // how to call that directory in messages
	Pin      string // only the files that say //cabi:pin with this name; empty: those that say none
}

// A declaration is a Go declaration with a directive in its doc comment.
type declaration struct {
	name string // as Go people write it: Table.get, CanonLift, errOverflow
	kind string // func, type or value
	fn   *ast.FuncDecl
}

// A directive is one //cabi: line.
type directive struct {
	verb   string // py or notported
	name   string // the Python definition
	hash   string
	reason string // of notported
	file   string
	pos    position
	decl   *declaration
}

// A position is a place in a Go file.
type position struct {
	line   int
	offset int
}

// A source is one Go file with its directives in the order of the file.
type source struct {
	name       string
	title      Title
	titled     bool // it has a title
	file       *ast.File
	directives []*directive
}

// A reader collects the files of a root and the problems in their directives.
type reader struct {
	Root
	fset     *token.FileSet
	problems []Problem
}

// Pins returns the names of all //cabi:pin lines in the Go files of fsys, in the order of files, each once.
func Pins(fsys fs.FS) ([]string, error) {
	var pins []string
	seen := map[string]bool{"": true}
	err := eachFile(fsys, func(name string, text []byte) error {
		if pin := pinOf(text); !seen[pin] {
			seen[pin] = true
			pins = append(pins, pin)
		}
		return nil
	})
	return pins, err
}

// eachFile calls f for every Go file at the top of fsys that is no test.
func eachFile(fsys fs.FS, f func(name string, text []byte) error) error {
	names, err := fs.Glob(fsys, "*.go")
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_gen.go") {
			continue
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if err := f(name, text); err != nil {
			return err
		}
	}
	return nil
}

var pinLine = regexp.MustCompile(`(?m)^//cabi:pin (\S+)$`)

func pinOf(text []byte) string {
	if m := pinLine.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}

// read parses the files of the root.
func (r *reader) read() ([]*source, error) {
	var sources []*source
	err := eachFile(r.FS, func(name string, text []byte) error {
		if pinOf(text) != r.Pin {
			return nil
		}
		file, err := parser.ParseFile(r.fset, path.Join(r.Dir, name), text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		src := &source{name: name, file: file}
		src.title, src.titled = TitleOf(text)
		r.collect(src)
		sources = append(sources, src)
		return nil
	})
	return sources, err
}

// collect finds the directives of a file and the declarations they are on.
func (r *reader) collect(src *source) {
	docs := declarations(src.file)
	for _, group := range src.file.Comments {
		ports := 0
		for _, c := range group.List {
			text, ok := strings.CutPrefix(c.Text, "//cabi:")
			if !ok {
				continue
			}
			d := r.parse(src, c, text)
			if d == nil {
				continue
			}
			d.decl = docs[group]
			if ports += r.attached(d, c, ports); d.verb == "notported" || d.decl != nil {
				src.directives = append(src.directives, d)
			}
		}
	}
}

// attached complains about a py directive that is not the only one on a declaration. It counts 1 for each of those.
func (r *reader) attached(d *directive, c *ast.Comment, before int) int {
	if d.verb != "py" {
		return 0
	}
	if d.decl == nil {
		r.problem(c.Pos(), "//cabi:py %s stands on nothing: put it in the doc comment of the declaration that ports it", d.name)
	} else if before > 0 {
		r.problem(c.Pos(), "//cabi:py %s is the second directive of one declaration: give it a declaration of its own", d.name)
	}
	return 1
}

// parse reads one directive; nil: it is none to keep.
func (r *reader) parse(src *source, c *ast.Comment, text string) *directive {
	words := strings.Fields(text)
	p := r.fset.Position(c.Pos())
	d := &directive{file: src.name, pos: position{p.Line, p.Offset}}
	switch {
	case len(words) == 3 && words[0] == "py":
	case len(words) > 3 && words[0] == "notported":
		d.reason = strings.Join(words[3:], " ")
	case len(words) == 2 && words[0] == "pin":
		return nil
	default:
		r.problem(c.Pos(), "cannot read %q: write //cabi:py NAME HASH, //cabi:notported NAME HASH REASON or //cabi:pin NAME", c.Text)
		return nil
	}
	d.verb, d.name, d.hash = words[0], words[1], words[2]
	return d
}

func (r *reader) problem(at token.Pos, format string, args ...any) {
	p := r.fset.Position(at)
	r.problems = append(r.problems, Problem{p.Filename, p.Line, fmt.Sprintf(format, args...)})
}

// declarations maps the doc comments of a file to what they document.
func declarations(file *ast.File) map[*ast.CommentGroup]*declaration {
	docs := map[*ast.CommentGroup]*declaration{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			docs[d.Doc] = &declaration{funcName(d), "func", d}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				doc, decl := specDeclaration(spec)
				if !d.Lparen.IsValid() {
					doc = d.Doc
				}
				docs[doc] = decl
			}
		}
	}
	delete(docs, nil)
	return docs
}

func specDeclaration(spec ast.Spec) (*ast.CommentGroup, *declaration) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return s.Doc, &declaration{s.Name.Name, "type", nil}
	case *ast.ValueSpec:
		return s.Doc, &declaration{s.Names[0].Name, "value", nil}
	}
	return nil, nil
}

// funcName returns the name of a function, with the type it is a method of.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}
