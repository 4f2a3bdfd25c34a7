package model

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"cabi/spec"
)

// A literal is a component-level value as text, in the form of WAVE, WebAssembly Value Encoding: 5, "text", 'c', [1,2], (1,2), {a:1},
// {read,write}, some(5), none.
type literal struct {
	kind   literalKind
	text   string    // of an atom, a string or a char: what it is; of a case: its label
	labels []string  // of what stands in braces
	parts  []literal // the elements; the values of the labels, of which flags have none; the payload of a case
}

type literalKind uint8

const (
	litAtom   literalKind = iota // a number, a float, or a label: true, none, red
	litString                    // "text"
	litChar                      // 'c'
	litList                      // [1,2]
	litTuple                     // (1,2)
	litBraces                    // {a:1} or {read,write}
	litCase                      // some(5)
)

// parseLiteral reads a literal.
func parseLiteral(text string) (literal, error) {
	p := &literalParser{text: text}
	l, err := p.parse()
	if err == nil && p.at < len(text) {
		err = fmt.Errorf("unexpected %q", shorten(text[p.at:]))
	}
	if err != nil {
		return literal{}, fmt.Errorf("the value %s: %w", shorten(text), err)
	}
	return l, nil
}

// A literalParser reads a literal.
type literalParser struct {
	text  string
	at    int // how many bytes are read
	depth int
}

// take reads s, and the spaces before it, if it comes next.
func (p *literalParser) take(s string) bool {
	rest := strings.TrimLeft(p.text[p.at:], " \t")
	if !strings.HasPrefix(rest, s) {
		return false
	}
	p.at = len(p.text) - len(rest) + len(s)
	return true
}

// atom reads a number or a label; empty: none comes next.
func (p *literalParser) atom() string {
	p.take("")
	rest := p.text[p.at:]
	end := strings.IndexFunc(rest, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("_.+-", c))
	})
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

func (p *literalParser) parse() (l literal, err error) {
	if p.depth++; p.depth > maxTypeDepth {
		return l, fmt.Errorf("nested deeper than %d", maxTypeDepth)
	}
	defer func() { p.depth-- }()
	switch {
	case p.take(`"`):
		l.kind = litString
		l.text, err = p.quoted('"')
	case p.take("'"):
		l.kind = litChar
		l.text, err = p.quoted('\'')
	case p.take("["):
		l.kind = litList
		l.parts, err = p.list("]")
	case p.take("("):
		l.kind = litTuple
		l.parts, err = p.list(")")
	case p.take("{"):
		l.kind = litBraces
		err = p.braces(&l)
	default:
		if l.text = p.atom(); l.text == "" {
			return l, fmt.Errorf("a value is missing before %q", shorten(p.text[p.at:]))
		}
		if p.take("(") {
			l.kind = litCase
			if l.parts, err = p.list(")"); err == nil && len(l.parts) != 1 {
				err = fmt.Errorf("%s has one value in parentheses", l.text)
			}
		}
	}
	return l, err
}

// list reads values up to a bracket.
func (p *literalParser) list(end string) (parts []literal, err error) {
	for !p.take(end) {
		if len(parts) > 0 && !p.take(",") {
			return nil, fmt.Errorf("expected a comma or %s before %q", end, shorten(p.text[p.at:]))
		}
		part, err := p.parse()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// braces reads labels up to a brace, each with a value or none with one.
func (p *literalParser) braces(l *literal) error {
	for !p.take("}") {
		if len(l.labels) > 0 && !p.take(",") {
			return fmt.Errorf("expected a comma or } before %q", shorten(p.text[p.at:]))
		}
		label := p.atom()
		if label == "" || slices.Contains(l.labels, label) {
			return fmt.Errorf("a label is missing, or stands twice, before %q", shorten(p.text[p.at:]))
		}
		l.labels = append(l.labels, label)
		if p.take(":") {
			part, err := p.parse()
			if err != nil {
				return err
			}
			l.parts = append(l.parts, part)
		}
		if len(l.parts) > 0 && len(l.parts) < len(l.labels) {
			return fmt.Errorf("a record has a value for each label, flags for none")
		}
	}
	return nil
}

// escapes are the characters that stand behind a backslash, and what they stand for.
var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '"': "\"", '\'': "'"}

// quoted reads text up to a quote.
func (p *literalParser) quoted(quote byte) (string, error) {
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == quote:
			return b.String(), nil
		case c != '\\':
			b.WriteByte(c)
		default:
			text, err := p.escaped()
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		}
	}
	return "", fmt.Errorf("the quote %c at its end is missing", quote)
}

