package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"cabi/model"
	"cabi/spec"
)

// lists are what cabi list can list: each as rows of a table, the first being the headings.
var lists = map[string]func() [][]string{
	"worlds":     worldRows,
	"properties": propertyRows,
	"variants":   variantRows,
}

func newListCommand() *cobra.Command {
	kinds := []string{"worlds", "properties", "variants"}
	return &cobra.Command{
		Use:       "list " + strings.Join(kinds, "|"),
		Short:     "List the worlds, properties or variants that there are",
		ValidArgs: kinds,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || lists[args[0]] == nil {
				return exitError{2, "list one of: " + strings.Join(kinds, ", ")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, row := range lists[args[0]]() {
				fmt.Fprintln(w, strings.Join(row, "\t"))
			}
			return w.Flush()
		},
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
	rows := [][]string{{"PROPERTY", "KIND", "CHECKED", "STATEMENT", "ORIGIN", "WHAT IT CANNOT SEE"}}
	for _, p := range catalogue() {
		rows = append(rows, []string{p.Name, p.Kind, asked(p), p.Statement, p.Origin, p.BlindSpots})
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
