package model

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cabi/spec"
)

// A WorldLoader reads the world in a file that the header of a trace or of a litmus file names.
type WorldLoader func(file string) (*World, error)

// ReadTrace is ReadTraceWith for traces whose headers name no files.
func ReadTrace(r io.Reader) (*Trace, error) { return ReadTraceWith(r, nil) }

// ReadTraceWith reads a trace, which is JSON lines if it begins with a brace, and text otherwise. Its errors name the line.
func ReadTraceWith(r io.Reader, load WorldLoader) (*Trace, error) {
	b := bufio.NewReader(r)
	for at := 1; ; at++ {
		begin, _ := b.Peek(at)
		switch c := begin[max(0, len(begin)-1):]; {
		case len(begin) == at && strings.ContainsAny(string(c), " \t\r"):
		case string(c) == "{":
			return parseJSON(lineScanner(b), load)
		default:
			return parseTrace(b, load)
		}
	}
}

// lineScanner scans lines that are not too long.
func lineScanner(r io.Reader) *bufio.Scanner {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLine)
	return scanner
}

// ParseTrace reads a trace as text. Its errors name the line.
func ParseTrace(r io.Reader) (*Trace, error) { return parseTrace(r, nil) }

func parseTrace(r io.Reader, load WorldLoader) (*Trace, error) {
	p := &traceParser{trace: &Trace{}, load: load}
	scanner := lineScanner(r)
	for scanner.Scan() {
		p.number++
		if err := p.textLine(scanner.Bytes()); err != nil {
			return nil, p.at(err)
		}
	}
	return p.finish(scanner.Err())
}

// A traceParser reads a trace, line by line.
type traceParser struct {
	trace     *Trace
	number    int          // of the line
	world     string       // its name, if the header has it
	choicesAt int          // the line of the choices; 0: there was none
	load      WorldLoader  // nil: the header names no file
	lines     *worldReader // takes the lines of the world behind the header; nil: these are over
	texts     interner
	bound     map[string]int // names, and the lines that bind them
	speaks    *vocabulary    // the world's; nil: no line has needed it
	gaps      bool           // it is a log, which may have gaps
}

// at is an error with the number of its line.
func (p *traceParser) at(err error) error {
	var placed *placedError
	if errors.As(err, &placed) && placed == err {
		return err
	}
	return fmt.Errorf("line %d: %w", p.number, err)
}

// finish is the trace, if its end was reached and it has a world.
func (p *traceParser) finish(err error) (*Trace, error) {
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("too long: a line has at most %d bytes", maxLine)
	}
	if err == nil {
		err = p.endWorld()
	}
	if err != nil {
		p.number++ // the line that could not be read
		return nil, p.at(err)
	}
	if p.trace.World == nil && p.world != "" {
		p.number = p.trace.HeaderAt
		return nil, p.at(undefinedWorld(p.world))
	}
	if p.trace.World == nil {
		p.number = max(1, p.number)
		return nil, p.at(fmt.Errorf("no world: a trace begins with a line such as \"world handles  variant single-table\""))
	}
	return p.trace, nil
}

// textLine reads a line of text.
func (p *traceParser) textLine(raw []byte) error {
	text := bytes.TrimSpace(raw)
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return fmt.Errorf("not text: a trace is UTF-8, or JSON lines")
	}
	if taken, err := p.worldLine(string(raw)); taken || err != nil {
		return err
	}
	begun := p.trace.Variant != nil
	err := p.line(string(text))
	if !begun && p.lines != nil {
		p.lines.indent = indentOf(string(raw))
	}
	return err
}

// howToDefine says how a trace has a world of its own.
const howToDefine = "write its lines (instance …, func …) below this one, or the name of its file, which ends in .world"

