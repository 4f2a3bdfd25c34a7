package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"cabi/internal/layout"
	"cabi/internal/nearest"
	"cabi/internal/output"
	"cabi/internal/step"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A stepCommand is cabi step with its flags.
type stepCommand struct {
	variant string
	source  sourceFlags
	trace   string
}

func newStepCommand() *cobra.Command {
	c := &stepCommand{}
	cmd := &cobra.Command{
		Use:   "step WORLD",
		Short: "Take a world one action at a time, and see what there is and what may happen",
		Long: "Step shows the tables, threads and locks of a world, and everything that may happen next, with what the specification would\n" +
			"stop and which promises would be broken. Each line of input is a command: a number of the menu, an action as a trace\n" +
			"has it, or a word that `help` lists. It reads standard input, a terminal or a script.",
		Example: "  cabi step handles\n  cabi step cancel --trace suite/traces/task.cancel.cabi\n" +
			"  printf '1\\n3\\nvariant per-type\\n' | cabi step handles",
		Args:              oneWorld,
		ValidArgsFunction: completesWorlds,
		RunE:              c.run,
	}
	f := cmd.Flags()
	f.StringVar(&c.variant, "variant", spec.SingleTable.Name, "number handles so")
	c.source.add(cmd)
	f.StringVar(&c.trace, "trace", "", "begin with the actions of this trace of the same world")
	flagRules{}.refuse(cmd)
	completeFlags(cmd, map[string]kind{"variant": kindVariant})
	return cmd
}

func (c *stepCommand) run(cmd *cobra.Command, args []string) error {
	if args[0] == standardInput {
		return exitError{2, "the commands come from standard input, so the world is a name or a file"}
	}
	world, err := worldOf(cmd.InOrStdin(), args[0])
	if err != nil {
		return err
	}
	v := spec.VariantByName(c.variant)
	if v == nil {
		return unknown(kindVariant, c.variant)
	}
	source, err := c.source.open()
	if err == nil {
		err = fits(source, world, v, nil)
	}
	if err != nil {
		return err
	}
	full, _ := world.Complete()
	s := &stepper{out: cmd.OutOrStdout(), session: &step.Session{Search: model.Search{World: full, Variant: v, Source: source,
		Bounds: full.Bounds, Properties: properties.For(full)}}}
	if c.trace != "" {
		if err := s.load(c.trace); err != nil {
			return exitError{2, err.Error()}
		}
	}
	return s.readAll(cmd.InOrStdin())
}

// A stepper reads commands and obeys them.
type stepper struct {
	out      io.Writer
	session  *step.Session
	view     *step.View // what was drawn last; nil: nothing was
	any      bool       // the menu has indices of any class
	terminal *term.Terminal
}

// shortMenu is how many options of a menu are drawn where nobody asked for all.
const shortMenu = 20

// A stepWord is a word that a stepper takes, and what it does.
type stepWord struct {
	word, operands, does string
	do                   func(s *stepper, operands []string) error
}

func stepWords() []stepWord {
	return []stepWord{
		{"back", "[N]", "go back by one action, or by N", (*stepper).back},
		{"forward", "[N]", "take an action again that was gone back from, or N", (*stepper).forward},
		{"menu", "", "list all that may happen", (*stepper).menu},
		{"any", "", "have the menu list indices of any class, or no longer", (*stepper).toggleAny},
		{"choose", "K N", "have the specification make the Kth choice of the last action in way N", (*stepper).choose},
		{"variant", "NAME", "number handles in another way from now on, and say where the run differs", (*stepper).toVariant},
		{"why", "[N]", "explain what stops option N of the menu, or what it violates, or what stopped the run", (*stepper).why},
		{"trace", "", "print what happened, as a trace", (*stepper).printTrace},
		{"save", "FILE", "write the trace to a file, for cabi replay", (*stepper).save},
		{"load", "FILE", "begin anew with a trace of this world", (*stepper).loadOne},
		{"help", "", "list these words", (*stepper).help},
		{"quit", "", "end", nil},
	}
}

// readAll obeys the commands of in, to its end or to quit.
func (s *stepper) readAll(in io.Reader) error {
	s.draw(nil)
	next, restore := s.reader(in)
	defer restore()
	for {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return exitError{2, "standard input: " + output.Reason(err).Error()}
		}
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if slices.Contains([]string{"quit", "q", "exit"}, words[0]) {
			return nil
		}
		if err := s.obey(words); err != nil {
			fmt.Fprintf(s.out, "%v\n", err)
		}
	}
}

