package export

import (
	"maps"
	"slices"
	"strings"
)

// nest puts components inside others: an instance that has a parent inside that, and one that needs a resource type of another, whose
// functions the other calls, inside that other, since two components beside each other cannot import from each other. Being inside
// changes nothing as long as the inner one calls no function of the outer one, and the host calls none of the inner one.
func (w *wastWriter) nest() {
	parents := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(w.components)) {
		if i := worldInstance(w.world, name); i != nil && i.Parent != "" {
			parents[name] = i.Parent
		} else if outer := w.outerOf(name); outer != "" {
			parents[name] = outer
		}
	}
	for _, name := range slices.Sorted(maps.Keys(parents)) {
		c := w.components[name]
		c.parent = w.components[parents[name]]
		c.parent.children = append(c.parent.children, c)
		if c.parent.parent != nil || parents[parents[name]] != "" {
			w.fail(unsupported("%s is inside an instance that is inside another", name))
			return
		}
	}
	var roots []*component
	for _, name := range slices.Sorted(maps.Keys(w.components)) {
		c := w.components[name]
		if c.children = w.sorted(c.children); c.parent == nil {
			roots = append(roots, c)
		}
		c.passOn()
	}
	w.roots = w.sorted(roots)
}

// outerOf is the component that one must be inside, because of a resource type; empty: none.
func (w *wastWriter) outerOf(name string) string {
	c := w.components[name]
	for _, r := range w.world.Resources {
		outer := w.components[r.Impl]
		if !c.types[r.Name] || !w.reaches(outer, name, map[string]bool{}) {
			continue
		}
		for f := range c.imports {
			if w.function(f).Instance() == r.Impl {
				w.fail(unsupported("components %s and %s need each other", r.Impl, name))
			}
		}
		if trap := trapOf(w.stopped); trap != nil && trap.Site == "Store.lift.func_inst/reentrance" {
			w.fail(unsupported("components %s and %s need each other, and one inside the other may be entered", r.Impl, name))
		}
		if slices.ContainsFunc(w.calls, func(h *hostCall) bool { return w.function(h.function).Instance() == name }) {
			w.fail(unsupported("the host calls %s, which must be inside %s", name, r.Impl))
		}
		return r.Impl
	}
	return ""
}

// reaches reports whether a component imports functions of another, or of one that does.
func (w *wastWriter) reaches(from *component, to string, seen map[string]bool) bool {
	if seen[from.name] {
		return false
	}
	seen[from.name] = true
	for f := range from.imports {
		owner := w.function(f).Instance()
		if owner == to || w.reaches(w.components[owner], to, seen) {
			return true
		}
	}
	return false
}

// passOn adds to a component's imports what the components inside it import from outside.
func (c *component) passOn() {
	for _, child := range c.children {
		for f := range child.imports {
			if owner := c.components[c.function(f).Instance()]; owner != c && owner.parent != c {
				c.noteImport(f)
			}
		}
		for _, r := range c.world.Resources {
			if child.types[r.Name] && r.Impl != c.name {
				c.types[r.Name] = true
			}
		}
	}
}

// needs reports whether a component needs another to be instantiated before it, both inside the same one.
func (c *component) needs(other *component) bool {
	from := func(instance string) bool {
		owner := c.components[instance]
		return owner == other || owner.parent == other
	}
	for f := range c.imports {
		if from(c.function(f).Instance()) {
			return true
		}
	}
	return slices.ContainsFunc(c.resourcesImported(), from)
}

// resourcesImported are the instances that implement the resource types that the component imports.
func (c *component) resourcesImported() []string {
	var all []string
	for _, r := range c.world.Resources {
		if c.types[r.Name] {
			all = append(all, r.Impl)
		}
	}
	return all
}

// sorted sorts components so that each comes after those that it needs.
func (w *wastWriter) sorted(left []*component) []*component {
	var order []*component
	left = slices.Clone(left)
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(c *component) bool {
			return !slices.ContainsFunc(left, func(other *component) bool { return other != c && c.needs(other) })
		})
		if i < 0 {
			var names []string
			for _, c := range left {
				names = append(names, c.name)
			}
			w.fail(unsupported("components %s need each other", strings.Join(names, " and ")))
			return append(order, left...)
		}
		order = append(order, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return order
}
