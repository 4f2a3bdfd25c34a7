package matrix

import (
	"fmt"
	"io"
	"strings"

	"cabi/model"
)

// gains says of each variant what it buys and what it costs, for the page: the reading of its column.
var gains = map[string]string{
	"single-table": "What upstream settled on. An index alone says what it names in its instance, so a wrong use always traps and the trap " +
		"says what is there; arrays are as short as can be. The price is the number of an index: it depends on what else the instance " +
		"holds, and a stale index may name anything that came later.",
	"per-type": "What the question was about. Indices of a type depend on nothing but that type's own handles. But an index names up to one " +
		"element of each type: used as the wrong type it quietly reaches another element, and where it reaches nothing the trap can only say " +
		"\"unknown handle index 1\". The arrays of all types together are longer than what the instance ever held at once.",
	"resource-table": "The step in between. For resources alone it has all that `single-table` has; what is left of the old confusion is " +
		"between resources, waitables and sets.",
	"single-table-threads": "As `single-table`; a thread takes an index too, so that the first handle of a call is no longer 1, and which index a handle gets " +
		"depends on which calls came and went: what is freed may go to a thread.",
	"per-type-random": "The opening proposal. Random and unique indices do away with confusion between live handles, as one table does, but traps " +
		"still cannot say what an index names without a look into every other table, indices are neither reproducible nor small. A " +
		"stale index is reused by chance only: the searches show it since they let it draw from a few numbers; from 2^28 it takes luck.",
	"single-sequential": "\"Random may as well be sequential\". No stale index ever reaches anything. The price is that nothing is given " +
		"back: the array grows with all that was ever made (a map instead of it would not), and an instance that has made 2^28 handles can make no more.",
	"per-type-disjoint": "For debugging. Indices are unique in the instance and depend on their type's own history only; they are large, and a trap " +
		"still cannot say what is there, since the table that is looked in does not know. A range has 2^20 indices: beyond so many handles of a type, or some " +
		"240 types, ranges overlap or indices leave 28 bits, which no bound here comes to.",
	"per-payload-type": "Why waitables share a table. An event, or `waitable.join`, has an index and no type: with a table for each payload type two streams " +
		"have the same index, and not even a guest with typed bindings is safe, because it joins one stream and the other goes into the set.",
	"store-wide": "One table for the whole store, and a channel between instances: what one makes and drops shows in the indices of the other.",
	"single-generational": "Keeps the short arrays of `single-table` and notices stale indices; an index is then no place but a place and a generation, so " +
		"large numbers come up early, and after 256 uses of a place an old index is taken for a new one again. With more than 2^20 handles at once places would run " +
		"into generations. Both are beyond every bound here.",
}

const intro = `# The matrix: how should integers be assigned to handles?

Each way of numbering handles that component-model#395 weighed or that upstream went through, against each property somebody
wanted of it. Made by ` + "`make docs`" + ` from ` + "`cabi matrix --markdown`" + `; a test keeps it true.

A cell says **holds (n)** if every run of the worlds below was explored within the bounds, n states, what the property speaks
of came up, and none violates it; and **fails n** if there is a program that violates it after n actions and none after fewer:
the shortest. Each stands below, and can be run again with ` + "`cabi replay`" + `.

`

const guestsIntro = `## Which guests would notice

"Probably won't break anyone", says #395 of a change of numbering. The same program runs under a variant and under
%s, side by side, its handles known by names; a property fails where the outcomes part: an element reached, a result, a
trap. #0 is the first handle that was handed out
in the run, #1 the second. Each kind of programs has a row:

| property | the guest |
|---|---|
`

