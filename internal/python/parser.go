package python

import (
	"fmt"
	"slices"
	"sync"
)

// A parser makes the syntax tree of a file. It panics with a *Refusal.
type parser struct {
	file   string
	tokens []token
	i      int
	depth  int
	types  []typeParameter // that are known here

	objects bool // the tree has type forms, which are objects of one machine
}

// parse parses a file. Nothing changes a syntax tree, and many machines are made of the same few files, so the trees of the latest are kept: to
// parse takes most of the time that making a machine takes.
func parse(file, src string) ([]statement, error) {
	parsedFiles.Lock()
	defer parsedFiles.Unlock()
	for _, f := range parsedFiles.latest {
		if f.file == file && f.src == src {
			return f.body, nil
		}
	}
	p := &parser{file: file}
	body, err := p.whole(src)
	if err == nil && !p.objects {
		older := max(0, len(parsedFiles.latest)-mostParsed+1)
		parsedFiles.latest = append(slices.Clip(parsedFiles.latest[older:]), parsedFile{file, src, body})
	}
	return body, err
}

var parsedFiles struct {
	sync.Mutex
	latest []parsedFile
}

const mostParsed = 8

type parsedFile struct {
	file, src string
	body      []statement
}

// whole parses the parser's file.
func (p *parser) whole(src string) (body []statement, err error) {
	defer catchRefusal(&err)
	p.tokens = scan(p.file, src)
	for p.peek().kind != endToken {
		body = append(body, p.statement()...)
	}
	return body, nil
}

// catchRefusal turns a panic with a *Refusal into an error.
func catchRefusal(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Refusal:
		*err = r
	default:
		panic(r)
	}
}

func (p *parser) refuse(format string, args ...any) {
	panic(&Refusal{Place{File: p.file, Line: p.line()}, fmt.Sprintf(format, args...)})
}

// deeper counts how deep expressions and blocks nest.
func (p *parser) deeper() func() {
	p.depth++
	if p.depth > 4*maxDepth {
		p.refuse("nested too deeply")
	}
	return func() { p.depth-- }
}

func (p *parser) peek() token  { return p.tokens[p.i] }
func (p *parser) ahead() token { return p.tokens[min(p.i+1, len(p.tokens)-1)] }
func (p *parser) line() int    { return p.tokens[p.i].line }
func (p *parser) here() node   { return node{p.line()} }

func (p *parser) next() token {
	t := p.tokens[p.i]
	if p.i < len(p.tokens)-1 {
		p.i++
	}
	return t
}

func (t token) is(text string) bool {
	return t.text == text && (t.kind == operatorToken || t.kind == nameToken)
}

func (p *parser) is(text string) bool { return p.peek().is(text) }

func (p *parser) accept(text string) bool {
	ok := p.is(text)
	if ok {
		p.next()
	}
	return ok
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.refuse("invalid syntax: %q is expected here, not %s", text, p.peek())
	}
}

func (p *parser) kind(k tokenKind, what string) token {
	if p.peek().kind != k {
		p.refuse("invalid syntax: %s is expected here, not %s", what, p.peek())
	}
	return p.next()
}

var keywords = map[string]bool{
	"False": true, "None": true, "True": true, "and": true, "as": true, "assert": true, "async": true, "await": true, "break": true,
	"class": true, "continue": true, "def": true, "del": true, "elif": true, "else": true, "except": true, "finally": true,
	"for": true, "from": true, "global": true, "if": true, "import": true, "in": true, "is": true, "lambda": true, "nonlocal": true,
	"not": true, "or": true, "pass": true, "raise": true, "return": true, "try": true, "while": true, "with": true, "yield": true,
}

// name reads a name that something is called from here on. Since type parameters are not variables here, none may be called as one.
func (p *parser) name() string {
	name := p.word()
	if _, is := p.typeParameter(name); is {
		p.i--
		p.refuse("%s is a type parameter here, and the subset has no variable of that name in the same place: call one of them otherwise", name)
	}
	return name
}

// word reads a name that is no keyword.
func (p *parser) word() string {
	t := p.kind(nameToken, "a name")
	if keywords[t.text] {
		p.i--
		p.refuse("invalid syntax: %q is a keyword", t.text)
	}
	return t.text
}

func (p *parser) block() []statement {
	p.expect(":")
	if p.peek().kind != newlineToken {
		return p.simpleLine()
	}
	p.next()
	p.kind(indentToken, "an indented block")
	defer p.deeper()()
	var body []statement
	for p.peek().kind != dedentToken {
		body = append(body, p.statement()...)
	}
	p.next()
	return body
}

