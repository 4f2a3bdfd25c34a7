package python

import (
	"strconv"
	"strings"
)

var stringPrefixes = map[string]bool{"r": true, "b": true, "br": true, "rb": true, "u": true, "f": true, "fr": true, "rf": true}

// str scans a string whose prefix, in small letters, has been read.
func (s *scanner) str(prefix string) {
	line := s.line
	quote := s.quotes()
	s.i += len(quote)
	body := s.stringBody(quote, strings.Contains(prefix, "f"))
	t := token{kind: stringToken, line: line}
	u := unescaper{scanner: s, raw: strings.Contains(prefix, "r"), bytes: strings.Contains(prefix, "b")}
	switch {
	case strings.Contains(prefix, "f"):
		t.kind = formatToken
		t.parts = u.formatted(body, line, 0)
	case u.bytes:
		t.value = Bytes(u.text(body))
	default:
		t.value = u.text(body)
	}
	s.tokens = append(s.tokens, t)
}

// stringBody is the source between the quotes. The expressions of an f-string may have its quotes, too.
func (s *scanner) stringBody(quote string, format bool) string {
	start := s.i
	for s.i < len(s.src) {
		switch c := s.src[s.i]; {
		case format && strings.HasPrefix(s.src[s.i:], "{{"):
			s.i++
		case format && c == '{':
			s.i++
			s.skipField()
			continue
		case strings.HasPrefix(s.src[s.i:], quote):
			s.i += len(quote)
			return s.src[start : s.i-len(quote)]
		case c == '\\' && s.i+1 < len(s.src) && !(format && s.src[s.i+1] == '{'):
			s.i++
			if s.src[s.i] == '\n' {
				s.line++
			}
		case c == '\n':
			if len(quote) == 1 {
				s.refuse("unterminated string literal")
			}
			s.line++
		}
		s.i++
	}
	s.refuse("unterminated string literal")
	return ""
}

// An unescaper turns the source of a string into what it stands for.
type unescaper struct {
	*scanner
	raw, bytes bool
}

func (u *unescaper) text(body string) string {
	var b []byte
	for i := 0; i < len(body); {
		c := body[i]
		switch {
		case u.bytes && c >= 0x80:
			u.refuse("bytes can only contain ASCII literal characters")
		case c != '\\' || u.raw || i+1 == len(body):
			b = append(b, c)
			i++
		default:
			var n int
			b, n = u.escape(b, body[i+1:])
			i += 1 + n
		}
	}
	return string(b)
}

var simpleEscapes = map[byte]byte{'\\': '\\', '\'': '\'', '"': '"', 'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// escape appends what the escape after a backslash stands for and tells how long it is.
func (u *unescaper) escape(b []byte, rest string) ([]byte, int) {
	c := rest[0]
	if e, ok := simpleEscapes[c]; ok {
		return append(b, e), 1
	}
	switch {
	case c == '\n':
		return b, 1
	case c == 'x':
		return u.coded(b, rest, 2)
	case c == 'u' && !u.bytes:
		return u.coded(b, rest, 4)
	case c == 'U' && !u.bytes:
		return u.coded(b, rest, 8)
	case c == 'N' && !u.bytes:
		u.refuse("an escape by the name of a character")
	case c >= '0' && c <= '7':
		return u.octal(b, rest)
	}
	return append(b, '\\'), 0
}

func (u *unescaper) coded(b []byte, rest string, digits int) ([]byte, int) {
	if len(rest) <= digits {
		u.refuse("truncated escape")
	}
	v, err := strconv.ParseUint(rest[1:1+digits], 16, 32)
	if err != nil || v > 0x10ffff {
		u.refuse("bad escape \\%s", rest[:1+digits])
	}
	return u.char(b, rune(v)), 1 + digits
}

func (u *unescaper) octal(b []byte, rest string) ([]byte, int) {
	n := 1
	for n < 3 && n < len(rest) && rest[n] >= '0' && rest[n] <= '7' {
		n++
	}
	v, _ := strconv.ParseUint(rest[:n], 8, 32)
	if u.bytes && v > 255 {
		u.refuse("an octal escape above 255")
	}
	return u.char(b, rune(v)), n
}

func (u *unescaper) char(b []byte, r rune) []byte {
	if u.bytes {
		return append(b, byte(r))
	}
	return appendRune(b, r)
}

// A formatPart is a piece of an f-string: text, or an expression with its conversion and format.
type formatPart struct {
	text       string
	source     string // of the expression
	line       int
	conversion byte // r, s, or 0
	spec       []formatPart
	expression bool
}

// formatted cuts the source of an f-string, or of the format in one, into parts.
func (u *unescaper) formatted(body string, line, depth int) []formatPart {
	var parts []formatPart
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, formatPart{text: u.text(text.String())})
			text.Reset()
		}
	}
	for i := 0; i < len(body); {
		c := body[i]
		if (c == '{' || c == '}') && i+1 < len(body) && body[i+1] == c && depth == 0 {
			text.WriteByte(c)
			i += 2
			continue
		}
		switch c {
		case '}':
			u.refuse("f-string: single '}' is not allowed")
		case '{':
			flush()
			part, n := u.replacement(body[i+1:], line, depth)
			parts = append(parts, part...)
			line += strings.Count(body[i:i+1+n], "\n")
			i += 1 + n
			continue
		case '\n':
			line++
		case '\\':
			if !u.raw && i+1 < len(body) && body[i+1] != '{' {
				text.WriteByte(c)
				i++
			}
		}
		text.WriteByte(body[i])
		i++
	}
	flush()
	return parts
}

