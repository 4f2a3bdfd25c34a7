package traps

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"cabi/spec"
)

// A Row is a site with its line and sentence, as `cabi sites` lists it.
type Row struct {
	Site     spec.Site
	Line     int // in definitions.py
	Sentence string
}

const intro = `# Why each trap exists

For each trap of ` + "`definitions.py`" + `, this page says which program takes the trap, and what goes wrong when the trap is missing. The programs
are the files in [` + folder + `](` + folder + `); ` + "`cabi replay FILE`" + ` runs one. ` + "`make docs`" + ` makes the page and the programs, as ` + "`cabi traps -o docs/generated`" + ` does,
and a test keeps them true.

## How the programs are found

` + "`cabi traps`" + ` explores small worlds breadth first, so it finds a shortest program for each trap. There are two kinds of worlds:

- %d scenarios, which exist for this page only and are called ` + "`trap-…`" + `. The guests and the host of a scenario try a list of whole actions, which
  was written for it (` + "`internal/traps/scenarios.go`" + `).
- all named worlds (` + "`cabi list worlds`" + `) that a search can exhaust. Each is explored to its own bounds.

"Shortest" means that no world among these has a shorter program. Worlds leave actions out of their menus, so a shorter program may exist
elsewhere.

## How a trap is shown to be needed

` + "`cabi traps`" + ` switches the trap off, runs the same program again, and explores all that can follow within %d actions, or %d transitions, nearest
first. It looks for a violation of a promise of the catalogue (` + "`cabi list properties`" + `). A violation that is found nearby with the trap on, too,
does not count. If the search finds nothing, it goes on from a *witness*, if there is one: a longer program that was written by hand for this trap
(` + "`internal/traps/witnesses.go`" + `). If there is none, it explores all programs of the same world of up to %d actions, or %d transitions.
A trap is needed

- by a *property* if a promise is violated without the trap;
- by an *assert* if nothing is violated without the trap but this: an assert of ` + "`definitions.py`" + ` fails later on, or the Python crashes.

`

const trapsIntro = `
## Traps

The first column links to the shortest program that takes the trap, which has so many actions. The last column links to a program that is run
without the trap, and says which property the program violates, or which assert fails in it, or where the Python crashes with which exception.

| trap | line | it traps because | actions | world | without it |
|---|---|---|---|---|---|
`

const exceptionsIntro = `
## Exceptions

For these traps, no program was found that takes the trap, or none that goes wrong without it:

`

// WriteMarkdown writes the page, which links to the programs of Files.
func (r *Result) WriteMarkdown(w io.Writer, traps, asserts []Row) {
	fmt.Fprintf(w, intro, len(scenarios), breakDepth, breakTransitions, elsewhereDepth, elsewhereTransitions)
	r.writeFigures(w)
	fmt.Fprint(w, trapsIntro)
	for i, t := range r.Traps {
		fmt.Fprintf(w, "| %s | %d | %s | %s |\n", t.link(), traps[i].Line, traps[i].Sentence, t.columns())
	}
	fmt.Fprint(w, exceptionsIntro)
	for _, t := range r.Traps {
		if why := t.Why(); why == ByNothing || why == Unreached {
			fmt.Fprintf(w, "- `%s`: %s\n", t.Site, t.Explanation())
		}
	}
	r.writeAsserts(w, asserts)
}

// link is the first column of a trap's row.
func (t *Trap) link() string {
	if t.Trace == nil {
		return fmt.Sprintf("`%s`", t.Site)
	}
	return fmt.Sprintf("[`%s`](%s)", t.Site, t.takes())
}

// columns are the last columns of a trap's row on the page.
func (t *Trap) columns() string {
	if t.Trace == nil {
		return "none | | see exceptions"
	}
	return fmt.Sprintf("%d | `%s` | %s", t.Actions, t.World.Name, t.needed())
}

// needed is the last column of a trap's row on the page.
func (t *Trap) needed() string {
	b := t.Broken()
	if b == nil {
		return "nothing was found, see exceptions"
	}
	by := fmt.Sprintf("%s: [`%s`](%s)", t.by(), b.name(), t.goesWrong())
	if t.ByWitness {
		by += ", shown by a witness"
	}
	return by
}

func (r *Result) writeFigures(w io.Writer) {
	n := r.Figures()
	reached := len(r.Traps) - n[Unreached]
	needed := reached - n[ByNothing]
	fmt.Fprintf(w, "| | traps | share |\n|---|---|---|\n")
	fmt.Fprintf(w, "| taken by a program | %d of %d | %s |\n", reached, len(r.Traps), percent(reached, len(r.Traps)))
	fmt.Fprintf(w, "| needed, of those that are taken | %d of %d | %s |\n", needed, reached, percent(needed, reached))
	fmt.Fprintf(w, "| needed by a property | %d | %s |\n", n[ByProperty], percent(n[ByProperty], reached))
	fmt.Fprintf(w, "| needed by an assert only | %d | %s |\n", n[ByAssert], percent(n[ByAssert], reached))
	fmt.Fprintf(w, "| needed by nothing that was found | %d | %s |\n", n[ByNothing], percent(n[ByNothing], reached))
}

// Figures counts the traps for each way in which they are shown to be needed, or not.
func (r *Result) Figures() map[Why]int {
	n := map[Why]int{}
	for _, t := range r.Traps {
		n[t.Why()]++
	}
	return n
}

