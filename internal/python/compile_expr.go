package python

import "slices"

func (e *emitter) exprs(es []expression) {
	for _, x := range es {
		e.expr(x)
	}
}

func (e *emitter) expr(x expression) {
	e.line = x.at()
	switch x := x.(type) {
	case *constExpr:
		e.constant(x.value)
	case *nameExpr:
		e.load(x.name)
	case *attrExpr:
		e.attr(x)
	case *callExpr:
		e.call(x)
	case *binaryExpr:
		e.binary(x)
	case *unaryExpr:
		e.unary(x)
	case *boolExpr:
		e.boolean(x)
	case *compareExpr:
		e.compare(x)
	case *ifExpr:
		out := e.condition(x.test, false)
		e.expr(x.then)
		end := e.emit(opJump, 0, 0)
		e.patch(out...)
		e.expr(x.other)
		e.patch(end)
	case *subscriptExpr:
		e.expr(x.of)
		e.expr(x.index)
		e.line = x.line
		e.emit(opSubscript, 0, 0)
	case *namedExpr:
		e.expr(x.value)
		e.emit(opDup, 0, 0)
		e.store(x.name.name)
	default:
		e.construct(x)
	}
}

// construct compiles the expressions that make something.
func (e *emitter) construct(x expression) {
	switch x := x.(type) {
	case *listExpr:
		e.collection(opList, x.values)
	case *tupleExpr:
		if t, ok := constTuple(x); ok {
			e.constant(t)
			return
		}
		e.collection(opTuple, x.values)
	case *setExpr:
		e.collection(opSet, x.values)
	case *dictExpr:
		e.dict(x)
	case *sliceExpr:
		for _, part := range []expression{x.lower, x.upper, x.step} {
			if part == nil {
				e.constant(nil)
			} else {
				e.expr(part)
			}
		}
		e.emit(opSlice, 0, 0)
	case *lambdaExpr:
		e.closure(x, x.params, func(f *emitter) {
			f.line = x.line
			f.noteLine()
			f.expr(x.body)
			f.emit(opReturn, 0, 0)
		})
	case *compExpr:
		e.comprehension(x)
	case *yieldExpr:
		e.yield(x)
	case *formatExpr:
		e.format(x)
	case *starExpr:
		e.refuse(x.line, "can't use starred expression here")
	}
}

// constTuple makes a constant of a tuple of constants, as CPython does.
func constTuple(x *tupleExpr) (*Tuple, bool) {
	t := &Tuple{}
	for _, v := range x.values {
		switch v := v.(type) {
		case *constExpr:
			t.items = append(t.items, v.value)
		case *tupleExpr:
			inner, ok := constTuple(v)
			if !ok {
				return nil, false
			}
			t.items = append(t.items, inner)
		default:
			return nil, false
		}
	}
	if len(t.items) == 0 {
		return emptyTuple, true
	}
	return t, true
}

func (e *emitter) attr(x *attrExpr) {
	if n, ok := x.of.(*nameExpr); ok {
		if v := e.access(n.name); v.kind == fastAccess {
			e.line = x.nameLine
			e.emitCached(opFastAttr, e.name(x.name), v.slot)
			return
		}
	}
	e.expr(x.of)
	e.line = x.nameLine
	e.emitCached(opAttr, e.name(x.name), 0)
}

func (e *emitter) binary(x *binaryExpr) {
	if v, ok := fold(x); ok {
		e.constant(v)
		return
	}
	e.expr(x.left)
	e.expr(x.right)
	e.line = x.line
	e.emit(opBinary, int(x.op), 0)
}

// fold calculates with constant ints, if the result is small.
func fold(x expression) (Value, bool) {
	switch x := x.(type) {
	case *constExpr:
		_, ok := x.value.(int)
		return x.value, ok
	case *binaryExpr:
		a, ok1 := fold(x.left)
		if !ok1 {
			return nil, false
		}
		b, ok2 := fold(x.right)
		if !ok2 || (x.op == opPow || x.op == opShl) && (b.(int) < 0 || b.(int) > 64) {
			return nil, false
		}
		v, ok := smallBinary(x.op, a.(int), b.(int))
		_, small := v.(int)
		return v, ok && small
	}
	return nil, false
}

