package model

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// A Search says what to explore, and how far.
type Search struct {
	World      *World
	Variant    *spec.Variant
	Properties []*Property
	Steps      int // the bound on actions; 0: none
	Handles    int // the bound on live handles before no new ones are made; 0: none
	MaxStates  int // stop early at so many states; 0: never
	// Progress is called now and then with what was found so far; nil: nobody wants to know. If it returns false, the
	// search stops early.
	Progress func(Report) bool
}

// A Report is what a search found.
type Report struct {
	States      int            // distinct ones
	Transitions int            // actions taken
	Depth       int            // of the deepest state, in actions
	Frontier    int            // states that were not explored further; 0: the search is exhaustive
	Cut         int            // states at the bound on steps, which have further actions
	Stops       map[string]int // how often each site stopped a run
	Taken       map[string]int // how often each action of the menus was taken, as "A: resource.new R"
	Violation   *Violation     // the first and shortest; nil: none
	Stopped     bool           // stopped early
}

// CollisionProbability bounds the probability that two different states were taken for one.
func (r Report) CollisionProbability() float64 {
	return float64(r.States) * float64(r.States) / math.Pow(2, 129)
}

// Never are the actions that the world's menus offer and that were never taken.
func (r Report) Never(w *World) []string {
	var never []string
	for _, actor := range slices.Sorted(maps.Keys(w.Menus)) {
		for _, action := range w.Menus[actor] {
			if key := actor + ": " + action; r.Taken[key] == 0 {
				never = append(never, key)
			}
		}
	}
	return never
}

// A Violation is a counterexample.
type Violation struct {
	Property string
	What     string
	Actions  int // how many led to it
	Trace    *Trace
}

// errAtMenu is what a search stops a run with at the menu at the end of a path.
var errAtMenu = errors.New("stopped at a menu")

// A node is a state that was reached: from its parent, by an action and the specification's choices in it.
type node struct {
	parent  int32
	depth   int32
	action  Action
	choices []uint32
	menu    []Action // what can be done there; nil once that was explored
}

type fingerprint = xxh3.Uint128

type explorer struct {
	Search
	nodes   []node
	visited map[fingerprint]struct{}
	report  Report
	pool    spec.Pool
	buf     []byte
}

// Run explores breadth first, so that the first violation is one of the shortest.
func (s Search) Run() Report {
	e := &explorer{Search: s, visited: map[fingerprint]struct{}{}}
	e.report.Stops, e.report.Taken = map[string]int{}, map[string]int{}
	defer e.pool.Close()
	e.explore(-1, path{})
	for i := 0; i < len(e.nodes) && e.report.Violation == nil && !e.report.Stopped; i++ {
		e.expand(int32(i))
	}
	return e.report
}

// expand takes every action of a node's menu.
func (e *explorer) expand(i int32) {
	e.report.Frontier = len(e.nodes) - int(i) - 1 + e.report.Cut
	if e.Steps > 0 && int(e.nodes[i].depth) >= e.Steps {
		e.report.Cut++
		e.report.Frontier++
		return
	}
	to := e.path(i)
	for _, a := range e.nodes[i].menu {
		e.explore(i, path{append(slices.Clip(to.actions), a), to.choices})
		if e.report.Violation != nil {
			return
		}
	}
	e.nodes[i].menu = nil
	e.tell(i)
}

// tell reports progress, and hears whether to go on.
func (e *explorer) tell(i int32) {
	if e.MaxStates > 0 && e.report.States >= e.MaxStates && e.report.Frontier > 0 {
		e.report.Stopped = true
	}
	if e.Progress != nil && i%256 == 0 && !e.Progress(e.report) {
		e.report.Stopped = true
	}
}

// A path is what leads from the start to a state.
type path struct {
	actions []Action
	choices []uint32
}

// path is the path to a node.
func (e *explorer) path(i int32) path {
	var to path
	for ; i >= 0; i = e.nodes[i].parent {
		n := &e.nodes[i]
		if n.parent >= 0 {
			to.actions = append(to.actions, n.action)
		}
		for k := len(n.choices) - 1; k >= 0; k-- {
			to.choices = append(to.choices, n.choices[k])
		}
	}
	slices.Reverse(to.actions)
	slices.Reverse(to.choices)
	return to
}

// explore makes the run of a path and, where the specification chooses beyond its end, of every way to go on.
func (e *explorer) explore(parent int32, to path) {
	known := len(to.choices)
	pending := [][]uint32{to.choices}
	for len(pending) > 0 && e.report.Violation == nil {
		p := &player{path: path{to.actions, pending[len(pending)-1]}, handles: e.Handles}
		pending = pending[:len(pending)-1]
		e.run(parent, p, known)
		pending = append(pending, p.alternatives...)
	}
}

