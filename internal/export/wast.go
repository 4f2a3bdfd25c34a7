package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// WAST writes a trace as a test in the style of upstream's: a component for each instance that acts in the trace, and a command
// for each call by the host. The core code of a component does what the trace says and compares the results; where a result
// differs, it traps with unreachable. A trace that such a test cannot express is an error.
//
// A trace may end while core code has not returned. That core code then divides by zero, and the test expects that trap, which
// nothing else in the test leads to.
func WAST(t *model.Trace) (string, error) {
	recorder := &wastRecorder{byActivation: map[*model.Activation]*script{}}
	made, stopped, err := replay(t, recorder)
	if err != nil {
		return "", err
	}
	w := &wastWriter{world: t.World, wastRecorder: recorder, trace: made, stopped: stopped}
	return w.write()
}

// unsupported is the error for a trace that a .wast cannot express.
func unsupported(format string, args ...any) error {
	return fmt.Errorf("a .wast cannot say it: "+format, args...)
}

// A script is what one activation of core code did, in order. Its core function will do the same.
type script struct {
	at      *model.Activation
	steps   []step
	pending *model.Action // the action that had begun and not ended when the trace ended; nil: none
	result  *model.Action // the return or the throw that ended the activation; nil: the trace ends before
	current bool          // when the trace ended, this activation was about to act
}

// A step is an action that has ended, and its results.
type step struct {
	action  model.Action
	results []spec.CoreValue
}

// A wastRecorder is a checker that records what each activation of core code does, and which functions the host calls.
type wastRecorder struct {
	model.BaseChecker
	run          *model.Run
	scripts      []*script
	byActivation map[*model.Activation]*script
	calls        []hostCall
	problem      error // the first thing in the trace that a .wast cannot express; nil: none
}

// A hostCall is a call by the host. A .wast has one call after another, so each must resolve before the next begins.
type hostCall struct {
	function string
	resolved bool
}

// Begin keeps the run, which knows the types.
func (w *wastRecorder) Begin(r *model.Run) { w.run = r }

// Entered begins the script of an activation.
func (w *wastRecorder) Entered(_ *model.Run, at *model.Activation) {
	entered := &script{at: at}
	w.byActivation[at] = entered
	w.scripts = append(w.scripts, entered)
	if at.Actor == model.Host {
		w.reject("the host is called: %s", at.Name)
	}
	if at.Kind == model.KindDtor || at.Kind == model.KindRealloc {
		w.reject("core code runs in %s", at.Name)
	}
}

// Done adds a step to a script. Of the host's actions, a .wast can express its calls alone; ticks are up to the runtime.
func (w *wastRecorder) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Actor != model.Host {
		s := w.byActivation[at]
		s.steps = append(s.steps, step{*at.Pending, slices.Clone(results)})
		return
	}
	switch at.Pending.Op {
	case "invoke", "tick":
		w.recordCalls(r)
	default:
		w.reject("the host does %s", at.Pending)
	}
}

// Left ends the script of an activation with how it returns.
func (w *wastRecorder) Left(_ *model.Run, at *model.Activation) {
	if s := w.byActivation[at]; s != nil {
		result := *at.Pending
		s.result = &result
	}
}

// Settled records the host's calls, and which activation is about to act: the one on the running thread that does nothing yet.
// The trace may end in any of these states.
func (w *wastRecorder) Settled(r *model.Run) {
	w.recordCalls(r)
	for at, s := range w.byActivation {
		s.pending = at.Pending
		s.current = s.result == nil && at.Pending == nil && at.Thread() == r.Store.Running()
	}
}

// Stopped records the host's calls, and the actions that had not ended. Nobody acts after a stop.
func (w *wastRecorder) Stopped(r *model.Run, _ error) {
	w.recordCalls(r)
	for at, s := range w.byActivation {
		s.pending, s.current = at.Pending, false
	}
}

func (w *wastRecorder) recordCalls(r *model.Run) {
	for i, c := range r.Invocations() {
		if i == len(w.calls) {
			if i > 0 && !w.calls[i-1].resolved {
				w.reject("the host calls %s while %s has not returned", c.Func, w.calls[i-1].function)
			}
			w.calls = append(w.calls, hostCall{function: c.Func})
		}
		w.calls[i].resolved = c.Resolved
	}
}

// reject keeps the first problem.
func (w *wastRecorder) reject(format string, args ...any) {
	if w.problem == nil {
		w.problem = unsupported(format, args...)
	}
}

var label = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z][a-zA-Z0-9]*)*$`)

// kebab writes a name of a world as a label of the component model, which allows kebab case alone.
func kebab(name string) (string, error) {
	text := strings.ToLower(strings.NewReplacer(".", "-", "_", "-").Replace(name))
	if !label.MatchString(text) {
		return "", unsupported("%q is no name there", name)
	}
	return text, nil
}
