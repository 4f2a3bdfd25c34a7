package wast

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A node is an s-expression of a script: a list, a string or a word.
type node struct {
	kind       nodeKind
	text       string  // of a word; of a string, its bytes
	list       []*node // of a list
	begin, end int     // the bytes of the script that it stands in
	line       int
}

type nodeKind byte

const (
	isList nodeKind = iota
	isString
	isWord
)

// A ScriptError says which line of a script cannot be read, and why.
type ScriptError struct {
	Line   int
	Reason string
}

func (e *ScriptError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

func errorAt(line int, format string, args ...any) *ScriptError {
	return &ScriptError{line, fmt.Sprintf(format, args...)}
}

// catch is deferred: it makes an error of a panic with a *ScriptError.
func catch(err *error) {
	switch stop := recover().(type) {
	case nil:
	case *ScriptError:
		*err = stop
	default:
		panic(stop)
	}
}

// head is the word that a list begins with; empty: there is none.
func (n *node) head() string {
	if n.kind == isList && len(n.list) > 0 && n.list[0].kind == isWord {
		return n.list[0].text
	}
	return ""
}

// A reader reads s-expressions. It panics with a *ScriptError.
type reader struct {
	text string
	at   int
	line int
}

// maxNesting bounds how deep lists stand in lists, so that no script exhausts the stack.
const maxNesting = 10000

// readNodes reads all s-expressions of a script.
func readNodes(text string) (nodes []*node, err error) {
	r := &reader{text: text, line: 1}
	defer catch(&err)
	for r.space(); r.at < len(text); r.space() {
		nodes = append(nodes, r.node(0))
	}
	return nodes, nil
}

func (r *reader) fail(format string, args ...any) { panic(errorAt(r.line, format, args...)) }

func (r *reader) rest() string { return r.text[r.at:] }

// skip goes on by n bytes.
func (r *reader) skip(n int) {
	r.line += strings.Count(r.text[r.at:r.at+n], "\n")
	r.at += n
}

// space skips blanks and comments.
func (r *reader) space() {
	for r.at < len(r.text) {
		switch rest := r.rest(); {
		case strings.HasPrefix(rest, ";;"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			r.skip(end)
		case strings.HasPrefix(rest, "(;"):
			r.comment()
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			r.skip(1)
		default:
			return
		}
	}
}

// comment skips a comment in parentheses, which may have others in it.
func (r *reader) comment() {
	begin, depth := r.line, 0
	for {
		switch rest := r.rest(); {
		case rest == "":
			panic(errorAt(begin, "the comment does not end"))
		case strings.HasPrefix(rest, "(;"):
			depth++
			r.skip(2)
		case strings.HasPrefix(rest, ";)"):
			r.skip(2)
			if depth--; depth == 0 {
				return
			}
		default:
			r.skip(1)
		}
	}
}

func (r *reader) node(depth int) *node {
	n := &node{begin: r.at, line: r.line}
	switch r.text[r.at] {
	case '(':
		r.listOf(n, depth)
	case ')':
		r.fail("a parenthesis closes that none opens")
	case '"':
		n.kind, n.text = isString, r.str()
	default:
		n.kind, n.text = isWord, r.word()
	}
	n.end = r.at
	return n
}

func (r *reader) listOf(n *node, depth int) {
	if depth == maxNesting {
		r.fail("more than %d lists stand in one another", maxNesting)
	}
	r.skip(1)
	for r.space(); r.rest() != "" && r.text[r.at] != ')'; r.space() {
		n.list = append(n.list, r.node(depth+1))
	}
	if r.rest() == "" {
		panic(errorAt(n.line, "the parenthesis is not closed"))
	}
	r.skip(1)
}

func (r *reader) word() string {
	end := strings.IndexAny(r.rest(), " \t\r\n()\";")
	if end < 0 {
		end = len(r.rest())
	}
	if end == 0 {
		r.fail("%q is no word", r.rest()[:1])
	}
	word := r.rest()[:end]
	r.skip(end)
	return word
}

// str reads a string with its escapes.
func (r *reader) str() string {
	begin := r.line
	var b strings.Builder
	r.skip(1)
	for {
		switch rest := r.rest(); {
		case rest == "":
			panic(errorAt(begin, "the string does not end"))
		case rest[0] == '"':
			r.skip(1)
			return b.String()
		case rest[0] == '\\':
			b.WriteString(r.escape())
		default:
			b.WriteByte(rest[0])
			r.skip(1)
		}
	}
}

var escapes = map[byte]string{'t': "\t", 'n': "\n", 'r': "\r", '"': `"`, '\'': "'", '\\': `\`}

// escape reads what follows a backslash: a letter, u with a code point in braces, or two hexadecimal digits.
func (r *reader) escape() string {
	rest := r.rest()
	if len(rest) < 3 {
		r.fail("the string does not end")
	}
	if text, ok := escapes[rest[1]]; ok {
		r.skip(2)
		return text
	}
	if end := strings.IndexByte(rest, '}'); strings.HasPrefix(rest, `\u{`) && end > 0 {
		code, err := strconv.ParseUint(strings.ReplaceAll(rest[3:end], "_", ""), 16, 32)
		if err != nil || !utf8.ValidRune(rune(code)) {
			r.fail("%s is no character", rest[:end+1])
		}
		r.skip(end + 1)
		return string(rune(code))
	}
	value, err := strconv.ParseUint(rest[1:3], 16, 8)
	if err != nil {
		r.fail("%q is no escape", rest[:3])
	}
	r.skip(3)
	return string([]byte{byte(value)})
}
