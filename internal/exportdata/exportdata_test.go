package exportdata

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

func parsed(t *testing.T, fset *token.FileSet, text string) []*ast.File {
	t.Helper()
	f, err := parser.ParseFile(fset, "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return []*ast.File{f}
}

// A package of the standard library and one of this module are imported, with what their declarations refer to.
func TestImporter(t *testing.T) {
	fset := token.NewFileSet()
	files := parsed(t, fset, "package x\nimport (\"cabi/spec\"; \"strings\")\nvar s, _, ok = strings.Cut(spec.Store{}.State(), \"\")\n")
	imports, err := Importer(fset, ".", files)
	if err != nil {
		t.Fatal(err)
	}
	var complaints []error
	config := types.Config{Importer: imports, Error: func(err error) { complaints = append(complaints, err) }}
	pkg, _ := config.Check("x", fset, files, nil)
	// The method of a pointer cannot be called on what has no address: the checker knows State, and where it belongs.
	if len(complaints) != 1 || !strings.Contains(complaints[0].Error(), "cannot call pointer method State on spec.Store") {
		t.Errorf("%v", complaints)
	}
	if ok := pkg.Scope().Lookup("ok"); ok == nil || ok.Type() != types.Typ[types.Bool] {
		t.Errorf("ok is %v", ok)
	}
}

// A package that does not exist is an error that names it.
func TestNoSuchPackage(t *testing.T) {
	fset := token.NewFileSet()
	if _, err := Importer(fset, ".", parsed(t, fset, "package x\nimport \"cabi/spek\"\n")); err == nil || !strings.Contains(err.Error(), "cabi/spek") {
		t.Errorf("%v", err)
	}
}
