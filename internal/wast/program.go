package wast

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"cabi/component"
	"cabi/internal/wasmtools"
)

// A Program is a script that is ready to run, as often as one likes: its components are decoded.
type Program struct {
	Script *Script
	made   []*madeComponent // by directive; nil: it has no component of its own
	cases  []*testCase
	inCase []*testCase // by directive, the case that it belongs to; nil: none
	of     []int       // by directive, that which has the component, or which makes the instance; -1: none does
}

// A madeComponent is a component of a script, or the reason why there is none.
type madeComponent struct {
	component *component.Component
	err       error
	binary    []byte // as the script gives it, or as its text was made one; nil: the text was refused
	module    []byte // the core module that the component was made for; nil: none
	stage     string // what refused it: text, binary; empty: nothing
}

// A testCase is the directives that share a store, in their order: those about one instance, and about the instances that it imports or
// that import it. Cases have nothing in common.
type testCase struct{ steps []int }

// errNoInstance is why a directive that calls nothing that exists fails.
var errNoInstance = errors.New("no instance of that name was made before")

// Prepare turns the text of a script's components into binaries and decodes them. Tools may be nil: then components given as text cannot
// be made, and what needs them is skipped.
func Prepare(s *Script, tools wasmtools.Tools) *Program {
	p := &Program{Script: s, made: make([]*madeComponent, len(s.Directives)), inCase: make([]*testCase, len(s.Directives)), of: make([]int, len(s.Directives))}
	byText := map[string]*madeComponent{}
	for i, d := range s.Directives {
		if d.Component == nil {
			continue
		}
		if d.Component.Core {
			p.made[i] = d.Component.make(tools, d.Kind != AssertMalformed && d.Kind != AssertInvalid)
			continue
		}
		key := d.Component.Text + string(d.Component.Binary)
		if byText[key] == nil {
			byText[key] = d.Component.make(tools, false)
		}
		p.made[i] = byText[key]
	}
	p.sort()
	return p
}

// make decodes a component. A core module becomes a component that has it, and an instance of it if there is to be one.
func (s *Source) make(tools wasmtools.Tools, instance bool) *madeComponent {
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
	made := &madeComponent{binary: binary}
	switch isCore := bytes.HasPrefix(binary, []byte("\x00asm\x01\x00\x00\x00")); {
	case s.Core:
		made.module = binary
		binary = component.OfModule(binary, instance)
	case isCore:
		made.err, made.stage = errors.New("a core module, and no component"), "binary"
		return made
	}
	c, err := component.Decode(binary)
	if err != nil {
		made.err, made.stage = err, "binary"
		return made
	}
	made.component = c
	return made
}

// sort finds the cases: what each instance is made of, what is called on it, and which instances share a store since one was registered
// and another imports it.
func (p *Program) sort() {
	definitions, instances := map[string]int{}, map[string]int{} // by name; the last has the empty name
	registered := map[string]int{}
	for i, d := range p.Script.Directives {
		p.of[i] = -1
		switch {
		case d.makes():
			p.of[i] = i
			if d.Kind == Instance {
				p.of[i] = lookUp(definitions, d.Of)
			}
			p.inCase[i] = &testCase{[]int{i}}
			p.share(i, registered)
			if d.Kind == Component || d.Kind == Instance {
				instances[""], instances[d.Name] = i, i
			}
			if d.Kind == Component {
				definitions[""], definitions[d.Name] = i, i
			}
		case d.Kind == Definition:
			definitions[""], definitions[d.Name] = i, i
		case d.Export != "" || d.Kind == Invoke || d.Kind == Register:
			if p.of[i] = lookUp(instances, d.Of); p.of[i] >= 0 {
				p.inCase[i] = p.inCase[p.of[i]]
				p.inCase[i].steps = append(p.inCase[i].steps, i)
				if d.Kind == Register {
					registered[d.As] = p.of[i]
				}
			}
		}
	}
	for _, c := range p.inCase {
		if c != nil && !slices.Contains(p.cases, c) {
			p.cases = append(p.cases, c)
		}
	}
}

// share puts an instance into the case of the registered ones that it imports.
func (p *Program) share(i int, registered map[string]int) {
	if p.of[i] < 0 || p.made[p.of[i]].component == nil {
		return
	}
	for _, name := range p.made[p.of[i]].component.Imports() {
		if other, ok := registered[name]; ok && p.inCase[other] != p.inCase[i] {
			p.merge(p.inCase[other], p.inCase[i])
		}
	}
}

// merge makes one case of two.
func (p *Program) merge(a, b *testCase) {
	a.steps = append(a.steps, b.steps...)
	slices.Sort(a.steps)
	for _, i := range b.steps {
		p.inCase[i] = a
	}
}

// lookUp is the directive that has a name; -1: none has.
func lookUp(named map[string]int, name string) int {
	if i, ok := named[name]; ok {
		return i
	}
	return -1
}
