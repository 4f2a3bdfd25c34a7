package toolchains

import (
	"fmt"
	"strings"
)

// Page is docs/toolchains.md.
func Page(recordings []*Recording, besideThem []*Beside, schedulings *Schedulings, dependences []*Dependence, figures []Figure) string {
	var b strings.Builder
	b.WriteString(intro)
	agreeing(&b, recordings)
	b.WriteString(afterAgreeing)
	besides(&b, besideThem)
	b.WriteString(beforeDepending)
	depending(&b, dependences)
	examples(&b, dependences)
	rights(&b, dependences)
	conclusion(&b, dependences)
	schedules(&b, schedulings)
	b.WriteString(afterAnswer)
	measured(&b, figures)
	worthwhile(&b, figures)
	b.WriteString(making)
	return b.String()
}

const intro = `# Components of real toolchains

For whoever wants to know whether the specification, as it is written, runs the components that people have, and whether these depend on
how it numbers handles. Component-model#395 changed the numbering, and was settled with "probably won't break anyone". This page has the
answer of real programs.

The components are of three toolchains: ` + "`@bytecodealliance/componentize-js`" + ` 0.23.0, which has a JavaScript program run by StarlingMonkey;
` + "`componentize-qjs`" + ` 0.4.5, which has one run by QuickJS; and Rust, in two components that the packages ` + "`@arcjet/redact-wasm`" + ` 1.4.0 and
` + "`@arcjet/analyze-wasm`" + ` 1.5.0 ship. The programs for the first two are in [internal/toolchains/programs](../internal/toolchains/programs):
strings, numbers of all kinds, records, variants, options, results, resources of the program's and of the host's, functions of the host's,
WASI, async functions, streams and futures. A session is calls that are made in order in one instance; some were written, and some
drawn from a seed.

## What agrees with Wasmtime

Each call was made in Wasmtime 39.0.1 and on the port of ` + "`definitions.py`" + `, with the same host. *Same* are the calls that gave the same
result, or trapped in both. What the host saw is the same too: which of its functions were called with what, and when its resources were
dropped. Wasmtime's C API has no async functions; what calls of those return is written with the sessions.

| component | sessions | calls | same | of these, traps |
|---|---|---|---|---|
`

func agreeing(b *strings.Builder, recordings []*Recording) {
	sessions, calls, traps := 0, 0, 0
	for _, r := range recordings {
		c, t := 0, 0
		for _, s := range r.Sessions {
			c += len(s.Calls)
			if n := len(s.Calls); n > 0 && s.Calls[n-1].Trap != "" {
				t++
			}
		}
		same := fmt.Sprint(c)
		if r.Oracle == Itself {
			same = "not in Wasmtime's C API"
		} else {
			sessions, calls, traps = sessions+len(r.Sessions), calls+c, traps+t
		}
		fmt.Fprintf(b, "| %s | %d | %d | %s | %d |\n", r.Component, len(r.Sessions), c, same, t)
	}
	fmt.Fprintf(b, "| **in both** | **%d** | **%d** | **%d** | **%d** |\n", sessions, calls, calls, traps)
}

const afterAgreeing = `
Most traps are of drawn calls: a JavaScript exception that no result of the function's type can hold ends a program with ` + "`unreachable`" + `.
`

const beforeDepending = `
## What depends on the numbers

The same sessions under each way to number handles ([variants.md](variants.md)), compared with the pin's, which is Wasmtime's: one table
for each instance, the place that was freed last is used first. A number is how many sessions give another result, a trap instead of a
result, or a result instead of a trap; a dot is none. Numberings that draw have drawn once.

`

func depending(b *strings.Builder, all []*Dependence) {
	var names []string
	for _, v := range Others() {
		names = append(names, v.Name)
	}
	fmt.Fprintf(b, "| component | sessions | %s |\n|---|---|%s\n", strings.Join(names, " | "), strings.Repeat("---|", len(names)))
	for _, d := range all {
		fmt.Fprintf(b, "| %s | %d |", d.Component, d.Sessions)
		for _, name := range names {
			cell := "·"
			if n := d.Differ[name]; n > 0 {
				cell = fmt.Sprint(n)
			}
			fmt.Fprintf(b, " %s |", cell)
		}
		b.WriteString("\n")
	}
}

