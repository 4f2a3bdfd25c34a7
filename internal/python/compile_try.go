package python

func (e *emitter) try(s *tryStmt) {
	if len(s.finally) == 0 {
		e.tryExcept(s)
		return
	}
	handler := e.emit(opTry, 0, 0)
	e.push(block{kind: finallyBlock, body: s.finally})
	if len(s.handlers) > 0 {
		e.tryExcept(s)
	} else {
		e.statements(s.body)
	}
	e.pop()
	e.emit(opPopTry, 0, 0)
	e.statements(s.finally)
	end := e.emit(opJump, 0, 0)
	e.patch(handler)
	e.reraiseAfter(func() { e.statements(s.finally) })
	e.patch(end)
}

// reraiseAfter begins with an exception on the stack, does something and raises it again.
func (e *emitter) reraiseAfter(f func()) {
	t := e.temp()
	e.emit(opStoreFast, t, 0)
	f()
	e.emit(opFast, t, 0)
	e.emit(opReraise, 0, 0)
	e.release(t)
}

func (e *emitter) tryExcept(s *tryStmt) {
	handler := e.emit(opTry, 0, 0)
	e.push(block{kind: tryBlock})
	e.statements(s.body)
	e.pop()
	e.emit(opPopTry, 0, 0)
	e.statements(s.other)
	ends := []int{e.emit(opJump, 0, 0)}
	e.patch(handler)
	t := e.temp()
	e.emit(opStoreFast, t, 0)
	for _, h := range s.handlers {
		ends = append(ends, e.handler(h, t))
	}
	e.emit(opFast, t, 0)
	e.emit(opReraise, 0, 0)
	e.release(t)
	e.patch(ends...)
}

// handler compiles one except clause, for the exception in slot t, and returns the jump to the end.
func (e *emitter) handler(h handler, t int) int {
	e.line = h.line
	next := -1
	if h.kind != nil {
		e.emit(opFast, t, 0)
		e.expr(h.kind)
		e.line = h.line
		e.emit(opExceptionMatch, 0, 0)
		next = e.emit(opJumpFalse, 0, 0)
	}
	if h.name == "" {
		e.handlerBody(h, t)
	} else {
		e.namedHandler(h, t)
	}
	end := e.emit(opJump, 0, 0)
	if next >= 0 {
		e.patch(next)
	}
	return end
}

// namedHandler ends the variable of the handler on every way out.
func (e *emitter) namedHandler(h handler, t int) {
	e.emit(opFast, t, 0)
	e.store(h.name)
	inner := e.emit(opTry, 0, 0)
	e.push(block{kind: nameBlock, name: h.name})
	e.handlerBody(h, t)
	e.pop()
	e.emit(opPopTry, 0, 0)
	e.endName(h.name)
	end := e.emit(opJump, 0, 0)
	e.patch(inner)
	e.reraiseAfter(func() { e.endName(h.name) })
	e.patch(end)
}

// endName deletes a variable, which may have been deleted before.
func (e *emitter) endName(name string) {
	e.constant(nil)
	e.store(name)
	e.remove(name)
}

// handlerBody compiles the body of a handler, in which a raise without an exception raises the one in slot t.
func (e *emitter) handlerBody(h handler, t int) {
	for _, s := range h.body {
		e.inHandler(s, t)
	}
}

func (e *emitter) inHandler(s statement, t int) {
	outer := e.caught
	e.caught = t + 1
	e.statement(s)
	e.caught = outer
}

// with compiles a with statement of one value.
func (e *emitter) with(s *withStmt) {
	e.expr(s.value)
	e.line = s.line
	e.emit(opEnter, 0, 0)
	exit := e.temp()
	e.emit(opStoreFast, exit, 0)
	e.emit(opCall, 0, 0)
	if s.target != nil {
		value := e.temp()
		e.emit(opStoreFast, value, 0)
		defer e.release(value)
		handler := e.withTry(exit)
		e.emit(opFast, value, 0)
		e.assign(s.target)
		e.withBody(s, exit, handler)
		return
	}
	e.emit(opPop, 0, 0)
	e.withBody(s, exit, e.withTry(exit))
}

func (e *emitter) withTry(exit int) int {
	handler := e.emit(opTry, 0, 0)
	e.push(block{kind: withBlock, exit: exit})
	return handler
}

func (e *emitter) withBody(s *withStmt, exit, handler int) {
	e.statements(s.body)
	e.pop()
	e.line = s.line
	e.emit(opPopTry, 0, 0)
	e.callExit(exit)
	end := e.emit(opJump, 0, 0)
	e.patch(handler)
	t := e.temp()
	e.emit(opStoreFast, t, 0)
	e.emit(opFast, exit, 0)
	e.emit(opFast, t, 0)
	e.emit(opExit, 0, 0)
	e.emit(opCall, 3, 0)
	swallowed := e.emit(opJumpTrue, 0, 0)
	e.emit(opFast, t, 0)
	e.emit(opReraise, 0, 0)
	e.patch(end, swallowed)
	e.release(t, exit)
}

// callExit calls __exit__ where no exception was raised.
func (e *emitter) callExit(exit int) {
	e.emit(opFast, exit, 0)
	for range 3 {
		e.constant(nil)
	}
	e.emit(opCall, 3, 0)
	e.emit(opPop, 0, 0)
}