const prompt = "> "

// reader returns a function that reads a line: from a terminal with editing, history and completion, and otherwise as it is, and shown.
func (s *stepper) reader(in io.Reader) (next func() (string, error), restore func()) {
	file, isFile := in.(*os.File)
	if isFile && term.IsTerminal(int(file.Fd())) && layout.TerminalWidth(s.out) > 0 {
		if state, err := term.MakeRaw(int(file.Fd())); err == nil {
			s.terminal = term.NewTerminal(struct {
				io.Reader
				io.Writer
			}{in, s.out}, prompt)
			s.terminal.AutoCompleteCallback = s.complete
			if width, height, err := term.GetSize(int(file.Fd())); err == nil {
				_ = s.terminal.SetSize(width, height)
			}
			s.out = s.terminal
			return s.terminal.ReadLine, func() { _ = term.Restore(int(file.Fd()), state) }
		}
	}
	lines := bufio.NewReader(in)
	return func() (string, error) {
		line, err := lines.ReadString('\n')
		if err == io.EOF && line != "" {
			err = nil
		}
		if err == nil && strings.TrimSpace(line) != "" {
			fmt.Fprintf(s.out, "%s%s\n", prompt, strings.TrimSpace(line))
		}
		return line, err
	}, func() {}
}

// obey obeys a command: a number of the menu, a word, or an action.
func (s *stepper) obey(words []string) error {
	if n, err := strconv.Atoi(words[0]); err == nil && len(words) == 1 {
		if n < 1 || n > len(s.view.Menu) {
			return fmt.Errorf("the menu has no %d: it goes from 1 to %d", n, len(s.view.Menu))
		}
		return s.take(s.view.Menu[n-1].Action)
	}
	for _, c := range stepWords() {
		if c.word != words[0] {
			continue
		}
		least, most := operandsOf(c.operands)
		if n := len(words) - 1; n < least || n > most {
			return fmt.Errorf("it is written so: %s", strings.TrimSpace(c.word+" "+c.operands))
		}
		return c.do(s, words[1:])
	}
	return s.take(strings.Join(words, " "))
}

// operandsOf is how many operands a command has at least and at most: those in brackets may be missing.
func operandsOf(operands string) (least, most int) {
	most = len(strings.Fields(operands))
	return most - strings.Count(operands, "["), most
}

// take takes an action.
func (s *stepper) take(text string) error {
	word, _, _ := strings.Cut(text, " ")
	known := model.Ops()
	for _, w := range stepWords() {
		known = append(known, w.word)
	}
	if !slices.Contains(known, word) && !slices.ContainsFunc(s.view.Menu, func(o step.Option) bool { return o.Action == text }) {
		return fmt.Errorf("%q is neither an action nor a command%s; `help` lists the commands", shorten(word), nearest.Hint(word, known))
	}
	if err := s.session.Take(text); err != nil {
		return err
	}
	s.draw(s.view)
	return nil
}

// draw draws what there is to see, with a star where it is not as before.
func (s *stepper) draw(before *step.View) {
	s.view = s.session.View(s.any, nil)
	steps := model.Counted(s.session.Steps(), "action")
	if n := s.session.Undone(); n > 0 {
		steps += fmt.Sprintf(", and %d to go forward", n)
	}
	fmt.Fprintf(s.out, "\n-- %s, %s, after %s\n", s.session.Search.World.Name, s.numbering(), steps)
	s.view.Draw(s.out, before, s.width(), shortMenu)
}

func (s *stepper) numbering() string {
	if s.session.Search.Source != nil {
		return s.session.Search.Source.Name
	}
	return s.session.Search.Variant.Name
}

// width is how many columns there are. Lines are made for a narrow terminal where there is none.
func (s *stepper) width() int {
	const narrow = 80
	return cmp.Or(layout.TerminalWidth(s.out), narrow)
}

func (s *stepper) back(operands []string) error    { return s.move(operands, s.session.Back) }
func (s *stepper) forward(operands []string) error { return s.move(operands, s.session.Forward) }

func (s *stepper) move(operands []string, by func(int)) error {
	n := 1
	if len(operands) > 0 {
		var err error
		if n, err = strconv.Atoi(operands[0]); err != nil || n < 1 {
			return fmt.Errorf("%s is no number of actions: it is 1 or more", operands[0])
		}
	}
	by(n)
	s.draw(nil)
	return nil
}

func (s *stepper) menu([]string) error {
	s.view.Draw(s.out, nil, s.width(), len(s.view.Menu))
	return nil
}

