package model

import (
	"cmp"
	"slices"
	"strings"

	"cabi/spec"
)

// Host is the name of the host as an actor.
const Host = "host"

// A World describes what a run starts from, and which actions a search takes: plain data, from which other languages can make the same.
type World struct {
	Name      string     `json:"name"`
	Doc       string     `json:"doc,omitempty"`
	Instances []Instance `json:"instances"`
	Resources []Resource `json:"resources,omitempty"`
	Funcs     []Func     `json:"funcs,omitempty"`
	Imports   []Import   `json:"imports,omitempty"`
	Builtins  []Builtin  `json:"builtins,omitempty"` // that a definitions.py has and the port has not
	Limits    Limits     `json:"limits,omitzero"`
	// Menus are the actions that a search takes, without their numbers ("resource.new R"): by the actor, which is an instance or
	// "host", or by the name of a function, callback, destructor … ("A.run.callback") that has a menu of its own.
	Menus map[string][]string `json:"menus,omitempty"`
	// RightClass leaves indices out of menus that name nothing, or an element of another class than the action is for.
	RightClass bool `json:"right_class,omitempty"`
	// Random says that the world is too big to exhaust, so that it is walked at random by default.
	Random bool `json:"random,omitempty"`
	// Pointers are the addresses at which events are stored; none: 0.
	Pointers []uint64 `json:"pointers,omitempty"`
	// Addresses are those of buffers, text and lists, and those that realloc returns; none: 0, and 32 for realloc.
	Addresses []uint64 `json:"addresses,omitempty"`
	// Lengths are the lengths of buffers for copies; none: 1.
	Lengths []uint64 `json:"lengths,omitempty"`
	// Contents are what memory.store stores at address 0, a number of eight bytes, besides the indices of resource handles. If a world
	// has some, text and lists have the Lengths, too.
	Contents []uint64 `json:"contents,omitempty"`
	// Integers are the numbers that guests pass as values of numbers, chars, bools and flags, as far as their core types have them;
	// none: 0.
	Integers []uint64 `json:"integers,omitempty"`
	// Bounds are those of a search by default.
	Bounds
	// Start is the exports that the host calls, in order, before the first action that counts.
	Start []string `json:"start,omitempty"`
}

// An Instance is one component instance.
type Instance struct {
	Name     string `json:"name"`
	Parent   string `json:"parent,omitempty"`   // empty: the host instantiated it
	Memory   int    `json:"memory,omitempty"`   // bytes; 0: the instance has no memory
	Memory64 bool   `json:"memory64,omitempty"` // addresses are i64
	Encoding string `json:"encoding,omitempty"` // of strings: utf8 (if empty), utf16 or latin1+utf16
	Realloc  string `json:"realloc,omitempty"`  // guest: the actor decides what it returns; empty: it is a bump allocator
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

// isSync reports whether f is lifted sync.
func (f Func) isSync() bool { return f.Lift == "" || f.Lift == "sync" }

// An Import lets an instance call a function of another.
type Import struct {
	Instance string `json:"instance"`
	Func     string `json:"func"`
	Async    bool   `json:"async,omitempty"` // it is lowered async
}

// Limits are limits of the specification that a world lowers. A field that is zero is upstream's limit.
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

func (w *World) hasInstance(name string) bool {
	return slices.ContainsFunc(w.Instances, func(i Instance) bool { return i.Name == name })
}

// actors are the instances, and the host.
func (w *World) actors() []string {
	var names []string
	for _, i := range w.Instances {
		names = append(names, i.Name)
	}
	return append(names, Host)
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

// negative reports whether a limit is negative.
func (l Limits) negative() bool {
	return min(l.Backpressure, l.InitialBackpressure) < 0 || min(l.FlatParams, l.FlatAsyncParams, l.FlatResults) < 0
}

// apply is the world's limits, with others in place of those that it does not set.
func (l Limits) apply(to spec.Limits) spec.Limits {
	to.TableLength = cmp.Or(l.TableLength, to.TableLength)
	to.BufferLength = cmp.Or(l.BufferLength, to.BufferLength)
	to.Backpressure = cmp.Or(l.Backpressure, to.Backpressure)
	to.InitialBackpressure = cmp.Or(l.InitialBackpressure, to.InitialBackpressure)
	to.StringByteLength = cmp.Or(l.StringByteLength, to.StringByteLength)
	to.ListByteLength = cmp.Or(l.ListByteLength, to.ListByteLength)
	to.ReallocI32 = cmp.Or(l.ReallocI32, to.ReallocI32)
	to.FlatParams = cmp.Or(l.FlatParams, to.FlatParams)
	to.FlatAsyncParams = cmp.Or(l.FlatAsyncParams, to.FlatAsyncParams)
	to.FlatResults = cmp.Or(l.FlatResults, to.FlatResults)
	return to
}
