package python

// match reads a match statement, or nothing if match is a name here.
func (p *parser) match() statement {
	start := p.i
	s := &matchStmt{node: p.here()}
	p.next()
	if !p.subjectFollows() {
		p.i = start
		return nil
	}
	if !p.try1(func() { s.subject = p.starList() }) || !p.is(":") || p.ahead().kind != newlineToken {
		p.i = start
		return nil
	}
	p.next()
	p.next()
	p.kind(indentToken, "an indented block")
	defer p.deeper()()
	for p.peek().kind != dedentToken {
		s.cases = append(s.cases, p.matchCase())
	}
	p.next()
	p.checkCases(s)
	return s
}

// subjectFollows tells whether an expression may begin here.
func (p *parser) subjectFollows() bool {
	t := p.peek()
	switch t.kind {
	case operatorToken:
		return t.text == "(" || t.text == "[" || t.text == "{" || t.text == "-" || t.text == "~" || t.text == "*"
	case nameToken:
		return !keywords[t.text] || t.text == "None" || t.text == "True" || t.text == "False" || t.text == "not" || t.text == "lambda"
	}
	return t.kind == numberToken || t.kind == stringToken || t.kind == formatToken
}

// try1 tells whether f reads without a refusal.
func (p *parser) try1(f func()) (ok bool) {
	depth := p.depth
	var err error
	defer func() {
		p.depth = depth
		ok = err == nil
	}()
	defer catchRefusal(&err)
	f()
	return
}

func (p *parser) matchCase() matchCase {
	if !p.is("case") {
		p.refuse("invalid syntax: \"case\" is expected here, not %s", p.peek())
	}
	p.next()
	c := matchCase{pattern: p.openPattern()}
	if p.accept("if") {
		c.guard = p.named()
	}
	c.body = p.block()
	return c
}

// checkCases refuses what CPython refuses: names bound twice, and cases that are never reached.
func (p *parser) checkCases(s *matchStmt) {
	for i, c := range s.cases {
		p.bound(c.pattern, map[string]bool{})
		if irrefutable(c.pattern) && c.guard == nil && i < len(s.cases)-1 {
			p.refuseAt(c.pattern.at(), "this pattern makes remaining patterns unreachable")
		}
	}
}

func irrefutable(q pattern) bool {
	switch q := q.(type) {
	case *capturePattern:
		return true
	case *asPattern:
		return irrefutable(q.of)
	case *orPattern:
		return irrefutable(q.of[len(q.of)-1])
	}
	return false
}

// bound collects the names that a pattern binds.
func (p *parser) bound(q pattern, names map[string]bool) {
	bind := func(name string) {
		if name == "" {
			return
		}
		if names[name] {
			p.refuseAt(q.at(), "multiple assignments to name '%s' in pattern", name)
		}
		names[name] = true
	}
	switch q := q.(type) {
	case *capturePattern:
		bind(q.name)
	case *starPattern:
		bind(q.name)
	case *asPattern:
		if irrefutable(q.of) {
			p.refuseAt(q.line, "a pattern with as that always matches")
		}
		p.bound(q.of, names)
		bind(q.name)
	case *classPattern:
		p.boundAll(q.args, names)
	case *sequencePattern:
		p.boundAll(q.of, names)
	case *orPattern:
		p.boundOr(q, names)
	}
}

func (p *parser) boundAll(qs []pattern, names map[string]bool) {
	for _, q := range qs {
		p.bound(q, names)
	}
}

func (p *parser) boundOr(q *orPattern, names map[string]bool) {
	var first map[string]bool
	for i, alternative := range q.of {
		these := map[string]bool{}
		p.bound(alternative, these)
		if irrefutable(alternative) && i < len(q.of)-1 {
			p.refuseAt(alternative.at(), "this pattern makes remaining patterns unreachable")
		}
		if i == 0 {
			first = these
		}
		if !sameNames(first, these) {
			p.refuseAt(q.line, "alternative patterns bind different names")
		}
	}
	for name := range first {
		if names[name] {
			p.refuseAt(q.line, "multiple assignments to name '%s' in pattern", name)
		}
		names[name] = true
	}
}

func sameNames(a, b map[string]bool) bool {
	for name := range a {
		if !b[name] {
			return false
		}
	}
	return len(a) == len(b)
}

