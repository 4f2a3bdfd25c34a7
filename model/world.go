// Package model runs the specification in spec/: it builds the stores that worlds describe, lets guests and hosts act in
// them, and searches what can happen. It knows no rule of the Canonical ABI itself.
package model

import (
	"fmt"
	"slices"
	"strings"
)

// A World is what a run starts from: finite, plain data, the same for every language that runs it.
type World struct {
	Name      string     `json:"name"`
	Doc       string     `json:"doc,omitempty"`
	Instances []Instance `json:"instances"`
	Resources []Resource `json:"resources,omitempty"`
	Funcs     []Func     `json:"funcs,omitempty"`
	Imports   []Import   `json:"imports,omitempty"`
	Limits    Limits     `json:"limits,omitzero"`
	// Menus are what may be done in a search: actions without their numbers ("resource.new R"), by the instance, or "host",
	// that does them, or by the name of a function, callback, destructor … ("A.run.callback") that has a menu of its own.
	Menus map[string][]string `json:"menus,omitempty"`
	// RightClass leaves out the indices that name nothing or an element of another class than the action is for.
	RightClass bool `json:"right_class,omitempty"`
	// Random says that the world is too big to exhaust, and is walked at random unless something else is asked for.
	Random bool `json:"random,omitempty"`
	// Pointers are where events are stored; none: 0.
	Pointers []uint64 `json:"pointers,omitempty"`
	// Addresses are those of buffers, text and lists, and what realloc returns; none: 0, and 32 for realloc.
	Addresses []uint64 `json:"addresses,omitempty"`
	// Lengths are those of the buffers that streams are copied with; none: 1.
	Lengths []uint64 `json:"lengths,omitempty"`
	// Bounds are what the world is explored to unless others are given.
	Bounds
	// Start is the exports that the host has called, in order, when the first counted action begins.
	Start []string `json:"start,omitempty"`
}

// An Instance is one component instance.
type Instance struct {
	Name     string `json:"name"`
	Parent   string `json:"parent,omitempty"`   // empty: the host instantiated it
	Memory   int    `json:"memory,omitempty"`   // bytes; 0: the instance has no memory
	Memory64 bool   `json:"memory64,omitempty"` // addresses are i64
	Encoding string `json:"encoding,omitempty"` // utf8 (if empty), utf16 or latin1+utf16
	Realloc  string `json:"realloc,omitempty"`  // a bump allocator (if empty), or guest: the guest decides
}

// A Resource is a resource type.
type Resource struct {
	Name string `json:"name"`
	Impl string `json:"impl"`           // the instance that implements it
	Dtor bool   `json:"dtor,omitempty"` // its destructor runs guest code
}

// A Func is a function that an instance exports, or one of the host's.
type Func struct {
	Name       string   `json:"name"` // "A.run": the instance or "host", a dot, a name
	Params     []string `json:"params,omitempty"`
	Results    []string `json:"results,omitempty"`
	Async      bool     `json:"async,omitempty"`       // its type is async
	Lift       string   `json:"lift,omitempty"`        // how it is lifted: sync (if empty), stackful or callback
	PostReturn bool     `json:"post_return,omitempty"` // it has a post-return function
}

// Instance is the instance that exports f.
func (f Func) Instance() string { return f.Name[:strings.IndexByte(f.Name, '.')] }

// An Import lets an instance call a function of another.
type Import struct {
	Instance string `json:"instance"`
	Func     string `json:"func"`
	Async    bool   `json:"async,omitempty"` // it is lowered async
}

// Limits are lowered limits of the specification; zero fields stand for upstream's.
type Limits struct {
	TableLength         uint64 `json:"table_length,omitempty"`
	BufferLength        uint64 `json:"buffer_length,omitempty"`
	Backpressure        int64  `json:"backpressure,omitempty"`
	InitialBackpressure int64  `json:"initial_backpressure,omitempty"`
	StringByteLength    uint64 `json:"string_byte_length,omitempty"`
	ListByteLength      uint64 `json:"list_byte_length,omitempty"`
	ReallocI32          uint64 `json:"realloc_i32,omitempty"`
	FlatParams          int    `json:"flat_params,omitempty"`
	FlatAsyncParams     int    `json:"flat_async_params,omitempty"`
	FlatResults         int    `json:"flat_results,omitempty"`
}

