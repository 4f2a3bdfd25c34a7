package matrix

import (
	"fmt"
	"io"
	"strings"

	"cabi/model"
)

// gains says of each variant what it gains and what it costs. It explains the variant's column.
var gains = map[string]string{
	"single-table": "Upstream's choice. In its instance, an index alone says which element it is of, so every wrong use traps and the trap says " +
		"which element is there; arrays are as short as they can be. The price is that the number of an index depends on everything else that " +
		"the instance holds, and that a stale index may be that of any element that came later.",
	"per-type": "The numbering that #395 wants to be relaxed. The indices of a type depend only on the handles of that type. But an index can be that of one " +
		"element of each type: used as the wrong type, it reaches another element without a trap, and where it reaches nothing the trap can only say " +
		"\"unknown handle index 1\". The arrays of all types together are longer than the most handles that the instance ever held at once.",
	"resource-table": "The step in between. For resources alone it has all the advantages of `single-table`. An index can still be that of a resource, a " +
		"waitable and a set.",
	"single-table-threads": "As `single-table`, but a thread takes an index too. So the first handle of a call no longer has the index 1, and the index of a handle " +
		"depends on which calls began and ended before, since a thread may take an index that a handle gave back.",
	"per-type-random": "The proposal that opened #395, as it stands: an index is unique among the handles of its type. Two types may draw the same, so live handles " +
		"are confused as under `per-type`, but only by chance (see [how rarely](#how-rarely-random-indices-meet)). A trap cannot say which " +
		"element an index is of without a search through every other table, and indices are neither reproducible nor small. A stale index is used again " +
		"only by chance, too.",
	"instance-random": "A host may do this under the proposal, which does not demand it: draw what nothing in the instance has. That prevents that live handles are " +
		"confused, as one table does. All else is as under `per-type-random`.",
	"single-sequential": "Random indices may as well be sequential. No stale index ever reaches an element. The price is that no place is given " +
		"back: the array grows with every handle that is ever made (a map in its place would not), and an instance that has made 2^28 handles can make no more.",
	"per-type-disjoint": "A mode for debugging. Indices are unique in the instance and depend only on the history of their type. But they are large, and a trap " +
		"cannot say which element an index is of, because the lookup sees only the table of the expected type. A range has 2^20 indices. With more handles of a type, or more than " +
		"some 240 types, ranges would overlap or indices would need more than 28 bits; no search here comes to that.",
	"per-payload-type": "The reason why waitables share a table. An event, or `waitable.join`, has an index and no type. With a table for each payload type, two streams can " +
		"have the same index, and even a guest with typed bindings is not safe: it joins one stream, and the other goes into the set.",
	"store-wide": "One table for the whole store, which is a channel between instances: the indices of one instance depend on the handles that another makes and drops.",
	"single-generational": "The variant has the short arrays of `single-table` and notices stale indices. An index is a place and a generation, so " +
		"large numbers come up early, and after 256 uses of a place an old index is taken for a new one. With more than 2^20 handles at once, the places would run " +
		"into the generations. No search here comes to either.",
}

const intro = `# The matrix: how should integers be assigned to handles?

component-model#395 asks how indices should be assigned to handles. This page compares some answers, the *variants*: those that the issue
discusses, and those that upstream had or has. Each variant has a column, and each property that somebody wanted of the numbering has a row.
` + "`make docs`" + ` makes the page with ` + "`cabi matrix --markdown`" + `; a test keeps it true.

- **holds (n)**: no run of the worlds below violates the property within the bounds. The searches explored n states and
  exercised the property.
- **fails n**: a program of n actions violates the property, and no shorter one does. The program is below; ` + "`cabi replay`" + ` runs it.

`

const asked = `## Who asked for what

The messages in which upstream discussed the numbering, retold in short, and the rows and columns that answer them.

| who | what | rows and columns |
|---|---|---|
| alexcrichton, [#395](https://github.com/WebAssembly/component-model/issues/395), 2024-09-16 | An engine must keep a table for each resource type and give the index that was freed last. So handles of two types have the index 1, and where that is passed as a third type, all that the runtime can report is an "unknown handle index". This happened with two versions of wasi:io/poll. | ` + "`per-type`: `unique-in-instance`, `diagnosable`" + ` |
| the same | An engine should be free to give "a random, but unique, index per resource type". | ` + "`per-type-random`; `instance-random` is a stronger reading" + ` |
| lukewagner, the same, 2024-09-23 | Where indices are mostly dense, bindings can keep what belongs to a handle in an array and need no map. That does not demand determinism, but speaks against random indices from the whole range. | ` + "`dense`" + `; places of arrays |
| lukewagner, the same, 2024-11-19 | Keep the numbering deterministic. Put all resources of an instance into one table, which helps to debug the use of a handle as the wrong type, and makes runtimes simpler. It "probably won't break anyone now". | ` + "`resource-table`: `deterministic`, `diagnosable`" + `; all kinds of guests |
| lukewagner, [#427](https://github.com/WebAssembly/component-model/pull/427), 2024-12-05 | The change itself. It stays deterministic, and the branch that it costs should not matter. | ` + "`resource-table`: `deterministic`" + `; time of a lookup |
| sunfishcode, the same, 2024-12-06 | The numbering does not show in a component's public interface, so it may become an option later. | ` + "`opaque-guests`" + ` |
| lukewagner, [#511](https://github.com/WebAssembly/component-model/issues/511), 2025-04-29 | Whether waitable sets have a table of their own can be seen from the indices. If tables are merged at all, why not those of resources and waitables? | ` + "`comparing-guests`, `hard-coding-guests`" + ` |
| lukewagner, [#513](https://github.com/WebAssembly/component-model/pull/513), 2025-05-01 | One table for resources, waitables, waitable sets and the rest. | ` + "`single-table`" + ` |
| alexcrichton, [wasmtime#10701](https://github.com/bytecodealliance/wasmtime/pull/10701), 2025-04-30 | Guests see other indices after #427, as those of two types no longer overlap. That should hardly matter, since guests treat handles as opaque. | ` + "`opaque-guests`" + ` |

The other properties and variants are this project's: they say what else changes with the numbering.

`

