package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/export"
	"cabi/internal/output"
	"cabi/internal/report"
	"cabi/model"
	"cabi/properties"
)

// A litmusCommand is cabi litmus with its flags.
type litmusCommand struct {
	ways   bound
	trace  bound
	html   string
	source sourceFlags
}

func newLitmusCommand() *cobra.Command {
	c := &litmusCommand{ways: bound{100000, 1 << 40}, trace: bound{0, 1 << 40}}
	cmd := &cobra.Command{
		Use:   "litmus FILE",
		Short: "Explore everything that a few lines allow, and check what they claim about it",
		Long: "Litmus runs the lines of a file in every way that they and the specification's choices allow, prints each distinct\n" +
			"outcome with how many ways lead to it, and checks the claims: allowed (some way is so), forbidden (none is), always\n" +
			"(all are). States that are equal are explored once. docs/litmus.md says what a file contains. FILE may be - for\n" +
			"standard input.\n" +
			"It exits with 0 if all claims hold, 1 if one does not, 2 for bad input, 3 if one is not decided or says nothing, if\n" +
			"nothing calls a program of the file, or if there are more ways than --ways.",
		Example: "  cabi litmus cancel.litmus\n  cabi litmus cancel.litmus --trace 2 > second.cabi",
		Args:    oneFile,
		RunE:    c.run,
	}
	cmd.Flags().Var(&c.ways, "ways", "how many ways to try, at most; ways that come to the same state are tried once from there")
	cmd.Flags().Var(&c.trace, "trace", "print the trace of a way to the outcome of this number instead")
	cmd.Flags().StringVar(&c.html, "html", "", "write a page of all outcomes to this `FILE` too")
	c.source.add(cmd)
	return cmd
}

func (c *litmusCommand) run(cmd *cobra.Command, args []string) error {
	if c.html != "" && c.trace.value > 0 {
		return exitError{2, "--html writes a page of all outcomes, --trace prints one: give one of the two"}
	}
	if err := checkOther(c.html, args[0]); err != nil {
		return err
	}
	text, err := readLitmusText(cmd.InOrStdin(), args[0])
	if err != nil {
		return err
	}
	source, err := c.source.open()
	if err != nil {
		return err
	}
	litmus, err := knownNames{source}.parseLitmus(args[0], text)
	if err == nil {
		err = fits(source, litmus.World, litmus.Variant, litmus.Without)
	}
	if err != nil {
		return err
	}
	progress := newProgress(cmd.ErrOrStderr(), 0)
	defer progress.clear()
	report, err := litmus.Explore(model.LitmusOptions{Source: source, Properties: append(properties.Promises(), claimedQuestions(litmus)...), Tries: c.ways.value, Progress: func(r *model.LitmusReport) bool {
		return progress.update(&model.Report{States: r.States, Depth: r.Depth, Frontier: r.Pending})
	}})
	progress.clear()
	if err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", args[0], err)}
	}
	if c.trace.value > 0 {
		return c.printTrace(cmd.OutOrStdout(), report)
	}
	if c.html != "" {
		if err := c.writePage(args[0], text, litmus, report); err != nil {
			return err
		}
	}
	return printLitmus(cmd.OutOrStdout(), litmus, report)
}

// writePage writes the page of all outcomes.
func (c *litmusCommand) writePage(file, text string, l *model.Litmus, r *model.LitmusReport) error {
	doubts, _ := doubts(l, r)
	page := export.LitmusPage{Name: filepath.Base(file), World: l.World.Name, Variant: l.Variant.Name, Summary: summary(r), Doubts: doubts,
		Claims: claims(l, r), Outcomes: r.Outcomes, Text: text}
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if comment, is := strings.CutPrefix(line, "# "); is && len(page.Comments) == i {
			page.Comments = append(page.Comments, comment)
		}
	}
	return writeFile(nil, c.html, func(w io.Writer) error {
		html, err := export.Litmus(page)
		if err == nil {
			_, err = io.WriteString(w, html)
		}
		return err
	})
}

// mostText is how long a litmus file is at most, in bytes.
const mostText = 1 << 24

// readLitmusText reads the text of a litmus file.
func readLitmusText(in io.Reader, file string) (string, error) {
	f, err := openInput(in, file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostText+1))
	switch {
	case err != nil:
		return "", exitError{2, fmt.Sprintf("%s: %v", file, output.Reason(err))}
	case len(text) > mostText:
		return "", exitError{2, fmt.Sprintf("%s: too long: a litmus file has at most %d bytes", file, mostText)}
	}
	return string(text), nil
}

