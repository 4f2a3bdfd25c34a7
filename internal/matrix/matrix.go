// Package matrix compares the variants, which are the ways to number handles that component-model#395 discusses. For each variant it finds
// out which properties of tables hold, which kinds of guests can tell the variant from a reference variant, how much room its tables
// take, and how long a lookup takes.
package matrix

import (
	"slices"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Matrix has a row for each variant and a column for each property.
type Matrix struct {
	Reference  *spec.Variant
	Properties []*model.Property
	Rows       []*Row
}

// A Row is the results of one variant.
type Row struct {
	Variant *spec.Variant
	Cells   []*Cell // by property
	Measured
}

// A Cell is the verdict on one property under one variant.
type Cell struct {
	Property   *model.Property
	Searches   []Search         // those that checked the property
	World      *model.World     // in which the property fails; nil: it holds
	Fails      *model.Violation // the shortest; nil: the property holds
	NeverTaken []string         // the actions of the worlds' menus that no search took: the verdict says nothing about them
	Exercised  bool             // false: the property holds vacuously, if it holds
}

// A Search says what was explored, and how far.
type Search struct {
	World  *model.World
	Bounds model.Bounds
	States int
}

// Holds reports whether the property holds within the bounds of the searches.
func (c *Cell) Holds() bool { return c.Fails == nil }

// States is how many states were explored, in all worlds together.
func (c *Cell) States() int {
	n := 0
	for _, s := range c.Searches {
		n += s.States
	}
	return n
}

// A scope is a world and the bounds that it is explored to.
type scope struct {
	world  string
	bounds model.Bounds
	only   string // the one property that is checked in it; empty: all are
}

func in(world string, steps, handles int) scope {
	return scope{world: world, bounds: model.Bounds{Steps: steps, Handles: handles}}
}

// sharing is a scope of the world in which several calls share the tables of an instance.
func sharing(steps int) scope {
	return scope{world: "sharing", bounds: model.Bounds{Steps: steps, Handles: 2, Tasks: 2}}
}

// events is a scope of the world in which waitable sets return events of several streams.
func events(steps, handles int) scope {
	s := in("events", steps, handles)
	s.only = "event-identifies"
	return s
}

// tableScopes are for the properties of tables, and guestScopes for those of guests. The Drawn scopes are for numberings that draw
// indices: they have many more states, so they are explored less far.
var (
	tableScopes      = []scope{in("handles", 6, 3), in("waitables", 4, 4), sharing(6), events(7, 5)}
	tableScopesDrawn = []scope{in("handles", 5, 2), in("waitables", 4, 4), sharing(5), events(6, 3)}
	guestScopes      = []scope{in("handles", 5, 2), in("waitables", 4, 4), sharing(6)}
	guestScopesDrawn = []scope{in("handles", 4, 2), in("waitables", 3, 4), sharing(5)}
)

// tableProperties are the properties of tables, in the order of the catalogue.
var tableProperties = []string{
	"deterministic", "unique-in-table", "unique-in-instance", "nonzero", "bounded", "dense", "free-list", "no-confusion",
	"diagnosable", "no-stale-alias", "no-stale-alias-weak", "isolation", "unforgeable", "event-identifies",
}

// Options say what to compare.
type Options struct {
	Variants  []*spec.Variant // nil: all
	Reference *spec.Variant   // the variant that guests compare each variant with; nil: the pin's
	Workers   int             // cores to use; 0: one
	Progress  func(string)    // is called with the name of the next variant; optional
}

// Make makes the matrix.
func Make(o Options) *Matrix {
	if o.Variants == nil {
		o.Variants = spec.Variants
	}
	if o.Reference == nil {
		o.Reference = spec.SingleTable
	}
	m := &Matrix{Reference: o.Reference, Properties: append(ofTables(), Guests(o.Reference)...)}
	for _, v := range o.Variants {
		if o.Progress != nil {
			o.Progress(v.Name)
		}
		m.Rows = append(m.Rows, o.row(v))
	}
	m.measureLookups()
	return m
}

// measureLookups times all variants in the same process, because the result is a multiple of per-type's time.
func (m *Matrix) measureLookups() {
	times := lookups(spec.Variants)
	for _, row := range m.Rows {
		row.Lookup = times[slices.Index(spec.Variants, row.Variant)]
	}
}

// ofTables are the properties of tables.
func ofTables() []*model.Property {
	var ps []*model.Property
	for _, name := range tableProperties {
		ps = append(ps, properties.ByName(name))
	}
	return ps
}

func (o Options) row(v *spec.Variant) *Row {
	row := &Row{Variant: v}
	tables, guests := tableScopes, guestScopes
	if draws(v) {
		tables, guests = tableScopesDrawn, guestScopesDrawn
	}
	row.Cells = append(cells(v, ofTables(), tables, o.Workers), cells(v, Guests(o.Reference), guests, o.Workers)...)
	row.Places = worstPlaces(v, tables[0], o.Workers)
	row.Churn = churn(v)
	return row
}

// draws reports whether a variant's numbering draws indices at random.
func draws(v *spec.Variant) bool {
	s := spec.NewStore(spec.Options{Variant: v})
	defer s.Close()
	return spec.NewShadowTable(spec.NewComponentInstance(s, nil), spec.TableKey{}).Draws()
}

// cells explores some scopes, and finds the shortest violation of each property.
func cells(v *spec.Variant, ps []*model.Property, scopes []scope, workers int) []*Cell {
	all := make([]*Cell, len(ps))
	for i, p := range ps {
		all[i] = &Cell{Property: p}
	}
	for _, s := range scopes {
		world := model.WorldByName(s.world)
		asked := s.asked(all)
		search := model.Search{World: world, Variant: v, Bounds: s.bounds, Workers: workers, KeepGoing: true}
		for _, c := range asked {
			search.Properties = append(search.Properties, c.Property)
		}
		report := search.Run()
		for _, c := range asked {
			c.add(report, Search{world, s.bounds, report.States})
		}
	}
	return all
}

// asked are the cells whose properties are checked in a scope.
func (s scope) asked(all []*Cell) []*Cell {
	return slices.DeleteFunc(slices.Clone(all), func(c *Cell) bool { return s.only != "" && c.Property.Name != s.only })
}

// add adds the result of a search.
func (c *Cell) add(report *model.Report, s Search) {
	c.Searches = append(c.Searches, s)
	c.NeverTaken = append(c.NeverTaken, report.NeverTaken...)
	c.Exercised = c.Exercised || slices.Contains(report.Exercised, c.Property.Name)
	for _, v := range report.Violations {
		if v.Property == c.Property.Name && (c.Fails == nil || v.Actions < c.Fails.Actions) {
			c.Fails, c.World = v, s.World
		}
	}
}