// WriteMarkdown writes the page.
func (m *Matrix) WriteMarkdown(w io.Writer) {
	fmt.Fprint(w, intro)
	m.writeScopes(w)
	m.writeTable(w)
	fmt.Fprintf(w, guestsIntro, "`"+m.Reference.Name+"`")
	for _, p := range Guests(m.Reference) {
		fmt.Fprintf(w, "| `%s` | %s |\n", p.Name, does[p.Name])
	}
	fmt.Fprintln(w, "\nThat opaque guests cannot tell two variants from a third means that they cannot tell them from each other either. The other\nrows say nothing of other pairs; `cabi matrix --reference per-type` asks about those.")
	fmt.Fprintf(w, "\n## What each gains and costs\n")
	for _, row := range m.Rows {
		fmt.Fprintf(w, "\n**`%s`** (%s; %s). %s\n", row.Variant.Name, row.Variant.Says, row.Variant.Origin, gains[row.Variant.Name])
	}
	fmt.Fprintf(w, "\n## The properties\n\n")
	for _, p := range m.Properties {
		fmt.Fprintf(w, "- `%s`: %s", p.Name, p.Statement)
		if p.BlindSpots != "" {
			fmt.Fprintf(w, " Not seen: %s", p.BlindSpots)
		}
		fmt.Fprintln(w)
	}
	m.writeTraces(w)
}

func (m *Matrix) writeScopes(w io.Writer) {
	fmt.Fprintf(w, "| worlds and bounds | properties | variants |\n|---|---|---|\n")
	for _, s := range tableScopes {
		fmt.Fprintf(w, "| %s | %s | those that do not draw |\n", s, s.asks("all of one run"))
	}
	for _, s := range tableScopesDrawn {
		fmt.Fprintf(w, "| %s | %s | those that draw |\n", s, s.asks("all of one run"))
	}
	for _, s := range guestScopes {
		fmt.Fprintf(w, "| %s | those about guests | those that do not draw |\n", s)
	}
	for _, s := range guestScopesDrawn {
		fmt.Fprintf(w, "| %s | those about guests | those that draw |\n", s)
	}
	fmt.Fprintln(w)
}

func (s scope) String() string { return fmt.Sprintf("`%s`: %s", s.world, s.bounds) }

func (s scope) asks(all string) string {
	if s.only != "" {
		return "`" + s.only + "`"
	}
	return all
}

