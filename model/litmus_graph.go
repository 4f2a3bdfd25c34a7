package model

import (
	"slices"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// A litmusGraph is the graph of all ways of a litmus, while it is made: runs go along it, depth first, and add to it where they come to
// something new. Each run begins at the start; a tape of the choices that it makes leads it to where it adds.
type litmusGraph struct {
	litmus     *Litmus
	start      *litmusNode
	pending    []litmusEdge // that nothing is known about yet, those to be explored next last
	states     map[xxh3.Uint128]*litmusNode
	ends       []*litmusNode
	order      []*litmusNode          // all that can be reached, each before those that it leads to
	byText     map[string]*litmusNode // the ends, by their outcomes
	called     map[*Program]bool
	exercised  map[string]bool  // the properties that some way exercises
	possible   map[*Line]bool   // actions of the host that it could take on some way
	impossible map[*Line]string // those that it could not on some way, and why
	most       int              // how many actions a run takes
	compiled   *compiledWorld
	runs       *sourceRuns // on a definitions.py; nil: runs are made on the port
	writer     stateWriter
	buffer     []byte
}

// A litmusNode is a state, a choice, or an end of a litmus.
type litmusNode struct {
	from     litmusEdge    // by which it was reached first
	line     *ProgramLine  // whose alternatives the edges are; nil: they are none
	next     []*litmusNode // of a state one, of a choice one for each candidate; nil: not explored, or impossible
	actions  int           // that were taken before it
	violated []string      // properties, before it
	outcome  *Outcome      // of an end
	ways     uint64        // how many paths lead to it
	counted  bool
}

// A litmusEdge is one of the edges that lead on from a node.
type litmusEdge struct {
	node   *litmusNode
	branch int
}

func newLitmusGraph(l *Litmus, runs *sourceRuns) *litmusGraph {
	g := &litmusGraph{litmus: l, runs: runs, start: &litmusNode{next: make([]*litmusNode, 1)}, states: map[xxh3.Uint128]*litmusNode{},
		byText: map[string]*litmusNode{}, called: map[*Program]bool{}, exercised: map[string]bool{}, possible: map[*Line]bool{}, impossible: map[*Line]string{}}
	g.pending = []litmusEdge{{g.start, 0}}
	g.compiled = compileWorld(l.World)
	g.compiled.readsMemory = true // the programs may read what the menus of the world do not
	g.most = mostActions
	for _, p := range l.Programs {
		g.most += len(p.Lines)
	}
	return g
}

// explore makes the run that goes along the next pending edge, and returns how many actions it took.
func (g *litmusGraph) explore(properties []*Property) (actions int, err error) {
	last := len(g.pending) - 1
	run := newLitmusRun(g, g.pending[last])
	g.pending = g.pending[:last]
	err = run.run(properties)
	return run.actions, err
}

// source is the definitions.py that runs are made on; nil: they are made on the port.
func (g *litmusGraph) source() *Source {
	if g.runs == nil {
		return nil
	}
	return g.runs.source
}

// newRun makes a run.
func (g *litmusGraph) newRun(options spec.Options, actor Actor, checkers []Checker) (*Run, error) {
	if g.runs != nil {
		return g.runs.next(g.compiled, g.litmus.World, options, actor, checkers)
	}
	return newRun(g.compiled, g.litmus.World, options, actor, checkers), nil
}

// tape is the choices that lead to and along an edge.
func (e litmusEdge) tape() []uint32 {
	var tape []uint32
	for ; e.node != nil; e = e.node.from {
		if len(e.node.next) > 1 {
			tape = append(tape, uint32(e.branch))
		}
	}
	slices.Reverse(tape)
	return tape
}

// lead makes a new node, to which a run comes, the end of an edge.
func (e litmusEdge) lead(next int, l *litmusRun) *litmusNode {
	n := &litmusNode{from: e, line: l.choosing, next: make([]*litmusNode, next), actions: l.actions, violated: l.violated}
	e.node.next[e.branch] = n
	return n
}

// comesFrom reports whether a node is on the path by which the edge was reached. Since the graph is explored depth first, each loop has an edge that
// leads back to such a node.
func (e litmusEdge) comesFrom(n *litmusNode) bool {
	for ; e.node != nil; e = e.node.from {
		if e.node == n {
			return true
		}
	}
	return false
}

// end makes an outcome the end of an edge. Equal outcomes are one end.
func (g *litmusGraph) end(e litmusEdge, o *Outcome) {
	text := o.String()
	n := g.byText[text]
	if n == nil {
		n = &litmusNode{outcome: o}
		g.byText[text] = n
		g.ends = append(g.ends, n)
	}
	e.node.next[e.branch] = n
}

// count counts the paths that lead to each node. The graph has no loops: what would go back ends with an outcome.
func (g *litmusGraph) count() {
	g.start.ways = 1
	g.order = g.start.appendAfterNext(nil)
	slices.Reverse(g.order)
	for _, n := range g.order {
		for _, next := range n.next {
			if next != nil {
				next.ways = saturating(next.ways, n.ways)
			}
		}
	}
}

// appendAfterNext appends the nodes that can be reached from one, each after those that can be reached from it.
func (n *litmusNode) appendAfterNext(order []*litmusNode) []*litmusNode {
	n.counted = true
	for _, next := range n.next {
		if next != nil && !next.counted {
			order = next.appendAfterNext(order)
		}
	}
	return append(order, n)
}
