// Package export writes traces in the formats of other tools: ITF for viewers of model checkers' traces, Mermaid for
// documents, a page of HTML to step through, a picture in SVG, and a test in the style of upstream's .wast. Each output
// contains the text of the trace, with the choices in its header, so that the trace can be replayed from it.
//
// An export replays the trace with a recorder, a checker that records what the format needs: stateRecorder the handle tables
// and tasks after each line (ITF, HTML, SVG), wastRecorder what each activation of core code does (.wast).
package export

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A Format is one format that traces are exported in.
type Format struct {
	Name  string // the value of --to, and the usual extension of a file in this format
	What  string // what it is, for the help of the command
	Write func(t *model.Trace) (string, error)
}

// Formats are all formats, in the order in which the help lists them.
var Formats = []Format{
	{"itf", "the informal trace format of Apalache and its viewers", ITF},
	{"wast", "a test in the style of upstream's test/", WAST},
	{"wast-old", "the same in the syntax of older tools", OldWAST},
	{"mermaid", "a sequence diagram", Mermaid},
	{"html", "one page to step through", HTML},
	{"svg", "one picture, for a light or a dark page", SVG},
}

// A state is a line of a trace, and the handle tables and tasks after it.
type state struct {
	Line   string  `json:"line"` // empty: the state before the first line
	Actor  string  `json:"actor"`
	Tables []table `json:"tables"`
	Tasks  []task  `json:"tasks"`

	recorded bool
}

// A table is one handle table of an instance.
type table struct {
	Instance string  `json:"instance"`
	Name     string  `json:"name"` // "A.handles", or "A.handles[R]" where the variant gives an instance several tables
	Entries  []entry `json:"rows"`
}

// An entry is an index of a table and a description of the element there.
type entry struct {
	Index uint64 `json:"index,string"`
	What  string `json:"what"`
}

// A task is a call that has not ended, with its state and what each of its threads waits for.
type task struct {
	Instance string   `json:"instance"`
	What     string   `json:"what"`
	Threads  []string `json:"threads"`
}

// A stateRecorder is a checker that records the state after each line of the trace.
type stateRecorder struct {
	model.BaseChecker
	states []state // by the number of lines recorded before; not recorded where no menu followed the line
}

// Settled records the state in which a menu is offered.
func (s *stateRecorder) Settled(r *model.Run) { s.record(r) }

// Stopped records the state in which the run ends.
func (s *stateRecorder) Stopped(r *model.Run, _ error) { s.record(r) }

func (s *stateRecorder) record(r *model.Run) {
	n := r.RecordedLines()
	s.states = slices.Grow(s.states, n+1-len(s.states))[:max(n+1, len(s.states))]
	s.states[n] = state{Tables: tablesOf(r), Tasks: tasksOf(r), recorded: true}
}

func tablesOf(r *model.Run) []table {
	var all []table
	for _, inst := range r.Store.Instances() {
		for _, v := range inst.HandleTables() {
			t := table{Instance: inst.Name, Name: fmt.Sprintf("%s.handles%s", inst.Name, v.Key), Entries: []entry{}}
			for _, slot := range v.Live {
				t.Entries = append(t.Entries, entry{slot.Index, describe(slot.Element)})
			}
			all = append(all, t)
		}
	}
	return all
}

// describe is a description of an element: what it is, and whether it is lent, copying, in a set, or has an event.
func describe(e spec.Element) string {
	what := spec.Describe(e)
	if h, ok := e.(*spec.ResourceHandle); ok {
		what += fmt.Sprintf(" rep=%s", h.Rep())
		if h.NumLends() > 0 {
			what += fmt.Sprintf(", lent: %d", h.NumLends())
		}
	}
	if spec.Copying(e) {
		what += ", copying"
	}
	if spec.SetOf(e) != nil {
		what += ", in a set"
	}
	if event, pending := spec.PendingEvent(e); pending {
		what += fmt.Sprintf(", event %s pending", event.Code)
	}
	return what
}

func tasksOf(r *model.Run) []task {
	all := []task{}
	for _, t := range r.Store.AllTasks() {
		one := task{t.Instance().Name, fmt.Sprintf("%s: %s", t.Func(), t.State()), []string{}}
		for _, thread := range t.Threads() {
			one.Threads = append(one.Threads, doing(r, thread))
		}
		all = append(all, one)
	}
	return all
}

// doing says whether a thread runs, or what it waits for.
func doing(r *model.Run, t *spec.Thread) string {
	if t.WaitsFor().Kind == spec.WaitsNot {
		return "runs"
	}
	return "waits " + r.WaitsFor(t)
}

// recordStates replays a trace and returns it as it happened, with the state before the first line and after each.
func recordStates(t *model.Trace) (*model.Trace, []state, error) {
	recorder := &stateRecorder{}
	made, _, err := replay(t, recorder)
	if err != nil {
		return nil, nil, err
	}
	return made, recorder.after(made.Lines), nil
}

// after returns a state before the first line and one after each line. A line that no menu follows, such as a call, took effect by the
// next line, and what it changed stands in its notes: its tables and tasks are those at the next menu.
func (s *stateRecorder) after(lines []model.Line) []state {
	states := make([]state, len(lines)+1)
	next := state{}
	for i := len(lines); i >= 0; i-- {
		if i < len(s.states) && s.states[i].recorded {
			next = s.states[i]
		}
		states[i] = next
		if i > 0 {
			states[i].Line, states[i].Actor = lines[i-1].String(), lines[i-1].Actor
		}
	}
	return states
}

// replay runs a trace again with a checker that records it. It returns the trace as it happened, with all that the given one
// leaves out, and the replay.
func replay(t *model.Trace, recorder ...model.Checker) (made *model.Trace, again *model.Replay, err error) {
	again, err = model.ReplayOptions{Checkers: recorder}.Run(t)
	if err != nil {
		return nil, nil, err
	}
	if d := again.Departs; d != nil {
		return nil, nil, fmt.Errorf("line %d: it says %s, what happens is %s: only a trace that happens again can be exported", d.Number, d, again.Got)
	}
	if d := again.Departure(); d != "" {
		return nil, nil, fmt.Errorf("%s: only a trace that happens again can be exported", d)
	}
	complete := *again.Trace
	complete.Comments, complete.Violates = t.Comments, t.Violates
	return &complete, again, nil
}
