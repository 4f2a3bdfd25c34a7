package python

import "errors"

// errBlocked says that the thread that runs has to wait. It is saved already.
var errBlocked = errors.New("the thread waits")

// ErrSuspend is what a Callable returns to suspend the thread that called it, see Machine.Resume.
var ErrSuspend = errors.New("suspend")

// exec runs a frame, and those that it calls, until a frame that is an entry returns or yields, or an exception leaves it, or the
// thread has to wait. The operations that run most often stand here; the others are in operations.
func (m *Machine) exec(f *frame) (Value, error) {
	var err error
	var nf *frame
	if m.fiber != nil && m.fiber.thrown != nil {
		err, m.fiber.thrown = m.fiber.thrown, nil
		m.frame = f
		if f, err = m.unwind(f, err); f == nil {
			return nil, err
		}
	}
	m.own(f)
	m.frame = f
	code, regs, sp, ip := f.code, f.regs, f.sp, f.ip
	instr := code.instr
	for {
		in := &instr[ip]
		ip++
		switch in.op {
		case opConst:
			regs[sp] = code.consts[in.a]
			sp++
			continue
		case opFast:
			regs[sp] = regs[in.a]
			sp++
			continue
		case opFastMatch:
			v := regs[in.a]
			if x, ok := v.(*Instance); ok {
				if c, ok := code.module.vals[instr[ip].a].(*Class); ok && c.code != nil && !x.class.IsSubclass(c) {
					ip = int(instr[ip+1].a)
					continue
				}
			}
			regs[sp] = v
			sp++
			continue
		case opStoreFast:
			sp--
			regs[in.a] = regs[sp]
			continue
		case opCell:
			v := regs[in.a].(*cell).value
			if s, no := v.(*singleton); !no || s != unset {
				regs[sp] = v
				sp++
				continue
			}
			f.ip = ip
			err = m.unboundCell(code, int(in.a))
		case opGlobal:
			v := code.module.vals[in.a]
			if s, no := v.(*singleton); no && s == unset {
				f.ip = ip
				if v, err = m.builtin(code, in); err != nil {
					break
				}
			}
			regs[sp] = v
			sp++
			continue
		case opFastAttr:
			if x, ok := regs[in.b].(*Instance); ok {
				c := &code.caches[in.c]
				if c.class == x.class && c.epoch < 0 && c.slot < len(x.fields) {
					if v := x.fields[c.slot]; v != unset {
						regs[sp] = v
						sp++
						continue
					}
				}
			}
			f.ip = ip
			if regs[sp], err = m.attrCached(regs[in.b], code, in); err == nil {
				sp++
				continue
			}
		case opAttr:
			if x, ok := regs[sp-1].(*Instance); ok {
				c := &code.caches[in.c]
				if c.class == x.class && c.epoch < 0 && c.slot < len(x.fields) {
					if v := x.fields[c.slot]; v != unset {
						regs[sp-1] = v
						continue
					}
				}
			}
			f.ip = ip
			if regs[sp-1], err = m.attrCached(regs[sp-1], code, in); err == nil {
				continue
			}
		case opStoreAttr:
			sp -= 2
			if x, ok := regs[sp+1].(*Instance); ok {
				c := &code.caches[in.c]
				if c.class == x.class && c.epoch == m.classEpoch {
					m.changeInstance(x)
					if c.slot < len(x.fields) {
						x.fields[c.slot] = regs[sp]
					} else {
						x.setSlot(c.slot, regs[sp])
					}
					continue
				}
			}
			f.ip = ip
			if err = m.storeAttrCached(regs[sp+1], regs[sp], code, in); err == nil {
				continue
			}
		case opMethod:
			if x, ok := regs[sp-1].(*Instance); ok {
				c := &code.caches[in.c]
				if c.class == x.class && c.epoch == m.classEpoch {
					regs[sp-1], regs[sp] = c.value, x
					sp++
					continue
				}
			}
			f.ip = ip
			if err = m.method(regs, sp, code, in); err == nil {
				sp++
				continue
			}
		case opCallMethod:
			n := int(in.a)
			base := sp - n - 2
			f.ip = ip
			if regs[base] == noSelf {
				f.sp = base
				nf, err = m.callAt(f, base+1, n)
				sp = f.sp
				break
			}
			if fn, ok := regs[base].(*Function); ok && !fn.code.needsBind && len(fn.code.params) == n+1 && !fn.code.generator {
				nf = m.newFrame(fn)
				copy(nf.regs, regs[base+1:sp])
				nf.begin()
				sp = base
				break
			}
			var v Value
			v, nf, err = m.begin(regs[base], nil, false, regs[base+1:sp:sp], nil) // the object comes first: arguments are not moved
			sp = base
			if nf == nil && (err == nil || err == errBlocked) {
				regs[sp] = v
				sp++
			}
		case opCall:
			n := int(in.a)
			base := sp - n - 1
			f.ip = ip
			if fn, ok := regs[base].(*Function); ok && !fn.code.needsBind && len(fn.code.params) == n && !fn.code.generator {
				nf = m.newFrame(fn)
				copy(nf.regs, regs[base+1:sp])
				nf.begin()
				sp = base
				break
			}
			f.sp = base
			nf, err = m.callAt(f, base, n)
			sp = f.sp
		case opPop:
			sp--
			continue
		case opDup:
			regs[sp] = regs[sp-1]
			sp++
			continue
		case opRot2:
			regs[sp-1], regs[sp-2] = regs[sp-2], regs[sp-1]
			continue
		case opRot3:
			regs[sp-1], regs[sp-2], regs[sp-3] = regs[sp-2], regs[sp-3], regs[sp-1]
			continue
		case opBinary:
			sp--
			if a, ok := regs[sp-1].(int); ok {
				if b, ok := regs[sp].(int); ok {
					if v, ok := smallBinary(binaryOp(in.a), a, b); ok {
						regs[sp-1] = v
						continue
					}
				}
			}
			f.ip = ip
			if regs[sp-1], err = m.binary(binaryOp(in.a), regs[sp-1], regs[sp]); err == nil {
				continue
			}
		case opCompare:
			sp--
			f.ip = ip
			if regs[sp-1], err = m.compare(compareOp(in.a), regs[sp-1], regs[sp]); err == nil {
				continue
			}
		case opCompareJumpFalse, opCompareJumpTrue:
			sp -= 2
			f.ip = ip
			var yes bool
			if yes, err = m.holds(compareOp(in.b), regs[sp], regs[sp+1]); err == nil {
				if yes == (in.op == opCompareJumpTrue) {
					ip = int(in.a)
				}
				continue
			}
		case opNot:
			f.ip = ip
			var yes bool
			if yes, err = m.truth(regs[sp-1]); err == nil {
				regs[sp-1] = !yes
				continue
			}
		case opJump:
			ip = int(in.a)
			continue
		case opJumpFalse, opJumpTrue:
			sp--
			yes, ok := regs[sp].(bool)
			if !ok {
				f.ip = ip
				if yes, err = m.truth(regs[sp]); err != nil {
					break
				}
			}
			if yes == (in.op == opJumpTrue) {
				ip = int(in.a)
			}
			continue
		case opJumpFalseOrPop, opJumpTrueOrPop:
			yes, ok := regs[sp-1].(bool)
			if !ok {
				f.ip = ip
				if yes, err = m.truth(regs[sp-1]); err != nil {
					break
				}
			}
			if yes == (in.op == opJumpTrueOrPop) {
				ip = int(in.a)
			} else {
				sp--
			}
			continue
		case opList:
			n := int(in.a)
			sp -= n
			regs[sp] = &List{head: m.made(), items: append([]Value(nil), regs[sp:sp+n]...)}
			sp++
			continue
		case opTuple:
			n := int(in.a)
			sp -= n
			regs[sp] = NewTuple(append([]Value(nil), regs[sp:sp+n]...)...)
			sp++
			continue
		case opForIter:
			f.ip = ip
			if it, ok := regs[sp-1].(*listIterator); ok {
				if it.changed.time < m.since {
					changeWhole(m, it, &it.changed)
				}
				if v, ok := it.next(); ok {
					regs[sp] = v
					sp++
				} else {
					sp--
					ip = int(in.a)
				}
				continue
			}
			f.sp = sp
			if nf, err = m.forIter(f, in); err == nil && nf == nil {
				sp, ip = f.sp, f.ip
				continue
			}
		case opReturn:
			v := regs[sp-1]
			f.ip = ip
			m.steps++
			if f.flags == 0 {
				p := f.parent
				m.free(f)
				if p.code != nil {
					m.own(p)
					f = p
					m.frame = f
					code, regs, sp, ip = f.code, f.regs, f.sp, f.ip
					instr = code.instr
					regs[sp] = v
					sp++
					continue
				}
				m.backIn(p, v)
				return nil, errBlocked
			}
			f.sp = sp
			var done bool
			if f, v, done, err = m.leave(f, v); done {
				return v, err
			}
			if err == nil {
				m.frame = f
				code, regs, sp, ip = f.code, f.regs, f.sp, f.ip
				instr = code.instr
				continue
			}
			code, regs, sp, ip = f.code, f.regs, f.sp, f.ip
			instr = code.instr
		case opYield:
			f.ip, f.sp = ip, sp
			v := regs[sp-1]
			g := f.gen
			changeWhole(m, g, &g.changed)
			g.running = false
			if f.flags&generatorLoop == 0 {
				return v, nil
			}
			f.flags &^= generatorLoop
			f, f.parent = f.parent, nil
			m.own(f)
			m.frame = f
			code, regs, sp, ip = f.code, f.regs, f.sp, f.ip
			instr = code.instr
			regs[sp] = v
			sp++
			continue
		case opJumpBack:
			ip = int(in.a)
			m.steps++
			if m.steps < m.turn {
				continue
			}
			f.ip, f.sp = ip, sp
			if err = m.tick(f); err == nil {
				continue
			}
		default:
			f.ip, f.sp = ip, sp
			nf, err = operations[in.op](m, f, in)
			sp, ip = f.sp, f.ip
		}

		if nf != nil {
			if f.depth >= recursionLimit-1 {
				err = m.tooDeep()
				nf = nil
			} else {
				f.ip, f.sp = ip, sp
				nf.parent, nf.depth = f, f.depth+1
				f, nf = nf, nil
				m.frame = f
				m.steps++
				if m.options.Steps > 0 && m.steps > m.options.Steps {
					err = m.limit()
				} else if f.code.observer != nil {
					err = m.enter(f)
				}
				code, regs, sp, ip = f.code, f.regs, f.sp, f.ip
				instr = code.instr
			}
		}
		if err == nil {
			continue
		}
		f.sp = sp
		if f, err = m.unwind(f, err); f == nil {
			return nil, err
		}
		m.frame = f
		code, regs, sp, ip = f.code, f.regs, f.sp, f.ip
		instr = code.instr
	}
}

