package python

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	newlineToken
	indentToken
	dedentToken
	nameToken
	numberToken
	stringToken
	formatToken // a string with the prefix f
	operatorToken
)

type token struct {
	kind  tokenKind
	text  string
	line  int
	value Value        // of a number or a string
	parts []formatPart // of a formatToken
}

func (t token) String() string {
	switch t.kind {
	case endToken:
		return "the end of the file"
	case newlineToken:
		return "the end of the line"
	case indentToken:
		return "an indent"
	case dedentToken:
		return "a dedent"
	case numberToken, stringToken, formatToken:
		return "a constant"
	}
	return strconv.Quote(t.text)
}

const (
	maxSource  = 1 << 22 // bytes of a file
	maxIndents = 100     // CPython's limit
	maxDepth   = 90      // nested expressions and blocks; CPython's parser takes about as many
)

// A scanner cuts a file into tokens. It panics with a *Refusal.
type scanner struct {
	file    string
	src     string
	i       int
	line    int
	tokens  []token
	indents []int
	open    []byte // brackets
	depth   int    // of the f-strings in f-strings
}

func (s *scanner) refuse(format string, args ...any) {
	panic(&Refusal{Place{File: s.file, Line: s.line}, fmt.Sprintf(format, args...)})
}

func scan(file, src string) []token {
	s := &scanner{file: file, line: 1, indents: []int{0}}
	s.src = s.prepare(src)
	s.tokens = make([]token, 0, len(s.src)/4) // there are about so many: a list that grows is copied again and again
	start := true
	for s.i < len(s.src) {
		if start && len(s.open) == 0 {
			if s.blankLine() {
				continue
			}
			s.indent()
		}
		start = s.next()
	}
	return s.end(start)
}

// prepare reads lines as Python does, which knows three ways to end one.
func (s *scanner) prepare(src string) string {
	src = strings.TrimPrefix(src, "\ufeff")
	switch {
	case len(src) > maxSource:
		s.refuse("the file has more than %d bytes", maxSource)
	case !utf8.ValidString(src):
		s.refuse("the file is not UTF-8")
	case strings.ContainsAny(src, "\x00\f"):
		s.refuse("the file contains a NUL or a form feed")
	}
	return strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
}

func (s *scanner) add(kind tokenKind, text string) {
	s.tokens = append(s.tokens, token{kind: kind, text: text, line: s.line})
}

// blankLine skips a line without code.
func (s *scanner) blankLine() bool {
	rest := strings.TrimLeft(s.src[s.i:], " \t")
	if rest != "" && rest[0] != '\n' && rest[0] != '#' {
		return false
	}
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		s.i = len(s.src)
		return true
	}
	s.i = len(s.src) - len(rest) + end + 1
	s.line++
	return true
}

func (s *scanner) indent() {
	col := 0
	for ; s.i < len(s.src) && s.src[s.i] == ' '; s.i++ {
		col++
	}
	if s.i < len(s.src) && s.src[s.i] == '\t' {
		s.refuse("a tab indents this line; the subset has spaces only: write spaces")
	}
	if col > s.indents[len(s.indents)-1] {
		s.indents = append(s.indents, col)
		s.add(indentToken, "")
		if len(s.indents) > maxIndents {
			s.refuse("too many levels of indentation")
		}
	}
	for col < s.indents[len(s.indents)-1] {
		s.indents = s.indents[:len(s.indents)-1]
		s.add(dedentToken, "")
	}
	if col != s.indents[len(s.indents)-1] {
		s.refuse("unindent does not match any outer indentation level")
	}
}

// next scans one token and tells whether a line begins after it.
func (s *scanner) next() bool {
	rest := s.src[s.i:]
	c := rest[0]
	switch {
	case c == ' ' || c == '\t':
		s.i++
	case c == '#':
		s.i += len(rest)
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			s.i += end - len(rest)
		}
	case c == '\\':
		s.continuation(rest)
	case c == '\n':
		return s.newline()
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		s.number(rest)
	case isLetter(c):
		s.word(rest)
	case c == '\'' || c == '"':
		s.str("")
	default:
		s.operator(rest)
	}
	return false
}

