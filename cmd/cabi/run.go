package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cabi/component"
	"cabi/internal/output"
	"cabi/internal/program"
	"cabi/internal/wasmtools"
	"cabi/spec"
)

// A programFlags is how a component is given what it imports: the flags that cabi run has in common with cabi check.
type programFlags struct {
	links    []string
	stubs    []string
	args     []string
	env      []string
	compiled bool
}

func (p *programFlags) add(f *pflag.FlagSet) {
	f.StringArrayVar(&p.links, "link", nil, "NAME=FILE: give the import NAME from another component")
	f.StringArrayVar(&p.stubs, "stub", nil, "NAME=VALUE|…: have the imported function NAME return a value, or one of several")
	f.StringArrayVar(&p.args, "arg", nil, "an argument that WASI gives the program")
	f.StringArrayVar(&p.env, "env", nil, "NAME=VALUE: a variable of the environment that WASI gives the program")
	f.BoolVar(&p.compiled, "compiled", false, "compile core code to machine code instead of interpreting it: it begins later and runs faster")
}

// A runCommand is cabi run with its flags.
type runCommand struct {
	programFlags
	steps    bound
	variant  string
	seed     uint64
	duration time.Duration
	json     bool
	depart   []string
	small    bool
	settle   bool
	trace    string
}

func newRunCommand() *cobra.Command {
	c := &runCommand{steps: bound{program.DefaultSteps, 1 << 40}}
	cmd := &cobra.Command{
		Use:   "run COMPONENT [EXPORT(ARGUMENTS)]...",
		Short: "Run a component on the specification, and call its exports",
		Long: "Run instantiates a component on the specification, with core code under wazero, and calls its exports in order, in one\n" +
			"store. Arguments and results are WAVE: 7, \"text\", [1, 2], {x: 1}, some(1). An export of an instance is named\n" +
			"INSTANCE#FUNCTION; versions may be left out. A resource is named #1, #2 and so on, in the order in which results had\n" +
			"them, and `drop #1` drops one. A stream is written as a list, a future as its value; what exports return of these is\n" +
			"read to its end. Calls with & between them go on beside each other. Without calls, a command is run, which exports\n" +
			"wasi:cli/run; of any other component the exports and imports are listed.\n\n" +
			"Imports are given by --link and --stub. Of WASI 0.2 there is as much as a program needs that prints; clocks and randomness\n" +
			"are fixed. Any other import traps when it is called. Where the specification leaves something open, threads take\n" +
			"turns; with --seed, it is drawn.\n" +
			"It exits with 0 if all calls return, 1 if one traps, can never return, or fails an assertion of the specification, or if\n" +
			"the program says that it failed, 2 for bad input, and 3 if --steps or --duration ended it, or Ctrl-C.",
		Example: "  cabi run component/testdata/greet.wasm 'greet(\"Ada\")' --stub 'hello=\"Hello!\"'",
		Args:    oneComponent,
		RunE:    c.run,
	}
	f := cmd.Flags()
	c.add(f)
	f.Var(&c.steps, "steps", "how many built-ins core code may call, how often a call may let threads go on, and how many elements of a stream are read")
	f.StringVar(&c.variant, "variant", spec.SingleTable.Name, "how handles are numbered")
	f.Uint64Var(&c.seed, "seed", 0, "draw what the specification leaves open from this; if it is not given, threads take turns")
	f.StringArrayVar(&c.depart, "depart", nil, "CHOICE=CANDIDATE: take another candidate in a choice than the policy, as cabi check prints it")
	f.BoolVar(&c.small, "small-answers", false, "have imports that nothing else gives return values of a small set, each a choice, as cabi check does")
	f.BoolVar(&c.settle, "settle", false, "after the calls, drop the resources that they returned, let threads go on until none is ready, as cabi check does, and say what is left")
	f.StringVar(&c.trace, "trace", "", "write a trace of all that it did to a file, for cabi replay")
	f.DurationVar(&c.duration, "duration", 0, "stop after so long; 0: never")
	f.BoolVar(&c.json, "json", false, "print a line of JSON for each call, and one for how the run ended; what the program prints goes to standard error")
	flagRules{}.refuse(cmd)
	completeFlags(cmd, map[string]kind{"variant": kindVariant})
	return cmd
}

