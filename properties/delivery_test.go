package properties

import (
	"slices"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"

	"cabi/model"
	"cabi/spec"
)

// The other half of cancel-delivered: from every state in which a task's cancellation is pending, some continuation delivers it. It
// is about the runs that can follow, so it is no checker of one: in a small world, whose guests never block for good, each state
// with a pending cancellation is gone on from, nearest first, until a run delivers it.

// deliveryWorld is an instance that calls another in every way and cancels.
var deliveryWorld = &model.World{
	Name:       "deliveries",
	Instances:  []model.Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
	RightClass: true,
	Funcs: []model.Func{
		{Name: "A.run", Async: true, Lift: "stackful"}, {Name: "B.work", Async: true, Lift: "stackful"},
		{Name: "B.react", Async: true, Lift: "callback"}, {Name: "B.block", Async: true},
	},
	Imports: []model.Import{
		{Instance: "A", Func: "B.work", Async: true}, {Instance: "A", Func: "B.react", Async: true}, {Instance: "A", Func: "B.block", Async: true},
	},
	Menus: map[string][]string{
		"A":        {"call B.work", "call B.react", "call B.block", "subtask.cancel async", "thread.suspend uncancellable"},
		"B":        {"thread.yield cancellable", "thread.yield uncancellable", "task.return ()", "task.cancel"},
		"B.block":  {"thread.yield cancellable", "thread.yield uncancellable"},
		model.Host: {"tick"},
	},
	Start:  []string{"A.run"},
	Bounds: model.Bounds{Steps: 6, Tasks: 3},
}

func TestCancellationCanBeDelivered(t *testing.T) {
	pending := 0
	goOn(journey{}, deliveryWorld.Bounds.Steps, func(j *journey) bool {
		if j.pending == nil {
			return false
		}
		pending++
		from := journey{actions: j.actions, choices: j.choices, watch: len(j.actions)}
		if !goOn(from, 7, func(k *journey) bool { return k.pending.State() == spec.TaskCancelDelivered }) {
			t.Errorf("after %v, no continuation delivers the cancellation of %s", j.actions, j.pending.Func())
		}
		return false
	})
	if pending == 0 {
		t.Error("no cancellation is ever pending")
	}
	t.Logf("in %d states a cancellation is pending", pending)
}

// A journey is a run of the world by its actions and the specification's choices, and what it came to.
type journey struct {
	actions []string
	choices []uint32
	watch   int // after so many actions it is looked which task's cancellation is pending; 0: at the end

	menu    []string
	others  [][]uint32 // the choices with which it goes on otherwise
	state   xxh3.Uint128
	pending *spec.Task // whose cancellation is pending at the watch; nil: none is
	taken   int
	drawn   int
}

// goOn explores what can follow a journey, nearest first, until visit says that it is enough, and reports whether it did.
func goOn(from journey, depth int, visit func(*journey) bool) bool {
	seen := map[xxh3.Uint128]bool{}
	for level := []journey{from}; depth >= 0; depth-- {
		var next []journey
		for len(level) > 0 {
			j := level[0]
			level = level[1:]
			j.travel()
			for _, choices := range j.others {
				level = append(level, journey{actions: j.actions, choices: choices, watch: j.watch})
			}
			if j.menu == nil || seen[j.state] {
				continue
			}
			seen[j.state] = true
			if visit(&j) {
				return true
			}
			for _, a := range j.menu {
				next = append(next, journey{actions: append(slices.Clip(j.actions), a), choices: j.choices, watch: j.watch})
			}
		}
		level = next
	}
	return false
}

// travel makes the run.
func (j *journey) travel() {
	r := model.NewRun(deliveryWorld, spec.Options{Choices: j}, j)
	defer r.Close()
	r.Main()
}

// Next takes the next action, or looks at what there is at the end.
func (j *journey) Next(r *model.Run, at *model.Activation) model.Action {
	if j.taken == j.watch && j.watch > 0 || j.watch == 0 && j.taken == len(j.actions) {
		j.pending = pendingIn(r)
	}
	if j.taken == len(j.actions) {
		for _, a := range r.Menu(at, deliveryWorld.Bounds, model.RightClassIndex) {
			j.menu = append(j.menu, a.String())
		}
		j.state = xxh3.Hash128(r.AppendState(nil))
		return model.Action{}
	}
	a, err := model.ParseAction(r, at, strings.Fields(j.actions[j.taken]))
	if err != nil {
		panic(err)
	}
	j.taken++
	return a
}

// pendingIn is a task whose cancellation is pending; nil: none is.
func pendingIn(r *model.Run) *spec.Task {
	for _, task := range r.Store.AllTasks() {
		if task.State() == spec.TaskPendingCancel {
			return task
		}
	}
	return nil
}

// Choose makes the next choice; beyond those given, the first.
func (j *journey) Choose(_ spec.Site, n int) int {
	if j.drawn == len(j.choices) {
		for other := 1; other < n; other++ {
			j.others = append(j.others, append(slices.Clip(j.choices), uint32(other)))
		}
		j.choices = append(slices.Clip(j.choices), 0)
	}
	j.drawn++
	return int(j.choices[j.drawn-1])
}
