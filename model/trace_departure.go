package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// This file says where a replay departs from its trace.

// Departure says, for people, in what the run departs from what the trace states: a line, choices that nothing asked for, or the claim
// that a property is violated. The claim is compared if a checker of its property was there. Empty: the run does not depart.
func (r *Replay) Departure() string {
	switch stated := len(r.given.Choices); {
	case r.Departs != nil:
		return fmt.Sprintf("departs at line %d:\n  the trace says   %s\n  what happened is %s", r.Departs.Number, r.Departs, r.Got)
	case stated > len(r.Choices):
		return fmt.Sprintf("departs: the trace states %s, the specification chose %s", Counted(stated, "choice"), Counted(len(r.Choices), "time"))
	case r.ClaimNotChecked() != "":
		return fmt.Sprintf("its claim is not checked on this version: %s", r.ClaimNotChecked())
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

// ClaimNotChecked says why the claim of the trace cannot be checked on its definitions.py; empty: it can, or there is none.
func (r *Replay) ClaimNotChecked() string { return r.NotChecked[r.given.ClaimedProperty()] }

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
		return property == name && (how == "" || r.Trace.Variant != r.given.Variant || strings.TrimSpace(how) == strings.TrimSpace(text) || r.saysCrash(how, text))
	})
}

// saysCrash reports whether a claim names the same crash on a definitions.py as a violation: the words are Python's own there.
func (r *Replay) saysCrash(claim, violation string) bool {
	crash, is := r.Stopped.(*spec.Crash)
	if !is || r.given.Source == nil {
		return false
	}
	named, has := strings.CutSuffix(violation, ": "+crash.Detail)
	return has && strings.HasPrefix(strings.TrimSpace(claim), strings.TrimSpace(named)+":")
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

// withoutTrailingZeros are choices without the first candidates at the end, which a trace need not state.
func withoutTrailingZeros(choices []uint32) []uint32 {
	for len(choices) > 0 && choices[len(choices)-1] == 0 {
		choices = choices[:len(choices)-1]
	}
	return choices
}
