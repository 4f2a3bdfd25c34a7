package model

import (
	"slices"

	"cabi/spec"
)

// A Search says what to explore, and how far.
type Search struct {
	World      *World
	Variant    *spec.Variant
	Source     *Source // the definitions.py that runs are made on; nil: they are made on the port
	Properties []*Property
	Bounds     Bounds
	MaxStates  int // the search stops early at so many states; 0: it does not
	// MaxTransitions has the search stop early after so many actions; 0: it does not.
	MaxTransitions int
	// Enough is how many actions are enough to explore no further level, if the bounds have none on actions: the levels that were
	// begun before are explored as a whole, and how many they are is the bound then. 0: no number is. Breadth first only.
	Enough int
	// From is a replay at whose end the search starts. The bound on steps counts from there. nil: the search starts
	// where the world does. Breadth first only.
	From *Replay
	// Menu returns the actions that are tried in an activation, in place of the world's menus; nil: those. Random walks ignore it.
	Menu    func(r *Run, at *Activation) []Action
	Workers int // 0: one. The report does not depend on it.
	// KeepGoing has the search go on after a violation, and collect the first of each kind.
	KeepGoing bool
	// ByShape has violations of one kind be told apart by their shapes (Violation.Shape), and what is violated already not be told again.
	ByShape bool
	// DepthFirst explores depth first, which finds deep violations sooner, but not the shortest.
	DepthFirst bool
	// Random walks at random instead of exploring everything; nil: it explores.
	Random *Random
	// Full turns the reductions off: states that differ only in the numbers of indices are not merged, even if no property compares
	// indices, and every order of a shuffle is explored.
	Full bool
	// Replay makes a run, a store and checkers of its own for every transition, on coroutines. Otherwise runs are on frames, and are put back
	// to the states on their way. The report is the same.
	Replay bool
	// Verify has the first and every so manieth transition of a search on frames made again on coroutines, by the port's own functions, and
	// compared; of random walks, the state that the walk with such a transition ends in. A difference ends the search with an error. 0: none is.
	Verify        int
	Without       map[spec.Site]bool // traps and asserts that are switched off; nil: none
	Deterministic bool               // the deterministic profile; false: as upstream, not
	// Memory is about how many bytes of memory the visited states and the frontier may take; those that do not fit go to a file in
	// the directory Dir. 0: there is no limit; "": the directory of temporary files. Breadth first only.
	Memory     int64
	Dir        string
	Checkpoint Checkpoint // breadth first only
	Resume     string     // the checkpoint to go on from; "": the search begins at the start
	// Progress is called now and then with the report so far. If it returns false, the search stops early. It may be nil.
	Progress func(*Report) bool
	// OnViolation is called with the first violation of each kind when it is found. It may be nil.
	OnViolation func(*Violation)

	apart         bool             // states that differ only in the numbers of indices, or by a swap of types, are never merged
	notTaken      []string         // actions of the menus that the definitions.py has not
	otherTypes    []OtherCoreTypes // actions that have other core types on it than at the pin
	changed       *changedSet      // what a definitions.py has not, or in another way; nil: runs are the port's
	changedBefore int              // how much of it was known when the search began
	tweak         tweak
}

// EnoughTransitions is Enough for a world that says no bound on actions: at least so many are explored then.
const EnoughTransitions = 50000

// A tweak changes a search for a test, which shows that the search depends on what is changed.
type tweak struct {
	checkSaved   bool                                                   // snapshots check that what they do not look at has not changed
	mergeNothing bool                                                   // no two states are taken for one
	rewrite      func(state []byte) []byte                              // changes the text that fingerprints are of
	onSuccessor  func(to path) bool                                     // is called with each successor; false: the search stops
	onState      func(e *explorer, to path, s *successor, visited bool) // is called with each state that a run comes to
}

// Run makes the search.
func (s Search) Run() *Report {
	if s.Source != nil {
		return s.onSource()
	}
	if err := s.World.OnPort(); err != nil {
		return &Report{Err: err, Stopped: true}
	}
	return s.runOnce()
}

func (s Search) runOnce() *Report {
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

// mayReduce reports whether states that differ only in the numbers of indices may be merged: nothing compares indices.
func (s *Search) mayReduce() bool {
	c := compileWorld(s.World)
	inMemory := c.nestsHandles || slices.ContainsFunc(c.templates, func(t *template) bool { return t.action.Op == "memory.store" })
	if s.Full || s.apart || !s.World.RightClass || s.World.Limits.TableLength > 0 || inMemory {
		return false
	}
	return !slices.ContainsFunc(s.Properties, func(p *Property) bool { return p.Indices })
}

// trySource returns an error if no run of the world can be made on the search's definitions.py.
func (s *Search) trySource() error {
	if s.Source == nil {
		return nil
	}
	r := NewRun(s.World, s.options(nil), nil)
	defer r.Close()
	if err := r.onSource(s.Source, s.options(nil)); err != nil {
		return err
	}
	s.notTaken = r.notTaken()
	r.source.changed = s.changed
	s.otherTypes = r.noteCoreTypes()
	return r.noteMissing(s.changed)
}

// Runs makes runs of a search's world, with the options that the search gives its own, each closed before the next.
type Runs struct {
	search   *Search
	compiled *compiledWorld
	onSource *sourceRuns // nil: they are made on the port
}

// Runs are runs of the search's world.
func (s *Search) Runs() *Runs {
	runs := &Runs{search: s, compiled: compileWorld(s.World)}
	if s.Source != nil {
		runs.onSource = newSourceRuns(s.Source)
	}
	return runs
}

// New makes a run. The one before must be closed. On a definitions.py, it must be one that the world fits (Source.Fits).
func (r *Runs) New(actor Actor, choices spec.Choices, checkers ...Checker) *Run {
	s := r.search
	var run *Run
	if r.onSource != nil {
		run = must(r.onSource.next(r.compiled, s.World, s.options(choices), actor, checkers))
	} else {
		run = newRun(r.compiled, s.World, s.options(choices), actor, checkers)
	}
	run.shaping = s.ByShape
	return run
}

// NotChecked are the properties among some that cannot be checked on the definitions.py of the runs so far, and why.
func (r *Runs) NotChecked(properties []*Property) map[string]string {
	if r.onSource == nil {
		return nil
	}
	_, not := r.onSource.changed.checkable(properties)
	return not
}

func (s *Search) options(choices spec.Choices) spec.Options {
	options := spec.Options{Choices: choices, Variant: s.Variant, Without: s.Without, Deterministic: s.Deterministic}
	options.Limits.RandomIndices = randomIndices(s.Bounds.Handles)
	return options
}

// Record takes a path, and returns what happens on it as the trace of a violation.
func (s Search) Record(actions []Action, choices []uint32, v *Violation) *Trace {
	e := newExplorer(s)
	defer e.close()
	return e.tracer.trace(path{actions: actions, choices: choices}, v)
}
