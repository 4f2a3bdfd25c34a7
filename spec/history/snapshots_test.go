package history_test

import (
	"bytes"
	"embed"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"testing"

	"cabi/internal/port"
	"cabi/spec/history/pertype"
	"cabi/spec/history/resourcetable"

	"github.com/google/go-cmp/cmp"
)

// TestSnapshotsDifferAsUpstreamDoes checks that the two packages, which repeat what a64b04e left alone, do so to the letter:
// a definition with the same hash at both commits has the same Go text, one that changed has not, and what is of neither
// commit is the same.
func TestSnapshotsDifferAsUpstreamDoes(t *testing.T) {
	before, after := declarations(t, pertype.Source), declarations(t, resourcetable.Source)
	hashBefore, hashAfter := hashes(t, pertype.Source, "per-type"), hashes(t, resourcetable.Source, "resource-table")
	for name, text := range before {
		was, is := hashBefore[name], hashAfter[name]
		switch {
		case was != "" && is == "": // ResourceTables, which a64b04e removed
			if after[name] != "" {
				t.Errorf("%s is not in definitions.py any more", name)
			}
		case was != is:
			if text == after[name] {
				t.Errorf("%s changed, but its Go text did not", name)
			}
		default:
			if diff := cmp.Diff(text, after[name]); diff != "" {
				t.Errorf("%s is the same at both commits, but its Go text is not:\n%s", name, diff)
			}
		}
	}
	for name := range after {
		if before[name] == "" {
			t.Errorf("%s is new", name)
		}
	}
}

// ours are the declarations that may differ: imports, and the one that names the manifest.
var ours = map[string]bool{"Source": true, "import": true}

var directive = regexp.MustCompile(`(?m)^//cabi:py (\S+) \S+$`)

// declarations are the Go texts of the top level declarations of a package: by the Python name they port or, if they
// port none, by their own.
func declarations(t *testing.T, source embed.FS) map[string]string {
	t.Helper()
	texts := map[string]string{}
	entries, err := source.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == "per-type.json" || entry.Name() == "resource-table.json" {
			continue
		}
		text, err := source.ReadFile(entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, entry.Name(), text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if name := declared(decl); !ours[name] {
				texts[name] = formatted(t, fset, decl)
			}
		}
	}
	return texts
}

// declared names a declaration.
func declared(decl ast.Decl) string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			return orPython(d.Doc, types.ExprString(d.Recv.List[0].Type)+"."+d.Name.Name)
		}
		return orPython(d.Doc, d.Name.Name)
	case *ast.GenDecl:
		switch s := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return orPython(d.Doc, s.Name.Name)
		case *ast.ValueSpec:
			return orPython(d.Doc, s.Names[0].Name)
		}
	}
	return "import"
}

// orPython is the Python name in a doc comment or, if there is none, name.
func orPython(doc *ast.CommentGroup, name string) string {
	if doc != nil {
		for _, c := range doc.List {
			if m := directive.FindStringSubmatch(c.Text); m != nil {
				return m[1]
			}
		}
	}
	return name
}

func formatted(t *testing.T, fset *token.FileSet, decl ast.Decl) string {
	t.Helper()
	var b bytes.Buffer
	if err := format.Node(&b, fset, decl); err != nil {
		t.Fatal(err)
	}
	return directive.ReplaceAllString(b.String(), "//cabi:py $1")
}

// hashes are those of the definitions of a manifest.
func hashes(t *testing.T, source embed.FS, pin string) map[string]string {
	t.Helper()
	upstream, err := port.Load(source, pin)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, def := range upstream.Definitions {
		m[def.Name] = def.Hash
	}
	return m
}