// Validate says what is wrong with w, if anything: a name that is not defined, a type that cannot be read.
func (w *World) Validate() error {
	for n, i := range w.Instances {
		if err := w.validateInstance(i, w.Instances[:n]); err != nil {
			return err
		}
	}
	if n := w.Limits.TableLength; n > 0 && n < leastTable {
		return fmt.Errorf("world %s: tables of %d elements are too short: at least %d are needed", w.Name, n, leastTable)
	}
	for _, r := range w.Resources {
		if !w.hasInstance(r.Impl) {
			return fmt.Errorf("world %s: resource %s is implemented by an unknown instance %s", w.Name, r.Name, r.Impl)
		}
	}
	for _, f := range w.Funcs {
		if err := w.validateFunc(f); err != nil {
			return err
		}
	}
	for _, i := range w.Imports {
		if !w.hasInstance(i.Instance) || w.Func(i.Func) == nil {
			return fmt.Errorf("world %s: %s imports %s: unknown instance or function", w.Name, i.Instance, i.Func)
		}
	}
	for _, name := range w.Start {
		if w.Func(name) == nil {
			return fmt.Errorf("world %s: starts with an unknown function %s", w.Name, name)
		}
	}
	return nil
}

// leastTable is how many elements a table must have room for: an instance's table of functions is one too.
const leastTable = 2

// maxMemory bounds an instance's memory, so that a hostile world cannot exhaust this one's.
const maxMemory = 1 << 24

// validateInstance says what is wrong with an instance, given those before it.
func (w *World) validateInstance(i Instance, before []Instance) error {
	named := func(name string) bool {
		return slices.ContainsFunc(before, func(b Instance) bool { return b.Name == name })
	}
	_, known := encodings[i.Encoding]
	switch {
	case i.Name == "" || i.Name == Host || strings.ContainsAny(i.Name, " .:"):
		return fmt.Errorf("world %s: %q is no name for an instance", w.Name, i.Name)
	case named(i.Name):
		return fmt.Errorf("world %s: there are two instances %s", w.Name, i.Name)
	case i.Parent != "" && !named(i.Parent):
		return fmt.Errorf("world %s: no instance before %s is its parent %s", w.Name, i.Name, i.Parent)
	case i.Memory < 0 || i.Memory > maxMemory:
		return fmt.Errorf("world %s: instance %s has %d bytes of memory, from 0 to %d are possible", w.Name, i.Name, i.Memory, maxMemory)
	case !known:
		return fmt.Errorf("world %s: instance %s has an unknown encoding %q", w.Name, i.Name, i.Encoding)
	}
	return nil
}

func (w *World) validateFunc(f Func) error {
	if !strings.Contains(f.Name, ".") || f.Instance() != Host && !w.hasInstance(f.Instance()) {
		return fmt.Errorf("world %s: function %s: its name is an instance, a dot and a name", w.Name, f.Name)
	}
	if !slices.Contains([]string{"", "sync", "stackful", "callback"}, f.Lift) {
		return fmt.Errorf("world %s: function %s: unknown lift %q: it is sync, stackful or callback", w.Name, f.Name, f.Lift)
	}
	for _, t := range slices.Concat(f.Params, f.Results) {
		if _, err := parseType(t, w.resourceNames()); err != nil {
			return fmt.Errorf("world %s: function %s: %w", w.Name, f.Name, err)
		}
	}
	return nil
}

func (w *World) hasInstance(name string) bool {
	return slices.ContainsFunc(w.Instances, func(i Instance) bool { return i.Name == name })
}

// Func is the function of a name; nil: there is none.
func (w *World) Func(name string) *Func {
	for i := range w.Funcs {
		if w.Funcs[i].Name == name {
			return &w.Funcs[i]
		}
	}
	return nil
}

// resourceNames maps each resource to nothing: enough to read a type by.
func (w *World) resourceNames() resourceTypes {
	types := resourceTypes{}
	for _, r := range w.Resources {
		types[r.Name] = nil
	}
	return types
}
