package model

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// ParseLitmus is ParseLitmusWith for files whose headers name no files.
func ParseLitmus(r io.Reader) (*Litmus, error) { return ParseLitmusWith(r, nil) }

// ParseLitmusWith reads a litmus test. Its errors name the line.
func ParseLitmusWith(r io.Reader, load WorldLoader) (*Litmus, error) {
	p := &litmusParser{litmus: &Litmus{Programs: map[string]*Program{}, valued: map[string]bool{}, tracked: map[string]bool{}}, binds: map[string][]bindingPlace{}}
	p.trace, p.load = &Trace{}, load
	scanner := lineScanner(r)
	for scanner.Scan() {
		p.number++
		if err := p.next(scanner.Text()); err != nil {
			return nil, p.at(err)
		}
	}
	if err := p.end(scanner.Err()); err != nil {
		return nil, err
	}
	p.litmus.World, p.litmus.Variant, p.litmus.Without = p.trace.World, p.trace.Variant, p.trace.Without
	p.litmus.HeaderAt = p.trace.HeaderAt
	return p.litmus, p.check()
}

// end completes what the last line leaves open. Its errors name a line that there is.
func (p *litmusParser) end(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		_, err = p.finish(err)
		return err
	}
	if err == nil {
		err = p.closeBlocks(-1)
	}
	if err != nil {
		return p.at(err)
	}
	last := p.number
	p.number = max(0, last-1) // finish counts one line further
	_, err = p.finish(nil)
	p.number = max(1, last)
	return err
}

// The words that stand for no action, and for ticks as long as a thread is ready.
const (
	wordSkip  = "skip"
	wordTicks = "ticks"
	wordTook  = "took"
)

// A litmusParser reads a litmus, line by line.
type litmusParser struct {
	traceParser
	litmus *Litmus
	in     *Program // that the next lines are of; nil: none
	blocks []block  // of ifs, that the next line may be in
	opened int      // blocks so far
	uses   []usage  // of names
	binds  map[string][]bindingPlace
}

// usage is a line that uses names.
type usage struct {
	number int
	words  []string
}

// next reads the next line.
func (p *litmusParser) next(raw string) error {
	if taken, err := p.worldLine(raw); taken || err != nil {
		return err
	}
	text := strings.TrimSpace(raw)
	word, _, _ := strings.Cut(text, " ")
	if text == "" || strings.HasPrefix(text, "#") || p.trace.World == nil || !utf8.ValidString(text) || strings.Contains(text, "\x00") ||
		word == "world" || word == "define" {
		return p.textLine([]byte(raw))
	}
	words, err := litmusWords(text)
	if err != nil {
		return err
	}
	indent := len(raw) - len(strings.TrimLeft(raw, " \t"))
	switch word := words[0]; {
	case word == "in":
		return errors.Join(p.closeBlocks(-1), p.begin(words[1:]))
	case word == "allowed" || word == "forbidden" || word == "always":
		return errors.Join(p.closeBlocks(-1), p.claim(word, words[1:]))
	case word == "if":
		return p.ifLine(indent, words[1:])
	case word == "else" || word == "else:":
		return p.elseLine(indent, words)
	}
	if err := p.closeBlocks(indent); err != nil {
		return err
	}
	return p.program(indent, words)
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
	if of, is := strings.CutSuffix(name, ".realloc"); is && p.trace.World.instance(of) != nil && p.trace.World.instance(of).Realloc == "" {
		return fmt.Errorf("%s runs no core code: the line of its instance must have \"realloc guest\", as in \"instance %s  memory 64  realloc guest\"",
			shorten(name), shorten(of))
	}
	if known := p.activations(); !slices.Contains(known, name) {
		return fmt.Errorf("unknown function %q: programs are of a function (%s), with .callback or .post-return, of an instance's thread or realloc, of a resource's dtor, of host, of a function of the host's, with .cancel, and of what the host does for its streams and futures (%s)%s",
			shorten(name), shorten(strings.Join(p.trace.World.functionNames(), ", ")), strings.Join(sharedNames, ", "), namesNear(name, known))
	}
	p.in = &Program{Name: words[0], Number: p.number, Args: words[1:]}
	p.litmus.Programs[words[0]] = p.in
	return p.named(words[1:])
}

// activations are the names of all activations, and the host.
func (p *litmusParser) activations() []string {
	w := p.trace.World
	names := slices.Clone(sharedNames)
	for _, i := range w.Instances {
		names = append(names, i.Name+".thread", i.Name+".realloc")
	}
	for _, f := range w.Funcs {
		names = append(names, f.Name, f.Name+".callback", f.Name+".post-return", f.Name+".cancel")
	}
	for _, r := range w.Resources {
		names = append(names, r.Name+".dtor")
	}
	return append(slices.DeleteFunc(names, func(name string) bool { return !p.acts(name) }), Host)
}

