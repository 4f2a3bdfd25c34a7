package spec

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// labels are the functions that write a state, by name, and which of their arguments is a label: it is written as text and left out of the bytes.
var labels = map[string]int{"Label": 0, "Number": 0, "Flag": 0, "putNumber": 1, "putObject": 1, "tables": 0, "liveElements": 0, "tableName": 0}

// TestLabelsAreConstant checks that what a Compact state leaves out says nothing: a label is a constant, or the name of the value that the mark before
// it stands for. So no two states have other texts and equal bytes, also where no world has two such states.
func TestLabelsAreConstant(t *testing.T) {
	checked := 0
	for _, dir := range []string{".", "../model", "../properties"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if text, err := os.ReadFile(name); err != nil {
				t.Fatal(err)
			} else if strings.HasSuffix(name, "_test.go") || !strings.Contains(string(text), "StateWriter") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				variable, n := variableLabels(fn)
				checked += n
				for _, call := range variable {
					t.Errorf("%s: what %s writes there is in the text of a state and not in its bytes, and is no constant", fset.Position(call.Pos()), types.ExprString(call))
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d labels", checked)
	}
}

// variableLabels are the calls in a function with a label that is not always the same, and how many calls have a label.
func variableLabels(fn *ast.FuncDecl) (variable []*ast.CallExpr, n int) {
	var marked string // what the last mark stands for
	ast.Inspect(fn, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := types.ExprString(call.Fun)
		if method, ok := call.Fun.(*ast.SelectorExpr); ok {
			if types.ExprString(method.X) != "w" {
				return true
			}
			name = method.Sel.Name
		}
		if name == "Mark" {
			marked = types.ExprString(call.Args[1])
		}
		at, has := labels[name]
		if !has {
			return true
		}
		n++
		switch label := call.Args[at].(type) {
		case *ast.BasicLit:
		case *ast.Ident: // of a function whose callers are looked at
			if _, is := labels[fn.Name.Name]; !is || !slices.ContainsFunc(fn.Type.Params.List, func(p *ast.Field) bool {
				return slices.ContainsFunc(p.Names, func(id *ast.Ident) bool { return id.Name == label.Name })
			}) {
				variable = append(variable, call)
			}
		default:
			if of, is := strings.CutSuffix(types.ExprString(label), ".String()"); !is || marked != "byte("+of+")" {
				variable = append(variable, call)
			}
		}
		return true
	})
	return variable, n
}
