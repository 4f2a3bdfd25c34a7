package toolchains

import (
	"fmt"
	"slices"
	"strings"
)

// schedules is what the page says of choices.
func schedules(b *strings.Builder, all *Schedulings) {
	fmt.Fprintf(b, beforeSchedules, ScheduleBounds.Departures, ScheduleBounds.Random)
	most := 0
	var depend, others []string
	for _, s := range all.Schedules {
		calls := "`" + strings.Join(s.Calls, "`, `") + "`"
		var kinds []string
		for _, f := range s.Findings {
			kinds = append(kinds, f.Kind)
			text := fmt.Sprintf("- %s, %s: %s.\n", s.Component, f.Kind, f.Text)
			if f.Kind == "depends-on-choice" {
				depend = append(depend, text)
			} else {
				others = append(others, text)
			}
		}
		slices.Sort(kinds)
		cut := ""
		if s.CutOff != "" {
			cut = ", cut off: " + s.CutOff
		}
		found := strings.Join(slices.Compact(kinds), ", ")
		if found == "" {
			found = "·"
		}
		fmt.Fprintf(b, "| %s | %s | %d | %d%s | %d | %s |\n", s.Component, calls, s.Choices, s.Runs, cut, s.Drawn, found)
	}
	for _, n := range all.Choices {
		most = max(most, n)
	}
	if len(depend) == 0 {
		b.WriteString("\nWithin this bound, nothing that these calls return depends on a choice.")
	} else {
		b.WriteString("\nWhat depends on a choice:\n\n" + strings.Join(depend, ""))
	}
	fmt.Fprintf(b, " Of the other %d components, which have no async\nfunctions, the recorded session with most choices makes %d.\n", len(all.Choices), most)
	if len(others) > 0 {
		b.WriteString("\nWhat else was found:\n\n" + strings.Join(others, "") + afterOthers)
	}
	b.WriteString("\n")
}

const beforeSchedules = `
## What depends on a choice

The specification leaves open which of several threads goes on, and which of several events comes first. Calls with ` + "`&`" + ` between them go on
beside each other ([run.md](run.md)). Each row was run by turns, then in every run in which at most %d choices are others, each of
these also under every way to number handles, and if there are choices, %d times with all of them drawn. *Choices* are those of the
run that makes most. The toolchain makes no component that imports an async function ([below](#what-else-surprised)), so all that is
async here is between the host, which has everything ready, and the program, or within the program.

| component | calls | choices | runs | drawn | found |
|---|---|---|---|---|---|
`

const afterOthers = `
The future is what the program was given. Its source reads it, and says nothing of dropping its end, which JavaScript leaves to the collection of
garbage; none happens in so short a run.
`
