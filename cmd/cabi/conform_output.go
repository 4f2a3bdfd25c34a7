package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cabi/internal/conform"
	"cabi/model"
	"cabi/spec"
)

// print prints a report.
func (c *conformCommand) print(out io.Writer, r *conform.Report, saved []string, stopped string) error {
	if c.json {
		return printJSON(out, conformJSONOf(r, c.seed, saved))
	}
	for i, d := range r.Differences {
		printConformDifference(out, i, d, saved)
	}
	name := ""
	if r.Name != "" {
		name = " of " + shorten(r.Name)
	}
	if len(r.Differences) == 0 {
		fmt.Fprintf(out, "no difference in %s%s with seed %d: %s\n", model.Counted(r.Runs, "run"), name, c.seed, ran(r))
	} else {
		fmt.Fprintf(out, "%s of differences in %s%s with seed %d: %s\n", model.Counted(len(r.Differences), "kind"), model.Counted(r.Runs, "run"), name, c.seed, ran(r))
	}
	printLeftOut(out, r)
	if c.variant == anyVariant && len(r.Differences) == 0 {
		fmt.Fprintf(out, "it numbers handles as in: %s\n", strings.Join(namesOf(r.Variants), ", "))
	}
	if stopped != "" {
		fmt.Fprintf(out, "stopped by %s\n", stopped)
	}
	return nil
}

// ran says how much the runs did.
func ran(r *conform.Report) string {
	return fmt.Sprintf("%s in %s, %s of traps, %s of states", model.Counted(r.Actions, "action"), model.Counted(len(r.Worlds), "world"),
		model.Counted(len(r.Traps), "site"), model.Counted(r.Shapes, "shape"))
}

// printLeftOut says what was not tested.
func printLeftOut(out io.Writer, r *conform.Report) {
	if len(r.Declared) > 0 {
		fmt.Fprintf(out, "not tested, since the adapter says that it does not support it: %s\n", strings.Join(r.Declared, ", "))
	}
	for _, op := range slices.Sorted(maps.Keys(r.Unsupported)) {
		fmt.Fprintf(out, "not tested: %s, which the adapter refused %s\n", op, timesText(r.Unsupported[op]))
	}
	worlds := map[string][]string{} // by why they are not supported
	for _, w := range slices.Sorted(maps.Keys(r.NotMade)) {
		worlds[r.NotMade[w]] = append(worlds[r.NotMade[w]], w)
	}
	for _, why := range slices.Sorted(maps.Keys(worlds)) {
		fmt.Fprintf(out, "not tested, since the adapter does not support it (%s): %s %s\n", shorten(why),
			map[bool]string{true: "the world", false: "the worlds"}[len(worlds[why]) == 1], strings.Join(worlds[why], ", "))
	}
	if r.Undecided > 0 {
		fmt.Fprintf(out, "undecided: %s, in which the search for an explanation reached a limit\n", model.Counted(r.Undecided, "run"))
	}
	if r.Undefined > 0 {
		fmt.Fprintf(out, "ended where the specification fails an assert or crashes, so that anything may happen: %s\n", model.Counted(r.Undefined, "run"))
	}
}

func timesText(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func printConformDifference(out io.Writer, i int, d *conform.Difference, saved []string) {
	fmt.Fprintf(out, "%s, in run %d, by %s", d, d.Run, model.Counted(d.Actions, "action"))
	if d.Before > d.Actions {
		fmt.Fprintf(out, " of %d", d.Before)
	}
	fmt.Fprintln(out)
	if f := d.Failure; f != nil {
		printFailure(out, f)
	} else {
		fmt.Fprintf(out, "  it answers:     %s\n", d.Got)
		for k, allowed := range d.Allowed {
			before := "  allowed:        "
			if k > 0 {
				before = "  or:             "
			}
			fmt.Fprintln(out, before+allowed)
		}
	}
	if len(saved) > 0 {
		fmt.Fprintf(out, "  its trace is in %s\n\n", saved[i])
		return
	}
	fmt.Fprintf(out, "\n%s\n", d.Trace)
}

func printFailure(out io.Writer, f *conform.Failure) {
	fmt.Fprintf(out, "  it was asked:   %s\n", f.Asked)
	if f.Said != "" {
		fmt.Fprintf(out, "  it said last:   %s\n", f.Said)
	}
	if f.Err != "" {
		fmt.Fprintf(out, "  standard error: %s\n", strings.TrimSpace(f.Err))
	}
}

func namesOf(variants []*spec.Variant) []string {
	names := []string{}
	for _, v := range variants {
		names = append(names, v.Name)
	}
	return names
}

// conformJSON is a report as JSON. docs/schemas/conform.schema.json says what it means.
type conformJSON struct {
	Adapter     string                  `json:"adapter"`
	Seed        uint64                  `json:"seed"`
	Runs        int                     `json:"runs"`
	ShrinkRuns  int                     `json:"shrinkRuns"`
	Actions     int                     `json:"actions"`
	Shapes      int                     `json:"shapes"`
	Worlds      []string                `json:"worlds"`
	Variants    []string                `json:"variants"`
	Traps       map[string]int          `json:"traps"`
	Declared    []string                `json:"declared"`
	Unsupported map[string]int          `json:"unsupported"`
	NotMade     map[string]string       `json:"notMade"`
	Undecided   int                     `json:"undecided"`
	Undefined   int                     `json:"undefined"`
	Stopped     bool                    `json:"stopped"`
	Differences []conformDifferenceJSON `json:"differences"`
}

type conformDifferenceJSON struct {
	Kind    string              `json:"kind"`
	Op      string              `json:"op"`
	Site    string              `json:"site,omitempty"`
	Run     int                 `json:"run"`
	Times   int                 `json:"times"`
	Actions int                 `json:"actions"`
	Before  int                 `json:"before"`
	Got     string              `json:"got,omitempty"`
	Allowed []string            `json:"allowed,omitempty"`
	Failure *conformFailureJSON `json:"failure,omitempty"`
	Trace   string              `json:"trace"`
	File    string              `json:"file,omitempty"`
}

type conformFailureJSON struct {
	Why   string `json:"why"`
	Asked string `json:"asked"`
	Said  string `json:"said,omitempty"`
	Error string `json:"error,omitempty"`
}

func conformJSONOf(r *conform.Report, seed uint64, saved []string) conformJSON {
	j := conformJSON{Adapter: r.Name, Seed: seed, Runs: r.Runs, ShrinkRuns: r.ShrinkRuns, Actions: r.Actions, Shapes: r.Shapes, Worlds: r.Worlds,
		Variants: namesOf(r.Variants), Traps: r.Traps, Declared: r.Declared, Unsupported: r.Unsupported, NotMade: r.NotMade, Undecided: r.Undecided,
		Undefined: r.Undefined, Stopped: r.Stopped, Differences: []conformDifferenceJSON{}}
	j.Worlds, j.Declared = append([]string{}, j.Worlds...), append([]string{}, j.Declared...) // [], where there are none
	for i, d := range r.Differences {
		one := conformDifferenceJSON{Kind: d.Kind, Op: d.Op, Site: d.Site, Run: d.Run, Times: d.Times, Actions: d.Actions, Before: d.Before, Got: d.Got,
			Allowed: d.Allowed, Trace: d.Trace.String()}
		if f := d.Failure; f != nil {
			one.Failure = &conformFailureJSON{f.Why, f.Asked, f.Said, f.Err}
		}
		if len(saved) > 0 {
			one.File = saved[i]
		}
		j.Differences = append(j.Differences, one)
	}
	return j
}
