package python

import "slices"

// An Observer hears of the calls of a function.
type Observer struct {
	// Enter hears of a call before it begins: the arguments by the order of parameters. Nil: nobody listens.
	Enter func(m *Machine, call *Call) error
	// Leave hears of the result, or of the exception that left the call. Nil: nobody listens.
	Leave func(m *Machine, call *Call, result Value, exception *Exception) error
}

// A Call is a call that is observed.
type Call struct{ frame *frame }

// Function is the code of the function.
func (c *Call) Function() *Code { return c.frame.code }

// Arg is the value of a parameter, by its name; after the call has begun, what it is now.
func (c *Call) Arg(name string) (Value, bool) {
	i := slices.Index(c.frame.code.slotNames, name)
	if i < 0 {
		return nil, false
	}
	v := c.frame.regs[i]
	if x, ok := v.(*cell); ok {
		v = x.value
	}
	return v, !isUnset(v)
}

// Fiber is the fiber that runs.
func (m *Machine) Fiber() *Fiber { return m.fiber }

// Observe observes the calls of a function by its qualified name, such as Table.add. It returns how many functions of loaded
// modules have the name. Generators are not observed.
func (m *Machine) Observe(qualified string, o *Observer) int {
	n := 0
	for _, c := range m.codes {
		if c.qualified == qualified && c.kind == functionScope && !c.generator {
			c.observer = o
			n++
		}
	}
	return n
}

func (m *Machine) enter(f *frame) error {
	if f.gen != nil {
		return nil
	}
	f.flags |= observedFrame
	if f.code.observer.Enter == nil {
		return nil
	}
	return f.code.observer.Enter(m, &Call{f})
}

func (m *Machine) observeReturn(f *frame, v Value, e *Exception) error {
	if f.code.observer == nil || f.code.observer.Leave == nil {
		return nil
	}
	return f.code.observer.Leave(m, &Call{f}, v, e)
}