// acts reports whether there are activations of a name, or it is the host.
func (p *litmusParser) acts(name string) bool {
	return name == Host || p.trace.World.actorEntering(name) != ""
}

// A bindingPlace is a line that binds a name, and the branches of ifs that it stands in.
type bindingPlace struct {
	number   int
	branches []branch
}

// A branch is one of the two of an if.
type branch struct {
	opened int // the number of the if
	inElse bool
}

// excludes reports whether at most one of two lines can run, since they stand in different branches of an if.
func (b bindingPlace) excludes(branches []branch) bool {
	return slices.ContainsFunc(b.branches, func(x branch) bool { return slices.Contains(branches, branch{x.opened, !x.inElse}) })
}

// named notes the names that a line binds. One name is bound by one line, or by one in each branch of an if.
func (p *litmusParser) named(names []string) error {
	var branches []branch
	for _, b := range p.blocks {
		branches = append(branches, branch{b.opened, b.inElse})
	}
	for _, name := range names {
		if !nameForm.MatchString(name) {
			return fmt.Errorf("%q is no name: it is a $, a letter, and letters, digits, - or _", shorten(name))
		}
		for _, before := range p.binds[name] {
			if !before.excludes(branches) {
				return fmt.Errorf("%s is bound already, in line %d: take another name, so that claims can tell them apart", name, before.number)
			}
		}
		if len(p.binds[name]) == 0 {
			p.litmus.registers = append(p.litmus.registers, name)
		}
		p.binds[name] = append(p.binds[name], bindingPlace{p.number, branches})
	}
	return nil
}

// program reads a line of a program: "$r = action | action". The action may have an actor and a colon before it.
func (p *litmusParser) program(indent int, words []string) error {
	if n := len(p.blocks); n > 0 && p.blocks[n-1].oneLine {
		return fmt.Errorf("it is indented below the if of line %d, which has its line behind the colon already", p.blocks[n-1].number)
	}
	var binds []string
	if at := slices.Index(words, "="); at > 0 && strings.HasPrefix(words[0], "$") {
		binds, words = words[:at], words[at+1:]
	}
	if err := p.named(binds); err != nil {
		return err
	}
	to := p.in
	if len(words) > 0 && strings.HasSuffix(words[0], ":") {
		if to = p.shared(strings.TrimSuffix(words[0], ":")); to == nil {
			return unknownName("instance", strings.TrimSuffix(words[0], ":"), p.trace.World.actors())
		}
		if len(p.blocks) > 0 && to != p.in {
			return fmt.Errorf("a line of %s stands in the if of line %d, which is of %s", to.Name, p.blocks[0].number, p.in.Name)
		}
		words = words[1:]
	}
	if err := ofTrace(words); err != nil {
		return err
	}
	if to == nil {
		return fmt.Errorf("who does this? Write \"in FUNCTION\" above it, or an instance and a colon before it")
	}
	choice := ProgramLine{Number: p.number}
	for _, one := range split(words, "|") {
		l, err := p.action(one)
		if err != nil {
			return err
		}
		l.Binds = binds
		for _, name := range binds {
			p.litmus.valued[name] = p.litmus.valued[name] || givesValues[one[0]]
		}
		choice.Actions = append(choice.Actions, l)
	}
	to.Lines = append(to.Lines, choice)
	return nil
}

// givesValues are the actions of the host whose names stand for component-level values.
var givesValues = map[string]bool{opInvoke: true, "host.start": true, "shared.read": true}

