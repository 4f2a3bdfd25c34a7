package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/upstream"
	"cabi/model"
	"cabi/spec"
)

// A replayCommand is cabi replay with its flags.
type replayCommand struct {
	variant  string
	without  []string
	upstream string
	source   sourceFlags
}

func newReplayCommand() *cobra.Command {
	c := &replayCommand{}
	cmd := &cobra.Command{
		Use:   "replay TRACE...",
		Short: "Run a trace again, here, under another variant or on upstream's Python, and say where it departs",
		Long: "Replay does what the lines of a trace say, compares what they state with what happens, and prints what\n" +
			"happened: the lines, the choices, and the property that the trace says is violated. If other choices of the\n" +
			"specification than those of the trace explain all lines, it says which. With --upstream it has Python do the same\n" +
			"with a definitions.py, and says of each line whether that agrees: in what is returned and called, in how the run\n" +
			"stops, and in the whole state; with --spec beside it, the comparison is with that file and not of states. TRACE is a file, or - for standard input. Of several traces it prints those that\n" +
			"depart, and how, and how many do not; one Python runs them all.\n" +
			"It exits with 0 if all of it happened again, or can with other choices and the trace states none; 1 if not; 2 for\n" +
			"bad input.",
		Example: "  cabi check handles --variant per-type --property unique-in-instance --save two.cabi\n" +
			"  cabi replay two.cabi\n  cabi replay two.cabi --variant single-table\n" +
			"  cabi replay two.cabi --variant single-table --upstream component-model\n" +
			"  cabi replay two.cabi --spec simplify --upstream simplify --git component-model/.git",
		Args: files,
		RunE: c.run,
	}
	cmd.Flags().StringVar(&c.variant, "variant", "", "number handles so; as the trace says if it is not given")
	cmd.Flags().StringSliceVar(&c.without, "without", nil, "switch these traps and asserts off, besides those that the trace says")
	flagRules{needs: []flagNeed{{"git", []string{"spec", "upstream"}}}}.refuse(cmd)
	completeFlags(cmd, map[string]kind{"variant": kindVariant, "without": kindSite})
	c.source.add(cmd)
	cmd.Flags().StringVar(&c.upstream, "upstream", "", "run it on Python too, with the definitions.py of this checkout, or with --git of this revision (`DIR`)")
	return cmd
}

