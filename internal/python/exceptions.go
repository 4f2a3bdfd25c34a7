package python

import (
	"fmt"
	"strings"
)

// exceptionData is what an exception has beside its fields.
type exceptionData struct {
	args  *Tuple
	cause Value
	trace []Place
}

// errorClasses are the built-in exceptions that the machine raises.
type errorClasses struct {
	Base, Exception, Type, Value, Lookup, Index, Key, Attribute, Assertion, Arithmetic, Overflow, ZeroDivision, Name, UnboundLocal,
	Runtime, Recursion, NotImplemented, Unicode, UnicodeDecode, UnicodeEncode, StopIteration, GeneratorExit, Struct, Memory, Import, FrozenInstance *Class
}

func (m *Machine) makeErrors() {
	e := &m.errors
	define := func(name string, base *Class) *Class {
		c := m.mustClass(name, base)
		c.exception = true
		m.builtins[name] = c
		return c
	}
	e.Base = define("BaseException", m.types.Object)
	e.Exception = define("Exception", e.Base)
	e.GeneratorExit = define("GeneratorExit", e.Base)
	define("KeyboardInterrupt", e.Base)
	define("SystemExit", e.Base)
	e.Type = define("TypeError", e.Exception)
	e.Value = define("ValueError", e.Exception)
	e.Lookup = define("LookupError", e.Exception)
	e.Index = define("IndexError", e.Lookup)
	e.Key = define("KeyError", e.Lookup)
	e.Attribute = define("AttributeError", e.Exception)
	e.Assertion = define("AssertionError", e.Exception)
	e.Arithmetic = define("ArithmeticError", e.Exception)
	e.Overflow = define("OverflowError", e.Arithmetic)
	e.ZeroDivision = define("ZeroDivisionError", e.Arithmetic)
	e.Name = define("NameError", e.Exception)
	e.UnboundLocal = define("UnboundLocalError", e.Name)
	e.Runtime = define("RuntimeError", e.Exception)
	e.Recursion = define("RecursionError", e.Runtime)
	e.NotImplemented = define("NotImplementedError", e.Runtime)
	e.Unicode = define("UnicodeError", e.Value)
	e.UnicodeDecode = define("UnicodeDecodeError", e.Unicode)
	e.UnicodeEncode = define("UnicodeEncodeError", e.Unicode)
	e.StopIteration = define("StopIteration", e.Exception)
	e.Memory = define("MemoryError", e.Exception)
	e.Import = define("ImportError", e.Exception)
	e.Struct = m.mustClass("error", e.Exception)
	e.FrozenInstance = m.mustClass("FrozenInstanceError", e.Attribute)
}

func (m *Machine) mustClass(name string, bases ...*Class) *Class {
	c, err := m.newClass(name, bases...)
	if err != nil {
		panic(err)
	}
	return c
}

// raise makes an exception, to be returned as an error.
func (m *Machine) raise(c *Class, format string, args ...any) error {
	return &Exception{Value: m.newException(c, fmt.Sprintf(format, args...))}
}

func (m *Machine) newException(c *Class, args ...Value) *Instance {
	return &Instance{head: m.made(), class: c, exc: &exceptionData{args: NewTuple(args...)}}
}

// refusal makes an error that says that the line that runs depends on what is outside of the subset.
func (m *Machine) refusal(format string, args ...any) error {
	return &Refusal{m.Where(), fmt.Sprintf(format, args...)}
}

// exceptionText is what str gives for an exception.
func exceptionText(x *Instance) string {
	if x.exc == nil {
		return ""
	}
	args := x.exc.args.items
	switch {
	case len(args) == 5 && strings.HasPrefix(x.class.name, "Unicode"):
		return unicodeText(x.class.name, args)
	case len(args) == 0:
		return ""
	case len(args) == 1 && x.class.name == "KeyError":
		return plainRepr(args[0])
	case len(args) == 1:
		if s, ok := args[0].(string); ok {
			return s
		}
		return plainRepr(args[0])
	}
	return plainRepr(x.exc.args)
}

// exceptionString is exceptionText, and calls __str__ and __repr__ of arguments.
func (m *Machine) exceptionString(x *Instance) (string, error) {
	args := x.exc.args.items
	switch {
	case len(args) == 5 && strings.HasPrefix(x.class.name, "Unicode"):
		return unicodeText(x.class.name, args), nil
	case len(args) == 0:
		return "", nil
	case len(args) == 1 && x.class.IsSubclass(m.errors.Key):
		return m.repr(args[0])
	case len(args) == 1:
		return m.str(args[0])
	}
	return m.repr(x.exc.args)
}

// plainRepr is repr without any call of Python code.
func plainRepr(v Value) string {
	m := &Machine{}
	s, err := m.repr(v)
	if err != nil {
		return "…"
	}
	return s
}

// unicodeError makes a UnicodeDecodeError or a UnicodeEncodeError.
func (m *Machine) unicodeError(c *Class, encoding string, object Value, start, end int, reason string) error {
	return &Exception{Value: m.newException(c, encoding, object, start, end, reason)}
}

func unicodeText(class string, args []Value) string {
	start, _ := args[2].(int)
	end, _ := args[3].(int)
	if class == "UnicodeDecodeError" {
		if b, ok := bytesOf(args[1]); ok && end == start+1 && start < len(b) {
			return fmt.Sprintf("'%v' codec can't decode byte 0x%02x in position %d: %v", args[0], b[start], start, args[4])
		}
		return fmt.Sprintf("'%v' codec can't decode bytes in position %d-%d: %v", args[0], start, end-1, args[4])
	}
	if s, ok := args[1].(string); ok && end == start+1 {
		return fmt.Sprintf("'%v' codec can't encode character '%s' in position %d: %v", args[0], escapeRune(runes(s)[start]), start, args[4])
	}
	return fmt.Sprintf("'%v' codec can't encode characters in position %d-%d: %v", args[0], start, end-1, args[4])
}

func escapeRune(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf("\\x%02x", r)
	case r < 0x10000:
		return fmt.Sprintf("\\u%04x", r)
	}
	return fmt.Sprintf("\\U%08x", r)
}
