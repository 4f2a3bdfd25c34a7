package python

import (
	"fmt"
	"slices"
	"strings"
)

type scopeKind uint8

const (
	moduleScope scopeKind = iota
	functionScope
	classScope
)

// A scope is what binds names: a module, a function, or the body of a class. Comprehensions that bind no variable that lives longer
// than they do share the scope they stand in.
type scope struct {
	kind      scopeKind
	name      string
	qualified string
	parent    *scope
	params    []string // in the order of their slots
	bound     map[string]bool
	uses      map[string]bool
	nonlocals map[string]bool
	globals   map[string]bool
	cells     map[string]bool // variables of this scope that inner functions use
	free      map[string]bool // variables of outer functions
	freeList  []string
	children  []*scope
	generator bool
	slots     map[string]int
	line      int
}

// An analysis finds the scopes of a file and what each name in them means.
type analysis struct {
	file   string
	scopes map[any]*scope // of funcStmt, lambdaExpr, classStmt, compExpr
	inline map[*compExpr]map[string]bool
	hidden []map[string]bool // names of the comprehensions around, which share the scope
	future bool              // annotations are not evaluated
	module *scope
}

func newScope(kind scopeKind, name string, parent *scope, line int) *scope {
	s := &scope{kind: kind, name: name, qualified: name, parent: parent, line: line, slots: map[string]int{},
		bound: map[string]bool{}, uses: map[string]bool{}, nonlocals: map[string]bool{}, globals: map[string]bool{},
		cells: map[string]bool{}, free: map[string]bool{}}
	if parent == nil {
		return s
	}
	parent.children = append(parent.children, s)
	switch parent.kind {
	case functionScope:
		s.qualified = parent.qualified + ".<locals>." + name
	case classScope:
		s.qualified = parent.qualified + "." + name
	}
	return s
}

func (a *analysis) refuse(line int, format string, args ...any) {
	panic(&Refusal{Place{File: a.file, Line: line}, fmt.Sprintf(format, args...)})
}

// analyze finds the scopes of a file.
func analyze(file string, body []statement) *analysis {
	a := &analysis{file: file, scopes: map[any]*scope{}, inline: map[*compExpr]map[string]bool{}}
	a.module = newScope(moduleScope, "<module>", nil, 1)
	a.futureImport(body)
	a.statements(body, a.module)
	a.module.resolve(a)
	a.module.layout()
	return a
}

func (a *analysis) futureImport(body []statement) {
	for _, s := range body {
		if i, ok := s.(*importStmt); ok && i.from && i.module == "__future__" {
			a.future = true
		}
	}
}

func (a *analysis) statements(body []statement, s *scope) {
	for _, st := range body {
		a.statement(st, s)
	}
}

func (a *analysis) statement(st statement, s *scope) {
	switch st := st.(type) {
	case *exprStmt:
		a.expr(st.value, s)
	case *assignStmt:
		a.expr(st.value, s)
		a.targets(st.targets, s)
	case *annotatedStmt:
		a.annotated(st, s)
	case *augmentedStmt:
		a.expr(st.value, s)
		a.expr(st.target, s)
		a.target(st.target, s)
	case *returnStmt:
		if s.kind != functionScope {
			a.refuse(st.line, "'return' outside function")
		}
		a.expr(st.value, s)
	case *raiseStmt:
		a.expr(st.value, s)
		a.expr(st.cause, s)
	case *assertStmt:
		a.expr(st.test, s)
		a.expr(st.message, s)
	case *deleteStmt:
		a.targets(st.targets, s)
	case *scopeStmt:
		a.declare(st, s)
	case *importStmt:
		a.imports(st, s)
	default:
		a.compound(st, s)
	}
}

func (a *analysis) compound(st statement, s *scope) {
	switch st := st.(type) {
	case *ifStmt:
		a.expr(st.test, s)
		a.statements(st.then, s)
		a.statements(st.other, s)
	case *whileStmt:
		a.expr(st.test, s)
		a.statements(st.body, s)
		a.statements(st.other, s)
	case *forStmt:
		a.expr(st.iter, s)
		a.target(st.target, s)
		a.statements(st.body, s)
		a.statements(st.other, s)
	case *tryStmt:
		a.try(st, s)
	case *withStmt:
		a.expr(st.value, s)
		a.target(st.target, s)
		a.statements(st.body, s)
	case *funcStmt:
		a.function(st, s)
	case *classStmt:
		a.class(st, s)
	case *matchStmt:
		a.expr(st.subject, s)
		for _, c := range st.cases {
			a.pattern(c.pattern, s)
			a.expr(c.guard, s)
			a.statements(c.body, s)
		}
	}
}