func (m *Matrix) writeTable(w io.Writer) {
	fmt.Fprintf(w, "| |")
	for _, row := range m.Rows {
		fmt.Fprintf(w, " `%s` |", row.Variant.Name)
	}
	fmt.Fprintf(w, "\n|---|%s\n", strings.Repeat("---|", len(m.Rows)))
	for i, p := range m.Properties {
		fmt.Fprintf(w, "| `%s` |", p.Name)
		for _, row := range m.Rows {
			fmt.Fprintf(w, " %s |", row.cell(i))
		}
		fmt.Fprintln(w)
	}
	for _, measure := range Measures {
		fmt.Fprintf(w, "| %s |", measure.Says)
		for _, row := range m.Rows {
			fmt.Fprintf(w, " %s |", measure.Of(row))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\n%s\n\n", measuresSay)
}

// cell is a cell of the page.
func (row *Row) cell(i int) string {
	c := row.Cells[i]
	switch {
	case c.Holds() && !c.Exercised:
		return "holds, vacuously"
	case c.Holds():
		return fmt.Sprintf("holds (%d)", c.States())
	}
	return fmt.Sprintf("[**fails %d**](#%s)", c.Fails.Actions, row.anchor(c))
}

func (row *Row) heading(c *Cell) string { return c.Property.Name + " under " + row.Variant.Name }

func (row *Row) anchor(c *Cell) string { return strings.ReplaceAll(row.heading(c), " ", "-") }

// A Measure is a measured column.
type Measure struct {
	Name string
	Says string
	Of   func(*Row) string
}

// Measures are the measured columns.
var Measures = []Measure{
	{"places", "places of arrays per handle, worst", func(r *Row) string { return fmt.Sprintf("%.2f", r.Places) }},
	{"churn", "the same after churn", func(r *Row) string { return fmt.Sprintf("%.2f", r.Churn) }},
	{"lookup", LookupSays, func(r *Row) string { return fmt.Sprintf("%.1f", r.Lookup) }},
}

// LookupSays heads the one row of the page that is not the same each time.
const LookupSays = "time of a lookup, `per-type` being 1"

const measuresSay = `The first measured row is the most places that an instance's arrays have together in any state explored of the world
` + "`handles`" + `, for each handle of the most it ever held at once; where threads have indices too, their places count. The second is the same after a fixed program: of four types,
one after the other, 64 handles are made and dropped, and all that twice. What never reuses an index has no bound: the first row grows with
the bound on actions, the second with the program, here 512 places. A numbering that draws keeps its handles in a short array beside a map here;
a table that used the drawn index as the place would have no bound. The third is the time of a ` + "`resource.rep`" + ` in this project's own tables, 64 handles
of each of four types being live, as measured when the page was made: tables are found by going through a list of them, so
it is the cost of "which table", not that of a production runtime.`

// does says of each kind of guests what it does.
var does = map[string]string{
	"opaque-guests":      "as generated bindings: uses each handle as what it is, until it gives it up, and never looks at the number",
	"confused-guests":    "uses a live handle where another type is wanted",
	"stale-guests":       "uses a handle that it has given up",
	"comparing-guests":   "asks whether two numbers it was handed are equal",
	"hard-coding-guests": "asks whether a number it was handed is a certain one",
}

func (m *Matrix) writeTraces(w io.Writer) {
	fmt.Fprintf(w, "\n## The shortest programs\n")
	for _, row := range m.Rows {
		for _, c := range row.Cells {
			if !c.Holds() {
				fmt.Fprintf(w, "\n#### %s\n\n```\n%s```\n", row.heading(c), c.Fails.Trace)
			}
		}
	}
}

// Object is a cell as cabi matrix --json prints it.
type Object struct {
	Variant  string             `json:"variant"`
	Property string             `json:"property"`
	Verdict  string             `json:"verdict"` // holds or fails
	States   int                `json:"states,omitempty"`
	Steps    int                `json:"steps,omitempty"`
	Worlds   []ObjectWorld      `json:"worlds"`
	What     string             `json:"what,omitempty"`
	Trace    string             `json:"trace,omitempty"`
	Never    []string           `json:"never,omitempty"`
	Measured map[string]float64 `json:"measured"` // of the variant
}

// An ObjectWorld is a world that was explored for a cell, or the one that it fails in.
type ObjectWorld struct {
	World  string       `json:"world"`
	Bounds model.Bounds `json:"bounds"`
	States int          `json:"states,omitempty"`
}

// Objects are all cells.
func (m *Matrix) Objects() []Object {
	var all []Object
	for _, row := range m.Rows {
		for _, c := range row.Cells {
			all = append(all, row.object(c))
		}
	}
	return all
}

func (row *Row) object(c *Cell) Object {
	o := Object{Variant: row.Variant.Name, Property: c.Property.Name, Verdict: "holds", Never: c.NeverTaken,
		Measured: map[string]float64{"places": row.Places, "churn": row.Churn, "lookup": row.Lookup}}
	for _, s := range c.Searches {
		if c.Holds() || s.World == c.World {
			o.Worlds = append(o.Worlds, ObjectWorld{s.World.Name, s.Bounds, s.States})
		}
	}
	if c.Holds() {
		o.States = c.States()
		return o
	}
	o.Verdict, o.Steps, o.What, o.Trace = "fails", c.Fails.Actions, c.Fails.Message, c.Fails.Trace.String()
	return o
}

// WriteText writes the matrix as a table for a terminal.
func (m *Matrix) WriteText(w io.Writer) {
	for i, row := range m.Rows {
		fmt.Fprintf(w, "%2d  %s: %s\n", i+1, row.Variant.Name, row.Variant.Says)
	}
	fmt.Fprintf(w, "\n%-38s", "")
	for i := range m.Rows {
		fmt.Fprintf(w, "%8d", i+1)
	}
	fmt.Fprintln(w)
	for i, p := range m.Properties {
		fmt.Fprintf(w, "%-38s", p.Name)
		for _, row := range m.Rows {
			fmt.Fprintf(w, "%8s", row.Cells[i].short())
		}
		fmt.Fprintln(w)
	}
	for _, measure := range Measures {
		fmt.Fprintf(w, "%-38s", strings.ReplaceAll(measure.Says, "`", ""))
		for _, row := range m.Rows {
			fmt.Fprintf(w, "%8s", measure.Of(row))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "\nholds: explored within the bound, no counterexample. fails n: the shortest counterexample has n actions (--json, --markdown show it).")
}

func (c *Cell) short() string {
	if c.Holds() {
		return "holds"
	}
	return fmt.Sprintf("fails %d", c.Fails.Actions)
}
