package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"cabi/model"
	"cabi/spec"
)

func newReplayCommand() *cobra.Command {
	var variant string
	cmd := &cobra.Command{
		Use:   "replay TRACE",
		Short: "Run a trace again, here or under another variant, and say where it departs",
		Long: "Replay does what the lines of a trace say, compares what they state with what happens, and prints what\n" +
			"happened. It exits with 0 if all of it happened again, 1 if not.",
		Example: "  cabi check handles --variant per-type --property unique-in-instance --save two.cabi\n" +
			"  cabi replay two.cabi\n  cabi replay two.cabi --variant single-table",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			trace, err := readTrace(args[0])
			if err != nil {
				return err
			}
			return replay(cmd.OutOrStdout(), args[0], trace, variant)
		},
	}
	cmd.Flags().StringVar(&variant, "variant", "", "number handles so; as the trace says if it is not given")
	return cmd
}

// readTrace reads a trace from a file.
func readTrace(file string) (*model.Trace, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, exitError{2, err.Error()}
	}
	defer f.Close()
	trace, err := model.ParseTrace(f)
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	return trace, nil
}

func replay(w io.Writer, file string, trace *model.Trace, variant string) error {
	v := trace.Variant
	if variant != "" {
		if v = spec.VariantByName(variant); v == nil {
			return unknown("variant", variant, variantNames())
		}
	}
	again, err := model.RunTrace(trace, v)
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	fmt.Fprint(w, again.Trace)
	if d := again.Departs; d != nil {
		fmt.Fprintf(w, "\ndeparts at line %d:\n  the trace says   %s\n  what happened is %s\n", d.Number, d, again.Got)
		return exitError{code: 1}
	}
	fmt.Fprintln(w, "\neverything that the trace says happened again")
	return nil
}
