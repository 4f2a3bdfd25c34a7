package model

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"cabi/spec"
)

// The format of traces for machines is JSON lines: a header, then a line for each line of the text. docs/trace.schema.json is the schema
// of each line.

// jsonHeader is the first line of a trace in JSON.
type jsonHeader struct {
	Kind     string          `json:"kind"`    // "trace"
	Version  int             `json:"version"` // of the format
	ID       string          `json:"id,omitempty"`
	World    string          `json:"world"`
	Define   json.RawMessage `json:"define,omitempty"` // the world, if it has no name here
	Variant  string          `json:"variant"`
	Pin      string          `json:"pin,omitempty"`
	Spec     string          `json:"spec,omitempty"`    // in place of the pin, another definitions.py, by the first digits of its SHA-256
	Without  []string        `json:"without,omitempty"` // sites that are switched off
	Choices  []uint32        `json:"choices,omitempty"`
	Violates string          `json:"violates,omitempty"`
	Comments []string        `json:"comments,omitempty"`
}

// jsonLine is every other line.
type jsonLine struct {
	Kind    string   `json:"kind"`         // action, enter, done, stop; in a log, gap
	ID      *int     `json:"id,omitempty"` // from 1 on; nil: not stated
	Binds   []string `json:"binds,omitempty"`
	Actor   string   `json:"actor,omitempty"`
	Op      string   `json:"op,omitempty"`      // of an action and its end
	Func    string   `json:"func,omitempty"`    // of an entry
	Stops   []string `json:"stops,omitempty"`   // "trap SITE", "assertion-failure SITE", "crash FUNCTION/EXCEPTION" or "exception"; each is possible
	Detail  string   `json:"detail,omitempty"`  // of a stop
	Words   []string `json:"words,omitempty"`   // immediates of an action
	Numbers []string `json:"numbers,omitempty"` // operands of an action, or arguments of an entry
	Results []string `json:"results,omitempty"` // each is possible; missing: not stated
	Notes   string   `json:"notes,omitempty"`
}

var lineKinds = []string{LineAction: "action", LineEnter: "enter", LineDone: "done", LineStop: "stop", LineGap: "gap"}

// JSON is the trace as JSON lines.
func (t *Trace) JSON() string {
	var b strings.Builder
	must(0, t.WriteJSON(&b))
	return b.String()
}

// WriteJSON writes the trace as JSON lines.
func (t *Trace) WriteJSON(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(t.jsonHeader()); err != nil {
		return err
	}
	for i, l := range t.Lines {
		if err := e.Encode(l.json(t.World, i+1)); err != nil {
			return err
		}
	}
	return b.Flush()
}

// ID identifies a trace by its content, without comments and format.
//
// It is the hash of the text with the world as JSON, which is canonical and does not depend on how the text form of worlds is printed.
func (t *Trace) ID() string {
	plain := *t
	plain.Comments, plain.Format = nil, 0
	sum := sha256.New()
	b := bufio.NewWriter(sum)
	plain.write(b, func(w *World) string { return "define " + w.json() + "\n" })
	must(0, b.Flush())
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func (t *Trace) jsonHeader() jsonHeader {
	h := jsonHeader{Kind: "trace", Version: Format, ID: t.ID(), World: t.World.Name, Variant: t.Variant.Name, Pin: Pin, Spec: t.version(), Without: sitesText(t.Without), Choices: t.Choices,
		Violates: t.Violates, Comments: t.Comments}
	if h.Spec != "" {
		h.Pin = ""
	}
	if t.World.needsDefinition() {
		h.Define = json.RawMessage(t.World.json())
	}
	return h
}

// json is the world as a line of JSON.
func (w *World) json() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	must(0, e.Encode(w))
	return strings.TrimSuffix(b.String(), "\n")
}

