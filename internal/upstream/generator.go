package upstream

import (
	"math"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A generator is the actor of a random run: it decides what guests and the host do. As a rule it takes an action that the
// state allows, so that runs get far; in some runs it takes any action now and then. It is a function of its chooser:
// whoever adds, removes or reorders a draw gives every seed another run.
type generator struct {
	chooser
	rec         *recorder
	left        int            // actions until the run winds down
	invalid     int            // in so many actions, one is any at all; 0: none is
	manyThreads bool           // tasks make many threads, which mostly wait to be cancelled
	favour      map[string]int // how much more often actions of a group come, by the group's prefix
	queue       []model.Action // the next actions, whatever happens until then
	missing     *model.Action  // makes a handle that core values should have had and the instance has not; nil: all are there

	// Of the menu that the generator is at:
	run   *model.Run
	at    *model.Activation
	state stateView

	options options // those of the menu
}

func newGenerator(c chooser, rec *recorder) *generator {
	g := &generator{chooser: c, rec: rec, left: 20 + c.IntN(40), favour: map[string]int{}}
	g.invalid = pick(c, []int{0, 0, 0, 0, 0, 0, 0, 120, 25})
	g.manyThreads = c.oneIn(12)
	groups := []string{"resource", "stream", "future", "thread", "subtask", "waitable", "call", "task", "error", "context", "backpressure",
		"return", "return", "invoke", "cancel", "tick", "host", "shared"}
	for range 1 + c.IntN(3) {
		g.favour[pick(c, groups)] = 2 + c.IntN(6)
	}
	return g
}

// Next chooses the next action.
func (g *generator) Next(run *model.Run, at *model.Activation) model.Action {
	if a, ok := g.queued(); ok {
		return a
	}
	g.left--
	g.observe(run, at)
	switch at.Kind {
	case model.KindHost:
		return g.host()
	case model.KindHostFunc, model.KindHostCancel, model.KindHostShared:
		return g.hostInCall()
	default:
		return g.guest()
	}
}

// queued takes the first action of the queue.
func (g *generator) queued() (model.Action, bool) {
	if len(g.queue) == 0 {
		return model.Action{}, false
	}
	a := g.queue[0]
	g.queue = g.queue[1:]
	return a, true
}

// observe reads the state at a menu.
func (g *generator) observe(run *model.Run, at *model.Activation) {
	g.run, g.at = run, at
	g.state.read(run, g.rec.state)
}

// guest chooses an action of core code. Validation would refuse resource.new and resource.rep of a type that the instance does not
// define: waitable-set.new and resource.drop stand in for them.
func (g *generator) guest() model.Action {
	a := g.anyGuest()
	switch {
	case a.Op == "resource.new" && !g.defines(a.Imm[0]):
		return action("waitable-set.new", nil)
	case a.Op == "resource.rep" && !g.defines(a.Imm[0]):
		a.Op = "resource.drop"
	}
	return a
}

// anyGuest chooses an action of core code, valid or not.
func (g *generator) anyGuest() model.Action {
	if g.invalid > 0 && g.oneIn(g.invalid) {
		if a, ok := g.nearMiss(); ok && !g.oneIn(3) {
			return a
		}
		return g.anyAction()
	}
	if a, ok := g.rare(); ok {
		return a
	}
	mayLeave := g.state.flag(g.at.Actor, "may_leave")
	if !mayLeave && (g.invalid > 0 && g.oneIn(5) || g.oneIn(60)) {
		return g.anyAction()
	}
	return g.validAction(mayLeave)
}

// validAction chooses among the actions that the state allows.
func (g *generator) validAction(mayLeave bool) model.Action {
	o := g.newOptions()
	if g.left > 0 && mayLeave {
		g.addBuiltins(o)
	}
	if g.left > -40 {
		g.addTaskEnds(o)
	}
	g.addReturns(o)
	a, ok := o.choose()
	if !ok {
		return g.anyReturn()
	}
	return a
}

// rare is an action that reaches something that the other ways to choose one seldom lead to; false: this time there is none.
func (g *generator) rare() (model.Action, bool) {
	switch {
	case g.manyThreads && g.at.Kind == model.KindThread && g.left > 0 && g.oneIn(2):
		return action(pick(g.chooser, []string{"thread.suspend", "thread.yield"}), []string{"cancellable"}), true
	case g.at.Kind == model.KindRealloc && g.state.flag(g.at.Actor, "may_enter") && g.oneIn(40):
		return g.anyCall()
	case g.oneIn(900):
		return g.misuse()
	case g.state.field(g.state.runningTask(), "state") == "CANCEL_DELIVERED" && g.state.flag(g.at.Actor, "may_leave") && g.oneIn(4):
		return g.callParent()
	}
	return model.Action{}, false
}

// action is an action with numbers that are ints.
func action(op string, imm []string, args ...uint64) model.Action {
	a := model.Action{Op: op, Imm: imm}
	for _, v := range args {
		a.Args = append(a.Args, spec.CoreInt(v))
	}
	return a
}

// async is the word for how a built-in is called: sync once in n.
func async(c chooser, n int) string {
	if c.oneIn(n) {
		return "sync"
	}
	return "async"
}

// cancellable is the word for whether a built-in that blocks returns when its task is cancelled.
func cancellable(c chooser) string {
	if c.oneIn(3) {
		return "uncancellable"
	}
	return "cancellable"
}

// funcOf is the function of that name, or that the callback or post-return of that name belongs to.
func (g *generator) funcOf(name string) model.Func {
	name, _, _ = strings.Cut(name, ".callback")
	name, _, _ = strings.Cut(name, ".post-return")
	for _, f := range g.run.World.Funcs {
		if f.Name == name {
			return f
		}
	}
	return model.Func{}
}

// taskFunc is the name of the function that a task is a call of: "A.f0" in "task1 inst=A A.f0:async-func()->() …".
func taskFunc(line string) string {
	words := strings.SplitN(line, " ", 4)
	if len(words) < 3 {
		return ""
	}
	name, _, _ := strings.Cut(words[2], ":")
	return name
}

// compact writes the name of a type as one word, as actions have it.
func compact(name string) string { return strings.ReplaceAll(name, ", ", ",") }

// pointer is an address for a built-in: as a rule an aligned one within memory.
func (g *generator) pointer(alignment uint64) uint64 {
	if g.oneIn(30) {
		return memoryOf(g.run.World, g.at.Actor) - 8
	}
	if g.oneIn(300) {
		return pick(g.chooser, []uint64{1, 2, 252, 255, 256, 1 << 31})
	}
	return g.Uint64N(120) / alignment * alignment
}

// text is eight bytes that are likely to be text in some encoding, or small numbers.
func (g *generator) text() uint64 {
	return pick(g.chooser, []uint64{0x0000000100000004, 0x6867666564636261, 0x00620061c3a9c3a9, 0x80cf81cf41414141,
		0xde00d83d00e90061, 0x0000000200000001, 0xd83d, 0xff, 0x9f98f09f9880f061, g.Uint64()})
}

// syncTask reports whether the running task is a call of a sync function.
func (g *generator) syncTask() bool {
	line := g.state.lines[g.state.runningTask()]
	return !strings.Contains(line, ":async-func(")
}

// blockable is the n for an action that may block and is taken once in n. A sync function that blocks is likely to trap:
// there it is taken far less often.
func (g *generator) blockable(n int) int {
	if g.syncTask() {
		return 40 * n
	}
	return n
}

// mask has the bits set that a value of a core type has.
func mask(t spec.CoreType) uint64 {
	if t == spec.I32 {
		return math.MaxUint32
	}
	return math.MaxUint64
}
