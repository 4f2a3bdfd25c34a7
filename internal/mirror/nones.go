package mirror

import (
	"fmt"
	"slices"

	"cabi/internal/python"
)

// Nones are the fields of objects that are None, and that their classes declare to be something else, with the lines of the classes: the
// port has no place for that.
func (m *Mirror) Nones() []string {
	w := noneWalk{seen: map[python.Value]bool{}}
	for _, root := range m.Roots {
		w.value(root)
	}
	slices.Sort(w.found)
	return slices.Compact(w.found)
}

// A noneWalk goes through the objects that the roots of a mirror refer to.
type noneWalk struct {
	seen  map[python.Value]bool
	found []string
}

func (w *noneWalk) value(v python.Value) {
	switch v := v.(type) {
	case *python.Instance:
		w.instance(v)
	case *python.List:
		w.list(v, v.Items())
	case *python.Tuple:
		w.list(v, v.Items())
	case *python.Set:
		w.list(v, v.Items())
	case *python.Dict:
		w.list(v, v.Values())
	}
}

func (w *noneWalk) list(of python.Value, vs []python.Value) {
	if w.seen[of] {
		return
	}
	w.seen[of] = true
	for _, v := range vs {
		w.value(v)
	}
}

func (w *noneWalk) instance(x *python.Instance) {
	if w.seen[x] {
		return
	}
	w.seen[x] = true
	for _, field := range x.NoneIn() {
		w.found = append(w.found, fmt.Sprintf("%s.%s is None (class %s, %s)", x.Class().QualifiedName(), field, x.Class().QualifiedName(), x.Class().Place()))
	}
	for _, field := range x.Fields() {
		v, _ := x.Get(field)
		w.value(v)
	}
}
