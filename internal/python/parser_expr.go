package python

import "slices"

// targets reads what a for statement or a comprehension assigns to.
func (p *parser) targets() expression {
	at := p.here()
	var es []expression
	tuple := false
	for {
		e := p.target()
		p.store(e)
		es = append(es, e)
		if !p.accept(",") {
			break
		}
		tuple = true
		if p.is("in") {
			break
		}
	}
	if !tuple {
		return es[0]
	}
	return &tupleExpr{at, es}
}

func (p *parser) target() expression {
	if at := p.here(); p.accept("*") {
		return &starExpr{at, p.primary()}
	}
	return p.primary()
}

// starList reads expressions with commas, of which some may have a star, or a yield.
func (p *parser) starList() expression {
	if p.is("yield") {
		return p.yield()
	}
	return p.list(p.star)
}

// exprList reads an expression, or a tuple without parentheses.
func (p *parser) exprList() expression {
	if p.is("yield") {
		return p.yield()
	}
	return p.list(p.expr)
}

func (p *parser) list(one func() expression) expression {
	at := p.here()
	e := one()
	if !p.is(",") {
		return e
	}
	es := []expression{e}
	for p.accept(",") {
		if t := p.peek(); p.ends() || t.is("=") || t.is(")") || t.is("]") || t.is(":") || t.is("}") {
			break
		}
		es = append(es, one())
	}
	return &tupleExpr{at, es}
}

// star reads an expression that may be assigned to a name, or a starred one.
func (p *parser) star() expression {
	if at := p.here(); p.accept("*") {
		return &starExpr{at, p.binary(1)}
	}
	return p.named()
}

func (p *parser) yield() expression {
	e := &yieldExpr{node: p.here()}
	p.next()
	if p.is("from") {
		p.refuse("yield from is outside of the subset: write a for statement that yields")
	}
	if !p.ends() && !p.is(")") && !p.is("]") && !p.is("}") && !p.is("=") && !p.is(",") {
		e.value = p.starList()
	}
	return e
}

// named reads an expression, or name := expression.
func (p *parser) named() expression {
	if p.is("yield") {
		return p.yield()
	}
	e := p.expr()
	if n, ok := e.(*nameExpr); ok && p.accept(":=") {
		return &namedExpr{n.node, n, p.expr()}
	}
	return e
}

func (p *parser) expr() expression {
	defer p.deeper()()
	at := p.here()
	if p.accept("lambda") {
		ps := p.parameters(":", false)
		p.expect(":")
		return &lambdaExpr{at, ps, p.expr()}
	}
	e := p.or()
	if !p.accept("if") {
		return e
	}
	test := p.or()
	p.expect("else")
	return &ifExpr{at, test, e, p.expr()}
}

func (p *parser) or() expression  { return p.boolean("or", p.and) }
func (p *parser) and() expression { return p.boolean("and", p.not) }

func (p *parser) boolean(word string, operand func() expression) expression {
	at := p.here()
	e := operand()
	if !p.is(word) {
		return e
	}
	b := &boolExpr{at, word == "and", []expression{e}}
	for p.accept(word) {
		b.values = append(b.values, operand())
	}
	return b
}

func (p *parser) not() expression {
	if at := p.here(); p.accept("not") {
		defer p.deeper()()
		return &unaryExpr{at, '!', p.not()}
	}
	return p.comparison()
}

func (p *parser) comparison() expression {
	c := &compareExpr{node: p.here(), values: []expression{p.binary(1)}}
	for {
		op, ok := p.comparator()
		if !ok {
			break
		}
		c.ops = append(c.ops, op)
		c.values = append(c.values, p.binary(1))
	}
	if c.ops == nil {
		return c.values[0]
	}
	return c
}

func (p *parser) comparator() (compareOp, bool) {
	t := p.peek()
	if t.kind != operatorToken && t.kind != nameToken {
		return 0, false
	}
	if op, ok := compareOps[t.text]; ok {
		p.next()
		if op == compareIs && p.accept("not") {
			op = compareIsNot
		}
		return op, true
	}
	if t.text == "not" && p.ahead().is("in") {
		p.next()
		p.next()
		return compareNotIn, true
	}
	return 0, false
}