func (c *replayCommand) run(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return c.runMany(cmd.InOrStdin(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	source, err := c.open()
	if err != nil {
		return err
	}
	trace, options, err := c.read(source, cmd.InOrStdin(), args[0])
	if err != nil {
		return err
	}
	r := &replayed{file: args[0], given: trace, options: options}
	if err := r.run(); err != nil {
		return err
	}
	if c.upstream == "" || r.err != nil {
		return r.print(cmd.OutOrStdout())
	}
	if err := upstream.CanReplay(r.again.Plain, r.options.Variant); err != nil {
		return exitError{2, fmt.Sprintf("%s: %v", args[0], err)}
	}
	python, err := c.startPython(source)
	if err != nil {
		return err
	}
	defer python.close()
	return r.printUpstream(cmd.OutOrStdout(), python)
}

// open reads the definitions.py on which traces are replayed; nil: the port runs.
func (c *replayCommand) open() (*model.Source, error) {
	if c.source.spec == "" && c.upstream != "" { // --git is for --upstream
		return nil, nil
	}
	return c.source.open()
}

// claimOptions are the options of a replay that checks the claim of a trace. The error says that there is no such property.
func claimOptions(file string, t *model.Trace, v *spec.Variant) (model.ReplayOptions, error) {
	options := model.ReplayOptions{Variant: v}
	if name := t.ClaimedProperty(); name != "" {
		p := propertyByName(name)
		if p == nil {
			return options, exitError{2, fmt.Sprintf("%s: line %d: violates: %v", file, t.ViolatesAt, unknownNear(kindProperty, name))}
		}
		options.Properties = []*model.Property{p}
	}
	return options, nil
}

// sitesOff returns the sites that are switched off, by the trace or by --without, sorted.
func (k knownNames) sitesOff(trace *model.Trace, more []string) ([]spec.Site, error) {
	off := slices.Clone(trace.Without)
	for _, name := range more {
		off = append(off, spec.Site(name))
	}
	for _, s := range off {
		if err := k.site(string(s)); err != nil {
			return nil, err
		}
	}
	slices.Sort(off)
	return slices.Compact(off), nil
}

// readTrace reads a trace from a file, or if it is -, from in.
func (k knownNames) readTrace(in io.Reader, file string) (*model.Trace, error) {
	f, err := openInput(in, file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	debug.SetGCPercent(40) // a trace of a million lines takes most of the memory that there is: collect more often
	trace, err := model.ReadTraceWith(f, worldsBeside(file))
	if err == nil {
		err = k.trace(trace)
	}
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	trace.Source = k.source
	return trace, nil
}

// trace returns an error if a trace switches off or stops at a site that does not exist, or takes a trap for an assert.
func (k knownNames) trace(trace *model.Trace) error {
	for _, s := range trace.Without {
		if err := k.site(string(s)); err != nil {
			return fmt.Errorf("line %d: %w", trace.HeaderAt, err)
		}
	}
	for _, l := range trace.Lines {
		if err := k.line(l); err != nil {
			return fmt.Errorf("line %d: %w", l.Number, err)
		}
	}
	return nil
}

// line returns an error if a line is a stop that there is none like.
func (k knownNames) line(l model.Line) error {
	if l.Kind != model.LineStop {
		return nil
	}
	for _, stop := range strings.Split(l.Text, " | ") {
		if err := k.stop(strings.Fields(stop)); err != nil {
			return err
		}
	}
	return nil
}

// stop returns an error unless a stop, "trap SITE" or just "trap", is one that there is.
func (k knownNames) stop(words []string) error {
	switch {
	case len(words) < 2 || strings.HasPrefix(words[1], "variant/"): // traps of variants are no sites of the specification
		return nil
	case words[0] == "crash":
		return k.crash(words[1])
	case words[0] == "exception":
		return errExceptionSite
	}
	return k.stopSite(words[0], words[1])
}

// variantOf is the variant named, or if none is, the trace's own.
func variantOf(trace *model.Trace, name string) (*spec.Variant, error) {
	if name == "" {
		return trace.Variant, nil
	}
	if v := spec.VariantByName(name); v != nil {
		return v, nil
	}
	return nil, unknown(kindVariant, name)
}

// A replayed is a trace that was run again.
type replayed struct {
	file    string
	given   *model.Trace
	options model.ReplayOptions

	again    *model.Replay
	err      error    // a line of the trace cannot be done; nil: all can
	others   []uint32 // choices with which all of the trace happens, in place of its own, with which it does not; nil: none
	bounded  bool     // not all choices were tried
	replaces bool     // the trace states no choices, and again is the run with the others
}

// run runs the trace, and if it departs in a line, or cannot be done, looks for other choices. The error is for bad input.
func (r *replayed) run() error {
	var bad *model.BadChoice
	r.again, r.err = r.options.Run(r.given)
	if errors.As(r.err, &bad) {
		return r.notPossible()
	}
	if r.err == nil && r.again.Departs == nil {
		return nil
	}
	others, complete := r.options.OtherChoices(r.given)
	if r.others, r.bounded = others, !complete; others == nil {
		if r.err != nil {
			return r.notPossible()
		}
		return nil
	}
	if r.replaces = len(r.given.Choices) == 0; r.replaces {
		with := *r.given
		with.Choices = others
		r.given = &with
		r.again, r.err = r.options.Run(r.given)
	}
	return nil
}

// notPossible is the error of a trace of which a line cannot be done, or a choice not made. If the port can do all of it, it is a good trace,
// and departs on the definitions.py.
func (r *replayed) notPossible() error {
	if r.given.Source != nil {
		port := *r.given
		port.Source = nil
		if _, err := r.options.Run(&port); err == nil {
			return nil
		}
	}
	text := fmt.Sprintf("%s: %v", r.file, r.err)
	if r.bounded {
		text += "; " + notAllTried
	}
	return exitError{2, text}
}

const notAllTried = "some of the specification's other choices were tried, and do not lead there; there are too many to try all"

// print prints what happened, and where it departs from the trace.
func (r *replayed) print(w io.Writer) error {
	if r.err != nil {
		fmt.Fprintf(w, "with the choices of the trace, it is not possible: %v\n", r.err)
	} else if _, err := r.again.Trace.WriteTo(w); err != nil {
		return err
	}
	return r.printVerdict(w)
}

// printVerdict prints where the run departs from the trace, and which other choices do not.
func (r *replayed) printVerdict(w io.Writer) error {
	departure := ""
	if r.err == nil {
		departure = r.again.Departure()
	}
	switch {
	case departure != "":
		fmt.Fprintf(w, "\n%s\n", departure)
	case r.err == nil && !r.replaces:
		fmt.Fprintln(w, "\neverything that the trace says happened again")
	}
	switch header := choicesText(r.others); {
	case r.replaces:
		fmt.Fprintf(w, "\nallowed, with `%s`: the trace states no choices, and with these everything that it says happens\n", header)
		return nil
	case r.others != nil:
		fmt.Fprintf(w, "\nallowed, with `%s` in place of the trace's choices\n", header)
	case r.bounded:
		fmt.Fprintln(w, notAllTried)
	}
	switch {
	case departure == "" && r.err == nil:
		return nil
	case r.err == nil && r.again.Departs == nil && r.again.ClaimNotChecked() != "":
		return exitError{code: 3}
	}
	return exitError{code: 1}
}

// choicesText is the line of a trace that states choices.
func choicesText(choices []uint32) string {
	text := "choices"
	for _, c := range choices {
		text += fmt.Sprintf(" %d", c)
	}
	return text
}

// printUpstream runs the trace on Python too, and marks each line by whether both did the same.
func (r *replayed) printUpstream(w io.Writer, python *cpython) error {
	p, err := python.replay(r)
	if err != nil {
		return err
	}
	header := *r.again.Trace
	lines := p.Trace.Lines
	header.Lines, header.Violates = nil, ""
	fmt.Fprint(w, &header)
	for _, l := range lines[:p.Agree] {
		fmt.Fprintf(w, "agrees   %s\n", l)
	}
	if p.Departs {
		return printDisagreement(w, p, lines)
	}
	if departure := r.again.Departure(); departure != "" {
		err := r.printVerdict(w)
		fmt.Fprintln(w, "definitions.py agrees with what happened")
		return err
	}
	fmt.Fprintf(w, "\ndefinitions.py agrees with everything that the trace says: %s\n", model.Counted(len(lines), "line"))
	if r.replaces {
		return r.printVerdict(w)
	}
	return nil
}

// printDisagreement prints the line in which Python does something else than the port, and how it differs.
func printDisagreement(w io.Writer, r *upstream.Replayed, lines []model.Line) error {
	at := "at its end"
	if r.Agree < len(lines) {
		fmt.Fprintf(w, "departs  %s\n", lines[r.Agree])
		at = fmt.Sprintf("in the line after %s", model.Counted(r.Agree, "line"))
	}
	fmt.Fprintf(w, "\ndefinitions.py departs %s (- here, + definitions.py):\n%s", at, r.Difference)
	return exitError{code: 1}
}
