package python

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
)

func (m *Machine) makeFunctions(b map[string]Value) {
	m.define(b, "len", "obj", func(m *Machine, a []Value) (Value, error) { return wrap(m.length(a[0])) })
	m.define(b, "isinstance", "obj class", func(m *Machine, a []Value) (Value, error) { return wrap(m.isInstance(a[0], a[1])) })
	m.define(b, "issubclass", "cls class", isSubclass)
	m.define(b, "callable", "obj", func(m *Machine, a []Value) (Value, error) { return m.callable(a[0]), nil })
	m.define(b, "repr", "obj", func(m *Machine, a []Value) (Value, error) { return wrap(m.repr(a[0])) })
	m.define(b, "getattr", "object name ? default", getattr)
	m.define(b, "hasattr", "object name", func(m *Machine, a []Value) (Value, error) {
		_, err := getattr(m, a)
		if e, ok := err.(*Exception); ok && e.Value.class.IsSubclass(m.errors.Attribute) {
			return false, nil
		}
		return err == nil, err
	})
	m.define(b, "ord", "c", ord)
	m.define(b, "chr", "i", chr)
	m.define(b, "abs", "x", abs)
	m.define(b, "divmod", "x y", divmod)
	m.define(b, "pow", "base exp ? mod", pow)
	m.define(b, "round", "number ? ndigits", round)
	m.define(b, "hex", "number", func(m *Machine, a []Value) (Value, error) { return m.inBase(a[0], 16, "0x") })
	m.define(b, "oct", "number", func(m *Machine, a []Value) (Value, error) { return m.inBase(a[0], 8, "0o") })
	m.define(b, "bin", "number", func(m *Machine, a []Value) (Value, error) { return m.inBase(a[0], 2, "0b") })
	b["print"] = &Native{name: "print", raw: print}
	m.define(b, "staticmethod", "f", func(m *Machine, a []Value) (Value, error) { return &wrapped{fn: a[0]}, nil })
	m.define(b, "classmethod", "f", func(m *Machine, a []Value) (Value, error) { return &wrapped{fn: a[0], class: true}, nil })
	m.define(b, "super", "*", func(m *Machine, a []Value) (Value, error) {
		return nil, m.refusal("super as a value, or with arguments, is outside of the subset")
	})
	m.register("object.__init__", &Native{name: "__init__", least: 1, most: -1, fn: objectInit})
	m.register("print", b["print"].(*Native))
}

// wrap makes a Value of a result of Go.
func wrap[T any](v T, err error) (Value, error) { return v, err }

// objectInit is what super().__init__ calls where no class of Python code has one: of an exception, it sets the arguments.
func objectInit(m *Machine, a []Value) (Value, error) {
	if x, ok := a[0].(*Instance); ok && x.exc != nil {
		m.changeInstance(x)
		x.exc.args = NewTuple(slices.Clone(a[1:])...)
		return nil, nil
	}
	if len(a) > 1 {
		return nil, m.raise(m.errors.Type, "object.__init__() takes exactly one argument (the instance to initialize)")
	}
	return nil, nil
}

func isSubclass(m *Machine, a []Value) (Value, error) {
	c, ok := a[0].(*Class)
	if !ok {
		return nil, m.raise(m.errors.Type, "issubclass() arg 1 must be a class")
	}
	kinds := []Value{a[1]}
	if t, ok := a[1].(*Tuple); ok {
		kinds = t.items
	} else if f, ok := a[1].(*TypeForm); ok && f.union {
		kinds = f.args
	}
	for _, k := range kinds {
		d, ok := k.(*Class)
		if f, is := k.(*TypeForm); is && f.of == nil {
			return nil, m.refusal("a test for %s, which is for annotations here, is outside of the subset", f.name)
		}
		if !ok {
			return nil, m.raise(m.errors.Type, "issubclass() arg 2 must be a class, a tuple of classes, or a union")
		}
		if c.IsSubclass(d) {
			return true, nil
		}
	}
	return false, nil
}

func (m *Machine) callable(v Value) bool {
	switch v := v.(type) {
	case *Function, *Method, *Native, *Class, *Partial:
		return true
	case *Instance:
		_, ok := m.lookup(v.class, "__call__")
		return ok
	}
	return false
}

func getattr(m *Machine, a []Value) (Value, error) {
	name, ok := a[1].(string)
	if !ok {
		return nil, m.raise(m.errors.Type, "attribute name must be string, not '%s'", typeName(a[1]))
	}
	v, err := m.Attr(a[0], name)
	if e, ok := err.(*Exception); ok && len(a) > 2 && e.Value.class.IsSubclass(m.errors.Attribute) {
		return a[2], nil
	}
	return v, err
}

