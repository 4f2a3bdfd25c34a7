package python

import "slices"

// An operation runs an instruction. The frame's ip is after it; the operation moves sp, and may give a frame to run.
type operation func(m *Machine, f *frame, in *instruction) (*frame, error)

var operations [256]operation

func init() {
	for op := range operations {
		operations[op] = func(m *Machine, _ *frame, _ *instruction) (*frame, error) {
			return nil, m.refusal("internal: no operation %d", op)
		}
	}
	for op, f := range map[opcode]operation{
		opNop:       func(*Machine, *frame, *instruction) (*frame, error) { return nil, nil },
		opLine:      opLineRun,
		opFastCheck: opFastCheckRun, opFastAttrCheck: opFastAttrCheckRun, opDeleteFast: opDeleteFastRun, opStoreCell: opStoreCellRun,
		opDeleteCell: opDeleteCellRun, opStoreGlobal: opStoreGlobalRun, opDeleteGlobal: opDeleteGlobalRun, opName: opNameRun,
		opStoreName: opStoreNameRun, opDeleteName: opDeleteNameRun, opDeleteAttr: opDeleteAttrRun, opCallNames: opCallNamesRun,
		opCallStar: opCallStarRun, opDup2: opDup2Run, opInplace: opInplaceRun, opUnary: opUnaryRun, opSet: opSetRun, opDict: opDictRun,
		opAppend: opAppendRun, opSetAdd: opSetAddRun, opDictAdd: opDictAddRun, opExtend: opExtendRun, opUpdate: opUpdateRun,
		opListToTuple: opListToTupleRun, opListToSet: opListToSetRun, opIter: opIterRun, opUnpack: opUnpackRun,
		opUnpackStar: opUnpackStarRun, opSubscript: opSubscriptRun, opStoreSubscript: opStoreSubscriptRun,
		opDeleteSubscript: opDeleteSubscriptRun, opSlice: opSliceRun, opFunction: opFunctionRun, opClass: opClassRun, opRaise: opRaiseRun,
		opReraise: opReraiseRun, opAssertFail: opAssertFailRun, opTry: opTryRun, opPopTry: opPopTryRun,
		opExceptionMatch: opExceptionMatchRun, opImport: opImportRun, opImportFrom: opImportFromRun, opImportStar: opImportStarRun,
		opMatchClass: opMatchClassRun, opMatchSequence: opMatchSequenceRun, opFormat: opFormatRun, opJoin: opJoinRun, opSuper: opSuperRun,
		opExit: opExitRun, opEnter: opEnterRun,
	} {
		operations[op] = f
	}
}

func (f *frame) pop() Value {
	f.sp--
	return f.regs[f.sp]
}

func (f *frame) push(v Value) {
	f.regs[f.sp] = v
	f.sp++
}

func (f *frame) top() *Value { return &f.regs[f.sp-1] }

func (m *Machine) unbound(code *Code, slot int) error {
	return m.raise(m.errors.UnboundLocal, "cannot access local variable '%s' where it is not associated with a value", code.slotNames[slot])
}

func (m *Machine) unboundCell(code *Code, slot int) error {
	if slices.Contains(code.cellSlots, slot) {
		return m.unbound(code, slot)
	}
	return m.raise(m.errors.Name, "cannot access free variable '%s' where it is not associated with a value in enclosing scope",
		code.slotNames[slot])
}

// builtin finds the built-in that a global name stands for.
func (m *Machine) builtin(code *Code, in *instruction) (Value, error) {
	if in.b > 0 {
		return m.found[in.b-1], nil
	}
	v, err := m.builtinNamed(code.module.names[in.a])
	if err == nil {
		m.found = append(m.found, v)
		in.b = int32(len(m.found))
	}
	return v, err
}

func (m *Machine) builtinNamed(name string) (Value, error) {
	v, ok := m.builtins[name]
	switch {
	case ok:
		return v, nil
	case otherBuiltins[name]:
		return nil, m.refusal("%s", outsideBuiltin(name))
	}
	return nil, m.raise(m.errors.Name, "name '%s' is not defined", name)
}

func opFastCheckRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v := f.regs[in.a]
	if isUnset(v) {
		return nil, m.unbound(f.code, int(in.a))
	}
	f.push(v)
	return nil, nil
}

func opFastAttrCheckRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v := f.regs[in.b]
	if isUnset(v) {
		return nil, m.unbound(f.code, int(in.b))
	}
	v, err := m.attrCached(v, f.code, in)
	f.push(v)
	return nil, err
}

func opDeleteFastRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	if isUnset(f.regs[in.a]) {
		return nil, m.unbound(f.code, int(in.a))
	}
	f.regs[in.a] = unset
	return nil, nil
}

func opStoreCellRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	c := f.regs[in.a].(*cell)
	m.changeCell(c)
	c.value = f.pop()
	return nil, nil
}

func opDeleteCellRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	c := f.regs[in.a].(*cell)
	if isUnset(c.value) {
		return nil, m.unboundCell(f.code, int(in.a))
	}
	m.changeCell(c)
	c.value = unset
	return nil, nil
}

func opStoreGlobalRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	m.changeVariable(f.code.module, int(in.a))
	f.code.module.setSlot(int(in.a), f.pop())
	return nil, nil
}

func opDeleteGlobalRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	mod := f.code.module
	if isUnset(mod.vals[in.a]) {
		return nil, m.raise(m.errors.Name, "name '%s' is not defined", mod.names[in.a])
	}
	m.changeVariable(mod, int(in.a))
	mod.setSlot(int(in.a), unset)
	return nil, nil
}

func opNameRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	name := f.code.names[in.a]
	v, ok := f.body.vals[name]
	if !ok {
		if v = f.code.module.vals[in.b]; isUnset(v) {
			var err error
			if v, err = m.builtinNamed(name); err != nil {
				return nil, err
			}
		}
	}
	f.push(v)
	return nil, nil
}

func opStoreNameRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	f.body.set(f.code.names[in.a], f.pop())
	return nil, nil
}

func opDeleteNameRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	if name := f.code.names[in.a]; !f.body.remove(name) {
		return nil, m.raise(m.errors.Name, "name '%s' is not defined", name)
	}
	return nil, nil
}

func opDeleteAttrRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	return nil, m.deleteAttr(f.pop(), f.code.names[in.a])
}

func opCallNamesRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	n := int(in.a)
	args := f.regs[f.sp-n : f.sp : f.sp]
	f.sp -= n + 1
	v, nf, err := m.begin(f.regs[f.sp], nil, false, args, f.code.keywords[in.b])
	if nf == nil && (err == nil || err == errBlocked) {
		f.push(v)
	}
	return nf, err
}

func opCallStarRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	d, l := f.pop().(*Dict), f.pop().(*List)
	args := slices.Clone(l.items)
	var names []string
	for i, k := range d.keys {
		name, ok := k.(string)
		if !ok {
			return nil, m.raise(m.errors.Type, "keywords must be strings")
		}
		names = append(names, name)
		args = append(args, d.vals[i])
	}
	f.sp--
	v, nf, err := m.begin(f.regs[f.sp], nil, false, args, names)
	if nf == nil && (err == nil || err == errBlocked) {
		f.push(v)
	}
	return nf, err
}

func opDup2Run(m *Machine, f *frame, in *instruction) (*frame, error) {
	a, b := f.regs[f.sp-2], f.regs[f.sp-1]
	f.push(a)
	f.push(b)
	return nil, nil
}

func opInplaceRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	b := f.pop()
	v, err := m.inplace(binaryOp(in.a), *f.top(), b)
	*f.top() = v
	return nil, err
}

func opUnaryRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v, err := m.unary(byte(in.a), *f.top())
	*f.top() = v
	return nil, err
}

func opSetRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	n := int(in.a)
	s := m.newSet()
	f.sp -= n
	err := m.addAll(s, f.regs[f.sp:f.sp+n])
	if in.b == 1 && err == nil {
		s, err = m.constantSet(s)
	}
	f.push(s)
	return nil, err
}

// constantSet is a set of constants as CPython makes it: the compiler makes a frozenset, makes it again of its elements, and the code
// copies that.
func (m *Machine) constantSet(s *Set) (*Set, error) {
	again := m.newSet()
	if err := m.addAll(again, s.ordered()); err != nil {
		return nil, err
	}
	return m.copySet(again)
}

func opDictRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	n := int(in.a)
	d := &Dict{head: m.made()}
	f.sp -= 2 * n
	for i := range n {
		if err := m.put(d, f.regs[f.sp+2*i], f.regs[f.sp+2*i+1]); err != nil {
			return nil, err
		}
	}
	f.push(d)
	return nil, nil
}

func opAppendRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v := f.pop()
	l := f.regs[f.sp-int(in.a)].(*List)
	m.changeList(l)
	if l.items == nil {
		l.items = make([]Value, 0, 4)
	}
	l.items = append(l.items, v)
	return nil, nil
}

func opSetAddRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v := f.pop()
	return nil, m.add(f.regs[f.sp-int(in.a)].(*Set), v)
}

// opDictAddRun puts a key and a value into a dict; b tells that they are an argument, which is given once only.
func opDictAddRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v, k := f.pop(), f.pop()
	d := f.regs[f.sp-int(in.a)].(*Dict)
	if in.b == 1 {
		if i, _ := m.find(d, k); i >= 0 {
			return nil, m.givenTwice(f, k)
		}
	}
	return nil, m.put(d, k, v)
}

func opExtendRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v := f.pop()
	l := (*f.top()).(*List)
	return nil, m.each(v, func(x Value) error {
		m.changeList(l)
		l.items = append(l.items, x)
		return nil
	})
}

// givenTwice is the error of a call that names an argument twice; the function is two places below the dict.
func (m *Machine) givenTwice(f *frame, name Value) error {
	what := typeName(f.regs[f.sp-3])
	if fn, ok := f.regs[f.sp-3].(*Function); ok {
		what = fn.code.module.name + "." + fn.code.qualified
	}
	return m.raise(m.errors.Type, "%s() got multiple values for keyword argument '%v'", what, name)
}

// opUpdateRun puts the entries of a dict into another; a tells that they are arguments, which are given once only.
func opUpdateRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	from, ok := f.pop().(*Dict)
	if !ok {
		return nil, m.raise(m.errors.Type, "argument after ** must be a mapping")
	}
	d := (*f.top()).(*Dict)
	for i, k := range from.keys {
		if in.a == 1 {
			if j, _ := m.find(d, k); j >= 0 {
				return nil, m.givenTwice(f, k)
			}
		}
		if err := m.put(d, k, from.vals[i]); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func opListToTupleRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	*f.top() = NewTuple((*f.top()).(*List).items...)
	return nil, nil
}

func opListToSetRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	s := m.newSet()
	err := m.addAll(s, (*f.top()).(*List).items)
	*f.top() = s
	return nil, err
}

func opIterRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	it, err := m.iter(*f.top())
	*f.top() = it
	return nil, err
}

func opUnpackRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	n := int(in.a)
	items, err := m.unpackItems(f.pop(), n)
	if err != nil {
		return nil, err
	}
	if len(items) != n {
		return nil, m.unpackError(len(items), n)
	}
	for _, v := range slices.Backward(items) {
		f.push(v)
	}
	return nil, nil
}

func (m *Machine) unpackError(got, want int) error {
	if got < want {
		return m.raise(m.errors.Value, "not enough values to unpack (expected %d, got %d)", want, got)
	}
	return m.raise(m.errors.Value, "too many values to unpack (expected %d)", want)
}

