package program

import (
	"errors"
	"fmt"
	"strings"

	"cabi/component"
	"cabi/internal/nearest"
	"cabi/spec"
)

// A host gives the imports of a component in one run.
type host struct {
	program   *Program
	run       *component.Run
	choices   spec.Choices
	wasi      map[string]any
	given     component.Supplier // by the program; nil: nothing is
	imports   []component.Import // the functions that were asked for
	unused    map[string]bool    // the stubs that no import was found for yet
	badStub   error
	small     bool                          // some import returns values of a small set
	resources map[string]*spec.ResourceType // by their names without versions
}

func newHost(p *Program, run *component.Run, w *wasi, choices spec.Choices) *host {
	h := &host{program: p, run: run, choices: choices, wasi: w.functions(), unused: map[string]bool{}, resources: map[string]*spec.ResourceType{}}
	if p.Host != nil {
		h.given = p.Host(run)
	}
	for _, s := range p.Stubs {
		h.unused[s.Import] = true
	}
	return h
}

// importsOf is what c is given. Links are for the program's component alone, as a linked component's imports are the host's.
func (h *host) importsOf(c *component.Component, links []Link) (component.Imports, error) {
	imports := component.Imports{}
	for _, name := range c.Imports() {
		imports[name] = component.Supplier(h.supply)
	}
	for _, l := range links {
		name, err := h.linked(c, l.Import)
		if err != nil {
			return nil, err
		}
		given, err := h.link(name, l.Component)
		if err != nil {
			return nil, err
		}
		imports[name] = given
	}
	return imports, nil
}

// linked is the import that a link names, which may leave out the version.
func (h *host) linked(c *component.Component, name string) (string, error) {
	for _, i := range c.Imports() {
		if i == name || unversioned(i) == name {
			return i, nil
		}
	}
	hint := nearest.Hint(name, c.Imports())
	if hint == "" {
		hint = fmt.Sprintf("; it imports %q", c.Imports())
	}
	return "", &InputError{fmt.Sprintf("the component has no import %q%s", name, hint)}
}

// link is what an instance of c gives for an import: the export of that name, or else all of its exports.
func (h *host) link(name string, c *component.Component) (any, error) {
	imports, err := h.importsOf(c, nil)
	if err != nil {
		return nil, err
	}
	inst, err := h.run.Instantiate(c, imports)
	if err != nil {
		return nil, fmt.Errorf("the component that is linked as %q: %w", name, err)
	}
	for _, export := range inst.Names() {
		if export == name || unversioned(export) == unversioned(name) {
			return inst.Export(export), nil
		}
	}
	return inst, nil
}

// supply gives an import: what the program's own host gives, a stub, a function of WASI, or a function that traps and says that it is not
// there. Resource types that it does not give are of this host; to drop one of its resources does nothing.
func (h *host) supply(i component.Import) any {
	var given any
	if h.given != nil {
		given = h.given(i)
	}
	if i.Type == nil {
		if given != nil {
			return given
		}
		return h.resource(unversioned(i.Name))
	}
	h.imports = append(h.imports, i)
	if given != nil {
		return given
	}
	for _, s := range h.program.Stubs {
		if s.Import == i.Name || s.Import == unversioned(i.Name) {
			delete(h.unused, s.Import)
			return h.stub(i, s)
		}
	}
	if f, ok := h.wasi[wasiName(i.Name)]; ok {
		return f
	}
	if answers := smallAnswers(i); h.program.Small && len(answers) > 0 {
		h.small = true
		return h.answering(i, answers)
	}
	return component.HostFunc(func([]spec.Value) ([]spec.Value, error) {
		return nil, fmt.Errorf("the import %s is not given: --stub or --link gives it", i.Name)
	})
}

// resource is the host's resource type of that name, the same wherever it is imported.
func (h *host) resource(name string) *spec.ResourceType {
	if h.resources[name] == nil {
		h.resources[name] = h.run.NewResource(name[strings.LastIndex(name, "#")+1:], nil)
	}
	return h.resources[name]
}

// wasiName is the name of a function of WASI 0.2 without its version, or another name.
func wasiName(name string) string {
	iface, _, _ := strings.Cut(name, "#")
	_, version, versioned := strings.Cut(iface, "@")
	if versioned && !strings.HasPrefix(version, "0.2.") {
		return name
	}
	return unversioned(name)
}

// stub is a function that returns one of the answers of s. A stub that cannot be one for the import is kept as the host's fault.
func (h *host) stub(i component.Import, s Stub) any {
	answers, err := answersOf(i, s)
	if err == nil {
		return h.answering(i, answers)
	}
	if h.badStub == nil {
		h.badStub = &InputError{fmt.Sprintf("the stub of %s: %v", i.Name, err)}
	}
	return component.HostFunc(func([]spec.Value) ([]spec.Value, error) { return nil, h.badStub })
}

// answerSite begins the name of the choice of what a function of the host returns, which is none of the specification's.
const answerSite spec.Site = "host/answer of "

// answering is a function that returns one of some results, which is a choice.
func (h *host) answering(i component.Import, answers [][]spec.Value) component.HostFunc {
	site := answerSite + spec.Site(i.Name)
	return func([]spec.Value) ([]spec.Value, error) {
		n := 0
		if len(answers) > 1 {
			n = h.choices.Choose(site, len(answers))
		}
		return answers[n], nil
	}
}

// smallAnswers are results from a small set; none: there is no such set.
func smallAnswers(i component.Import) (answers [][]spec.Value) {
	if len(i.Type.Result) == 0 {
		return [][]spec.Value{nil}
	}
	for _, v := range small(i.Type.Result[0]) {
		answers = append(answers, []spec.Value{v})
	}
	return answers
}

// answersOf are the results of a stub, each a list of one value, or of none if the function has no result.
func answersOf(i component.Import, s Stub) (answers [][]spec.Value, err error) {
	switch {
	case len(i.Type.Result) == 0 && len(s.Answers) == 0:
		return [][]spec.Value{nil}, nil
	case len(i.Type.Result) == 0:
		return nil, errors.New("the function has no result, and so no answers")
	case len(s.Answers) == 0:
		return nil, fmt.Errorf("the function returns %s: say what, as %s=VALUE", spec.TypeName(i.Type.Result[0]), s.Import)
	}
	for _, text := range s.Answers {
		v, err := component.ParseValue(i.Type.Result[0], text)
		if err != nil {
			return nil, err
		}
		answers = append(answers, []spec.Value{v})
	}
	return answers, nil
}

// fault is what is wrong with the stubs; nil: nothing.
func (h *host) fault() error {
	for _, s := range h.program.Stubs {
		if h.unused[s.Import] {
			var names []string
			for _, i := range h.imports {
				names = append(names, i.Name)
			}
			hint := nearest.Hint(s.Import, names)
			if hint == "" {
				hint = "; cabi run without calls lists the imports"
			}
			return &InputError{fmt.Sprintf("no function is imported as %q%s", s.Import, hint)}
		}
	}
	return h.badStub
}
