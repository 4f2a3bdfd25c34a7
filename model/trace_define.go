package model

import (
	"fmt"
	"slices"
	"strings"
)

// validateRest says what is wrong with what a trace defines beyond what Validate looks at: its menus, its start, its
// limits, and how much there is of everything.
func (w *World) validateRest() error {
	if len(w.Instances) > maxParts || len(w.Resources) > maxParts || len(w.Funcs) > maxParts || len(w.Imports) > maxParts {
		return fmt.Errorf("world %s: it has more than %d instances, resources, functions or imports", shorten(w.Name), maxParts)
	}
	if err := w.validateNames(); err != nil {
		return err
	}
	for _, at := range sortedKeys(w.Menus) {
		for _, line := range w.Menus[at] {
			if err := validateTemplate(line); err != nil {
				return fmt.Errorf("world %s: the menu of %s: %w", w.Name, shorten(at), err)
			}
		}
	}
	for _, f := range w.Funcs {
		if len(f.Params) > 0 && slices.Contains(w.Start, f.Name) {
			return fmt.Errorf("world %s: starts with %s, which has parameters", w.Name, f.Name)
		}
	}
	return nil
}

const (
	maxParts  = 1 << 10
	deepest   = 64 // levels of a type
	manyTypes = 1 << 12
)

// validateNames wants names that are one word, and types that are not too deep.
func (w *World) validateNames() error {
	if w.Name == "" || WorldByName(w.Name) != nil || strings.ContainsAny(w.Name, " \t\r\n") {
		return fmt.Errorf("%q is no name for a world of one's own: it is one word that names no other world", shorten(w.Name))
	}
	seen := map[string]bool{}
	for _, name := range slices.Concat(w.names(), w.resourcesNamed()) {
		if name == "" || seen[name] || strings.ContainsAny(name, " \t\r\n:;") {
			return fmt.Errorf("world %s: %q is no name: it is empty, there are two, or it is not one word", w.Name, shorten(name))
		}
		seen[name] = true
	}
	for _, f := range w.Funcs {
		for _, t := range slices.Concat(f.Params, f.Results) {
			if err := validateSize(t); err != nil {
				return fmt.Errorf("world %s: function %s: %w", w.Name, f.Name, err)
			}
		}
	}
	return nil
}

func (w *World) names() []string {
	var names []string
	for _, f := range w.Funcs {
		names = append(names, f.Name)
	}
	return names
}

func (w *World) resourcesNamed() []string {
	var names []string
	for _, r := range w.Resources {
		names = append(names, r.Name)
	}
	return names
}

// validateSize bounds a type.
func validateSize(text string) error {
	if strings.Count(text, "<") > deepest || len(text) > manyTypes {
		return fmt.Errorf("type %s is too big: %d levels and %d bytes are possible", shorten(text), deepest, manyTypes)
	}
	return nil
}

// validateTemplate wants an action without its numbers.
func validateTemplate(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return fmt.Errorf("an action is missing")
	}
	op, known := ops[words[0]]
	switch {
	case !known:
		return fmt.Errorf("unknown action %q", shorten(words[0]))
	case len(words)-1 != len(op.imm):
		return fmt.Errorf("%s takes %s", words[0], strings.Join(op.usage()[:len(op.imm)], " "))
	}
	return nil
}