func (s *scanner) continuation(rest string) {
	if len(rest) < 2 || rest[1] != '\n' {
		s.refuse("unexpected character after line continuation character")
	}
	if len(rest) == 2 {
		s.refuse("unexpected end of the file")
	}
	s.i += 2
	s.line++
}

func (s *scanner) newline() bool {
	s.i++
	if len(s.open) > 0 {
		s.line++
		return false
	}
	s.add(newlineToken, "")
	s.line++
	return true
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

var (
	floatSyntax = regexp.MustCompile(`^(?:[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*|[0-9](?:_?[0-9])*[eE])`)
	exponent    = regexp.MustCompile(`^(?:[0-9](?:_?[0-9])*)?(?:\.(?:[0-9](?:_?[0-9])*)?)?(?:[eE][-+]?[0-9](?:_?[0-9])*)?`)
	intSyntax   = regexp.MustCompile(`^(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?[0-9])*|0(?:_?0)*)`)
)

func (s *scanner) number(rest string) {
	text, value := "", Value(nil)
	if floatSyntax.MatchString(rest) {
		text = exponent.FindString(rest)
		f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		if err != nil && f == 0 {
			s.refuse("bad number %q", text)
		}
		value = f
	} else {
		text = intSyntax.FindString(rest)
		value = s.integer(text)
	}
	if end := len(text); end < len(rest) && (isLetter(rest[end]) || isDigit(rest[end])) {
		s.refuse("bad number %q", rest[:end+1])
	}
	s.tokens = append(s.tokens, token{kind: numberToken, text: text, line: s.line, value: value})
	s.i += len(text)
}

func (s *scanner) integer(text string) Value {
	plain := strings.ReplaceAll(text, "_", "")
	if strings.Trim(plain, "0") == "" && plain != "" {
		return 0
	}
	if len(plain) > maxDigits && plain[0] != '0' {
		s.refuse("exceeds the limit (%d digits) for integer string conversion", maxDigits)
	}
	b, ok := new(big.Int).SetString(plain, 0)
	if !ok {
		s.refuse("bad number %q", text)
	}
	return normal(b)
}

func (s *scanner) word(rest string) {
	end := 1
	for end < len(rest) && (isLetter(rest[end]) || isDigit(rest[end])) {
		end++
	}
	word := rest[:end]
	if end < len(rest) && (rest[end] == '\'' || rest[end] == '"') && stringPrefixes[strings.ToLower(word)] {
		s.i += end
		s.str(strings.ToLower(word))
		return
	}
	if end < len(rest) && rest[end] >= utf8.RuneSelf {
		s.refuse("a name that is not ASCII")
	}
	s.add(nameToken, word)
	s.i += end
}

var operators = []string{
	"**=", "//=", ">>=", "<<=", "...",
	"**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", ":=", "@=",
	"(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "@", "=", "+", "-", "*", "/", "%", "&", "|", "^", "~", "<", ">",
}

var closes = map[byte]byte{')': '(', ']': '[', '}': '{'}

func (s *scanner) operator(rest string) {
	for _, op := range operators {
		if !strings.HasPrefix(rest, op) {
			continue
		}
		s.bracket(op[0])
		s.add(operatorToken, op)
		s.i += len(op)
		return
	}
	r, _ := utf8.DecodeRuneInString(rest)
	s.refuse("invalid character %q", r)
}

func (s *scanner) bracket(c byte) {
	switch c {
	case '(', '[', '{':
		s.open = append(s.open, c)
		if len(s.open) > maxDepth {
			s.refuse("too many nested parentheses")
		}
	case ')', ']', '}':
		n := len(s.open)
		if n == 0 || s.open[n-1] != closes[c] {
			s.refuse("unmatched '%c'", c)
		}
		s.open = s.open[:n-1]
	}
}

func (s *scanner) end(start bool) []token {
	if len(s.open) > 0 {
		s.refuse("'%c' was never closed", s.open[len(s.open)-1])
	}
	if !start {
		s.add(newlineToken, "")
	}
	for range s.indents[1:] {
		s.add(dedentToken, "")
	}
	s.add(endToken, "")
	return s.tokens
}