// callAt calls what is at base of the stack with the n values after it. The stack ends at f.sp afterwards, with the result on it if
// there is no frame to run.
func (m *Machine) callAt(f *frame, base, n int) (*frame, error) {
	args := f.regs[base+1 : base+1+n : base+1+n]
	v, nf, err := m.begin(f.regs[base], nil, false, args, nil)
	if nf == nil && (err == nil || err == errBlocked) {
		f.regs[f.sp] = v
		f.sp++
	}
	return nf, err
}

func (m *Machine) tooDeep() error {
	return m.raise(m.errors.Recursion, "maximum recursion depth exceeded")
}

// turnSteps is after how many steps another thread may go on, if the one that runs loops.
const turnSteps = 256

// tick is called now and then: other threads may go on.
func (m *Machine) tick(f *frame) error {
	m.turn = m.steps + turnSteps
	if err := m.limit(); err != nil {
		return err
	}
	if m.nested > 0 || len(m.ready) == 0 || m.fiber == nil {
		return nil
	}
	m.ready = append(m.ready, m.fiber)
	return errBlocked
}

// leave returns from a frame that is not plain. It gives the frame that goes on, or that exec is done.
func (m *Machine) leave(f *frame, v Value) (to *frame, result Value, done bool, err error) {
	if f.flags&constructorFrame != 0 {
		if v != nil {
			return f, nil, false, m.raise(m.errors.Type, "__init__() should return None, not '%s'", typeName(v))
		}
		v = f.self
	}
	if f.flags&observedFrame != 0 {
		if err := m.observeReturn(f, v, nil); err != nil {
			return f, nil, false, err
		}
	}
	if f.flags&classFrame != 0 {
		if v, err = m.endClass(f); err != nil {
			return f, nil, false, err
		}
	}
	p := f.parent
	if p != nil {
		m.own(p)
	}
	switch {
	case f.gen != nil:
		changeWhole(m, f.gen, &f.gen.changed)
		f.gen.done, f.gen.running, f.gen.value = true, false, v
		if f.flags&generatorLoop == 0 {
			return nil, nil, true, nil
		}
		p.sp--
		p.ip = int(p.code.instr[p.ip-1].a)
		return p, nil, false, nil
	case f.flags&entryFrame != 0:
		m.free(f)
		return nil, v, true, nil
	}
	m.free(f)
	if p.code == nil {
		m.backIn(p, v)
		return nil, nil, true, errBlocked
	}
	p.regs[p.sp] = v
	p.sp++
	return p, nil, false, nil
}