// json is a line as JSON.
func (l Line) json(w *World, id int) jsonLine {
	j := jsonLine{Kind: lineKinds[l.Kind], ID: &id, Binds: l.Binds, Actor: l.Actor, Notes: l.Notes}
	words := strings.Fields(l.Text)
	switch l.Kind {
	case LineGap:
		return j
	case LineStop:
		j.Stops, j.Detail = strings.Split(l.Text, " | "), l.Results
		return j
	case LineEnter:
		j.Func, j.Numbers = words[0], words[1:]
	default:
		op, _ := w.op(words[0])
		imm := len(op.imm)
		j.Op, j.Words, j.Numbers = words[0], words[1:1+imm], words[1+imm:]
	}
	if l.Results != "" {
		j.Results = strings.Split(l.Results, " | ")
	}
	return j
}

// parseJSON reads a trace in JSON lines.
func parseJSON(r *bufio.Scanner, load WorldLoader) (*Trace, error) {
	p := &jsonParser{traceParser: traceParser{trace: &Trace{FromJSON: true}, load: load}}
	for r.Scan() {
		p.number++
		if err := p.jsonLine(bytes.TrimSpace(r.Bytes())); err != nil {
			return nil, p.at(err)
		}
	}
	trace, err := p.finish(r.Err())
	if err != nil {
		return nil, err
	}
	if err := p.checkID(); err != nil {
		return nil, err
	}
	return trace, nil
}

// A jsonParser is a traceParser that reads JSON lines.
type jsonParser struct {
	traceParser
	id string // of the header; "": it has none
}

// checkID returns an error if the header has an id, and the trace another.
func (p *jsonParser) checkID() error {
	if p.id == "" || p.id == p.trace.ID() {
		return nil
	}
	return fmt.Errorf("line %d: the id is %s, and that of the trace below is %s: it was changed since; leave the id out", p.trace.HeaderAt, shorten(p.id), p.trace.ID())
}

// jsonLine reads a line of JSON.
func (p *jsonParser) jsonLine(text []byte) error {
	switch {
	case len(text) == 0:
		return nil
	case p.trace.World == nil:
		return p.readHeader(text)
	}
	j := jsonLine{}
	if err := decodeLine(text, &j); err != nil {
		return err
	}
	if at := len(p.trace.Lines) + 1; j.ID != nil && *j.ID != at {
		return fmt.Errorf("the id is %d, and this is line %d after the header", *j.ID, at)
	}
	line, err := j.text(p.trace.World)
	if err != nil {
		return err
	}
	return p.line(line)
}

// decodeLine reads a line of JSON.
func decodeLine(text []byte, v any) error {
	if err := decodeObject(text, v); err != nil {
		return fmt.Errorf("not a line of a trace in JSON: %w", err)
	}
	return nil
}

// readHeader reads the first line of JSON.
func (p *jsonParser) readHeader(text []byte) error {
	h := jsonHeader{}
	if err := decodeLine(text, &h); err != nil {
		return err
	}
	p.id = h.ID
	if h.Kind != "trace" {
		return fmt.Errorf(`expected a header such as {"kind":"trace","version":1,"world":"handles","variant":"single-table"}, got kind %q`, shorten(h.Kind))
	}
	words := []string{"world", h.World, "variant", h.Variant, "format", fmt.Sprint(h.Version)}
	if h.Variant == "" {
		words[3] = spec.SingleTable.Name
	}
	if h.Pin != "" {
		words = append(words, "pin", h.Pin)
	}
	if h.Spec != "" {
		words = append(words, "spec", h.Spec)
	}
	if len(h.Without) > 0 {
		words = append(words, "without", strings.Join(h.Without, ","))
	}
	if err := p.header(words); err != nil {
		return err
	}
	if len(h.Define) > 0 {
		if err := p.define(string(h.Define)); err != nil {
			return err
		}
	}
	if p.trace.World == nil {
		return fmt.Errorf("the world %q is not a named one, and the header does not define it%s", shorten(h.World), namesNear(h.World, worldNames()))
	}
	if err := checkLines("", append([]string{h.Violates}, h.Comments...)...); err != nil {
		return err
	}
	p.trace.Choices, p.trace.Violates, p.trace.ViolatesAt, p.trace.Comments = h.Choices, h.Violates, p.number, h.Comments
	if h.Violates != "" {
		return p.trace.checkClaim()
	}
	return nil
}

