package python

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// formatText is str.format.
func (m *Machine) formatText(s string, args, named []Value, names []string) (Value, error) {
	var b strings.Builder
	auto := 0
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		c, rest := s[i], s[i+1:]
		if strings.HasPrefix(rest, string(c)) {
			b.WriteByte(c)
			s = rest[1:]
			continue
		}
		end := strings.IndexByte(rest, '}')
		if c == '}' || end < 0 {
			return nil, m.raise(m.errors.Value, "Single '%c' encountered in format string", c)
		}
		text, err := m.formatField(rest[:end], args, named, names, &auto)
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
		if err := m.room(len(text)); err != nil {
			return nil, err
		}
		s = rest[end+1:]
	}
	return b.String(), nil
}

// formatField formats one replacement field: {}, {0}, {name}, with !r or !s and a format.
func (m *Machine) formatField(field string, args, named []Value, names []string, auto *int) (string, error) {
	field, spec, _ := strings.Cut(field, ":")
	field, conversion, _ := strings.Cut(field, "!")
	if strings.ContainsAny(field, ".[{") || strings.Contains(spec, "{") {
		return "", m.refusal("attributes, subscripts and nested fields in a format are outside of the subset")
	}
	v, err := m.fieldValue(field, args, named, names, auto)
	if err != nil {
		return "", err
	}
	switch conversion {
	case "":
	case "r":
		v, err = wrap(m.repr(v))
	case "s":
		v, err = wrap(m.str(v))
	default:
		return "", m.refusal("the conversion !%s is outside of the subset", conversion)
	}
	if err != nil {
		return "", err
	}
	return m.format(v, spec)
}

func (m *Machine) fieldValue(field string, args, named []Value, names []string, auto *int) (Value, error) {
	n := -1
	if field == "" {
		if *auto < 0 {
			return nil, m.raise(m.errors.Value, "cannot switch from manual field specification to automatic field numbering")
		}
		n = *auto
		*auto++
	} else if k, err := strconv.Atoi(field); err == nil && isDigit(field[0]) {
		if *auto > 0 {
			return nil, m.raise(m.errors.Value, "cannot switch from automatic field numbering to manual field specification")
		}
		*auto = -1
		n = k
	}
	if n >= 0 {
		if n >= len(args) {
			return nil, m.raise(m.errors.Index, "Replacement index %d out of range for positional args tuple", n)
		}
		return args[n], nil
	}
	for i, name := range names {
		if name == field {
			return named[i], nil
		}
	}
	return nil, &Exception{Value: m.newException(m.errors.Key, field)}
}

var specSyntax = regexp.MustCompile(`^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?([0-9]+)?([,_])?(?:\.([0-9]+))?([a-zA-Z%])?$`)

// A spec is a format specification.
type spec struct {
	fill, align, sign string
	alternate, zero   bool
	width             int
	group             string
	precision         int // -1: none
	kind              string
}

// format is format(v, text).
func (m *Machine) format(v Value, text string) (string, error) {
	if text == "" {
		return m.str(v)
	}
	s, err := m.parseSpec(v, text)
	if err != nil {
		return "", err
	}
	if e, ok := v.(*EnumMember); ok && e.class.intEnum {
		v = e.value
	}
	switch x := v.(type) {
	case string:
		return m.formatString(x, s, text)
	case float64:
		return m.formatFloat(x, s)
	}
	if isInteger(v) {
		return m.formatInt(plainInt(v), s)
	}
	if x, ok := v.(*EnumMember); ok {
		t, err := m.str(x)
		if err != nil {
			return "", err
		}
		return m.formatString(t, s, text)
	}
	return "", m.raise(m.errors.Type, "unsupported format string passed to %s.__format__", typeName(v))
}

func (m *Machine) parseSpec(v Value, text string) (*spec, error) {
	g := specSyntax.FindStringSubmatch(text)
	if g == nil {
		return nil, m.raise(m.errors.Value, "Invalid format specifier")
	}
	s := &spec{fill: g[1], align: g[2], sign: g[3], alternate: g[4] != "", zero: g[5] != "", group: g[7], precision: -1, kind: g[9]}
	var err error
	if g[6] != "" {
		if s.width, err = strconv.Atoi(g[6]); err != nil || s.width > 1<<20 {
			return nil, m.refusal("a format of a large width is outside of the subset")
		}
	}
	if g[8] != "" {
		if s.precision, err = strconv.Atoi(g[8]); err != nil || s.precision > 1<<10 {
			return nil, m.refusal("a format of a large precision is outside of the subset")
		}
	}
	if s.fill == "" {
		s.fill = " "
		if s.zero && s.align == "" {
			s.fill = "0"
		}
	}
	if s.zero && s.align == "" {
		s.align = "="
	}
	return s, nil
}