// escaped reads what stands behind a backslash.
func (p *literalParser) escaped() (string, error) {
	rest := p.text[p.at:]
	if hex, is := strings.CutPrefix(rest, "u{"); is {
		digits, _, closed := strings.Cut(hex, "}")
		n, err := strconv.ParseUint(digits, 16, 32)
		if err != nil || !closed || !utf8.ValidRune(rune(n)) {
			return "", fmt.Errorf("\\u{%s} is no character", shorten(digits))
		}
		p.at += len("u{}") + len(digits)
		return string(rune(n)), nil
	}
	if rest != "" && escapes[rest[0]] != "" {
		p.at++
		return escapes[rest[0]], nil
	}
	return "", fmt.Errorf(`behind a backslash stands one of n t r \ " ' or u{HEX}`)
}

// word is the literal as one word of a trace: without spaces, and without what means something there.
func (l literal) word() string {
	return l.write(",", ":", func(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(`"'\$>|;#`, c) })
}

// String is the literal for people.
func (l literal) String() string {
	return l.write(", ", ": ", func(c rune) bool { return c < ' ' || c == 0x7f || strings.ContainsRune(`"'\`, c) })
}

// write writes a literal with what separates its parts, and what stands behind its labels, and escapes some characters.
func (l literal) write(comma, colon string, escape func(rune) bool) string {
	var parts []string
	for i, part := range l.parts {
		text := part.write(comma, colon, escape)
		if l.kind == litBraces {
			text = l.labels[i] + colon + text
		}
		parts = append(parts, text)
	}
	if l.kind == litBraces && len(parts) == 0 {
		parts = l.labels
	}
	inside := strings.Join(parts, comma)
	switch l.kind {
	case litString:
		return `"` + escaped(l.text, escape) + `"`
	case litChar:
		return "'" + escaped(l.text, escape) + "'"
	case litList:
		return "[" + inside + "]"
	case litTuple:
		return "(" + inside + ")"
	case litBraces:
		return "{" + inside + "}"
	case litCase:
		return l.text + "(" + inside + ")"
	}
	return l.text
}

// forPeople is an action or a word in which values in quotes and brackets are written as people write them.
func forPeople(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if l, err := parseLiteral(w); err == nil && strings.ContainsAny(w[:1], `"'[({`) {
			words[i] = l.String()
		}
	}
	return strings.Join(words, " ")
}

// escaped is a text with some characters escaped, and all that is no UTF-8.
func escaped(text string, escape func(rune) bool) string {
	var b strings.Builder
	for i, c := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, text[i]) // half of a surrogate pair, which no literal can say
		case c == '\n':
			b.WriteString(`\n`)
		case (c == '"' || c == '\'' || c == '\\') && escape(c):
			b.WriteString(`\` + string(c))
		case escape(c):
			fmt.Fprintf(&b, `\u{%x}`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// literalsFrom is the place of the first of an action's numbers that may be a literal; none of another action's may be one.
var literalsFrom = map[string]int{opInvoke: 0, "host.resolve": 1, "shared.write": 1, "shared.copy": 1, opStore: 1}

// copyResults are words for how a copy ends, by number.
var copyResults = []string{"completed", "dropped", "cancelled"}

// parseOperand reads the ith number of an action, or a literal that stands in its place.
func (a *Action) parseOperand(i int, text string) error {
	if result := slices.Index(copyResults, text); a.Op == "shared.done" && i == 1 && result >= 0 {
		text = strconv.Itoa(result)
	}
	v, err := parseCore(text)
	if from, may := literalsFrom[a.Op]; may && i >= from && (err != nil || v.IsFloat()) {
		word, err := literalWord(a.Op, text)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Op, err)
		}
		a.Literals = append(a.Literals, make([]string, i+1-len(a.Literals))...)
		a.Literals[i] = word
		a.Args = append(a.Args, spec.CoreInt(0))
		return nil
	}
	if err != nil && a.Op == "shared.done" && i == 1 {
		err = unknownName("end of a copy", text, copyResults)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", a.Op, err)
	}
	a.Args = append(a.Args, v)
	return nil
}

// literalWord is a literal as one word.
func literalWord(op, text string) (string, error) {
	if op == opStore {
		_, err := memoryBytes(text, "")
		if err != nil || !strings.HasPrefix(text, `"`) {
			return text, err
		}
	}
	l, err := parseLiteral(text)
	return l.word(), err
}

