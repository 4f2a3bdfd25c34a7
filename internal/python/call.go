package python

import (
	"fmt"
	"slices"
	"strings"
)

// begin begins a call. It returns the value, or a frame that is to run for it. The last len(names) of args are by name. If hasSelf is
// set, self comes before args.
func (m *Machine) begin(callee, self Value, hasSelf bool, args []Value, names []string) (Value, *frame, error) {
	switch fn := callee.(type) {
	case *Function:
		return m.beginFunction(fn, self, hasSelf, args, names)
	case *Method:
		if hasSelf {
			args = prepend(self, args)
		}
		return m.begin(fn.fn, fn.self, true, args, names)
	case *Native:
		if hasSelf {
			args = prepend(self, args)
		}
		v, err := m.callNative(fn, args, names)
		return v, nil, err
	case *Class:
		if hasSelf {
			args = prepend(self, args)
		}
		return m.instantiate(fn, args, names)
	case *Partial:
		if hasSelf {
			args = prepend(self, args)
		}
		args, names = fn.apply(args, names)
		return m.begin(fn.fn, nil, false, args, names)
	case *wrapped:
		return m.begin(fn.fn, self, hasSelf, args, names)
	case *Instance:
		if call, ok := m.lookup(fn.class, "__call__"); ok {
			if hasSelf {
				args = prepend(self, args)
			}
			return m.begin(call, fn, true, args, names)
		}
	case *TypeForm:
		if c, ok := fn.of.(*Class); ok {
			return m.begin(c, self, hasSelf, args, names)
		}
		return nil, nil, m.refusal("a call of %s is outside of the subset", plainRepr(fn))
	}
	return nil, nil, m.raise(m.errors.Type, "'%s' object is not callable", typeName(callee))
}

func prepend(v Value, args []Value) []Value {
	return append(append(make([]Value, 0, len(args)+1), v), args...)
}

// apply joins the arguments of a partial with those of a call.
func (p *Partial) apply(args []Value, names []string) ([]Value, []string) {
	mine, theirs := len(p.args)-len(p.names), len(args)-len(names)
	all := slices.Concat(p.args[:mine], args[:theirs])
	var allNames []string
	for i, name := range p.names {
		if j := slices.Index(names, name); j < 0 {
			all = append(all, p.args[mine+i])
			allNames = append(allNames, name)
		}
	}
	return append(all, args[theirs:]...), append(allNames, names...)
}

func (m *Machine) beginFunction(fn *Function, self Value, hasSelf bool, args []Value, names []string) (Value, *frame, error) {
	f := m.newFrame(fn)
	if err := m.bind(f, fn, self, hasSelf, args, names); err != nil {
		m.free(f)
		return nil, nil, err
	}
	f.begin()
	if fn.code.generator {
		g := &generator{head: m.made(), frame: f}
		f.gen = g
		f.flags |= generatorFrame
		return g, nil, nil
	}
	return nil, f, nil
}

// bind puts arguments into the registers of a frame.
func (m *Machine) bind(f *frame, fn *Function, self Value, hasSelf bool, args []Value, names []string) error {
	c := fn.code
	k := 0
	if hasSelf && c.positional > 0 {
		f.regs[0] = self
		k = 1
	} else if hasSelf {
		args = prepend(self, args)
	}
	positional := len(args) - len(names)
	if k+positional == c.positional && len(names) == 0 && !c.needsBind {
		copy(f.regs[k:], args)
		return nil
	}
	for i := k; i < len(c.params); i++ {
		f.regs[i] = unset
	}
	n := copy(f.regs[k:c.positional], args[:positional])
	if c.star >= 0 {
		f.regs[c.star] = NewTuple(slices.Clone(args[n:positional])...)
	} else if n < positional {
		return m.tooMany(c, k+positional)
	}
	if err := m.bindNames(f, c, args[positional:], names); err != nil {
		return err
	}
	return m.bindDefaults(f, fn)
}

