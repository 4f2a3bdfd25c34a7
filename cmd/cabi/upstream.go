package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"cabi/internal/port"
	"cabi/internal/upstream"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

const upstreamLong = `Upstream runs random worlds on the port and on upstream's own Python, from the same actions of guests and host and
the same choices, and compares what happens, step by step: results, traps and where they are, failing assertions,
crashes, and after every step the whole state. It prints what the runs reached, and the first difference.

It needs python3, 3.11 or later, and a checkout of WebAssembly/component-model.

Exit status: 0 no difference, 1 a difference, 2 bad usage or input.`

// newUpstreamCommand returns the command that compares the port with definitions.py itself.
func newUpstreamCommand() *cobra.Command {
	o := upstream.Options{}
	cmd := &cobra.Command{
		Use:     "upstream",
		Short:   "Compare the port with upstream's Python on random runs",
		Long:    upstreamLong,
		Example: "  cabi upstream --dir component-model/design/mvp/canonical-abi --runs 20000 --seed 7",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runUpstream(o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Dir, "dir", "", "the `DIR` of a checkout, or that holds definitions.py")
	f.IntVar(&o.Runs, "runs", 20000, "how many runs to make")
	f.Uint64Var(&o.Seed, "seed", 1, "what the runs are made from: the same runs for the same seed")
	f.IntVar(&o.Workers, "workers", 2, "how many Python processes to use")
	f.IntVar(&o.Unpatched, "unpatched", 100, "check one run in `N` with Python's own stack switching too; 0: none")
	_ = cmd.MarkFlagRequired("dir")
	return cmd
}

func runUpstream(o upstream.Options, out, errs io.Writer) error {
	if o.Runs < 1 || o.Workers < 1 || o.Unpatched < 0 {
		return exitError{2, "--runs and --workers are at least 1, --unpatched at least 0"}
	}
	o.Dir = definitionsDir(o.Dir)
	update, end := progressLine(errs, o.Runs)
	o.Progress = update
	began := time.Now()
	report, err := upstream.Compare(o)
	end()
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

// progressLine returns a function that shows how many runs are done, on a terminal in one line that is overwritten, elsewhere in a
// new line now and then; and one that removes that line from the terminal.
func progressLine(errs io.Writer, runs int) (update func(done int), end func()) {
	file, ok := errs.(*os.File)
	terminal := ok && term.IsTerminal(int(file.Fd()))
	every, format, last := 10*time.Second, "%d of %d runs\n", time.Now()
	if terminal {
		every, format = 200*time.Millisecond, "\r%d of %d runs"
	}
	update = func(done int) {
		if time.Since(last) >= every {
			last = time.Now()
			fmt.Fprintf(errs, format, done, runs)
		}
	}
	return update, func() {
		if terminal {
			fmt.Fprint(errs, "\r\x1b[K")
		}
	}
}

// definitionsDir returns the directory of definitions.py in a checkout, or dir itself if it is no checkout.
func definitionsDir(dir string) string {
	inside := filepath.Join(dir, filepath.Dir(filepath.FromSlash(port.DefinitionsPath)))
	if _, err := os.Stat(inside); err == nil {
		return inside
	}
	return dir
}