func oneComponent(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || args[0] == "" {
		return exitError{2, cmd.CommandPath() + " takes a component: a binary, or text if there is wasm-tools, or - for standard input"}
	}
	return nil
}

// program reads what the arguments and flags name.
func (p *programFlags) program(in io.Reader, args []string) (*program.Program, error) {
	made := &program.Program{Args: append([]string{args[0]}, p.args...), Env: p.env}
	for _, text := range args[1:] {
		call, err := program.ParseCall(text)
		if err != nil {
			return nil, exitError{2, err.Error()}
		}
		made.Calls = append(made.Calls, call)
	}
	for _, text := range p.stubs {
		stub, err := program.ParseStub(text)
		if err != nil {
			return nil, exitError{2, "--stub " + err.Error()}
		}
		if slices.ContainsFunc(made.Stubs, func(s program.Stub) bool { return s.Import == stub.Import }) {
			return nil, exitError{2, fmt.Sprintf("--stub gives %s twice", stub.Import)}
		}
		made.Stubs = append(made.Stubs, stub)
	}
	for _, text := range p.env {
		if !strings.Contains(text, "=") {
			return nil, exitError{2, fmt.Sprintf("--env %q: it is NAME=VALUE", text)}
		}
	}
	for _, text := range p.links {
		name, file, ok := strings.Cut(text, "=")
		if !ok || name == "" || file == "" {
			return nil, exitError{2, fmt.Sprintf("--link %q: it is NAME=FILE", text)}
		}
		if slices.ContainsFunc(made.Links, func(l program.Link) bool { return l.Import == name }) {
			return nil, exitError{2, fmt.Sprintf("--link gives %s twice", name)}
		}
		linked, err := readComponent(in, file)
		if err != nil {
			return nil, err
		}
		made.Links = append(made.Links, program.Link{Import: name, File: file, Component: linked})
	}
	var err error
	made.Component, err = readComponent(in, args[0])
	return made, err
}

// mostComponent is how many bytes a component may have.
const mostComponent = 1 << 30

// readComponent reads a component as a binary or as text.
func readComponent(in io.Reader, file string) (*component.Component, error) {
	f, err := openInput(in, file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	binary, err := io.ReadAll(io.LimitReader(f, mostComponent+1))
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, output.Reason(err))}
	}
	if len(binary) > mostComponent {
		return nil, exitError{2, fmt.Sprintf("%s: too long: a component has at most %d bytes", file, mostComponent)}
	}
	if text := strings.TrimSpace(string(binary[:min(len(binary), 1000)])); strings.HasPrefix(text, "(") || strings.HasPrefix(text, ";;") {
		if binary, err = fromText(string(binary)); err != nil {
			return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
		}
	}
	c, err := component.Decode(binary)
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	return c, nil
}

func fromText(text string) ([]byte, error) {
	tools, err := wasmtools.Find()
	if err != nil {
		return nil, err
	}
	defer tools.Close()
	return tools.Parse(text)
}

func (c *runCommand) run(cmd *cobra.Command, args []string) error {
	variant := spec.VariantByName(c.variant)
	switch {
	case variant == nil:
		return unknown(kindVariant, c.variant)
	case c.duration < 0:
		return exitError{2, fmt.Sprintf("--duration %s: it is not negative", c.duration)}
	}
	if err := checkOther(c.trace, args[0]); err != nil {
		return err
	}
	p, err := c.program(cmd.InOrStdin(), args)
	if err != nil {
		return err
	}
	p.Small = c.small
	ctx, stop := limited(c.duration)
	defer stop()
	o := program.Options{Variant: variant, Context: ctx, Steps: c.steps.value, Seed: c.seed, Settle: c.settle, Trace: c.trace != "", Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr()}
	if c.json { // standard output is for JSON
		o.Out = o.Err
	}
	departures, err := c.departures()
	if err != nil {
		return err
	}
	var policy spec.Choices
	if given(cmd, "seed") {
		policy = spec.NewRandom(c.seed)
	}
	o.Choices = program.NewChoices(policy, departures)
	runner := program.NewRunner(c.compiled)
	defer runner.Close()
	if len(p.Calls) == 0 {
		done, err := c.list(cmd.OutOrStdout(), runner, p, o)
		if done || err != nil {
			return err
		}
	}
	return c.call(cmd.OutOrStdout(), runner, p, o)
}

