package model

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// This file compares two versions of the specification: it explores a world on both at once, and finds what guests and the host can
// observe of one and not of the other.

// A Comparison says what to compare. Guests and the host do the same on both versions for as long as they observe the same. The choices of
// the specification are not compared one by one: what counts is what can be observed under any of them. So the comparison goes from pair to
// pair. A pair is a history, which is what guests and the host have done and observed, with all states that the old version may be in
// after it, and all that the new one may. After each action, the sets of observations that the two can make are to be the same.
type Comparison struct {
	World     *World
	Old, New  Version
	Bounds    Bounds
	MostPairs int // the comparison stops early at so many pairs; 0: it does not
	// Along are lists of actions. The comparison goes along each, and tries every action at each place of it and after one more action,
	// before it explores from the start.
	Along [][]Action
	// Near are lists of which it also takes another action in place of one, and goes on with the others.
	Near    [][]Action
	Workers int // 0: one. The result does not depend on it.
	// Progress is called now and then with the result so far. If it returns false, the comparison stops early. It may be nil.
	Progress func(*Compared) bool
}

// A Version is a version of the specification: the port under a variant, or a definitions.py.
type Version struct {
	Variant *spec.Variant // nil: the pin's
	Source  *Source       // nil: it is the port
}

// Compared is the result of a comparison.
type Compared struct {
	Pairs       int // of sets of states, that were reached by exploring from the start
	Along       int // pairs that were reached on the way along the lists of actions, or one action further
	Transitions int // actions taken, on both versions
	Depth       int // of the deepest pair, in actions
	Frontier    int // pairs that were not expanded; 0: the comparison is exhaustive
	AtBound     int // those of them that are at the bound on steps
	Steps       int // the bound on steps that cuts them; 0: none does
	Stopped     bool
	NotTaken    [2][]string // actions of the menus that the old version has not, and those that the new one has not, and why: they are not compared
	// OtherTypes are the actions that have other core types on the old version than at the pin, and on the new one.
	OtherTypes  [2][]OtherCoreTypes
	Err         error         // why a definitions.py could not go on; nil: it could
	Differences []*Divergence // in the order in which they were found, so the shortest first
}

// A Divergence is an action after which guests and the host can observe something of one version and not of the other.
type Divergence struct {
	World    *World
	Path     []Action // that lead there; on the way, all that was observed can be on both
	Action   Action   // after them; the zero Action: the versions differ at the start
	Actor    string   // who takes it
	Gone     []*Effect
	Appeared []*Effect
	Old, New []*Effect // all effects of the action: on the old version, and on the new one
}

// Actions is how many actions lead to the difference.
func (d *Divergence) Actions() int {
	if d.Action.Op == "" {
		return 0
	}
	return len(d.Path) + 1
}

// An Effect is what can be observed after an action.
type Effect struct {
	Observed []string // what happens until somebody acts again, or the run is stopped
	Choices  []uint32 // one way in which the specification chooses so, from the start of the run
	Stop     string   // the site at which the run stopped; empty: it did not
	key      string
	states   []pairState
}

// A pairState is one state of a pair: its fingerprint, and choices that lead there.
type pairState struct {
	print   fingerprint
	choices []uint32
}

// A pair is a history, and the states that the versions may be in after it.
type pair struct {
	from     *pair // before the action; nil: at the start
	action   Action
	old, new []pairState
	depth    int
	takes    []Action // that are tried first, whether they are on a menu or not
	only     bool     // nothing else is
}

// actions are those of the pair's history.
func (p *pair) actions() []Action {
	actions := make([]Action, p.depth)
	for at := p; at.depth > 0; at = at.from {
		actions[at.depth-1] = at.action
	}
	return actions
}

// key is the same for pairs of the same states.
func (p *pair) key() fingerprint {
	var b []byte
	for _, states := range [][]pairState{p.old, p.new} {
		prints := make([]fingerprint, len(states))
		for i, s := range states {
			prints[i] = s.print
		}
		slices.SortFunc(prints, func(x, y fingerprint) int { return cmp.Or(cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.Lo, y.Lo)) })
		for _, print := range prints {
			bytes := print.Bytes()
			b = append(b, bytes[:]...)
		}
		b = append(b, '|')
	}
	return xxh3.Hash128(b)
}

// A comparing is a comparison under way.
type comparing struct {
	Comparison
	workers []*pairWorker
	visited map[fingerprint]bool
	result  *Compared
}

// search is the search of a version that makes the comparison's runs. States are kept apart that differ only in the numbers of indices:
// the versions may have given them out differently, which shows only later.
func (c Comparison) search(v Version) Search {
	s := Search{World: c.World, Variant: cmp.Or(v.Variant, spec.SingleTable), Source: v.Source, Bounds: c.Bounds, apart: true}
	if v.Source != nil {
		s.changed = newChangedSet()
	}
	return s
}

