// Package matrix asks of every variant, of how handles are numbered, every question of component-model#395: each table
// property, which guests can tell it from another, how much room its tables take, and what a lookup costs.
package matrix

import (
	"slices"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Matrix is what was found.
type Matrix struct {
	Reference  *spec.Variant
	Properties []*model.Property
	Rows       []*Row
}

// A Row is one variant.
type Row struct {
	Variant *spec.Variant
	Cells   []*Cell // by property
	Measured
}

// A Cell is the verdict on one property under one variant.
type Cell struct {
	Property *model.Property
	Searches []Search         // the ones that show it, if it holds
	World    *model.World     // where it fails
	Fails    *model.Violation // nil: it holds
	Never    []string         // the actions of the worlds that never happened: nothing was shown about them
	Met      bool             // what the property speaks of happened; false: it holds vacuously
}

// A Search is one that found nothing.
type Search struct {
	World  *model.World
	Bounds model.Bounds
	States int
}

// Holds reports whether the property holds within the bounds of the searches.
func (c *Cell) Holds() bool { return c.Fails == nil }

// States is how many states of all worlds together the verdict that it holds is for.
func (c *Cell) States() int {
	n := 0
	for _, s := range c.Searches {
		n += s.States
	}
	return n
}

// A scope is a world and how far it is explored.
type scope struct {
	world  string
	bounds model.Bounds
	only   string // the property that it is explored for; empty: all
}

func in(world string, steps, handles int) scope {
	return scope{world: world, bounds: model.Bounds{Steps: steps, Handles: handles}}
}

// sharing is the world in which several calls share the tables of an instance.
func sharing(steps int) scope {
	return scope{world: "sharing", bounds: model.Bounds{Steps: steps, Handles: 2, Tasks: 2}}
}

// events is the world in which waitable sets give events of several streams.
func events(steps, handles int) scope {
	s := in("events", steps, handles)
	s.only = "event-identifies"
	return s
}

// tableScopes are for the properties of one run, and guestScopes for those of two. A numbering that draws has so many
// more states that it is explored less far.
var (
	tableScopes      = []scope{in("handles", 6, 3), in("waitables", 4, 4), sharing(6), events(7, 5)}
	tableScopesDrawn = []scope{in("handles", 5, 2), in("waitables", 4, 4), sharing(5), events(6, 3)}
	guestScopes      = []scope{in("handles", 5, 2), in("waitables", 4, 4), sharing(6)}
	guestScopesDrawn = []scope{in("handles", 4, 2), in("waitables", 3, 4), sharing(5)}
)

// tableProperties are the questions about tables, in the order of the catalogue.
var tableProperties = []string{
	"deterministic", "unique-in-table", "unique-in-instance", "nonzero", "bounded", "dense", "free-list", "no-confusion",
	"diagnosable", "no-stale-alias", "no-stale-alias-weak", "isolation", "unforgeable", "event-identifies",
}

// Options say what a matrix is made of.
type Options struct {
	Variants  []*spec.Variant // nil: all
	Reference *spec.Variant   // what guests are to tell a variant from; nil: the pin's
	Workers   int             // cores to use; 0: one
	Progress  func(string)    // hears what is done next; nil: nobody does
}

// Make explores every variant.
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

// measureLookups times all variants, so that the multiples of per-type are of one run.
func (m *Matrix) measureLookups() {
	times := lookups(spec.Variants)
	for _, row := range m.Rows {
		row.Lookup = times[slices.Index(spec.Variants, row.Variant)]
	}
}

// ofTables are the properties of one run.
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

// draws reports whether a variant's numbering draws indices.
func draws(v *spec.Variant) bool {
	s := spec.NewStore(spec.Options{Variant: v})
	defer s.Close()
	return spec.NewShadowTable(spec.NewComponentInstance(s, nil), spec.TableKey{}).Draws()
}

// cells explores the scopes, and finds the shortest violation of each property.
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
			c.book(report, Search{world, s.bounds, report.States})
		}
	}
	return all
}

// asked are the cells that a scope is explored for.
func (s scope) asked(all []*Cell) []*Cell {
	return slices.DeleteFunc(slices.Clone(all), func(c *Cell) bool { return s.only != "" && c.Property.Name != s.only })
}

// book adds what a search says of the cell's property.
func (c *Cell) book(report *model.Report, s Search) {
	c.Searches = append(c.Searches, s)
	c.Never = append(c.Never, report.NeverTaken...)
	c.Met = c.Met || slices.Contains(report.Exercised, c.Property.Name)
	for _, v := range report.Violations {
		if v.Property == c.Property.Name && (c.Fails == nil || v.Actions < c.Fails.Actions) {
			c.Fails, c.World = v, s.World
		}
	}
}
