package python

import (
	"errors"
	"fmt"
	"slices"
)

// A Fiber is a thread of Python, or a call that Go started. It is data: it runs when Machine.Run lets it.
type Fiber struct {
	head
	frame   *frame
	locals  []localFields
	joining []*Fiber
	done    bool
	value   Value
	err     error
	thrown  error // to be raised when it goes on
}

type localFields struct {
	of     *localObject
	fields *Instance
}

// A Suspension is the call of a Callable that returned ErrSuspend.
type Suspension struct {
	callable *Native
	args     *Tuple
	result   Value // of the last call that Machine.CallOn made
	frame    *frame
	changed  Stamp
}

// Callable is what was called.
func (s *Suspension) Callable() *Native { return s.callable }

// Args are the arguments of the call.
func (s *Suspension) Args() []Value { return s.args.items }

// Result is what the last call of Machine.CallOn gave.
func (s *Suspension) Result() Value { return s.result }

// Done tells whether the call has returned, and what.
func (f *Fiber) Done() (Value, bool) { return f.value, f.done }

// Suspension is the call that the fiber waits in, or nothing if it does not wait for Go.
func (f *Fiber) Suspension() *Suspension {
	if f.frame == nil {
		return nil
	}
	return f.frame.call
}

// Stack are the lines where the fiber is, innermost first.
func (f *Fiber) Stack() (places []Place) {
	for fr := f.frame; fr != nil; fr = fr.parent {
		if fr.code != nil {
			places = append(places, fr.code.place(fr.ip))
		}
	}
	return places
}

// local are the fields of a threading.local in the fiber that runs.
func (m *Machine) local(of *localObject) *Instance {
	f := m.fiber
	for _, l := range f.locals {
		if l.of == of {
			return l.fields
		}
	}
	x := &Instance{class: localClass()}
	m.changeFiber(f)
	f.locals = append(f.locals, localFields{of, x})
	return x
}

// localClass makes a class for the fields of a threading.local in one fiber.
func localClass() *Class { return &Class{name: "local", slots: map[string]int{}} }

// Local are the fields that a threading.local has in the fiber; nil: none are set, or it is no threading.local.
func (f *Fiber) Local(of Value) *Instance {
	for _, l := range f.locals {
		if l.of == of {
			return l.fields
		}
	}
	return nil
}

// newFiber makes a fiber that is to call something.
func (m *Machine) newFiber(callee Value, args []Value) (*Fiber, error) {
	f := &Fiber{head: m.made()}
	outer, nested := m.frame, m.nested
	m.nested = 0
	v, fr, err := m.begin(callee, nil, false, args, nil)
	m.frame, m.nested = outer, nested
	switch {
	case err == ErrSuspend:
		fr = &frame{call: m.call}
		m.call.frame, m.call = fr, nil
		f.frame = fr
		m.suspended = append(m.suspended, f)
		return f, nil
	case err != nil:
		return nil, err
	case fr == nil:
		f.done, f.value = true, v
		return f, nil
	}
	fr.flags |= entryFrame
	f.frame = fr
	if fr.code.observer != nil {
		m.frame = fr
		err = m.enter(fr)
		m.frame = outer
	}
	m.ready = append(m.ready, f)
	return f, err
}

// Start begins a call on a fiber of its own; Run runs it.
func (m *Machine) Start(callee Value, args ...Value) (*Fiber, error) { return m.newFiber(callee, args) }

// Run runs fibers until every one of them has returned or waits. An exception that leaves a fiber ends the run, as an *Exception.
func (m *Machine) Run() error { return m.runUntil(nil) }

// Call calls something and runs fibers until it has returned. If it cannot return, the error is a *Deadlock.
func (m *Machine) Call(callee Value, args ...Value) (Value, error) {
	if m.fiber != nil {
		return m.callNow(callee, args...)
	}
	f, err := m.newFiber(callee, args)
	if err != nil {
		return nil, err
	}
	if err := m.runUntil(f); err != nil {
		return nil, err
	}
	if !f.done {
		return nil, &Deadlock{m.waiting(f)}
	}
	return f.value, nil
}

// waiting are the lines where fibers wait: that of the call first.
func (m *Machine) waiting(f *Fiber) (places []Place) {
	for _, g := range append([]*Fiber{f}, m.suspended...) {
		if s := g.Stack(); len(s) > 0 && !slices.Contains(places, s[0]) {
			places = append(places, s[0])
		}
	}
	return places
}

