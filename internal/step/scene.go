package step

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A Scene is what there is in the store of a run at one moment.
type Scene struct {
	Acts      string     `json:"acts,omitempty"` // the function, or the host, whose turn it is; empty: nobody's
	Instances []Instance `json:"instances"`
	Tasks     []Task     `json:"tasks"`
	Threads   []Thread   `json:"threads"`
	Stack     []string   `json:"stack,omitempty"` // core code that was called and has not returned, the oldest first, with what it is in

	packed bool // what core code returns next is a callback code
}

// An Instance is a component instance as it is.
type Instance struct {
	Name   string   `json:"name"`
	State  []string `json:"state,omitempty"` // what is not as it is at rest: "may not be left"
	Tables []Table  `json:"tables"`
	Memory []Row    `json:"memory,omitempty"` // the rows of its memory that are not all zero

	bytes int // of its memory
}

// A Table is a table of an instance.
type Table struct {
	Name   string   `json:"name"`            // "handles", or with a key, such as that of a resource type; "threads"
	Slots  []Slot   `json:"slots,omitempty"` // in the order of their places
	Free   []uint64 `json:"free,omitempty"`  // the free list, of places; the last one is taken next
	Length uint64   `json:"length"`          // of the array, with the place 0, which is never used
}

// A Slot is an element in a table.
type Slot struct {
	Index   uint64 `json:"index"`
	Place   uint64 `json:"place"`
	Element string `json:"element"`         // what it is, and what of it matters
	Class   string `json:"class"`           // "waitable set"
	What    string `json:"what"`            // what it is, alone
	State   string `json:"state,omitempty"` // of a copy, or of a subtask
	Event   string `json:"event,omitempty"` // that is pending
	Set     string `json:"set,omitempty"`   // the index of the set that it is in
	Peer    string `json:"peer,omitempty"`  // where the other end is: "B 2", "the host", "dropped"
	Pending string `json:"pending,omitempty"`
	Lent    int    `json:"lent,omitempty"`
	Note    string `json:"note,omitempty"` // the members of a set and who waits; the callee of a subtask
}

// A Row is 16 bytes of a memory, or fewer at its end.
type Row struct {
	Address int    `json:"address"`
	Bytes   string `json:"bytes"` // in hexadecimal
}

// A Task is a call that has not ended.
type Task struct {
	Func     string `json:"func"`
	Instance string `json:"instance"`
	State    string `json:"state"`
	Caller   string `json:"caller,omitempty"` // the subtask that stands for it: "A 1"
	Borrows  int    `json:"borrows,omitempty"`
	Lock     bool   `json:"lock,omitempty"` // its core code needs the exclusive lock
}

// A Thread is one that has not ended.
type Thread struct {
	Func        string `json:"func"`
	Instance    string `json:"instance"`
	Index       uint64 `json:"index,omitempty"` // in the table of its instance; 0: it has none yet
	Is          string `json:"is"`              // "runs", "ready" or "waits"
	Where       string `json:"where"`           // what it is in, and what it waits for
	Cancellable bool   `json:"cancellable,omitempty"`
	Holds       bool   `json:"holds,omitempty"` // the exclusive lock
	Task        string `json:"task"`            // the state of its task
	Of          int    `json:"of"`              // its task's number in Scene.Tasks, from 0; -1: it is not there
}

// Look looks at a run.
func Look(r *model.Run) *Scene {
	l := &looker{run: r, scene: &Scene{Instances: []Instance{}, Tasks: []Task{}, Threads: []Thread{}}, at: map[spec.Element]string{}}
	instances := r.Store.Instances()
	for _, inst := range instances {
		for slot := range inst.LiveHandles() {
			l.at[slot.Element] = fmt.Sprintf("%s %d", inst.Name, slot.Index)
		}
	}
	for _, inst := range instances {
		l.scene.Instances = append(l.scene.Instances, l.instance(inst))
	}
	for _, t := range r.Store.AllTasks() {
		l.scene.Tasks = append(l.scene.Tasks, l.task(t))
	}
	for _, t := range r.Store.AllThreads() {
		l.scene.Threads = append(l.scene.Threads, l.thread(t))
	}
	for _, at := range r.Activations {
		if at.Actor == model.Host {
			continue
		}
		text := at.Name
		if at.Pending != nil {
			text += " in " + at.Pending.String()
		}
		l.scene.Stack = append(l.scene.Stack, text)
	}
	return l.scene
}

// A looker looks at a run.
type looker struct {
	run   *model.Run
	scene *Scene
	at    map[spec.Element]string // where the handles are: "A 1"
}

func (l *looker) instance(inst *spec.ComponentInstance) Instance {
	i := Instance{Name: inst.Name, State: flagsOf(inst)}
	for _, view := range inst.HandleTables() {
		table := Table{Name: "handles" + view.Key.String(), Free: slices.Clone(view.Free), Length: view.Length}
		for _, slot := range view.Live {
			table.Slots = append(table.Slots, l.slot(slot))
		}
		i.Tables = append(i.Tables, table)
	}
	threads := Table{Name: "threads"}
	for slot := range inst.LiveThreads() {
		if t, ok := slot.Element.(*spec.Thread); ok {
			text := "of " + t.Task().Func()
			threads.Slots = append(threads.Slots, Slot{Index: slot.Index, Place: slot.Place, Element: text, What: text, Class: "thread"})
		}
	}
	i.Tables = append(i.Tables, threads)
	if m := l.run.Memory(inst.Name); m != nil {
		i.Memory, i.bytes = rowsOf(m.Bytes), len(m.Bytes.B)
	}
	return i
}