func (a *analysis) annotated(st *annotatedStmt, s *scope) {
	a.expr(st.value, s)
	if !a.future && s.kind != functionScope {
		a.expr(st.annotation, s)
	}
	a.target(st.target, s)
}

func (a *analysis) try(st *tryStmt, s *scope) {
	a.statements(st.body, s)
	for _, h := range st.handlers {
		a.expr(h.kind, s)
		if h.name != "" {
			a.bind(h.name, s, h.line)
		}
		a.statements(h.body, s)
	}
	a.statements(st.other, s)
	a.statements(st.finally, s)
}

func (a *analysis) imports(st *importStmt, s *scope) {
	if !st.from {
		a.bind(st.as, s, st.line)
		return
	}
	for _, n := range st.names {
		if n.name != "*" {
			a.bind(n.as, s, st.line)
		} else if s.kind != moduleScope {
			a.refuse(st.line, "import * only allowed at module level")
		}
	}
}

func (a *analysis) declare(st *scopeStmt, s *scope) {
	for _, name := range st.names {
		switch {
		case s.bound[name] || s.uses[name]:
			a.refuse(st.line, "name '%s' is used or assigned to before its declaration, or is a parameter", name)
		case st.global:
			s.globals[name] = true
		case s.kind == moduleScope:
			a.refuse(st.line, "nonlocal declaration not allowed at module level")
		default:
			s.nonlocals[name] = true
		}
		if s.globals[name] && s.nonlocals[name] {
			a.refuse(st.line, "name '%s' is nonlocal and global", name)
		}
	}
}

// bind says that the scope assigns to a name.
func (a *analysis) bind(name string, s *scope, line int) {
	a.mangled(name, s, line)
	if s.kind == classScope && name != "__match_args__" {
		a.special(name, line)
	}
	switch {
	case s.globals[name]:
	case s.nonlocals[name]:
		s.uses[name] = true
	default:
		s.bound[name] = true
	}
}

// mangled refuses the names that a class mangles.
func (a *analysis) mangled(name string, s *scope, line int) {
	if !strings.HasPrefix(name, "__") || strings.HasSuffix(name, "__") {
		return
	}
	for ; s != nil; s = s.parent {
		if s.kind == classScope {
			a.refuse(line, "a private name in a class (%s) is outside of the subset: begin it with one underscore", name)
		}
	}
}

func (a *analysis) targets(es []expression, s *scope) {
	for _, e := range es {
		a.target(e, s)
	}
}

// target visits what is assigned to.
func (a *analysis) target(e expression, s *scope) {
	switch e := e.(type) {
	case nil:
	case *nameExpr:
		if !a.isHidden(e.name) {
			a.bind(e.name, s, e.line)
		}
	case *tupleExpr:
		a.targets(e.values, s)
	case *listExpr:
		a.targets(e.values, s)
	case *starExpr:
		a.target(e.of, s)
	default:
		a.expr(e, s)
	}
}

func (a *analysis) isHidden(name string) bool {
	return slices.ContainsFunc(a.hidden, func(m map[string]bool) bool { return m[name] })
}

func (a *analysis) function(st *funcStmt, s *scope) {
	a.bind(st.name, s, st.line)
	a.exprs(st.decorators, s)
	f := a.parameters(st, st.name, st.params, s, st.line)
	if !a.future {
		a.expr(st.returns, s)
	}
	a.statements(st.body, f)
}

// parameters makes the scope of a function.
func (a *analysis) parameters(key any, name string, ps *parameters, s *scope, line int) *scope {
	all := append(slices.Clone(ps.positional), ps.keyword...)
	if ps.star != nil {
		all = append(all, *ps.star)
	}
	if ps.starStar != nil {
		all = append(all, *ps.starStar)
	}
	f := newScope(functionScope, name, s, line)
	for _, q := range all {
		a.expr(q.fallback, s)
		if !a.future {
			a.expr(q.annotation, s)
		}
		a.mangled(q.name, s, q.line)
		f.params = append(f.params, q.name)
		f.bound[q.name] = true
	}
	a.scopes[key] = f
	return f
}