// replacement reads a replacement field after its brace: the parts it gives, and its length with the closing brace.
func (u *unescaper) replacement(body string, line, depth int) ([]formatPart, int) {
	if depth > 1 {
		u.refuse("f-string: expressions nested too deeply")
	}
	end := u.inside(body, line, (*scanner).skipExpression)
	part := formatPart{source: body[:end], line: line, expression: true}
	parts := []formatPart{}
	if source, ok := strings.CutSuffix(strings.TrimRight(part.source, " "), "="); ok && end < len(body) {
		parts = append(parts, formatPart{text: part.source})
		part.source, part.conversion = source, 'r'
	}
	if strings.TrimSpace(part.source) == "" {
		u.refuse("f-string: empty expression not allowed")
	}
	i := end
	if i < len(body) && body[i] == '!' {
		if i+1 >= len(body) || body[i+1] != 'r' && body[i+1] != 's' {
			u.refuse("f-string: the subset has the conversions !r and !s only")
		}
		part.conversion = body[i+1]
		i += 2
	}
	if i < len(body) && body[i] == ':' {
		n := u.inside(body[i+1:], line, (*scanner).skipFormat)
		part.spec = u.formatted(body[i+1:i+1+n], line, depth+1)
		i += 1 + n
		if len(parts) > 0 && part.conversion == 'r' {
			part.conversion = 0
		}
	}
	if i >= len(body) || body[i] != '}' {
		u.refuse("f-string: expecting '}'")
	}
	return append(parts, part), i + 1
}

// inside is how long a part of an f-string is that begins at body.
func (u *unescaper) inside(body string, line int, skip func(*scanner)) int {
	s := &scanner{file: u.file, line: line, src: body}
	skip(s)
	return s.i
}

// skipField goes to the end of a replacement field after its brace.
func (s *scanner) skipField() {
	s.depth++
	if s.depth > maxDepth {
		s.refuse("f-string: expressions nested too deeply")
	}
	s.skipExpression()
	if s.at('!') {
		for s.i < len(s.src) && !s.at(':') && !s.at('}') && !s.at('\n') {
			s.i++
		}
	}
	if s.at(':') {
		s.i++
		s.skipFormat()
	}
	if s.at('}') {
		s.i++
	}
	s.depth--
}

func (s *scanner) at(c byte) bool { return s.i < len(s.src) && s.src[s.i] == c }

// skipExpression goes to the end of the expression of a replacement field: to a conversion, a format or the closing brace.
func (s *scanner) skipExpression() {
	depth := 0
	for s.i < len(s.src) {
		switch c := s.src[s.i]; {
		case isLetter(c):
			s.skipWord()
			continue
		case c == '\'' || c == '"':
			s.skipString("")
			continue
		case c == '\n':
			s.line++
		case c == '\\' || c == '#':
			s.refuse("f-string: a backslash or a comment in an expression, outside of strings, is outside of the subset")
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case depth > 0 && strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth > 0:
		case c == '!' && s.i+1 < len(s.src) && s.src[s.i+1] == '=':
			s.i++
		case c == '!' || c == ':' || c == '}':
			return
		}
		s.i++
	}
}

// skipWord goes over a name, or over a string with what stands before its quotes.
func (s *scanner) skipWord() {
	start := s.i
	for s.i < len(s.src) && (isLetter(s.src[s.i]) || isDigit(s.src[s.i])) {
		s.i++
	}
	if prefix := strings.ToLower(s.src[start:s.i]); stringPrefixes[prefix] && (s.at('\'') || s.at('"')) {
		s.skipString(prefix)
	}
}

// skipString goes over a string in an expression.
func (s *scanner) skipString(prefix string) {
	quote := s.quotes()
	s.i += len(quote)
	s.stringBody(quote, strings.Contains(prefix, "f"))
}

// quotes are those that a string begins with: one or three.
func (s *scanner) quotes() string {
	quote := s.src[s.i : s.i+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.src[s.i:], triple) {
		return triple
	}
	return quote
}

// skipFormat goes to the end of the format of a replacement field.
func (s *scanner) skipFormat() {
	for s.i < len(s.src) && !s.at('}') && !s.at('\n') {
		s.i++
		if s.src[s.i-1] == '{' {
			s.skipField()
		}
	}
}
