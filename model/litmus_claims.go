package model

import (
	"slices"
	"strconv"
	"strings"
)

// A Claim is a claim of a litmus about its outcomes.
type Claim struct {
	Kind   string // allowed: some outcome has all terms; forbidden: none has; always: all have
	Terms  []Term
	Number int // of the line
}

// A Term is a condition on an outcome.
type Term struct {
	Name  string // of a value; empty: the term is about how a run ends, or about a property that it violates
	Value string // or another name, or how a run ends
	Not   bool   // the values differ

	want     string // the value as an outcome has it, if its type is known; empty: it is as it is written
	encoding string // of strings, of the instance whose memory the name's bytes are from
}

// String is the claim as a line of a litmus.
func (c Claim) String() string {
	var terms []string
	for _, t := range c.Terms {
		terms = append(terms, t.String())
	}
	return c.Kind + " " + strings.Join(terms, " and ")
}

// String is the term as a part of a claim.
func (t Term) String() string {
	switch {
	case t.Name == "":
		return forPeople(t.Value)
	case t.Not:
		return t.Name + " != " + forPeople(t.Value)
	default:
		return t.Name + " = " + forPeople(t.Value)
	}
}

// A Verdict is what an exploration shows about a claim.
type Verdict string

// A claim holds, fails, is not decided by the ways that were followed to their end, or says nothing, because no way binds one of its names.
const (
	Holds       Verdict = "holds"
	Fails       Verdict = "fails"
	Undecided   Verdict = "undecided"
	SaysNothing Verdict = "says nothing"
)

// Judge counts the ways whose outcomes have all terms of the claim, and says whether it holds.
func (c Claim) Judge(report *LitmusReport) (ways uint64, verdict Verdict) {
	met, others, open := false, false, report.Incomplete || len(report.Outcomes) == 0
	for _, w := range report.waysBy(c) {
		switch {
		case c.describes(w):
			ways, met = saturating(ways, w.ways), true
		case w.Open && !c.isAboutOpen():
			open = true
		default:
			others = true
		}
	}
	switch {
	case c.NotChecked(report) != "":
		return ways, Undecided
	case !report.Incomplete && c.unbound(report) != "":
		return ways, SaysNothing
	case c.Kind == "allowed":
		return ways, decide(met, open, Holds, Fails)
	case c.Kind == "forbidden" && !met && !open && c.Vacuous(report) != "":
		return ways, SaysNothing
	case c.Kind == "forbidden":
		return ways, decide(met, open, Fails, Holds)
	}
	return ways, decide(others, open, Fails, Holds)
}

// decide is one verdict if it was seen, and another if everything was looked at and it was not.
func decide(seen, open bool, ifSeen, ifNot Verdict) Verdict {
	switch {
	case seen:
		return ifSeen
	case open:
		return Undecided
	}
	return ifNot
}

// Unbound is a name in the claim that no way binds; empty: some way binds each.
func (c Claim) Unbound(report *LitmusReport) string { return c.unbound(report) }

// NotChecked is a property that the claim says is violated and that cannot be checked on the definitions.py; empty: there is none.
func (c Claim) NotChecked(report *LitmusReport) string {
	for _, t := range c.Terms {
		if p := t.Property(); report.NotChecked[p] != "" {
			return p
		}
	}
	return ""
}

// Vacuous is a property that the claim says is violated and that no way exercises; empty: there is none.
func (c Claim) Vacuous(report *LitmusReport) string {
	for _, t := range c.Terms {
		if p := t.Property(); p != "" && !report.exercised[p] {
			return p
		}
	}
	return ""
}

func (c Claim) unbound(report *LitmusReport) string {
	for _, t := range c.Terms {
		for _, name := range []string{t.Name, t.Value} {
			if strings.HasPrefix(name, "$") && !slices.ContainsFunc(report.Outcomes, func(o *Outcome) bool { _, bound := o.value(name); return bound }) {
				return name
			}
		}
	}
	return ""
}

// isAboutOpen reports whether the claim is about ways that cannot go on.
func (c Claim) isAboutOpen() bool {
	return slices.ContainsFunc(c.Terms, func(t Term) bool { return t.Name == "" && strings.HasPrefix(t.Value, "cannot") })
}

// describes reports whether ways to an outcome have all terms.
func (c Claim) describes(w litmusWays) bool {
	return !slices.ContainsFunc(c.Terms, func(t Term) bool { return !t.describes(w) })
}

// describes reports whether ways to an outcome have the term.
func (t Term) describes(w litmusWays) bool {
	if action, is := t.took(); is {
		return slices.Contains(w.took, action)
	}
	if t.Name != "" {
		holds, known := t.holds(w.value)
		return holds && known
	}
	if property := t.Property(); property != "" {
		return slices.Contains(w.Violates, property)
	}
	return w.How == t.Value || strings.HasPrefix(w.How, t.Value+" ")
}

// value is the value of a name; false: it is not bound.
func (o *Outcome) value(name string) (litmusValue, bool) {
	v, bound := o.names[name]
	return v, bound
}

// took is the alternative that the term says was taken; false: it says something else.
func (t Term) took() (action string, is bool) {
	action, is = strings.CutPrefix(t.Value, wordTook+" ")
	return action, is && t.Name == ""
}

// Property is the property that the term says is violated; empty: it says something else.
func (t Term) Property() string {
	property, is := strings.CutPrefix(t.Value, "violates ")
	if t.Name != "" || !is {
		return ""
	}
	return property
}

// Stop is the stop that the term names, and its kind: "trap", "assertion-failure", "crash"; empty: it names none.
func (t Term) Stop() (kind, site string) {
	kind, site, _ = strings.Cut(t.Value, " ")
	if t.Name != "" || !stopWords[kind] {
		return "", ""
	}
	return kind, site
}

// UnknownWord is the value that a term compares with, if that is no number, no name, no component-level value and none of ClaimWords; empty:
// it is one.
func (l *Litmus) UnknownWord(t Term) string {
	kinds := kindsOfWord(t.Value)
	if t.Name == "" || strings.HasPrefix(t.Value, "$") || kinds&^ofValue != 0 {
		return ""
	}
	if v, err := parseLiteral(t.Value); err == nil && (l.valued[t.Name] || v.kind != litAtom) {
		return ""
	}
	return t.Value
}

// ClaimWords are the words that stand for values in claims. N is a number.
func ClaimWords() []string {
	words := slices.Concat([]string{"blocked"}, subtaskStates, eventWords, resumptions, endWords)
	for _, state := range endWords[1:] {
		words = append(words, state+":N")
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// cutCall cuts the number of a call off the name of a program, "B.work#2"; false: it has none.
func cutCall(name string) (function string, number int, is bool) {
	function, text, is := strings.Cut(name, "#")
	number, err := strconv.Atoi(text)
	return function, number, is && err == nil && number > 0 && strconv.Itoa(number) == text
}