func (s *stepper) toggleAny([]string) error {
	s.any = !s.any
	s.draw(nil)
	return nil
}

func (s *stepper) choose(operands []string) error {
	k, err := strconv.Atoi(operands[0])
	n, err2 := strconv.Atoi(operands[1])
	if cmp.Or(err, err2) != nil {
		return errors.New("both are numbers: which choice, from 1, and which candidate, from 0")
	}
	if err := s.session.Choose(k, n); err != nil {
		return err
	}
	s.draw(s.view)
	return nil
}

// toVariant goes on under another variant, and says where what happened differs.
func (s *stepper) toVariant(operands []string) error {
	v := spec.VariantByName(operands[0])
	switch {
	case v == nil:
		return errors.New(unknown(kindVariant, operands[0]).(exitError).msg)
	case s.session.Search.Source != nil:
		return errors.New("a definitions.py numbers handles in its own way: variants are for the port")
	}
	before := s.session.Trace()
	other, err := s.session.Under(v)
	after := other.Trace()
	s.session = other
	s.draw(nil)
	if err != nil {
		fmt.Fprintf(s.out, "%v\n", err)
	}
	fmt.Fprintln(s.out, firstDifference(before.Lines, after.Lines))
	return nil
}

// firstDifference says where two runs differ first.
func firstDifference(a, b []model.Line) string {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		x.Notes, y.Notes = "", "" // the tables that there are differ, which nobody observes
		if x.String() != y.String() {
			return fmt.Sprintf("line %d was\n  %s\nand is\n  %s", i+1, x, y)
		}
	}
	return "up to here, guests and the host observe the same."
}

// why explains what stops the run, or what an option of the menu would be stopped by or violate.
func (s *stepper) why(operands []string) error {
	name, how := s.view.Site, ""
	if len(operands) > 0 {
		n, err := strconv.Atoi(operands[0])
		if err != nil || n < 1 || n > len(s.view.Menu) {
			return fmt.Errorf("the menu has no %s: it goes from 1 to %d", operands[0], len(s.view.Menu))
		}
		o := s.view.Menu[n-1]
		property, _, _ := strings.Cut(o.Broken, ":")
		name, how = cmp.Or(o.Stops, property), o.Broken
	}
	switch {
	case name == "":
		return errors.New("nothing is stopped or violated there")
	case how != "":
		fmt.Fprintf(s.out, "%s\n\n", how)
	}
	return explain(s.out, nil, name)
}

func (s *stepper) printTrace([]string) error {
	fmt.Fprint(s.out, s.session.Trace())
	return nil
}

func (s *stepper) save(operands []string) error {
	if err := output.WriteText(operands[0], s.session.Trace().String()); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "written: cabi replay %s\n", operands[0])
	return nil
}

func (s *stepper) loadOne(operands []string) error {
	if err := s.load(operands[0]); err != nil {
		return err
	}
	s.draw(nil)
	return nil
}

// load begins anew with a trace.
func (s *stepper) load(file string) error {
	f, err := openInput(nil, file)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := model.ReadTraceWith(f, worldsBeside(file))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	case t.World.Name != s.session.Search.World.Name:
		return fmt.Errorf("%s is a trace of %s, and not of %s", file, t.World.Name, s.session.Search.World.Name)
	}
	return s.session.Load(t)
}

func (s *stepper) help([]string) error {
	fmt.Fprintln(s.out, "a number takes that option of the menu; an action, written as in a trace, need not be on it")
	for _, c := range stepWords() {
		fmt.Fprintf(s.out, "  %-14s %s\n", strings.TrimSpace(c.word+" "+c.operands), c.does)
	}
	return nil
}

// complete completes the line at a tab: a word, or an action of the menu.
func (s *stepper) complete(line string, at int, key rune) (string, int, bool) {
	if key != '\t' || at != len(line) {
		return "", 0, false
	}
	var all []string
	for _, c := range stepWords() {
		all = append(all, c.word)
	}
	for _, o := range s.view.Menu {
		all = append(all, o.Action)
	}
	whole := common(slices.DeleteFunc(all, func(text string) bool { return !strings.HasPrefix(text, line) }))
	if len(whole) <= len(line) {
		return "", 0, false
	}
	return whole, len(whole), true
}

// common is what all texts begin with.
func common(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	begin := texts[0]
	for _, text := range texts[1:] {
		for !strings.HasPrefix(text, begin) {
			begin = begin[:len(begin)-1]
		}
	}
	return begin
}