// Run makes the comparison.
func (c Comparison) Run() *Compared {
	result := &Compared{}
	r := &comparing{Comparison: c, visited: map[fingerprint]bool{}, result: result}
	old, new := c.search(c.Old), c.search(c.New)
	if err := cmp.Or(old.trySource(), new.trySource()); err != nil {
		return &Compared{Err: err, Stopped: true}
	}
	result.NotTaken = [2][]string{old.notTaken, new.notTaken}
	result.OtherTypes = [2][]OtherCoreTypes{old.otherTypes, new.otherTypes}
	for range max(1, c.Workers) {
		w := newPairWorker(old, new)
		defer w.close()
		r.workers = append(r.workers, w)
	}
	r.run()
	return result
}

// run explores level by level.
func (r *comparing) run() {
	start := r.add(r.workers[0].start())
	r.along(start)
	level := start
	for len(level) > 0 && !r.result.Stopped {
		if r.Bounds.Steps > 0 && r.result.Depth >= r.Bounds.Steps {
			r.result.AtBound, r.result.Steps = len(level), r.Bounds.Steps
			break
		}
		level = r.expandLevel(level)
		if len(level) > 0 {
			r.result.Depth++
		}
	}
	r.result.Frontier += len(level)
}

// along goes along the lists of actions, and expands each pair on the way and those that are one action further.
func (r *comparing) along(start []*pair) {
	found := &comparing{Comparison: r.Comparison, workers: r.workers, visited: map[fingerprint]bool{}, result: &Compared{}}
	var level []wayPair
	for _, p := range start {
		if len(r.Along) > 0 {
			level = append(level, wayPair{pair: p, left: r.Along})
		}
		if len(r.Near) > 0 {
			level = append(level, wayPair{pair: p, left: r.Near, near: true})
		}
	}
	for len(level) > 0 && !r.result.Stopped && found.result.Err == nil {
		level = found.alongLevel(level)
		if r.Progress != nil && !r.Progress(r.result) {
			r.result.Stopped = true
		}
	}
	r.result.Err = found.result.Err
	r.result.Along, r.result.Transitions = found.result.Pairs, found.result.Transitions
	r.result.Differences = append(r.result.Differences, found.result.Differences...)
}

// A wayPair is a pair on the way along lists of actions, and those that are left of each list.
type wayPair struct {
	*pair
	left     [][]Action
	near     bool // another action may be taken in place of one
	replaced bool // that was done
}

// alongLevel expands pairs on the way, and those that are one action further, and returns the pairs after the next actions of the lists.
func (r *comparing) alongLevel(level []wayPair) (next []wayPair) {
	pairs := make([]*pair, len(level))
	for i, p := range level {
		pairs[i] = p.pair
		p.takes = nil
		for _, left := range p.left {
			if len(left) > 0 && !slices.ContainsFunc(p.takes, func(a Action) bool { return a.String() == left[0].String() }) {
				p.takes = append(p.takes, left[0])
			}
		}
		p.only = p.replaced && len(p.takes) > 0
	}
	var further []*pair
	for i, s := range r.expandAll(pairs) {
		isNew := r.add(s)
		at := level[i]
		for _, p := range s.pairs {
			switch left := afterAction(at.left, p.action); {
			case len(left) > 0:
				next = append(next, wayPair{p, left, at.near, at.replaced})
			case at.near && slices.Contains(isNew, p):
				next = append(next, wayPair{p, afterAny(at.left), false, true})
			case !at.replaced && slices.Contains(isNew, p):
				further = append(further, p)
			}
		}
	}
	for _, s := range r.expandAll(further) {
		r.add(s)
	}
	return next
}

// afterAny is what is left of the lists after their next actions.
func afterAny(lists [][]Action) (left [][]Action) {
	for _, list := range lists {
		if len(list) > 0 {
			left = append(left, list[1:])
		}
	}
	return left
}

// afterAction is what is left of those lists that begin with an action, after it.
func afterAction(lists [][]Action, a Action) (left [][]Action) {
	for _, list := range lists {
		if len(list) > 0 && list[0].String() == a.String() {
			left = append(left, list[1:])
		}
	}
	return left
}

// pairsAtOnce is how many pairs are expanded before their successors are added.
const pairsAtOnce = 256

// expandLevel expands the pairs of a level, and returns those of the next. If the comparison stops, it counts the pairs that are left.
func (r *comparing) expandLevel(level []*pair) (next []*pair) {
	for len(level) > 0 {
		some := level[:min(pairsAtOnce, len(level))]
		for i, s := range r.expandAll(some) {
			next = append(next, r.add(s)...)
			if r.mustStop() {
				r.result.Frontier = len(level) - i - 1
				return next
			}
		}
		level = level[len(some):]
		if r.Progress != nil && !r.Progress(r.result) {
			r.result.Stopped, r.result.Frontier = true, len(level)
			return next
		}
	}
	return next
}

