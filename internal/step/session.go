// Package step takes a world one action at a time: a person, or a script, chooses each from all that may happen.
//
// A Session is where one is: the actions that were taken, with the choices that the specification made. session.go takes them, back and
// forth; view.go says what there is to see after them; draw.go draws that for people.
package step

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Session is a path through a world. The zero Session has no world.
type Session struct {
	Search model.Search // the world, its bounds, the variant or definitions.py, and the properties that are checked
	steps  []Step
	undone []Step // steps that were gone back from, the last one first
	first  []Choice
}

// A Step is an action that was taken.
type Step struct {
	Action  model.Action
	Choices []Choice // those that the specification made during the action
}

// A Choice is a choice of the specification's.
type Choice struct {
	Site       spec.Site `json:"site"`
	Candidates int       `json:"candidates"` // how many there were
	Chosen     int       `json:"chosen"`     // which one, from 0
}

// Steps is how many actions were taken.
func (s *Session) Steps() int { return len(s.steps) }

// Undone is how many actions there are to go forward.
func (s *Session) Undone() int { return len(s.undone) }

// Take takes an action that is written as in a trace: "resource.new R 100".
func (s *Session) Take(text string) error {
	var action model.Action
	err := fmt.Errorf("nothing can be done any more: go back, or to another run")
	s.run(s.steps, func(r *model.Run, at *model.Activation) { action, err = model.ParseAction(r, at, strings.Fields(text)) })
	if err != nil {
		return err
	}
	s.steps, s.undone = append(slices.Clip(s.steps), Step{Action: action}), nil
	s.noteChoices()
	return nil
}

// noteChoices notes the choices that the specification makes on the path.
func (s *Session) noteChoices() {
	w := s.run(s.steps, nil)
	s.first = w.made[0]
	for i := range s.steps[:w.next] {
		s.steps[i].Choices = w.made[i+1]
	}
	s.steps = s.steps[:w.next]
}

// Back goes back by n actions, or to the start if there are fewer.
func (s *Session) Back(n int) {
	n = min(n, len(s.steps))
	for _, step := range slices.Backward(s.steps[len(s.steps)-n:]) {
		s.undone = append(s.undone, step)
	}
	s.steps = s.steps[:len(s.steps)-n]
}

// Forward takes n of the actions that were gone back from again, or all if there are fewer.
func (s *Session) Forward(n int) {
	for range min(n, len(s.undone)) {
		last := len(s.undone) - 1
		s.steps, s.undone = append(slices.Clip(s.steps), s.undone[last]), s.undone[:last]
	}
}

// LastChoices are the choices of the last action, or at the start those that were made before any.
func (s *Session) LastChoices() []Choice {
	if len(s.steps) == 0 {
		return s.first
	}
	return s.steps[len(s.steps)-1].Choices
}

// Choose has the specification make the kth choice of the last action, from 1, in another way. Later ones may come up or not, and choose the
// first candidate.
func (s *Session) Choose(k, candidate int) error {
	choices := s.LastChoices()
	switch {
	case k < 1 || k > len(choices):
		return fmt.Errorf("there is no choice %d: the last action made %d", k, len(choices))
	case candidate < 0 || candidate >= choices[k-1].Candidates:
		return fmt.Errorf("choice %d is one of 0 to %d", k, choices[k-1].Candidates-1)
	}
	choices = slices.Clone(choices[:k])
	choices[k-1].Chosen = candidate
	if len(s.steps) == 0 {
		s.first = choices
	} else {
		s.steps[len(s.steps)-1].Choices = choices
	}
	s.undone = nil
	s.noteChoices()
	return nil
}

// Under is the session under another variant: the same actions, as far as they can be taken. The error says which cannot.
func (s *Session) Under(v *spec.Variant) (*Session, error) {
	other := &Session{Search: s.Search, steps: slices.Clone(s.steps), first: s.first}
	other.Search.Variant = v
	w := other.run(other.steps, nil)
	left := len(other.steps) - w.next
	other.noteChoices()
	if left == 0 {
		return other, nil
	}
	refused := s.steps[w.next].Action
	return other, fmt.Errorf("action %d, %s, cannot be taken: %v", w.next+1, refused, w.refused)
}

// Trace is what happened, as a trace that cabi replay takes.
func (s *Session) Trace() *model.Trace {
	actions := make([]model.Action, len(s.steps))
	choices := tape(s.first)
	for i, step := range s.steps {
		actions[i] = step.Action
		choices = append(choices, tape(step.Choices)...)
	}
	t := s.Search.Record(actions, choices, &model.Violation{})
	t.Violates = ""
	return t
}

