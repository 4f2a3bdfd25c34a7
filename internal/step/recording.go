package step

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Recording is a session as data: everything that there is to see before its first action and after each.
type Recording struct {
	World    string   `json:"world"`
	Doc      string   `json:"doc,omitempty"`
	Variant  string   `json:"variant"`
	Pin      string   `json:"pin"`
	ID       string   `json:"id"`
	Trace    string   `json:"trace"` // as cabi replay takes it
	Comments []string `json:"comments,omitempty"`
	Actors   []string `json:"actors"` // the host, and the instances
	Moments  []Moment `json:"moments"`
	// Scenes are those that there are; a moment names one by its number. Instances are kept apart in the same way, since most stay as they
	// are from one moment to the next.
	Scenes    []SceneOf       `json:"scenes"`
	Instances json.RawMessage `json:"instances"` // a list of Instance
	Stopped   string          `json:"stopped,omitempty"`
	Site      string          `json:"site,omitempty"`
	Refused   string          `json:"refused,omitempty"` // why the next action of the trace that was to be taken cannot be taken here
}

// A SceneOf is a Scene whose instances stand elsewhere.
type SceneOf struct {
	Acts      string   `json:"acts,omitempty"`
	Instances []int    `json:"instances"` // in Recording.Instances
	Tasks     []Task   `json:"tasks"`
	Threads   []Thread `json:"threads"`
	Stack     []string `json:"stack,omitempty"`
}

// A Moment is an action and what there is after it. The first one is the start, which has no action.
type Moment struct {
	Action   string   `json:"action,omitempty"`
	Actor    string   `json:"actor,omitempty"`
	Func     string   `json:"func,omitempty"` // whose action it is
	Lines    []Told   `json:"lines"`
	Choices  []Choice `json:"choices,omitempty"`
	Violated []string `json:"violated,omitempty"` // that were not violated before
	Scene    int      `json:"scene"`              // in Recording.Scenes
}

// A Told line is a line of a trace, told for people.
type Told struct {
	Actor   string   `json:"actor,omitempty"`
	Kind    string   `json:"kind"` // "action", "enter", "done" or "stop"
	Text    string   `json:"text"`
	Results string   `json:"results,omitempty"`
	Means   string   `json:"means,omitempty"` // what a packed number says: "BLOCKED"
	Notes   []string `json:"notes,omitempty"` // the changes of tables
	From    string   `json:"from,omitempty"`  // whose call this enters
	To      string   `json:"to,omitempty"`    // to whom a call that is done returns from
	Ends    bool     `json:"ends,omitempty"`  // core code returns
}

// mostParts is how many instances, handles, tasks, threads and rows of memory the scenes of a recording have together: a page holds all of them.
const mostParts = 100_000

// bytesOfPart is how many bytes of a memory that are looked through take as long as a handle.
const bytesOfPart = 1 << 16

// parts is how many there are in a scene.
func (s *Scene) parts() int {
	n := len(s.Instances) + len(s.Tasks) + len(s.Threads)
	for _, i := range s.Instances {
		n += len(i.Memory) + i.bytes/bytesOfPart
		for _, t := range i.Tables {
			n += len(t.Slots) + len(t.Free)
		}
	}
	return n
}

// Record records the session. A session in which there is too much to show is an error.
func (s *Session) Record() (*Recording, error) {
	t := s.Trace()
	r := &Recording{World: t.World.Name, Doc: t.World.Doc, Variant: t.Variant.Name, Pin: model.Pin, ID: t.ID(), Trace: t.String(), Actors: []string{model.Host}}
	for _, i := range t.World.Instances {
		r.Actors = append(r.Actors, i.Name)
	}
	p := &pool{at: map[string]int{}}
	r.Moments = momentsOf(t)
	scenes, violated, stopped, err := s.scenes()
	if err != nil {
		return nil, err
	}
	r.Moments = r.Moments[:min(len(r.Moments), len(scenes))]
	at := map[string]int{}
	for i, scene := range scenes[:len(r.Moments)] {
		m := &r.Moments[i]
		m.Violated = violated[i]
		if i > 0 {
			m.Func = scenes[i-1].Acts
			if line := &m.Lines[0]; scenes[i-1].packed && line.Ends {
				line.Means = callbackCode(line.Text)
			}
		}
		if i == 0 {
			m.Choices = s.first
		} else {
			m.Choices = s.steps[i-1].Choices
		}
		of := SceneOf{Acts: scene.Acts, Tasks: scene.Tasks, Threads: scene.Threads, Stack: scene.Stack}
		for _, inst := range scene.Instances {
			of.Instances = append(of.Instances, p.add(inst))
		}
		key := string(asJSON(of))
		if _, known := at[key]; !known {
			at[key] = len(r.Scenes)
			r.Scenes = append(r.Scenes, of)
		}
		m.Scene = at[key]
	}
	if stopped != nil {
		r.Stopped, r.Site = stopped.Error(), model.SiteOf(stopped)
	}
	r.Instances = json.RawMessage("[" + strings.Join(p.all, ",") + "]")
	return r, nil
}

