package model

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Claim is what a litmus claims about its ends.
type Claim struct {
	Kind   string // allowed: some end is so; forbidden: none is; always: all are
	Terms  []Term // all of which must hold of the end
	Number int    // of the line
}

// A Term is one thing that an end is to be.
type Term struct {
	Name  string // of a value; empty: it is about how it ends, or what it violates
	Value string
	Not   bool
}

func (c Claim) String() string {
	var terms []string
	for _, t := range c.Terms {
		terms = append(terms, t.String())
	}
	return c.Kind + " " + strings.Join(terms, " and ")
}

func (t Term) String() string {
	switch {
	case t.Name == "":
		return t.Value
	case t.Not:
		return t.Name + " != " + t.Value
	default:
		return t.Name + " = " + t.Value
	}
}

// Holds counts the ways whose ends are as the claim says, and reports whether it holds.
func (c Claim) Holds(v *LitmusReport) (ways int, holds bool) {
	for _, e := range v.Outcomes {
		if c.describes(e) {
			ways += e.Ways
		}
	}
	switch c.Kind {
	case "allowed":
		return ways, ways > 0
	case "forbidden":
		return ways, ways == 0
	default:
		return ways, ways == v.Ways
	}
}

func (c Claim) describes(e *Outcome) bool {
	return !slices.ContainsFunc(c.Terms, func(t Term) bool { return !t.describes(e) })
}

// value is what a name stands for at the end; false: nothing.
func (e *Outcome) value(name string) (string, bool) {
	for _, v := range e.Values {
		if value, is := strings.CutPrefix(v, name+" = "); is {
			return value, true
		}
	}
	return "", false
}

func (t Term) describes(e *Outcome) bool {
	if t.Name != "" {
		value, bound := e.value(t.Name)
		want, known := bindings{}.resultNumber(t.Value), true
		if strings.HasPrefix(t.Value, "$") {
			want, known = e.value(t.Value)
		}
		return (value == want) != t.Not && bound && known
	}
	if property, ok := strings.CutPrefix(t.Value, "violates "); ok {
		return slices.Contains(e.Violates, property)
	}
	return e.How == t.Value || strings.HasPrefix(e.How, t.Value+" ")
}

// ParseLitmus reads a litmus. Its errors name the line.
func ParseLitmus(r io.Reader) (*Litmus, error) {
	p := &litmusParser{litmus: &Litmus{Programs: map[string]*Program{}}}
	p.trace = &Trace{}
	scanner := lineScanner(r)
	for scanner.Scan() {
		p.number++
		if err := p.next(scanner.Text()); err != nil {
			return nil, p.at(err)
		}
	}
	if _, err := p.finish(scanner.Err()); err != nil {
		return nil, err
	}
	p.litmus.World, p.litmus.Variant = p.trace.World, p.trace.Variant
	return p.litmus, p.check()
}

type litmusParser struct {
	traceParser
	litmus *Litmus
	in     *Program // whose lines these are; nil: none
	inside string   // its name
	uses   []usage
}

// usage is a line that uses names.
type usage struct {
	number int
	words  []string
}

func (p *litmusParser) next(text string) error {
	text = strings.TrimSpace(text)
	if at := strings.Index(text, " #"); at >= 0 && !strings.HasPrefix(text, "in ") {
		text = strings.TrimSpace(text[:at]) // a comment
	}
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case text == "" || strings.HasPrefix(text, "#") || p.trace.World == nil || !utf8.ValidString(text):
		return p.textLine([]byte(text))
	case word == "world" || word == "define":
		return p.textLine([]byte(text))
	case word == "in":
		return p.begin(strings.Fields(rest))
	case word == "allowed" || word == "forbidden" || word == "always":
		return p.claim(word, rest)
	}
	return p.program(text)
}

// begin reads "in FUNCTION $a $b" or "in FUNCTION#2": what follows is done in each call of it, or in the second.
func (p *litmusParser) begin(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("in what? Name a function, such as B.work, or host")
	}
	if p.litmus.Programs[words[0]] != nil {
		return fmt.Errorf("there is a program of %s already", shorten(words[0]))
	}
	name, _, _ := strings.Cut(words[0], "#")
	if !p.acts(name) {
		return fmt.Errorf("unknown function %q: it is one of the world's (%s), with .callback or .post-return, an instance's thread or realloc, a resource's dtor, or host",
			shorten(name), shorten(strings.Join(p.trace.World.names(), ", ")))
	}
	p.in, p.inside = &Program{Args: words[1:]}, words[0]
	p.litmus.Programs[words[0]] = p.in
	return p.named(words[1:])
}

