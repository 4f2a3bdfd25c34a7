package model

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"cabi/spec"
)

// ParseLitmus reads a litmus test. Its errors name the line.
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
	p.litmus.World, p.litmus.Variant, p.litmus.Without = p.trace.World, p.trace.Variant, p.trace.Without
	return p.litmus, p.check()
}

// The words that stand for no action, and for ticks as long as a thread is ready.
const (
	wordSkip  = "skip"
	wordTicks = "ticks"
)

// A litmusParser reads a litmus, line by line.
type litmusParser struct {
	traceParser
	litmus *Litmus
	in     *Program // that the next lines are of; nil: none
	uses   []usage  // of names
}

// usage is a line that uses names.
type usage struct {
	number int
	words  []string
}

// next reads the next line.
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

// begin reads "in FUNCTION $a $b" or "in FUNCTION#2": the lines that follow are the program of each call, or of the second.
func (p *litmusParser) begin(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("in what? Name a function, such as B.work, or host")
	}
	if p.litmus.Programs[words[0]] != nil {
		return fmt.Errorf("there is a program of %s already", shorten(words[0]))
	}
	name, _, numbered := cutCall(words[0])
	if !numbered && strings.Contains(words[0], "#") {
		return fmt.Errorf("%q: a number from 1 on stands behind the #: the number of the call", shorten(words[0]))
	}
	if known := p.programs(); !slices.Contains(known, name) {
		return fmt.Errorf("unknown function %q: it is one of the world's (%s), with .callback or .post-return, an instance's thread or realloc, a resource's dtor, or host%s",
			shorten(name), shorten(strings.Join(p.trace.World.functionNames(), ", ")), namesNear(name, known))
	}
	p.in = &Program{Name: words[0], Number: p.number, Args: words[1:]}
	p.litmus.Programs[words[0]] = p.in
	return p.named(words[1:])
}

// programs are the names of what there can be a program of.
func (p *litmusParser) programs() []string {
	w := p.trace.World
	names := []string{Host}
	for _, i := range w.Instances {
		names = append(names, i.Name+".thread", i.Name+".realloc")
	}
	for _, f := range w.Funcs {
		names = append(names, f.Name, f.Name+".callback", f.Name+".post-return", f.Name+".cancel")
	}
	for _, r := range w.Resources {
		names = append(names, r.Name+".dtor")
	}
	return names
}

// named notes the names that a line binds.
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

// program reads a line of a program: "$r = action | action". The action may have an actor and a colon before it.
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
			return unknownName("instance", strings.TrimSuffix(word, ":"), p.trace.World.actors())
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

// shared is the program of an actor; nil: there is no such actor.
func (p *litmusParser) shared(actor string) *Program {
	if actor != Host && !p.trace.World.hasInstance(actor) {
		return nil
	}
	if p.litmus.Programs[actor] == nil {
		p.litmus.Programs[actor] = &Program{Name: actor, Number: p.number, shared: actor != Host}
	}
	return p.litmus.Programs[actor]
}

// litmusWords are the words that a line of a litmus file may begin with, beside actions.
var litmusWords = []string{"world", "define", "in", "allowed", "forbidden", "always", wordSkip, wordTicks}

// action reads an action.
func (p *litmusParser) action(text string) (Line, error) {
	if strings.Contains(text, "->") {
		return Line{}, fmt.Errorf("a program says what is done, not what comes of it: give that a name, and claim what it is")
	}
	words := strings.Fields(text)
	l := Line{Text: strings.Join(words, " "), Number: p.number}
	if l.Text == wordSkip || l.Text == wordTicks {
		return l, nil
	}
	if len(words) > 0 && !slices.Contains(Ops(), words[0]) {
		return Line{}, unknownAction(words[0], append(Ops(), litmusWords...))
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

// terms are the terms of one or two words that say how a run ends.
var terms = []string{endReturns, endDeadlocks, endUnfinished, endNever, "cannot go", endOpen}

// parseTerm reads a term.
func parseTerm(words []string) (Term, error) {
	text := strings.Join(words, " ")
	switch {
	case len(words) == 3 && strings.HasPrefix(words[0], "$") && (words[1] == "=" || words[1] == "!="):
		return Term{Name: words[0], Value: words[2], Not: words[1] == "!="}, nil
	case slices.Contains(terms, text),
		len(words) == 1 && stopWords[words[0]],
		len(words) == 2 && (stopWords[words[0]] || words[0] == "violates"):
		return Term{Value: text}, nil
	case text == "ends":
		return Term{}, fmt.Errorf("ends does not say how: write %q (every call has returned), %q (a thread is blocked for good) or %q (a thread is ready, and the host does nothing more)",
			endReturns, endDeadlocks, endUnfinished)
	}
	first, _, _ := strings.Cut(text, " ")
	known := slices.Concat(terms, sortedKeys(stopWords), []string{"violates"})
	return Term{}, fmt.Errorf("expected \"$name = value\", %q, %q, %q, %q, \"trap SITE\", \"assertion-failure SITE\", \"crash …\", \"exception\" or \"violates PROPERTY\", got %q%s",
		endReturns, endDeadlocks, endUnfinished, endNever, shorten(text), namesNear(first, known))
}

// check wants a line that binds each name that is used.
func (p *litmusParser) check() error {
	for _, u := range p.uses {
		for _, w := range u.words {
			if at := strings.IndexByte(w, '$'); at >= 0 && !slices.Contains(p.litmus.registers, w[at:]) {
				return fmt.Errorf("line %d: nothing binds %s: a line must, as in \"%s = …\"%s", u.number, shorten(w[at:]), shorten(w[at:]), namesNear(w[at:], p.litmus.registers))
			}
		}
	}
	if len(p.litmus.Programs) == 0 {
		return fmt.Errorf("line %d: nobody does anything: write lines such as \"in A.run\" and \"resource.new R 100\" below it", p.number)
	}
	return nil
}

// checkLines wants actions of those who can take them, with words that the world knows, and within the rules of validation: whether or
// not a way comes to them.
func (l *Litmus) checkLines() error {
	r := NewRun(l.World, spec.Options{Variant: l.Variant}, nil)
	defer r.Close()
	for _, name := range sortedKeys(l.Programs) {
		of, _, _ := strings.Cut(name, "#")
		at := &Activation{Actor: l.World.actorOf(of), Name: of, Kind: KindFunc}
		if at.inst = r.instances[at.Actor]; of == Host {
			at.Kind = KindHost
		}
		for _, line := range l.Programs[name].Lines {
			for _, one := range line.Actions {
				if err := one.check(r, at); err != nil {
					return fmt.Errorf("line %d, in %s: %w", line.Number, name, err)
				}
			}
		}
	}
	return nil
}

// check says why an activation can never take the action of a line, whatever its numbers.
func (l Line) check(r *Run, at *Activation) error {
	if l.Text == wordSkip || l.Text == wordTicks {
		return nil
	}
	words, _ := plainWords(strings.Fields(l.Text))
	a, err := parseAction(words)
	switch {
	case err != nil:
		return err
	case !a.isFor(at):
		return fmt.Errorf("%s is not for %s", a.Op, at.Actor)
	}
	return r.vocabulary.check(at.Actor, a)
}
