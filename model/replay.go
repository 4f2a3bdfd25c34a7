package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// A Replay is a trace that was run again.
type Replay struct {
	Trace   *Trace // what happened this time
	Stopped error  // how the specification stopped the run; nil: it did not
	Departs *Line  // the first line of the given trace that did not happen again; nil: all did
	Got     string // what happened there instead
}

// RunTrace runs the actions of t again under a variant, and compares what t states with what happens. What t leaves out
// (results, table changes, entries) is not compared.
func RunTrace(t *Trace, variant *spec.Variant) (*Replay, error) {
	f := &follower{choices: t.Choices}
	for _, l := range t.Lines {
		if l.Kind == LineAction {
			f.steps = append(f.steps, l)
		}
	}
	r := NewRun(t.World, spec.Options{Choices: f, Variant: variant}, f)
	defer r.Close()
	r.log = &log{}
	r.Main()
	if f.err != nil {
		return nil, f.err
	}
	r.log.flush()
	again := &Trace{World: t.World, Variant: variant, Choices: t.Choices, Lines: r.log.lines}
	replay := &Replay{Trace: again, Stopped: r.Stopped}
	given := slices.Clone(t.Lines)
	if variant != t.Variant {
		withoutNotes(given) // tables have other names
	}
	replay.compare(given, again.Lines)
	return replay, nil
}

func withoutNotes(lines []Line) {
	for i := range lines {
		lines[i].Notes = ""
	}
}

// compare looks for each given line among the new ones, in order; the new ones may have entries, ends of actions and
// stops that the given do not.
func (r *Replay) compare(given, got []Line) {
	for i := range given {
		for len(got) > 0 && !given[i].matches(got[0]) && got[0].optional(given[i]) {
			got = got[1:]
		}
		if len(got) == 0 || !given[i].matches(got[0]) {
			r.Departs, r.Got = &given[i], "nothing"
			if len(got) > 0 {
				r.Got = got[0].String()
			}
			return
		}
		got = got[1:]
	}
}

// matches reports whether what l states is so in got.
func (l Line) matches(got Line) bool {
	return l.Kind == got.Kind && l.Actor == got.Actor && l.Text == got.Text &&
		(l.Results == "" || l.Results == got.Results) && (l.Notes == "" || l.Notes == got.Notes)
}

// optional reports whether a trace may leave l out where it has next.
func (l Line) optional(next Line) bool {
	return l.Kind != next.Kind && (l.Kind == LineEnter || l.Kind == LineDone)
}

// A follower does what the lines of a trace say.
type follower struct {
	steps   []Line
	step    int
	choices []uint32
	choice  int
	err     error // which line cannot be done
}

// Next does the next line, if it can be done. At the end of the trace, the run ends.
func (f *follower) Next(r *Run, at *Activation) Action {
	if f.step == len(f.steps) {
		return Action{}
	}
	l := f.steps[f.step]
	f.step++
	if l.Actor != at.Actor {
		f.err = fmt.Errorf("line %d: it is %s's turn, in %s, not %s's", l.Number, at.Actor, at.Name, l.Actor)
		return Action{}
	}
	a, err := ParseAction(r, at, strings.Fields(l.Text))
	if err != nil {
		f.err = fmt.Errorf("line %d: %w", l.Number, err)
		return Action{}
	}
	return a
}

// Choose takes the next choice of the trace, or the first candidate.
func (f *follower) Choose(_ spec.Site, n int) int {
	f.choice++
	if f.choice > len(f.choices) {
		return 0
	}
	return int(f.choices[f.choice-1]) % n
}

// Bits is a choice between no bits and all.
func (f *follower) Bits(site spec.Site, k int) uint64 { return -uint64(f.Choose(site, 2)) >> (64 - k) }

// Shuffle draws as CPython's random.shuffle does.
func (f *follower) Shuffle(site spec.Site, n int, swap func(i, j int)) {
	spec.ShuffleByChoice(f, site, n, swap)
}
