package wast

import (
	"bytes"
	"errors"
	"fmt"

	"cabi/component"
	"cabi/internal/wasmtools"
)

// A Program is a script that is ready to run, as often as one likes: its components are decoded.
type Program struct {
	Script *Script
	made   []*madeComponent // by directive; nil: it has no component of its own
	cases  []*testCase
	inCase []int // by directive, the case that it belongs to; -1: none
}

// A madeComponent is a component of a script, or the reason why there is none.
type madeComponent struct {
	component *component.Component
	err       error
	stage     string // what refused it: text, binary; empty: nothing
}

// A testCase is an instance, which has a store of its own, and the directives that are about it, in their order. Cases have nothing in
// common.
type testCase struct {
	instance  int // the directive that makes the instance
	component int // the directive that has its component; -1: none has
	calls     []int
}

// errNoInstance is why a directive that calls nothing that exists fails.
var errNoInstance = errors.New("no instance of that name was made before")

// Prepare turns the text of a script's components into binaries and decodes them. Tools may be nil: then components given as text cannot
// be made, and what needs them is skipped.
func Prepare(s *Script, tools wasmtools.Tools) *Program {
	p := &Program{Script: s, made: make([]*madeComponent, len(s.Directives)), inCase: make([]int, len(s.Directives))}
	byText := map[string]*madeComponent{}
	for i, d := range s.Directives {
		if d.Component == nil {
			continue
		}
		key := d.Component.Text + string(d.Component.Binary)
		if byText[key] == nil {
			byText[key] = d.Component.make(tools)
		}
		p.made[i] = byText[key]
	}
	p.sort()
	return p
}

// make decodes a component.
func (s *Source) make(tools wasmtools.Tools) *madeComponent {
	binary := s.Binary
	if s.Text != "" {
		if tools == nil {
			return &madeComponent{err: wasmtools.ErrMissing, stage: "text"}
		}
		var err error
		if binary, err = tools.Parse(s.Text); err != nil {
			return &madeComponent{err: fmt.Errorf("the text is refused: %w", err), stage: "text"}
		}
	}
	if bytes.HasPrefix(binary, []byte("\x00asm\x01\x00\x00\x00")) {
		return &madeComponent{err: errors.New("a core module, and no component"), stage: "binary"}
	}
	c, err := component.Decode(binary)
	if err != nil {
		return &madeComponent{err: err, stage: "binary"}
	}
	return &madeComponent{component: c}
}

// sort finds the cases: what each instance is made of, and what is called on it.
func (p *Program) sort() {
	definitions, instances := map[string]int{}, map[string]int{} // by name; the last has the empty name
	for i, d := range p.Script.Directives {
		p.inCase[i] = -1
		switch {
		case d.Kind == Component || d.Kind == Instance || d.Kind == AssertTrap && d.Component != nil || d.Kind == AssertUnlink:
			c := &testCase{instance: i, component: i}
			if d.Kind == Instance {
				c.component = lookUp(definitions, d.Of)
			}
			p.inCase[i] = len(p.cases)
			p.cases = append(p.cases, c)
			if d.Kind == Component || d.Kind == Instance {
				instances[""], instances[d.Name] = p.inCase[i], p.inCase[i]
			}
			if d.Kind == Component {
				definitions[""], definitions[d.Name] = i, i
			}
		case d.Kind == Definition:
			definitions[""], definitions[d.Name] = i, i
		case d.Export != "" || d.Kind == Invoke:
			if p.inCase[i] = lookUp(instances, d.Of); p.inCase[i] >= 0 {
				c := p.cases[p.inCase[i]]
				c.calls = append(c.calls, i)
			}
		}
	}
}

// lookUp is what has a name; -1: nothing has.
func lookUp(named map[string]int, name string) int {
	if i, ok := named[name]; ok {
		return i
	}
	return -1
}
