package model

import (
	"slices"
	"strings"

	"cabi/spec"
)

// A plan is what the runs of a world have in common, worked out once.
type compiledWorld struct {
	menus     map[string][]*template // by the name of an activation, or its actor
	templates []*template            // all, by their number
	returns   map[string]*template   // by actor: the return that every guest has
	types     map[string]spec.ValType
	swaps     []swap // of types that the world treats alike
	// readsMemory says that what stands in a memory can matter: something is lifted from it that is more than a number.
	readsMemory bool
}

// A template is one line of a menu: an action without its numbers.
type template struct {
	number int
	actor  string // whose menu it is in: an actor, or the name of an activation
	action Action
}

func (t *template) String() string { return t.actor + ": " + t.action.String() }

func compileWorld(w *World) *compiledWorld {
	p := &compiledWorld{menus: map[string][]*template{}, returns: map[string]*template{}, types: map[string]spec.ValType{}}
	for _, actor := range sortedKeys(w.Menus) {
		for _, line := range w.Menus[actor] {
			words := strings.Fields(line)
			p.menus[actor] = append(p.menus[actor], p.addTemplate(actor, Action{Op: words[0], Imm: words[1:]}))
			p.noteImmediates(words)
		}
	}
	for _, i := range w.Instances {
		p.returns[i.Name] = p.addTemplate(i.Name, Action{Op: opReturn})
		p.readsMemory = p.readsMemory || i.Realloc == "guest"
	}
	p.returns[Host] = p.addTemplate(Host, Action{Op: opReturn})
	p.swaps = swapsOf(w)
	for _, f := range w.Funcs {
		for _, text := range slices.Concat(f.Params, f.Results) {
			p.noteType(text)
		}
	}
	return p
}

func (p *compiledWorld) addTemplate(actor string, a Action) *template {
	t := &template{number: len(p.templates), actor: actor, action: a}
	p.templates = append(p.templates, t)
	return t
}

// immediates looks at the types that an action names.
func (p *compiledWorld) noteImmediates(words []string) {
	p.readsMemory = p.readsMemory || words[0] == "memory.store"
	for i, kind := range ops[words[0]].imm {
		if t, err := parseType(words[1+i], nil); kind == immType {
			p.readsMemory = p.readsMemory || err != nil || !isNumber(t) // err: a resource
			p.noteType(words[1+i])
		}
	}
}

// typed looks at a type: whether it belongs to no store, and can be shared, and whether it is read from memory.
func (p *compiledWorld) noteType(text string) {
	if strings.Contains(text, "own<") || strings.Contains(text, "borrow<") {
		return // a handle is passed as a number
	}
	t, err := parseType(text, nil)
	if err != nil {
		return
	}
	p.types[text] = t
	switch t := t.(type) {
	case *spec.StreamType:
		p.readsMemory = p.readsMemory || !isNumber(t.T)
	case *spec.FutureType:
		p.readsMemory = p.readsMemory || !isNumber(t.T)
	default:
		p.readsMemory = p.readsMemory || !isNumber(t)
	}
}

// number reports whether a value of t says nothing that anything depends on, wherever it stands.
func isNumber(t spec.ValType) bool {
	if t == nil {
		return true
	}
	switch t.(type) {
	case spec.U8Type, spec.U16Type, spec.U32Type, spec.U64Type, spec.S8Type, spec.S16Type, spec.S32Type, spec.S64Type:
		return true
	}
	return false
}

// menu are the templates for an activation of a name, or of an actor if that name has no menu of its own.
func (c *compiledWorld) menu(name, actor string) []*template {
	if named, ok := c.menus[name]; ok {
		return named
	}
	return c.menus[actor]
}
