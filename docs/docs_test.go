// Package docs has no code: its tests keep true what the pages say of files, pages and names.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are the pages that people write or read first.
func pages(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../*.md", "*[a-z].md", "generated/*.md", "../*/README.md", "../suite/traces/*.md"} {
		files = append(files, must(filepath.Glob(pattern))...)
	}
	if len(files) < 20 {
		t.Fatalf("there are %d pages, want more", len(files))
	}
	return files
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)

// Every link to a file leads to one.
func TestLinks(t *testing.T) {
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(withoutCode(read(t, page)), -1) {
			target, _, _ := strings.Cut(m[1]+m[2], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), target)); err != nil {
				t.Errorf("%s links to %s, which is not there", page, target)
			}
		}
	}
}

var path = regexp.MustCompile("`((?:cmd|component|docs|examples|internal|model|properties|shrink|spec|suite|tools)/[\\w./*-]*)`")

// Every file and folder that a page names is there.
func TestPaths(t *testing.T) {
	for _, page := range pages(t) {
		for _, m := range path.FindAllStringSubmatch(read(t, page), -1) {
			if len(must(filepath.Glob("../"+m[1]))) == 0 {
				t.Errorf("%s names %s, which is not there", page, m[1])
			}
		}
	}
}

// docs/README.md lists every page.
func TestPagesAreListed(t *testing.T) {
	list := read(t, "README.md")
	for _, pattern := range []string{"*.md", "*.json", "generated/*.md"} {
		for _, page := range must(filepath.Glob(pattern)) {
			if page != "README.md" && strings.Count(list, "]("+page+")") != 1 {
				t.Errorf("docs/README.md does not list %s once", page)
			}
		}
	}
}

var goName = regexp.MustCompile("`(spec|model|properties|shrink|suite|component)\\.([A-Z][\\w.]*)`")

// Every Go name in the glossary, and in the other pages, exists.
func TestNames(t *testing.T) {
	names := map[string][]string{}
	checked := 0
	for _, page := range pages(t) {
		for _, m := range goName.FindAllStringSubmatch(read(t, page), -1) {
			if names[m[1]] == nil {
				names[m[1]] = declared(t, folder(m[1]))
			}
			if !slices.Contains(names[m[1]], m[2]) {
				t.Errorf("%s names %s.%s, which does not exist", page, m[1], m[2])
			}
			checked++
		}
	}
	if checked < 20 {
		t.Errorf("the pages have %d Go names, want the glossary's 20 at least", checked)
	}
}

// folder is where a package is.
func folder(name string) string {
	if name == "suite" {
		return "../internal/suite"
	}
	return "../" + name
}

// Every entry of the glossary has a meaning here, with a Go name.
func TestGlossaryHasNames(t *testing.T) {
	entries := 0
	for entry := range strings.SplitSeq(read(t, "glossary.md"), "\n\n") {
		if strings.HasPrefix(entry, "**") {
			entries++
			if !goName.MatchString(entry) {
				t.Errorf("no Go name: %s", entry)
			}
		}
	}
	if entries < 15 {
		t.Errorf("the glossary has %d entries, want fifteen", entries)
	}
}

// The README says that spec needs the standard library alone.
func TestSpecNeedsTheStandardLibraryAlone(t *testing.T) {
	for _, file := range sources(t, "../spec") {
		for _, i := range file.Imports {
			if strings.Contains(i.Path.Value, ".") || strings.HasPrefix(i.Path.Value, `"cabi`) {
				t.Errorf("spec imports %s", i.Path.Value)
			}
		}
	}
}

// declared are the exported names of a package: its types with their fields and methods, functions, variables and constants.
func declared(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for _, file := range sources(t, dir) {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				names = append(names, receiver(d)+d.Name.Name)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					names = append(names, declaredBy(s)...)
				}
			}
		}
	}
	return names
}

func declaredBy(s ast.Spec) (names []string) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			names = append(names, name.Name)
		}
	case *ast.TypeSpec:
		names = append(names, s.Name.Name)
		ast.Inspect(s.Type, func(n ast.Node) bool {
			if field, is := n.(*ast.Field); is {
				for _, name := range field.Names {
					names = append(names, s.Name.Name+"."+name.Name)
				}
			}
			return true
		})
	}
	return names
}

// receiver is "T." of a method of T or *T, and "" of a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	at := d.Recv.List[0].Type
	if star, is := at.(*ast.StarExpr); is {
		at = star.X
	}
	if name, is := at.(*ast.Ident); is {
		return name.Name + "."
	}
	return "?."
}

// sources are the files of a package that are not tests.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	var files []*ast.File
	for _, name := range must(filepath.Glob(dir + "/*.go")) {
		if !strings.HasSuffix(name, "_test.go") {
			files = append(files, must(parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)))
		}
	}
	if len(files) == 0 {
		t.Fatalf("%s has no sources", dir)
	}
	return files
}

// withoutCode is a page without its code blocks, which may have brackets of their own.
func withoutCode(page string) string {
	return regexp.MustCompile("(?sm)^```.*?^```").ReplaceAllString(page, "")
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
