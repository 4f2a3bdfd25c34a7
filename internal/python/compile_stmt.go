package python

import "slices"

// A block is a statement around the one that is being compiled that return, break or continue have to leave.
type block struct {
	kind   blockKind
	top    int   // of a loop
	exits  []int // jumps out of a loop
	body   []statement
	name   string // of a handler: the variable that ends with it
	exit   int    // of with: the slot of __exit__
	caught int    // the exception that is handled around it
}

type blockKind uint8

const (
	loopBlock    blockKind = iota
	forBlock               // has its iterator on the stack
	tryBlock               // has a handler
	finallyBlock           // has a handler, and a body that is run on the way out
	nameBlock              // has a handler that ends a variable
	withBlock
)

func (e *emitter) push(b block) {
	b.caught = e.caught
	e.blocks = append(e.blocks, b)
}

func (e *emitter) pop() block {
	b := e.blocks[len(e.blocks)-1]
	e.blocks = e.blocks[:len(e.blocks)-1]
	return b
}

func (e *emitter) statements(body []statement) {
	for _, s := range body {
		e.statement(s)
	}
}

func (e *emitter) statement(s statement) {
	e.line = s.at()
	e.noteLine()
	switch s := s.(type) {
	case *exprStmt:
		if _, ok := s.value.(*constExpr); !ok {
			e.expr(s.value)
			e.emit(opPop, 0, 0)
		}
	case *assignStmt:
		e.assignment(s)
	case *annotatedStmt:
		e.annotated(s)
	case *augmentedStmt:
		e.augmented(s)
	case *returnStmt:
		e.returns(s)
	case *raiseStmt:
		e.raise(s)
	case *assertStmt:
		e.assert(s)
	case *deleteStmt:
		for _, t := range s.targets {
			e.delete(t)
		}
	case *breakStmt:
		e.leave(s)
	case *importStmt:
		e.imports(s)
	default:
		e.compound(s)
	}
}

func (e *emitter) compound(s statement) {
	switch s := s.(type) {
	case *ifStmt:
		e.ifStatement(s)
	case *whileStmt:
		e.while(s)
	case *forStmt:
		e.forLoop(s)
	case *tryStmt:
		e.try(s)
	case *withStmt:
		e.with(s)
	case *funcStmt:
		e.function(s)
	case *classStmt:
		e.class(s)
	case *matchStmt:
		e.match(s)
	}
}

func (e *emitter) assignment(s *assignStmt) {
	e.expr(s.value)
	for i, t := range s.targets {
		if i < len(s.targets)-1 {
			e.emit(opDup, 0, 0)
		}
		e.assign(t)
	}
}

// assign stores what is on the stack.
func (e *emitter) assign(target expression) {
	switch t := target.(type) {
	case *nameExpr:
		e.store(t.name)
	case *attrExpr:
		e.expr(t.of)
		e.line = t.nameLine
		e.storeAttr(t)
	case *subscriptExpr:
		e.expr(t.of)
		e.expr(t.index)
		e.line = t.line
		e.emit(opStoreSubscript, 0, 0)
	case *tupleExpr:
		e.unpack(t.values, t.line)
	case *listExpr:
		e.unpack(t.values, t.line)
	case *starExpr:
		e.assign(t.of)
	}
}

func (e *emitter) storeAttr(t *attrExpr) {
	if n, ok := t.of.(*nameExpr); ok && e.scope.kind == functionScope && len(e.scope.params) > 0 && n.name == e.scope.params[0] {
		if !slices.Contains(e.code.selfStores, t.name) {
			e.code.selfStores = append(e.code.selfStores, t.name)
		}
	}
	e.emitCached(opStoreAttr, e.name(t.name), 0)
}

func (e *emitter) unpack(values []expression, line int) {
	e.line = line
	star := slices.IndexFunc(values, func(x expression) bool { _, ok := x.(*starExpr); return ok })
	if star < 0 {
		e.emit(opUnpack, len(values), 0)
	} else {
		e.emit(opUnpackStar, star, len(values)-star-1)
	}
	for _, v := range values {
		e.assign(v)
	}
}