func (p *parser) statement() []statement {
	t := p.peek()
	if t.is("@") {
		return []statement{p.decorated()}
	}
	if t.kind == nameToken {
		if compound, ok := compounds[t.text]; ok {
			return []statement{compound(p)}
		}
		if t.text == "match" {
			if m := p.match(); m != nil {
				return []statement{m}
			}
		}
	}
	return p.simpleLine()
}

var compounds map[string]func(p *parser) statement

func init() {
	compounds = map[string]func(p *parser) statement{
		"if":    func(p *parser) statement { return p.ifStatement() },
		"while": (*parser).while,
		"for":   (*parser).forLoop,
		"try":   (*parser).try,
		"with":  (*parser).with,
		"def":   func(p *parser) statement { return p.def(nil) },
		"class": func(p *parser) statement { return p.class(nil) },
		"async": func(p *parser) statement { p.refuse("async is outside of the subset"); return nil },
	}
}

func (p *parser) decorated() statement {
	var decorators []expression
	for p.accept("@") {
		decorators = append(decorators, p.named())
		p.kind(newlineToken, "the end of the line")
	}
	if p.is("class") {
		return p.class(decorators)
	}
	if !p.is("def") {
		p.refuse("invalid syntax: a decorator stands before def or class")
	}
	return p.def(decorators)
}

func (p *parser) ifStatement() *ifStmt {
	defer p.deeper()()
	s := &ifStmt{node: p.here()}
	p.next()
	s.test = p.named()
	s.then = p.block()
	if p.is("elif") {
		s.other = []statement{p.ifStatement()}
	} else {
		s.other = p.orElse()
	}
	return s
}

func (p *parser) orElse() []statement {
	if p.accept("else") {
		return p.block()
	}
	return nil
}

func (p *parser) while() statement {
	s := &whileStmt{node: p.here()}
	p.next()
	s.test = p.named()
	s.body = p.block()
	s.other = p.orElse()
	return s
}

func (p *parser) forLoop() statement {
	s := &forStmt{node: p.here()}
	p.next()
	s.target = p.targets()
	p.expect("in")
	s.iter = p.starList()
	s.body = p.block()
	s.other = p.orElse()
	return s
}

func (p *parser) try() statement {
	s := &tryStmt{node: p.here()}
	p.next()
	s.body = p.block()
	for p.is("except") {
		s.handlers = append(s.handlers, p.handler())
	}
	for i, h := range s.handlers {
		if h.kind == nil && i < len(s.handlers)-1 {
			p.refuse("default 'except:' must be last")
		}
	}
	if len(s.handlers) > 0 {
		s.other = p.orElse()
	}
	if p.accept("finally") {
		s.finally = p.block()
	} else if len(s.handlers) == 0 {
		p.refuse("invalid syntax: expected 'except' or 'finally' block")
	}
	return s
}

func (p *parser) handler() handler {
	h := handler{line: p.line()}
	p.next()
	if p.is("*") {
		p.refuse("except* is outside of the subset: write except")
	}
	if !p.is(":") {
		h.kind = p.expr()
		if p.accept("as") {
			h.name = p.name()
		}
	}
	h.body = p.block()
	return h
}

func (p *parser) with() statement {
	s := &withStmt{node: p.here()}
	p.next()
	outer := s
	for {
		s.value = p.expr()
		if p.accept("as") {
			s.target = p.star()
			p.store(s.target)
		}
		if !p.accept(",") {
			break
		}
		defer p.deeper()()
		inner := &withStmt{node: node{s.line}}
		s.body = []statement{inner}
		s = inner
	}
	s.body = p.block()
	return outer
}

func (p *parser) def(decorators []expression) statement {
	s := &funcStmt{node: p.here(), decorators: decorators}
	p.next()
	s.name = p.name()
	defer p.typeParameters()()
	p.expect("(")
	s.params = p.parameters(")", true)
	p.expect(")")
	if p.accept("->") {
		s.returns = p.exprList()
	}
	s.body = p.block()
	return s
}

