package step

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A View is what there is to see where a session is.
type View struct {
	Happened  []string // the lines of the last action, as a trace has them
	Stopped   string   // how the specification stopped the run; empty: it did not
	Site      string   // where it did
	Violated  []string // the properties that are violated, and how
	Choices   []Choice // of the last action
	Acts      string   // the function, or the host, whose turn it is; empty: nobody's
	Menu      []Option // what it may do
	Instances []Instance
	Waiting   []string // who waits for what
}

// An Option is an action that may be taken.
type Option struct {
	Action string
	Stops  string // the site at which the specification would stop the run; empty: it would not
	Broken string // the property that would be violated, and how: "single-owner: …"; empty: none would
}

// An Instance is a component instance as it is.
type Instance struct {
	Name   string
	State  []string // what is not as it is at rest: "may not be left"
	Tables []Table
}

// A Table is a table of an instance.
type Table struct {
	Name  string // "handles", or with a key, such as that of a resource type; "threads"
	Slots []Slot // in the order of their places
	Free  []uint64
}

// A Slot is an element in a table.
type Slot struct {
	Index   uint64
	Element string
}

// View looks at the world. With any, the menu has every index that was ever given, and not only those of the right class.
func (s *Session) View(any bool) *View {
	v := &View{Choices: s.LastChoices(), Happened: s.happened()}
	var actions []model.Action
	w := s.run(s.steps, func(r *model.Run, at *model.Activation) {
		v.Acts = at.Name
		allowed := model.RightClassIndex
		if any {
			allowed = model.AnyIndex
		}
		actions = r.Menu(at, s.Search.Bounds, allowed)
		v.look(r)
	})
	v.Violated = w.violated
	if w.stopped != nil {
		v.Stopped, v.Site = w.stopped.Error(), model.SiteOf(w.stopped)
	}
	for _, a := range actions {
		o := s.option(a, w.violated)
		if !slices.Contains(v.Menu, o) { // an index that stands for several elements is there for each
			v.Menu = append(v.Menu, o)
		}
	}
	return v
}

// option is an action of the menu, with what it would come to.
func (s *Session) option(a model.Action, before []string) Option {
	w := s.run(append(slices.Clip(s.steps), Step{Action: a}), nil)
	o := Option{Action: a.String()}
	if w.stopped != nil {
		o.Stops = model.SiteOf(w.stopped)
	}
	for _, v := range w.violated {
		if o.Broken == "" && !slices.Contains(before, v) {
			o.Broken = v
		}
	}
	return o
}

// happened are the lines of the last action.
func (s *Session) happened() (lines []string) {
	before := 0
	if len(s.steps) > 0 {
		back := *s
		back.steps = s.steps[:len(s.steps)-1]
		before = len(back.Trace().Lines)
	}
	for _, line := range s.Trace().Lines[before:] {
		lines = append(lines, line.String())
	}
	return lines
}

// look looks at the store.
func (v *View) look(r *model.Run) {
	for _, inst := range r.Store.Instances() {
		v.Instances = append(v.Instances, instanceOf(inst))
	}
	for _, t := range r.Store.AllThreads() {
		v.Waiting = append(v.Waiting, waiting(r, t))
	}
}

// waiting says where a thread is.
func waiting(r *model.Run, t *spec.Thread) string {
	text := r.WhoWaits(t)
	if t.Running() {
		text = t.Task().Func() + " runs"
	}
	if !t.Running() && t.Cancellable() {
		text += ", cancellably"
	}
	return fmt.Sprintf("%s; its task is %s", text, t.Task().State())
}

func instanceOf(inst *spec.ComponentInstance) Instance {
	i := Instance{Name: inst.Name}
	note := func(is bool, format string, args ...any) {
		if is {
			i.State = append(i.State, fmt.Sprintf(format, args...))
		}
	}
	note(!inst.MayEnter(), "may not be entered")
	note(!inst.MayLeave(), "may not be left")
	note(inst.Backpressure() > 0, "backpressure %d", inst.Backpressure())
	note(inst.WaitingToEnter() > 0, "%d wait to enter", inst.WaitingToEnter())
	if t := inst.Exclusive(); t != nil {
		note(true, "locked by %s", t.Task().Func())
	}
	for _, view := range inst.HandleTables() {
		table := Table{Name: "handles" + view.Key.String(), Free: view.Free}
		for _, slot := range view.Live {
			table.Slots = append(table.Slots, Slot{slot.Index, described(slot.Element)})
		}
		i.Tables = append(i.Tables, table)
	}
	threads := Table{Name: "threads"}
	for slot := range inst.LiveThreads() {
		if t, ok := slot.Element.(*spec.Thread); ok {
			threads.Slots = append(threads.Slots, Slot{slot.Index, "of " + t.Task().Func()})
		}
	}
	i.Tables = append(i.Tables, threads)
	return i
}

// described says what an element is, and what of it matters.
func described(e spec.Element) string {
	text := spec.Describe(e)
	switch e := e.(type) {
	case *spec.ResourceHandle:
		text += fmt.Sprintf(" rep=%s", e.Rep())
		if e.NumLends() > 0 {
			text += fmt.Sprintf(", lent %s", times(e.NumLends()))
		}
	case *spec.WaitableSet:
		text += fmt.Sprintf(" of %s", model.Counted(len(e.Elements()), "waitable"))
	}
	if state, ok := spec.CopyStateOf(e); ok {
		text += fmt.Sprintf(", %s", state)
	}
	if _, ok := spec.PendingEvent(e); ok {
		text += ", has an event"
	}
	if spec.SetOf(e) != nil {
		text += ", in a set"
	}
	return text
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