func (e *emitter) annotated(s *annotatedStmt) {
	if s.value != nil {
		e.expr(s.value)
		e.assign(s.target)
	} else {
		e.evaluateTarget(s.target)
	}
	if e.scope.kind == functionScope {
		return
	}
	if !e.future {
		e.expr(s.annotation)
		e.emit(opPop, 0, 0)
	}
	if n, ok := s.target.(*nameExpr); ok && e.scope.kind == classScope {
		e.annotate(n.name, s.annotation)
	}
}

// evaluateTarget evaluates what an annotation without a value stands at, as CPython does.
func (e *emitter) evaluateTarget(t expression) {
	if a, ok := t.(*attrExpr); ok {
		e.expr(a.of)
		e.emit(opPop, 0, 0)
	}
}

func (e *emitter) annotate(name string, of expression) {
	a := annotation{name: name, classVar: isTypingName(of, "ClassVar"), mayBeNone: allowsNone(of)}
	if isTypingName(of, "KW_ONLY") || isTypingName(of, "InitVar") {
		e.refuse(e.line, "KW_ONLY and InitVar are outside of the subset")
	}
	e.code.annotations = append(e.code.annotations, a)
}

// allowsNone reports whether an annotation has None among its types, or says nothing of them.
func allowsNone(of expression) bool {
	switch of := of.(type) {
	case *constExpr:
		return of.value == nil
	case *binaryExpr:
		return allowsNone(of.left) || allowsNone(of.right)
	}
	return isTypingName(of, "Optional") || isTypingName(of, "Any") || isTypingName(of, "any")
}

func isTypingName(e expression, name string) bool {
	switch e := e.(type) {
	case *nameExpr:
		return e.name == name
	case *attrExpr:
		return e.name == name
	case *subscriptExpr:
		return isTypingName(e.of, name)
	}
	return false
}

func (e *emitter) augmented(s *augmentedStmt) {
	switch t := s.target.(type) {
	case *nameExpr:
		e.load(t.name)
		e.expr(s.value)
		e.line = s.line
		e.emit(opInplace, int(s.op), 0)
		e.store(t.name)
	case *attrExpr:
		e.expr(t.of)
		e.emit(opDup, 0, 0)
		e.emitCached(opAttr, e.name(t.name), 0)
		e.expr(s.value)
		e.line = s.line
		e.emit(opInplace, int(s.op), 0)
		e.emit(opRot2, 0, 0)
		e.storeAttr(t)
	case *subscriptExpr:
		e.expr(t.of)
		e.expr(t.index)
		e.emit(opDup2, 0, 0)
		e.line = t.line
		e.emit(opSubscript, 0, 0)
		e.expr(s.value)
		e.line = s.line
		e.emit(opInplace, int(s.op), 0)
		e.emit(opRot3, 0, 0)
		e.emit(opStoreSubscript, 0, 0)
	}
}

func (e *emitter) returns(s *returnStmt) {
	if s.value == nil {
		e.unwind(0)
		e.constant(nil)
	} else {
		e.expr(s.value)
		e.line = s.line
		e.unwind(0)
	}
	e.emit(opReturn, 0, 0)
}

// unwind emits what has to happen when control leaves the blocks above depth.
func (e *emitter) unwind(depth int) {
	saved := slices.Clone(e.blocks)
	for len(e.blocks) > depth {
		switch b := e.pop(); b.kind {
		case tryBlock:
			e.emit(opPopTry, 0, 0)
		case finallyBlock:
			e.emit(opPopTry, 0, 0)
			caught := e.caught
			e.caught = b.caught
			e.statements(b.body)
			e.caught = caught
		case nameBlock:
			e.emit(opPopTry, 0, 0)
			e.endName(b.name)
		case withBlock:
			e.emit(opPopTry, 0, 0)
			e.callExit(b.exit)
		}
	}
	e.blocks = saved
}

