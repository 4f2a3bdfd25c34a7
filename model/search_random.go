package model

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// Random is how a world is walked at random: in walks that go on from where earlier ones found something new.
type Random struct {
	Seed uint64
	Runs int // how many walks to make; 0: until the search is stopped
	// Shrink makes a counterexample smaller; nil: it is left as it was found.
	Shrink func(*Search, *Violation) *Violation
}

const (
	walksAtOnce = 256     // walks that know of the same earlier ones, so that it does not matter who makes them
	longestWalk = 120     // actions
	mostWalks   = 1 << 12 // walks: those that found something new last
	stateEvery  = 3       // actions: writing a state costs as much as several of them
)

// A walked is one random walk: a path, and what was met on it and on the ways off it that the specification stopped.
type walkResult struct {
	actions       []Action
	choices       []uint32
	from          []*template // of each action
	choicesBefore []int       // how many choices there were when each action began
	tried         []*template // all actions, also those that were taken back
	stops         []string
	features      []uint64 // what is new, compared with the walks before its batch
	found         []foundAt
	sites         []siteEvaluation
	exercised     []string
}

// foundAt is a violation and the path to it.
type foundAt struct {
	violation
	path
}

// randomly walks until the search is stopped. What it finds is a function of the seed and of how many walks it makes.
func (e *explorer) randomly() {
	c := &corpus{seen: map[uint64]bool{}}
	for number := 0; !e.mustStop() && (e.Random.Runs == 0 || number < e.Random.Runs); number += walksAtOnce {
		n := walksAtOnce
		if e.Random.Runs > 0 {
			n = min(n, e.Random.Runs-number)
		}
		for _, w := range e.walkAll(c, number, n) {
			e.addWalk(c, w)
		}
		e.reportProgress()
	}
}

// A corpus is the walks that found something new, and what that was.
type corpus struct {
	seen  map[uint64]bool
	walks []*walkResult
}

// keep adds a walk, in place of the oldest if there are many.
func (c *corpus) add(w *walkResult) {
	if len(c.walks) == mostWalks {
		c.walks = c.walks[1:]
	}
	c.walks = append(c.walks, w)
}

// walkAll makes n walks.
func (e *explorer) walkAll(c *corpus, number, n int) []*walkResult {
	walks := make([]*walkResult, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for _, w := range e.workers {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				walks[i] = w.walk(c, uint64(number)+uint64(i))
			}
		})
	}
	workers.Wait()
	return walks
}

// takeWalk books a walk.
func (e *explorer) addWalk(c *corpus, w *walkResult) {
	e.report.Runs++
	e.report.Transitions += len(w.tried)
	e.report.Depth = max(e.report.Depth, len(w.actions))
	for _, t := range w.tried {
		e.timesTaken[t.number]++
	}
	for _, stop := range w.stops {
		e.report.Stops[stop]++
	}
	for _, p := range w.sites {
		e.fired[p.site] = e.fired[p.site] || p.fires
	}
	before := len(c.seen)
	for _, f := range w.features {
		c.seen[f] = true
	}
	if e.report.States = len(c.seen); e.report.States > before {
		c.add(w)
	}
	for _, f := range w.found {
		if !e.mustStop() {
			e.addWalkViolation(f)
		}
	}
	for _, name := range w.exercised {
		e.exercised[name] = true
	}
	w.tried, w.stops, w.features, w.found, w.sites, w.exercised = nil, nil, nil, nil, nil, nil
}

// foundAtRandom books a violation, shrunk, if it is the first of its kind.
func (e *explorer) addWalkViolation(f foundAt) {
	v := &Violation{Property: f.property, Kind: f.kind, Message: f.what, Actions: len(f.actions)}
	if e.foundKinds[v.Key()] {
		return
	}
	v.Trace = e.tracer.trace(f.path, v)
	if e.Random.Shrink != nil {
		v = e.Random.Shrink(&e.Search, v)
	}
	e.reportViolation(v)
}

// A wanderer is the actor and the choices of a random walk. What the specification stops, it takes back, and goes on with
// something else: so walks get far, although most of what a guest may do is wrong.
type randomActor struct {
	*worker
	*walkResult
	rng        *rand.Rand
	corpus     *corpus
	length     int
	weights    []int // of templates: each walk likes some and leaves others out
	wrongOneIn int   // one action in so many is with any index at all; 0: none
	nextAction int   // how many were played
	nextChoice int
	templates  []*template
	menu       []menuAction
	known      map[string]bool // which violations are known
	state      []byte
	fresh      map[uint64]bool
}

// walk makes the walk of a number.
func (w *worker) walk(c *corpus, number uint64) *walkResult {
	g := &randomActor{worker: w, walkResult: &walkResult{}, rng: rand.New(rand.NewPCG(w.Random.Seed, number)), corpus: c, fresh: map[uint64]bool{}}
	g.known = map[string]bool{}
	g.length = 10 + g.rng.IntN(longestWalk-10)
	if n := len(c.walks); n > 0 && g.rng.IntN(4) > 0 {
		g.startFrom(c.walks[n-1-min(g.rng.IntN(n), g.rng.IntN(n))]) // rather a late one
	}
	g.drawWeights()
	w.actor, w.newSites = &pathActor{}, nil
	for tries := 0; tries < 3*g.length && g.makeRun(); tries++ {
	}
	g.walkResult.sites = w.newSites
	return g.walkResult
}

