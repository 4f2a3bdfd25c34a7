package model

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// An admitSearch looks for a run that explains a log. A state of it is a state of the specification at a line of the log: the lines before
// have happened. It goes on from the state that it reached last, in the same run, as long as that explains the log; otherwise it makes
// another run, which takes the path to a state again and goes on with other choices from there. States with fewer actions in gaps come
// first. A state that was reached before is not looked at again.
type admitSearch struct {
	AdmitOptions
	Admission
	log     *Log
	variant *spec.Variant
	notes   bool // changes of tables are compared: the variant is the log's own

	visited map[xxh3.Uint128]bool
	pending [][]*admitEdge // by their cost; those to be taken first are last
	refusal refusalSoFar
	found   *admitNode // at the end of the log; nil: not yet

	menusMade bool // for gaps
	pool      spec.Pool
	run       *Run        // used again for each run; nil: none was made
	runs      *sourceRuns // on a definitions.py; nil: runs are made on the port
	compiled  *compiledWorld
	checkers  checkerPool
	writer    stateWriter
	buffer    []byte
}

// An admitNode is a state of an admitSearch.
type admitNode struct {
	by       *admitEdge // that led to it
	tape     []uint32   // all choices of that
	bound    []boundName
	pos      int // the next line of the log: an action, or a gap that the run is in
	used     int // actions in that gap
	violated []string
	repair   repair
}

// A boundName is a name of the log with its value.
type boundName struct{ name, value string }

// An admitEdge is an action at a state, with the first choices that the specification makes during it. The first edge leads from no state
// through what the world starts.
type admitEdge struct {
	from   *admitNode // nil: the run begins
	action Action
	line   int  // of the log
	inGap  bool // the action is one of the gap at the line
	tape   []uint32
	cost   int
	end    *admitNode // at the end of the log, to which the edge has led; nil: it is still to be taken
}

func newAdmitSearch(l *Log, options AdmitOptions) *admitSearch {
	s := &admitSearch{AdmitOptions: options, log: l, variant: cmp.Or(options.Variant, l.Variant), visited: map[xxh3.Uint128]bool{}}
	s.notes = s.variant == l.Variant
	s.checkers.properties = s.Properties
	if d := options.dialogue; d != nil {
		s.compiled = d.worlds.compiled
	} else {
		s.compiled = compileWorld(l.World)
		s.compiled.readsMemory = true // the log may read what the menus of the world do not
	}
	if l.Source != nil {
		s.runs = newSourceRuns(l.Source)
	}
	return s
}

func (s *admitSearch) close() { s.pool.Close() }

// specOptions are the options of the store of a run that makes some choices.
func (s *admitSearch) specOptions(choices spec.Choices) spec.Options {
	options := spec.Options{Choices: choices, Variant: s.variant, Without: s.offSites(s.log.Trace)}
	options.Limits.RandomIndices = randomIndices(s.log.World.Handles)
	return options
}

// errStopped ends a search that reached a limit.
var errStopped = errors.New("the search was stopped")

// search explores until a run explains the log, or none is left.
func (s *admitSearch) search() error {
	s.push(&admitEdge{})
	for e := s.pop(); e != nil; e = s.pop() {
		if s.found = e.end; s.found != nil {
			break
		}
		switch err := s.explore(e); {
		case errors.Is(err, errStopped):
			s.Stopped = true
			return nil
		case err != nil:
			return err
		}
	}
	s.conclude()
	s.noteChecked()
	return nil
}

// noteChecked leaves the verdict open if the claim of the log cannot be checked on its definitions.py, and notes what gaps cannot have there.
func (s *admitSearch) noteChecked() {
	if s.runs == nil {
		return
	}
	if s.menusMade {
		s.NotTaken = s.runs.run.notTaken()
	}
	_, not := s.runs.changed.checkable(s.Properties)
	if s.NotChecked = not[s.log.ClaimedProperty()]; s.NotChecked != "" {
		s.Verdict = Unsettled
	}
}

// conclude settles the verdict of a search that has ended.
func (s *admitSearch) conclude() {
	switch {
	case s.found != nil:
		s.Verdict, s.Line = Admitted, len(s.log.Lines)
		s.Run, s.repaired = s.explanation(s.found.path()), &s.found.repair
		s.noteUnsaid()
		for n := s.found; n.by.from != nil; n = n.by.from {
			if n.by.inGap {
				s.Filled++
			}
		}
	default:
		s.Refusal = s.refusal.of(s.log)
		if !s.Cut && !s.Bitwise {
			s.Verdict = Refused
		}
	}
}

