package wast

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cabi/component"
	"cabi/internal/messages"
	"cabi/internal/wasmtools"
	"cabi/spec"
)

// A Runner runs programs. Close it when done.
type Runner struct {
	ctx    context.Context // ends the runs
	drawn  func()          // called before each run
	engine *component.Engine
	// MaxCalls and MaxTicks are the budget of a case: how many built-ins core code may call, and how often a call may let threads go on.
	MaxCalls, MaxTicks int
	// Without are traps that are switched off, to see which scripts find that a runtime lacks them; nil: none are.
	Without map[spec.Site]bool
	// Observer is notified of the calls of core code, which it may falsify, to see which scripts find that a runtime is wrong; nil: nothing is.
	Observer component.Observer
}

// NewRunner makes a runner whose runs end with the context, also in core code.
func NewRunner(ctx context.Context) *Runner {
	return &Runner{ctx: ctx, engine: component.NewEngine(component.EngineOptions{Interruptible: true}), MaxCalls: 100_000, MaxTicks: 2_000}
}

// Close frees the runner.
func (r *Runner) Close() { r.engine.Close() }

// Forget frees the core code of a program.
func (r *Runner) Forget(p *Program) {
	for _, m := range p.made {
		if m != nil && m.component != nil {
			r.engine.Forget(m.component)
		}
	}
}

// Run runs a program and returns an outcome for each directive. Choices makes what decides in a store; each case has a store of its own.
func (r *Runner) Run(p *Program, choices func() spec.Choices, variant *spec.Variant) []Outcome {
	outcomes := make([]Outcome, len(p.Script.Directives))
	for i, d := range p.Script.Directives {
		if p.inCase[i] == nil {
			outcomes[i] = r.alone(p, i, d)
		}
	}
	for _, c := range p.cases {
		for i, o := range r.runCase(p, c, spec.Options{Choices: choices(), Variant: variant, Without: r.Without}) {
			outcomes[i] = o
		}
	}
	return outcomes
}

// alone is the outcome of a directive that runs nothing.
func (r *Runner) alone(p *Program, i int, d *Directive) Outcome {
	switch made := p.made[i]; {
	case made != nil && errors.Is(made.err, wasmtools.ErrMissing):
		return Outcome{Status: Skipped, Got: made.err.Error()}
	case d.Kind == Definition && made.err != nil:
		return failed("%v", made.err)
	case d.Kind == Definition:
		return passed
	case d.Kind == AssertMalformed || d.Kind == AssertInvalid:
		return r.refused(made)
	case d.Kind == Invoke || d.Kind == Register || d.Export != "":
		return failed("%v", errNoInstance)
	}
	return Outcome{Status: Skipped, Got: fmt.Sprintf("%s is not for components", d.word())}
}

// refused is the outcome of an assertion that a component is malformed or invalid. The message is not compared: upstream's are those of
// one validator.
func (r *Runner) refused(made *madeComponent) Outcome {
	if made.err != nil {
		return Outcome{Status: Passed, By: made.stage}
	}
	err := r.engine.Validate(made.component)
	var unsupported *component.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return Outcome{Status: Unsupported, Got: unsupported.Error()}
	case err != nil:
		return Outcome{Status: Passed, By: "linking"}
	}
	return failed("the component is not refused")
}

// A caseRun is one run of a case.
type caseRun struct {
	p          *Program
	engine     *component.Engine
	run        *component.Run
	instances  map[int]*component.Instance // by the directives that made them
	registered component.Imports
	ended      error // what ended the run; nil: it goes on
	line       int   // of the directive that ended it
	cause      int   // the line of the first directive that did not pass after which nothing can; 0: none yet
}

// notRun is the outcome of what was not run to its end.
var notRun = Outcome{Status: Skipped, Got: "Ctrl-C came first"}

// runCase runs a case and returns the outcomes of its directives.
func (r *Runner) runCase(p *Program, c *testCase, options spec.Options) map[int]Outcome {
	if r.drawn != nil {
		r.drawn()
	}
	run := &caseRun{p: p, engine: r.engine, instances: map[int]*component.Instance{}, registered: component.Imports{},
		run: r.engine.NewRun(component.RunOptions{Spec: options, Context: r.ctx, MaxCalls: r.MaxCalls, MaxTicks: r.MaxTicks, Observer: r.Observer})}
	defer run.run.Close()
	outcomes := map[int]Outcome{}
	for _, i := range c.steps {
		outcomes[i] = notRun
		if r.ctx.Err() == nil {
			o := run.step(i)
			if r.ctx.Err() == nil {
				outcomes[i] = o
			}
		}
	}
	return outcomes
}