// Fits returns an error if there is too much in the session to record it. It checks no properties, which takes longest where there is much.
func (s *Session) Fits() error {
	bare := *s
	bare.Search.Properties = nil
	_, _, _, err := bare.scenes()
	return err
}

// A pool has each instance once.
type pool struct {
	at  map[string]int
	all []string
}

func (p *pool) add(i Instance) int {
	text := string(asJSON(i))
	if _, known := p.at[text]; !known {
		p.at[text] = len(p.all)
		p.all = append(p.all, text)
	}
	return p.at[text]
}

func asJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it is plain data
	}
	return text
}

// scenes are what there is at the start and after each action, with what is violated there for the first time, and how the run was stopped.
func (s *Session) scenes() (scenes []*Scene, violated [][]string, stopped, err error) {
	known, parts := map[string]bool{}, 0
	w := &walker{steps: s.steps, first: s.first, made: make([][]Choice, 1, len(s.steps)+1)}
	note := func(r *model.Run, at *model.Activation) {
		if w.ends {
			return
		}
		scene := Look(r)
		if parts += scene.parts(); parts > mostParts {
			w.ends, err = true, fmt.Errorf("there is too much to show: the first %s alone leave %d handles, tasks, threads and rows of memory to draw, and %d can be drawn",
				model.Counted(w.next, "action"), parts, mostParts)
			return
		}
		if at != nil {
			scene.Acts, scene.packed = at.Name, at.Packed
		}
		scenes = append(scenes, scene)
		var now []string
		for _, c := range r.Violated() {
			if text := c.Property() + ": " + c.Violation(); !known[text] {
				known[text] = true
				now = append(now, text)
			}
		}
		violated = append(violated, now)
	}
	w.each = note
	w.end = func(r *model.Run) {
		if len(scenes) <= w.next { // nobody could act any more, or the run was stopped
			note(r, nil)
		}
	}
	s.walk(w)
	return scenes, violated, w.stopped, err
}

// momentsOf are the lines of a trace, by actions.
func momentsOf(t *model.Trace) []Moment {
	calls := &callers{world: t.World, waiting: map[string][]string{}}
	moments := []Moment{{Lines: []Told{}}}
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			moments = append(moments, Moment{Action: l.Text, Actor: l.Actor})
		}
		last := &moments[len(moments)-1]
		last.Lines = append(last.Lines, calls.tell(l))
	}
	return moments
}

// callers knows whose calls have not been entered yet.
type callers struct {
	world   *model.World
	waiting map[string][]string // by function, who called it
	last    string
}

func (c *callers) tell(l model.Line) Told {
	told := Told{Actor: l.Actor, Text: l.Text, Results: l.Results, Means: Means(c.world, l)}
	if l.Notes != "" {
		told.Notes = splitNotes(l.Notes)
	}
	words := strings.Fields(l.Text)
	function := calledBy(l)
	switch l.Kind {
	case model.LineEnter:
		told.Kind = "enter"
		told.From = c.last
		if waiting := c.waiting[words[0]]; len(waiting) > 0 {
			told.From, c.waiting[words[0]] = waiting[0], waiting[1:]
		}
	case model.LineDone:
		told.Kind = "done"
		if function != "" {
			told.From, _, _ = strings.Cut(function, ".")
		}
	case model.LineStop:
		told.Kind = "stop"
		told.Actor = c.last
	default:
		told.Kind = "action"
		told.Ends = words[0] == "return" || words[0] == "throw"
		if function != "" {
			c.waiting[function] = append(c.waiting[function], l.Actor)
		}
	}
	if l.Kind != model.LineStop {
		c.last = l.Actor
	}
	return told
}

