package model

import (
	"reflect"
	"slices"

	"cabi/internal/snapshot"
	"cabi/spec"
)

// An expansion makes the runs from a state: each action of its menu, and for each every way in which the specification chooses.
//
// Each run leads to the state anew, because a stack that stands cannot be copied. But many actions leave every stack that
// stands as it was, but for what they put on top: a built-in that returns at once, or traps, or a call. What such an action put
// there is unwound, what it changed is put back in place, and another is taken in the same run. Those go first; the last in a
// run may be any.
type expansion struct {
	*worker
	to      path
	actions []Action // those of the path, and room for one more
	read    bool     // the menu was
	offers  []menuAction
	todo    [][][]uint32   // by offer: the choices that it is still to be taken with, the last first
	results [][]*successor // by offer: what is not yielded yet
	first   int            // the first offer that has something left to be done; all before it are yielded
	yield   func(*successor)
	keeper  *snapshot.Snapshot
	stays   []int8 // by template: whether it left the stacks as they were, as a rule: at least 0

	// of the run under way
	player  *pathActor
	offer   int // which is taken; -1: none is
	kept    bool
	at      *Activation // whose menu it is
	unwinds bool        // the run is on its way back to the menu
}

// expand makes the runs from a state.
func (w *worker) expand(to path, yield func(*successor)) {
	x := &w.expansion
	x.worker, x.to, x.yield, x.read, x.first = w, to, yield, false, 0
	x.actions = append(append(x.actions[:0], to.actions...), Action{})
	for x.run() {
	}
}

// run makes a run, and reports whether there is another to be made.
func (x *expansion) run() bool {
	x.player = &pathActor{path: x.to, further: true, reached: x.reached, everyOrder: x.Full}
	x.worker.player, x.sites = x.player, nil
	x.offer, x.kept, x.unwinds = -1, false, false
	r := x.newRun(x.player)
	defer r.Close()
	r.back, r.repeats = x, true
	r.Main()
	if x.offer >= 0 {
		x.book(r, &successor{stop: SiteOf(r.Stopped)})
	}
	return x.first < len(x.offers)
}

// reached hears that the run is at the menu, or has come from there to another, and says what to do.
func (x *expansion) reached(r *Run, at *Activation) Action {
	switch {
	case x.offer >= 0:
		got := &successor{}
		x.arrived(r, got)
		stays := r.Store.Undisturbed() && slices.Contains(r.Activations, x.at)
		x.learn(stays)
		x.book(r, got)
		if !stays || !x.kept {
			return Action{}
		}
		if at != x.at {
			x.unwinds = true
			return Action{}
		}
		x.rewind(r)
	case !x.read:
		x.open(r, at)
	}
	return x.next(r, at)
}

// open reads the menu.
func (x *expansion) open(r *Run, at *Activation) {
	x.read = true
	x.offers = r.menu(x.offers[:0], at, x.Bounds, AnyIndex)
	x.todo, x.results = resized(x.todo, len(x.offers)), resized(x.results, len(x.offers))
	for i := range x.offers {
		x.todo[i], x.results[i] = append(x.todo[i][:0], x.to.choices), x.results[i][:0]
	}
}

func resized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// next takes the next offer, at the menu.
func (x *expansion) next(r *Run, at *Activation) Action {
	x.offer = x.choose()
	if x.offer < 0 {
		return Action{}
	}
	if !x.kept && !x.Replay && x.expectsToStay(x.offer) && x.more() {
		x.keep(r)
	}
	todo, p := &x.todo[x.offer], x.player
	r.Store.Mark()
	x.at = at
	p.choices, p.choice, p.alternatives = (*todo)[len(*todo)-1], len(x.to.choices), nil
	*todo = (*todo)[:len(*todo)-1]
	p.actions = x.actions
	p.action, p.further = len(p.actions), false
	p.actions[p.action-1] = x.offers[x.offer].Action
	x.sites, r.repeats = nil, false
	return p.actions[p.action-1]
}

