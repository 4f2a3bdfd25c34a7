package model

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// validateOwn validates a world of one's own, which a file has or a trace defines, and puts its texts into the form that the text form
// prints. Beyond Validate, it looks at names, menus and the start, and at how big the world is.
func (w *World) validateOwn() error {
	w.normalize()
	for _, validate := range []func() error{w.wellFormed, w.validateSizes, w.validateNames, w.validateStart, w.validateMenus, w.validateComponents} {
		if err := validate(); err != nil {
			return err
		}
	}
	return nil
}

// normalize takes the spaces out of types, and those that say nothing out of the doc and menus.
func (w *World) normalize() {
	w.Doc = strings.Join(strings.Fields(w.Doc), " ")
	for name, lines := range w.Menus {
		normal := []string{}
		for _, l := range lines {
			normal = append(normal, strings.Join(strings.Fields(l), " "))
		}
		w.Menus[name] = normal
	}
	if len(w.Menus) == 0 {
		w.Menus = nil
	}
}

const (
	maxParts  = 1 << 10 // instances, resources, functions, imports
	maxNested = 64      // levels of a type
	maxType   = 1 << 12 // bytes of a type
)

// validateSizes wants a world that is not empty and not too big.
func (w *World) validateSizes() error {
	if len(w.Instances) == 0 {
		return fmt.Errorf("world %s: it has no instance", shorten(w.Name))
	}
	if len(w.Instances) > maxParts || len(w.Resources) > maxParts || len(w.Funcs) > maxParts || len(w.Imports) > maxParts {
		return fmt.Errorf("world %s: it has more than %d instances, resources, functions or imports", shorten(w.Name), maxParts)
	}
	for n, f := range w.Funcs {
		for _, t := range slices.Concat(f.Params, f.Results) {
			if err := validateSize(t); err != nil {
				return inPart("func", n, fmt.Errorf("world %s: function %s: %w", w.Name, f.Name, err))
			}
		}
		w.Funcs[n].Params, w.Funcs[n].Results = withoutSpaces(f.Params), withoutSpaces(f.Results)
	}
	return nil
}

// withoutSpaces are types without spaces.
func withoutSpaces(types []string) []string {
	var texts []string
	for _, t := range types {
		texts = append(texts, strings.ReplaceAll(t, " ", ""))
	}
	return texts
}

// validateSize wants a type that is not too big.
func validateSize(text string) error {
	if strings.Count(text, "<") > maxNested || len(text) > maxType {
		return fmt.Errorf("type %s is too big: %d levels and %d bytes are possible", shorten(text), maxNested, maxType)
	}
	return nil
}

// validateNames wants a name that is one word, a doc that can be written on a line, and other names that are different.
func (w *World) validateNames() error {
	if !isOneWord(w.Name) || WorldByName(w.Name) != nil || strings.HasSuffix(w.Name, WorldFile) {
		return fmt.Errorf("%q is no name for a world of one's own: it is one word that names no other world", shorten(w.Name))
	}
	if strings.ContainsFunc(w.Doc, unicode.IsControl) {
		return fmt.Errorf("world %s: its doc has a control character", w.Name)
	}
	seen := map[string]bool{}
	for n, name := range slices.Concat(w.functionNames(), w.resourceList()) {
		if seen[name] {
			of := part{kind: "func", n: n}
			if n >= len(w.Funcs) {
				of = part{kind: "resource", n: n - len(w.Funcs)}
			}
			return &partError{of, fmt.Errorf("world %s: there are two of the name %s", w.Name, shorten(name))}
		}
		seen[name] = true
	}
	return nil
}

// WorldFile is how the name of a file of a world ends, where such files and names of worlds can stand.
const WorldFile = ".world"