func (a *analysis) class(st *classStmt, s *scope) {
	a.bind(st.name, s, st.line)
	a.exprs(st.decorators, s)
	a.exprs(st.bases, s)
	c := newScope(classScope, st.name, s, st.line)
	a.scopes[st] = c
	hidden := a.hidden
	a.hidden = nil
	a.statements(st.body, c)
	a.hidden = hidden
}

func (a *analysis) exprs(es []expression, s *scope) {
	for _, e := range es {
		a.expr(e, s)
	}
}

func (a *analysis) expr(e expression, s *scope) {
	switch e := e.(type) {
	case nil, *constExpr:
	case *nameExpr:
		if !a.isHidden(e.name) {
			a.mangled(e.name, s, e.line)
			s.uses[e.name] = true
		}
	case *attrExpr:
		a.mangled(e.name, s, e.line)
		a.expr(e.of, s)
	case *callExpr:
		a.expr(e.fn, s)
		a.exprs(e.args, s)
		for _, k := range e.keywords {
			a.expr(k.value, s)
		}
	case *lambdaExpr:
		a.expr(e.body, a.parameters(e, "<lambda>", e.params, s, e.line))
	case *compExpr:
		a.comprehension(e, s)
	case *namedExpr:
		a.expr(e.value, s)
		a.walrus(e, s)
	case *yieldExpr:
		if s.kind != functionScope || len(a.hidden) > 0 {
			a.refuse(e.line, "'yield' outside function")
		}
		s.generator = true
		a.expr(e.value, s)
	default:
		a.plain(e, s)
	}
}

func (a *analysis) walrus(e *namedExpr, s *scope) {
	if a.isHidden(e.name.name) {
		a.refuse(e.line, "assignment expression cannot rebind comprehension iteration variable '%s'", e.name.name)
	}
	if s.kind == classScope && len(a.hidden) > 0 || s.name == "<genexpr>" || s.name == "<comprehension>" {
		a.refuse(e.line, "an assignment expression in a comprehension with functions or in a class is outside of the subset")
	}
	a.bind(e.name.name, s, e.line)
}

// plain visits expressions that only hold others.
func (a *analysis) plain(e expression, s *scope) {
	for _, x := range parts(e) {
		a.expr(x, s)
	}
}

// parts are the expressions directly in one that binds nothing.
func parts(e expression) []expression {
	switch e := e.(type) {
	case *attrExpr:
		return []expression{e.of}
	case *callExpr:
		es := append([]expression{e.fn}, e.args...)
		for _, k := range e.keywords {
			es = append(es, k.value)
		}
		return es
	case *binaryExpr:
		return []expression{e.left, e.right}
	case *unaryExpr:
		return []expression{e.of}
	case *boolExpr:
		return e.values
	case *compareExpr:
		return e.values
	case *ifExpr:
		return []expression{e.test, e.then, e.other}
	case *listExpr:
		return e.values
	case *tupleExpr:
		return e.values
	case *setExpr:
		return e.values
	case *dictExpr:
		return append(slices.Clone(e.keys), e.values...)
	case *subscriptExpr:
		return []expression{e.of, e.index}
	case *sliceExpr:
		return []expression{e.lower, e.upper, e.step}
	case *formatExpr:
		var es []expression
		for _, p := range e.parts {
			es = append(es, p.value)
			if p.spec != nil {
				es = append(es, p.spec)
			}
		}
		return es
	case *starExpr:
		return []expression{e.of}
	case *yieldExpr:
		return []expression{e.value}
	case *namedExpr:
		return []expression{e.name, e.value}
	}
	return nil
}

// comprehension decides whether a comprehension shares the scope it stands in.
func (a *analysis) comprehension(e *compExpr, s *scope) {
	a.expr(e.clauses[0].iter, s)
	if e.kind != generatorComp && s.kind != classScope && !makesFunctions(e) {
		names := map[string]bool{}
		for _, c := range e.clauses {
			targetNames(c.target, names)
		}
		a.inline[e] = names
		a.hidden = append(a.hidden, names)
		a.clauses(e, s)
		a.hidden = a.hidden[:len(a.hidden)-1]
		return
	}
	name := "<comprehension>"
	if e.kind == generatorComp {
		name = "<genexpr>"
	}
	f := newScope(functionScope, name, s, e.line)
	f.params = []string{".0"}
	f.bound[".0"] = true
	f.generator = e.kind == generatorComp
	a.scopes[e] = f
	hidden := a.hidden
	a.hidden = nil
	a.clauses(e, f)
	a.hidden = hidden
}