// unpackItems are the elements of what is unpacked, but no more than one too many.
func (m *Machine) unpackItems(v Value, n int) (items []Value, err error) {
	switch v := v.(type) {
	case *Tuple:
		return v.items, nil
	case *List:
		return v.items, nil
	}
	it, err := m.iter(v)
	if err != nil {
		return nil, m.cannotUnpack(v, err)
	}
	for len(items) <= n {
		x, ok, err := m.next(it)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		items = append(items, x)
	}
	return items, nil
}

func (m *Machine) cannotUnpack(v Value, err error) error {
	if e, ok := err.(*Exception); ok && e.Value.class == m.errors.Type {
		return m.raise(m.errors.Type, "cannot unpack non-iterable %s object", typeName(v))
	}
	return err
}

func opUnpackStarRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	before, after := int(in.a), int(in.b)
	items, err := m.list(f.pop())
	if err != nil {
		return nil, err
	}
	if len(items) < before+after {
		return nil, m.raise(m.errors.Value, "not enough values to unpack (expected at least %d, got %d)", before+after, len(items))
	}
	end := len(items) - after
	for _, v := range slices.Backward(items[end:]) {
		f.push(v)
	}
	f.push(NewList(slices.Clone(items[before:end])...))
	for _, v := range slices.Backward(items[:before]) {
		f.push(v)
	}
	return nil, nil
}

func opSubscriptRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	index := f.pop()
	of := *f.top()
	if x, ok := of.(*Instance); ok {
		if get := m.specials(x.class).getitem; get != nil {
			v, nf, err := m.begin(get, of, true, []Value{index}, nil)
			f.sp--
			if nf == nil && err == nil {
				f.push(v)
			}
			return nf, err
		}
	}
	v, err := m.getItem(of, index)
	*f.top() = v
	return nil, err
}

func opStoreSubscriptRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	index, of, v := f.pop(), f.pop(), f.pop()
	return nil, m.setItem(of, index, v)
}

func opDeleteSubscriptRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	index, of := f.pop(), f.pop()
	return nil, m.deleteItem(of, index)
}

func opSliceRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	f.sp -= 2
	*f.top() = &slice{f.regs[f.sp-1], f.regs[f.sp], f.regs[f.sp+1]}
	return nil, nil
}

func opFunctionRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	c := f.code.consts[in.a].(*Code)
	fn := &Function{code: c}
	if in.b == 1 {
		fn.defaults = f.pop().(*Tuple).items
	}
	if len(c.freeFrom) > 0 {
		fn.cells = make([]*cell, len(c.freeFrom))
	}
	for i, from := range c.freeFrom {
		fn.cells[i] = f.regs[from].(*cell)
	}
	f.push(fn)
	return nil, nil
}

// opClassRun begins the body of a class; endClass makes the class.
func opClassRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	n := int(in.b)
	f.sp -= n
	bases := slices.Clone(f.regs[f.sp : f.sp+n])
	fn := f.pop().(*Function)
	nf := m.newFrame(fn)
	nf.begin()
	nf.flags |= classFrame
	nf.body = &classBody{vals: map[string]Value{}}
	nf.regs[fn.code.locals+fn.code.stack-1] = NewTuple(bases...) // the last place of the stack is spare
	return nf, nil
}

func (m *Machine) endClass(f *frame) (Value, error) {
	bases := f.regs[f.code.locals+f.code.stack-1].(*Tuple)
	return m.buildClass(f.code, f.body, bases.items)
}

func opRaiseRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	var cause Value
	if in.b == 1 {
		cause = f.pop()
	}
	x, err := m.exceptionOf(f.pop())
	if err != nil {
		return nil, err
	}
	if cause != nil {
		c, err := m.exceptionOf(cause)
		if err != nil {
			return nil, m.raise(m.errors.Type, "exception causes must derive from BaseException")
		}
		m.changeInstance(x)
		x.exc.cause = c
	}
	return nil, &Exception{Value: x}
}

