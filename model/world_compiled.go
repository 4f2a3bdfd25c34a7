package model

import (
	"slices"
	"strings"

	"cabi/spec"
)

// A compiledWorld is everything about a world that its runs share, computed once.
type compiledWorld struct {
	world     *World
	menus     map[string][]*template  // by the name of an activation, or by actor
	templates []*template             // by their number
	returns   map[string]*template    // by actor: every activation can return
	types     map[string]spec.ValType // by their text, but for those with handles, which belong to a store
	swaps     []swap                  // of types
	// readsMemory says that the contents of memories can matter: something is read from one that is more than a number.
	readsMemory bool
	// nestsHandles says that handles are passed as parts of other values.
	nestsHandles bool
}

// A template is a line of a world's menu: an action without its numbers.
type template struct {
	number int
	actor  string // or the name of an activation, whose menu it is in
	action Action
}

// String is the template with its actor: "A: resource.new R".
func (t *template) String() string { return t.actor + ": " + t.action.String() }

func compileWorld(w *World) *compiledWorld {
	c := &compiledWorld{world: w, menus: map[string][]*template{}, returns: map[string]*template{}, types: map[string]spec.ValType{}}
	for _, actor := range sortedKeys(w.Menus) {
		for _, line := range w.Menus[actor] {
			words := strings.Fields(line)
			c.menus[actor] = append(c.menus[actor], c.addTemplate(actor, Action{Op: words[0], Imm: words[1:]}))
			c.noteImmediates(words)
		}
	}
	for _, i := range w.Instances {
		c.returns[i.Name] = c.addTemplate(i.Name, Action{Op: opReturn})
		c.readsMemory = c.readsMemory || i.Realloc == "guest"
	}
	c.returns[Host] = c.addTemplate(Host, Action{Op: opReturn})
	c.swaps = swapsOf(w)
	c.nestsHandles = w.nestsHandles()
	c.readsMemory = c.readsMemory || c.nestsHandles
	for _, f := range w.Funcs {
		for _, text := range slices.Concat(f.Params, f.Results) {
			c.noteType(text)
		}
	}
	return c
}

func (c *compiledWorld) addTemplate(actor string, a Action) *template {
	t := &template{number: len(c.templates), actor: actor, action: a}
	c.templates = append(c.templates, t)
	return t
}

// noteImmediates notes the types that a line of a menu names, and whether its action reads memory.
func (c *compiledWorld) noteImmediates(words []string) {
	c.readsMemory = c.readsMemory || words[0] == "memory.store" || c.world.builtin(words[0]) != nil // of which nothing is known
	op, _ := c.world.op(words[0])
	for i, kind := range op.imm {
		if kind == immType {
			t, err := parseType(words[1+i], nil)
			c.readsMemory = c.readsMemory || err != nil || !isNumber(t) // an error: it names a resource
			c.noteType(words[1+i])
		}
	}
}

// noteType notes a type, and whether its values read from memory are more than numbers.
func (c *compiledWorld) noteType(text string) {
	if strings.Contains(text, "own<") || strings.Contains(text, "borrow<") {
		return // a handle is passed as a number, and the type belongs to a store
	}
	t, err := parseType(text, nil)
	if err != nil {
		return
	}
	c.types[text] = t
	switch t := t.(type) {
	case *spec.StreamType:
		c.readsMemory = c.readsMemory || !isNumber(t.T)
	case *spec.FutureType:
		c.readsMemory = c.readsMemory || !isNumber(t.T)
	default:
		c.readsMemory = c.readsMemory || !isNumber(t)
	}
}

// isNumber reports whether the values of a type are numbers, which nothing depends on, or whether it has none.
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
