package traps

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"cabi/spec"
)

// A Row is what `cabi sites` says of a site.
type Row struct {
	Site     spec.Site
	Line     int // in definitions.py
	Sentence string
}

const intro = `# Why each trap exists

For every trap of ` + "`definitions.py`" + `: the shortest program that takes it, and what goes wrong if it is not there. Made by ` + "`make docs`" + ` from
` + "`cabi traps --markdown`" + `; a test keeps it true.

The shortest programs are found by exploring small worlds breadth first: %d scenarios of this page, whose guests and host try a list of whole
actions written for it (` + "`internal/traps/scenarios.go`" + `), and every named world that can be exhausted, to its own bounds. "Shortest" means that no world
among these has a shorter one; what a world's own menu leaves out may be shorter still.

Then the trap is switched off, the same program goes on, and everything that can follow within %d actions is explored, nearest first, until a
property is violated. What is violated nearby with the trap on as well says nothing and is left out. The trap is needed

- *by a property*: one of the promises of the catalogue (` + "`cabi list properties`" + `) breaks;
- *by an assert*: only a later assert of the Python fails, or the Python would crash.

`

// WriteMarkdown writes the page.
func (r *Result) WriteMarkdown(w io.Writer, traps, asserts []Row) {
	fmt.Fprintf(w, intro, len(scenarios), breakDepth)
	r.writeFigures(w)
	fmt.Fprintf(w, "\n## Traps\n\n| trap | line | it is trapped that | shortest | world | without it |\n|---|---|---|---|---|---|\n")
	for i, t := range r.Traps {
		fmt.Fprintf(w, "| [`%s`](#%s) | %d | %s | %s |\n", t.Site, anchor(t.Site), traps[i].Line, traps[i].Sentence, t.summary())
	}
	fmt.Fprintf(w, "\n## Exceptions\n\n")
	for _, t := range r.Traps {
		if why := t.Why(); why == ByNothing || why == Unreached {
			fmt.Fprintf(w, "- `%s`: %s\n", t.Site, t.Explanation())
		}
	}
	r.writeAsserts(w, asserts)
	fmt.Fprintf(w, "\n## The programs\n\nEach is a trace for `cabi replay`. The first takes the trap; the second has it switched off, as its header says.\n")
	for i, t := range r.Traps {
		t.write(w, traps[i])
	}
}

func (r *Result) writeFigures(w io.Writer) {
	n := r.Figures()
	reached := len(r.Traps) - n[Unreached]
	needed := reached - n[ByNothing]
	fmt.Fprintf(w, "| | traps | of those |\n|---|---|---|\n")
	fmt.Fprintf(w, "| reached by a program | %d of %d | %s |\n", reached, len(r.Traps), percent(reached, len(r.Traps)))
	fmt.Fprintf(w, "| needed, of those reached | %d of %d | %s |\n", needed, reached, percent(needed, reached))
	fmt.Fprintf(w, "| by a property of the catalogue | %d | %s |\n", n[ByProperty], percent(n[ByProperty], reached))
	fmt.Fprintf(w, "| only by an assert or a crash | %d | %s |\n", n[ByAssert], percent(n[ByAssert], reached))
	fmt.Fprintf(w, "| by nothing that was found | %d | %s |\n", n[ByNothing], percent(n[ByNothing], reached))
}

// Figures counts the traps by how they are shown to be needed.
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

// Explanation says why nothing needs a trap, or nothing takes it.
func (t *Trap) Explanation() string {
	if why := exceptions[t.Site]; why != "" {
		return why
	}
	return "Not explained: a property is missing, or the trap is redundant."
}

// Broken is what shows that the trap is needed; nil: nothing does.
func (t *Trap) Broken() *Break {
	for _, b := range []*Break{t.Breaks, t.Stops} {
		if b != nil {
			return b
		}
	}
	return nil
}

// summary is the last columns of a trap's row.
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

// name is the property, or where the Python stops.
func (b *Break) name() string {
	if isStop(b.Property) {
		return b.Kind
	}
	return b.Property
}

// anchor is what a Markdown heading that is a site in backquotes is linked by.
func anchor(site spec.Site) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/.<>`", r) {
			return -1
		}
		return r
	}, strings.ToLower(string(site)))
}

func (t *Trap) write(w io.Writer, row Row) {
	fmt.Fprintf(w, "\n#### `%s`\n\nLine %d: %s.\n", t.Site, row.Line, row.Sentence)
	if t.Trace == nil {
		return
	}
	fmt.Fprintf(w, "\n```\n%s```\n", t.Trace)
	if t.Next != "" && t.Next != t.Site {
		fmt.Fprintf(w, "\nWithout it, `%s` traps in this program.\n", t.Next)
	}
	if b := t.Broken(); b != nil {
		if t.ByWitness {
			fmt.Fprintf(w, "\nWhat goes wrong was shown by a longer program, given by hand:\n")
		}
		fmt.Fprintf(w, "\n```\n%s```\n", b.Trace)
	}
}

const assertsIntro = `
## Asserts

What the same explorations say of the asserts: one that held in a world failed in none of its states. Within their bounds, the named worlds
are exhausted; the scenarios (` + "`trap-…`" + `) to their own number of actions. [findings.md](../findings.md) has what random walks and other
worlds make fail.

| world | bounds | states |
|---|---|---|
`

func (r *Result) writeAsserts(w io.Writer, rows []Row) {
	fmt.Fprint(w, assertsIntro)
	for _, world := range r.Worlds {
		fmt.Fprintf(w, "| `%s` | %s | %d |\n", world.Name, world.Bounds, world.States)
	}
	fmt.Fprintf(w, "\n| assert | line | it says that | found |\n|---|---|---|---|\n")
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

// shortened is the first few names, and how many more there are.
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
	Needed      Why       `json:"needed"` // by a property, an assert, nothing; or unreached
	Breaks      string    `json:"breaks,omitempty"`
	What        string    `json:"what,omitempty"`
	Without     string    `json:"without,omitempty"` // the trace with the trap off
	Hinted      bool      `json:"hinted,omitempty"`
	Next        spec.Site `json:"next,omitempty"` // the trap that the program takes instead
	Explanation string    `json:"explanation,omitempty"`
}

// Objects are all traps.
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