// noteUnsaid notes that the specification stops the run, which the log does not say.
func (s *admitSearch) noteUnsaid() {
	n, last := len(s.log.Lines), len(s.Run.Lines)-1
	if last >= 0 && s.Run.Lines[last].Kind == LineStop && (n == 0 || s.log.Lines[n-1].Kind != LineStop) {
		s.Unsaid = &s.Run.Lines[last]
	}
}

// push adds an edge to the pending ones.
func (s *admitSearch) push(e *admitEdge) {
	for len(s.pending) <= e.cost {
		s.pending = append(s.pending, nil)
	}
	s.pending[e.cost] = append(s.pending[e.cost], e)
}

// pop takes the pending edge that is next; nil: none is left.
func (s *admitSearch) pop() *admitEdge {
	for cost, edges := range s.pending {
		if n := len(edges); n > 0 {
			s.pending[cost] = edges[:n-1]
			return edges[n-1]
		}
	}
	return nil
}

// explore makes a run that takes a pending edge, and goes on with what is next from where that leads.
func (s *admitSearch) explore(e *admitEdge) error {
	a := newAdmitRun(s, e)
	r, err := s.newRun(a)
	if err != nil {
		return err
	}
	defer r.Close()
	r.Observer, r.repeating = a, e.from != nil
	if e.from == nil {
		a.record(r)
	}
	r.Main()
	if a.err = cmp.Or(a.err, r.sourceError()); a.err != nil {
		return a.err
	}
	if a.open && a.err == nil { // nobody can act any more
		a.endSegment(r, nil)
	}
	return a.err
}

// newRun makes the search's run a new one.
func (s *admitSearch) newRun(a *admitRun) (*Run, error) {
	if s.runs != nil {
		return s.makeRun(s.specOptions(a), a, newCheckers(s.Properties))
	}
	if s.run != nil {
		if s.checkers.next() {
			s.run.assign(s.checkers.checkers)
		}
		s.run.reuse(a, a)
		return s.run, nil
	}
	options := s.specOptions(a)
	options.Pool = &s.pool
	if s.dialogue != nil {
		options.Pool = &s.dialogue.worlds.pool // its coroutines serve the next dialogue too
	}
	s.run = newRun(s.compiled, s.log.World, options, a, s.checkers.first())
	return s.run, nil
}

// makeRun makes a run of its own, or on a definitions.py, the run before again.
func (s *admitSearch) makeRun(options spec.Options, actor Actor, checkers []Checker) (*Run, error) {
	if s.runs != nil {
		return s.runs.next(s.compiled, s.log.World, options, actor, checkers)
	}
	return newRun(s.compiled, s.log.World, options, actor, checkers), nil
}

// key is the fingerprint of a state: of everything that can influence what happens next and what the log has to say about it. false: the
// state is one that cannot be written, since traps are switched off that keep the tables in order.
func (a *admitRun) key(r *Run, n *admitNode) (key xxh3.Uint128, known bool) {
	defer func() {
		if r.mayFault && recover() != nil {
			known = false
		}
	}()
	a.writer.position = a.writePosition
	b := a.writer.append(a.buffer[:0], r)
	b = a.appendNames(b, n)
	b = r.appendUnresolved(b)
	b = appendNumber(b, " of ", len(r.invocations))
	b = appendNumber(b, " and ", len(r.host.calls))
	b = appendNumber(b, " at ", n.pos)
	b = appendNumber(b, " used ", n.used)
	b = appendNumber(b, " repaired ", n.repair.code())
	b = append(b, strings.Join(n.violated, " ")...)
	a.buffer = b
	return xxh3.Hash128(b), true
}

// path is the path to a state.
func (n *admitNode) path() path {
	var nodes []*admitNode
	for ; n.by.from != nil; n = n.by.from {
		nodes = append(nodes, n)
	}
	to := path{choices: slices.Clone(n.tape)}
	for _, next := range slices.Backward(nodes) {
		to.actions = append(to.actions, next.by.action)
		to.choices = append(to.choices, next.tape...)
	}
	return to
}
