package suite

import (
	"slices"
	"strings"

	"cabi/model"
)

// ownWorld gives a trace a world of its own, which the trace defines: the part of its world that it needs, without the
// menus and bounds, which are for searches. So a trace can be read by itself, and stays the same when the named worlds change.
func ownWorld(t *model.Trace) *model.Trace {
	w := *t.World
	if model.WorldByName(w.Name) == t.World {
		w.Name = "part-of-" + w.Name
	}
	w.Doc, w.Menus, w.RightClass, w.Random = "", nil, false, false
	w.Pointers, w.Addresses, w.Lengths, w.Contents, w.Integers, w.Bounds = nil, nil, nil, nil, nil, model.Bounds{}
	named := func(f string) bool {
		return slices.Contains(w.Start, f) || slices.ContainsFunc(t.Lines, func(l model.Line) bool { return strings.Contains(l.Text, f) })
	}
	w.Funcs = slices.DeleteFunc(slices.Clone(w.Funcs), func(f model.Func) bool { return !named(f.Name) })
	w.Imports = slices.DeleteFunc(slices.Clone(w.Imports), func(i model.Import) bool { return !named(i.Func) })
	own := *t
	own.World = &w
	return &own
}
