package shrink

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Step is an action in a form that survives when others are removed: for a number that depends on earlier actions, such as a
// handle's index, it has a reference to the step that made it.
type Step struct {
	Number  int    // tells it from all other steps of a shrinker
	At      string // the function in which the action is taken
	Entered string // the first function that it called; empty: none
	Action  model.Action
	refs    []Reference // of the action's first numbers
	choices []uint32    // those that the specification made during the action
}

// A Reference says what a number stands for, whatever its value: the nth handle, thread, call, stream or future that a step made.
type Reference struct {
	kind string // "A" for the handles of A, "A threads", "call", "host call", "shared"; empty: the number stands for itself
	step int
	nth  int
}

// A kindNumber is a number of a kind: a handle's index in an instance, a thread's, the number of a call.
type kindNumber struct {
	kind   string
	number uint64
}

// References are what the numbers of a run stand for. They are a checker, which is told what each step makes.
type References struct {
	model.BaseChecker
	step    func(*model.Run) int // the number of the step that was begun last; below 0: none was
	run     *model.Run
	last    int                      // the step that made what was bound last
	made    map[string]int           // how many of a kind that step has made
	refs    map[kindNumber]Reference // what each number stands for now
	numbers map[Reference]uint64     // the reverse
}

// NewReferences makes the references of a run. A function says the number of the step that was begun last; below 0: none was.
func NewReferences(step func(*model.Run) int) *References {
	return &References{step: step, last: -1, made: map[string]int{}, refs: map[kindNumber]Reference{}, numbers: map[Reference]uint64{}}
}

// Begin notes the run.
func (r *References) Begin(run *model.Run) { r.run = run }

// Step is an action as a step, with references for its numbers.
func (r *References) Step(action model.Action, at *model.Activation) Step {
	s := Step{At: at.Name, Action: action}
	for i, kind := range kinds(action, at) {
		s.refs = append(s.refs, r.refs[kindNumber{kind, numberOf(action, i, at)}])
	}
	return s
}

// Resolve is a step's action with numbers for its references; false: what they stand for was not made.
func (r *References) Resolve(s Step, at *model.Activation) (model.Action, bool) {
	action := s.Action
	action.Args = slices.Clone(action.Args)
	wanted := kinds(action, at)
	for i, ref := range s.refs {
		if ref.kind == "" {
			continue
		}
		number, ok := r.numbers[ref]
		if !ok && i < len(wanted) {
			number, ok = r.numbers[Reference{wanted[i], ref.step, ref.nth}] // another instance has made it
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
func (r *References) Issued(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	kind := inst.Name
	if spec.ClassOf(e) == spec.ClassThread {
		kind += " threads"
	}
	r.bind(kind, index)
}

// Settled notes the calls, streams and futures of the host that the last step made.
func (r *References) Settled(run *model.Run) {
	for _, of := range []struct {
		kind  string
		count int
	}{{"call", len(run.Invocations())}, {"host call", len(run.HostCalls())}, {"shared", len(run.HostShared())}} {
		for k := range of.count {
			if _, known := r.refs[kindNumber{of.kind, uint64(k)}]; !known {
				r.bind(of.kind, uint64(k))
			}
		}
	}
}

// bind notes that the last step made what a number stands for.
func (r *References) bind(kind string, number uint64) {
	if by := r.step(r.run); by != r.last {
		r.last = by
		clear(r.made)
	}
	ref := Reference{kind, r.last, r.made[kind]}
	r.made[kind]++
	r.refs[kindNumber{kind, number}], r.numbers[ref] = ref, number
}
