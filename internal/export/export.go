// Package export writes traces in the formats of other tools: ITF for viewers of model checkers' traces, Mermaid for
// documents, a page of HTML to step through, a picture in SVG, and a test in the style of upstream's .wast. Each holds the trace itself, as
// text with the choices in its header, so that it can be replayed.
package export

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A Format writes a trace.
type Format struct {
	Name  string // of the flag's value, and of the file's extension
	What  string // for people
	Write func(t *model.Trace) (string, error)
}

// Formats are the formats that there are.
var Formats = []Format{
	{"itf", "the informal trace format of Apalache and its viewers", ITF},
	{"wast", "a test in the style of upstream's test/", WAST},
	{"mermaid", "a sequence diagram", Mermaid},
	{"html", "one page to step through", HTML},
	{"svg", "one picture, for a page in light or in dark", SVG},
}

// A frame is a line of a trace and the tables after it.
type state struct {
	Line   string  `json:"line"` // empty: before the first
	Actor  string  `json:"actor"`
	Tables []table `json:"tables"`
	Tasks  []task  `json:"tasks"`
}

// A table is one table of an instance.
type table struct {
	Instance string  `json:"instance"`
	Name     string  `json:"name"` // "A.handles", with the type behind it under a variant that has several tables
	Entries  []entry `json:"rows"`
}

type entry struct {
	Index uint64 `json:"index,string"`
	What  string `json:"what"`
}

// A task is a call that has not ended, and its threads.
type task struct {
	Instance string   `json:"instance"`
	What     string   `json:"what"`
	Threads  []string `json:"threads"`
}

// A filmer is a checker that takes down the tables after each line.
type stateRecorder struct {
	model.BaseChecker
	states []state // by how many lines there are; those without a line of their own are zero
}

// Settled takes down what is there when somebody is about to act.
func (f *stateRecorder) Settled(r *model.Run) { f.record(r) }

// Stopped takes down what is there at the end.
func (f *stateRecorder) Stopped(r *model.Run, _ error) { f.record(r) }

func (f *stateRecorder) record(r *model.Run) {
	n := r.RecordedLines()
	f.states = slices.Grow(f.states, n+1-len(f.states))[:max(n+1, len(f.states))]
	f.states[n] = state{Tables: tablesOf(r), Tasks: tasksOf(r)}
}

func tablesOf(r *model.Run) []table {
	var all []table
	for _, inst := range r.Store.Instances() {
		for _, v := range inst.Handles() {
			t := table{Instance: inst.Name, Name: fmt.Sprintf("%s.handles%s", inst.Name, v.Key), Entries: []entry{}}
			for _, slot := range v.Live {
				t.Entries = append(t.Entries, entry{slot.Index, describe(slot.Element)})
			}
			all = append(all, t)
		}
	}
	return all
}

// describe says what an element is, and what it is doing.
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
	if spec.Set(e) != nil {
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
			one.Threads = append(one.Threads, "waits for "+thread.WaitsFor().Kind.String())
		}
		all = append(all, one)
	}
	return all
}

// film runs a trace and returns what happened, line by line, after a frame for the beginning.
func recordStates(t *model.Trace) (*model.Trace, []state, error) {
	f := &stateRecorder{}
	again, err := model.ReplayOptions{Checkers: []model.Checker{f}}.Run(t)
	if err != nil {
		return nil, nil, err
	}
	if d := again.Departs; d != nil {
		return nil, nil, fmt.Errorf("line %d: it says %s, what happens is %s: only a trace that happens again can be exported", d.Number, d, again.Got)
	}
	frames := make([]state, len(again.Trace.Lines)+1)
	for i := range frames {
		switch {
		case i < len(f.states) && f.states[i].Tables != nil:
			frames[i] = f.states[i]
		case i > 0:
			frames[i] = frames[i-1]
		}
		if i > 0 {
			l := again.Trace.Lines[i-1]
			frames[i].Line, frames[i].Actor = l.String(), l.Actor
		}
	}
	made := *again.Trace
	made.Comments, made.Violates = t.Comments, t.Violates
	return &made, frames, nil
}