func (e *explorer) run(parent int32, p *player, known int) {
	r := e.newRun(p)
	defer r.Close()
	atMenu := p.main(r)
	e.count(parent, r, p)
	if property, what := r.Violation(); what != "" {
		e.report.Violation = &Violation{property, what, len(p.actions), e.trace(p.path, property, what)}
		return
	}
	if atMenu {
		e.visit(parent, r, p, known)
	}
}

func (e *explorer) newRun(p *player) *Run {
	checkers := make([]Checker, len(e.Properties))
	for i, property := range e.Properties {
		checkers[i] = property.New()
	}
	options := spec.Options{Choices: p, Variant: e.Variant, Pool: &e.pool}
	options.Limits.RandomIndices = randomIndices(e.Handles)
	return NewRun(e.World, options, p, checkers...)
}

// randomIndices is from how many indices a random numbering draws here: as many as there may be handles.
func randomIndices(handles int) uint64 {
	if handles > 0 {
		return uint64(max(handles, 2))
	}
	return 4
}

// count books what a run did last.
func (e *explorer) count(parent int32, r *Run, p *player) {
	if parent >= 0 {
		e.report.Transitions++
		e.report.Taken[p.lastOf+": "+p.actions[len(p.actions)-1].template()]++
	}
	if r.Stopped != nil {
		e.report.Stops[siteOf(r.Stopped)]++
	}
}

// siteOf names where the specification stopped a run.
func siteOf(err error) string {
	var trap *spec.Trap
	var failure *spec.AssertionFailure
	var crash *spec.Crash
	switch {
	case errors.As(err, &trap):
		return string(trap.Site)
	case errors.As(err, &failure):
		return string(failure.Site)
	case errors.As(err, &crash):
		return crash.Function + "/" + crash.Exception
	default:
		return "exception"
	}
}

// visit remembers the state that a run has reached, if it is new.
func (e *explorer) visit(parent int32, r *Run, p *player, known int) {
	e.buf = r.AppendState(e.buf[:0])
	h := xxh3.Hash128(e.buf)
	if _, met := e.visited[h]; met {
		return
	}
	e.visited[h] = struct{}{}
	n := node{parent: parent, choices: p.choices[known:], menu: p.menu}
	if parent >= 0 {
		n.depth, n.action = e.nodes[parent].depth+1, p.actions[len(p.actions)-1]
	}
	e.nodes = append(e.nodes, n)
	e.report.States++
	e.report.Depth = max(e.report.Depth, int(n.depth))
}

// trace runs a path again and records it.
func (e *explorer) trace(to path, property, what string) *Trace {
	p := &player{path: to, handles: e.Handles}
	r := e.newRun(p)
	defer r.Close()
	r.log = &log{}
	p.main(r)
	r.log.flush()
	return &Trace{World: e.World, Variant: e.Variant, Choices: to.choices, Lines: r.log.lines,
		Violates: fmt.Sprintf("%s: %s", property, what)}
}

// A player follows a path, as the actor and as the specification's choices. At its end it stops the run at the next menu.
type player struct {
	path
	action, choice int // how many were played
	handles        int
	menu           []Action   // of where it stopped
	lastOf         string     // who took the last action
	alternatives   [][]uint32 // the choices with which the specification goes on otherwise
}

// main makes the run, and says whether it stopped at a menu because the path ended.
func (p *player) main(r *Run) (atMenu bool) {
	defer func() {
		if got := recover(); got != nil {
			if got != errAtMenu {
				panic(got)
			}
			atMenu = true
		}
	}()
	r.Main()
	return false
}

// Next plays the next action.
func (p *player) Next(r *Run, at *Activation) Action {
	if p.action == len(p.actions) {
		p.menu = r.Menu(at, p.handles, Everything)
		panic(errAtMenu)
	}
	p.lastOf = at.Actor
	p.action++
	return p.actions[p.action-1]
}

// Choose plays the next choice. Beyond the path it is 0, and the others are alternatives.
func (p *player) Choose(_ spec.Site, n int) int {
	if p.choice == len(p.choices) {
		for other := n - 1; other > 0; other-- {
			p.alternatives = append(p.alternatives, append(slices.Clip(p.choices), uint32(other)))
		}
		p.choices = append(slices.Clip(p.choices), 0)
	}
	p.choice++
	return int(p.choices[p.choice-1])
}

// Bits chooses among representatives: no bits, and all bits.
func (p *player) Bits(site spec.Site, k int) uint64 {
	return -uint64(p.Choose(site, 2)) >> (64 - k)
}

// Shuffle draws as CPython's random.shuffle does.
func (p *player) Shuffle(site spec.Site, n int, swap func(i, j int)) {
	spec.ShuffleByChoice(p, site, n, swap)
}
