package model

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"cabi/spec"
)

// maxLine bounds the length of a trace's lines, so that rubbish cannot exhaust the memory.
const maxLine = 1 << 20

// ParseTrace reads a trace. Its errors name the line.
func ParseTrace(r io.Reader) (*Trace, error) {
	p := &traceParser{trace: &Trace{}}
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		p.number++
		if err := p.line(strings.TrimSpace(scanner.Text())); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.number, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", p.number+1, err)
	}
	if p.trace.World == nil {
		return nil, fmt.Errorf("line %d: no world: a trace begins with a line such as \"world handles  variant single-table\"", p.number+1)
	}
	return p.trace, p.trace.World.Validate()
}

type traceParser struct {
	trace  *Trace
	number int
}

func (p *traceParser) line(text string) error {
	word, rest, _ := strings.Cut(text, " ")
	switch {
	case text == "" || strings.HasPrefix(text, "#"):
		return nil
	case word == "world":
		return p.header(strings.Fields(text))
	case p.trace.Variant == nil:
		return fmt.Errorf("expected a line such as \"world handles  variant single-table\", got %q", shorten(text))
	case word == "define":
		return p.define(rest)
	case p.trace.World == nil:
		return fmt.Errorf("the world is not a named one and must be defined before %q", shorten(text))
	case word == "choices":
		return p.choices(strings.Fields(rest))
	case word == "violates":
		p.trace.Violates = rest
		return nil
	case stopWords[word]:
		return p.stop(text)
	case strings.HasSuffix(word, ":"):
		return p.step(strings.TrimSuffix(word, ":"), rest)
	}
	return fmt.Errorf("expected an action such as \"A: resource.new R 100\", got %q", shorten(text))
}

var stopWords = map[string]bool{"trap": true, "assertion-failure": true, "crash": true, "exception": true}

func shorten(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}

// header reads "world NAME variant NAME pin COMMIT", of which the last two may be missing.
func (p *traceParser) header(words []string) error {
	if p.trace.Variant != nil {
		return fmt.Errorf("a second world: a trace has one")
	}
	p.trace.Variant = spec.SingleTable
	for i := 0; i+1 < len(words); i += 2 {
		switch value := words[i+1]; words[i] {
		case "world":
			p.trace.World = WorldByName(value)
		case "variant":
			if p.trace.Variant = spec.VariantByName(value); p.trace.Variant == nil {
				return fmt.Errorf("unknown variant %q", value)
			}
		case "pin":
			if value != Pin {
				return fmt.Errorf("the trace is of definitions.py at %s, this is %s", value, Pin)
			}
		default:
			return fmt.Errorf("unknown word %q in the header", words[i])
		}
	}
	if len(words)%2 == 1 {
		return fmt.Errorf("%q has no value", words[len(words)-1])
	}
	return nil
}

// define reads a world that is not one of the named ones.
func (p *traceParser) define(text string) error {
	if p.trace.World != nil {
		return fmt.Errorf("the world %s is already defined", p.trace.World.Name)
	}
	w := &World{}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(w); err != nil {
		return fmt.Errorf("the world: %w", err)
	}
	p.trace.World = w
	return w.Validate()
}

func (p *traceParser) choices(words []string) error {
	for _, w := range words {
		n, err := strconv.ParseUint(w, 10, 32)
		if err != nil {
			return fmt.Errorf("the choice %q is no number", w)
		}
		p.trace.Choices = append(p.trace.Choices, uint32(n))
	}
	return nil
}

// stop reads "trap SITE: detail".
func (p *traceParser) stop(text string) error {
	l := Line{Kind: LineStop, Number: p.number}
	l.Text, l.Results, _ = strings.Cut(text, ": ")
	p.trace.Lines = append(p.trace.Lines, l)
	return nil
}

// step reads "op … -> results ; notes" of an actor.
func (p *traceParser) step(actor, text string) error {
	if actor != Host && !p.trace.World.hasInstance(actor) {
		return fmt.Errorf("unknown instance %q", actor)
	}
	l := Line{Kind: LineAction, Actor: actor, Number: p.number}
	text, l.Notes, _ = strings.Cut(text, " ; ")
	text, l.Results, _ = strings.Cut(text, "->")
	words := strings.Fields(text)
	l.Results = strings.Join(strings.Fields(l.Results), " ")
	switch {
	case len(words) > 0 && words[0] == "enter":
		l.Kind, words = LineEnter, words[1:]
	case len(words) > 0 && words[0] == "done":
		l.Kind, words = LineDone, words[1:]
	}
	l.Text = strings.Join(words, " ")
	if l.Kind != LineEnter {
		a, err := parseAction(words)
		if err != nil {
			return err
		}
		l.Text = a.String()
	}
	p.trace.Lines = append(p.trace.Lines, l)
	return nil
}
