package model

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// Random says how a world is explored at random: by walks, many of which go on from where an earlier walk found something new.
type Random struct {
	Seed uint64
	Runs int // how many walks to make, in all shards; 0: until the search is stopped
	// Shard, from 1 to Shards, is which part of the walks is made: of so many, every so manieth. Walks go on from walks of their own shard
	// alone. 0: all are made.
	Shard, Shards int
	// Shrink makes a counterexample smaller; nil: it is left as it was found.
	Shrink func(*Search, *Violation) *Violation
}

const (
	walksAtOnce = 256     // walks that know of the same earlier walks, so that it does not matter which worker makes which
	longestWalk = 120     // actions
	mostWalks   = 1 << 12 // that are kept in the corpus
	stateEvery  = 3       // actions: writing a state costs as much as several of them
)

// A walkResult is one random walk: a path, and everything that was found on it and by the actions that were taken back.
type walkResult struct {
	actions       []Action
	choices       []uint32
	from          []*template // of each action
	choicesBefore []int       // how many choices were made before each action
	tried         []*template // of each action that was taken, whether or not it was taken back
	stops         []string    // sites
	features      []uint64    // that no walk before its batch has
	found         []foundAt
	sites         []siteEvaluation
	exercised     []string   // properties
	end           *successor // the state that it ended in, on frames; nil: it ended where an action was stopped
}

// foundAt is a violation and the path to it.
type foundAt struct {
	violation
	path
}

// randomly walks until the search is stopped. What it finds is a function of the seed and of how many walks it makes.
func (e *explorer) randomly() {
	c := &corpus{seen: map[uint64]bool{}}
	runs := e.Random.runs()
	for made := 0; !e.mustStop() && made < runs; made += walksAtOnce {
		var found []*Violation
		for _, w := range e.walkAll(c, made, min(walksAtOnce, runs-made)) {
			found = append(found, e.addWalk(c, w)...)
		}
		e.shrinkAll(found)
		e.reportProgress()
	}
	if e.Random.Shards > 0 {
		e.report.Shapes = slices.Sorted(maps.Keys(c.seen))
	}
}

// runs is how many walks are made, of those of the shard.
func (r *Random) runs() int {
	switch {
	case r.Runs == 0:
		return math.MaxInt
	case r.Shards == 0:
		return r.Runs
	default:
		return (r.Runs + r.Shards - r.Shard) / r.Shards
	}
}

// number is the number of the ith walk that is made, among those of all shards.
func (r *Random) number(i int) uint64 {
	if r.Shards == 0 {
		return uint64(i)
	}
	return uint64(i)*uint64(r.Shards) + uint64(r.Shard-1)
}

// A corpus is the walks that had a new feature, and the features of all. A feature is the shape of a state, or of an object in one,
// without its numbers, or an action and the site that stopped it.
type corpus struct {
	seen  map[uint64]bool
	walks []*walkResult
}

// add adds a walk, in place of the oldest if there are many.
func (c *corpus) add(w *walkResult) {
	if len(c.walks) == mostWalks {
		c.walks = c.walks[1:]
	}
	c.walks = append(c.walks, w)
}

// walkAll makes n walks, after those that were made. Those that may be longest are begun first, so that no worker is left with a long one.
func (e *explorer) walkAll(c *corpus, made, n int) []*walkResult {
	walks, drawn := make([]*walkResult, n), make([]*drawnWalk, n)
	for i := range drawn {
		drawn[i] = e.drawWalk(i, e.Random.number(made+i))
	}
	slices.SortStableFunc(drawn, func(a, b *drawnWalk) int { return cmp.Compare(b.length, a.length) })
	e.inParallel(n, func(w *worker, i int) { walks[drawn[i].place] = w.walk(c, drawn[i]) })
	return walks
}