// exceptionOf is the exception that raise raises.
func (m *Machine) exceptionOf(v Value) (*Instance, error) {
	if c, ok := v.(*Class); ok && c.exception {
		var err error
		if v, err = m.callNow(c); err != nil {
			return nil, err
		}
	}
	if x, ok := v.(*Instance); ok && x.exc != nil {
		return x, nil
	}
	return nil, m.raise(m.errors.Type, "exceptions must derive from BaseException")
}

func opReraiseRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	return nil, &Exception{Value: f.pop().(*Instance)}
}

func opAssertFailRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	var args []Value
	if in.b == 1 {
		args = []Value{f.pop()}
	}
	return nil, &Exception{Value: m.newException(m.errors.Assertion, args...)}
}

func opTryRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	f.tries = append(f.tries, handlerAt{int(in.a), f.sp})
	return nil, nil
}

func opPopTryRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	f.tries = f.tries[:len(f.tries)-1]
	return nil, nil
}

func opExceptionMatchRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	kind := f.pop()
	x := (*f.top()).(*Instance)
	yes, err := m.exceptionMatches(x, kind)
	*f.top() = yes
	return nil, err
}

func (m *Machine) exceptionMatches(x *Instance, kind Value) (bool, error) {
	kinds := []Value{kind}
	if t, ok := kind.(*Tuple); ok {
		kinds = t.items
	}
	yes := false
	for _, k := range kinds {
		c, ok := k.(*Class)
		if !ok || !c.exception {
			return false, m.raise(m.errors.Type, "catching classes that do not inherit from BaseException is not allowed")
		}
		yes = yes || x.class.IsSubclass(c)
	}
	return yes, nil
}

func opFormatRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	spec := ""
	if in.b == 1 {
		spec = f.pop().(string)
	}
	v := *f.top()
	var err error
	switch in.a {
	case 'r':
		v, err = m.repr(v)
	case 's':
		v, err = m.str(v)
	}
	if err != nil {
		return nil, err
	}
	s, err := m.format(v, spec)
	*f.top() = s
	return nil, err
}

func opJoinRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	n := int(in.a)
	f.sp -= n
	size := 0
	for _, v := range f.regs[f.sp : f.sp+n] {
		size += len(v.(string))
	}
	if err := m.room(size); err != nil {
		return nil, err
	}
	b := make([]byte, 0, size)
	for _, v := range f.regs[f.sp : f.sp+n] {
		b = append(b, v.(string)...)
	}
	f.push(string(b))
	return nil, nil
}

func opSuperRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	self := f.regs[0]
	if c, ok := self.(*cell); ok {
		self = c.value
	}
	if f.fn.owner == nil || isUnset(self) {
		return nil, m.raise(m.errors.Runtime, "super(): __class__ cell not found")
	}
	f.push(&superObject{class: f.fn.owner, self: self})
	return nil, nil
}

func opEnterRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	v := f.pop()
	enter, ok := m.special(v, "__enter__")
	if !ok {
		return nil, m.raise(m.errors.Type, "'%s' object does not support the context manager protocol", typeName(v))
	}
	exit, ok := m.special(v, "__exit__")
	if !ok {
		return nil, m.raise(m.errors.Type, "'%s' object does not support the context manager protocol (missed __exit__ method)", typeName(v))
	}
	f.push(enter)
	f.push(exit)
	return nil, nil
}

// special is a special method of an object, which is looked for in its class only.
func (m *Machine) special(v Value, name string) (Value, bool) {
	t := m.typeOf(v)
	if of, ok := m.lookup(t, name); ok {
		return bindTo(v, t, of), true
	}
	if n, ok := m.methods[t][name]; ok {
		return &Method{self: v, fn: n}, true
	}
	return nil, false
}

// opExitRun replaces an exception by the three arguments of __exit__.
func opExitRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	x := f.pop().(*Instance)
	f.push(x.class)
	f.push(x)
	f.push(traceback)
	return nil, nil
}