// choose returns the offer that is to be taken next: the first that is expected to leave the stacks as they are, or else the
// first; -1: none.
func (x *expansion) choose() int {
	left := func(stays bool) int {
		for i := x.first; i < len(x.offers); i++ {
			if len(x.todo[i]) > 0 && (!stays || x.expectsToStay(i)) {
				return i
			}
		}
		return -1
	}
	if i := left(true); i >= 0 && !x.Replay {
		return i
	}
	return left(false)
}

// more reports whether there is more to be done than one thing.
func (x *expansion) more() bool {
	n := 0
	for _, choices := range x.todo[x.first:] {
		n += len(choices)
	}
	return n > 1
}

func (x *expansion) expectsToStay(offer int) bool {
	n := x.offers[offer].from.number
	return n >= len(x.stays) || x.stays[n] >= 0
}

// learn notes whether the action left the stacks as they were.
func (x *expansion) learn(stayed bool) {
	n := x.offers[x.offer].from.number
	for len(x.stays) <= n {
		x.stays = append(x.stays, 0)
	}
	if stayed {
		x.stays[n] = min(x.stays[n]+1, 4)
	} else {
		x.stays[n] = max(x.stays[n]-1, -4)
	}
}

// book books what the action came to.
func (x *expansion) book(r *Run, got *successor) {
	o := x.offers[x.offer]
	got.action, got.from, got.choices = o.Action, o.from, x.player.choices[len(x.to.choices):]
	x.saw(got, r)
	x.results[x.offer] = append(x.results[x.offer], got)
	x.todo[x.offer] = append(x.todo[x.offer], x.player.alternatives...)
	x.offer = -1
	for ; x.first < len(x.offers); x.first++ {
		for _, got := range x.results[x.first] {
			x.yield(got)
		}
		x.results[x.first] = x.results[x.first][:0]
		if len(x.todo[x.first]) > 0 {
			return
		}
	}
}

// keep keeps what can change, at the menu.
func (x *expansion) keep(r *Run) {
	if x.keeper == nil {
		x.keeper = snapshot.New(fixed()...)
	}
	x.keeper.Clear()
	x.keeper.Add(r)
	for _, c := range r.checkers {
		x.keeper.Add(c)
	}
	x.kept = true
}

// fixed are the types of what no action changes, and of checkers in rows: they are kept one by one.
func fixed() []reflect.Type {
	return append(spec.ImmutableTypes(), reflect.TypeFor[World](), reflect.TypeFor[compiledWorld](), reflect.TypeFor[observers](), reflect.TypeFor[pathActor](),
		reflect.TypeFor[expansion](), reflect.TypeFor[resourceTypes](), reflect.TypeFor[map[string]*instance](), reflect.TypeFor[map[string]*function](),
		reflect.TypeFor[map[string]spec.CoreFunc](), reflect.TypeFor[map[string]bool](), reflect.TypeFor[Action]())
}

// taking reports whether an action is under way that may be taken back.
func (x *expansion) taking() bool { return x.offer >= 0 && x.kept }

// rewind puts everything back as it was at the menu.
func (x *expansion) rewind(r *Run) {
	r.Store.CloseSince()
	x.keeper.Restore()
	x.unwinds = false
}

// try does an action of an activation. It returns how that was stopped, or reports that the run is at the menu again.
func (x *expansion) try(r *Run, at *Activation, do func()) (err error, back bool) {
	defer func() {
		if x.unwinds && at == x.at {
			if got := recover(); got != any(spec.Aborted{}) {
				panic(got)
			}
			x.rewind(r)
			r.same, back = true, true
		}
	}()
	err = r.Store.Try(do)
	if err == nil || !x.kept || at != x.at || !r.Store.Undisturbed() {
		return err, false
	}
	for _, c := range r.observers.stopped.all {
		c.Stopped(r, err)
	}
	x.learn(true)
	x.book(r, &successor{stop: SiteOf(err)})
	x.rewind(r)
	r.same = true
	return nil, true
}
