package model

import "slices"

// A Refusal says where a log can be explained no further.
type Refusal struct {
	Line    *Line    // the first that no run explains together with those before it; nil: the end, with what the log claims
	Results []string // that the specification allows there, in place of those that the line states
	Instead []string // the lines that come there in place of it, and why it cannot come
}

// A failure is why a line of a log is not what happened in a run: it has another result, or something else happens.
type failure struct{ result, text string }

// refusalSoFar is the failures of the furthest line at which runs failed.
type refusalSoFar struct {
	pos      int
	failures []failure
}

// mostFailures is how many different failures are kept.
const mostFailures = 64

// note notes that a run fails at a line.
func (f *refusalSoFar) note(pos int, why failure) {
	if pos > f.pos {
		f.pos, f.failures = pos, nil
	}
	if pos == f.pos && len(f.failures) < mostFailures && !slices.Contains(f.failures, why) {
		f.failures = append(f.failures, why)
	}
}

// of is the refusal of a log.
func (f *refusalSoFar) of(l *Log) *Refusal {
	refusal := &Refusal{}
	if f.pos < len(l.Lines) {
		refusal.Line = &l.Lines[f.pos]
	}
	for _, why := range f.failures {
		if why.text != "" {
			refusal.Instead = append(refusal.Instead, why.text)
		} else {
			refusal.Results = append(refusal.Results, why.result)
		}
	}
	return refusal
}
