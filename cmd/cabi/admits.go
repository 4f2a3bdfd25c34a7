package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"cabi/internal/nearest"
	"cabi/model"
	"cabi/spec"
)

// An admitsCommand is cabi admits with its flags.
type admitsCommand struct {
	variant   string
	without   []string
	gap       bound
	maxStates bound
	save      string
	json      bool
	source    sourceFlags
}

// anyVariant is the value of --variant that asks about all of them.
const anyVariant = "any"

func newAdmitsCommand() *cobra.Command {
	c := &admitsCommand{gap: bound{4, 1 << 20}, maxStates: bound{1000000, 1 << 40}}
	cmd := &cobra.Command{
		Use:   "admits LOG",
		Short: "Say whether any run of the specification explains a log, and which does, or where none can",
		Long: "Admits reads what a runtime, or a person, wrote down of a run: actions and results, without the choices that the\n" +
			"specification leaves open, and perhaps with gaps (a line …). It looks for choices under which all of that happens, and\n" +
			"prints a run that explains the log, as a trace with its choices. If there is none, it prints the first line that\n" +
			"cannot be explained with those before it, what the specification allows there, and the nearest line that forces it.\n" +
			"LOG is a file in the form of a trace, text or JSON lines, or - for standard input, which is answered as soon as no\n" +
			"explanation is left. docs/admits.md says more.\n" +
			"It exits with 0 if the log is admitted, 1 if it is refused, 2 for bad input, and 3 if a limit was reached first.",
		Example: "  cabi admits runtime.log\n  cabi admits runtime.log -o run.cabi && cabi replay run.cabi\n" +
			"  my-runtime | cabi admits -\n  cabi admits runtime.log --variant any",
		Args: oneFile,
		RunE: c.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&c.variant, "variant", "", "number handles so, or in `any` way, which says in which the log is admitted; as the log says if it is not given")
	flags.StringSliceVar(&c.without, "without", nil, "switch these traps and asserts off, besides those that the log says")
	flags.Var(&c.gap, "gap", "how many actions a gap stands for, at most")
	flags.Var(&c.maxStates, "max-states", "stop at so many states")
	flags.StringVarP(&c.save, "save", "o", "", "write the run that explains the log to this `FILE`, instead of printing it")
	flags.BoolVar(&c.json, "json", false, "print the answer as a line of JSON")
	completeFlags(cmd, map[string]kind{"variant": kindVariant, "without": kindSite})
	c.source.add(cmd)
	return cmd
}

func (c *admitsCommand) run(cmd *cobra.Command, args []string) error {
	variants, err := c.variants()
	if err == nil {
		err = checkOther(c.save, args[0])
	}
	if err != nil {
		return err
	}
	progress := newProgress(cmd.ErrOrStderr(), 0)
	defer progress.clear()
	in := cmd.InOrStdin()
	if args[0] == standardInput {
		in = newInterruptible(in, progress.interrupt)
	}
	source, err := c.source.open()
	if err != nil {
		return err
	}
	known := knownNames{source}
	log, err := known.readLog(in, args[0], len(variants) == 1)
	if err != nil {
		return err
	}
	log.Source = source
	if log.Without, err = known.sitesOff(log.Trace, c.without); err != nil {
		return err
	}
	for _, v := range variants {
		if err := fits(source, log.World, cmp.Or(v, log.Variant), log.Without); err != nil {
			return err
		}
	}
	options, err := c.options(args[0], log, progress)
	if err != nil {
		return err
	}
	a := &admitsAnswers{command: c, file: args[0], out: cmd.OutOrStdout(), log: log, options: options, progress: progress}
	for _, v := range variants {
		if err := a.answer(v); err != nil {
			return err
		}
	}
	return a.exit()
}

// variants are those that are asked about. nil stands for the log's own.
func (c *admitsCommand) variants() ([]*spec.Variant, error) {
	switch v := spec.VariantByName(c.variant); {
	case c.variant == "":
		return []*spec.Variant{nil}, nil
	case c.variant == anyVariant && c.save != "":
		return nil, exitError{2, "--variant any answers for all variants: to save a run, name one of them"}
	case c.variant == anyVariant:
		return spec.Variants, nil
	case v == nil:
		return nil, exitError{2, fmt.Sprintf("unknown variant %q%s", shorten(c.variant), nearest.Hint(c.variant, append(kindVariant.names(), anyVariant)))}
	default:
		return []*spec.Variant{v}, nil
	}
}

// options are the options of the search.
func (c *admitsCommand) options(file string, log *model.Log, p *progress) (model.AdmitOptions, error) {
	claim, err := claimOptions(file, log.Trace, log.Variant)
	return model.AdmitOptions{Properties: claim.Properties, Gap: c.gap.value, MaxStates: c.maxStates.value, Progress: func(a *model.Admission) bool {
		select {
		case <-p.interrupt:
			return false
		default:
		}
		if p.due() {
			p.draw(fmt.Sprintf("line %d, %d states, %d actions", a.Line, a.States, a.Taken))
		}
		return true
	}}, err
}

// readLog reads a log: of standard input the beginning, unless all of it is needed.
func (k knownNames) readLog(in io.Reader, file string, lazily bool) (*model.Log, error) {
	f, err := openInput(in, file)
	if err != nil {
		return nil, err
	}
	log, err := model.ReadLog(f, worldsBeside(file), k.line)
	if err == nil && (!lazily || file != standardInput) {
		err = log.ReadAll()
		f.Close()
	}
	if err == nil {
		err = k.trace(log.Trace)
	}
	return log, badLog(file, err)
}

// badLog is the error for a log that cannot be read. nil stays nil.
func badLog(file string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errInterrupted):
		return exitError{3, "Ctrl-C: undecided"}
	}
	return exitError{2, fmt.Sprintf("%s: %v", file, err)}
}

// errInterrupted is the end of what is read at Ctrl-C.
var errInterrupted = errors.New("interrupted")

// An interruptible reads until a signal comes.
type interruptible struct {
	chunks    chan chunk
	interrupt <-chan os.Signal
	rest      []byte
	err       error // of the last read; nil: there may be more
}

// A chunk is what one read gives.
type chunk struct {
	text []byte
	err  error
}

func newInterruptible(in io.Reader, interrupt <-chan os.Signal) *interruptible {
	i := &interruptible{chunks: make(chan chunk), interrupt: interrupt}
	go func() {
		for {
			buffer := make([]byte, 1<<16)
			n, err := in.Read(buffer)
			i.chunks <- chunk{buffer[:n], err}
			if err != nil {
				return
			}
		}
	}()
	return i
}

// Read waits for text or for the signal.
func (i *interruptible) Read(b []byte) (int, error) {
	for len(i.rest) == 0 {
		if i.err != nil {
			return 0, i.err
		}
		select {
		case <-i.interrupt:
			i.err = errInterrupted
		case c := <-i.chunks:
			i.rest, i.err = c.text, c.err
		}
	}
	n := copy(b, i.rest)
	i.rest = i.rest[n:]
	return n, nil
}
