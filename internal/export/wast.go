package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A scripted is one activation of core code: what it did, one thing after another.
type script struct {
	at      *model.Activation
	steps   []step
	pending *model.Action // what it was doing at the end of the trace; nil: nothing
	result  *model.Action // how it returned; nil: it has not
	current bool          // it was its turn at the end of the trace
}

type step struct {
	action  model.Action
	results []spec.CoreValue
}

// A scribe is a checker that takes down what each activation does.
type wastRecorder struct {
	model.BaseChecker
	scripts []*script
	by      map[*model.Activation]*script
	calls   []hostCall
	problem error // the first thing that a .wast cannot do
	run     *model.Run
}

// A hostCall is a call that the host made, and whether it came back before the host did anything else.
type hostCall struct {
	function string
	resolved bool
}

// Begin keeps the run, which knows the types.
func (s *wastRecorder) Begin(r *model.Run) { s.run = r }

// Entered begins an activation.
func (s *wastRecorder) Entered(_ *model.Run, at *model.Activation) {
	script := &script{at: at}
	s.by[at] = script
	s.scripts = append(s.scripts, script)
	if at.Actor == model.Host {
		s.unsupported("the host is called: %s", at.Name)
	}
	if at.Kind == model.KindDtor || at.Kind == model.KindRealloc {
		s.unsupported("core code runs in %s", at.Name)
	}
}

// Done takes an action down. What the host does besides calling functions cannot be said.
func (s *wastRecorder) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Actor != model.Host {
		script := s.by[at]
		script.steps = append(script.steps, step{*at.Pending, slices.Clone(results)})
		return
	}
	switch at.Pending.Op {
	case "invoke", "tick":
		s.noteCalls(r)
	default:
		s.unsupported("the host does %s", at.Pending)
	}
}

// Left takes down how core code returns.
func (s *wastRecorder) Left(_ *model.Run, at *model.Activation) {
	if script := s.by[at]; script != nil {
		a := *at.Pending
		script.result = &a
	}
}

// Settled notes the calls of the host, and which have come back.
func (s *wastRecorder) Settled(r *model.Run) { s.noteCalls(r) }

// Stopped notes the same.
func (s *wastRecorder) Stopped(r *model.Run, _ error) { s.noteCalls(r) }

func (s *wastRecorder) noteCalls(r *model.Run) {
	for i, c := range r.Invocations() {
		if i == len(s.calls) {
			if i > 0 && !s.calls[i-1].resolved {
				s.unsupported("the host calls %s while %s has not returned", c.Func, s.calls[i-1].function)
			}
			s.calls = append(s.calls, hostCall{function: c.Func})
		}
		s.calls[i].resolved = c.Resolved
	}
}

func (s *wastRecorder) unsupported(format string, args ...any) {
	if s.problem == nil {
		s.problem = fmt.Errorf("a .wast cannot say it: "+format, args...)
	}
}

// WAST writes a trace as a test in the style of upstream's: a component for each instance that acts in it, whose functions
// do what the trace says, compare what comes back and trap with unreachable if it is something else; and a command for
// each call of the host. Whatever a .wast cannot say is an error.
//
// Core code goes on where the trace ends. There it divides by zero, so that this trap and no other is expected then.
func WAST(t *model.Trace) (string, error) {
	made, _, err := recordStates(t)
	if err != nil {
		return "", err
	}
	s := &wastRecorder{by: map[*model.Activation]*script{}}
	again, err := model.ReplayOptions{Checkers: []model.Checker{s, &ending{scribe: s}}}.Run(t)
	if err != nil {
		return "", err
	}
	w := &wastWriter{world: t.World, wastRecorder: s, trace: made, stopped: again.Stopped}
	return w.write()
}

// An ending notes at each menu whose turn it is, so that at the end of the trace the last is known.
type ending struct {
	model.BaseChecker
	scribe *wastRecorder
}

// Settled finds who acts next: whoever does nothing now and runs.
func (e *ending) Settled(r *model.Run) {
	for at, script := range e.scribe.by {
		script.pending = at.Pending
		script.current = script.result == nil && at.Pending == nil && at.Thread() == r.Store.Running()
	}
}

// Stopped finds what was done last.
func (e *ending) Stopped(*model.Run, error) {
	for at, script := range e.scribe.by {
		script.pending, script.current = at.Pending, false
	}
}

var label = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z][a-zA-Z0-9]*)*$`)

// kebab is a name of a world as a label of the component model.
func kebab(name string) (string, error) {
	text := strings.ToLower(strings.NewReplacer(".", "-", "_", "-").Replace(name))
	if !label.MatchString(text) {
		return "", fmt.Errorf("a .wast cannot say it: %q is no name there", name)
	}
	return text, nil
}
