package component

import (
	"errors"
	"fmt"

	"cabi/spec"
)

// A Call is a call of a component function by the host.
type Call struct {
	run      *Run
	f        *Func
	onCancel spec.OnCancel
	done     bool
	results  []spec.Value
}

// ErrCancelled is returned by Run.Call if the call was cancelled.
var ErrCancelled = errors.New("the call was cancelled")

// Start calls f with args and runs it as far as it goes at once. An error is what stopped the run.
func (r *Run) Start(f *Func, args ...spec.Value) (*Call, error) {
	if err := checkArgs(f, args); err != nil {
		return nil, err
	}
	if r.options.Observer != nil && r.stopped == nil {
		r.options.Observer.Invokes(f, args)
	}
	return r.start(f, args)
}

func (r *Run) start(f *Func, args []spec.Value) (*Call, error) {
	c := &Call{run: r, f: f}
	err := r.enter(func() (err error) {
		c.onCancel, err = r.store.Invoke(f.f, spec.HostOnStart(func() []spec.Value { return append([]spec.Value{}, args...) }),
			spec.HostOnResolve(func(results []spec.Value) { c.done, c.results = true, results }))
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func checkArgs(f *Func, args []spec.Value) error {
	if len(args) != len(f.Type.Params) {
		return fmt.Errorf("the function takes %d arguments, not %d", len(f.Type.Params), len(args))
	}
	for i, t := range f.Type.Params {
		if err := CheckValue(t, args[i]); err != nil {
			return fmt.Errorf("argument %d: %w", i, err)
		}
	}
	return nil
}

// Done reports whether the call has returned or was cancelled.
func (c *Call) Done() bool { return c.done }

// Results are the results of a call that is done; nil: it was cancelled.
func (c *Call) Results() []spec.Value { return c.results }

// Cancel asks the callee to cancel the call. It may still return.
func (c *Call) Cancel() error {
	if c.done {
		return nil
	}
	return c.run.enter(func() error { return c.run.store.Cancel(c.onCancel) })
}

// Wait ticks until the call is done. Threads that could go on after that wait for further ticks.
func (c *Call) Wait() error { return c.run.wait(c.Done) }

// wait ticks until something is done.
func (r *Run) wait(done func() bool) error {
	for ticks := 0; !done(); ticks++ {
		if ticks == r.options.MaxTicks {
			r.stopped = ErrTicks
			return ErrTicks
		}
		went, err := r.Tick()
		if err != nil {
			return err
		}
		if !went && (r.options.Idle == nil || !r.options.Idle()) {
			return ErrDeadlock
		}
	}
	return nil
}

// Call calls f with args, and ticks until it returns. The result is empty if the function has none.
func (r *Run) Call(f *Func, args ...spec.Value) ([]spec.Value, error) {
	c, err := r.Start(f, args...)
	if err != nil {
		return nil, err
	}
	if err := c.Wait(); err != nil {
		return nil, err
	}
	if c.results == nil {
		return nil, ErrCancelled
	}
	return c.results, nil
}

// Call calls f with Go values, as FromGo takes them, and ticks until it returns. The result is as ToGo makes it; nil: there is none.
func (f *Func) Call(args ...any) (any, error) {
	if len(args) != len(f.Type.Params) {
		return nil, fmt.Errorf("the function takes %d arguments, not %d", len(f.Type.Params), len(args))
	}
	values := make([]spec.Value, len(args))
	for i, a := range args {
		v, err := FromGo(f.Type.Params[i], a)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i, err)
		}
		values[i] = v
	}
	results, err := f.run.Call(f, values...)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	return ToGo(f.Type.Result[0], results[0]), nil
}
