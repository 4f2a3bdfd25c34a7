package export

import (
	"errors"

	"cabi/internal/page"
	steps "cabi/internal/step"
	"cabi/model"
	"cabi/properties"
)

// HTML writes a trace as one page that steps through its actions and shows all that there is after each. The page needs no other file and no
// engine.
func HTML(t *model.Trace) (string, error) {
	made, _, err := replay(t)
	if err != nil {
		return "", err
	}
	play, err := played(made)
	if err != nil {
		return "", err
	}
	return page.Alone(map[string]any{"play": play}, made.String())
}

// played is a trace as data to step through.
func played(t *model.Trace) (*steps.Recording, error) {
	full, _ := t.World.Complete()
	s, err := steps.Of(t, properties.For(full))
	if err != nil {
		return nil, err
	}
	play, err := s.Record()
	if err != nil {
		return nil, err
	}
	actions := 0
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			actions++
		}
	}
	if s.Steps() != actions {
		return nil, errors.New("not all of its actions can be taken one after the other")
	}
	play.Comments, play.Trace, play.ID = t.Comments, t.String(), t.ID()
	if t.Violates != "" { // also where the checker of the property is not among those that are checked by default
		if last := &play.Moments[len(play.Moments)-1]; !anyViolated(play.Moments, t.Violates) {
			last.Violated = append(last.Violated, t.Violates)
		}
	}
	return play, nil
}

func anyViolated(moments []steps.Moment, what string) bool {
	for _, m := range moments {
		for _, v := range m.Violated {
			if v == what {
				return true
			}
		}
	}
	return false
}