// acts reports whether core code, or the host, acts under a name.
func (p *litmusParser) acts(name string) bool {
	w := p.trace.World
	var names []string
	for _, i := range w.Instances {
		names = append(names, i.Name+".thread", i.Name+".realloc")
	}
	for _, f := range w.Funcs {
		names = append(names, f.Name, f.Name+".callback", f.Name+".post-return", f.Name+".cancel")
	}
	for _, r := range w.Resources {
		names = append(names, r.Name+".dtor")
	}
	return name == Host || slices.Contains(names, name)
}

// named notes names in the order in which they are bound.
func (p *litmusParser) named(names []string) error {
	for _, name := range names {
		if !nameForm.MatchString(name) {
			return fmt.Errorf("%q is no name: it is a $, a letter, and letters, digits, - or _", shorten(name))
		}
		if !slices.Contains(p.litmus.registers, name) {
			p.litmus.registers = append(p.litmus.registers, name)
		}
	}
	return nil
}

// program reads a line of a program: "$r = action | action", in front of which an actor may stand.
func (p *litmusParser) program(text string) error {
	names, rest, bound := strings.Cut(text, " = ")
	if !bound || !strings.HasPrefix(text, "$") {
		names, rest = "", text
	}
	binds := strings.Fields(names)
	if err := p.named(binds); err != nil {
		return err
	}
	to := p.in
	if word, action, _ := strings.Cut(rest, " "); strings.HasSuffix(word, ":") {
		to, rest = p.shared(strings.TrimSuffix(word, ":")), action
		if to == nil {
			return fmt.Errorf("unknown instance %q", shorten(word))
		}
	}
	if to == nil {
		return fmt.Errorf("who does this? Write \"in FUNCTION\" above it, or an instance and a colon before it")
	}
	choice := ProgramLine{Number: p.number}
	for _, one := range strings.Split(rest, " | ") {
		l, err := p.action(one)
		if err != nil {
			return err
		}
		l.Binds = binds
		choice.Actions = append(choice.Actions, l)
	}
	to.Lines = append(to.Lines, choice)
	return nil
}

// shared is the program of an actor's lines; nil: there is no such actor.
func (p *litmusParser) shared(actor string) *Program {
	if actor != Host && !p.trace.World.hasInstance(actor) {
		return nil
	}
	if p.litmus.Programs[actor] == nil {
		p.litmus.Programs[actor] = &Program{shared: actor != Host}
	}
	return p.litmus.Programs[actor]
}

func (p *litmusParser) action(text string) (Line, error) {
	if strings.Contains(text, "->") {
		return Line{}, fmt.Errorf("a program says what is done, not what comes of it: give that a name, and claim what it is")
	}
	words := strings.Fields(text)
	l := Line{Text: strings.Join(words, " "), Number: p.number}
	if l.Text == "skip" || l.Text == "ticks" {
		return l, nil
	}
	p.uses = append(p.uses, usage{p.number, words})
	plain, _ := plainWords(words)
	_, err := parseAction(plain)
	return l, err
}

// claim reads "$x = 1 and trap SITE".
func (p *litmusParser) claim(kind, text string) error {
	c := Claim{Kind: kind, Number: p.number}
	for _, part := range strings.Split(text, " and ") {
		t, err := parseTerm(strings.Fields(part))
		if err != nil {
			return err
		}
		if t.Name != "" {
			p.uses = append(p.uses, usage{p.number, []string{"", t.Name, t.Value}})
		}
		c.Terms = append(c.Terms, t)
	}
	p.litmus.Claims = append(p.litmus.Claims, c)
	return nil
}

func parseTerm(words []string) (Term, error) {
	switch {
	case len(words) == 3 && strings.HasPrefix(words[0], "$") && (words[1] == "=" || words[1] == "!="):
		return Term{Name: words[0], Value: words[2], Not: words[1] == "!="}, nil
	case len(words) == 1 && (words[0] == "ends" || stopWords[words[0]]),
		len(words) == 2 && (stopWords[words[0]] || words[0] == "violates"),
		len(words) == 2 && words[0] == "cannot" && words[1] == "go":
		return Term{Value: strings.Join(words, " ")}, nil
	}
	return Term{}, fmt.Errorf("expected \"$name = value\", \"ends\", \"trap SITE\", \"assertion-failure SITE\", \"crash …\", \"exception\" or \"violates PROPERTY\", got %q",
		shorten(strings.Join(words, " ")))
}

// check wants that something binds every name that is used.
func (p *litmusParser) check() error {
	for _, u := range p.uses {
		for _, w := range u.words {
			if at := strings.IndexByte(w, '$'); at >= 0 && !slices.Contains(p.litmus.registers, w[at:]) {
				return fmt.Errorf("line %d: nothing binds %s: a line must, as in \"%s = …\"", u.number, shorten(w[at:]), shorten(w[at:]))
			}
		}
	}
	if len(p.litmus.Programs) == 0 {
		return fmt.Errorf("line %d: nobody does anything: write lines such as \"in A.run\" and \"resource.new R 100\" below it", p.number)
	}
	return nil
}