var traceback = &singleton{"traceback"}

func opMatchClassRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	kind, subject := f.pop(), f.pop()
	var names []string
	if in.b > 0 {
		names = f.code.keywords[in.b-1]
	}
	values, yes, err := m.matchClass(subject, kind, int(in.c), names)
	if err != nil {
		return nil, err
	}
	if !yes {
		f.ip = int(in.a)
		return nil, nil
	}
	for _, v := range slices.Backward(values) {
		f.push(v)
	}
	return nil, nil
}

// matchClass tells whether a class pattern matches, and the values of its sub-patterns.
func (m *Machine) matchClass(subject, kind Value, positional int, names []string) ([]Value, bool, error) {
	c, ok := kind.(*Class)
	if !ok {
		return nil, false, m.raise(m.errors.Type, "called match pattern must be a type")
	}
	if yes, err := m.isInstance(subject, c); !yes || err != nil {
		return nil, false, err
	}
	if positional+len(names) == 0 {
		return nil, true, nil
	}
	values := make([]Value, 0, positional+len(names))
	if c.matchSelf && positional == 1 {
		values = append(values, subject)
	} else if positional > len(c.matchArgs) {
		s := "s"
		if len(c.matchArgs) == 1 {
			s = ""
		}
		return nil, false, m.raise(m.errors.Type, "%s() accepts %d positional sub-pattern%s (%d given)", c.name, len(c.matchArgs), s, positional)
	} else if len(names) == 0 {
		names = c.matchArgs[:positional]
	} else {
		names = append(slices.Clone(c.matchArgs[:positional]), names...)
	}
	for _, name := range names {
		v, err := m.Attr(subject, name)
		if e, ok := err.(*Exception); ok && e.Value.class.IsSubclass(m.errors.Attribute) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		values = append(values, v)
	}
	return values, true, nil
}

func opMatchSequenceRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	n := -1
	switch v := (*f.top()).(type) {
	case *Tuple:
		n = len(v.items)
	case *List:
		n = len(v.items)
	case *rangeType:
		n = v.len()
	}
	*f.top() = n >= 0 && (n == int(in.a) || in.b == 0 && n > int(in.a))
	return nil, nil
}

func opImportRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	mod, err := m.importModule(f.code.names[in.a])
	f.push(mod)
	return nil, err
}

func (m *Machine) importModule(name string) (*Module, error) {
	if mod, ok := m.modules[name]; ok {
		return mod, nil
	}
	if why := m.importable(name, nil); why != "" {
		return nil, m.refusal("%s", why)
	}
	file, source, err := m.options.Source(name)
	if err != nil {
		return nil, m.refusal("the module %s: %v", name, err)
	}
	code, mod, err := m.compileModule(name, file, source)
	if err != nil {
		return nil, err
	}
	_, err = m.callNow(&Function{code: code})
	return mod, err
}

func opImportFromRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	mod, err := m.importModule(f.code.names[in.a])
	if err != nil {
		return nil, err
	}
	name := f.code.names[in.b]
	v, ok := mod.Get(name)
	if !ok && mod.builtIn() {
		return nil, m.refusal("%s.%s is outside of the subset", mod.name, name)
	}
	if !ok {
		return nil, m.raise(m.errors.Import, "cannot import name '%s' from '%s'", name, mod.name)
	}
	f.push(v)
	return nil, nil
}

func opImportStarRun(m *Machine, f *frame, in *instruction) (*frame, error) {
	mod, err := m.importModule(f.code.names[in.a])
	if err != nil {
		return nil, err
	}
	if _, ok := mod.Get("__all__"); ok {
		return nil, m.refusal("a module with __all__ is outside of the subset")
	}
	for i, name := range mod.names {
		if name[0] != '_' && !isUnset(mod.vals[i]) {
			m.changeVariable(f.code.module, f.code.module.slot(name))
			f.code.module.set(name, mod.vals[i])
		}
	}
	return nil, nil
}
