package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"cabi/internal/output"
	"cabi/internal/wasmtools"
	"cabi/internal/wast"
	"cabi/spec"
)

// A wastCommand is cabi wast with its flags.
type wastCommand struct {
	variant     string
	everyChoice bool
	departures  bound
	runs        bound
	json        bool
	markdown    bool
}

func newWastCommand() *cobra.Command {
	c := &wastCommand{departures: bound{1, 1000}, runs: bound{1000, 1 << 40}}
	cmd := &cobra.Command{
		Use:   "wast FILE...",
		Short: "Run scripts of components on the specification, under one choice or every one",
		Long: "Wast runs scripts in the form of upstream's tests: it instantiates their components on the specification, with core code\n" +
			"under wazero, and compares what comes of each directive with what the script says, messages of traps included. Each\n" +
			"instance has a store of its own. With --every-choice it also runs each script under every choice that departs from a\n" +
			"fair policy in at most --departures places, and under every way to number handles, and says which directives depend on\n" +
			"that. It runs on the port, not on a definitions.py: docs/source.md says why. Text needs wasm-tools: make wasm-tools\n" +
			"fetches it. docs/wast.md says what comes of upstream's tests.\n" +
			"It exits with 0 if all directives pass, 1 if one does not, 2 for bad input, and 3 if none fails but one could not be\n" +
			"run, ran out of its budget, or has more runs than --runs.",
		Example: "  cabi wast test/async/*.wast\n  cabi wast test/async/drop-subtask.wast --every-choice",
		RunE:    c.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&c.variant, "variant", spec.SingleTable.Name, "number handles so")
	flags.BoolVar(&c.everyChoice, "every-choice", false, "run each script under every choice and numbering too")
	flags.Var(&c.departures, "departures", "how many choices of a run depart from the policy, at most")
	flags.Var(&c.runs, "runs", "how many runs of one instance to make, at most")
	flags.BoolVar(&c.json, "json", false, "print a line of JSON for each file")
	flags.BoolVar(&c.markdown, "markdown", false, "print the page docs/wast.md, of upstream's tests")
	flagRules{
		needs:    []flagNeed{{"departures", []string{"every-choice", "markdown"}}, {"runs", []string{"every-choice", "markdown"}}},
		excludes: []flagPair{{"json", "markdown", "the output has one form"}, {"variant", "markdown", "the page is about all variants"}},
	}.refuse(cmd)
	completeFlags(cmd, map[string]kind{"variant": kindVariant})
	return cmd
}

func (c *wastCommand) run(cmd *cobra.Command, args []string) error {
	variant := spec.VariantByName(c.variant)
	switch {
	case len(args) == 0:
		return exitError{2, cmd.CommandPath() + " takes the names of scripts, or - for standard input"}
	case variant == nil:
		return unknown(kindVariant, c.variant)
	}
	tools, err := wasmtools.Find()
	if err != nil && !errors.Is(err, wasmtools.ErrMissing) {
		return exitError{2, err.Error()}
	}
	if tools != nil {
		defer tools.Close()
	}
	scripts, err := readScripts(cmd.InOrStdin(), args, tools)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process
	progress := newStatusLine(cmd.ErrOrStderr())
	defer progress.clear()
	report := &wast.Report{Variant: variant, EveryChoice: c.everyChoice || c.markdown, Bounds: wast.Bounds{Departures: c.departures.value, Runs: c.runs.value}}
	report.Make(ctx, scripts, func(file string) {
		if progress.due() {
			progress.draw(file)
		}
	})
	progress.clear()
	return c.print(cmd.OutOrStdout(), report)
}

// readScripts reads and prepares all scripts before any runs.
func readScripts(in io.Reader, files []string, tools wasmtools.Tools) ([]wast.File, error) {
	var scripts []wast.File
	for _, file := range files {
		f, err := openInput(in, file)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(f, mostText+1))
		f.Close()
		if err != nil {
			return nil, exitError{2, fmt.Sprintf("%s: %v", file, output.Reason(err))}
		}
		if len(text) > mostText {
			return nil, exitError{2, fmt.Sprintf("%s: too long: a script has at most %d bytes", file, mostText)}
		}
		script, err := wast.Parse(string(text))
		if err != nil {
			return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
		}
		scripts = append(scripts, wast.File{Name: file, Program: wast.Prepare(script, tools)})
	}
	return scripts, nil
}

func (c *wastCommand) print(out io.Writer, r *wast.Report) error {
	switch {
	case c.markdown && !r.Interrupted:
		fmt.Fprint(out, r.Page())
		return nil
	case c.markdown:
	case c.json:
		for _, f := range r.Files {
			if err := json.NewEncoder(out).Encode(f.Object(r)); err != nil {
				return err
			}
		}
	default:
		fmt.Fprint(out, r.Text())
	}
	if r.Interrupted {
		fmt.Fprintln(os.Stderr, "Ctrl-C: not everything was run")
	}
	if code := r.Code(); code != 0 {
		return exitError{code: code}
	}
	return nil
}