// runUntil runs fibers until one has returned, or none can go on.
func (m *Machine) runUntil(stop *Fiber) error {
	if m.fiber != nil {
		return errors.New("a fiber runs already")
	}
	for len(m.ready) > 0 && (stop == nil || !stop.done) {
		f := m.ready[0]
		m.ready = m.ready[1:]
		if err := m.runFiber(f); err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) runFiber(f *Fiber) error {
	m.fiber, m.turn = f, m.steps+turnSteps
	m.changeFiber(f)
	v, err := m.exec(f.frame)
	m.fiber, m.frame, m.nested, m.recursion = nil, nil, 0, 0
	if err == errBlocked {
		return nil
	}
	f.done, f.frame, f.value, f.err = true, nil, v, err
	m.ready = append(m.ready, f.joining...)
	f.joining = nil
	return err
}

// backIn says that a call that Go made on a suspended fiber has returned.
func (m *Machine) backIn(f *frame, v Value) {
	m.own(f)
	changeWhole(m, f.call, &f.call.changed)
	f.call.result = v
	m.fiber.frame = f
	m.suspended = append(m.suspended, m.fiber)
}

// Suspended are the fibers that wait for Go, in the order in which they began to.
func (m *Machine) Suspended() []*Fiber { return m.suspended }

// Abandon forgets all fibers, those that could go on and those that wait for Go. Who waits for a lock is forgotten with the lock.
func (m *Machine) Abandon() { m.ready, m.suspended = nil, nil }

func (m *Machine) wake(f *Fiber) (*frame, error) {
	i := slices.Index(m.suspended, f)
	if i < 0 {
		return nil, errors.New("the fiber is not suspended")
	}
	m.changeFiber(f)
	m.suspended = slices.Concat(m.suspended[:i], m.suspended[i+1:])
	return f.frame, nil
}

// Resume makes the call that a fiber is suspended in return v. Run runs it.
func (m *Machine) Resume(f *Fiber, v Value) error {
	top, err := m.wake(f)
	if err != nil {
		return err
	}
	p := top.parent
	if p == nil {
		f.done, f.frame, f.value = true, nil, v
		return nil
	}
	m.own(p)
	p.push(v)
	f.frame = p
	m.ready = append(m.ready, f)
	return nil
}

// Throw makes the call that a fiber is suspended in raise an exception. Run runs it.
func (m *Machine) Throw(f *Fiber, exception *Instance) error {
	if exception.exc == nil {
		return errors.New("what is thrown is no exception")
	}
	top, err := m.wake(f)
	if err != nil {
		return err
	}
	e := &Exception{Value: exception}
	if f.frame = top.parent; f.frame == nil {
		f.done, f.err = true, e
		return e
	}
	f.thrown = e
	m.ready = append(m.ready, f)
	return nil
}

// CallOn calls something on a suspended fiber, as the code that it is suspended in could. When the call returns, the fiber is
// suspended again, with the Result; an exception leaves that code, too. Run runs it.
func (m *Machine) CallOn(f *Fiber, callee Value, args ...Value) error {
	top, err := m.wake(f)
	if err != nil {
		return err
	}
	m.fiber = f
	v, fr, err := m.begin(callee, nil, false, args, nil)
	m.fiber = nil
	switch {
	case err == ErrSuspend:
		m.call.frame = &frame{call: m.call, parent: top, depth: top.depth}
		f.frame, m.call = m.call.frame, nil
		m.suspended = append(m.suspended, f)
		return nil
	case err != nil:
		if e, ok := err.(*Exception); ok && top.parent != nil {
			f.frame, f.thrown = top.parent, e
			m.ready = append(m.ready, f)
			return nil
		}
		return err
	case fr == nil:
		changeWhole(m, top.call, &top.call.changed)
		top.call.result = v
		m.suspended = append(m.suspended, f)
		return nil
	}
	fr.parent, fr.depth = top, top.depth+1
	f.frame = fr
	m.ready = append(m.ready, f)
	if fr.code.observer != nil {
		return m.enter(fr)
	}
	return nil
}

// Callable makes a Python callable of a function of Go. If the function returns ErrSuspend, the fiber that called waits until Resume or
// Throw is called for it.
func (m *Machine) Callable(name string, fn func(m *Machine, args []Value) (Value, error)) *Native {
	n := &Native{name: name, most: -1, fn: fn}
	key := "go." + name
	for i := 2; m.natives[key] != nil; i++ {
		key = fmt.Sprintf("go.%s#%d", name, i)
	}
	m.register(key, n)
	return n
}
