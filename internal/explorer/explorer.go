// Package explorer answers what a page that explores the specification asks. A question and its answer are JSON; the engine keeps nothing
// between two of them: a session is the text of its trace, and so is a link to it. explorer.go has the questions; gallery.go what there is to
// open; sites.go explains what stops runs; search.go explores.
package explorer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"cabi/internal/step"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Request is a question. Do says which of the fields it reads.
type Request struct {
	Do       string `json:"do"`
	World    string `json:"world,omitempty"` // the name of a world, or the text of one
	Variant  string `json:"variant,omitempty"`
	Trace    string `json:"trace,omitempty"`
	At       int    `json:"at,omitempty"` // after so many actions of the trace
	Action   string `json:"action,omitempty"`
	Choice   int    `json:"choice,omitempty"` // of the last action, from 1
	Way      int    `json:"way,omitempty"`    // which candidate is chosen
	Any      bool   `json:"any,omitempty"`    // the menu has indices of any class
	ID       string `json:"id,omitempty"`     // of an entry of the gallery
	Name     string `json:"name,omitempty"`   // of a site or a property
	Property string `json:"property,omitempty"`
	Steps    int    `json:"steps,omitempty"`
}

// MostText is how long the text of a trace, world or litmus file may be, in bytes.
const MostText = 1 << 20

// mostActions is how many actions a session has at most: each is made again for every option of a menu.
const mostActions = 5000

// A Play is a session as a page shows it.
type Play struct {
	*step.Recording
	Says  []string `json:"says,omitempty"`  // what to say of each moment
	Title string   `json:"title,omitempty"` // of an entry of the gallery
	Note  string   `json:"note,omitempty"`  // in what the trace departs
	File  string   `json:"file,omitempty"`  // the text of a litmus file
}

// A Menu is what may happen next.
type Menu struct {
	At      int           `json:"at"`
	Acts    string        `json:"acts"`
	Options []step.Option `json:"options"`
}

// Do answers a question. It calls progress now and then with how far it came, which returns false to stop it.
func Do(question []byte, progress func(any) bool) (any, error) {
	var r Request
	if len(question) > 2*MostText {
		return nil, tooLong(len(question))
	}
	if err := json.Unmarshal(question, &r); err != nil {
		return nil, fmt.Errorf("the question is no JSON of the form that is wanted: %v", err)
	}
	for _, text := range []string{r.World, r.Trace} {
		if len(text) > MostText {
			return nil, tooLong(len(text))
		}
	}
	answers := map[string]func(*Request) (any, error){
		"hello": hello, "start": start, "open": open, "take": take, "choose": choose, "under": under, "explain": explain,
		"menu":   func(r *Request) (any, error) { return menu(r, progress) },
		"check":  func(r *Request) (any, error) { return check(r, progress) },
		"litmus": func(r *Request) (any, error) { return litmus(r, progress) },
	}
	answer := answers[r.Do]
	if answer == nil {
		return nil, fmt.Errorf("nobody knows how to do %.40q", r.Do)
	}
	return answer(&r)
}

func tooLong(n int) error {
	return fmt.Errorf("the text is too long: %d bytes, of %d that are possible", n, MostText)
}

func variantOf(name string) (*spec.Variant, error) {
	if name == "" {
		return spec.SingleTable, nil
	}
	if v := spec.VariantByName(name); v != nil {
		return v, nil
	}
	return nil, fmt.Errorf("no variant is named %.40q", name)
}

// worldOf is a world by its name or its text.
func worldOf(r *Request) (*model.World, error) {
	if w := model.WorldByName(strings.TrimSpace(r.World)); w != nil {
		return w, nil
	}
	if !strings.Contains(r.World, "\n") {
		return nil, fmt.Errorf("no world is named %.40q", r.World)
	}
	return model.ReadWorld(strings.NewReader(r.World))
}

// play is a session as a page shows it.
func play(s *step.Session) (*Play, error) {
	r, err := s.Record()
	return &Play{Recording: r}, err
}

// mostName is how long a name may be that is shown over and over.
const mostName = 200

// shown returns an error if names of a world are too long to be shown.
func shown(w *model.World) error {
	names := []string{w.Name}
	for _, i := range w.Instances {
		names = append(names, i.Name)
	}
	for _, f := range w.Funcs {
		names = append(names, f.Name)
	}
	for _, r := range w.Resources {
		names = append(names, r.Name)
	}
	for _, name := range names {
		if len(name) > mostName {
			return fmt.Errorf("the name %.20s… has %d letters, and %d are possible here", name, len(name), mostName)
		}
	}
	return nil
}

