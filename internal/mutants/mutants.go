// Package mutants changes a Go package in one place at a time: an operator is another, or a statement is left out. All the changes, the
// mutants, are compiled into one copy of the package, each behind a switch, so that what judges them is built once.
//
// A comparison a < b, for instance, becomes (!mutant(7) && a < b || mutant(7) && a <= b): operands are evaluated as often as before, and
// no type changes. Changes that cannot be switched at run time, as of a constant that others are made of, are Alone: they are built by
// themselves.
package mutants

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cabi/internal/exportdata"
)

// A Mutant is one change.
type Mutant struct {
	ID       int
	File     string // its name, without the directory
	Line     int
	Function string // "Table.add"; empty: outside of functions
	Kind     Kind
	From, To string // the changed part, before and after; To is empty if it is left out
	Nth      int    // of those in the file that are alike; 0: the first
	Alone    bool   // it has no switch

	from, to int // bytes of the file
}

// A Kind is what a mutant changes, by the name that gremlins and others give it.
type Kind string

// The kinds of mutants.
const (
	Boundary    Kind = "CONDITIONALS_BOUNDARY"
	Negation    Kind = "CONDITIONALS_NEGATION"
	Arithmetic  Kind = "ARITHMETIC_BASE"
	Negatives   Kind = "INVERT_NEGATIVES"
	Step        Kind = "INCREMENT_DECREMENT"
	Logical     Kind = "INVERT_LOGICAL"
	Bitwise     Kind = "INVERT_BITWISE"
	Assignment  Kind = "INVERT_ASSIGNMENTS"
	Self        Kind = "REMOVE_SELF_ASSIGNMENTS"
	LoopControl Kind = "INVERT_LOOPCTRL"
	Statement   Kind = "STATEMENT_DELETION"
)

// others are the operators in whose place each is put, by kind.
var others = map[token.Token]map[Kind]token.Token{
	token.EQL: {Negation: token.NEQ}, token.NEQ: {Negation: token.EQL},
	token.LSS: {Boundary: token.LEQ, Negation: token.GEQ}, token.LEQ: {Boundary: token.LSS, Negation: token.GTR},
	token.GTR: {Boundary: token.GEQ, Negation: token.LEQ}, token.GEQ: {Boundary: token.GTR, Negation: token.LSS},
	token.ADD: {Arithmetic: token.SUB}, token.SUB: {Arithmetic: token.ADD}, token.MUL: {Arithmetic: token.QUO},
	token.QUO: {Arithmetic: token.MUL}, token.REM: {Arithmetic: token.MUL},
	token.LAND: {Logical: token.LOR}, token.LOR: {Logical: token.LAND},
	token.AND: {Bitwise: token.OR}, token.OR: {Bitwise: token.AND}, token.XOR: {Bitwise: token.AND}, token.AND_NOT: {Bitwise: token.AND},
	token.SHL: {Bitwise: token.SHR}, token.SHR: {Bitwise: token.SHL},
	token.ADD_ASSIGN: {Assignment: token.SUB_ASSIGN, Self: token.ASSIGN}, token.SUB_ASSIGN: {Assignment: token.ADD_ASSIGN, Self: token.ASSIGN},
	token.MUL_ASSIGN: {Assignment: token.QUO_ASSIGN, Self: token.ASSIGN}, token.OR_ASSIGN: {Assignment: token.AND_ASSIGN, Self: token.ASSIGN},
	token.AND_ASSIGN: {Assignment: token.OR_ASSIGN, Self: token.ASSIGN}, token.SHL_ASSIGN: {Assignment: token.SHR_ASSIGN, Self: token.ASSIGN},
	token.SHR_ASSIGN: {Assignment: token.SHL_ASSIGN, Self: token.ASSIGN},
}

// Name tells a mutant from all others of its package, and stays the same when lines above it come and go.
func (m *Mutant) Name() string {
	name := fmt.Sprintf("%s %s %s: %s", m.File, m.Function, m.Kind, m.From)
	if m.To != "" {
		name += " -> " + m.To
	}
	if m.Nth > 0 {
		name += fmt.Sprintf(" (%d)", m.Nth+1)
	}
	return name
}

// A Schema is a package with all its mutants.
type Schema struct {
	Mutants []*Mutant
	Files   map[string]string // with switches, by name; SwitchFile among them
	texts   map[string]string // as they were
}