func percent(n, of int) string {
	if of == 0 {
		return "none"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}

// Explanation says why nothing was found that needs the trap, or that takes it.
func (t *Trap) Explanation() string {
	if why := exceptions[t.Site]; why != "" {
		return why
	}
	return "Not explained: a property is missing, or the trap is redundant."
}

// Broken is the program that shows that the trap is needed; nil: none was found.
func (t *Trap) Broken() *Break {
	for _, b := range []*Break{t.Breaks, t.Stops} {
		if b != nil {
			return b
		}
	}
	return nil
}

// summary is the last columns of a trap's row in the text.
func (t *Trap) summary() string {
	if t.Trace == nil {
		return "none | | see exceptions"
	}
	without := "nothing was found, see exceptions"
	if b := t.Broken(); b != nil {
		without = fmt.Sprintf("%s: `%s`", t.by(), b.name())
	}
	return fmt.Sprintf("%d | `%s` | %s", t.Actions, t.World.Name, without)
}

func (t *Trap) by() string {
	if t.Why() == ByProperty {
		return "property"
	}
	return "assert"
}

// name is the property that is violated, or the place where the Python stops.
func (b *Break) name() string {
	if isStop(b.Property) {
		return b.Kind
	}
	return b.Property
}

const assertsIntro = `
## Asserts

The same explorations evaluate the asserts of ` + "`definitions.py`" + `. An assert *held* in a world if it was evaluated there and failed in no state
within the bounds. A named world was explored completely within these bounds, a scenario to its own number of actions.
[findings.md](../findings.md) has the asserts that fail in random walks and in other worlds.

| world | bounds | states |
|---|---|---|
`

func (r *Result) writeAsserts(w io.Writer, rows []Row) {
	fmt.Fprint(w, assertsIntro)
	for _, world := range r.Worlds {
		fmt.Fprintf(w, "| `%s` | %s | %d |\n", world.Name, world.Bounds, world.States)
	}
	fmt.Fprintf(w, "\n| assert | line | it asserts that | found |\n|---|---|---|---|\n")
	for i, a := range r.Asserts {
		fmt.Fprintf(w, "| `%s` | %d | %s | %s |\n", a.Site, rows[i].Line, rows[i].Sentence, a.found())
	}
}

func (a *Assert) found() string {
	switch {
	case a.Fails != nil:
		return fmt.Sprintf("**fails** in world `%s` after %d actions", a.World.Name, a.length)
	case len(a.Held) > 0:
		return fmt.Sprintf("held in %s", strings.Join(shortened(a.Held), ", "))
	default:
		return "not evaluated: " + a.why()
	}
}

// shortened is the first names of a list, and how many more there are.
func shortened(names []string) []string {
	if len(names) <= 4 {
		return names
	}
	return append(slices.Clip(names[:3]), fmt.Sprintf("%d more", len(names)-3))
}

// WriteText writes a line for each trap, and the figures.
func (r *Result) WriteText(w io.Writer) {
	for _, t := range r.Traps {
		found := t.summary()
		fmt.Fprintf(w, "%-56s %s\n", t.Site, strings.ReplaceAll(strings.ReplaceAll(found, "`", ""), " | ", "  "))
	}
	n := r.Figures()
	reached := len(r.Traps) - n[Unreached]
	fmt.Fprintf(w, "\n%d of %d traps are reached (%s); %d of those are needed (%s): %d by a property, %d only by an assert; %d by nothing that was found\n",
		reached, len(r.Traps), percent(reached, len(r.Traps)), reached-n[ByNothing], percent(reached-n[ByNothing], reached),
		n[ByProperty], n[ByAssert], n[ByNothing])
}

// An Object is a trap as cabi traps --json prints it.
type Object struct {
	Site        spec.Site `json:"site"`
	Line        int       `json:"line"`
	World       string    `json:"world,omitempty"`
	Actions     int       `json:"actions,omitempty"`
	Trace       string    `json:"trace,omitempty"`
	Needed      Why       `json:"needed"` // by a property, an assert, nothing; or unreached: no program takes the trap
	Breaks      string    `json:"breaks,omitempty"`
	What        string    `json:"what,omitempty"`
	Without     string    `json:"without,omitempty"` // the trace with the trap off
	Hinted      bool      `json:"hinted,omitempty"`  // Without is a witness
	Next        spec.Site `json:"next,omitempty"`    // the trap that the program takes without this one
	Explanation string    `json:"explanation,omitempty"`
}

// Objects are all traps as cabi traps --json prints them.
func (r *Result) Objects(rows []Row) []Object {
	var all []Object
	for i, t := range r.Traps {
		all = append(all, t.object(rows[i]))
	}
	return all
}

func (t *Trap) object(row Row) Object {
	o := Object{Site: t.Site, Line: row.Line, Needed: t.Why(), Hinted: t.ByWitness, Next: t.Next}
	if t.Trace != nil {
		o.World, o.Actions, o.Trace = t.World.Name, t.Actions, t.Trace.String()
	}
	if b := t.Broken(); b != nil {
		o.Breaks, o.What, o.Without = b.name(), b.Message, b.Trace.String()
	} else {
		o.Explanation = t.Explanation()
	}
	return o
}
