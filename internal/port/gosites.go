package port

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// A GoSite is a call in the port that stands for a trap or an assert of definitions.py.
type GoSite struct {
	Name     string // such as Table.get/bounds
	Function string // the Python definition
	Ordinal  int    // among the traps and asserts of that definition, from 1
	Kind     string
	Sentence string // what went wrong, a format string perhaps
	File     string
	GoLine   int
	Line     int // in definitions.py
	pos      token.Pos
}

// siteName is the shape of a site's name: the Python definition, a slash, and one word on what is guarded.
var siteName = regexp.MustCompile(`^([A-Za-z_<][\w.<>#]*)/\S+$`)

// goSites lists the sites in a function declaration, in the order of the source. Wrappers such as trapIf itself get
// the name as a parameter: a call without a literal is no site.
func (r *reader) goSites(fn *ast.FuncDecl, function string) []GoSite {
	var found []GoSite
	ast.Inspect(fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := r.goSite(call, function); ok {
				found = append(found, s)
			}
		}
		return true
	})
	return found
}

func (r *reader) goSite(call *ast.CallExpr, function string) (GoSite, bool) {
	kind := callKind(call)
	if kind == "" {
		return GoSite{}, false
	}
	for i, arg := range call.Args {
		name, ok := literal(arg)
		m := siteName.FindStringSubmatch(name)
		if !ok || m == nil {
			continue
		}
		if m[1] != function {
			r.foreignSite(arg, name, function)
			return GoSite{}, false
		}
		p := r.fset.Position(call.Pos())
		s := GoSite{Name: name, Function: function, Kind: kind, File: p.Filename, GoLine: p.Line, pos: call.Pos()}
		s.Sentence = r.sentence(call, i+1, name)
		return s, true
	}
	return GoSite{}, false
}

// ownPrefix begins the names of the traps that variants add: definitions.py has no counterpart to them.
const ownPrefix = "variant/"

func (r *reader) foreignSite(arg ast.Expr, name, function string) {
	if function == "" && strings.HasPrefix(name, ownPrefix) {
		return
	}
	if function == "" {
		r.problem(arg.Pos(), "site %q stands in a function that ports nothing: move it to the function that ports %s", name, strings.SplitN(name, "/", 2)[0])
		return
	}
	r.problem(arg.Pos(), "site %q stands in the port of %s: name it %s/…, or move it where it belongs", name, function, function)
}

// sentence returns the literal after the name of a site.
func (r *reader) sentence(call *ast.CallExpr, i int, name string) string {
	if i < len(call.Args) {
		if s, ok := literal(call.Args[i]); ok && s != "" {
			return s
		}
	}
	r.problem(call.Pos(), "site %q has no sentence: write one as a string literal right after its name", name)
	return ""
}

// callKinds are the prefixes of the names of functions that trap or assert. Those of isA, isAnEnd and isAWaitable trap if
// an element is of another class.
var callKinds = map[string]string{"trap": KindTrap, "isA": KindTrap, "assert": KindAssert}

// callKind is the kind of site that a call is, by the name of the function called; empty: it is none.
func callKind(call *ast.CallExpr) string {
	name := calledName(call.Fun)
	for prefix, kind := range callKinds {
		if strings.HasPrefix(name, prefix) {
			return kind
		}
	}
	return ""
}

func calledName(f ast.Expr) string {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.IndexExpr: // of a generic function
		return calledName(f.X)
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
