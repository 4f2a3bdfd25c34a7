package properties

import (
	"slices"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"

	"cabi/model"
	"cabi/spec"
)

// The other half of cancel-delivered: from every state in which a task's cancellation is pending, some continuation delivers it. That
// is about many runs, so no checker of one can check it. The test searches a small world, whose guests never block for good,
// and from each state with a pending cancellation searches again, breadth first, for a run that delivers it.

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
	t.Parallel()
	pending := 0
	explore(path{}, deliveryWorld.Bounds.Steps, func(p *path) bool {
		if p.pending == nil {
			return false
		}
		pending++
		from := path{actions: p.actions, choices: p.choices, watch: len(p.actions)}
		if !explore(from, 7, func(later *path) bool { return later.pending.State() == spec.TaskCancelDelivered }) {
			t.Errorf("after %v, no continuation delivers the cancellation of %s", p.actions, p.pending.Func())
		}
		return false
	})
	if pending == 0 {
		t.Error("no cancellation is ever pending")
	}
	t.Logf("in %d states a cancellation is pending", pending)
}

// A path is the actions and choices from the start to a state, as the actor of its run, and what the run found there.
type path struct {
	actions []string
	choices []uint32
	watch   int // pending is read after so many actions; 0: after the last

	menu    []string     // the menu at the state; nil: the run ended before
	others  [][]uint32   // the choices of other paths with the same actions
	state   xxh3.Uint128 // a hash of the state
	pending *spec.Task   // the task whose cancellation is pending at the watch; nil: there is none
	taken   int          // actions
	drawn   int          // choices
}

// explore visits the states that can be reached from that of a path, breadth first, until visit returns true, and reports whether
// it did.
func explore(from path, depth int, visit func(*path) bool) bool {
	seen := map[xxh3.Uint128]bool{}
	for frontier := []path{from}; depth >= 0; depth-- {
		var next []path
		for len(frontier) > 0 {
			p := frontier[0]
			frontier = frontier[1:]
			p.run()
			for _, choices := range p.others {
				frontier = append(frontier, path{actions: p.actions, choices: choices, watch: p.watch})
			}
			if p.menu == nil || seen[p.state] {
				continue
			}
			seen[p.state] = true
			if visit(&p) {
				return true
			}
			for _, a := range p.menu {
				next = append(next, path{actions: append(slices.Clip(p.actions), a), choices: p.choices, watch: p.watch})
			}
		}
		frontier = next
	}
	return false
}

// run makes the run of the path.
func (p *path) run() {
	r := model.NewRun(deliveryWorld, spec.Options{Choices: p}, p)
	defer r.Close()
	r.Main()
}

// Next takes the next action of the path. At its end it reads the state and the menu, and ends the run.
func (p *path) Next(r *model.Run, at *model.Activation) model.Action {
	if p.taken == p.watch && p.watch > 0 || p.watch == 0 && p.taken == len(p.actions) {
		p.pending = pendingIn(r)
	}
	if p.taken == len(p.actions) {
		for _, a := range r.Menu(at, deliveryWorld.Bounds, model.RightClassIndex) {
			p.menu = append(p.menu, a.String())
		}
		p.state = xxh3.Hash128(r.AppendState(nil))
		return model.Action{}
	}
	a, err := model.ParseAction(r, at, strings.Fields(p.actions[p.taken]))
	if err != nil {
		panic(err)
	}
	p.taken++
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

// Choose makes the next choice of the path. Beyond the last it chooses the first candidate, and notes the paths with the others.
func (p *path) Choose(_ spec.Site, n int) int {
	if p.drawn == len(p.choices) {
		for other := 1; other < n; other++ {
			p.others = append(p.others, append(slices.Clip(p.choices), uint32(other)))
		}
		p.choices = append(slices.Clip(p.choices), 0)
	}
	p.drawn++
	return int(p.choices[p.drawn-1])
}
