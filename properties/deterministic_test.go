package properties

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// leftOpen are the choices that the specification makes under the deterministic profile. Inside a component it should make none:
// Concurrency.md says of the sources of nondeterminism that "each […] can be removed by a host implementing the WebAssembly
// Deterministic Profile". The thread that a tick resumes is the host's choice. The others are calls of random.choice and
// random.shuffle that definitions.py makes under DETERMINISTIC_PROFILE, too.
var leftOpen = []spec.Site{
	"Store.tick/thread",
	"Task.request_cancellation/thread",
	"WaitableSet.get_pending_event/order",
	"canon_lift/thread",
}

func TestDeterministicProfile(t *testing.T) {
	t.Parallel()
	open := map[spec.Site]bool{}
	for _, name := range []string{"tasks", "threads", "cancel", "events", "error-contexts", "everything"} {
		w := model.WorldByName(name)
		for seed := range uint64(400) {
			runRandomly(w, &randomActor{rng: rand.New(rand.NewPCG(seed, 0)), bounds: w.Bounds, left: 60, open: open})
		}
	}
	runRandomly(model.WorldByName("threads"), &randomActor{rng: rand.New(rand.NewPCG(0, 0)), prefix: twoCancellable, open: open})
	if got := slices.Sorted(maps.Keys(open)); !slices.Equal(got, leftOpen) {
		t.Errorf("the deterministic profile leaves open: %v, known are %v", got, leftOpen)
	}
}

// twoCancellable are actions that lead to the cancellation of a task two of whose threads are blocked cancellably.
var twoCancellable = []string{"invoke A.run", "thread.new-indirect i32 1 0", "thread.resume-later 2", "thread.suspend cancellable", "tick",
	"thread.suspend cancellable", "cancel 0"}

// runRandomly makes a run under the deterministic profile.
func runRandomly(w *model.World, a *randomActor) {
	r := model.NewRun(w, spec.Options{Choices: a, Deterministic: true}, a)
	defer r.Close()
	r.Main()
}

// A randomActor takes some given actions and then random ones, makes random choices, and notes their sites.
type randomActor struct {
	rng    *rand.Rand
	bounds model.Bounds
	left   int      // how many random actions it still takes
	prefix []string // the actions that it takes first
	open   map[spec.Site]bool
}

func (a *randomActor) Next(r *model.Run, at *model.Activation) model.Action {
	if len(a.prefix) > 0 {
		words := strings.Fields(a.prefix[0])
		a.prefix = a.prefix[1:]
		action, err := model.ParseAction(r, at, words)
		if err != nil {
			panic(err)
		}
		return action
	}
	menu := r.Menu(at, a.bounds, model.RightClassIndex)
	if a.left--; a.left < 0 || len(menu) == 0 {
		return model.Action{}
	}
	return menu[a.rng.IntN(len(menu))]
}

func (a *randomActor) Choose(site spec.Site, n int) int {
	a.open[site] = true
	return a.rng.IntN(n)
}

func (a *randomActor) Bits(site spec.Site, _ int) uint64 {
	a.open[site] = true
	return 0
}
