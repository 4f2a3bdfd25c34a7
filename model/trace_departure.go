package model

import (
	"fmt"
	"slices"
	"strings"
)

// This file says where a replay departs from its trace, and looks for other choices under which it does not.

// Departure says, for people, in what the run departs from what the trace states: a line, choices that nothing asked for, or the claim
// that a property is violated. The claim is compared if a checker of its property was there. Empty: the run does not depart.
func (r *Replay) Departure() string {
	switch stated := len(r.given.Choices); {
	case r.Departs != nil:
		return fmt.Sprintf("departs at line %d:\n  the trace says   %s\n  what happened is %s", r.Departs.Number, r.Departs, r.Got)
	case stated > len(r.Choices):
		return fmt.Sprintf("departs: the trace states %s, the specification chose %s", Counted(stated, "choice"), Counted(len(r.Choices), "time"))
	case !r.claimHolds():
		return fmt.Sprintf("departs in its claim:\n  the trace says   violates %s\n  what happened is %s", r.given.Violates, r.claimed())
	}
	return ""
}

// ClaimedProperty is the property that the trace claims to violate; empty: it claims nothing.
func (t *Trace) ClaimedProperty() string {
	name, _, _ := strings.Cut(t.Violates, ":")
	return strings.TrimSpace(name)
}

// claimHolds reports whether the run violates what the trace claims, or nothing was claimed or checked. Under another variant the
// property counts, and not how it is violated, because the indices in that text may differ.
func (r *Replay) claimHolds() bool {
	name := r.given.ClaimedProperty()
	if name == "" || !slices.Contains(r.checked, name) {
		return true
	}
	_, how, _ := strings.Cut(r.given.Violates, ":")
	return slices.ContainsFunc(r.Violations, func(v string) bool {
		property, text, _ := strings.Cut(v, ":")
		return property == name && (how == "" || r.Trace.Variant != r.given.Variant || strings.TrimSpace(how) == strings.TrimSpace(text))
	})
}

// violated is the violation of the claimed property that the run shows: the one that is claimed if that is among them, and otherwise the
// first; empty: there is none.
func (r *Replay) violated() string {
	if slices.Contains(r.Violations, r.given.Violates) {
		return r.given.Violates
	}
	for _, v := range r.Violations {
		if strings.HasPrefix(v, r.given.ClaimedProperty()+":") {
			return v
		}
	}
	return ""
}

// claimed says what became of the claim.
func (r *Replay) claimed() string {
	if r.Trace.Violates == "" {
		return "that " + r.given.ClaimedProperty() + " is not violated"
	}
	return "violates " + r.Trace.Violates
}

// The runs that OtherChoices makes are bounded, and the lines of all of them.
const (
	mostTries      = 10000
	mostTriedLines = maxLines // so that it takes no longer than a trace that is as long as can be
)

// OtherChoices looks for choices of the specification, in place of those that a trace states, under which all of it happens. It tries
// them in order, and of those that make the run depart in the same line, one. If it finds none, complete says that there are none:
// the number of runs was not bounded.
func (p ReplayOptions) OtherChoices(t *Trace) (choices []uint32, complete bool) {
	p.Checkers, p.Observe = nil, nil
	other := *t
	other.Choices = nil
	for tries, lines := 0, 0; tries < mostTries && lines < mostTriedLines; tries++ {
		replay, f, err := p.run(&other)
		if err == nil && replay.Departure() == "" {
			return withoutTrailingZeros(replay.Choices), true
		}
		lines += len(f.recorder.lines)
		if other.Choices = f.nextChoices(replay); other.Choices == nil {
			return nil, true
		}
	}
	return nil, false
}

// nextChoices are the choices to try after those of a run: another candidate in place of the last one that can have made the run depart.
// nil: all were tried.
func (f *replayActor) nextChoices(replay *Replay) []uint32 {
	for k := len(f.asked) - 1; k >= 0; k-- {
		tooLate := replay != nil && replay.Departs != nil && f.asked[k].lines > replay.gotLine+1
		if next := f.chosen[k] + 1; !tooLate && int(next) < f.asked[k].candidates {
			return append(slices.Clone(f.chosen[:k]), next)
		}
	}
	return nil
}

// withoutTrailingZeros are choices without the first candidates at the end, which a trace need not state.
func withoutTrailingZeros(choices []uint32) []uint32 {
	for len(choices) > 0 && choices[len(choices)-1] == 0 {
		choices = choices[:len(choices)-1]
	}
	return choices
}
