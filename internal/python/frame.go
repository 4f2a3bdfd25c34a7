package python

// A frame is a call under way: variables, then the stack.
type frame struct {
	code   *Code // nil: the call of a Callable that suspended
	fn     *Function
	regs   []Value
	ip, sp int
	parent *frame
	depth  int
	tries  []handlerAt
	flags  frameFlags
	self   *Instance // of a constructor: what the call gives
	gen    *generator
	body   *classBody
	call   *Suspension
	// born is when the call began. A frame that was there at the last mark is not used for another call: the journal has it.
	born    uint32
	inPool  bool
	changed Stamp
}

type frameFlags uint8

const (
	entryFrame    frameFlags = 1 << iota // its return ends exec
	generatorLoop                        // a generator that a for statement of the parent runs
	observedFrame
	constructorFrame
	classFrame
	generatorFrame
)

// A handlerAt is a handler of exceptions, and how high the stack is there.
type handlerAt struct{ ip, sp int }

// A classBody is what the body of a class has defined.
type classBody struct {
	names []string
	vals  map[string]Value
}

func (b *classBody) set(name string, v Value) {
	if _, ok := b.vals[name]; !ok {
		b.names = append(b.names, name)
	}
	b.vals[name] = v
}

func (b *classBody) remove(name string) bool {
	if _, ok := b.vals[name]; !ok {
		return false
	}
	delete(b.vals, name)
	for i, n := range b.names {
		if n == name {
			b.names = append(b.names[:i:i], b.names[i+1:]...)
			break
		}
	}
	return true
}

// newFrame makes a frame for a function; its arguments go into its first registers, then begin is called.
func (m *Machine) newFrame(fn *Function) *frame {
	c := fn.code
	need := c.locals + c.stack
	var f *frame
	if n := len(m.pool); n > 0 {
		f = m.pool[n-1]
		m.pool, f.inPool = m.pool[:n-1], false
		if cap(f.regs) < need {
			f.regs = make([]Value, need, need+16)
		} else {
			f.regs = f.regs[:need]
			clear(f.regs[:c.locals]) // whoever reads variables before they are assigned is to find no others there
		}
	} else {
		f = &frame{regs: make([]Value, need, max(need, 24))}
	}
	f.code, f.fn, f.ip, f.sp = c, fn, 0, c.locals
	f.born, f.changed.time = m.now, m.now
	if m.since > 0 {
		m.begun = append(m.begun, f)
	}
	for i, to := range c.freeTo {
		f.regs[to] = fn.cells[i]
	}
	for _, i := range c.maybeUnset {
		if i >= len(c.params) {
			f.regs[i] = unset
		}
	}
	return f
}

// begin makes cells of the variables that inner functions use.
func (f *frame) begin() {
	c := f.code
	for _, i := range c.cellSlots {
		if i < len(c.params) || i == c.star || i == c.starStar {
			f.regs[i] = &cell{head: head{changed: Stamp{f.born}}, value: f.regs[i]}
		} else {
			f.regs[i] = &cell{head: head{changed: Stamp{f.born}}, value: unset}
		}
	}
}

// free gives a frame back for another call.
func (m *Machine) free(f *frame) {
	if f.gen != nil || f.body != nil || len(m.pool) > 200 || f.born < m.since {
		return
	}
	f.parent, f.tries = nil, f.tries[:0]
	if f.flags != 0 {
		f.flags, f.self = 0, nil
	}
	f.depth, f.inPool = 0, true
	m.pool = append(m.pool, f)
}
