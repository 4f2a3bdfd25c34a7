package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newTraceCommand returns the commands that are about traces themselves.
func newTraceCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "trace", Short: "Convert traces, and generate reference traces"}
	cmd.AddCommand(newConvertCommand(), newGenCommand())
	return cmd
}

func newConvertCommand() *cobra.Command {
	var to, output string
	cmd := &cobra.Command{
		Use:   "convert TRACE",
		Short: "Write a trace as text, as JSON lines, or without names",
		Long: "Convert reads a trace, as text or as JSON lines, and writes it in the other form, or in the one that --to names.\n" +
			"What is written says the same: it has the same id.",
		Example: "  cabi trace convert two.cabi -o two.jsonl\n  cabi trace convert two.jsonl --to text",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := convert(args[0], to)
			if err != nil {
				return err
			}
			return writeOut(cmd.OutOrStdout(), output, text)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "text or json; the other one than the trace is in if it is not given")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `FILE` instead of printing")
	return cmd
}

// convert is a file's trace in another form.
func convert(file, to string) (string, error) {
	trace, err := readTrace(file)
	if err != nil {
		return "", err
	}
	switch {
	case to == "" && trace.FromJSON, to == "text":
		return trace.String(), nil
	case to == "", to == "json":
		return trace.JSON(), nil
	}
	return "", exitError{2, fmt.Sprintf("--to %q: a trace is written as text or json", to)}
}
