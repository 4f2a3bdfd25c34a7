package explorer

import (
	"fmt"
	"strings"
	"sync"

	"cabi/internal/port"
	"cabi/properties"
	"cabi/spec"
)

// report is what the port says of itself: its definitions, traps and asserts.
var report = sync.OnceValues(func() (*port.Report, error) {
	roots, err := port.Roots(spec.Source, "spec")
	if err != nil {
		return nil, err
	}
	return port.Check(roots[0])
})

// An Explanation says what a site or a property is.
type Explanation struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"` // "trap", "assert", "crash" or "property"
	Sentence string `json:"sentence"`
	Python   string `json:"python,omitempty"` // the function and the line
	URL      string `json:"url,omitempty"`    // of the line
	Go       string `json:"go,omitempty"`     // the file and the line of the twin
	Code     []Code `json:"code,omitempty"`   // of the twin, around that line
	Origin   string `json:"origin,omitempty"` // of a property
}

// A Code is a line of Go.
type Code struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
	Here   bool   `json:"here,omitempty"`
}

// explain explains a site or a property.
func explain(r *Request) (any, error) {
	all, err := report()
	if err != nil {
		return nil, err
	}
	for _, s := range all.Sites {
		if s.Name == r.Name {
			e := &Explanation{Name: s.Name, Kind: s.Kind, Sentence: s.Sentence, Python: fmt.Sprintf("%s, definitions.py:%d", s.Function, s.Line),
				URL: lineOf(all, s.Line), Go: fmt.Sprintf("%s:%d", s.File, s.GoLine), Code: codeAround(s.File, s.GoLine)}
			for _, p := range all.Ported {
				if p.Definition.Name == s.Function {
					e.Go = p.Go + ", " + e.Go
				}
			}
			return e, nil
		}
	}
	for _, p := range properties.All {
		if p.Name == r.Name {
			return &Explanation{Name: p.Name, Kind: "property", Sentence: p.Statement, Origin: p.Origin}, nil
		}
	}
	function, what, _ := strings.Cut(r.Name, "/")
	for _, p := range all.Ported {
		if p.Definition.Name == function { // a crash of the Python, which no line of it states
			return &Explanation{Name: r.Name, Kind: "crash", Sentence: "Python raises " + what + " there.",
				Python: fmt.Sprintf("%s, definitions.py:%d", function, p.Definition.Line), URL: lineOf(all, p.Definition.Line),
				Go: fmt.Sprintf("%s, %s:%d", p.Go, p.File, p.Line), Code: codeAround(p.File, p.Line)}, nil
		}
	}
	return nil, fmt.Errorf("no trap, assert or property is named %.60q", r.Name)
}

// lineOf is where a line of definitions.py can be read.
func lineOf(all *port.Report, line int) string {
	if all.Upstream.Commit == "" {
		return ""
	}
	return fmt.Sprintf("https://github.com/WebAssembly/component-model/blob/%s/design/mvp/canonical-abi/definitions.py#L%d", all.Upstream.Commit, line)
}

// codeAround are a few lines around a line of the port.
func codeAround(file string, line int) (code []Code) {
	const before, after = 4, 2
	text, err := spec.Source.ReadFile(strings.TrimPrefix(file, "spec/"))
	if err != nil {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	for n := max(1, line-before); n <= min(len(lines), line+after); n++ {
		code = append(code, Code{n, lines[n-1], n == line})
	}
	return code
}
