package main

import (
	"fmt"
	"io"
	"strconv"

	"cabi/internal/layout"
	"cabi/internal/port"

	"github.com/spf13/cobra"
)

const sitesLong = `Sites lists every trap and every assert of definitions.py: what the port calls it, the Python function and its
ordinal among the traps and asserts there, its line, its kind, and a sentence on what went wrong.

Exit status: 0 all well, 1 the sites differ from those of definitions.py, 2 bad usage.

For those who edit the port, at the root of the project:
  --record   write the names of the sites into the manifest, so that two that change places are noticed`

// newSitesCommand returns the command that lists the traps and asserts of the specification.
func newSitesCommand() *cobra.Command {
	var asJSON, record bool
	var source, manifest string
	cmd := &cobra.Command{
		Use:   "sites",
		Short: "List the traps and asserts of the specification",
		Long:  sitesLong,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if record {
				return recordSites(manifest, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return runSites(source, asJSON, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print a JSON list of objects")
	f.StringVar(&source, "source", "", "read the Go sources in `DIR` instead of those the command was built from")
	f.BoolVar(&record, "record", false, "write the names of the sites into the manifest")
	f.StringVar(&manifest, "manifest", "spec/upstream.json", "the `FILE` that --record writes")
	flagRules{
		needs: []flagNeed{{"manifest", []string{"record"}}},
		excludes: []flagPair{
			{"record", "json", "what is recorded is not printed"},
			{"record", "source", "the sources are those beside the manifest"},
		},
	}.refuse(cmd)
	return cmd
}

// runSites lists the sites of the port of the pin, not those of the ports of older definitions, which cabi port checks.
func runSites(source string, asJSON bool, out, errs io.Writer) error {
	roots, err := portRoots(source)
	if err != nil {
		return err
	}
	report, err := port.Check(roots[0])
	if err != nil {
		return exitError{2, err.Error()}
	}
	problems := printProblems(errs, report)
	if asJSON {
		if err := printSitesJSON(out, report.Sites); err != nil {
			return err
		}
		return problemsError(problems)
	}
	printSites(out, report.Sites)
	fmt.Fprintln(out, sitesSummary(report))
	return problemsError(problems)
}

func printSites(out io.Writer, sites []port.GoSite) {
	rows := [][]string{{"SITE", "PYTHON", "ORDINAL", "LINE", "KIND", "SENTENCE"}}
	for _, s := range sites {
		rows = append(rows, []string{s.Name, s.Function, strconv.Itoa(s.Ordinal), strconv.Itoa(s.Line), string(s.Kind), s.Sentence})
	}
	layout.WriteTable(out, rows, layout.RowsWidth(out))
}

// sitesSummary says how many traps and asserts there are, and whether definitions.py has as many.
func sitesSummary(r *port.Report) string {
	traps := 0
	for _, s := range r.Sites {
		if s.Kind == port.KindTrap {
			traps++
		}
	}
	asserts := len(r.Sites) - traps
	counts := fmt.Sprintf("%d sites: %d traps, %d asserts", len(r.Sites), traps, asserts)
	want := r.Upstream.Counts()
	if len(r.Problems) == 0 && traps == want[port.KindTrap] && asserts == want[port.KindAssert] {
		return fmt.Sprintf("%s, all matched with definitions.py at %s", counts, r.Upstream.ShortCommit())
	}
	return fmt.Sprintf("%s; definitions.py at %s has %d traps and %d asserts",
		counts, r.Upstream.ShortCommit(), want[port.KindTrap], want[port.KindAssert])
}

// A siteRow is a site as --json prints it.
type siteRow struct {
	Site     string `json:"site"`
	Function string `json:"function"`
	Ordinal  int    `json:"ordinal"`
	Line     int    `json:"line"`
	Kind     string `json:"kind"`
	Sentence string `json:"sentence"`
	File     string `json:"file"`
	GoLine   int    `json:"go_line"`
}

func printSitesJSON(out io.Writer, sites []port.GoSite) error {
	rows := make([]siteRow, 0, len(sites))
	for _, s := range sites {
		rows = append(rows, siteRow{s.Name, s.Function, s.Ordinal, s.Line, s.Kind, s.Sentence, s.File, s.GoLine})
	}
	return printJSON(out, rows)
}

// recordSites writes the names of the sites into a manifest, if the port agrees with it otherwise.
func recordSites(manifest string, out, errs io.Writer) error {
	root, err := manifestRoot(manifest)
	if err != nil {
		return err
	}
	report, err := port.RecordSiteNames(root)
	if err != nil {
		return exitError{2, err.Error()}
	}
	if n := printProblems(errs, report); n > 0 {
		return problemsError(n)
	}
	if err := writeManifest(manifest, root.Upstream); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s records the names of %d sites\n", manifest, len(report.Sites))
	return nil
}
