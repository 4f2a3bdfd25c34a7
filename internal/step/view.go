package step

import (
	"slices"

	"cabi/model"
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
	Action string `json:"action"`
	Stops  string `json:"stops,omitempty"`  // the site at which the specification would stop the run; empty: it would not
	How    string `json:"how,omitempty"`    // how it would stop it
	Broken string `json:"broken,omitempty"` // the property that would be violated, and how: "single-owner: …"; empty: none would
}

// View looks at the world. With any, the menu has every index that was ever given, and not only those of the right class. Each option is tried:
// tried is told how many were, of how many, and returns false to leave the rest out; it may be nil.
func (s *Session) View(any bool, tried func(done, of int) bool) *View {
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
	for i, a := range actions {
		if tried != nil && !tried(i, len(actions)) {
			break
		}
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
		o.Stops, o.How = model.SiteOf(w.stopped), w.stopped.Error()
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
	scene := Look(r)
	v.Instances = scene.Instances
	for _, t := range scene.Threads {
		v.Waiting = append(v.Waiting, t.text())
	}
}