// ofTrace returns an error if words are a line that only a trace has.
func ofTrace(words []string) error {
	switch {
	case len(words) == 0:
		return nil
	case slices.Contains(words, "->"):
		return fmt.Errorf("a program says what is done, not what comes of it: give that a name, and claim what it is; `cabi replay` runs a trace, which has results")
	case words[0] == "enter" || words[0] == "done" || words[0] == "choices" || words[0] == "violates" || stopWords[words[0]]:
		return fmt.Errorf("%q is a line of a trace, which `cabi replay` runs; a litmus file has only what is done: leave this line out, and all after an arrow", shorten(strings.Join(words, " ")))
	}
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

// openingWords are the words that a line of a litmus file may begin with, beside actions.
var openingWords = []string{"world", "define", "in", "if", "else", "allowed", "forbidden", "always", wordSkip, wordTicks}

// action reads an action.
func (p *litmusParser) action(words []string) (Line, error) {
	l := Line{Text: strings.Join(words, " "), Number: p.number}
	if l.Text == wordSkip || l.Text == wordTicks {
		return l, nil
	}
	w := p.trace.World
	if _, known := w.op(append(words, "")[0]); len(words) > 0 && !known {
		return Line{}, unknownAction(words[0], append(w.opNames(), openingWords...))
	}
	var uses []string
	for _, w := range words {
		name, _, _, is := streamName(w)
		if !is {
			uses = append(uses, w)
		} else if err := p.named([]string{name}); err != nil {
			return l, err
		}
	}
	p.uses = append(p.uses, usage{p.number, uses})
	plain, _ := plainWords(withoutMade(words))
	_, err := w.parseAction(plain)
	return l, err
}

// claim reads "$x = 1 and trap SITE".
func (p *litmusParser) claim(kind string, words []string) error {
	terms, err := p.terms(words)
	p.litmus.Claims = append(p.litmus.Claims, Claim{Kind: kind, Number: p.number, Terms: terms})
	return err
}

// terms reads terms with "and" between them.
func (p *litmusParser) terms(words []string) (terms []Term, err error) {
	for _, part := range split(words, "and") {
		t, err := parseTerm(part)
		if err != nil {
			return nil, err
		}
		if t.Name != "" {
			p.uses = append(p.uses, usage{p.number, []string{"", t.Name, t.Value}})
		}
		terms = append(terms, t)
	}
	return terms, nil
}

// endings are the terms of one or two words that say how a run ends.
var endings = []string{endReturns, endDeadlocks, endUnfinished, endNever, "cannot go", endOpen}

// parseTerm reads a term.
func parseTerm(words []string) (Term, error) {
	text := strings.Join(words, " ")
	switch {
	case len(words) == 3 && strings.HasPrefix(words[0], "$") && (words[1] == "=" || words[1] == "!="):
		return Term{Name: words[0], Value: words[2], Not: words[1] == "!="}, nil
	case len(words) > 3 && strings.HasPrefix(words[0], "$") && (words[1] == "=" || words[1] == "!=") && areBytes(words[2:]):
		return Term{Name: words[0], Value: strings.Join(words[2:], " "), Not: words[1] == "!="}, nil
	case slices.Contains(endings, text),
		len(words) == 1 && stopWords[words[0]],
		len(words) == 2 && (stopWords[words[0]] || words[0] == "violates"),
		len(words) > 1 && words[0] == wordTook:
		return Term{Value: text}, nil
	case text == "ends": // the word of older files, when there was only one
		return Term{Value: endReturns}, nil
	}
	first, _, _ := strings.Cut(text, " ")
	known := slices.Concat(endings, sortedKeys(stopWords), []string{"violates", wordTook})
	return Term{}, fmt.Errorf("expected \"$name = value\", %q, %q, %q, %q, \"trap SITE\", \"assertion-failure SITE\", \"crash …\", \"exception\", \"violates PROPERTY\" or \"took ACTION\", got %q%s",
		endReturns, endDeadlocks, endUnfinished, endNever, shorten(text), namesNear(first, known))
}

// areBytes reports whether words are values in memory, one after the other.
func areBytes(words []string) bool {
	_, err := allBytes(strings.Join(words, " "), "")
	return err == nil
}

// check wants a line that binds each name that is used, an alternative for each that a claim speaks of, and no line that nothing comes to.
func (p *litmusParser) check() error {
	for _, u := range p.uses {
		for _, w := range u.words {
			if at := strings.IndexByte(w, '$'); at >= 0 && !strings.HasPrefix(w, `"`) && len(p.binds[w[at:]]) == 0 {
				return fmt.Errorf("line %d: nothing binds %s: a line must, as in \"%s = …\"%s", u.number, shorten(w[at:]), shorten(w[at:]), namesNear(w[at:], sortedKeys(p.binds)))
			}
		}
	}
	if len(p.litmus.Programs) == 0 {
		return fmt.Errorf("line %d: nobody does anything: write lines such as \"in A.run\" and \"resource.new R 100\" below it", p.number)
	}
	for _, name := range sortedKeys(p.litmus.Programs) {
		if err := p.litmus.Programs[name].checkReached(); err != nil {
			return err
		}
	}
	return p.litmus.checkTook()
}

// mostTerms is how many terms a claim has at most: each alternative that it speaks of has a bit.
const mostTerms = 64

// checkTook wants an alternative for each that a claim or an if speaks of.
func (l *Litmus) checkTook() error {
	known := l.alternatives()
	for _, c := range l.Claims {
		if len(c.Terms) > mostTerms {
			return fmt.Errorf("line %d: it has %d terms, and at most %d are possible", c.Number, len(c.Terms), mostTerms)
		}
		if err := checkTerms(c.Number, c.Terms, known); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(l.Programs) {
		for _, line := range l.Programs[name].Lines {
			if err := checkTerms(line.Number, line.If, known); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkTerms wants alternatives that there are.
func checkTerms(number int, terms []Term, known []alternative) error {
	for _, t := range terms {
		action, is := t.took()
		if is && !slices.ContainsFunc(known, func(a alternative) bool { return a.text() == action }) {
			return fmt.Errorf("line %d: no line has the alternative %q before or behind a |", number, shorten(action))
		}
	}
	return nil
}
