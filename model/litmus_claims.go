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
		return t.Value
	case t.Not:
		return t.Name + " != " + t.Value
	default:
		return t.Name + " = " + t.Value
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
	for _, o := range report.Outcomes {
		switch {
		case c.describes(o):
			ways, met = saturating(ways, o.Ways), true
		case o.Open && !c.isAboutOpen():
			open = true
		default:
			others = true
		}
	}
	switch {
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

// describes reports whether an outcome has all terms.
func (c Claim) describes(o *Outcome) bool {
	return !slices.ContainsFunc(c.Terms, func(t Term) bool { return !t.describes(o) })
}

// value is the value of a name; false: it is not bound.
func (o *Outcome) value(name string) (string, bool) {
	for _, v := range o.Values {
		if value, is := strings.CutPrefix(v, name+" = "); is {
			return value, true
		}
	}
	return "", false
}

// describes reports whether an outcome has the term.
func (t Term) describes(o *Outcome) bool {
	if t.Name != "" {
		value, bound := o.value(t.Name)
		want, known := bindings{}.resultNumber(t.Value), true
		if strings.HasPrefix(t.Value, "$") {
			want, known = o.value(t.Value)
		}
		return (value == want) != t.Not && bound && known
	}
	if property := t.Property(); property != "" {
		return slices.Contains(o.Violates, property)
	}
	return o.How == t.Value || strings.HasPrefix(o.How, t.Value+" ")
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

// UnknownWord is the value that the term compares with, if that is no number, no name and none of ValueWords; empty: it is one.
func (t Term) UnknownWord() string {
	word := bindings{}.resultNumber(t.Value)
	if _, err := parseCore(word); t.Name == "" || err == nil || strings.HasPrefix(t.Value, "$") {
		return ""
	}
	return t.Value
}

// cutCall cuts the number of a call off the name of a program, "B.work#2"; false: it has none.
func cutCall(name string) (function string, number int, is bool) {
	function, text, is := strings.Cut(name, "#")
	number, err := strconv.Atoi(text)
	return function, number, is && err == nil && number > 0 && strconv.Itoa(number) == text
}
