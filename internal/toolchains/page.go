package toolchains

import (
	"fmt"
	"strings"

	"cabi/spec"
)

// Page is docs/toolchains.md.
func Page(recordings []*Recording, dependences []*Dependence, figures []Figure) string {
	var b strings.Builder
	b.WriteString(intro)
	agreeing(&b, recordings)
	b.WriteString(afterAgreeing)
	depending(&b, dependences)
	examples(&b, dependences)
	b.WriteString(answer395)
	measured(&b, figures)
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
WASI, async functions, streams and futures. The calls were written, and drawn from a seed.

## What agrees with Wasmtime

Each call was made in Wasmtime 39.0.1 and on the port of ` + "`definitions.py`" + `, with the same host. *Same* are the calls that gave the same
result, or trapped in both. What the host saw is the same too: which of its functions were called with what, and when its resources were
dropped. Wasmtime's C API has no async functions; for those, the results are what the sessions say.

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

## What depends on the numbers

The same sessions under each way to number handles ([variants.md](variants.md)), compared with the pin's, which is Wasmtime's: one table
for each instance, the place that was freed last is used first. A number is how many sessions give another result, a trap instead of a
result, or a result instead of a trap; a dot is none. A numbering that draws was drawn three times, and the most is shown.

`

func depending(b *strings.Builder, all []*Dependence) {
	var names []string
	for _, v := range spec.Variants {
		if v != spec.SingleTable {
			names = append(names, v.Name)
		}
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

const answer395 = `### Why

Programs of componentize-qjs that take an owned handle of a resource of their own never call ` + "`resource.rep`" + `: they look the handle's index
up among their objects, as if it were what the handle stands for
([findings/componentize-qjs-index-as-rep.sh](../findings/componentize-qjs-index-as-rep.sh)). Which object that is, if there is one, depends
on the index that the handle happened to get. Their objects are numbered from 0 and handles from 1, so the answer is wrong under
every numbering here; it is wrong in another way under each.

Nothing else here depends on a numbering: handles of imported resources in both JavaScript toolchains, owned and borrowed resources of the
program's own in StarlingMonkey's, and the tables of streams and futures within QuickJS.

### The answer to component-model#395

- The change from tables per type to one table changed what real programs do, in this toolchain and no other: that many sessions of theirs as
  the column *per-type* has give something else.
- Wasmtime is on the side of one table. All calls above give under it what they give under the pin's numbering, also where the program is
  wrong. jco 1.35.0 still numbers each type by itself ([findings/jco-handles-per-type.sh](../findings/jco-handles-per-type.sh)), so that the
  same component gives there what the column *per-type* gives.
- The programs that broke were broken before. None was right under one numbering and wrong under another: the numbering decides
  only which wrong object is read.
- A numbering that shares no index between two handles makes the fault loud. Where indices are drawn at random, or count up over all
  instances, no object has the number of an index, and the first such call traps.

## What else surprised

- componentize-qjs 0.4.5 drops borrowed handles of imported resources after the call has returned, where the specification, Wasmtime and jco
  trap ([findings/componentize-qjs-borrows.sh](../findings/componentize-qjs-borrows.sh)). These are traps in the table above.
- componentize-qjs 0.4.5 makes no program that imports an async function
  ([findings/componentize-qjs-async-imports.sh](../findings/componentize-qjs-async-imports.sh)).
- componentize-js 0.23.0 needs ` + "`@bytecodealliance/preview2-shim`" + `, which its package does not ask for, and of that 0.17: with 0.26, which
  npm installs beside jco 1.35.0, it finds no WIT file.

## How fast

A component on the specification is for tests, and not for use. The figures are of one machine of two cores that did other work too, so
they say which is how many times another, and not more. *First* is from the bytes to an instance, compiled where there is a compiler; *again* a
further instance; *call* a call with a string, the median of 300; *memory* the most that the process held.

| component | where | first (ms) | again (ms) | call (µs) | memory (MB) |
|---|---|---|---|---|---|
`

func measured(b *strings.Builder, figures []Figure) {
	for _, f := range figures {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %d |\n", f.Component, f.Where, digits(f.First), digits(f.Again), digits(f.Call), f.Memory)
	}
}

// digits is a figure with two digits that mean something.
func digits(x float64) string {
	if x >= 10 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.2g", x)
}

const making = `
WHERE

## How this page is made

    make toolchains   # npm fetches the toolchains, and they make the components, in the cache of the user; minutes
    make oracle       # Wasmtime's results, from wasmtime-go's archive; needs a C compiler
    make figures      # the figures above
    go test ./internal/toolchains -write

writes [internal/toolchains/testdata](../internal/toolchains/testdata) and this page. Without ` + "`-write`" + `, the tests compare: every recorded
call is made again, where the components are in the cache, and the page is that of the records, everywhere.
`