// SwitchFile has the switches. The environment says which mutant is chosen: Variable; and where to write which mutants are met, a number a
// line: MetVariable.
const (
	SwitchFile  = "mutants_switch.go"
	Variable    = "CABI_MUTANT"
	MetVariable = "CABI_MUTANTS_MET"
)

//go:embed switch.go.txt
var switches string

// Alone are the texts of the files that a mutant changes, without switches.
func (s *Schema) Alone(m *Mutant) map[string]string {
	text := s.texts[m.File]
	return map[string]string{m.File: text[:m.from] + m.replacement() + text[m.to:]}
}

func (m *Mutant) replacement() string {
	switch m.Kind {
	case Statement:
		return "{}"
	case Boundary, Negation, Arithmetic, Logical, Bitwise, Negatives:
		return "(" + m.To + ")"
	}
	return m.To
}

// Of makes the schema of the package in a directory, without its tests and the files that are left out. Calls of functions whose names
// begin with "assert" are not left out: they do nothing unless something else is wrong.
func Of(dir string, leftOut ...string) (*Schema, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	w := &writer{fset: token.NewFileSet(), schema: &Schema{Files: map[string]string{}, texts: map[string]string{}}, sites: map[ast.Node][]*Mutant{}, alike: map[string]int{}}
	var files []*ast.File
	byName := map[string]*ast.File{}
	for _, path := range names {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(w.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		if !slices.Contains(leftOut, name) {
			byName[name], w.schema.texts[name] = f, string(text)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no Go files", dir)
	}
	w.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if w.pkg, err = exportdata.Check(files[0].Name.Name, w.fset, dir, files, w.info); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		w.find(name, byName[name])
	}
	for name, f := range byName {
		text, err := format.Source([]byte(w.text(f)))
		if err != nil {
			return nil, fmt.Errorf("%s with switches: %w", name, err)
		}
		if strings.Contains(string(text), "mutant(") {
			w.schema.Files[name] = string(text)
		}
	}
	w.schema.Files[SwitchFile] = switchText(files[0].Name.Name)
	return w.schema, nil
}

// switchText is the text of SwitchFile in a package.
func switchText(pkg string) string {
	return "// Not upstream's: the switches of the mutants.\n\npackage " + pkg + "\n" + switches
}

// A writer finds mutants, and writes files with switches.
type writer struct {
	fset   *token.FileSet
	info   *types.Info
	pkg    *types.Package
	schema *Schema
	sites  map[ast.Node][]*Mutant // that have switches
	alike  map[string]int

	file, function string
}

// find finds the mutants of a file.
func (w *writer) find(name string, f *ast.File) {
	w.file = name
	for _, d := range f.Decls {
		w.function = ""
		if fn, is := d.(*ast.FuncDecl); is {
			w.function = nameOf(fn)
		}
		var path []ast.Node
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil {
				path = path[:len(path)-1]
				return true
			}
			w.visit(n, path)
			path = append(path, n)
			return true
		})
	}
}

// visit adds the mutants of a node, which is in those of the path.
func (w *writer) visit(n ast.Node, path []ast.Node) {
	parent := ast.Node(nil)
	if len(path) > 0 {
		parent = path[len(path)-1]
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if t := w.info.Types[n]; !t.IsValue() {
			return // a union of types
		}
		if basic, is := w.typeOf(n).(*types.Basic); is && basic.Info()&types.IsString != 0 {
			return
		}
		for _, kind := range kindsOf(n.Op) {
			w.add(n, path, kind, w.operand(n.X, kind)+" "+others[n.Op][kind].String()+" "+w.operand(n.Y, kind))
		}
	case *ast.UnaryExpr:
		if n.Op == token.SUB {
			w.add(n, path, Negatives, "+"+w.source(n.X))
		}
	case *ast.IncDecStmt:
		other := "--"
		if n.Tok == token.DEC {
			other = "++"
		}
		w.add(n, path, Step, w.source(n.X)+other)
	case *ast.AssignStmt:
		if !inBlock(parent) {
			return
		}
		if basic, is := w.typeOf(n.Lhs[0]).(*types.Basic); n.Tok != token.DEFINE && !(is && basic.Info()&types.IsString != 0) {
			for _, kind := range kindsOf(n.Tok) {
				w.add(n, path, kind, w.source(n.Lhs[0])+" "+others[n.Tok][kind].String()+" "+w.source(n.Rhs[0]))
			}
		}
		if blank, is := n.Lhs[0].(*ast.Ident); n.Tok != token.DEFINE && !(is && blank.Name == "_") {
			w.add(n, path, Statement, "")
		}
	case *ast.ExprStmt:
		if call, is := n.X.(*ast.CallExpr); is && inBlock(parent) && !isAssertion(call) {
			w.add(n, path, Statement, "")
		}
	case *ast.BranchStmt:
		if n.Label == nil && inBlock(parent) && (n.Tok == token.BREAK || n.Tok == token.CONTINUE) && inLoop(path) {
			other := token.BREAK
			if n.Tok == token.BREAK {
				other = token.CONTINUE
			}
			w.add(n, path, LoopControl, other.String())
		}
	}
}

