package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cabi/internal/diff"
	"cabi/internal/output"
	"cabi/model"
)

// A diffCommand is cabi diff with its flags.
type diffCommand struct {
	git       string
	source    string
	worlds    []string
	budget    float64
	keepGoing bool
	workers   bound
	markdown  string
	html      string
	save      string
	json      bool
	noPython  bool
}

const diffLong = `Diff says what a version of the specification changes against another. It makes random runs on both, half of them
about values of random types; where what lifts or lowers values differs, passes some through core code and back; replays the
reference traces and the findings on the new one; explores the worlds on both at once, guests and the
host doing the same as long as they observe the same, and shows the shortest trace of each kind of difference, whatever the specification chooses; goes on behind each on the new one alone; and checks the promises of both. What
it shows it has CPython repeat, if there is a python3.

A version is a directory or file with a definitions.py, "port" (the pin), a variant, or with --git a revision. If only one is
named, it is compared with the pin. The new version may also be an edit of the port: a patch of this project's sources, or a tree of
them as it stands. The command is built with it, which needs Go, and compares it with the definitions.py of OLD or of --git.

How far it goes is a number of states, so the report is the same on each machine: about five minutes on two cores.

Exit status: 0 no observable difference within the bound, 1 differences, 2 bad usage or input, 3 stopped early, and no difference so far.`

const diffUsage = "name the new version, or the old one and the new one: a directory with a definitions.py, port, a variant, with --git a revision, or last a patch or tree of this project"

func newDiffCommand() *cobra.Command {
	c := &diffCommand{workers: bound{runtime.NumCPU(), 1000}, budget: 1}
	cmd := &cobra.Command{
		Use:     "diff [OLD] NEW",
		Short:   "Say what a version of definitions.py changes: what can be observed, which promises hold, which findings are left",
		Long:    diffLong,
		Example: "  cabi diff component-model\n  cabi diff fix-cancel-bug --git component-model/.git\n  cabi diff per-type --world handles\n  cabi diff component-model edit.patch",
		Args:    cobra.ArbitraryArgs,
		RunE:    c.run,
	}
	f := cmd.Flags()
	f.StringVar(&c.git, "git", "", "a git directory of WebAssembly/component-model, of which versions may be revisions (`DIR`)")
	f.StringVar(&c.source, sourceFlag, "", "the tree of this project that a patch is of (`DIR`); if it is not given, the one that the current directory is in")
	f.StringSliceVar(&c.worlds, "world", nil, "explore these worlds: names, or files; if it is not given, all that can be explored")
	f.Float64Var(&c.budget, "budget", 1, "make so many times as many runs, and explore so many times as many states")
	f.BoolVar(&c.keepGoing, "keep-going", false, "explore each world to the end of its bounds")
	workersFlag(f, &c.workers)
	f.StringVar(&c.markdown, "markdown", "", "write the report as Markdown to this `FILE`, too")
	f.StringVar(&c.html, "html", "", "write a page that steps through each difference and finding on both versions, side by side, to this `FILE`, too")
	f.StringVar(&c.save, "save", "", "write the traces to files in this `DIR`, for cabi replay")
	f.BoolVar(&c.json, "json", false, "print JSON")
	f.BoolVar(&c.noPython, "no-python", false, "do not have CPython repeat what is shown")
	flagRules{excludes: []flagPair{{"keep-going", "budget", "it has no budget"}}}.refuse(cmd)
	completeFlags(cmd, map[string]kind{"world": kindWorld})
	return cmd
}

func (c *diffCommand) run(cmd *cobra.Command, args []string) error {
	if n := len(args); n > 0 && diff.IsEdit(args[n-1]) {
		return c.runEdited(cmd, args)
	}
	options, err := c.options(cmd.InOrStdin(), args)
	if err != nil {
		return err
	}
	if c.source != "" {
		return exitError{2, "--source is for patches, and the new version is none"}
	}
	if err := c.checkFiles(); err != nil {
		return err
	}
	debug.SetGCPercent(400)
	line, interrupt := newStatusLine(cmd.ErrOrStderr()), interrupted()
	options.Progress = func(stage string, done, of int) bool {
		select {
		case <-interrupt:
			return false
		default:
		}
		if line.due() {
			line.draw(fmt.Sprintf("%s, %d of %d", stage, done, of))
		}
		return true
	}
	options.Found = func(what string) {
		line.clear()
		fmt.Fprintln(cmd.ErrOrStderr(), "found:", what)
	}
	report, err := diff.Compare(options)
	line.clear()
	if err != nil {
		return diffError(err)
	}
	if err := c.write(cmd.OutOrStdout(), report, options); err != nil {
		return err
	}
	switch {
	case report.Observable():
		return exitError{code: 1}
	case report.Stopped:
		return exitError{code: 3}
	}
	return nil
}

// sourceFlag is the flag that only a patch needs.
const sourceFlag = "source"

