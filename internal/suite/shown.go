package suite

import (
	"errors"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Thing is something that a trace shows: "trap lift_own/num_lends", "stream.read async: blocked", "subtask.drop: trap
// Subtask.drop/undelivered", "task: STARTED -> RESOLVED".
type Goal string

// A shower is a checker that says what each action shows.
type shower struct {
	model.BaseChecker
	now    map[Goal]bool // since the last menu
	others map[*model.Action]bool
	steps  *steps
	all    map[Goal]bool // since the beginning; nil: nobody wants to know
	goal   Goal          // if it is not empty, only the first action that shows this is a violation
	left   string        // how core code ended since the last menu
	failed bool          // an assert failed, or the Python crashed: what it shows is nothing to be tested
}

// shows is violated by every action: its kind is all that the action shows, a thing a line.
var shows = &model.Property{Name: "shows", New: func() model.Checker { return newShower() }}

func newShower() *shower {
	return &shower{BaseChecker: model.BaseChecker{Name: "shows"}, now: map[Goal]bool{}, others: map[*model.Action]bool{}, steps: newSteps()}
}

func (s *shower) show(t Goal) {
	s.now[t] = true
	if s.all != nil {
		s.all[t] = true
	}
}

// Entered tells what a callback is called with.
func (s *shower) Entered(_ *model.Run, at *model.Activation) {
	if at.Kind == model.KindCallback {
		s.show(Goal("callback: " + event(at.Args[0].Uint64(), at.Args[2].Uint64())))
	}
}

// Done tells what an action comes to, and whether others acted in the meantime.
func (s *shower) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	what := label(*at.Pending) + ": " + outcome(r, at, results)
	if op := at.Pending.Op; at.Actor != model.Host && op != "call" && s.others[at.Pending] {
		what += ", after others acted"
	}
	delete(s.others, at.Pending)
	s.show(Goal(what))
}

// Left tells what code core code gives back to be called again.
func (s *shower) Left(_ *model.Run, at *model.Activation) {
	s.left = at.Pending.Op
	if a := at.Pending; at.Packed && a.Op == "return" && len(a.Args) == 1 && a.Args[0].Uint64()&0xf <= uint64(spec.CallbackWait) {
		s.show(Goal("return: " + spec.CallbackCode(a.Args[0].Uint64()&0xf).String()))
	}
}

// Settled ends an action. Whatever is still under way has others act in the meantime.
func (s *shower) Settled(r *model.Run) {
	for _, at := range r.Activations {
		if at.Pending != nil {
			s.others[at.Pending] = true
		}
	}
	s.steps.look(r, s.show)
	s.tell()
}

// Stopped ends the last action.
func (s *shower) Stopped(r *model.Run, err error) {
	var trap *spec.Trap
	if !errors.As(err, &trap) {
		s.failed, s.now = true, nil
		s.tell()
		return
	}
	s.steps.look(r, s.show)
	s.show(Goal("trap " + trap.Site))
	s.show(Goal(s.last(r) + ": trap " + string(trap.Site)))
	s.tell()
}

// last is the action that was begun last.
func (s *shower) last(r *model.Run) string {
	for _, at := range r.Activations {
		if a := at.Pending; a != nil && !s.others[a] {
			return a.Op
		}
	}
	return s.left
}

// tell makes what the last action shows the violation.
func (s *shower) tell() {
	if s.goal != "" {
		if s.now[s.goal] {
			s.ViolationKind, s.Message = string(s.goal), string(s.goal)
		}
	} else {
		s.ViolationKind = strings.Join(texts(sortedThings(s.now)), "\n")
		s.Message = s.ViolationKind
	}
	clear(s.now)
	s.left = ""
}

// showing is violated once something is shown.
func showing(goal Goal) *model.Property {
	return &model.Property{Name: "shows", New: func() model.Checker {
		s := newShower()
		s.goal = goal
		return s
	}}
}
