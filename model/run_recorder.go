package model

import (
	"errors"
	"fmt"
	"strings"

	"cabi/spec"
)

// A log records a run as the lines of a trace. A nil log records nothing.
type recorder struct {
	lines []Line
	by    *Activation // whose action the last line is; nil: it is none, or its end has a line of its own
	notes []string    // what changed in the tables since the last line
	texts interner
}

// step begins a line with what an activation does.
func (l *recorder) step(at *Activation, a Action) {
	if l == nil {
		return
	}
	l.flush()
	l.lines = append(l.lines, Line{Kind: LineAction, Actor: at.Actor, Text: a.String()})
	if a.Op != opReturn && a.Op != opThrow {
		l.by = at
	}
}

// enter tells that core code is called, and with what.
func (l *recorder) enter(at *Activation) {
	if l == nil {
		return
	}
	l.flush()
	text := strings.TrimRight(at.Name+" "+formatCores(at.Args), " ")
	l.lines = append(l.lines, Line{Kind: LineEnter, Actor: at.Actor, Text: text})
}

// done tells that an action is done: on its own line if nothing else came since, else on a new one.
func (l *recorder) done(at *Activation, results []spec.CoreValue) {
	if l == nil {
		return
	}
	if l.by != at {
		l.flush()
		l.lines = append(l.lines, Line{Kind: LineDone, Actor: at.Actor, Text: at.Pending.String()})
	}
	l.lines[len(l.lines)-1].Results = formatCores(results)
	l.flush()
}

// stop tells how the specification stopped the run.
func (l *recorder) stop(err error) {
	if l == nil {
		return
	}
	l.flush()
	l.lines = append(l.lines, stopLine(err))
}

// StopOf is how a trace says that an error stopped the run, without the detail: "trap SITE".
func StopOf(err error) string { return stopLine(err).Text }

// stopLine says how a run was stopped: the kind and place, and for people the detail.
func stopLine(err error) Line {
	var trap *spec.Trap
	var failure *spec.AssertionFailure
	var crash *spec.Crash
	switch {
	case errors.As(err, &trap):
		return Line{Kind: LineStop, Text: fmt.Sprintf("trap %s", trap.Site), Results: trap.Detail}
	case errors.As(err, &failure):
		return Line{Kind: LineStop, Text: fmt.Sprintf("assertion-failure %s", failure.Site), Results: failure.Detail}
	case errors.As(err, &crash):
		return Line{Kind: LineStop, Text: fmt.Sprintf("crash %s/%s", crash.Function, crash.Exception), Results: crash.Detail}
	default:
		return Line{Kind: LineStop, Text: "exception", Results: err.Error()}
	}
}

// change notes what an index of a table names now.
func (l *recorder) change(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	if l == nil {
		return
	}
	what := "free"
	if e != nil {
		what = spec.Describe(e)
	}
	if h, ok := e.(*spec.ResourceHandle); ok {
		what = fmt.Sprintf("%s rep=%s", what, h.Rep())
	}
	l.notes = append(l.notes, fmt.Sprintf("%s.handles%s %d=%s", inst.Name, key, index, what))
}

// flush ends the last line, with what changed in the tables since.
func (l *recorder) flush() {
	if n := len(l.lines); n > 0 {
		last := &l.lines[n-1]
		if len(l.notes) > 0 {
			last.Notes = strings.Join(l.notes, ", ")
		}
		*last = l.texts.line(*last)
	}
	l.notes, l.by = nil, nil
}

func formatCores(vs []spec.CoreValue) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = formatCore(v)
	}
	return strings.Join(words, " ")
}

// Logged is how many lines of the trace of a replayed run were written so far.
func (r *Run) RecordedLines() int {
	if r.recorder == nil {
		return 0
	}
	return len(r.recorder.lines)
}

// A Line is one line of a trace: an action, the entry into core code, the end of an action that others came in between
// of, or how the run was stopped.
type Line struct {
	Kind    LineKind
	Binds   []string // names for what it makes, such as "$r"; empty: none
	Actor   string   // not of a stop
	Text    string   // "resource.new R 100", "B.take 1", "trap lift_own/num_lends"
	Results string   // after an arrow, or the detail of a stop; empty: none, or not stated
	Notes   string   // after a semicolon: what changed in the tables; empty: nothing, or not stated
	Number  int      // in the file it was read from
}

// A LineKind says what a line tells.
type LineKind uint8

const (
	LineAction LineKind = iota
	LineEnter
	LineDone
	LineStop
)

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

// texts are what lines say, each kept once: long traces repeat themselves.
type interner map[string]string

// mostTexts bounds how many are kept.
const mostTexts = 1 << 16

// of is a line whose parts are kept once.
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
	text = strings.Clone(text) // not the whole line that it is a part of
	(*t)[text] = text
	return text
}

// SiteOf names where the specification stopped a run.
func SiteOf(err error) string {
	var trap *spec.Trap
	var failure *spec.AssertionFailure
	var crash *spec.Crash
	var fault *spec.Fault
	switch {
	case errors.As(err, &trap):
		return string(trap.Site)
	case errors.As(err, &failure):
		return string(failure.Site)
	case errors.As(err, &crash):
		return crash.Function + "/" + crash.Exception
	case errors.As(err, &fault):
		return "fault"
	default:
		return "exception"
	}
}
