package model

import (
	"strings"

	"cabi/spec"
)

// A takingBack takes back the last action of a run that the specification stopped, if nothing is left of it: the state is what it
// was at the menu, to its fingerprint. Then the next offer is taken in the same run, which need not be made again.
type takingBack struct {
	*worker
	player      *player
	yield       func(*reached)
	activations int // at the menu
}

// tries reports whether an action may be taken back: it is the one at the end of the path, and runs no core code.
func (t *takingBack) tries(r *Run, a Action) bool {
	if t == nil || t.player.first >= 0 || a.Op == opCall || strings.HasPrefix(a.Op, "thread.") {
		return false
	}
	t.activations = len(r.Activations)
	return true
}

// do does an action, and reports whether it was stopped and taken back.
func (r *Run) do(at *Activation, a Action) (results []spec.CoreValue, back bool) {
	do := ops[a.Op].do
	if !r.back.tries(r, a) {
		return do(&guest{at.inst}, a), false
	}
	err := spec.Try(func() { results = do(&guest{at.inst}, a) })
	if err != nil && !r.back.take(r, at, err) {
		panic(err)
	}
	return results, err != nil
}

// take takes an action back. It reports false if it cannot, and the run is to be stopped; or ends it there, if something was
// violated or changed.
func (t *takingBack) take(r *Run, at *Activation, err error) bool {
	p := t.player
	if len(p.alternatives) > 0 || len(r.Activations) != t.activations {
		return false
	}
	for _, c := range r.stopped.all {
		c.Stopped(r, err)
	}
	got := &reached{action: p.offers[p.taken].Action, from: p.offers[p.taken].from, stop: SiteOf(err)}
	t.saw(got, r)
	t.yield(got)
	at.Pending, at.met = nil, nil
	r.Actions--
	if len(got.violated) > 0 || !t.unchanged(r) {
		p.ended = true
		r.Store.GiveUp()
	}
	p.actions, p.action, p.first = p.actions[:len(p.actions)-1], p.action-1, p.taken+1
	t.sites, r.same = nil, true
	return true
}

// unchanged reports whether the run is in the state at the end of the path.
func (t *takingBack) unchanged(r *Run) bool {
	var now fingerprint
	now, t.buf = t.writer.fingerprint(t.buf, r)
	return now == t.player.state
}
