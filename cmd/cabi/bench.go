package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cabi/internal/bench"
	"cabi/model"
	"cabi/properties"
)

// newBenchCommand returns cabi bench, which holds the commands that measure.
func newBenchCommand() *cobra.Command {
	cmd := group(&cobra.Command{Use: "bench", Short: "Measure how fast the specification is explored"})
	cmd.AddCommand(newBenchMCommand(), newBenchWorldsCommand(), newBenchPageCommand())
	return cmd
}

const benchPageLong = `Measure everything, and print the page docs/generated/performance.md.

The model M is explored by other model checkers too, side by side, if they are there; if one is not, its row says what is missing.

  SPIN        spin and gcc, where programs are looked for
  TLC         java, where programs are looked for, and CABI_TLA2TOOLS in the environment: the path of tla2tools.jar
  Stateright  CABI_STATERIGHT in the environment: the path of the program of internal/bench/peers/stateright.rs, compiled with
              optimization as the main.rs of a crate that depends on stateright

Each may take 10 minutes for a size. If one finds another number of states than there are, that is an error.`

// newBenchPageCommand returns the command that makes docs/generated/performance.md.
func newBenchPageCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "page",
		Short: "Measure everything, beside other model checkers that are installed, and print the page docs/generated/performance.md",
		Long:  benchPageLong,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page := bench.DefaultPage()
			self, err := os.Executable()
			if err != nil {
				return err
			}
			page.Self = self
			page.Progress = func(what string) { fmt.Fprintf(cmd.ErrOrStderr(), "measuring %s\n", what) }
			return page.Write(cmd.OutOrStdout())
		},
	}
}

// newBenchWorldsCommand returns the command that measures worlds.
func newBenchWorldsCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "worlds [WORLD…]",
		Short:             "Explore worlds at their default bounds, and print what that took as JSON, a line each",
		Example:           "  cabi bench worlds\n  cabi bench worlds subtasks cancel",
		ValidArgsFunction: completes(kindWorld),
		RunE: func(cmd *cobra.Command, args []string) error {
			worlds, err := benchedWorlds(cmd.InOrStdin(), args)
			for _, w := range worlds {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(bench.MeasureWorld(w, w.Bounds, properties.For(w))); err != nil {
					return err
				}
			}
			return err
		},
	}
}

// benchedWorlds returns the worlds of the given names or files, or without names, all worlds that can be exhausted.
func benchedWorlds(in io.Reader, names []string) ([]*model.World, error) {
	var worlds []*model.World
	for _, name := range names {
		w, err := worldOf(in, name)
		if err != nil {
			return nil, err
		}
		if err := onPort(w); err != nil {
			return nil, err
		}
		if w.Steps == 0 && !w.Random {
			return nil, exitError{2, fmt.Sprintf("%s says no bound on actions: a line such as \"bound 10 actions\" does", name)}
		}
		if w.Random {
			return nil, exitError{2, fmt.Sprintf("%s is too big to be exhausted", name)}
		}
		worlds = append(worlds, w)
	}
	if len(names) == 0 {
		worlds = slices.DeleteFunc(slices.Clone(model.Worlds), func(w *model.World) bool { return w.Random })
	}
	return worlds, nil
}

const benchMLong = `M is a model that other model checkers can be measured with too: two handle tables, over the specification's own table
and handle code. An own handle of one of T types is made in the first, dropped, lent up to L times, given back, and moved between the
tables, while at most H live in each. How many states there are is known in closed form, and is checked.`

// newBenchMCommand returns the command that explores the model M.
func newBenchMCommand() *cobra.Command {
	var asJSON, naive bool
	var memory size
	var dir string
	workers := bound{runtime.NumCPU(), 1000}
	text := "2,4,1"
	cmd := &cobra.Command{
		Use:     "m",
		Short:   "Explore the model M(T,H,L) of two handle tables",
		Long:    benchMLong,
		Example: "  cabi bench m\n  cabi bench m --size 2,4,2 --memory 200MB",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := bench.ParseM(text)
			if err != nil {
				return exitError{2, err.Error()}
			}
			if err := checkDisk(dir); err != nil {
				return err
			}
			keepWithin(memory)
			if naive {
				begun := time.Now()
				r := &model.DirectReport{States: bench.Naive(m)}
				return printM(cmd, bench.NewMeasurement(m, r, time.Since(begun)), nil, asJSON)
			}
			progress := newProgress(cmd.ErrOrStderr(), 0)
			search := m.Search()
			search.Workers, search.Memory, search.Dir = workers.value, int64(memory)/2, dir
			search.Progress = func(r *model.DirectReport) bool {
				return progress.update(&model.Report{States: r.States, Transitions: r.Transitions, Depth: r.Depth, Frontier: r.Frontier})
			}
			begun := time.Now()
			r, err := search.Run()
			progress.clear()
			return printM(cmd, bench.NewMeasurement(m, r, time.Since(begun)), err, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&text, "size", text, "T,H,L: types, handles in a table, lends of a handle")
	workersFlag(f, &workers)
	f.Var(&memory, "memory", "how much memory to use, as 200MB; states beyond go to disk; if it is not given, as much as is needed")
	f.StringVar(&dir, "disk", "", "the directory for what memory has no room for; if it is not given, that for temporary files")
	f.BoolVar(&naive, "naive", false, "explore it with a map and a queue instead, to compare")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	benchMRules.refuse(cmd)
	return cmd
}

// benchMRules are which flags of cabi bench m have no effect together.
var benchMRules = flagRules{
	needs: []flagNeed{{"disk", []string{"memory"}}},
	excludes: []flagPair{
		{"naive", "memory", "a map stays in memory"},
		{"naive", "workers", "a map and a queue use one core"},
	},
}

// keepWithin has the garbage collector keep the process within a size. The size 0 is no limit.
func keepWithin(memory size) {
	if memory > 0 {
		debug.SetGCPercent(25)
		debug.SetMemoryLimit(int64(memory) * 3 / 4)
	}
}

// printM prints how many states of M a search found, and returns an error if M has another number of states, or the search was
// stopped.
func printM(cmd *cobra.Command, m bench.Measurement, err error, asJSON bool) error {
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
		return exitError{3, fmt.Sprintf("stopped early, by Ctrl-C, after %d states: without it, the search goes to its end", m.States)}
	case m.Expected != "" && m.Expected != fmt.Sprint(m.States):
		return exitError{1, fmt.Sprintf("%d states were found, and there are %s", m.States, m.Expected)}
	}
	return nil
}