func (a *analysis) clauses(e *compExpr, s *scope) {
	for i, c := range e.clauses {
		a.target(c.target, s)
		if i > 0 {
			a.expr(c.iter, s)
		}
		a.exprs(c.ifs, s)
	}
	a.expr(e.key, s)
	a.expr(e.value, s)
}

func targetNames(e expression, into map[string]bool) {
	switch e := e.(type) {
	case *nameExpr:
		into[e.name] = true
	case *tupleExpr:
		for _, x := range e.values {
			targetNames(x, into)
		}
	case *listExpr:
		for _, x := range e.values {
			targetNames(x, into)
		}
	case *starExpr:
		targetNames(e.of, into)
	}
}

// makesFunctions tells whether a comprehension holds a function that may keep its variables.
func makesFunctions(e *compExpr) bool {
	for i, c := range e.clauses {
		if i > 0 && holdsFunction(c.iter) || holdsFunction(c.target) || slices.ContainsFunc(c.ifs, holdsFunction) {
			return true
		}
	}
	return holdsFunction(e.key) || holdsFunction(e.value)
}

func holdsFunction(e expression) bool {
	switch e := e.(type) {
	case nil:
		return false
	case *lambdaExpr:
		return true
	case *compExpr:
		return e.kind == generatorComp || makesFunctions(e) || holdsFunction(e.clauses[0].iter)
	}
	return slices.ContainsFunc(parts(e), holdsFunction)
}

func (a *analysis) pattern(q pattern, s *scope) {
	switch q := q.(type) {
	case *valuePattern:
		a.expr(q.value, s)
	case *capturePattern:
		a.bindPattern(q.name, s, q.line)
	case *starPattern:
		a.bindPattern(q.name, s, q.line)
	case *asPattern:
		a.pattern(q.of, s)
		a.bindPattern(q.name, s, q.line)
	case *orPattern:
		a.patterns(q.of, s)
	case *sequencePattern:
		a.patterns(q.of, s)
	case *classPattern:
		a.expr(q.class, s)
		a.patterns(q.args, s)
	}
}

func (a *analysis) patterns(qs []pattern, s *scope) {
	for _, q := range qs {
		a.pattern(q, s)
	}
}

func (a *analysis) bindPattern(name string, s *scope, line int) {
	if name != "" {
		a.bind(name, s, line)
	}
}

// resolve finds which names of inner functions are variables of outer ones.
func (s *scope) resolve(a *analysis) {
	for name := range s.nonlocals {
		if !s.lookup(name) {
			a.refuse(s.line, "no binding for nonlocal '%s' found", name)
		}
	}
	for name := range s.uses {
		s.lookup(name)
	}
	for _, k := range s.children {
		k.resolve(a)
	}
}

// lookup tells whether a name is a variable of an outer function.
func (s *scope) lookup(name string) bool {
	if s.kind == moduleScope || s.globals[name] || s.bound[name] {
		return false
	}
	for o := s.parent; o != nil; o = o.parent {
		if o.kind != functionScope || o.globals[name] && !o.bound[name] {
			if o.kind == functionScope {
				return false
			}
			continue
		}
		if o.bound[name] {
			o.cells[name] = true
			for m := s; m != o; m = m.parent {
				m.free[name] = true
			}
			return true
		}
	}
	return false
}

// layout gives each variable its slot in the frame: parameters, other variables, variables of outer functions.
func (s *scope) layout() {
	for _, p := range s.params {
		s.slots[p] = len(s.slots)
	}
	if s.kind == functionScope {
		for _, name := range sorted(s.bound) {
			if _, ok := s.slots[name]; !ok {
				s.slots[name] = len(s.slots)
			}
		}
	}
	s.freeList = sorted(s.free)
	for _, name := range s.freeList {
		s.slots[name] = len(s.slots)
	}
	for _, k := range s.children {
		k.layout()
	}
}

func sorted(m map[string]bool) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// specialMethods are those that the machine knows. Others would be called by CPython and not here, so they are refused.
var specialMethods = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`init eq ne lt le gt ge len bool getitem setitem delitem contains iter next call enter exit repr str
		post_init slots add sub mul truediv floordiv mod and or xor lshift rshift radd rsub rmul rand ror rxor neg invert int index`) {
		specialMethods["__"+name+"__"] = true
	}
}

func (a *analysis) special(name string, line int) {
	if strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__") && !specialMethods[name] {
		a.refuse(line, "%s in a class is outside of the subset", name)
	}
}
