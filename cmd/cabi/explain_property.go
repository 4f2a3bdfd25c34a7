package main

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// kindsOfProperties say what each kind of property looks at.
var kindsOfProperties = map[string]string{
	"state":     "state: looked at in every state",
	"step":      "step: looked at in every transition",
	"quiescent": "quiescent: looked at when control is with the host and no thread is ready",
	"two runs":  "two runs: compares two runs",
}

// explainProperty tells about a property.
func explainProperty(name string) (*explanation, error) {
	p := propertyByName(name)
	if p == nil {
		return nil, nil
	}
	e := &explanation{title: "property " + name}
	e.add("states", p.Statement)
	e.add("kind", kindsOfProperties[p.Kind])
	if p.Question {
		e.add("checked", "if asked for, being a question about a design, which the pin need not have: cabi check WORLD --property "+name)
	} else {
		e.add("checked", "by default, being a promise of the specification, in "+checkedIn(p))
	}
	e.add("origin", p.Origin)
	e.add("cannot see", p.BlindSpots)
	broken := defects(func(d properties.Defect) bool { return d.Property.Name == name })
	e.add("fails at the pin", each(broken, func(d properties.Defect) string {
		return fmt.Sprintf("in world %s after %s%s", d.World, model.Counted(d.Actions, "action"), kindOf(d))
	}))
	e.add("fails under", failsUnder(name))
	e.shown, e.none = violationOf(name, broken)
	return e, nil
}

// kindOf is what tells a defect from others of its property, in words.
func kindOf(d properties.Defect) string {
	if d.Kind == "" {
		return ""
	}
	return ": " + d.Kind
}

// checkedIn are the worlds in which a property is checked by default.
func checkedIn(p *model.Property) string {
	var in []string
	for _, w := range model.Worlds {
		if slices.Contains(properties.For(w), p) {
			in = append(in, w.Name)
		}
	}
	if len(in) == len(model.Worlds) {
		return "all worlds"
	}
	return strings.Join(in, ", ")
}

// failsUnder are the variants under which a property fails, as the matrix says.
func failsUnder(name string) string {
	row := readPage("matrix.md").row(name)
	var under []string
	for _, v := range spec.Variants {
		if n, fails := strings.CutPrefix(row[v.Name], "fails "); fails {
			under = append(under, fmt.Sprintf("%s after %s", v.Name, counted(n, "action")))
		}
	}
	return strings.Join(under, ", ")
}

// violationOf is a trace that violates a property: at the pin if it can, else under a variant, else with a trap switched off.
func violationOf(name string, broken []properties.Defect) (*shownTrace, string) {
	if len(broken) > 0 {
		if s := searched(broken[0]); s != nil {
			return s, ""
		}
	}
	violated := func(e example) bool { return e.violates() == name }
	if e := shortestExample(func(e example) bool { return violated(e) && !e.without() }); e != nil {
		return shownBy(e, "The shortest violation under variant "+e.variant()), ""
	}
	if e := shortestExample(violated); e != nil {
		_, off, _ := strings.Cut(strings.TrimSpace(e.header()), "  without ")
		return shownBy(e, "The specification keeps it; with "+off+" switched off it is violated"), ""
	}
	return nil, "nothing that was explored violates it, at the pin, under a variant or with a trap switched off; " +
		"a change of spec/ that does is properties/testdata/patches/" + name + ".patch"
}
