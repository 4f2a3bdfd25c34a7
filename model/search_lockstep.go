package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// This file checks the port against a definitions.py at every state of a search: each transition is made on both.

// A Lockstep is the result of a search in which every transition is made on the port and on a definitions.py.
type Lockstep struct {
	*Report
	Compared   int         // transitions, and states at the start
	Difference *Difference // the first; nil: there is none
}

// A Difference is where the port and a definitions.py differ.
type Difference struct {
	Trace        *Trace // what happens on the port
	Port, Python string // the first line of what happens, or of the state after it, that differs
}

// InLockstep explores the search's world on the port, and makes each transition on a definitions.py too: the lines of what happens, how
// the specification stops it, and the whole state after it are to be the same. It stops at the first difference.
func (s Search) InLockstep(source *Source) *Lockstep {
	s.Properties, s.KeepGoing = nil, true
	other := s
	other.Source, other.changed = source, newChangedSet()
	if err := cmp.Or(s.World.OnPort(), other.trySource()); err != nil {
		return &Lockstep{Report: &Report{Err: err, Stopped: true}}
	}
	result := &Lockstep{}
	port, python := newExplorer(s), newExplorer(other)
	defer port.close()
	defer python.close()
	both := [2]*worker{port.tracer, python.tracer}
	s.tweak.onSuccessor = func(to path) bool {
		result.Compared++
		result.Difference = differenceAt(both, to)
		return result.Difference == nil
	}
	result.Report = s.runOnce()
	return result
}

// differenceAt takes a path on the port and on Python, and returns where they differ; nil: nowhere.
func differenceAt(both [2]*worker, to path) *Difference {
	var lines [2][]string
	var trace *Trace
	for i, w := range both {
		p := to.follow()
		w.actor = p
		var state []byte
		p.atEnd = func(r *Run, _ *Activation) Action {
			state = r.AppendState(nil)
			return Action{}
		}
		r := w.newRun(p)
		if r.source != nil {
			r.source.asPorted = true
		}
		r.recorder = &recorder{}
		r.Main()
		r.recorder.flush()
		if i == 0 {
			trace = &Trace{World: w.World, Variant: w.Variant, Choices: to.choices, Lines: r.recorder.lines}
		}
		lines[i] = comparableLines(r, state)
		r.Close()
	}
	if slices.Equal(lines[0], lines[1]) {
		return nil
	}
	d := &Difference{Trace: trace, Port: "nothing", Python: "nothing"}
	for i := 0; ; i++ {
		port, python := at(lines[0], i), at(lines[1], i)
		if port != python {
			d.Port, d.Python = port, python
			return d
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// comparableLines are the lines of a run and of the state at its end. Of a crash, the words are left out: they are Python's own.
func comparableLines(r *Run, state []byte) []string {
	var lines []string
	for _, l := range r.recorder.lines {
		if l.Kind == LineStop && strings.HasPrefix(l.Text, "crash") {
			l.Results = ""
		}
		lines = append(lines, l.String())
	}
	if err := r.sourceError(); err != nil {
		lines = append(lines, fmt.Sprintf("not possible: %v", err))
	}
	return append(lines, strings.Split(string(state), "\n")...)
}
