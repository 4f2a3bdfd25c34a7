package model

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"cabi/spec"
)

// A Log is what a runtime or a person wrote down of a run: a trace without choices, which may have gaps. The question is whether any run of
// the specification explains it. Its lines may still be coming in.
type Log struct {
	*Trace
	more    func() error   // reads on until there is another line; io.EOF: there is none. nil: all were read
	lastUse map[string]int // by name, the last of the lines that use it; nil: not known while lines come in
}

// NewLog is a trace as a log: its choices do not count.
func NewLog(t *Trace) *Log {
	l := &Log{Trace: t}
	l.complete()
	return l
}

// complete notes that all lines were read.
func (l *Log) complete() {
	l.more, l.lastUse = nil, map[string]int{}
	for i, line := range l.Lines {
		for _, word := range strings.Fields(line.Text + " " + line.Results) {
			if at := strings.IndexByte(word, '$'); at >= 0 {
				l.lastUse[word[at:]] = i
			}
		}
	}
}

// HasGaps reports whether the lines that were read have gaps.
func (l *Log) HasGaps() bool {
	return slices.ContainsFunc(l.Lines, func(l Line) bool { return l.Kind == LineGap })
}

// line is line i, from 0. It waits for the line if that is still to come. nil: the log has ended.
func (l *Log) line(i int) (*Line, error) {
	for i >= len(l.Lines) {
		if l.more == nil {
			return nil, nil
		}
		switch err := l.more(); {
		case errors.Is(err, io.EOF):
			l.more = nil
		case err != nil:
			return nil, err
		}
	}
	return &l.Lines[i], nil
}

// AdmitOptions say how an explanation of a log is looked for.
type AdmitOptions struct {
	Variant    *spec.Variant // nil: the log's own
	Without    map[spec.Site]bool
	Properties []*Property // the log's claim is compared if its property is among them
	Gap        int         // how many actions a gap stands for, at most
	MaxStates  int         // the search stops at so many; 0: it does not
	// Progress is called now and then with the answer so far. If it returns false, the search stops. It may be nil.
	Progress func(*Admission) bool

	anyHost  bool // the host may do what upstream does not allow it, as a replay has it
	maxSteps int  // the search stops after so many steps of runs; 0: it does not
	repairs  *repairs
	dialogue *Dialogue // that the log is of, which is still led; nil: the log is one that was written down
}

// A LogVerdict is the answer to whether a log is admitted.
type LogVerdict uint8

const (
	Unsettled LogVerdict = iota // a limit was reached
	Admitted                    // a run of the specification explains the log
	Refused                     // none does
)

// String is the verdict as a word.
func (v LogVerdict) String() string { return [...]string{"undecided", "admitted", "refused"}[v] }

// An Admission is the answer to whether a log is admitted.
type Admission struct {
	Verdict LogVerdict
	States  int // that are different: of the specification, at a line
	Taken   int // actions that were taken, each with choices of its own
	Line    int // the furthest line that was explained, from 1; 0: none was

	Run    *Trace // that explains the log; nil: none was found
	Filled int    // actions in gaps of that run
	Unsaid *Line  // with which the specification stops that run after the last line, which the log does not say; nil: it does not

	Refusal *Refusal // where the log is refused; nil: it is not
	Cut     bool     // a gap could have gone on, but for the limit on its actions
	Bitwise bool     // the specification drew bits of a NaN, of which only none and all were tried
	Stopped bool     // the search stopped early: at MaxStates, or because Progress returned false
	// NotChecked says why the claim of the log cannot be checked on its definitions.py; empty: it can, or there is none.
	NotChecked string
	// NotTaken are the actions of the world's menus that its definitions.py has not, so that no gap was filled with them, and why.
	NotTaken []string

	steps    int          // actions that were taken, with those that were repeated
	expected []expectedAt // in place of answers of a dialogue
	repaired *repair      // with which the log is admitted, or more of it is
}

// Admit looks for a run that explains the log. An error is of bad input, or of reading.
func (l *Log) Admit(options AdmitOptions) (*Admission, error) {
	if err := l.World.OnPort(); l.Source == nil && err != nil {
		return nil, err
	}
	s := newAdmitSearch(l, options)
	defer s.close()
	if err := s.search(); err != nil {
		return nil, err
	}
	return &s.Admission, nil
}

// OtherChoices looks for choices of the specification, in place of those that a trace states, under which all of it happens. If it
// finds none, complete says that there are none: the search was not stopped at its limit.
func (p ReplayOptions) OtherChoices(t *Trace) (choices []uint32, complete bool) {
	options := AdmitOptions{Variant: p.Variant, Without: p.without(t), Properties: p.Properties, maxSteps: mostOtherSteps, anyHost: true}
	found, err := NewLog(t).Admit(options)
	switch {
	case err != nil:
		return nil, true
	case found.Verdict == Admitted:
		return withoutTrailingZeros(found.Run.Choices), true
	}
	return nil, found.Verdict == Refused
}

// mostOtherSteps is after how many steps OtherChoices stops: so that it takes no longer than a trace that is as long as can be.
const mostOtherSteps = maxLines

// offSites are the traps and asserts that are switched off, by the log or by the options.
func (o AdmitOptions) offSites(t *Trace) map[spec.Site]bool {
	off := maps.Clone(o.Without)
	if off == nil {
		off = map[spec.Site]bool{}
	}
	for _, s := range t.Without {
		off[s] = true
	}
	return off
}

// explanation is the run that a path leads through, as a trace.
func (s *admitSearch) explanation(to path) *Trace {
	p := to.follow()
	options := s.specOptions(p)
	r := must(s.makeRun(options, p, newCheckers(s.Properties))) // a run was made before
	defer r.Close()
	r.recorder = &recorder{}
	r.Main()
	r.recorder.flush()
	t := &Trace{World: s.log.World, Variant: s.variant, Source: s.log.Source, Without: sortedKeys(options.Without), Choices: withoutTrailingZeros(to.choices), Lines: r.recorder.lines}
	if slices.ContainsFunc(r.Violated(), func(c Checker) bool { return c.Property() == s.log.ClaimedProperty() }) {
		t.Violates = s.log.Violates
	}
	return t
}