// operand is the text of an operand, which stays one with an operator of another precedence.
func (w *writer) operand(e ast.Expr, kind Kind) string {
	if _, is := e.(*ast.BinaryExpr); is && kind == Bitwise {
		return "(" + w.source(e) + ")"
	}
	return w.source(e)
}

func (w *writer) typeOf(e ast.Expr) types.Type {
	if t := w.info.TypeOf(e); t != nil {
		return t.Underlying()
	}
	return nil
}

// inBlock reports whether a statement of this parent may have an if statement in its place.
func inBlock(parent ast.Node) bool {
	switch parent.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// inLoop reports whether break and continue are both of the same loop.
func inLoop(path []ast.Node) bool {
	for _, n := range slices.Backward(path) {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.FuncLit:
			return false
		}
	}
	return false
}

// isAssertion reports whether leaving a call out is pointless or impossible: it asserts, or panics.
func isAssertion(c *ast.CallExpr) bool {
	name := ""
	switch f := c.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	return strings.HasPrefix(name, "assert") || name == "panic"
}

func kindsOf(t token.Token) []Kind { return slices.Sorted(maps.Keys(others[t])) }

// add adds a mutant.
func (w *writer) add(n ast.Node, path []ast.Node, kind Kind, to string) {
	from := w.source(n)
	m := &Mutant{ID: len(w.schema.Mutants) + 1, File: w.file, Line: w.fset.Position(n.Pos()).Line, Function: w.function, Kind: kind, From: oneLine(from), To: oneLine(to),
		from: w.offset(n.Pos()), to: w.offset(n.End())}
	name := m.Name()
	m.Nth = w.alike[name]
	w.alike[name]++
	m.To = to
	w.schema.Mutants = append(w.schema.Mutants, m)
	if at := w.siteOf(n, path, m); at != nil {
		w.sites[at] = append(w.sites[at], m)
	} else {
		m.Alone = true
	}
}

// siteOf is the node that the switch is put at; nil: there can be none. Of a constant, it is the whole expression.
func (w *writer) siteOf(n ast.Node, path []ast.Node, m *Mutant) ast.Node {
	e, isExpr := n.(ast.Expr)
	if !isExpr || w.info.Types[e].Value == nil {
		if _, isStep := n.(*ast.IncDecStmt); isExpr && !w.switchable(n, m) || isStep && !inBlock(path[len(path)-1]) && w.typeName(n.(*ast.IncDecStmt).X) == "" {
			return nil
		}
		return n
	}
	whole := true // the expressions so far are one constant
	for _, p := range slices.Backward(path) {
		switch p := p.(type) {
		case *ast.ArrayType, *ast.CaseClause:
			return nil
		case *ast.GenDecl:
			if p.Tok == token.CONST {
				return nil
			}
		case ast.Expr:
			if whole && w.info.Types[p].Value != nil {
				e = p
			} else {
				whole = false
			}
		}
	}
	if t := w.typeName(e); t == "" || !w.isValid(t+"("+w.changed(e, m)+")", e) {
		return nil
	}
	return e
}

// switchable reports whether an expression that is no constant can be switched: it is a condition, or it has a type to be named.
func (w *writer) switchable(n ast.Node, m *Mutant) bool {
	if m.Kind == Boundary || m.Kind == Negation || m.Kind == Logical {
		return true
	}
	return w.typeName(n.(ast.Expr)) != ""
}

// typeName is an expression's type as the package names it; empty: it has none that can be written.
func (w *writer) typeName(e ast.Expr) string {
	t := w.info.TypeOf(e)
	if basic, is := t.(*types.Basic); t == nil || is && basic.Info()&types.IsUntyped != 0 {
		return ""
	}
	return types.TypeString(t, func(p *types.Package) string {
		if p == w.pkg {
			return ""
		}
		return p.Name()
	})
}