// worldLine takes a line of the world that stands behind the header. The first line that is none ends the world.
func (p *traceParser) worldLine(text string) (taken bool, err error) {
	if p.lines == nil {
		return false, nil
	}
	if err := checkText(text); err != nil {
		return false, err
	}
	if p.number <= maxLines && p.lines.take(p.number, text) {
		return true, nil
	}
	return false, p.endWorld()
}

// endWorld makes the world of the lines behind the header, if there are any.
func (p *traceParser) endWorld() error {
	lines := p.lines
	if p.lines = nil; lines == nil || len(lines.lines) == 0 {
		return nil
	}
	if p.trace.World != nil {
		return lines.lines[0].at(-len(lines.lines[0].word), fmt.Errorf("the world %s is a named one, or is in a file: a world of one's own has another name", p.trace.World.Name))
	}
	w, err := lines.finish()
	p.trace.World = w
	return err
}

// line reads a line of the text format.
func (p *traceParser) line(text string) error {
	word, rest, _ := strings.Cut(text, " ")
	switch {
	case p.number > maxLines:
		return fmt.Errorf("too long: a trace has at most %d lines", maxLines)
	case text == "":
		return nil
	case strings.HasPrefix(text, "#"):
		if p.trace.Variant == nil {
			p.trace.Comments = append(p.trace.Comments, strings.TrimSpace(strings.TrimPrefix(text, "#")))
		}
		return nil
	case word == "world":
		return p.header(strings.Fields(text))
	case p.trace.Variant == nil:
		return fmt.Errorf("expected a line such as \"world handles  variant single-table\", got %q", shorten(text))
	case word == "define":
		return p.define(rest)
	case p.trace.World == nil:
		return undefinedWorld(p.world)
	}
	return p.body(word, rest, text)
}

// undefinedWorld is the error about a world that has no name here, and that no line defines before there is an action.
func undefinedWorld(name string) error {
	return fmt.Errorf("the world %q is not a named one, and is not defined: %s%s", shorten(name), howToDefine, namesNear(name, worldNames()))
}

// body reads a line after the header.
func (p *traceParser) body(word, rest, text string) error {
	switch {
	case word == "choices":
		return p.choices(strings.Fields(rest))
	case word == "violates":
		if p.trace.Violates != "" {
			return fmt.Errorf("a second violates: a trace claims one violation")
		}
		p.trace.Violates, p.trace.ViolatesAt = strings.TrimSpace(rest), p.number
		return p.trace.checkClaim()
	case stopWords[word]:
		return p.stop(text)
	case text == gapWord || text == "...":
		return p.gap()
	case strings.HasPrefix(word, "$"):
		names, line, ok := strings.Cut(text, " = ")
		if actor, action, isStep := strings.Cut(line, ": "); ok && isStep {
			return p.step(strings.Fields(names), actor, action)
		}
	case strings.HasSuffix(word, ":"):
		return p.step(nil, strings.TrimSuffix(word, ":"), rest)
	}
	return fmt.Errorf("expected an action such as \"A: resource.new R 100\", got %q", shorten(text))
}

// gap reads a gap.
func (p *traceParser) gap() error {
	if !p.gaps {
		return fmt.Errorf("a trace has no gaps: `cabi admits` reads logs, which may have some")
	}
	p.trace.Lines = append(p.trace.Lines, Line{Kind: LineGap, Number: p.number})
	return nil
}

// stopWords are the kinds of stops.
var stopWords = map[string]bool{"trap": true, "assertion-failure": true, "crash": true, "exception": true}

// specVersion is how a header names another definitions.py than the pin's.
var specVersion = regexp.MustCompile(`^[0-9a-f]{12}$`)

// headerWords are the words of a header that have a value behind them.
var headerWords = []string{"world", "variant", "pin", "spec", "format", "without"}

// variantNames are the names of the variants.
func variantNames() []string {
	var names []string
	for _, v := range spec.Variants {
		names = append(names, v.Name)
	}
	return names
}

