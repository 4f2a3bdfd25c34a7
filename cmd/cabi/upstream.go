package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"cabi/internal/nearest"
	"cabi/internal/output"
	"cabi/internal/port"
	"cabi/internal/upstream"
	"cabi/model"
	"cabi/spec"

	"github.com/spf13/cobra"
)

const upstreamLong = `Upstream runs random worlds on the port and on upstream's own Python, from the same actions of guests and host and
the same choices, and compares what happens, step by step: results, traps and where they are, failing assertions,
crashes, and after every step the whole state. It prints what the runs reached, and the first difference, in as few actions as it finds.

The checkout may be of another version than the pin. Whole states that have something in them which the pin does not have are not
compared, and it says why.

Searches run the port on frames, which are made of its functions; all else runs it on coroutines. So every second run, of those
with odd numbers, is on frames; --stacks frames or coroutines takes one for all.

The definitions.py of a checkout of WebAssembly/component-model is run by the interpreter of cabi, in the same process.
--python cpython has CPython run it, which takes longer and needs python3, 3.11 or later. --python both has both run it:
the two must agree with the port, so with each other.

A run is a function of --seed and its number. Runs from --first on are those that a command with as many runs before has
not made.

With --every-state WORLD it explores that world instead, within a bound, and makes every transition on the port and on
the definitions.py.

Exit status: 0 no difference, 1 a difference, 2 bad usage or input.`

