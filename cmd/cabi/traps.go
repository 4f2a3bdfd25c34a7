package main

import (
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"cabi/internal/output"
	"cabi/internal/port"
	"cabi/internal/traps"
	"cabi/spec"
)

const trapsLong = `Traps finds for every trap of the specification the shortest program that takes it; then it switches the trap off and looks for
what goes wrong: a property that breaks, or an assert or crash of the Python. It takes a minute.`

// newTrapsCommand returns the command that says why each trap exists.
func newTrapsCommand() *cobra.Command {
	var asJSON bool
	var dir string
	cmd := &cobra.Command{
		Use:     "traps",
		Short:   "Say of every trap how it is taken, and what goes wrong without it",
		Long:    trapsLong,
		Example: "  cabi traps\n  cabi traps --json\n  cabi traps -o docs/generated",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runTraps(cmd.OutOrStdout(), cmd.ErrOrStderr(), asJSON, dir)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print a JSON list of objects, one for each trap")
	f.StringVarP(&dir, "output", "o", "", "write the page traps.md and its programs, the folder traps, to this `DIR`")
	flagRules{excludes: []flagPair{{"json", "output", "JSON is printed, a page is written"}}}.refuse(cmd)
	return cmd
}

func runTraps(out, errs io.Writer, asJSON bool, dir string) error {
	trapRows, assertRows, err := siteRowsByKind()
	if err != nil {
		return err
	}
	if dir != "" {
		if err := output.CheckDir(dir); err != nil { // before the work, not after it
			return outputError(err)
		}
	}
	debug.SetGCPercent(400) // runs make much garbage: collect less often
	result := traps.Find(namesOfRows(trapRows), namesOfRows(assertRows), func(what string) { fmt.Fprintln(errs, what) })
	switch {
	case asJSON:
		return printJSON(out, result.Objects(trapRows))
	case dir != "":
		return outputError(traps.Write(dir, result.Files(trapRows, assertRows)))
	default:
		result.WriteText(out)
	}
	return nil
}

// siteRowsByKind returns the traps and the asserts of the specification, in the order of definitions.py.
func siteRowsByKind() (trapRows, assertRows []traps.Row, err error) {
	roots, err := portRoots("")
	if err != nil {
		return nil, nil, err
	}
	report, err := port.Check(roots[0])
	if err != nil {
		return nil, nil, exitError{2, err.Error()}
	}
	for _, s := range report.Sites {
		row := traps.Row{Site: spec.Site(s.Name), Line: s.Line, Sentence: s.Sentence}
		if s.Kind == port.KindTrap {
			trapRows = append(trapRows, row)
		} else {
			assertRows = append(assertRows, row)
		}
	}
	return trapRows, assertRows, nil
}

func namesOfRows(rows []traps.Row) []spec.Site {
	sites := make([]spec.Site, len(rows))
	for i, r := range rows {
		sites[i] = r.Site
	}
	return sites
}
