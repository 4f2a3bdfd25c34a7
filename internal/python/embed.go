package python

import (
	"math/big"
	"reflect"
	"slices"
)

// This file is for programs that keep Go objects beside those of a machine.

// A tagged is what a program of Go has attached to an object.
type tagged struct{ tag any }

// Tag is what SetTag attached; nil: nothing.
func (t *tagged) Tag() any { return t.tag }

// SetTag attaches something to the object, which nothing of Python sees.
func (t *tagged) SetTag(tag any) { t.tag = tag }

// SlotNames are the names of the fields of the objects of the class, by slot. They only become more.
func (c *Class) SlotNames() []string { return c.slotNames }

// Slot is a field by its slot; false: it has no value.
func (x *Instance) Slot(i int) (Value, bool) {
	if i < len(x.fields) && !isUnset(x.fields[i]) {
		return x.fields[i], true
	}
	return nil, false
}

// Caller is the call that has made this one, in the same thread; nil: Go has.
func (c *Call) Caller() *Call {
	for f := c.frame.parent; f != nil; f = f.parent {
		if f.code != nil {
			return &Call{f}
		}
	}
	return nil
}

// Caller is the call of Python that runs; nil: none does.
func (m *Machine) Caller() *Call {
	for f := m.frame; f != nil; f = f.parent {
		if f.code != nil {
			return &Call{f}
		}
	}
	return nil
}

// Code is the function that runs.
func (c *Call) Code() *Code { return c.frame.code }

// Fixed are the types of a machine and its objects, which a program that saves its own memory need not save: Machine.Rollback puts them back.
func Fixed() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[Machine](), reflect.TypeFor[Module](), reflect.TypeFor[Class](), reflect.TypeFor[Code](), reflect.TypeFor[Native](),
		reflect.TypeFor[Instance](), reflect.TypeFor[List](), reflect.TypeFor[Tuple](), reflect.TypeFor[Dict](), reflect.TypeFor[Set](), reflect.TypeFor[Bytearray](),
		reflect.TypeFor[Function](), reflect.TypeFor[Method](), reflect.TypeFor[Partial](), reflect.TypeFor[EnumMember](), reflect.TypeFor[TypeForm](),
		reflect.TypeFor[Fiber](), reflect.TypeFor[Suspension](), reflect.TypeFor[Exception](), reflect.TypeFor[lock](), reflect.TypeFor[singleton](),
	}
}

// Integer is an int object.
func Integer(u uint64) Value { return normal(new(big.Int).SetUint64(u)) }

// Place is the line that the call is at.
func (c *Call) Place() Place { return c.frame.code.place(c.frame.ip) }

// Waiting is the fiber that waits longest for a lock; nil: none does, or it is no lock.
func Waiting(v Value) *Fiber {
	if l, ok := v.(*lock); ok && len(l.waiters) > 0 {
		return l.waiters[0]
	}
	return nil
}

// Calls are the calls of Python that are under way in a fiber, the innermost first.
func (f *Fiber) Calls() (calls []*Call) {
	for fr := f.frame; fr != nil; fr = fr.parent {
		if fr.code != nil {
			calls = append(calls, &Call{fr})
		}
	}
	return calls
}

// Variables are the local variables that have values, by the order in which the function names them, and what is on the stack of the
// call, under the name "".
func (c *Call) Variables() (names []string, values []Value) {
	for i, name := range c.frame.code.slotNames {
		if v, ok := c.Arg(name); ok && i < c.frame.code.locals {
			names, values = append(names, name), append(values, v)
		}
	}
	for i := c.frame.code.locals; i < c.frame.sp; i++ {
		names, values = append(names, ""), append(values, c.frame.regs[i])
	}
	return names, values
}

// Has tells whether a loaded module has a function of a qualified name.
func (m *Machine) Has(qualified string) bool {
	for _, c := range m.codes {
		if c.qualified == qualified {
			return true
		}
	}
	return false
}

// Arity is how many arguments by position a function takes, without the object that a method is bound to; -1: that is not known.
func Arity(v Value) int {
	switch v := v.(type) {
	case *Function:
		return v.code.positional
	case *Method:
		return Arity(v.fn) - 1
	}
	return -1
}

// Takes reports whether a function can be called with so many arguments by position.
func Takes(f *Function, n int) bool {
	c := f.code
	return !slices.Contains(c.kwDefaults, -1) && n >= c.positional-c.defaults && (n <= c.positional || c.star >= 0)
}
