package python

// A capture is a name that a pattern binds once all of it has matched, and the slot where the value waits.
type capture struct {
	name string
	slot int
}

// A matcher compiles the pattern of one case.
type matcher struct {
	*emitter
	captures []capture
	fail     []int // jumps to take if the pattern does not match
}

func (e *emitter) match(s *matchStmt) {
	subject := e.temp()
	e.expr(s.subject)
	e.emit(opStoreFast, subject, 0)
	var ends []int
	for _, c := range s.cases {
		m := &matcher{emitter: e}
		m.pattern(c.pattern, subject, true)
		m.bind()
		if c.guard != nil {
			m.fail = append(m.fail, e.condition(c.guard, false)...)
		}
		e.statements(c.body)
		ends = append(ends, e.emit(opJump, 0, 0))
		e.patch(m.fail...)
	}
	e.patch(ends...)
	e.release(subject)
}

// bind stores what was captured.
func (m *matcher) bind() {
	for _, c := range m.captures {
		m.emit(opFast, c.slot, 0)
		m.store(c.name)
		m.release(c.slot)
	}
}

// pattern matches what is in a slot. last tells that nothing after it can fail, so that names may be bound at once.
func (m *matcher) pattern(q pattern, slot int, last bool) {
	m.line = q.at()
	switch q := q.(type) {
	case *valuePattern:
		m.emit(opFast, slot, 0)
		m.expr(q.value)
		m.line = q.line
		m.fail = append(m.fail, m.emit(opCompareJumpFalse, 0, int(compareEq)))
	case *onlyPattern:
		m.emit(opFast, slot, 0)
		m.constant(q.value)
		m.fail = append(m.fail, m.emit(opCompareJumpFalse, 0, int(compareIs)))
	case *capturePattern:
		m.capture(q.name, slot, last)
	case *asPattern:
		m.pattern(q.of, slot, last)
		m.capture(q.name, slot, last)
	case *orPattern:
		m.or(q, slot, last)
	case *classPattern:
		m.class(q, slot, last)
	case *sequencePattern:
		m.sequence(q, slot, last)
	}
}

func (m *matcher) capture(name string, slot int, last bool) {
	if name == "" {
		return
	}
	m.emit(opFast, slot, 0)
	m.keep(name, last)
}

// keep stores what is on the stack, at once or when all has matched.
func (m *matcher) keep(name string, last bool) {
	if last {
		m.store(name)
		return
	}
	for _, c := range m.captures {
		if c.name == name {
			m.emit(opStoreFast, c.slot, 0)
			return
		}
	}
	c := capture{name, m.temp()}
	m.captures = append(m.captures, c)
	m.emit(opStoreFast, c.slot, 0)
}

func (m *matcher) or(q *orPattern, slot int, last bool) {
	var done []int
	for i, alternative := range q.of {
		if i == len(q.of)-1 {
			m.pattern(alternative, slot, last)
			break
		}
		fail := m.fail
		m.fail = nil
		m.pattern(alternative, slot, last)
		done = append(done, m.emit(opJump, 0, 0))
		m.patch(m.fail...)
		m.fail = fail
	}
	m.patch(done...)
}

func (m *matcher) class(q *classPattern, slot int, last bool) {
	m.emit(opFast, slot, 0)
	m.expr(q.class)
	m.line = q.line
	names := 0
	if len(q.names) > 0 {
		m.code.keywords = append(m.code.keywords, q.names)
		names = len(m.code.keywords)
	}
	at := m.emit(opMatchClass, 0, names)
	m.code.instr[at].c = int32(len(q.args) - len(q.names))
	m.fail = append(m.fail, at)
	m.elements(q.args, last)
}

// elements matches values that are on the stack, the first on top.
func (m *matcher) elements(qs []pattern, last bool) {
	refutable := 0 // 1 + the last of them that can fail
	for i, q := range qs {
		if !irrefutable(q) {
			refutable = i + 1
		}
	}
	if refutable == 0 {
		for _, q := range qs {
			m.element(q, last)
		}
		return
	}
	slots := make([]int, len(qs))
	for i := range qs {
		slots[i] = m.temp()
		m.emit(opStoreFast, slots[i], 0)
	}
	for i, q := range qs {
		m.pattern(q, slots[i], last && i+1 >= refutable)
	}
	m.release(slots...)
}

// element takes a value that always matches from the stack.
func (m *matcher) element(q pattern, last bool) {
	c, ok := q.(*capturePattern)
	switch {
	case ok && c.name == "":
		m.emit(opPop, 0, 0)
	case ok:
		m.keep(c.name, last)
	default:
		slot := m.temp()
		m.emit(opStoreFast, slot, 0)
		m.pattern(q, slot, last)
		m.release(slot)
	}
}

func (m *matcher) sequence(q *sequencePattern, slot int, last bool) {
	least, exact := len(q.of), 1
	if q.star >= 0 {
		least, exact = least-1, 0
	}
	m.emit(opFast, slot, 0)
	m.emit(opMatchSequence, least, exact)
	m.fail = append(m.fail, m.emit(opJumpFalse, 0, 0))
	if len(q.of) == 0 {
		return
	}
	m.emit(opFast, slot, 0)
	qs := q.of
	if q.star < 0 {
		m.emit(opUnpack, len(qs), 0)
	} else {
		m.emit(opUnpackStar, q.star, len(qs)-q.star-1)
		qs = append([]pattern(nil), qs...)
		star := qs[q.star].(*starPattern)
		qs[q.star] = &capturePattern{star.node, star.name}
	}
	m.elements(qs, last)
}
