package export

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// WAST writes a trace as a test in the style of upstream's: a component for each instance that acts in the trace, and a command for
// each call by the host. Core code does what the trace says and compares what comes back: results, events, arguments and the memory that
// was written. Where something differs, it notes the line of the trace and returns; a command after the call asks for that line, and wants
// 0. What the host does beside calls one after another is done by a component of its own, the driver. A trace that such a test cannot
// express is an error.
//
// A trace may end while calls are under way. It is then finished first: all code returns as soon as it can.
func WAST(t *model.Trace) (string, error) {
	t, err := withUpstreamLimits(t)
	if err != nil {
		return "", err
	}
	f, err := finish(t)
	if err != nil {
		return "", err
	}
	w := &wastWriter{world: t.World, wastRecorder: f.wastRecorder, trace: f.made, stopped: f.stopped, given: f.given, endsIn: f.endsIn, named: map[string]int{}}
	return w.write()
}

// ForOneChoice reports whether a .wast that WAST wrote is for one of the behaviours that the specification leaves open.
func ForOneChoice(text string) bool { return strings.Contains(text, choicesNote) }

// OldWAST writes the same in the syntax of tools from before the pin: an option of a definition names a memory or function of an instance
// without parentheses of its own, as in (memory $m "mem") for (memory (core memory $m "mem")). Tools read the one, the other, or both.
func OldWAST(t *model.Trace) (string, error) {
	text, err := WAST(t)
	return nestedOption.ReplaceAllStringFunc(text, flatOption), err
}

// nestedOption is an option of a definition as the text of the pin has it.
var nestedOption = regexp.MustCompile(`\((memory|realloc|callback|post-return|dtor) \(core (memory|func) ([^()]*)\)\)`)

// flatOption is the same option as older tools read it.
func flatOption(nested string) string {
	m := nestedOption.FindStringSubmatch(nested)
	if m[1] == "memory" {
		return "(memory " + m[3] + ")"
	}
	return fmt.Sprintf("(%s (func %s))", m[1], m[3])
}

// unsupported is the error for a trace that a .wast cannot express.
func unsupported(format string, args ...any) error {
	return fmt.Errorf("a .wast cannot say it: "+format, args...)
}

// withUpstreamLimits is the trace in its world without the lowered limits, which no runtime has. It must happen there too.
func withUpstreamLimits(t *model.Trace) (*model.Trace, error) {
	if t.World.Limits == (model.Limits{}) {
		return t, nil
	}
	world, again := *t.World, *t
	world.Limits = model.Limits{}
	again.World = &world
	if _, _, err := replay(&again); err != nil {
		return nil, unsupported("the world lowers limits that a runtime has")
	}
	return &again, nil
}

// A script is what one activation of core code did, in order. Its core function will do the same.
type script struct {
	at      *model.Activation
	entered check
	steps   []step
	pending *model.Action // the action that had begun and not ended when the trace ended; nil: none
	result  *model.Action // the return or the throw that ended the activation; nil: the trace ends before
	exits   []check       // the states in which its core function may have to leave, for the writer
}

// A step is an action that has ended, and its results.
type step struct {
	action  model.Action
	results []spec.CoreValue
	check
}

// A check is what core code compares at a line of the trace, beside arguments or results.
type check struct {
	line     int          // of the trace, from 1
	memory   []memoryByte // that were written since the instance acted last
	resolved bool         // the task has returned, or was cancelled
	borrows  []borrow     // the task's borrow handles, which must be dropped before it returns
}

// A borrow is a borrow handle, of a resource type.
type borrow struct {
	index    uint64
	resource string
}

// A memoryByte is a byte of an instance's memory.
type memoryByte struct {
	at    int
	value byte
}

// A wastRecorder is a checker that records what each activation of core code does, and what the host does.
type wastRecorder struct {
	model.BaseChecker
	run          *model.Run
	scripts      []*script
	byActivation map[*model.Activation]*script
	memories     map[string][]byte // of the instances, as they last were
	calls        []*hostCall
	host         []*hostStep
	ends         map[int]*hostEnd // the streams and futures that the host knows, by number
	returning    int              // the call of the host's that was resolved last
	current      *model.Activation
	someReady    bool  // when the trace ended, a thread could go on
	problem      error // the first thing in the trace that a .wast cannot express; nil: none
}

// A hostCall is a call by the host.
type hostCall struct {
	function      string
	args, results []spec.Value
	begun         int // the host's step that makes the call
	resolvedAt    int // the host's step during which it was resolved; -1: none
	started       bool
	startedAt     int  // the host's step during which the callee took the arguments
	cancelled     bool // it was resolved without a result
}

// A hostStep is an action of the host at rest.
type hostStep struct {
	action model.Action
	line   int
	began  *model.Action // to recognise it
}

// A hostEnd is the host's end of a stream or future.
type hostEnd struct {
	model.HostShared
	t       spec.ValType
	call    int          // the call that passes it, or returns it
	written []spec.Value // by the host
	copies  int          // by the host, that have been written
	passed  bool         // the driver has passed the other end
}

func newWastRecorder() *wastRecorder {
	return &wastRecorder{byActivation: map[*model.Activation]*script{}, memories: map[string][]byte{}, ends: map[int]*hostEnd{}}
}

// Begin keeps the run, which knows the types.
func (w *wastRecorder) Begin(r *model.Run) { w.run = r }

