package shrink

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A step is an action in a form that survives when others are removed: for a number that depends on earlier actions, such as a
// handle's index, it has a reference to the step that made it.
type step struct {
	number  int    // tells it from all other steps of a shrinker
	at      string // the function in which the action is taken
	entered string // the first function that it called; empty: none
	action  model.Action
	refs    []reference // of the action's first numbers
	choices []uint32    // those that the specification made during the action
}

// A reference says what a number stands for, whatever its value: the nth handle, thread, call, stream or future that a step made.
type reference struct {
	kind string // "A" for the handles of A, "A threads", "call", "host call", "shared"; empty: the number stands for itself
	step int
	nth  int
}

// read runs the trace of a violation, and returns its actions as steps; nil: it does not violate the same.
func (sh *shrinker) read(v *model.Violation) []step {
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
	model.BaseChecker
	trace       *model.Trace // the trace to run; nil: todo is
	nextLine    int          // of the trace
	tape        []uint32     // the choices of the trace
	todo        []step       // the steps to take; one that cannot be taken is left out
	substitutes bool         // a step whose references are to nothing takes the last action of its kind on the menu instead
	readsMenu   bool         // the menu after the last step is read
	menu        []step
	onViolation func(*model.Violation) // called with every violation; optional
	drawn       int                    // how many choices the last step has made, or the whole run of a trace

	steps      []step // those that were taken
	actions    []model.Action
	choices    []uint32
	found      *model.Violation         // the violation that the shrinker keeps; nil: not yet
	madeByStep map[string]int           // how many of a kind the last step has made
	refs       map[kindNumber]reference // what each number stands for now
	numbers    map[reference]uint64     // the reverse
}

// A kindNumber is a number of a kind: a handle's index in an instance, a thread's, the number of a call.
type kindNumber struct {
	kind   string
	number uint64
}

