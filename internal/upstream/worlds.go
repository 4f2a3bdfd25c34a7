package upstream

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"cabi/model"
)

// A chooser is a source of random choices with a few conveniences.
type chooser struct{ *rand.Rand }

func newChooser(seed uint64) chooser { return chooser{rand.New(rand.NewPCG(seed, 0xcab1))} }

// one is true once in n.
func (c chooser) one(n int) bool { return c.IntN(n) == 0 }

func pick[T any](c chooser, list []T) T { return list[c.IntN(len(list))] }

// Signatures that functions of random worlds have. Those that carry handles come often.
var (
	paramLists = [][]string{
		{}, {}, {"u32"}, {"own<R>"}, {"borrow<R>"}, {"borrow<R>", "own<S>"}, {"string"}, {"list<u8>"}, {"stream<u8>"},
		{"future<u8>"}, {"stream"}, {"u8", "u16", "s8", "u64", "u32"}, {"f32", "f64"}, {"option<u32>"}, {"error-context"},
		{"borrow<S>", "borrow<S>"}, {"tuple<u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u64>"}, {"result<f32,u64>"},
		{"list<borrow<R>>"}, {"stream<own<R>>"}, {"future"}, {"list<u32,5>"}, {"variant{a(f32),b(u32),c}"},
	}
	resultLists = [][]string{
		{}, {}, {"u32"}, {"own<R>"}, {"string"}, {"stream<u8>"}, {"future<u32>"}, {"tuple<u32,u64>"}, {"f64"},
		{"error-context"}, {"list<string>"}, {"option<own<S>>"}, {"flags{a,b,c}"}, {"char"}, {"stream<string>"},
	}
	payloads = []string{"u8", "u32", "_", "f32", "u8", "_", "u64", "s16", "u8", "_"}
	// Of these a stream or future may not have both its ends in one instance when it is copied.
	bigPayloads = []string{"string", "own<R>", "stream<u8>", "list<u8>", "char", "option<u32>", "string", "char"}
	// Of these contains, which asks that of a stream's type, knows nothing: an assert fails.
	unknownPayloads = []string{"error-context", "flags{a}"}
)

// randomWorld makes a world of one to three instances that call each other and the host.
func randomWorld(c chooser) *model.World {
	w := &model.World{Name: "random"}
	names := []string{"A", "B", "C"}[:1+c.IntN(3)]
	for i, name := range names {
		w.Instances = append(w.Instances, randomInstance(c, name, names[:i]))
	}
	for _, name := range []string{"R", "S"} {
		w.Resources = append(w.Resources, model.Resource{Name: name, Impl: pick(c, names), Dtor: c.one(2)})
	}
	for _, owner := range append([]string{model.Host}, names...) {
		for i := range 1 + c.IntN(3) {
			w.Funcs = append(w.Funcs, randomFunc(c, owner, i))
		}
	}
	for _, f := range w.Funcs {
		for _, name := range names {
			if mayImport(w, name, f.Instance()) && (f.Instance() != name && !c.one(3) || c.one(10)) {
				w.Imports = append(w.Imports, model.Import{Instance: name, Func: f.Name, Async: f.Async && !c.one(3)})
			}
		}
	}
	if c.one(5) {
		w.Limits = randomLimits(c)
	}
	return w
}

// mayImport reports whether an instance can import from another. Of two that are not within each other, whichever is
// made first cannot import from the other, and what is inside of it neither. A parent can import from what is inside of
// it and hand it its own functions, and an instance can lower what it lifts. Components cannot be linked otherwise.
func mayImport(w *model.World, importer, exporter string) bool {
	if exporter == model.Host {
		return true
	}
	importers, exporters := within(w, importer), within(w, exporter)
	for i := range min(len(importers), len(exporters)) {
		if importers[i] != exporters[i] {
			return exporters[i] < importers[i]
		}
	}
	return true
}

// within is the places in the world of an instance and what it is in, the outermost first.
func within(w *model.World, name string) []int {
	var places []int
	for name != "" {
		i := slices.IndexFunc(w.Instances, func(i model.Instance) bool { return i.Name == name })
		places, name = append([]int{i}, places...), w.Instances[i].Parent
	}
	return places
}

func randomInstance(c chooser, name string, parents []string) model.Instance {
	d := model.Instance{Name: name, Memory: 256, Encoding: pick(c, []string{"", "", "utf16", "latin1+utf16"})}
	if len(parents) > 0 && c.one(3) {
		d.Parent = pick(c, parents)
	}
	d.Memory64 = c.one(8)
	if c.one(4) {
		d.Realloc = "guest"
	}
	return d
}

func randomFunc(c chooser, owner string, i int) model.Func {
	f := model.Func{Name: fmt.Sprintf("%s.f%d", owner, i), Params: pick(c, paramLists), Results: pick(c, resultLists)}
	f.Async = !c.one(3)
	if f.Async && owner != model.Host {
		f.Lift = pick(c, []string{"sync", "stackful", "callback", "callback", "stackful"})
	}
	f.PostReturn = owner != model.Host && f.Lift != "stackful" && f.Lift != "callback" && c.one(3)
	return f
}

func randomLimits(c chooser) model.Limits {
	var l model.Limits
	switch c.IntN(6) {
	case 0:
		l.TableLength = uint64(2 + c.IntN(4))
	case 1:
		l.BufferLength = uint64(1 + c.IntN(3))
	case 2:
		l.InitialBackpressure = 1<<16 - int64(1+c.IntN(3))
	case 3:
		l.FlatParams, l.FlatAsyncParams = 4+c.IntN(3), 1+c.IntN(3) // realloc itself has four
	case 4:
		l.StringByteLength, l.ListByteLength = uint64(1+c.IntN(4)), uint64(1+c.IntN(4))
	case 5:
		l.ReallocI32 = uint64(1 + c.IntN(20))
	}
	return l
}

// payload is what a stream or future carries.
func payload(c chooser) string {
	switch {
	case c.one(10):
		return pick(c, bigPayloads)
	case c.one(300):
		return pick(c, unknownPayloads)
	}
	return pick(c, payloads)
}