// Entered begins the script of an activation.
func (w *wastRecorder) Entered(r *model.Run, at *model.Activation) {
	w.noteHost(r)
	entered := &script{at: at, entered: w.check(r, at)}
	w.byActivation[at] = entered
	w.scripts = append(w.scripts, entered)
	if at.Actor == model.Host {
		w.reject("the host is called: %s", at.Name)
	}
}

// check is what there is to compare now beside arguments or results.
func (w *wastRecorder) check(r *model.Run, at *model.Activation) check {
	c := check{line: r.RecordedLines()}
	if t := at.Thread(); t != nil {
		c.resolved, c.borrows = t.Task().State() == spec.TaskResolved, borrowsOf(t.Task())
	}
	if i := worldInstance(r.World, at.Actor); i == nil || i.Memory == 0 {
		return c
	}
	now := r.Memory(at.Actor).Bytes.B
	before := w.memories[at.Actor]
	before = append(before, make([]byte, max(0, len(now)-len(before)))...)
	for i, b := range now {
		if b != before[i] {
			c.memory = append(c.memory, memoryByte{i, b})
		}
	}
	w.memories[at.Actor] = append([]byte{}, now...)
	return c
}

// borrowsOf are the borrow handles of a task.
func borrowsOf(t *spec.Task) (all []borrow) {
	for slot := range t.Instance().LiveHandles() {
		if h, is := slot.Element.(*spec.ResourceHandle); is && !h.Own() && h.Scope() == t {
			all = append(all, borrow{slot.Index, h.Type().Name})
		}
	}
	return all
}

// Done adds a step to a script.
func (w *wastRecorder) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	w.noteHost(r)
	if at.Actor == model.Host {
		return
	}
	c := w.check(r, at)
	if at.Pending.Op == "memory.store" {
		c.memory = nil // the instance itself has written it
	}
	s := w.byActivation[at]
	s.steps = append(s.steps, step{*at.Pending, append([]spec.CoreValue{}, results...), c})
}

// Left ends the script of an activation with how it returns.
func (w *wastRecorder) Left(_ *model.Run, at *model.Activation) {
	if s := w.byActivation[at]; s != nil {
		result := *at.Pending
		s.result = &result
	}
}

// Passed keeps the values that the host passes and gets.
func (w *wastRecorder) Passed(r *model.Run, how model.HostPass, k int, _ []spec.ValType, vs []spec.Value) {
	if how == model.HostStarts {
		w.noteEnds(r, k)
	}
	w.noteHost(r)
	switch how {
	case model.HostStarts:
		c := w.calls[k]
		c.args, c.started, c.startedAt = vs, true, len(w.host)-1
	case model.HostResolved:
		w.returning = k
		c := w.calls[k]
		c.results, c.cancelled, c.resolvedAt = vs, vs == nil, len(w.host)-1
	case model.HostGave:
		w.end(r, k).written = append(w.end(r, k).written, vs...)
	}
}

// Settled notes which activation is about to act, and whether a thread could go on: the trace may end in this state.
func (w *wastRecorder) Settled(r *model.Run) {
	w.noteHost(r)
	w.current, w.someReady = nil, r.SomeReady()
	for _, at := range r.Activations {
		s := w.byActivation[at]
		if s == nil {
			continue
		}
		if s.pending = at.Pending; s.result == nil && at.Pending == nil && at.Thread() == r.Store.Running() {
			w.current = at
		}
	}
}

// Stopped notes the actions that had not ended. Nobody acts after a stop.
func (w *wastRecorder) Stopped(r *model.Run, _ error) {
	w.noteHost(r)
	w.current = nil
	for at, s := range w.byActivation {
		s.pending = at.Pending
	}
}

// noteHost adds the host's action if it has just begun, the calls that the host has made, and its streams and futures.
func (w *wastRecorder) noteHost(r *model.Run) {
	if len(r.Activations) == 0 {
		return
	}
	if a := r.Activations[0].Pending; a != nil && (len(w.host) == 0 || w.host[len(w.host)-1].began != a) {
		w.host = append(w.host, &hostStep{action: *a, line: r.RecordedLines(), began: a})
	}
	for _, c := range r.Invocations()[len(w.calls):] {
		w.calls = append(w.calls, &hostCall{function: c.Func, begun: len(w.host) - 1, resolvedAt: -1})
	}
	w.noteEnds(r, w.returning)
}

// noteEnds keeps the host's ends. New ones are passed or returned by a call.
func (w *wastRecorder) noteEnds(r *model.Run, call int) {
	for k := range r.HostShared() {
		if w.ends[k] == nil {
			w.end(r, k).call = call
		}
		w.end(r, k)
	}
}

// end is the host's end of a stream or future that it knows.
func (w *wastRecorder) end(r *model.Run, k int) *hostEnd {
	shared := r.HostShared()[k]
	if w.ends[k] == nil {
		w.ends[k] = &hostEnd{t: shared.Type(), call: -1}
	}
	w.ends[k].HostShared = *shared
	return w.ends[k]
}

// reject keeps the first problem.
func (w *wastRecorder) reject(format string, args ...any) {
	if w.problem == nil {
		w.problem = unsupported(format, args...)
	}
}

// worldInstance is an instance of a world; nil: it has none of that name.
func worldInstance(w *model.World, name string) *model.Instance {
	for i := range w.Instances {
		if w.Instances[i].Name == name {
			return &w.Instances[i]
		}
	}
	return nil
}

// trapOf is the trap that a run ended with; nil: it ended otherwise.
func trapOf(stopped error) *spec.Trap {
	var trap *spec.Trap
	errors.As(stopped, &trap)
	return trap
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