// inParallel has the workers do n things.
func (e *explorer) inParallel(n int, do func(w *worker, i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for _, w := range e.workers[:min(n, len(e.workers))] {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	workers.Wait()
}

// shrinkAll shrinks violations and adds them to the report.
func (e *explorer) shrinkAll(found []*Violation) {
	if e.Random.Shrink != nil {
		e.inParallel(len(found), func(_ *worker, i int) { found[i] = e.Random.Shrink(&e.Search, found[i]) })
	}
	for _, v := range found {
		e.reportViolation(v)
	}
}

// addWalk adds a walk to the report, and if it has a new feature, to the corpus. It returns the violations that are the first of their kinds.
func (e *explorer) addWalk(c *corpus, w *walkResult) (first []*Violation) {
	e.report.Runs++
	before := e.report.Transitions
	e.report.Transitions += len(w.tried)
	if w.end != nil && e.Verify > 0 && (before == 0 || before/e.Verify < e.report.Transitions/e.Verify) {
		e.verifyWalk(w)
	}
	e.report.Depth = max(e.report.Depth, len(w.actions))
	for _, t := range w.tried {
		e.timesTaken[t.number]++
	}
	for _, stop := range w.stops {
		e.report.Stops[stop]++
	}
	e.addChecks(w.sites, w.exercised)
	known := len(c.seen)
	for _, f := range w.features {
		c.seen[f] = true
	}
	if e.report.States = len(c.seen); e.report.States > known {
		c.add(w)
	}
	for _, f := range w.found {
		if e.isFirst(f.violation) {
			v := &Violation{Property: f.property, Kind: f.kind, Shape: f.shape, Message: f.message, Unsure: e.changed.first(), Actions: len(f.actions)}
			v.Trace = e.tracer.trace(f.path, v)
			first = append(first, v)
		}
	}
	w.tried, w.stops, w.features, w.found, w.sites, w.exercised, w.end = nil, nil, nil, nil, nil, nil, nil // the corpus needs the path only
	return first
}

// isFirst reports whether a violation is the first of its kind, or unless the search keeps going, the first of all.
func (e *explorer) isFirst(v violation) bool {
	if e.foundKinds[v.key()] || len(e.foundKinds) > 0 && !e.KeepGoing {
		return false
	}
	e.foundKinds[v.key()] = true
	return true
}

// A randomActor is the actor and the choices of a random walk. If the specification stops an action, the walk takes the action back, and goes
// on: so walks get far, although most actions that a guest may try are wrong. On frames the run is put back to the menu at which the action was
// chosen; elsewhere a new run is led there.
type randomActor struct {
	*worker
	*walkResult
	*drawnWalk
	corpus                 *corpus
	nextAction, nextChoice int             // how many of the path were taken
	known                  map[string]bool // keys of the walk's violations
	picked                 bool            // the run has taken an action that no run before it has
	state                  []byte
	fresh                  map[uint64]bool // the walk's features
}

// A drawnWalk is a walk that is to be made.
type drawnWalk struct {
	place  int // among the walks that are made at once
	length int // the most actions
	*Drawer
}

// drawWalk draws how long the walk of a number may be.
func (e *explorer) drawWalk(place int, number uint64) *drawnWalk {
	d := &drawnWalk{place: place, Drawer: NewDrawer(e.Random.Seed, number)}
	d.length = 10 + d.rng.IntN(longestWalk-10)
	return d
}

// walk makes a walk.
func (w *worker) walk(c *corpus, d *drawnWalk) *walkResult {
	g := &randomActor{worker: w, walkResult: &walkResult{}, drawnWalk: d, corpus: c, fresh: map[uint64]bool{}, known: map[string]bool{}}
	if n := len(c.walks); n > 0 && g.rng.IntN(4) > 0 {
		g.startFrom(c.walks[n-1-min(g.rng.IntN(n), g.rng.IntN(n))]) // a late one, rather than an early one
	}
	g.drawWeights(g.compiled)
	w.actor, w.newSites = &pathActor{}, nil
	r := g.beginRun()
	for tries := 1; g.takesBack(r) && tries < 3*g.length; tries++ {
		if g.onFrames() {
			g.goBack(r)
		} else {
			r.Close()
			r = g.beginRun()
		}
	}
	if !g.onFrames() {
		r.Close()
	}
	g.walkResult.sites = w.newSites
	return g.walkResult
}

// startFrom has the walk begin with some of the actions of an earlier one.
func (g *randomActor) startFrom(w *walkResult) {
	if len(w.actions) > 0 {
		g.startWith(w, g.rng.IntN(len(w.actions)+1))
	}
}

// startWith has the walk begin with the first n actions of a walk.
func (g *randomActor) startWith(w *walkResult, n int) {
	choices := len(w.choices)
	if n < len(w.actions) {
		choices = w.choicesBefore[n]
	}
	g.actions, g.choices = slices.Clip(w.actions[:n]), slices.Clip(w.choices[:choices])
	g.from, g.choicesBefore = slices.Clip(w.from[:n]), slices.Clip(w.choicesBefore[:n])
}

// beginRun makes a run that takes the actions of the walk, and others after them until one is stopped or the walk ends.
func (g *randomActor) beginRun() *Run {
	g.nextAction, g.nextChoice, g.picked = 0, 0, false
	r := g.newRunOf(g, g)
	r.undoer, r.repeating = g, len(g.actions) > 0
	r.Main()
	return r
}

// stopped leaves it to goBack to put the run back.
func (g *randomActor) stopped(*Run, error) bool { return false }

// goBack puts a run back to the menu at which its last action was chosen, and has it go on with another.
func (g *randomActor) goBack(r *Run) {
	g.nextAction, g.nextChoice, g.picked = len(g.actions), len(g.choices), false
	g.expansion.levels.restore(r, g, g)
	r.goOnOnFrames()
}

// takesBack notes what a run came to, and reports whether the walk can go on: the last action was stopped, and is taken back.
func (g *randomActor) takesBack(r *Run) bool {
	g.walkResult.exercised = append(g.walkResult.exercised, g.newlyExercised(r)...)
	g.noteViolations(r)
	if r.Stopped == nil || len(g.actions) == 0 {
		return false
	}
	stop := SiteOf(r.Stopped)
	g.stops = append(g.stops, stop)
	n := len(g.actions) - 1
	g.addFeature(xxh3.HashString(stop + " " + g.from[n].String()))
	g.weights[g.from[n].number] /= 4
	g.startWith(g.walkResult, n)
	return true
}

// Next takes the next action of the path, and at its end draws another.
func (g *randomActor) Next(r *Run, at *Activation) Action {
	if g.nextAction < len(g.actions) {
		if g.nextAction++; g.nextAction == len(g.actions) && r.shaping {
			r.forgetViolations()
		}
		r.repeating = g.nextAction < len(g.actions)
		return g.actions[g.nextAction-1]
	}
	if levels := &g.expansion.levels; g.onFrames() && (len(levels.open) == 0 || levels.last().actions < len(g.actions)) {
		levels.add(r, &g.checkers, path{}, len(g.actions), len(g.choices))
	}
	g.noteState(r)
	var a menuAction
	ok := len(g.actions) < g.length
	if ok {
		a, ok = g.pick(r, at, g.Bounds)
	}
	if !ok {
		if g.onFrames() {
			g.end = &successor{}
			g.worker.noteState(r, g.end)
		}
		return Action{}
	}
	g.actions, g.from, g.choicesBefore = append(g.actions, a.Action), append(g.from, a.template), append(g.choicesBefore, len(g.choices))
	g.tried = append(g.tried, a.template)
	g.nextAction++
	g.picked = true
	return a.Action
}

// noteViolations notes the violations of kinds that are new. With shapes, those at the end of a path that a run before has taken were noted.
func (g *randomActor) noteViolations(r *Run) {
	if r.shaping {
		defer r.forgetViolations()
		if !g.picked && len(g.actions) > 0 {
			return
		}
	}
	for _, v := range r.violations() {
		if !g.foundKinds[v.key()] && !g.known[v.key()] {
			g.known[v.key()] = true
			g.found = append(g.found, foundAt{v, path{actions: slices.Clone(g.actions), choices: slices.Clone(g.choices)}})
		}
	}
}

// noteState notes the violations in a state and, after every few actions, its features: the shapes of its objects, and of the whole
// after the last action.
func (g *randomActor) noteState(r *Run) {
	g.noteViolations(r)
	if len(g.actions)%stateEvery > 0 {
		return
	}
	last := "start"
	if n := len(g.from); n > 0 {
		last = g.from[n-1].String()
	}
	g.state = g.writer.append(g.state[:0], r)
	g.addFeature(xxh3.HashString(last) ^ shapesOf(g.state, g.addFeature))
}

// shapesOf tells of the shape of each object in the text of a state, which is its text without the numbers, and returns that of the whole.
func shapesOf(state []byte, each func(uint64)) (all uint64) {
	h := fnvBasis
	for _, b := range state {
		switch {
		case b == '\n':
			each(h)
			all += h * h
			h = fnvBasis
		case b < '0' || b > '9':
			h = (h ^ uint64(b)) * fnvPrime
		}
	}
	return all
}

// The constants of the hash FNV-1a.
const fnvBasis, fnvPrime = uint64(14695981039346656037), uint64(1099511628211)

func (g *randomActor) addFeature(h uint64) {
	if !g.corpus.seen[h] && !g.fresh[h] {
		g.fresh[h] = true
		g.features = append(g.features, h)
	}
}

// Choose makes a choice.
func (g *randomActor) Choose(_ spec.Site, n int) int {
	if g.nextChoice == len(g.choices) {
		g.choices = append(g.choices, uint32(g.rng.IntN(n)))
	}
	g.nextChoice++
	return int(g.choices[g.nextChoice-1])
}
