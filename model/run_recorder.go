package model

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"cabi/spec"
)

// A Line is one line of what happens in a run, as a trace states it.
type Line struct {
	Kind    LineKind
	Binds   []string // names for the results, such as "$r"; empty: none
	Actor   string   // empty: the line is a stop
	Text    string   // "resource.new R 100", "B.take 1", "trap lift_own/num_lends"
	Results string   // after an arrow, or the detail of a stop; empty: none, or not stated
	Notes   string   // after a semicolon: the changes of tables; empty: none, or not stated
	Number  int      // of the line in the file that it was read from
}

// A LineKind is a kind of line.
type LineKind uint8

const (
	LineAction LineKind = iota // an action, with its results if nothing happens between
	LineEnter                  // the entry into core code, or of the host
	LineDone                   // the end of an action, with its results, if other lines stand between
	LineStop                   // the stop of the run by the specification
	LineGap                    // in a log: actions of anybody that it does not show
)

// gapWord is the line of a gap.
const gapWord = "…"

// String is the line as a trace in text has it.
func (l Line) String() string {
	var b strings.Builder
	if len(l.Binds) > 0 {
		fmt.Fprintf(&b, "%s = ", strings.Join(l.Binds, " "))
	}
	switch l.Kind {
	case LineAction:
		fmt.Fprintf(&b, "%s: %s", l.Actor, l.Text)
	case LineEnter:
		fmt.Fprintf(&b, "%s: enter %s", l.Actor, l.Text)
	case LineDone:
		fmt.Fprintf(&b, "%s: done %s", l.Actor, l.Text)
	case LineGap:
		return gapWord
	case LineStop:
		b.WriteString(l.Text)
		if l.Results != "" {
			fmt.Fprintf(&b, ": %s", l.Results)
		}
		return b.String()
	}
	if l.Results != "" {
		fmt.Fprintf(&b, " -> %s", l.Results)
	}
	if l.Notes != "" {
		fmt.Fprintf(&b, " ; %s", l.Notes)
	}
	return b.String()
}

// A recorder records a run as lines. A nil recorder records nothing.
type recorder struct {
	lines []Line
	by    *Activation // whose action the last line is, so that the results can go there; nil: they get a line of their own
	notes []string    // changes of tables since the last line
	texts interner
}

// step records the action that an activation begins.
func (rec *recorder) step(at *Activation, a Action) {
	if rec == nil {
		return
	}
	rec.flush()
	rec.lines = append(rec.lines, Line{Kind: LineAction, Actor: at.Actor, Text: a.String()})
	if a.Op != opReturn && a.Op != opThrow {
		rec.by = at
	}
}

// enter records the entry into core code, or of the host.
func (rec *recorder) enter(at *Activation) {
	if rec == nil {
		return
	}
	rec.flush()
	text := strings.TrimRight(at.Name+" "+formatCores(at.Args), " ")
	rec.lines = append(rec.lines, Line{Kind: LineEnter, Actor: at.Actor, Text: text})
}

// done records the results of an action: on its own line if no other came since, else on a new one.
func (rec *recorder) done(at *Activation, results []spec.CoreValue) {
	if rec == nil {
		return
	}
	if rec.by != at {
		rec.flush()
		rec.lines = append(rec.lines, Line{Kind: LineDone, Actor: at.Actor, Text: at.Pending.String()})
	}
	rec.lines[len(rec.lines)-1].Results = resultsText(*at.Pending, results)
	rec.flush()
}

// stop records that the specification stopped the run.
func (rec *recorder) stop(err error) {
	if rec == nil {
		return
	}
	rec.flush()
	rec.lines = append(rec.lines, stopLine(err))
}

// change records the element that is at an index of a table from now on; nil: none is.
func (rec *recorder) change(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if rec == nil {
		return
	}
	element := "free"
	if e != nil {
		element = spec.Describe(e)
	}
	if h, ok := e.(*spec.ResourceHandle); ok {
		element = fmt.Sprintf("%s rep=%s", element, h.Rep())
	}
	rec.notes = append(rec.notes, fmt.Sprintf("%s.handles%s %d=%s", inst.Name, key, index, element))
}

// flush completes the last line with the changes of tables since.
func (rec *recorder) flush() {
	if n := len(rec.lines); n > 0 {
		last := &rec.lines[n-1]
		if len(rec.notes) > 0 {
			last.Notes = strings.Join(rec.notes, ", ")
		}
		*last = rec.texts.line(*last)
	}
	rec.notes, rec.by = nil, nil
}

// resultsText is the results of an action as a trace states them.
func resultsText(a Action, results []spec.CoreValue) string {
	if a.Op != opLoad {
		return formatCores(results)
	}
	bytes := make([]byte, len(results))
	for i, v := range results {
		bytes[i] = byte(v.Uint64())
	}
	return FormatBytes(bytes)
}

// FormatBytes is bytes as traces have them, as a word.
func FormatBytes(b []byte) string { return "bytes:" + hex.EncodeToString(b) }

func formatCores(vs []spec.CoreValue) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = FormatCore(v)
	}
	return strings.Join(words, " ")
}

// RecordedLines is how many lines of the run were recorded so far; 0: none are.
func (r *Run) RecordedLines() int {
	if r.recorder == nil {
		return 0
	}
	return len(r.recorder.lines)
}

// SiteOf names the place at which an error stopped a run: a site, "FUNCTION/EXCEPTION" of a crash, "exception", or "fault".
func SiteOf(err error) string {
	kind, site, _ := stopOf(err)
	return cmp.Or(site, kind)
}

// stopLine is the line of a stop.
func stopLine(err error) Line {
	kind, site, detail := stopOf(err)
	return Line{Kind: LineStop, Text: strings.TrimSpace(kind + " " + site), Results: detail}
}

// stopOf says how an error stopped a run: the kind of stop, the place, and a detail for people.
func stopOf(err error) (kind, site, detail string) {
	if trap, is := errors.AsType[*spec.Trap](err); is {
		return "trap", string(trap.Site), trap.Detail
	}
	if failure, is := errors.AsType[*spec.AssertionFailure](err); is {
		return "assertion-failure", string(failure.Site), failure.Detail
	}
	if crash, is := errors.AsType[*spec.Crash](err); is {
		return "crash", crash.Function + "/" + crash.Exception, crash.Detail
	}
	if _, is := errors.AsType[*spec.Fault](err); is {
		return "fault", "", err.Error()
	}
	return "exception", "", err.Error()
}

// An interner keeps each text once, because the lines of long traces repeat themselves.
type interner map[string]string

// mostTexts is how many texts an interner keeps at most.
const mostTexts = 1 << 16

// line is a line whose parts are interned.
func (t *interner) line(l Line) Line {
	l.Actor, l.Text, l.Results, l.Notes = t.text(l.Actor), t.text(l.Text), t.text(l.Results), t.text(l.Notes)
	return l
}

func (t *interner) text(text string) string {
	if *t == nil {
		*t = interner{}
	}
	if same, known := (*t)[text]; known {
		return same
	}
	if len(*t) == mostTexts {
		return text
	}
	text = strings.Clone(text) // so that the line that the text is a part of can be collected
	(*t)[text] = text
	return text
}