// runEdited builds the command with an edit of the port and has that make the comparison.
func (c *diffCommand) runEdited(cmd *cobra.Command, args []string) error {
	old, edit := diff.Port, args[len(args)-1]
	switch len(args) {
	case 1:
	case 2:
		old = args[0]
	default:
		return exitError{2, diffUsage}
	}
	old, err := diff.OldOfEdit(old, c.git)
	if err != nil {
		return diffError(err)
	}
	edited, err := diff.BuildEdit(edit, c.source)
	if err != nil {
		return diffError(err)
	}
	defer edited.Close()
	interrupted() // the command that was built is interrupted, too, and ends with what it found
	again := exec.Command(edited.Command, append(c.given(cmd.Flags()), old, diff.Port)...)
	again.Stdin, again.Stdout, again.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	var exit *exec.ExitError
	if err := again.Run(); errors.As(err, &exit) {
		return exitError{code: exit.ExitCode()}
	} else if err != nil {
		return diffError(err)
	}
	return nil
}

// given is the command with the flags that were given, but for those that only the edit needs.
func (c *diffCommand) given(flags *pflag.FlagSet) []string {
	args := []string{"diff"}
	flags.Visit(func(f *pflag.Flag) {
		switch many, is := f.Value.(pflag.SliceValue); {
		case f.Name == sourceFlag:
		case is:
			for _, one := range many.GetSlice() {
				args = append(args, "--"+f.Name, one)
			}
		default:
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return args
}

// diffError is the error of a comparison: with exit code 2, since it is the versions' or the caller's.
func diffError(err error) error {
	var bad *diff.BadInput
	if errors.As(err, &bad) {
		return exitError{2, bad.Error()}
	}
	return exitError{2, "the comparison could not go on: " + err.Error()}
}

// options are those that the flags and arguments ask for.
func (c *diffCommand) options(in io.Reader, args []string) (o diff.Options, err error) {
	if len(args) < 1 || len(args) > 2 {
		return o, exitError{2, diffUsage}
	}
	if len(args) == 1 {
		args = []string{diff.Port, args[0]}
	}
	o = diff.Defaults
	if o.Old, err = diff.Open(args[0], c.git); err != nil {
		return o, diffError(err)
	}
	if o.New, err = diff.Open(args[1], c.git); err != nil {
		return o, diffError(err)
	}
	if c.budget <= 0 || c.budget > 1e6 {
		return o, exitError{2, fmt.Sprintf("--budget %g: it is more than 0, and at most a million", c.budget)}
	}
	o.Workers, o.Judge = c.workers.value, !c.noPython
	o.Pairs, o.States, o.Behind, o.Runs = scaled(o.Pairs, c.budget), scaled(o.States, c.budget), scaled(o.Behind, c.budget), scaled(o.Runs, c.budget)
	if c.keepGoing {
		o.Pairs, o.States = 0, 0
	}
	o.Worlds, err = c.worldsToExplore(in)
	return o, err
}

func scaled(n int, by float64) int { return max(1, int(float64(n)*by)) }

// worldsToExplore are the worlds named, or if none is, all.
func (c *diffCommand) worldsToExplore(in io.Reader) (worlds []*model.World, err error) {
	all, err := diff.Worlds()
	if err != nil || len(c.worlds) == 0 {
		return all, err
	}
	for _, name := range c.worlds {
		if i := slices.IndexFunc(all, func(w *model.World) bool { return w.Name == name }); i >= 0 {
			worlds = append(worlds, all[i])
			continue
		}
		w, err := worldOf(in, name)
		if err != nil {
			return nil, err
		}
		w, _ = w.Complete()
		worlds = append(worlds, w)
	}
	return worlds, nil
}

// write writes the report, in each form that was asked for.
func (c *diffCommand) write(out io.Writer, r *diff.Report, o diff.Options) error {
	if c.json {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", text)
	} else {
		r.WriteText(out)
	}
	files := map[string]string{}
	if c.markdown != "" {
		var b strings.Builder
		r.WriteMarkdown(&b)
		files[c.markdown] = b.String()
	}
	if c.html != "" {
		var b strings.Builder
		if err := r.WriteHTML(&b, o.Old, o.New); err != nil {
			return err
		}
		files[c.html] = b.String()
	}
	for name, text := range files {
		if err := output.WriteText(name, text); err != nil {
			return outputError(err)
		}
	}
	if c.save != "" {
		if err := output.WriteFiles(c.save, r.TraceFiles()); err != nil {
			return outputError(err)
		}
	}
	return nil
}

// checkFiles returns an error if a file that is to be written cannot be, so that no long comparison is in vain.
func (c *diffCommand) checkFiles() error {
	for _, name := range []string{c.markdown, c.html} {
		if name == "" {
			continue
		}
		if err := output.Check(name); err != nil {
			return outputError(err)
		}
	}
	if c.save != "" {
		if err := output.CheckDir(c.save); err != nil {
			return outputError(err)
		}
	}
	return nil
}
