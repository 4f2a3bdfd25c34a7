package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cabi/model"
	"cabi/spec"
)

// lists are the tables that cabi list prints, by name. The first row of a table is its headings.
var lists = map[string]func() [][]string{
	"worlds":     worldRows,
	"properties": propertyRows,
	"variants":   variantRows,
}

// listKeys are the keys of the columns in JSON.
var listKeys = map[string][]string{
	"worlds":     {"world", "says"},
	"properties": {"property", "kind", "checked", "statement"},
	"variants":   {"variant", "says", "origin"},
}

var listNames = []string{"worlds", "properties", "variants"}

func newListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list " + strings.Join(listNames, "|"),
		Short: "List the worlds, properties or variants that there are",
		Long: "List prints a table of the worlds, properties or variants, as wide as the terminal, or 100 columns wide if the output\n" +
			"is no terminal. `cabi explain NAME` says more of each: of a property, where it comes from and what it cannot see.",
		Example:           "  cabi list worlds\n  cabi list properties",
		ValidArgsFunction: completesOne(kindList),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exitError{2, "list one of: " + strings.Join(listNames, ", ")}
			}
			if lists[args[0]] == nil {
				return unknown(kindList, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if asJSON {
				return printJSON(out, objects(listKeys[args[0]], lists[args[0]]()[1:]))
			}
			if err := writeTable(out, lists[args[0]](), widthOf(out)); err != nil {
				return err
			}
			_, err := fmt.Fprintln(out, "\n`cabi explain NAME` says more of each.")
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list of objects")
	return cmd
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
