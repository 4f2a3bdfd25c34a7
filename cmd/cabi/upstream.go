package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"cabi/internal/port"
	"cabi/internal/upstream"
	"cabi/model"
	"cabi/spec"

	"github.com/spf13/cobra"
)

const upstreamLong = `Upstream runs random worlds on the port and on upstream's own Python, from the same actions of guests and host and
the same choices, and compares what happens, step by step: results, traps and where they are, failing assertions,
crashes, and after every step the whole state. It prints what the runs reached, and the first difference.

With --every-state WORLD it explores that world instead, within a bound, and makes every transition on both: the port, and the
definitions.py run by the interpreter of cabi, which needs no python3.

It needs python3, 3.11 or later, and a checkout of WebAssembly/component-model.

Exit status: 0 no difference, 1 a difference, 2 bad usage or input.`

// newUpstreamCommand returns the command that compares the port with definitions.py itself.
func newUpstreamCommand() *cobra.Command {
	o := upstream.Options{}
	runs, workers, unpatched := bound{20000, 1 << 30}, bound{2, 1000}, uint(0)
	everyState, steps := "", bound{0, 1000}
	cmd := &cobra.Command{
		Use:     "upstream",
		Short:   "Compare the port with upstream's Python on random runs",
		Long:    upstreamLong,
		Example: "  cabi upstream --dir component-model/design/mvp/canonical-abi --runs 20000 --seed 7",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if everyState != "" {
				return runEveryState(o.Dir, everyState, steps.value, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			o.Runs, o.Workers, o.Unpatched = runs.value, workers.value, int(min(unpatched, 1<<30))
			return runUpstream(o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Dir, "dir", "", "the `DIR` of a checkout, or that holds definitions.py")
	f.Var(&runs, "runs", "how many runs to make")
	f.Uint64Var(&o.Seed, "seed", 1, "what the runs are made from: the same runs for the same seed")
	f.Var(&workers, "workers", "how many Python processes to use")
	f.UintVar(&unpatched, "unpatched", 100, "check one run in `N` with Python's own stack switching too; 0: none")
	f.StringVar(&everyState, "every-state", "", "explore this `WORLD`, and make every transition on both")
	f.Var(&steps, "steps", "with --every-state: how many actions; the world's own bound if it is not given")
	completeFlags(cmd, map[string]kind{"every-state": kindWorld})
	flagRules{
		needs: []flagNeed{{"steps", []string{"every-state"}}},
		excludes: []flagPair{
			{"every-state", "runs", "every run of the world is made"},
			{"every-state", "seed", "nothing is drawn"},
			{"every-state", "workers", "no Python processes are used"},
			{"every-state", "unpatched", "no Python processes are used"},
		},
	}.refuse(cmd)
	return cmd
}

func runUpstream(o upstream.Options, out, errs io.Writer) error {
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
		fmt.Fprint(out, report.Difference)
		return exitError{1, ""}
	}
	if _, err := report.Coverage.WriteTo(out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nno difference in %d runs with seed %d; %d also ran with Python's own stack switching, where %d hung as they must\n",
		o.Runs, o.Seed, report.Unpatched, report.Hung)
	fmt.Fprintf(errs, "%.1f s\n", time.Since(began).Seconds())
	return nil
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