// header reads "world NAME variant NAME pin COMMIT spec VERSION format VERSION without SITES", of which all but the first may be missing.
func (p *traceParser) header(words []string) error {
	if p.trace.Variant != nil {
		return fmt.Errorf("a second world: a trace has one")
	}
	p.trace.Variant, p.trace.HeaderAt = spec.SingleTable, p.number
	for i := 0; i+1 < len(words); i += 2 {
		if at := slices.Index(words, words[i]); at < i && at%2 == 0 {
			return fmt.Errorf("%q stands in the header twice", shorten(words[i]))
		}
		switch value := words[i+1]; words[i] {
		case "world":
			if err := p.named(value); err != nil {
				return err
			}
		case "variant":
			if p.trace.Variant = spec.VariantByName(value); p.trace.Variant == nil {
				return unknownName("variant", value, variantNames())
			}
		case "pin":
			if value != Pin {
				return fmt.Errorf("the trace is of definitions.py at %s, this is %s", shorten(value), Pin)
			}
		case "spec":
			if !specVersion.MatchString(value) {
				return fmt.Errorf("spec %s: it is the first 12 digits of the SHA-256 of a definitions.py", shorten(value))
			}
			p.trace.Spec = value
		case "format":
			if err := p.format(value); err != nil {
				return err
			}
		case "without":
			p.without(strings.Split(value, ","))
		default:
			return unknownName("word", words[i], headerWords)
		}
	}
	if len(words)%2 == 1 {
		return fmt.Errorf("%q has no value", shorten(words[len(words)-1]))
	}
	return nil
}

// named takes the name of a world in the header, or of its file.
func (p *traceParser) named(name string) error {
	p.trace.World, p.world = WorldByName(name), name
	p.lines = newWorldReader(name, p.number, "")
	if !strings.HasSuffix(name, WorldFile) {
		return nil
	}
	if p.load == nil {
		return fmt.Errorf("the file %s: worlds in files cannot be read here", shorten(name))
	}
	w, err := p.load(name)
	if err != nil {
		return err
	}
	p.trace.World, p.world = w, w.Name
	return nil
}

// format reads the version of the format.
func (p *traceParser) format(text string) error {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n > Format {
		return fmt.Errorf("the trace has format %s, this reads formats 0 to %d: a newer cabi reads it", shorten(text), Format)
	}
	p.trace.Format = int(n)
	return nil
}

// without reads the sites that are switched off.
func (p *traceParser) without(sites []string) {
	for _, s := range sites {
		p.trace.Without = append(p.trace.Without, spec.Site(s))
	}
	slices.Sort(p.trace.Without)
	p.trace.Without = slices.Compact(p.trace.Without)
}

// define reads a world that is not one of the named ones.
func (p *traceParser) define(text string) error {
	if p.trace.World != nil {
		return fmt.Errorf("the world %s is already defined", p.trace.World.Name)
	}
	w := &World{}
	if err := decodeObject([]byte(text), w); err != nil {
		return fmt.Errorf("the world: %w", err)
	}
	if w.Name != p.world {
		return fmt.Errorf("the header says world %s, and the definition is of a world %q", shorten(p.world), shorten(w.Name))
	}
	p.trace.World = w
	return w.validateOwn()
}

// choices reads the specification's choices.
func (p *traceParser) choices(words []string) error {
	if p.choicesAt > 0 {
		return fmt.Errorf("a second line of choices: they stand in one, and line %d is it", p.choicesAt)
	}
	p.choicesAt = p.number
	for _, w := range words {
		n, err := strconv.ParseUint(w, 10, 32)
		if err != nil {
			return fmt.Errorf("the choice %q is no number", shorten(w))
		}
		p.trace.Choices = append(p.trace.Choices, uint32(n))
	}
	return nil
}

// stop reads "trap SITE: detail".
func (p *traceParser) stop(text string) error {
	l := Line{Kind: LineStop, Number: p.number}
	l.Text, l.Results, _ = strings.Cut(text, ": ")
	l.Results = strings.TrimSpace(l.Results)
	p.trace.Lines = append(p.trace.Lines, l)
	return checkStops(strings.Split(l.Text, " | "))
}