// follow begins as an earlier walk did.
func (g *randomActor) startFrom(w *walkResult) {
	if len(w.actions) > 0 {
		g.startWith(w, g.rng.IntN(len(w.actions)+1))
	}
}

// cut takes the first n actions of a walk.
func (g *randomActor) startWith(w *walkResult, n int) {
	choices := len(w.choices)
	if n < len(w.actions) {
		choices = w.choicesBefore[n]
	}
	g.actions, g.choices = slices.Clip(w.actions[:n]), slices.Clip(w.choices[:choices])
	g.from, g.choicesBefore = slices.Clip(w.from[:n]), slices.Clip(w.choicesBefore[:n])
}

// once makes a run, and reports whether the walk can go on with another.
func (g *randomActor) makeRun() bool {
	g.nextAction, g.nextChoice = 0, 0
	r := g.newRunOf(g, g)
	defer r.Close()
	r.repeating = len(g.actions) > 0
	r.Main()
	g.walkResult.exercised = append(g.walkResult.exercised, g.newlyExercised(r)...)
	g.noteViolations(r)
	if r.Stopped == nil || len(g.actions) == 0 {
		return false
	}
	stop := SiteOf(r.Stopped)
	g.stops = append(g.stops, stop)
	n := len(g.actions) - 1
	g.feature(xxh3.HashString(stop + " " + g.from[n].String()))
	g.weights[g.from[n].number] /= 4
	g.startWith(g.walkResult, n)
	return true
}

// swarm draws which templates the walk likes: walks that leave out much reach what others do not.
func (g *randomActor) drawWeights() {
	g.weights = make([]int, len(g.compiled.templates))
	likes := []int{10, 15, 25, 50, 80}[g.rng.IntN(5)] // of a hundred
	for i, t := range g.compiled.templates {
		if t.action.Op == opReturn || g.rng.IntN(100) < likes {
			g.weights[i] = 1 + g.rng.IntN(6)
		}
	}
	g.wrongOneIn = []int{0, 0, 0, 40}[g.rng.IntN(4)]
}

// Next takes an action, rather of those that the walk likes.
func (g *randomActor) Next(r *Run, at *Activation) Action {
	if g.nextAction < len(g.actions) {
		g.nextAction++
		r.repeating = g.nextAction < len(g.actions)
		return g.actions[g.nextAction-1]
	}
	if g.noteState(r); len(g.actions) >= g.length {
		return Action{}
	}
	breadth := RightClassIndex
	if g.wrongOneIn > 0 && g.rng.IntN(g.wrongOneIn) == 0 {
		breadth = AnyIndex
	}
	o, ok := g.pick(r, at, breadth)
	if !ok {
		return Action{}
	}
	g.actions, g.from, g.choicesBefore = append(g.actions, o.Action), append(g.from, o.template), append(g.choicesBefore, len(g.choices))
	g.tried = append(g.tried, o.template)
	g.nextAction++
	return o.Action
}

// pick picks a template by its weight, and then one of its offers.
func (g *randomActor) pick(r *Run, at *Activation, breadth MenuIndices) (menuAction, bool) {
	g.templates = r.appendTemplates(g.templates[:0], at, g.Bounds)
	for len(g.templates) > 0 {
		i := g.weighed(g.templates)
		g.menu = menu{r, at, breadth}.appendActions(g.menu[:0], g.templates[i])
		if n := len(g.menu); n > 0 {
			return g.menu[g.rng.IntN(n)], true
		}
		g.templates = slices.Delete(g.templates, i, i+1)
	}
	return menuAction{}, false
}

// weighed draws one of the templates by their weights; if none has any, any of them.
func (g *randomActor) weighed(templates []*template) int {
	total := 0
	for _, t := range templates {
		total += g.weights[t.number]
	}
	if total == 0 {
		return g.rng.IntN(len(templates))
	}
	at := g.rng.IntN(total)
	for i, t := range templates {
		if at -= g.weights[t.number]; at < 0 {
			return i
		}
	}
	panic("unreachable: the draw is below the sum")
}

// violations notes those that are new.
func (g *randomActor) noteViolations(r *Run) {
	for _, c := range r.Violated() {
		v := violation{c.Property(), c.Kind(), c.Violation()}
		if key := v.property + "/" + v.kind; !g.explorer.foundKinds[key] && !g.known[key] {
			g.known[key] = true
			g.found = append(g.found, foundAt{v, path{actions: slices.Clone(g.actions), choices: slices.Clone(g.choices)}})
		}
	}
}

// look notes what is new in a state: violations, and now and then shapes of its objects.
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
	h, all := fnvBasis, uint64(0)
	for _, b := range g.state {
		switch {
		case b == '\n':
			g.feature(h)
			all += h * h
			h = fnvBasis
		case b < '0' || b > '9':
			h = (h ^ uint64(b)) * fnvPrime
		}
	}
	g.feature(xxh3.HashString(last) ^ all)
}

const fnvBasis, fnvPrime = uint64(14695981039346656037), uint64(1099511628211)

func (g *randomActor) feature(h uint64) {
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