func (m *Machine) formatString(x string, s *spec, text string) (string, error) {
	if s.kind != "" && s.kind != "s" {
		return "", m.raise(m.errors.Value, "Unknown format code '%s' for object of type 'str'", s.kind)
	}
	if s.sign != "" || s.align == "=" || s.group != "" || s.alternate {
		return "", m.raise(m.errors.Value, "a sign, '=', a group or '#' is not allowed in string format specifier")
	}
	if r := runes(x); s.precision >= 0 && s.precision < len(r) {
		x = fromRunes(r[:s.precision])
	}
	return pad(x, "", s, "<"), nil
}

// pad fills a text to the width; sign stands before the fill if the alignment is =.
func pad(x, sign string, s *spec, align string) string {
	if s.align != "" {
		align = s.align
	}
	n := max(s.width-runeCount(x)-len(sign), 0)
	switch align {
	case "<":
		return sign + x + strings.Repeat(s.fill, n)
	case "^":
		return strings.Repeat(s.fill, n/2) + sign + x + strings.Repeat(s.fill, n-n/2)
	case "=":
		return sign + strings.Repeat(s.fill, n) + x
	}
	return strings.Repeat(s.fill, n) + sign + x
}

func (s *spec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case s.sign == "+" || s.sign == " ":
		return s.sign
	}
	return ""
}

var intBases = map[string]int{"": 10, "d": 10, "x": 16, "X": 16, "b": 2, "o": 8}

func (m *Machine) formatInt(v Value, s *spec) (string, error) {
	if s.precision >= 0 && strings.Contains("dxXbo", s.kind) {
		return "", m.raise(m.errors.Value, "Precision not allowed in integer format specifier")
	}
	if s.kind != "" && strings.Contains("eEfFgG%", s.kind) {
		f, err := m.toFloat(v)
		if err != nil {
			return "", err
		}
		return m.formatFloat(f, s)
	}
	base, ok := intBases[s.kind]
	if !ok {
		if s.kind == "c" || s.kind == "n" {
			return "", m.refusal("the format %s is outside of the subset", s.kind)
		}
		return "", m.raise(m.errors.Value, "Unknown format code '%s' for object of type 'int'", s.kind)
	}
	if s.group != "" && s.zero {
		return "", m.refusal("a format with groups and zeros is outside of the subset")
	}
	b := toBig(v)
	digits := new(big.Int).Abs(b).Text(base)
	if base == 10 && len(digits) > maxDigits {
		return "", m.raise(m.errors.Value, "Exceeds the limit (%d digits) for integer string conversion", maxDigits)
	}
	sign := s.signOf(b.Sign() < 0)
	if s.alternate && base != 10 {
		sign += "0" + s.kind
	}
	if s.kind == "X" {
		digits = strings.ToUpper(digits)
	}
	size := 3
	if base != 10 {
		size = 4
	}
	return pad(grouped(digits, s.group, size), sign, s, ">"), nil
}

func grouped(digits, sep string, size int) string {
	if sep == "" {
		return digits
	}
	out := ""
	for len(digits) > size {
		out = sep + digits[len(digits)-size:] + out
		digits = digits[:len(digits)-size]
	}
	return digits + out
}

func (m *Machine) formatFloat(f float64, s *spec) (string, error) {
	if s.alternate || s.group != "" || s.kind == "n" {
		return "", m.refusal("this format of a float is outside of the subset")
	}
	abs := math.Abs(f)
	var text string
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		text = floatRepr(abs)
	case s.kind == "" && s.precision < 0:
		text = floatRepr(abs)
	case s.kind == "f" || s.kind == "F":
		text = strconv.FormatFloat(abs, 'f', precision, 64)
	case s.kind == "e" || s.kind == "E":
		text = strconv.FormatFloat(abs, 'e', precision, 64)
	case s.kind == "%":
		text = strconv.FormatFloat(abs*100, 'f', precision, 64) + "%"
	default:
		return "", m.refusal("the format %s of a float is outside of the subset", s.kind)
	}
	if s.kind == "E" || s.kind == "F" {
		text = strings.ToUpper(text)
	}
	return pad(text, s.signOf(math.Signbit(f) && !math.IsNaN(f)), s, ">"), nil
}
