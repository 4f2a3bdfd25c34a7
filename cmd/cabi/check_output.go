package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"cabi/internal/output"
	"cabi/internal/report"
	"cabi/model"
)

// A checkOutput prints what cabi check finds: each violation as it comes if the search keeps going, then the result.
type checkOutput struct {
	*checkCommand
	search *model.Search
	out    io.Writer
	names  report.FileNames
	err    error // the first error in writing; nil: none
}

// prepare looks whether everything can be written, before the search. It leaves everything as it is.
func (o *checkOutput) prepare() error {
	if err := checkFile(o.search.Checkpoint.File); err != nil {
		return err
	}
	if err := checkDisk(o.disk); err != nil {
		return err
	}
	if o.save != "" && o.keepGoing {
		return outputError(output.CheckDir(o.save))
	}
	return checkFile(o.save)
}

// sparesWorld returns an error if something would be written over the file of the world.
func (o *checkOutput) sparesWorld(world string) error {
	if model.WorldByName(world) != nil {
		return nil
	}
	return cmp.Or(checkOther(o.save, world), checkOther(o.search.Checkpoint.File, world))
}

// found handles a violation when the search finds it: it prints and saves it, as the flags say.
func (o *checkOutput) found(v *model.Violation) {
	if v.Trace.World == o.search.World {
		v.Trace.World = o.file // without what was chosen for it
	}
	trace := v.Trace.String()
	if o.json {
		o.encode(report.NewFinding(v, trace))
	} else if o.keepGoing {
		_, err := fmt.Fprintf(o.out, "found: %s after %s: %s\n%s", v.Property, model.Counted(v.Actions, "action"), v.Message, report.ShapeText(v))
		o.keepError(err)
	}
	switch {
	case o.save != "" && o.keepGoing:
		o.keepError(output.WriteFiles(o.save, map[string]string{o.names.Next(v): trace}))
	case o.save != "":
		o.keepError(output.WriteText(o.save, trace))
	}
}

func (o *checkOutput) encode(v any) { o.keepError(json.NewEncoder(o.out).Encode(v)) }

func (o *checkOutput) keepError(err error) {
	if o.err == nil {
		o.err = err
	}
}

// finish prints the result when the search is over, and by what it was stopped early.
func (o *checkOutput) finish(r *model.Report, stopped string) report.Result {
	slices.SortStableFunc(r.Violations, model.CompareViolations)
	o.search.Bounds.Steps = max(o.search.Bounds.Steps, r.Steps)
	res := report.New(*o.search, r)
	if res.Verdict == "holds vacuously" && len(o.chosen.Menus) > 0 && len(r.Exercised) > 0 && r.Transitions > 0 { // nobody asked for the actions that were never taken
		res.Verdict = "holds"
	}
	res.Chosen, res.LeftOut = chosenText(o.chosen, o.search.Enough > 0), o.chosen.LeftOut
	res.Stopped = stopped
	if o.save != "" && o.keepGoing {
		o.keepError(output.WriteFiles(o.save, nil)) // the directory is there, even if nothing was found
	}
	if o.json {
		o.encode(res)
		return res
	}
	res.Print(o.out, r.Violations, o.save, o.verbose)
	if stopped != "" && r.Err == nil {
		fmt.Fprintf(o.out, "stopped early, by %s: %s\n", stopped, o.howToGoOn())
	}
	return res
}

// howToGoOn says how a search that was stopped early can go on.
func (o *checkOutput) howToGoOn() string {
	checkpoint := o.search.Checkpoint.File
	switch {
	case o.search.Random != nil:
		return fmt.Sprintf("a longer --duration, or more --runs, with --seed %d makes the same walks and more; another --seed makes other walks", o.search.Random.Seed)
	case checkpoint != "":
		return fmt.Sprintf("the same command with --resume %s goes on from here", checkpoint)
	case o.depthFirst:
		return "a longer --duration, or none, explores more"
	default:
		return "a longer --duration, or none, explores more; with --checkpoint FILE, the search can be resumed"
	}
}

// chosenText says what was chosen for a world; empty: nothing was.
func chosenText(c model.Completed, steps bool) string {
	text := c.String()
	if steps {
		text = strings.TrimPrefix(fmt.Sprintf("%s; as many actions as it takes to explore %d transitions", text, model.EnoughTransitions), "; ")
	}
	return text
}