// text is the line as text.
func (j jsonLine) text(w *World) (string, error) {
	l := Line{Binds: j.Binds, Actor: j.Actor, Results: strings.Join(j.Results, " | "), Notes: j.Notes}
	for _, word := range j.plain() {
		if strings.Join(strings.Fields(word), "") != word || word == "" || word == ";" || strings.Contains(word, "->") {
			return "", fmt.Errorf("%q is no word of a trace", shorten(word))
		}
	}
	if err := errors.Join(checkLines(" ; ", j.Results...), checkLines("", j.Notes), j.checkKeys(w)); err != nil {
		return "", err
	}
	switch j.Kind {
	case "gap":
		return gapWord, nil
	case "stop":
		l.Kind, l.Text, l.Results = LineStop, strings.Join(j.Stops, " | "), j.Detail
		if len(j.Stops) == 0 || strings.Contains(l.Text, ": ") {
			return "", fmt.Errorf("the line lacks what stops the run, or says more")
		}
		return l.String(), errors.Join(checkStops(j.Stops), checkLines("", j.Detail))
	case "enter":
		l.Kind, l.Text = LineEnter, j.Func
	case "done":
		l.Kind, l.Text = LineDone, j.Op
	case "action":
		l.Text = j.Op
	default:
		return "", unknownName("kind of line", j.Kind, lineKinds)
	}
	if j.Actor == "" || l.Text == "" {
		return "", fmt.Errorf("the line lacks who acts, or what is done")
	}
	for _, word := range append(append([]string(nil), j.Words...), j.Numbers...) {
		l.Text += " " + word
	}
	return l.String(), nil
}

// checkKeys wants nothing under the keys that lines of other kinds have, words where the action has immediates, and one result in each
// of the results.
func (j jsonLine) checkKeys(w *World) error {
	action, enter, stop := j.Kind == "action" || j.Kind == "done", j.Kind == "enter", j.Kind == "stop"
	step := action || enter
	for _, key := range []struct {
		name   string
		stands bool
		may    bool
	}{
		{"binds", len(j.Binds) > 0, j.Kind == "action" || enter}, {"actor", j.Actor != "", step}, {"op", j.Op != "", action}, {"func", j.Func != "", enter},
		{"stops", len(j.Stops) > 0, stop}, {"detail", j.Detail != "", stop}, {"words", len(j.Words) > 0, action}, {"numbers", len(j.Numbers) > 0, step},
		{"results", len(j.Results) > 0, action}, {"notes", j.Notes != "", step},
	} {
		if key.stands && !key.may {
			return fmt.Errorf("%q does not stand in a line of kind %q", key.name, shorten(j.Kind))
		}
	}
	if op, known := w.op(j.Op); known && len(j.Words) != len(op.imm) {
		return fmt.Errorf("%s takes %s under \"words\", got %d", j.Op, Counted(len(op.imm), "word"), len(j.Words))
	}
	for _, r := range j.Results {
		if r == "" || slices.Contains(strings.Fields(r), "|") {
			return fmt.Errorf("%q is not one result", shorten(r))
		}
	}
	return nil
}

// checkStops wants one stop or several.
func checkStops(stops []string) error {
	for _, stop := range stops {
		if words := strings.Fields(stop); len(words) == 0 || len(words) > 2 || !stopWords[words[0]] || strings.Join(words, " ") != stop {
			return fmt.Errorf("unknown stop %q: it is trap SITE, assertion-failure SITE, crash FUNCTION/EXCEPTION or exception", shorten(stop))
		}
	}
	return nil
}

// checkLines wants texts that are one line each, without a separator that would end them in the text format.
func checkLines(not string, texts ...string) error {
	for _, text := range texts {
		if strings.ContainsAny(text, "\n\x00") || not != "" && strings.Contains(text, not) || strings.TrimSpace(text) != text {
			return fmt.Errorf("%q cannot stand in a trace: it has a line break, a NUL, a space at an end or %q", shorten(text), not)
		}
	}
	return nil
}

// plain are the parts of a line that must be single words.
func (j jsonLine) plain() []string {
	words := append(append(append([]string(nil), j.Words...), j.Numbers...), j.Binds...)
	for _, word := range []string{j.Actor, j.Op, j.Func} {
		if word != "" {
			words = append(words, word)
		}
	}
	return words
}