// step reads "op … -> results ; notes" of an actor, and the names for the results.
func (p *traceParser) step(names []string, actor, text string) error {
	if actor != Host && !p.trace.World.hasInstance(actor) {
		return unknownName("instance", actor, p.trace.World.actors())
	}
	l := Line{Kind: LineAction, Actor: actor, Binds: names, Number: p.number}
	text, l.Notes, _ = strings.Cut(text, " ; ")
	l.Notes = strings.TrimSpace(l.Notes)
	text, results, stated := strings.Cut(text, "->")
	words := strings.Fields(text)
	l.Results = strings.Join(strings.Fields(results), " ")
	switch {
	case len(words) > 0 && words[0] == "enter":
		l.Kind, words = LineEnter, words[1:]
	case len(words) > 0 && words[0] == "done":
		l.Kind, words = LineDone, words[1:]
	}
	if err := p.words(&l, words); err != nil {
		return err
	}
	if err := p.bind(l); err != nil {
		return err
	}
	if stated {
		if err := p.results(l); err != nil {
			return err
		}
	}
	l = p.texts.line(l)
	p.trace.Lines = append(p.trace.Lines, l)
	return nil
}

// words reads the action, or the function that is entered, of a line.
func (p *traceParser) words(l *Line, words []string) error {
	l.Text = strings.Join(words, " ")
	if err := p.used(words); err != nil {
		return err
	}
	if l.Kind == LineEnter {
		return p.enters(l.Actor, words)
	}
	plain, named := plainWords(words)
	a, err := p.trace.World.parseAction(plain)
	if err != nil {
		return err
	}
	if !named {
		l.Text = a.String()
	}
	if !a.mayBeOf(l.Actor) {
		return fmt.Errorf("%s is not for %s", a.Op, l.Actor)
	}
	if err := p.vocabulary().check(l.Actor, a); err != nil {
		return err
	}
	if most := p.trace.World.namesOf(l.Actor, a); l.Kind == LineAction && len(l.Binds) > most {
		return tooManyNames(l.Binds, most)
	}
	return nil
}

// vocabulary is what the lines may name.
func (p *traceParser) vocabulary() *vocabulary {
	if p.speaks == nil {
		p.speaks = newVocabulary(p.trace.World)
	}
	return p.speaks
}

// enters wants the name of something that an actor is entered under, and numbers.
func (p *traceParser) enters(actor string, words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("a function is missing after enter")
	}
	switch of := p.trace.World.actorEntering(words[0]); of {
	case actor:
	case "":
		return fmt.Errorf("unknown function %q: no code of the world is called so%s", shorten(words[0]), namesNear(words[0], p.trace.World.functionNames()))
	default:
		return fmt.Errorf("%s is entered, and not %s: %s is of %s", of, actor, words[0], of)
	}
	plain, _ := plainWords(words)
	for _, w := range plain[1:] {
		if _, err := parseCore(w); err != nil {
			return fmt.Errorf("enter %s: %w", words[0], err)
		}
	}
	return nil
}

// results wants values in each of the results that a line states.
func (p *traceParser) results(l Line) error {
	words := strings.Fields(l.Results)
	if err := p.used(words); err != nil {
		return err
	}
	for i, w := range words {
		if w == "|" && (i == 0 || i == len(words)-1 || words[i+1] == "|") {
			return fmt.Errorf("nothing stands beside a |: results are separated by it, as in \"-> 1 | 2\"")
		}
		if w != "|" && !isResult(w) {
			return fmt.Errorf("%q is no result: it is a number, a name, _ for any, or one of %s", shorten(w), strings.Join(ValueWords(), ", "))
		}
	}
	if len(words) == 0 {
		return fmt.Errorf("no result stands after ->: leave the arrow out if none is stated")
	}
	return nil
}
