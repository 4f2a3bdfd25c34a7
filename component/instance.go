package component

import (
	"fmt"
	"strings"

	"cabi/spec"
)

// An Instance is what a component instance exports, or what the host gives in place of one.
type Instance struct {
	run     *Run
	exports map[string]any
	names   []string
	unique  extern
}

func newInstance(r *Run) *Instance {
	return &Instance{run: r, exports: map[string]any{}, unique: extern{what: "export name"}}
}

func (i *Instance) add(name string, item any) {
	i.exports[name] = item
	i.names = append(i.names, name)
}

// Names are the names of the exports, in their order.
func (i *Instance) Names() []string { return i.names }

// Export is the export of that name: a *Func, an *Instance, a *spec.ResourceType or another type, a *Module, or a component. It can
// be given as an import to another component in the same run. Nil: there is none.
func (i *Instance) Export(name string) any { return i.exports[name] }

// Func is the function exported under that name.
func (i *Instance) Func(name string) (*Func, error) { return exported[*Func](i, name, sortFunc) }

// Instance is the instance exported under that name.
func (i *Instance) Instance(name string) (*Instance, error) {
	return exported[*Instance](i, name, sortInstance)
}

// Resource is the resource type exported under that name.
func (i *Instance) Resource(name string) (*spec.ResourceType, error) {
	return exported[*spec.ResourceType](i, name, sortType)
}

func exported[T any](i *Instance, name string, s sort) (T, error) {
	item, ok := i.exports[name].(T)
	if !ok {
		return item, fmt.Errorf("no %s is exported as %q; exports are %q", s, name, i.names)
	}
	return item, nil
}

// A Func is a component function.
type Func struct {
	Name     string // that it was last exported under, or else first imported; empty: it has been neither
	Type     *spec.FuncType
	Params   []string                // the names of the parameters
	Instance *spec.ComponentInstance // whose core code it is; nil: it is the host's
	Options  *spec.CanonicalOptions  // that it is lifted with; nil: it is the host's
	f        spec.FuncInst
	run      *Run
}

// String is the type of f as Signature writes it.
func (f *Func) String() string { return Signature(f.Type, f.Params) }

// Signature is the type of a function whose parameters have names, as WIT writes it.
func Signature(t *spec.FuncType, names []string) string {
	params := make([]string, len(names))
	for i, name := range names {
		params[i] = name + ": " + spec.TypeName(t.Params[i])
	}
	text := "func(" + strings.Join(params, ", ") + ")"
	if t.Async {
		text = "async " + text
	}
	if len(t.Result) > 0 {
		text += " -> " + spec.TypeName(t.Result[0])
	}
	return text
}

// A funcType is the type of a component function, with the names of its parameters.
type funcType struct {
	spec   *spec.FuncType
	params []string
}