// departures are the choices that --depart names.
func (c *runCommand) departures() (all []component.Departure, err error) {
	for _, text := range c.depart {
		var d component.Departure
		if n, err := fmt.Sscanf(text, "%d=%d", &d.At, &d.Taken); n != 2 || err != nil || d.At < 0 || d.Taken < 0 || text != fmt.Sprintf("%d=%d", d.At, d.Taken) {
			return nil, exitError{2, fmt.Sprintf("--depart %q: it is CHOICE=CANDIDATE, two numbers", text)}
		}
		all = append(all, d)
	}
	return all, nil
}

// limited is a context that ends after a duration, which may be 0 for never, and at Ctrl-C.
func limited(d time.Duration) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	interrupt := interrupted()
	var timeout <-chan time.Time
	if d > 0 {
		timeout = time.After(d)
	}
	go func() {
		select {
		case <-interrupt:
			signal.Stop(interrupt) // a second Ctrl-C ends the process
			cancel(errors.New("Ctrl-C"))
		case <-timeout:
			cancel(fmt.Errorf("--duration %s", d))
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// list lists what a component exports and imports, unless it is a command, which it then has called.
func (c *runCommand) list(out io.Writer, runner *program.Runner, p *program.Program, o program.Options) (done bool, err error) {
	d, ending := runner.Describe(p, o)
	if ending.Failed() {
		return true, failedExit(p, ending)
	}
	if program.IsCommand(d.Exports) {
		p.Calls = []program.Call{{Export: program.CommandExport}}
		return false, nil
	}
	if c.json {
		return true, json.NewEncoder(out).Encode(describedJSON(d))
	}
	for _, e := range d.Exports {
		fmt.Fprintf(out, "export %s: %s\n", e.Name, e.Func)
	}
	for _, i := range d.Imports {
		fmt.Fprintf(out, "import %s: %s\n", i.Name, component.Signature(i.Type, i.Params))
	}
	return true, nil
}

func describedJSON(d *program.Description) any {
	type item struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	described := struct {
		Exports []item `json:"exports"`
		Imports []item `json:"imports"`
	}{[]item{}, []item{}}
	for _, e := range d.Exports {
		described.Exports = append(described.Exports, item{e.Name, e.Func.String()})
	}
	for _, i := range d.Imports {
		described.Imports = append(described.Imports, item{i.Name, component.Signature(i.Type, i.Params)})
	}
	return described
}

// call makes the calls and prints what they return as it comes.
func (c *runCommand) call(out io.Writer, runner *program.Runner, p *program.Program, o program.Options) error {
	o.Returned = func(i int, result program.Result) {
		switch {
		case c.json:
			json.NewEncoder(out).Encode(struct {
				Call   string `json:"call"`
				Result any    `json:"result,omitempty"`
			}{p.Calls[i].String(), result.JSON})
		case len(p.Calls) == 1 && p.Calls[0].Export == program.CommandExport:
		case result.Text == "":
			fmt.Fprintln(out, p.Calls[i])
		default:
			fmt.Fprintf(out, "%s -> %s\n", p.Calls[i], result.Text)
		}
	}
	ending := runner.Run(p, o)
	if c.trace != "" && ending.Kind != program.Refused {
		if err := outputError(output.WriteText(c.trace, ending.Trace)); err != nil {
			return err
		}
	}
	if c.json && ending.Kind != program.Refused {
		json.NewEncoder(out).Encode(ending.Object(p))
	}
	if ending.Failed() {
		return failedExit(p, ending)
	}
	if !c.json {
		for _, text := range ending.LeftTexts(p) {
			fmt.Fprintf(out, "left: %s\n", text)
		}
	}
	if p.Calls[0].Export == program.CommandExport && len(ending.Results) > 0 && ending.Results[0].Text == "err" {
		return exitError{1, "the program says that it failed"}
	}
	return nil
}

// failedExit is the exit of a run that did not end as it should.
func failedExit(p *program.Program, e *program.Ending) error {
	code := 1
	switch e.Kind {
	case program.Refused:
		return exitError{2, e.Message}
	case program.Limit:
		code = 3
	}
	return exitError{code, e.Text(p)}
}