func (e *emitter) unary(x *unaryExpr) {
	if c, ok := x.of.(*constExpr); ok && x.op == '-' {
		switch v := c.value.(type) {
		case int:
			e.constant(negateInt(v))
			return
		case float64:
			e.constant(-v)
			return
		}
	}
	e.expr(x.of)
	e.line = x.line
	if x.op == '!' {
		e.emit(opNot, 0, 0)
		return
	}
	e.emit(opUnary, int(x.op), 0)
}

func (e *emitter) boolean(x *boolExpr) {
	op := opJumpTrueOrPop
	if x.and {
		op = opJumpFalseOrPop
	}
	var out []int
	for i, v := range x.values {
		e.expr(v)
		if i < len(x.values)-1 {
			out = append(out, e.emit(op, 0, 0))
		}
	}
	e.patch(out...)
}

func (e *emitter) compare(x *compareExpr) {
	e.expr(x.values[0])
	var out []int
	for i, op := range x.ops {
		e.expr(x.values[i+1])
		e.line = x.line
		if i == len(x.ops)-1 {
			e.emit(opCompare, int(op), 0)
			break
		}
		e.emit(opDup, 0, 0)
		e.emit(opRot3, 0, 0)
		e.emit(opCompare, int(op), 0)
		out = append(out, e.emit(opJumpFalseOrPop, 0, 0))
	}
	if len(out) == 0 {
		return
	}
	end := e.emit(opJump, 0, 0)
	e.patch(out...)
	e.emit(opRot2, 0, 0)
	e.emit(opPop, 0, 0)
	e.patch(end)
}

// condition jumps if the truth of x is want; it returns the jumps, whose target is still to be set.
func (e *emitter) condition(x expression, want bool) []int {
	switch x := x.(type) {
	case *unaryExpr:
		if x.op == '!' {
			return e.condition(x.of, !want)
		}
	case *boolExpr:
		return e.boolCondition(x, want)
	case *compareExpr:
		if len(x.ops) == 1 {
			e.exprs(x.values)
			e.line = x.line
			op := opCompareJumpFalse
			if want {
				op = opCompareJumpTrue
			}
			return []int{e.emit(op, 0, int(x.ops[0]))}
		}
	}
	e.expr(x)
	e.line = x.at()
	if want {
		return []int{e.emit(opJumpTrue, 0, 0)}
	}
	return []int{e.emit(opJumpFalse, 0, 0)}
}

func (e *emitter) boolCondition(x *boolExpr, want bool) []int {
	last := len(x.values) - 1
	if x.and != want { // any one of them decides
		var out []int
		for _, v := range x.values {
			out = append(out, e.condition(v, want)...)
		}
		return out
	}
	var skip []int
	for _, v := range x.values[:last] {
		skip = append(skip, e.condition(v, !want)...)
	}
	out := e.condition(x.values[last], want)
	e.patch(skip...)
	return out
}

// collection makes a list, tuple or set.
func (e *emitter) collection(op opcode, values []expression) {
	line := e.line
	if !slices.ContainsFunc(values, isStar) {
		e.exprs(values)
		e.line = line
		merged := 0
		if op == opSet && len(values) >= 3 && !slices.ContainsFunc(values, notConst) {
			merged = 1 // CPython makes a frozenset of constants first, which may change their order
		}
		e.emit(op, len(values), merged)
		return
	}
	e.starred(values)
	e.line = line
	switch op {
	case opTuple:
		e.emit(opListToTuple, 0, 0)
	case opSet:
		e.emit(opListToSet, 0, 0)
	}
}

func notConst(x expression) bool { _, ok := x.(*constExpr); return !ok }

func isStar(x expression) bool { _, ok := x.(*starExpr); return ok }

// starred makes a list of values of which some have a star.
func (e *emitter) starred(values []expression) {
	line := e.line
	e.emit(opList, 0, 0)
	for _, v := range values {
		if s, ok := v.(*starExpr); ok {
			e.expr(s.of)
			e.line = line
			e.emit(opExtend, 0, 0)
			continue
		}
		e.expr(v)
		e.emit(opAppend, 1, 0)
	}
}

func (e *emitter) dict(x *dictExpr) {
	if !slices.Contains(x.keys, nil) {
		for i := range x.keys {
			e.expr(x.keys[i])
			e.expr(x.values[i])
		}
		e.line = x.line
		e.emit(opDict, len(x.keys), 0)
		return
	}
	e.emit(opDict, 0, 0)
	for i, key := range x.keys {
		if key == nil {
			e.expr(x.values[i])
			e.emit(opUpdate, 0, 0)
			continue
		}
		e.expr(key)
		e.expr(x.values[i])
		e.emit(opDictAdd, 1, 0)
	}
}

