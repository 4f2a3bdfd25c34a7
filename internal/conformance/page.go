package conformance

import (
	"fmt"
	"slices"
	"strings"
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
	fmt.Fprintf(b, "## What comes of them\n\nOf %d files:\n\n| runtime | version |", len(r.Traces))
	for _, v := range Verdicts {
		fmt.Fprintf(b, " %s |", v)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(Verdicts)) + "\n")
	for _, runtime := range r.Runtimes {
		fmt.Fprintf(b, "| %s | %s |", runtime.Name, runtime.Version)
		for _, v := range Verdicts {
			fmt.Fprintf(b, " %d |", count(r.Traces, runtime.Name, v))
		}
		b.WriteString("\n")
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
		"| runtime | what | whose fault | the specification | files |\n|---|---|---|---|---|\n")
	for _, c := range causes {
		var names []string
		for _, row := range r.Traces {
			if of := causeOf(row, c.runtime); of != nil && of.title == c.title {
				names = append(names, row.Name)
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %d: %s |\n", c.runtime, c.title, c.fault, c.sentence, len(names), some(names, 6))
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
	b.WriteString("\n## What is unsupported\n\n| runtime | it lacks | files |\n|---|---|---|\n")
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
			fmt.Fprintf(b, "| %s | %s | %d |\n", runtime.Name, cell(name), files[name])
		}
	}
}

// writeScripts writes a row for each script of upstream's.
func (r *Recording) writeScripts(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Upstream's scripts\n\nThose of the checkout %s: how many directives did what the script says, of how many that were run, and the first that did not. Directives\n"+
		"of core modules are left out, and those on what could not be made. Where a script wants a component refused, any refusal does. [wast.md](wast.md) says why some do not pass on the specification.\n\n| script |", r.Upstream)
	for _, runtime := range r.Runtimes {
		fmt.Fprintf(b, " %s |", runtime.Name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(r.Runtimes)) + "\n")
	for _, row := range r.Scripts {
		fmt.Fprintf(b, "| %s |", row.Name)
		for _, runtime := range r.Runtimes {
			got := row.Results[runtime.Name]
			fmt.Fprintf(b, " %d of %d", got.Passed, got.Steps)
			switch got.Verdict {
			case Pass, OtherWords:
			case Ends:
				b.WriteString("; its process ended")
			case Unsupported:
				fmt.Fprintf(b, "; line %d: %s", got.Line, cell(got.Got))
			default:
				fmt.Fprintf(b, "; line %d %s", got.Line, got.Verdict)
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
}

// writeTraces writes a row for each trace.
func (r *Recording) writeTraces(b *strings.Builder) {
	b.WriteString("\n## Every file\n\n*One choice* marks files for one of the behaviours that the specification leaves open: a runtime that differs there may be right.\n\n| file |")
	for _, runtime := range r.Runtimes {
		fmt.Fprintf(b, " %s |", runtime.Name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(r.Runtimes)) + "\n")
	for _, row := range r.Traces {
		fmt.Fprintf(b, "| %s%s |", row.Name, map[bool]string{true: " (one choice)"}[row.Choice])
		for _, runtime := range r.Runtimes {
			fmt.Fprintf(b, " %s |", row.Results[runtime.Name].cell())
		}
		b.WriteString("\n")
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
