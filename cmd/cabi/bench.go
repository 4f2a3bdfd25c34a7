package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"cabi/bench"
	"cabi/model"
)

// newBenchCommand returns the command that measures.
func newBenchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast the specification is explored",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(newBenchMCommand())
	return cmd
}

const benchMLong = `M is a model that other model checkers can be measured with too: two handle tables, over the specification's own table
and handle code. An own handle of one of T types is made in the first, dropped, lent up to L times, given back, and moved between the
tables, while at most H live in each. How many states there are is known in closed form, and is checked.`

// newBenchMCommand returns the command that explores the model M.
func newBenchMCommand() *cobra.Command {
	var asJSON bool
	var memory size
	var dir string
	workers := bound{runtime.NumCPU(), 1000}
	text := "2,4,1"
	cmd := &cobra.Command{
		Use:     "m",
		Short:   "Explore the model M(T,H,L) of two handle tables",
		Long:    benchMLong,
		Example: "  cabi bench m\n  cabi bench m --size 2,4,2 --memory 200MB",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := bench.ParseM(text)
			if err != nil {
				return exitError{2, err.Error()}
			}
			keepWithin(memory)
			progress := newProgress(cmd.ErrOrStderr(), 0)
			search := m.Search()
			search.Workers, search.Memory, search.Dir = workers.value, int64(memory)*3/4, dir
			search.Progress = func(r *model.DirectReport) bool {
				return progress.tell(&model.Report{States: r.States, Transitions: r.Transitions, Depth: r.Depth, Frontier: r.Frontier})
			}
			begun := time.Now()
			r, err := search.Run()
			progress.clear()
			return printM(cmd, bench.NewMeasured(m, r, time.Since(begun)), err, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&text, "size", text, "T,H,L: types, handles in a table, lends of a handle")
	f.Var(&workers, "workers", "how many cores to use; the result does not depend on it")
	f.Var(&memory, "memory", "how much memory to use, as 200MB; states beyond go to disk; 0: as much as is needed")
	f.StringVar(&dir, "disk", "", "the directory for what memory has no room for; if it is not given, that for temporary files")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// keepWithin has the garbage collector keep the process within a size; 0: of so little else as it can.
func keepWithin(memory size) {
	debug.SetGCPercent(25) // states take much memory and have nothing to collect: a collection costs little
	if memory > 0 {
		debug.SetMemoryLimit(int64(memory) * 9 / 10)
	}
}

// printM prints what a search of M found, and says if it is not what there is.
func printM(cmd *cobra.Command, m bench.Measured, err error, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		json.NewEncoder(out).Encode(m)
	} else {
		fmt.Fprintln(out, m)
	}
	switch {
	case err != nil:
		return exitError{3, fmt.Sprintf("stopped after %d states: %v", m.States, err)}
	case m.Frontier > 0:
		return exitError{3, "stopped early"}
	case m.Expected != "" && m.Expected != fmt.Sprint(m.States):
		return exitError{1, fmt.Sprintf("%d states were found, and there are %s", m.States, m.Expected)}
	}
	return nil
}