// unwind finds who handles an error that a frame raised: the frame to go on with, or none. If the thread has to wait, it is saved.
func (m *Machine) unwind(f *frame, err error) (*frame, error) {
	e, ok := err.(*Exception)
	if !ok {
		return nil, m.interrupt(f, err)
	}
	for {
		m.own(f)
		if f.code != nil {
			m.note(e, f)
			if n := len(f.tries); n > 0 {
				t := f.tries[n-1]
				f.tries = f.tries[:n-1]
				f.ip, f.sp = t.ip, t.sp
				f.regs[f.sp] = e.Value
				f.sp++
				return f, nil
			}
			if f.flags&observedFrame != 0 {
				if stop := m.observeReturn(f, nil, e); stop != nil {
					return nil, stop
				}
			}
		}
		if f.gen != nil {
			changeWhole(m, f.gen, &f.gen.changed)
			f.gen.done, f.gen.running = true, false
			err = m.stopInGenerator(e, err)
			e = err.(*Exception)
		}
		if f.flags&entryFrame != 0 && f.gen == nil || f.gen != nil && f.flags&generatorLoop == 0 || f.parent == nil {
			return nil, err
		}
		p := f.parent
		if f.code != nil {
			m.free(f)
		}
		f = p
	}
}

// stopInGenerator turns a StopIteration that leaves a generator into a RuntimeError.
func (m *Machine) stopInGenerator(e *Exception, err error) error {
	if !e.Value.class.IsSubclass(m.errors.StopIteration) {
		return err
	}
	return m.raise(m.errors.Runtime, "generator raised StopIteration")
}

// note adds the line of a frame to the traceback of an exception.
func (m *Machine) note(e *Exception, f *frame) {
	data := e.Value.exc
	if f.ip > 0 && f.code.instr[f.ip-1].op == opReraise && len(data.trace) > 0 {
		e.Trace = data.trace
		return
	}
	m.changeInstance(e.Value)
	if data.trace == nil {
		data.trace = make([]Place, 0, 16)
	}
	if len(data.trace) < recursionLimit {
		data.trace = append(data.trace, f.code.place(f.ip))
	}
	e.Trace = data.trace
}

// interrupt saves a thread that has to wait; any other error ends the run.
func (m *Machine) interrupt(f *frame, err error) error {
	switch err {
	case errBlocked:
		m.saveFiber(f)
	case ErrSuspend:
		m.call.frame = &frame{call: m.call, parent: f, depth: f.depth}
		m.saveFiber(m.call.frame)
		m.call = nil
		m.suspended = append(m.suspended, m.fiber)
		return errBlocked
	}
	return err
}

func (m *Machine) saveFiber(f *frame) {
	if m.fiber != nil {
		m.fiber.frame = f
	}
}
