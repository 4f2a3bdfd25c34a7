package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cabi/internal/conform"
	"cabi/internal/nearest"
	"cabi/model"
	"cabi/spec"
)

// A conformCommand is cabi conform with its flags.
type conformCommand struct {
	worlds    []string
	variant   string
	runs      bound
	duration  time.Duration
	timeout   time.Duration
	seed      uint64
	keepGoing bool
	save      string
	json      bool
}

const conformLong = `Conform tests an implementation of the Canonical ABI, in any language: COMMAND starts an adapter, a small program that does with the
implementation what it is told in lines of JSON on standard input, and says on standard output what happened. docs/conform.md
states the protocol.

The runs are the reference traces first, and then walks at random in all worlds, or with --world only walks in those. Each
answer is compared at once with all that the specification allows, whatever it chooses: an implementation makes its own choices,
such as which ready thread goes on. The first difference is shown by as few actions as are found, and --save writes it as a
trace, which cabi admits refuses. An adapter that hangs, dies, floods, or answers what is no answer is reported too.

Exit status: 0 no difference in all runs, 1 differences, 2 bad usage or input, such as a command that does not speak the protocol,
3 stopped early, with no difference so far.`

func newConformCommand() *cobra.Command {
	c := &conformCommand{runs: bound{2000, 1 << 40}}
	cmd := &cobra.Command{
		Use:   "conform -- COMMAND [ARGUMENT]...",
		Short: "Test an implementation in any language, through a protocol of JSON lines",
		Long:  conformLong,
		Example: "  cabi conform -- go run ./examples/conform/spec\n" +
			"  cabi conform --keep-going --save diff.cabi -- python3 examples/conform/definitions.py component-model",
		Args: cobra.ArbitraryArgs,
		RunE: c.run,
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.worlds, "world", nil, "make runs in these worlds only: names, or files")
	f.StringVar(&c.variant, "variant", spec.SingleTable.Name, "the implementation numbers handles so, or in `any` way, which says in which")
	f.Var(&c.runs, "runs", "how many runs to make; with --duration, if it is not given, as many as that allows")
	f.DurationVar(&c.duration, "duration", 0, "stop after so long; 0: never")
	f.DurationVar(&c.timeout, "timeout", 10*time.Second, "how long an answer may take")
	f.Uint64Var(&c.seed, "seed", 1, "what the runs are made from: the same runs for the same seed, if the implementation chooses the same")
	f.BoolVar(&c.keepGoing, "keep-going", false, "go on after a difference, and show the first of each kind")
	f.StringVarP(&c.save, "save", "o", "", "write the trace of a difference to this `FILE`; of the next ones beside it, with -2, -3 … in the name")
	f.BoolVar(&c.json, "json", false, "print JSON")
	flagRules{}.refuse(cmd)
	completeFlags(cmd, map[string]kind{"world": kindWorld, "variant": kindVariant})
	return cmd
}

func (c *conformCommand) run(cmd *cobra.Command, args []string) error {
	options, err := c.options(cmd, args)
	if err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr(), c.duration)
	defer p.clear()
	options.Progress = func(r *conform.Report) bool { return c.progress(p, r) }
	report, err := conform.Test(options)
	p.clear()
	var bad *conform.BadAdapter
	switch {
	case errors.As(err, &bad):
		return exitError{2, bad.Error()}
	case err != nil:
		return exitError{2, "the test could not go on: " + err.Error()}
	}
	saved, err := c.saveAll(report)
	if err != nil {
		return err
	}
	if err := c.print(cmd.OutOrStdout(), report, saved, p.stopped); err != nil {
		return err
	}
	switch {
	case len(report.Differences) > 0:
		return exitError{code: 1}
	case report.Stopped && !c.onlyDuration(cmd, p.stopped):
		return exitError{code: 3}
	}
	return nil
}

// onlyDuration reports whether a test ended as it was to: after its duration, if no number of runs was asked for.
func (c *conformCommand) onlyDuration(cmd *cobra.Command, stopped string) bool {
	return stopped != "Ctrl-C" && !given(cmd, "runs")
}

// options are those that the flags and arguments ask for.
func (c *conformCommand) options(cmd *cobra.Command, args []string) (o conform.Options, err error) {
	switch at := cmd.ArgsLenAtDash(); {
	case len(args) == 0:
		return o, exitError{2, "name the command that starts the adapter: cabi conform -- COMMAND"}
	case at != 0:
		return o, exitError{2, "the command that starts the adapter stands behind --, with all its arguments: cabi conform -- " + strings.Join(args, " ")}
	case c.duration < 0:
		return o, exitError{2, fmt.Sprintf("--duration %s: it is not negative", c.duration)}
	case c.timeout <= 0:
		return o, exitError{2, fmt.Sprintf("--timeout %s: it is more than 0", c.timeout)}
	}
	if o.Variants, err = c.variants(); err != nil {
		return o, err
	}
	o.Command, o.Seed, o.Timeout, o.KeepGoing = args, c.seed, c.timeout, c.keepGoing
	if o.Runs = c.runs.value; c.duration > 0 && !given(cmd, "runs") {
		o.Runs = 0
	}
	if err := checkFile(c.save); err != nil {
		return o, err
	}
	return o, c.addWorlds(cmd.InOrStdin(), &o)
}

// addWorlds adds the worlds, and if none is named, the reference traces.
func (c *conformCommand) addWorlds(in io.Reader, o *conform.Options) (err error) {
	if len(c.worlds) == 0 {
		o.Worlds = conform.Worlds()
		o.Scenes, err = conform.Scenes()
		return err
	}
	for _, name := range c.worlds {
		w, err := worldOf(in, name)
		if err != nil {
			return err
		}
		if err := onPort(w); err != nil {
			return err
		}
		w, _ = w.Complete()
		o.Worlds = append(o.Worlds, w)
	}
	return nil
}

// variants are those under any of which the implementation may number handles.
func (c *conformCommand) variants() ([]*spec.Variant, error) {
	if c.variant == anyVariant {
		return spec.Variants, nil
	}
	v := spec.VariantByName(c.variant)
	if v == nil {
		return nil, exitError{2, fmt.Sprintf("unknown variant %q%s", shorten(c.variant), nearest.Hint(c.variant, append(kindVariant.names(), anyVariant)))}
	}
	return []*spec.Variant{v}, nil
}

// progress shows how far the test is, and stops it at Ctrl-C or after its duration.
func (c *conformCommand) progress(p *progress, r *conform.Report) bool {
	return p.show(func() string {
		text := fmt.Sprintf("%d runs, %d actions, %.0f runs/s", r.Runs, r.Actions, float64(r.Runs+r.ShrinkRuns)/time.Since(p.begun).Seconds())
		if n := len(r.Differences); n > 0 {
			text += fmt.Sprintf(", %s", model.Counted(n, "kind")) + " of differences"
		}
		if r.ShrinkRuns > 0 {
			text += fmt.Sprintf(", %d runs to shrink", r.ShrinkRuns)
		}
		return text
	})
}

// saveAll writes the traces of differences, and returns the names of the files.
func (c *conformCommand) saveAll(r *conform.Report) ([]string, error) {
	var names []string
	for i, d := range r.Differences {
		if c.save == "" {
			break
		}
		name := c.save
		if i > 0 {
			end := filepath.Ext(name)
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, end), i+1, end)
		}
		if err := writeFile(io.Discard, name, func(w io.Writer) error { _, err := d.Trace.WriteTo(w); return err }); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}
