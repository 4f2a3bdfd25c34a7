package port

import "slices"

// A Change is a definition that two versions of definitions.py have in common.
type Change struct{ Old, New *Definition }

// A Drift lists what happened to the definitions from one version of definitions.py to another, each list in the order of
// the file.
type Drift struct {
	Added   []*Definition
	Removed []*Definition
	Changed []Change // the hash, the kind or the sites differ
	Moved   []Change // the heading differs
}

// None reports whether nothing happened.
func (d *Drift) None() bool {
	return len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Moved) == 0
}

// Diff compares two versions by name.
func Diff(old, new *Upstream) *Drift {
	drift := new.since(old)
	index := new.lookup()
	for _, o := range old.Definitions {
		if _, ok := index[o.Name]; !ok {
			drift.Removed = append(drift.Removed, o)
		}
	}
	return drift
}

// since lists everything but the removed.
func (u *Upstream) since(old *Upstream) *Drift {
	drift := new(Drift)
	index := old.lookup()
	for _, n := range u.Definitions {
		i, ok := index[n.Name]
		if !ok {
			drift.Added = append(drift.Added, n)
			continue
		}
		o := old.Definitions[i]
		if n.differs(o) {
			drift.Changed = append(drift.Changed, Change{o, n})
		}
		if n.Heading != o.Heading {
			drift.Moved = append(drift.Moved, Change{o, n})
		}
	}
	return drift
}

// Stale lists how a manifest differs from the definitions that are there, each in words. The manifest of a part of definitions.py is compared
// in that part.
func (u *Upstream) Stale(there *Upstream) (stale []string) {
	drift := Diff(u, there)
	if len(u.Headings) > 0 {
		for _, n := range drift.Added {
			stale = append(stale, n.Name+" is new")
		}
	}
	for _, c := range drift.Changed {
		stale = append(stale, c.New.Name+" is another")
	}
	for _, o := range drift.Removed {
		stale = append(stale, o.Name+" is gone")
	}
	return stale
}

func (d *Definition) differs(o *Definition) bool {
	same := func(a, b Site) bool { return a.Kind == b.Kind && a.Hash == b.Hash }
	return d.Hash != o.Hash || d.Kind != o.Kind || !slices.EqualFunc(d.Sites, o.Sites, same)
}
