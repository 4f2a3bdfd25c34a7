package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/layout"
	"cabi/model"
	"cabi/spec"
)

// lists are the tables that cabi list prints, by name; without a name, the table of the lists. The first row of a table is its headings.
var lists = map[string]func() [][]string{
	"":           listRows,
	"worlds":     worldRows,
	"properties": propertyRows,
	"variants":   variantRows,
}

// listKeys are the keys of the columns in JSON.
var listKeys = map[string][]string{
	"":           {"list", "says"},
	"worlds":     {"world", "says"},
	"properties": {"property", "kind", "checked", "statement"},
	"variants":   {"variant", "says", "origin"},
}

var listNames = []string{"worlds", "properties", "variants"}

func newListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [" + strings.Join(listNames, "|") + "]",
		Short: "List the worlds, properties or variants that there are",
		Long: "List prints a table of the worlds, properties or variants, as wide as the terminal, or 100 columns wide if the output\n" +
			"is no terminal. Without an argument it says which lists there are. `cabi explain NAME` says more of each entry: of a\n" +
			"property, where it comes from and what it cannot see.",
		Example:           "  cabi list worlds\n  cabi list properties",
		ValidArgsFunction: completesOne(kindList),
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return exitError{2, "list one of: " + strings.Join(listNames, ", ")}
			case len(args) == 1 && !slices.Contains(listNames, args[0]):
				return unknown(kindList, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := strings.Join(args, "") // at most one
			if asJSON {
				return printJSON(cmd.OutOrStdout(), objects(listKeys[name], lists[name]()[1:]))
			}
			return printList(cmd.OutOrStdout(), name)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list of objects")
	return cmd
}

// printList prints a list, and says what tells more.
func printList(w io.Writer, name string) error {
	if err := layout.WriteTable(w, lists[name](), layout.WidthOf(w)); err != nil {
		return err
	}
	more := "`cabi explain NAME` says more of each."
	if name == "" {
		more = "`cabi list LIST` prints one."
	}
	_, err := fmt.Fprintln(w, "\n"+more)
	return err
}

// objects are the rows of a table as objects, by the keys of its columns.
func objects(keys []string, rows [][]string) []map[string]string {
	all := []map[string]string{}
	for _, row := range rows {
		object := map[string]string{}
		for i, key := range keys {
			object[key] = row[i]
		}
		all = append(all, object)
	}
	return all
}

// printJSON prints a value as JSON for people too: on several lines.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func listRows() [][]string {
	return [][]string{
		{"LIST", "WHAT IT HAS"},
		{"worlds", fmt.Sprintf("the %d worlds: instances, what they import and export, and what their core code may do", len(model.Worlds))},
		{"properties", fmt.Sprintf("the %d properties that are checked, by default or if asked for", len(catalogue()))},
		{"variants", fmt.Sprintf("the %d ways to number handles: that of the specification, and others", len(spec.Variants))},
	}
}

func worldRows() [][]string {
	rows := [][]string{{"WORLD", "WHAT IT CONTAINS AND LEAVES OUT"}}
	for _, w := range model.Worlds {
		rows = append(rows, []string{w.Name, w.Doc})
	}
	return rows
}

func propertyRows() [][]string {
	rows := [][]string{{"PROPERTY", "KIND", "CHECKED", "STATEMENT"}}
	for _, p := range catalogue() {
		rows = append(rows, []string{p.Name, p.Kind, asked(p), p.Statement})
	}
	return rows
}

// asked says when a property is checked.
func asked(p *model.Property) string {
	if p.Question {
		return "if asked for"
	}
	return "by default"
}

func variantRows() [][]string {
	rows := [][]string{{"VARIANT", "LAYOUT AND NUMBERING", "ORIGIN"}}
	for _, v := range spec.Variants {
		rows = append(rows, []string{v.Name, v.Says, v.Origin})
	}
	return rows
}