// examples shows the shortest calls that tell a numbering from the pin's, for each component that can.
func examples(b *strings.Builder, all []*Dependence) {
	b.WriteString("\nThe shortest calls that tell one table from tables per type, for each component that can; where these do not, from another\nnumbering:\n\n")
	for _, d := range all {
		if len(d.Shortest) == 0 {
			continue
		}
		e := d.Shortest[0]
		for _, other := range d.Shortest {
			if other.Variant == "per-type" {
				e = other
			}
		}
		width := 0
		for _, a := range e.Pin {
			width = max(width, len(short(a.Call)))
		}
		fmt.Fprintf(b, "    %s%s  %-36s %s\n", d.Component, strings.Repeat(" ", max(0, width-len(d.Component))), "single-table, Wasmtime", e.Variant)
		for i := range max(len(e.Pin), len(e.Other)) {
			call, pin, other := "", "not made", "not made"
			if i < len(e.Pin) {
				call, pin = e.Pin[i].Call, e.Pin[i].text()
			}
			if i < len(e.Other) {
				call, other = e.Other[i].Call, e.Other[i].text()
			}
			fmt.Fprintf(b, "    %-*s  %-36s %s\n", max(width, len(d.Component)), short(call), pin, other)
		}
		b.WriteString("\n")
	}
}

// short is a call without the name of the interface.
func short(call string) string {
	if i := strings.Index(call, "#"); i >= 0 && !strings.HasPrefix(call, "drop") {
		return call[i+1:]
	}
	return call
}

// rights shows in how many sessions a program does what its source says, by numbering.
func rights(b *strings.Builder, all []*Dependence) {
	b.WriteString(beforeRights)
	for _, d := range all {
		if d.Right == nil || len(d.Differ) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s, %d sessions, of which %d are right under the pin's numbering:\n\n", d.Component, d.Right.Sessions, d.Right.Pin)
		b.WriteString("| numbering | right | right there and wrong under the pin's | wrong there and right under the pin's |\n|---|---|---|---|\n")
		for _, v := range Others() {
			fmt.Fprintf(b, "| %s | %d | %d | %d |\n", v.Name, d.Right.Right[v.Name], d.Right.OnlyOther[v.Name], d.Right.OnlyPin[v.Name])
		}
	}
	b.WriteString("\n")
}

const beforeRights = `### Why

Core code has two numbers for a resource of its own: the one that it gave to ` + "`resource.new`" + `, by which it finds its object again, and the
index of a handle, which the host gives. An owned handle reaches it as an index, and ` + "`resource.rep`" + ` turns that into its own number. Both
JavaScript toolchains take the one for the other, in different places:

- componentize-qjs never calls ` + "`resource.rep`" + `: an object is looked up by the index. The program reads another object than it was given, without an
  error, or traps if no object has that number ([findings/componentize-qjs-index-as-rep.sh](../findings/componentize-qjs-index-as-rep.sh)).
- componentize-js looks the object up rightly, and then deletes from its objects by the index. If an object has that number, it is
  forgotten, and its next use traps; the object that was given is kept for ever
  ([findings/componentize-js-deletes-by-index.sh](../findings/componentize-js-deletes-by-index.sh)).

Where index and number happen to be the same, nothing is wrong. So the numbering decides in which sessions such a program is right. The
tables have how many sessions give what the source says. That is what StarlingMonkey's component gives where indices are far from 0, as then
no object has the number of an index. What componentize-qjs gets wrong besides is wrong under every numbering.
`

// conclusion says what comes of it all for component-model#395.
func conclusion(b *strings.Builder, all []*Dependence) {
	differ, broken, mended := 0, 0, 0
	for _, d := range all {
		differ += d.Differ["per-type"]
		if d.Right != nil {
			broken += d.Right.OnlyOther["per-type"]
			mended += d.Right.OnlyPin["per-type"]
		}
	}
	fmt.Fprintf(b, answer395, differ, broken, mended)
}