// parseLitmus reads a litmus whose names are all known.
func (k knownNames) parseLitmus(file, text string) (*model.Litmus, error) {
	litmus, err := model.ParseLitmusWith(strings.NewReader(text), worldsBeside(file))
	if err == nil {
		err = k.litmusNames(litmus)
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
	fmt.Fprintln(w, summary(r))
	for i, e := range r.Outcomes {
		fmt.Fprintf(w, "%3d. %7d  %s\n", i+1, e.Ways, e)
		for _, took := range e.Took {
			fmt.Fprintf(w, "              %s\n", took)
		}
	}
	lines, doubt := doubts(l, r)
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
	report.PrintNotChecked(w, r.NotChecked)
	fails := false
	for _, c := range claims(l, r) {
		fmt.Fprintf(w, "%s: line %d, %s: %s\n", c.Verdict, c.Number, c.Text, c.Why)
		fails = fails || c.Verdict == model.Fails
		doubt = doubt || c.Verdict == model.Undecided || c.Verdict == model.SaysNothing
	}
	switch {
	case fails:
		return exitError{code: 1}
	case doubt:
		return exitError{code: 3}
	}
	return nil
}

// whoCalls says how a function of a guest comes to be called; empty: it is no such function.
func whoCalls(w *model.World, program string) string {
	name, _, _ := strings.Cut(program, "#")
	if f := w.Func(name); f == nil || f.Instance() == model.Host {
		return ""
	}
	text := fmt.Sprintf("; a call is missing: \"invoke %s\" under \"in host\"", name)
	for _, i := range w.Imports {
		if i.Func == name {
			text += fmt.Sprintf(", or \"call %s\" in a program of %s", name, i.Instance)
		}
	}
	return text
}

// summary is how many outcomes, ways and states there are.
func summary(r *model.LitmusReport) string {
	return fmt.Sprintf("%s, %s, %s", model.Counted(len(r.Outcomes), "outcome"), waysText(r), model.Counted(r.States, "state"))
}

// claims are the claims with their verdicts.
func claims(l *model.Litmus, r *model.LitmusReport) []export.LitmusClaim {
	var all []export.LitmusClaim
	for _, claim := range l.Claims {
		ways, verdict := claim.Judge(r)
		c := export.LitmusClaim{Verdict: verdict, Number: claim.Number, Text: claim.String()}
		switch unbound, not := claim.Unbound(r), claim.NotChecked(r); {
		case not != "":
			c.Why = fmt.Sprintf("%s is not checked on this version: %s", not, r.NotChecked[not])
		case verdict == model.SaysNothing && unbound != "":
			c.Why = "no way binds " + unbound
		case verdict == model.SaysNothing:
			c.Why = fmt.Sprintf("no way exercises %s: its subject never comes up", claim.Vacuous(r))
		case len(r.Outcomes) == 0:
			c.Why = "no way comes to an end"
		default:
			c.Why = fmt.Sprintf("in %d of %s", ways, waysText(r))
		}
		all = append(all, c)
	}
	return all
}

// waysText is how many ways there are, as far as they were counted.
func waysText(r *model.LitmusReport) string {
	if r.Incomplete && r.Ways != math.MaxUint64 {
		return fmt.Sprintf("at least %d ways", r.Ways)
	}
	return model.WaysText(r.Ways)
}

// doubts are why an exploration shows less than the file asks, and whether that leaves a doubt about the claims.
func doubts(l *model.Litmus, r *model.LitmusReport) (lines []string, doubt bool) {
	doubt = r.Incomplete
	switch {
	case r.TooLong:
		lines = append(lines, "there are more ways: one goes on without coming back to a state, and others like it were not tried")
	case r.Incomplete:
		lines = append(lines, fmt.Sprintf("there are more ways: %s tried, --ways tries more", wereTried(r.Tries)))
	}
	for _, p := range r.NeverCalled {
		lines, doubt = append(lines, fmt.Sprintf("never called: line %d, %s: no way runs its lines%s", p.Number, p.Name, whoCalls(l.World, p.Name))), true
	}
	for _, i := range r.Impossible {
		alternative := ""
		if !i.Only {
			alternative = "alternative "
		}
		lines = append(lines, fmt.Sprintf("never possible: line %d, %s%s: %s", i.Number, alternative, i.Text, i.Why))
		doubt = doubt || i.Only
	}
	return lines, doubt
}

func wereTried(n int) string {
	if n == 1 {
		return "1 was"
	}
	return fmt.Sprintf("%d were", n)
}
