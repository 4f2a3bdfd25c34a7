package program

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"cabi/component"
	"cabi/component/trace"
	"cabi/spec"
)

// Options are how a program is run once.
type Options struct {
	Choices  *Choices // nil: the policy's
	Variant  *spec.Variant
	Context  context.Context               // ends core code that never returns, if the engine is interruptible; nil: it never does
	Steps    int                           // how many built-ins core code may call, and how often a call may let threads go on; 0: 1,000,000
	Seed     uint64                        // what WASI's randomness is made from
	Out, Err io.Writer                     // nil: what the program prints is dropped
	Rounds   int                           // how often all calls are made, one round after the other; 0: once
	Settle   bool                          // after each round, drop what the host still has, and let threads go on until none is ready
	Trace    bool                          // write a trace
	Returned func(call int, result Result) // called after each call; nil: nothing is
}

// DefaultSteps is Options.Steps unless they say otherwise.
const DefaultSteps = 1_000_000

// How a run can end.
const (
	Returned  = "returned"
	Exited    = "exited"
	Trapped   = "trapped"
	Deadlock  = "deadlock"
	Assertion = "assertion-failure"
	Crashed   = "crash"
	Limit     = "limit"
	Refused   = "refused" // bad input: the component cannot be linked, or a call cannot be made
)

// An Ending is how a run ended.
type Ending struct {
	Kind    string
	Call    int       // which call it was in, from 0 on; -1: the instantiation; of a run that returned, the last
	Site    spec.Site // of a trap or failed assertion
	Message string
	Where   string // the built-in that was called last, or what threads wait for; empty: there is none
	Step    int    // how many built-ins and lowered functions core code had called
	Code    int    // of a program that exited
	Results []Result
	Left    []Left // what is left after the last round, if the run returned and Settle is set

	Trace string // if it was asked for

	settling bool   // it ended after the last call, where threads went on
	kept     []Left // of a task that may not return, as it keeps borrow handles: those of its instance
	stale    *stale // of a run that trapped since a handle was used that was gone
	small    bool   // some import returned, or could, values of a small set
	output   string // what the program printed; its beginning
	watch    *watch
}

// A Result is what a call returned: as WAVE, empty if it returned nothing, and as a value for JSON.
type Result struct {
	Text string
	JSON any
}

// Failed reports whether the run ended otherwise than by returning, or exiting with code 0.
func (e *Ending) Failed() bool { return e.Kind != Returned && (e.Kind != Exited || e.Code != 0) }

// A Runner runs programs. Close it when done.
type Runner struct{ engine *component.Engine }

// NewRunner makes a runner, whose core code is compiled to machine code or interpreted.
func NewRunner(compiler bool) *Runner {
	return &Runner{component.NewEngine(component.EngineOptions{Compiler: compiler, Interruptible: true, MemoryPages: mostPages})}
}

// mostPages is how many pages of 64 KiB a core memory may have: 1 GiB.
const mostPages = 1 << 14

// Close frees the runner.
func (r *Runner) Close() { r.engine.Close() }

// A once is a program while it runs.
type once struct {
	*Program
	options Options
	run     *component.Run
	host    *host
	handles handles
	exports []Export
	watch   *watch
	trace   *trace.Recorder // nil: none is written
	reads   spec.ValType    // of the stream or future that the host reads; nil: it reads none
	ending  *Ending
}

// Run runs a program. Bad input is in the ending too.
func (r *Runner) Run(p *Program, o Options) *Ending {
	run := r.begin(p, o)
	defer run.run.Close()
	err := run.link()
	for round := 0; err == nil && round < max(o.Rounds, 1); round++ {
		if err = run.round(round); err == nil && o.Settle {
			err = run.settle()
		}
	}
	return run.end(err)
}

// round makes all calls. A handle that text names is one of this round.
func (o *once) round(n int) error {
	o.handles = handles{}
	for i, c := range o.Calls {
		o.ending.Call = n*len(o.Calls) + i
		o.watch.call, o.watch.began = o.ending.Call, o.run.Calls()
		if err := o.call(c); err != nil {
			return err
		}
	}
	return nil
}

