package conformance

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"cabi/internal/layout"
	"cabi/internal/wast"
)

const pageHead = `# Runtimes on the reference traces

For whoever writes a runtime, or uses one. The [reference traces](traces.md#reference-traces) and the examples are exported as ` + "`.wast`" + `
([traces.md](traces.md#exports)), and run on runtimes that people have; upstream's own scripts too. A cell is what came of a file:

- *pass*: every directive did what the file says. A message of a trap is compared as upstream compares it: the trap's must contain it.
- *other words*: so too, but a trap has another message than upstream's tests expect. That it is the same trap is then not shown.
- *differs*: a value is another, or there is no trap, or a trap where there should be none. jco throws errors of JavaScript for traps; an
  error of the kinds by which JavaScript says that a program is wrong, such as a TypeError, is none.
- *unsupported*: the runtime refuses the component, and says what it lacks.
- *ends*: the process of the runtime ended, or did not end within a minute.

    make conformance UPSTREAM=component-model

makes the records of this page again, and ` + "`go test ./internal/conformance -run Docs -write`" + ` the page. It fetches all runtimes through npm and the Go
modules, pinned, into the cache of the user, and needs npm, a C compiler and ` + "`make wasm-tools`" + `. Each file is run in a process of its own. Text is turned into
binaries by the same wasm-tools for all, so that what a runtime reads is the same.

`

// Page is docs/conformance.md.
func (r *Recording) Page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	r.writeRuntimes(&b)
	r.writeCauses(&b)
	r.writeFeatures(&b)
	r.writeScripts(&b)
	r.writeTraces(&b)
	return b.String()
}

// writeRuntimes writes a row for each runtime.
func (r *Recording) writeRuntimes(b *strings.Builder) {
	head := []string{"runtime", "version"}
	for _, v := range Verdicts {
		head = append(head, string(v))
	}
	fmt.Fprintf(b, "## What comes of them\n\nOf %d files:\n\n%s", len(r.Traces), layout.MarkdownHead(head...))
	for _, runtime := range r.Runtimes {
		row := []string{runtime.Name, runtime.Version}
		for _, v := range Verdicts {
			row = append(row, strconv.Itoa(count(r.Traces, runtime.Name, v)))
		}
		b.WriteString(layout.MarkdownRow(row...))
	}
	b.WriteString("\n" + runtimesNote)
}

func count(rows []*Row, runtime string, v Verdict) int {
	n := 0
	for _, row := range rows {
		if row.Results[runtime].Verdict == v {
			n++
		}
	}
	return n
}

// writeCauses writes a row for each cause of differences.
func (r *Recording) writeCauses(b *strings.Builder) {
	b.WriteString("\n## Where a runtime differs\n\n*Whose fault* is said of the pin; a runtime that was made for an older text of the specification may be right by that.\n\n" +
		layout.MarkdownHead("runtime", "what", "whose fault", "the specification", "files"))
	for i, c := range causes {
		var names []string
		for _, row := range r.Traces {
			if causeOf(row, c.runtime) == &causes[i] {
				names = append(names, row.Name)
			}
		}
		b.WriteString(layout.MarkdownRow(c.runtime, c.title, c.fault, c.sentence, fmt.Sprintf("%d: %s", len(names), some(names, 6))))
	}
	b.WriteString(seenNote)
}

func some(names []string, most int) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

// writeFeatures writes a row for each feature that a runtime lacks.
func (r *Recording) writeFeatures(b *strings.Builder) {
	b.WriteString("\n## What is unsupported\n\n" + layout.MarkdownHead("runtime", "it lacks", "files"))
	for _, runtime := range r.Runtimes {
		files := map[string]int{}
		var names []string
		for _, row := range r.Traces {
			if got := row.Results[runtime.Name]; got.Verdict == Unsupported {
				if files[got.Got] == 0 {
					names = append(names, got.Got)
				}
				files[got.Got]++
			}
		}
		slices.SortFunc(names, func(x, y string) int { return files[y] - files[x] })
		for _, name := range names {
			b.WriteString(layout.MarkdownRow(runtime.Name, cell(name), strconv.Itoa(files[name])))
		}
	}
}

