package model

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/exportdata"
)

// groups are the groups of files that doc.go describes, each with the groups whose declarations it may use beside its own.
var groups = map[string][]string{
	"common":   {},
	"world":    {"common"},
	"run":      {"common", "world", "host", "property", "source"},
	"host":     {"common", "world", "run", "property", "source"},
	"property": {"common", "world", "run", "host"},
	"source":   {"common", "world", "run", "host", "property"},
	"trace":    {"common", "world", "run", "host", "property", "source"},
	"litmus":   {"common", "world", "run", "host", "property", "trace", "source"},
	"search":   {"common", "world", "run", "host", "property", "trace", "source"},
	"admits":   {"common", "world", "run", "host", "property", "trace", "search", "source"},
}

// groupOf is the group of a file: the beginning of its name.
func groupOf(file string) string {
	name := filepath.Base(file)
	return name[:strings.IndexAny(name, "_.")]
}

// Each file belongs to a group, and uses only the declarations and imports that the group may use.
func TestGroups(t *testing.T) {
	fset := token.NewFileSet()
	files := parsed(t, fset)
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	pkg, err := exportdata.Check("cabi/model", fset, ".", files, info)
	if err != nil {
		t.Fatal(err)
	}
	for id, object := range info.Uses {
		if object.Pkg() != pkg {
			continue
		}
		from, to := groupOf(fset.Position(id.Pos()).Filename), groupOf(fset.Position(object.Pos()).Filename)
		if from != to && !slices.Contains(groups[from], to) {
			t.Errorf("%s: %s is of the group %s, which %s may not use", fset.Position(id.Pos()), id.Name, to, from)
		}
	}
}

// parsed are the files of the package, without its tests.
func parsed(t *testing.T, fset *token.FileSet) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if _, known := groups[groupOf(name)]; !known && name != "doc.go" && name != "groups_test.go" {
			t.Errorf("%s: its name begins with no group", name)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if strings.Contains(i.Path.Value, "cabi/internal/") && groupOf(name) != "search" && groupOf(name) != "source" && (groupOf(name) != "common" || i.Path.Value != `"cabi/internal/nearest"`) {
				t.Errorf("%s imports %s: only search and source may, and common the names that are nearest", name, i.Path.Value)
			}
		}
		files = append(files, f)
	}
	return files
}
