package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A finished trace is one at whose end no code is about to act: each call of the host's has returned, or can never return, or a trap has
// stopped the run.
type finished struct {
	*wastRecorder
	made    *model.Trace
	stopped error
	given   int               // how many of its lines happen in the given trace; the others finish it
	endsIn  *model.Activation // the activation that is about to act at the end; nil: none is
}

// mostFinishing is how many lines finish a trace at most. Each activation needs two, and each thread a tick or two.
const mostFinishing = 200

// finish replays a trace, and goes on where it ends: code that is about to act returns, and as long as a call of the host's has not
// returned and a thread can go on, the host lets one go on. Where that leads to a trap, or no code can return, the trace stays as it is, and
// its last activation ends the test.
func finish(t *model.Trace) (*finished, error) {
	first, err := record(t)
	if err != nil {
		return nil, err
	}
	last := first
	for range mostFinishing {
		var next model.Line
		if next, err = last.next(); next.Text == "" || err != nil {
			break
		}
		longer := *last.made
		longer.Lines = append(slices.Clone(longer.Lines), next)
		further, failed := record(&longer)
		if failed != nil {
			err = unsupported("the trace ends before all code has returned: %v", failed)
			break
		}
		last = further
	}
	last.given = len(first.made.Lines)
	if err == nil && (last.stopped == nil || first.stopped != nil) {
		return last, nil
	}
	if first.current == nil {
		return nil, errors.Join(err, unsupported("the trace ends before all code has returned, and going on leads to a trap"))
	}
	first.given, first.endsIn = len(first.made.Lines), first.current
	return first, nil
}

// record replays a trace and records it.
func record(t *model.Trace) (*finished, error) {
	recorder := newWastRecorder()
	made, again, err := replay(t, recorder)
	if err != nil {
		return nil, err
	}
	made.Choices = again.Choices // also where the trace leaves them out, since all are the first candidates
	return &finished{wastRecorder: recorder, made: made, stopped: again.Stopped}, nil
}

// next is the line that brings the trace nearer to its end; the zero Line: nothing is left to do.
func (w *finished) next() (model.Line, error) {
	switch at := w.current; {
	case w.stopped != nil || w.problem != nil:
		return model.Line{}, nil
	case at != nil:
		return w.leaves(at)
	case w.unresolved() && w.someReady:
		return model.Line{Actor: model.Host, Text: "tick"}, nil
	}
	return model.Line{}, nil
}

// unresolved reports whether a call of the host's has not been resolved.
func (w *wastRecorder) unresolved() bool {
	for _, c := range w.calls {
		if c.resolvedAt < 0 {
			return true
		}
	}
	return false
}

// leaves is the action with which an activation returns, or first returns from its task.
func (w *wastRecorder) leaves(at *model.Activation) (model.Line, error) {
	returns := model.Line{Actor: at.Actor, Text: "return"}
	task := at.Thread().Task()
	f := w.run.World.Func(task.Func())
	var types []spec.ValType
	switch {
	case at.Kind == model.KindCallback:
		returns.Text = "return 0"
	case at.Kind == model.KindRealloc:
		returns.Text = "return 0"
		return returns, nil
	case f != nil && at.Kind == model.KindFunc && f.Lift == "callback":
		returns.Text = "return 0"
	case at.Kind == model.KindFunc:
		types = at.Results
	}
	if at.Kind == model.KindDtor || at.Kind == model.KindPostReturn || f == nil {
		return returns, nil
	}
	async := f.Lift == "callback" || f.Lift == "stackful"
	if async && task.State() != spec.TaskResolved {
		results, err := w.run.ParseTypes("(" + strings.Join(f.Results, ",") + ")")
		if err != nil {
			return returns, err
		}
		zeros, err := w.zeros(at.Name, results)
		return model.Line{Actor: at.Actor, Text: fmt.Sprintf("task.return (%s)%s", strings.Join(f.Results, ","), zeros)}, err
	}
	if !async && at.Kind == model.KindFunc {
		zeros, err := w.zeros(at.Name, types)
		returns.Text += zeros
		return returns, err
	}
	return returns, nil
}

// zeros are the core values of a result whose parts are all 0.
func (w *wastRecorder) zeros(function string, types []spec.ValType) (string, error) {
	if holdsHandles(types...) {
		return "", unsupported("the trace ends before %s returns handles", function)
	}
	return strings.Repeat(" 0", len(cores(types))), nil
}