// literal is the literal in the ith place of an action; empty: a number stands there.
func (a Action) literal(i int) string {
	if i < len(a.Literals) {
		return a.Literals[i]
	}
	return ""
}

// addLength adds the length to the copy of a literal list: "shared.write 0 [1,2]" is "shared.write 0 2 [1,2]".
func (a *Action) addLength() error {
	if a.Op != "shared.write" && a.Op != "shared.copy" || a.literal(1) == "" {
		return nil
	}
	l, err := parseLiteral(a.literal(1))
	if err != nil || l.kind != litList || len(a.Args) != 2 {
		return fmt.Errorf("%s: %s is no list: write the elements as in [1,2], or how many there are and a number", a.Op, shorten(a.literal(1)))
	}
	a.Args = []spec.CoreValue{a.Args[0], spec.CoreInt(uint64(len(l.parts))), spec.CoreInt(0)}
	a.Literals = []string{"", "", a.Literals[1]}
	return nil
}

// memoryBytes are the bytes of a value that is stored in memory: bytes:0a0b; "text", as an instance encodes its strings; or a number with
// its type, such as u32:5 or f32:1.5.
func memoryBytes(word, encoding string) ([]byte, error) {
	if strings.HasPrefix(word, `"`) {
		l, err := parseLiteral(word)
		if err != nil || l.kind != litString {
			return nil, fmt.Errorf("%s is no text: %w", shorten(word), err)
		}
		return encoded(l.text, encoding), nil
	}
	t, value, _ := strings.Cut(word, ":")
	bits, known := widths[t]
	switch {
	case t == "bytes":
		b, err := hex.DecodeString(value)
		if err != nil {
			return nil, fmt.Errorf("%s is no bytes: two hexadecimal digits stand for each", shorten(word))
		}
		return b, nil
	case !known:
		return nil, fmt.Errorf("%q is no value for memory: it is a number of 64 bits, bytes:0a0b, \"text\", or a number with its type, such as u32:5", shorten(word))
	}
	n, err := parseBits(t, value, bits)
	if err != nil {
		return nil, fmt.Errorf("%q is no %s", shorten(value), t)
	}
	return binary.LittleEndian.AppendUint64(nil, n)[:bits/8], nil
}

// allBytes are the bytes of values in memory, one after the other.
func allBytes(words, encoding string) (all []byte, err error) {
	for _, word := range strings.Fields(words) {
		b, err := memoryBytes(word, encoding)
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}

// widths are the types of numbers in memory, and their bits.
var widths = map[string]int{"u8": 8, "u16": 16, "u32": 32, "u64": 64, "s8": 8, "s16": 16, "s32": 32, "s64": 64, "f32": 32, "f64": 64}

// parseBits reads a number of a type, as its bits.
func parseBits(t, text string, bits int) (uint64, error) {
	switch {
	case t == "f64" && strings.HasPrefix(text, "0x"):
		return strconv.ParseUint(text, 0, 64)
	case t[0] == 'u':
		return strconv.ParseUint(text, 0, bits)
	case t[0] == 's':
		n, err := strconv.ParseInt(text, 0, bits)
		return uint64(n), err
	}
	f, err := strconv.ParseFloat(text, bits)
	if t == "f32" {
		return uint64(math.Float32bits(float32(f))), err
	}
	return math.Float64bits(f), err
}

// encoded is text in an encoding of strings; in latin1+utf16, in Latin-1 if that has all characters.
func encoded(text, encoding string) []byte {
	units := utf16.Encode([]rune(text))
	if encoding == "" || encoding == "utf8" {
		return []byte(text)
	}
	var b []byte
	narrow := encoding == "latin1+utf16" && !slices.ContainsFunc(units, func(u uint16) bool { return u > 255 })
	for _, u := range units {
		if b = append(b, byte(u)); !narrow {
			b = append(b, byte(u>>8))
		}
	}
	return b
}

// LiteralTree is a literal as lists of its kind and parts, which other languages can make its value from; nil: it is a value for memory.
func LiteralTree(word string) any {
	l, err := parseLiteral(word)
	if err != nil {
		return nil
	}
	return l.tree()
}

func (l literal) tree() []any {
	kind := [...]string{"atom", "string", "char", "list", "tuple", "braces", "case"}[l.kind]
	labels, parts := l.labels, []any{}
	if labels == nil {
		labels = []string{}
	}
	for _, part := range l.parts {
		parts = append(parts, part.tree())
	}
	return []any{kind, l.text, labels, parts}
}
