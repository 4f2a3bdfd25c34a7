package python

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// str is str(v).
func (m *Machine) str(v Value) (string, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case *Instance:
		return m.strInstance(x)
	case *EnumMember:
		if f, ok := m.lookup(x.class, "__str__"); ok {
			return m.stringFrom(f, x)
		}
		if x.class.intEnum {
			return m.repr(x.value)
		}
		return x.class.name + "." + x.name, nil
	}
	return m.repr(v)
}

func (m *Machine) strInstance(x *Instance) (string, error) {
	if f, ok := m.lookup(x.class, "__str__"); ok {
		return m.stringFrom(f, x)
	}
	if x.exc != nil {
		return m.exceptionString(x)
	}
	return m.repr(x)
}

// stringFrom calls __str__ or __repr__.
func (m *Machine) stringFrom(f Value, x Value) (string, error) {
	if m.types.Object == nil { // a text for Go, where no Python code runs
		return "<" + typeName(x) + ">", nil
	}
	v, err := m.callNow(f, x)
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", m.raise(m.errors.Type, "__str__ returned non-string (type %s)", typeName(v))
	}
	return s, nil
}

const maxDigits = 4300 // of an integer as text, as in CPython

// repr is repr(v).
func (m *Machine) repr(v Value) (string, error) {
	switch x := v.(type) {
	case nil:
		return "None", nil
	case bool:
		if x {
			return "True", nil
		}
		return "False", nil
	case int:
		return strconv.Itoa(x), nil
	case *big.Int:
		if x.BitLen() > maxDigits*4 || x.BitLen() > maxDigits*3 && len(x.Text(10)) > maxDigits+1 {
			return "", m.raise(m.errors.Value, "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit", maxDigits)
		}
		return x.String(), nil
	case float64:
		return floatRepr(x), nil
	case string:
		return quote(x), nil
	case Bytes:
		return quoteBytes([]byte(x)), nil
	case *Bytearray:
		return "bytearray(" + quoteBytes(x.data) + ")", nil
	case *EnumMember:
		return m.memberRepr(x)
	case *Class:
		return m.classRepr(x), nil
	case *rangeType:
		if x.step == 1 {
			return fmt.Sprintf("range(%d, %d)", x.start, x.stop), nil
		}
		return fmt.Sprintf("range(%d, %d, %d)", x.start, x.stop, x.step), nil
	case *singleton:
		return x.name, nil
	}
	if err := m.deeper(); err != nil {
		return "", err
	}
	defer m.shallower()
	return m.compoundRepr(v)
}

func (m *Machine) memberRepr(e *EnumMember) (string, error) {
	if f, ok := e.class.Attr("__repr__"); ok {
		return m.stringFrom(f, e)
	}
	s, err := m.repr(e.value)
	return fmt.Sprintf("<%s.%s: %s>", e.class.name, e.name, s), err
}

func (m *Machine) classRepr(c *Class) string {
	if c.code != nil && c.enum {
		return "<enum '" + c.name + "'>"
	}
	if c.code != nil {
		return "<class '" + c.code.module.name + "." + c.qualified + "'>"
	}
	return "<class '" + c.qualified + "'>"
}

func (m *Machine) compoundRepr(v Value) (string, error) {
	switch x := v.(type) {
	case *List:
		return m.bracketed("[", x.items, "]")
	case *Tuple:
		if len(x.items) == 1 {
			return m.bracketed("(", x.items, ",)")
		}
		return m.bracketed("(", x.items, ")")
	case *Set:
		return m.setRepr(x)
	case *Dict:
		return m.dictRepr(x)
	case *dictView:
		it, err := m.list(x)
		if err != nil {
			return "", err
		}
		return m.bracketed(typeName(x)+"([", it, "])")
	case *Instance:
		return m.instanceRepr(x)
	case *TypeForm:
		return m.formRepr(x)
	case *Module:
		return "<module '" + x.name + "'>", nil
	}
	if m.types.Object == nil {
		return "<" + typeName(v) + ">", nil
	}
	return "", m.refusal("the text of a %s, which has an address, is outside of the subset", typeName(v))
}

