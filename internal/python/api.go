package python

// What operators and built-ins of Python do, for Go.

// Item is o[i].
func (m *Machine) Item(o, i Value) (Value, error) { return m.getItem(o, i) }

// SetItem is o[i] = v.
func (m *Machine) SetItem(o, i, v Value) error { return m.setItem(o, i, v) }

// Equal is the truth of a == b.
func (m *Machine) Equal(a, b Value) (bool, error) { return m.equal(a, b) }

// Truth is bool(v).
func (m *Machine) Truth(v Value) (bool, error) { return m.truth(v) }

// IsInstance is isinstance(v, class).
func (m *Machine) IsInstance(v Value, class *Class) bool { return m.typeOf(v).IsSubclass(class) }

// Elements are the elements of anything that can be iterated over.
func (m *Machine) Elements(v Value) ([]Value, error) { return m.list(v) }

// Repr is repr(v).
func (m *Machine) Repr(v Value) (string, error) { return m.repr(v) }

// FunctionOf is the function of a closure, a bound method or a partial; nil: it is something else, or a callable of Go.
func FunctionOf(v Value) *Function {
	switch v := v.(type) {
	case *Function:
		return v
	case *Method:
		return FunctionOf(v.Func())
	case *Partial:
		return FunctionOf(v.Func())
	}
	return nil
}

// TypeName is the name of the type of a value.
func TypeName(v Value) string { return typeName(v) }

// Params are the names of the parameters of the function, without *args and **kwargs.
func (c *Code) Params() []string { return c.params }

// Defaults is how many of the positional parameters have a default.
func (c *Code) Defaults() int { return c.defaults }

// CallNamed is Call with arguments by name: the last len(names) of args.
func (m *Machine) CallNamed(callee Value, names []string, args ...Value) (Value, error) {
	return m.Call(&Partial{fn: callee, args: args, names: names})
}

// Limit lets the machine run so many steps from now on; zero: any number. It replaces Options.Steps.
func (m *Machine) Limit(steps int64) {
	m.options.Steps = 0
	if steps > 0 {
		m.options.Steps = m.steps + steps
	}
}
