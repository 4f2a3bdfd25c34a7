package suite

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Step is a step of one of the specification's state machines that its text has: an assignment to the state, from what
// the state may be there as far as the function itself says.
type Step struct {
	Machine, From, To string
	Not               string // why it cannot be taken; empty: it can
}

// Thing is the step as a thing that a trace shows.
func (s Step) Thing() Goal { return stepThing(s.Machine, s.From, s.To) }

func stepThing(machine, from, to string) Goal {
	return Goal(fmt.Sprintf("%s: %s -> %s", machine, from, to))
}

const (
	futureIdle = "future_event makes an end IDLE only when its copy was CANCELLED, which is for copies that were asked to"
	entered    = "core code runs after Task.start only, which makes the task STARTED"
)

// Steps are all steps: of the copy state of each kind of end, of the states of tasks and of subtasks.
var Steps = slices.Concat([]Step{
	{"task", "INITIAL", "STARTED", ""},
	{"task", "INITIAL", "CANCEL_DELIVERED", ""},
	{"task", "STARTED", "CANCEL_DELIVERED", ""},
	{"task", "STARTED", "PENDING_CANCEL", ""},
	{"task", "PENDING_CANCEL", "CANCEL_DELIVERED", ""},
	{"task", "STARTED", "RESOLVED", ""},
	{"task", "PENDING_CANCEL", "RESOLVED", ""},
	{"task", "CANCEL_DELIVERED", "RESOLVED", ""},
	{"task", "INITIAL", "RESOLVED", entered},
	{"subtask", "STARTING", "STARTED", ""},
	{"subtask", "STARTING", "CANCELLED_BEFORE_STARTED", ""},
	{"subtask", "STARTED", "RETURNED", ""},
	{"subtask", "STARTED", "CANCELLED_BEFORE_RETURNED", ""},
}, copySteps(spec.ClassReadableStreamEnd, ""), copySteps(spec.ClassWritableStreamEnd, ""),
	copySteps(spec.ClassReadableFutureEnd, futureIdle), copySteps(spec.ClassWritableFutureEnd, futureIdle))

// copySteps are the steps of a kind of end, given why a copy that nobody cancels cannot leave it IDLE.
func copySteps(kind spec.Class, idle string) []Step {
	name := kind.String()
	return []Step{
		{name, "IDLE", "COPYING", ""},
		{name, "COPYING", "CANCELLING_COPY", ""},
		{name, "COPYING", "IDLE", idle},
		{name, "COPYING", "DONE", ""},
		{name, "CANCELLING_COPY", "IDLE", ""},
		{name, "CANCELLING_COPY", "DONE", ""},
	}
}

// steps is what is known of the state machines of a run.
type steps struct {
	states map[any]string // the last that was seen of each
	order  []any
	ends   bool // look at ends too, which takes time
	writer spec.StateWriter
	text   []byte
}

func newSteps() *steps { return &steps{states: map[any]string{}} }

// look shows the steps that were taken since the last look.
func (s *steps) look(r *model.Run, show func(Goal)) {
	for _, t := range r.Store.AllTasks() {
		s.meet(t, "INITIAL")
		if c := t.Caller(); c != nil {
			s.meet(c, "STARTING")
		}
	}
	for _, inst := range r.Store.Instances() {
		for slot := range inst.Live() {
			s.element(slot.Element)
		}
	}
	for _, o := range s.order {
		switch o := o.(type) {
		case *spec.Task:
			s.step(o, "task", o.State().String(), show)
		case *spec.Subtask:
			s.step(o, "subtask", o.State().String(), show)
		}
	}
	if s.ends {
		s.copies(r.Store, show)
	}
}

// element meets an element of a table.
func (s *steps) element(e spec.Element) {
	switch {
	case spec.ClassOf(e) == spec.ClassSubtask:
		s.meet(e, "STARTING")
	case s.ends && spec.SharedOf(e) != nil:
		s.meet(e, "IDLE")
	}
}

func (s *steps) meet(o any, initial string) {
	if _, met := s.states[o]; !met {
		s.states[o] = initial
		s.order = append(s.order, o)
	}
}

func (s *steps) step(o any, machine, state string, show func(Goal)) {
	if before := s.states[o]; before != state {
		show(stepThing(machine, before, state))
		s.states[o] = state
	}
}

// copies reads the states of ends from the text of the store's state, which is where they can be seen: it asks for the
// name that each end has there.
func (s *steps) copies(store *spec.Store, show func(Goal)) {
	s.text = s.writer.Append(s.text[:0], store, func(w *spec.StateWriter) {
		for i, o := range s.order {
			if e, ok := o.(spec.Element); ok && spec.SharedOf(e) != nil {
				w.Put("named ", i, " ", e, "\n")
			}
		}
	})
	names := map[string]any{}
	for line := range strings.Lines(string(s.text)) {
		words := strings.Fields(line)
		if words[0] == "named" {
			var i int
			fmt.Sscan(words[1], &i)
			names[words[2]] = s.order[i]
			continue
		}
		if e, ok := names[words[0]]; ok {
			_, rest, _ := strings.Cut(line, " state=")
			state, _, _ := strings.Cut(rest, " ")
			s.step(e, spec.ClassOf(e.(spec.Element)).String(), state, show)
		}
	}
}