func (m *Machine) bracketed(open string, items []Value, end string) (string, error) {
	var b strings.Builder
	b.WriteString(open)
	for i, v := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		s, err := m.repr(v)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		if err := m.room(len(s)); err != nil {
			return "", err
		}
		if b.Len() > maxSize {
			return "", m.refusal("a text of more than %d bytes is outside of the subset", maxSize)
		}
	}
	b.WriteString(end)
	return b.String(), nil
}

// setRepr refuses the text of a set whose order depends on the process.
func (m *Machine) setRepr(s *Set) (string, error) {
	switch {
	case len(s.keys) == 0:
		return "set()", nil
	case s.table == nil && len(s.keys) > 1 && m.types.Object != nil:
		return "", m.refusal("the text of a set of other things than numbers, which depends on its order, is outside of the subset")
	}
	return m.bracketed("{", s.ordered(), "}")
}

func (m *Machine) dictRepr(d *Dict) (string, error) {
	var b strings.Builder
	for i, k := range d.keys {
		key, err := m.repr(k)
		if err != nil {
			return "", err
		}
		val, err := m.repr(d.vals[i])
		if err != nil {
			return "", err
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(key + ": " + val)
		if err := m.room(len(key) + len(val)); err != nil {
			return "", err
		}
	}
	return "{" + b.String() + "}", nil
}

func (m *Machine) instanceRepr(x *Instance) (string, error) {
	if f, ok := x.class.Attr("__repr__"); ok {
		switch f := f.(type) {
		case *dataclassRepr:
			return m.fieldsRepr(x, f.fields)
		default:
			return m.stringFrom(f, x)
		}
	}
	if x.exc != nil {
		items := x.exc.args.items
		if len(items) == 1 {
			return m.bracketed(x.class.name+"(", items, ")")
		}
		s, err := m.bracketed("(", items, ")")
		return x.class.name + s, err
	}
	if m.types.Object == nil {
		return "<" + x.class.name + ">", nil
	}
	return "", m.refusal("the text of an object of %s, which has an address, is outside of the subset", x.class.name)
}

func (m *Machine) fieldsRepr(x *Instance, fields []string) (string, error) {
	var parts []string
	for _, name := range fields {
		v, ok := x.Get(name)
		if !ok {
			if v, ok = x.class.Attr(name); !ok {
				return "", m.noAttr(x, name)
			}
		}
		s, err := m.repr(v)
		if err != nil {
			return "", err
		}
		parts = append(parts, name+"="+s)
	}
	return x.class.qualified + "(" + strings.Join(parts, ", ") + ")", nil
}

func (m *Machine) formRepr(f *TypeForm) (string, error) {
	if m.types.Object == nil {
		return "<type>", nil
	}
	if v, ok := m.modules["typing"].Get(f.name); ok && v == f {
		return "typing." + f.name, nil
	}
	return "", m.refusal("the text of a form of typing is outside of the subset")
}

// reprOrType is repr for messages.
func (m *Machine) reprOrType(v Value) string {
	if s, err := m.repr(v); err == nil {
		return s
	}
	return "a " + typeName(v)
}

// floatRepr is the shortest text that gives the float again, as CPython writes it.
func floatRepr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == 0 && math.Signbit(f):
		return "-0.0"
	}
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// quote is the repr of a str.
func quote(s string) string {
	q := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = '"'
	}
	b := []byte{q}
	for _, r := range runes(s) {
		switch {
		case r == rune(q) || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < 0x20 || r == 0x7f || r > 0x7e && !printable(r):
			b = append(b, escapeRune(r)...)
		default:
			b = appendRune(b, r)
		}
	}
	return string(append(b, q))
}

func printable(r rune) bool {
	return !isSurrogate(r) && (unicode.IsPrint(r) || r == ' ')
}

func quoteBytes(data []byte) string {
	q := byte('\'')
	if strings.Contains(string(data), "'") && !strings.Contains(string(data), `"`) {
		q = '"'
	}
	b := []byte{'b', q}
	for _, c := range data {
		switch {
		case c == q || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < 0x20 || c >= 0x7f:
			b = fmt.Appendf(b, "\\x%02x", c)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, q))
}
