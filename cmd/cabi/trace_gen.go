package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cabi/internal/output"
	"cabi/internal/suite"
)

// A genCommand is cabi trace gen with its flags.
type genCommand struct {
	output string
	runs   bound
	states bound
	tries  bound
}

func newGenCommand() *cobra.Command {
	c := &genCommand{runs: bound{suite.Default.Runs, 1 << 30}, states: bound{suite.Default.States, 1 << 30}, tries: bound{suite.Default.Tries, 1 << 30}}
	cmd := &cobra.Command{
		Use:   "gen -o DIR",
		Short: "Generate the reference suite: short traces of each trap, outcome and step that a runtime can be tested against",
		Long: "Gen explores scenarios and worlds breadth first, or those that are too big at random from a fixed seed; keeps the shortest\n" +
			"traces that show each trap, each action with each kind of outcome, and each step of the specification's state machines;\n" +
			"and writes to DIR those that are needed to show all of it, each named after what it shows, with a sentence, and defining\n" +
			"its world. What all of them show is printed, and written to coverage.md. The same flags give the same files. It takes a\n" +
			"minute.",
		Example: "  cabi trace gen -o reference\n  cabi replay reference/trap-task.cancel-not-delivered.cabi",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.output == "" {
				return exitError{2, "name the directory to write to: -o DIR"}
			}
			return c.run(cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVarP(&c.output, "output", "o", "", "write to this `DIR`, which is made")
	cmd.Flags().Var(&c.runs, "runs", "how many random walks to make in a big world")
	cmd.Flags().Var(&c.tries, "tries", "how often to run a trace that such a walk finds, to make it smaller")
	cmd.Flags().Var(&c.states, "states", "how many states to explore of every other")
	return cmd
}

func (c *genCommand) run(out, errs io.Writer) error {
	sites, err := suite.TrapSites()
	if err != nil {
		return exitError{2, err.Error()}
	}
	if err := output.CheckDir(c.output); err != nil { // before the work, not after it
		return outputError(err)
	}
	made := suite.Generate(suite.Options{States: c.states.value, Runs: c.runs.value, Tries: c.tries.value, Sites: sites,
		Progress: func(what string) { fmt.Fprintln(errs, what) }})
	if err := output.WriteFiles(c.output, made.Files()); err != nil {
		return outputError(err)
	}
	fmt.Fprint(out, made.Coverage().Summary())
	return nil
}