// newUpstreamCommand returns the command that compares the port with definitions.py itself.
func newUpstreamCommand() *cobra.Command {
	o := upstream.Options{}
	runs, workers, unpatched := bound{20000, 1 << 30}, bound{2, 1000}, uint(0)
	everyState, save, steps, by, stacks := "", "", bound{0, 1000}, "", ""
	cmd := &cobra.Command{
		Use:     "upstream",
		Short:   "Compare the port with upstream's Python on random runs",
		Long:    upstreamLong,
		Example: "  cabi upstream --dir component-model --runs 20000 --seed 7\n  cabi upstream --dir component-model --runs 2000 --python both",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if everyState != "" {
				return runEveryState(o.Dir, everyState, steps.value, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			o.By = upstream.Runner(by)
			if !slices.Contains(upstream.Runners, by) {
				return exitError{2, fmt.Sprintf("--python %q: it is one of %s%s", shorten(by), strings.Join(upstream.Runners, ", "), nearest.Hint(by, upstream.Runners))}
			}
			if !slices.Contains(upstream.StacksOf, stacks) {
				return exitError{2, fmt.Sprintf("--stacks %q: it is one of %s%s", shorten(stacks), strings.Join(upstream.StacksOf, ", "), nearest.Hint(stacks, upstream.StacksOf))}
			}
			o.Stacks = upstream.Stacks(stacks)
			if o.By == upstream.Interpreter && given(cmd, "unpatched") {
				return exitError{2, "--unpatched has no effect without --python cpython or both: the interpreter always runs Python's own stack switching"}
			}
			o.Runs, o.Workers, o.Unpatched = runs.value, workers.value, int(min(unpatched, 1<<30))
			return runUpstream(o, save, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Dir, "dir", "", "the `DIR` of a checkout, or that holds definitions.py")
	f.Var(&runs, "runs", "how many runs to make")
	f.Uint64Var(&o.First, "first", 0, "the number of the first of them, `N`")
	f.Uint64Var(&o.Seed, "seed", 1, "what the runs are made from: the same runs for the same seed")
	f.Var(&workers, "workers", "how many runs to make at once")
	f.StringVar(&by, "python", string(upstream.Interpreter), "`WHO` runs definitions.py: interpreter, cpython or both")
	f.StringVar(&stacks, "stacks", string(upstream.BothStacks), "the `STACKS` of the port are coroutines, frames or both: frames in runs with odd numbers")
	f.UintVar(&unpatched, "unpatched", 100, "have CPython check one run in `N` with Python's own stack switching too; 0: none")
	f.StringVar(&save, "save", "", "write the run of the difference to this `FILE`, as a trace for cabi replay")
	f.StringVar(&everyState, "every-state", "", "explore this `WORLD`, and make every transition on both")
	f.Var(&steps, "steps", "with --every-state: how many actions; the world's own bound if it is not given")
	completeFlags(cmd, map[string]kind{"every-state": kindWorld})
	cmd.RegisterFlagCompletionFunc("stacks", cobra.FixedCompletions(upstream.StacksOf, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("python", cobra.FixedCompletions(upstream.Runners, cobra.ShellCompDirectiveNoFileComp))
	const alone = "every run of the world is made, by the interpreter"
	flagRules{
		needs: []flagNeed{{"steps", []string{"every-state"}}},
		excludes: []flagPair{
			{"every-state", "save", "its difference is printed as a trace"},
			{"every-state", "runs", alone},
			{"every-state", "first", alone},
			{"every-state", "seed", "nothing is drawn"},
			{"every-state", "workers", "one run is made at a time"},
			{"every-state", "python", alone},
			{"every-state", "stacks", "the port runs on coroutines there"},
			{"every-state", "unpatched", alone},
		},
	}.refuse(cmd)
	return cmd
}

func runUpstream(o upstream.Options, save string, out, errs io.Writer) error {
	if o.Dir == "" {
		return exitError{2, "name a checkout of WebAssembly/component-model: --dir DIR"}
	}
	o.Dir = definitionsDir(o.Dir)
	line := newStatusLine(errs)
	o.Progress = func(done int) {
		if line.due() {
			line.draw(fmt.Sprintf("%d of %d runs", done, o.Runs))
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // runs make much garbage, and little of it lives: collect less often
	began := time.Now()
	report, err := upstream.Compare(o)
	line.clear()
	var bad *upstream.BadInput
	if errors.As(err, &bad) {
		return exitError{2, bad.Error()}
	}
	if err != nil {
		return exitError{2, err.Error()}
	}
	if report.Difference != nil {
		return printUpstreamDifference(out, report, save)
	}
	if _, err := report.Coverage.WriteTo(out); err != nil {
		return err
	}
	printUnread(out, report)
	fmt.Fprintf(out, "\nno difference in %d runs with seed %d%s\n", o.Runs, o.Seed, runsDetail(report))
	fmt.Fprintf(errs, "%.1f s\n", time.Since(began).Seconds())
	return nil
}

// runsDetail says which runs were made, and how.
func runsDetail(r *upstream.Report) string {
	var b strings.Builder
	if r.First > 0 {
		fmt.Fprintf(&b, ", from run %d on", r.First)
	}
	if r.OnFrames > 0 {
		fmt.Fprintf(&b, ", %d of them on frames", r.OnFrames)
	}
	fmt.Fprintf(&b, ", by %s; an exception left a thread that was resumed in %d", map[upstream.Runner]string{upstream.Interpreter: "the interpreter",
		upstream.CPython: "CPython", upstream.Both: "the interpreter and CPython"}[r.By], r.Unwound)
	if r.By != upstream.Interpreter {
		fmt.Fprintf(&b, "; %d also ran with Python's own stack switching, where %d hung as they must", r.Unpatched, r.Hung)
	}
	return b.String()
}

// printUpstreamDifference prints how a definitions.py differs from the port, and the run as a trace.
func printUpstreamDifference(out io.Writer, report *upstream.Report, save string) error {
	d := report.Difference
	fmt.Fprint(out, d)
	printUnread(out, report)
	switch {
	case d.Trace == nil:
		fmt.Fprintln(out, "\nno trace can say this run: its choices are not those of a trace, or it is of the deterministic profile")
	case save != "":
		if err := output.WriteText(save, d.Trace.String()); err != nil {
			return outputError(err)
		}
		fmt.Fprintf(out, "\nthe run on the port is in %s, for cabi replay\n", save)
	default:
		fmt.Fprintf(out, "\non the port, for cabi replay:\n\n%s", d.Trace)
	}
	return exitError{1, ""}
}

// printUnread says why whole states were not compared.
func printUnread(out io.Writer, report *upstream.Report) {
	for _, why := range slices.Sorted(maps.Keys(report.Unread)) {
		fmt.Fprintf(out, "\nnot compared: whole states of which the text cannot be written on this definitions.py: %s\n", why)
	}
}

// runEveryState explores a world, and makes every transition on the port and on the definitions.py in a directory.
func runEveryState(dir, name string, steps int, in io.Reader, out, errs io.Writer) error {
	if dir == "" {
		return exitError{2, "name a checkout of WebAssembly/component-model: --dir DIR"}
	}
	world, err := worldOf(in, name)
	if err != nil {
		return err
	}
	world, _ = world.Complete()
	source, err := model.OpenSource(dir)
	if err == nil {
		err = cmp.Or(world.OnPort(), source.Fits(world, nil))
	}
	if err != nil {
		return exitError{2, err.Error()}
	}
	progress := newProgress(errs, 0)
	defer progress.clear()
	search := model.Search{World: world, Variant: spec.SingleTable, Bounds: model.Bounds{Steps: steps}.Or(world.Bounds), Progress: progress.update}
	result := search.InLockstep(source)
	progress.clear()
	if result.Err != nil {
		return exitError{2, result.Err.Error()}
	}
	if d := result.Difference; d != nil {
		fmt.Fprintf(out, "%s\nthe port:       %s\ndefinitions.py: %s\n", d.Trace, d.Port, d.Python)
		return exitError{1, ""}
	}
	fmt.Fprintf(out, "no difference in world %s, %s: %s, %s compared\n", world.Name, search.Bounds, model.Counted(result.States, "state"),
		model.Counted(result.Compared, "transition"))
	if result.Stopped {
		return exitError{code: 3}
	}
	return nil
}

// definitionsDir returns the directory of definitions.py in a checkout, or dir itself if it is no checkout.
func definitionsDir(dir string) string {
	inside := filepath.Join(dir, filepath.Dir(filepath.FromSlash(port.DefinitionsPath)))
	if _, err := os.Stat(inside); err == nil {
		return inside
	}
	return dir
}