// changed is the text of an expression with a mutant in it.
func (w *writer) changed(e ast.Expr, m *Mutant) string {
	text := w.schema.texts[w.file]
	return text[w.offset(e.Pos()):m.from] + m.replacement() + text[m.to:w.offset(e.End())]
}

// isValid reports whether an expression can be compiled where another stands.
func (w *writer) isValid(text string, at ast.Expr) bool {
	_, err := types.Eval(w.fset, w.pkg, at.Pos(), text)
	return err == nil
}

func (w *writer) offset(p token.Pos) int { return w.fset.Position(p).Offset }

// source is the text of a node as it is.
func (w *writer) source(n ast.Node) string {
	return w.schema.texts[w.fset.Position(n.Pos()).Filename][w.offset(n.Pos()):w.offset(n.End())]
}

// text is the text of a node with switches.
func (w *writer) text(n ast.Node) string {
	return w.rewritten(n, func(c ast.Node) bool { return w.sites[c] != nil })
}

// inside is the text of a node that has switches of its own, with those in it alone.
func (w *writer) inside(n ast.Node) string {
	return w.rewritten(n, func(c ast.Node) bool { return c != n && w.sites[c] != nil })
}

func (w *writer) rewritten(n ast.Node, isSite func(ast.Node) bool) string {
	begin, end := n.Pos(), n.End()
	whole := w.schema.texts[w.fset.Position(n.Pos()).Filename]
	if f, is := n.(*ast.File); is {
		begin, end = f.FileStart, f.FileEnd
	}
	var b strings.Builder
	at := w.offset(begin)
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || !isSite(c) {
			return true
		}
		b.WriteString(whole[at:w.offset(c.Pos())])
		b.WriteString(w.switched(c))
		at = w.offset(c.End())
		return false
	})
	b.WriteString(whole[at:w.offset(end)])
	return b.String()
}

// switched is the text of a node that has switches of its own.
func (w *writer) switched(n ast.Node) string {
	all := w.sites[n]
	if e, is := n.(ast.Expr); is && w.info.Types[e].Value != nil {
		text := w.source(n)
		for _, m := range all {
			w.file = m.File
			text = fmt.Sprintf("mutantOr[%s](%d, %s, %s)", w.typeName(e), m.ID, text, w.changed(e, m))
		}
		return text
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		x, y, t := w.text(n.X), w.text(n.Y), w.typeName(n)
		switch m := all[0]; m.Kind {
		case Arithmetic:
			helper := "mutantArithmetic"
			if n.Op == token.REM {
				helper = "mutantRemainder"
			}
			return fmt.Sprintf("%s[%s](%d, %q, %s, %s)", helper, t, m.ID, n.Op, x, y)
		case Bitwise:
			helper := "mutantBitwise"
			if n.Op == token.SHL || n.Op == token.SHR {
				return fmt.Sprintf("mutantShift[%s](%d, %q, %s, uint64(%s))", t, m.ID, n.Op, x, y)
			}
			return fmt.Sprintf("%s[%s](%d, %q, %s, %s)", helper, t, m.ID, n.Op, x, y)
		}
		none, one := "", ""
		for _, m := range all {
			none += fmt.Sprintf("!mutant(%d) && ", m.ID)
			one += fmt.Sprintf(" || mutant(%d) && (%s)", m.ID, m.To)
		}
		return fmt.Sprintf("(%s(%s %s %s)%s)", none, x, n.Op, y, one)
	case *ast.UnaryExpr:
		return fmt.Sprintf("mutantNegative[%s](%d, %s)", w.typeName(n), all[0].ID, w.text(n.X))
	case *ast.IncDecStmt:
		x := w.text(n.X)
		return fmt.Sprintf("%s = mutantArithmetic[%s](%d, %q, %s, 1)", x, w.typeName(n.X), all[0].ID, n.Tok.String()[:1], x)
	}
	text := ""
	for _, m := range all {
		text += fmt.Sprintf("if mutant(%d) {\n%s\n} else ", m.ID, m.To)
	}
	return text + "{\n" + w.inside(n) + "\n}"
}

// oneLine is a text on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// nameOf is the name of a function, with the type of its receiver.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	if p, is := t.(*ast.StarExpr); is {
		t = p.X
	}
	if generic, is := t.(*ast.IndexExpr); is {
		t = generic.X
	}
	if id, is := t.(*ast.Ident); is {
		return id.Name + "." + f.Name.Name
	}
	return f.Name.Name
}