// start starts a session in a world.
func start(r *Request) (any, error) {
	w, err := worldOf(r)
	if err != nil {
		return nil, err
	}
	if err := shown(w); err != nil {
		return nil, err
	}
	v, err := variantOf(r.Variant)
	if err != nil {
		return nil, err
	}
	s, err := step.Of(&model.Trace{World: w, Variant: v}, nil)
	if err != nil {
		return nil, err
	}
	s.Search.Properties = properties.For(s.Search.World)
	return play(s)
}

// session reads the trace of a question, and takes its actions.
func session(r *Request) (*step.Session, *model.Trace, error) {
	t, err := model.ReadTrace(strings.NewReader(r.Trace))
	if err != nil {
		return nil, nil, err
	}
	actions := 0
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			actions++
		}
	}
	if actions > mostActions {
		return nil, nil, fmt.Errorf("the trace has %d actions, and %d are possible here", actions, mostActions)
	}
	if err := shown(t.World); err != nil {
		return nil, nil, err
	}
	s, err := step.Of(t, nil)
	if err == nil {
		err = s.Fits()
	}
	if err != nil {
		return nil, nil, err
	}
	s.Search.Properties = properties.For(s.Search.World)
	return s, t, nil
}

// prefix is the session of the first actions of a trace.
func prefix(r *Request) (*step.Session, error) {
	s, _, err := session(r)
	if err == nil && (r.At < 0 || r.At > s.Steps()) {
		err = fmt.Errorf("the trace has %d actions, and no moment %d", s.Steps(), r.At)
	}
	if err == nil {
		s.Back(s.Steps() - r.At)
	}
	return s, err
}

// open opens a trace, or an entry of the gallery.
func open(r *Request) (any, error) {
	var entry *Entry
	if r.ID != "" {
		if entry = entryOf(r.ID); entry == nil {
			return nil, fmt.Errorf("the gallery has no %.60q", r.ID)
		}
		r.Trace = entry.text()
	}
	s, t, err := session(r)
	if err != nil {
		return nil, err
	}
	p, err := play(s)
	if err != nil {
		return nil, err
	}
	p.Comments = t.Comments
	replay, err := model.ReplayOptions{Properties: s.Search.Properties}.Run(t)
	if err != nil {
		return nil, err
	}
	if d := replay.Departs; d != nil {
		p.Note = fmt.Sprintf("The trace departs from what happens: line %d says “%s”, and what happens is “%s”.", d.Number, d, replay.Got)
	} else if d := replay.Departure(); d != "" {
		p.Note = "The trace departs from what happens: " + d + "."
	}
	if entry != nil {
		p.Title = entry.Title
		if says := entry.says(); says != nil {
			p.Says = says[1:]
		}
	}
	return p, nil
}

// Tried is how many options of a menu were tried.
type Tried struct {
	Done int `json:"done"`
	Of   int `json:"of"`
}

// menu lists what may happen at a moment.
func menu(r *Request, progress func(any) bool) (any, error) {
	s, err := prefix(r)
	if err != nil {
		return nil, err
	}
	due, stopped := ticks(), false
	v := s.View(r.Any, func(done, of int) bool {
		stopped = due() && !progress(Tried{done, of})
		return !stopped
	})
	if stopped {
		return nil, errors.New("the menu was stopped")
	}
	m := &Menu{At: r.At, Acts: v.Acts, Options: v.Menu}
	if m.Options == nil {
		m.Options = []step.Option{}
	}
	return m, nil
}

// take takes an action at a moment.
func take(r *Request) (any, error) {
	s, err := prefix(r)
	if err != nil {
		return nil, err
	}
	if err := s.Take(r.Action); err != nil {
		return nil, err
	}
	return play(s)
}

// choose has the specification make a choice of the action before a moment in another way.
func choose(r *Request) (any, error) {
	s, err := prefix(r)
	if err != nil {
		return nil, err
	}
	if err := s.Choose(r.Choice, r.Way); err != nil {
		return nil, err
	}
	return play(s)
}

// under is the session under another variant.
func under(r *Request) (any, error) {
	s, t, err := session(r)
	if err != nil {
		return nil, err
	}
	v, err := variantOf(r.Variant)
	if err != nil {
		return nil, err
	}
	if t.Source != nil {
		return nil, errors.New("a definitions.py numbers handles in its own way: variants are for the port")
	}
	other, refused := s.Under(v)
	p, err := play(other)
	if err != nil {
		return nil, err
	}
	if refused != nil {
		p.Refused = refused.Error()
	}
	return p, nil
}