// splitNotes are the changes of tables, each by itself: "A.handles 1=free".
func splitNotes(notes string) []string {
	var all []string
	for _, part := range strings.Split(notes, ", ") {
		table, _, found := strings.Cut(part, "=")
		if len(all) > 0 && (!found || !strings.Contains(table, ".")) { // a comma within a description
			all[len(all)-1] += ", " + part
			continue
		}
		all = append(all, part)
	}
	return all
}

// calledBy is the function that an action calls; empty: it is no call.
func calledBy(l model.Line) string {
	words := strings.Fields(l.Text)
	if len(words) > 1 && (words[0] == "call" || words[0] == "invoke") {
		return words[1]
	}
	return ""
}

// Means says what the packed number that a line returns means, in upstream's words; empty: it is none.
func Means(w *model.World, l model.Line) string {
	words := strings.Fields(l.Text)
	v, err := strconv.ParseUint(l.Results, 10, 64)
	switch {
	case len(words) == 0:
		return ""
	case l.Kind == model.LineEnter:
		return eventOf(words)
	case err != nil:
		return ""
	}
	async := words[0] == "call" && len(words) > 1 && LowersAsync(w, l.Actor, words[1])
	group, verb, _ := strings.Cut(words[0], ".")
	copies := group == "stream" || group == "future"
	switch {
	case copies && verb == "new":
		return fmt.Sprintf("%d, %d", v&0xffffffff, v>>32)
	case (copies || words[0] == "subtask.cancel") && v == spec.Blocked:
		return "BLOCKED"
	case group == "future" && v <= uint64(spec.CopyCancelled):
		return spec.CopyResult(v).String()
	case group == "stream" && v&0xf <= uint64(spec.CopyCancelled):
		return fmt.Sprintf("%s, %d", spec.CopyResult(v&0xf), v>>4)
	case words[0] == "subtask.cancel" && v <= uint64(spec.SubtaskCancelledBeforeReturned):
		return spec.SubtaskState(v).String()
	case async && v == uint64(spec.SubtaskReturned):
		return spec.SubtaskReturned.String()
	case async && v&0xf <= uint64(spec.SubtaskStarted):
		return fmt.Sprintf("%s, subtask %d", spec.SubtaskState(v&0xf), v>>4)
	case (verb == "wait" || verb == "poll") && v <= uint64(spec.EventTaskCancelled):
		return spec.EventCode(v).String()
	}
	return ""
}

// callbackCode says what the code means that core code with a callback returns.
func callbackCode(text string) string {
	_, number, _ := strings.Cut(text, " ")
	v, err := strconv.ParseUint(number, 10, 64)
	if err != nil || v&0xf > uint64(spec.CallbackWait) {
		return ""
	}
	code := spec.CallbackCode(v & 0xf)
	if code == spec.CallbackWait {
		return fmt.Sprintf("%s, set %d", code, v>>4)
	}
	return code.String()
}

// eventOf says what the event means that a callback is called with; empty: it is no callback.
func eventOf(words []string) string {
	if len(words) != 4 || !strings.HasSuffix(words[0], ".callback") {
		return ""
	}
	var n [3]uint64
	for i, word := range words[1:] {
		var err error
		if n[i], err = strconv.ParseUint(word, 10, 32); err != nil {
			return ""
		}
	}
	code := spec.EventCode(n[0])
	switch {
	case n[0] > uint64(spec.EventTaskCancelled):
		return ""
	case code == spec.EventNone || code == spec.EventTaskCancelled:
		return code.String()
	case code == spec.EventSubtask && n[2] <= uint64(spec.SubtaskCancelledBeforeReturned):
		return fmt.Sprintf("%s %d, %s", code, n[1], spec.SubtaskState(n[2]))
	case n[2]&0xf <= uint64(spec.CopyCancelled):
		return fmt.Sprintf("%s %d, %s, %d", code, n[1], spec.CopyResult(n[2]&0xf), n[2]>>4)
	}
	return code.String()
}

// LowersAsync reports whether an instance lowers an import async.
func LowersAsync(w *model.World, instance, function string) bool {
	return slices.ContainsFunc(w.Imports, func(i model.Import) bool {
		return i.Instance == instance && i.Func == function && i.Async
	})
}