func ord(m *Machine, a []Value) (Value, error) {
	switch c := a[0].(type) {
	case string:
		if r, n := decodeRune(c); n > 0 && n == len(c) {
			return int(r), nil
		}
		return nil, m.raise(m.errors.Type, "ord() expected a character, but string of length %d found", runeCount(c))
	case Bytes:
		if len(c) == 1 {
			return int(c[0]), nil
		}
		return nil, m.raise(m.errors.Type, "ord() expected a character, but string of length %d found", len(c))
	}
	return nil, m.raise(m.errors.Type, "ord() expected string of length 1, but %s found", typeName(a[0]))
}

func chr(m *Machine, a []Value) (Value, error) {
	if !isInteger(a[0]) {
		return nil, m.raise(m.errors.Type, "'%s' object cannot be interpreted as an integer", typeName(a[0]))
	}
	i, ok := plainInt(a[0]).(int)
	if !ok || i > 1<<31-1 || i < -1<<31 {
		return nil, m.raise(m.errors.Overflow, "Python int too large to convert to C int")
	}
	if i < 0 || i >= 0x110000 {
		return nil, m.raise(m.errors.Value, "chr() arg not in range(0x110000)")
	}
	return string(appendRune(nil, rune(i))), nil
}

func abs(m *Machine, a []Value) (Value, error) {
	if isInteger(a[0]) {
		return normal(new(big.Int).Abs(toBig(a[0]))), nil
	}
	if f, ok := a[0].(float64); ok {
		if f < 0 || f == 0 {
			return 0 - f, nil
		}
		return f, nil
	}
	return nil, m.raise(m.errors.Type, "bad operand type for abs(): '%s'", typeName(a[0]))
}

func divmod(m *Machine, a []Value) (Value, error) {
	q, err := m.binary(opFloorDiv, a[0], a[1])
	if err != nil {
		return nil, err
	}
	r, err := m.binary(opMod, a[0], a[1])
	return NewTuple(q, r), err
}

func pow(m *Machine, a []Value) (Value, error) {
	mod, ok := arg(a, 2)
	if !ok || mod == nil {
		return m.binary(opPow, a[0], a[1])
	}
	x, y, z := toBig(a[0]), toBig(a[1]), toBig(mod)
	if x == nil || y == nil || z == nil || y.Sign() < 0 || z.Sign() <= 0 {
		return nil, m.refusal("pow with a modulus that is not positive, or a negative exponent, is outside of the subset")
	}
	if err := m.charge(y.BitLen() * z.BitLen()); err != nil {
		return nil, err
	}
	return normal(new(big.Int).Exp(x, y, z)), nil
}

func round(m *Machine, a []Value) (Value, error) {
	if n, ok := arg(a, 1); ok && n != nil {
		return nil, m.refusal("round to digits is outside of the subset")
	}
	if isInteger(a[0]) {
		return plainInt(a[0]), nil
	}
	f, ok := a[0].(float64)
	if !ok {
		return nil, m.raise(m.errors.Type, "type %s doesn't define __round__ method", typeName(a[0]))
	}
	return m.truncated(roundEven(f))
}

func (m *Machine) inBase(v Value, base int, prefix string) (Value, error) {
	b := toBig(v)
	if b == nil {
		return nil, m.raise(m.errors.Type, "'%s' object cannot be interpreted as an integer", typeName(v))
	}
	sign := ""
	if b.Sign() < 0 {
		sign = "-"
	}
	return sign + prefix + new(big.Int).Abs(b).Text(base), nil
}

func print(m *Machine, args []Value, names []string) (Value, error) {
	positional := len(args) - len(names)
	sep, end := " ", "\n"
	for i, name := range names {
		s, ok := args[positional+i].(string)
		switch {
		case name == "sep" && ok:
			sep = s
		case name == "end" && ok:
			end = s
		case name != "flush":
			return nil, m.refusal("print with %s is outside of the subset", name)
		}
	}
	var parts []string
	for _, v := range args[:positional] {
		s, err := m.str(v)
		var refusal *Refusal
		if errors.As(err, &refusal) && m.options.Output == nil { // a text with an address, which nobody reads
			err = nil
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, s)
	}
	if m.options.Output != nil {
		if _, err := io.WriteString(m.options.Output, strings.Join(parts, sep)+end); err != nil {
			return nil, fmt.Errorf("print: %w", err)
		}
	}
	return nil, nil
}