// isOneWord reports whether a text is one word, and begins no comment.
func isOneWord(text string) bool {
	return text != "" && !strings.Contains(text, "#") && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// validateStart wants functions of instances that the host can call without values.
func (w *World) validateStart() error {
	for n, name := range w.Start {
		switch f := w.Func(name); {
		case len(f.Params) > 0:
			return inPart("start", n, fmt.Errorf("world %s: starts with %s, which has parameters: leave it out of start, and let the host call it, with \"invoke %[2]s VALUE…\"", w.Name, name))
		case f.Instance() == Host:
			return inPart("start", n, fmt.Errorf("world %s: starts with %s, which is the host's own: it calls functions of instances", w.Name, name))
		}
	}
	return nil
}

// validateMenus wants actions that those who act can take, without numbers.
func (w *World) validateMenus() error {
	for _, at := range sortedKeys(w.Menus) {
		for n, line := range w.Menus[at] {
			if err := w.validateTemplate(w.actorOf(at), line); err != nil {
				return &partError{part{"menu", at, n}, fmt.Errorf("world %s: the menu of %s: %w", w.Name, shorten(at), err)}
			}
		}
	}
	return w.validateContexts()
}

// validateTemplate wants a line of a menu: an action of an actor without its numbers. What its words name is checked later.
func (w *World) validateTemplate(actor, line string) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return fmt.Errorf("an action is missing")
	}
	op, known := w.op(words[0])
	switch {
	case !known:
		return fmt.Errorf("unknown action %q%s", shorten(words[0]), namesNear(words[0], w.opNames()))
	case words[0] == opReturn || words[0] == opStop:
		return fmt.Errorf("%s stands in no menu: it is always possible", words[0])
	case IsLoad(words[0]):
		return fmt.Errorf("%s only loads from memory, which is no use to a search", words[0])
	case hostTakes(words[0]) != (actor == Host):
		return fmt.Errorf("%s is not for %s", words[0], actor)
	case len(words)-1 != len(op.imm):
		return fmt.Errorf("%s takes %s", words[0], takes(op))
	case words[0] == opInvoke && strings.HasPrefix(words[1], Host+"."):
		return fmt.Errorf("%s is the host's own: it calls functions of instances", shorten(words[1]))
	case words[0] == "memory.store" && w.instance(actor).Memory < leastStored:
		return fmt.Errorf("%s: instance %s has less than %d bytes of memory", words[0], actor, leastStored)
	}
	for i, kind := range op.imm {
		if kind == immType || kind == immTypes {
			if err := validateSize(words[1+i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// leastStored is how much memory the menu's memory.store needs.
const leastStored = 8

// takes are words for the immediates of an action.
func takes(o op) string {
	if len(o.imm) == 0 {
		return "no words in a menu"
	}
	return strings.Join(o.usage()[:len(o.imm)], " ")
}

// hostTakes reports whether an action is the host's.
func hostTakes(op string) bool {
	return op == opInvoke || op == opTick || op == opCancel || strings.HasPrefix(op, "host.") || strings.HasPrefix(op, "shared.")
}

// callableBy are the functions that an actor can call: its imports, or those of all instances for the host.
func (w *World) callableBy(actor string) []string {
	var names []string
	for _, f := range w.Funcs {
		if actor == Host && f.Instance() != Host {
			names = append(names, f.Name)
		}
	}
	for _, i := range w.Imports {
		if i.Instance == actor {
			names = append(names, i.Func)
		}
	}
	return names
}

// validateContexts wants all context.get and context.set of an instance to name the same type.
func (w *World) validateContexts() error {
	types := map[string]string{}
	for _, at := range sortedKeys(w.Menus) {
		for n, line := range w.Menus[at] {
			op, core, _ := strings.Cut(line, " ")
			before := types[w.actorOf(at)]
			switch {
			case op != "context.get" && op != "context.set":
			case before != "" && before != core:
				return &partError{part{"menu", at, n}, fmt.Errorf("world %s: the menu of %s: %w", w.Name, at,
					brokenIn(ruleContext.breaks("another line of %s names %s", w.actorOf(at), before), "%s", line))}
			default:
				types[w.actorOf(at)] = core
			}
		}
	}
	return nil
}