// settle drops what the host was given and still has, and lets threads go on that are still there after the calls.
func (o *once) settle() error {
	o.ending.settling = true
	if err := o.handles.dropAll(o.run); err != nil {
		return err
	}
	for range o.options.Steps {
		if went, err := o.run.Tick(); err != nil || !went {
			o.ending.settling = err != nil
			return err
		}
	}
	return component.ErrTicks
}

// begin makes a run in which nothing is yet.
func (r *Runner) begin(p *Program, o Options) *once {
	o = o.withDefaults()
	watch := newWatch(o.Settle)
	run := &once{Program: p, options: o, watch: watch, ending: &Ending{Call: -1, watch: watch}}
	var observer component.Observer
	if o.Trace {
		run.trace = trace.NewRecorder()
		observer = run.trace
	}
	run.run = r.engine.NewRun(component.RunOptions{Observer: observer, Spec: spec.Options{Choices: o.Choices, Variant: o.Variant, Watcher: watch},
		Context: o.Context, MaxCalls: o.Steps, MaxTicks: o.Steps})
	watch.run = run.run
	run.host = newHost(p, run.run, newWASI(p, o.Out, o.Err, o.Seed), o.Choices)
	return run
}

// link instantiates the program's component.
func (o *once) link() error {
	imports, err := o.host.importsOf(o.Component, o.Links)
	if err != nil {
		return err
	}
	inst, err := o.run.Instantiate(o.Component, imports)
	if fault := o.host.fault(); fault != nil {
		return fault
	}
	if err == nil {
		o.exports = exportsOf(inst, "")
	}
	return err
}

