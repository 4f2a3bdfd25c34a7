package main

import (
	"fmt"
	"strings"
	"sync"

	"cabi/internal/port"
	"cabi/properties"
)

// pinReport is what the port says of itself: its definitions and sites.
var pinReport = sync.OnceValues(func() (*port.Report, error) {
	roots, err := portRoots("")
	if err != nil {
		return nil, err
	}
	report, err := port.Check(roots[0])
	if err != nil {
		return nil, exitError{2, err.Error()}
	}
	return report, nil
})

// explainSite tells about a trap or an assert.
func explainSite(name string) (*explanation, error) {
	report, err := pinReport()
	if err != nil {
		return nil, err
	}
	for _, s := range report.Sites {
		if s.Name == name {
			return siteExplanation(report, s), nil
		}
	}
	return nil, nil
}

func siteExplanation(report *port.Report, s port.GoSite) *explanation {
	e := &explanation{title: "site " + s.Name}
	traps := readPage("traps.md")
	row := traps.row(s.Name)
	if s.Kind == port.KindTrap {
		e.add("kind", "trap: a guest's fault, which ends the run")
		e.add("traps if", s.Sentence)
	} else {
		e.add("kind", "assert: one that fails is a defect of the specification")
		e.add("asserts", s.Sentence)
	}
	e.add("Python", fmt.Sprintf("%s, definitions.py:%d", s.Function, s.Line))
	if p := ported(report, s.Function); p != nil {
		e.add("Go", fmt.Sprintf("%s, %s:%d", p.Go, s.File, s.GoLine))
	} else {
		e.add("Go", fmt.Sprintf("%s:%d", s.File, s.GoLine))
	}
	e.add("without it", row["without it"])
	e.add("explored", row["found"])
	e.add("why", traps.item(s.Name))
	e.shown, e.none = siteTrace(s)
	return e
}

// ported is the Go that ports a definition of the Python; nil: it has no declaration of its own.
func ported(report *port.Report, definition string) *port.Ported {
	for i, p := range report.Ported {
		if p.Definition.Name == definition {
			return &report.Ported[i]
		}
	}
	return nil
}

// siteTrace is the shortest trace that takes a trap or makes an assert fail, or says why there is none.
func siteTrace(s port.GoSite) (*shownTrace, string) {
	if s.Kind == port.KindTrap {
		if e := shortestExample(func(e example) bool { return e.atPin() && e.stoppedAt(s.Name) }); e != nil {
			return shownBy(e, "The shortest trace that takes it"), ""
		}
		return nil, "nothing that was explored takes it"
	}
	for _, d := range defects(func(d properties.Defect) bool { return d.Kind == s.Name }) {
		if found := searched(d); found != nil {
			return found, ""
		}
	}
	return nil, "no world that is exhausted makes it fail (what random walks found is in docs/findings.md)"
}

// explainTerm tells about a word of the command's own.
func explainTerm(name string) (*explanation, error) {
	if name != termPin {
		return nil, nil
	}
	commit, checkout, err := pins()
	if err != nil {
		return nil, err
	}
	e := &explanation{title: "pin"}
	e.add("pin", fmt.Sprintf("%s: the commit of WebAssembly/component-model that last changed definitions.py; traces have it in their header", commit))
	e.add("checkout", fmt.Sprintf("%s: the commit of the checkout whose definitions.py was compared with the port; it is later, and has the same definitions.py", checkout))
	e.add("more", strings.Join([]string{"cabi port lists every definition", "cabi port --upstream DIR says what changed since"}, "; "))
	e.none = "a pin is no behaviour"
	return e, nil
}

// termPin is the word for the definitions.py that the port is of.
const termPin = "pin"
