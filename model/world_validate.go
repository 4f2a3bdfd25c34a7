package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/spec"
)

// Validate returns an error if a world is not well formed: it names something that it does not define, or a type cannot be read; or if
// validation would refuse its components, which is an [*Invalid] then.
func (w *World) Validate() error {
	if err := w.wellFormed(); err != nil {
		return err
	}
	return w.validateComponents()
}

// wellFormed returns an error if a world names something that it does not define, or a type cannot be read.
func (w *World) wellFormed() error {
	for n, i := range w.Instances {
		if err := w.validateInstance(i, w.Instances[:n]); err != nil {
			return err
		}
	}
	if w.Limits.negative() || min(w.Steps, w.Handles, w.Threads, w.Tasks) < 0 {
		return fmt.Errorf("world %s: a limit or bound of it is negative", w.Name)
	}
	if n := w.Limits.TableLength; n > 0 && n < leastTable {
		return fmt.Errorf("world %s: tables of %d elements are too short: at least %d are needed", w.Name, n, leastTable)
	}
	for _, r := range w.Resources {
		if !plainName.MatchString(r.Name) {
			return fmt.Errorf("world %s: %q is no name for a resource: it is a letter, and letters, digits, - or _", w.Name, shorten(r.Name))
		}
		if !w.hasInstance(r.Impl) {
			return fmt.Errorf("world %s: resource %s is implemented by an unknown instance %s", w.Name, r.Name, shorten(r.Impl))
		}
	}
	for _, f := range w.Funcs {
		if err := w.validateFunc(f); err != nil {
			return err
		}
	}
	for _, i := range w.Imports {
		if !w.hasInstance(i.Instance) || w.Func(i.Func) == nil {
			return fmt.Errorf("world %s: %s imports %s: unknown instance or function", w.Name, shorten(i.Instance), shorten(i.Func))
		}
	}
	for n, i := range w.Imports {
		if slices.ContainsFunc(w.Imports[:n], func(o Import) bool { return o.Instance == i.Instance && o.Func == i.Func }) {
			return fmt.Errorf("world %s: %s imports %s twice", w.Name, i.Instance, i.Func)
		}
	}
	for _, at := range sortedKeys(w.Menus) {
		if at != Host && !w.hasInstance(at) && w.actorEntering(at) == "" {
			return fmt.Errorf("world %s: a menu of %q: it is no instance, and no code of the world is called so", w.Name, shorten(at))
		}
	}
	for _, name := range w.Start {
		if w.Func(name) == nil {
			return fmt.Errorf("world %s: starts with an unknown function %s", w.Name, shorten(name))
		}
	}
	return nil
}

// plainName is the form of names: words that no other part of a trace can be taken for.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// leastTable is the least limit on tables: an instance's table of functions has two elements.
const leastTable = 2

// maxMemory bounds the memory of an instance, so that a hostile trace cannot exhaust the machine's.
const maxMemory = 1 << 24

// validateInstance validates an instance, given those before it.
func (w *World) validateInstance(i Instance, before []Instance) error {
	named := func(name string) bool {
		return slices.ContainsFunc(before, func(b Instance) bool { return b.Name == name })
	}
	_, known := encodings[i.Encoding]
	switch {
	case i.Name == Host || !plainName.MatchString(i.Name):
		return fmt.Errorf("world %s: %q is no name for an instance: it is a letter, and letters, digits, - or _, and not host", w.Name, shorten(i.Name))
	case named(i.Name):
		return fmt.Errorf("world %s: there are two instances %s", w.Name, i.Name)
	case i.Parent != "" && !named(i.Parent):
		return fmt.Errorf("world %s: no instance before %s is its parent %s", w.Name, i.Name, shorten(i.Parent))
	case i.Memory < 0 || i.Memory > maxMemory:
		return fmt.Errorf("world %s: instance %s has %d bytes of memory, from 0 to %d are possible", w.Name, i.Name, i.Memory, maxMemory)
	case !known:
		return fmt.Errorf("world %s: instance %s has an unknown encoding %q", w.Name, i.Name, shorten(i.Encoding))
	}
	return nil
}

// validateFunc validates a function.
func (w *World) validateFunc(f Func) error {
	instance, name, _ := strings.Cut(f.Name, ".")
	switch {
	case instance != Host && !w.hasInstance(instance) || !plainName.MatchString(name):
		return fmt.Errorf("world %s: function %q: its name is an instance, or host, a dot, and a name of letters, digits, - and _", w.Name, shorten(f.Name))
	case slices.Contains(reservedNames, name):
		return fmt.Errorf("world %s: function %s: its name may not be one of %s: other core code of an instance is called so", w.Name, f.Name, strings.Join(reservedNames, ", "))
	}
	if !slices.Contains([]string{"", "sync", "stackful", "callback"}, f.Lift) {
		return fmt.Errorf("world %s: function %s: unknown lift %q: it is sync, stackful or callback", w.Name, f.Name, shorten(f.Lift))
	}
	for _, t := range slices.Concat(f.Params, f.Results) {
		if _, err := parseType(t, w.resourceNames()); err != nil {
			return fmt.Errorf("world %s: function %s: %w", w.Name, f.Name, err)
		}
	}
	return nil
}

var encodings = map[string]spec.StringEncoding{
	"": spec.UTF8, "utf8": spec.UTF8, "utf16": spec.UTF16, "latin1+utf16": spec.Latin1UTF16,
}

// validateDefined validates a world that a trace defines, beyond Validate: its names, menus and start, and how big it is.
func (w *World) validateDefined() error {
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
	maxParts  = 1 << 10 // instances, resources, functions, imports
	maxNested = 64      // levels of a type
	maxType   = 1 << 12 // bytes of a type
)

// validateNames wants a name that is one word, others that are different, and types that are not too big.
func (w *World) validateNames() error {
	if w.Name == "" || WorldByName(w.Name) != nil || strings.ContainsAny(w.Name, " \t\r\n") {
		return fmt.Errorf("%q is no name for a world of one's own: it is one word that names no other world", shorten(w.Name))
	}
	seen := map[string]bool{}
	for _, name := range slices.Concat(w.functionNames(), w.resourceList()) {
		if seen[name] {
			return fmt.Errorf("world %s: there are two of the name %s", w.Name, shorten(name))
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

// instanceNames are the names of the instances.
func (w *World) instanceNames() []string {
	var names []string
	for _, i := range w.Instances {
		names = append(names, i.Name)
	}
	return names
}

// functionNames are the names of the functions.
func (w *World) functionNames() []string {
	var names []string
	for _, f := range w.Funcs {
		names = append(names, f.Name)
	}
	return names
}

// resourceList is the names of the resources.
func (w *World) resourceList() []string {
	var names []string
	for _, r := range w.Resources {
		names = append(names, r.Name)
	}
	return names
}

// validateSize wants a type that is not too big.
func validateSize(text string) error {
	if strings.Count(text, "<") > maxNested || len(text) > maxType {
		return fmt.Errorf("type %s is too big: %d levels and %d bytes are possible", shorten(text), maxNested, maxType)
	}
	return nil
}

// validateTemplate wants a line of a menu: an action without its numbers.
func validateTemplate(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return fmt.Errorf("an action is missing")
	}
	op, known := ops[words[0]]
	switch {
	case !known:
		return unknownAction(words[0], Ops())
	case IsLoad(words[0]):
		return fmt.Errorf("%s only loads from memory, which is no use to a search", words[0])
	case len(words)-1 != len(op.imm):
		return fmt.Errorf("%s takes %s", words[0], strings.Join(op.usage()[:len(op.imm)], " "))
	}
	return nil
}
