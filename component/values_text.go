package component

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"cabi/spec"
)

// FormatValue writes v, a value of type t, as WAVE, the text that WebAssembly's tools have for values: 7, "text", [1, 2], {x: 1},
// (1, 2), some("a"), ok(1). A map is a list of pairs, and a handle the number that its resource is known by, after a #.
func FormatValue(t spec.ValType, v spec.Value) string {
	switch v := v.(type) {
	case spec.Float:
		return formatFloat(t, v.Float64())
	case spec.Char:
		return "'" + escape(string(rune(v)), '\'') + "'"
	case spec.String:
		return `"` + escape(v.S, '"') + `"`
	case spec.Int:
		return formatInt(t, v)
	case spec.List:
		return formatList(t, v)
	case spec.Dict:
		return formatDict(t, v)
	case *spec.ErrorContext:
		return `error-context("` + escape(v.DebugMessage.S, '"') + `")`
	case bool:
		return strconv.FormatBool(v)
	default:
		return spec.TypeName(t)
	}
}

func formatInt(t spec.ValType, i spec.Int) string {
	switch t.(type) {
	case *spec.OwnType, *spec.BorrowType:
		return "#" + i.String()
	}
	return i.String()
}

func formatFloat(t spec.ValType, f float64) string {
	switch {
	case f != f:
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	bits := 64
	if _, ok := t.(spec.F32Type); ok {
		bits = 32
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

var escapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func escape(s string, quote byte) string {
	var b strings.Builder
	for _, r := range escapes.Replace(s) {
		switch {
		case r == rune(quote):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f || !strconv.IsPrint(r) && r != ' ':
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func formatList(t spec.ValType, list spec.List) string {
	element, _ := elementOf(t)
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = FormatValue(element, e)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func formatDict(t spec.ValType, d spec.Dict) string {
	fields, ok := fieldsOf(t)
	if !ok {
		return formatCase(t, d)
	}
	var parts []string
	for _, f := range fields {
		v, _ := d.Get(f.Label)
		switch t.(type) {
		case *spec.FlagsType:
			if v == true {
				parts = append(parts, f.Label)
			}
		case *spec.TupleType:
			parts = append(parts, FormatValue(f.T, v))
		default:
			parts = append(parts, f.Label+": "+FormatValue(f.T, v))
		}
	}
	if _, ok := t.(*spec.TupleType); ok {
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func formatCase(t spec.ValType, d spec.Dict) string {
	label := d[0].Label
	for _, c := range casesOf(t) {
		if c.Label == label && c.T != nil {
			return caseText(t, label) + "(" + FormatValue(c.T, d[0].Value) + ")"
		}
	}
	return caseText(t, label)
}

// caseText is a label as WAVE has it: the error of a result is err.
func caseText(t spec.ValType, label string) string {
	if _, ok := t.(*spec.ResultType); ok && label == "error" {
		return "err"
	}
	return label
}

// ParseValue reads a value of type t as FormatValue writes it.
func ParseValue(t spec.ValType, text string) (v spec.Value, err error) {
	p := &valueParser{text: text}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case valueError:
			err = fmt.Errorf("%q, at byte %d: %s", text, p.i, string(r))
		default:
			panic(r)
		}
	}()
	v = p.value(t)
	if p.space(); p.i < len(text) {
		p.fail("the value ends before this")
	}
	if err := CheckValue(t, v); err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return v, nil
}

// A valueParser reads a value. It panics with a valueError.
type valueParser struct {
	text string
	i    int
}

type valueError string

func (p *valueParser) fail(format string, args ...any) {
	panic(valueError(fmt.Sprintf(format, args...)))
}

func (p *valueParser) space() {
	for p.i < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.i]) >= 0 {
		p.i++
	}
}

// accept skips c if it comes next.
func (p *valueParser) accept(c byte) bool {
	p.space()
	if p.i < len(p.text) && p.text[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *valueParser) expect(c byte) {
	if !p.accept(c) {
		p.fail("expected %q", string(c))
	}
}

// word reads a number, a label or a keyword.
func (p *valueParser) word() string {
	p.space()
	from := p.i
	for p.i < len(p.text) && strings.IndexByte(" \t\r\n,:()[]{}\"'", p.text[p.i]) < 0 {
		p.i++
	}
	if p.i == from {
		p.fail("a word is missing")
	}
	return p.text[from:p.i]
}

func (p *valueParser) value(t spec.ValType) spec.Value {
	switch t := t.(type) {
	case spec.BoolType:
		return p.boolean()
	case spec.F32Type:
		return spec.FloatOf(p.float(32))
	case spec.F64Type:
		return spec.FloatOf(p.float(64))
	case spec.CharType:
		return p.char()
	case spec.StringType:
		return spec.UTF8String(p.quoted('"'))
	case *spec.OwnType, *spec.BorrowType:
		p.expect('#')
		return p.integer()
	case *spec.TupleType:
		return p.tuple(t)
	case *spec.FlagsType:
		return p.flags(t)
	case *spec.RecordType:
		return p.record(t)
	}
	if _, _, ok := rangeOf(t); ok {
		return p.integer()
	}
	if element, ok := elementOf(t); ok {
		return p.list(element)
	}
	if cases := casesOf(t); cases != nil {
		return p.variant(t, cases)
	}
	p.fail("values of type %s have no text", spec.TypeName(t))
	return nil
}

func (p *valueParser) boolean() bool {
	w := p.word()
	if w != "true" && w != "false" {
		p.fail("expected true or false, found %q", w)
	}
	return w == "true"
}

func (p *valueParser) integer() spec.Int {
	w := p.word()
	if i, err := strconv.ParseInt(w, 10, 64); err == nil {
		return spec.IntOf(i)
	}
	u, err := strconv.ParseUint(w, 10, 64)
	if err != nil {
		p.fail("%q is no integer of 64 bits", w)
	}
	return spec.UintOf(u)
}

func (p *valueParser) float(bits int) float64 {
	w := p.word()
	f, err := strconv.ParseFloat(w, bits)
	if err != nil {
		p.fail("%q is no number of %d bits", w, bits)
	}
	return f
}

func (p *valueParser) char() spec.Char {
	s := p.quoted('\'')
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || n != len(s) {
		p.fail("%q is not one character", s)
	}
	return spec.Char(r)
}

// quoted reads text between quotes, with the escapes that WAVE has.
func (p *valueParser) quoted(quote byte) string {
	p.expect(quote)
	var b strings.Builder
	for {
		r, n := utf8.DecodeRuneInString(p.text[p.i:])
		if n == 0 {
			p.fail("the closing quote is missing")
		}
		p.i += n
		switch {
		case r == rune(quote):
			return b.String()
		case r == '\\':
			b.WriteRune(p.escaped())
		default:
			b.WriteRune(r)
		}
	}
}

func (p *valueParser) escaped() rune {
	if p.i == len(p.text) {
		p.fail("an escape is missing its letter")
	}
	c := p.text[p.i]
	p.i++
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case '\\', '"', '\'':
		return rune(c)
	case 'u':
		p.expect('{')
		w := p.word()
		p.expect('}')
		v, err := strconv.ParseUint(w, 16, 21)
		if err != nil || !utf8.ValidRune(rune(v)) {
			p.fail("%q is no character", w)
		}
		return rune(v)
	}
	p.fail("no escape has the letter %q", string(c))
	return 0
}

// list reads what is between brackets.
func (p *valueParser) list(element spec.ValType) spec.List {
	list := spec.List{}
	p.expect('[')
	for !p.accept(']') {
		list = append(list, p.value(element))
		p.comma(']')
	}
	return list
}

// comma reads a comma, unless the closing bracket comes next.
func (p *valueParser) comma(closing byte) {
	if !p.accept(',') {
		p.expect(closing)
		p.i--
	}
}

func (p *valueParser) tuple(t *spec.TupleType) spec.Dict {
	d := spec.Dict{}
	p.expect('(')
	for i, part := range t.Ts {
		d = append(d, spec.Entry{Label: strconv.Itoa(i), Value: p.value(part)})
		p.comma(')')
	}
	p.expect(')')
	return d
}

func (p *valueParser) flags(t *spec.FlagsType) spec.Dict {
	set := map[string]bool{}
	p.expect('{')
	for !p.accept('}') {
		set[p.word()] = true
		p.comma('}')
	}
	d := spec.Dict{}
	for _, label := range t.Labels {
		d = append(d, spec.Entry{Label: label, Value: set[label]})
		delete(set, label)
	}
	for label := range set {
		p.fail("%q is no label of type %s", label, spec.TypeName(t))
	}
	return d
}

// record reads fields in any order. A field of an option type that is missing is none.
func (p *valueParser) record(t *spec.RecordType) spec.Dict {
	got := map[string]spec.Value{}
	p.expect('{')
	for !p.accept('}') {
		label := p.word()
		p.expect(':')
		if _, ok := got[label]; ok {
			p.fail("field %q is there twice", label)
		}
		got[label] = p.value(p.fieldType(t, label))
		p.comma('}')
	}
	d := spec.Dict{}
	for _, f := range t.Fields {
		v, ok := got[f.Label]
		if _, option := f.T.(*spec.OptionType); !ok && option {
			v, ok = spec.Dict{{Label: "none"}}, true
		}
		if !ok {
			p.fail("field %q is missing", f.Label)
		}
		d = append(d, spec.Entry{Label: f.Label, Value: v})
	}
	return d
}

func (p *valueParser) fieldType(t *spec.RecordType, label string) spec.ValType {
	for _, f := range t.Fields {
		if f.Label == label {
			return f.T
		}
	}
	p.fail("%q is no field of type %s", label, spec.TypeName(t))
	return nil
}

func (p *valueParser) variant(t spec.ValType, cases []spec.CaseType) spec.Dict {
	w := p.word()
	for _, c := range cases {
		if caseText(t, c.Label) != w {
			continue
		}
		if c.T == nil {
			return spec.Dict{{Label: c.Label}}
		}
		p.expect('(')
		v := p.value(c.T)
		p.expect(')')
		return spec.Dict{{Label: c.Label, Value: v}}
	}
	p.fail("%q is no case of type %s", w, spec.TypeName(t))
	return nil
}
