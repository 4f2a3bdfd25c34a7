package shrink

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A step is an action without the numbers that depend on what was done before.
type step struct {
	number  int    // tells it from all other steps of a shrinker
	at      string // the function in which it is done
	entered string // the first function that it called; empty: none
	action  model.Action
	names   []name // of the action's first numbers
	choices []uint32
}

// A name says what a number stands for, whatever it is: the nth thing of a kind that a step made.
type name struct {
	kind string // "A" for the handles of A, "A threads", "call", "host call", "shared"; empty: the number is itself
	step int
	nth  int
}

// read runs a violation's trace, and names what its numbers stand for.
func (sh *shrinker) read(v *model.Violation) []step {
	a := &attempt{shrinker: sh, follow: v.Trace, tape: v.Trace.Choices}
	a.run()
	if a.found == nil {
		return nil
	}
	return a.steps
}

// An attempt is one run: the actor and the choices, and a checker that hears what is made.
type attempt struct {
	*shrinker
	model.BaseChecker
	follow   *model.Trace // nil: todo is what is to be done
	line     int
	tape     []uint32
	todo     []step
	adapts   bool // what refers to what is not there refers to something else
	offering bool // hears what the menu offers when everything is done
	offered  []step
	saw      func(*model.Violation) // hears of every violation; nil: nobody does
	played   int                    // of the choices of the last step, or of the tape

	steps   []step // what was done
	actions []model.Action
	choices []uint32
	found   *model.Violation
	making  map[string]int    // how many of a kind the last step has made
	names   map[numbered]name // what numbers stand for now
	numbers map[name]uint64   // and the other way round
}

// numbered is a number of a kind.
type numbered struct {
	kind   string
	number uint64
}

func (a *attempt) run() {
	a.names, a.numbers, a.making = map[numbered]name{}, map[name]uint64{}, map[string]int{}
	checkers := []model.Checker{a}
	for _, p := range a.search.Properties {
		checkers = append(checkers, p.New())
	}
	r := a.search.NewRun(a, a, checkers...)
	defer r.Close()
	r.Main()
	a.look(r)
}

// look looks for the violation.
func (a *attempt) look(r *model.Run) {
	for _, c := range r.Violated() {
		v := &model.Violation{Property: c.Property(), Kind: c.Kind(), Message: c.Violation()}
		if v.Key() == a.goal && a.found == nil {
			a.found = v
		}
		if a.saw != nil {
			a.saw(v)
		}
	}
}

// Next does the next step that can be done.
func (a *attempt) Next(r *model.Run, at *model.Activation) model.Action {
	a.made(r)
	if a.look(r); a.found != nil {
		return model.Action{}
	}
	if a.follow != nil {
		return a.nextLine(r, at)
	}
	for len(a.todo) > 0 {
		s := a.todo[0]
		a.todo = a.todo[1:]
		if s.at != at.Name {
			continue
		}
		if action, ok := a.resolve(s, r, at); ok {
			return a.begin(s, action)
		}
	}
	if a.offering {
		a.offer(r, at)
	}
	return model.Action{}
}

// offer notes what the menu offers.
func (a *attempt) offer(r *model.Run, at *model.Activation) {
	for _, action := range r.Menu(at, a.search.Bounds, model.RightClassIndex) {
		a.offered = append(a.offered, a.stepOf(action, at))
	}
}

// stepOf names what the numbers of an action stand for.
func (a *attempt) stepOf(action model.Action, at *model.Activation) step {
	s := step{at: at.Name, action: action}
	for i, kind := range kinds(action, at) {
		s.names = append(s.names, a.names[numbered{kind, numberOf(action, i, at)}])
	}
	return s
}

// nextLine does the next line of the trace that was given.
func (a *attempt) nextLine(r *model.Run, at *model.Activation) model.Action {
	for a.line < len(a.follow.Lines) && a.follow.Lines[a.line].Kind != model.LineAction {
		a.line++
	}
	if a.line == len(a.follow.Lines) {
		return model.Action{}
	}
	action, err := model.ParseAction(r, at, strings.Fields(a.follow.Lines[a.line].Text))
	if err != nil {
		return model.Action{}
	}
	a.line++
	s := a.stepOf(action, at)
	s.number = len(a.steps)
	return a.begin(s, action)
}

func (a *attempt) begin(s step, action model.Action) model.Action {
	clear(a.making)
	if a.follow == nil {
		a.played = 0
	}
	s.entered = ""
	a.steps, a.actions = append(a.steps, s), append(a.actions, action)
	return action
}

// Entered hears that the last step has called a function.
func (a *attempt) Entered(_ *model.Run, at *model.Activation) {
	if n := len(a.steps); n > 0 && a.steps[n-1].entered == "" {
		a.steps[n-1].entered = at.Name
	}
}

// resolve gives a step its numbers, if what they stand for was made, and says whether it may be done.
func (a *attempt) resolve(s step, r *model.Run, at *model.Activation) (model.Action, bool) {
	action, ok := a.numbered(s, at)
	if !ok {
		return a.adapted(s, r, at)
	}
	if at.Actor != model.Host {
		_, err := model.ParseAction(r, at, strings.Fields(action.String()))
		return action, err == nil && a.onMenu(action, at)
	}
	_, err := model.ParseAction(r, at, strings.Fields(action.String()))
	return action, err == nil && a.hostMay(action, r, at)
}