// leave compiles break and continue.
func (e *emitter) leave(s *breakStmt) {
	i := len(e.blocks) - 1
	for i >= 0 && e.blocks[i].kind > forBlock {
		i--
	}
	if i < 0 {
		e.refuse(s.line, "'break' or 'continue' outside loop")
	}
	e.unwind(i + 1)
	if s.again {
		e.emit(opJumpBack, e.blocks[i].top, 0)
		return
	}
	if e.blocks[i].kind == forBlock {
		e.emit(opPop, 0, 0)
	}
	jump := e.emit(opJump, 0, 0)
	e.blocks[i].exits = append(e.blocks[i].exits, jump)
}

func (e *emitter) raise(s *raiseStmt) {
	if s.value == nil {
		if e.caught == 0 {
			e.refuse(s.line, "a raise without an exception stands in an except clause only")
		}
		e.emit(opFast, e.caught-1, 0)
		e.emit(opReraise, 0, 0)
		return
	}
	e.expr(s.value)
	if s.cause != nil {
		e.expr(s.cause)
		e.line = s.line
		e.emit(opRaise, 0, 1)
		return
	}
	e.line = s.line
	e.emit(opRaise, 0, 0)
}

func (e *emitter) assert(s *assertStmt) {
	ok := e.condition(s.test, true)
	if s.message != nil {
		e.expr(s.message)
	}
	e.line = s.line
	if s.message != nil {
		e.emit(opAssertFail, 0, 1)
	} else {
		e.emit(opAssertFail, 0, 0)
	}
	e.patch(ok...)
}

func (e *emitter) delete(target expression) {
	switch t := target.(type) {
	case *nameExpr:
		e.remove(t.name)
	case *attrExpr:
		e.expr(t.of)
		e.emit(opDeleteAttr, e.name(t.name), 0)
	case *subscriptExpr:
		e.expr(t.of)
		e.expr(t.index)
		e.line = t.line
		e.emit(opDeleteSubscript, 0, 0)
	case *tupleExpr:
		for _, x := range t.values {
			e.delete(x)
		}
	case *listExpr:
		for _, x := range t.values {
			e.delete(x)
		}
	default:
		e.refuse(e.line, "cannot delete this")
	}
}

func (e *emitter) imports(s *importStmt) {
	if s.module == "__future__" {
		for _, n := range s.names {
			if n.name != "annotations" {
				e.refuse(s.line, "the subset has from __future__ import annotations only")
			}
		}
		return
	}
	if err := e.machine.importable(s.module, s.names); err != "" && e.checking == 0 {
		e.refuse(s.line, "%s", err)
	}
	if !s.from {
		e.emit(opImport, e.name(s.module), 0)
		e.store(s.as)
		return
	}
	for _, n := range s.names {
		if n.name == "*" {
			e.machine.stars[e.module] = true
			e.emit(opImportStar, e.name(s.module), 0)
			continue
		}
		e.emit(opImportFrom, e.name(s.module), e.name(n.name))
		e.store(n.as)
	}
}

func (e *emitter) ifStatement(s *ifStmt) {
	out := e.condition(s.test, false)
	forCheckers := isTypingName(s.test, "TYPE_CHECKING")
	if forCheckers {
		e.checking++
	}
	e.statements(s.then)
	if forCheckers {
		e.checking--
	}
	if len(s.other) == 0 {
		e.patch(out...)
		return
	}
	end := e.emit(opJump, 0, 0)
	e.patch(out...)
	e.statements(s.other)
	e.patch(end)
}

func (e *emitter) while(s *whileStmt) {
	top := e.here()
	out := e.condition(s.test, false)
	e.push(block{kind: loopBlock, top: top})
	e.statements(s.body)
	exits := e.pop().exits
	e.emit(opJumpBack, top, 0)
	e.patch(out...)
	e.statements(s.other)
	e.patch(exits...)
}

func (e *emitter) forLoop(s *forStmt) {
	e.expr(s.iter)
	e.line = s.line
	e.emit(opIter, 0, 0)
	top := e.here()
	out := e.emit(opForIter, 0, 0)
	e.push(block{kind: forBlock, top: top})
	e.assign(s.target)
	e.statements(s.body)
	exits := e.pop().exits
	e.line = s.line
	e.emit(opJumpBack, top, 0)
	e.patch(out)
	e.statements(s.other)
	e.patch(exits...)
}