func (a *attempt) run() {
	a.refs, a.numbers, a.madeByStep = map[kindNumber]reference{}, map[reference]uint64{}, map[string]int{}
	checkers := []model.Checker{a}
	for _, p := range a.search.Properties {
		checkers = append(checkers, p.New())
	}
	r := a.newRun(a, checkers)
	defer r.Close()
	r.Main()
	a.checkViolations(r)
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
	for _, c := range r.Violated() {
		v := &model.Violation{Property: c.Property(), Kind: c.Kind(), Message: c.Violation()}
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
	a.bindHostNumbers(r)
	if a.checkViolations(r); a.found != nil {
		return model.Action{}
	}
	if a.trace != nil {
		return a.takeLine(r, at)
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
	if a.readsMenu {
		a.readMenu(r, at)
	}
	return model.Action{}
}

// readMenu notes the actions on the menu, as steps.
func (a *attempt) readMenu(r *model.Run, at *model.Activation) {
	for _, action := range r.Menu(at, a.search.Bounds, model.RightClassIndex) {
		a.menu = append(a.menu, a.stepOf(action, at))
	}
}

// stepOf is an action as a step, with references for its numbers.
func (a *attempt) stepOf(action model.Action, at *model.Activation) step {
	s := step{at: at.Name, action: action}
	for i, kind := range kinds(action, at) {
		s.refs = append(s.refs, a.refs[kindNumber{kind, numberOf(action, i, at)}])
	}
	return s
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
	s := a.stepOf(action, at)
	s.number = len(a.steps)
	return a.begin(s, action)
}

// begin begins a step with an action.
func (a *attempt) begin(s step, action model.Action) model.Action {
	clear(a.madeByStep)
	if a.trace == nil {
		a.drawn = 0
	}
	s.entered = ""
	a.steps, a.actions = append(a.steps, s), append(a.actions, action)
	a.progress(len(a.steps), 0)
	return action
}

// Entered notes the first function that the last step has called.
func (a *attempt) Entered(_ *model.Run, at *model.Activation) {
	if n := len(a.steps); n > 0 && a.steps[n-1].entered == "" {
		a.steps[n-1].entered = at.Name
	}
}

// resolve returns the action of a step with its numbers; false: what they stand for was not made, or the action cannot be taken.
func (a *attempt) resolve(s step, r *model.Run, at *model.Activation) (model.Action, bool) {
	action, ok := a.withNumbers(s, at)
	if !ok {
		return a.substitute(s, r, at)
	}
	if at.Actor != model.Host {
		_, err := model.ParseAction(r, at, strings.Fields(action.String()))
		return action, err == nil && a.onMenu(action, at)
	}
	_, err := model.ParseAction(r, at, strings.Fields(action.String()))
	return action, err == nil && a.hostCan(action, r, at)
}

// hostCan reports whether an action is on the menu of the host, for the same call, stream or future. Its other numbers may differ:
// the preconditions are not about them.
func (a *attempt) hostCan(action model.Action, r *model.Run, at *model.Activation) bool {
	_, first := hostKinds[action.Op]
	return slices.ContainsFunc(r.Menu(at, a.search.Bounds, model.AnyIndex), func(o model.Action) bool {
		return template(o) == template(action) && (!first || o.Args[0] == action.Args[0])
	})
}

// withNumbers is a step's action with numbers for its references; false: what they stand for was not made.
func (a *attempt) withNumbers(s step, at *model.Activation) (model.Action, bool) {
	action := s.action
	action.Args = slices.Clone(action.Args)
	wanted := kinds(action, at)
	for i, ref := range s.refs {
		if ref.kind == "" {
			continue
		}
		number, ok := a.numbers[ref]
		if !ok && i < len(wanted) {
			number, ok = a.numbers[reference{wanted[i], ref.step, ref.nth}] // another instance has made it
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

// substitute is the last action on the menu of the step's kind; false: there is none, or the attempt does not substitute.
func (a *attempt) substitute(s step, r *model.Run, at *model.Activation) (last model.Action, ok bool) {
	if !a.substitutes {
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

// onMenu reports whether an action of a guest is on the menu that its world has for an activation.
func (sh *shrinker) onMenu(action model.Action, at *model.Activation) bool {
	menus := sh.search.World.Menus
	menu, named := menus[at.Name]
	if !named {
		menu = menus[at.Actor]
	}
	return action.Op == "return" || slices.Contains(menu, template(action))
}

// kinds are the kinds of an action's first numbers. The others stand for themselves.
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

// hostKinds are the kinds of the first numbers of the host's actions.
var hostKinds = map[string]string{
	"cancel": "call", "host.start": "host call", "host.resolve": "host call", "host.resolve-cancelled": "host call",
	"shared.read": "shared", "shared.write": "shared", "shared.cancel": "shared", "shared.drop": "shared", "shared.reclaim": "shared",
	"shared.copy": "shared", "shared.done": "shared",
}

// packed reports whether an action returns a callback's code, with the index of a set above its low four bits.
func packed(action model.Action, at *model.Activation) bool {
	return at.Packed && action.Op == "return" && len(action.Args) == 1
}

// numberOf is the ith number of an action; of a callback's code, the index in it.
func numberOf(action model.Action, i int, at *model.Activation) uint64 {
	if packed(action, at) {
		return action.Args[i].Uint64() >> 4
	}
	return action.Args[i].Uint64()
}

// Issued notes that a handle or thread was made.
func (a *attempt) Issued(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	kind := inst.Name
	if spec.ClassOf(e) == spec.ClassThread {
		kind += " threads"
	}
	a.bind(kind, index)
}

// bindHostNumbers notes the calls, streams and futures of the host that the last step made.
func (a *attempt) bindHostNumbers(r *model.Run) {
	for _, of := range []struct {
		kind  string
		count int
	}{{"call", len(r.Invocations())}, {"host call", len(r.HostCalls())}, {"shared", len(r.HostShared())}} {
		for k := range of.count {
			if _, known := a.refs[kindNumber{of.kind, uint64(k)}]; !known {
				a.bind(of.kind, uint64(k))
			}
		}
	}
}

// bind notes that the last step made what a number stands for.
func (a *attempt) bind(kind string, number uint64) {
	by := -1
	if n := len(a.steps); n > 0 {
		by = a.steps[n-1].number
	}
	ref := reference{kind, by, a.madeByStep[kind]}
	a.madeByStep[kind]++
	a.refs[kindNumber{kind, number}], a.numbers[ref] = ref, number
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
