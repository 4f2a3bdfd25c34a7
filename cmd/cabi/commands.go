package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cabi/internal/layout"
)

// group makes a command one that only holds others: it prints its help, and a name that is none of theirs is an error.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.Use += " COMMAND"
	cmd.DisableFlagsInUseLine = true
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknown(subcommands(cmd), args[0])
	}
	return cmd
}

// subcommands are the names of a command's commands.
func subcommands(cmd *cobra.Command) kind {
	return kind{"command", "commands", func() []string {
		var all []string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				all = append(all, sub.Name())
			}
		}
		return all
	}, cmd.CommandPath() + " --help"}
}

// newHelpCommand returns the help command, for which a command that is not there is an error.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print the help of a command",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return completesOne(subcommands(cmd.Root()))(cmd, args, begun)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil {
				return exitError{2, err.Error()}
			}
			if len(rest) > 0 && of.HasSubCommands() {
				return unknown(subcommands(of), rest[0])
			}
			if len(rest) > 0 {
				return exitError{2, fmt.Sprintf("%s has no commands, and so no help of %q", of.CommandPath(), rest[0])}
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}

// addCompletion adds cobra's completion command, a group with a command for each shell. Cobra has these print to the output that the
// root has when it makes them; here, to the output that it has when they run.
func addCompletion(root *cobra.Command) {
	root.SetOut(outputOf{root})
	root.InitDefaultCompletionCmd()
	root.SetOut(nil)
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		group(cmd)
		for _, shell := range cmd.Commands() {
			shell.Args = noArguments
		}
	}
}

// An outputOf writes to the output that a command has now.
type outputOf struct{ cmd *cobra.Command }

func (o outputOf) Write(text []byte) (int, error) { return o.cmd.OutOrStdout().Write(text) }

// noArguments is for commands that take flags alone.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return exitError{2, fmt.Sprintf("%s takes no arguments, and %q is one", cmd.CommandPath(), args[0])}
	}
	return nil
}

// oneFile is for commands that take a file, or - for standard input.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return exitError{2, fmt.Sprintf("%s takes one file, or - for standard input, and got %d", cmd.CommandPath(), len(args))}
	}
	if args[0] == "" {
		return exitError{2, cmd.CommandPath() + ": the name of the file is empty"}
	}
	return nil
}

// files is for commands that take files, or - for standard input.
func files(cmd *cobra.Command, args []string) error {
	if len(args) < 2 {
		return oneFile(cmd, args)
	}
	if slices.Contains(args, "") {
		return exitError{2, cmd.CommandPath() + ": the name of a file is empty"}
	}
	if first := slices.Index(args, "-"); first >= 0 && slices.Contains(args[first+1:], "-") {
		return exitError{2, cmd.CommandPath() + ": standard input, -, is named twice"}
	}
	return nil
}

// workersFlag adds --workers. What its help says of the default is the same on every machine.
func workersFlag(flags *pflag.FlagSet, workers *bound) {
	flags.Var(workers, "workers", "how many cores to use; the result does not depend on it")
	flags.Lookup("workers").DefValue = "all"
}

// printHelp prints the help of a command, as wide as the terminal.
func printHelp(cmd *cobra.Command, _ []string) {
	out := cmd.OutOrStdout()
	width := layout.WidthOf(out)
	fmt.Fprintf(out, "%s\nUsage:\n  %s\n", layout.Reflow(cmp.Or(cmd.Long, cmd.Short), width), cmd.UseLine())
	if cmd.HasExample() {
		fmt.Fprintf(out, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintln(out, "\nCommands:")
		layout.WriteTable(out, commandRows(cmd), width)
	}
	fmt.Fprintf(out, "\nFlags:\n%s", cmd.LocalFlags().FlagUsagesWrapped(width))
}

// commandRows are a command's commands, and what each is for.
func commandRows(cmd *cobra.Command) [][]string {
	var rows [][]string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			rows = append(rows, []string{"", sub.Name(), sub.Short})
		}
	}
	return rows
}