func tape(choices []Choice) []uint32 {
	var tape []uint32
	for _, c := range choices {
		tape = append(tape, uint32(c.Chosen))
	}
	return tape
}

// Of is a session of a trace's world, under the trace's variant, which has taken the actions of the trace, as far as they can be taken. The
// properties are those that are checked.
func Of(t *model.Trace, properties []*model.Property) (*Session, error) {
	full, _ := t.World.Complete()
	s := &Session{Search: model.Search{World: full, Variant: t.Variant, Source: t.Source, Bounds: full.Bounds, Properties: properties,
		Without: map[spec.Site]bool{}}}
	for _, site := range t.Without {
		s.Search.Without[site] = true
	}
	return s, s.Load(t)
}

// Load takes the actions and choices of a trace of the same world, as far as they can be taken.
func (s *Session) Load(t *model.Trace) error {
	replay, err := model.RunTrace(t, s.Search.Variant)
	if err != nil {
		return err
	}
	s.steps, s.undone, s.first = nil, nil, nil
	for _, a := range replay.Actions {
		s.steps = append(s.steps, Step{Action: a})
	}
	s.spread(replay.Choices)
	return nil
}

// spread gives the actions the choices of a tape, in their order.
func (s *Session) spread(tape []uint32) {
	w := &walker{steps: s.steps, tape: append([]uint32{}, tape...), made: make([][]Choice, 1, len(s.steps)+1)}
	s.walk(w)
	s.first = w.made[0]
	for i := range s.steps[:w.next] {
		s.steps[i].Choices = w.made[i+1]
	}
	s.steps = s.steps[:w.next]
}

// A walker is the actor and the choices of one run: it takes steps, and looks at what there is after them.
type walker struct {
	steps   []Step
	first   []Choice
	next    int      // how many steps were taken
	tape    []uint32 // in place of the steps' choices; nil: those
	made    [][]Choice
	refused error // why the next step could not be taken; nil: all were
	look    func(r *model.Run, at *model.Activation)
	each    func(r *model.Run, at *model.Activation) // the same before every step; nil: nobody looks
	end     func(r *model.Run)                       // once the run has ended; nil: nobody looks
	ends    bool                                     // no more steps are taken

	stopped  error // how the specification stopped the run; nil: it did not
	violated []string
}

// run runs steps, and has look look at the run where the next action would be taken, unless the run was stopped.
func (s *Session) run(steps []Step, look func(*model.Run, *model.Activation)) *walker {
	w := &walker{steps: steps, first: s.first, made: make([][]Choice, 1, len(steps)+1), look: look}
	s.walk(w)
	return w
}

// walk runs a walker's steps, and notes how the run ended.
func (s *Session) walk(w *walker) {
	var checkers []model.Checker
	for _, p := range s.Search.Properties {
		checkers = append(checkers, p.New())
	}
	r := s.Search.Runs().New(w, w, checkers...)
	defer r.Close()
	r.Main()
	if w.end != nil {
		w.end(r)
	}
	w.stopped = r.Stopped
	for _, c := range r.Violated() {
		w.violated = append(w.violated, c.Property()+": "+c.Violation())
	}
}

// Next takes the next step.
func (w *walker) Next(r *model.Run, at *model.Activation) model.Action {
	if w.each != nil {
		w.each(r, at)
	}
	if w.ends {
		return model.Action{}
	}
	if w.next < len(w.steps) {
		a := w.steps[w.next].Action
		if _, w.refused = model.ParseAction(r, at, strings.Fields(a.String())); w.refused == nil {
			w.next++
			w.made = append(w.made, nil)
			return a
		}
	}
	if w.look != nil {
		w.look(r, at)
	}
	return model.Action{}
}

// Choose makes the choice that the step has, or beyond its last the first candidate.
func (w *walker) Choose(site spec.Site, n int) int {
	chosen := 0
	now := &w.made[len(w.made)-1]
	given := w.first
	if w.next > 0 {
		given = w.steps[w.next-1].Choices
	}
	switch {
	case w.tape != nil:
		if len(w.tape) > 0 {
			chosen, w.tape = int(w.tape[0])%n, w.tape[1:]
		}
	case len(*now) < len(given):
		chosen = given[len(*now)].Chosen % n
	}
	*now = append(*now, Choice{site, n, chosen})
	return chosen
}
