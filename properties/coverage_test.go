package properties

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// The coverage of the exhausted worlds: the built-ins, the states of everything that has states, the events, and the promises that
// were exercised. A promise that is never exercised holds vacuously.

// A coverage has the names of all that was reached, such as "CopyState DONE".
type coverage struct {
	lock   sync.Mutex
	worlds int
	seen   map[string]bool
}

func (c *coverage) add(kind string, what any) {
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[fmt.Sprintf("%s %v", kind, what)] = true
}

// report adds what a search reports as reached.
func (c *coverage) report(r *model.Report) {
	for what, times := range r.Taken {
		if _, action, _ := strings.Cut(what, ": "); times > 0 {
			c.add("action", strings.Fields(action)[0])
		}
	}
	for _, name := range r.Exercised {
		c.add("promise", name)
	}
}

func (c *coverage) merge(other *coverage) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.worlds++
	for what := range other.seen {
		if c.seen == nil {
			c.seen = map[string]bool{}
		}
		c.seen[what] = true
	}
}

// property is one that always holds, and whose checkers add what they see to the coverage. The coverage is no part of a run, which
// would be put back with it: so the checkers have a function that captures it. Several searches call it at a time. It compares
// values, and makes a text of each only once, since that is slow.
func (c *coverage) property() *model.Property {
	known := map[any]bool{}
	note := func(kind string, what any) {
		c.lock.Lock()
		defer c.lock.Unlock()
		if !known[what] {
			known[what] = true
			c.add(kind, what)
		}
	}
	return &model.Property{Name: "seen", New: func() model.Checker { return &coverageChecker{model.BaseChecker{Name: "seen"}, note} }}
}

// A coverageChecker notes everything that a state has.
type coverageChecker struct {
	model.BaseChecker
	note func(kind string, what any)
}

func (s *coverageChecker) State(r *model.Run) {
	for _, task := range r.Store.AllTasks() {
		s.note("Task.State", task.State())
	}
	for _, t := range r.Store.AllThreads() {
		s.note("thread waits for", t.WaitsFor().Kind)
	}
	for _, slot := range r.Elements() {
		s.note("class", spec.ClassOf(slot.Element))
		if t, ok := slot.Element.(*spec.Subtask); ok {
			s.note("Subtask.State", t.State())
		}
		if state, ok := spec.CopyStateOf(slot.Element); ok {
			s.note("CopyState", state)
		}
		if ev, has := spec.PendingEvent(slot.Element); has && spec.SharedOf(slot.Element) != nil {
			s.note("CopyResult", ev.Result)
		}
	}
}

// Entered notes the events that callbacks are called with.
func (s *coverageChecker) Entered(_ *model.Run, at *model.Activation) {
	s.note("core code is", at.Kind)
	if at.Kind == model.KindCallback {
		s.note("EventCode", spec.EventCode(at.Args[0].Uint64()))
	}
}

// Done notes the events that waiting and polling return.
func (s *coverageChecker) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending != nil && (at.Pending.Op == "waitable-set.wait" || at.Pending.Op == "waitable-set.poll") {
		s.note("EventCode", spec.EventCode(results[0].Uint64()))
	}
}

// Left notes the codes that callbacks return.
func (s *coverageChecker) Left(_ *model.Run, at *model.Activation) {
	if at.Packed && at.Pending.Op == "return" {
		s.note("CallbackCode", spec.CallbackCode(at.Pending.Args[0].Uint64()&0xf))
	}
}

// reachable are the names of all that a run may reach.
func reachable() []string {
	var all []string
	for _, op := range model.Ops() {
		if !model.IsLoad(op) {
			all = append(all, "action "+op)
		}
	}
	for _, p := range Promises() {
		all = append(all, "promise "+p.Name)
	}
	all = append(all, named("Task.State", spec.TaskInitial, spec.TaskResolved)...)
	all = append(all, named("Subtask.State", spec.SubtaskStarting, spec.SubtaskCancelledBeforeReturned)...)
	all = append(all, named("CopyState", spec.CopyStateIdle, spec.CopyStateDone)...)
	all = append(all, named("CopyResult", spec.CopyCompleted, spec.CopyCancelled)...)
	all = append(all, named("EventCode", spec.EventNone, spec.EventTaskCancelled)...)
	all = append(all, named("CallbackCode", spec.CallbackExit, spec.CallbackWait)...)
	all = append(all, named("thread waits for", spec.WaitsNot, spec.WaitsForHost)...)
	all = append(all, named("class", spec.ClassResourceHandle, spec.ClassErrorContext)...)
	return append(all, named("core code is", model.KindFunc, model.KindHostShared)...)
}

