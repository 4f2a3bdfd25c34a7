package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"cabi/internal/matrix"
	"cabi/spec"
)

const matrixLong = `Matrix explores every variant and asks of each every property of tables, and which guests could tell it from the pin's:
the answer to component-model#395. A cell says that the property holds, with as many states explored, or after how many actions the
shortest program violates it. The last lines measure what tables and lookups cost.`

// newMatrixCommand returns the command that compares the variants.
func newMatrixCommand() *cobra.Command {
	var asJSON, markdown bool
	var variants []string
	reference := spec.SingleTable.Name
	workers := bound{runtime.NumCPU(), 1000}
	cmd := &cobra.Command{
		Use:     "matrix",
		Short:   "Compare all variants: what each property says of each, with the shortest counterexamples",
		Long:    matrixLong,
		Example: "  cabi matrix\n  cabi matrix --variant per-type,single-generational --json\n  cabi matrix --reference per-type",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := matrixOptions(variants, reference)
			if err != nil {
				return err
			}
			o.Workers = workers.value
			o.Progress = func(what string) { fmt.Fprintf(cmd.ErrOrStderr(), "exploring %s\n", what) }
			debug.SetGCPercent(400) // runs make much garbage, and states take little memory: collect less often
			return printMatrix(cmd.OutOrStdout(), matrix.Make(o), asJSON, markdown)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print a JSON list of objects, one for each variant and property")
	f.BoolVar(&markdown, "markdown", false, "print the page docs/generated/matrix.md")
	f.StringSliceVar(&variants, "variant", nil, "the variants to compare; all if it is not given")
	f.StringVar(&reference, "reference", reference, "the variant that guests compare the others with")
	workersFlag(f, &workers)
	flagRules{excludes: []flagPair{{"json", "markdown", "the output has one form"}}}.refuse(cmd)
	completeFlags(cmd, map[string]kind{"variant": kindVariant, "reference": kindVariant})
	return cmd
}

func matrixOptions(variants []string, reference string) (matrix.Options, error) {
	o := matrix.Options{Reference: spec.VariantByName(reference)}
	if o.Reference == nil {
		return o, unknown(kindVariant, reference)
	}
	for _, name := range variants {
		v := spec.VariantByName(name)
		if v == nil {
			return o, unknown(kindVariant, name)
		}
		o.Variants = append(o.Variants, v)
	}
	return o, nil
}

func printMatrix(w io.Writer, m *matrix.Matrix, asJSON, markdown bool) error {
	switch {
	case asJSON:
		return printJSON(w, m.Objects())
	case markdown:
		m.WriteMarkdown(w)
	default:
		m.WriteText(w)
	}
	return nil
}
