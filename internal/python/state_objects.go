package python

import "slices"

// content goes through what an object holds.
func (c *codec) content(v any) {
	switch x := v.(type) {
	case *Instance:
		c.instance(x)
	case *List:
		c.values(&x.items)
	case *Tuple:
		c.values(&x.items)
	case *cell:
		c.value(&x.value)
	case *Function:
		c.function(x)
	case *Method:
		c.value(&x.self)
		c.value(&x.fn)
	case *lock:
		c.bool(&x.held)
		fiberList(c, &x.waiters)
	case *Fiber:
		c.fiber(x)
	case *Dict:
		c.dict(x)
	case *Set:
		c.set(x)
	case *Bytearray:
		s := string(x.data)
		c.text(&s)
		if c.reading {
			x.data = []byte(s)
		}
	case *Partial:
		c.value(&x.fn)
		c.values(&x.args)
		c.texts(&x.names)
	case *generator:
		c.generator(x)
	case *threadObject:
		c.value(&x.target)
		c.value(&x.args)
		typed(c, &x.fiber)
	case *localObject:
	default:
		c.iterator(v)
	}
}

func (c *codec) iterator(v any) {
	switch x := v.(type) {
	case *listIterator:
		typed(c, &x.list)
		x.at = c.int(x.at)
	case *itemsIterator:
		c.values(&x.items)
		x.at = c.int(x.at)
	case *dictIterator:
		typed(c, &x.dict)
		x.kind, x.at, x.size = c.byte(x.kind), c.int(x.at), c.int(x.size)
	case *setIterator:
		typed(c, &x.set)
		c.values(&x.items)
		x.at = c.int(x.at)
	case *rangeIterator:
		x.next, x.stop, x.step = c.int(x.next), c.int(x.stop), c.int(x.step)
	case *textIterator:
		c.text(&x.text)
	case *bytesIterator:
		c.value(&x.of)
		x.at = c.int(x.at)
	case *enumerateIterator:
		c.value(&x.of)
		x.n = c.int(x.n)
	case *zipIterator:
		c.values(&x.of)
		c.bool(&x.strict)
	case *mapIterator:
		c.value(&x.fn)
		c.values(&x.of)
		c.bool(&x.filter)
	case *getitemIterator:
		c.value(&x.of)
		x.at = c.int(x.at)
	default:
		c.rare(v)
	}
}

func (c *codec) rare(v any) {
	switch x := v.(type) {
	case *rangeType:
		x.start, x.stop, x.step = c.int(x.start), c.int(x.stop), c.int(x.step)
	case *dictView:
		typed(c, &x.dict)
		x.kind = c.byte(x.kind)
	case *property:
		c.value(&x.get)
		c.value(&x.set)
	case *wrapped:
		c.value(&x.fn)
		c.bool(&x.class)
	case *TypeForm:
		c.text(&x.name)
		c.value(&x.of)
		c.values(&x.args)
		c.bool(&x.union)
	default:
		c.fail("a %T has no form", v)
	}
}

func (c *codec) texts(ss *[]string) {
	n := c.size(len(*ss))
	if c.reading {
		*ss = make([]string, n)
	}
	for i := range n {
		c.text(&(*ss)[i])
	}
}

// instance goes through the fields of an object: those that its class knows from its body by their place, the others by name.
func (c *codec) instance(x *Instance) {
	c.classRef(&x.class)
	if c.err != nil {
		return
	}
	k := x.class
	early := min(len(x.fields), k.early)
	for !c.reading && early > 0 && isUnset(x.fields[early-1]) {
		early--
	}
	n := c.size(early)
	if n > k.early {
		c.fail("an object of %s has %d fields", k.name, n)
		return
	}
	if c.reading {
		x.fields = make([]Value, n, max(n, len(k.slotNames)))
	}
	for i := range n {
		c.value(&x.fields[i])
	}
	c.lateFields(x)
	isException := x.exc != nil
	c.bool(&isException)
	if !isException {
		return
	}
	if c.reading {
		x.exc = &exceptionData{}
	}
	typed(c, &x.exc.args)
	c.value(&x.exc.cause)
}

func (c *codec) lateFields(x *Instance) {
	var names []string
	for i := x.class.early; !c.reading && i < len(x.fields); i++ {
		if !isUnset(x.fields[i]) {
			names = append(names, x.class.slotNames[i])
		}
	}
	slices.Sort(names)
	c.named(names, func(name string) Value { v, _ := x.Get(name); return v }, func(name string, v Value) {
		if !x.class.hasSlot(name) {
			c.m.classEpoch++
		}
		x.set(name, v)
	})
}

func (c *codec) function(x *Function) {
	id := 0
	if !c.reading {
		id = x.code.id
	}
	if id = c.int(id); id < 0 || id >= len(c.m.codes) {
		c.fail("there is no function %d", id)
		return
	}
	x.code = c.m.codes[id]
	if c.reading {
		x.cells = make([]*cell, len(x.code.freeTo))
		x.defaults = nil
	}
	for i := range x.cells {
		typed(c, &x.cells[i])
	}
	c.values(&x.defaults)
}

func (c *codec) dict(x *Dict) {
	c.values(&x.keys)
	c.values(&x.vals)
	if c.reading {
		x.index = nil
		if len(x.keys) != len(x.vals) {
			c.fail("a dict of %d keys and %d values", len(x.keys), len(x.vals))
		}
	}
}