// openPattern reads the pattern of a case, which may be a sequence without brackets.
func (p *parser) openPattern() pattern {
	at := p.here()
	q := p.starredPattern()
	if !p.is(",") {
		if _, ok := q.(*starPattern); ok {
			p.refuse("a starred pattern outside of a sequence")
		}
		return q
	}
	qs := []pattern{q}
	for p.accept(",") {
		if p.is(":") || p.is("if") {
			break
		}
		qs = append(qs, p.starredPattern())
	}
	return p.sequence(at, qs)
}

func (p *parser) sequence(at node, qs []pattern) pattern {
	s := &sequencePattern{node: at, of: qs, star: -1}
	for i, q := range qs {
		if _, ok := q.(*starPattern); !ok {
			continue
		}
		if s.star >= 0 {
			p.refuseAt(at.line, "multiple starred expressions in sequence pattern")
		}
		s.star = i
	}
	return s
}

func (p *parser) starredPattern() pattern {
	at := p.here()
	if !p.accept("*") {
		return p.asPattern()
	}
	name := p.name()
	if name == "_" {
		name = ""
	}
	return &starPattern{at, name}
}

func (p *parser) asPattern() pattern {
	defer p.deeper()()
	at := p.here()
	q := p.closedPattern()
	if p.is("|") {
		or := &orPattern{at, []pattern{q}}
		for p.accept("|") {
			or.of = append(or.of, p.closedPattern())
		}
		q = or
	}
	if !p.accept("as") {
		return q
	}
	name := p.name()
	if name == "_" {
		p.refuse("cannot use '_' as a target")
	}
	return &asPattern{at, q, name}
}

func (p *parser) closedPattern() pattern {
	t := p.peek()
	at := p.here()
	switch t.kind {
	case numberToken:
		return &valuePattern{at, p.literal()}
	case stringToken:
		return &valuePattern{at, p.strings(at)}
	case operatorToken:
		switch t.text {
		case "-":
			return &valuePattern{at, p.literal()}
		case "(", "[":
			return p.groupPattern(at)
		case "{":
			p.refuse("mapping patterns are outside of the subset: compare the keys with if")
		}
	case nameToken:
		return p.namePattern(at)
	}
	p.refuse("invalid syntax: a pattern is expected here, not %s", t)
	return nil
}

// literal reads a number with a sign.
func (p *parser) literal() expression {
	at := p.here()
	minus := p.accept("-")
	var e expression = &constExpr{at, p.kind(numberToken, "a number").value}
	if minus {
		e = &unaryExpr{at, '-', e}
	}
	if p.is("+") || p.is("-") {
		p.refuse("complex numbers are outside of the subset")
	}
	return e
}

func (p *parser) groupPattern(at node) pattern {
	open := p.next().text
	end := map[string]string{"(": ")", "[": "]"}[open]
	list := open == "["
	var qs []pattern
	for !p.is(end) {
		qs = append(qs, p.starredPattern())
		if !p.accept(",") {
			break
		}
		list = true
	}
	p.expect(end)
	if list || len(qs) == 0 {
		return p.sequence(at, qs)
	}
	if _, ok := qs[0].(*starPattern); ok {
		p.refuse("a starred pattern outside of a sequence")
	}
	return qs[0]
}

func (p *parser) namePattern(at node) pattern {
	switch t := p.peek(); t.text {
	case "None":
		p.next()
		return &onlyPattern{at, nil}
	case "True", "False":
		p.next()
		return &onlyPattern{at, t.text == "True"}
	}
	name := p.name()
	var e expression = &nameExpr{at, name}
	dotted := false
	for p.accept(".") {
		dotted = true
		line := p.line()
		e = &attrExpr{at, e, p.word(), line}
	}
	switch {
	case p.accept("("):
		return p.classPattern(at, e)
	case dotted:
		return &valuePattern{at, e}
	case name == "_":
		return &capturePattern{at, ""}
	}
	return &capturePattern{at, name}
}

func (p *parser) classPattern(at node, class expression) pattern {
	c := &classPattern{node: at, class: class}
	for !p.is(")") {
		if p.peek().kind == nameToken && p.ahead().is("=") {
			c.names = append(c.names, p.word())
			p.next()
		} else if len(c.names) > 0 {
			p.refuse("positional patterns follow keyword patterns")
		}
		c.args = append(c.args, p.asPattern())
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	for i, name := range c.names {
		for _, other := range c.names[:i] {
			if name == other {
				p.refuseAt(at.line, "attribute name repeated in class pattern: %s", name)
			}
		}
	}
	return c
}