// named are the values of an enumeration.
func named[E interface {
	~uint8 | ~uint64
	fmt.Stringer
}](kind string, first, last E) []string {
	var all []string
	for e := first; e <= last; e++ {
		all = append(all, fmt.Sprintf("%s %v", kind, e))
	}
	return all
}

// unreached are those that no exhausted world reaches, with the reasons.
var unreached = map[string]string{
	"action stop":               "the host's end of a run, which is no action of a menu",
	"class waitable":            "it is a name for several classes: no element is of it",
	"thread waits for the host": "it is for embedders that block threads by ready functions of their own; the host of worlds does not",
}

// check checks that everything was reached but the unreached.
func (c *coverage) check(t *testing.T) {
	exhaustible := slices.DeleteFunc(slices.Clone(model.Worlds), func(w *model.World) bool { return w.Random })
	if t.Failed() || c.worlds < len(exhaustible) {
		return // the test ran for some of the worlds only
	}
	all := reachable()
	for _, what := range all {
		switch why, known := unreached[what]; {
		case c.seen[what] && known:
			t.Errorf("%s is reached, and the list says not: %s", what, why)
		case c.seen[what]:
			t.Logf("reached: %s", what)
		case known:
			t.Logf("not reached: %s: %s", what, why)
		default:
			t.Errorf("no world reaches: %s", what)
		}
	}
	for what := range unreached {
		if !slices.Contains(all, what) {
			t.Errorf("there is no %s", what)
		}
	}
}

// branches are all choices of the specification but for bits. Of each, random runs must choose the first candidate and another one.
var branches = []spec.Site{
	"Store.tick/thread", "Task.request_cancellation/thread", "Thread.wait_until/go-on", "WaitableSet.get_pending_event/order",
	"canon_lift/thread", "canon_error_context_new/discard",
}

// choosing are runs that begin with actions that lead to a choice, by its site. Random runs hardly ever come to it.
var choosing = map[spec.Site]struct {
	world  string
	prefix []string
}{
	"Task.request_cancellation/thread": {"threads", twoCancellable},
	"canon_lift/thread": {"threads", []string{"invoke A.sync", "thread.new-indirect i32 1 0", "thread.resume-later 2",
		"thread.new-indirect i32 1 0", "thread.resume-later 3", "thread.suspend uncancellable"}},
	"WaitableSet.get_pending_event/order": {"events", []string{"stream.new u8", "waitable-set.new", "waitable.join 1 3", "waitable.join 2 3",
		"stream.read u8 async 1 0 1", "stream.write u8 async 2 0 1", "waitable-set.poll uncancellable 3 0"}},
}

// TestBranches checks that random runs take every branch of every choice, as searches do. The bits of NaNs are drawn in
// values_test.go.
func TestBranches(t *testing.T) {
	seen := coverage{}
	for seed := range uint64(60) {
		for _, w := range model.Worlds {
			seen.branch(w, randomActor{rng: rand.New(rand.NewPCG(seed, 0)), bounds: w.Bounds, left: 60})
		}
		for _, c := range choosing {
			seen.branch(model.WorldByName(c.world), randomActor{rng: rand.New(rand.NewPCG(seed, 0)), prefix: c.prefix})
		}
	}
	for _, site := range branches {
		for _, branch := range []string{"first", "other"} {
			if what := fmt.Sprintf("%s %s", site, branch); !seen.seen["choice "+what] {
				t.Errorf("not taken: %s", what)
			}
		}
	}
	for what := range seen.seen {
		site, _, _ := strings.Cut(strings.TrimPrefix(what, "choice "), " ")
		if !slices.Contains(branches, spec.Site(site)) {
			t.Errorf("there is a choice more: %s", site)
		}
		t.Logf("taken: %s", what)
	}
}

// branch makes a run, and adds the branches that are taken.
func (c *coverage) branch(w *model.World, g randomActor) {
	g.open = map[spec.Site]bool{}
	b := &branchRecorder{g, c}
	r := model.NewRun(w, spec.Options{Choices: b}, &b.randomActor)
	defer r.Close()
	r.Main()
}

// A branchRecorder is a randomActor that adds the branches that it takes to a coverage.
type branchRecorder struct {
	randomActor
	*coverage
}

func (b *branchRecorder) Choose(site spec.Site, n int) int {
	chosen := b.randomActor.Choose(site, n)
	branch := "other"
	if chosen == 0 {
		branch = "first"
	}
	b.add("choice", string(site)+" "+branch)
	return chosen
}
