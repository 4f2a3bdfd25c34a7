package upstream

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// The signatures of functions in random worlds. Those that carry handles come often.
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
	// A stream or future of one of bigPayloads is not copied while both its ends are in one instance: that traps.
	bigPayloads = []string{"string", "own<R>", "stream<u8>", "list<u8>", "tuple<char>", "option<u32>", "string", "option<char>"}
	// Upstream's function contains, which looks for borrows in the type of a stream, does not know the types in
	// unknownPayloads: an assert fails.
	unknownPayloads = []string{"error-context", "flags{a}"}
)

// randomWorld makes a world of one to three instances that call each other and the host.
func randomWorld(c chooser) *model.World {
	w := &model.World{Name: randomName}
	names := []string{"A", "B", "C"}[:1+c.IntN(3)]
	for i, name := range names {
		w.Instances = append(w.Instances, randomInstance(c, name, names[:i]))
	}
	for _, name := range []string{"R", "S"} {
		w.Resources = append(w.Resources, model.Resource{Name: name, Impl: pick(c, names), Dtor: c.oneIn(2)})
	}
	for _, owner := range append([]string{model.Host}, names...) {
		for i := range 1 + c.IntN(3) {
			w.Funcs = append(w.Funcs, randomFunc(c, owner, i))
		}
	}
	for _, f := range w.Funcs {
		for _, name := range names {
			if mayImport(w, name, f.Instance()) && (f.Instance() != name && !c.oneIn(3) || c.oneIn(10)) {
				w.Imports = append(w.Imports, model.Import{Instance: name, Func: f.Name, Async: f.Async && !c.oneIn(3)})
			}
		}
	}
	if c.oneIn(5) {
		w.Limits = randomLimits(c)
	}
	return w
}

// The names of random worlds.
const randomName, randomValuesName = "random", "random-values"

// IsRandom reports whether a world is a random one.
func IsRandom(w *model.World) bool { return w.Name == randomName || w.Name == randomValuesName }

// mayImport reports whether components can be linked so that one instance imports from another. Of two instances neither of
// which is inside the other, the one that is made first cannot import from the other, and instances inside of it cannot
// either. A parent can import from an instance inside of it and the other way round, and an instance from itself.
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

// within are the positions, among the world's instances, of an instance and all those that it is inside of, the outermost
// first.
func within(w *model.World, name string) []int {
	var places []int
	for name != "" {
		i := slices.IndexFunc(w.Instances, func(i model.Instance) bool { return i.Name == name })
		places, name = append([]int{i}, places...), w.Instances[i].Parent
	}
	return places
}

// randomInstance makes an instance, perhaps inside of one of the parents.
func randomInstance(c chooser, name string, parents []string) model.Instance {
	d := model.Instance{Name: name, Memory: 256, Encoding: pick(c, []string{"", "", "utf16", "latin1+utf16"})}
	if len(parents) > 0 && c.oneIn(3) {
		d.Parent = pick(c, parents)
	}
	d.Memory64 = c.oneIn(8)
	if c.oneIn(4) {
		d.Realloc = "guest"
	}
	return d
}

// randomFunc makes the ith function of an instance, or of the host.
func randomFunc(c chooser, owner string, i int) model.Func {
	f := model.Func{Name: fmt.Sprintf("%s.f%d", owner, i), Params: pick(c, paramLists), Results: pick(c, resultLists)}
	f.Async = !c.oneIn(3)
	if f.Async && owner != model.Host {
		f.Lift = pick(c, []string{"sync", "stackful", "callback", "callback", "stackful"})
	}
	f.PostReturn = owner != model.Host && f.Lift != "stackful" && f.Lift != "callback" && c.oneIn(3)
	return f
}

// randomLimits lowers one of upstream's limits, so that a run can reach it.
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

// payload is the type of a stream's or future's elements.
func payload(c chooser) string {
	switch {
	case c.oneIn(10):
		return pick(c, bigPayloads)
	case c.oneIn(300):
		return pick(c, unknownPayloads)
	}
	return pick(c, payloads)
}

// instanceOf is the instance of that name.
func instanceOf(w *model.World, name string) model.Instance {
	for _, i := range w.Instances {
		if i.Name == name {
			return i
		}
	}
	return model.Instance{}
}

// ptrType is the type of an instance's pointers.
func ptrType(w *model.World, name string) spec.CoreType {
	if instanceOf(w, name).Memory64 {
		return spec.I64
	}
	return spec.I32
}

// memoryOf is how many bytes an instance's memory has.
func memoryOf(w *model.World, name string) uint64 { return uint64(instanceOf(w, name).Memory) }

// encodingOf is how an instance represents strings.
func encodingOf(w *model.World, name string) spec.StringEncoding {
	switch instanceOf(w, name).Encoding {
	case "utf16":
		return spec.UTF16
	case "latin1+utf16":
		return spec.Latin1UTF16
	}
	return spec.UTF8
}

// parseTypes reads the types of a world that has them right.
func parseTypes(run *model.Run, texts []string) []spec.ValType {
	ts, err := run.ParseTypes("(" + strings.Join(texts, ",") + ")")
	if err != nil {
		panic(err)
	}
	return ts
}