func (m *Machine) bindNames(f *frame, c *Code, args []Value, names []string) error {
	var extra *Dict
	if c.starStar >= 0 {
		extra = &Dict{}
		f.regs[c.starStar] = extra
	}
	for j, name := range names {
		p := slices.Index(c.params, name)
		switch {
		case p >= c.posOnly && !isUnset(f.regs[p]):
			return m.raise(m.errors.Type, "%s() got multiple values for argument '%s'", c.qualified, name)
		case p >= c.posOnly && p >= 0:
			f.regs[p] = args[j]
		case extra != nil:
			if err := m.put(extra, name, args[j]); err != nil {
				return err
			}
		case p >= 0:
			return m.raise(m.errors.Type, "%s() got some positional-only arguments passed as keyword arguments: '%s'", c.qualified, name)
		default:
			return m.raise(m.errors.Type, "%s() got an unexpected keyword argument '%s'", c.qualified, name)
		}
	}
	return nil
}

func (m *Machine) bindDefaults(f *frame, fn *Function) error {
	c := fn.code
	var missing, missingNamed []string
	for p, name := range c.params {
		if !isUnset(f.regs[p]) {
			continue
		}
		switch d := c.defaultOf(p); {
		case d >= 0:
			f.regs[p] = fn.defaults[d]
		case p < c.positional:
			missing = append(missing, name)
		default:
			missingNamed = append(missingNamed, name)
		}
	}
	if len(missing) > 0 {
		return m.missing(c, "positional", missing)
	}
	if len(missingNamed) > 0 {
		return m.missing(c, "keyword-only", missingNamed)
	}
	return nil
}

// defaultOf is where the default of a parameter is, or -1.
func (c *Code) defaultOf(p int) int {
	if p < c.positional {
		return p - (c.positional - c.defaults)
	}
	return c.kwDefaults[p-c.positional]
}

func (m *Machine) tooMany(c *Code, given int) error {
	were := "were"
	if given == 1 {
		were = "was"
	}
	takes := fmt.Sprint(c.positional)
	if c.defaults > 0 {
		takes = fmt.Sprintf("from %d to %d", c.positional-c.defaults, c.positional)
	}
	s := "s"
	if c.positional == 1 && c.defaults == 0 {
		s = ""
	}
	return m.raise(m.errors.Type, "%s() takes %s positional argument%s but %d %s given", c.qualified, takes, s, given, were)
}

func (m *Machine) missing(c *Code, kind string, names []string) error {
	s := ""
	if len(names) > 1 {
		s = "s"
	}
	return m.raise(m.errors.Type, "%s() missing %d required %s argument%s: %s", c.qualified, len(names), kind, s, quoteAll(names))
}

// quoteAll writes names as CPython lists them.
func quoteAll(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = "'" + n + "'"
	}
	switch len(q) {
	case 1:
		return q[0]
	case 2:
		return q[0] + " and " + q[1]
	}
	return strings.Join(q[:len(q)-1], ", ") + ", and " + q[len(q)-1]
}

// missingArg stands for an argument that was left out before one that was given by name.
var missingArg = &singleton{"missing"}

// arg is argument i, if it was given.
func arg(args []Value, i int) (Value, bool) {
	if i >= len(args) || args[i] == missingArg {
		return nil, false
	}
	return args[i], true
}

func (m *Machine) callNative(n *Native, args []Value, names []string) (v Value, err error) {
	if n.raw != nil {
		v, err = n.raw(m, args, names)
	} else {
		if args, err = m.nativeArgs(n, args, names); err != nil {
			return nil, err
		}
		v, err = n.fn(m, args)
	}
	if err == ErrSuspend {
		if m.nested > 0 {
			return nil, m.refusal("%s suspends inside of a built-in that calls Python code", n.name)
		}
		m.call = &Suspension{callable: n, args: NewTuple(slices.Clone(args)...)}
	}
	return v, err
}

// nativeArgs checks the number of arguments and puts those by name in their place.
func (m *Machine) nativeArgs(n *Native, args []Value, names []string) ([]Value, error) {
	positional := len(args) - len(names)
	if len(names) > 0 {
		all := slices.Clone(args[:positional])
		for j, name := range names {
			i := slices.Index(n.params, name)
			if i < 0 {
				return nil, m.raise(m.errors.Type, "%s() got an unexpected keyword argument '%s'", n.name, name)
			}
			for len(all) <= i {
				all = append(all, missingArg)
			}
			if all[i] != missingArg {
				return nil, m.raise(m.errors.Type, "%s() got multiple values for argument '%s'", n.name, name)
			}
			all[i] = args[positional+j]
		}
		args = all
	}
	if len(args) < n.least || n.most >= 0 && len(args) > n.most {
		given, least := len(args), n.least
		if n.onObject {
			given, least = given-1, least-1
		}
		if given < least {
			return nil, m.raise(m.errors.Type, "%s() takes at least %d arguments (%d given)", n.name, least, given)
		}
		return nil, m.raise(m.errors.Type, "%s() takes at most %d arguments (%d given)", n.name, least, given)
	}
	for i, v := range args[:n.least] {
		if v == missingArg {
			return nil, m.raise(m.errors.Type, "%s() missing required argument (pos %d)", n.name, i+1)
		}
	}
	return args, nil
}

