package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/report"
	"cabi/model"
	"cabi/properties"
	"cabi/shrink"
)

// A shrinkCommand is cabi shrink with its flags.
type shrinkCommand struct {
	output    string
	property  string
	keepWorld bool
	json      bool
	source    sourceFlags
}

// kindShrinkable is what a trace may be shrunk to keep: a property, or where it stops.
var kindShrinkable = kind{"property", "properties", func() []string { return append(propertyNames(), shrink.NoStop.Name) }, "cabi list properties"}

func newShrinkCommand() *cobra.Command {
	c := &shrinkCommand{}
	cmd := &cobra.Command{
		Use:   "shrink TRACE",
		Short: "Make a trace as short as it can be and still violate the same",
		Long: "Shrink makes the trace of a violation shorter: fewer actions, fewer instances, resources and functions, smaller\n" +
			"numbers, no choices. What it keeps is the property, the site, and what caused the violation: a trace that violates\n" +
			"something else is never taken for a smaller one. It prints the trace, with what it removed in comments, or writes it to a file. A trace that\n" +
			"violates nothing and is stopped by a trap shrinks to one that the same trap stops. TRACE is a file, or - for\n" +
			"standard input.\n" +
			"It exits with 0 if it has shrunk the trace, or says that it is as short as can be, 1 if the trace does not happen again,\n" +
			"or does not violate what it says, and 2 for bad input.",
		Example: "  cabi check cancel --random --keep-going --runs 2000 --save found\n  cabi shrink found/cancel-delivered-callback-wait.cabi -o small.cabi",
		Args:    oneFile,
		RunE:    c.run,
	}
	f := cmd.Flags()
	f.StringVarP(&c.output, "output", "o", "", "write the trace to this `FILE` instead of printing it")
	f.StringVar(&c.property, "property", "", "the property to keep violated; if it is not given, the one that the trace names, or violates first")
	f.BoolVar(&c.keepWorld, "keep-world", false, "leave the world as it is, with all its instances, resources and functions")
	f.BoolVar(&c.json, "json", false, "print the trace as JSON lines")
	completeFlags(cmd, map[string]kind{"property": kindShrinkable})
	c.source.add(cmd)
	return cmd
}

func (c *shrinkCommand) run(cmd *cobra.Command, args []string) error {
	source, err := c.source.open()
	if err != nil {
		return err
	}
	trace, err := knownNames{source}.readTrace(cmd.InOrStdin(), args[0])
	if err == nil {
		err = fits(source, trace.World, trace.Variant, trace.Without)
	}
	if err == nil {
		err = checkFile(c.output)
	}
	if err != nil {
		return err
	}
	if err := mustHappen(args[0], trace); err != nil {
		return err
	}
	props, err := c.properties(trace)
	if err != nil {
		return err
	}
	status := newStatusLine(cmd.ErrOrStderr())
	defer status.clear()
	limits := shrink.Thorough
	limits.Progress = func(p shrink.Progress) {
		if status.due() {
			status.draw(shrinkStatus(p))
		}
	}
	search, shown, err := shrink.Seeds(trace, props, limits.Progress)
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", args[0], err)}
	}
	if len(shown) == 0 {
		return exitError{2, fmt.Sprintf("%s: the trace violates nothing that shrinking could keep (looked at: %s); name a property with --property",
			args[0], strings.Join(names(props, func(p *model.Property) string { return p.Name }), ", "))}
	}
	result := shrink.Minimize(search, shown[0], limits)
	small := c.finish(trace, search, result)
	status.clear()
	return c.print(cmd.OutOrStdout(), small)
}

// shrinkStatus says how far shrinking is.
func shrinkStatus(p shrink.Progress) string {
	switch {
	case p.Left == 0:
		return fmt.Sprintf("the trace as it is: %s taken", model.Counted(p.Taken, "action"))
	case p.States > 0:
		return fmt.Sprintf("%s left, %s run, looking for a shorter one: %s", model.Counted(p.Left, "action"), model.Counted(p.Runs, "trace"), model.Counted(p.States, "state"))
	}
	return fmt.Sprintf("%s left, %s run, %s taken of the next", model.Counted(p.Left, "action"), model.Counted(p.Runs, "trace"), model.Counted(p.Taken, "action"))
}

// properties returns the properties of which shrinking keeps the first that the trace violates: the one asked for, or the one that
// the trace names, or if neither is given, the promises and, last, the site at which the trace stops.
func (c *shrinkCommand) properties(t *model.Trace) ([]*model.Property, error) {
	name := c.property
	if name == "" {
		name, _, _ = strings.Cut(t.Violates, ":")
	}
	switch p := propertyByName(name); {
	case name == "":
		return append(properties.Promises(), shrink.NoStop), nil
	case name == shrink.NoStop.Name:
		return []*model.Property{shrink.NoStop}, nil
	case p == nil:
		return nil, unknown(kindShrinkable, name)
	default:
		return []*model.Property{p}, nil
	}
}

// finish returns the trace of a result, with comments that say what was removed from the given one.
func (c *shrinkCommand) finish(given *model.Trace, s *model.Search, r *shrink.Result) *model.Trace {
	small, removed := r.Violation, []string(nil)
	if !c.keepWorld {
		small, removed = shrink.TrimWorld(s, r)
	}
	trace := *small.Trace
	if len(removed) == 0 {
		trace.World = given.World // so that the menus are kept
	}
	keeps := small.Name()
	if small.Property == shrink.NoStop.Name { // the last line says where it stops
		keeps, trace.Violates = small.Kind, ""
	}
	trace.Comments = []string{fmt.Sprintf("shrunk from %s to %d, of %s", model.Counted(r.Before, "action"), small.Actions, keeps)}
	for line := range strings.Lines(report.ShapeText(small)) {
		trace.Comments = append(trace.Comments, strings.TrimSpace(line))
	}
	trace.Comments = append(trace.Comments, r.Changes...)
	for _, what := range removed {
		trace.Comments = append(trace.Comments, "removed from the world: "+what)
	}
	if r.Shortest {
		trace.Comments = append(trace.Comments, "no shorter trace of these actions, in the functions that are left, does this: all were explored")
	}
	return &trace
}

func (c *shrinkCommand) print(w io.Writer, t *model.Trace) error {
	form := asText
	if c.json {
		form = asJSON
	}
	return writeFile(w, c.output, func(w io.Writer) error { return form(w, t) })
}