const guestsIntro = `## Which guests would notice

One table for all resources "probably won't break anyone now", wrote lukewagner in #395. To find out, the same program runs under a variant and under %s, side by
side. The two runs use the same handles, whatever their indices are. The property of a kind of guests fails if the outcomes differ: the
element that is reached, a result, or a trap. The programs write #0 for the first handle that was issued in the run, and #1 for the second.

| property | the guest |
|---|---|
`

const guestsEnd = `
If opaque guests cannot tell two variants from a third, they cannot tell these two from each other either. The other rows say nothing about
other pairs of variants; ` + "`cabi matrix --reference per-type`" + ` compares with another variant.`

// WriteMarkdown writes the page.
func (m *Matrix) WriteMarkdown(w io.Writer) {
	fmt.Fprint(w, intro)
	m.writeScopes(w)
	m.writeTable(w)
	fmt.Fprint(w, asked)
	writeChances(w)
	fmt.Fprintf(w, guestsIntro, "`"+m.Reference.Name+"`")
	for _, p := range Guests(m.Reference) {
		fmt.Fprintf(w, "| `%s` | %s |\n", p.Name, does[p.Name])
	}
	fmt.Fprintln(w, guestsEnd)
	fmt.Fprintf(w, "\n## What each variant gains and costs\n")
	for _, row := range m.Rows {
		fmt.Fprintf(w, "\n**`%s`** (%s; %s). %s\n", row.Variant.Name, row.Variant.Says, row.Variant.Origin, gains[row.Variant.Name])
	}
	fmt.Fprintf(w, "\n## The properties\n\n")
	for _, p := range m.Properties {
		fmt.Fprintf(w, "- `%s`: %s", p.Name, p.Statement)
		if p.BlindSpots != "" {
			fmt.Fprintf(w, " Not checked: %s", p.BlindSpots)
		}
		fmt.Fprintln(w)
	}
	m.writeTraces(w)
}

func (m *Matrix) writeScopes(w io.Writer) {
	fmt.Fprintf(w, "| world and bounds | properties | variants |\n|---|---|---|\n")
	for _, s := range tableScopes {
		fmt.Fprintf(w, "| %s | %s | those that do not draw |\n", s, s.asks("those of tables"))
	}
	for _, s := range tableScopesDrawn {
		fmt.Fprintf(w, "| %s | %s | those that draw |\n", s, s.asks("those of tables"))
	}
	for _, s := range guestScopes {
		fmt.Fprintf(w, "| %s | those of guests | those that do not draw |\n", s)
	}
	for _, s := range guestScopesDrawn {
		fmt.Fprintf(w, "| %s | those of guests | those that draw |\n", s)
	}
	fmt.Fprintln(w)
}

func (s scope) String() string { return fmt.Sprintf("`%s`: %s", s.world, s.bounds) }

// asks says which properties are checked in a scope.
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

// cell is the text of a cell of the page.
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

// A Measure is a measured row of the page.
type Measure struct {
	Name string
	Says string            // its heading
	Of   func(*Row) string // its cell for a variant
}

// Measures are the measured rows.
var Measures = []Measure{
	{"places", "places of arrays per handle, worst", func(r *Row) string { return fmt.Sprintf("%.2f", r.Places) }},
	{"churn", "the same after churn", func(r *Row) string { return fmt.Sprintf("%.2f", r.Churn) }},
	{"lookup", LookupSays, func(r *Row) string { return fmt.Sprintf("%.1f", r.Lookup) }},
}

// LookupSays heads the one row of the page that is not the same each time.
const LookupSays = "time of a lookup, `per-type` being 1"

const measuresSay = `The last three rows are measured.

- *Places per handle, worst*: the arrays of an instance's tables have places. The ratio is the most places that they have together in any
  explored state of the world ` + "`handles`" + `, divided by the most handles that the instance ever held at once. Where threads have indices too, their
  places count.
- *After churn*: the same ratio after a fixed program, which makes and drops 64 handles of each of four types, one type after the other, and
  all that twice. A numbering that never uses an index again has no bound: the first ratio grows with the bound on actions, and the second
  with the program, which needs 512 places here. A numbering that draws indices keeps its handles in a short array beside a map here; a table that used the
  drawn index as the place would have no bound either.
- *Time of a lookup*: the time of a ` + "`resource.rep`" + ` in this project's own tables, with 64 live handles of each of four types, measured when the page
  was made. A lookup goes through a list of tables, so this is the cost of finding the table, and not that of a lookup in a production
  runtime.`

// does says of each kind of guests what it does.
var does = map[string]string{
	"opaque-guests":      "behaves as generated bindings do: it uses each handle as it was issued, until it gives the handle up, and never looks at the number",
	"confused-guests":    "uses a live handle where a handle of another type is expected",
	"stale-guests":       "uses a handle that it has given up",
	"comparing-guests":   "asks whether two numbers that it was given are equal",
	"hard-coding-guests": "asks whether a number that it was given is a certain number",
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

// An Object is a cell as cabi matrix --json prints it.
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

// Objects are all cells, row by row.
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