const answer395 = `Nothing else here depends on a numbering: not handles of imported resources, not borrowed handles, and not streams and futures in QuickJS.
The Rust components have no resources.

### The answer to component-model#395

- Real programs do depend on the numbering: those of both JavaScript toolchains here, as soon as they take an owned handle of a resource
  of their own. Tables per type and one table give them different results in %d of the sessions above.
- It did not break a program that keeps the rules: these break one. But of the sessions in the tables, %d are right under tables per type and
  wrong under one table, and %d the other way round. The change would have broken these programs, if there had been any of them then.
- Wasmtime is on the side of one table: all calls give in it what they give under the pin's numbering, also where the program is wrong. jco
  1.35.0 still numbers each type by itself ([findings/jco-handles-per-type.sh](../findings/jco-handles-per-type.sh)).
- Where both numbers count up from about 1, as they do in Wasmtime and jco, a fault of this kind passes small tests. A numbering whose
  indices are far from 0 shows the first fault at once; the second is then a leak alone.

`

const afterAnswer = `## What else surprised

- componentize-qjs 0.4.5 drops borrowed handles of imported resources after the call has returned, where the specification, Wasmtime and jco
  trap ([findings/componentize-qjs-borrows.sh](../findings/componentize-qjs-borrows.sh)). These are traps in the table above.
- componentize-qjs 0.4.5 makes no program that imports an async function
  ([findings/componentize-qjs-async-imports.sh](../findings/componentize-qjs-async-imports.sh)).
- componentize-js 0.23.0 needs ` + "`@bytecodealliance/preview2-shim`" + `, which its package does not ask for, and of that 0.17: with 0.26, which
  jco 1.35.0 asks for, it finds no WIT file.

## How fast

A component on the specification is for tests, and not for use. The figures are of one machine of two cores that did other work too, so
they say which is how many times another, and not more. *First* is the processor time from the bytes to an instance, with all of the component
compiled where there is a compiler, other than under node, which compiles what is called often; *again* is how long a further instance takes,
the least of 5, *call* a call with a string, the least of 300, and *memory* the most that the process held.

| component | where | first (ms) | again (ms) | call (µs) | memory (MB) |
|---|---|---|---|---|---|
`

func measured(b *strings.Builder, figures []Figure) {
	for _, f := range figures {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %d |\n", f.Component, f.Where, digits(f.First), digits(f.Again), digits(f.Call), f.Memory)
	}
}

// worthwhile says from how many calls on the compiler is worth its time.
func worthwhile(b *strings.Builder, figures []Figure) {
	by := map[string]Figure{}
	for _, f := range figures {
		by[f.Component+" "+f.Where] = f
	}
	b.WriteString("\nThe interpreter is ready sooner, and the compiler calls faster. Compiling is worth its time from so many calls with a string on:\n")
	sep := ""
	for _, f := range figures {
		i, ok := by[f.Component+" cabi, interpreter"]
		if f.Where == "cabi, compiler" && ok && i.Call > f.Call {
			fmt.Fprintf(b, "%s%d for %s", sep, max(0, int((f.First-i.First)*1000/(i.Call-f.Call)))/10*10, f.Component)
			sep = ", "
		}
	}
	b.WriteString(". Hence `cabi run` interprets, unless `--compiled` is given.\n\n" + whereTime)
}

// digits is a figure with two digits that mean something.
func digits(x float64) string {
	if x >= 10 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.2g", x)
}

const whereTime = `Of a compiled call of QuickJS with a string, some two fifths of the time are the program's own code, and a third is memory that
Go allocates for the specification's values, tasks and threads; the rest is lifting and lowering, and changing from one stack to another.
`

const making = `
## How this page is made

    make toolchains   # npm fetches the toolchains, and they make the components, in the cache of the user; minutes
    make oracle       # Wasmtime's results, from wasmtime-go's archive; needs a C compiler
    make figures      # the figures above
    CABI_LONG=1 go test ./internal/toolchains -timeout 0 -write   # jco's results, and what depends on numbers and on choices

writes [internal/toolchains/testdata](../internal/toolchains/testdata) and this page. Without ` + "`-write`" + `, the tests compare: every recorded
call is made again, where the components are in the cache, and the page is that of the records, everywhere.
`
