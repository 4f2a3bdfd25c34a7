package model

import (
	"cmp"
	"math"
	"slices"

	"cabi/spec"
)

// A Search says what to explore, and how far.
type Search struct {
	World      *World
	Variant    *spec.Variant
	Properties []*Property
	Bounds     Bounds
	MaxStates  int // stop early at so many states; 0: never
	// MaxTransitions stops the search early after so many actions; 0: never.
	MaxTransitions int
	// From is a trace that was run again: the search starts from its end, which the bound on actions counts from; nil: it
	// starts where the world does. Random walks ignore it.
	From *Replay
	// Menu returns the actions that are tried in an activation, in place of those that the world's menus offer; nil: those.
	// Random walks ignore it.
	Menu func(r *Run, at *Activation) []Action
	Workers    int // 0: one. What is found does not depend on it.
	// KeepGoing goes on after a violation, and collects the first of each kind.
	KeepGoing bool
	// DepthFirst explores depth first, which finds what is deep sooner, and not the shortest.
	DepthFirst bool
	// Random walks at random instead of exploring everything; nil: it explores.
	Random *Random
	// Full turns the reductions off: states that differ only in the numbers of indices are told apart although nothing
	// looks at them, and every order of a shuffle is explored.
	Full bool
	// Replay makes a store and a run of its own for every transition. Otherwise those before are used again, and an action that
	// leaves the stacks as they were is taken back, and another taken in the same run. What is found is the same.
	Replay        bool
	Without       map[spec.Site]bool // traps and asserts that are switched off; nil: none
	Deterministic bool               // the deterministic profile; false: as upstream, not
	// Memory is about how many bytes of memory the states may take that are visited or to be explored; what is more goes to a
	// file in the directory Disk. 0: as many as there are. The others are "" and 0 for those of the system. Breadth first only.
	Memory     int64
	Dir        string
	Checkpoint Checkpoint // breadth first only
	Resume     string     // the checkpoint to go on from; "": from the start
	// Progress is called now and then with what was found so far; nil: nobody wants to know. If it returns false, the
	// search stops early.
	Progress func(*Report) bool
	// Found is told of each kind of violation when it is first found; nil: nobody wants to know.
	OnViolation func(*Violation)

	tweak tweak
}

// A Report is what a search found.
type Report struct {
	States      int // distinct ones; of random walks, distinct shapes of states and their parts
	Runs        int // random walks
	Transitions int // actions taken
	Depth       int // of the deepest state, in actions
	Frontier    int // states that were not explored further; 0: the search is exhaustive
	AtBound     int // states at the bound on steps, which have further actions
	// Stops are how often each site stopped a run.
	Stops map[string]int
	// Never are the actions that the world's menus offer and that were never taken, as "A: resource.new R".
	NeverTaken []string
	// Taken are how often each action of the menus was taken.
	Taken map[string]int
	// Passed are the traps and asserts that were evaluated and never fired.
	NeverFired []spec.Site
	// Exercised are the properties that could have been violated: what they speak of happened.
	Exercised  []string
	Violations []*Violation // the first of each kind, in the order in which they were found
	Stopped    bool         // stopped early
	Err        error        // why, if it is the disk or a checkpoint; nil: it is not
	Memory     int64        // bytes that visited states take in memory
	Disk       int64        // bytes that states take on disk
	Reduced    bool         // states that differ only in the numbers of indices were taken for one
}

// Violation is the first violation; nil: none.
func (r *Report) Violation() *Violation {
	if len(r.Violations) == 0 {
		return nil
	}
	return r.Violations[0]
}

// CollisionProbability bounds the probability that two different states were taken for one.
func (r *Report) CollisionProbability() float64 {
	return float64(r.States) * float64(r.States) / math.Pow(2, 129)
}

// A Violation is a counterexample.
type Violation struct {
	Property string
	Kind     string // what tells it from other violations of the property: a site, or what is stuck; may be empty
	Message  string
	Actions  int // how many led to it
	Trace    *Trace
}

// Key tells the kinds of violations apart.
func (v *Violation) Key() string { return v.Property + "/" + v.Kind }

// Interesting orders violations, the most interesting first: failing asserts and crashes of the specification, then the
// shorter.
func CompareViolations(a, b *Violation) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Actions, b.Actions), cmp.Compare(a.Key(), b.Key()))
}

func rank(v *Violation) int {
	return slices.Index([]string{"no-assertion-failure", "no-crash"}, v.Property) & 3 // others: -1, so 3
}

// Run explores.
func (s Search) Run() *Report {
	e := newExplorer(s)
	defer e.close()
	switch {
	case s.Random != nil:
		e.randomly()
	case s.DepthFirst:
		e.depthFirst()
	default:
		newBreadthFirst(e).run()
	}
	return e.finish()
}

// reduced reports whether states that differ only in the numbers of indices may be taken for one: nothing looks at them.
func (s *Search) mayReduce() bool {
	inMemory := slices.ContainsFunc(compileWorld(s.World).templates, func(t *template) bool { return t.action.Op == "memory.store" })
	if s.Full || !s.World.RightClass || s.World.Limits.TableLength > 0 || inMemory {
		return false
	}
	return !slices.ContainsFunc(s.Properties, func(p *Property) bool { return p.Indices })
}

// NewRun makes a run of the search's world, as the search makes it.
func (s Search) NewRun(actor Actor, choices spec.Choices, checkers ...Checker) *Run {
	return NewRun(s.World, s.options(choices), actor, checkers...)
}

// options are those of the stores that the search makes.
func (s *Search) options(choices spec.Choices) spec.Options {
	options := spec.Options{Choices: choices, Variant: s.Variant, Without: s.Without, Deterministic: s.Deterministic}
	options.Limits.RandomIndices = randomIndices(s.Bounds.Handles)
	return options
}

// Record runs actions and choices, and returns what happened as the trace of a violation.
func (s Search) Record(actions []Action, choices []uint32, v *Violation) *Trace {
	e := newExplorer(s)
	defer e.close()
	return e.tracer.trace(path{actions: actions, choices: choices}, v)
}

// A tweak is what tests change about a search, to show that what is changed is needed.
type tweak struct {
	mergeNothing bool                                               // no two states are taken for one
	rewrite      func(state []byte) []byte                          // what fingerprints are of
	onState      func(e *explorer, to path, r *successor, met bool) // hears of each state that a run came to
}
