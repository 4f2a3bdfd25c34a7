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

// Under the deterministic profile the specification is to leave nothing open inside a component: Concurrency.md says of the
// sources of nondeterminism that "each […] can be removed by a host implementing the WebAssembly Deterministic Profile". Which
// thread a tick resumes is the host's choice. The others that are left are choices that DETERMINISTIC_PROFILE of definitions.py
// does not decide: random.choice and random.shuffle are called under it as without it.
var leftOpen = []spec.Site{
	"Store.tick/thread",
	"Task.request_cancellation/thread",
	"WaitableSet.get_pending_event/order",
	"canon_lift/thread",
}

func TestDeterministicProfile(t *testing.T) {
	open := map[spec.Site]bool{}
	for _, name := range []string{"tasks", "threads", "cancel", "events", "error-contexts", "everything"} {
		w := model.WorldByName(name)
		for seed := range uint64(400) {
			wander(w, &wanderer{rng: rand.New(rand.NewPCG(seed, 0)), bounds: w.Bounds, left: 60, open: open})
		}
	}
	wander(model.WorldByName("threads"), &wanderer{rng: rand.New(rand.NewPCG(0, 0)), script: twoCancellable, open: open})
	if got := slices.Sorted(maps.Keys(open)); !slices.Equal(got, leftOpen) {
		t.Errorf("the deterministic profile leaves open: %v, known are %v", got, leftOpen)
	}
}

// twoCancellable has a task cancelled two of whose threads are blocked cancellably.
var twoCancellable = []string{"invoke A.run", "thread.new-indirect i32 1 0", "thread.resume-later 2", "thread.suspend cancellable", "tick",
	"thread.suspend cancellable", "cancel 0"}

func wander(w *model.World, g *wanderer) {
	r := model.NewRun(w, spec.Options{Choices: g, Deterministic: true}, g)
	defer r.Close()
	r.Main()
}

// A wanderer does something for so many actions, and takes note of what the specification leaves open.
type wanderer struct {
	rng    *rand.Rand
	bounds model.Bounds
	left   int
	script []string // what it does first
	open   map[spec.Site]bool
}

func (g *wanderer) Next(r *model.Run, at *model.Activation) model.Action {
	if len(g.script) > 0 {
		words := strings.Fields(g.script[0])
		g.script = g.script[1:]
		a, err := model.ParseAction(r, at, words)
		if err != nil {
			panic(err)
		}
		return a
	}
	menu := r.Menu(at, g.bounds, model.RightClassIndex)
	if g.left--; g.left < 0 || len(menu) == 0 {
		return model.Action{}
	}
	return menu[g.rng.IntN(len(menu))]
}

func (g *wanderer) Choose(site spec.Site, n int) int {
	g.open[site] = true
	return g.rng.IntN(n)
}

func (g *wanderer) Bits(site spec.Site, _ int) uint64 {
	g.open[site] = true
	return 0
}