func (e *emitter) call(x *callExpr) {
	if n, ok := x.fn.(*nameExpr); ok && n.name == "super" && e.access("super").kind == globalAccess && e.super(x) {
		return
	}
	if slices.ContainsFunc(x.args, isStar) || slices.ContainsFunc(x.keywords, func(k keyword) bool { return k.name == "" }) {
		e.callStar(x)
		return
	}
	if a, ok := x.fn.(*attrExpr); ok && len(x.keywords) == 0 {
		e.expr(a.of)
		e.line = a.nameLine
		e.emitCached(opMethod, e.name(a.name), 0)
		e.exprs(x.args)
		e.line = a.nameLine
		e.emit(opCallMethod, len(x.args), 0)
		return
	}
	e.expr(x.fn)
	e.exprs(x.args)
	if len(x.keywords) == 0 {
		e.line = callLine(x)
		e.emit(opCall, len(x.args), 0)
		return
	}
	names := e.keywordNames(x)
	e.line = callLine(x)
	e.emit(opCallNames, len(x.args)+len(x.keywords), names)
}

// callLine is the line of a call: of the name of the method, if there is one.
func callLine(x *callExpr) int {
	if a, ok := x.fn.(*attrExpr); ok {
		return a.nameLine
	}
	return x.line
}

func (e *emitter) keywordNames(x *callExpr) int {
	var names []string
	for _, k := range x.keywords {
		names = append(names, k.name)
		e.expr(k.value)
	}
	e.code.keywords = append(e.code.keywords, names)
	return len(e.code.keywords) - 1
}

func (e *emitter) callStar(x *callExpr) {
	e.expr(x.fn)
	e.line = x.line
	e.starred(x.args)
	e.emit(opDict, 0, 0)
	for _, k := range x.keywords {
		if k.name == "" {
			e.expr(k.value)
			e.emit(opUpdate, 1, 0)
			continue
		}
		e.constant(k.name)
		e.expr(k.value)
		e.emit(opDictAdd, 1, 1)
	}
	e.line = callLine(x)
	e.emit(opCallStar, 0, 0)
}

// super compiles super() without arguments.
func (e *emitter) super(x *callExpr) bool {
	if len(x.args)+len(x.keywords) > 0 {
		e.refuse(x.line, "super with arguments is outside of the subset")
	}
	s := e.scope
	if s.kind != functionScope || s.parent.kind != classScope || len(s.params) == 0 || e.code.positional == 0 {
		e.refuse(x.line, "super() stands in a method only, not in a function within it")
	}
	e.emit(opSuper, 0, 0)
	return true
}

func (e *emitter) yield(x *yieldExpr) {
	if x.value == nil {
		e.constant(nil)
	} else {
		e.expr(x.value)
	}
	e.line = x.line
	e.emit(opYield, 0, 0)
}

func (e *emitter) format(x *formatExpr) {
	for _, p := range x.parts {
		if p.value == nil {
			e.constant(p.text)
			continue
		}
		e.expr(p.value)
		spec := 0
		if p.spec != nil {
			e.format(p.spec)
			spec = 1
		}
		e.emit(opFormat, int(p.conversion), spec)
	}
	e.emit(opJoin, len(x.parts), 0)
}

// closure makes a function whose code body emits.
func (e *emitter) closure(key any, ps *parameters, body func(f *emitter)) {
	n := e.defaults(ps)
	line := e.line
	f := e.compiler.emitter(e.scopes[key], ps)
	body(f)
	code := f.finish()
	e.line = line
	flag := 0
	if n > 0 {
		flag = 1
	}
	e.emit(opFunction, e.constIndex(code), flag)
}

// defaults puts the defaults of the parameters on the stack, as a tuple.
func (e *emitter) defaults(ps *parameters) (n int) {
	if ps == nil {
		return 0
	}
	for _, q := range append(slices.Clone(ps.positional), ps.keyword...) {
		if q.fallback != nil {
			e.expr(q.fallback)
			n++
		}
	}
	if n > 0 {
		e.emit(opTuple, n, 0)
	}
	return n
}