// instantiate calls a class.
func (m *Machine) instantiate(c *Class, args []Value, names []string) (Value, *frame, error) {
	switch {
	case c.construct != nil:
		v, err := m.callNative(c.construct, args, names)
		return v, nil, err
	case c.enum:
		return m.enumCall(c, args, names)
	}
	x := newInstance(c)
	x.changed.time = m.now
	if c.exception {
		x.exc = &exceptionData{args: NewTuple(slices.Clone(args[:len(args)-len(names)])...)}
	}
	switch init := m.specials(c).init.(type) {
	case nil:
		return x, nil, m.noArguments(c, args, names)
	case *dataclass:
		return x, m.constructorFrame(nil, x), m.initDataclass(init, x, args, names)
	case *Function:
		f := m.newFrame(init)
		if err := m.bind(f, init, x, true, args, names); err != nil {
			m.free(f)
			return nil, nil, err
		}
		f.begin()
		if init.code.generator {
			return nil, nil, m.raise(m.errors.Type, "__init__() should return None, not 'generator'")
		}
		return nil, m.constructorFrame(f, x), nil
	}
	return nil, nil, m.refusal("an __init__ of %s that is no function is outside of the subset", c.name)
}

// newInstance makes an object with room for the fields that its class is known to have. Few fields lie beside it: to allocate once is
// faster than twice, and most objects are types, which have one or two.
func newInstance(c *Class) *Instance {
	switch n := len(c.slotNames); {
	case n == 0:
		return &Instance{class: c}
	case n <= 2:
		x := &struct {
			Instance
			room [2]Value
		}{Instance: Instance{class: c}}
		x.fields = x.room[:0:n]
		return &x.Instance
	case n <= 6:
		x := &struct {
			Instance
			room [6]Value
		}{Instance: Instance{class: c}}
		x.fields = x.room[:0:n]
		return &x.Instance
	default:
		return &Instance{class: c, fields: make([]Value, 0, n)}
	}
}

func (m *Machine) constructorFrame(f *frame, x *Instance) *frame {
	if f != nil {
		f.flags |= constructorFrame
		f.self = x
	}
	return f
}

func (m *Machine) noArguments(c *Class, args []Value, names []string) error {
	if c.exception && len(names) > 0 {
		return m.raise(m.errors.Type, "%s() takes no keyword arguments", c.name)
	}
	if !c.exception && len(args) > 0 {
		return m.raise(m.errors.Type, "%s() takes no arguments", c.name)
	}
	return nil
}

func (m *Machine) enumCall(c *Class, args []Value, names []string) (Value, *frame, error) {
	if len(names) > 0 || len(args) != 1 {
		return nil, nil, m.refusal("a call of an enumeration with other than one value is outside of the subset")
	}
	v, err := m.memberOf(c, args[0])
	return v, nil, err
}

// callNow calls from inside of a built-in, and waits for the result.
func (m *Machine) callNow(callee Value, args ...Value) (Value, error) {
	return m.callNamed(callee, args, nil)
}

func (m *Machine) callNamed(callee Value, args []Value, names []string) (Value, error) {
	m.nested++
	v, f, err := m.begin(callee, nil, false, args, names)
	if f != nil {
		v, err = m.runNested(f)
	}
	m.nested--
	return v, err
}

// runNested runs a frame from inside of a built-in; nested has been counted.
func (m *Machine) runNested(f *frame) (Value, error) {
	outer := m.frame
	f.flags |= entryFrame
	if outer != nil {
		f.depth = outer.depth + m.recursion + 1
	}
	v, err := m.exec(f)
	m.frame = outer
	if err == errBlocked {
		err = m.refusal("a thread waits inside of a built-in that calls Python code")
	}
	return v, err
}
