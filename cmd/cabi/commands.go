package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// group makes a command one that only holds others: it prints its help, and a name that is none of theirs is an error.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
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
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}

// flagError says which flags are near one that is not there.
func flagError(cmd *cobra.Command, err error) error {
	name, found := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !found {
		return err
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	near := nearest("--"+name, known)
	if len(near) == 0 {
		return err
	}
	return fmt.Errorf("%w; %s", err, didYouMean(near))
}