// hostMay reports whether the menu offers the host an action, of the same call, stream or future, whatever its other
// numbers are: the preconditions do not look at those.
func (a *attempt) hostMay(action model.Action, r *model.Run, at *model.Activation) bool {
	_, first := hostKinds[action.Op]
	return slices.ContainsFunc(r.Menu(at, a.search.Bounds, model.AnyIndex), func(o model.Action) bool {
		return template(o) == template(action) && (!first || o.Args[0] == action.Args[0])
	})
}

// numbered is a step's action with its numbers; false: what they stand for was not made.
func (a *attempt) numbered(s step, at *model.Activation) (model.Action, bool) {
	action := s.action
	action.Args = slices.Clone(action.Args)
	wanted := kinds(action, at)
	for i, n := range s.names {
		if n.kind == "" {
			continue
		}
		number, ok := a.numbers[n]
		if !ok && i < len(wanted) {
			number, ok = a.numbers[name{wanted[i], n.step, n.nth}] // another instance has made it
		}
		if !ok {
			return action, false
		}
		if packed(action, at) {
			number = number<<4 | action.Args[0].Uint64()&0xf
		}
		action.Args[i] = spec.CoreInt(number)
	}
	return action, true
}

// adapted is the last that the menu offers of the step's kind.
func (a *attempt) adapted(s step, r *model.Run, at *model.Activation) (last model.Action, ok bool) {
	if !a.adapts {
		return last, false
	}
	for _, o := range r.Menu(at, a.search.Bounds, model.RightClassIndex) {
		if template(o) == template(s.action) {
			last, ok = o, true
		}
	}
	return last, ok
}

// template is an action without its numbers, as menus have it.
func template(a model.Action) string { return model.Action{Op: a.Op, Imm: a.Imm}.String() }

// onMenu reports whether a world lets a guest do an action in an activation.
func (sh *shrinker) onMenu(action model.Action, at *model.Activation) bool {
	menus := sh.search.World.Menus
	menu, named := menus[at.Name]
	if !named {
		menu = menus[at.Actor]
	}
	return action.Op == "return" || slices.Contains(menu, template(action))
}

// kinds are what an action's first numbers are numbers of.
func kinds(action model.Action, at *model.Activation) []string {
	if kind, ok := hostKinds[action.Op]; ok {
		return []string{kind}
	}
	if at.Actor == model.Host {
		return nil
	}
	handles := slices.Repeat([]string{at.Actor}, action.Indices())
	if strings.HasPrefix(action.Op, "thread.") {
		handles = slices.Repeat([]string{at.Actor + " threads"}, action.Indices())
	}
	return handles
}

var hostKinds = map[string]string{
	"cancel": "call", "host.start": "host call", "host.resolve": "host call", "host.resolve-cancelled": "host call",
	"shared.read": "shared", "shared.write": "shared", "shared.cancel": "shared", "shared.drop": "shared", "shared.reclaim": "shared",
	"shared.copy": "shared", "shared.done": "shared",
}

func packed(action model.Action, at *model.Activation) bool {
	return at.Packed && action.Op == "return" && len(action.Args) == 1
}

// numberOf is the ith number of an action, out of a packed callback code if it is one.
func numberOf(action model.Action, i int, at *model.Activation) uint64 {
	if packed(action, at) {
		return action.Args[i].Uint64() >> 4
	}
	return action.Args[i].Uint64()
}

// Issued hears that a handle was made.
func (a *attempt) Issued(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	kind := inst.Name
	if spec.ClassOf(e) == spec.ClassThread {
		kind += " threads"
	}
	a.bind(kind, index)
}

// made hears of the calls, streams and futures that the last step made.
func (a *attempt) made(r *model.Run) {
	for _, of := range []struct {
		kind  string
		count int
	}{{"call", len(r.Invocations())}, {"host call", len(r.HostCalls())}, {"shared", len(r.HostShared())}} {
		for k := range of.count {
			if _, known := a.names[numbered{of.kind, uint64(k)}]; !known {
				a.bind(of.kind, uint64(k))
			}
		}
	}
}

// bind names a number after the step that made what it stands for.
func (a *attempt) bind(kind string, number uint64) {
	by := -1
	if n := len(a.steps); n > 0 {
		by = a.steps[n-1].number
	}
	n := name{kind, by, a.making[kind]}
	a.making[kind]++
	a.names[numbered{kind, number}], a.numbers[n] = n, number
}

// Choose plays the choice that the step had.
func (a *attempt) Choose(_ spec.Site, n int) int {
	tape := a.tape
	if a.follow == nil {
		tape = nil
		if k := len(a.steps); k > 0 {
			tape = a.steps[k-1].choices
		}
	}
	var c uint32
	if a.played < len(tape) {
		c = tape[a.played] % uint32(n)
	}
	a.played++
	if k := len(a.steps); k > 0 && a.follow != nil {
		a.steps[k-1].choices = append(a.steps[k-1].choices, c)
	}
	a.choices = append(a.choices, c)
	return int(c)
}