func (r *comparing) mustStop() bool {
	if r.result.Err != nil || r.MostPairs > 0 && r.result.Pairs >= r.MostPairs {
		r.result.Stopped = true
	}
	return r.result.Stopped
}

// expandAll has the workers expand pairs, and returns what became of each.
func (r *comparing) expandAll(pairs []*pair) []pairSuccessors {
	results := make([]pairSuccessors, len(pairs))
	var at atomic.Int64
	var group sync.WaitGroup
	for _, w := range r.workers {
		group.Go(func() {
			for i := int(at.Add(1)) - 1; i < len(pairs); i = int(at.Add(1)) - 1 {
				results[i] = w.expand(pairs[i])
				runtime.Gosched()
			}
		})
	}
	group.Wait()
	return results
}

// add adds the successors of a pair to the result, and returns those that are new.
func (r *comparing) add(s pairSuccessors) (added []*pair) {
	if s.err != nil {
		r.result.Err = cmp.Or(r.result.Err, s.err)
		return nil
	}
	r.result.Transitions += s.transitions
	r.result.Differences = append(r.result.Differences, s.differences...)
	for _, p := range s.pairs {
		if key := p.key(); !r.visited[key] {
			r.visited[key] = true
			r.result.Pairs++
			added = append(added, p)
		}
	}
	return added
}

// compareEffects compares what can be observed of the versions after an action of a pair.
func compareEffects(w *World, from *pair, actor string, a Action, old, new []*Effect) (pairs []*pair, d *Divergence) {
	d = &Divergence{World: w, Action: a, Actor: actor, Old: old, New: new}
	depth := 0
	if from != nil {
		depth = from.depth + 1
	}
	for _, o := range old {
		n := effectLike(new, o)
		switch {
		case n == nil:
			d.Gone = append(d.Gone, o)
		case len(o.states) > 0:
			pairs = append(pairs, &pair{from: from, action: a, old: o.states, new: n.states, depth: depth})
		}
	}
	for _, n := range new {
		if effectLike(old, n) == nil {
			d.Appeared = append(d.Appeared, n)
		}
	}
	if len(d.Gone)+len(d.Appeared) == 0 {
		return pairs, nil
	}
	if from != nil {
		d.Path = from.actions()
	}
	return pairs, d
}

// effectLike is the effect in which the same is observed; nil: there is none.
func effectLike(effects []*Effect, o *Effect) *Effect {
	if i := slices.IndexFunc(effects, func(other *Effect) bool { return other.key == o.key }); i >= 0 {
		return effects[i]
	}
	return nil
}

// addEffect adds what a run came to, to the effects of its action.
func addEffect(effects []*Effect, s *successor, choices []uint32) []*Effect {
	i := slices.IndexFunc(effects, func(o *Effect) bool { return o.key == s.heard })
	if i < 0 {
		i = len(effects)
		effects = append(effects, &Effect{key: s.heard, Observed: strings.Split(s.heard, "\n"), Choices: choices, Stop: s.stop})
	}
	o := effects[i]
	if s.atMenu && !slices.ContainsFunc(o.states, func(p pairState) bool { return p.print == s.fingerprint }) {
		o.states = append(o.states, pairState{s.fingerprint, choices})
	}
	return effects
}

// A Diverger takes actions on both versions of a comparison, one list after the other.
type Diverger struct{ w *pairWorker }

// Diverger makes one. Close it when done.
func (c Comparison) Diverger() *Diverger {
	return &Diverger{newPairWorker(c.search(c.Old), c.search(c.New))}
}

// Close frees what it holds.
func (d *Diverger) Close() { d.w.close() }

// Diverges takes actions on both versions, whatever the specification chooses, and returns the divergences that the last of them leads to.
func (d *Diverger) Diverges(actions []Action) []*Divergence {
	s := d.w.start()
	for _, a := range actions {
		var after pairSuccessors
		for _, p := range s.pairs {
			p.takes, p.only = []Action{a}, true
			x := d.w.expand(p)
			after.pairs, after.differences = append(after.pairs, x.pairs...), append(after.differences, x.differences...)
		}
		s = after
	}
	return s.differences
}

// Trace is what happens on a version on the way to one of its effects.
func (d *Divergence) Trace(v Version, o *Effect) *Trace {
	actions := d.Path
	if d.Action.Op != "" {
		actions = append(slices.Clip(d.Path), d.Action)
	}
	s := Comparison{World: d.World}.search(v)
	e := newExplorer(s)
	defer e.close()
	t := e.tracer.trace(path{actions: actions, choices: o.Choices}, &Violation{})
	t.Violates = ""
	return t
}

// String is the difference on one line.
func (d *Divergence) String() string {
	return fmt.Sprintf("%s: %s: %d effects gone, %d new", d.Actor, d.Action, len(d.Gone), len(d.Appeared))
}
