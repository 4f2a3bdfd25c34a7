package port

import (
	"fmt"
	"strings"
	"unicode"
)

// A pyToken is a token of Python: a name or number, a string literal, or a single character of anything else.
type pyToken struct {
	text  string
	line  int
	space bool // white space, or the end of a physical line, stands before it
}

// A statement is one logical line of Python: physical lines joined by brackets and backslashes, without comments.
type statement struct {
	tokens  []pyToken
	indent  int            // columns
	heading commentHeading // the last one above it
}

// A commentHeading is a comment that is a heading; empty: none.
type commentHeading struct {
	words string
	line  int
}

func (s statement) line() int { return s.tokens[0].line }

// isUnnamed reports whether the statement defines something and lacks its name.
func (s statement) isUnnamed() bool {
	for _, words := range [][]string{{"async", "def"}, {"def"}, {"class"}} {
		if n := len(words); s.is(words...) {
			return len(s.tokens) == n || !unicode.IsLetter([]rune(s.tokens[n].text)[0]) && s.tokens[n].text[0] != '_'
		}
	}
	return false
}

// is reports whether the statement begins with these words.
func (s statement) is(words ...string) bool {
	if len(s.tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if s.tokens[i].text != w {
			return false
		}
	}
	return true
}

// text is the normalised source of tokens: white space collapsed outside of string literals.
func text(tokens []pyToken) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && t.space {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// depth returns the change of bracket nesting at t.
func (t pyToken) depth() int {
	switch t.text {
	case "(", "[", "{":
		return 1
	case ")", "]", "}":
		return -1
	}
	return 0
}

// atDepth0 returns the place of the first token with that text outside of brackets, or the number of tokens.
func atDepth0(tokens []pyToken, text string) int {
	depth := 0
	for i, t := range tokens {
		if depth == 0 && t.text == text {
			return i
		}
		if depth += t.depth(); depth < 0 {
			return i
		}
	}
	return len(tokens)
}

// A lexer splits Python source into statements. It knows as much of the language as definitions.py needs.
type lexer struct {
	src     string
	pos     int
	line    int
	heading commentHeading
}

// statements returns the logical lines of src.
func statements(src []byte) ([]statement, error) {
	l := &lexer{src: string(src), line: 1}
	var all []statement
	for {
		s, err := l.next()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", l.line, err)
		}
		if s == nil {
			return all, nil
		}
		all = append(all, *s)
	}
}

// next returns the next statement, or nil at the end.
func (l *lexer) next() (*statement, error) {
	indent, ok := l.startOfStatement()
	if !ok {
		return nil, nil
	}
	s := &statement{indent: indent, heading: l.heading}
	depth, space := 0, false
	for l.pos < len(l.src) && (depth > 0 || l.src[l.pos] != '\n') {
		if l.skipSpace() {
			space = true
			continue
		}
		t, err := l.word()
		if err != nil {
			return nil, err
		}
		t.space, space = space, false
		s.tokens = append(s.tokens, t)
		if depth += t.depth(); depth < 0 {
			return nil, fmt.Errorf("unmatched %q", t.text)
		}
	}
	if depth > 0 {
		return nil, fmt.Errorf("the statement of line %d ends inside brackets", s.line())
	}
	return s, nil
}

// startOfStatement skips blank lines and comment lines, noting headings, and returns the indentation of the next
// line with code on it.
func (l *lexer) startOfStatement() (indent int, ok bool) {
	for l.pos < len(l.src) {
		start := l.pos
		for l.pos < len(l.src) && strings.IndexByte(" \t\f\r", l.src[l.pos]) >= 0 {
			l.pos++
		}
		switch {
		case l.pos == len(l.src):
			return 0, false
		case l.src[l.pos] == '\n':
			l.pos++
			l.line++
		case l.src[l.pos] == '#':
			l.comment(l.pos == start)
		default:
			return l.pos - start, true
		}
	}
	return 0, false
}

// comment skips a comment up to the end of its line. One at the start of a line with several # is a heading.
func (l *lexer) comment(atStart bool) {
	end := strings.IndexByte(l.src[l.pos:], '\n')
	if end < 0 {
		end = len(l.src) - l.pos
	}
	c := l.src[l.pos : l.pos+end]
	if atStart && strings.HasPrefix(c, "##") {
		l.heading = commentHeading{heading(c), l.line}
	}
	l.pos += end
}

// heading returns the words of a heading comment, without #, backquotes and the emoji of feature gates.
func heading(comment string) string {
	words := strings.Map(func(r rune) rune {
		if r == '#' || r == '`' || r > 0x2000 {
			return -1
		}
		return r
	}, comment)
	return strings.Join(strings.Fields(words), " ")
}

// skipSpace skips one piece of white space, one continuation of a line, or one comment.
func (l *lexer) skipSpace() bool {
	switch c := l.src[l.pos]; {
	case c == '\n':
		l.line++
		l.pos++
	case strings.IndexByte(" \t\f\r", c) >= 0:
		l.pos++
	case c == '\\' && strings.HasPrefix(l.src[l.pos+1:], "\n"):
		l.line++
		l.pos += 2
	case c == '#':
		l.comment(false)
	default:
		return false
	}
	return true
}

func (l *lexer) word() (pyToken, error) {
	t := pyToken{line: l.line}
	start := l.pos
	switch c := l.src[l.pos]; {
	case isWord(c):
		for l.pos < len(l.src) && isWord(l.src[l.pos]) {
			l.pos++
		}
	case c == '"' || c == '\'':
		if err := l.skipString(); err != nil {
			return t, err
		}
	default:
		l.pos++
	}
	t.text = l.src[start:l.pos]
	return t, nil
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// skipString skips a string literal. The prefix of one (r, b, f) is a token of its own, and none of them changes
// where the literal ends: even in a raw string a backslash keeps a quote from closing it.
func (l *lexer) skipString() error {
	quote := l.src[l.pos : l.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(l.src[l.pos:], triple) {
		quote = triple
	}
	l.pos += len(quote)
	for l.pos < len(l.src) {
		switch {
		case strings.HasPrefix(l.src[l.pos:], quote):
			l.pos += len(quote)
			return nil
		case l.src[l.pos] == '\n' && len(quote) == 1:
			return fmt.Errorf("the string literal does not end")
		case l.src[l.pos] == '\\':
			l.skipStringByte()
		}
		l.skipStringByte()
	}
	return fmt.Errorf("the string literal does not end")
}

func (l *lexer) skipStringByte() {
	if l.pos < len(l.src) {
		if l.src[l.pos] == '\n' {
			l.line++
		}
		l.pos++
	}
}
