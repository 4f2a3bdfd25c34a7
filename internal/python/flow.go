package python

import "slices"

// The flow analyses of a function: how high its stack grows, which of its variables may be unset where they are read, and which are
// still to be read.

// measure finds how high the stack grows.
func (c *Code) measure() {
	height := make([]int, len(c.instr)+1)
	for i := range height {
		height[i] = -1
	}
	type job struct{ at, height int }
	work := []job{{0, 0}}
	visit := func(at, h int) {
		if height[at] < h {
			height[at] = h
			c.stack = max(c.stack, h)
			work = append(work, job{at, h})
		}
	}
	height[0] = 0
	for len(work) > 0 {
		j := work[len(work)-1]
		work = work[:len(work)-1]
		if j.at >= len(c.instr) {
			continue
		}
		in := c.instr[j.at]
		next, jump := c.effect(in)
		for _, k := range c.successors(j.at) {
			if k == j.at+1 && in.op != opJump && in.op != opJumpBack {
				visit(k, j.height+next)
			} else {
				visit(k, j.height+jump)
			}
		}
		if in.op == opTry {
			visit(int(in.a), j.height+jump)
		}
	}
	c.stack += 4 // room for what instructions put there for a moment
}

type slotSet []uint64

func newSlotSet(n int) slotSet       { return make(slotSet, (n+63)/64) }
func (b slotSet) has(i int) bool     { return b[i/64]>>(i%64)&1 != 0 }
func (b slotSet) set(i int)          { b[i/64] |= 1 << (i % 64) }
func (b slotSet) clear(i int)        { b[i/64] &^= 1 << (i % 64) }
func (b slotSet) clone() slotSet     { return slices.Clone(b) }
func (b slotSet) or(o slotSet) bool  { return b.merge(o, func(x, y uint64) uint64 { return x | y }) }
func (b slotSet) and(o slotSet) bool { return b.merge(o, func(x, y uint64) uint64 { return x & y }) }
func (b slotSet) merge(o slotSet, f func(x, y uint64) uint64) (changed bool) {
	for i := range b {
		n := f(b[i], o[i])
		changed = changed || n != b[i]
		b[i] = n
	}
	return changed
}

// assigned finds the reads of variables that may be unset, and makes them check.
func (c *Code) assigned() {
	in := c.assignedAt()
	unset := newSlotSet(c.locals)
	for i := range c.instr {
		x := &c.instr[i]
		switch {
		case in[i] == nil:
		case x.op == opFast && !in[i].has(int(x.a)):
			x.op = opFastCheck
			unset.set(int(x.a))
		case x.op == opFastAttr && !in[i].has(int(x.b)):
			x.op = opFastAttrCheck
			unset.set(int(x.b))
		case x.op == opDeleteFast && !in[i].has(int(x.a)):
			unset.set(int(x.a))
		}
	}
	for i := range c.locals {
		if unset.has(i) {
			c.maybeUnset = append(c.maybeUnset, i)
		}
	}
}

// fuse marks the reads of what a class pattern is compared with. The types of definitions.py are told apart by many such patterns, one after
// the other, of which one fits: of the instructions of random runs, 28 in 100 were theirs. The instructions after it stay where they are, and are run if the
// class is not such a simple one, or fits.
func (c *Code) fuse() {
	for i := range len(c.instr) - 2 {
		if c.instr[i].op == opFast && c.instr[i+1].op == opGlobal && c.instr[i+2].op == opMatchClass {
			c.instr[i].op = opFastMatch
		}
	}
}

// assignedAt tells which slots are surely assigned before each instruction; nil where control never comes.
func (c *Code) assignedAt() []slotSet {
	in := make([]slotSet, len(c.instr)+1)
	in[0] = newSlotSet(c.locals)
	for i := range c.params {
		in[0].set(i)
	}
	for _, slots := range [][]int{{c.star, c.starStar}, c.freeTo, c.cellSlots} {
		for _, i := range slots {
			if i >= 0 {
				in[0].set(i)
			}
		}
	}
	handlers := c.handlers()
	work := []int{0}
	for len(work) > 0 {
		i := work[len(work)-1]
		work = work[:len(work)-1]
		if i >= len(c.instr) {
			continue
		}
		out := in[i].clone()
		switch x := c.instr[i]; x.op {
		case opStoreFast:
			out.set(int(x.a))
		case opDeleteFast:
			out.clear(int(x.a))
		}
		flow := func(j int, b slotSet) {
			if in[j] == nil {
				in[j] = b.clone()
				work = append(work, j)
			} else if in[j].and(b) {
				work = append(work, j)
			}
		}
		for _, j := range c.successors(i) {
			flow(j, out)
		}
		for _, j := range handlers {
			flow(j, in[i])
			flow(j, out)
		}
	}
	return in
}

// liveAt tells which slots may be read from an instruction on.
func (c *Code) liveAt(ip int) slotSet {
	if c.live == nil {
		c.findLive()
	}
	return c.live[ip]
}

func (c *Code) findLive() {
	c.live = make([][]uint64, len(c.instr)+1)
	for i := range c.live {
		c.live[i] = newSlotSet(c.locals)
	}
	handlers := c.handlers()
	for changed := true; changed; {
		changed = false
		for i := len(c.instr) - 1; i >= 0; i-- {
			now := newSlotSet(c.locals)
			for _, j := range c.successors(i) {
				now.or(c.live[j])
			}
			for _, j := range handlers {
				now.or(c.live[j])
			}
			c.reads(c.instr[i], now)
			changed = slotSet(c.live[i]).or(now) || changed
		}
	}
}

// reads takes one instruction back: what it assigns is dead before it, what it reads is live.
func (c *Code) reads(in instruction, live slotSet) {
	switch in.op {
	case opStoreFast:
		live.clear(int(in.a))
	case opFast, opFastCheck, opFastMatch, opCell, opStoreCell, opDeleteCell, opDeleteFast:
		live.set(int(in.a))
	case opFastAttr, opFastAttrCheck:
		live.set(int(in.b))
	case opSuper:
		live.set(0)
	case opFunction:
		for _, from := range c.consts[in.a].(*Code).freeFrom {
			live.set(from)
		}
	}
}