func (o Options) withDefaults() Options {
	if o.Choices == nil {
		o.Choices = NewChoices(nil, nil)
	}
	if o.Steps == 0 {
		o.Steps = DefaultSteps
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Err == nil {
		o.Err = io.Discard
	}
	return o
}

// A Description is what a component imports and exports, beside types.
type Description struct {
	Imports []component.Import
	Exports []Export
}

// Describe says what a program's component imports and exports. It is instantiated for that.
func (r *Runner) Describe(p *Program, o Options) (*Description, *Ending) {
	run := r.begin(p, o)
	defer run.run.Close()
	err := run.link()
	return &Description{run.host.imports, run.exports}, run.end(err)
}

// call makes one call and notes its result.
func (o *once) call(c Call) error {
	result, err := o.result(c)
	if err != nil {
		return err
	}
	o.ending.Results = append(o.ending.Results, result)
	if o.options.Returned != nil {
		o.options.Returned(o.ending.Call, result)
	}
	return nil
}

func (o *once) result(c Call) (result Result, err error) {
	if c.Drop != "" {
		return result, o.handles.drop(o.run, c.Drop)
	}
	var begun []*begun
	for _, one := range append([]Call{c}, c.With...) {
		b, err := o.beginCall(one)
		if err != nil {
			return result, err
		}
		begun = append(begun, b)
	}
	if len(begun) == 1 {
		return o.returned(begun[0])
	}
	var texts []string
	var values []any
	for _, b := range begun {
		one, err := o.returned(b)
		if err != nil {
			return result, err
		}
		texts, values = append(texts, cmp.Or(one.Text, "()")), append(values, one.JSON)
	}
	return Result{strings.Join(texts, " & "), values}, nil
}

// A begun is a call that was begun.
type begun struct {
	f    *component.Func
	call *component.Call
}

func (o *once) beginCall(c Call) (*begun, error) {
	f, err := find(o.exports, c.Export)
	if err != nil {
		return nil, err
	}
	args, err := arguments(f, c.Args)
	for i := 0; err == nil && i < len(args); i++ {
		if args[i], err = o.handles.passed(written(f.Type.Params[i]), args[i]); err == nil {
			args[i] = o.give(f.Type.Params[i], args[i])
		}
	}
	if err != nil {
		return nil, &InputError{fmt.Sprintf("%s: %v", c.Export, err)}
	}
	o.watch.began = o.run.Calls() // what the call is given is made by no built-in
	call, err := o.run.Start(f, args...)
	return &begun{f, call}, err
}

// returned waits until a call returns.
func (o *once) returned(b *begun) (none Result, err error) {
	if err := b.call.Wait(); err != nil {
		return none, err
	}
	results := b.call.Results()
	if results == nil {
		return none, component.ErrCancelled
	}
	if len(results) == 0 {
		return none, nil
	}
	t := b.f.Type.Result[0]
	v, err := o.read(t, results[0])
	if err != nil {
		return none, err
	}
	t = written(t)
	v = o.handles.received(t, v)
	return Result{component.FormatValue(t, v), component.JSONValue(t, v)}, nil
}

// end is the ending of a run that err stopped; nil: nothing did.
func (o *once) end(err error) *Ending {
	e := o.ended(err)
	if o.trace != nil {
		if o.options.Choices.drew {
			o.trace.Refuse("the variant draws indices, of more candidates than a trace has choices for")
		}
		e.Trace = o.trace.Text(o.run, o.options.Choices.Made, err)
	}
	return e
}

func (o *once) ended(err error) *Ending {
	e := o.ending
	e.Step, e.small = o.run.Calls(), o.host.small
	var exit *ExitError
	var trap *spec.Trap
	var assertion *spec.AssertionFailure
	var crash *spec.Crash
	switch {
	case err == nil:
		e.Kind = Returned
		if o.options.Settle {
			e.Left = o.watch.left()
		}
		return e
	case errors.As(err, &exit):
		e.Kind, e.Code = Exited, exit.Code
		return e
	case errors.As(err, &trap):
		e.Kind, e.Site, e.Message, e.stale = Trapped, trap.Site, trap.Detail, o.watch.stale(trap)
		if strings.HasSuffix(string(trap.Site), "/borrows") {
			e.kept = o.watch.borrows()
		}
	case errors.As(err, &assertion):
		e.Kind, e.Site, e.Message = Assertion, assertion.Site, assertion.Detail
	case errors.As(err, &crash):
		e.Kind, e.Message = Crashed, crash.Error()
	case errors.Is(err, component.ErrDeadlock):
		e.Kind, e.Message = Deadlock, err.Error()
	case o.gaveUp(err):
		e.Kind, e.Message = Limit, o.limit(err)
	default:
		e.Kind, e.Message = Refused, err.Error()
		return e
	}
	e.Where = o.where()
	return e
}

// gaveUp reports whether a limit ended the run.
func (o *once) gaveUp(err error) bool {
	return errors.Is(err, component.ErrCalls) || errors.Is(err, component.ErrTicks) || errors.Is(err, component.ErrElements) || o.options.Context != nil && o.options.Context.Err() != nil
}

// limit says which limit ended the run.
func (o *once) limit(err error) string {
	switch {
	case errors.Is(err, component.ErrCalls):
		return fmt.Sprintf("core code has called %d built-ins and has not ended: no more are allowed", o.options.Steps)
	case errors.Is(err, component.ErrTicks):
		return fmt.Sprintf("threads have gone on %d times, and the call has not ended: no more is allowed", o.options.Steps)
	case errors.Is(err, component.ErrElements):
		return fmt.Sprintf("the stream has more than %d elements, and no more are read", o.options.Steps)
	}
	return err.Error()
}

// where says what core code called last, and what threads wait for.
func (o *once) where() string {
	var parts []string
	if last := o.run.LastCall(); last != nil && o.run.Calls() > o.watch.began {
		parts = append(parts, fmt.Sprintf("core code of %s called %s last", last.Instance.Name, last))
	}
	if o.reads != nil {
		parts = append(parts, fmt.Sprintf("the host reads the %s that the call returned", spec.TypeName(o.reads)))
	}
	for _, t := range o.run.Store().WaitingThreads() {
		parts = append(parts, fmt.Sprintf("a thread of %s waits for %s", t.Instance().Name, t.WaitsFor().Kind))
	}
	if len(parts) > 5 {
		parts = append(parts[:5], fmt.Sprintf("and %d more threads wait", len(parts)-5))
	}
	return strings.Join(parts, "; ")
}
