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
			return inPart("instance", n, err)
		}
	}
	if w.Limits.negative() || min(w.Steps, w.Handles, w.Threads, w.Tasks) < 0 {
		return fmt.Errorf("world %s: a limit or bound of it is negative", w.Name)
	}
	if err := w.Limits.validate(); err != nil {
		return fmt.Errorf("world %s: %w", w.Name, err)
	}
	for n, r := range w.Resources {
		if err := w.validateResource(r); err != nil {
			return inPart("resource", n, err)
		}
	}
	for n, f := range w.Funcs {
		if err := w.validateFunc(f); err != nil {
			return inPart("func", n, err)
		}
	}
	for n, i := range w.Imports {
		if err := w.validateImported(i, w.Imports[:n]); err != nil {
			return inPart("import", n, err)
		}
	}
	for n, b := range w.Builtins {
		if err := w.validateBuiltin(b, w.Builtins[:n]); err != nil {
			return inPart("builtin", n, err)
		}
	}
	for _, at := range sortedKeys(w.Menus) {
		if at != Host && !w.hasInstance(at) && w.actorEntering(at) == "" {
			return &partError{part{"menu", at, -1}, fmt.Errorf("world %s: a menu of %q: it is no instance, and no code of the world is called so%s",
				w.Name, shorten(at), namesNear(at, append(w.instanceNames(), w.functionNames()...)))}
		}
	}
	for n, name := range w.Start {
		if w.Func(name) == nil {
			return inPart("start", n, fmt.Errorf("world %s: starts with an unknown function %s%s", w.Name, shorten(name), namesNear(name, w.functionNames())))
		}
	}
	return nil
}

func (w *World) validateResource(r Resource) error {
	if !plainName.MatchString(r.Name) {
		return fmt.Errorf("world %s: %q is no name for a resource: it is a letter, and letters, digits, - or _", w.Name, shorten(r.Name))
	}
	if !w.hasInstance(r.Impl) {
		return fmt.Errorf("world %s: resource %s is implemented by an unknown instance %s%s", w.Name, r.Name, shorten(r.Impl), namesNear(r.Impl, w.instanceNames()))
	}
	return nil
}

// validateImported wants an instance and a function that are there, and no second import of it.
func (w *World) validateImported(i Import, before []Import) error {
	what, name, known := "instance", i.Instance, w.instanceNames()
	if w.hasInstance(i.Instance) {
		what, name, known = "function", i.Func, w.functionNames()
	}
	if !slices.Contains(known, name) {
		return fmt.Errorf("world %s: %s imports %s: unknown instance or function: there is no %s %s%s", w.Name, shorten(i.Instance), shorten(i.Func), what,
			shorten(name), namesNear(name, known))
	}
	if slices.ContainsFunc(before, func(o Import) bool { return o.Instance == i.Instance && o.Func == i.Func }) {
		return fmt.Errorf("world %s: %s imports %s twice", w.Name, i.Instance, i.Func)
	}
	return nil
}

// plainName is the form of names: words that no other part of a trace can be taken for.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// The least limits: an instance's table of functions has two elements, and realloc takes four values flat.
const (
	leastTable      = 2
	leastFlatParams = 4
)

// validate wants limits that are lower than upstream's, and with which the specification still works.
func (l Limits) validate() error {
	if n := l.TableLength; n > 0 && n < leastTable {
		return fmt.Errorf("tables of %d elements are too short: at least %d are needed", n, leastTable)
	}
	if n := l.FlatParams; n > 0 && n < leastFlatParams {
		return fmt.Errorf("the limit flat-params is %d: at least %d are needed, which realloc takes", n, leastFlatParams)
	}
	upstream := (&mostLimits).words()
	for i, w := range l.words() {
		if most := numberOf(upstream[i].limit); numberOf(w.limit) > most {
			return fmt.Errorf("the limit %s is %d, and upstream's is %d: a world lowers limits", w.word, numberOf(w.limit), most)
		}
	}
	return nil
}

// mostLimits are upstream's limits. A count of backpressure begins anywhere below the limit on it.
var mostLimits = Limits{
	TableLength: spec.UpstreamLimits.TableLength, BufferLength: spec.UpstreamLimits.BufferLength,
	Backpressure: spec.UpstreamLimits.Backpressure, InitialBackpressure: spec.UpstreamLimits.Backpressure,
	StringByteLength: spec.UpstreamLimits.StringByteLength, ListByteLength: spec.UpstreamLimits.ListByteLength,
	ReallocI32: spec.UpstreamLimits.ReallocI32, FlatParams: spec.UpstreamLimits.FlatParams,
	FlatAsyncParams: spec.UpstreamLimits.FlatAsyncParams, FlatResults: spec.UpstreamLimits.FlatResults,
}

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
	case i.Realloc != "" && i.Realloc != "guest":
		return fmt.Errorf("world %s: instance %s has an unknown realloc %q: it is guest, or is left out", w.Name, i.Name, shorten(i.Realloc))
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
		return fmt.Errorf("world %s: function %q: its name is an instance, or host, a dot, and a name of letters, digits, - and _%s", w.Name, shorten(f.Name), w.ownerHint(instance))
	case slices.Contains(reservedNames, name):
		return fmt.Errorf("world %s: function %s: its name may not be one of %s: other core code of an instance is called so", w.Name, f.Name, strings.Join(reservedNames, ", "))
	}
	if f.Lift != "" && !slices.Contains(lifts, f.Lift) {
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

// ownerHint says which instances there are, if that of a function is none.
func (w *World) ownerHint(owner string) string {
	if owner == Host || w.hasInstance(owner) {
		return ""
	}
	return namesNear(owner, append(w.instanceNames(), Host))
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