func (c *codec) set(x *Set) {
	c.values(&x.keys)
	table := x.table != nil
	c.bool(&table)
	if c.reading {
		x.vals, x.index, x.table = make([]Value, len(x.keys)), nil, nil
	}
	if !table {
		return
	}
	if c.reading {
		x.table = &setTable{}
	}
	n := c.size(len(x.table.slots))
	if c.reading {
		x.table.slots = make([]int32, n)
	}
	for i := range x.table.slots {
		s := c.int(int(x.table.slots[i]))
		if s > len(x.keys) {
			c.fail("a set of %d elements has no element %d", len(x.keys), s)
			return
		}
		x.table.slots[i] = int32(s)
	}
	x.table.fill = c.int(x.table.fill)
}

func (c *codec) generator(x *generator) {
	c.bool(&x.done)
	c.bool(&x.running)
	c.value(&x.value)
	if x.done || x.running { // the frame of one that runs stands in the fiber
		return
	}
	if c.reading {
		x.frame = &frame{}
	}
	c.frame(x.frame, x)
}

// fiber goes through a fiber: its frames, the top one first.
func (c *codec) fiber(x *Fiber) {
	c.bool(&x.done)
	c.value(&x.value)
	if x.thrown != nil {
		c.fail("an exception is thrown into a fiber")
	}
	n := 0
	for f := x.frame; f != nil; f = f.parent {
		n++
	}
	n = c.size(n)
	at := &x.frame
	for range n {
		if c.err != nil {
			return
		}
		if c.reading {
			*at = &frame{}
		}
		c.frame(*at, nil)
		at = &(*at).parent
	}
	if c.reading {
		*at = nil
		c.depths(x.frame)
	}
	c.locals(x)
	fiberList(c, &x.joining)
}

// depths counts how deep frames are.
func (c *codec) depths(top *frame) {
	n := 0
	for f := top; f != nil; f = f.parent {
		n++
	}
	for f := top; f != nil; f = f.parent {
		n--
		f.depth = n
	}
}

func (c *codec) locals(x *Fiber) {
	n := c.size(len(x.locals))
	if c.reading {
		x.locals = make([]localFields, n)
	}
	for i := range n {
		l := &x.locals[i]
		typed(c, &l.of)
		if c.reading {
			l.fields = &Instance{class: localClass()}
		}
		names := l.fields.Fields()
		slices.Sort(names)
		c.named(names, func(name string) Value { v, _ := l.fields.Get(name); return v }, l.fields.set)
	}
}

// frame goes through a frame; of is the generator that it is of, if that is known.
func (c *codec) frame(f *frame, of *generator) {
	suspended := f.call != nil
	c.bool(&suspended)
	if suspended {
		c.suspension(f)
		return
	}
	if f.body != nil {
		c.fail("the body of a class is under way")
		return
	}
	typed(c, &f.fn)
	if c.err != nil || f.fn == nil || f.fn.code == nil {
		c.fail("a frame has no function")
		return
	}
	f.code = f.fn.code
	f.ip = c.int(f.ip)
	f.flags = frameFlags(c.byte(byte(f.flags)))
	if of == nil {
		typed(c, &f.gen)
	} else {
		f.gen = of
	}
	if c.reading && f.gen != nil {
		f.gen.frame = f
	}
	typed(c, &f.self)
	if f.ip < 0 || f.ip > len(f.code.instr) {
		c.fail("there is no instruction %d", f.ip)
		return
	}
	c.registers(f)
	c.tries(f)
}

// registers goes through the variables that are read again, and the stack.
func (c *codec) registers(f *frame) {
	code := f.code
	height := c.int(f.sp - code.locals)
	if height < 0 || height > code.stack {
		c.fail("a stack of %d", height)
		return
	}
	if c.reading {
		f.regs = make([]Value, code.locals+code.stack)
		f.sp = code.locals + height
		for i := range code.locals {
			f.regs[i] = unset
		}
	}
	live := slotSet(code.liveAt(f.ip))
	for i := range code.locals {
		if live.has(i) || f.flags&observedFrame != 0 && i < len(code.params) {
			c.value(&f.regs[i])
		}
	}
	for i := code.locals; i < f.sp; i++ {
		c.value(&f.regs[i])
	}
}

func (c *codec) tries(f *frame) {
	n := c.size(len(f.tries))
	if c.reading {
		f.tries = make([]handlerAt, n)
	}
	for i := range f.tries {
		t := &f.tries[i]
		t.ip, t.sp = c.int(t.ip), c.int(t.sp-f.code.locals)+f.code.locals
		if t.ip < 0 || t.ip >= len(f.code.instr) || t.sp < 0 || t.sp >= len(f.regs) {
			c.fail("a handler at %d", t.ip)
			return
		}
	}
}

func (c *codec) suspension(f *frame) {
	if c.reading {
		f.call = &Suspension{frame: f, args: emptyTuple}
	}
	typed(c, &f.call.callable)
	var args Value = f.call.args
	c.value(&args)
	c.value(&f.call.result)
	if t, ok := args.(*Tuple); ok {
		f.call.args = t
		return
	}
	c.fail("the arguments of a suspended call are no tuple")
}
