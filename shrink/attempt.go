package shrink

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// read runs the trace of a violation, and returns its actions as steps; nil: it does not violate the same.
func (sh *shrinker) read(v *model.Violation) []Step {
	a := &attempt{shrinker: sh, trace: v.Trace, tape: v.Trace.Choices}
	a.run()
	if a.found == nil {
		return nil
	}
	return a.steps
}

// An attempt is one run of a trace or of steps: its actor, its choices, and a checker that is notified of the handles that are made.
type attempt struct {
	*shrinker
	*References
	trace       *model.Trace // the trace to run; nil: todo is
	nextLine    int          // of the trace
	tape        []uint32     // the choices of the trace
	todo        []Step       // the steps to take; one that cannot be taken is left out
	substitutes bool         // a step whose references are to nothing takes the last action of its kind on the menu instead
	readsMenu   bool         // the menu after the last step is read
	menu        []Step
	onViolation func(*model.Violation) // called with every violation; optional
	drawn       int                    // how many choices the last step has made, or the whole run of a trace

	steps   []Step // those that were taken
	actions []model.Action
	choices []uint32
	found   *model.Violation // the violation that the shrinker keeps; nil: not yet
}

func (a *attempt) run() {
	a.References = NewReferences(a.lastNumber)
	checkers := []model.Checker{a}
	for _, p := range a.search.Properties {
		checkers = append(checkers, p.New())
	}
	r := a.newRun(a, checkers)
	defer r.Close()
	r.Main()
	a.checkViolations(r)
}

// lastNumber is the number of the step that was begun last; -1: none was.
func (a *attempt) lastNumber(*model.Run) int {
	if n := len(a.steps); n > 0 {
		return a.steps[n-1].Number
	}
	return -1
}

// newRun makes the run of an attempt.
func (sh *shrinker) newRun(a *attempt, checkers []model.Checker) *model.Run {
	if sh.runs == nil {
		sh.runs = sh.search.Runs()
	}
	return sh.runs.New(a, a, checkers...)
}

// checkViolations checks whether a property is violated, and in the way that the shrinker keeps.
func (a *attempt) checkViolations(r *model.Run) {
	for _, v := range r.TakeViolations() {
		if v.Key() == a.goal && a.found == nil {
			a.found = v
		}
		if a.onViolation != nil {
			a.onViolation(v)
		}
	}
}

// Next takes the next step that can be taken.
func (a *attempt) Next(r *model.Run, at *model.Activation) model.Action {
	if a.checkViolations(r); a.found != nil {
		return model.Action{}
	}
	if a.trace != nil {
		return a.takeLine(r, at)
	}
	for len(a.todo) > 0 {
		s := a.todo[0]
		a.todo = a.todo[1:]
		if s.At != at.Name {
			continue
		}
		if action, ok := a.resolve(s, r, at); ok {
			return a.begin(s, action)
		}
	}
	if a.readsMenu {
		a.readMenu(r, at)
	}
	return model.Action{}
}

// readMenu notes the actions on the menu, as steps.
func (a *attempt) readMenu(r *model.Run, at *model.Activation) {
	for _, action := range r.Menu(at, a.search.Bounds, model.RightClassIndex) {
		a.menu = append(a.menu, a.Step(action, at))
	}
}

// takeLine takes the action of the next line of the trace. It ends the run at one that cannot be taken.
func (a *attempt) takeLine(r *model.Run, at *model.Activation) model.Action {
	for a.nextLine < len(a.trace.Lines) && a.trace.Lines[a.nextLine].Kind != model.LineAction {
		a.nextLine++
	}
	if a.nextLine == len(a.trace.Lines) {
		return model.Action{}
	}
	action, err := model.ParseAction(r, at, strings.Fields(a.trace.Lines[a.nextLine].Text))
	if err != nil {
		return model.Action{}
	}
	a.nextLine++
	s := a.Step(action, at)
	s.Number = len(a.steps)
	return a.begin(s, action)
}

// begin begins a step with an action.
func (a *attempt) begin(s Step, action model.Action) model.Action {
	if a.trace == nil {
		a.drawn = 0
	}
	s.Entered = ""
	a.steps, a.actions = append(a.steps, s), append(a.actions, action)
	a.progress(len(a.steps), 0)
	return action
}

// Entered notes the first function that the last step has called.
func (a *attempt) Entered(_ *model.Run, at *model.Activation) {
	if n := len(a.steps); n > 0 && a.steps[n-1].Entered == "" {
		a.steps[n-1].Entered = at.Name
	}
}

// resolve returns the action of a step with its numbers; false: what they stand for was not made, or the action cannot be taken.
func (a *attempt) resolve(s Step, r *model.Run, at *model.Activation) (model.Action, bool) {
	action, ok := a.Resolve(s, at)
	if !ok {
		return a.substitute(s, r, at)
	}
	return action, CanTake(r, at, a.search.Bounds, action)
}

// CanTake reports whether an action can be taken in an activation, and is on the menu of its world: of the host, for the same call, stream or
// future. Its other numbers may differ, since the preconditions are not about them.
func CanTake(r *model.Run, at *model.Activation, bounds model.Bounds, action model.Action) bool {
	if _, err := model.ParseAction(r, at, strings.Fields(action.String())); err != nil {
		return false
	}
	if len(r.World.Menus) == 0 { // it is of a trace
		return at.Actor != model.Host || r.HostMay(at, action)
	}
	if at.Actor != model.Host {
		return onMenu(r.World, action, at)
	}
	_, first := hostKinds[action.Op]
	return slices.ContainsFunc(r.Menu(at, bounds, model.AnyIndex), func(o model.Action) bool {
		return template(o) == template(action) && (!first || o.Args[0] == action.Args[0])
	})
}

// substitute is the last action on the menu of the step's kind; false: there is none, or the attempt does not substitute.
func (a *attempt) substitute(s Step, r *model.Run, at *model.Activation) (last model.Action, ok bool) {
	if !a.substitutes {
		return last, false
	}
	for _, o := range r.Menu(at, a.search.Bounds, model.RightClassIndex) {
		if template(o) == template(s.Action) {
			last, ok = o, true
		}
	}
	return last, ok
}

// template is an action without its numbers, as menus have it.
func template(a model.Action) string { return model.Action{Op: a.Op, Imm: a.Imm}.String() }

// onMenu reports whether an action of a guest is on the menu that its world has for an activation.
func onMenu(w *model.World, action model.Action, at *model.Activation) bool {
	menus := w.Menus
	menu, named := menus[at.Name]
	if !named {
		menu = menus[at.Actor]
	}
	return action.Op == "return" || slices.Contains(menu, template(action))
}

// Choose makes the next choice that the step, or the trace, has. Beyond the last it chooses the first candidate.
func (a *attempt) Choose(_ spec.Site, n int) int {
	tape := a.tape
	if a.trace == nil {
		tape = nil
		if k := len(a.steps); k > 0 {
			tape = a.steps[k-1].choices
		}
	}
	var c uint32
	if a.drawn < len(tape) {
		c = tape[a.drawn] % uint32(n)
	}
	a.drawn++
	if k := len(a.steps); k > 0 && a.trace != nil {
		a.steps[k-1].choices = append(a.steps[k-1].choices, c)
	}
	a.choices = append(a.choices, c)
	return int(c)
}
