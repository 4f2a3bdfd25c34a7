package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/layout"
	"cabi/model"
	"cabi/spec"
)

// An explanation is what cabi explain says of one name.
type explanation struct {
	title string      // "world handles"
	rows  [][]string  // each a heading and a text, of one line or more
	shown *shownTrace // nil: there is no trace
	none  string      // why there is no trace
}

// A shownTrace is a trace that shows what is explained.
type shownTrace struct {
	caption string
	trace   string
}

// add adds a row, unless there is nothing to say in it.
func (e *explanation) add(heading, text string) {
	if text != "" {
		e.rows = append(e.rows, []string{heading, text})
	}
}

func (e *explanation) print(w io.Writer) error {
	fmt.Fprintf(w, "%s\n\n", e.title)
	if err := layout.WriteTable(w, e.rows, layout.WidthOf(w)); err != nil {
		return err
	}
	if e.shown == nil {
		_, err := fmt.Fprintf(w, "\n%s", layout.Indented(strings.Fields("No trace: "+e.none+"."), "", layout.WidthOf(w)))
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s:\n\n%s", e.shown.caption, e.shown.trace)
	return err
}

// An explainer says what the names of a kind are: nil if there is none of that name.
type explainer struct {
	kind    kind
	explain func(name string) (*explanation, error)
}

func explainers() []explainer {
	return []explainer{
		{kindWorld, explainWorld}, {kindProperty, explainProperty}, {kindSite, explainSite}, {kindVariant, explainVariant},
		{kindAction, explainAction}, {kindTerm, explainTerm},
	}
}

// kindName is any name that can be explained.
var kindName = kind{"name", "names", explainable, "cabi explain"}

func explainable() []string {
	var all []string
	for _, e := range explainers() {
		all = append(all, e.kind.names()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

const explainLong = `Explain tells all about a name, with a trace that shows it, which can be saved and replayed:

  a world      its functions, imports, resources, menus and bounds, what it leaves out, and what is checked there;
               a file of a world too: its name has a / or ends in .world, or is - for standard input
  a property   what it states, where it comes from, what it cannot see, and where it fails
  a site       the trap or assert, in the Python and in Go, and the shortest trace that takes it
  a variant    how handles are numbered, where it comes from, and which properties fail
  an action    its operands, which built-in of the Canonical ABI it is, and the worlds whose menus have it
  pin          which definitions.py the port is of

Without a name it lists the names. If a name is of several kinds, all are explained.`

func newExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "explain [NAME]",
		Short:             "Tell all about a world, property, site, variant or action, with a trace that shows it",
		Long:              explainLong,
		Example:           "  cabi explain handles\n  cabi explain cancel-delivered\n  cabi explain Table.get/bounds\n  cabi explain waitable.join",
		Args:              atMostOneName,
		ValidArgsFunction: completesOne(kindName),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listNamesOf(cmd.OutOrStdout())
			}
			return explain(cmd.OutOrStdout(), cmd.InOrStdin(), args[0])
		},
	}
}

func atMostOneName(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return exitError{2, fmt.Sprintf("explain one name, not %d", len(args))}
	}
	return nil
}

// listNamesOf lists everything that can be explained.
func listNamesOf(w io.Writer) error {
	for _, e := range explainers() {
		names := e.kind.names()
		if _, err := fmt.Fprintf(w, "%s (%d):\n%s\n", e.kind.plural, len(names), layout.Wrapped(names, layout.WidthOf(w))); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, "`cabi explain NAME` tells all about one.")
	return err
}

// explain prints all that is known of a name.
func explain(w io.Writer, in io.Reader, name string) error {
	found, err := explanations(name)
	if err != nil {
		return err
	}
	if len(found) == 0 && namesWorldFile(name) {
		world, err := readWorld(in, name)
		if err != nil {
			return err
		}
		found = append(found, explainWorldOf(world))
	}
	if len(found) == 0 {
		return unknown(kindName, name)
	}
	for i, e := range found {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := e.print(w); err != nil {
			return err
		}
	}
	return nil
}

// namesWorldFile reports whether a name that is not known is of a file: names of sites have a / too.
func namesWorldFile(name string) bool {
	if name == standardInput || strings.HasSuffix(name, model.WorldFile) {
		return true
	}
	_, err := os.Stat(name)
	return err == nil && isWorldFile(name)
}

// explanations are what a name is, by kind.
func explanations(name string) ([]*explanation, error) {
	var found []*explanation
	for _, e := range explainers() {
		got, err := e.explain(name)
		if err != nil {
			return nil, err
		}
		if got != nil {
			found = append(found, got)
		}
	}
	return found, nil
}

// explainVariant tells about a variant.
func explainVariant(name string) (*explanation, error) {
	v := spec.VariantByName(name)
	if v == nil {
		return nil, nil
	}
	e := &explanation{title: "variant " + name}
	e.add("layout and numbering", v.Says)
	if v.Shared {
		e.add("tables", "the store's: instances share them, and each reaches only its own elements")
	} else {
		e.add("tables", "each instance has its own")
	}
	e.add("origin", v.Origin)
	var fails, holds []string
	matrix := readPage("matrix.md")
	for _, p := range propertyNames() {
		switch cell := matrix.row(p)[name]; {
		case strings.HasPrefix(cell, "fails "):
			fails = append(fails, fmt.Sprintf("%s after %s", p, counted(strings.TrimPrefix(cell, "fails "), "action")))
		case cell != "":
			holds = append(holds, p)
		}
	}
	e.add("fails", strings.Join(fails, "\n"))
	e.add("holds", strings.Join(holds, ", "))
	e.add("more", "cabi matrix and docs/generated/matrix.md say within which bounds; cabi check WORLD --variant "+name+" explores a world")
	if shortest := shortestExample(func(e example) bool { return e.variant() == name && e.violates() != "" && !e.without() }); shortest != nil {
		e.shown = shownBy(shortest, "The shortest violation under it")
	}
	e.none = "no property of the matrix fails under it"
	return e, nil
}

// counted is a number, written, of things in words.
func counted(n, what string) string {
	if n == "1" {
		return "1 " + what
	}
	return n + " " + what + "s"
}