// step runs a directive, and keeps whether it ended the run.
func (c *caseRun) step(i int) Outcome {
	d := c.p.Script.Directives[i]
	var o Outcome
	switch {
	case c.cause != 0:
		return Outcome{Status: Follows, Cause: c.cause}
	case c.ended != nil && d.Export != "" && d.Kind == AssertTrap && messages.Say(&spec.Trap{Site: "Store.lift.func_inst/reentrance"}, d.Message):
		return passed
	case c.ended != nil:
		c.cause = d.Line
		return failed("the trap of line %d stopped the store, in which nothing may run any more", c.line)
	case d.makes():
		o = c.instantiate(i, d)
	case c.instances[c.p.of[i]] == nil:
		return Outcome{Status: Follows, Cause: c.p.Script.Directives[c.p.of[i]].Line}
	case d.Kind == Register:
		c.registered[d.As] = c.instances[c.p.of[i]]
		return passed
	default:
		o = c.call(c.p.Script.Directives[c.p.of[i]].Core, c.instances[c.p.of[i]], d)
	}
	if c.ended != nil {
		c.line = d.Line
		if o.Status != Passed {
			c.cause = d.Line
		}
	}
	return o
}

// instantiate makes an instance.
func (c *caseRun) instantiate(i int, d *Directive) Outcome {
	of := c.p.of[i]
	if of < 0 {
		return failed("no %s %s was defined before", map[bool]string{false: "component", true: "core module"}[d.Core], d.Of)
	}
	made, err := c.p.made[of], c.p.made[of].err
	if err == nil {
		c.instances[i], err = c.run.Instantiate(made.component, c.registered)
		c.ended = c.run.Stopped()
	}
	if c.ended == nil && err != nil && made.module != nil && c.engine.ValidateModule(made.module) == nil {
		return Outcome{Status: Unsupported, Got: "imports of a core module that is no part of a component"}
	}
	switch {
	case errors.Is(err, wasmtools.ErrMissing):
		return Outcome{Status: Skipped, Got: err.Error()}
	case d.Kind == AssertTrap || d.Kind == AssertUnlink:
		return judgeTrap(d, err)
	}
	return judge(err)
}

// judge is the outcome of what should not stop.
func judge(err error) Outcome {
	var unsupported *component.UnsupportedError
	var trap *spec.Trap
	switch {
	case err == nil:
		return passed
	case errors.As(err, &unsupported):
		return Outcome{Status: Unsupported, Got: unsupported.Error()}
	case errors.Is(err, component.ErrCalls) || errors.Is(err, component.ErrTicks):
		return Outcome{Status: Budget, Got: err.Error()}
	case errors.As(err, &trap):
		return Outcome{Status: Failed, Got: trap.Error(), Site: string(trap.Site)}
	}
	return failed("%v", err)
}

// judgeTrap is the outcome of what should trap.
func judgeTrap(d *Directive, err error) Outcome {
	var trap *spec.Trap
	var unlinked *component.LinkError
	switch o := judge(err); {
	case o.Status == Unsupported || o.Status == Budget:
		return o
	case err == nil:
		return failed("returned")
	case d.Kind == AssertUnlink && errors.As(err, &unlinked):
		return Outcome{Status: Passed, By: "linking"}
	case messages.Say(err, d.Message):
		o.Status, o.Got = Passed, ""
		return o
	case errors.As(err, &trap) || errors.Is(err, component.ErrDeadlock):
		o.Status = Elsewhere
		return o
	default:
		return o
	}
}

// call runs a directive that calls an export.
func (c *caseRun) call(core bool, instance *component.Instance, d *Directive) Outcome {
	if core {
		return Outcome{Status: Unsupported, Got: "calls of core modules that are no part of a component"}
	}
	f, err := instance.Func(d.Export)
	if err != nil {
		return failed("%v", err)
	}
	args, err := arguments(f.Type.Params, d.Args)
	if err != nil {
		return failed("%v", err)
	}
	results, err := c.run.Call(f, args...)
	c.ended = err
	switch {
	case d.Kind == AssertTrap && err == nil:
		return failed("returned%s", resultText(f.Type, results))
	case d.Kind == AssertTrap:
		return judgeTrap(d, err)
	case err != nil || d.Kind == Invoke:
		return judge(err)
	}
	return compare(f.Type, results, d.Results)
}

// arguments are the values of constants.
func arguments(types []spec.ValType, constants []*node) ([]spec.Value, error) {
	if len(types) != len(constants) {
		return nil, fmt.Errorf("the function takes %d arguments, not %d", len(types), len(constants))
	}
	var values []spec.Value
	for i, n := range constants {
		v, err := value(types[i], n)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// compare compares results with the constants of assert_return.
func compare(t *spec.FuncType, results []spec.Value, constants []*node) Outcome {
	want, err := arguments(t.Result, constants)
	if err != nil {
		return failed("the result: %v", err)
	}
	got, wanted := resultText(t, results), resultText(t, want)
	if got != wanted {
		return failed("returned%s, want%s", got, wanted)
	}
	return passed
}

// resultText is the results of a function as constants, each after a space.
func resultText(t *spec.FuncType, results []spec.Value) string {
	var b strings.Builder
	for i, v := range results {
		b.WriteString(" " + Constant(t.Result[i], v))
	}
	return b.String()
}