func (e *emitter) function(s *funcStmt) {
	e.exprs(s.decorators)
	e.line = s.line
	if !e.future {
		e.annotations(s)
	}
	e.line = s.line
	e.closure(s, s.params, func(f *emitter) {
		f.statements(s.body)
		f.constant(nil)
		f.emit(opReturn, 0, 0)
	})
	e.decorate(s.decorators)
	e.store(s.name)
}

// annotations evaluates the annotations of a function, as CPython does without the future import.
func (e *emitter) annotations(s *funcStmt) {
	all := append(slices.Clone(s.params.positional), s.params.keyword...)
	for _, q := range []*parameter{s.params.star, s.params.starStar, {annotation: s.returns}} {
		if q != nil {
			all = append(all, *q)
		}
	}
	for _, q := range all {
		if q.annotation != nil {
			e.expr(q.annotation)
			e.emit(opPop, 0, 0)
		}
	}
}

func (e *emitter) decorate(decorators []expression) {
	for _, d := range slices.Backward(decorators) {
		e.line = d.at()
		e.emit(opCall, 1, 0)
	}
}

func (e *emitter) class(s *classStmt) {
	e.exprs(s.decorators)
	e.line = s.line
	f := e.compiler.emitter(e.scopes[s], nil)
	f.statements(s.body)
	f.constant(nil)
	f.emit(opReturn, 0, 0)
	code := f.finish()
	e.line = s.line
	e.emit(opFunction, e.constIndex(code), 0)
	e.exprs(s.bases)
	e.line = s.line
	e.emit(opClass, e.constIndex(code), len(s.bases))
	e.decorate(s.decorators)
	e.store(s.name)
}

func (e *emitter) comprehension(x *compExpr) {
	if names, ok := e.inline[x]; ok {
		e.inlined(x, names)
		return
	}
	e.emitComprehensionCall(x)
}

var builders = [...]opcode{listComp: opList, setComp: opSet, dictComp: opDict}

// inlined compiles a comprehension that shares the scope around it.
func (e *emitter) inlined(x *compExpr, names map[string]bool) {
	e.emit(builders[x.kind], 0, 0)
	e.expr(x.clauses[0].iter)
	e.line = x.line
	e.emit(opIter, 0, 0)
	slots := map[string]int{}
	for _, name := range sorted(names) {
		slots[name] = e.temp()
	}
	e.inner = append(e.inner, slots)
	e.loops(x, 0)
	e.inner = e.inner[:len(e.inner)-1]
	for _, name := range sorted(names) {
		e.release(slots[name])
	}
}

// emitComprehensionCall compiles a comprehension that is a function of its own.
func (e *emitter) emitComprehensionCall(x *compExpr) {
	f := e.compiler.emitter(e.scopes[x], nil)
	f.line = x.line
	if x.kind != generatorComp {
		f.emit(builders[x.kind], 0, 0)
	}
	f.emit(opFast, 0, 0)
	f.loops(x, 0)
	if x.kind == generatorComp {
		f.constant(nil)
	}
	f.emit(opReturn, 0, 0)
	e.emit(opFunction, e.constIndex(f.finish()), 0)
	e.expr(x.clauses[0].iter)
	e.line = x.line
	e.emit(opIter, 0, 0)
	e.emit(opCall, 1, 0)
}

// loops compiles the clauses from number i on; the iterator of that clause is on the stack.
func (e *emitter) loops(x *compExpr, i int) {
	if i == len(x.clauses) {
		e.element(x)
		return
	}
	c := x.clauses[i]
	if i > 0 {
		e.expr(c.iter)
		e.line = x.line
		e.emit(opIter, 0, 0)
	}
	top := e.here()
	out := e.emit(opForIter, 0, 0)
	e.assign(c.target)
	var skip []int
	for _, test := range c.ifs {
		skip = append(skip, e.condition(test, false)...)
	}
	e.loops(x, i+1)
	e.patch(skip...)
	e.emit(opJumpBack, top, 0)
	e.patch(out)
}

func (e *emitter) element(x *compExpr) {
	if x.key != nil {
		e.expr(x.key)
	}
	e.expr(x.value)
	switch x.kind {
	case listComp:
		e.emit(opAppend, len(x.clauses)+1, 0)
	case setComp:
		e.emit(opSetAdd, len(x.clauses)+1, 0)
	case dictComp:
		e.emit(opDictAdd, len(x.clauses)+1, 0)
	case generatorComp:
		e.emit(opYield, 0, 0)
		e.emit(opPop, 0, 0)
	}
}
