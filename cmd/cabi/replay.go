package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"cabi/internal/traps"
	"cabi/internal/upstream"
	"cabi/model"
	"cabi/spec"
)

func newReplayCommand() *cobra.Command {
	var variant, upstreamDir string
	var without []string
	cmd := &cobra.Command{
		Use:   "replay TRACE",
		Short: "Run a trace again, here, under another variant or on upstream's Python, and say where it departs",
		Long: "Replay does what the lines of a trace say, compares what they state with what happens, and prints what\n" +
			"happened. With --upstream it does the same on a checkout's definitions.py, and says of each line whether that\n" +
			"agrees: in what is returned and called, in how the run stops, and in the whole state. TRACE is a file, or - for\n" +
			"standard input.\n" +
			"It exits with 0 if all of it happened again, 1 if not, 2 for bad input.",
		Example: "  cabi check handles --variant per-type --property unique-in-instance --save two.cabi\n" +
			"  cabi replay two.cabi\n  cabi replay two.cabi --variant single-table\n" +
			"  cabi replay two.cabi --variant single-table --upstream component-model",
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			trace, err := readTrace(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			v, err := variantOf(trace, variant)
			if err != nil {
				return err
			}
			if trace.Without, err = sitesOff(trace, without); err != nil {
				return err
			}
			if upstreamDir != "" {
				return replayUpstream(cmd.OutOrStdout(), args[0], trace, v, upstreamDir)
			}
			return replay(cmd.OutOrStdout(), args[0], trace, v)
		},
	}
	cmd.Flags().StringVar(&variant, "variant", "", "number handles so; as the trace says if it is not given")
	cmd.Flags().StringSliceVar(&without, "without", nil, "switch these traps and asserts off, besides those that the trace says")
	completeFlags(cmd, map[string]kind{"variant": kindVariant, "without": kindSite})
	cmd.Flags().StringVar(&upstreamDir, "upstream", "", "run it on Python too, with the definitions.py of this checkout (`DIR`)")
	return cmd
}

// sitesOff returns the sites that are switched off, by the trace or by --without, sorted.
func sitesOff(trace *model.Trace, more []string) ([]spec.Site, error) {
	off := slices.Clone(trace.Without)
	for _, name := range more {
		off = append(off, spec.Site(name))
	}
	if len(off) == 0 {
		return nil, nil
	}
	trapRows, assertRows, err := siteRowsByKind()
	if err != nil {
		return nil, err
	}
	for _, s := range off {
		if !slices.ContainsFunc(slices.Concat(trapRows, assertRows), func(r traps.Row) bool { return r.Site == s }) {
			return nil, unknown(kindSite, string(s))
		}
	}
	slices.Sort(off)
	return slices.Compact(off), nil
}

// readTrace reads a trace from a file, or if it is -, from in.
func readTrace(in io.Reader, file string) (*model.Trace, error) {
	f, err := openInput(in, file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	debug.SetGCPercent(40) // a trace of a million lines takes most of the memory that there is: collect more often
	trace, err := model.ReadTrace(f)
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	return trace, nil
}

// variantOf is the variant named, or if none is, the trace's own.
func variantOf(trace *model.Trace, name string) (*spec.Variant, error) {
	if name == "" {
		return trace.Variant, nil
	}
	if v := spec.VariantByName(name); v != nil {
		return v, nil
	}
	return nil, unknown(kindVariant, name)
}

func replay(w io.Writer, file string, trace *model.Trace, variant *spec.Variant) error {
	again, err := model.RunTrace(trace, variant)
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	if _, err := again.Trace.WriteTo(w); err != nil {
		return exitError{2, err.Error()}
	}
	if again.Departs != nil {
		printDeparture(w, again)
		return exitError{code: 1}
	}
	fmt.Fprintln(w, "\neverything that the trace says happened again")
	return nil
}

// printDeparture prints the first line of a trace that states something else than what happened.
func printDeparture(w io.Writer, again *model.Replay) {
	d := again.Departs
	fmt.Fprintf(w, "\ndeparts at line %d:\n  the trace says   %s\n  what happened is %s\n", d.Number, d, again.Got)
}

// replayUpstream runs a trace on the port and on Python, and marks each line by whether both did the same.
func replayUpstream(w io.Writer, file string, trace *model.Trace, variant *spec.Variant, dir string) error {
	here, err := model.RunTrace(trace, variant)
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	r, err := upstream.Replay(definitionsDir(dir), here.Plain, variant) // the Python reads numbers alone
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	header := *r.Trace
	lines := header.Lines
	header.Lines = nil
	fmt.Fprint(w, &header)
	for _, l := range lines[:r.Agree] {
		fmt.Fprintf(w, "agrees   %s\n", l)
	}
	if r.Departs {
		return printDisagreement(w, r, lines)
	}
	if r.Replay.Departs != nil {
		printDeparture(w, r.Replay)
		fmt.Fprintln(w, "definitions.py agrees with what happened")
		return exitError{code: 1}
	}
	fmt.Fprintf(w, "\ndefinitions.py agrees with everything that the trace says: %s\n", model.Counted(len(lines), "line"))
	return nil
}

// printDisagreement prints the line in which Python does something else than the port, and how it differs.
func printDisagreement(w io.Writer, r *upstream.Replayed, lines []model.Line) error {
	at := "at its end"
	if r.Agree < len(lines) {
		fmt.Fprintf(w, "departs  %s\n", lines[r.Agree])
		at = fmt.Sprintf("in the line after %s", model.Counted(r.Agree, "line"))
	}
	fmt.Fprintf(w, "\ndefinitions.py departs %s (- here, + definitions.py):\n%s", at, r.Difference)
	return exitError{code: 1}
}