var precedence = map[string]int{"|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "@": 6}

const maxChain = 2000 // operators, calls and the like one after another

// binary reads operators that bind at least as tightly as least.
func (p *parser) binary(least int) expression {
	at := p.here()
	e := p.unary()
	for n := 0; ; n++ {
		t := p.peek()
		level := precedence[t.text]
		if t.kind != operatorToken || level < least || level == 0 {
			return e
		}
		if t.text == "@" || n > maxChain {
			p.refuse("the operator @, and thousands of operators in one expression, are outside of the subset")
		}
		p.next()
		e = &binaryExpr{at, binaryOps[t.text], e, p.binary(level + 1)}
	}
}

func (p *parser) unary() expression {
	at := p.here()
	if t := p.peek(); t.is("-") || t.is("+") || t.is("~") {
		defer p.deeper()()
		p.next()
		return &unaryExpr{at, t.text[0], p.unary()}
	}
	e := p.primary()
	if p.accept("**") {
		defer p.deeper()()
		return &binaryExpr{at, opPow, e, p.unary()}
	}
	return e
}

// primary reads an atom and what follows it: attributes, calls, subscripts.
func (p *parser) primary() expression {
	at := p.here()
	if p.is("await") {
		p.refuse("await is outside of the subset")
	}
	e := p.atom()
	for n := 0; ; n++ {
		if n > maxChain {
			p.refuse("thousands of calls in one expression are outside of the subset")
		}
		switch {
		case p.accept("."):
			line := p.line()
			e = &attrExpr{at, e, p.word(), line}
		case p.accept("("):
			e = p.call(at, e)
		case p.accept("["):
			e = &subscriptExpr{at, e, p.subscript()}
		default:
			return e
		}
	}
}

func (p *parser) call(at node, fn expression) expression {
	c := &callExpr{node: at, fn: fn}
	bare := false // a generator without parentheses of its own
	for !p.is(")") {
		bare = p.argument(c) || bare
		if !p.accept(",") {
			break
		}
		if bare && !p.is(")") {
			p.refuse("Generator expression must be parenthesized")
		}
	}
	if bare && len(c.args)+len(c.keywords) > 1 {
		p.refuse("Generator expression must be parenthesized")
	}
	p.expect(")")
	return c
}

// argument reads an argument of a call and tells whether it is a generator without parentheses.
func (p *parser) argument(c *callExpr) (bare bool) {
	t := p.peek()
	switch {
	case p.accept("**"):
		c.keywords = append(c.keywords, keyword{line: t.line, value: p.expr()})
	case t.kind == nameToken && !keywords[t.text] && p.ahead().is("="):
		p.keyword(c, t)
	case len(c.keywords) > 0:
		p.refuse("positional argument follows keyword argument")
	case p.accept("*"):
		c.args = append(c.args, &starExpr{node{t.line}, p.expr()})
	default:
		e := p.named()
		if bare = p.is("for") || p.is("async"); bare {
			e = p.comprehension(generatorComp, node{t.line}, nil, e)
		}
		c.args = append(c.args, e)
	}
	return bare
}

func (p *parser) keyword(c *callExpr, t token) {
	p.next()
	p.next()
	if slices.ContainsFunc(c.keywords, func(k keyword) bool { return k.name == t.text }) {
		p.refuse("keyword argument repeated: %s", t.text)
	}
	c.keywords = append(c.keywords, keyword{t.text, p.expr(), t.line})
}

func (p *parser) subscript() expression {
	at := p.here()
	e := p.slice()
	if !p.is(",") {
		p.expect("]")
		return e
	}
	es := []expression{e}
	for p.accept(",") {
		if p.is("]") {
			break
		}
		es = append(es, p.slice())
	}
	p.expect("]")
	return &tupleExpr{at, es}
}

func (p *parser) slice() expression {
	at := p.here()
	if p.is("*") {
		p.refuse("a starred subscript is outside of the subset")
	}
	part := func() expression {
		if p.is(":") || p.is("]") || p.is(",") {
			return nil
		}
		return p.expr()
	}
	var first expression
	if !p.is(":") {
		first = p.named()
	}
	if !p.accept(":") {
		return first
	}
	s := &sliceExpr{node: at, lower: first, upper: part()}
	if p.accept(":") {
		s.step = part()
	}
	return s
}

func (p *parser) comprehension(kind compKind, at node, key, value expression) expression {
	c := &compExpr{node: at, kind: kind, key: key, value: value}
	if _, ok := value.(*starExpr); ok {
		p.refuse("iterable unpacking cannot be used in comprehension")
	}
	for p.is("for") || p.is("async") {
		if p.accept("async") {
			p.refuse("async is outside of the subset")
		}
		p.next()
		clause := compClause{target: p.targets()}
		p.expect("in")
		clause.iter = p.or()
		for p.accept("if") {
			e := p.or()
			if n, ok := e.(*nameExpr); ok && p.accept(":=") {
				e = &namedExpr{n.node, n, p.expr()}
			}
			clause.ifs = append(clause.ifs, e)
		}
		c.clauses = append(c.clauses, clause)
		if len(c.clauses) > 20 {
			p.refuse("too many loops in a comprehension")
		}
	}
	return c
}

func (p *parser) atom() expression {
	t := p.peek()
	at := p.here()
	switch t.kind {
	case nameToken:
		return p.nameAtom(at, t)
	case numberToken:
		p.next()
		return &constExpr{at, t.value}
	case stringToken, formatToken:
		return p.strings(at)
	case operatorToken:
		p.next()
		defer p.deeper()()
		switch t.text {
		case "(":
			return p.paren(at)
		case "[":
			return p.bracket(at)
		case "{":
			return p.brace(at)
		case "...":
			return &constExpr{at, Ellipsis}
		}
		p.i--
	}
	p.refuse("invalid syntax: an expression is expected here, not %s", t)
	return nil
}

func (p *parser) nameAtom(at node, t token) expression {
	switch t.text {
	case "None":
		p.next()
		return &constExpr{at, nil}
	case "True", "False":
		p.next()
		return &constExpr{at, t.text == "True"}
	}
	name := p.word()
	if form, is := p.typeParameter(name); is {
		return &constExpr{at, form}
	}
	return &nameExpr{at, name}
}

// strings reads strings that stand one after another.
func (p *parser) strings(at node) expression {
	f := &formatExpr{node: at}
	for p.peek().kind == stringToken || p.peek().kind == formatToken {
		t := p.next()
		if b, ok := t.value.(Bytes); ok {
			return p.moreBytes(at, b)
		}
		if t.kind == stringToken {
			f.parts = append(f.parts, formatted{text: t.value.(string)})
			continue
		}
		f.parts = append(f.parts, p.formatParts(t.parts).parts...)
	}
	return joinText(f)
}

// joinText makes a constant of an f-string that is only text.
func joinText(f *formatExpr) expression {
	text := ""
	for _, part := range f.parts {
		if part.value != nil {
			return f
		}
		text += part.text
	}
	return &constExpr{f.node, text}
}

func (p *parser) moreBytes(at node, b Bytes) expression {
	for p.peek().kind == stringToken || p.peek().kind == formatToken {
		more, ok := p.next().value.(Bytes)
		if !ok {
			p.refuse("cannot mix bytes and nonbytes literals")
		}
		b += more
	}
	return &constExpr{at, b}
}

// formatParts parses the expressions in an f-string.
func (p *parser) formatParts(parts []formatPart) *formatExpr {
	defer p.deeper()()
	f := &formatExpr{node: p.here()}
	for _, part := range parts {
		if !part.expression {
			f.parts = append(f.parts, formatted{text: part.text})
			continue
		}
		q := formatted{value: p.inner(part), conversion: part.conversion}
		if part.spec != nil {
			q.spec = p.formatParts(part.spec)
		}
		f.parts = append(f.parts, q)
	}
	return f
}

// inner parses an expression in an f-string.
func (p *parser) inner(part formatPart) expression {
	sub := &parser{file: p.file, depth: p.depth, types: p.types}
	s := &scanner{file: p.file, line: part.line, indents: []int{0}, src: "(" + part.source + ")"}
	for s.i < len(s.src) {
		s.next()
	}
	sub.tokens = s.end(false)
	sub.expect("(")
	e := sub.starList()
	sub.expect(")")
	sub.kind(newlineToken, "the end of the expression")
	return e
}

func (p *parser) paren(at node) expression {
	if p.accept(")") {
		return &tupleExpr{at, nil}
	}
	e := p.star()
	switch {
	case p.is("for") || p.is("async"):
		e = p.comprehension(generatorComp, at, nil, e)
	case p.is(","):
		e = &tupleExpr{at, p.rest(e, ")")}
	default:
		if _, ok := e.(*starExpr); ok {
			p.refuse("cannot use starred expression here")
		}
	}
	p.expect(")")
	return e
}

// rest reads the elements after the first one.
func (p *parser) rest(first expression, end string) []expression {
	es := []expression{first}
	for p.accept(",") {
		if p.is(end) {
			break
		}
		es = append(es, p.star())
	}
	return es
}

func (p *parser) bracket(at node) expression {
	if p.accept("]") {
		return &listExpr{at, nil}
	}
	e := p.star()
	if p.is("for") || p.is("async") {
		e = p.comprehension(listComp, at, nil, e)
	} else {
		e = &listExpr{at, p.rest(e, "]")}
	}
	p.expect("]")
	return e
}

func (p *parser) brace(at node) expression {
	if p.accept("}") {
		return &dictExpr{node: at}
	}
	if p.is("**") {
		return p.dict(&dictExpr{node: at})
	}
	e := p.star()
	switch {
	case p.is(":"):
		p.next()
		value := p.expr()
		if p.is("for") || p.is("async") {
			e = p.comprehension(dictComp, at, e, value)
			break
		}
		d := &dictExpr{at, []expression{e}, []expression{value}}
		if p.accept(",") {
			return p.dict(d)
		}
		e = d
	case p.is("for") || p.is("async"):
		e = p.comprehension(setComp, at, nil, e)
	default:
		e = &setExpr{at, p.rest(e, "}")}
	}
	p.expect("}")
	return e
}

// dict reads the rest of the entries of a dict.
func (p *parser) dict(d *dictExpr) expression {
	for !p.is("}") {
		var key expression
		if !p.accept("**") {
			key = p.expr()
			p.expect(":")
		}
		d.keys = append(d.keys, key)
		d.values = append(d.values, p.expr())
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	return d
}
