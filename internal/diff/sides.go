package diff

import (
	"fmt"
	"strings"

	"cabi/internal/step"
	"cabi/model"
	"cabi/properties"
)

// The sides of what a report shows are a trace of one history on each version. Where there is a trace on one of them alone, the other takes
// the same actions as far as it can.
type sides struct {
	old, new string // empty: there is none
	onlyNew  bool   // the old version has not got what is shown
}

// A twoSide is a trace on both versions, as data to step through. A version that cannot run its world at all has none.
type twoSide struct {
	Old *step.Recording `json:"old,omitempty"`
	New *step.Recording `json:"new,omitempty"`
}

// players take traces on the versions.
type players struct {
	old, new *Version
}

// take has each version take a trace, and says why one cannot.
func (p *players) take(of sides) (shown *twoSide, cannot []string) {
	shown = &twoSide{}
	var err error
	if !of.onlyNew {
		if shown.Old, err = p.old.play(of.old, of.new); err != nil {
			cannot = append(cannot, fmt.Sprintf("not shown on %s: %v", p.old.Name, err))
		}
	}
	if shown.New, err = p.new.play(of.new, of.old); err != nil {
		cannot = append(cannot, fmt.Sprintf("not shown on %s: %v", p.new.Name, err))
	}
	if shown.Old == nil && shown.New == nil {
		shown = nil
	}
	return shown, cannot
}

// play takes a trace on a version: its own, or if there is none, the other version's.
func (v *Version) play(own, other string) (*step.Recording, error) {
	text := own
	if text == "" {
		text = other
	}
	t, err := model.ReadTrace(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	t = v.on(observable(t))
	full, _ := t.World.Complete()
	all := properties.For(full)
	again, err := runOn(v, t)
	if err != nil || again.Departs != nil { // perhaps the specification chooses otherwise there
		if others, _ := (model.ReplayOptions{Variant: t.Variant}).OtherChoices(t); others != nil {
			t.Choices = others
			again, err = runOn(v, t)
		}
	}
	why := err
	for err != nil && actionsIn(t) > 0 { // an action cannot be taken there
		t = cutTrace(t, actionsIn(t)-1)
		again, err = runOn(v, t)
	}
	if err != nil {
		return nil, err
	}
	not := again.CannotCheck(all)
	var checked []*model.Property
	for _, p := range all {
		if not[p.Name] == "" {
			checked = append(checked, p)
		}
	}
	s, err := step.Of(t, checked)
	if err != nil {
		return nil, err
	}
	r, err := s.Record()
	if err != nil {
		return nil, err
	}
	if why != nil {
		r.Refused = fmt.Sprintf("action %d cannot be taken: %s", actionsIn(t)+1, withoutLine(why.Error()))
	}
	return r, nil
}

// withoutLine is what an error says, without the number of a line that nobody sees.
func withoutLine(text string) string {
	if line, rest, found := strings.Cut(text, ": "); found && strings.HasPrefix(line, "line ") {
		return rest
	}
	return text
}