// flagsOf says what of an instance is not as it is at rest.
func flagsOf(inst *spec.ComponentInstance) (state []string) {
	note := func(is bool, format string, args ...any) {
		if is {
			state = append(state, fmt.Sprintf(format, args...))
		}
	}
	note(!inst.MayEnter(), "may not be entered")
	note(!inst.MayLeave(), "may not be left")
	note(inst.Backpressure() > 0, "backpressure %d", inst.Backpressure())
	note(inst.WaitingToEnter() > 0, "%d wait to enter", inst.WaitingToEnter())
	if t := inst.Exclusive(); t != nil {
		note(true, "locked by %s", t.Task().Func())
	}
	return state
}

// slot says what an element is, and what of it matters.
func (l *looker) slot(at spec.Slot) Slot {
	e := at.Element
	s := Slot{Index: at.Index, Place: at.Place, What: spec.Describe(e), Class: spec.ClassOf(e).String()}
	s.Element = s.What
	add := func(format string, args ...any) { s.Element += fmt.Sprintf(format, args...) }
	switch e := e.(type) {
	case *spec.ResourceHandle:
		s.What += fmt.Sprintf(" rep=%s", e.Rep())
		add(" rep=%s", e.Rep())
		if s.Lent = e.NumLends(); s.Lent > 0 {
			add(", lent %s", times(s.Lent))
		}
	case *spec.WaitableSet:
		add(" of %s", model.Counted(len(e.Elements()), "waitable"))
		s.Note = l.members(e)
	case *spec.Subtask:
		s.What, s.State = "subtask", e.State().String()
		if callee := e.Callee(); callee != nil {
			s.Note = "of " + callee.Func()
		}
	}
	if state, ok := spec.CopyStateOf(e); ok {
		s.State = state.String()
		add(", %s", state)
	}
	if event, ok := spec.PendingEvent(e); ok {
		s.Event = event.Code.String()
		add(", has an event")
	}
	if set := spec.SetOf(e); set != nil {
		s.Set = l.at[set]
		add(", in a set")
	}
	l.shared(&s, e)
	return s
}

// members are the waitables of a set, and who waits for it.
func (l *looker) members(set *spec.WaitableSet) string {
	text := "empty"
	for i, e := range set.Elements() {
		if i == 0 {
			text = "of "
		} else {
			text += ", "
		}
		text += l.at[e]
	}
	if n := set.NumWaiting(); n > 0 {
		text += fmt.Sprintf("; %s for it", map[bool]string{true: "1 thread waits", false: fmt.Sprintf("%d threads wait", n)}[n == 1])
	}
	return text
}

// shared says where the other end of a stream or future is, and which copy is pending.
func (l *looker) shared(s *Slot, e spec.Element) {
	shared := spec.SharedOf(e)
	if shared == nil {
		return
	}
	view, known := spec.ViewShared(shared)
	switch {
	case known && view.Dropped:
		s.Peer = "dropped"
	default:
		s.Peer = "the host"
	}
	for other, at := range l.at {
		if other != e && spec.SharedOf(other) == shared {
			s.Peer = at
		}
	}
	switch {
	case known && view.Host:
		s.Pending = "a copy of the host's is pending"
	case known && view.Pending == e:
		s.Pending = "its copy is pending"
	}
}

func (l *looker) task(t *spec.Task) Task {
	task := Task{Func: t.Func(), Instance: t.Instance().Name, State: t.State().String(), Borrows: t.NumBorrows(), Lock: t.NeedsLock()}
	if caller := t.Caller(); caller != nil {
		task.Caller = l.at[caller]
	}
	return task
}

func (l *looker) thread(t *spec.Thread) Thread {
	thread := Thread{Func: t.Task().Func(), Instance: t.Instance().Name, Is: "waits", Where: l.run.WhoWaits(t), Cancellable: t.Cancellable(),
		Holds: t.Instance().Exclusive() == t, Task: t.Task().State().String(),
		Of: slices.Index(l.run.Store.AllTasks(), t.Task())}
	switch {
	case t.Running():
		thread.Is, thread.Where = "runs", t.Task().Func()+" runs"
	case l.run.Ready(t):
		thread.Is = "ready"
	}
	for slot := range t.Instance().LiveThreads() {
		if slot.Element == spec.Element(t) {
			thread.Index = slot.Index
		}
	}
	return thread
}

// text says where a thread is.
func (t Thread) text() string {
	text := t.Where
	if t.Is != "runs" && t.Cancellable {
		text += ", cancellably"
	}
	return fmt.Sprintf("%s; its task is %s", text, t.Task)
}

// mostRows is how many rows of a memory are shown.
const mostRows = 32

// zeros are the bytes that most memories are made of.
var zeros [4096]byte

// rowsOf are the rows of a memory that are not all zero, the first ones.
func rowsOf(memory *spec.Bytearray) (rows []Row) {
	const width = 16
	for at := 0; at < len(memory.B) && len(rows) < mostRows; {
		if next := memory.B[at:min(at+len(zeros), len(memory.B))]; bytes.Equal(next, zeros[:len(next)]) {
			at += len(next)
			continue
		}
		row := memory.B[at:min(at+width, len(memory.B))]
		if !bytes.Equal(row, zeros[:len(row)]) {
			rows = append(rows, Row{at, hex.EncodeToString(row)})
		}
		at += width
	}
	return rows
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
