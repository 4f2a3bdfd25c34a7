package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cabi/internal/layout"
	"cabi/internal/output"
	"cabi/internal/program"
	"cabi/spec"
)

// A componentFlags is the flags of cabi check that components have and worlds have not.
type componentFlags struct {
	programFlags
	departures bound
	draws      bound
}

func (c *componentFlags) addAll(f *pflag.FlagSet) {
	c.departures, c.draws = bound{1, 1000}, bound{100, 1 << 40}
	c.add(f)
	f.Var(&c.departures, "departures", "of a component: how many choices of a run depart from taking turns, at most")
	f.Var(&c.draws, "draws", "of a component: how many runs to make besides in which every choice is drawn")
}

// isComponentFile reports whether a name is of a component and of no world.
func isComponentFile(name string) bool {
	return strings.HasSuffix(name, ".wasm") || strings.HasSuffix(name, ".wat")
}

// Which flags have no effect on a world, and which have an effect on a component.
var (
	componentsOnly = []string{"link", "stub", "arg", "env", "compiled", "departures", "draws"}
	componentsToo  = append([]string{"variant", "runs", "seed", "duration", "json", "save", "help"}, componentsOnly...)
)

// refuseOthers refuses the flags that have no effect on what is checked.
func refuseOthers(cmd *cobra.Command, isComponent bool) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case isComponent && !slices.Contains(componentsToo, f.Name):
			err = exitError{2, fmt.Sprintf("--%s has no effect on a component: it is for worlds", f.Name)}
		case !isComponent && slices.Contains(componentsOnly, f.Name):
			err = exitError{2, fmt.Sprintf("--%s has no effect on a world: it is for components, whose files end in .wasm or .wat", f.Name)}
		}
	})
	return err
}

// componentRuns is how many runs with departures are made unless --runs says otherwise, and componentSteps how long one may be.
const (
	componentRuns  = 10_000
	componentSteps = 100_000
)

// component checks a component.
func (c *checkCommand) component(cmd *cobra.Command, args []string) error {
	variant := spec.VariantByName(c.variant)
	switch {
	case variant == nil:
		return unknown(kindVariant, c.variant)
	case c.duration < 0:
		return exitError{2, fmt.Sprintf("--duration %s: it is not negative", c.duration)}
	case c.save != "":
		if err := outputError(output.CheckDir(c.save)); err != nil {
			return err
		}
	}
	p, err := c.program(cmd.InOrStdin(), args)
	if err != nil {
		return err
	}
	p.Small = true
	runner := program.NewRunner(c.compiled)
	defer runner.Close()
	if len(p.Calls) == 0 {
		if p.Calls, err = commandCalls(runner, p); err != nil {
			return err
		}
	}
	ctx, stop := limited(c.duration)
	defer stop()
	progress := newStatusLine(cmd.ErrOrStderr())
	e := runner.Explore(ctx, p, variant, c.bounds(), func(e *program.Exploration) bool {
		if progress.due() {
			progress.draw(fmt.Sprintf("%d runs, %d drawn, %d findings", e.Runs, e.Random, len(e.Findings)))
		}
		return true
	})
	progress.clear()
	if e.Policy.Kind == program.Refused {
		return exitError{2, e.Policy.Message}
	}
	if err := c.saveFindings(e); err != nil {
		return err
	}
	c.printComponent(cmd.OutOrStdout(), args[0], e)
	if code := e.Code(); code != 0 {
		return exitError{code: code}
	}
	return nil
}

func (c *checkCommand) bounds() program.Bounds {
	b := program.Bounds{Departures: c.departures.value, Runs: c.runs.value, Random: c.draws.value, Seed: c.seed, Steps: componentSteps}
	if b.Runs == 0 {
		b.Runs = componentRuns
	}
	return b
}

// commandCalls are the calls of a program for which none are named: it must be a command.
func commandCalls(runner *program.Runner, p *program.Program) ([]program.Call, error) {
	d, ending := runner.Describe(p, program.Options{})
	if ending.Failed() {
		return nil, failedExit(p, ending)
	}
	if program.IsCommand(d.Exports) {
		return []program.Call{{Export: program.CommandExport}}, nil
	}
	var names []string
	for _, e := range d.Exports {
		names = append(names, e.Name)
	}
	return nil, exitError{2, "say which calls to check, as 'EXPORT(ARGUMENTS)': the component exports " + strings.Join(names, ", ")}
}

func (c *checkCommand) printComponent(out io.Writer, file string, e *program.Exploration) {
	if c.json {
		encoder := json.NewEncoder(out)
		for _, f := range e.Findings {
			encoder.Encode(f.Object(e))
		}
		encoder.Encode(e.Object(file))
		return
	}
	for line := range strings.Lines(e.Text(file)) {
		if !strings.HasPrefix(line, "  cabi run ") { // a command is for the shell, and not broken
			line = layout.Reflow(line, layout.WidthOf(out))
		}
		fmt.Fprint(out, line)
	}
}

// saveFindings writes a trace for each finding into the directory that --save names.
func (c *checkCommand) saveFindings(e *program.Exploration) error {
	if c.save == "" {
		return nil
	}
	files := map[string]string{}
	for i, f := range e.Findings {
		files[fmt.Sprintf("%02d-%s.cabi", i+1, f.Kind)] = f.Trace
	}
	return outputError(output.WriteFiles(c.save, files))
}
