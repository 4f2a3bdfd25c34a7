package main

import (
	"fmt"
	"io"
	"math"

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
			"(all are). States that are equal are explored once. docs/traces.md says what a file contains. FILE may be - for\n" +
			"standard input.\n" +
			"It exits with 0 if all claims hold, 1 if one does not, 2 for bad input, 3 if one is not decided or says nothing, if\n" +
			"nothing calls a program of the file, or if there are more ways than --ways.",
		Example: "  cabi litmus cancel.litmus\n  cabi litmus cancel.litmus --trace 2 > second.cabi",
		Args:    oneFile,
		RunE:    c.run,
	}
	cmd.Flags().Var(&c.ways, "ways", "how many ways to try, at most; ways that come to the same state are tried once from there")
	cmd.Flags().Var(&c.trace, "trace", "print the trace of a way to the outcome of this number instead")
	return cmd
}

func (c *litmusCommand) run(cmd *cobra.Command, args []string) error {
	litmus, err := readLitmus(cmd.InOrStdin(), args[0])
	if err != nil {
		return err
	}
	progress := newProgress(cmd.ErrOrStderr(), 0)
	defer progress.clear()
	report, err := litmus.Explore(model.LitmusOptions{Properties: append(properties.Promises(), claimedQuestions(litmus)...), Tries: c.ways.value, Progress: func(r *model.LitmusReport) bool {
		return progress.update(&model.Report{States: r.States, Depth: r.Depth, Frontier: r.Pending})
	}})
	progress.clear()
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", args[0], err)}
	}
	if c.trace.value > 0 {
		return c.printTrace(cmd.OutOrStdout(), report)
	}
	return printLitmus(cmd.OutOrStdout(), litmus, report)
}

// readLitmus reads a litmus file whose names are all known.
func readLitmus(in io.Reader, file string) (*model.Litmus, error) {
	f, err := openInput(in, file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	litmus, err := model.ParseLitmus(f)
	if err == nil {
		err = checkLitmusNames(litmus)
	}
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	return litmus, nil
}

func (c *litmusCommand) printTrace(w io.Writer, v *model.LitmusReport) error {
	if c.trace.value > len(v.Outcomes) {
		return exitError{2, fmt.Sprintf("--trace %d: the file has %s", c.trace.value, model.Counted(len(v.Outcomes), "outcome"))}
	}
	end := v.Outcomes[c.trace.value-1]
	end.Trace.Comments = []string{end.String()}
	fmt.Fprint(w, end.Trace)
	return nil
}

// printLitmus prints the outcomes and the verdicts.
func printLitmus(w io.Writer, l *model.Litmus, r *model.LitmusReport) error {
	fmt.Fprintf(w, "%s, %s, %s\n", model.Counted(len(r.Outcomes), "outcome"), waysText(r), model.Counted(r.States, "state"))
	for i, e := range r.Outcomes {
		fmt.Fprintf(w, "%3d. %7d  %s\n", i+1, e.Ways, e)
	}
	fails, doubts := false, printDoubts(w, r)
	for _, claim := range l.Claims {
		ways, verdict := claim.Judge(r)
		fmt.Fprintf(w, "%s: line %d, %s: ", verdict, claim.Number, claim)
		switch unbound := claim.Unbound(r); {
		case verdict == model.SaysNothing && unbound != "":
			fmt.Fprintf(w, "no way binds %s\n", unbound)
		case verdict == model.SaysNothing:
			fmt.Fprintf(w, "no way exercises %s: its subject never comes up\n", claim.Vacuous(r))
		default:
			fmt.Fprintf(w, "in %d of %s\n", ways, waysText(r))
		}
		fails = fails || verdict == model.Fails
		doubts = doubts || verdict == model.Undecided || verdict == model.SaysNothing
	}
	switch {
	case fails:
		return exitError{code: 1}
	case doubts:
		return exitError{code: 3}
	}
	return nil
}

// waysText is how many ways there are, as far as they were counted.
func waysText(r *model.LitmusReport) string {
	switch {
	case r.Ways == math.MaxUint64:
		return "2^64 or more ways"
	case r.Incomplete:
		return fmt.Sprintf("at least %d ways", r.Ways)
	case r.Ways == 1:
		return "1 way"
	}
	return fmt.Sprintf("%d ways", r.Ways)
}

// printDoubts prints why an exploration shows less than the file asks, and reports whether there is a reason.
func printDoubts(w io.Writer, r *model.LitmusReport) bool {
	doubts := r.Incomplete
	switch {
	case r.TooLong:
		fmt.Fprintln(w, "there are more ways: one goes on without coming back to a state, and others like it were not tried")
	case r.Incomplete:
		fmt.Fprintf(w, "there are more ways: %s tried, --ways tries more\n", wereTried(r.Tries))
	}
	for _, p := range r.NeverCalled {
		fmt.Fprintf(w, "never called: line %d, %s: no way runs its lines\n", p.Number, p.Name)
		doubts = true
	}
	for _, i := range r.Impossible {
		fmt.Fprintf(w, "never possible: line %d, %s: %s\n", i.Number, i.Text, i.Why)
		doubts = doubts || i.Only
	}
	return doubts
}

func wereTried(n int) string {
	if n == 1 {
		return "1 was"
	}
	return fmt.Sprintf("%d were", n)
}
