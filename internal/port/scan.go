package port

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// ScanPython lists the definitions of a definitions.py in the order of the file.
//
// A second definition of the same name (two branches that each define on_start, say) is called on_start#2.
func ScanPython(src []byte) (*Upstream, error) {
	lines, err := statements(src)
	if err != nil {
		return nil, err
	}
	s := newScanner()
	for _, line := range lines {
		if line.isUnnamed() {
			return nil, fmt.Errorf("line %d: a class or function without a name", line.line())
		}
		s.statement(line)
	}
	if !slices.ContainsFunc(s.all, func(sc *scope) bool { return sc.def.Kind == KindClass || sc.def.Kind == KindFunc }) {
		return nil, errors.New("no class and no function in it")
	}
	sum := sha256.Sum256(src)
	return &Upstream{SHA256: hex.EncodeToString(sum[:]), Definitions: s.definitions(), Headings: headings(lines)}, nil
}

// headings lists the headings that have statements.
func headings(lines []statement) []Heading {
	var all []Heading
	for _, s := range lines {
		if s.heading.line == 0 {
			continue
		}
		if n := len(all); n == 0 || all[n-1].Line != s.heading.line {
			all = append(all, Heading{Name: s.heading.words, Line: s.heading.line})
		}
		all[len(all)-1].Last = s.tokens[len(s.tokens)-1].line
	}
	return all
}

// A scope is a definition whose body is being read.
type scope struct {
	def    *Definition
	indent int // of its header
	level  int // of its header, in steps of indentation
	own    strings.Builder
}

// A scanner assigns statements to definitions by indentation.
type scanner struct {
	scopes     []*scope // the module first, then what encloses the current statement
	indents    []int
	decorators []string
	all        []*scope
	seen       map[string]int
}

func newScanner() *scanner {
	module := &scope{def: &Definition{Name: Module, Kind: KindModule}, indent: -1, level: -1}
	return &scanner{scopes: []*scope{module}, all: []*scope{module}, seen: map[string]int{}}
}

func (s *scanner) statement(line statement) {
	level := s.level(line.indent)
	for len(s.scopes) > 1 && line.indent <= s.top().indent {
		s.scopes = s.scopes[:len(s.scopes)-1]
	}
	switch {
	case line.is("@"):
		s.decorators = append(s.decorators, text(line.tokens))
	case line.is("class"):
		s.define(line, level, KindClass, line.tokens[1].text)
	case line.is("def"):
		s.define(line, level, KindFunc, line.tokens[1].text)
	case line.is("async", "def"):
		s.define(line, level, KindFunc, line.tokens[2].text)
	case len(s.scopes) == 1 && line.indent == 0 && isAssignment(line.tokens):
		constant := s.open(line, level, KindConst, line.tokens[0].text)
		constant.add(level, line.tokens)
	default:
		s.top().note(line)
		s.top().add(level, line.tokens)
	}
}

func (s *scanner) top() *scope { return s.scopes[len(s.scopes)-1] }

// level turns columns into steps of indentation, so that a file indented anew keeps its hashes.
func (s *scanner) level(indent int) int {
	for len(s.indents) > 0 && s.indents[len(s.indents)-1] >= indent {
		s.indents = s.indents[:len(s.indents)-1]
	}
	s.indents = append(s.indents, indent)
	return len(s.indents) - 1
}

// isAssignment reports whether tokens assign to a plain name, as NAME = value or NAME: type = value.
func isAssignment(tokens []pyToken) bool {
	if len(tokens) < 3 || !isWord(tokens[0].text[0]) {
		return false
	}
	switch tokens[1].text {
	case "=":
		return tokens[2].text != "="
	case ":":
		return tokens[0].text != "else" && tokens[0].text != "try" && tokens[0].text != "finally"
	}
	return false
}

// define enters a class or function. Its header counts for the definition around it too, so that moving or renaming
// it is noticed there; its decorators and its body count for itself alone.
func (s *scanner) define(line statement, level int, kind, name string) {
	colon := atDepth0(line.tokens, ":")
	header := line.tokens[:min(colon+1, len(line.tokens))]
	if len(s.scopes) > 1 {
		s.top().own.WriteString(s.top().prefix(level) + text(header) + "\n")
	}
	inner := s.open(line, level, kind, name)
	for _, d := range s.decorators {
		inner.own.WriteString(d + "\n")
	}
	s.decorators = nil
	inner.own.WriteString(text(header) + "\n")
	if body := line.tokens[len(header):]; len(body) > 0 {
		inner.add(level+1, body)
	}
	s.scopes = append(s.scopes, inner)
}

func (s *scanner) open(line statement, level int, kind, name string) *scope {
	if len(s.scopes) > 1 {
		name = s.top().def.Name + "." + name
	}
	if s.seen[name]++; s.seen[name] > 1 {
		name = fmt.Sprintf("%s#%d", name, s.seen[name])
	}
	def := &Definition{Name: name, Kind: kind, Line: line.line(), Heading: line.heading.words}
	sc := &scope{def: def, indent: line.indent, level: level}
	s.all = append(s.all, sc)
	return sc
}

// note gives the module the line and heading of its first trap or assert: a port of the module ports its sites.
func (sc *scope) note(line statement) {
	if sc.def.Kind == KindModule && len(sc.def.Sites) == 0 {
		sc.def.Line, sc.def.Heading = line.line(), line.heading.words
	}
}

// add counts tokens as source of the definition itself.
func (sc *scope) add(level int, tokens []pyToken) {
	sc.own.WriteString(sc.prefix(level) + text(tokens) + "\n")
	sc.def.Sites = append(sc.def.Sites, sites(tokens)...)
}

func (sc *scope) prefix(level int) string { return strings.Repeat(" ", max(0, level-sc.level)) }

// definitions returns what was found, in the order of lines. The module is a definition only where it has sites.
func (s *scanner) definitions() []*Definition {
	var defs []*Definition
	for _, sc := range s.all {
		if sc.def.Kind == KindModule && len(sc.def.Sites) == 0 {
			continue
		}
		sc.def.Hash = hash8(sc.own.String())
		defs = append(defs, sc.def)
	}
	sort.SliceStable(defs, func(i, j int) bool { return defs[i].Line < defs[j].Line })
	return defs
}

func hash8(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

// sites lists the calls of trap and trap_if and the assert statements among tokens.
func sites(tokens []pyToken) []Site {
	var found []Site
	for i, t := range tokens {
		if i > 0 && (tokens[i-1].text == "." || tokens[i-1].text == "def") {
			continue
		}
		rest := tokens[i+1:]
		switch {
		case (t.text == "trap" || t.text == "trap_if") && len(rest) > 0 && rest[0].text == "(":
			condition := rest[1 : 1+atDepth0(rest[1:], ")")]
			found = append(found, newSite(KindTrap, t, condition))
		case t.text == "assert":
			found = append(found, newSite(KindAssert, t, rest[:atDepth0(rest, ";")]))
		}
	}
	return found
}

func newSite(kind string, at pyToken, condition []pyToken) Site {
	return Site{Line: at.line, Kind: kind, Hash: hash8(text(condition))}
}
