package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"cabi/internal/port"
	"cabi/internal/traps"
	"cabi/spec"
)

const trapsLong = `Traps finds for every trap of the specification the shortest program that takes it; then it switches the trap off and looks for
what goes wrong: a property that breaks, or an assert or crash of the Python. It takes a minute.`

// newTrapsCommand returns the command that says why each trap exists.
func newTrapsCommand() *cobra.Command {
	var asJSON, markdown bool
	cmd := &cobra.Command{
		Use:     "traps",
		Short:   "Say of every trap how it is taken, and what goes wrong without it",
		Long:    trapsLong,
		Example: "  cabi traps\n  cabi traps --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runTraps(cmd.OutOrStdout(), cmd.ErrOrStderr(), asJSON, markdown)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print a JSON list of objects, one for each trap")
	f.BoolVar(&markdown, "markdown", false, "print the page docs/generated/traps.md")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	return cmd
}

func runTraps(out, errs io.Writer, asJSON, markdown bool) error {
	trapRows, assertRows, err := siteRowsByKind()
	if err != nil {
		return err
	}
	debug.SetGCPercent(400) // runs make much garbage: collect less often
	result := traps.Find(namesOfRows(trapRows), namesOfRows(assertRows), func(what string) { fmt.Fprintln(errs, what) })
	switch {
	case asJSON:
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(result.Objects(trapRows))
	case markdown:
		result.WriteMarkdown(out, trapRows, assertRows)
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