// writeScripts writes a row for each script of upstream's, and a row for each cause of what differs there.
func (r *Recording) writeScripts(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Upstream's scripts\n\nThose of the checkout %s: how many directives did what the script says, of how many that were run; the first that is unsupported, and those that differ. Directives\n"+
		"of core modules are left out, and those on what could not be made. Where a script wants a component refused, any refusal does.\n\n%s", r.Upstream, r.headOf("script"))
	for _, row := range r.Scripts {
		cells := []string{row.Name}
		for _, runtime := range r.Runtimes {
			cells = append(cells, row.scriptCell(runtime.Name))
		}
		b.WriteString(layout.MarkdownRow(cells...))
	}
	b.WriteString("\nWhy Wasmtime and jco differ there ([wast.md](wast.md#why-directives-do-not-pass) says why the specification does, but in `validation` and `binary`, where it is by rules of validation that\n" +
		"package `component` does not check):\n\n" + layout.MarkdownHead("runtime", "what", "whose fault", "the specification", "directives"))
	for _, c := range scriptCauses {
		b.WriteString(layout.MarkdownRow(c.runtime, c.title, c.fault, c.sentence, wast.Places(c.at)))
	}
}

// headOf is the head of a table with a column for each runtime.
func (r *Recording) headOf(first string) string {
	head := []string{first}
	for _, runtime := range r.Runtimes {
		head = append(head, runtime.Name)
	}
	return layout.MarkdownHead(head...)
}

// scriptCell is what came of a script as the table has it.
func (row *Row) scriptCell(runtime string) string {
	r := row.Results[runtime]
	text := fmt.Sprintf("%d of %d", r.Passed, r.Steps)
	if r.Verdict == Unsupported {
		text += fmt.Sprintf("; line %d: %s", r.Line, cell(r.Got))
	}
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, strconv.Itoa(d.Line))
	}
	folder := path.Dir(row.Name)
	switch {
	case r.Verdict == Ends:
		text += "; the process ends"
	case runtime == Specification && r.Verdict == Differs && (folder == "validation" || folder == "binary"):
		text += fmt.Sprintf("; line %d differs", r.Line)
	case runtime == Specification && r.Verdict == Differs:
		text += fmt.Sprintf("; [line %d](wast.md#why-directives-do-not-pass) differs", r.Line)
	case len(lines) == 1:
		text += fmt.Sprintf("; line %s differs", lines[0])
	case len(lines) > 1:
		text += fmt.Sprintf("; lines %s differ", some(lines, 6))
	}
	return text
}

// writeTraces writes a row for each trace.
func (r *Recording) writeTraces(b *strings.Builder) {
	b.WriteString("\n## Every file\n\n*One choice* marks files for one of the behaviours that the specification leaves open: a runtime that differs there may be right. It may also choose otherwise each time, so\n" +
		"such a file is run up to ten times, and what counts is the first time that it does not differ.\n\n" + r.headOf("file"))
	for _, row := range r.Traces {
		cells := []string{row.Name + map[bool]string{true: " (one choice)"}[row.Choice]}
		for _, runtime := range r.Runtimes {
			cells = append(cells, row.Results[runtime.Name].cell())
		}
		b.WriteString(layout.MarkdownRow(cells...))
	}
}

// cell is a result as the tables have it.
func (r Result) cell() string {
	switch r.Verdict {
	case Pass:
		return "pass"
	case Unsupported:
		return "unsupported: " + cell(r.Got)
	case OtherWords:
		return fmt.Sprintf("other words: %s", cell(r.Got))
	}
	text := fmt.Sprintf("%s: %s", r.Verdict, cell(r.Got))
	if r.Want != "" {
		text += ", want " + cell(r.Want)
	}
	return text
}

func cell(text string) string {
	text = strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(text)
	if short := []rune(text); len(short) > 120 {
		return string(short[:120]) + "…"
	}
	return text
}
