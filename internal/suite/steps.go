package suite

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Step is a step of one of the specification's state machines: an assignment to the state in the text of definitions.py, and a
// state that may hold before it, as far as the function that assigns says.
type Step struct {
	Machine, From, To string
	Not               string // why it cannot be taken; empty: it can
}

// Goal is the step as a goal that a trace can cover.
func (s Step) Goal() Goal { return stepGoal(s.Machine, s.From, s.To) }

func stepGoal(machine, from, to string) Goal {
	return Goal(fmt.Sprintf("%s: %s -> %s", machine, from, to))
}

const (
	futureIdle = "future_event makes an end IDLE only when its copy was CANCELLED, which is for copies that were asked to"
	entered    = "core code runs after Task.start only, which makes the task STARTED"
)

// Steps are all steps: of the states of tasks and subtasks, and of the copy states of the four kinds of ends.
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

// copySteps are the steps of a kind of end; idle says why a copy that is not cancelled cannot leave the end IDLE.
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

// steps follows the state machines of a run.
type steps struct {
	states   map[any]string // the last known state of each task, subtask and end
	order    []any          // the same, in the order in which they came up
	withEnds bool           // ends are followed too, which takes time
	writer   spec.StateWriter
	text     []byte
}

func newSteps() *steps { return &steps{states: map[any]string{}} }

// update records the steps that were taken since the last update.
func (s *steps) update(r *model.Run, record func(Goal)) {
	for _, t := range r.Store.AllTasks() {
		s.add(t, "INITIAL")
		if c := t.Caller(); c != nil {
			s.add(c, "STARTING")
		}
	}
	for _, inst := range r.Store.Instances() {
		for slot := range inst.LiveHandles() {
			s.addElement(slot.Element)
		}
	}
	for _, o := range s.order {
		switch o := o.(type) {
		case *spec.Task:
			s.move(o, "task", o.State().String(), record)
		case *spec.Subtask:
			s.move(o, "subtask", o.State().String(), record)
		}
	}
	if s.withEnds {
		s.updateEnds(r.Store, record)
	}
}

// addElement adds an element of a table, if it has a state.
func (s *steps) addElement(e spec.Element) {
	switch {
	case spec.ClassOf(e) == spec.ClassSubtask:
		s.add(e, "STARTING")
	case s.withEnds && spec.SharedOf(e) != nil:
		s.add(e, "IDLE")
	}
}

// add begins to follow an object, unless it is followed already.
func (s *steps) add(o any, initial string) {
	if _, known := s.states[o]; !known {
		s.states[o] = initial
		s.order = append(s.order, o)
	}
}

// move records a step, if an object's state is another than before.
func (s *steps) move(o any, machine, state string, record func(Goal)) {
	if before := s.states[o]; before != state {
		record(stepGoal(machine, before, state))
		s.states[o] = state
	}
}

// updateEnds reads the states of ends from the text of the store's state, because package spec shows them nowhere else. It has the
// writer add a line for each end, which says what name the end has in the text.
func (s *steps) updateEnds(store *spec.Store, record func(Goal)) {
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
			s.move(e, spec.ClassOf(e.(spec.Element)).String(), state, record)
		}
	}
}