func (p *parser) class(decorators []expression) statement {
	s := &classStmt{node: p.here(), decorators: decorators}
	p.next()
	s.name = p.name()
	generic := p.is("[")
	defer p.typeParameters()()
	if p.accept("(") {
		for !p.is(")") {
			if p.peek().kind == nameToken && p.ahead().is("=") || p.is("*") || p.is("**") {
				p.refuse("metaclasses, and other keywords and stars among the bases of a class, are outside of the subset")
			}
			s.bases = append(s.bases, p.expr())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	}
	if generic {
		s.bases = append(s.bases, &constExpr{s.node, p.form("Generic")})
	}
	s.body = p.block()
	return s
}

// parameters reads the parameters of a function up to end.
func (p *parser) parameters(end string, annotated bool) *parameters {
	ps := &parameters{}
	seen := map[string]bool{}
	starred := false
	for !p.is(end) {
		switch {
		case p.accept("/"):
			if starred || ps.posOnly > 0 || len(ps.positional) == 0 {
				p.refuse("invalid syntax: '/' is misplaced")
			}
			ps.posOnly = len(ps.positional)
		case p.accept("**"):
			q := p.parameter(seen, annotated, false)
			ps.starStar = &q
		case p.is("*"):
			if starred {
				p.refuse("* argument may appear only once")
			}
			p.next()
			starred = true
			if !p.is(",") {
				q := p.parameter(seen, annotated, false)
				ps.star = &q
			}
		case starred:
			ps.keyword = append(ps.keyword, p.parameter(seen, annotated, true))
		default:
			ps.positional = append(ps.positional, p.positional(ps, seen, annotated))
		}
		if !p.accept(",") || ps.starStar != nil {
			break
		}
	}
	if starred && ps.star == nil && len(ps.keyword) == 0 {
		p.refuse("named arguments must follow bare *")
	}
	return ps
}

func (p *parser) positional(ps *parameters, seen map[string]bool, annotated bool) parameter {
	q := p.parameter(seen, annotated, true)
	if n := len(ps.positional); q.fallback == nil && n > 0 && ps.positional[n-1].fallback != nil {
		p.refuse("non-default argument follows default argument")
	}
	return q
}

func (p *parser) parameter(seen map[string]bool, annotated, fallback bool) parameter {
	q := parameter{line: p.line(), name: p.name()}
	if seen[q.name] {
		p.refuse("duplicate argument '%s' in function definition", q.name)
	}
	seen[q.name] = true
	if annotated && p.accept(":") {
		q.annotation = p.expr()
	}
	if fallback && p.accept("=") {
		q.fallback = p.expr()
	}
	return q
}

// simpleLine reads statements on one line.
func (p *parser) simpleLine() []statement {
	var body []statement
	for {
		body = append(body, p.simple())
		if !p.accept(";") || p.peek().kind == newlineToken {
			break
		}
	}
	p.kind(newlineToken, "the end of the line")
	return body
}

func (p *parser) ends() bool { return p.peek().kind == newlineToken || p.is(";") }

func (p *parser) simple() statement {
	if t := p.peek(); t.kind == nameToken {
		if f, ok := simples[t.text]; ok {
			return f(p)
		}
		if t.text == "type" && p.ahead().kind == nameToken && !keywords[p.ahead().text] {
			return p.typeStatement()
		}
	}
	return p.assignment()
}

var simples map[string]func(p *parser) statement

func init() {
	simples = map[string]func(p *parser) statement{
		"pass":     func(p *parser) statement { s := passStmt{p.here()}; p.next(); return &s },
		"break":    func(p *parser) statement { s := breakStmt{node: p.here()}; p.next(); return &s },
		"continue": func(p *parser) statement { s := breakStmt{node: p.here(), again: true}; p.next(); return &s },
		"return":   (*parser).returns,
		"raise":    (*parser).raise,
		"assert":   (*parser).assert,
		"del":      (*parser).delete,
		"global":   (*parser).scope,
		"nonlocal": (*parser).scope,
		"import":   (*parser).imports,
		"from":     (*parser).fromImport,
	}
}

func (p *parser) returns() statement {
	s := &returnStmt{node: p.here()}
	p.next()
	if !p.ends() {
		s.value = p.starList()
	}
	return s
}

func (p *parser) raise() statement {
	s := &raiseStmt{node: p.here()}
	p.next()
	if !p.ends() {
		s.value = p.expr()
		if p.accept("from") {
			s.cause = p.expr()
		}
	}
	return s
}

func (p *parser) assert() statement {
	s := &assertStmt{node: p.here()}
	p.next()
	s.test = p.expr()
	if p.accept(",") {
		s.message = p.expr()
	}
	return s
}

func (p *parser) delete() statement {
	s := &deleteStmt{node: p.here()}
	p.next()
	for {
		t := p.primary()
		p.store(t)
		s.targets = append(s.targets, t)
		if !p.accept(",") || p.ends() {
			return s
		}
	}
}

func (p *parser) scope() statement {
	s := &scopeStmt{node: p.here(), global: p.is("global")}
	p.next()
	for {
		s.names = append(s.names, p.name())
		if !p.accept(",") {
			return s
		}
	}
}

func (p *parser) imports() statement {
	s := &importStmt{node: p.here()}
	p.next()
	s.as = p.name()
	if s.module = s.as + p.dotted(); p.is(",") {
		p.refuse("the subset imports one module a line: write a line for each")
	}
	if p.accept("as") {
		s.as = p.name()
	} else if s.module == "collections.abc" {
		p.refuse("a package as a value is outside of the subset: write from collections.abc import …")
	}
	return s
}

// dotted reads the rest of the name of a module in a package.
func (p *parser) dotted() (rest string) {
	for p.accept(".") {
		rest += "." + p.word()
	}
	return rest
}

func (p *parser) fromImport() statement {
	s := &importStmt{node: p.here(), from: true}
	p.next()
	if p.is(".") || p.is("...") {
		p.refuse("relative imports are outside of the subset")
	}
	s.module = p.word() + p.dotted()
	p.expect("import")
	if p.accept("*") {
		s.names = []importName{{"*", "*"}}
		return s
	}
	parens := p.accept("(")
	for {
		n := importName{name: p.peek().text}
		n.as = p.name()
		if p.accept("as") {
			n.as = p.name()
		}
		s.names = append(s.names, n)
		if !p.accept(",") || parens && p.is(")") {
			break
		}
	}
	if parens {
		p.expect(")")
	}
	return s
}

// assignment reads an expression, or one of the assignments.
func (p *parser) assignment() statement {
	at := p.here()
	parens := p.is("(")
	e := p.starList()
	switch t := p.peek(); {
	case t.is(":"):
		return p.annotated(at, e, parens)
	case t.is("="):
		return p.assign(at, e)
	case t.kind == operatorToken && len(t.text) > 1 && t.text[len(t.text)-1] == '=':
		if op, ok := binaryOps[t.text[:len(t.text)-1]]; ok {
			return p.augmented(at, e, op)
		}
	}
	if s, ok := e.(*starExpr); ok {
		p.refuseAt(s.line, "can't use starred expression here")
	}
	return &exprStmt{at, e}
}

func (p *parser) annotated(at node, target expression, parens bool) statement {
	switch target.(type) {
	case *nameExpr, *attrExpr, *subscriptExpr:
	default:
		p.refuse("only single target (not tuple or list) can be annotated")
	}
	if parens {
		p.refuse("an annotated target in parentheses is outside of the subset")
	}
	p.store(target)
	p.next()
	s := &annotatedStmt{node: at, target: target, annotation: p.expr()}
	if p.accept("=") {
		s.value = p.starList()
	}
	return s
}

func (p *parser) assign(at node, e expression) statement {
	s := &assignStmt{node: at, value: e}
	for p.accept("=") {
		p.store(s.value)
		if _, ok := s.value.(*starExpr); ok {
			p.refuse("starred assignment target must be in a list or tuple")
		}
		s.targets = append(s.targets, s.value)
		s.value = p.starList()
	}
	if _, ok := s.value.(*starExpr); ok {
		p.refuse("can't use starred expression here")
	}
	return s
}

func (p *parser) augmented(at node, target expression, op binaryOp) statement {
	switch target.(type) {
	case *nameExpr, *attrExpr, *subscriptExpr:
	default:
		p.refuse("this is an illegal expression for augmented assignment")
	}
	p.store(target)
	p.next()
	return &augmentedStmt{node: at, target: target, op: op, value: p.exprList()}
}

func (p *parser) refuseAt(line int, format string, args ...any) {
	panic(&Refusal{Place{File: p.file, Line: line}, fmt.Sprintf(format, args...)})
}

// store checks that an expression can be assigned to.
func (p *parser) store(e expression) {
	switch e := e.(type) {
	case *nameExpr, *attrExpr, *subscriptExpr:
	case *starExpr:
		p.store(e.of)
	case *tupleExpr:
		p.storeAll(e.values)
	case *listExpr:
		p.storeAll(e.values)
	default:
		p.refuse("cannot assign to this expression")
	}
}

func (p *parser) storeAll(values []expression) {
	stars := 0
	for _, v := range values {
		if _, ok := v.(*starExpr); ok {
			stars++
		}
		p.store(v)
	}
	if stars > 1 {
		p.refuse("multiple starred expressions in assignment")
	}
}
