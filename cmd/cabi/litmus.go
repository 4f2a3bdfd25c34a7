package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cabi/model"
	"cabi/properties"
)

// A litmusCommand is cabi litmus with its flags.
type litmusCommand struct {
	ways  bound
	trace bound
}

func newLitmusCommand() *cobra.Command {
	c := &litmusCommand{ways: bound{100000, 1 << 40}, trace: bound{0, 1 << 40}}
	cmd := &cobra.Command{
		Use:   "litmus FILE",
		Short: "Explore everything that a few lines allow, and check what they claim about it",
		Long: "Litmus runs the lines of a file in every way that they and the specification's choices allow, prints each distinct\n" +
			"outcome with how many ways lead to it, and checks the claims: allowed (some way is so), forbidden (none is), always\n" +
			"(all are). docs/traces.md says what a file contains. FILE may be - for standard input.\n" +
			"It exits with 0 if all claims hold, 1 if one does not, 2 for bad input, 3 if there are too many ways.",
		Example: "  cabi litmus cancel.litmus\n  cabi litmus cancel.litmus --trace 2 > second.cabi",
		Args:    oneFile,
		RunE:    c.run,
	}
	cmd.Flags().Var(&c.ways, "ways", "how many ways to explore, at most")
	cmd.Flags().Var(&c.trace, "trace", "print the trace of a way to the outcome of this number instead")
	return cmd
}

func (c *litmusCommand) run(cmd *cobra.Command, args []string) error {
	f, err := openInput(cmd.InOrStdin(), args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	litmus, err := model.ParseLitmus(f)
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", args[0], err)}
	}
	verdict := litmus.Explore(properties.Promises(), c.ways.value)
	if c.trace.value > 0 {
		return c.printTrace(cmd.OutOrStdout(), verdict)
	}
	return printVerdict(cmd.OutOrStdout(), litmus, verdict)
}

func (c *litmusCommand) printTrace(w io.Writer, v *model.LitmusReport) error {
	if c.trace.value > len(v.Outcomes) {
		return exitError{2, fmt.Sprintf("--trace %d: there are only %s", c.trace.value, model.Counted(len(v.Outcomes), "outcome"))}
	}
	end := v.Outcomes[c.trace.value-1]
	end.Trace.Comments = []string{end.String()}
	fmt.Fprint(w, end.Trace)
	return nil
}

func printVerdict(w io.Writer, l *model.Litmus, v *model.LitmusReport) error {
	fmt.Fprintf(w, "%s, %s\n", model.Counted(len(v.Outcomes), "outcome"), model.Counted(v.Ways, "way"))
	for i, e := range v.Outcomes {
		fmt.Fprintf(w, "%3d. %7d  %s\n", i+1, e.Ways, e)
	}
	code := 0
	if v.Incomplete {
		fmt.Fprintf(w, "there are more ways: --ways looks at more\n")
		code = 3
	}
	for _, claim := range l.Claims {
		ways, holds := claim.Holds(v)
		word := "holds"
		if !holds {
			word, code = "fails", 1
		}
		fmt.Fprintf(w, "%s: line %d, %s: in %d of %s\n", word, claim.Number, claim, ways, model.Counted(v.Ways, "way"))
	}
	if code == 0 {
		return nil
	}
	return exitError{code: code}
}
